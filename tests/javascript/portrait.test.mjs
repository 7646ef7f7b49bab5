import assert from "node:assert/strict";
import { test } from "node:test";
import { widthOf } from "../../assets/js/labels.mjs";
import { sizeOf } from "../../assets/js/exports.mjs";
import { keyRows, wrapped } from "../../assets/js/picture.mjs";
import { PICTURES, keyOf, placesOf, tallness } from "../../assets/js/stage/portrait.mjs";

const ROOM = { x: 14, y: 40, width: 800, height: 400 };
const SIZES = { slide: [1280, 720, 1.5, "px"], column: [85, 64, 0.76, "mm"] };
const INKS = { even: "even", odd: "odd", soft: "soft", theory: "theory", runs: ["first", "second"] };

function makeRun(more) {
  const step = Float32Array.from([0, 1, 2, 3, 4]);
  const phases = [
    { name: "descent", first: 0 },
    { name: "edge", first: 2 },
  ];
  return { rule: "ngd", eta: 0.1, phases, rows: 5, last: 4, columns: { step, flow: new Float32Array(10) }, ...more };
}

const makeScene = (change, runs = [makeRun()]) => ({
  result: { runs, words: { labels: ["NGD", "GD"] } },
  ...{ inks: INKS, strobe: "all", steps: runs.map(() => 4), ...change },
});

for (const what of Object.keys(PICTURES))
  test(`the panels of a picture of ${what} fill its room, and keep apart`, () => {
    const places = placesOf(what, ROOM).map(([, place]) => place);
    const right = Math.max(...places.map(({ x, width }) => x + width));
    const low = Math.max(...places.map(({ y, height }) => y + height));
    assert.ok(Math.abs(right - 814) < 1e-9 && Math.abs(low - 440) < 1e-9);
    for (const [k, one] of places.entries())
      for (const other of places.slice(k + 1))
        assert.ok(other.x >= one.x + one.width + 10 || other.y >= one.y + one.height + 10);
  });

test("in a column panels lie below each other, as wide as it, and its picture is longer for it", () => {
  const column = { ...ROOM, width: 400, height: 700 };
  for (const [what, wide] of Object.entries({
    both: ["landscape", "sharpness"],
    stage: ["landscape", "sharpness", "gap"],
  })) {
    const places = placesOf(what, column);
    for (const [name, { width }] of places) assert.equal(width === 400, wide.includes(name));
    const single = sizeOf({ what: "landscape", size: "column", parts: [] }, SIZES, tallness, () => 0).pixels[1];
    assert.ok(sizeOf({ what, size: "column", parts: [] }, SIZES, tallness, () => 0).pixels[1] > 1.5 * single);
    assert.equal(sizeOf({ what, size: "slide", parts: ["large"] }, SIZES, tallness, () => 0).pixels[1], 720);
  }
});

test("words are broken where they are longer than a line, and a link in the midst", () => {
  assert.deepEqual(wrapped("", 300), []);
  const lines = wrapped("Normalized GD on L = ½ (1 − xy)², η = 0.1, from (2.6, 0.9)", 200);
  assert.equal(lines.join(" "), "Normalized GD on L = ½ (1 − xy)², η = 0.1, from (2.6, 0.9)");
  assert.ok(lines.length > 1 && lines.every((line) => 0.94 * widthOf(line) <= 200));
  const link = `https://uni.example/?${"a".repeat(60)}`;
  assert.equal(wrapped(link, 200).join(""), link);
  assert.ok(wrapped(link, 200).length > 2);
});

test("the key names what is seen so far, as the strobe shows it", () => {
  const said = (change, runs) => keyOf(makeScene(change, runs)).map(({ text, kind, ink }) => [text, kind, ink]);
  const theorem = ["X(τ), the theorem", null, "theory"];
  const [early, even, odd] = [
    ["before the edge", "early", "soft"],
    ["even t", "even", "even"],
    ["odd t", "odd", "odd"],
  ];
  assert.deepEqual(said(), [early, even, odd, theorem]);
  assert.deepEqual(said({ steps: [1] }), [early, theorem]);
  assert.deepEqual(said({ strobe: "odd" }), [early, odd, theorem]);
  assert.deepEqual(said({ strobe: "midpoints" }), [["midpoints", "midpoint", "soft"], theorem]);
  const nowhere = {
    columns: { ...makeRun().columns, flow: new Float32Array(10).fill(NaN) },
    phases: [{ name: "descent", first: 0 }],
  };
  assert.deepEqual(said({}, [makeRun(nowhere), makeRun({ ...nowhere, rule: "gradient-flow" })]), [
    ["NGD, each t", "early", "first"],
  ]);
});

test("the key goes on in another row where one is full", () => {
  const entries = ["one", "another", "a third"].map((text) => ({ text, kind: "even", ink: "even" }));
  assert.deepEqual(keyRows(entries, 1000), [entries]);
  const rows = keyRows(entries, widthOf("one") + widthOf("another") + 60);
  assert.deepEqual(rows, [entries.slice(0, 2), entries.slice(2)]);
});

test("in print words stand around the panels, which keep their room; a slide keeps its shape", () => {
  const high = (size) => sizeOf({ what: "landscape", size, parts: [] }, SIZES, tallness, () => 100).pixels[1];
  assert.equal(high("column"), Math.round(((64 + Math.round((100 * 0.76 * 25.4) / 96)) * 96) / 25.4));
  assert.equal(high("slide"), 720);
});

test("a picture has the size that is asked for, on paper too, and large words take more of it", () => {
  const parts = [];
  assert.deepEqual(
    sizeOf({ size: "slide", parts }, SIZES, tallness, () => 0),
    {
      pixels: [1280, 720],
      lengths: ["1280px", "720px"],
      unit: 1.5,
    },
  );
  const column = sizeOf({ size: "column", parts: ["large"] }, SIZES, tallness, () => 0);
  assert.deepEqual(
    [column.pixels, column.lengths],
    [
      [321, 242],
      ["85mm", "64mm"],
    ],
  );
  assert.ok(column.unit > 1);
  assert.deepEqual(sizeOf({ size: "own", width: "1700", height: "900", parts }, SIZES, tallness, () => 0).unit, 2);
  assert.deepEqual(
    sizeOf({ size: "own", width: "99999", height: "no", parts }, SIZES, tallness, () => 0).pixels,
    [4000, 200],
  );
});
