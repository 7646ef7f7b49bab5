import assert from "node:assert/strict";
import { test } from "node:test";
import {
  discIn,
  cubicThrough,
  freeCorner,
  larger,
  lensOf,
  paintLens,
  placeIn,
  radiusIn,
  shareAt,
} from "../../assets/js/stage/lens.mjs";
import { groundOf } from "../../assets/js/stage/frame.mjs";
import { svgSheet } from "../../assets/js/svgpen.mjs";

const close = (a, b, room = 1e-9) => assert.ok(Math.abs(a - b) < room, `${a} is not ${b}`);
// A picture of 600 × 400 pixels, a hundred to a unit.
const FRAME = groundOf({ left: 40, top: 20, width: 600, height: 400, x: (a) => 40 + 100 * a, y: (b) => 420 - 100 * b });
const INKS = {
  ...{ ink: "ink", soft: "soft", card: "card", control: "control", theory: "theory", even: "even", odd: "odd" },
  scale: [
    [0, 0, 0],
    [90, 60, 30],
  ],
  runs: ["first"],
};

// A run that hops over the line y = 2 by a bounce, drifting along it.
function hopping(bounce, more = {}) {
  const rows = 20;
  const each = (make) => Float32Array.from(Array.from({ length: rows }, (_, t) => make(t)).flat());
  const columns = {
    step: each((t) => t),
    x: each((t) => [3 - 0.001 * t, 2 + (t % 2 ? 1 : -1) * (bounce / 2)]),
    projection: each((t) => [3 - 0.001 * t, 2]),
    direction: each(() => [0, 1]),
    bounce: each(() => bounce),
    flow: each(() => [3, 2]),
    ...more,
  };
  return {
    rule: "ngd",
    eta: 0.1,
    phases: [{ name: "edge", first: 0 }],
    rows,
    last: rows - 1,
    columns,
    widths: { x: 2 },
  };
}
const valley = {
  d: 2,
  sharpness_range: [1, 2],
  flattest: [],
  curves: [
    {
      d: 2,
      rows: 61,
      x: Float32Array.from(Array.from({ length: 61 }, (_, k) => [k / 10, 2]).flat()),
      sharpness: new Float32Array(61).fill(1.5),
    },
  ],
};
const sceneOf = (run, more) => ({
  result: { runs: [run], descent: { rows: 2, points: Float32Array.from([5.5, 3.5, 3, 2]) } },
  ...{ inks: INKS, steps: [10], focus: 0, strobe: "all", look: "root", lens: "on", lensAt: null, valley },
  ...more,
});
const CORNER = [100, 100];

test("the bounce fills a third of the lens, whatever its length, to the next half power of two", () => {
  for (const bounce of [0.3, 0.03, 0.003]) {
    const lens = lensOf(sceneOf(hopping(bounce)), FRAME, CORNER);
    const filled = (100 * bounce * lens.power) / (2 * lens.radius);
    assert.ok(filled <= 1 / 3 + 1e-9 && filled > 1 / 3 / Math.SQRT2, `${filled}`);
    close(lens.middle[0], 40 + 100 * (3 - 0.01), 1e-4);
    close(lens.middle[1], 220, 1e-4);
  }
});

test("an iterate far from the valley is in its middle itself", () => {
  const run = hopping(0.03);
  run.columns.x.set([4, 3], 20);
  assert.deepEqual(lensOf(sceneOf(run), FRAME, CORNER).middle, [440, 120]);
});

test("a rule without a law of its bounce is magnified by its last hops", () => {
  const run = hopping(0.03, { bounce: new Float32Array(20).fill(NaN) });
  const lens = lensOf(sceneOf(run), FRAME, CORNER);
  assert.equal(lens.power, lensOf(sceneOf(hopping(0.03)), FRAME, CORNER).power);
  assert.equal(lensOf(sceneOf(run, { steps: [0] }), FRAME, CORNER), null);
});

test("there is none where it shows nothing new, or nowhere to be", () => {
  assert.equal(lensOf(sceneOf(hopping(1)), FRAME, CORNER), null);
  assert.equal(lensOf(sceneOf(hopping(1e-5)), FRAME, CORNER), null);
  assert.equal(lensOf(sceneOf(hopping(0.03)), { ...FRAME, height: 90 }, CORNER), null);
  assert.equal(lensOf(sceneOf(hopping(0.03)), FRAME, null), null);
  const lost = hopping(0.03);
  lost.columns.x.fill(NaN);
  assert.equal(lensOf(sceneOf(lost), FRAME, CORNER), null);
});

test("what it shows is the picture, larger by its factor", () => {
  const lens = { middle: [300, 200], at: [100, 90], radius: 60, power: 4 };
  assert.deepEqual(larger(lens, () => [303, 195])(0), [112, 70]);
});

test("its place is a share of the picture and stays within it", () => {
  const room = radiusIn(FRAME) + 8;
  assert.deepEqual(placeIn(FRAME, [0, 1]), [40 + room, 420 - room]);
  for (const share of [
    [0, 0],
    [0.3, 0.8],
  ]) {
    shareAt(FRAME, placeIn(FRAME, share)).forEach((value, i) => close(value, share[i]));
  }
  assert.deepEqual(shareAt(FRAME, [-500, 5000]), [0, 1]);
});

test("it begins in the corner that is farthest from the valley and from all runs", () => {
  assert.deepEqual(freeCorner(sceneOf(hopping(0.03)), FRAME), [0, 1]);
  const low = hopping(0.03);
  low.columns.x.set([0.5, 0.5], 0);
  assert.deepEqual(freeCorner(sceneOf(low), FRAME), [1, 1]);
});

test("between points of a curve it draws the cubic through them", () => {
  const cubic = (t) => [t, t ** 3 - 2 * t];
  for (const k of [0, 3, 8]) {
    const curve = cubicThrough(cubic, k, 10);
    curve(k + 0.5).forEach((value, i) => close(value, cubic(k + 0.5)[i]));
  }
  assert.deepEqual(cubicThrough((t) => [t, 2 * t], 0, 2)(0.25), [0.25, 0.5]);
});

test("it paints both walls of the bounce apart, its factor and a bar of a round length", () => {
  const scene = sceneOf(hopping(0.003));
  const lens = lensOf(scene, FRAME, CORNER);
  const pen = svgSheet([680, 440]).getContext();
  paintLens(pen, scene, FRAME, lens);
  const words = pen.lines.map((line) => line.match(/>(.*)<\/text>/)?.[1]).filter(Boolean);
  assert.deepEqual([...new Set(words)], ["× 181", "0.005"]);
  for (const ink of ["even", "odd"]) assert.ok(pen.lines.some((line) => line.includes(`fill="${ink}"`)));
});

test("names keep clear of all of the lens's place, and of none where it has no room", () => {
  const [[x, y], radius] = [placeIn(FRAME, CORNER), radiusIn(FRAME)];
  const points = discIn(FRAME, CORNER);
  const far = points.map(([a, b]) => Math.hypot(a - x, b - y));
  assert.ok(Math.max(...far) <= radius && Math.max(...far) > radius - 12);
  assert.ok(points.length > (Math.PI * radius ** 2) / 12 ** 2 / 1.3);
  assert.deepEqual(discIn({ ...FRAME, height: 90 }, CORNER), []);
});
