import assert from "node:assert/strict";
import { test } from "node:test";
import { Landscape } from "../../assets/js/stage/panels/landscape.mjs";
import { widthOf } from "../../assets/js/labels.mjs";
import { svgSheet } from "../../assets/js/svgpen.mjs";
import { Sharpness, thresholdNames } from "../../assets/js/stage/panels/sharpness.mjs";

const INKS = {
  ink: "ink",
  soft: "soft",
  even: "even",
  odd: "odd",
  theory: "theory",
  threshold: "threshold",
  runs: ["first", "second"],
};

// A graph of 1000 × 1000 pixels on which data are pixels.
const axis = { _offset: 0, _length: 1000, range: [0, 1000], d2p: (value) => value, p2d: (pixel) => pixel };
const graph = {
  layout: { uirevision: "one", meta: { loss: "bowl" } },
  _fullLayout: { font: { size: 14 }, xaxis: axis, yaxis: axis },
};
const panelOf = (Panel, name) => Object.assign(Object.create(Panel.prototype), { name, graph: () => graph });

// Iterates 100 pixels apart, every value telling its column and row.
function makeRun(steps, more) {
  const column = (base) => Float32Array.from(steps, (_, row) => base + row);
  const columns = {
    step: Float32Array.from(steps),
    x: Float32Array.from(steps.flatMap((step) => [100 * step, 50])),
    sharpness: column(300),
    projection_sharpness: column(400),
    flow_sharpness: column(500),
    threshold: column(600),
    threshold_mean: column(700),
  };
  const widths = Object.fromEntries(Object.keys(columns).map((name) => [name, name === "x" ? 2 : 1]));
  return {
    rule: "ngd",
    edge: "2/ηₜ",
    eta: 0.1,
    phases: [{ name: "edge", first: 0 }],
    rows: steps.length,
    last: steps.at(-1),
    columns,
    widths,
    ...more,
  };
}

function makeScene(runs, change) {
  const labels = runs.map((run, i) => `run ${i}`);
  const usual = { d: 2, section: null, inks: INKS, focus: 0, strobe: "all", clock: "step" };
  return {
    result: { runs, words: { labels }, settings: { loss: "bowl" } },
    ...usual,
    steps: runs.map(() => 3),
    ...change,
  };
}

// ---- the landscape ----

const landscape = panelOf(Landscape, "landscape");
const found = (scene, px, py) => {
  const near = landscape.probe(scene, px, py);
  return near && [near.i, near.part.columns.step[near.row], near.x, near.y];
};

test("on the landscape the pointer finds the nearest iterate so far, if it is near", () => {
  const scene = makeScene([makeRun([0, 1, 2, 3, 4])]);
  assert.deepEqual(found(scene, 210, 60), [0, 2, 200, 50]);
  assert.deepEqual(found(scene, 310, 60), [0, 3, 300, 50]);
  assert.equal(found(scene, 400, 50), null);
  assert.equal(found(scene, 250, 50), null);
  assert.equal(found(scene, -5, 50), null);
});

test("the pointer finds only what the strobe shows, midpoints in their place", () => {
  const scene = (strobe) => makeScene([makeRun([0, 1, 2, 3])], { strobe });
  assert.deepEqual([found(scene("even"), 200, 50), found(scene("even"), 100, 50)], [[0, 2, 200, 50], null]);
  assert.deepEqual([found(scene("odd"), 200, 50), found(scene("odd"), 100, 50)], [null, [0, 1, 100, 50]]);
  assert.deepEqual([found(scene("midpoints"), 200, 50), found(scene("midpoints"), 255, 50)], [null, [0, 3, 250, 50]]);
});

test("the pointer finds steps of the window and of a zoom, of the nearest run", () => {
  const zoom = { landscape: makeRun([2, 3]), sharpness: makeRun([8, 9]) };
  const lead = makeRun([0, 1, 8, 9], { window: makeRun([4, 5]), details: zoom });
  const scene = makeScene([lead, makeRun([0, 1, 2])], { steps: [5, 1] });
  scene.result.runs[1].columns.x.fill(500, 0, 2);
  for (const step of [1, 3, 4, 5]) assert.deepEqual(found(scene, 100 * step, 50), [0, step, 100 * step, 50]);
  assert.equal(found(scene, 800, 50), null);
  assert.deepEqual(found(scene, 495, 495), [1, 0, 500, 500]);
});

