// All that a picture is painted from.
import { nameOfLoss } from "../link.mjs";
import { locate } from "../run.mjs";
import { termWords } from "./conserved.mjs";
import { player, state, steps } from "./state.mjs";

// Of what the stage shows by now.
export const scene = () => sceneOf(state, player, steps());

/**
 * Pure. `at` is where the playhead stands, and `steps` those of the runs there.
 * @param {StageState} state
 * @param {{ at: number, last: number, step: number, hop?: number }} playhead
 * @param {number[]} steps
 * @returns {Scene}
 */
export function sceneOf(state, playhead, steps) {
  const { result, inks, focus, view: chosen, halved } = state;
  const d = result.settings.start.length;
  const section = d > 2 ? foundFor(state, "section") : null;
  return {
    result,
    d,
    inks,
    focus,
    ...chosen,
    look: lookIn(d, chosen.look),
    panel: panelsOf(result, focus).includes(chosen.panel) ? chosen.panel : "sharpness",
    at: result.runs.length > 1 ? Math.min(playhead.at, playhead.last) : playhead.step,
    hop: result.runs.length > 1 || chosen.strobe !== "all" ? 0 : playhead.hop || 0,
    steps,
    valley: (!result.part && result.valley) || foundFor(state, "valley"),
    section,
    sheet: result.settings.sheet ? foundFor(state, "sheet") : null,
    heights: section || (d > 2 ? null : foundFor(state, "heights")),
    halved,
    lensAt: state.lensAt,
    locked: state.locked,
    rod: rodOf(state),
    why: whyOf(state),
    against: againstOf(result, focus, chosen.against),
    gapHidden: String(state.frame.hide || "")
      .split(",")
      .includes("gap"),
  };
}

/**
 * The rod beside the run in focus; that of another is none of its.
 * @param {StageState} state
 * @returns {Rod | null}
 */
const rodOf = ({ result, focus, view, answers: { rod } }) =>
  view.ghost !== "central" && rod?.run === result.runs[focus] ? rod.found : null;

/**
 * What is shown of why the run drifts, once it has come.
 * @param {StageState} state
 * @returns {Why | null}
 */
function whyOf(state) {
  const found = state.why && foundFor(state, "nudge");
  if (!found || !state.why || found.at !== state.why.step) return null;
  return { ...found, share: state.why.share, ledger: ledgerWords(state.result.runs[state.focus], found.at) };
}

/**
 * What a step does to what gradient flow conserves; nothing where that is not known.
 * @param {Run} run
 * @param {number} step
 */
function ledgerWords(run, step) {
  const { part, row } = locate(run, step);
  const words = Number.isFinite(part.columns.conserved_change?.[row]) ? termWords(run, part, row) : "";
  return words && `Exactly, of c = ${run.conserved?.words}: ${words}.`;
}

/**
 * What came last of a kind, if it is about the loss on screen and serves the look. It may be of another
 * step or other numbers until what is wanted now has come.
 * @param {StageState} state
 * @param {AnswerKind} kind
 */
function foundFor({ result, view, answers }, kind) {
  const answer = answers[kind];
  const serves = answer && answer.loss === nameOfLoss(result.settings) && (answer.look || view.look) === view.look;
  return serves ? answer.found : null;
}

/**
 * What can stand in the place of the sharpness: where there is something to align, how GD bounces,
 * and what moves what gradient flow conserves.
 * @param {Result} result
 * @param {number} focus
 * @returns {string[]}
 */
export const panelsOf = ({ settings, runs }, focus) => [
  "sharpness",
  ...(settings.codim > 1 ? ["alignment"] : []),
  ...(runs[focus].central ? ["bounce"] : []),
  ...(runs.length > 1 ? ["difference"] : []),
  ...(runs[focus].conserved ? ["ledger"] : []),
];

/**
 * The run that the one in focus is compared with: that chosen, or else what it has left, or the first other.
 * @param {Result} result
 * @param {number} focus
 * @param {number | null} chosen
 */
export function againstOf({ runs }, focus, chosen) {
  if (chosen !== null && chosen !== focus && chosen < runs.length) return chosen;
  return runs[focus].fork?.of ?? (focus ? 0 : 1);
}

/**
 * Beyond three dimensions there is no box to look into.
 * @param {number} d
 * @param {Look} look
 */
export const lookIn = (d, look) => (d > 3 && look === "surface" ? "root" : look);
