// A run, and how to find a step in it. A part is a run or a stretch of one.
import { vocabulary } from "./vocabulary.mjs";

/**
 * The point of a row of a column of vectors, as an array.
 * @param {Float32Array} column
 * @param {number} d
 * @param {number} row
 */
export const pointAt = (column, d, row) => Array.from(column.subarray(d * row, d * (row + 1)));

/**
 * Whether its flow is the central flow, which is known.
 * @param {Run} run
 */
export const isCentral = (run) => Boolean(run.central && Number.isFinite(run.columns.flow_spread?.[ownFrom(run, run)]));

/**
 * Whether a run has left its parent at a step; what is no branch has none.
 * @param {Run} run
 * @param {number} step
 */
export const hasLeft = ({ fork }, step) => !fork || step >= fork.step;

/**
 * The first row of a part of a run that is its own: of a branch that of its fork.
 * @param {Run} run
 * @param {Part} part
 */
export function ownFrom({ fork }, part) {
  if (!fork) return 0;
  const row = rowAt(part, fork.step);
  return part.columns.step[row] < fork.step ? row + 1 : row;
}

const SHORT = 5; // letters

/**
 * What the threshold of a run is called where there is little room.
 * @param {Run} run
 */
export const edgeName = ({ edge }) => (edge.length <= SHORT ? edge : "edge");

/**
 * Whether it is known at all where its sharpest direction stops contracting.
 * @param {Run} run
 */
export const hasEdge = ({ columns: { threshold } }) => Number.isFinite(threshold[0]);

/**
 * The last row whose step is at most t.
 * @param {Part} part
 * @param {number} t
 */
