// The second plot: the gap to the theorem against η, its slope, and the bound.
import { addCanvas, wipe } from "../canvas.mjs";
import { $ } from "../elements.mjs";
import { writeQuery } from "../link.mjs";
import { nearestOf } from "../nearest.mjs";
import { inWords } from "../numbers.mjs";
import * as pens from "../pens.mjs";
import { ask } from "../said.mjs";
import { Asking } from "./ask.mjs";
import * as axis from "./axis.mjs";
import { ruleName } from "./controls.mjs";
import { linkFiles } from "./files.mjs";
import * as fit from "./fit.mjs";
import { dispatch, state } from "./state.mjs";
import { ownOf, scene } from "./store.mjs";
import { Lines } from "./stream.mjs";

const MARGIN = { left: 74, right: 22, top: 14, bottom: 46 };
/** @type {Size} */
const PICTURE = [980, 640];
const REACH = 18;

export class Rate {
  /**
   * @param {LabPage} page
   */
  constructor(page) {
    this.page = page;
    this.host = $("rate-plot");
    this.canvas = addCanvas(this.host);
    this.share = 0;
    this.asking = new Asking(ask, {
      item: (/** @type {any} */ line, /** @type {number} */ turn) => this.item(line, turn),
      done: (/** @type {undefined} */ _, /** @type {number} */ turn) => {
        page.end("rate", turn);
        this.paint();
      },
      ...page.endings("rate"),
    });
    this.host.addEventListener("pointermove", (event) => this.probe(event));
    this.host.addEventListener("pointerleave", () => page.tip.hide());
    new ResizeObserver(() => requestAnimationFrame(() => this.paint())).observe(this.host);
    this.pictures = {
      rate: { size: PICTURE, draw, of: (/** @type {RateScene} */ { rate }) => rate.head },
    };
  }

  /**
   * @param {number} turn
   */
  ask(turn) {
    this.asking.ask(`../rate.ndjson?${writeQuery(state.queries.rate)}`, new Lines(), turn);
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
    return this.paint();
  }

  // The first gap of another measurement has come.
  begins() {
    $("panel-rate").dataset.drawn = "yes";
    const query = writeQuery(ownOf(state.rate.head));
    linkFiles("rate", "rate", query);
  }

  paint() {
    if (!state.rate.head || $("panel-rate").hidden || !this.canvas.size[0]) return;
    draw(wipe(this.canvas), this.canvas.size, scene(state));
    showWords(state.rate);
  }

  /**
   * @param {PointerEvent} event
   */
  probe(event) {
    const now = scene(state);
    if (!now.rate.head) return;
    const edge = this.host.getBoundingClientRect();
    const [px, py] = [event.clientX - edge.left, event.clientY - edge.top];
    const box = frameOf(now, this.canvas.size);
    const near = now.rate.points.filter(fit.usable).map((point) => ({
      ...point,
      distance: Math.hypot(box.x.at(point.eta) - px, box.y.at(point.gap) - py),
    }));
    const found = nearestOf(near, REACH);
    if (!found) return this.page.tip.hide();
    const rows = [
      ["η", inWords(found.eta)],
      ["gap", inWords(found.gap)],
      ["gap / η", inWords(found.gap / found.eta)],
    ];
    this.page.tip.show(rows, edge.left + box.x.at(found.eta), edge.top + box.y.at(found.gap));
  }
}

/**
 * @param {RateScene} scene
 * @param {Size} size
 */
export function frameOf({ rate: { head, points } }, size) {
  /** @type {AxisKind} */
  const x = { kind: "log", range: axis.rangeOf(head.settings.etas, "log") };
  const bound = fit.boundThrough(points);
  const ends = bound ? x.range.map(bound) : [];
  const gaps = [...points.filter(fit.usable).map(({ gap }) => gap), ...ends];
  return axis.frame(size, MARGIN, x, { kind: "log", range: axis.rangeOf(gaps, "log") });
}

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {RateScene} scene
 */
