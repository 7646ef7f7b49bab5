import assert from "node:assert/strict";
import { test } from "node:test";
import { Gap, frameFor, viewOf } from "../../assets/js/stage/panels/gap.mjs";
import { svgSheet } from "../../assets/js/svgpen.mjs";
import { svgOf } from "../agreed/picture.mjs";

const run = (gaps, eta) => ({
  eta,
  phases: [],
  rows: gaps.length,
  last: gaps.length - 1,
  columns: { step: Float32Array.from(gaps, (_, t) => t), gap: Float32Array.from(gaps) },
});

test("the view holds the largest gap and the longest time of the runs", () => {
  const view = viewOf([run([0, 2, 1], 0.5), run([0, 0.5, 1, 1, 1], 1)]);
  assert.deepEqual(view, { top: 2, end: 4 });
});

test("gaps that nothing defines are passed over, and without any there is no view", () => {
  assert.deepEqual(viewOf([run([NaN, 3, NaN], 1)]), { top: 3, end: 2 });
  assert.equal(viewOf([run([NaN, NaN], 1)]), null);
  assert.equal(viewOf([run([0, 0], 1)]), null);
});

test("time and gap fill the panel but for a margin, and a pixel has its time", () => {
  const frame = frameFor({ top: 2, end: 4 }, [112, 62]);
  assert.deepEqual([frame.x(0), frame.x(4), frame.y(0), frame.y(2)], [6, 106, 56, 20]);
  assert.equal(frameFor({ top: 2, end: 4 }, [112, 40]).y(2), 6, "without words where it is low");
  assert.equal(frame.time(frame.x(3)), 3);
});

const INKS = { card: "card", soft: "soft", line: "line", theory: "theory" };
const sceneOf = (result, more) => ({ inks: INKS, result, focus: 0, steps: [2], halved: null, ...more });

// A panel of 112 × 62 pixels that has painted a scene: 100 of time and 36 of gap, its floor at 56.
function painted(scene, size = [112, 62]) {
  const panel = Object.assign(Object.create(Gap.prototype), { canvas: svgSheet(size), fresh: false, view: null });
  panel.paint(scene);
  return panel;
}
const linesOf = (panel) => svgOf(panel.canvas.size, "card", [panel.canvas]).split("\n");

test("the pointer finds the step at its time, as far as the curve is near", () => {
  const one = run([0, 2, 1], 0.5);
  const scene = sceneOf({ runs: [one] });
  const panel = painted(scene);
  const found = (x, y) => {
    const near = panel.probe(scene, x, y);
    return near && [near.i, near.row, near.x, near.y];
  };
  assert.deepEqual(found(60, 50), [0, 1, 56, 20]);
  assert.deepEqual(found(85, 50), [0, 2, 106, 38]);
  assert.deepEqual(
    [found(-50, 50), found(300, 50)],
    [
      [0, 0, 6, 56],
      [0, 2, 106, 38],
    ],
  );
  assert.equal(found(56, 60), null, "40 pixels below");
  assert.deepEqual(found(56, 59.5), [0, 1, 56, 20]);
  assert.equal(painted(sceneOf({ runs: [run([NaN, NaN], 1)] })).probe(scene, 56, 20), null, "no view");
});

test("before η was halved the gap is drawn too, half as strong, and the view holds both", () => {
  const now = run([0, 1, 1], 0.5);
  const before = run([0, 2, 2], 0.5);
  const alone = linesOf(painted(sceneOf({ runs: [now] })));
  const both = linesOf(painted(sceneOf({ runs: [now] }, { halved: { run: before } })));
  const faint = both.filter((line) => line.includes('opacity="0.5"'));
  assert.equal(faint.length, 1);
  assert.match(faint[0], /^<path d="M6 56 .*L106 20".* stroke="theory"/);
  assert.equal(both.length, alone.length + 1);
  assert.ok(both.some((line) => line.includes("max 2.000")));
  assert.ok(alone.some((line) => line.includes("max 1.000")));
});

test("a low panel has no words, and a gap that nothing defines at the playhead no bead", () => {
  const words = (panel) => linesOf(panel).filter((line) => line.startsWith("<text"));
  const beads = (panel) => linesOf(panel).filter((line) => line.includes(" A4.5 "));
  const scene = sceneOf({ runs: [run([0, 2, 1], 0.5)] });
  assert.equal(words(painted(scene, [112, 51])).length, 2, "a word and what is around it");
  assert.equal(words(painted(scene, [112, 50])).length, 0);
  assert.equal(beads(painted(scene)).length, 2);
  assert.equal(beads(painted(sceneOf({ runs: [run([0, 2, NaN], 0.5)] }))).length, 0);
});

test("a view stays until the panel is reset, whatever is painted meanwhile", () => {
  const panel = painted(sceneOf({ runs: [run([0, 2, 1], 0.5)] }));
  const other = sceneOf({ runs: [run([0, 5, 1], 0.5)] });
  panel.paint(other);
  assert.equal(panel.view.top, 2);
  panel.reset();
  panel.paint(other);
  assert.equal(panel.view.top, 5);
});
