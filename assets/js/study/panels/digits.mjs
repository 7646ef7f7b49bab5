// Some test images and what the network says of each: a bar from 0 to its output beside the target. Of data that are
// no images, the outputs against the targets.
import * as pens from "../../pens.mjs";
import * as axis from "../../axis.mjs";
import { named } from "../../quantity.mjs";
import { shade, rgb } from "../../inks.mjs";
import * as chart from "../chart.mjs";
import { at } from "../columns.mjs";

const BAR = 12; // pixels below an image
const MOST = 1.6; // of an output, at the end of a bar

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
export function draw(pen, size, scene) {
  const { about, shown, run } = scene;
  if (!about || !shown || !run?.outputs) return;
  if (!about.shape) drawOutputs(pen, size, scene, about);
  else drawImages(pen, size, scene, about, shown);
}

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 * @param {StudyAbout} about
 * @param {Table} shown
 */
function drawImages(pen, [width, height], scene, about, shown) {
  const { inks, run, row } = scene;
  const count = shown.count;
  const columns = Math.max(Math.round(Math.sqrt((count * width) / height)), 1);
  const rows = Math.ceil(count / columns);
  const side = Math.min(width / columns - 10, height / rows - BAR - 12);
  const [low, high] = [Math.min(...all(shown)), Math.max(...all(shown))];
  for (let k = 0; k < count; k++) {
    const left = ((k % columns) + 0.5) * (width / columns) - side / 2;
    const top = Math.floor(k / columns) * (height / rows) + 2;
    const place = [left, top, side];
    named(pen, "images", () => picture(pen, inks, shown, k, /** @type {number[]} */ (about.shape), place, low, high));
    const bar = [left, top + side + 4, side];
    named(pen, "outputs", () => answer(pen, scene, bar, at(run?.outputs, row, k), about.targets[k]));
  }
}

/** @param {Table} table */
const all = ({ values }) => Array.from(values);

/**
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Table} shown
 * @param {number} k
 * @param {number[]} shape
 * @param {number[]} place
 * @param {number} low
 * @param {number} high
 */
function picture(pen, inks, shown, k, [tall, wide], [left, top, side], low, high) {
  const scale = [rgb(inks.card), rgb(inks.ink)];
  const cell = side / wide;
  for (let i = 0; i < tall * wide; i++) {
    pen.fillStyle = shade(scale, (at(shown, k, i) - low) / (high - low));
    pen.fillRect(left + (i % wide) * cell, top + Math.floor(i / wide) * cell, cell + 0.5, cell + 0.5);
  }
}

/**
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {number[]} place
 * @param {number} output
 * @param {number} target
 */
function answer(pen, { inks }, [left, top, side], output, target) {
  const x = (/** @type {number} */ value) =>
    left + (side * (Math.max(Math.min(value, MOST), -MOST) + MOST)) / (2 * MOST);
  pen.fillStyle = inks.line;
  pen.fillRect(left, top, side, BAR - 4);
  if (!Number.isFinite(output)) return;
  pen.fillStyle = output * target > 0 ? inks.ok : inks.warn;
  pen.fillRect(Math.min(x(0), x(output)), top, Math.abs(x(output) - x(0)), BAR - 4);
  pens.line(pen, inks.ink, 2, [], 0, 1, (k) => [x(target), top - 2 + k * BAR]);
}

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 * @param {StudyAbout} about
 */
function drawOutputs(pen, size, { inks, run, row }, about) {
  const outputs = about.targets.map((_, k) => at(run?.outputs, row, k));
  const range = axis.rangeOf([...about.targets, ...outputs], "linear", 0.1);
  const box = axis.frame(size, chart.MARGIN, { kind: "linear", range }, { kind: "linear", range });
  axis.paintAxes(pen, inks, box, { x: "target", y: "output" });
  pens.line(pen, inks.soft, 1, [4, 3], 0, 1, (k) => [box.x.at(range[k]), box.y.at(range[k])]);
  named(pen, "outputs", () =>
    about.targets.forEach((target, k) =>
      pens.mark(pen, inks, inks.theory, "even", box.x.at(target), box.y.at(outputs[k]), 4),
    ),
  );
}

/**
 * @param {StudyScene} scene
 * @returns {chart.Entry[]}
 */
export const key = ({ inks, about }) =>
  about?.shape
    ? [
        { text: "output, of the right sign", kind: "patch", ink: inks.ok },
        { text: "of the wrong one", kind: "patch", ink: inks.warn },
        { text: "target", kind: "line", ink: inks.ink },
      ]
    : [{ text: "a test point", kind: "even", ink: inks.theory }];

/** @param {StudyScene} scene */
export const aside = ({ about }) => (about?.signs ? "−1 odd … +1 even, of test images" : "");
