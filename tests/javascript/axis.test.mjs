import assert from "node:assert/strict";
import { test } from "node:test";
import { frame, logTicks, quantile, rangeOf, scale, short, ticksOf } from "../../assets/js/axis.mjs";

const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-9 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

test("a scale maps its ends to its ends, and back", () => {
  for (const kind of ["linear", "log"]) {
    const one = scale(kind, [0.01, 10], [50, 250]);
    close(one.at(0.01), 50);
    close(one.at(10), 250);
    for (const value of [0.01, 0.3, 2, 10]) close(one.of(one.at(value)), value);
  }
  close(scale("log", [0.01, 100], [0, 8]).at(1), 4);
  close(scale("linear", [0, 10], [100, 0]).at(2.5), 75);
});

test("ticks of a log axis are its decades, with 2 and 5 where there is room", () => {
  assert.deepEqual(logTicks(0.01, 10, 4), [0.01, 0.1, 1, 10]);
  assert.deepEqual(logTicks(0.1, 2, 6), [0.1, 0.2, 0.5, 1, 2]);
  assert.deepEqual(logTicks(0.1, 1, 9), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  assert.deepEqual(logTicks(1e-12, 1, 4), [1e-12, 1e-9, 1e-6, 1e-3, 1]);
});

test("a short log axis has ticks too", () => {
  const words = ticksOf(scale("log", [1.02, 1.19], [0, 500]), 70).map(({ text }) => text);
  assert.ok(words.length >= 2, words.join());
});

test("numbers on axes are short", () => {
  assert.deepEqual([0, 0.05, 3, 120, 1e-4, 2e-5, 1e6, 0.001].map(short), [
    "0",
    "0.05",
    "3",
    "120",
    "10⁻⁴",
    "2·10⁻⁵",
    "10⁶",
    "0.001",
  ]);
});

test("upwards is up", () => {
  const margin = { left: 40, right: 10, top: 5, bottom: 25 };
  const box = frame([250, 130], margin, { kind: "log", range: [1, 100] }, { kind: "linear", range: [-1, 1] });
  assert.deepEqual([box.left, box.top, box.width, box.height], [40, 5, 200, 100]);
  close(box.x.at(10), 140);
  close(box.y.at(1), 5);
  close(box.y.at(-1), 105);
});

test("a range holds what is finite, and on a log axis what is positive", () => {
  assert.deepEqual(rangeOf([2, NaN, 4, Infinity], "linear", 0), [2, 4]);
  assert.deepEqual(rangeOf([-1, 0, 1, 100], "log", 0), [1, 100]);
  const [low, high] = rangeOf([3, 3]);
  assert.ok(low < 3 && 3 < high);
  assert.ok(rangeOf([], "log")[0] > 0);
});

test("a quantile leaves out what is not finite", () => {
  const values = [...Array.from({ length: 101 }, (_, k) => k), NaN, Infinity];
  assert.equal(quantile(values, 0.9), 90);
  assert.equal(quantile(values, 0), 0);
  assert.ok(Number.isNaN(quantile([NaN], 0.5)));
});
