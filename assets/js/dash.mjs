// Dash, as far as a page's scripts speak with it. Its renderer makes the page some time after the
// scripts have come.
import { untilAnswered } from "./again.mjs";
import { askBy } from "./said.mjs";

const EVERY = 15; // ms
const CALLBACK = /\b_dash-update-component\b/;

/**
 * Change properties of a component, as if a callback had.
 * @param {string} id
 * @param {Record<string, any>} changes
 */
export const setProps = (id, changes) => window.dash_clientside.set_props(id, changes);

export const canSetProps = () => Boolean(window.dash_clientside && window.dash_clientside.set_props);

/**
 * Go on once the page has what is needed.
 * @param {() => unknown} ready
 * @param {() => void} then
 */
export function whenReady(ready, then) {
  if (ready()) then();
  else setTimeout(() => whenReady(ready, then), EVERY);
}

/**
 * What Dash asks for is asked as the page itself asks: again until somebody answers, where Dash would ask once.
 * @param {(yes: boolean) => void} waits
 */
export function persevere(waits) {
  const plain = window.fetch.bind(window);
  /** @param {string} address @param {any} options */
  const once = async (address, options) => {
    try {
      const response = await askBy(plain, address, options);
      const bytes = await response.arrayBuffer();
      return new Response(bytes.byteLength ? bytes : null, response);
    } catch {
      return null;
    }
  };
  window.fetch = async (address, options) =>
    CALLBACK.test(String(address))
      ? /** @type {Response} */ (await untilAnswered(() => once(String(address), options), waits))
      : plain(address, options);
}
