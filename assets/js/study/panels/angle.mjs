// θ: the angle between a hop and v₁, of each run.
import * as pens from "../../pens.mjs";
import * as chart from "../chart.mjs";
import { at } from "../columns.mjs";

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
export function draw(pen, size, scene) {
  const most = Math.max(...chart.valuesOf(scene.runs, "alignment").filter(Number.isFinite), 0.05);
  const box = chart.frameOf(size, scene, [], "linear", [0, Math.min(1.1 * most, Math.PI / 2)]);
  chart.begin(pen, scene, box, "θ, radians");
  pens.within(pen, box, () => {
    if (scene.limiting) chart.theoremEnds(pen, scene, box);
    chart.curves(pen, scene, box, "alignment");
    chart.playhead(pen, scene, box);
  });
  chart.beads(pen, scene, box, "alignment");
}

export const key = chart.keyOfRuns;

/**
 * @param {StudyScene} scene
 * @returns {[string, number][]}
 */
export const values = ({ run, row }) => [["θ", at(run?.alignment, row)]];

/** @param {StudyScene} scene */
export const aside = ({ run, row }) => {
  const angle = at(run?.alignment, row);
  return Number.isFinite(angle) ? `${angle.toFixed(3)} rad` : "";
};