export function draw(pen, size, scene) {
  const { inks, rate } = scene;
  const box = frameOf(scene, size);
  const tau = inWords(rate.head.settings.tau);
  axis.paintAxes(pen, inks, box, { x: "step size η", y: `gap ‖Φ(xₜ) − X(η²t)‖ at τ = ${tau}` }, { lines: true });
  pens.within(pen, box, () => {
    drawBand(pen, scene, box);
    drawLine(pen, box, fit.boundThrough(rate.points), inks.soft, 1.6, [6, 5]);
    if (rate.fit) drawLine(pen, box, fit.lineThrough(rate.points, rate.fit.slope), inks.theory, 2, []);
  });
  for (const { eta, gap } of rate.points.filter(fit.usable)) {
    pens.bead(pen, inks, inks.ink, box.x.at(eta), box.y.at(gap), 5.5);
  }
  drawNames(pen, scene, box);
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
 * Between the lines of the slopes at the ends of the interval, which meet in the middle.
 * @param {Pen} pen
 * @param {RateScene} scene
 * @param {Axes} box
 */
function drawBand(pen, { inks, rate }, box) {
  const middle = fit.middleOf(rate.points);
  const lines = intervalOf(rate).flatMap((/** @type {number} */ slope) => fit.lineThrough(rate.points, slope) || []);
  if (!lines.length || !middle) return;
  pen.beginPath();
  for (const end of ENDS(box)) {
    pen.moveTo(box.x.at(middle.eta), box.y.at(middle.gap));
    for (const line of lines) pen.lineTo(box.x.at(end), box.y.at(line(end)));
    pen.closePath();
  }
  pen.globalAlpha = 0.16;
  pen.fillStyle = inks.theory;
  pen.fill();
  pen.globalAlpha = 1;
}

/**
 * @param {RateState} rate
 */
const intervalOf = ({ fit }) => (fit && fit.slope_interval ? fit.slope_interval.filter(Number.isFinite) : []);

/**
 * What the lines are, in the corner where no gap is large.
 * @param {Pen} pen
 * @param {RateScene} scene
 * @param {Axes} box
 */
function drawNames(pen, { inks, rate: { fit } }, box) {
  const [x, y] = [box.left + 14, box.top + 16];
  const names = [{ text: "slope 1, as the bound", ink: inks.soft, dash: [6, 5] }];
  const known = fit && Number.isFinite(fit.slope);
  if (known) names.unshift({ text: `measured slope ${fit.slope.toFixed(2)}`, ink: inks.theory, dash: [] });
  names.forEach(({ text, ink, dash }, i) => {
    pens.line(pen, ink, 2, dash, 0, 1, (k) => [x + 30 * k, y + 19 * i]);
    pens.label(pen, inks, text, x + 38, y + 19 * i, ink);
  });
}

// ---- words ----

/**
 * @param {RateState} rate
 */
function showWords(rate) {
  const { fit, points, head } = rate;
  const ends = intervalOf(rate);
  $("rate-aside").textContent = `${ruleName(head.settings.rule)} from (${head.settings.start.map(inWords).join(", ")})`;
  $("slope").textContent = fit && Number.isFinite(fit.slope) ? fit.slope.toFixed(3) : "–";
  $("slope-interval").textContent =
    ends.length === 2 ? `95 % interval ${ends[0].toFixed(3)} … ${ends[1].toFixed(3)}` : "";
  $("rate-words").textContent = sentence(rate, ends);
  const rows = points.map(({ eta, gap }) =>
    row(axis.short(eta), gap === null || !Number.isFinite(gap) ? "–" : inWords(gap)),
  );
  $("rate-rows").replaceChildren(...rows);
}

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
 * @param {number[]} ends
 */
function sentence({ fit, points, count }, ends) {
  if (!fit) return `Measuring: ${points.length} of ${count} step sizes.`;
  if (!Number.isFinite(fit.slope))
    return "No slope: a gap is zero or not known, so there is no line through all of them.";
  return `Over these step sizes the gap shrinks like η to the power ${fit.slope.toFixed(2)}. ${verdict(ends)}`;
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