// The same iterates in space: the first coordinate upside down, and all of it moved.
function makeLifted(steps) {
  const run = makeRun(steps);
  run.columns.x = Float32Array.from(steps.flatMap((step) => [7, 5 - 50, 3 - 100 * step]));
  run.widths.x = 3;
  return run;
}
const SECTION = { origin: 20, center: [7, 5, 3], along: [0, 0, -1], across: [0, -1, 0] };

test("in a section the pointer finds iterates where their projection lies", () => {
  const scene = (strobe) => makeScene([makeLifted([0, 1, 2, 3, 4])], { d: 3, section: SECTION, strobe });
  assert.deepEqual(found(scene("all"), 225, 55), [0, 2, 220, 50]);
  assert.deepEqual([found(scene("all"), 200 - 5, 50), found(scene("all"), 420, 50)], [null, null]);
  assert.deepEqual(found(scene("midpoints"), 270, 50), [0, 3, 270, 50]);
});

test("the frame of the landscape has the section, and until that has come there is none", () => {
  const frames = [
    [2, null],
    [3, SECTION],
    [3, null],
  ].map(([d, section]) => landscape.frameFor(makeScene([], { d, section })));
  assert.deepEqual(
    frames.map((frame) => frame && [frame.x(30), frame.section]),
    [[30, null], [30, SECTION], null],
  );
  assert.equal(landscape.probe(makeScene([makeLifted([0, 1, 2])], { d: 3 }), 120, 50), null);
});

test("in a section Γ is painted by its sharpness, to its end, and its flattest point", () => {
  const [path, marks, words] = [[], [], []];
  const pen = {
    moveTo: (...at) => path.push([...at]),
    lineTo: (...at) => path.at(-1).push(...at),
    stroke: () => path.at(-1).push(pen.strokeStyle),
    arc: (...at) => marks.push(at.slice(0, 2)),
    fillText: (text) => words.push(text),
  };
  for (const name of ["beginPath", "setLineDash", "fill", "strokeText"]) pen[name] = () => {};
  // At the row across and ten times as much along the drift; both go down in space.
  const x = Float32Array.from({ length: 18 }, (_, i) => [7, 5 - Math.floor(i / 3), 3 - 10 * Math.floor(i / 3)][i % 3]);
  const curve = { rows: 6, d: 3, x, sharpness: Float32Array.of(1, 2, 2, 2, 4, 4) };
  const valley = { curves: [curve], flattest: [[7, 2, 1]], sharpness_range: [1, 16] };
  const inks = {
    ...INKS,
    card: "card",
    scale: [
      [0, 0, 0],
      [200, 100, 0],
    ],
  };
  const scene = makeScene([], { d: 3, section: SECTION, valley, inks });
  landscape.paintValley(pen, scene, landscape.frameFor(scene));
  assert.deepEqual(path.slice(0, 2), [
    [20, 0, 60, 4, "rgb(0,0,0)"],
    [60, 4, 70, 5, "rgb(100,50,0)"],
  ]);
  assert.deepEqual([marks, words], [[[22, 3]], []]);
  landscape.paintValley(pen, { ...scene, valley: null }, landscape.frameFor(scene));
  assert.equal(marks.length, 1);
});

test("before a graph is drawn the pointer finds nothing", () => {
  for (const Panel of [Landscape, Sharpness]) {
    const panel = Object.assign(panelOf(Panel, "landscape"), { graph: () => null });
    assert.equal(panel.probe(makeScene([makeRun([0, 1])]), 0, 50), null);
  }
});

// ---- the sharpness ----

const sharpness = () => panelOf(Sharpness, "sharpness");
const namesOf = (scene) =>
  sharpness()
    .namesOf(scene)
    .map(({ text, ink }) => [text, ink]);

