// What a server says, and the words for when it says nothing or nothing that can be read.

export const SILENT = "The server does not answer. The last picture is kept.";
// Of what is asked again until somebody answers.
export const WAITED = "The server does not answer. The last picture is kept; what you asked for comes once it does.";

const PATIENCE = 120_000; // ms until an answer begins, which may have to be computed and wait for its turn; or goes on
const STALLED = 10_000; // ms for one that lies ready, and
const SLOWEST = 30; // bytes of it a millisecond
const MANY = 1e6; // bytes, where it does not say how many
const AWAY = [502, 503, 504]; // what a proxy says that reaches nobody

/**
 * @param {unknown} error
 */
export const unreadable = (error) =>
  `The server's answer cannot be read: ${error instanceof Error ? error.message : error}. The last picture is kept.`;

/**
 * Ask so that what cannot be read is refused without a failure that the browser would log. An answer that stalls on the
 * way breaks off, which a browser alone would wait for in vain.
 * @param {string} address
 * @param {any} [options]
 */
export const ask = (address, options) => askBy(fetch, address, options);

/**
 * The same, of an answer that comes as it is computed.
 * @param {string} address
 * @param {any} [options]
 */
export const listen = (address, options) => askBy(fetch, address, options, heard);

/**
 * The same by any `fetch`.
 * @param {(address: string, options?: any) => Promise<Response>} fetch
 * @param {string} address
 * @param {any} [options]
 * @param {(response: Response, control: AbortController) => Response} [attend] what ends an answer that stalls
 */
export async function askBy(fetch, address, options = {}, attend = taken) {
  const control = new AbortController();
  const end = () => control.abort();
  if (options.signal?.aborted) end();
  options.signal?.addEventListener("abort", end, { once: true });
  const due = setTimeout(end, PATIENCE);
  try {
    const headers = { Prefer: "handling=lenient" };
    const response = await fetch(address, { headers, ...options, signal: control.signal });
    if (AWAY.includes(response.status)) throw new TypeError(`nobody answers behind a proxy (${response.status})`);
    return attend(response, control);
  } finally {
    clearTimeout(due);
  }
}

/**
 * An answer that is taken in one piece, in a time.
 * @param {Response} response
 * @param {AbortController} control
 */
function taken(response, control) {
  const take = response.arrayBuffer.bind(response);
  const length = Number(response.headers.get("Content-Length")) || MANY;
  const due = setTimeout(() => control.abort(), STALLED + length / SLOWEST);
  const over = () => clearTimeout(due);
  control.signal.addEventListener("abort", over, { once: true });
  response.arrayBuffer = () => take().finally(over);
  return response;
}

/**
 * An answer that is heard piece by piece, with little time between two.
 * @param {Response} response
 * @param {AbortController} control
 */
function heard(response, control) {
  if (!response.body) return response;
  let last = performance.now();
  /** @type {ReturnType<typeof setTimeout>} */
  let due;
  const look = () => {
    const left = last + PATIENCE - performance.now();
    if (left > 0) due = setTimeout(look, left);
    else control.abort();
  };
  const over = () => clearTimeout(due);
  look();
  control.signal.addEventListener("abort", over, { once: true });
  const watch = new TransformStream({
    transform(piece, control) {
      last = performance.now();
      control.enqueue(piece);
    },
    flush: over,
  });
  return new Response(response.body.pipeThrough(watch), response);
}

/**
 * The status of an answer; 400 of a refusal, which a page gets with 200.
 * @param {Response} response
 */
export const statusOf = ({ status, headers }) => (headers?.get("Preference-Applied") ? 400 : status);

/**
 * The status and the bytes of an answer; status 0 where there is none, or it breaks off.
 * @param {(address: string, options?: any) => Promise<Response>} fetch
 * @param {string} address
 * @param {any} [options]
 * @returns {Promise<{ status: number, bytes: ArrayBuffer }>}
 */
export async function bytesOf(fetch, address, options) {
  try {
    const response = await fetch(address, options);
    return { status: statusOf(response), bytes: await response.arrayBuffer() };
  } catch {
    return { status: 0, bytes: new ArrayBuffer(0) };
  }
}

/**
 * Bytes that are JSON.
 * @param {ArrayBuffer} bytes
 */
export const json = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
