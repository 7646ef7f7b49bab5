// The magnifier along the valley: λ₁ against the length along Γ, the bead of Φ(x_t) and that of the
// theorem sliding to the flattest point, from which the length is counted.
import { addCanvas, density, wipe } from "../../canvas.mjs";
import { shade } from "../../inks.mjs";
import { moved, widthOf } from "../../labels.mjs";
import { nearestOf } from "../../nearest.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import { hasLeft, locate, pointAt, shownStep } from "../../run.mjs";
import { labelledTicks } from "../../ticks.mjs";
import { showsFlow, shutAbove } from "../rod.mjs";

const LEFT = 40; // at the least: as much as the numbers beside the axis take
const RIGHT = 16;
const HEAD = 14;
const FOOT = 26;
const MARGIN = 0.12; // of the stretch in view, at each side
const SAMPLES = 24;
const PIECES = 160;
const REACH = 30;
export const PALE = 0.28; // of what is shut to GD
const SHUT = "pale: λ₁ > 2/η, GD cannot rest here";
const ELSEWHERE = 0.02; // of the curve's length: farther than that from it lies another branch

export class Along {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.still = addCanvas(host);
    this.canvas = addCanvas(host);
    /** @type {AlongView | null} */
    this.view = null;
    this.fresh = false;
    this.shown = "";
    /** @type {Valley | null} */
    this.painted = null; // the valley
    this.shut = Infinity; // of Γ above this sharpness
  }

  // Another run or another Γ: another stretch may be in view.
  reset() {
    this.fresh = false;
  }

  /**
   * @param {Scene} scene
   */
  paint(scene) {
    const { result, valley } = scene;
    if (!result || !valley) return;
    const pen = wipe(this.canvas);
    const shut = shutAbove(scene);
    if (!this.fresh || shut !== this.shut) this.paintStill(scene, shut);
    const frame = this.view && frameFor(this.view, this.canvas.size);
    if (frame) named(pen, "now", () => this.paintBeads(pen, scene, frame));
  }

  /**
   * Γ and its axes, or why there are none; unless just that is painted already.
   * @param {Scene} scene
   * @param {number} shut
   */
  paintStill(scene, shut) {
    const { valley, inks } = scene;
    const [width, height] = this.still.size;
    if (!scene.locked || !this.view || valley !== this.painted) this.view = viewOf(scene);
    this.fresh = true;
    this.shut = shut;
    const coming = !this.view && Boolean(scene.result.part);
    const about = [scene.result.settings.loss, coming, width, height, density(), inks.card, shut];
    const shown = [...about, ...boundsOf(this.view)].join();
    if (shown === this.shown && valley === this.painted) return;
    [this.shown, this.painted] = [shown, valley];
    const pen = wipe(this.still);
    if (!valley || coming) return;
    if (!this.view) return pens.label(pen, inks, wordsFor(valley), width / 2, height / 2, inks.soft, "center");
    const frame = frameFor(this.view, [width, height]);
    this.paintAxes(pen, inks, this.view, frame);
    const { view } = this;
    named(pen, "manifold", () => this.paintCurve(pen, inks, valley, view, frame));
  }

  /**
   * @param {Pen} pen
   * @param {Inks} inks
   * @param {AlongView} view
   * @param {AlongFrame} frame
   */
  paintAxes(pen, inks, { low, high, bottom, top }, frame) {
    const [width, height] = this.still.size;
    const { left } = frame;
    pens.line(pen, inks.line, 1, [], 0, 1, (k) => [k ? width - RIGHT : left, height - FOOT]);
    for (const { value, text } of labelledTicks(low, high, 4)) {
      pens.line(pen, inks.line, 1, [], 0, 1, (k) => [frame.x(value), height - FOOT + 4 * k]);
      const [x, y] = moved({ left, top: 0, width: width - left, height }, text, [frame.x(value), height - 12]);
      pens.label(pen, inks, text, x, y, inks.soft, "center");
    }
    for (const { value, text } of labelledTicks(bottom, top, 3)) {
      pens.line(pen, inks.line, 1, [], 0, 1, (k) => [k ? width - RIGHT : left, frame.y(value)]);
      pens.label(pen, inks, text, left - 6, frame.y(value), inks.soft, "right");
    }
    pens.label(pen, inks, "s", left - 10, height - 12, inks.soft, "right");
  }

  /**
   * @param {Pen} pen
   * @param {Inks} inks
   * @param {Valley} valley
   * @param {AlongView} view
   * @param {AlongFrame} frame
   */
  paintCurve(pen, inks, valley, { curve, zero, low, high, flattest }, frame) {
    let some = false;
    for (let k = 0; k < PIECES; k++) {
      const ends = [k, k + 1].map((j) => low + ((high - low) * j) / PIECES);
      const [from, to] = ends.map((s) => valueAt(curve, s + zero));
      const ink = colourOf(inks.scale, valley.sharpness_range, (from + to) / 2);
      const shut = (from + to) / 2 > this.shut;
      some ||= shut;
      pen.globalAlpha = shut ? PALE : 1;
      pen.lineCap = shut ? "butt" : "round"; // or pale ends would add up
      pens.line(pen, ink, 4, [], 0, 1, (j) => [frame.x(ends[j]), frame.y(j ? to : from)]);
    }
    pen.globalAlpha = 1;
    pen.lineCap = "butt";
    if (some) pens.label(pen, inks, SHUT, this.still.size[0] - RIGHT, HEAD, inks.soft, "right");
    for (const s of flattest) {
      pens.mark(pen, { card: inks.ink }, inks.card, "even", frame.x(s), frame.y(valueAt(curve, s + zero)), 3.5);
    }
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {AlongFrame} frame
   */
  paintBeads(pen, scene, frame) {
    const { inks, result } = scene;
    result.runs.forEach((run, i) => {
      if (!hasLeft(run, scene.steps[i])) return;
      const { part, row } = locate(run, shownStep(scene.strobe, scene.steps[i]));
      const [ghost, own] = ["flow", "projection"].map((name) => this.place(part, row, name, frame));
      if (ghost && showsFlow(scene, run)) pens.bead(pen, inks, inks.theory, ghost[0], ghost[1], 7.5);
      if (own) pens.bead(pen, inks, result.runs.length > 1 ? inks.runs[i] : inks.ink, own[0], own[1], 4.5);
    });
  }

  /**
   * The pixel of a point of a row, on the curve; null where it lies elsewhere.
   * @param {Part} part
   * @param {number} row
   * @param {string} name
   * @param {AlongFrame} frame
   */
  place(part, row, name, frame) {
    const at = this.view && placeOn(this.view, part, row, name);
    return at && [frame.x(at.s), frame.y(at.sharpness)];
  }

  /**
   * What the pointer finds: the bead of the nearest run.
   * @param {Scene} scene
   * @param {number} px
   * @param {number} py
   */
  probe(scene, px, py) {
    if (!this.view) return null;
    const frame = frameFor(this.view, this.canvas.size);
    const found = scene.result.runs.map((run, i) => {
      const { part, row } = locate(run, scene.steps[i]);
      const [x, y] = this.place(part, row, "projection", frame) || [NaN, NaN];
      return { run, i, part, row, x, y, distance: Math.hypot(x - px, y - py) };
    });
    return nearestOf(found, REACH);
  }
}