test("phases are bands in their inks, but for the descent, and end where the next begins", () => {
  const phases = [
    ["descent", 0],
    ["alignment", 20],
    ["edge", 60],
    ["beyond", 90],
  ].map(([name, first]) => ({ name, first }));
  const run = makeRun([0, 100], { phases, eta: 0.5 });
  const filled = [];
  const pen = { fillRect: (...box) => filled.push([pen.fillStyle, ...box]) };
  const inks = { ...INKS, flow: "flow", warn: "warn" };
  sharpness().paintPhases(pen, makeScene([run], { clock: "eta", inks }), {
    x: (time) => 10 * time,
    left: 0,
    top: 5,
    height: 40,
  });
  assert.deepEqual(filled, [
    ["flow", 100, 5, 200, 40],
    ["theory", 300, 5, 150, 40],
    ["warn", 450, 5, 50, 40],
  ]);
});

test("the key names marks and lines in one order, wherever they are", () => {
  const run = makeRun([0, 1, 2, 3, 4, 5]);
  const wanted = [
    ["2/ηₜ, even t", "even"],
    ["2/ηₜ, odd t", "odd"],
    ["mean of two", "threshold"],
    ["λ₁(xₜ)", "soft"],
    ["λ₁(Φ(xₜ))", "ink"],
    ["λ₁(X), theorem", "theory"],
  ];
  for (const step of run.columns.step) {
    run.columns.threshold.reverse(); // whose curves change places
    assert.deepEqual(namesOf(makeScene([run], { steps: [step] })), wanted);
  }
  run.columns.flow_sharpness.fill(NaN);
  run.columns.projection_sharpness.fill(NaN);
  assert.deepEqual(namesOf(makeScene([run])), wanted.slice(0, 4));
});

test("the key has the thresholds that the strobe shows, by the marks that they have", () => {
  const run = makeRun([0, 1, 2, 3, 4, 5], {
    phases: [
      { name: "edge", first: 0 },
      { name: "floor", first: 2 },
    ],
  });
  const kinds = (step, strobe, of = run) => thresholdNames(of, strobe, step).map((one) => [one.text, ...one.kinds]);
  assert.deepEqual(kinds(1, "even"), [["even t", "even"]]);
  assert.deepEqual(kinds(1, "odd"), [["odd t", "odd"]]);
  assert.deepEqual(kinds(1, "midpoints"), [["midpoints", "midpoint"]]);
  assert.deepEqual(kinds(2, "all"), [
    ["far walls", "even", "odd"],
    ["on Γ", "floor"],
  ]);
  assert.deepEqual(kinds(0, "all", makeRun([0])), [["even t", "even"]]);
  const late = {
    phases: [
      { name: "descent", first: 0 },
      { name: "edge", first: 2 },
    ],
  };
  const words = ["earlier t", "even t", "odd t"];
  for (const step of [0, 3]) {
    const found = kinds(step, "all", makeRun([0, 1, 2, 3], late));
    assert.deepEqual(
      found,
      words.map((text, k) => [text, ["early", "even", "odd"][k]]),
    );
  }
  assert.deepEqual(kinds(3, "all", makeRun([0, 1], late)), [["each t", "early"]]);
});

test("a step alone has one threshold and no mean of two", () => {
  const names = namesOf(makeScene([makeRun([0])])).map(([text]) => text);
  assert.deepEqual(names, ["2/ηₜ, even t", "λ₁(xₜ)", "λ₁(Φ(xₜ))", "λ₁(X), theorem"]);
});

test("of several runs each has its name and ink, the one in focus its thresholds", () => {
  const runs = [makeRun([0, 1, 2, 3]), makeRun([0, 1, 2, 3, 4], { eta: 0.05 })];
  assert.deepEqual(namesOf(makeScene(runs, { focus: 1, steps: [1, 2] })), [
    ["2/ηₜ, even t", "even"],
    ["2/ηₜ, odd t", "odd"],
    ["mean of two", "threshold"],
    ["run 0", "first"],
    ["run 1", "second"],
    ["λ₁(X), theorem", "theory"],
  ]);
});

