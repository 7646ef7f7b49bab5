// The alignment of the hops with v₁: x̃_t of the warm-up in its invariant sets, in units of λ₁, and
// against the clock the angle θ_t and the part of x̃_t along v₁.
//
// In the picture of the sets the part along v₁ is upright and R₂, the length of all other parts signed
// as the one along v₂, lies across: so I₁ is the disc and I₂ the strip, in any number of dimensions.
import { addCanvas, penFor, wipe } from "../../canvas.mjs";
import { clockTime, paceOf } from "../../clock.mjs";
import { inkOf } from "../../inks.mjs";
import { addPoints, midpointOf } from "../../marks.mjs";
import { nearestOf, nearestRow } from "../../nearest.mjs";
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import { consecutiveFrom, kindIn, locate, pointAt, shownStep, shows, upTo } from "../../run.mjs";
import { labelledTicks } from "../../ticks.mjs";
import { vocabulary } from "../../vocabulary.mjs";
import { isInside } from "../frame.mjs";

const REACH = 1.3; // of the disc's radius, the least that is in view on each side
const RECENT = 9;
const ROOM = 22; // pixels left free below and above a plot
const LEFT = 46; // and beside one, for its numbers
const LEAST = 1e-16; // θ below which nothing is told apart
const NEAR = 20; // pixels within which the pointer finds a point

