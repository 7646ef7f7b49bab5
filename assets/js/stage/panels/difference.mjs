// How far the run in focus is from another at the same time on the clock: the distance of Φ, and of λ₁ there.
import { addCanvas, wipe } from "../../canvas.mjs";
import { clockTime, paceOf, sameTime } from "../../clock.mjs";
import { nearestOf, nearestRow } from "../../nearest.mjs";
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import { locate, rowAt, upTo } from "../../run.mjs";
import { paintAxes, plotsIn } from "../stacked.mjs";

const NEAR = 20; // pixels within which the pointer finds a point

/** @typedef {{ distance: Float64Array, sharpness: Float64Array }} Apart by row of the run in focus; NaN where the other has ended */

export class Difference {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.canvas = addCanvas(host);
    /** @type {{ of: unknown[], apart: Apart, plots: ReturnType<typeof plotsIn> } | null} */
    this.known = null;
  }

  reset() {
    this.known = null;
  }

  /**
   * @param {Scene} scene
   */
  paint(scene) {
    this.unfold(scene.panel === "difference");
    if (this.host.hidden || !scene.result) return;
    const { result, inks, focus, against, steps } = scene;
    const pen = wipe(this.canvas);
    const [run, other] = [result.runs[focus], result.runs[against]];
    if (!other || other === run) return;
    const { apart, plots } = this.knownOf(scene, run, other);
    const prime = `′: ${result.words.labels[against]}`;
    paintAxes(pen, scene, run, plots, ["‖Φ − Φ′‖", `|λ₁ − λ₁′| at Φ and Φ′; ${prime}`]);
    const [so, last] = [upTo(run, steps[focus]), run.rows - 1];
    const { part, row } = locate(run, steps[focus]);
    const now = apartAt(run, part, row, other, scene.clock);
    plots.forEach((plot, which) => {
      const column = which ? apart.sharpness : apart.distance;
      const place = placeOf(scene, run, plot, column);
      pens.line(pen, inks.line, 1.5, [], so, last, place);
      named(pen, which ? "sharpness-apart" : "projection-apart", () =>
        pens.line(pen, inks.runs[focus], 2, [], 0, so, place),
      );
      const value = now[which];
      const x = plot.x(clockTime(scene.clock, paceOf(run), part.columns.step[row]));
      if (Number.isFinite(value)) pens.bead(pen, inks, inks.runs[focus], x, plot.y(value), 4.5);
      pens.label(pen, inks, inWords(value), plot.right, plot.top - 12, inks.soft, "right");
    });
  }

  /**
   * Only what is shown has a size.
   * @param {boolean} yes
   */
  unfold(yes) {
    if (yes !== this.host.hidden) return;
    this.host.hidden = !yes;
    this.canvas.measure();
    this.reset();
  }

  /**
   * @param {Scene} scene
   * @param {Run} run
   * @param {Run} other
   */
  knownOf({ clock }, run, other) {
    const of = [run, other, clock, this.canvas.size.join()];
    if (this.known?.of.every((one, k) => one === of[k])) return this.known;
    const apart = apartAlong(run, other, clock);
    const greatest = [apart.distance, apart.sharpness].map(
      (column) => column.reduce((a, b) => (b > a ? b : a), 0) || 1,
    );
    const plots = plotsIn(this.canvas.size, clock, run, [greatest[0], greatest[1]]);
    this.known = { of, apart, plots };
    return this.known;
  }

  /**
   * What the pointer finds: the nearest point painted so far.
   * @param {Scene} scene
   * @param {number} px
   * @param {number} py
   */
  probe(scene, px, py) {
    const { result, focus, against, steps } = scene;
    const [run, other] = [result.runs[focus], result.runs[against]];
    if (!other || other === run) return null;
    const { apart, plots } = this.knownOf(scene, run, other);
    const found = plots.map((plot, which) => ({
      ...nearestRow(
        0,
        upTo(run, steps[focus]),
        placeOf(scene, run, plot, which ? apart.sharpness : apart.distance),
        px,
        py,
      ),
      ...{ run, i: focus, part: run },
    }));
    return nearestOf(found, NEAR);
  }
}

/**
 * @param {Scene} scene
 * @param {Run} run
 * @param {import("../stacked.mjs").Plotted} plot
 * @param {Float64Array} column
 * @returns {Place}
 */
function placeOf({ clock }, run, plot, column) {
  const { step } = run.columns;
  return (row) => [plot.x(clockTime(clock, paceOf(run), step[row])), plot.y(column[row])];
}

/**
 * How far apart two runs are at every row of the one. Pure.
 * @param {Run} run
 * @param {Run} other
 * @param {Clock} clock
 * @returns {Apart}
 */
export function apartAlong(run, other, clock) {
  const rows = Array.from({ length: run.rows }, (_, row) => apartAt(run, run, row, other, clock));
  return {
    distance: Float64Array.from(rows, ([distance]) => distance),
    sharpness: Float64Array.from(rows, ([, sharpness]) => sharpness),
  };
}

/**
 * The distance of Φ of a row of a run from that of another at the same time, and of λ₁ there. Between two recorded steps of
 * the other, where both hardly move, it is on the straight way from one to the next.
 * @param {Run} run
 * @param {Part} part
 * @param {number} row
 * @param {Run} other
 * @param {Clock} clock
 * @returns {[number, number]}
 */
export function apartAt(run, part, row, other, clock) {
  const wanted = sameTime(clock, paceOf(other), paceOf(run), part.columns.step[row]);
  if (!(wanted <= other.last + 1e-6)) return [NaN, NaN];
  const { step, projection, projection_sharpness: sharpness } = other.columns;
  const before = rowAt(other, wanted + 1e-6);
  const after = Math.min(before + 1, other.rows - 1);
  const share = after > before ? Math.max((wanted - step[before]) / (step[after] - step[before]), 0) : 0;
  const between = (/** @type {Float32Array} */ column, width = 1, i = 0) =>
    share ? (1 - share) * column[width * before + i] + share * column[width * after + i] : column[width * before + i];
  const d = run.widths.projection;
  let square = 0;
  for (let i = 0; i < d; i++) square += (part.columns.projection[d * row + i] - between(projection, d, i)) ** 2;
  return [Math.sqrt(square), Math.abs(part.columns.projection_sharpness[row] - between(sharpness))];
}
