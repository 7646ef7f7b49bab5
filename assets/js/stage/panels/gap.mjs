// The gap to the theorem against slow time, and what it was before η was halved.
import { addCanvas, wipe } from "../../canvas.mjs";
import { clockTime, paceOf, stepAt } from "../../clock.mjs";
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import { isPredicted, locate, rowAt } from "../../run.mjs";
import { rodAt, showsFlow } from "../rod.mjs";

const ROOM = 6; // pixels left free on every side
const HEAD = 20; // above, where there is room for the largest gap in words
const TALL = 50;
const POINTS = 300;
const REACH = 40;

export class Gap {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.canvas = addCanvas(host);
    this.fresh = false;
    /** @type {{ top: number, end: number } | null} */
    this.view = null;
  }

  reset() {
    this.fresh = false;
  }

  /**
   * @param {Scene} scene
   */
  paint(scene) {
    const { inks, result, focus, halved, rod } = scene;
    if (!result) return;
    const run = result.runs[focus];
    const pen = wipe(this.canvas);
    const central = showsFlow(scene, run);
    if (!this.fresh && !(scene.locked && this.view))
      this.view = viewOf(halved ? [run, halved.run] : [run], rod, central);
    this.fresh = true;
    if (!this.view) return;
    const frame = frameFor(this.view, this.canvas.size);
    /**
     * @param {Run} one
     * @param {string} ink
     * @param {number} width
     * @param {number} to
     */
    const draw = (one, ink, width, to) =>
      pens.line(pen, ink, width, [], 0, to, (k) => pointOf(one, paceOf(one), rowFor(one, k), frame));
    if (halved) {
      pen.globalAlpha = 0.5;
      draw(halved.run, inks.theory, 1.2, POINTS);
      pen.globalAlpha = 1;
    }
    if (frame.head > ROOM) {
      pens.label(pen, inks, `max ${inWords(this.view.top)}`, this.canvas.size[0] - 2, 8, inks.soft, "right");
    }
    named(pen, "rod-gap", () => paintRod(pen, scene, run, frame));
    if (!central) return;
    named(pen, "gap", () => draw(run, inks.line, 1.5, POINTS));
    const { part, row } = locate(run, scene.steps[focus]);
    const last = rowAt(run, scene.steps[focus]);
    const ink = isPredicted(run, scene.steps[focus]) ? inks.theory : inks.soft;
    named(pen, "gap-so-far", () => draw(run, ink, 1.8, Math.floor((POINTS * last) / Math.max(run.rows - 1, 1))));
    const [x, y] = pointOf(part, paceOf(run), row, frame);
    if (Number.isFinite(y)) pens.bead(pen, inks, ink, x, y, 4.5);
  }

  /**
   * What the pointer finds: the step at its time.
   * @param {Scene} scene
   * @param {number} px
   * @param {number} py
   */
  probe(scene, px, py) {
    if (!this.view) return null;
    const frame = frameFor(this.view, this.canvas.size);
    const run = scene.result.runs[scene.focus];
    const wanted = Math.round(stepAt("tau", paceOf(run), frame.time(px)));
    const { part, row } = locate(run, Math.min(Math.max(wanted, 0), run.last));
    const [x, y] = pointOf(part, paceOf(run), row, frame);
    return Math.abs(y - py) < REACH ? { run, i: scene.focus, part, row, x, y } : null;
  }
}

/**
 * The gap to the rod over the stretch where there is one.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Run} run
 * @param {GapFrame} frame
 */
function paintRod(pen, { inks, rod, steps, focus }, run, frame) {
  if (!rod?.rows) return;
  const { step, rod_gap: gap } = rod.columns;
  /** @type {(t: number, value: number) => Point} */
  const point = (t, value) => [frame.x(clockTime("tau", paceOf(run), t)), frame.y(value)];
  pens.line(pen, inks.rod, 1.6, [], 0, rod.rows - 1, (k) => point(step[k], gap[k]));
  const now = rodAt(rod, steps[focus]);
  if (now && Number.isFinite(now.gap)) pens.bead(pen, inks, inks.rod, ...point(steps[focus], now.gap), 4);
}

/**
 * @param {Run} run
 * @param {number} k
 */
const rowFor = (run, k) => Math.round((k * (run.rows - 1)) / POINTS);

/**
 * @param {Part} part
 * @param {Pace} pace
 * @param {number} row
 * @param {GapFrame} frame
 * @returns {Point}
 */
const pointOf = ({ columns }, pace, row, frame) => [
  frame.x(clockTime("tau", pace, columns.step[row])),
  frame.y(columns.gap[row]),
];

/**
 * From 0 to the largest gap of the runs and of a rod, over the time of the longest; null where there is no gap.
 * @param {Run[]} runs
 * @param {Rod | null} [rod]
 * @param {boolean} [own] whether the runs' own are seen
 */
export function viewOf(runs, rod, own = true) {
  const gaps = [...(own ? runs.map(({ columns }) => columns.gap) : []), ...(rod ? [rod.columns.rod_gap] : [])];
  const top = Math.max(...gaps.map((column) => column.reduce((a, b) => (b > a ? b : a), 0)));
  const end = Math.max(...runs.map((run) => clockTime("tau", paceOf(run), Math.max(run.last, 1))));
  return top > 0 ? { top, end } : null;
}

/**
 * @param {{ top: number, end: number }} given
 * @param {Size} size
 * @returns {GapFrame}
 */
export function frameFor({ top, end }, [width, height]) {
  const span = width - 2 * ROOM;
  const head = height > TALL ? HEAD : ROOM;
  return {
    head,
    x: (time) => ROOM + (time / end) * span,
    time: (pixel) => ((pixel - ROOM) / span) * end,
    y: (gap) => height - ROOM - (gap / top) * (height - ROOM - head),
  };
}
