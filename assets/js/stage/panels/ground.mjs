// The ground below the landscape, where it follows the playhead: the sharpness map, the plane coloured by
// λ₁(∇²L), white where it equals the threshold at the playhead; and heights of √L or log L in a section.
import { addCanvas, penFor, wipe } from "../../canvas.mjs";
import { put } from "../../elements.mjs";
import { rgb, shade } from "../../inks.mjs";
import { levelLines } from "../../levels.mjs";
import * as pens from "../../pens.mjs";
import { locate } from "../../run.mjs";
import { frameOf, isAbout } from "../frame.mjs";

const DOUBLINGS = 3; // of λ₁ over the threshold, where the colours end
const SHADES = 257; // so that the middle one is that of the threshold
const UNSEEN = 0.02; // doublings of the threshold that no colour shows
export const BANDS = 14; // of height
const FLOOR_DECADES = 6; // below the largest L in view, where log L is cut
const MOST = 0.97; // of the heights in view lie below the last band

export class Ground {
  /**
   * @param {HTMLElement} host
   * @param {() => Graph} graph
   */
  constructor(host, graph) {
    this.graph = graph;
    this.canvas = addCanvas(host, true);
    this.grid = document.createElement("canvas"); // the plane, of which a pixel is a point of its grid
    /** @type {number | null} */
    this.coloured = null; // the threshold that the plane is coloured for
    /** @type {number | Heights | null} */
    this.drawn = null; // and that of the line, or the heights that are drawn
  }

  reset() {
    this.coloured = null;
    this.drawn = null;
  }

  /**
   * @param {Scene} scene
   */
  paint(scene) {
    const { look, heights, section } = scene;
    // The section of before has no λ₁ where that was not asked for.
    const map = look === "sharpness" && heights && heights.sharpness;
    const ready = look === "sharpness" ? map : section;
    const frame = ready && frameOf(this.graph());
    const shown = Boolean(frame && heights && isAbout(frame, scene.result));
    put(this.canvas, { hidden: !shown }); // an empty one takes a browser without a graphics card as long as a full one
    if (!frame || !heights || !shown) return;
    if (map) this.paintMap(scene, heights, map, frame);
    else if (this.drawn !== heights) this.paintHeights(scene, heights, frame);
  }

  /**
   * @param {Scene} scene
   * @param {Heights} heights
   * @param {Float32Array} sharpness
   * @param {Frame} frame
   */
  paintMap(scene, heights, sharpness, frame) {
    const threshold = thresholdAt(scene);
    if (threshold === this.drawn) return;
    if (!this.coloured || Math.abs(Math.log2(threshold / this.coloured)) > UNSEEN) {
      const shades = shadesOf((share) => shadeAt(scene.inks, share));
      this.colour(heights, shades, (k) => shadeOf(sharpness[k], threshold));
      this.coloured = threshold;
    }
    /** @type {[string, number][]} */
    const edge = [
      [scene.inks.soft, 5],
      [scene.inks["edge-map"], 3],
    ];
    wipeWithin(this.canvas, frame, (pen) => {
      this.place(pen, heights, frame);
      this.paintLines(pen, heights, sharpness, [threshold], edge, frame);
    });
    this.drawn = threshold;
  }

  /**
   * In bands, as the plane of a loss of two parameters has them.
   * @param {Scene} scene
   * @param {Heights} heights
   * @param {Frame} frame
   */
  paintHeights({ inks, look }, heights, frame) {
    const values = look === "log" ? logarithms(heights.root) : heights.root;
    const [low, high] = bandsOf(values);
    const step = (high - low) / BANDS;
    const shades = shadesOf((share) => shade(inks.heights, share));
    /**
     * @param {number} value
     */
    const band = (value) => Math.min(Math.max(Math.floor((value - low) / step), 0), BANDS) / BANDS;
    this.colour(heights, shades, (k) => Math.round(band(values[k]) * (SHADES - 1)));
    const levels = Array.from({ length: BANDS }, (_, k) => low + (k + 1) * step);
    wipeWithin(this.canvas, frame, (pen) => {
      this.place(pen, heights, frame);
      this.paintLines(pen, heights, values, levels, [[inks.line, 0.8]], frame);
    });
    this.drawn = heights;
  }

