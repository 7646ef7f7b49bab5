"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
require("../../assets/run.js");
const overlay = require("../../assets/overlay.js");

const NODES = Array.from({ length: 9 }, (_, j) => -Math.cos((Math.PI * (j + 0.5)) / 9));
const close = (a, b, tolerance = 1e-6) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

// Rows whose profile across the valley is 2 s², or another loss.
function part({ steps = [0, 1], offset = [0.06, -0.05], bounce = [0.1, 0.1], span = [0.13, 0.13], loss }) {
  const valley = loss || ((s) => 2 * s * s);
  const profile = span.flatMap((half) => NODES.map((node) => valley(node * half)));
  const columns = Object.fromEntries(
    Object.entries({ step: steps, offset, bounce, span, profile }).map(([name, c]) => [name, Float32Array.from(c)]),
  );
  return { rows: steps.length, columns };
}

test("parity is that of the step", () => {
  assert.deepEqual([0, 1, 2, 9999999, 10000000].map(overlay.parity), ["even", "odd", "even", "odd", "even"]);
});

test("a strobe shows its own parity, all of them, or midpoints in their place", () => {
  const shown = (strobe) => [0, 1, 2, 3].filter((step) => overlay.shows(strobe, step));
  assert.deepEqual(shown("all"), [0, 1, 2, 3]);
  assert.deepEqual(shown("even"), [0, 2]);
  assert.deepEqual(shown("odd"), [1, 3]);
  assert.deepEqual(shown("midpoints"), []);
});

test("a row's partner is the next step, at the end of a stretch the one before", () => {
  const rows = part({ steps: [0, 1, 2, 10, 11, 30], offset: [], bounce: [], span: [] });
  assert.deepEqual([0, 1, 2, 3, 4].map((row) => overlay.partnerOf(rows, row)), [1, 2, 1, 4, 3]);
});

test("a row alone has no partner but itself", () => {
  const rows = part({ steps: [0, 1, 2, 10, 11, 30], offset: [], bounce: [], span: [] });
  assert.equal(overlay.partnerOf(rows, 5), 5);
  assert.equal(overlay.partnerOf(part({ steps: [0], offset: [0], bounce: [0], span: [1] }), 0), 0);
});

test("spread keeps labels that have room where they are", () => {
  const names = [{ y: 10 }, { y: 50 }, { y: 90 }];
  overlay.spread(names, 0, 100, 16);
  assert.deepEqual(names.map((name) => name.y), [10, 50, 90]);
});

test("spread moves labels apart, in order, within their bounds", () => {
  for (let seed = 1; seed < 200; seed++) {
    const names = Array.from({ length: 6 }, (_, i) => ({ text: i, y: ((seed * (i + 3) * 7919) % 260) - 30 }));
    const before = names.toSorted((a, b) => a.y - b.y).map((name) => name.text);
    overlay.spread(names, 8, 194, 16);
    assert.deepEqual(names.map((name) => name.text), before);
    names.forEach((name, i) => {
      assert.ok(name.y >= 8 && name.y <= 194, `${name.y} is out of bounds`);
      if (i) assert.ok(name.y - names[i - 1].y >= 16 - 1e-9);
    });
  }
});

test("spread of labels on one spot, at either end", () => {
  const heap = (y) => Array.from({ length: 3 }, () => ({ y }));
  const [top, bottom] = [heap(-50), heap(500)];
  overlay.spread(top, 0, 100, 10);
  overlay.spread(bottom, 0, 100, 10);
  assert.deepEqual(top.map((name) => name.y), [0, 10, 20]);
  assert.deepEqual(bottom.map((name) => name.y), [80, 90, 100]);
});

test("spread of more labels than there is room for keeps the distance", () => {
  const names = Array.from({ length: 5 }, () => ({ y: 0 }));
  overlay.spread(names, 0, 30, 16);
  assert.deepEqual(names.map((name) => name.y), [-34, -18, -2, 14, 30]);
  overlay.spread([], 0, 30, 16);
});

