// A chart with time across it, and what all of them have: axes, the playhead, curves of runs, the end of the theorem.
import { short } from "../numbers.mjs";
import * as axis from "../axis.mjs";
import * as pens from "../pens.mjs";
import { named } from "../quantity.mjs";
import { at } from "./columns.mjs";

/** @typedef {import("../picture.mjs").Entry} Entry */

const FLOW = [7, 4]; // its dash
export const MARGIN = { left: 68, right: 16, top: 8, bottom: 42 };

/** @param {StudyScene} scene */
const clockOf = ({ limiting }) => (limiting ? "slow time τ = η²t" : "time ηt");

/**
 * @param {Size} size
 * @param {StudyScene} scene
 * @param {ArrayLike<number>} values
 * @param {"linear" | "log"} [kind]
 * @param {Span | null} [range]
 */
export function frameOf(size, { made }, values, kind = "linear", range = null) {
  const y = range || axis.rangeOf(values, kind, 0.08);
  return axis.frame(size, MARGIN, { kind: "linear", range: [0, made.tau] }, { kind, range: y });
}

/**
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 * @param {string} [title]
 */
export function begin(pen, scene, box, title = "") {
  axis.paintAxes(pen, scene.inks, box, { x: clockOf(scene), y: title });
}

/**
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 */
export function playhead(pen, { inks, time }, box) {
  const x = box.x.at(time);
  named(pen, "playhead", () => pens.line(pen, inks.ink, 1.5, [], 0, 1, (k) => [x, box.top + k * box.height]));
}

/**
 * Number `i` of a column of some rows against time.
 * @param {Pen} pen
 * @param {Axes} box
 * @param {Tables} of
 * @param {string} name
 * @param {{ ink: string, width?: number, dash?: number[], i?: number }} look
 */
export function curve(pen, box, of, name, { ink, width = 2, dash = [], i = 0 }) {
  const column = of[name];
  if (!column) return;
  pens.line(pen, ink, width, dash, 0, column.count - 1, (row) => [
    box.x.at(at(of.tau, row)),
    box.y.at(at(column, row, i)),
  ]);
}

/**
 * The same of all runs; the one in focus last, and a little wider.
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 * @param {string} name
 */
export function curves(pen, scene, box, name) {
  for (const k of order(scene)) {
    const run = scene.runs[k];
    const look = { ink: inkOf(scene, k), width: k === scene.focus ? 2.5 : 1.5 };
    if (run) named(pen, `run-${k + 1}`, () => curve(pen, box, run, name, look));
  }
}

/** @param {StudyScene} scene */
export const order = ({ runs, focus }) => [...runs.keys()].sort((a, b) => Number(a === focus) - Number(b === focus));

/**
 * @param {StudyScene} scene
 * @param {number} k
 */
export const inkOf = ({ inks }, k) => inks.runs[k];

/**
 * A column of the flow, as all charts have it.
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 * @param {string} name
 */
export function flowCurve(pen, { flow, inks }, box, name) {
  if (flow) named(pen, "flow", () => curve(pen, box, flow, name, { ink: inks.theory, dash: FLOW }));
}

/**
 * What the curves of runs are, below a picture.
 * @param {StudyScene} scene
 * @returns {Entry[]}
 */
export const keyOfRuns = (scene) =>
  scene.made.etas.map((eta, k) => ({ text: `η = ${short(eta)}`, kind: "line", ink: inkOf(scene, k) }));

/**
 * And the flow's.
 * @param {StudyScene} scene
 * @returns {Entry[]}
 */
export const keyWithFlow = (scene) => {
  const text = scene.limiting ? "the limiting flow" : "gradient flow";
  return [...keyOfRuns(scene), { text, kind: "line", ink: scene.inks.theory, dash: FLOW }];
};

/**
 * And the steps of either parity.
 * @param {StudyScene} scene
 * @returns {Entry[]}
 */
export const keyOfSteps = ({ inks }) => [
  { text: "even steps", kind: "even", ink: inks.even },
  { text: "odd steps", kind: "odd", ink: inks.odd },
];

/**
 * A bead where the playhead meets a curve.
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 * @param {string} name
 */
export function beads(pen, scene, box, name) {
  for (const k of order(scene)) {
    const run = scene.runs[k];
    const value = at(run?.[name], scene.rows[k]);
    if (run && Number.isFinite(value))
      named(pen, "points", () =>
        pens.bead(pen, scene.inks, inkOf(scene, k), box.x.at(at(run.tau, scene.rows[k])), box.y.at(value), 5),
      );
  }
}

/**
 * Where λ₁ and λ₂ are too near each other for the theorem.
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 * @param {boolean} [said]
 */
export function theoremEnds(pen, { flow, inks, made }, box, said = false) {
  const from = flow?.closes;
  if (from === null || from === undefined) return;
  const x = box.x.at(Math.min(from, made.tau));
  pen.fillStyle = inks.line;
  pen.globalAlpha = 0.5;
  pen.fillRect(x, box.top, box.left + box.width - x, box.height);
  pen.globalAlpha = 1;
  if (said)
    pens.label(pen, inks, "λ₁ ≈ λ₂: the theorem ends", box.left + box.width - 6, box.top + 12, inks.soft, "right");
}

/**
 * Every finite number of some columns.
 * @param {(Tables | null)[]} of
 * @param {string} name
 * @param {number[]} [which]
 */
export const valuesOf = (of, name, which = [0]) =>
  of.flatMap((one) => {
    const column = one?.[name];
    if (!column) return [];
    return which.flatMap((i) => Array.from({ length: column.count }, (_, row) => at(column, row, i)));
  });
