// The drift's ledger: what gradient flow conserves, c, along the run, beside c₀ with the exact factor or term of every step
// and the c of the theorem's flow; below it what moved c, phase by phase, and what the next step does to it.
import { addCanvas, penFor, wipe } from "../../canvas.mjs";
import { clockTime, paceOf } from "../../clock.mjs";
import { widthOf } from "../../labels.mjs";
import { nearestOf, nearestRow } from "../../nearest.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import { locate, upTo } from "../../run.mjs";
import { labelledTicks } from "../../ticks.mjs";
import { vocabulary } from "../../vocabulary.mjs";
import { sharesOf, termWords } from "../conserved.mjs";

const TOP = 30; // pixels above the plot, for its key,
const BELOW = 92; // below it, for the times, the bar and the words,
const LINE = 18; // which take one line more where one is too short,
const LEFT = 56; // and beside it, for its numbers
const RIGHT = 14;
const LONGER = 30; // pixels that a term may grow by on the way
const BAR = 12; // pixels that the bar is high
const SAMPLE = 18; // of a line of the key
const NEAR = 20; // pixels within which the pointer finds a point
const MARGIN = 0.06; // of the scale, beyond what is on it
const WORDS = { floor: "lopsided edge", overlong: "too large a step", beyond: "beyond the theorem" };

/** @typedef {import("../conserved.mjs").Share} Share */
/** @typedef {{ left: number, right: number, top: number, bottom: number, x: (time: number) => number, y: (value: number) => number, low: number, high: number, long: boolean }} Plotted */

export class Ledger {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.past = addCanvas(host);
    this.now = addCanvas(host);
    /** @type {number | null} */
    this.painted = null;
    /** @type {{ run: Run, clock: Clock, size: string, plot: Plotted } | null} */
    this.known = null;
  }

  reset() {
    this.painted = null;
    this.known = null;
  }

  /**
   * @param {Scene} scene
   */
  paint(scene) {
    this.unfold(scene.panel === "ledger");
    if (this.host.hidden || !scene.result) return;
    const run = scene.result.runs[scene.focus];
    if (!run.columns.conserved) return;
    const plot = this.plotFor(scene, run);
    this.paintPast(scene, run, plot, upTo(run, scene.steps[scene.focus]));
    this.paintNow(wipe(this.now), scene, run, plot);
  }

  /**
   * Only what is shown has a size.
   * @param {boolean} yes
   */
  unfold(yes) {
    if (yes !== this.host.hidden) return;
    this.host.hidden = !yes;
    for (const canvas of [this.past, this.now]) canvas.measure();
    this.reset();
  }

  /**
   * Its scales hold as long as run, clock and size do.
   * @param {Scene} scene
   * @param {Run} run
   * @returns {Plotted}
   */
  plotFor({ clock }, run) {
    const size = this.past.size.join();
    const { known } = this;
    if (known && known.run === run && known.clock === clock && known.size === size) return known.plot;
    const [width, height] = this.past.size;
    const right = width - RIGHT;
    const long = widthOf(termWords(run, run, 0)) + LONGER > right - LEFT;
    const bottom = height - BELOW - (long ? LINE : 0);
    const end = clockTime(clock, paceOf(run), Math.max(run.last, 1));
    const { low, high } = scaleOf(run);
    /** @type {Plotted} */
    const plot = {
      ...{ left: LEFT, right, top: TOP, bottom, low, high, long },
      x: (time) => LEFT + (time / end) * (right - LEFT),
      y: (value) => bottom - ((value - low) / (high - low)) * (bottom - TOP),
    };
    this.known = { run, clock, size, plot };
    this.painted = null;
    return plot;
  }

  /**
   * What has been painted stays while the run plays on.
   * @param {Scene} scene
   * @param {Run} run
   * @param {Plotted} plot
   * @param {number} row
   */
  paintPast(scene, run, plot, row) {
    const { inks } = scene;
    const before = this.painted ?? Infinity;
    const grows = row >= before;
    const pen = grows ? penFor(this.past) : wipe(this.past);
    const from = grows ? before : 0;
    if (!grows) paintStanding(pen, scene, run, plot);
    if (!grows || row > before) {
      pen.globalAlpha = 0.3;
      const exact = placeOf(scene, run, run, plot, "conserved_ledger");
      named(pen, "conserved-ledger", () => pens.line(pen, inks.ok, 7, [], from, row, exact));
      pen.globalAlpha = 1;
      const own = placeOf(scene, run, run, plot, "conserved");
      named(pen, "conserved", () => pens.line(pen, inks.ink, 1.8, [], from, row, own));
    }
    this.painted = row;
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Run} run
   * @param {Plotted} plot
   */
  paintNow(pen, scene, run, plot) {
    const { inks, steps, focus } = scene;
    const { part, row } = locate(run, steps[focus]);
    for (const [name, ink, size] of /** @type {[string, string, number][]} */ ([
      ["flow_conserved", inks.theory, 6],
      ["conserved", inks.ink, 4],
    ])) {
      const [x, y] = placeOf(scene, run, part, plot, name)(row);
      if (y >= plot.top && y <= plot.bottom) pens.bead(pen, inks, ink, x, y, size);
    }
    named(pen, "shares", () => paintShares(pen, scene, plot, sharesOf(run, part.columns.step[row])));
    linesOf(termWords(run, part, row), plot.long).forEach((line, k) =>
      pens.label(pen, inks, line, plot.left, plot.bottom + BELOW - 14 + LINE * k, inks.ink),
    );
  }

  /**
   * What the pointer finds: the nearest point painted so far.
   * @param {Scene} scene
   * @param {number} px
   * @param {number} py
   */
  probe(scene, px, py) {
    const run = scene.result.runs[scene.focus];
    if (!run.columns.conserved) return null;
    const last = upTo(run, scene.steps[scene.focus]);
    const place = placeOf(scene, run, run, this.plotFor(scene, run), "conserved");
    return nearestOf([{ ...nearestRow(0, last, place, px, py), run, i: scene.focus, part: run }], NEAR);
  }
}

