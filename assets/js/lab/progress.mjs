// How far what is asked for has come, where it takes more than a second; and how to stop it.
import { $, find } from "../elements.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { dispatch, state } from "./state.mjs";
import { isStale, isUnderWay } from "./store.mjs";

const PATIENCE = 1000; // ms

export class ProgressBar {
  constructor() {
    /** @type {Partial<Record<Plot, number>>} */
    this.due = {}; // until the bar is shown, by plot
  }

  /**
   * Something is asked for.
   * @param {Plot} plot
   * @param {number} turn
   */
  begin(plot, turn) {
    clearTimeout(this.due[plot]);
    this.due[plot] = setTimeout(() => dispatch({ type: "lasts", plot, turn }) && this.draw(), PATIENCE);
    this.draw();
  }

  // What there is to say of the plot in view.
  draw() {
    const { at, share } = state.progress[state.plot];
    const left = at === "left" || at === "short";
    $("progress").hidden = !left && at !== "late";
    $("progress-bar").hidden = left || share === null;
    $("progress-bar").value = String(share || 0);
    $("progress-words").textContent = at === "short" ? vocabulary.no_time : wordsFor(share, left);
    $("cancel").hidden = left;
    $("again").hidden = at !== "left";
    $(`panel-${state.plot}`).toggleAttribute("data-stale", isStale(state, state.plot));
    find("main").setAttribute("aria-busy", String(isUnderWay(state, state.plot)));
  }
}

/**
 * @param {number} share
 */
const percent = (share) => `${Math.floor(100 * share)} %`;

/**
 * @param {number | null} share
 * @param {boolean} left
 */
function wordsFor(share, left) {
  if (share === null) return left ? "stopped" : "computing";
  return left ? `stopped at ${percent(share)}` : percent(share);
}
