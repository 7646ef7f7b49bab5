// What a server says, and the words for when it says nothing or nothing that can be read.

export const SILENT = "The server does not answer. The last picture is kept.";
// Of what is asked again until somebody answers.
export const WAITED = "The server does not answer. The last picture is kept; what you asked for comes once it does.";

const PATIENCE = 120_000; // ms until an answer begins, which may have to be computed and wait for its turn
const STALLED = 10_000; // ms without another piece, of one that lies ready
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
 * @param {number} [quiet] ms without another piece until then
 * @returns {Promise<Response>}
 */
export const ask = (address, options, quiet) => askBy(fetch, address, options, quiet);

/**
 * The same by another `fetch`.
 * @param {(address: string, options?: any) => Promise<Response>} fetch
 * @param {string} address
 * @param {any} [options]
 * @param {number} [quiet]
 */
export async function askBy(fetch, address, options = {}, quiet = STALLED) {
  const control = new AbortController();
  const end = () => control.abort();
  if (options.signal?.aborted) end();
  options.signal?.addEventListener("abort", end, { once: true });
  const due = setTimeout(end, PATIENCE);
  try {
    const headers = { Prefer: "handling=lenient" };
    const response = await fetch(address, { headers, ...options, signal: control.signal });
    if (AWAY.includes(response.status)) throw new TypeError(`nobody answers behind a proxy (${response.status})`);
    return response.body ? new Response(watched(response.body, quiet, end), response) : response;
  } finally {
    clearTimeout(due);
  }
}

/**
 * The same, of an answer that comes as it is computed.
 * @param {string} address
 * @param {any} [options]
 */
export const listen = (address, options) => ask(address, options, PATIENCE);

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {number} quiet
 * @param {() => void} end
 */
function watched(body, quiet, end) {
  let last = performance.now();
  /** @type {ReturnType<typeof setTimeout>} */
  let due;
  const look = () => {
    const left = last + quiet - performance.now();
    if (left > 0) due = setTimeout(look, left);
    else end();
  };
  look();
  const watch = new TransformStream({
    transform(piece, control) {
      last = performance.now();
      control.enqueue(piece);
    },
    flush: () => clearTimeout(due),
  });
  return body.pipeThrough(watch);
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
