// Zoom and pan, by hand and by keyboard.
import { isCommand, shortcut } from "../shortcut.mjs";
import { isDrawn } from "./frame.mjs";
import { graphOf } from "./state.mjs";
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
    for (const graph of [landscape, sharpness]) graph.on("plotly_relayout", () => this.settleLater());
    sharpness.on("plotly_relayout", takeOwn);
    landscape.on("plotly_doubleclick", showWhole);
    landscape.on("plotly_afterplot", () => {
      if (!isDrawn(landscape)) return;
      document.body.dataset.drawn = "";
      stands(landscape.layout.meta);
    });
    sharpness.on("plotly_afterplot", frameSharpness);
    sharpness.on("plotly_doubleclick", showAllTime);
    frameSharpness();
    listenToKeys(landscape, "Landscape", showWhole);
    listenToKeys(sharpness, "Sharpness", showAllTime);
  }

  // After a zoom or a pan, once the hand rests.
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
    else if (ZOOMS[key]) rescale(graph, ZOOMS[key], [0, 0]);
    else rescale(graph, 1, MOVES[key]);
    event.preventDefault();
    event.stopPropagation();
  });
}

/**
 * Both ranges made so many times as wide about their middle, and moved by shares of themselves.
 * @param {Graph} graph
 * @param {number} times
 * @param {Point} shift
 */
function rescale(graph, times, shift) {
  const { xaxis, yaxis } = graph._fullLayout;
  const [across, up] = [xaxis, yaxis].map(({ range }, i) => {
    const [low, high] = range.map(Number);
    const middle = (low + high) / 2 + shift[i] * (high - low);
    const half = (times * (high - low)) / 2;
    return [middle - half, middle + half];
  });
  window.Plotly.relayout(graph, { "xaxis.range": across, "yaxis.range": up });
}
