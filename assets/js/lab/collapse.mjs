// The third plot: sharpness at Φ(x_t) of several step sizes against t, ηt and η²t, side by side.
import { decode } from "../binary.mjs";
import { bytesAtLast } from "../again.mjs";
import { addCanvas, inWindow, pointIn, wipe } from "../canvas.mjs";
import { CLOCKS } from "../clock.mjs";
import { $ } from "../elements.mjs";
import { onceAFrame } from "../frames.mjs";
import { showWaiting } from "../messages.mjs";
import { writeQuery } from "../link.mjs";
import { nearestOf } from "../nearest.mjs";
import { inWords } from "../numbers.mjs";
import * as pens from "../pens.mjs";
import { named } from "../quantity.mjs";
import { json, listen, unreadable } from "../said.mjs";
import { vocabulary } from "../vocabulary.mjs";
import * as axis from "../axis.mjs";
import * as clocks from "./clocks.mjs";
import { dispatch, state } from "./state.mjs";
import { isAsked, queryOf, scene } from "./store.mjs";

const MARGIN = { left: 52, right: 14, top: 10, bottom: 46 };
const REACH = 30;

export class Collapse {
  /**
   * @param {LabPage} page
   */
  constructor(page) {
    this.page = page;
    /** @type {Record<string, Sheet>} */
    this.canvases = {};
    this.share = null;
    this.later = onceAFrame(() => this.paint());
    /** @type {AbortController | null} */
    this.control = null;
    this.pictures = Object.fromEntries(
      CLOCKS.map((clock) => [
        clock,
        {
          draw: (/** @type {Pen} */ pen, /** @type {Size} */ size, /** @type {CollapseScene} */ scene) =>
            draw(pen, size, scene, clock),
          key: keyOf,
          head: (/** @type {CollapseScene} */ { collapse }) => `largest spread ${spreadOf(collapse, clock)}`,
          of: (/** @type {CollapseScene} */ { collapse }) => collapse.result,
        },
      ]),
    );
    for (const clock of CLOCKS) {
      const host = $(`collapse-${clock}`);
      this.canvases[clock] = addCanvas(host);
      host.addEventListener("pointermove", (event) => this.probe(event, host, clock));
      host.addEventListener("pointerleave", () => page.tip.hide());
      new ResizeObserver(this.later).observe(host);
    }
  }

  /**
   * What the link means is asked first, then the runs, which are the stage's own.
   * @param {number} turn
   */
  async ask(turn) {
    this.stop();
    const mine = (this.control = new AbortController());
    let [end, what] = await heardOf(`../lab.json?${writeQuery(queryOf(state, "collapse"))}`, mine);
    const meaning = what;
    if (end === "done") this.page.adopt("collapse", turn, meaning);
    if (end === "done" && isAsked(state, "collapse", turn))
      [end, what] = await heardOf(`../run.bin?${meaning.stage}`, mine);
    if (!isAsked(state, "collapse", turn)) return;
    if (end === "refused") this.page.refuse("collapse", turn, what);
    else if (end === "done") this.accept(turn, meaning, what);
    else this.page.end("collapse", turn, what || "");
  }

  stop() {
    if (this.control) this.control.abort();
  }

  /**
   * @param {number} turn
   * @param {Meaning} meaning
   * @param {Result} result
   */
  accept(turn, meaning, result) {
    if (!dispatch({ type: "ran", turn, result })) return;
    this.page.end("collapse", turn);
    $("panel-collapse").dataset.drawn = "yes";
    this.later();
    showWords(state.collapse);
  }

  paint() {
    const now = scene(state);
    if (!now.collapse.result || $("panel-collapse").hidden) return;
    for (const clock of CLOCKS) {
      const canvas = this.canvases[clock];
      if (canvas.size[0]) draw(wipe(canvas), canvas.size, now, clock);
    }
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLElement} host
   * @param {Clock} clock
   */
  probe(event, host, clock) {
    const now = scene(state);
    const { result, curves } = now.collapse;
    if (!result) return;
    const [px, py] = pointIn(host, event);
    const box = frameOf(now, this.canvases[clock].size, clock);
    const time = box.x.of(px);
    const near = curves[clock]
      .map((curve, i) => ({ i, value: clocks.valueAt(curve, time) }))
      .filter(({ value }) => Number.isFinite(value))
      .map((found) => ({ ...found, distance: Math.abs(box.y.at(found.value) - py) }));
    const found = nearestOf(near, REACH);
    if (!found) return this.page.tip.hide();
    const rows = [
      [result.words.labels[found.i], ""],
      [vocabulary.clock_titles[clock], inWords(time)],
      ["λ₁(Φ(xₜ))", inWords(found.value)],
    ];
    this.page.tip.show(rows, ...inWindow(host, [px, box.y.at(found.value)]));
  }
}

