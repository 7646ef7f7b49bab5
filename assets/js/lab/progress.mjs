// How far what is asked for has come, where it takes more than a second; and how to stop it.
import { $, find } from "../elements.mjs";
import { state } from "./state.mjs";

const PATIENCE = 1000; // ms

/** @typedef {{ share: number | null, stop: (() => void) | null, late: number, shown: boolean, left: boolean }} Progress */

/** @type {Record<string, Progress>} */
const of = {}; // by plot: {share, stop, late, shown, left}

/**
 * Something is asked for; `stop` ends it. Of what comes in one piece there is no share.
 * @param {Plot} plot
 * @param {() => void} stop
 * @param {number | null} [share]
 */
export function begin(plot, stop, share = 0) {
  clearTimeout(of[plot] && of[plot].late);
  /** @type {Progress} */
  const one = (of[plot] = { share, stop, late: 0, shown: false, left: false });
  one.late = setTimeout(() => {
    one.shown = true;
    draw();
  }, PATIENCE);
  draw();
}

/**
 * @param {Plot} plot
 * @param {number | null} share
 */
export function show(plot, share) {
  of[plot].share = share;
  if (of[plot].shown) draw();
}

/**
 * It has ended; `early` if something is missing.
 * @param {Plot} plot
 * @param {boolean} [early]
 */
export function end(plot, early = false) {
  if (!of[plot]) return;
  clearTimeout(of[plot].late);
  Object.assign(of[plot], { shown: false, stop: null, left: early });
  draw();
}

/**
 * @param {number} share
 */
const percent = (share) => `${Math.floor(100 * share)} %`;

// What there is to say of the plot in view.
export function draw() {
  const { plot } = state;
  const one = of[plot] || { share: 0, shown: false, left: false, stop: null };
  $("progress").hidden = !one.shown && !one.left;
  $("progress-bar").hidden = one.left || one.share === null;
  $("progress-bar").value = String(one.share || 0);
  $("progress-words").textContent = wordsFor(one);
  $("cancel").hidden = one.left;
  $("again").hidden = !one.left;
  find("main").setAttribute("aria-busy", String(Boolean(one.stop)));
}

/**
 * @param {{ share: number | null, left: boolean }} given
 */
function wordsFor({ share, left }) {
  if (share === null) return left ? "stopped" : "computing";
  return left ? `stopped at ${percent(share)}` : percent(share);
}

export function stop() {
  const one = of[state.plot];
  if (one && one.stop) one.stop();
}
