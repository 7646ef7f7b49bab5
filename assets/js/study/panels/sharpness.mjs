// λ₁ of each run beside the flow's: at Φ, on Γ; for GD at the iterate, beside 2/η and gradient flow.
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import * as chart from "../chart.mjs";
import { at, rowAt } from "../columns.mjs";

const LINE = 16; // from a name to the next
const WIDE = 96; // of a name

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
export function draw(pen, size, scene) {
  const { flow, runs, inks, limiting, made } = scene;
  const edges = limiting ? [] : made.etas.map((eta) => 2 / eta);
  const seen = [...chart.valuesOf([flow], "spectrum", limiting ? [0, 1] : [0]), ...chart.valuesOf(runs, "sharpness")];
  const box = chart.frameOf(size, scene, [...seen, ...edges, 0]);
  chart.begin(pen, scene, box, "sharpness");
  pens.within(pen, box, () => {
    if (limiting) chart.theoremEnds(pen, scene, box, true);
    edges.forEach((edge, k) => {
      const y = box.y.at(edge);
      named(pen, "edges", () =>
        pens.line(pen, chart.inkOf(scene, k), 1, [6, 4], 0, 1, (end) => [box.left + end * box.width, y]),
      );
    });
    if (flow && limiting) {
      const look = { ink: inks.soft, width: 1.5, dash: [2, 3], i: 1 };
      named(pen, "second", () => chart.curve(pen, box, flow, "spectrum", look));
    }
    named(pen, "step-curvature", () => paintBends(pen, scene, box));
    chart.curves(pen, scene, box, "sharpness");
    chart.flowCurve(pen, scene, box, "spectrum");
    chart.playhead(pen, scene, box);
  });
  chart.beads(pen, scene, box, "sharpness");
  names(pen, scene, box);
}

/**
 * κ of each step of the run in focus, the sharpness that costs nothing, between the measured pairs.
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 */
function paintBends(pen, { run, inks }, box) {
  if (!run?.step_curvature) return;
  pen.globalAlpha = 0.5;
  pen.fillStyle = inks.curvature;
  for (const [time, value] of bendsOf(run.step_curvature, run.tau)) {
    const [x, y] = [box.x.at(time), box.y.at(value)];
    if (y >= box.top) pen.fillRect(x - 1, y - 1, 2, 2);
  }
  pen.globalAlpha = 1;
  pens.label(pen, inks, "κ of each step", box.left + box.width - 6, box.top + 12 + LINE, inks.curvature, "right");
}

/**
 * κ by the time of its step: those of a row are spread evenly from its pair up to the next.
 * @param {Table} bends
 * @param {Table} tau
 * @returns {[number, number][]}
 */
export function bendsOf(bends, tau) {
  return Array.from({ length: bends.count - 1 }, (_, row) => {
    const [from, to] = [at(tau, row), at(tau, row + 1)];
    const values = Array.from({ length: bends.width }, (_, i) => at(bends, row, i));
    const many = values.findLastIndex(Number.isFinite) + 1;
    return values
      .slice(0, many)
      .map((value, i) => /** @type {[number, number]} */ ([from + ((to - from) * i) / many, value]));
  })
    .flat()
    .filter(([, value]) => Number.isFinite(value));
}

/**
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 */
function names(pen, scene, box) {
  const { flow, inks, limiting, made } = scene;
  if (!flow) return;
  const row = Math.round(0.3 * (flow.tau.count - 1));
  const place = (/** @type {number} */ i) => [box.x.at(at(flow.tau, row)), box.y.at(at(flow.spectrum, row, i))];
  const [x, y] = place(0);
  if (!limiting) pens.label(pen, inks, "gradient flow", Math.max(x - 6, box.left + WIDE), y - 12, inks.theory, "right");
  if (limiting) {
    const [x2, y2] = place(1);
    // Below the flow, since runs are above it, where λ₂ leaves room for it.
    const [up, side] = y2 - y > 2.5 * LINE ? [14, -2] : [-18, 4];
    if (up > 0)
      pens.label(pen, inks, "λ₁ of the flow", Math.max(x + side, box.left + WIDE), y + up, inks.theory, "right");
    else pens.label(pen, inks, "λ₁ of the flow", x + side, y + up, inks.theory);
    pens.label(pen, inks, "λ₂", x2 + 4, y2 + 12, inks.soft);
  } else {
    const right = box.left + box.width - 10;
    const high = made.etas.map((eta) => box.y.at(2 / eta) - 9);
    high.forEach((y, k) => {
      const isFree = high.slice(0, k).every((other) => Math.abs(other - y) > LINE);
      if (isFree) pens.label(pen, inks, "2/η", right, y, chart.inkOf(scene, k), "right");
    });
  }
}

/** @param {StudyScene} scene */
export const key = (scene) => [
  ...chart.keyWithFlow(scene),
  /** @type {import("../chart.mjs").Entry} */ ({ text: "κ of each step", kind: "line", ink: scene.inks.curvature }),
];

/**
 * @param {StudyScene} scene
 * @returns {[string, number][]}
 */
export const values = ({ run, row, flow, limiting, time, made, focus }) => [
  [limiting ? "λ₁ at Φ" : "λ₁", at(run?.sharpness, row)],
  [limiting ? "λ₁ of the flow" : "gradient flow", at(run?.flow_sharpness, row)],
  ["κ of the step", at(run?.step_curvature, row)],
  limiting ? ["λ₂ of the flow", at(flow?.spectrum, rowAt(flow, time), 1)] : ["2/η", 2 / made.etas[focus]],
];

/** @param {StudyScene} scene */
export const aside = ({ run, row, flow, limiting }) => {
  const [now, theory] = [at(run?.sharpness, row), at(run?.flow_sharpness, row)];
  if (!flow || !Number.isFinite(now)) return "";
  const off = 100 * (now / theory - 1);
  const sign = off < 0 ? "−" : "+";
  if (!Number.isFinite(off)) return inWords(now);
  const both = `${inWords(now)} · flow ${inWords(theory)}`;
  return limiting ? `${both} (${sign}${Math.abs(off).toFixed(1)} %)` : both;
};