  /**
   * One pixel a grid point; the screen's pixels between them are interpolated by the canvas.
   * @param {Heights} heights
   * @param {Uint32Array} shades
   * @param {(k: number) => number} shadeAt
   */
  colour({ rows, columns }, shades, shadeAt) {
    [this.grid.width, this.grid.height] = [columns, rows];
    const pen = penFor(this.grid);
    const image = pen.createImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) pixels[(rows - 1 - j) * columns + i] = shades[shadeAt(j * columns + i)];
    }
    pen.putImageData(image, 0, 0);
  }

  /**
   * @param {Pen} pen
   * @param {Heights} heights
   * @param {Frame} frame
   */
  place(pen, { view: [[x0, x1], [y0, y1]], rows, columns }, frame) {
    const half = [(x1 - x0) / (columns - 1) / 2, (y1 - y0) / (rows - 1) / 2];
    const [left, right] = [frame.x(x0 - half[0]), frame.x(x1 + half[0])];
    const [top, bottom] = [frame.y(y1 + half[1]), frame.y(y0 - half[1])];
    pen.drawImage(this.grid, left, top, right - left, bottom - top);
  }

  /**
   * The lines on which values have one of some levels, in one ink over another.
   * @param {Pen} pen
   * @param {Heights} heights
   * @param {Float32Array} values
   * @param {number[]} levels
   * @param {[string, number][]} strokes
   * @param {Frame} frame
   */
  paintLines(pen, { view: [[x0, x1], [y0, y1]], rows, columns }, values, levels, strokes, frame) {
    /**
     * @param {number} i
     */
    const x = (i) => frame.x(x0 + ((x1 - x0) * i) / (columns - 1));
    /**
     * @param {number} j
     */
    const y = (j) => frame.y(y0 + ((y1 - y0) * j) / (rows - 1));
    pen.beginPath();
    for (const level of levels) {
      for (const [[i0, j0], [i1, j1]] of levelLines(values, rows, columns, level)) {
        pen.moveTo(x(i0), y(j0));
        pen.lineTo(x(i1), y(j1));
      }
    }
    for (const [ink, width] of strokes) {
      pen.strokeStyle = ink;
      pen.lineWidth = width;
      pen.stroke();
    }
  }
}

/**
 * @param {Sheet} canvas
 * @param {Frame} frame
 * @param {(pen: Pen) => void} paint
 */
function wipeWithin(canvas, frame, paint) {
  const pen = wipe(canvas);
  pens.within(pen, frame, () => paint(pen));
}

/**
 * 2/η_t of the step at the playhead, in the mean over two: λ₁ at the edge.
 * @param {Scene} scene
 */
export function thresholdAt({ result, focus, steps }) {
  const { part, row } = locate(result.runs[focus], steps[focus]);
  const mean = part.columns.threshold_mean[row];
  return Number.isFinite(mean) ? mean : part.columns.threshold[row];
}

/**
 * Which shade a λ₁ has: the middle one at the threshold, even in log λ₁.
 * @param {number} value
 * @param {number} threshold
 */
export function shadeOf(value, threshold) {
  const share = 0.5 + Math.log2(value / threshold) / (2 * DOUBLINGS);
  return Math.round(Math.min(Math.max(share || 0, 0), 1) * (SHADES - 1));
}

/**
 * The colour at a share of the scale, from flat to sharp, as CSS has it.
 * @param {Inks} inks
 * @param {number} share
 */
export function shadeAt(inks, share) {
  const [flat, middle, sharp] = ["flat-map", "mid-map", "sharp-map"].map((name) => rgb(inks[name]));
  const away = 2 * share - 1;
  const side = away < 0 ? flat : sharp;
  const mixed = middle.map((c, j) => Math.round(c + Math.sqrt(Math.abs(away)) * (side[j] - c)));
  return `rgb(${mixed.join(",")})`;
}

/**
 * All shades as 32-bit pixels, from their colours by share as CSS has them.
 * @param {(share: number) => string} colourAt
 */
function shadesOf(colourAt) {
  return Uint32Array.from({ length: SHADES }, (_, k) => {
    const [r, g, b] = Array.from(colourAt(k / (SHADES - 1)).matchAll(/\d+/g), Number);
    return (255 << 24) | (b << 16) | (g << 8) | r;
  });
}

/**
 * log₁₀ L from √L, cut some decades below its largest value.
 * @param {Float32Array} root
 */
export function logarithms(root) {
  const top = 2 * Math.log10(root.reduce((a, b) => (b > a ? b : a), 0));
  return root.map((value) => Math.max(2 * Math.log10(value), top - FLOOR_DECADES));
}

/**
 * From the least height to what most of them stay below, so that a cliff does not take all bands.
 * @param {Float32Array} values
 */
export function bandsOf(values) {
  const sorted = values.filter(Number.isFinite).sort();
  const high = sorted[Math.floor(MOST * (sorted.length - 1))];
  return [sorted[0], Math.max(high, sorted[0] + 1e-12)];
}