export function rowAt(part, t) {
  const steps = part.columns.step;
  let low = 0;
  let high = part.rows - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (steps[middle] <= t) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Where step t stands: in a stretch of the run that has it (around the playhead, or of a zoom), else
 * at the row before it in the overview.
 * @param {Run} run
 * @param {number} t
 */
export function locate(run, t) {
  for (const part of [run.window, ...Object.values(run.details || {})]) {
    const steps = part && part.columns.step;
    if (!steps || t < steps[0] || t > steps[part.rows - 1]) continue;
    const row = rowAt(part, t);
    if (steps[row] === t) return { part, row, exact: true };
  }
  const row = rowAt(run, t);
  return { part: run, row, exact: run.columns.step[row] === Math.min(t, run.last) };
}

/**
 * The rows that end at `row` and are consecutive steps, at most `count` of them: the first one.
 * @param {Part} part
 * @param {number} row
 * @param {number} count
 */
export function consecutiveFrom(part, row, count) {
  const steps = part.columns.step;
  let first = row;
  while (first > 0 && row - first + 1 < count && steps[first - 1] === steps[first] - 1) first--;
  return first;
}

/**
 * Whether a run ended because it could not go on.
 * @param {Run} run
 */
export const failed = (run) => vocabulary.failures.includes(run.outcome);

/**
 * @param {number} step
 */
export const parity = (step) => (step % 2 ? "odd" : "even");

// From where iterates hop from one wall to the other.
const HOPPING = ["edge", "floor", "overlong", "beyond"];

/**
 * The first step from which parity means something: at the edge it is that of a wall. Of a rule without phases that is
 * where λ₁ is 2/η_t or more; there may be none.
 * @param {Run} run
 */
export function parityFrom({ phases, columns, rows }) {
  if (phases.length) return phases.find(({ name }) => HOPPING.includes(name))?.first ?? Infinity;
  const { step, sharpness, threshold } = columns;
  for (let row = 0; row < rows; row++) if (sharpness[row] >= threshold[row]) return step[row];
  return Infinity;
}

/**
 * From a row of a part of a run to the mark that it has: from the edge on that of its parity, which is that of its wall.
 * Where one of the walls is the floor the other parity hops on both of its sides: there an iterate on Γ has a mark of
 * its own, and one on a far wall that of the parity which was on that side before.
 * @param {Run} run
 * @param {Part} part
 * @returns {(row: number) => Kind}
 */
export function kindIn(run, part) {
  const { step, offset, bounce } = part.columns;
  const first = parityFrom(run);
  /**
   * @param {number} row
   */
  const plain = (row) => (step[row] < first ? "early" : parity(step[row]));
  if (!reachesFloor(run, part, part.rows - 1)) return plain;
  const [from, to] = floorOf(run);
  const side = sideOfEven(run, from);
  return (row) => {
    if (step[row] < from || step[row] >= to || Number.isNaN(offset[row])) return plain(row);
    if (Math.abs(offset[row]) < bounce[row] / 2) return "floor";
    return offset[row] * side > 0 ? "even" : "odd";
  };
}

/**
 * Which iterates a mark at a step stands for: those before the edge, of one parity, or of one wall where the floor is one.
 * @param {Run} run
 * @param {number} step
 * @param {Kind} kind
 */
export function whichOf(run, step, kind) {
  if (kind === "floor") return "on Γ";
  if (kind === "early") return parityFrom(run) <= run.last ? "before the edge" : "each t";
  return isOnFloor(run, step) ? "far wall" : `${kind} t`;
}

/**
 * Whether one wall is the floor at a step.
 * @param {Run} run
 * @param {number} step
 */
export function isOnFloor(run, step) {
  const [from, to] = floorOf(run);
  return step >= from && step < to;
}

/**
 * Whether one wall has been the floor by a row of a part of a run.
 * @param {Run} run
 * @param {Part} part
 * @param {number} row
 */
export const reachesFloor = (run, { columns }, row) => columns.step[row] >= floorOf(run)[0];

/**
 * The first step at which one wall is the floor, and the first after that at which it no longer is.
 * @param {Run} run
 */
function floorOf({ phases }) {
  const k = phases.findIndex(({ name }) => name === "floor");
  return k < 0 ? [Infinity, Infinity] : [phases[k].first, k + 1 < phases.length ? phases[k + 1].first : Infinity];
}

/**
 * The sign of the offset of even steps right before a step, as the farther of the last two iterates tells it.
 * @param {Run} run
 * @param {number} before
 */
function sideOfEven(run, before) {
  const { step, offset } = run.columns;
  const last = rowAt(run, before - 1);
  const far = Math.abs(offset[last - 1]) > Math.abs(offset[last]) ? last - 1 : last;
  return step[far] % 2 ? -offset[far] : offset[far];
}

/**
 * Whether a strobe shows a step, and the last step up to t that it shows.
 * @param {Strobe} strobe
 * @param {number} step
 */
export const shows = (strobe, step) => strobe === "all" || strobe === parity(step);
/**
 * @param {Strobe} strobe
 * @param {number} t
 */
export const shownStep = (strobe, t) => (shows(strobe, t) || strobe === "midpoints" ? t : Math.max(t - 1, 0));

/**
 * The last row of a part up to step t; −1 if it begins later.
 * @param {Part} part
 * @param {number} t
 */
export function upTo(part, t) {
  return part.columns.step[0] > t ? -1 : rowAt(part, t);
}

/**
 * The other row of a row's pair: the next step if it is recorded, else the one before.
 * @param {Part} part
 * @param {number} row
 */
export function partnerOf(part, row) {
  const steps = part.columns.step;
  if (row + 1 < part.rows && steps[row + 1] === steps[row] + 1) return row + 1;
  if (row > 0 && steps[row - 1] === steps[row] - 1) return row - 1;
  return row;
}

/**
 * Where an iterate is on its way from a row to the next step; at the row where that is not recorded.
 * @param {Part} part
 * @param {number} row
 * @param {Place} place
 * @param {number} share
 * @returns {Point}
 */
export function onTheWay(part, row, place, share) {
  const here = place(row);
  const steps = part.columns.step;
  if (!share || row + 1 >= part.rows || steps[row + 1] !== steps[row] + 1) return here;
  const there = place(row + 1);
  return [here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])];
}

/**
 * @param {Run} run
 */
export const isSmooth = (run) => run.rule === "gradient-flow";

/**
 * The phase that a step is in: its place in the list.
 * @param {{ first: number }[]} phases
 * @param {number} step
 */
export function phaseAt(phases, step) {
  let k = 0;
  while (k + 1 < phases.length && phases[k + 1].first <= step) k++;
  return k;
}

/**
 * The name of that phase; nothing where a rule has none.
 * @param {Run} run
 * @param {number} step
 */
export const phaseOf = ({ phases }, step) => phases[phaseAt(phases, step)]?.name;

/**
 * The step from which a run is at the edge.
 * @param {Run} run
 */
export const edgeOf = ({ phases }) => phases.find(({ name }) => name === "edge" || name === "floor")?.first ?? Infinity;

/**
 * Whether the theorem is about the run at a step: not where η is too large for it, nor where its assumption has failed.
 * @param {Run} run
 * @param {number} step
 */
export const isPredicted = (run, step) => !["overlong", "beyond"].includes(phaseOf(run, step));
