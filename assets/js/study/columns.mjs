// What a study answers, as tables by name: all of it at once from /study.bin, or part by part from the lines of
// /study.ndjson. Pure.
import { floats, readHead } from "../stream.mjs";

/**
 * A table of `count` rows of `width` numbers.
 * @param {Float32Array | number[]} values
 * @param {number} count
 * @returns {Table}
 */
const table = (values, count) => ({ values, count, width: count ? values.length / count : 0 });

/**
 * A study, or of one that is not known what the query means.
 * @param {ArrayBuffer} buffer
 * @returns {StudyAnswer}
 */
export function decodeStudy(buffer) {
  const bytes = new Uint8Array(buffer);
  const { head, end } = /** @type {{ head: any, end: number }} */ (readHead(bytes));
  const { settings, notices, query, known, about = null, columns = [] } = head;
  const all = floats(bytes.subarray(end));
  /** @type {Tables} */
  const found = {};
  let at = 0;
  for (const [name, shape] of columns) {
    const size = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    found[name] = table(all.subarray(at, at + size), shape[0] ?? 1);
    at += size;
  }
  const runs = known
    ? settings.etas.map((/** @type {number} */ eta, /** @type {number} */ k) => ({ ...under(found, `run_${k}_`), eta }))
    : [];
  const flow = known ? { ...under(found, "flow_"), closes: about.gap_closes } : null;
  return { settings, notices, query, known, about, flow, runs, shown: found.shown || null };
}

/**
 * The tables whose names begin alike, by the rest of their names.
 * @param {Tables} columns
 * @param {string} begin
 * @returns {Tables}
 */
const under = (columns, begin) =>
  Object.fromEntries(
    Object.entries(columns)
      .filter(([name]) => name.startsWith(begin))
      .map(([name, one]) => [name.slice(begin.length), one]),
  );

/**
 * Lists of numbers, or of lists of numbers, as tables; what nothing defines came as null.
 * @param {Record<string, any>} lists
 * @returns {Tables}
 */
export const tablesOf = (lists) =>
  Object.fromEntries(
    Object.entries(lists)
      .filter(([, list]) => Array.isArray(list))
      .map(([name, list]) => [
        name,
        table(
          list.flat().map((/** @type {any} */ one) => one ?? NaN),
          list.length,
        ),
      ]),
  );

/**
 * Number `i` of a row.
 * @param {Table | undefined} one
 * @param {number} row
 * @param {number} [i]
 */
export const at = (one, row, i = 0) => (one && row >= 0 && row < one.count ? one.values[row * one.width + i] : NaN);

/**
 * The last row whose time is not later.
 * @param {Tables | null | undefined} of
 * @param {number} time
 */
export function rowAt(of, time) {
  const tau = of?.tau;
  if (!tau) return -1;
  let row = -1;
  while (row + 1 < tau.count && tau.values[row + 1] <= time * (1 + 1e-6) + 1e-12) row++;
  return row;
}

/**
 * Number `i` of every row.
 * @param {Table | undefined} one
 * @param {number} [i]
 */
export const all = (one, i = 0) => (one ? Array.from({ length: one.count }, (_, row) => at(one, row, i)) : []);
