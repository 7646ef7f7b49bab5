// Panels that come when there is something in them: the laws and the gap, once a run has reached the edge.
// Their room is kept, with a sentence that says what will be there and when, so that nothing moves.
import { $, isOffline, put } from "../elements.mjs";
import { keep, kept } from "../kept.mjs";
import { readQuery } from "../link.mjs";
import { edgeOf } from "../run.mjs";
import { showMarked } from "./marked.mjs";
import { dispatch, state } from "./state.mjs";

const KEY = "edgewalk-panels";
const ALL = "all";

// A link that says anything is shown as it was seen by who made it; so is what a person has chosen.
export function begin() {
  show(isCold() && kept(KEY) !== ALL);
}

// Whether a person came by the bare address, and not in a frame.
export const isCold = () => !isOffline() && !Object.keys(readQuery(location.search)).length && window.parent === window;

/**
 * A person's own choice, which is kept: all of them from the start, or not.
 * @param {boolean} yes
 */
export function showAll(yes) {
  keep(KEY, yes ? ALL : null);
  show(false);
}

export const toggleAll = () => showAll($("all-panels").getAttribute("aria-pressed") !== "true");

/**
 * What has come once stays as long as the page does.
 * @param {Run} run
 * @param {number} step
 * @param {{ until: Record<string, string> }} story
 */
export function showFolded(run, step, { until }) {
  if (!state.folded) return;
  if (step >= edgeOf(run)) return show(false);
  for (const [name, words] of Object.entries(until)) showMarked($(`until-${name}`), words);
}

/**
 * @param {boolean} folded
 */
function show(folded) {
  dispatch({ type: "folds", folded });
  document.body.toggleAttribute("data-folded", folded);
  put($("all-panels"), { ariaPressed: String(kept(KEY) === ALL) });
}
