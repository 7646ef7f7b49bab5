// The magnifier across the valley: L along v₁ through Φ(x_t), in units of the bounce.
import { addCanvas, wipe } from "../../canvas.mjs";
import { inkOf } from "../../inks.mjs";
import { moved } from "../../labels.mjs";
import { nearestRow } from "../../nearest.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import {
  consecutiveFrom,
  isSmooth,
  kindIn,
  locate,
  onTheWay,
  partnerOf,
  pointAt,
  shownStep,
  shows,
} from "../../run.mjs";
import { labelledTicks } from "../../ticks.mjs";
import { interpolate } from "../chebyshev.mjs";
import { paintRod, rodAt } from "../rod.mjs";

const HOPS = 9;
const LEAP = 24; // pixels that a bead leaps up
const SIDE = 20; // pixels left free at each side
const FOOT = 26; // and below, for the axis
const RESTS = 1e-12; // an offset, below which L is rounding

export class Across {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.canvas = addCanvas(host);
  }

  reset() {}

  /**
   * @param {Scene} scene
   */
  paint(scene) {
    if (!scene.result) return;
    const pen = wipe(this.canvas);
    const found = this.seen(scene);
    const [width, height] = this.canvas.size;
    if (!found) return this.paintNothing(pen, scene, width, height);
    const { frame, view, part, row } = found;
    this.paintAxis(pen, scene.inks, frame, view, width, height);
    /** @type {Place} */
    const loss = (k) => {
      const u = (k / 40 - 1) * view.half;
      return [frame.x(u), frame.y(view.loss(u))];
    };
    named(pen, "loss", () => pens.line(pen, scene.inks.soft, 1.8, [], 0, 80, loss));
    named(pen, "rod-now", () => this.paintRod(pen, scene, frame, view, part, row));
    if (isSmooth(found.run)) this.paintStillBead(pen, scene.inks, hopOf(part, view, frame)(row));
    else named(pen, "iterates", () => this.paintHops(pen, scene, frame, view, found.run, part, row));
  }

  /**
   * The rod's beads on the walls, as far as they lie along v₁.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {AcrossFrame} frame
   * @param {AcrossView} view
   * @param {Part} part
   * @param {number} row
   */
  paintRod(pen, { inks, rod, steps, focus }, frame, view, part, row) {
    const found = rod && rodAt(rod, steps[focus]);
    if (!found) return;
    const [foot, v] = ["projection", "direction"].map((name) => pointAt(part.columns[name], part.widths[name], row));
    /** @type {Place} */
    const place = (k) => {
      const off = found.centre.map((value, i) => value + (k ? -1 : 1) * found.reach[i] - foot[i]);
      const u = off.reduce((sum, value, i) => sum + value * v[i], 0) / view.unit;
      return Math.abs(u) <= view.half ? [frame.x(u), frame.y(view.loss(u))] : [NaN, NaN];
    };
    paintRod(pen, inks, place);
  }

  /**
   * Gradient flow does not hop.
   * @param {Pen} pen
   * @param {Inks} inks
   * @param {Point} point
   */
  paintStillBead(pen, inks, [x, y]) {
    pens.mark(pen, inks, inks.flow, "midpoint", x, y, 6.5);
  }

  /**
   * What is in view, and where: null where there is no valley to look across.
   * @param {Scene} scene
   */
  seen(scene) {
    const run = scene.result.runs[scene.focus];
    const { part, row } = locate(run, scene.steps[scene.focus]);
    const view = acrossView(part, row, scene.result.profile_axis);
    if (!view) return null;
    const [width, height] = this.canvas.size;
    /** @type {AcrossFrame} */
    const frame = {
      x: (u) => SIDE + ((u + view.half) / (2 * view.half)) * (width - 2 * SIDE),
      y: (v) => height - FOOT - v * (height - FOOT - 18),
    };
    return { run, part, row, view, frame };
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {number} width
   * @param {number} height
   */
  paintNothing(pen, { result, focus, steps, inks }, width, height) {
    if (result.part) return; // it is still to come
    const { part, row } = locate(result.runs[focus], steps[focus]);
    pens.label(pen, inks, wordsFor(part, row), width / 2, height / 2, inks.soft, "center");
  }

  /**
   * @param {Pen} pen
   * @param {Inks} inks
   * @param {AcrossFrame} frame
   * @param {AcrossView} view
   * @param {number} width
   * @param {number} height
   */
  paintAxis(pen, inks, frame, view, width, height) {
    pens.line(pen, inks.line, 1, [], 0, 1, (k) => [k ? width - SIDE : SIDE, height - FOOT]);
    for (const { value, text } of labelledTicks(-view.half, view.half)) {
      pens.line(pen, inks.line, 1, [], 0, 1, (k) => [frame.x(value), height - FOOT + 4 * k]);
      const [x, y] = moved({ left: 0, top: 0, width, height }, text, [frame.x(value), height - 12]);
      pens.label(pen, inks, text, x, y, inks.soft, "center");
    }
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {AcrossFrame} frame
   * @param {AcrossView} view
   * @param {Run} run
   * @param {Part} part
   * @param {number} row
   */
  paintHops(pen, scene, frame, view, run, part, row) {
    const { inks, strobe } = scene;
    const first = consecutiveFrom(part, row, HOPS);
    const [place, kindOf] = [hopOf(part, view, frame), kindIn(run, part)];
    const middle = strobe === "midpoints" ? middleOf(part, view, frame) : null;
    for (let r = first; r <= row; r++) {
      const step = part.columns.step[r];
      if (strobe !== "midpoints" && !shows(strobe, step)) continue;
      const [x, y] = middle ? middle(r) : place(r);
      if (!Number.isFinite(x + y)) continue;
      const now = step === shownStep(strobe, part.columns.step[row]);
      pen.globalAlpha = now ? 1 : 0.15 + (0.5 * (r - first)) / HOPS;
      const kind = strobe === "midpoints" ? "midpoint" : kindOf(r);
      const at = now && scene.hop ? leapt(part, r, place, scene.hop) : [x, y];
      pens.mark(pen, inks, inkOf(scene, kind), kind, at[0], at[1], now ? 6.5 : 5);
    }
    pen.globalAlpha = 1;
    if (strobe === "all" && row > first) this.paintLeap(pen, inks, place(row - 1), place(row));
  }

  /**
   * @param {Pen} pen
   * @param {Inks} inks
   * @param {Point} point
   * @param {Point} point
   */
  paintLeap(pen, inks, [x0, y0], [x1, y1]) {
    pen.beginPath();
    pen.moveTo(x0, y0 - 9);
    pen.quadraticCurveTo((x0 + x1) / 2, Math.min(y0, y1) - 46, x1, y1 - 10);
    pen.strokeStyle = inks.ink;
    pen.lineWidth = 1.2;
    pen.stroke();
  }

  /**
   * What the pointer finds: the nearest of the last hops.
   * @param {Scene} scene
   * @param {number} px
   * @param {number} py
   */
  probe(scene, px, py) {
    const found = this.seen(scene);
    if (!found) return null;
    const { run, part, row, view, frame } = found;
    const first = consecutiveFrom(part, row, HOPS);
    const place = scene.strobe === "midpoints" ? middleOf(part, view, frame) : hopOf(part, view, frame);
    const near = nearestRow(first, row, place, px, py);
    return near.distance < 40 ? { ...near, run, i: scene.focus, part } : null;
  }
}

/**
 * @param {Part} part
 * @param {AcrossView} view
 * @param {AcrossFrame} frame
 * @returns {Place}
 */
const hopOf = (part, view, frame) => (r) => [
  frame.x(part.columns.offset[r] / view.unit),
  frame.y(part.columns.loss[r] / view.top),
];

/**
 * Midway between two iterates, on the wall: the mean of their heights is none of L.
 * @param {Part} part
 * @param {AcrossView} view
 * @param {AcrossFrame} frame
 * @returns {Place}
 */
const middleOf = (part, view, frame) => (r) => {
  const u = middleAcross(part, view, r);
  return [frame.x(u), frame.y(view.loss(u))];
};

/**
 * Where that is, in units of the view; NaN where the step before is not recorded.
 * @param {Part} part
 * @param {AcrossView} view
 * @param {number} row
 */
const middleAcross = ({ columns: { step, offset } }, { unit }, row) =>
  row > 0 && step[row] === step[row - 1] + 1 ? (offset[row - 1] + offset[row]) / (2 * unit) : NaN;

/**
 * Where a bead is on its leap to the next step.
 * @param {Part} part
 * @param {number} row
 * @param {Place} place
 * @param {number} share
 * @returns {Point}
 */
function leapt(part, row, place, share) {
  const [x, y] = onTheWay(part, row, place, share);
  return [x, y - LEAP * 4 * share * (1 - share)];
}

/**
 * Why there is nothing to see.
 * @param {Part} part
 * @param {number} row
 */
export const wordsFor = (part, row) =>
  Math.abs(part.columns.offset[row]) <= RESTS ? "on the valley floor" : "no valley in reach of gradient flow";

/**
 * What the magnifier shows at a row: its unit, half-width in units, and L there as a share of
 * the largest L in view. The unit is the bounce by the rule's law, or the one measured.
 * @param {Part} part
 * @param {number} row
 * @param {number[]} nodes
 * @returns {AcrossView | null}
 */
export function acrossView(part, row, nodes) {
  const { offset, bounce, span, profile } = part.columns;
  if (!Number.isFinite(offset[row])) return null;
  const measured = Math.abs(offset[row]) + Math.abs(offset[partnerOf(part, row)]);
  const unit = bounce[row] > 0 ? bounce[row] : measured;
  if (!(unit > RESTS)) return null;
  const values = profile.subarray(row * nodes.length, (row + 1) * nodes.length);
  /**
   * @param {number} u
   */
  const share = (u) => interpolate(nodes, values, (u * unit) / span[row]);
  const half = span[row] / unit;
  const top = Math.max(share(-half), share(half));
  return { unit, half, top, loss: (u) => share(u) / top };
}
