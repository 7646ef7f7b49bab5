// The second plot: clouds of gaps to the theorem against η, the slopes of their medians and of their largest,
// and the bound.
import { addCanvas, inWindow, pointIn, wipe } from "../canvas.mjs";
import { $ } from "../elements.mjs";
import { onceAFrame } from "../frames.mjs";
import { writeQuery } from "../link.mjs";
import { rgb, shade } from "../inks.mjs";
import { nearestOf } from "../nearest.mjs";
import { inWords } from "../numbers.mjs";
import * as pens from "../pens.mjs";
import { named } from "../quantity.mjs";
import { listen } from "../said.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { Asking } from "../ask.mjs";
import * as axis from "../axis.mjs";
import { ruleName } from "./controls.mjs";
import * as fit from "./fit.mjs";
import { dispatch, state } from "./state.mjs";
import { scene } from "./store.mjs";
import { Lines } from "../stream.mjs";

const MARGIN = { left: 74, right: 22, top: 14, bottom: 46 };
const REACH = 18;
const LINE = 19; // from a name to the next
const NAMES = 4; // at most
const NARROW = 480;
const DOT = 2.4; // pixels
const DOT_ALPHA = 0.55;
const DEEP = 1e-2; // of the least median: gaps below it are not worth the room

export class Rate {
  /**
   * @param {LabPage} page
   */
  constructor(page) {
    this.page = page;
    this.host = $("rate-plot");
    this.canvas = addCanvas(this.host);
    this.share = 0;
    this.later = onceAFrame(() => this.paint());
    this.asking = new Asking(listen, {
      item: (/** @type {any} */ line, /** @type {number} */ turn) => this.item(line, turn),
      done: (/** @type {undefined} */ _, /** @type {number} */ turn) => {
        page.end("rate", turn);
        this.later();
      },
      ...page.endings("rate"),
    });
    this.host.addEventListener("pointermove", (event) => this.probe(event));
    this.host.addEventListener("pointerleave", () => page.tip.hide());
    new ResizeObserver(this.later).observe(this.host);
    this.pictures = { rate: { draw: drawPlot, key: keyOf, of: (/** @type {RateScene} */ { rate }) => rate.head } };
  }

  /**
   * @param {number} turn
   */
  ask(turn) {
    this.asking.ask(
      `../rate.ndjson?${writeQuery(state.queries.rate)}`,
      () => new Lines(({ slope }) => slope !== undefined),
      turn,
    );
  }

  stop() {
    this.asking.stop();
  }

  /**
   * What will be measured, then gaps, then the line.
   * @param {any} line
   * @param {number} turn
   */
  item(line, turn) {
    if (line.settings) return this.page.adopt("rate", turn, line);
    const { head } = state.rate;
    if (!dispatch({ type: "line", turn, line })) return undefined;
    if (state.rate.head !== head) this.begins();
    this.page.progress.draw();
    return this.later();
  }

  // The first gap of another measurement has come.
  begins() {
    $("panel-rate").dataset.drawn = "yes";
  }

  paint() {
    if (!state.rate.head || $("panel-rate").hidden || !this.canvas.size[0]) return;
    draw(wipe(this.canvas), this.canvas.size, scene(state));
    showWords(scene(state));
  }

  /**
   * @param {PointerEvent} event
   */
  probe(event) {
    const now = scene(state);
    if (!now.rate.head) return;
    const [px, py] = pointIn(this.host, event);
    const box = frameOf(now, this.canvas.size);
    const near = marksOf(now, box).map((mark) => ({ ...mark, distance: Math.hypot(mark.x - px, mark.y - py) }));
    const found = nearestOf(near, REACH);
    if (!found) return this.page.tip.hide();
    this.page.tip.show(found.rows, ...inWindow(this.host, [found.x, found.y]));
  }
}

/**
 * What can be pointed at: the medians, the largest gaps and every run, with what there is to say of each.
 * @param {RateScene} scene
 * @param {Axes} box
 */