/**
 * How it ends, and what came.
 * @param {string} address
 * @param {AbortController} abortController
 */
async function heardOf(address, { signal }) {
  const said = await bytesAtLast(listen, address, showWaiting, signal);
  if (!said) return ["stopped"];
  const { status, bytes } = said;
  try {
    if (status === 400) return ["refused", json(bytes)];
    if (status !== 200) return ["failed", `The server failed (${status}).`];
    return ["done", address.includes("run.bin") ? decode(bytes) : json(bytes)];
  } catch (error) {
    return ["failed", unreadable(error)];
  }
}

/**
 * @param {CollapseScene} scene
 * @param {Size} size
 * @param {Clock} clock
 */
function frameOf({ collapse }, size, clock) {
  const all = collapse.curves[clock];
  const end = Math.max(...all.map(({ times }) => times[times.length - 1] || 0));
  const values = all.flatMap((curve) => curve.values);
  const y = axis.rangeOf(values, "linear", 0.08);
  return axis.frame(size, MARGIN, { kind: "linear", range: [0, end || 1] }, { kind: "linear", range: y });
}

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {CollapseScene} scene
 * @param {Clock} clock
 */
export function draw(pen, size, scene, clock) {
  const { inks, collapse } = scene;
  const box = frameOf(scene, size, clock);
  axis.paintAxes(pen, inks, box, { x: vocabulary.clock_titles[clock], y: clock === "step" ? "λ₁(Φ(xₜ))" : "" });
  pens.within(pen, box, () => {
    collapse.curves[clock].forEach(({ times, values }, i) => {
      /** @type {Place} */
      const place = (k) => [box.x.at(times[k]), box.y.at(values[k])];
      const dash = pens.DASHES[i];
      named(pen, `run-${i + 1}`, () => pens.line(pen, inks.runs[i], i ? 2 : 3, dash, 0, times.length - 1, place));
    });
  });
}

// ---- words ----

/**
 * @param {CollapseState} collapse
 */
function showWords({ spreads, result }) {
  const best = clocks.closest(spreads);
  for (const clock of CLOCKS) {
    $(`spread-${clock}`).textContent = spreadOf({ spreads }, clock);
    $(`card-${clock}`).classList.toggle("best", clock === best);
  }
  const { start } = result.settings;
  $("collapse-aside").textContent = `sharpness λ₁(Φ(xₜ)) from (${start.map(inWords).join(", ")})`;
  $("collapse-names").replaceChildren(...result.words.labels.map(nameOf));
  $("collapse-words").textContent = sentence(best, spreads, result);
}

/**
 * @param {string} name
 * @param {number} i
 */
function nameOf(name, i) {
  const item = document.createElement("li");
  item.textContent = name;
  item.style.setProperty("--swatch", `var(--run-${i + 1})`);
  return item;
}

/**
 * @param {Pick<CollapseState, "spreads">} collapse
 * @param {Clock} clock
 */
const spreadOf = ({ spreads }, clock) => (Number.isFinite(spreads[clock]) ? percent(spreads[clock]) : "–");

/**
 * @param {number} share
 */
const percent = (share) => `${(100 * share).toPrecision(share >= 1 ? 3 : 2)} %`;

/**
 * @param {Clock | null} best
 * @param {Record<string, number>} spreads
 * @param {Result} result
 */
function sentence(best, spreads, result) {
  if (!best) return "Two step sizes or more of one rule are needed to compare clocks.";
  const several =
    new Set(result.runs.map(({ rule }) => rule)).size > 1
      ? " The runs of each rule are compared among themselves."
      : "";
  const [next] = CLOCKS.filter((clock) => clock !== best).sort((a, b) => spreads[a] - spreads[b]);
  const times = spreads[next] / spreads[best];
  return `The curves lie closest on the clock ${vocabulary.clocks[best]}: there they are at most ${percent(spreads[best])} apart, ${times.toPrecision(2)} times less than on the next best.${several}`;
}

/**
 * The runs, below a picture.
 * @param {CollapseScene} scene
 * @returns {import("../picture.mjs").Entry[]}
 */
const keyOf = ({ inks, collapse }) =>
  collapse.result.words.labels.map((text, i) => ({ text, ink: inks.runs[i], dash: pens.DASHES[i], kind: "line" }));
