// The two laws of a pair, which are 1 at the edge: of the run in focus.
import * as pens from "../../pens.mjs";
import { named } from "../../quantity.mjs";
import * as chart from "../chart.mjs";
import { at } from "../columns.mjs";

const RANGE = [0.5, 1.5];
const FEW = 0.02; // off 1: held

/**
 * @param {Pen} pen
 * @param {Size} size
 * @param {StudyScene} scene
 */
export function draw(pen, size, scene) {
  const { run, inks } = scene;
  const box = chart.frameOf(size, scene, [], "linear", RANGE);
  chart.begin(pen, scene, box);
  pens.within(pen, box, () => {
    const [top, bottom] = [box.y.at(1 + FEW), box.y.at(1 - FEW)];
    pen.fillStyle = inks.ok;
    pen.globalAlpha = 0.25;
    pen.fillRect(box.left, top, box.width, bottom - top);
    pen.globalAlpha = 1;
    if (run) {
      const [edge, root] = [
        { ink: inks.ink, width: 1.5 },
        { ink: inks.theory, width: 1.5, dash: [4, 3] },
      ];
      named(pen, "stableness-pair", () => chart.curve(pen, box, run, "stableness_pair", edge));
      named(pen, "sqrt-loss-pair", () => chart.curve(pen, box, run, "sqrt_loss_pair", root));
    }
    chart.playhead(pen, scene, box);
  });
  pens.label(pen, inks, "1/S + 1/S′", box.left + 8, box.top + 12, inks.ink);
  if (scene.limiting) pens.label(pen, inks, "√L + √L′ over its law", box.left + 8, box.top + 30, inks.theory);
}

/**
 * Both stand beside their curves.
 * @returns {chart.Entry[]}
 */
export const key = () => [];

/**
 * @param {StudyScene} scene
 * @returns {[string, number][]}
 */
export const values = ({ run, row }) => [
  ["1/S + 1/S′", at(run?.stableness_pair, row)],
  ["√L + √L′ over its law", at(run?.sqrt_loss_pair, row)],
];

/** @param {StudyScene} scene */
export const aside = ({ run, row }) =>
  [at(run?.stableness_pair, row), at(run?.sqrt_loss_pair, row)]
    .filter(Number.isFinite)
    .map((value) => value.toFixed(3))
    .join(" · ");