/**
 * @param {AlongView | null} view
 */
const boundsOf = (view) => (view ? [view.low, view.high, view.zero, view.bottom, view.top] : []);

/**
 * Why there is nothing to see.
 * @param {Valley} valley
 */
export const wordsFor = (valley) => (valley.curves.length ? "no valley in reach" : "Γ is a point: nowhere to drift");

/**
 * The stretch of Γ that the run and the theorem pass over, with the flattest point they go to.
 * @param {Scene} scene
 * @returns {AlongView | null}
 */
export function viewOf(scene) {
  const { result, valley, focus } = scene;
  const run = result.runs[focus];
  const ways = pointsOf(run);
  if (!valley || !valley.curves.length || !ways.length) return null;
  /**
   * @param {Curve} curve
   */
  const away = (curve) => arcOf(curve, ways[0]).away;
  const curve = valley.curves.reduce((best, next) => (away(next) < away(best) ? next : best));
  const period = isClosed(curve) ? curve.arc[curve.rows - 1] : Infinity;
  const own = valley.flattest.map((point) => arcOf(curve, point)).filter((f) => f.away < 1e-3);
  const end = arcOf(curve, ways[ways.length - 1]).arc;
  /**
   * @param {number} arc
   */
  const far = (arc) => Math.abs(into(arc - end, period, 0));
  const zero = own.length ? own.reduce((a, b) => (far(b.arc) < far(a.arc) ? b : a)).arc : 0;
  const start = arcOf(curve, ways[0]).arc;
  const middle = into(start - zero, period, 0) / 2;
  const passed = [0, ...ways.map((point) => into(arcOf(curve, point).arc - zero, period, middle))];
  return framed({ curve, zero, period, flattest: own.map((f) => into(f.arc - zero, period, middle)) }, passed);
}

