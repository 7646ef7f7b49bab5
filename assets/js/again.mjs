// What nobody answers is asked again until somebody does.
import { whenSeen } from "./frames.mjs";
import { bytesOf } from "./said.mjs";

const AGAIN = 1000; // ms until it is asked again, twice as long each time
const LONGEST = 5000;

/**
 * How long to wait after so long a wait before the next.
 * @param {number} before
 */
export const longer = (before) => Math.min(before ? 2 * before : AGAIN, LONGEST);

/**
 * Some time, and until somebody sees the page; less where it is ended.
 * @param {number} time ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export const pause = (time, signal) =>
  new Promise((resolve) => {
    const due = setTimeout(() => whenSeen(resolve), time);
    signal?.addEventListener("abort", () => (clearTimeout(due), resolve()), { once: true });
  });

/**
 * What is answered at last; null where that was ended before. `ask` answers with null where nobody did, and `waits` is
 * told that it has to wait, and that this is over.
 * @template Found
 * @param {() => Promise<Found | null>} ask
 * @param {(yes: boolean) => void} waits
 * @param {AbortSignal} [signal]
 * @returns {Promise<Found | null>}
 */
export async function untilAnswered(ask, waits, signal) {
  let waited = 0;
  let found = await ask();
  while (found === null && !signal?.aborted) {
    if (!waited) waits(true);
    waited = longer(waited);
    await pause(waited, signal);
    if (!signal?.aborted) found = await ask();
  }
  if (waited) waits(false);
  return signal?.aborted ? null : found;
}

/**
 * The status and the bytes of an answer at last; null where that was ended before.
 * @param {(address: string, options?: any) => Promise<Response>} fetch
 * @param {string} address
 * @param {(yes: boolean) => void} waits
 * @param {AbortSignal} [signal]
 */
export const bytesAtLast = (fetch, address, waits, signal) =>
  untilAnswered(
    async () => {
      const said = await bytesOf(fetch, address, { signal });
      return said.status ? said : null;
    },
    waits,
    signal,
  );
