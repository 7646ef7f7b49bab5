// Asking for what takes its time: one answer at a time, heard piece by piece; a newer question ends the
// older one, on the server too.

import { SILENT, WAITED, longer, statusOf, unreadable } from "./said.mjs";

const BROKEN_OFF = "The answer broke off. What had come is kept.";

/**
 * Some time, or less where it is ended.
 * @param {number} time ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
const pause = (time, signal) =>
  new Promise((resolve) => {
    const due = setTimeout(resolve, time);
    signal.addEventListener("abort", () => (clearTimeout(due), resolve()), { once: true });
  });

export class Asking {
  /**
   * `fetch` as in browsers; `hear` is told of item(item) for each piece that is whole, then of one of
   * done(), refused(body), failed(words) and stopped(), each with the turn of the question. Nothing is
   * heard of a question once there is a newer one. Where nobody answers it is asked again, and
   * waits(words) is told of it, with nothing once that is over.
   * @param {(url: string, options?: any) => Promise<Response>} fetch
   * @param {any} hear
   */
  constructor(fetch, hear) {
    this.fetch = fetch;
    this.hear = hear;
    this.control = null;
  }

  /**
   * Ask an address; `parser` takes bytes by `push` and answers with items.
   * @param {string} address
   * @param {Parser} parser
   * @param {number} turn
   */
  async ask(address, parser, turn) {
    if (this.control) this.control.abort();
    const control = (this.control = new AbortController());
    let [end, what] = await this.listen(address, parser, control, turn);
    let waited = 0;
    while (what === SILENT && control === this.control) {
      if (!waited) this.hear.waits(WAITED);
      waited = longer(waited);
      await pause(waited, control.signal);
      [end, what] = await this.listen(address, parser, control, turn);
    }
    if (control !== this.control) return;
    if (waited) this.hear.waits("");
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
      return ["failed", begun ? BROKEN_OFF : SILENT];
    }
  }

  // Leave it at what has come.
  stop() {
    if (this.control) this.control.abort();
  }
}

// Answers that come in one piece, kept, the last ones first. `get` answers with null for what fails
// or is overtaken by a newer question.
export class Kept {
  /**
   * @param {(url: string, options?: any) => Promise<Response>} fetch
   * @param {(buffer: ArrayBuffer) => any} decode
   * @param {number} [most]
   */
  constructor(fetch, decode, most = 24) {
    this.fetch = fetch;
    this.decode = decode;
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
    const control = (this.control = new AbortController());
    try {
      const response = await this.fetch(address, { signal: control.signal });
      if (!response.ok || statusOf(response) === 400) return null;
      const found = this.decode(await response.arrayBuffer());
      this.known.set(address, found);
      if (this.known.size > this.most) this.known.delete(this.known.keys().next().value);
      return control.signal.aborted ? null : found;
    } catch {
      return null;
    }
  }
}