/**
 * @param {Pick<AlongView, "curve" | "zero" | "period" | "flattest">} view
 * @param {number[]} passed
 */
function framed(view, passed) {
  const length = view.curve.arc[view.curve.rows - 1];
  const [least, most] = [Math.min(...passed), Math.max(...passed)];
  const margin = MARGIN * Math.max(most - least, 0.02 * length);
  const bounds = view.period < Infinity ? [-Infinity, Infinity] : [-view.zero, length - view.zero];
  const [low, high] = [Math.max(least - margin, bounds[0]), Math.min(most + margin, bounds[1])];
  const values = Array.from({ length: PIECES }, (_, k) =>
    valueAt(view.curve, low + ((high - low) * k) / (PIECES - 1) + view.zero),
  );
  const [bottom, top] = [Math.min(...values), Math.max(...values)];
  const room = 0.08 * (top - bottom) || 0.1 * top;
  const flattest = view.flattest.filter((s) => s >= low && s <= high);
  return { ...view, flattest, low, high, bottom: bottom - room, top: top + room };
}

/**
 * Points that a run passes on Γ, first to last: its own and the theorem's.
 * @param {Run} run
 */
function pointsOf(run) {
  const rows = Array.from({ length: SAMPLES }, (_, k) => Math.round((k * (run.rows - 1)) / (SAMPLES - 1)));
  return ["flow", "projection"]
    .map((name) => rows.map((row) => pointAt(run.columns[name], run.widths[name], row)))
    .map((points) => points.filter((point) => point.every(Number.isFinite)))
    .reduce((flow, own) => (flow.length ? [...own, ...flow] : own));
}

/**
 * Where in view a point of a row lies on the curve, as {s, sharpness}; null where it lies elsewhere.
 * @param {AlongView} alongView
 * @param {Part} part
 * @param {number} row
 * @param {string} name
 */
export function placeOn({ curve, zero, low, high, period }, part, row, name) {
  const point = pointAt(part.columns[name], part.widths[name], row);
  if (!point.every(Number.isFinite)) return null;
  const found = arcOf(curve, point);
  const s = into(found.arc - zero, period, (low + high) / 2);
  return found.away > ELSEWHERE * curve.arc[curve.rows - 1] ? null : { s, sharpness: valueAt(curve, found.arc) };
}

/**
 * @param {{ x: Float32Array, d: number, rows: number }} given
 */
const isClosed = ({ x, d, rows }) => square(x, d, rows - 1, x) < 1e-12;

/**
 * The square of the distance from a row of flat points to a point.
 * @param {Float32Array} x
 * @param {number} d
 * @param {number} row
 * @param {ArrayLike<number>} point of which the first d numbers count
 */
function square(x, d, row, point) {
  let sum = 0;
  for (let i = 0, k = d * row; i < d; i++, k++) sum += (x[k] - point[i]) * (x[k] - point[i]);
  return sum;
}

/**
 * A length brought within half a period of another.
 * @param {number} s
 * @param {number} period
 * @param {number} near
 */
const into = (s, period, near) => (period < Infinity ? s - period * Math.round((s - near) / period) : s);

/**
 * Where on a curve the point of it nearest to another lies: arc length, and the distance.
 * @param {Curve} curve
 * @param {number[]} point
 */
