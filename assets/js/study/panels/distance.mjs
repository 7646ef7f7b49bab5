// How far runs are from their flow: the gap as the flow goes its way, both as shadows on a plane, and the gap at the
// end against η, of several seeds.
import * as axis from "../../axis.mjs";
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import * as chart from "../chart.mjs";
import { at } from "../columns.mjs";

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
export const draw = (pen, size, scene) =>
  ({ gap: drawGap, plane: drawPlane, rate: drawRate })[scene.distance](pen, size, scene);

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
function drawGap(pen, size, scene) {
  const { runs, flow, inks } = scene;
  const way = flow ? at(flow.way, flow.way.count - 1) : 1;
  const most = Math.max(...chart.valuesOf(runs, "gap").filter(Number.isFinite), 0) || 1;
  const y = [0, 1.08 * most];
  const box = axis.frame(size, chart.MARGIN, { kind: "linear", range: [0, way] }, { kind: "linear", range: y });
  axis.paintAxes(pen, inks, box, { x: "way of the flow", y: "gap" });
  /** @type {(run: StudyRun) => Place} */
  const placeOf = (run) => (row) => [box.x.at(at(run.way, row)), box.y.at(at(run.gap, row))];
  const seen = chart.order(scene).flatMap((k) => (runs[k] ? [{ k, run: runs[k], ink: chart.inkOf(scene, k) }] : []));
  pens.within(pen, box, () => {
    for (const { k, run, ink } of seen)
      named(pen, `run-${k + 1}`, () =>
        pens.line(pen, ink, k === scene.focus ? 2.5 : 1.5, [], 0, run.gap.count - 1, placeOf(run)),
      );
  });
  for (const { k, run, ink } of seen)
    if (scene.rows[k] >= 0) named(pen, "points", () => pens.bead(pen, inks, ink, ...placeOf(run)(scene.rows[k]), 5));
}

/**
 * Runs and flow on a plane drawn at random, on which lengths are what they are, on average.
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
export function drawPlane(pen, size, scene) {
  const { runs, flow, inks, row, run } = scene;
  const of = [flow, ...runs];
  const [xs, ys] = [0, 1].map((i) => chart.valuesOf(of, "shadow", [i]));
  const box = squared(size, xs, ys);
  axis.paintAxes(pen, inks, box, {});
  pens.within(pen, box, () => {
    /**
     * @param {Tables} one
     * @returns {Place}
     */
    const placeOf = (one) => (k) => [box.x.at(at(one.shadow, k, 0)), box.y.at(at(one.shadow, k, 1))];
    for (const k of chart.order(scene)) {
      const one = runs[k];
      const width = k === scene.focus ? 2.5 : 1.5;
      if (one?.shadow)
        named(pen, `run-${k + 1}`, () =>
          pens.line(pen, chart.inkOf(scene, k), width, [], 0, one.shadow.count - 1, placeOf(one)),
        );
    }
    if (flow?.shadow) {
      named(pen, "flow", () => pens.line(pen, inks.theory, 2, [7, 4], 0, flow.shadow.count - 1, placeOf(flow)));
      if (run) {
        const there = rowOf(flow, at(run.tau, row));
        if (there >= 0) pens.bead(pen, inks, inks.theory, ...placeOf(flow)(there), 6);
      }
    }
    if (run?.shadow && row >= 0) pens.bead(pen, inks, chart.inkOf(scene, scene.focus), ...placeOf(run)(row), 5);
  });
}

/**
 * @param {StudyFlow} flow
 * @param {number} time
 */
const rowOf = ({ tau }, time) => Math.round((time / at(tau, tau.count - 1)) * (tau.count - 1));

/**
 * A frame in which a length is as long across as upwards.
 * @param {Size} size
 * @param {number[]} xs
 * @param {number[]} ys
 */