export class Alignment {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.past = addCanvas(host);
    this.now = addCanvas(host);
    /** @type {number | null} */
    this.painted = null;
  }

  reset() {
    this.painted = null;
  }

  /**
   * @param {Scene} scene
   */
  paint(scene) {
    this.unfold(scene.panel === "alignment");
    if (this.host.hidden || !scene.result) return;
    const run = scene.result.runs[scene.focus];
    const frames = this.framesFor(scene, run);
    const row = upTo(run, scene.steps[scene.focus]);
    this.paintPast(scene, run, frames, row);
    this.paintNow(wipe(this.now), scene, run, frames);
  }

  /**
   * Only what is shown has a size.
   * @param {boolean} yes
   */
  unfold(yes) {
    if (yes !== this.host.hidden) return;
    this.host.hidden = !yes;
    for (const canvas of [this.past, this.now]) canvas.measure();
    this.painted = null;
  }

  /**
   * The picture of the sets at the left; at the right the two plots, one above the other.
   * @param {Scene} scene
   * @param {Run} run
   */
  framesFor(scene, run) {
    const [width, height] = this.past.size;
    const side = Math.min(height - ROOM, 0.46 * width);
    const sets = setsFrame(side, ROOM, height);
    const [left, right] = [side + LEFT + 14, width - 14];
    const half = (height - 3 * ROOM) / 2;
    const time = timeAxis(scene, run, left, right);
    const angle = { ...time, top: ROOM, bottom: ROOM + half, ...angleAxis(run, ROOM, ROOM + half) };
    const part = {
      ...time,
      top: height - ROOM - half,
      bottom: height - ROOM,
      y: (/** @type {number} */ v) => height - ROOM - Math.min(v, 1) * half,
    };
    return { sets, angle, part };
  }

  /**
   * What has been painted stays while the run plays on.
   * @param {Scene} scene
   * @param {Run} run
   * @param {AlignmentFrames} frames
   * @param {number} row
   */
  paintPast(scene, run, frames, row) {
    const before = this.painted ?? Infinity;
    const grows = row >= before;
    const pen = grows ? penFor(this.past) : wipe(this.past);
    const from = grows ? before + 1 : 0;
    if (!grows) this.paintAxes(pen, scene, run, frames);
    if (row >= from && run.columns.components) {
      pen.globalAlpha = 0.55;
      for (const [frame, place] of this.plots(scene, run, run, frames)) {
        pens.within(pen, boxOf(frame), () =>
          named(pen, "iterates", () => addPoints(pen, scene, run, run, from, row, place, 2)),
        );
      }
      pen.globalAlpha = 1;
    }
    this.painted = row;
  }

  /**
   * Each plot's frame, and where the rows of a part stand in it.
   * @param {Scene} scene
   * @param {Run} run
   * @param {Part} part
   * @param {AlignmentFrames} alignmentFrames
   * @returns {[any, Place][]}
   */
  plots(scene, run, part, { sets, angle, part: share }) {
    /**
     * @param {number} row
     */
    const time = (row) => clockTime(scene.clock, paceOf(run), part.columns.step[row]);
    return [
      [sets, setsPlace(part, sets)],
      [angle, (row) => [angle.x(time(row)), angle.y(part.columns.alignment[row])]],
      [share, (row) => [share.x(time(row)), share.y(partAlong(part, row))]],
    ];
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Run} run
   * @param {AlignmentFrames} alignmentFrames
   */
  paintAxes(pen, { inks, clock }, run, { sets, angle, part }) {
    for (const { value, text } of angle.ticks) rule(pen, inks, angle, value, text);
    for (const value of [0, 0.5, 1]) rule(pen, inks, part, value, String(value));
    for (const { value, text } of part.times) {
      pens.label(pen, inks, text, part.x(value), part.bottom + 11, inks.soft, "center");
    }
    pens.label(pen, inks, vocabulary.clocks[clock], part.right, part.bottom + 11, inks.soft, "right");
    pens.line(pen, inks.line, 1, [], 0, 1, (k) => [k ? sets.right : sets.left, sets.y(0)]);
    pens.line(pen, inks.line, 1, [], 0, 1, (k) => [sets.x(0), k ? sets.bottom : sets.top]);
    pens.label(pen, inks, "angle θₜ", angle.left + 6, angle.top - 12, inks.ink);
    pens.label(pen, inks, "|⟨v₁, x̃ₜ⟩| / λ₁", part.left + 6, part.top - 12, inks.ink);
    pens.label(pen, inks, "v₁", sets.x(0) + 7, sets.bottom - 9, inks.soft);
    pens.label(pen, inks, run.widths.spectrum > 2 ? "R₂" : "v₂", sets.right + 2, sets.y(0), inks.soft);
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Run} run
   * @param {AlignmentFrames} frames
   */
  paintNow(pen, scene, run, frames) {
    const { part, row } = locate(run, shownStep(scene.strobe, scene.steps[scene.focus]));
    if (!part.columns.components || !Number.isFinite(part.columns.components[0]))
      return this.paintNothing(pen, scene, run);
    this.paintSets(pen, scene, part, row, frames.sets);
    const first = consecutiveFrom(part, row, RECENT);
    const plots = this.plots(scene, run, part, frames);
    const [[sets, place]] = plots;
    pens.within(pen, boxOf(sets), () => {
      pens.line(pen, scene.inks.ink, 1, [], first, row, place);
      addPoints(pen, scene, run, part, first, row, place, 3.4);
    });
    const kind = kindIn(run, part)(row);
    for (const [frame, at] of plots) {
      const [x, y] = at(row);
      if (isInside(boxOf(frame), x, y)) pens.mark(pen, scene.inks, inkOf(scene, kind), kind, x, y, 5.5);
    }
    const theta = part.columns.alignment[row];
    pens.label(pen, scene.inks, inWords(theta), frames.angle.right, frames.angle.top - 12, scene.inks.ink, "right");
  }

  /**
   * I₁ and I₂ as they are at the playhead, and half the disc, inside which the alignment grows.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Part} part
   * @param {number} row
   * @param {any} frame
   */
  paintSets(pen, { inks }, part, row, frame) {
    const [one, two] = spectrumAt(part, row);
    const ratio = two / one;
    pens.within(pen, boxOf(frame), () => {
      pen.fillStyle = inks.theory;
      pen.globalAlpha = 0.1;
      pen.fillRect(frame.x(-ratio), frame.top, frame.x(ratio) - frame.x(-ratio), frame.bottom - frame.top);
      disc(pen, frame, 1);
      pen.fill();
      pen.globalAlpha = 1;
      pen.strokeStyle = inks.theory;
      pen.lineWidth = 1.4;
      pen.stroke();
      for (const side of [-ratio, ratio]) {
        pens.line(pen, inks.theory, 1.4, [], 0, 1, (k) => [frame.x(side), k ? frame.bottom : frame.top]);
      }
      disc(pen, frame, 0.5);
      pen.setLineDash([3, 4]);
      pen.strokeStyle = inks.soft;
      pen.lineWidth = 1;
      pen.stroke();
      pen.setLineDash([]);
    });
    pens.label(pen, inks, "I₁", frame.x(0) + 7, frame.y(-0.75), inks.theory, "left");
    pens.label(pen, inks, "I₂", frame.x(ratio) + 5, frame.top + 10, inks.theory, "left");
    pens.label(pen, inks, membership(part, row), frame.left, frame.top - 10, inks.ink);
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Run} run
   */
  paintNothing(pen, { inks }, { name }) {
    const [width, height] = this.now.size;
    pens.line(pen, inks.card, height, [], 0, 1, (k) => [k * width, height / 2]);
    pens.label(pen, inks, `${name} has no bounce to align`, width / 2, height / 2, inks.soft, "center");
  }

  /**
   * What the pointer finds: the nearest point painted so far.
   * @param {Scene} scene
   * @param {number} px
   * @param {number} py
   */
  probe(scene, px, py) {
    const run = scene.result.runs[scene.focus];
    if (!run.columns.components) return null;
    const frames = this.framesFor(scene, run);
    const last = upTo(run, scene.steps[scene.focus]);
    const found = this.plots(scene, run, run, frames)
      .filter(([frame]) => isInside(boxOf(frame), px, py))
      .map(([, place]) => ({
        ...nearestRow(0, last, visible(scene, run, place), px, py),
        run,
        i: scene.focus,
        part: run,
      }));
    return nearestOf(found, NEAR);
  }
}

