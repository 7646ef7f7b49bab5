// The run at full resolution where one has zoomed in.
import { paceOf, stepAt } from "../clock.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { actions } from "./actions.mjs";
import { frameOf, isAbout } from "./frame.mjs";
import { requests } from "./asked.mjs";
import { scene } from "./scene.mjs";
import { coordinates } from "./section.mjs";
import { graphOf, state } from "./state.mjs";
import { isPlane } from "./store.mjs";

const MOST_OF_IT = 0.6; // of a run: where that much is in view, the overview serves

export class Detail {
  constructor() {
    this.turns = 0; // how often full resolution was looked for: a late answer is not the newest
  }

  // For each panel over axes, the steps in view of each run in as many rows as a recording has.
  async refine() {
    const { result } = state;
    if (!result || result.part) return;
    const { section } = scene();
    const turn = ++this.turns;
    let came = false;
    for (const [panel, stepsInView] of Object.entries({ landscape: stepsOnMap, sharpness: stepsOnClock })) {
      const frame = frameOf(graphOf(panel));
      if (!frame || (panel === "landscape" && ((!section && !isPlane(state)) || !isAbout(frame, result)))) continue;
      for (const run of result.runs) {
        const wanted = stretchFor(run, stepsInView(run, frame, section));
        /** @type {Record<string, Part>} */
        const details = (run.details = run.details || {});
        const key = wanted ? wanted.join() : "";
        if (((details[panel] && details[panel].key) || "") === key) continue;
        const part = wanted ? await requests.stretch(result, run, ...wanted) : null;
        if (state.result !== result || turn !== this.turns) return;
        if (part) details[panel] = Object.assign(part, { key });
        else delete details[panel];
        came = true;
      }
    }
    if (came) actions.repaint();
  }
}

/**
 * [first, count] of a stretch to ask for; null where the overview has as much.
 * @param {Run} run
 * @param {Span | null} range
 * @returns {[number, number] | null}
 */
function stretchFor(run, range) {
  if (!range || run.last < vocabulary.rows) return null;
  const [first, last] = range;
  return last - first > MOST_OF_IT * run.last ? null : [first, last - first + 1];
}

/**
 * @param {Run} run
 * @param {Frame} frame
 */
function stepsOnClock(run, frame) {
  const { clock } = state.view;
  const [low, high] = frame.rangeX.map((time) => stepAt(clock, paceOf(run), time));
  /**
   * @param {number} t
   */
  const within = (t) => Math.min(Math.max(t, 0), run.last);
  return high < 0 || low > run.last ? null : [within(Math.floor(low)), within(Math.ceil(high))];
}

/**
 * From the recorded step before the first one in view to that after the last; around the step
 * nearest to the middle where none is.
 * @param {Run} run
 * @param {Frame} frame
 * @param {Plane | null} section
 */
function stepsOnMap(run, frame, section) {
  const { step, x } = run.columns;
  const at = coordinates(section, x);
  const [[x0, x1], [y0, y1]] = [frame.rangeX, frame.rangeY];
  const middle = [(x0 + x1) / 2, (y0 + y1) / 2];
  let [first, last, nearest, least] = [-1, -1, 0, Infinity];
  for (let row = 0; row < run.rows; row++) {
    const [a, b] = at(row);
    if (a >= x0 && a <= x1 && b >= y0 && b <= y1) {
      if (first < 0) first = row;
      last = row;
    }
    const square = ((a - middle[0]) / (x1 - x0)) ** 2 + ((b - middle[1]) / (y1 - y0)) ** 2;
    if (square < least) [least, nearest] = [square, row];
  }
  if (first < 0) first = last = nearest;
  return [step[Math.max(first - 2, 0)], step[Math.min(last + 2, run.rows - 1)]];
}