test("beside each name of the key is its line or mark; names are apart and whole, however many and long", () => {
  const runs = [makeRun([0, 1, 2, 3]), makeRun([0, 1, 2, 3], { eta: 0.05 })];
  const long = "a rule with a long name, η = 0.1";
  for (const [labels, height] of [
    [["run 0", "run 1"], 300],
    [["run 0", long], 80],
  ]) {
    const scene = makeScene(runs, { inks: { ...INKS, card: "card" } });
    scene.result.words.labels = labels;
    const panel = Object.assign(sharpness(), { now: { size: [500, 400] } });
    const pen = svgSheet([500, 400]).getContext();
    panel.paintLabels(pen, scene, { left: 40, top: 10, width: 320, height });
    const words = pen.lines
      .map((line) => line.match(/<text x="(\S+)" y="(\S+)".* fill="(\w+)">(.*)</))
      .filter((found) => found && found[3] !== "none")
      .map(([, x, y, ink, text]) => ({ text, ink, x: Number(x), y: Number(y) }));
    assert.equal(words.length, 6);
    words.forEach(({ text, x, y }, k) => {
      assert.ok(x + widthOf(text) <= 500, text);
      assert.ok(y <= 10 + height + 8, text);
      assert.ok(k === 0 || y - words[k - 1].y >= Math.min(18, (height - 8) / 6) - 0.1, text);
    });
    const samples = pen.lines.filter((line) => line.startsWith("<path"));
    assert.deepEqual(
      samples.map((line) => line.match(/(?:stroke|fill)="(?!none)(\w+)"/)[1]),
      words.map(({ ink }) => ink),
    );
    assert.match(samples[2], /stroke-dasharray="5 4"/);
    // What it points at is found from the sample on.
    const found = panel.probe(scene, words[0].x - 10, words[0].y - 4);
    assert.equal(found.symbol, "threshold");
  }
});

test("gradient flow has no threshold", () => {
  const names = namesOf(makeScene([makeRun([0, 1, 2, 3], { rule: "gradient-flow" })]));
  assert.deepEqual(
    names.map(([text]) => text),
    ["λ₁(Φ(xₜ))", "λ₁(X), theorem"],
  );
});

test("on the sharpness panel the pointer finds the step at its time, on any clock", () => {
  const steps = Array.from({ length: 11 }, (_, step) => step);
  // ηt is a tenth of the step, η²t a hundredth.
  for (const [clock, px] of [
    ["step", 5.7],
    ["eta", 0.57],
    ["tau", 0.057],
  ]) {
    const near = sharpness().probe(makeScene([makeRun(steps)], { clock }), px, 20);
    assert.deepEqual([near.row, near.y], [6, 406], clock);
    assert.ok(Math.abs(near.x - (px * 6) / 5.7) < 1e-9);
  }
  assert.equal(sharpness().probe(makeScene([makeRun(steps)]), 999, 20).row, 10);
  assert.equal(sharpness().probe(makeScene([makeRun(steps)], { strobe: "odd" }), 6.3, 20).row, 5);
  assert.equal(sharpness().probe(makeScene([makeRun(steps)], { strobe: "odd" }), 998, 20).row, 9);
  assert.equal(sharpness().probe(makeScene([makeRun(steps)]), 6, 1001), null);
});

test("on the sharpness panel the pointer finds the run whose curve is nearest", () => {
  const low = makeRun([0, 1, 2, 3, 4], { eta: 0.05 });
  low.columns.projection_sharpness.fill(100);
  const scene = makeScene([makeRun([0, 1, 2, 3, 4]), low], { clock: "eta" });
  const at = (py) => sharpness().probe(scene, 0.1, py);
  assert.deepEqual([at(390).i, at(390).row], [0, 1]);
  assert.deepEqual([at(110).i, at(110).row], [1, 2]);
});

test("the pointer finds a name beside the curves", () => {
  const panel = Object.assign(sharpness(), { labels: [{ x: 1008, y: 300, symbol: "threshold" }] });
  const scene = makeScene([makeRun([0, 1, 2, 3])]);
  assert.deepEqual(panel.probe(scene, 1020, 305), { symbol: "threshold", x: 1008, y: 300 });
  assert.equal(panel.probe(scene, 1020, 310), null);
});
