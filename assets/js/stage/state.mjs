// The one record of what the stage shows, the place in time, and the events that change them.
import { stepOf } from "../clock.mjs";
import { find } from "../elements.mjs";
import { hold } from "../record.mjs";
import { Player } from "./player.mjs";
import { INITIAL, reduce } from "./store.mjs";

export const player = new Player();

export const { state, dispatch } = hold(INITIAL, reduce);

// Whether it plays, or will as soon as there is something to play.
export const isPlaying = () => player.playing || state.pressed.playing;

/**
 * @param {string} id
 */
export const graphOf = (id) => find(`#${id} .js-plotly-plot`);

// The step of each run at the playhead.
export function steps() {
  const { runs } = state.result;
  return runs.map((run) => stepOf(run, runs[0], state.view.clock, player.at));
}

// Whether a person wants nothing to move by itself.
export const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
