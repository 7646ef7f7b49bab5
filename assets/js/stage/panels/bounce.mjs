// How GD bounces beside what the central flow says: half a hop against its spread σ, and the loss of iterates against
// its mean over the bounce, both on the clock.
import { addCanvas, penFor, wipe } from "../../canvas.mjs";
import { clockTime, paceOf } from "../../clock.mjs";
import { nearestOf, nearestRow } from "../../nearest.mjs";
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import { isCentral, locate, pointAt, upTo } from "../../run.mjs";
import { rodAt, showsFlow } from "../rod.mjs";
import { paintAxes, plotsIn } from "../stacked.mjs";

const NEAR = 20; // pixels within which the pointer finds a point
const SIZE = 1.1; // of a point, half its side
const OFTEN = 0.98; // of the values of a plot lie within its scale

/** @typedef {import("../stacked.mjs").Plotted} Plotted */

export class Bounce {
  /**
   * @param {HTMLElement} host
   */
  constructor(host) {
    this.host = host;
    this.past = addCanvas(host);
    this.now = addCanvas(host);
    /** @type {number | null} */
    this.painted = null;
    /** @type {{ run: Run, clock: Clock, size: string, plots: [Plotted, Plotted] } | null} */
    this.known = null;
  }

  reset() {
    this.painted = null;
    this.known = null;
  }

  /**
   * @param {Scene} scene
   */
  paint(scene) {
    this.unfold(scene.panel === "bounce");
    if (this.host.hidden || !scene.result) return;
    const run = scene.result.runs[scene.focus];
    if (!isCentral(run)) return this.paintNothing(wipe(this.now), scene, run);
    const plots = this.plotsFor(scene, run);
    this.paintPast(scene, run, plots, upTo(run, scene.steps[scene.focus]));
    this.paintNow(wipe(this.now), scene, run, plots);
  }

  /**
   * Only what is shown has a size.
   * @param {boolean} yes
   */
  unfold(yes) {
    if (yes !== this.host.hidden) return;
    this.host.hidden = !yes;
    for (const canvas of [this.past, this.now]) canvas.measure();
    this.reset();
  }

  /**
   * The two plots, one above the other; their scales hold as long as run, clock and size do.
   * @param {Scene} scene
   * @param {Run} run
   * @returns {[Plotted, Plotted]}
   */
  plotsFor({ clock }, run) {
    const size = this.past.size.join();
    const { known } = this;
    if (known && known.run === run && known.clock === clock && known.size === size) return known.plots;
    const { flow_spread: spread, flow_loss: mean, loss } = run.columns;
    const hops = Array.from({ length: run.rows }, (_, row) => halfHop(run, row));
    const plots = plotsIn(this.past.size, clock, run, [greatest([spread, hops]), greatest([mean, loss])]);
    this.known = { run, clock, size, plots };
    this.painted = null;
    return plots;
  }