/**
 * Pixels of rows that the strobe shows, nowhere for others.
 * @param {Scene} scene
 * @param {Part} part
 * @param {Place} place
 * @returns {Place}
 */
function visible({ strobe }, part, place) {
  if (strobe === "midpoints") return midpointOf(part, place);
  return (row) => (shows(strobe, part.columns.step[row]) ? place(row) : [NaN, NaN]);
}

/**
 * As high as the panel: where that is more than wide, more is seen of how far the hops came along v₁.
 * @param {number} width
 * @param {number} top
 * @param {number} bottom
 */
const setsFrame = (width, top, bottom) => {
  const scale = width / (2 * REACH);
  return {
    left: 8,
    top,
    bottom,
    right: 8 + width,
    x: (/** @type {number} */ u) => 8 + width / 2 + u * scale,
    y: (/** @type {number} */ u) => (top + bottom) / 2 - u * scale,
  };
};

/**
 * @param {Edges} edges
 */
const boxOf = ({ left, right, top, bottom }) => ({ left, top, width: right - left, height: bottom - top });

/**
 * @param {Scene} scene
 * @param {Run} run
 * @param {number} left
 * @param {number} right
 */
function timeAxis({ clock, axis }, run, left, right) {
  const end = clockTime(clock, paceOf(run), Math.max(run.last, 1));
  const begin = clockTime(clock, paceOf(run), 1);
  const log = axis === "log";
  /** @type {(time: number) => number} */
  const share = log
    ? (time) => Math.log(Math.max(time, begin) / begin) / Math.log(Math.max(end / begin, 1.01))
    : (time) => time / end;
  const times = log ? powers(begin, 0.4 * end) : labelledTicks(0, 0.9 * end, 4);
  return { left, right, times, x: (/** @type {number} */ time) => left + share(time) * (right - left) };
}

/**
 * The powers of ten between two times.
 * @param {number} low
 * @param {number} high
 */
function powers(low, high) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high))];
  const values = Array.from({ length: Math.max(last - first + 1, 0) }, (_, k) => 10 ** (first + k));
  return values.map((value) => ({
    value,
    text: value >= 1 && value < 1e5 ? String(value) : inWords(value).replace("1.00·", ""),
  }));
}

