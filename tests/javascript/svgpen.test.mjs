import assert from "node:assert/strict";
import { test } from "node:test";
import { addMark } from "../../assets/js/marks.mjs";
import * as pens from "../../assets/js/pens.mjs";
import { named } from "../../assets/js/quantity.mjs";
import { svgSheet } from "../../assets/js/svgpen.mjs";

function drawn(paint) {
  const pen = svgSheet([100, 100]).getContext();
  paint(pen);
  return pen.lines;
}

test("a quantity is a group with its name, one within another follows it, and nothing leaves none", () => {
  const lines = drawn((pen) =>
    named(pen, "iterates", () => {
      named(pen, "even", () => {});
      named(pen, "odd", () => pens.line(pen, "red", 1, [], 0, 1, (k) => [10 * k, 0]));
    }),
  );
  assert.deepEqual(
    lines.map((line) => line.slice(0, 24)),
    ['<g class="iterates">', '<g class="iterates-odd">', '<path d="M0 0 L10 0" fill', "</g>", "</g>"].map((line) =>
      line.slice(0, 24),
    ),
  );
});

test("marks of one fill that lie on each other are one, on both walls", () => {
  const [path] = drawn((pen) => {
    pen.beginPath();
    for (let step = 0; step < 1000; step++) addMark(pen, "odd", 10 + 1e-4 * step, step % 2 ? 20 : 40, 3);
    pen.fill();
  });
  assert.equal(path.match(/M/g).length, 2);
  assert.match(path, /17.3.*37.3|37.3.*17.3/);
});

test("a line has no more points than are seen, but its ends and each hop", () => {
  const count = (place) => drawn((pen) => pens.line(pen, "red", 1, [], 0, 1000, place))[0].match(/[ML]/g).length;
  assert.ok(count((k) => [k / 100, 0]) < 30);
  assert.equal(
    count((k) => [k / 100, k % 2 ? 20 : 40]),
    1001,
  );
  assert.match(drawn((pen) => pens.line(pen, "red", 1, [], 0, 1000, (k) => [k / 1000, 0]))[0], /L1 0"/);
});

test("of specks on one pixel there are as many as are seen, in one group of their style", () => {
  const specks = (inks) =>
    drawn((pen) =>
      inks.forEach((ink, k) => {
        pen.fillStyle = ink;
        pen.globalAlpha = 0.4;
        pen.fillRect(50 + 1e-3 * k, 50, 2, 2);
      }),
    );
  const many = specks(Array(100).fill("red"));
  assert.equal(many.length, 5);
  assert.equal(many[0], '<g fill="red" fill-opacity="0.4">');
  assert.equal(specks(["red", "blue", "red"]).filter((line) => line.startsWith("<g")).length, 3);
});

test("what is moved and turned is a group until it is as before, and no other", () => {
  const lines = drawn((pen) => {
    pen.save();
    pen.translate(10, 20);
    pen.rotate(-Math.PI / 2);
    pen.strokeRect(0, 0, 5, 5);
    pen.restore();
    pen.fillRect(0, 0, 1, 1);
  });
  assert.deepEqual(lines.slice(0, 2), ['<g transform="translate(10 20)">', '<g transform="rotate(-90)">']);
  assert.match(lines[2], /^<path d="M0 0 h5 v5 h-5 Z" fill="none"/);
  assert.deepEqual(lines.slice(3, 5), ["</g>", "</g>"]);
});
