import assert from "node:assert/strict";
import { test } from "node:test";
import { rgb, shade } from "../../assets/js/inks.mjs";
import { recoloured, resized } from "../../assets/js/paper.mjs";

const DARK = {
  card: "#191c22",
  soft: "#a8aeb8",
  scale: ["#8f6fe0", "#bf5fc4", "#ffd092"].map(rgb),
  heights: ["#1b1f26", "#424c5a"].map(rgb),
};
const LIGHT = {
  card: "#ffffff",
  soft: "#5a606a",
  scale: ["#33106b", "#7b1f7f", "#e8604c"].map(rgb),
  heights: ["#fdfdfb", "#d0d5d7"].map(rgb),
};

test("a named ink stays that ink, wherever in a figure it stands", () => {
  const x = new Float64Array([1, 2]);
  const figure = {
    x,
    name: "#1 of runs",
    marker: { color: "#a8aeb8", size: 6 },
    text: ["a", "#191c22"],
    visible: true,
    gap: null,
  };
  const other = { ...figure, marker: { color: "#5a606a", size: 6 }, text: ["a", "#ffffff"] };
  assert.deepEqual(recoloured(figure, DARK, LIGHT), other);
  assert.equal(recoloured(figure, DARK, LIGHT).x, x);
});

test("a colour of a scale keeps its place on it", () => {
  assert.equal(recoloured("#1b1f26", DARK, LIGHT), shade(LIGHT.heights, 0));
  assert.equal(recoloured("#424c5a", DARK, LIGHT), shade(LIGHT.heights, 1));
  for (const share of [0, 0.13, 0.5, 0.77, 1]) {
    const found = recoloured(shade(DARK.scale, share), DARK, LIGHT).match(/\d+/g).map(Number);
    const right = shade(LIGHT.scale, share).match(/\d+/g).map(Number);
    for (const [i, c] of found.entries()) assert.ok(Math.abs(c - right[i]) <= 2, `${found} is not ${right}`);
  }
});

test("what is clear stays clear", () => assert.equal(recoloured("rgba(0,0,0,0)", DARK, LIGHT), "rgba(0,0,0,0)"));

test("a figure has words, margins, lines and marks of another size, and the same data", () => {
  const x = new Float64Array([1, 2]);
  const data = [
    { x, line: { width: 4, color: "red" } },
    { x, marker: { size: 10, line: { width: 2 } } },
  ];
  const axis = (size) => ({ range: [0, 1], title: { text: "x", font: { size } } });
  const layout = { font: { size: 20, color: "red" }, margin: { l: 40, b: 30 }, xaxis: axis(20), yaxis: axis(20) };
  assert.deepEqual(resized({ data, layout }, 0.5), {
    data: [
      { x, line: { width: 2, color: "red" } },
      { x, marker: { size: 5, line: { width: 1 } } },
    ],
    layout: { font: { size: 10, color: "red" }, margin: { l: 20, b: 15 }, xaxis: axis(10), yaxis: axis(10) },
  });
});