function marksOf({ rate: { points }, rateView }, box) {
  /**
   * @param {string} name
   * @param {number} gap
   * @param {number} eta
   */
  const said = (name, gap, eta) => [
    ["η", inWords(eta)],
    [name, inWords(gap)],
    ["gap / η", inWords(gap / eta)],
  ];
  const runs = fit.dotsOf(points, rateView).map(({ eta, gap, a, across }) => ({
    x: box.x.at(across),
    y: box.y.at(gap),
    rows: [...said("gap", gap, eta), ["|A|", inWords(a)]],
  }));
  if (rateView !== "eta") return runs;
  /**
   * @param {string} name
   * @param {GapPoint[]} of
   */
  const summary = (name, of) =>
    of.filter(fit.usable).map(({ eta, gap }) => ({
      x: box.x.at(eta),
      y: box.y.at(gap),
      rows: said(name, gap, eta),
    }));
  return [...summary("median gap", points), ...summary("largest gap", fit.envelopeOf(points)), ...runs];
}

/**
 * @param {Size} size
 */
const isNarrow = ([width]) => width < NARROW;

/**
 * @param {RateScene} scene
 * @param {Size} size
 * @param {boolean} [hasNames] of lines and dots, which want room in a narrow frame
 */
export function frameOf({ rate: { head, points }, rateView }, size, hasNames = true) {
  const dots = fit.dotsOf(points, rateView);
  const across = rateView === "eta" || !dots.length ? head.settings.etas : dots.map((dot) => dot.across);
  /** @type {AxisKind} */
  const x = { kind: "log", range: axis.rangeOf(across, "log") };
  const bound = rateView === "eta" ? fit.boundThrough(fit.envelopeOf(points)) : null;
  const ends = bound ? x.range.map(bound) : [];
  const least = DEEP * Math.min(...points.filter(fit.usable).map(({ gap }) => gap));
  const gaps = [...dots.map(({ gap }) => gap).filter((gap) => gap >= least), ...ends];
  const top = MARGIN.top + (isNarrow(size) && hasNames ? NAMES * LINE : 0);
  return axis.frame(size, { ...MARGIN, top }, x, { kind: "log", range: axis.rangeOf(gaps, "log") });
}

/**
 * On the page: with the names of lines and dots in it.
 * @param {Pen} pen
 * @param {Size} size
 * @param {RateScene} scene
 */
export function draw(pen, size, scene) {
  const box = frameOf(scene, size);
  drawPlot(pen, size, scene, box);
  drawNames(pen, scene, isNarrow(size) ? { left: 0, top: 0 } : box, linesIn(scene));
}

/**
 * @param {RateScene} scene
 */
const linesIn = (scene) => (scene.rateView === "eta" ? linesOf(scene) : shareLines(scene));

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {RateScene} scene
 * @param {Axes} [box]
 */
function drawPlot(pen, size, scene, box = frameOf(scene, size, false)) {
  const { inks, rate, rateView } = scene;
  const tau = inWords(rate.head.settings.tau);
  const titles = {
    x: vocabulary.rate_titles[rateView],
    y: [`gap ‖Φ(xₜ) − X(η²t)‖ at τ = ${tau}`, "gap ‖Φ(xₜ) − X(η²t)‖", "gap"],
  };
  axis.paintAxes(pen, inks, box, titles, { lines: true });
  pens.within(pen, box, () => {
    if (rateView === "eta") named(pen, "intervals", () => drawBands(pen, scene, box));
    named(pen, "runs", () => drawDots(pen, scene, box));
    named(pen, "slopes", () => {
      for (const { line, ink, dash } of linesIn(scene)) drawLine(pen, box, line, ink, 2, dash);
    });
  });
  if (rateView === "eta") named(pen, "gaps", () => drawBeads(pen, scene, box));
}

/**
 * What the lines and the dots are, below a picture.
 * @param {RateScene} scene
 * @returns {import("../picture.mjs").Entry[]}
 */
const keyOf = (scene) => [
  ...linesIn(scene).map(({ text, ink, dash }) => ({ text, ink, dash, kind: /** @type {const} */ ("line") })),
  ...[0, 1].map((a) => ({ text: `a run, |A| = ${a}`, ink: shade(lopsidedInks(scene.inks), a), kind: null })),
];

/**
 * Of each quantity that has a slope: its points, its slope, the interval, its ink and its name.
 * @param {RateScene} scene
 */
