// Axes of plots: scales, ticks, and the pen strokes of both.
import { widthOf } from "./labels.mjs";
import * as pens from "./pens.mjs";
import { superscript } from "./numbers.mjs";
import { labelledTicks } from "./ticks.mjs";

const TICK = 4; // pixels
const ROOM_X = 62; // pixels for a label on a horizontal axis
const ROOM_Y = 34;
const AROUND = 30; // pixels that an upright title may be longer than its axis

/**
 * @param {number} value
 */
const same = (value) => value;

/**
 * A scale from values [low, high] to pixels [from, to] and back: "linear" or "log".
 * @param {"linear" | "log"} kind
 * @param {Span} span
 * @param {Span} span
 */
export function scale(kind, [low, high], [from, to]) {
  const bend = kind === "log" ? Math.log : same;
  const back = kind === "log" ? Math.exp : same;
  const [a, b] = [bend(low), bend(high)];
  const slope = (to - from) / (b - a || 1);
  return {
    kind,
    low,
    high,
    from,
    to,
    at: (/** @type {number} */ value) => from + slope * (bend(value) - a),
    of: (/** @type {number} */ pixel) => back(a + (pixel - from) / slope),
  };
}

/**
 * Round numbers on a log axis, at most about `most`: all decades, and between them 2 and 5 or every
 * whole multiple where there is room.
 * @param {number} low
 * @param {number} high
 * @param {number} [most]
 */
export function logTicks(low, high, most = 8) {
  const decades = Math.log10(high / low);
  for (const kinds of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]]) {
    if (kinds.length * decades <= most || kinds.length === 1)
      return within(kinds, low, high, stride(decades, kinds, most));
  }
  return [];
}

/**
 * @param {number} decades
 * @param {number[]} kinds
 * @param {number} most
 */
const stride = (decades, kinds, most) => (kinds.length > 1 ? 1 : Math.max(1, Math.ceil(decades / most)));

/**
 * @param {number[]} kinds
 * @param {number} low
 * @param {number} high
 * @param {number} every
 */
function within(kinds, low, high, every) {
  const values = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    if (power % every) continue;
    for (const kind of kinds) values.push(Number(`${kind}e${power}`));
  }
  return values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
}

/**
 * A number as an axis says it.
 * @param {number} value
 */
export function short(value) {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e4)) return String(Number(value.toPrecision(4)));
  const [digits, power] = value.toExponential(1).split("e");
  const raised = superscript(Number(power));
  return digits === "1.0" ? `10${raised}` : `${Number(digits)}·10${raised}`;
}

/**
 * The ticks of a scale, as {value, text}.
 * @param {Scale} scale
 * @param {number} room
 */
export function ticksOf({ kind, low, high, from, to }, room) {
  const most = Math.max(2, Math.floor(Math.abs(to - from) / room));
  const [a, b] = low < high ? [low, high] : [high, low];
  const round = kind === "log" ? logTicks(a, b, most) : [];
  if (round.length > 1) return round.map((value) => ({ value, text: short(value) }));
  return labelledTicks(a, b, most);
}

/**
 * A frame for a plot of this size: a box with a margin, and its scales.
 * @param {Size} size
 * @param {Margin} margin
 * @param {AxisKind} x
 * @param {AxisKind} y
 */
export function frame([width, height], margin, x, y) {
  const [left, top] = [margin.left, margin.top];
  const [inner, tall] = [Math.max(width - left - margin.right, 1), Math.max(height - top - margin.bottom, 1)];
  return {
    left,
    top,
    width: inner,
    height: tall,
    x: scale(x.kind, x.range, [left, left + inner]),
    y: scale(y.kind, y.range, [top + tall, top]),
  };
}

/**
 * Grid (or, where `inside` is false, ticks alone) and titles. `titles` are {x, y}.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Axes} box
 * @param {{ x?: string, y?: string | string[] }} titles of several the first that fits
 * @param {{ inside?: boolean, lines?: boolean }} [given4]
 */
export function paintAxes(pen, inks, box, titles, { inside = true, lines = false } = {}) {
  const { left, top, width, height } = box;
  const bottom = top + height;
  for (const { value, text } of ticksOf(box.y, ROOM_Y)) {
    const y = Math.round(box.y.at(value)) + 0.5;
    pens.line(pen, inks.line, 1, [], 0, 1, (k) => [left - TICK + k * (inside ? width + TICK : TICK), y]);
    pens.label(pen, inks, text, left - TICK - 4, y, inks.soft, "right");
  }
  for (const { value, text } of ticksOf(box.x, ROOM_X)) {
    const x = Math.round(box.x.at(value)) + 0.5;
    pens.line(pen, inks.line, 1, [], 0, 1, (k) => [x, bottom + TICK - k * (lines ? height + TICK : TICK)]);
    pens.label(pen, inks, text, x, bottom + 14, inks.soft, "center");
  }
  if (titles.x) pens.label(pen, inks, titles.x, left + width / 2, bottom + 32, inks.soft, "center");
  const title = [titles.y].flat().find((text) => text && widthOf(text) < height + AROUND);
  if (title) upright(pen, inks, title, 10, top + height / 2);
}

/**
 * A title that reads upwards.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {string} text
 * @param {number} x
 * @param {number} y
 */
function upright(pen, inks, text, x, y) {
  pen.save();
  pen.translate(x, y);
  pen.rotate(-Math.PI / 2);
  pens.label(pen, inks, text, 0, 0, inks.soft, "center");
  pen.restore();
}

/**
 * A range that holds all finite values, with some air; of positive ones on a log axis.
 * @param {ArrayLike<number>} values
 * @param {"linear" | "log"} [kind]
 * @param {number} [air]
 */
export function rangeOf(values, kind = "linear", air = 0.06) {
  const seen = Array.from(values).filter((value) => Number.isFinite(value) && (kind !== "log" || value > 0));
  if (!seen.length) return kind === "log" ? [0.1, 10] : [0, 1];
  const [low, high] = seen.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  if (kind === "log") {
    const factor = Math.max(high / low, 1.2) ** air;
    return [low / factor, high * factor];
  }
  const more = (high - low || Math.abs(high) || 1) * air;
  return [low - more, high + more];
}

/**
 * The value below which a share of the finite ones lie.
 * @param {Float32Array | number[]} values
 * @param {number} share
 */
export function quantile(values, share) {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  return sorted.length ? sorted[Math.round(share * (sorted.length - 1))] : NaN;
}
