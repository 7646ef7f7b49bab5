// Iterates as marks: a disc for an even step and for each before the edge, a square for an odd one, a diamond for a
// midpoint and for one on Γ.
import { inkOf } from "./inks.mjs";
import { named } from "./quantity.mjs";
import { kindIn, parityFrom, partnerOf, reachesFloor, shows } from "./run.mjs";

const STRIPE = 16; // pixels along which one wall lies on top where they are closer than a mark
const SPECK = 2.5; // half-width of a mark below which it has no shape

/**
 * @param {Pen} pen
 * @param {Kind} kind
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function addMark(pen, kind, x, y, r) {
  if (kind === "even" || kind === "early") {
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
  } else if (kind === "odd") {
    const half = 0.89 * r;
    pen.rect(x - half, y - half, 2 * half, 2 * half);
  } else {
    pen.moveTo(x, y - r);
    pen.lineTo(x + r, y);
    pen.lineTo(x, y + r);
    pen.lineTo(x - r, y);
    pen.closePath();
  }
}

/**
 * Points of rows of a part of a run as the scene's strobe shows them. `place(row)` gives [x, y]; `i` is the run's
 * place among those compared. Where walls are closer than a mark, or two far ones have one 2/η_t, they take turns on top.
 * @param {Pen} pen
 * @param {Marked} scene
 * @param {Run} run
 * @param {Part} part
 * @param {number} from
 * @param {number} to
 * @param {Place} place
 * @param {number} r
 * @param {number} [i]
 * @param {Place} [middle] where midpoints are, if not midway between two places
 */
export function addPoints(pen, scene, run, part, from, to, place, r, i, middle = midpointOf(part, place)) {
  if (scene.strobe === "midpoints")
    return named(pen, "midpoints", () => addMidpoints(pen, scene, from, to, middle, r, i));
  const [kindOf, steps, mixed] = [kindIn(run, part), part.columns.step, reachesFloor(run, part, to)];
  /**
   * @param {Kind} kind
   * @param {(x: number, y: number) => boolean} keep
   */
  const add = (kind, keep) => {
    if (!mixed && (kind === "even" || kind === "odd") && !shows(scene.strobe, kind === "odd" ? 1 : 0)) return;
    pen.fillStyle = inkOf(scene, kind, i);
    /**
     * @param {number} row
     */
    const isOne = (row) => kindOf(row) === kind && shows(scene.strobe, steps[row]);
    named(pen, kind, () => addKind(pen, kind, isOne, from, to, place, r, keep));
  };
  if (steps[from] < parityFrom(run)) add("early", () => true);
  if (mixed) add("floor", () => true);
  if (!mixed && (scene.strobe !== "all" || !overlap(part, from, to, place, r))) {
    add("even", () => true);
    add("odd", () => true);
    return;
  }
  for (const onTop of [false, true]) {
    add("even", (x, y) => isTurnOfEven(x, y) === onTop);
    add("odd", (x, y) => isTurnOfEven(x, y) !== onTop);
  }
}

/**
 * @param {number} x
 * @param {number} y
 */
const isTurnOfEven = (x, y) => Math.floor((x + 2 * y) / STRIPE) % 2 === 0;

/**
 * Whether marks of radius r hide those of the step before, midway between two rows.
 * @param {Part} part
 * @param {number} from
 * @param {number} to
 * @param {Place} place
 * @param {number} r
 */
function overlap(part, from, to, place, r) {
  const row = (from + to) >> 1;
  const [[x0, y0], [x1, y1]] = [place(row), place(partnerOf(part, row))];
  return Math.hypot(x1 - x0, y1 - y0) < 1.5 * r;
}

/**
 * All rows of one kind: in one fill, so that marks that overlap do not add up. Specks are too
 * small for a shape, and filled one by one, which is several times quicker.
 * @param {Pen} pen
 * @param {Kind} kind
 * @param {(row: number) => boolean} isOne
 * @param {number} from
 * @param {number} to
 * @param {Place} place
 * @param {number} r
 * @param {(x: number, y: number) => boolean} keep
 */
function addKind(pen, kind, isOne, from, to, place, r, keep) {
  const speck = r < SPECK;
  pen.beginPath();
  for (let row = from; row <= to; row++) {
    if (!isOne(row)) continue;
    const [x, y] = place(row);
    if (!Number.isFinite(x + y) || !keep(x, y)) continue;
    if (speck) pen.fillRect(x - r, y - r, 2 * r, 2 * r);
    else addMark(pen, kind, x, y, r);
  }
  pen.fill();
}

/**
 * @param {Pen} pen
 * @param {Marked} scene
 * @param {number} from
 * @param {number} to
 * @param {Place} middle
 * @param {number} r
 * @param {number} [i]
 */
function addMidpoints(pen, scene, from, to, middle, r, i) {
  pen.beginPath();
  for (let row = from; row <= to; row++) {
    const [x, y] = middle(row);
    if (Number.isFinite(x + y)) addMark(pen, "midpoint", x, y, r);
  }
  pen.fillStyle = inkOf(scene, "midpoint", i);
  pen.fill();
}

/**
 * The midpoint of a row and the step before it; NaN where that one is not recorded.
 * @param {Part} part
 * @param {Place} place
 * @returns {Place}
 */
export function midpointOf(part, place) {
  const steps = part.columns.step;
  return (row) => {
    if (row < 1 || steps[row] !== steps[row - 1] + 1) return [NaN, NaN];
    const [[x0, y0], [x1, y1]] = [place(row - 1), place(row)];
    return [(x0 + x1) / 2, (y0 + y1) / 2];
  };
}

/**
 * How strongly a run is painted beside others: of more than two those out of focus are faded, for together they are a
 * thicket; and one beside its branches.
 * @param {Scene} scene
 * @param {number} i
 */
export const strength = ({ result: { runs }, focus }, i) =>
  i !== focus && (runs.length > 2 || runs.some(({ fork }) => fork?.of === i)) ? 0.3 : 1;