function fittedOf({ inks, rate: { points, fit: found } }) {
  return [
    { name: "largest", points: fit.envelopeOf(points), of: "envelope_slope", ink: inks.theory, bead: 7 },
    { name: "median", points, of: "slope", ink: inks.ink, bead: 3.5 },
  ].map((each) => ({
    ...each,
    slope: found ? found[each.of] : NaN,
    interval: intervalOf(found, each.of),
  }));
}

/**
 * The lines through clouds over η, each with its ink and its name.
 * @param {RateScene} scene
 * @returns {NamedLine[]}
 */
function linesOf(scene) {
  const bound = fit.boundThrough(fit.envelopeOf(scene.rate.points));
  const fitted = fittedOf(scene)
    .filter(({ slope }) => Number.isFinite(slope))
    .map(({ name, points, slope, ink }) => ({
      line: fit.lineThrough(points, slope),
      ink,
      dash: [],
      text: `${name}, slope ${slope.toFixed(2)}`,
    }));
  return [...fitted, { line: bound, ink: scene.inks.soft, dash: [6, 5], text: "slope 1, as the bound" }];
}

/**
 * The line through clouds over η|A|.
 * @param {RateScene} scene
 * @returns {NamedLine[]}
 */
function shareLines({ inks, rate: { points } }) {
  const share = fit.shareOf(points);
  if (share === null) return [];
  return [
    {
      line: (across) => share * across,
      ink: inks.soft,
      dash: [6, 5],
      text: `gap = ${inWords(share)} η|A|, the median where |A| ≥ ½`,
    },
  ];
}

/**
 * Every run, faint, from even to lopsided.
 * @param {Pen} pen
 * @param {RateScene} scene
 * @param {Axes} box
 */
function drawDots(pen, { inks, rate, rateView }, box) {
  const ends = lopsidedInks(inks);
  pen.globalAlpha = DOT_ALPHA;
  for (const { gap, a, across } of fit.dotsOf(rate.points, rateView)) {
    drawDot(pen, shade(ends, a || 0), box.x.at(across), box.y.at(gap));
  }
  pen.globalAlpha = 1;
}

/**
 * @param {Pen} pen
 * @param {string} ink
 * @param {number} x
 * @param {number} y
 */
function drawDot(pen, ink, x, y) {
  pen.fillStyle = ink;
  pen.beginPath();
  pen.arc(x, y, DOT, 0, 2 * Math.PI);
  pen.fill();
}

/**
 * @param {Inks} inks
 */
const lopsidedInks = (inks) => [rgb(inks.flow), rgb(inks.odd)];

/**
 * The medians on the largest, which show around them where both are one.
 * @param {Pen} pen
 * @param {RateScene} scene
 * @param {Axes} box
 */
function drawBeads(pen, scene, box) {
  for (const { points, ink, bead } of fittedOf(scene)) {
    for (const { eta, gap } of points.filter(fit.usable)) {
      pens.bead(pen, scene.inks, ink, box.x.at(eta), box.y.at(gap), bead);
    }
  }
}

/**
 * @param {Axes} box
 */
const ENDS = (box) => [box.x.low, box.x.high];

/**
 * @param {Pen} pen
 * @param {Axes} box
 * @param {((eta: number) => number) | null} line
 * @param {string} ink
 * @param {number} width
 * @param {number[]} dash
 */
function drawLine(pen, box, line, ink, width, dash) {
  if (!line) return;
  pens.line(pen, ink, width, dash, 0, 1, (k) => [box.x.at(ENDS(box)[k]), box.y.at(line(ENDS(box)[k]))]);
}

/**
 * @param {Pen} pen
 * @param {RateScene} scene
 * @param {Axes} box
 */
function drawBands(pen, scene, box) {
  for (const fitted of fittedOf(scene)) drawBand(pen, fitted, box);
}

/**
 * Between the lines of the slopes at the ends of the interval, which meet in the middle.
 * @param {Pen} pen
 * @param {{ points: GapPoint[], interval: number[], ink: string }} fitted
 * @param {Axes} box
 */
