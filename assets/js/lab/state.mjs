// What the lab shows: which plot is in view, and the query of each, of which the link is made.
import { writeQuery } from "../link.mjs";
import { vocabulary } from "../vocabulary.mjs";

/** @type {Plot[]} */
export const PLOTS = vocabulary.plots;
/** @type {Plot} */
export const USUAL = "regimes";

/** @type {LabState} */
export const state = {
  plot: USUAL,
  queries: { regimes: {}, rate: {}, collapse: {} }, // as the text of the link
  settings: {}, // by plot, of what is on screen: nothing left open
  asked: {}, // by plot, the query that was asked last
  mended: null, // messages about a link that was put right, until its answer comes
  inks: /** @type {any} */ (null),
  fateInks: /** @type {any} */ (null),
};

// The query of a plot as it stands in the link.
export function query(plot = state.plot) {
  return { ...(plot === USUAL ? {} : { plot }), ...state.queries[plot] };
}

export function writeLink() {
  const text = writeQuery(query());
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}
