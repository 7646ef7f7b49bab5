// Asking the server for runs. One request is under way at a time; of those that wait only the newest
// is kept, so an answer never overwrites a newer one and the hand is followed as fast as can be. Where
// the server takes long, as it does for a loss that nobody has opened yet, it is asked for the iterates
// alone beside the whole.
import { decode } from "../binary.mjs";
import { forRun, writeQuery } from "../link.mjs";
import { readNumber } from "../numbers.mjs";
import { locate } from "../run.mjs";
import { WAITED, bytesOf, json, longer, unreadable } from "../said.mjs";
import { queryOf } from "./branches.mjs";

const MOST_STEPS_WHILE_DRAGGED = 100000;
const WINDOW_PAUSE = 60;
const FASTEST_FOR_WINDOWS = 2000;
const NOTICEABLE = 250;
const PATIENCE = 150; // ms until the first part of an answer is asked for too

export class Requests {
  /**
   * `fetch` as in browsers; `hear` is told of each answer: run(result, asked),
   * refused(problems, nearest, asked), failed(words); and busy(true or false) where one takes
   * long enough to be noticed.
   * @param {(url: string, options?: any) => Promise<Response>} fetch
   * @param {Heard} hear
   */
  constructor(fetch, hear) {
    this.fetch = fetch;
    this.hear = hear;
    /** @type {Asked | null} */
    this.waiting = null;
    /** @type {{ asked: Asked, reply: Promise<Said | null>, begun: boolean, leave: () => void } | null} */
    this.under = null;
    this.busy = false;
    this.waited = 0; // ms, for a server that does not answer
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.again = undefined;
    this.windowAsked = 0;
    this.windowTurn = 0;
  }

  /**
   * Ask for the run of a query. `asked.dragged` bounds the steps, for the hand's sake;
   * `asked.whole` sends what belongs to the page too, so that the whole link is checked.
   * @param {Asked} asked
   */
  ask(asked) {
    clearTimeout(this.again);
    this.waiting = asked;
    if (!this.busy) this.next();
    else if (this.under?.begun) this.under.leave();
  }

  // Whether a newer answer than the one that is being told of is still to come.
  get pending() {
    return Boolean(this.waiting || this.under);
  }

  // The next request is under way while the last answer is painted.
  async next() {
    this.busy = true;
    try {
      this.under = this.send();
      while (this.under) {
        const { asked, reply } = this.under;
        const answer = await reply;
        this.under = this.send();
        if (answer) this.tell(answer, asked);
        this.under = this.under || this.send();
      }
    } finally {
      this.under = null;
      this.busy = false;
      this.hear.busy(false);
    }
  }

  send() {
    const asked = this.waiting;
    if (!asked) return null;
    this.waiting = null;
    const late = setTimeout(() => this.hear.busy(true), NOTICEABLE);
    const later = asked.dragged ? 0 : setTimeout(() => this.begin(asked), PATIENCE);
    const whole = this.answer(asked).finally(() => {
      clearTimeout(late);
      clearTimeout(later);
    });
    /** @type {() => void} */
    let leave = () => {};
    const left = new Promise((resolve) => (leave = () => resolve(null)));
    return { asked, reply: Promise.race([whole, left]), begun: false, leave };
  }

  /**
   * The iterates of a run whose whole takes long. Once they are told of, the next that is asked for does
   * not wait for the whole.
   * @param {Asked} asked
   */
  async begin(asked) {
    const { under } = this;
    if (under?.asked !== asked) return;
    const said = await this.answer(asked, "iterates");
    if (said.status !== 200 || !said.body || this.under !== under || this.waiting) return;
    under.begun = true;
    this.tell(said, asked);
  }

  /**
   * What the server says, as {status, body}; status 0 where it says nothing, and `unread` tells where it
   * cannot be read.
   * @param {Asked} asked
   * @param {string} [part]
   * @returns {Promise<Said>}
   */
  async answer(asked, part) {
    const query = { ...sent(asked), ...(part && { part }) };
    const { status, bytes } = await bytesOf(this.fetch, `run.bin?${writeQuery(query)}`);
    try {
      if (status === 200) return { status, body: decode(bytes) };
      return { status, body: status === 400 ? json(bytes) : null };
    } catch (error) {
      return { status, body: null, unread: unreadable(error) };
    }
  }

  /**
   * @param {Said} said
   * @param {Asked} asked
   */
  tell({ status, body, unread }, asked) {
    if (status) this.waited = 0;
    if (unread) this.hear.failed(unread);
    else if (status === 400) this.hear.refused(body.problems, body.nearest, asked);
    else if (status === 0) this.wait(asked);
    else if (body) this.hear.run(body, asked);
    else this.hear.failed(`The server failed (${status}).`);
  }

  /**
   * Nobody answers: that is told once, and asked again until somebody does or something newer is asked for.
   * @param {Asked} asked
   */
  wait(asked) {
    if (!this.waited) this.hear.failed(WAITED);
    this.waited = longer(this.waited);
    this.again = setTimeout(() => this.pending || this.ask(asked), this.waited);
  }

  /**
   * Full resolution around the playhead, where the overview has gaps: runs get a `window`. `steps`
   * are those of the runs. Answers whether one came, or "later" where one was asked for just before.
   * @param {Result} result
   * @param {Playing} player
   * @param {number[]} steps
   */
  async window(result, player, steps) {
    if (result.part) return false; // a stretch would come after the whole
    const missing = result.runs.filter((run, i) => !locate(run, steps[i]).exact);
    const fast = player.playing && player.pace > FASTEST_FOR_WINDOWS;
    if (!missing.length || fast) return false;
    if (Date.now() - this.windowAsked < WINDOW_PAUSE) return "later";
    this.windowAsked = Date.now();
    const turn = ++this.windowTurn;
    const count = Math.round(Math.min(Math.max(player.pace * 6, 400), 4000));
    const came = missing.map(async (run) => {
      const step = steps[result.runs.indexOf(run)];
      const part = await this.stretch(result, run, Math.max(0, step - 100), count);
      // A newer one may have overtaken this one.
      if (!part || turn < (run.windowTurn || 0)) return false;
      [run.window, run.windowTurn] = [part, turn];
      return true;
    });
    return (await Promise.all(came)).some(Boolean);
  }

  /**
   * `count` steps of a run from `first` on: in full, or as pairs spread over them where they are too
   * many; null if they do not come.
   * @param {Result} result
   * @param {Run} run
   * @param {number} first
   * @param {number} count
   */
  async stretch(result, run, first, count) {
    const wanted = { ...queryOf(result, result.runs.indexOf(run)), first, count };
    try {
      const response = await this.fetch(`run.bin?${writeQuery(wanted)}`);
      return response.ok ? decode(await response.arrayBuffer()).runs[0] : null;
    } catch {
      return null;
    }
  }
}

/**
 * @param {Asked} asked
 */
function sent({ query, dragged, steps, whole }) {
  const wanted = whole ? { ...query } : forRun(query);
  const asked = readNumber(wanted.steps || "") || steps || 0;
  if (dragged && asked > MOST_STEPS_WHILE_DRAGGED) wanted.steps = MOST_STEPS_WHILE_DRAGGED;
  return wanted;
}
