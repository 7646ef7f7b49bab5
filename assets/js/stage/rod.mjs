// The rod beside a run of GD: two beads, between which it hops, and the line that joins them; and of Γ what is shut
// to GD. Pure but for its pen.
import * as pens from "../pens.mjs";
import { locate, pointAt, rowAt } from "../run.mjs";

const BEAD = 5.5;
const PALE = 0.72; // of the ground's ink over what is shut
const SIGN = 5; // half the size of the mark where it ends

/**
 * The rod at a step, between the rows that are known: it turns and stretches little from one to the next. Null where
 * there is none.
 * @param {Rod} rod
 * @param {number} step
 */
export function rodAt(rod, step) {
  const { columns, widths, rows } = rod;
  if (!rows || step < columns.step[0] || step > columns.step[rows - 1]) return null;
  const row = rowAt(rod, step);
  const next = Math.min(row + 1, rows - 1);
  const span = columns.step[next] - columns.step[row];
  const share = span ? (step - columns.step[row]) / span : 0;
  /**
   * @param {string} name
   */
  const between = (name) => {
    const [from, to] = [row, next].map((k) => pointAt(columns[name], widths[name], k));
    return from.map((value, i) => (share ? value + share * (to[i] - value) : value));
  };
  const [centre, reach, [sharpness]] = ["rod", "rod_reach", "rod_sharpness"].map(between);
  return { centre, reach, sharpness, gap: columns.rod_gap[row] };
}

/**
 * Its beads at a step as points of a run: that of even steps, and that of odd ones.
 * @param {Rod} rod
 * @param {number} step
 * @returns {Part | null}
 */
export function beadsAt(rod, step) {
  const found = rodAt(rod, step);
  if (!found) return null;
  const { centre, reach } = found;
  const ends = [1, -1].flatMap((sign) => centre.map((value, i) => value + sign * reach[i]));
  return {
    rows: 2,
    columns: { step: Float32Array.from([0, 1]), x: Float32Array.from(ends) },
    widths: { x: centre.length },
  };
}

/**
 * Two beads and the line between them.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Place} place of the beads
 */
export function paintRod(pen, inks, place) {
  pens.line(pen, inks.rod, 3, [], 0, 1, place);
  for (const k of [0, 1]) {
    const [x, y] = place(k);
    if (Number.isFinite(x + y)) pens.bead(pen, inks, inks.rod, x, y, BEAD);
  }
}

/**
 * Where it ends before the run does: a cross.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Point} at
 */
export function paintEnd(pen, inks, [x, y]) {
  for (const way of [1, -1])
    pens.line(pen, inks.rod, 2.4, [], 0, 1, (k) => [x + (k ? SIGN : -SIGN), y + way * (k ? SIGN : -SIGN)]);
}

/**
 * Whether it has ended before a step, having lost the hops' phase.
 * @param {Rod} rod
 * @param {number} step
 */
export const isLost = ({ lost }, step) => lost !== null && step >= lost;

/**
 * Whether a run's own flow is shown: that of GD is where its rod does not stand in its place.
 * @param {Pick<Scene, "ghost">} scene
 * @param {Run} run
 */
export const showsFlow = ({ ghost }, run) => !(run.central && ghost === "rod");

/**
 * Where the rod begins and ends, in words, at a step at which there is none; nothing where there is.
 * @param {Rod} rod
 * @param {number} step
 */
export function rodWords(rod, step) {
  const { first, lost } = rod;
  if (first === null) return "none: no hops that grow";
  if (step < first) return `from step ${inSteps(first)} on`;
  if (isLost(rod, step)) return `lost the phase at step ${inSteps(lost)}`;
  return "";
}

/**
 * @param {number | null} step
 */
const inSteps = (step) => Number(step).toLocaleString("en");

/**
 * The sharpness above which Γ is shut to the run in focus at the playhead: 2/η of GD, which comes to rest nowhere above
 * it. Nothing is shut to other rules.
 * @param {Pick<Scene, "result" | "focus" | "steps">} scene
 */
export function shutAbove({ result, focus, steps }) {
  const run = result.runs[focus];
  if (run.rule !== "gd") return Infinity;
  const { part, row } = locate(run, steps[focus]);
  return part.columns.threshold[row];
}

/**
 * Whether anything of Γ is shut, of a plane within a view.
 * @param {Valley | null} valley
 * @param {number} shut
 * @param {View} [view]
 */
export function isShut(valley, shut, view = []) {
  /** @type {(x: Float32Array, row: number) => boolean} */
  const isSeen = (x, row) =>
    view.every(([low, high], i) => x[row * view.length + i] >= low && x[row * view.length + i] <= high);
  return Boolean(valley?.curves.some(({ x, sharpness }) => sharpness.some((s, row) => s > shut && isSeen(x, row))));
}

/**
 * What of Γ is shut is pale: the ground's ink over it.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Valley | null} valley
 * @param {number} shut
 * @param {number} width of Γ
 * @param {(x: Float32Array) => Place} places
 */
export function paintShut(pen, inks, valley, shut, width, places) {
  if (!valley || !isShut(valley, shut)) return;
  pen.globalAlpha = PALE;
  for (const { x, rows, sharpness } of valley.curves) {
    const place = places(x);
    pens.line(pen, inks.card, width, [], 0, rows - 1, (k) => (sharpness[k] > shut ? place(k) : [NaN, NaN]));
  }
  pen.globalAlpha = 1;
}
