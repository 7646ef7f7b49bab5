// Dash, as far as a page's scripts speak with it. Its renderer makes the page some time after the
// scripts have come.

const EVERY = 15; // ms

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
