import assert from "node:assert/strict";
import { test } from "node:test";
import { Across, acrossView } from "../../assets/js/stage/panels/across.mjs";
import { svgSheet } from "../../assets/js/svgpen.mjs";

const NODES = Array.from({ length: 9 }, (_, j) => -Math.cos((Math.PI * (j + 0.5)) / 9));
const close = (a, b, tolerance = 1e-6) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

// Rows whose profile across the valley is 2 s², or another loss.
function part({ steps = [0, 1], offset = [0.06, -0.05], bounce = [0.1, 0.1], span = [0.13, 0.13], loss }) {
  const valley = loss || ((s) => 2 * s * s);
  const profile = span.flatMap((half) => NODES.map((node) => valley(node * half)));
  const columns = { step: steps, offset, bounce, span, profile, loss: offset.map(valley) };
  for (const [name, values] of Object.entries(columns)) columns[name] = Float32Array.from(values);
  return { rows: steps.length, last: steps.at(-1), columns };
}

test("the magnifier's unit is the bounce of the law", () => {
  const view = acrossView(part({}), 0, NODES);
  close(view.unit, 0.1);
  close(view.half, 1.3);
});

test("without a law the unit is the bounce that is measured", () => {
  for (const bounce of [
    [NaN, NaN],
    [0, 0],
  ]) {
    const view = acrossView(part({ bounce }), 0, NODES);
    close(view.unit, 0.11);
    close(view.half, 0.13 / 0.11);
  }
});

test("the magnifier shows L along v₁, as a share of the largest in view", () => {
  const view = acrossView(part({}), 0, NODES);
  close(view.top, 2 * 0.13 ** 2);
  for (const u of [-1.3, -1, -0.2, 0, 0.5, 1.3]) close(view.loss(u), (u / 1.3) ** 2);
});

test("walls that differ are told apart", () => {
  const view = acrossView(part({ loss: (s) => 2 * s * s + 5 * s ** 3 }), 0, NODES);
  close(view.top, 2 * 0.13 ** 2 + 5 * 0.13 ** 3);
  assert.ok(view.loss(-1.3) < 0.6);
  close(view.loss(1.3), 1);
});

test("the magnifier takes the profile of its own row", () => {
  const rows = part({ steps: [4, 5], span: [0.13, 0.26] });
  close(acrossView(rows, 0, NODES).half, 1.3);
  close(acrossView(rows, 1, NODES).half, 2.6);
  close(acrossView(rows, 1, NODES).loss(1.3), 0.25);
  close(acrossView(rows, 1, NODES).top, 2 * 0.26 ** 2);
});

test("where gradient flow finds no valley, or the iterate rests on its floor, nothing is shown", () => {
  assert.equal(acrossView(part({ offset: [NaN, NaN] }), 0, NODES), null);
  assert.equal(acrossView(part({ offset: [1e-16, 0], bounce: [NaN, NaN] }), 0, NODES), null); // at rest but for rounding
  assert.equal(acrossView(part({ offset: [0, 0], bounce: [NaN, NaN] }), 0, NODES), null);
});

// A panel of 240 × 144 pixels: bounces from −2 to 2 at 50 pixels each, the floor at height 118.
function setUp(steps) {
  const panel = Object.assign(Object.create(Across.prototype), { canvas: { size: [240, 144] } });
  const rows = part({
    steps,
    offset: steps.map((step) => (step % 2 ? -0.1 : 0.1)),
    bounce: steps.map(() => 0.1),
    span: steps.map(() => 0.2),
  });
  const scene = { result: { runs: [rows], profile_axis: NODES }, focus: 0, steps: [steps.at(-1)] };
  return { panel, rows, scene };
}

test("the pointer finds the hop that is nearest, where it is painted", () => {
  const { panel, rows, scene } = setUp([0, 1]);
  for (const [px, row, x] of [
    [165, 0, 170],
    [75, 1, 70],
  ]) {
    const found = panel.probe(scene, px, 93);
    assert.deepEqual([found.row, found.i, found.part], [row, 0, rows]);
    close(found.x, x, 1e-3);
    close(found.y, 93, 1e-3); // a quarter of the 100 pixels of the wall
  }
});

test("the pointer finds nothing far from the hops, before a gap, or where no valley is", () => {
  assert.equal(setUp([0, 1]).panel.probe(setUp([0, 1]).scene, 120, 10), null);
  const { panel, rows, scene } = setUp([0, 9]);
  assert.equal(panel.probe(scene, 170, 93), null);
  rows.columns.offset.fill(NaN);
  assert.equal(panel.probe(scene, 70, 93), null);
});

test("where there is nothing to magnify, words in the middle say why, once that is known", () => {
  const { panel, rows, scene } = setUp([0, 1]);
  const told = (result) => {
    const pen = svgSheet([240, 144]).getContext();
    panel.paintNothing(
      pen,
      { ...scene, result: { ...scene.result, ...result }, inks: { soft: "soft", card: "card" } },
      240,
      144,
    );
    return pen.lines
      .filter((line) => line.includes('fill="soft"'))
      .map((line) => line.match(/x="(\S+)" y="(\S+)".*>(.*)</).slice(1));
  };
  rows.columns.offset.fill(NaN);
  assert.deepEqual(told(), [["120", "77", "no valley in reach of gradient flow"]]);
  rows.columns.offset.fill(0);
  assert.deepEqual(told(), [["120", "77", "on the valley floor"]]);
  assert.deepEqual(told({ part: "iterates" }), []);
});
