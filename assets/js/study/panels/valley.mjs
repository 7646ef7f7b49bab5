// The valley that a run walks, unrolled: how far along the flow across, how far along v₁ upwards, √L as ground. Of GD,
// which is on no Γ, the run and gradient flow as shadows on a plane.
import * as axis from "../../axis.mjs";
import { shade } from "../../inks.mjs";
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import * as chart from "../chart.mjs";
import { at } from "../columns.mjs";
import * as distance from "./distance.mjs";

const MARK = 4.2;
const MARGIN = { ...chart.MARGIN, left: 66 };

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
export function draw(pen, size, scene) {
  const { run, flow, limiting, inks } = scene;
  if (!limiting) return distance.drawPlane(pen, size, scene);
  if (!flow) return undefined;
  const box = frameOf(size, scene);
  const titles = { x: "how far along the flow", y: "offset along v₁" };
  axis.paintAxes(pen, inks, box, titles, { inside: false });
  pens.within(pen, box, () => {
    if (run?.profile) named(pen, "ground", () => ground(pen, scene, box));
    named(pen, "floor", () => floor(pen, scene, box));
    if (run) iterates(pen, scene, box);
  });
  return named(pen, "points", () => beads(pen, scene, box));
}

/**
 * @param {Size} size
 * @param {StudyScene} scene
 */
function frameOf(size, { run, flow }) {
  const way = at(flow?.way, (flow?.way.count || 1) - 1);
  const offsets = chart.valuesOf([run], "offset", [0, 1]).filter(Number.isFinite).map(Math.abs);
  const most = at(run?.across, (run?.across?.count || 1) - 1) || 1.4 * Math.max(...offsets, 0) || 1;
  return axis.frame(size, MARGIN, { kind: "linear", range: [0, way || 1] }, { kind: "linear", range: [-most, most] });
}

/**
 * √L over the rows of the run, each from halfway to the one before to halfway to the next.
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 */
function ground(pen, { run, inks }, box) {
  const { profile, across, along } = /** @type {StudyRun} */ (run);
  const most = Math.max(...chart.valuesOf([/** @type {any} */ (run)], "profile", [0, profile.width - 1]));
  const high = box.height / (profile.width - 1);
  const place = (/** @type {number} */ row) => box.x.at(at(along, row));
  for (let row = 0; row < profile.count; row++) {
    const from = row ? (place(row - 1) + place(row)) / 2 : box.left;
    const to = row < profile.count - 1 ? (place(row) + place(row + 1)) / 2 : box.left + box.width;
    for (let j = 0; j < profile.width; j++) {
      pen.fillStyle = shade(inks.heights, at(profile, row, j) / most);
      pen.fillRect(from, box.y.at(at(across, j)) - high / 2, Math.max(to - from, 0) + 0.7, high + 0.7);
    }
  }
}

/**
 * Γ, coloured by λ₁ as on the stage.
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 */
function floor(pen, { flow, inks }, box) {
  const { way, spectrum } = /** @type {StudyFlow} */ (flow);
  const values = chart.valuesOf([flow], "spectrum").filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  for (let row = 0; row + 1 < way.count; row++) {
    const ink = shade(inks.scale, (at(spectrum, row) - low) / (high - low || 1));
    pens.line(pen, ink, 5, [], row, row + 1, (k) => [box.x.at(at(way, k)), box.y.at(0)]);
  }
}

/**
 * Both steps of every pair up to the playhead, and the hop between those at it.
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 */
function iterates(pen, { run, row: now, inks }, box) {
  const { along, offset, step } = /** @type {StudyRun} */ (run);
  /** @type {(row: number, i: number) => Point} */
  const place = (row, i) => [box.x.at(at(along, row)), box.y.at(at(offset, row, i))];
  for (const i of [0, 1])
    for (let row = 0; row <= now; row++) {
      const parity = (at(step, row) + i) % 2 ? "odd" : "even";
      named(pen, `iterates-${parity}`, () =>
        pens.mark(pen, inks, inks[parity], parity, ...place(row, i), row === now ? MARK + 2 : MARK),
      );
    }
  if (now >= 0) named(pen, "hop", () => pens.line(pen, inks.ink, 1.5, [], 0, 1, (i) => place(now, i)));
}

/**
 * Where the flow is, and Φ of the run.
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 */
function beads(pen, { run, row, inks, focus }, box) {
  const [way, along] = [at(run?.way, row), at(run?.along, row)];
  if (!Number.isFinite(way)) return;
  pens.bead(pen, inks, inks.theory, box.x.at(way), box.y.at(0), 7);
  pens.mark(pen, inks, inks.runs[focus], "midpoint", box.x.at(along), box.y.at(0), 5);
}

/**
 * @param {StudyScene} scene
 * @returns {chart.Entry[]}
 */
export const key = (scene) => {
  const { inks, limiting, focus } = scene;
  if (!limiting) return chart.keyWithFlow(scene);
  return [
    ...chart.keyOfSteps(scene),
    { text: "Φ of the run", kind: "midpoint", ink: inks.runs[focus] },
    { text: "the limiting flow", kind: null, ink: inks.theory },
  ];
};

/** @param {StudyScene} scene */
export const title = ({ limiting }) => (limiting ? "The valley, unrolled" : "In a plane drawn at random");

/** @param {StudyScene} scene */
export const aside = ({ run, row, limiting, flow }) => {
  const step = at(run?.step, row);
  if (!Number.isFinite(step) || !flow) return "";
  const where = limiting ? `${inWords(at(run?.along, row))} of ${inWords(at(flow.way, flow.way.count - 1))} along` : "";
  return [`step ${step.toLocaleString("en")}`, where].filter(Boolean).join(" · ");
};
