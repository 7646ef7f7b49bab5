// What gradient flow conserves, c, in words: what a step does to it, and what has moved it. Pure.
import { inWords } from "../numbers.mjs";
import { rowAt } from "../run.mjs";

const SMALL = 1e-4; // a factor nearer to 1 is written as 1 − what is missing

/** @typedef {{ name: string, share: number }} Share */

/**
 * What of the change of c up to a step came in each phase, as shares of all that it moved; a rule without phases has one.
 * @param {Run} run
 * @param {number} step
 * @returns {Share[]}
 */
export function sharesOf(run, step) {
  const { conserved } = run.columns;
  const phases = run.phases.length ? run.phases : [{ name: "the run", first: 0 }];
  const at = (/** @type {number} */ t) => conserved[rowAt(run, t)];
  const moved = phases
    .filter(({ first }) => first < step || first === 0)
    .map(({ name, first }, k) => {
      const end = Math.min(k + 1 < phases.length ? phases[k + 1].first : Infinity, step);
      return { name, share: Math.abs(at(end) - at(first)) || 0 };
    });
  const all = moved.reduce((sum, { share }) => sum + share, 0);
  return all ? moved.map(({ name, share }) => ({ name, share: share / all })) : [];
}

/**
 * What the step from a row does to c, with its numbers in it; at the end what the last one did.
 * @param {Run} run
 * @param {Part} part
 * @param {number} row
 */
export function termWords(run, part, row) {
  const { conserved, conserved_change: changes, step } = part.columns;
  if (!run.conserved || !changes) return "";
  const { term, multiplies } = run.conserved;
  const at = Number.isFinite(changes[row]) || !row || step[row - 1] !== step[row] - 1 ? row : row - 1;
  const [c, change] = [conserved[at], changes[at]];
  if (!Number.isFinite(change)) return `${run.name} has no term for what it does to c`;
  if (!multiplies) return `c ← c + ${term} = ${inWords(c)} ${change < 0 ? "−" : "+"} ${inWords(Math.abs(change))}`;
  return `c ← c · (${term}) = ${inWords(c)} × ${factorWords(change / c)}`;
}

/**
 * A factor by how much it is above 1.
 * @param {number} above
 */
function factorWords(above) {
  if (above === 0) return "1";
  if (Math.abs(above) >= SMALL) return (1 + above).toFixed(5);
  return `(1 ${above < 0 ? "−" : "+"} ${inWords(Math.abs(above))})`;
}
