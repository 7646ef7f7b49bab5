// Asking the server for runs. One request is under way at a time; of those that wait only the newest
// is kept, so an answer never overwrites a newer one and the hand is followed as fast as can be. Where
// the server takes long, as it does for a loss that nobody has opened yet, it is asked for the iterates
// alone beside the whole.
import { longer } from "../again.mjs";
import { decode } from "../binary.mjs";
import { whenSeen } from "../frames.mjs";
import { forRun, writeQuery } from "../link.mjs";
import { readNumber } from "../numbers.mjs";
import { locate } from "../run.mjs";
import { WAITED, bytesOf, json, unreadable } from "../said.mjs";
import { queryOf } from "./branches.mjs";

const MOST_STEPS_WHILE_DRAGGED = 100000;
const WINDOW_PAUSE = 60;
const FASTEST_FOR_WINDOWS = 2000;
const NOTICEABLE = 250;
const PATIENCE = 150; // ms until the first part of an answer is asked for too,
const TRIPS = 2; // or so many times what the quickest answer took: a slow network is no slow server
const LATE = 3000; // ms after which a newer question no longer waits for the answer to an older one

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
    /** @type {{ asked: Asked, reply: Promise<Said | null>, since: number, begun: boolean, leave: () => void } | null} */
    this.under = null;
    /** @type {{ address: string, control: AbortController, reply: Promise<{ status: number, bytes: ArrayBuffer }> } | null} */
    this.last = null; // what was asked last: asked once more it is there, or on its way
    this.busy = false;
    this.quickest = 0; // ms that an answer took
    this.waited = 0; // ms, for a server that does not answer
    /** @type {Asked | null} */
    this.lost = null; // what it did not answer
    this.windowAsked = 0;
    this.windowWaited = 0; // ms, likewise
    this.windowTurn = 0;
  }

  /**
   * Ask for the run of a link before there is a page that could show it.
   * @param {Query} query
   */
  foresee(query) {
    this.bytes(addressOf({ query, whole: true }));
  }

  /**
   * Ask for the run of a query. `asked.dragged` bounds the steps, for the hand's sake;
   * `asked.whole` sends what belongs to the page too, so that the whole link is checked.
   * @param {Asked} asked
   */
  ask(asked) {
    const { under } = this;
    this.lost = null;
    this.waiting = asked;
    if (!this.busy) this.next();
    else if (under && (under.begun || outlives(asked, under))) under.leave();
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
    const later = asked.dragged ? 0 : setTimeout(() => this.begin(asked), Math.max(PATIENCE, TRIPS * this.quickest));
    const whole = this.answer(asked).finally(() => {
      clearTimeout(late);
      clearTimeout(later);
    });
    /** @type {() => void} */
    let leave = () => {};
    const left = new Promise((resolve) => (leave = () => resolve(null)));
    return { asked, reply: Promise.race([whole, left]), since: performance.now(), begun: false, leave };
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
    const address = addressOf(asked, part);
    const { status, bytes } = await (part ? bytesOf(this.fetch, address) : this.bytes(address));
    try {
      if (status === 200) return { status, body: decode(bytes) };
      return { status, body: status === 400 ? json(bytes) : null };
    } catch (error) {
      return { status, body: null, unread: unreadable(error) };
    }
  }

  /**
   * What an address answers; what was asked before it is nobody's any more.
   * @param {string} address
   */
  bytes(address) {
    if (this.last?.address === address) return this.last.reply;
    this.last?.control.abort();
    const control = new AbortController();
    const begin = performance.now();
    const reply = bytesOf(this.fetch, address, { signal: control.signal });
    const last = (this.last = { address, control, reply });
    reply.then(({ status }) => {
      const took = performance.now() - begin;
      if (status) this.quickest = Math.min(this.quickest || took, took);
      if (status !== 200 && this.last === last) this.last = null;
    });
    return reply;
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
    if (this.pending) return;
    if (!this.waited) this.hear.failed(WAITED);
    this.waited = longer(this.waited);
    this.lost = asked;
    setTimeout(() => whenSeen(() => this.lost === asked && this.ask(asked)), this.waited);
  }

  /**
   * Full resolution around the playhead, where the overview has gaps: runs get a `window`. `steps`
   * are those of the runs. Answers whether one came, or "later" where one was asked for just before, or none came.
   * @param {Result} result
   * @param {Playing} player
   * @param {number[]} steps
   */
  async window(result, player, steps) {
    if (result.part) return false; // a stretch would come after the whole
    const missing = result.runs.filter((run, i) => !locate(run, steps[i]).exact && !isComing(run, steps[i]));
    const fast = player.playing && player.pace > FASTEST_FOR_WINDOWS;
    if (!missing.length || fast) return false;
    if (Date.now() - this.windowAsked < Math.max(WINDOW_PAUSE, this.windowWaited)) return "later";
    this.windowAsked = Date.now();
    const turn = ++this.windowTurn;
    const count = Math.round(Math.min(Math.max(player.pace * 6, 400), 4000));
    const came = missing.map(async (run) => {
      const first = Math.max(0, steps[result.runs.indexOf(run)] - 100);
      const coming = (run.coming = { first, end: first + count });
      const part = await this.stretch(result, run, first, count);
      if (run.coming === coming) run.coming = undefined;
      if (!part) return "later";
      // A newer one may have overtaken this one.
      if (turn < (run.windowTurn || 0)) return false;
      [run.window, run.windowTurn] = [part, turn];
      return true;
    });
    const all = await Promise.all(came);
    this.windowWaited = all.includes("later") ? longer(this.windowWaited) : 0;
    return all.includes(true) || (all.includes("later") && "later");
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
 * Whether what is asked now need not wait for what is under way: the hand rests, or that takes very long.
 * @param {Asked} asked
 * @param {{ asked: Asked, since: number }} under
 */
const outlives = (asked, under) =>
  !asked.dragged && (Boolean(under.asked.dragged) || performance.now() - under.since > LATE);

/**
 * Whether a window that is on its way has a step of a run.
 * @param {Run} run
 * @param {number} step
 */
const isComing = ({ coming }, step) => Boolean(coming && coming.first <= step && step < coming.end);

/**
 * @param {Asked} asked
 * @param {string} [part]
 */
const addressOf = (asked, part) => `run.bin?${writeQuery({ ...sent(asked), ...(part && { part }) })}`;

/**
 * @param {Asked} asked
 */
function sent({ query, dragged, steps, whole }) {
  const wanted = whole ? { ...query } : forRun(query);
  const asked = readNumber(wanted.steps || "") || steps || 0;
  if (dragged && asked > MOST_STEPS_WHILE_DRAGGED) wanted.steps = MOST_STEPS_WHILE_DRAGGED;
  return wanted;
}
