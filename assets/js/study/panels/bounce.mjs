// √L of both steps of each pair of the run in focus, by parity: the bounce of a network.
import { inWords } from "../../numbers.mjs";
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import * as chart from "../chart.mjs";
import { at } from "../columns.mjs";

const MARK = 3.6;
const APART = 2.6; // of its size, from a mark to the next
const FAINT = 0.3; // what is still to come

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
export function draw(pen, size, scene) {
  const { run, inks, limiting } = scene;
  const roots = chart.valuesOf([run], "loss", [0, 1]).map(Math.sqrt);
  const box = limiting
    ? chart.frameOf(size, scene, [], "linear", [0, 1.08 * (Math.max(...roots.filter(Number.isFinite), 0) || 1)])
    : chart.frameOf(size, scene, roots, "log");
  chart.begin(pen, scene, box, "√L");
  pens.within(pen, box, () => {
    for (const i of [0, 1]) steps(pen, scene, box, i);
    pen.globalAlpha = 1;
    chart.playhead(pen, scene, box);
  });
  const right = box.left + box.width - 6;
  pens.label(pen, inks, "even", right - 34, box.top + 10, inks.even, "right");
  pens.label(pen, inks, "odd", right, box.top + 10, inks.odd, "right");
}

/**
 * Step `i` of all pairs.
 * @param {Pen} pen
 * @param {StudyScene} scene
 * @param {Axes} box
 * @param {number} i
 */
function steps(pen, { run, inks, row: now }, box, i) {
  const count = run?.tau.count || 0;
  const every = Math.max(Math.ceil((APART * MARK * count) / box.width), 1);
  for (let row = 0; row < count; row++) {
    if (row % every && row !== now) continue;
    const parity = (at(run?.step, row) + i) % 2 ? "odd" : "even";
    const root = Math.sqrt(at(run?.loss, row, i));
    pen.globalAlpha = row <= now ? 1 : FAINT;
    named(pen, `iterates-${parity}`, () =>
      pens.mark(pen, inks, inks[parity], parity, box.x.at(at(run?.tau, row)), box.y.at(root), MARK),
    );
  }
}

export const key = chart.keyOfSteps;

/**
 * @param {StudyScene} scene
 * @returns {[string, number][]}
 */
export const values = ({ run, row }) =>
  [0, 1].map((i) => [(at(run?.step, row) + i) % 2 ? "√L, odd" : "√L, even", Math.sqrt(at(run?.loss, row, i))]);

/** @param {StudyScene} scene */
export const aside = ({ run, row }) => {
  const roots = [0, 1].map((i) => Math.sqrt(at(run?.loss, row, i)));
  return Number.isFinite(roots[0]) ? roots.map(inWords).join(" · ") : "";
};
