// What the network makes of inputs that it was not trained on: the share that is right, or else the loss there.
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import * as chart from "../chart.mjs";
import { at, rowAt } from "../columns.mjs";

/** @param {StudyScene} scene */
const columnOf = ({ runs }) => {
  const shares = chart.valuesOf(runs, "accuracy");
  return shares.some(Number.isFinite) || !shares.length ? "accuracy" : "test_loss";
};

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
export function draw(pen, size, scene) {
  const { runs, flow } = scene;
  const name = columnOf(scene);
  const values = [...chart.valuesOf(runs, name), ...chart.valuesOf([flow], name)];
  const box = chart.frameOf(size, scene, values);
  chart.begin(pen, scene, box);
  pens.within(pen, box, () => {
    chart.curves(pen, scene, box, name);
    chart.flowCurve(pen, scene, box, name);
    chart.playhead(pen, scene, box);
  });
  chart.beads(pen, scene, box, name);
}

export const key = chart.keyWithFlow;

/** @param {StudyScene} scene */
export const title = (scene) => (columnOf(scene) === "accuracy" ? "Test images" : "Test loss");

/**
 * @param {StudyScene} scene
 * @returns {[string, number][]}
 */
export const values = (scene) => {
  const { run, row, flow, time } = scene;
  const name = columnOf(scene);
  const of = name === "accuracy" ? "right" : "loss";
  return [
    [of, at(run?.[name], row)],
    [`${of}, flow`, at(flow?.[name], rowAt(flow, time))],
  ];
};

/** @param {StudyScene} scene */
export const aside = (scene) => {
  const name = columnOf(scene);
  const value = at(scene.run?.[name], scene.row);
  if (!Number.isFinite(value)) return "";
  return name === "accuracy" ? `${(100 * value).toFixed(1)} % right` : inWords(value);
};
