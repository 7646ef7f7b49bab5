// Asking for what takes its time: one answer at a time, heard piece by piece; a newer question ends the
// older one, on the server too.

import { bytesAtLast, untilAnswered } from "./again.mjs";
import { statusOf, unreadable } from "./said.mjs";

const BROKEN_OFF = "The answer broke off. What had come is kept.";
const MOST_BROKEN = 5; // answers that break off, of one question: then it is no network's fault

export class Asking {
  /**
   * `fetch` as in browsers; `hear` is told of item(item) for each piece that is whole, then of one of
   * done(), refused(body), failed(words) and stopped(), each with the turn of the question. Nothing is
   * heard of a question once there is a newer one. Where nobody answers, or an answer breaks off, it is asked again
   * and heard from its beginning; waits(yes) is told that it has to wait, and that this is over.
   * @param {(url: string, options?: any) => Promise<Response>} fetch
   * @param {any} hear
   */
  constructor(fetch, hear) {
    this.fetch = fetch;
    this.hear = hear;
    this.control = null;
  }

  /**
   * Ask an address; a parser, of which each answer gets one, takes bytes by `push` and answers with items.
   * @param {string} address
   * @param {() => Parser} parser
   * @param {number} turn
   */
  async ask(address, parser, turn) {
    if (this.control) this.control.abort();
    const control = (this.control = new AbortController());
    let broken = 0;
    const once = async () => {
      const [end, what] = await this.listen(address, parser(), control, turn);
      if (what === BROKEN_OFF) broken += 1;
      return end === "silent" || (what === BROKEN_OFF && broken <= MOST_BROKEN) ? null : [end, what];
    };
    const waits = (/** @type {boolean} */ yes) => control === this.control && this.hear.waits(yes);
    const [end, what] = (await untilAnswered(once, waits, control.signal)) || ["stopped"];
    if (control !== this.control) return;
    this.control = null;
    this.hear[end](what, turn);
  }

  /**
   * How it ends, and what is told of that.
   * @param {string} address
   * @param {Parser} parser
   * @param {AbortController} control
   * @param {number} turn
   */
  async listen(address, parser, control, turn) {
    let begun = false;
    try {
      const response = await this.fetch(address, { signal: control.signal });
      const status = statusOf(response);
      if (status === 400) return ["refused", await response.json()];
      if (!response.ok) return ["failed", `The server failed (${status}).`];
      const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (control.signal.aborted) return ["stopped"];
        if (done) break;
        begun = true;
        for (const item of parser.push(value)) this.hear.item(item, turn);
      }
      return parser.isWhole ? ["done"] : ["failed", BROKEN_OFF];
    } catch (error) {
      if (control.signal.aborted) return ["stopped"];
      if (error instanceof SyntaxError) return ["failed", unreadable(error)];
      if (!(error instanceof TypeError) && !(error instanceof Error && error.name === "AbortError")) throw error;
      return begun ? ["failed", BROKEN_OFF] : ["silent"];
    }
  }

  // Leave it at what has come.
  stop() {
    if (this.control) this.control.abort();
  }
}

// Answers that come in one piece, kept, the last ones first. `get` answers with null for what fails
// or is overtaken by a newer question; where nobody answers it is asked again, and `waits` is told.
export class Kept {
  /**
   * @param {(url: string, options?: any) => Promise<Response>} fetch
   * @param {(buffer: ArrayBuffer) => any} decode
   * @param {(yes: boolean) => void} waits
   * @param {number} [most]
   */
  constructor(fetch, decode, waits, most = 24) {
    this.fetch = fetch;
    this.decode = decode;
    this.waits = waits;
    this.most = most;
    this.known = new Map();
    this.control = null;
  }

  /**
   * @param {string} address
   */
  async get(address) {
    if (this.control) this.control.abort();
    if (this.known.has(address)) return this.known.get(address);
    const { signal } = (this.control = new AbortController());
    const said = await bytesAtLast(this.fetch, address, this.waits, signal);
    if (said?.status !== 200) return null;
    try {
      const found = this.decode(said.bytes);
      this.known.set(address, found);
      if (this.known.size > this.most) this.known.delete(this.known.keys().next().value);
      return found;
    } catch {
      return null;
    }
  }
}
