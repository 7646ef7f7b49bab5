// What a server says, and the words for when it says nothing or nothing that can be read.

export const SILENT = "The server does not answer. The last picture is kept.";
// Of what is asked again until somebody answers.
export const WAITED = "The server does not answer. The last picture is kept; what you asked for comes once it does.";

const AGAIN = 1000; // ms until it is asked again, twice as long each time
const LONGEST = 5000;

/**
 * How long to wait after so long a wait before the next.
 * @param {number} before
 */
export const longer = (before) => Math.min(before ? 2 * before : AGAIN, LONGEST);

/**
 * @param {unknown} error
 */
export const unreadable = (error) =>
  `The server's answer cannot be read: ${error instanceof Error ? error.message : error}. The last picture is kept.`;

/**
 * Ask so that what cannot be read is refused without a failure that the browser would log.
 * @param {string} address
 * @param {any} [options]
 */
export const ask = (address, options) => fetch(address, { headers: { Prefer: "handling=lenient" }, ...options });

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
