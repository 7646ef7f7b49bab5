// The regime map: a pixel a cell, the cursor, and the line of the slice.
import { addCanvas, penFor, wipe } from "../canvas.mjs";
import { rgb } from "../inks.mjs";
import { beside } from "../labels.mjs";
import * as pens from "../pens.mjs";
import { named } from "../quantity.mjs";
import * as axis from "../axis.mjs";
import { columnOf } from "./cells.mjs";
import * as fates from "./fates.mjs";

export const MARGIN = { left: 66, right: 18, top: 8, bottom: 44 };
export const GUESSED = 0.4; // alpha of cells that show the nearest one computed
const SETTLES = { from: "2/λ₁ at Φ of the start", atAll: "2/λ₁ of the flattest minimum" };
const NAMED = 0.2; // of the starts, from the top: where their line has its name,
const LOWER = 40; // and so many units down at least, below that of the other
const BESIDE = 0.14; // and of those that are not of the fate picked out

export class RegimeMap {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.still = addCanvas(host);
    this.above = addCanvas(host);
    this.grid = document.createElement("canvas");
    /** @type {Point[] | null} */
    this.marked = null;
  }

  /**
   * The frame on the page.
   * @param {MapScene} scene
   */
  frame(scene) {
    return frameOf(scene, this.still.size);
  }

  /**
   * All of it, or only what lies above the cells.
   * @param {MapScene} scene
   * @param {{ above?: boolean }} [given1]
   */
  paint(scene, { above = false } = {}) {
    if (!scene.cells || !this.still.size[0]) return;
    if (!above) this.draw(wipe(this.still), this.still.size, scene);
    const pen = wipe(this.above);
    const box = this.frame(scene);
    this.drawSlice(pen, scene, box);
    if (scene.cursor && !scene.window) this.drawCursor(pen, scene, box);
    if (this.marked) this.drawMarked(pen, scene);
  }

  /**
   * The window that is being drawn, [x, y] and [x, y] in units; or none.
   * @param {Point[] | null} corners
   */
  mark(corners) {
    this.marked = corners;
  }

  /**
   * @param {Pen} pen
   * @param {MapScene} scene
   */
  drawMarked(pen, { inks }) {
    const [[x0, y0], [x1, y1]] = /** @type {Point[]} */ (this.marked);
    for (const [ink, width] of /** @type {[string, number][]} */ ([
      [inks.card, 4],
      [inks.ink, 1.6],
    ])) {
      pen.strokeStyle = ink;
      pen.lineWidth = width;
      pen.strokeRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
    }
  }

  /**
   * The cells and their axes, by any pen.
   * @param {Pen} pen
   * @param {Size} size
   * @param {MapScene} scene
   */
  draw(pen, size, scene) {
    const { inks, cells, axes } = scene;
    const box = frameOf(scene, size);
    named(pen, "cells", () => {
      fill(this.grid, scene);
      const [x, y, width, height] = stretched(box, scene.window);
      pen.imageSmoothingEnabled = width < cells.rows || height < cells.columns;
      if (scene.window) pens.within(pen, box, () => pen.drawImage(this.grid, x, y, width, height));
      else pen.drawImage(this.grid, x, y, width, height);
    });
    axis.paintAxes(pen, inks, box, { x: axes.across.title, y: [axes.up.title, "start"] }, { inside: false });
    pen.strokeStyle = inks.soft;
    pen.lineWidth = 1;
    pen.strokeRect(box.left - 0.5, box.top - 0.5, box.width + 1, box.height + 1);
    drawSettles(pen, scene, box);
  }

  /**
   * The same with the slice through it, of which an orbit diagram is.
   * @param {Pen} pen
   * @param {Size} size
   * @param {MapScene} scene
   */
  drawSliced(pen, size, scene) {
    this.draw(pen, size, scene);
    named(pen, "slice", () => drawSliceLine(pen, scene, frameOf(scene, size)));
  }

  /**
   * The slice, with a handle at each end.
   * @param {Pen} pen
   * @param {MapScene} scene
   * @param {Axes} box
   */
  drawSlice(pen, scene, box) {
    const { inks } = scene;
    const y = drawSliceLine(pen, scene, box);
    const end = box.left + box.width;
    for (const [x, way] of [
      [box.left, -1],
      [end, 1],
    ]) {
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(x + 9 * way, y - 6);
      pen.lineTo(x + 9 * way, y + 6);
      pen.closePath();
      pen.fillStyle = inks.ink;
      pen.fill();
    }
  }

  /**
   * @param {Pen} pen
   * @param {MapScene} mapScene
   * @param {Axes} box
   */
  drawCursor(pen, { inks, cells, cursor }, box) {
    if (!cursor) return;
    const [wide, tall] = [box.width / cells.rows, box.height / cells.columns];
    const x = box.left + (cursor.row + 0.5) * wide;
    const y = box.top + box.height - (cursor.column + 0.5) * tall;
    const [half, high] = [Math.max(wide / 2, 3) + 2, Math.max(tall / 2, 3) + 2];
    for (const { ink, width } of [
      { ink: inks.card, width: 5 },
      { ink: inks.ink, width: 2 },
    ]) {
      pen.strokeStyle = ink;
      pen.lineWidth = width;
      pen.strokeRect(x - half, y - high, 2 * half, 2 * high);
    }
  }
}

/**
 * Where all cells lie, of which a window fills the box.
 * @param {Box} box
 * @param {Span[] | null} window
 */
export function stretched({ left, top, width, height }, window) {
  if (!window) return [left, top, width, height];
  const [[a, b], [c, d]] = window;
  const [wide, tall] = [width / (b - a), height / (d - c)];
  return [left - a * wide, top - (1 - d) * tall, wide, tall];
}

