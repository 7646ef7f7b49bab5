// The work that a study is: asked for, told about as it goes, paused, cancelled. It goes on at the server though
// nobody listens, so that the page only listens to it.
import { Asking } from "../ask.mjs";
import { $ } from "../elements.mjs";
import { WAITED, listen } from "../said.mjs";
import { Lines } from "../stream.mjs";
import { dispatch, state } from "./state.mjs";
import { isWorking, madeQuery } from "./store.mjs";

export class Work {
  /**
   * `page` hears of what a line says, of what is refused, and of the end.
   * @param {StudyHears} page
   */
  constructor(page) {
    this.page = page;
    this.asking = new Asking(listen, {
      item: (/** @type {any} */ line, /** @type {number} */ turn) => page.hears(line, turn),
      done: (/** @type {undefined} */ _, /** @type {number} */ turn) => page.ended(turn),
      refused: (/** @type {Refusal} */ refusal) => page.refused(refusal),
      failed: (/** @type {string} */ words, /** @type {number} */ turn) => this.rest(turn, words),
      waits: (/** @type {boolean} */ yes) => ($("progress-words").textContent = yes ? WAITED : ""),
      stopped: (/** @type {undefined} */ _, /** @type {number} */ turn) => this.rest(turn, ""),
    });
  }

  /**
   * Begin, or go on; `first` is the η whose run is wanted first.
   * @param {number | null} [first]
   */
  begin(first = null) {
    const query = [madeQuery(state), first === null ? "" : `first=${first}`].filter(Boolean).join("&");
    this.asking.ask(`../study.ndjson?${query}`, () => new Lines(isOver), state.turn);
  }

  /**
   * Stop it where it is, or so that nothing is left of it.
   * @param {boolean} forget
   */
  async stop(forget) {
    const { turn } = state;
    await this.halt(forget);
    this.rest(turn, forget ? "cancelled" : "paused: it goes on from here");
  }

  /**
   * The same without a word.
   * @param {boolean} [forget]
   */
  async halt(forget = false) {
    const query = [madeQuery(state), forget ? "forget=1" : ""].filter(Boolean).join("&");
    this.leave(); // what is on its way already is not heard any more
    await fetch(`../study-stop?${query}`, { method: "POST" }).catch(() => null);
  }

  // Listen no more.
  leave() {
    this.asking.stop();
  }

  /**
   * @param {number} turn
   * @param {string} words
   */
  rest(turn, words) {
    if (dispatch({ type: "rests", turn, words })) this.show();
  }

  show() {
    const { job, known } = state;
    const working = isWorking(state);
    $("begin").hidden = working;
    $("begin").textContent = known ? "Run it here again" : job.words.startsWith("paused") ? "Go on" : "Run it here";
    $("pause").hidden = $("cancel").hidden = !working;
    $("progress-bar").hidden = !working;
    $("progress-bar").value = String(job.share);
    $("progress-words").textContent = wordsOf(job, working);
  }
}

/**
 * Whether a line is the last that is told of a job.
 * @param {any} line
 */
const isOver = (line) => Boolean(line.state) && !isWorking({ job: line });

/**
 * @param {StudyJob} job
 * @param {boolean} working
 */
function wordsOf({ words, left }, working) {
  const rest = working && left !== null && left >= 0.5 ? `; about ${Math.round(left)} s` : "";
  return `${words}${rest}`;
}
