// Two plots of one run, one above the other, on the clock: their places, scales and axes.
import { clockTime, paceOf } from "../clock.mjs";
import * as pens from "../pens.mjs";
import { labelledTicks } from "../ticks.mjs";
import { vocabulary } from "../vocabulary.mjs";

const ROOM = 22; // pixels left free below and above a plot
const LEFT = 56; // and beside one, for its numbers
const RIGHT = 14;

/** @typedef {{ left: number, right: number, top: number, bottom: number, x: (time: number) => number, y: (value: number) => number, most: number }} Plotted */

/**
 * Both from 0 to a greatest value each, and from the beginning to the end of a run.
 * @param {Size} size
 * @param {Clock} clock
 * @param {Run} run
 * @param {[number, number]} greatest
 * @returns {[Plotted, Plotted]}
 */
export function plotsIn([width, height], clock, run, greatest) {
  const half = (height - 3 * ROOM) / 2;
  const end = endOf(clock, run);
  const x = (/** @type {number} */ time) => LEFT + (time / end) * (width - LEFT - RIGHT);
  /** @type {(top: number, most: number) => Plotted} */
  const plot = (top, most) => ({
    ...{ left: LEFT, right: width - RIGHT, top, bottom: top + half, x, most },
    y: (value) => top + half - (Math.min(value, 1.2 * most) / most) * half,
  });
  return [plot(ROOM, 1.1 * greatest[0]), plot(height - ROOM - half, 1.1 * greatest[1])];
}

/**
 * @param {Clock} clock
 * @param {Run} run
 */
const endOf = (clock, run) => clockTime(clock, paceOf(run), Math.max(run.last, 1));

/**
 * Their axes and what each is of.
 * @param {Pen} pen
 * @param {Pick<Scene, "inks" | "clock">} scene
 * @param {Run} run
 * @param {[Plotted, Plotted]} plots
 * @param {[string, string]} names
 */
export function paintAxes(pen, { inks, clock }, run, plots, names) {
  const below = plots[1];
  for (const { value, text } of labelledTicks(0, 0.9 * endOf(clock, run), 4)) {
    pens.label(pen, inks, text, below.x(value), below.bottom + 11, inks.soft, "center");
  }
  pens.label(pen, inks, vocabulary.clocks[clock], below.right, below.bottom + 11, inks.soft, "right");
  plots.forEach((plot, which) => {
    for (const { value, text } of labelledTicks(0, plot.most, 3)) {
      pens.line(pen, inks.line, 1, [], 0, 1, (k) => [k ? plot.right : plot.left, plot.y(value)]);
      pens.label(pen, inks, text, plot.left - 6, plot.y(value), inks.soft, "right");
    }
    pens.label(pen, inks, names[which], plot.left + 6, plot.top - 12, inks.ink);
  });
}