function drawBand(pen, { points, interval, ink }, box) {
  const middle = fit.middleOf(points);
  const lines = interval.flatMap((slope) => fit.lineThrough(points, slope) || []);
  if (!lines.length || !middle) return;
  pen.beginPath();
  for (const end of ENDS(box)) {
    pen.moveTo(box.x.at(middle.eta), box.y.at(middle.gap));
    for (const line of lines) pen.lineTo(box.x.at(end), box.y.at(line(end)));
    pen.closePath();
  }
  pen.globalAlpha = 0.12;
  pen.fillStyle = ink;
  pen.fill();
  pen.globalAlpha = 1;
}

/**
 * @param {any} found
 * @param {string} of
 * @returns {number[]}
 */
const intervalOf = (found, of) => (found?.[`${of}_interval`] || []).filter(Number.isFinite);

/**
 * What the lines and the dots are, in the corner where no gap is large; above a narrow frame, in which there is
 * no such corner.
 * @param {Pen} pen
 * @param {RateScene} scene
 * @param {{ left: number, top: number }} box
 * @param {NamedLine[]} lines
 */
function drawNames(pen, { inks }, box, lines) {
  const [x, y] = [box.left + 14, box.top + 16];
  lines.forEach(({ text, ink, dash }, i) => {
    pens.line(pen, ink, 2, dash, 0, 1, (k) => [x + 30 * k, y + LINE * i]);
    pens.label(pen, inks, text, x + 38, y + LINE * i, ink);
  });
  const below = y + LINE * lines.length;
  [0, 0.5, 1].forEach((a, i) => drawDot(pen, shade(lopsidedInks(inks), a), x + 4 + 11 * i, below));
  pens.label(pen, inks, "a run, from |A| = 0 to 1", x + 38, below, inks.soft);
}

// ---- words ----

/**
 * @param {RateScene} scene
 */
function showWords(scene) {
  const { points, head } = scene.rate;
  $("rate-aside").textContent = `${ruleName(head.settings.rule)} from (${head.settings.start.map(inWords).join(", ")})`;
  const [largest, median] = fittedOf(scene);
  showSlope("envelope", largest);
  showSlope("median", median);
  $("rate-words").textContent = sentence(scene.rate, largest, median);
  const rows = points.map(({ eta, gap, envelope }) => row(axis.short(eta), known(gap), known(envelope)));
  $("rate-rows").replaceChildren(...rows);
}

/**
 * @param {string} name
 * @param {{ slope: number, interval: number[] }} fitted
 */
function showSlope(name, { slope, interval }) {
  $(`slope-${name}`).textContent = Number.isFinite(slope) ? slope.toFixed(3) : "–";
  const [low, high] = interval.map((end) => end.toFixed(3));
  $(`interval-${name}`).textContent = high ? `95 %: ${low} … ${high}` : "";
}

/**
 * @param {number | null} gap
 */
const known = (gap) => (gap === null || !Number.isFinite(gap) ? "–" : inWords(gap));

/**
 * @param {...string} cells
 */
function row(...cells) {
  const line = document.createElement("tr");
  line.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  return line;
}

/**
 * @param {RateState} rate
 * @param {{ slope: number, interval: number[] }} largest
 * @param {{ slope: number }} median
 */
function sentence({ fit: found, points, count }, largest, median) {
  if (!found) return `Measuring: ${points.length} of ${count} step sizes.`;
  if (!Number.isFinite(largest.slope))
    return "No slope: a gap is zero or not known, so there is no line through all of them.";
  const powers = [largest, median].map(({ slope }) => (Number.isFinite(slope) ? slope.toFixed(2) : "–"));
  return `Over these step sizes the largest gap shrinks like η to the power ${powers[0]}, the median to ${powers[1]}. ${verdict(largest.interval)}`;
}

/**
 * What a slope says beside a bound of order 1; never that it is 1.
 * @param {number[]} ends
 */
function verdict(ends) {
  const bound = "The theorem bounds the gap by O(η), from above";
  if (ends.length < 2) return `${bound}; two step sizes give a slope and no interval.`;
  if (ends[0] > 1) return `${bound}: it may shrink faster, and here it does.`;
  if (ends[1] < 1)
    return `${bound} as η → 0. Here it shrinks more slowly: these step sizes may be too large, or an assumption may not hold.`;
  return `${bound}. The interval reaches to both sides of 1, so these step sizes do not tell whether it shrinks faster.`;
}
