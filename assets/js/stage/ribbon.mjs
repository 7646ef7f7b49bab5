// The phase ribbon above the time bar: descent, alignment and edge of the run in focus, and where the theorem ends, to scale; each
// is a button that goes where the phase begins. Where the run stopped before it should, what is left is hatched.
import { barEnd, paceOf, sameTime } from "../clock.mjs";
import { $, element } from "../elements.mjs";
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
  return (/** @type {number} */ t) => sameTime(clock, paceOf(runs[0]), paceOf(run), t) / end;
}

export class Ribbon {
  constructor() {
    /** @type {Band[]} */
    this.shown = [];
    this.laid = ""; // what the pieces were laid out for
    this.made = ""; // the words of those that there are
    /** @type {HTMLElement[]} */
    this.bands = []; // of phases, and of what is left where a run stopped
    /** @type {HTMLElement[]} */
    this.buttons = [];
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
    if (wanted !== this.laid) this.lay(run, left);
    this.laid = wanted;
    this.mark(steps()[state.focus]);
  }

  /**
   * Pieces of the same words stay and are moved, which takes the browser much less than new ones.
   * @param {Run} run
   * @param {{ from: number, to: number } | null} left
   */
  lay(run, left) {
    const words = [...this.shown.map(({ name }) => inWords(name)), left ? stopWords(run) : ""].join();
    if (words !== this.made) this.make(run, left);
    this.made = words;
    const ends = [...this.shown, ...(left ? [left] : [])];
    this.bands.forEach((piece, k) => place(piece, `${100 * ends[k].from}%`, `${100 * (ends[k].to - ends[k].from)}%`));
    const lefts = leftsOf(this.shown, this.width);
    this.buttons.forEach((piece, k) => {
      place(piece, `${lefts[k]}px`, `${lefts[k + 1] - lefts[k]}px`);
      const { name, first } = this.shown[k];
      piece.title = `${inWords(name)}, from step ${first.toLocaleString("en")}`;
      piece.setAttribute("aria-label", piece.title);
    });
  }

  /**
   * @param {Run} run
   * @param {{ from: number, to: number } | null} left
   */
  make(run, left) {
    this.bands = this.shown.map(({ name }) => band(name));
    if (left) this.bands.push(stop(run));
    this.buttons = this.shown.map(({ name }, k) => button(name, () => actions.seekOwn(this.shown[k].first)));
    $("ribbon").replaceChildren(...this.bands, ...this.buttons);
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
 */
const stopWords = ({ outcome, outcome_step: at, steps }) =>
  `${vocabulary.endings[outcome]} at step ${at.toLocaleString("en")} of ${steps.toLocaleString("en")}`;

/**
 * @param {Run} run
 */
const stop = (run) => Object.assign(band("stopped"), { textContent: stopWords(run), title: run.outcome_words });

/**
 * @param {string} name
 */
const band = (name) => Object.assign(document.createElement("span"), { className: `band ${name}` });

/**
 * @param {HTMLElement} piece
 * @param {string} left
 * @param {string} width
 */
const place = ({ style }, left, width) => Object.assign(style, { left, width });

/**
 * Where buttons begin, and where the last one ends. They keep to their bands, but for those that would be too small to hit:
 * they are moved apart.
 * @param {Band[]} shown
 * @param {number} width
 */
function leftsOf(shown, width) {
  const end = Math.max((shown.at(-1)?.to ?? 1) * width, LEAST * shown.length);
  const lefts = shown.map(({ from }) => from * width);
  for (let k = lefts.length - 1, free = end; k >= 0; k--)
    free = lefts[k] = Math.max(0, Math.min(lefts[k], free - LEAST));
  for (let k = 1; k < lefts.length; k++) lefts[k] = Math.max(lefts[k], lefts[k - 1] + LEAST);
  return [...lefts, end];
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
 * @param {Phase["name"]} name
 * @param {() => void} press
 */
function button(name, press) {
  const made = Object.assign(document.createElement("button"), { type: "button" });
  made.append(element("span", inWords(name)));
  made.addEventListener("click", press);
  return made;
}
