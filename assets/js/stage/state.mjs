// The one record of what the stage shows, the place in time, and the events that change them.
import { stepOf } from "../clock.mjs";
import { find } from "../elements.mjs";
import { Player } from "./player.mjs";
import { INITIAL, reduce } from "./store.mjs";

export const player = new Player();

/** @type {StageState} */
export const state = { ...INITIAL };

/**
 * Something has happened; answers whether it changed anything.
 * @param {StageEvent} event
 */
export function dispatch(event) {
  const next = reduce({ ...state }, event);
  const changed = /** @type {(keyof StageState)[]} */ (Object.keys(next)).some((name) => next[name] !== state[name]);
  Object.assign(state, next);
  return changed;
}

/**
 * @param {string} id
 */
export const graphOf = (id) => find(`#${id} .js-plotly-plot`);

// The step of each run at the playhead.
export function steps() {
  const { runs } = state.result;
  return runs.map((run) => stepOf(run, runs[0], state.view.clock, player.at));
}
