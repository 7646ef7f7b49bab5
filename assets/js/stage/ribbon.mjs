// The phase ribbon above the time bar: descent, alignment and edge of the run in focus, and where the theorem ends, to scale; each
// is a button that goes where the phase begins. Where the run stopped before it should, what is left is hatched.
import { barEnd, sameTime } from "../clock.mjs";
import { $ } from "../elements.mjs";
import { phaseAt } from "../run.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { actions } from "./actions.mjs";
import { state, steps } from "./state.mjs";

const LEAST = 24; // pixels of a button that can be hit

/**
 * Where each phase begins and ends, as shares of the time bar.
 * @param {Run} run
 * @param {Run[]} runs
 * @param {Clock} clock
 */
export function bands(run, runs, clock) {
  const share = shareOf(run, runs, clock);
  return run.phases.map(({ name, first }, k) => ({
    name,
    first,
    from: share(first),
    to: share(k + 1 < run.phases.length ? run.phases[k + 1].first : run.last),
  }));
}

/**
 * What is left of the time bar where a run stopped; null where it did not.
 * @param {Run} run
 * @param {Run[]} runs
 * @param {Clock} clock
 */
export function leftOver(run, runs, clock) {
  const share = shareOf(run, runs, clock);
  return run.outcome === "reached" ? null : { from: share(run.outcome_step), to: Math.min(share(run.steps), 1) };
}

/**
 * From a step of a run to its share of the time bar.
 * @param {Run} run
 * @param {Run[]} runs
 * @param {Clock} clock
 */
function shareOf(run, runs, clock) {
  const end = barEnd(runs, clock);
  return (/** @type {number} */ t) => sameTime(clock, runs[0].eta, run.eta, t) / end;
}

export class Ribbon {
  constructor() {
    /** @type {Band[]} */
    this.shown = [];
    this.made = ""; // what the buttons were made for
    this.width = 0; // observed: asking for it would lay the page out anew
    const place = $("ribbon");
    new ResizeObserver(() => {
      this.width = place.clientWidth;
      const { result, focus } = state;
      if (result) this.show(result.runs[focus]);
    }).observe(place);
  }

  /**
   * @param {Run} run
   */
  show(run) {
    const { runs } = state.result;
    const { clock } = state.view;
    this.shown = bands(run, runs, clock);
    const left = leftOver(run, runs, clock);
    const wanted = JSON.stringify([this.shown, left, this.width]);
    if (wanted !== this.made) {
      const rest = left ? [stop(run, left)] : [];
      $("ribbon").replaceChildren(...this.shown.map(band), ...rest, ...buttons(this.shown, this.width));
    }
    this.made = wanted;
    this.mark(steps()[state.focus]);
  }

  /**
   * @param {number} step
   */
  mark(step) {
    const now = phaseAt(this.shown, step);
    $("ribbon")
      .querySelectorAll("button")
      .forEach((one, k) => {
        if ((one.getAttribute("aria-current") === "true") !== (k === now))
          one.setAttribute("aria-current", String(k === now));
      });
  }
}

/**
 * @param {Run} run
 * @param {{ from: number, to: number }} left
 */
function stop({ outcome, outcome_step: at, steps, outcome_words: why }, left) {
  const piece = band({ name: "stopped", ...left });
  piece.textContent = `${vocabulary.endings[outcome]} at step ${at.toLocaleString("en")} of ${steps.toLocaleString("en")}`;
  piece.title = why;
  return piece;
}

/**
 * @param {{ name: string, from: number, to: number }} band
 */
function band({ name, from, to }) {
  const piece = Object.assign(document.createElement("span"), { className: `band ${name}` });
  piece.style.left = `${100 * from}%`;
  piece.style.width = `${100 * (to - from)}%`;
  return piece;
}

/**
 * Buttons keep to their bands, but for those that would be too small to hit: they are moved apart.
 * @param {Band[]} shown
 * @param {number} width
 */
function buttons(shown, width) {
  const end = Math.max((shown.at(-1)?.to ?? 1) * width, LEAST * shown.length);
  const lefts = shown.map(({ from }) => from * width);
  for (let k = lefts.length - 1, free = end; k >= 0; k--)
    free = lefts[k] = Math.max(0, Math.min(lefts[k], free - LEAST));
  for (let k = 1; k < lefts.length; k++) lefts[k] = Math.max(lefts[k], lefts[k - 1] + LEAST);
  return shown.map((phase, k) => button(phase, lefts[k], k + 1 < lefts.length ? lefts[k + 1] : end));
}

/**
 * Where Γ is a point there is nowhere to drift.
 * @param {Phase["name"]} name
 */
function inWords(name) {
  const { codim, start } = state.result.settings;
  return name === "edge" && codim === start.length ? vocabulary.nowhere : vocabulary.phases[name];
}

/**
 * @param {Phase} phase
 * @param {number} left
 * @param {number} right
 */
function button({ name, first }, left, right) {
  const made = Object.assign(document.createElement("button"), { type: "button" });
  const words = Object.assign(document.createElement("span"), { textContent: inWords(name) });
  made.append(words);
  made.style.left = `${left}px`;
  made.style.width = `${right - left}px`;
  const when = `${inWords(name)}, from step ${first.toLocaleString("en")}`;
  made.setAttribute("aria-label", when);
  made.title = when;
  made.addEventListener("click", () => actions.seekOwn(first));
  return made;
}
