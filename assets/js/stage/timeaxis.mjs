// The axes of the sharpness panel: the clock, and λ₁.
import { clockTime, etasIn, paceOf } from "../clock.mjs";
import { nameOfLoss } from "../link.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { isDrawn } from "./frame.mjs";
import { dispatch, graphOf, state } from "./state.mjs";

const MOST_RISE = 8; // of λ₁ on Γ over its first value that the axis follows

// After a zoom or a pan by hand.
export function takeOwn() {
  dispatch({ type: "seesTime", ranges: zoomed(graphOf("sharpness")) });
}

// Its ranges: the clock to the end of the runs, and round numbers of λ₁. A person's own zoom stays
// while the clock and the loss do.
export function frameSharpness() {
  const graph = graphOf("sharpness");
  if (!graph || !graph._fullLayout || !isDrawn(graph) || !state.result) return;
  const { clock, axis } = state.view;
  const ranges = [timeRange(clock, axis), [0, roundUp(highest(state.result.runs))]];
  const kind = [clock, axis, nameOfLoss(state.result.settings)].join();
  const key = [kind, ...ranges.flat()].join();
  // A figure that has just come has no words at its clock yet.
  const bare = !graph.layout.xaxis.title.text;
  if ((key === state.framed.key || (state.locked && kind === state.framed.kind)) && !bare) return;
  dispatch({ type: "frames", framed: { key, kind, ranges } });
  const { own } = state;
  if (own && !bare) return;
  const [across, up] = own || ranges;
  window.Plotly.relayout(graph, {
    "xaxis.type": axis,
    "xaxis.range": across,
    "yaxis.range": up,
    "xaxis.title.text": vocabulary.clock_titles[clock],
  });
}

/**
 * The ranges in view, if they are other than those that were set here.
 * @param {Graph} graph
 */
function zoomed(graph) {
  const { xaxis, yaxis } = graph._fullLayout;
  const now = [xaxis, yaxis].map(({ range }) => range.map(Number));
  /**
   * @param {number} a
   * @param {number} b
   * @param {number} size
   */
  const close = (a, b, size) => Math.abs(a - b) < 1e-6 * Math.abs(size);
  const { ranges } = state.framed;
  const same =
    ranges && ranges.every(([low, high], i) => close(now[i][0], low, high - low) && close(now[i][1], high, high - low));
  return ranges && !same ? now : null;
}

export function showAllTime() {
  dispatch({ type: "showsAllTime" });
  frameSharpness();
}

/**
 * @param {Clock} clock
 * @param {"linear" | "log"} axis
 */
function timeRange(clock, axis) {
  const { runs } = state.result;
  /**
   * @param {Run} run
   * @param {number} t
   */
  const time = (run, t) => clockTime(clock, paceOf(run), t);
  const end = tidyEnd(Math.max(...runs.map((run) => time(run, Math.max(run.steps, 1)))));
  if (axis === "linear") return [0, end];
  return [Math.log10(Math.min(...runs.map((run) => time(run, 0.8)))), Math.log10(end)];
}

/**
 * A hundredth of room behind the end, and the same end where whole steps make it a little other.
 * @param {number} end
 */
function tidyEnd(end) {
  const round = Number(end.toPrecision(2));
  return 1.01 * (Math.abs(round - end) < 0.008 * end ? round : end);
}

/**
 * The largest value worth seeing: what lies on Γ (of a run that diverges, near where it began), both
 * walls at the edge, GD's threshold if near and no other rule is compared. While Γ is still to come, the iterates tell about as much.
 * @param {Run[]} runs
 */
function highest(runs) {
  const { codim, start } = state.result.settings;
  const descends = runs.every(({ rule }) => rule === "gd");
  let top = 0;
  for (const run of runs) {
    let own = 0;
    // Where Γ is a point and nothing is predicted, or gradient flow does not reach it, λ₁ there is no guide.
    /**
     * @param {string} name
     */
    const known = (name) => Number.isFinite(run.columns[name][0]);
    const bare = run.absent || !known("projection_sharpness") || (codim === start.length && !known("flow"));
    const names = bare ? ["sharpness"] : ["projection_sharpness", "flow_sharpness"];
    for (const name of names) {
      for (const value of run.columns[name]) if (value > own) own = value;
    }
    own = Math.min(bare && !run.absent ? own / 1.3 : own, MOST_RISE * run.columns[names[0]][0] || Infinity);
    const near = etasIn(paceOf(run)).flatMap((eta) => (2 / eta < 8 * own ? [2 / eta] : []));
    top = Math.max(top, 1.5 * own, descends ? 1.15 * Math.max(0, ...near) : 0);
  }
  return top || 1;
}

/**
 * @param {number} value
 */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * Number([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((m) => m * power >= value));
}