export function arcOf(curve, point) {
  const { x, d, arc, rows } = curve;
  let best = 0;
  let least = Infinity;
  for (let k = 0; k < rows; k++) {
    const away = square(x, d, k, point);
    if (away < least) [least, best] = [away, k];
  }
  // On a closed curve the first point is the last one too.
  const found = [best - 1, best, rows - 2].filter((k) => k >= 0 && k < rows - 1).map((k) => onChord(curve, k, point));
  return found.reduce((a, b) => (b.away < a.away ? b : a), {
    arc: arc[best],
    away: Math.sqrt(least),
  });
}

/**
 * @param {Curve} curve
 * @param {number} k
 * @param {number[]} point
 */
function onChord({ x, d, arc }, k, point) {
  const [from, to] = [pointAt(x, d, k), pointAt(x, d, k + 1)];
  const chord = to.map((value, i) => value - from[i]);
  /**
   * @param {number[]} u
   */
  const dot = (u) => u.reduce((sum, value, i) => sum + value * chord[i], 0);
  const share = Math.min(Math.max(dot(point.map((value, i) => value - from[i])) / (dot(chord) || 1), 0), 1);
  const foot = from.map((value, i) => value + share * chord[i]);
  return { arc: arc[k] + share * (arc[k + 1] - arc[k]), away: Math.hypot(...foot.map((value, i) => value - point[i])) };
}

/**
 * λ₁ at an arc length, on a closed curve at any: by the cubic that has the values of two points and the
 * slopes that their neighbours give them.
 * @param {Curve} curve
 * @param {number} s
 */
export function valueAt(curve, s) {
  const { arc, rows } = curve;
  const length = arc[rows - 1];
  const within = isClosed(curve) ? s - length * Math.floor(s / length) : Math.min(Math.max(s, 0), length);
  let [low, high] = [0, rows - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (arc[middle] <= within) low = middle;
    else high = middle;
  }
  return cubic(curve, low, (within - arc[low]) / (arc[high] - arc[low] || 1));
}

/**
 * @param {Curve} curve
 * @param {number} k
 * @param {number} u
 */
function cubic(curve, k, u) {
  const { arc, sharpness } = curve;
  const span = arc[k + 1] - arc[k];
  const [from, to] = [sharpness[k], sharpness[k + 1]];
  const [rise, fall] = [slopeAt(curve, k) * span, slopeAt(curve, k + 1) * span];
  const [bend, twist] = [3 * (to - from) - 2 * rise - fall, 2 * (from - to) + rise + fall];
  return from + u * (rise + u * (bend + u * twist));
}

/**
 * By the parabola through a point and its neighbours; at an open end straight to the next.
 * @param {Curve} curve
 * @param {number} k
 */
function slopeAt({ x, d, arc, sharpness, rows }, k) {
  const closed = isClosed({ x, d, rows });
  /**
   * @param {number} i
   */
  const secant = (i) => (sharpness[i + 1] - sharpness[i]) / (arc[i + 1] - arc[i]);
  if (!closed && (k === 0 || k === rows - 1)) return secant(Math.min(k, rows - 2));
  const [before, after] = [k === 0 ? rows - 2 : k - 1, k === rows - 1 ? 0 : k];
  const [a, b] = [arc[before + 1] - arc[before], arc[after + 1] - arc[after]];
  return (b * secant(before) + a * secant(after)) / (a + b);
}

/**
 * The colour of a sharpness, as on the map: even in log λ₁ between the ends of the range.
 * @param {Colour[]} scale
 * @param {Span} span
 * @param {number} value
 */
export function colourOf(scale, [low, high], value) {
  return shade(scale, high > low ? Math.log(value / low) / Math.log(high / low) : 0);
}

/**
 * @param {AlongView} alongView
 * @param {Size} size
 * @returns {AlongFrame}
 */
function frameFor({ low, high, bottom, top }, [width, height]) {
  const left = Math.max(LEFT, ...labelledTicks(bottom, top, 3).map(({ text }) => widthOf(text) + 6));
  return {
    left,
    x: (s) => left + ((s - low) / (high - low)) * (width - left - RIGHT),
    y: (value) => height - FOOT - ((value - bottom) / (top - bottom)) * (height - FOOT - HEAD),
  };
}
