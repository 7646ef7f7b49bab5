// The second plot: the gap to the theorem against η, its slope, and the bound.
import { addCanvas, wipe } from "../canvas.mjs";
import { $ } from "../elements.mjs";
import { writeQuery } from "../link.mjs";
import { nearestOf } from "../nearest.mjs";
import { inWords } from "../numbers.mjs";
import * as pens from "../pens.mjs";
import { actions } from "./actions.mjs";
import { Asking } from "./ask.mjs";
import * as axis from "./axis.mjs";
import * as controls from "./controls.mjs";
import * as fit from "./fit.mjs";
import * as progress from "./progress.mjs";
import { Lines } from "./stream.mjs";
import * as tip from "./tip.mjs";
import { query, state as page } from "./state.mjs";

const MARGIN = { left: 74, right: 22, top: 14, bottom: 46 };
const PICTURE = [980, 640];
const REACH = 18;

/** @type {RateState} */
export const state = { head: null, points: [], fit: null, count: 0 };
/** @type {any} */
let coming = /** @type {any} */ (null);
/** @type {Sheet} */
let canvas = /** @type {any} */ (null);
/** @type {Asking} */
let asking = /** @type {any} */ (null);

export function begin() {
  const host = $("rate-plot");
  canvas = addCanvas(host);
  asking = new Asking((address, options) => fetch(address, options), {
    item,
    done,
    refused: actions.refused,
    failed,
    stopped: () => progress.end("rate", true),
  });
  host.addEventListener("pointermove", (event) => probe(event, host));
  host.addEventListener("pointerleave", tip.hide);
  new ResizeObserver(() => requestAnimationFrame(paint)).observe(host);
}

function asked() {
  const { plot, ...own } = query("rate");
  return own;
}

export function ask() {
  coming = null;
  progress.begin("rate", () => asking.stop());
  asking.ask(`../rate.ndjson?${writeQuery(asked())}`, new Lines());
}

/**
 * @param {any} line
 */
function item(line) {
  if (line.settings) return expect(line);
  if (coming) adopt();
  if (line.slope === undefined) state.points.push(line);
  else state.fit = line;
  progress.show("rate", state.points.length / state.count);
  return paint();
}

/**
 * What will be measured is known, and no gap yet: the last picture stays a little longer.
 * @param {any} head
 */
function expect(head) {
  coming = head;
  actions.adopted("rate", head);
}

function adopt() {
  Object.assign(state, { head: coming, points: [], fit: null, count: coming.settings.etas.length });
  coming = null;
  $("panel-rate").dataset.drawn = "yes";
  for (const kind of ["csv", "json"]) $(`rate-${kind}`).href = `../rate.${kind}?${writeQuery(asked())}`;
}

function done() {
  progress.end("rate");
  paint();
}

/**
 * @param {string} text
 */
function failed(text) {
  progress.end("rate", true);
  controls.say([{ field: "", text }]);
}

export function paint() {
  if (!state.head || $("panel-rate").hidden || !canvas.size[0]) return;
  draw(wipe(canvas), canvas.size, page.inks);
  showWords();
}

/**
 * @param {Size} size
 */
function frame(size) {
  /** @type {AxisKind} */
  const x = { kind: "log", range: axis.rangeOf(state.head.settings.etas, "log") };
  const bound = fit.boundThrough(state.points);
  const ends = bound ? x.range.map(bound) : [];
  const gaps = [...state.points.filter(fit.usable).map(({ gap }) => gap), ...ends];
  return axis.frame(size, MARGIN, x, { kind: "log", range: axis.rangeOf(gaps, "log") });
}

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {Inks} inks
 */
function draw(pen, size, inks) {
  const box = frame(size);
  const tau = inWords(state.head.settings.tau);
  axis.paintAxes(pen, inks, box, { x: "step size η", y: `gap ‖Φ(xₜ) − X(η²t)‖ at τ = ${tau}` }, { lines: true });
  pens.within(pen, box, () => {
    drawBand(pen, inks, box);
    drawLine(pen, box, fit.boundThrough(state.points), inks.soft, 1.6, [6, 5]);
    if (state.fit) drawLine(pen, box, fit.lineThrough(state.points, state.fit.slope), inks.theory, 2, []);
  });
  for (const { eta, gap } of state.points.filter(fit.usable)) {
    pens.bead(pen, inks, inks.ink, box.x.at(eta), box.y.at(gap), 5.5);
  }
  drawNames(pen, inks, box);
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
 * @param {Inks} inks
 * @param {Axes} box
 */
function drawBand(pen, inks, box) {
  const middle = fit.middleOf(state.points);
  const lines = interval().flatMap((/** @type {number} */ slope) => fit.lineThrough(state.points, slope) || []);
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

const interval = () => (state.fit && state.fit.slope_interval ? state.fit.slope_interval.filter(Number.isFinite) : []);

/**
 * What the lines are, in the corner where no gap is large.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Axes} box
 */
function drawNames(pen, inks, box) {
  const [x, y] = [box.left + 14, box.top + 16];
  const names = [{ text: "slope 1, as the bound", ink: inks.soft, dash: [6, 5] }];
  const known = state.fit && Number.isFinite(state.fit.slope);
  if (known) names.unshift({ text: `measured slope ${state.fit.slope.toFixed(2)}`, ink: inks.theory, dash: [] });
  names.forEach(({ text, ink, dash }, i) => {
    pens.line(pen, ink, 2, dash, 0, 1, (k) => [x + 30 * k, y + 19 * i]);
    pens.label(pen, inks, text, x + 38, y + 19 * i, ink);
  });
}

// ---- words ----

function showWords() {
  const { fit, points, head } = state;
  const ends = interval();
  $("rate-aside").textContent =
    `${controls.ruleName(head.settings.rule)} from (${head.settings.start.map(inWords).join(", ")})`;
  $("slope").textContent = fit && Number.isFinite(fit.slope) ? fit.slope.toFixed(3) : "–";
  $("slope-interval").textContent =
    ends.length === 2 ? `95 % interval ${ends[0].toFixed(3)} … ${ends[1].toFixed(3)}` : "";
  $("rate-words").textContent = sentence(fit, ends, points);
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
 * @param {any} fit
 * @param {number[]} ends
 * @param {GapPoint[]} points
 */
function sentence(fit, ends, points) {
  if (!fit) return `Measuring: ${points.length} of ${state.count} step sizes.`;
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

// ---- what is pointed at ----

/**
 * @param {PointerEvent} event
 * @param {HTMLElement} host
 */
function probe(event, host) {
  if (!state.head) return;
  const edge = host.getBoundingClientRect();
  const [px, py] = [event.clientX - edge.left, event.clientY - edge.top];
  const box = frame(canvas.size);
  const near = state.points.filter(fit.usable).map((point) => ({
    ...point,
    distance: Math.hypot(box.x.at(point.eta) - px, box.y.at(point.gap) - py),
  }));
  const found = nearestOf(near, REACH);
  if (!found) return tip.hide();
  const rows = [
    ["η", inWords(found.eta)],
    ["gap", inWords(found.gap)],
    ["gap / η", inWords(found.gap / found.eta)],
  ];
  tip.show(rows, edge.left + box.x.at(found.eta), edge.top + box.y.at(found.gap));
}

export const pictures = {
  rate: () =>
    state.head && {
      size: PICTURE,
      draw: (/** @type {Pen} */ pen, /** @type {Size} */ size) => draw(pen, size, page.inks),
    },
};

export const frameNow = () => frame(canvas.size);

export const isBusy = () => asking.busy;
