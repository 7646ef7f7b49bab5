import assert from "node:assert/strict";
import { test } from "node:test";
import { stretched } from "../../assets/js/lab/map.mjs";
import * as zoom from "../../assets/js/lab/zoom.mjs";

const close = (found, expected) => assert.ok(Math.abs(found - expected) < 1e-9, `${found} is not ${expected}`);

// A map of 4 step sizes by 3 starts on a line.
const HEAD = {
  ...{ rows: 4, columns: 3, etas: [0.1, 0.2, 0.4, 0.8], settings: { along: "line" } },
  ...{ axes: [{ name: "eta", values: [] }, { name: "start", values: [] }] },
  starts: [
    [1, 5],
    [2, 5],
    [3, 5],
  ],
}; // prettier-ignore
const numbers = (text) => text.split(",").map(Number);

test("the window of a whole map is what it is", () => {
  const query = zoom.queryFor(HEAD, [zoom.WHOLE, zoom.WHOLE]);
  assert.deepEqual(query, { eta: "0.1,0.8", from: "1,5", to: "3,5" });
});

test("the cells of a window fill it: the middle half of four octaves is two, from an eighth of an octave in", () => {
  const { eta, from, to } = zoom.queryFor(HEAD, [
    [0.25, 0.75],
    [0, 1 / 3],
  ]);
  const [low, high] = numbers(eta);
  close(low, 0.1 * 2 ** 0.75);
  close(high, 0.1 * 2 ** 2.25);
  close(numbers(from)[0], 0.5 + 1 / 6);
  close(numbers(to)[0], 1.5 - 1 / 6);
  assert.deepEqual([numbers(from)[1], numbers(to)[1]], [5, 5]);
});

test("numbers of rule and loss have their ranges, across before upwards; starts along Γ stay", () => {
  const axes = [
    { name: "beta", values: [0, 0.5] },
    { name: "p.k", values: [1, 3] },
  ];
  const head = { ...HEAD, rows: 2, columns: 2, axes };
  assert.deepEqual(zoom.queryFor(head, [zoom.WHOLE, zoom.WHOLE]), { range: "0,0.5,1,3" });
  const valley = { ...HEAD, settings: { along: "valley" } };
  assert.deepEqual([zoom.isOpen(valley, 0), zoom.isOpen(valley, 1)], [true, false]);
  assert.deepEqual(Object.keys(zoom.queryFor(valley, [zoom.WHOLE, zoom.WHOLE])), ["eta"]);
});

test("a window about a point leaves the point where it is", () => {
  const [a, b] = zoom.about(0.8, 0.5);
  close(a + 0.8 * (b - a), 0.8);
  close(b - a, 0.5);
  assert.deepEqual(zoom.within([0.25, 0.75], [0.5, 1]), [0.5, 0.75]);
  assert.deepEqual([zoom.between(0.7, 0.2), zoom.between(0.3, 0.3)], [[0.2, 0.7], null]);
});

test("an axis of which a part is seen has its range", () => {
  const log = zoom.seen({ kind: "log", range: [1, 16], values: [], title: "" }, [0.25, 0.5]);
  log.range.forEach((value, i) => close(value, [2, 4][i]));
  const linear = zoom.seen({ kind: "linear", range: [0, 8], values: [], title: "" }, [0.25, 0.5]);
  assert.deepEqual(linear.range, [2, 4]);
});

test("the old cells are stretched so that the window fills the box", () => {
  const box = { left: 10, top: 20, width: 100, height: 200 };
  assert.deepEqual(stretched(box, null), [10, 20, 100, 200]);
  const [left, top, width, height] = stretched(box, [
    [0.5, 1],
    [0, 0.25],
  ]);
  assert.deepEqual([width, height], [200, 800]);
  assert.deepEqual([left + 0.5 * width, left + width], [10, 110]);
  assert.deepEqual([top + 0.75 * height, top + height], [20, 220], "shares upwards count from below");
});
