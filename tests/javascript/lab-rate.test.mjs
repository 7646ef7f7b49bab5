import assert from "node:assert/strict";
import { test } from "node:test";
import { boundThrough, dotsOf, envelopeOf, lineThrough, shareOf } from "../../assets/js/lab/fit.mjs";
import { frameOf } from "../../assets/js/lab/rate.mjs";

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

const clouds = [
  { eta: 0.1, gap: 1, envelope: 3, gaps: [0.02, 3, null], lopsidedness: [-0.1, 1, null] },
  { eta: 0.01, gap: 0.2, envelope: 0.2, gaps: [0.2, 0.1], lopsidedness: [-0.5, 1e-5] },
];

test("the largest gaps stand in for the medians", () => {
  assert.deepEqual(envelopeOf(clouds), [
    { eta: 0.1, gap: 3 },
    { eta: 0.01, gap: 0.2 },
  ]);
});

test("every run with a gap is a dot, over η or η|A|; what is next to even has no place there", () => {
  const over = dotsOf(clouds, "eta");
  assert.deepEqual(
    over.map(({ across, gap, a }) => [across, gap, a]),
    [
      [0.1, 0.02, 0.1],
      [0.1, 3, 1],
      [0.01, 0.2, 0.5],
      [0.01, 0.1, 1e-5],
    ],
  );
  dotsOf(clouds, "lopsided").forEach(({ across }, i) => close(across, [0.01, 0.1, 0.005][i]));
  assert.equal(dotsOf(clouds, "lopsided").length, 3);
});

test("the share of a gap that goes with η|A| is the median of lopsided runs; none without them", () => {
  close(shareOf(clouds), 40);
  close(shareOf(clouds.slice(0, 1)), 30);
  assert.equal(shareOf([{ ...clouds[0], lopsidedness: [0.1, 0.2, 0.3] }]), null);
});

test("on a narrow screen the names of the lines stand above the frame, where they hide no gap", () => {
  const cloud = { eta: 0.1, gap: 1, envelope: 2, gaps: [1, 2], lopsidedness: [0, 1] };
  const rate = { head: { settings: { etas: [0.1, 0.2], tau: 1 } }, points: [cloud, { ...cloud, eta: 0.2 }], fit: null };
  const topAt = (width) => frameOf({ rate, rateView: "eta" }, [width, 320]).top;
  assert.ok(topAt(360) >= 16 + 19 * 3 + 8, "four names, the first 16 pixels down");
  assert.equal(topAt(640), 14);
});