/**
 * Even in log θ, from the least angle of the run to a right angle.
 * @param {Run} run
 * @param {number} top
 * @param {number} bottom
 */
function angleAxis(run, top, bottom) {
  const angles = run.columns.alignment;
  const least = angles ? angles.reduce((a, b) => (b > 0 && b < a ? b : a), 1) : 1;
  const floor = Math.floor(Math.log10(Math.max(least, LEAST)));
  const ceiling = Math.log10(Math.PI / 2);
  /**
   * @param {number} angle
   */
  const y = (angle) =>
    bottom - ((Math.log10(Math.max(angle, 10 ** floor)) - floor) / (ceiling - floor)) * (bottom - top);
  const every = Math.max(1, Math.ceil(-floor / 3));
  const ticks = [];
  for (let power = 0; power >= floor; power -= every) ticks.push({ value: 10 ** power, text: powerWords(power) });
  return { y, ticks };
}

/**
 * A power of ten, up to 1, as short as it can be.
 * @param {number} power
 */
const powerWords = (power) => (power > -4 ? String(10 ** power) : inWords(10 ** power).replace("1.00·", ""));

/**
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {any} frame
 * @param {number} value
 * @param {string} text
 */
function rule(pen, inks, frame, value, text) {
  pens.line(pen, inks.line, 1, [], 0, 1, (k) => [k ? frame.right : frame.left, frame.y(value)]);
  pens.label(pen, inks, text, frame.left - 6, frame.y(value), inks.soft, "right");
}

/**
 * @param {Pen} pen
 * @param {any} frame
 * @param {number} radius
 */
function disc(pen, frame, radius) {
  pen.beginPath();
  pen.arc(frame.x(0), frame.y(0), frame.x(radius) - frame.x(0), 0, 2 * Math.PI);
}

/**
 * @param {Part} part
 * @param {number} row
 */
const spectrumAt = ({ columns, widths }, row) => pointAt(columns.spectrum, widths.spectrum, row);

/**
 * R_j of a row, the lengths of what of x̃ lies beyond the first j − 1 directions, j from 1 on.
 * @param {Part} part
 * @param {number} row
 */
export function lengths(part, row) {
  const parts = pointAt(part.columns.components, part.widths.components, row);
  let square = 0;
  return parts
    .reverse()
    .map((c) => Math.sqrt((square += c * c)))
    .reverse();
}

/**
 * Where x̃ of a row stands among the sets: R₂ signed and the part along v₁, in units of λ₁.
 * @param {Part} part
 * @param {number} row
 */
export function inSets(part, row) {
  const { components, spectrum } = part.columns;
  const n = part.widths.components;
  const unit = spectrum[n * row];
  const second = Math.sign(components[n * row + 1]) || 1;
  return [(second * lengths(part, row)[1]) / unit, components[n * row] / unit];
}

/**
 * @param {Part} part
 * @param {any} frame
 * @returns {Place}
 */
function setsPlace(part, frame) {
  return (row) => {
    const [u, v] = inSets(part, row);
    return [frame.x(u), frame.y(v)];
  };
}

/**
 * @param {Part} part
 * @param {number} row
 */
const partAlong = (part, row) => Math.abs(inSets(part, row)[1]);

/**
 * @param {number} j
 */
const subscript = (j) => String(j).replace(/\d/g, (c) => "₀₁₂₃₄₅₆₇₈₉"[Number(c)]);

/**
 * Which of the sets x̃ of a row is in, in words.
 * @param {Part} part
 * @param {number} row
 */
export function membership(part, row) {
  const spectrum = spectrumAt(part, row);
  const inside = lengths(part, row).map((length, j) => length <= spectrum[j]);
  if (inside.every(Boolean)) return `in all of I₁ … I${subscript(inside.length)}`;
  const names = inside.flatMap((yes, j) => (yes ? [] : [`I${subscript(j + 1)}`]));
  return `not yet in ${names.slice(0, 3).join(", ")}${names.length > 3 ? " …" : ""}`;
}
