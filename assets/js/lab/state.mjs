// The one record of what the lab shows, the events that change it, and its link.
import { writeQuery } from "../link.mjs";
import { INITIAL, queryOf, reduce } from "./store.mjs";

export { PLOTS } from "./store.mjs";

/** @type {LabState} */
export const state = { ...INITIAL };

/**
 * Something has happened; answers whether it changed anything.
 * @param {LabEvent} event
 */
export function dispatch(event) {
  const next = reduce({ ...state }, event);
  const changed = /** @type {(keyof LabState)[]} */ (Object.keys(next)).some((name) => next[name] !== state[name]);
  Object.assign(state, next);
  return changed;
}

export function writeLink() {
  const text = writeQuery(queryOf(state));
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}
