import assert from "node:assert/strict";
import { test } from "node:test";
import { boundThrough, lineThrough } from "../../assets/js/lab/fit.mjs";

const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-12 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);
const points = [0.1, 0.05, 0.02].map((eta) => ({ eta, gap: 3 * eta ** 2 }));

test("the line of the exact slope goes through exact points", () => {
  const line = lineThrough(points, 2);
  for (const { eta, gap } of points) close(line(eta), gap);
});

test("lines of other slopes meet in the middle of the points", () => {
  const middle = Math.cbrt(0.1 * 0.05 * 0.02);
  close(lineThrough(points, 1)(middle), lineThrough(points, 2.5)(middle));
  assert.ok(lineThrough(points, 1)(0.1) < lineThrough(points, 2)(0.1));
});

test("the bound has slope 1 and meets the gap of the largest η", () => {
  const bound = boundThrough([...points].reverse());
  close(bound(0.1), 0.03);
  close(bound(0.01) / bound(0.1), 0.1);
});

test("gaps that are zero or not known have no place on log axes", () => {
  const more = [...points, { eta: 0.5, gap: null }, { eta: 0.6, gap: 0 }, { eta: 0.7, gap: NaN }];
  close(lineThrough(more, 2)(0.1), 0.03);
  close(boundThrough(more)(0.1), 0.03);
  assert.equal(lineThrough([], 2), null);
  assert.equal(lineThrough(points, NaN), null);
  assert.equal(boundThrough([{ eta: 1, gap: null }]), null);
});