test("ticks are round, even about 0, few, and within the axis", () => {
  for (let power = -12; power < 12; power += 0.0173) {
    const half = 10 ** power;
    const found = overlay.ticks(half);
    assert.ok(found.length >= 3 && found.length <= 5, `${found.length} ticks for ${half}`);
    assert.ok(found.includes(0));
    assert.ok(found.every((u) => Math.abs(u) <= half * 1.0001));
    found.forEach((u, i) => close(u, -found[found.length - 1 - i], 1e-12 * half));
    const size = found.at(-1) / ((found.length - 1) / 2);
    const first = Number(size.toExponential(6).split("e")[0]);
    assert.ok([1, 2, 5].some((m) => Math.abs(first / m - 1) < 1e-5), `step ${size}`);
  }
});

test("ticks by hand", () => {
  assert.deepEqual(overlay.ticks(1.3), [-1, 0, 1]);
  assert.deepEqual(overlay.ticks(60), [-50, 0, 50]);
});

test("the magnifier's unit is the bounce of the law", () => {
  const view = overlay.acrossView(part({}), 0, NODES);
  close(view.unit, 0.1);
  close(view.half, 1.3);
  assert.equal(view.lawful, true);
});

test("without a law the unit is the bounce that is measured", () => {
  for (const bounce of [[NaN, NaN], [0, 0]]) {
    const view = overlay.acrossView(part({ bounce }), 0, NODES);
    close(view.unit, 0.11);
    close(view.half, 0.13 / 0.11);
    assert.equal(view.lawful, false);
  }
});

test("the magnifier shows L along v₁, as a share of the largest in view", () => {
  const view = overlay.acrossView(part({}), 0, NODES);
  close(view.top, 2 * 0.13 ** 2);
  for (const u of [-1.3, -1, -0.2, 0, 0.5, 1.3]) close(view.loss(u), (u / 1.3) ** 2);
});

test("walls that differ are told apart", () => {
  const view = overlay.acrossView(part({ loss: (s) => 2 * s * s + 5 * s ** 3 }), 0, NODES);
  close(view.top, 2 * 0.13 ** 2 + 5 * 0.13 ** 3);
  assert.ok(view.loss(-1.3) < 0.6);
  close(view.loss(1.3), 1);
});

test("the magnifier takes the profile of its own row", () => {
  const rows = part({ steps: [4, 5], span: [0.13, 0.26] });
  close(overlay.acrossView(rows, 0, NODES).half, 1.3);
  close(overlay.acrossView(rows, 1, NODES).half, 2.6);
  close(overlay.acrossView(rows, 1, NODES).loss(1.3), 0.25);
  close(overlay.acrossView(rows, 1, NODES).top, 2 * 0.26 ** 2);
});

test("where gradient flow finds no valley, or the iterate rests on its floor, nothing is shown", () => {
  assert.equal(overlay.acrossView(part({ offset: [NaN, NaN] }), 0, NODES), null);
  assert.equal(overlay.acrossView(part({ offset: [0, 0], bounce: [NaN, NaN] }), 0, NODES), null);
});

test("a graph gives a frame once it is drawn", () => {
  assert.equal(overlay.frameOf(null), null);
  assert.equal(overlay.frameOf({}), null);
  assert.equal(overlay.frameOf({ data: [{}], _fullLayout: { xaxis: {} } }), null);
});

test("a frame goes from data to pixels and back", () => {
  const axis = (offset, scale) => ({
    _offset: offset, _length: 400, range: ["-1", 3], d2p: (value) => scale * value, p2d: (pixel) => pixel / scale,
  });
  const frame = overlay.frameOf({ data: [{}], _fullLayout: { xaxis: axis(46, 100), yaxis: axis(8, -50) } });
  assert.deepEqual([frame.x(2), frame.y(2)], [246, -92]);
  assert.deepEqual([frame.dataX(246), frame.dataY(-92)], [2, 2]);
  assert.deepEqual([frame.left, frame.top, frame.width, frame.height], [46, 8, 400, 400]);
  assert.deepEqual(frame.rangeX, [-1, 3]);
});
