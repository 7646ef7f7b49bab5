// The first layer's weights, a picture for each unit, at the kept pair before the playhead; or what of them has moved.
import { shade, rgb } from "../../inks.mjs";
import { named } from "../../quantity.mjs";
import { at } from "../columns.mjs";

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
export function draw(pen, [width, height], scene) {
  const { about, run, inks, layer } = scene;
  if (!about || !run?.weights) return;
  const [inner, outer] = about.widths;
  const [tall, wide] = about.shape || squareOf(inner);
  const row = keptRow(scene);
  const value = (/** @type {number} */ i) => at(run.weights, row, i) - (layer === "moved" ? at(run.weights, 0, i) : 0);
  const most = mostOf(run, layer);
  const { columns, rows, cell } = gridFor(outer, [width, height], [wide, tall]);
  const [less, more] = [inks.even, inks.odd].map((ink) => [rgb(inks.card), rgb(ink)]);
  const unitAt = (/** @type {number} */ unit) => {
    const left = ((unit % columns) + 0.5) * (width / columns) - (cell * wide) / 2;
    const top = (Math.floor(unit / columns) + 0.5) * (height / rows) - (cell * tall) / 2;
    for (let i = 0; i < inner; i++) {
      const share = value(unit * inner + i) / most;
      pen.fillStyle = shade(share < 0 ? less : more, Math.abs(share));
      pen.fillRect(left + (i % wide) * cell, top + Math.floor(i / wide) * cell, cell + 0.5, cell + 0.5);
    }
  };
  named(pen, "weights", () => [...Array(outer).keys()].forEach(unitAt));
}

/**
 * So many pictures in a room, as large as they can be; of two grids that are alike the one that is full.
 * @param {number} count
 * @param {Size} size
 * @param {Size} picture
 */
function gridFor(count, [width, height], [wide, tall]) {
  const grids = Array.from({ length: count }, (_, k) => {
    const [columns, rows] = [k + 1, Math.ceil(count / (k + 1))];
    const cell = Math.min((width / columns - 6) / wide, (height / rows - 6) / tall);
    return { columns, rows, cell, worth: cell * (count / (columns * rows)) };
  });
  return grids.reduce((best, grid) => (grid.worth > best.worth ? grid : best));
}

/**
 * Inputs that are no picture, as the squarest table that holds them.
 * @param {number} inner
 */
const squareOf = (inner) => [Math.ceil(inner / Math.ceil(Math.sqrt(inner))), Math.ceil(Math.sqrt(inner))];

/** @param {StudyScene} scene */
function keptRow({ run, row }) {
  let kept = 0;
  while (kept + 1 < (run?.kept.count || 0) && at(run?.kept, kept + 1) <= row) kept++;
  return kept;
}

/**
 * The largest over the whole run, so that what grows is seen to grow.
 * @param {StudyRun} run
 * @param {Layer} layer
 */
function mostOf({ weights }, layer) {
  let most = 1e-12;
  for (let row = 0; row < weights.count; row++)
    for (let i = 0; i < weights.width; i++)
      most = Math.max(most, Math.abs(at(weights, row, i) - (layer === "moved" ? at(weights, 0, i) : 0)));
  return most;
}

/**
 * @param {StudyScene} scene
 * @returns {import("../../picture.mjs").Entry[]}
 */
export const key = ({ inks }) => [
  { text: "below 0", kind: "patch", ink: inks.even },
  { text: "above", kind: "patch", ink: inks.odd },
];

/** @param {StudyScene} scene */
export const aside = ({ about }) => (about ? `${about.widths[1]} units` : "");
