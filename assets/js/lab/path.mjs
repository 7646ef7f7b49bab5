// The path of the cell under the cursor: in the plane, or across the valley where there are more than
// two parameters.
import { addCanvas, wipe } from "../canvas.mjs";
import { shade } from "../inks.mjs";
import { addPoints } from "../marks.mjs";
import * as pens from "../pens.mjs";
import * as axis from "../axis.mjs";

const MARGIN = { left: 70, right: 22, top: 8, bottom: 40 };
const LEAST = 0.15; // of the loss's own view that the picture shows at least
const MOST = 2; // and at most

export class Path {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.canvas = addCanvas(host);
  }

  /**
   * @param {PathScene} scene
   */
  paint(scene) {
    const pen = wipe(this.canvas);
    if (this.canvas.size[0]) this.draw(pen, this.canvas.size, scene);
  }

  /**
   * @param {Pen} pen
   * @param {Size} size
   * @param {PathScene} scene
   */
  draw(pen, size, { inks, path }) {
    if (!path) return;
    const { result, valley } = path;
    const run = result.runs[0];
    if (run.widths.x === 2) this.drawPlane(pen, size, inks, result, run, valley);
    else this.drawAcross(pen, size, inks, run);
  }

  /**
   * @param {Pen} pen
   * @param {Size} size
   * @param {Inks} inks
   * @param {Result} result
   * @param {Run} run
   * @param {Valley | null} valley
   */
  drawPlane(pen, size, inks, { settings }, run, valley) {
    const [x, y] = planeRanges(run, settings.view);
    const box = axis.frame(size, MARGIN, { kind: "linear", range: x }, { kind: "linear", range: y });
    const place = placeIn(box);
    axis.paintAxes(pen, inks, box, { x: "x", y: "y" });
    pens.within(pen, box, () => {
      if (valley) for (const curve of valley.curves) drawValley(pen, inks, curve, valley.sharpness_range, place);
      /** @type {Place} */
      const iterate = (row) => place(run.columns.x, row);
      pen.globalAlpha = 0.35;
      pens.line(pen, inks.ink, 0.8, [], 0, Math.min(run.rows - 1, 60), iterate);
      pen.globalAlpha = 0.75;
      addPoints(pen, sceneOf(inks, run), run, run, 0, run.rows - 1, iterate, 2.6);
      pen.globalAlpha = 1;
      const [startX, startY] = iterate(0);
      pens.mark(pen, inks, inks.ink, "even", startX, startY, 5);
    });
  }

  /**
   * @param {Pen} pen
   * @param {Size} size
   * @param {Inks} inks
   * @param {Run} run
   */
  drawAcross(pen, size, inks, run) {
    const { step, offset } = run.columns;
    const [x, y] = [[0, Math.max(run.last, 1)], axis.rangeOf(offset)];
    const box = axis.frame(size, MARGIN, { kind: "linear", range: x }, { kind: "linear", range: y });
    axis.paintAxes(pen, inks, box, { x: "step t; upwards the offset across the valley" });
    pens.within(pen, box, () => {
      /** @type {Place} */
      const place = (row) => [box.x.at(step[row]), box.y.at(offset[row])];
      pen.globalAlpha = 0.75;
      addPoints(pen, sceneOf(inks, run), run, run, 0, run.rows - 1, place, 2.2);
      pen.globalAlpha = 1;
    });
  }
}

/**
 * @param {Inks} inks
 * @param {Run} run
 * @returns {Marked}
 */
const sceneOf = (inks, run) => ({ inks, strobe: "all", result: { runs: [run] } });

/**
 * @param {Axes} box
 * @returns {(column: ArrayLike<number>, row: number) => Point}
 */
const placeIn = (box) => (column, row) => [box.x.at(column[2 * row]), box.y.at(column[2 * row + 1])];

/**
 * Γ in the inks of its sharpness, a stretch of one colour at a time.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Curve} curve
 * @param {Span} span
 * @param {(column: Float32Array, row: number) => Point} place
 */
function drawValley(pen, inks, { x, sharpness, rows }, [low, high], place) {
  const stretch = Math.max(1, Math.floor(rows / 60));
  for (let from = 0; from < rows - 1; from += stretch) {
    const to = Math.min(from + stretch, rows - 1);
    const share = Math.log(sharpness[(from + to) >> 1] / low) / Math.log(high / low);
    pens.line(pen, shade(inks.scale, share || 0), 2.5, [], from, to, (row) => place(x, row));
  }
}

/**
 * What is seen of the plane, [[x low, x high], [y low, y high]]: all iterates and a little more, but
 * neither less nor more than a part of the view that the loss has.
 * @param {Run} run
 * @param {View} view
 */
export function planeRanges({ columns, rows }, view) {
  return view.map(([low, high], j) => {
    const size = high - low;
    const values = Array.from({ length: rows }, (_, row) => columns.x[2 * row + j]);
    const near = values.filter((value) => value > low - MOST * size && value < high + MOST * size);
    const [a, b] = [Math.min(...near, values[0]), Math.max(...near, values[0])];
    const missing = Math.max(LEAST * size - (b - a), 0.16 * (b - a)) / 2;
    return [a - missing, b + missing];
  });
}
