// What is pointed at, in words: the step and its numbers on a panel, a line for every symbol.
import { showBeside } from "../beside.mjs";
import { inWindow, pointIn, unitOf } from "../canvas.mjs";
import { clockTime, paceOf } from "../clock.mjs";
import { find } from "../elements.mjs";
import { inWords } from "../numbers.mjs";
import { edgeName, isSmooth, pointAt } from "../run.mjs";
import { scene } from "./scene.mjs";
import { state } from "./state.mjs";

const BELOW = 8; // pixels that the tip of a symbol is moved up
const MOST_COORDINATES = 4;

// Numbers of a row, in the order that they are read: symbol, column.
/** @type {[string, string][]} */
const NUMBERS = [
  ["L", "loss"],
  ["λ₁(xₜ)", "sharpness"],
  ["2/ηₜ", "threshold"],
  ["λ₁(Φ(xₜ))", "projection_sharpness"],
  ["λ₁(X(τ))", "flow_sharpness"],
  ["gap", "gap"],
  ["1/Sₜ + 1/Sₜ₊₁", "stableness_pair"],
];

const OF_STEPS = ["threshold", "stableness_pair"]; // gradient flow takes none

export class Hover {
  constructor() {
    this.tip = Object.assign(document.createElement("div"), { className: "tip", id: "tip", hidden: true });
    this.tip.setAttribute("role", "tooltip");
    this.ring = Object.assign(document.createElement("div"), { className: "probe", hidden: true });
    /** @type {{ host: HTMLElement, panel: Probed, at: Point } | null} */
    this.watched = null; // the panel under the pointer, and where the pointer is
    /** @type {HTMLElement | null} */
    this.explained = null;
    document.body.append(this.tip);
    for (const [on, off] of [
      ["pointerover", "pointerout"],
      ["focusin", "focusout"],
    ]) {
      document.addEventListener(on, ({ target }) =>
        this.explain(target instanceof Element && target.closest("[data-explains]")),
      );
      document.addEventListener(off, ({ target }) => target === this.explained && this.hide());
    }
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.hide());
    document.addEventListener("scroll", () => this.hide(), { capture: true, passive: true });
  }

  /**
   * A panel that answers `probe(scene, x, y)` with what is found at a place of its host.
   * @param {HTMLElement} host
   * @param {Probed} panel
   */
  listen(host, panel) {
    /**
     * @param {PointerEvent} event
     */
    const point = (event) => {
      this.watched = { host, panel, at: pointIn(host, event) };
      this.show();
    };
    host.addEventListener("pointermove", (event) => (event.buttons ? this.hide() : point(event)));
    // A tap is no move.
    host.addEventListener("pointerup", (event) => {
      if (event.pointerType === "touch") point(event);
    });
    host.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && this.hide());
    for (const name of ["pointerdown", "wheel"]) host.addEventListener(name, () => this.hide(), { passive: true });
  }

  // The picture has moved on under a pointer that rests.
  follow() {
    if (this.watched) this.show();
  }

  show() {
    const { tip, ring, watched } = this;
    if (!state.result || !watched) return;
    const { host, panel, at } = watched;
    const found = panel.probe(scene(), ...at);
    if (!found) return this.clear();
    if (found.symbol) tip.replaceChildren(words(symbolWords(found.symbol)));
    else tip.replaceChildren(...wordsOf(found));
    if (ring.parentNode !== host) host.append(ring);
    ring.hidden = Boolean(found.symbol);
    const unit = unitOf(host);
    ring.style.transform = `translate(${unit * found.x}px, ${unit * found.y}px)`;
    showBeside(tip, ...inWindow(host, found.symbol ? at : [found.x, found.y]));
  }

  /**
   * @param {any} target
   */
  explain(target) {
    const { tip } = this;
    if (!target) return;
    this.explained = target;
    tip.replaceChildren(words(target.dataset.explains));
    target.setAttribute("aria-describedby", "tip");
    const box = target.getBoundingClientRect();
    showBeside(tip, box.left, box.bottom - BELOW);
  }

  clear() {
    this.tip.hidden = true;
    this.ring.hidden = true;
  }

  hide() {
    this.watched = null;
    if (this.explained) this.explained.removeAttribute("aria-describedby");
    this.explained = null;
    this.clear();
  }
}

/**
 * @param {string} name
 */
const symbolWords = (name) => find(`[data-symbol="${name}"]`).textContent;

/**
 * @param {Found} found
 */
function wordsOf(found) {
  const { run, i, part, row } = /** @type {Required<Found>} */ (found);
  const { words: names, runs } = state.result;
  const { columns } = part;
  const step = columns.step[row];
  const head = `step t = ${step.toLocaleString("en")}, τ = ${inWords(clockTime("tau", paceOf(run), step))}`;
  const point = pointWords(pointAt(columns.x, part.widths.x, row));
  const smooth = isSmooth(run);
  const lines = NUMBERS.filter(([, name]) => !(smooth && OF_STEPS.includes(name)))
    .map(([symbol, name]) => ({
      symbol: name === "threshold" ? edgeName(run) : symbol,
      value: columns[name][row],
    }))
    .filter(({ value }) => Number.isFinite(value));
  return [
    ...(runs.length > 1 ? [words(names.labels[i], "strong")] : []),
    words(head, "strong"),
    pair("x", `(${point})`),
    ...lines.map(({ symbol, value }) => pair(symbol, inWords(value))),
  ];
}

/**
 * A point as it is read, the longest ones in part.
 * @param {number[]} point
 */
function pointWords(point) {
  const shown = point.slice(0, MOST_COORDINATES).map(inWords);
  return [...shown, ...(point.length > MOST_COORDINATES ? ["…"] : [])].join(", ");
}

/**
 * @param {string} symbol
 * @param {string} value
 */
function pair(symbol, value) {
  const line = document.createElement("p");
  line.append(words(symbol), words(value));
  return line;
}

/**
 * @param {string} text
 * @param {string} [name]
 */
const words = (text, name = "span") => Object.assign(document.createElement(name), { textContent: text });