/**
 * In two lines where one is too long: what is done, and its numbers.
 * @param {string} words
 * @param {boolean} long
 */
function linesOf(words, long) {
  const [term, numbers] = words.split(" = ");
  return numbers && long ? [term, `= ${numbers}`] : [words];
}

/**
 * The least and the greatest c of the run and of the flow, and a margin.
 * @param {Run} run
 */
function scaleOf({ columns }) {
  const values = ["conserved", "flow_conserved"].flatMap((name) => Array.from(columns[name]).filter(Number.isFinite));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = MARGIN * (high - low) || MARGIN * Math.abs(high) || 1;
  return { low: low - margin, high: high + margin };
}

/**
 * @param {Scene} scene
 * @param {Run} run
 * @param {Part} part
 * @param {Plotted} plot
 * @param {string} name
 * @returns {Place}
 */
function placeOf({ clock }, run, part, plot, name) {
  const { step, [name]: column } = part.columns;
  return (row) => [plot.x(clockTime(clock, paceOf(run), step[row])), plot.y(column[row])];
}

/**
 * Axes, the key, and the line of the flow.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Run} run
 * @param {Plotted} plot
 */
function paintStanding(pen, scene, run, plot) {
  const { inks, clock } = scene;
  const end = clockTime(clock, paceOf(run), Math.max(run.last, 1));
  for (const { value, text } of labelledTicks(0, 0.9 * end, 4))
    pens.label(pen, inks, text, plot.x(value), plot.bottom + 11, inks.soft, "center");
  pens.label(pen, inks, vocabulary.clocks[clock], plot.right, plot.bottom + 11, inks.soft, "right");
  for (const { value, text } of labelledTicks(plot.low, plot.high, 4)) {
    pens.line(pen, inks.line, 1, [], 0, 1, (k) => [k ? plot.right : plot.left, plot.y(value)]);
    pens.label(pen, inks, text, plot.left - 6, plot.y(value), inks.soft, "right");
  }
  paintKey(pen, inks, run, plot);
  const theorem = placeOf(scene, run, run, plot, "flow_conserved");
  named(pen, "flow-conserved", () => pens.line(pen, inks.theory, 2, [], 0, run.rows - 1, theorem));
}

/**
 * What is drawn, in one line above the plot.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Run} run
 * @param {Plotted} plot
 */
function paintKey(pen, inks, { conserved, columns, central }, { left, top }) {
  const y = top - 16;
  const exact = {
    text: `c₀ and every ${conserved?.multiplies ? "factor" : "term"}`,
    ink: inks.ok,
    width: 7,
    alpha: 0.3,
  };
  const theorem = { text: central ? "central flow" : "theorem", ink: inks.theory, width: 2, alpha: 1 };
  const entries = [
    { text: "c of the run", ink: inks.ink, width: 1.8, alpha: 1 },
    ...(Number.isFinite(columns.conserved_ledger[1]) ? [exact] : []),
    ...(Number.isFinite(columns.flow_conserved[0]) ? [theorem] : []),
  ];
  entries.reduce((x, { text, ink, width, alpha }) => {
    pen.globalAlpha = alpha;
    pens.line(pen, ink, width, [], 0, 1, (k) => [x + k * SAMPLE, y]);
    pen.globalAlpha = 1;
    pens.label(pen, inks, text, x + SAMPLE + 5, y, ink);
    return x + SAMPLE + widthOf(text) + 20;
  }, left);
}

/**
 * The bar of what moved c, and its words above it.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Plotted} plot
 * @param {Share[]} shares
 */
function paintShares(pen, { inks }, { left, right, bottom }, shares) {
  const top = bottom + 46;
  const told = shares.map(({ name, share }) => `${/** @type {any} */ (WORDS)[name] || name} ${percent(share)}`);
  const words = shares.length ? `moved by: ${told.join(" · ")}` : "nothing has moved c yet";
  pens.label(pen, inks, words, left, top - 12, inks.soft);
  pen.fillStyle = inks.line;
  pen.fillRect(left, top, right - left, BAR);
  shares.reduce((from, { name, share }) => {
    const width = share * (right - left);
    pen.fillStyle = phaseInk(inks, name);
    pen.fillRect(from, top, width, BAR);
    return from + width;
  }, left);
}

/**
 * @param {number} share
 */
const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/**
 * @param {Inks} inks
 * @param {string} name
 */
function phaseInk(inks, name) {
  if (name === "edge" || name === "floor") return inks.theory;
  if (name === "overlong" || name === "beyond") return inks.warn;
  return name === "alignment" ? inks.flow : inks.soft;
}
