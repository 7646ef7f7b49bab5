// What a server says, and the words for when it says nothing or nothing that can be read.

export const SILENT = "The server does not answer. The last picture is kept.";

/**
 * @param {unknown} error
 */
export const unreadable = (error) =>
  `The server's answer cannot be read: ${error instanceof Error ? error.message : error}. The last picture is kept.`;

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
    return { status: response.status, bytes: await response.arrayBuffer() };
  } catch {
    return { status: 0, bytes: new ArrayBuffer(0) };
  }
}

/**
 * Bytes that are JSON.
 * @param {ArrayBuffer} bytes
 */
export const json = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
