// The third plot: sharpness at Φ(x_t) of several step sizes against t, ηt and η²t, side by side.
import { decode } from "../binary.mjs";
import { addCanvas, wipe } from "../canvas.mjs";
import { CLOCKS } from "../clock.mjs";
import { $ } from "../elements.mjs";
import { writeQuery } from "../link.mjs";
import { nearestOf } from "../nearest.mjs";
import { inWords } from "../numbers.mjs";
import * as pens from "../pens.mjs";
import { SILENT, bytesOf, json, unreadable } from "../said.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { actions } from "./actions.mjs";
import * as axis from "./axis.mjs";
import * as clocks from "./clocks.mjs";
import * as controls from "./controls.mjs";
import * as progress from "./progress.mjs";
import * as tip from "./tip.mjs";
import { query, state as page } from "./state.mjs";

const MARGIN = { left: 52, right: 14, top: 10, bottom: 46 };
/** @type {Record<Clock, string>} */
const TIMES = { step: "step t", eta: "ηt", tau: "slow time η²t" };
const PICTURE = [1260, 460];
const REACH = 30;

/** @type {CollapseState} */
export const state = {
  result: /** @type {any} */ (null),
  curves: /** @type {any} */ (null),
  spreads: /** @type {any} */ (null),
};
/** @type {Record<string, Sheet>} */
const canvases = {};
/** @type {AbortController | null} */
let control = null;

export function begin() {
  for (const clock of CLOCKS) {
    const host = $(`collapse-${clock}`);
    canvases[clock] = addCanvas(host);
    host.addEventListener("pointermove", (event) => probe(event, host, clock));
    host.addEventListener("pointerleave", tip.hide);
    new ResizeObserver(() => requestAnimationFrame(paint)).observe(host);
  }
}

// What the link means is asked first, then the runs, which are the stage's own.
export async function ask() {
  if (control) control.abort();
  const mine = (control = new AbortController());
  progress.begin("collapse", () => mine.abort(), null);
  let [end, what] = await listen(`../lab.json?${writeQuery(query("collapse"))}`, mine);
  const meaning = what;
  if (end === "done" && mine === control) actions.adopted("collapse", meaning);
  if (end === "done") [end, what] = await listen(`../run.bin?${meaning.stage}`, mine);
  if (mine !== control) return;
  control = null;
  progress.end("collapse", end !== "done");
  if (end === "done") accept(meaning, what);
  else if (end === "refused") actions.refused(what);
  else if (end === "failed") controls.say([{ field: "", text: what }]);
}

/**
 * How it ends, and what came.
 * @param {string} address
 * @param {AbortController} abortController
 */
async function listen(address, { signal }) {
  const { status, bytes } = await bytesOf(fetch, address, { signal });
  if (signal.aborted) return ["stopped"];
  if (!status) return ["failed", SILENT];
  try {
    if (status === 400) return ["refused", json(bytes)];
    if (status !== 200) return ["failed", `The server failed (${status}).`];
    return ["done", address.includes("run.bin") ? decode(bytes) : json(bytes)];
  } catch (error) {
    return ["failed", unreadable(error)];
  }
}

/**
 * @param {Meaning} meaning
 * @param {Result} result
 */
function accept(meaning, result) {
  const { runs } = result;
  state.result = result;
  state.curves = {};
  state.spreads = {};
  for (const clock of CLOCKS) {
    state.curves[clock] = runs.map((run) => clocks.curveOf(run, clock));
    state.spreads[clock] = spreadOn(clock);
  }
  $("panel-collapse").dataset.drawn = "yes";
  for (const kind of ["csv", "npz"]) $(`collapse-${kind}`).href = `../run.${kind}?${meaning.stage}`;
  paint();
  showWords();
}

/**
 * Runs of different rules go different ways, so only those of one rule are compared.
 * @param {Clock} clock
 */
function spreadOn(clock) {
  const { runs } = state.result;
  const rules = [...new Set(runs.map(({ rule }) => rule))];
  const found = rules.map((rule) => clocks.spreadOf(state.curves[clock].filter((_, i) => runs[i].rule === rule)));
  return found.map(({ spread }) => spread).reduce((a, b) => (b > a || Number.isNaN(a) ? b : a), NaN);
}

export function paint() {
  if (!state.result || $("panel-collapse").hidden) return;
  for (const clock of CLOCKS) {
    const canvas = canvases[clock];
    if (canvas.size[0]) draw(wipe(canvas), canvas.size, clock, page.inks);
  }
}

/**
 * @param {Size} size
 * @param {Clock} clock
 */
function frame(size, clock) {
  const all = state.curves[clock];
  const end = Math.max(...all.map(({ times }) => times[times.length - 1] || 0));
  const values = all.flatMap((curve) => curve.values);
  const y = axis.rangeOf(values, "linear", 0.08);
  return axis.frame(size, MARGIN, { kind: "linear", range: [0, end || 1] }, { kind: "linear", range: y });
}

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {Clock} clock
 * @param {Inks} inks
 */
