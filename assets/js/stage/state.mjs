// What the stage shows: the settings, the runs that arrived, and the place in time.
import { stepOf } from "../clock.mjs";
import { find } from "../elements.mjs";
import { Player } from "./player.mjs";

// What belongs to the picture and not to a run, as the link has it, and its defaults.
/** @type {Chosen & Record<string, any>} */
export const VIEW = { clock: "tau", axis: "linear", strobe: "all", look: "root", panel: "sharpness" };

export const player = new Player();

/** @type {StageState} */
export const state = {
  query: {}, // of a run: the settings that are not defaults, as the text of the link
  frame: {}, // of the link, but no setting of a run: `hide` and `embed`
  view: { ...VIEW },
  result: /** @type {any} */ (null), // the last runs that arrived
  focus: /** @type {any} */ (null), // which of them the magnifiers, the laws and the numbers are about
  halved: null, // of the run in focus, before η was halved: {eta, step, gap, run}
  inks: /** @type {any} */ (null),
};

/**
 * @param {string} id
 */
export const graphOf = (id) => find(`#${id} .js-plotly-plot`);

// The step of each run at the playhead.
export function steps() {
  const { runs } = state.result;
  return runs.map((run) => stepOf(run, runs[0], state.view.clock, player.at));
}