function squared(size, xs, ys) {
  const [x, y] = [xs, ys].map((values) => axis.rangeOf(values, "linear", 0.1));
  const wide = Math.max(size[0] - chart.MARGIN.left - chart.MARGIN.right, 1);
  const high = Math.max(size[1] - chart.MARGIN.top - chart.MARGIN.bottom, 1);
  const unit = Math.max((x[1] - x[0]) / wide, (y[1] - y[0]) / high);
  const grown = (/** @type {Span} */ [a, b], /** @type {number} */ pixels) => {
    const more = (unit * pixels - (b - a)) / 2;
    return [a - more, b + more];
  };
  return axis.frame(
    size,
    chart.MARGIN,
    { kind: "linear", range: grown(x, wide) },
    { kind: "linear", range: grown(y, high) },
  );
}

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
function drawRate(pen, size, scene) {
  const { inks } = scene;
  const rate = rateOf(scene);
  if (!rate) return pens.label(pen, inks, "Eight seeds come with two of the studies.", 20, size[1] / 2, inks.soft);
  const gaps = rate.seeds.flatMap((seed) => seed.gaps);
  const x = axis.rangeOf(rate.etas, "log", 0.15);
  const y = axis.rangeOf(gaps, "log", 0.08);
  const box = axis.frame(size, chart.MARGIN, { kind: "log", range: x }, { kind: "log", range: y });
  axis.paintAxes(pen, inks, box, { x: "step size η", y: `gap at τ = ${rate.tau}` }, { lines: true });
  pens.within(pen, box, () => {
    named(pen, "seeds", () => {
      for (const seed of rate.seeds)
        rate.etas.forEach((eta, k) =>
          pens.mark(pen, inks, inks.soft, "even", box.x.at(eta), box.y.at(seed.gaps[k]), 3.5),
        );
    });
    /** @type {Place} */
    const middle = (k) => [box.x.at(rate.etas[k]), box.y.at(median(rate, k))];
    named(pen, "median", () => pens.line(pen, inks.theory, 2, [], 0, rate.etas.length - 1, middle));
  });
  return undefined;
}

/** @param {StudyScene} scene */
const rateOf = ({ rates, made }) => rates[made.study]?.[made.rule];

/**
 * @param {StudyRates[string][string]} rate
 * @param {number} k
 */
function median({ seeds }, k) {
  const gaps = seeds.map((seed) => seed.gaps[k]).sort((a, b) => a - b);
  const middle = gaps.length / 2;
  return gaps.length % 2 ? gaps[Math.floor(middle)] : Math.sqrt(gaps[middle - 1] * gaps[middle]);
}

/**
 * The slope of the medians on logarithmic scales, by least squares.
 * @param {StudyRates[string][string]} rate
 */
export function slopeOf(rate) {
  const xs = rate.etas.map(Math.log);
  const ys = rate.etas.map((_, k) => Math.log(median(rate, k)));
  const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  return mean(xs.map((one, k) => (one - x) * (ys[k] - y))) / mean(xs.map((one) => (one - x) ** 2));
}

/**
 * @param {StudyScene} scene
 * @returns {chart.Entry[]}
 */
export const key = (scene) =>
  ({
    gap: chart.keyOfRuns,
    plane: chart.keyWithFlow,
    rate: () =>
      /** @type {chart.Entry[]} */ ([
        { text: "a seed", kind: "even", ink: scene.inks.soft },
        { text: "the median", kind: "line", ink: scene.inks.theory },
      ]),
  })[scene.distance](scene);

/** @param {StudyScene} scene */
export const aside = (scene) => {
  if (scene.distance === "rate") {
    const rate = rateOf(scene);
    return rate ? `median ∝ η^${slopeOf(rate).toFixed(2)}` : "";
  }
  const [gap, way] = [at(scene.run?.gap, scene.row), at(scene.run?.way, scene.row)];
  return Number.isFinite(gap) ? `${inWords(gap)} of ${inWords(way)}` : "";
};
