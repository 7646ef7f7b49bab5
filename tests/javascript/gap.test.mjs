import assert from "node:assert/strict";
import { test } from "node:test";
import { frameFor, viewOf } from "../../assets/js/stage/panels/gap.mjs";

const run = (gaps, eta) => ({
  eta,
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
