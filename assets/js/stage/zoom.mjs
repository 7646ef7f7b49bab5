// Zoom and pan, by hand and by keyboard.
import { makeDraggable } from "../drag.mjs";
import { $, put } from "../elements.mjs";
import { locate } from "../run.mjs";
import { isCommand, shortcut } from "../shortcut.mjs";
import { frameOf, isDrawn } from "./frame.mjs";
import { scene } from "./scene.mjs";
import { coordinates } from "./section.mjs";
import { graphOf, state } from "./state.mjs";
import { seesAll } from "./store.mjs";
import { frameSharpness, showAllTime, takeOwn } from "./timeaxis.mjs";
import { followZoom, showWhole, stands } from "./view.mjs";

/** @typedef {import("./detail.mjs").Detail} Detail */

/** @type {Record<string, number>} */
const ZOOMS = { "+": 0.7, "=": 0.7, "-": 1 / 0.7 };
/** @type {Record<string, Point>} */
const MOVES = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
const REST = 250;

export class Zoom {
  /**
   * @param {Detail} detail
   */
  constructor(detail) {
    this.detail = detail;
    /** @type {number | undefined} */
    this.resting = undefined;
    const [landscape, sharpness] = [graphOf("landscape"), graphOf("sharpness")];
    for (const graph of [landscape, sharpness]) {
      graph.on("plotly_relayout", () => this.settleLater());
      this.listenToHand(graph);
    }
    sharpness.on("plotly_relayout", takeOwn);
    landscape.on("plotly_doubleclick", showWhole);
    for (const event of ["plotly_relayout", "plotly_afterplot"]) landscape.on(event, offerAll);
    landscape.on("plotly_afterplot", () => {
      if (!isDrawn(landscape)) return;
      put(document.body.dataset, { drawn: "" });
      stands(landscape.layout.meta);
    });
    sharpness.on("plotly_afterplot", frameSharpness);
    sharpness.on("plotly_doubleclick", showAllTime);
    frameSharpness();
    listenToKeys(landscape, "Landscape", showWhole);
    listenToKeys(sharpness, "Sharpness", showAllTime);
  }

  /**
   * Plotly drags a plot by itself, but does not bring it back: it is told that the hand did. Nor does it know which button
   * is down: a plot that is dragged by another than the main one it leaves where it is, and then fails.
   * @param {Graph} graph
   */
  listenToHand(graph) {
    /** @type {Partial<PointerEvent>} */
    let from = {};
    makeDraggable(graph, {
      begins: (event) => {
        from = event;
        clearTimeout(this.resting);
      },
      ends: () => this.settleLater(),
      back: () => {
        const { clientX, clientY } = from;
        for (const name of ["mousemove", "mouseup"])
          document.dispatchEvent(new MouseEvent(name, { clientX, clientY, cancelable: true }));
        this.settleLater();
      },
      native: true,
    });
    const isOther = (/** @type {MouseEvent} */ { button, ctrlKey }) => button !== 0 || ctrlKey;
    graph.addEventListener("mousedown", (event) => isOther(event) && event.stopPropagation(), true);
  }

  // After a zoom or a pan, once no hand holds the plot and it rests.
  settleLater() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      followZoom();
      this.detail.refine();
    }, REST);
  }
}

/**
 * @param {Graph} graph
 * @param {string} name
 * @param {() => void} showAll
 */
function listenToKeys(graph, name, showAll) {
  const host = /** @type {HTMLElement} */ (graph.closest(".plot"));
  host.tabIndex = 0;
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", `${name}: + and − zoom, arrow keys move, 0 shows all`);
  host.addEventListener("keydown", (event) => {
    if (event.target !== host || isCommand(event)) return;
    const key = shortcut(event, { 0: showAll, ...ZOOMS, ...MOVES });
    if (!key) return;
    if (key === "0") showAll();
    else if (ZOOMS[key]) rescale(graph, ZOOMS[key], [0, 0], graph === graphOf("landscape") ? iterate() : null);
    else rescale(graph, 1, MOVES[key], null);
    event.preventDefault();
    event.stopPropagation();
  });
}

// The way back to all is in sight as long as not all is.
function offerAll() {
  const frame = frameOf(graphOf("landscape"));
  put($("show-all"), { hidden: !frame || !state.result || seesAll(state, [frame.rangeX, frame.rangeY]) });
}

// Where the iterate in focus is on the landscape.
function iterate() {
  const { result, focus, steps, section } = scene();
  const { part, row } = locate(result.runs[focus], steps[focus]);
  return coordinates(section, part.columns.x)(row);
}

/**
 * Both ranges made so many times as wide, and moved by shares of themselves.
 * @param {Graph} graph
 * @param {number} times
 * @param {Point} shift
 * @param {Point | null} about
 */
function rescale(graph, times, shift, about) {
  const { xaxis, yaxis } = graph._fullLayout;
  const ranges = /** @type {[number, number][]} */ ([xaxis, yaxis].map(({ range }) => range.map(Number)));
  const seen = about && ranges.every(([low, high], i) => low <= about[i] && about[i] <= high);
  const [across, up] = ranges.map((range, i) => zoomed(range, times, shift[i], seen ? about[i] : null));
  window.Plotly.relayout(graph, { "xaxis.range": across, "yaxis.range": up });
}

/**
 * A range made so many times as wide about a point that stays where it is, or about its middle, and moved by a share of
 * itself.
 * @param {[number, number]} range
 * @param {number} times
 * @param {number} shift
 * @param {number | null} about
 */
export function zoomed([low, high], times, shift, about) {
  const fixed = about ?? (low + high) / 2;
  return [low, high].map((end) => fixed + times * (end - fixed) + shift * (high - low));
}
