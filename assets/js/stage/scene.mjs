// All that a picture is painted from.
import { forRun, readQuery, writeQuery } from "../link.mjs";
import { actions } from "./actions.mjs";
import * as plane from "./plane.mjs";
import { player, state, steps } from "./state.mjs";
import * as view from "./view.mjs";

// All that a picture is painted from.
export function scene() {
  const { result, inks, focus, view: chosen } = state;
  const { loss, start } = result.settings;
  const d = start.length;
  const at = result.runs.length > 1 ? Math.min(player.at, player.last) : player.step;
  const valley = result.valley || plane.valley(loss, actions.repaint);
  const section = d > 2 ? sectionNow() : null;
  const heights = section || (d > 2 ? null : view.heightsFor(chosen.look, actions.repaint));
  const sheet = result.settings.sheet ? plane.sheet(loss, actions.repaint) : null;
  const shown = {
    ...chosen,
    look: lookIn(d, chosen.look),
    panel: result.settings.codim > 1 ? chosen.panel : "sharpness",
  };
  return {
    result,
    d,
    inks,
    focus,
    ...shown,
    at,
    steps: steps(),
    valley,
    section,
    sheet,
    heights,
    halved: state.halved,
  };
}

/**
 * Beyond three dimensions there is no box to look into.
 * @param {number} d
 * @param {Look} look
 */
const lookIn = (d, look) => (d > 3 && look === "surface" ? "root" : look);

// The section at the playhead of the run in focus.
function sectionNow() {
  const { result, focus, view: chosen } = state;
  const run = result.runs[focus];
  const query = forRun(readQuery(result.query));
  const { rule, eta, steps: last } = run;
  const of = chosen.look === "sharpness" ? "sharpness" : "root";
  const where = view.sectionView();
  const wanted = {
    ...query,
    rule,
    eta,
    steps: last,
    at: steps()[focus],
    of,
    ...(where && { view: where.flat().join() }),
  };
  return plane.sectionAt(result.settings.loss, `section.bin?${writeQuery(wanted)}`, (section) => {
    view.adopt(section);
    actions.repaint();
  });
}