  /**
   * What has been painted stays while the run plays on.
   * @param {Scene} scene
   * @param {Run} run
   * @param {[Plotted, Plotted]} plots
   * @param {number} row
   */
  paintPast(scene, run, plots, row) {
    const before = this.painted ?? Infinity;
    const grows = row >= before;
    const pen = grows ? penFor(this.past) : wipe(this.past);
    const from = grows ? before + 1 : 0;
    if (!grows) paintStanding(pen, scene, run, plots);
    pen.globalAlpha = 0.5;
    pen.fillStyle = scene.inks.ink;
    plots.forEach((plot, which) =>
      named(pen, which ? "loss" : "half-hop", () => {
        const place = placeOf(scene, run, run, plot, which);
        for (let k = from; k <= row; k++) {
          const [x, y] = place(k);
          if (y >= plot.top) pen.fillRect(x - SIZE, y - SIZE, 2 * SIZE, 2 * SIZE);
        }
      }),
    );
    pen.globalAlpha = 1;
    this.painted = row;
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Run} run
   * @param {[Plotted, Plotted]} plots
   */
  paintNow(pen, scene, run, plots) {
    const { inks } = scene;
    const { part, row } = locate(run, scene.steps[scene.focus]);
    plots.forEach((plot, which) => {
      const x = plot.x(clockTime(scene.clock, paceOf(run), part.columns.step[row]));
      const theory = part.columns[which ? "flow_loss" : "flow_spread"][row];
      if (Number.isFinite(theory) && showsFlow(scene, run)) pens.bead(pen, inks, inks.theory, x, plot.y(theory), 5);
      const rod = !which && scene.rod && rodAt(scene.rod, scene.steps[scene.focus]);
      if (rod) pens.bead(pen, inks, inks.rod, x, plot.y(Math.hypot(...rod.reach)), 5);
      const [, y] = placeOf(scene, run, part, plot, which)(row);
      if (y >= plot.top) pens.bead(pen, inks, inks.ink, x, y, 4);
      const beside = [...(showsFlow(scene, run) ? [theory] : []), ...(rod ? [Math.hypot(...rod.reach)] : [])];
      const words = [valueOf(part, which)(row), ...beside].map((value) => inWords(value)).join(" · ");
      pens.label(pen, inks, words, plot.right, plot.top - 12, inks.soft, "right");
    });
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {Run} run
   */
  paintNothing(pen, { inks }, { name }) {
    wipe(this.past);
    const [width, height] = this.now.size;
    pens.label(pen, inks, `no central flow for ${name}`, width / 2, height / 2, inks.soft, "center");
  }

  /**
   * What the pointer finds: the nearest point painted so far.
   * @param {Scene} scene
   * @param {number} px
   * @param {number} py
   */
  probe(scene, px, py) {
    const run = scene.result.runs[scene.focus];
    if (!isCentral(run)) return null;
    const last = upTo(run, scene.steps[scene.focus]);
    const found = this.plotsFor(scene, run).map((plot, which) => ({
      ...nearestRow(0, last, placeOf(scene, run, run, plot, which), px, py),
      ...{ run, i: scene.focus, part: run },
    }));
    return nearestOf(found, NEAR);
  }
}

/**
 * ½‖x_{t+1} − x_t‖ of a row and the next, or the one before where that is no neighbour.
 * @param {Part} part
 * @param {number} row
 */
export function halfHop({ columns: { step, x }, widths, rows }, row) {
  const next = row + 1 < rows && step[row + 1] === step[row] + 1 ? row + 1 : row - 1;
  if (next < 0 || Math.abs(step[next] - step[row]) !== 1) return NaN;
  let square = 0;
  for (let j = 0; j < widths.x; j++) square += (x[widths.x * next + j] - x[widths.x * row + j]) ** 2;
  return Math.sqrt(square) / 2;
}

/**
 * What of the run a plot is of, by row: half a hop, or the loss.
 * @param {Part} part
 * @param {number} which
 * @returns {(row: number) => number}
 */
const valueOf = (part, which) => (which ? (row) => part.columns.loss[row] : (row) => halfHop(part, row));

/**
 * @param {Scene} scene
 * @param {Run} run
 * @param {Part} part
 * @param {Plotted} plot
 * @param {number} which
 * @returns {Place}
 */
function placeOf({ clock }, run, part, plot, which) {
  const value = valueOf(part, which);
  return (row) => [plot.x(clockTime(clock, paceOf(run), part.columns.step[row])), plot.y(value(row))];
}

/**
 * Of almost all values the greatest: the first steps of a descent may be far above the rest.
 * @param {ArrayLike<number>[]} columns
 */
function greatest(columns) {
  const of = columns.map((column) => {
    const values = Array.from(column)
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    return values.length ? values[Math.floor(OFTEN * (values.length - 1))] : 0;
  });
  return Math.max(...of) || 1;
}

/**
 * Axes, and the lines of the central flow.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Run} run
 * @param {[Plotted, Plotted]} plots
 */
function paintStanding(pen, scene, run, plots) {
  const { inks, clock, rod } = scene;
  const central = showsFlow(scene, run);
  paintAxes(pen, scene, run, plots, [
    ["half a hop", ...(central ? ["σ"] : []), ...(rod?.rows ? ["that of the rod"] : [])].join(", "),
    central ? "loss L, and its mean over the bounce" : "loss L",
  ]);
  /**
   * @param {Rod} rod
   * @returns {Place}
   */
  const lengthsOf = ({ columns, widths }) => {
    const [{ x, y }] = plots;
    return (row) => [
      x(clockTime(clock, paceOf(run), columns.step[row])),
      y(Math.hypot(...pointAt(columns.rod_reach, widths.rod_reach, row))),
    ];
  };
  plots.forEach((plot, which) => {
    const { flow_spread: spread, flow_loss: mean, step } = run.columns;
    const theory = which ? mean : spread;
    /** @type {Place} */
    const place = (row) => [plot.x(clockTime(clock, paceOf(run), step[row])), plot.y(theory[row])];
    if (central)
      named(pen, which ? "flow-loss" : "flow-spread", () => pens.line(pen, inks.theory, 2, [], 0, run.rows - 1, place));
    if (rod && !which) named(pen, "rod", () => pens.line(pen, inks.rod, 2, [], 0, rod.rows - 1, lengthsOf(rod)));
  });
}