function draw(pen, size, clock, inks) {
  const box = frame(size, clock);
  axis.paintAxes(pen, inks, box, { x: TIMES[clock], y: clock === "step" ? "λ₁(Φ(xₜ))" : "" });
  pens.within(pen, box, () => {
    state.curves[clock].forEach(({ times, values }, i) => {
      /** @type {Place} */
      const place = (k) => [box.x.at(times[k]), box.y.at(values[k])];
      const dash = pens.DASHES[i];
      pens.line(pen, inks.runs[i], i ? 2 : 3, dash, 0, times.length - 1, place);
    });
  });
}

// ---- words ----

const names = () => state.result.words.labels;

function showWords() {
  const { spreads, result } = state;
  const best = clocks.closest(spreads);
  for (const clock of CLOCKS) {
    const known = Number.isFinite(spreads[clock]);
    $(`spread-${clock}`).textContent = known ? percent(spreads[clock]) : "–";
    $(`card-${clock}`).classList.toggle("best", clock === best);
  }
  const { start } = result.settings;
  $("collapse-aside").textContent = `sharpness λ₁(Φ(xₜ)) from (${start.map(inWords).join(", ")})`;
  $("collapse-names").replaceChildren(...result.runs.map((run, i) => nameOf(i)));
  $("collapse-words").textContent = sentence(best);
}

/**
 * @param {number} i
 */
function nameOf(i) {
  const item = document.createElement("li");
  item.textContent = names()[i];
  item.style.setProperty("--swatch", `var(--run-${i + 1})`);
  return item;
}

/**
 * @param {number} share
 */
const percent = (share) => `${(100 * share).toPrecision(share >= 1 ? 3 : 2)} %`;

/**
 * @param {Clock | null} best
 */
function sentence(best) {
  if (!best) return "Two step sizes or more of one rule are needed to compare clocks.";
  const { spreads, result } = state;
  const several =
    new Set(result.runs.map(({ rule }) => rule)).size > 1
      ? " The runs of each rule are compared among themselves."
      : "";
  const [next] = CLOCKS.filter((clock) => clock !== best).sort((a, b) => spreads[a] - spreads[b]);
  const times = spreads[next] / spreads[best];
  return `The curves lie closest on the clock ${vocabulary.clocks[best]}: there they are at most ${percent(spreads[best])} apart, ${times.toPrecision(2)} times less than on the next best.${several}`;
}

// ---- what is pointed at ----

/**
 * @param {PointerEvent} event
 * @param {HTMLElement} host
 * @param {Clock} clock
 */
function probe(event, host, clock) {
  if (!state.result) return;
  const edge = host.getBoundingClientRect();
  const [px, py] = [event.clientX - edge.left, event.clientY - edge.top];
  const box = frame(canvases[clock].size, clock);
  const time = box.x.of(px);
  const near = state.curves[clock]
    .map((curve, i) => ({ i, value: clocks.valueAt(curve, time) }))
    .filter(({ value }) => Number.isFinite(value))
    .map((found) => ({ ...found, distance: Math.abs(box.y.at(found.value) - py) }));
  const found = nearestOf(near, REACH);
  if (!found) return tip.hide();
  const rows = [
    [names()[found.i], ""],
    [TIMES[clock], inWords(time)],
    ["λ₁(Φ(xₜ))", inWords(found.value)],
  ];
  tip.show(rows, edge.left + px, edge.top + box.y.at(found.value));
}

/**
 * The three side by side, with the names of the runs above.
 * @param {Pen} pen
 * @param {Size} size
 * @param {Inks} inks
 */
function drawAll(pen, [width, height], inks) {
  names().forEach((name, i) => {
    pens.line(pen, inks.runs[i], 3, pens.DASHES[i], 0, 1, (k) => [20 + 220 * i + 34 * k, 18]);
    pens.label(pen, inks, name, 62 + 220 * i, 18, inks.ink);
  });
  CLOCKS.forEach((clock, k) => {
    pen.save();
    pen.translate((k * width) / 3, 34);
    draw(pen, [width / 3, height - 64], clock, inks);
    const spread = Number.isFinite(state.spreads[clock]) ? percent(state.spreads[clock]) : "–";
    pens.label(pen, inks, `largest spread ${spread}`, MARGIN.left, height - 52, inks.soft);
    pen.restore();
  });
}

export const pictures = {
  collapse: () =>
    state.result && {
      size: PICTURE,
      draw: (/** @type {Pen} */ pen, /** @type {Size} */ size) => drawAll(pen, size, page.inks),
    },
};

export const isBusy = () => control !== null;