/**
 * The line of the slice; how far down it lies.
 * @param {Pen} pen
 * @param {MapScene} mapScene
 * @param {Axes} box
 */
function drawSliceLine(pen, { inks, slice, cells }, box) {
  const y = sliceAt(slice, box, cells.columns);
  for (const { ink, width } of [
    { ink: inks.card, width: 4 },
    { ink: inks.ink, width: 1.6 },
  ]) {
    pens.line(pen, ink, width, [], 0, 1, (k) => [box.left + k * box.width, y]);
  }
  return y;
}

/**
 * Up to which step size gradient descent can settle from each start, and at all.
 * @param {Pen} pen
 * @param {MapScene} mapScene
 * @param {Axes} box
 */
function drawSettles(pen, { inks, cells, axes }, box) {
  const { settles } = cells.head;
  if (!settles) return;
  const [top, bottom] = [box.top, box.top + box.height];
  /** @type {Place} */
  const from = (k) => [box.x.at(settles.starts[k] ?? NaN), box.y.at(axes.up.values[k])];
  /** @type {Place} */
  const atAll = (k) => [box.x.at(settles.flattest ?? NaN), k ? bottom : top];
  const within = (/** @type {() => void} */ paint) => named(pen, "settles", () => pens.within(pen, box, paint));
  within(() => {
    for (const [ink, width] of /** @type {[string, number][]} */ ([
      [inks.card, 4],
      [inks.ink, 1.6],
    ])) {
      pens.line(pen, ink, width, [7, 4], 0, cells.columns - 1, from);
      pens.line(pen, ink, width, [], 0, 1, atAll);
    }
  });
  name(pen, inks, box, SETTLES.atAll, atAll(0)[0], top + 14);
  const column = namedColumn(settles.starts, box, cells.columns);
  if (column >= 0) name(pen, inks, box, SETTLES.from, ...from(column));
}

/**
 * The column whose place on the line of the starts is farthest from the edges, and from where the other has its name.
 * @param {(number | null)[]} starts
 * @param {Axes} box
 * @param {number} columns
 */
function namedColumn(starts, { x, left, width, height }, columns) {
  const wanted = (1 - Math.max(NAMED, LOWER / height)) * columns;
  const order = Array.from({ length: columns }, (_, k) => k).sort(
    (a, b) => Math.abs(a - wanted) - Math.abs(b - wanted),
  );
  return order.find((k) => x.at(starts[k] ?? NaN) > left && x.at(starts[k] ?? NaN) < left + width) ?? -1;
}

/**
 * Beside a line, where there is room.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {Axes} box
 * @param {string} text
 * @param {number} x
 * @param {number} y
 */
function name(pen, inks, box, text, x, y) {
  if (!(x >= box.left && x <= box.left + box.width)) return;
  const at = beside(box, text, x, 8);
  pens.label(pen, inks, text, at.x, y, inks.ink, at.side);
}

/**
 * @param {{ axes: { across: ShownAxis, up: ShownAxis } }} scene
 * @param {Size} size
 */
export const frameOf = ({ axes: { across, up } }, size) => axis.frame(size, MARGIN, across, up);

/**
 * Where the slice lies: through the middle of its column.
 * @param {number} slice
 * @param {Box} box
 * @param {number} columns
 */
export function sliceAt(slice, { top, height }, columns) {
  return top + height - ((columnOf(slice, columns) + 0.5) / columns) * height;
}

/**
 * The share of the positions at a pixel.
 * @param {number} py
 * @param {Box} box
 * @param {number} columns
 */
export function sliceOf(py, { top, height }, columns) {
  const column = Math.floor(((top + height - py) / height) * columns);
  return Math.min(Math.max(column, 0), columns - 1) / Math.max(columns - 1, 1);
}

/**
 * One pixel a cell, the first axis to the right and the other upwards.
 * @param {HTMLCanvasElement} grid
 * @param {MapScene} scene
 */
function fill(grid, scene) {
  const { cells } = scene;
  [grid.width, grid.height] = [cells.rows, cells.columns];
  const pen = penFor(grid);
  const image = pen.createImageData(cells.rows, cells.columns);
  pixels(scene, new Uint32Array(image.data.buffer));
  pen.putImageData(image, 0, 0);
}

/**
 * The cells as pixels, row by row from the last position down.
 * @param {MapScene} mapScene
 * @param {Uint32Array} into
 */
export function pixels({ cells, colour, fateInks, inks, only }, into) {
  const near = cells.nearestDone();
  const byFate = fateInks.map(rgb);
  const missing = rgb(inks.line);
  const scale = colour === "sharpness" && fates.sharpnessScale(cells.sharpness);
  const shades = fates.shades(inks.scale);
  for (let row = 0; row < cells.rows; row++) {
    if (near[row] < 0) continue;
    const faint = near[row] === row ? 1 : GUESSED;
    for (let column = 0; column < cells.columns; column++) {
      const k = near[row] * cells.columns + column;
      const beside = only !== null && cells.outcome[k] !== only ? BESIDE : 1;
      const at = (cells.columns - 1 - column) * cells.rows + row;
      if (!scale) into[at] = fates.pixel(byFate[cells.outcome[k]], faint * beside);
      else if (!(cells.sharpness[k] > 0)) into[at] = fates.pixel(missing, faint);
      else into[at] = withAlpha(shades[fates.shadeOf(scale.share(cells.sharpness[k]))], faint);
    }
  }
}

/**
 * @param {number} pixel
 * @param {number} alpha
 */
const withAlpha = (pixel, alpha) => ((pixel & 0xffffff) | (Math.round(255 * alpha) << 24)) >>> 0;
