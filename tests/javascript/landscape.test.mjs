import assert from "node:assert/strict";
import { test } from "node:test";
import { strength } from "../../assets/js/marks.mjs";
import { widthOf } from "../../assets/js/labels.mjs";
import { FLATTEST, Landscape, apart, flattestNames, valleyIn } from "../../assets/js/stage/panels/landscape.mjs";
import { vocabulary } from "../../assets/js/vocabulary.mjs";
import { svgSheet } from "../../assets/js/svgpen.mjs";

const INKS = {
  ...{ ink: "ink", soft: "soft", card: "card", warn: "warn", theory: "theory", even: "even", odd: "odd", flow: "flow" },
  scale: [
    [0, 0, 0],
    [200, 100, 50],
  ],
  runs: ["first", "second"],
};

// A graph of 1000 × 800 pixels on which data are pixels, but for a margin of 10 and 20.
const FRAME = { left: 10, top: 20, width: 1000, height: 800, x: (a) => a, y: (b) => b, section: null };

// A run at the points given; where gradient flow takes each, and the theorem's point beside it.
function makeRun(x, more) {
  const steps = x.map((_, t) => t);
  const columns = {
    step: steps,
    x: x.flat(),
    projection: x.flatMap(() => [300, 300]),
    flow: x.flatMap(() => [300, 300]),
    gap: steps.map(() => 0.25),
  };
  for (const [name, values] of Object.entries(columns)) columns[name] = Float32Array.from(values);
  return {
    rule: "ngd",
    eta: 0.1,
    phases: [{ name: "edge", first: 0 }],
    rows: x.length,
    last: x.length - 1,
    columns,
    ...more,
  };
}
const sceneOf = (runs, more) => ({
  result: { runs, words: { labels: runs.map((_, i) => `run ${i}`) }, settings: { loss: "bowl" }, descent: { rows: 0 } },
  ...{ d: 2, section: null, inks: INKS, focus: 0, strobe: "all", clock: "step", valley: null, lens: "off" },
  steps: runs.map((run) => run.last),
  ...more,
});

// What a part of the panel paints, as lines of SVG, and the words in it: text, place, side.
function painted(name, ...given) {
  const pen = svgSheet([1020, 840]).getContext();
  Object.assign(Object.create(Landscape.prototype), { sides: {}, taken: [] })[name](pen, ...given);
  return pen.lines;
}
function wordsOf(lines) {
  const shape = /^<text x="(\S+)" y="(\S+)"(?: text-anchor="(\w+)")?.* fill="(\w+)">(.*)<\/text>$/;
  const found = lines.map((line) => line.match(shape)).filter((match) => match && match[4] !== "none");
  return found.map(([, x, y, anchor, ink, text]) => ({
    text,
    x: Number(x),
    y: Math.round(y),
    side: anchor ?? "start",
    ink,
  }));
}
const pathsOf = (lines) => lines.filter((line) => line.startsWith("<path"));

test("the gap is a line with an end, where the two points are more than four pixels apart", () => {
  const apart = (pixels) => {
    const run = makeRun([[200, 200]]);
    run.columns.flow = Float32Array.from([300 + pixels, 300]);
    return pathsOf(painted("paintGap", sceneOf([run]), FRAME, run, 0));
  };
  assert.equal(apart(4).length, 0);
  assert.equal(apart(NaN).length, 0);
  const [gap, end] = apart(5);
  assert.match(gap, /d="M300 300 L305 300".* stroke="theory" stroke-width="3"/);
  assert.match(end, /d="M300 295 L300 305".* stroke="theory" stroke-width="2"/);
});

// Where the theorem's point is, all along a run or at the places given, and what it is called.
function ghostAt(places, more) {
  const run = makeRun(places.map(() => [200, 200]));
  run.columns.flow = Float32Array.from(places.flat());
  return wordsOf(painted("paintGhost", sceneOf([run], { steps: [0], ...more }), FRAME))[0];
}

test("the theorem's name stands below its point, above it near the floor, and within the panel", () => {
  const named = (x, y) => ghostAt([[x, y]]);
  const text = "X(τ), the theorem";
  const half = widthOf(text) / 2;
  assert.deepEqual([named(500, 300).text, named(500, 300).x, named(500, 300).side], [text, 500, "middle"]);
  assert.ok(named(500, 300).y > 320 && named(500, 815).y < 800);
  for (const x of [11, 80, 945, 1009]) {
    const at = named(x, 300).x;
    assert.ok(at >= 10 + half && at <= 1010 - half, `${at}`);
  }
});

test("it stands on a side that is clear of Γ, and stays there as long as that is", () => {
  const line = (points) => ({ x: Float32Array.from(points.flat()), rows: points.length, sharpness: [] });
  const valley = (...curves) => ({ valley: { flattest: [], curves: curves.map(line) } });
  const way = Array.from({ length: 9 }, (_, k) => [200 + 50 * k, 400]);
  const below = (more) => way.map((_, k) => ghostAt(way, { ...more, steps: [k] }).y > 400);
  const level = [
    [10, 400],
    [1010, 400],
  ];
  const under = [
    [420, 442],
    [1010, 442],
  ];
  assert.deepEqual(below(valley(level)), Array(9).fill(true));
  assert.deepEqual(below(valley(level, under)), Array(9).fill(false)); // above it is clear all along
  const over = [
    [10, 358],
    [300, 358],
  ];
  const farther = [0, 20, 40].flatMap((far) =>
    [under, over].map((curve) => curve.map(([x, y]) => [x, y + Math.sign(y - 400) * far])),
  );
  const found = below(valley(level, ...farther));
  assert.deepEqual([found[0], found.at(-1)], [true, false]);
  assert.equal(found.filter((side, k) => k && side !== found[k - 1]).length, 1);
});

test("where the panel of the gap has been taken away, the gap is told beside the theorem's point", () => {
  assert.equal(ghostAt([[500, 300]]).text, "X(τ), the theorem");
  assert.equal(ghostAt([[500, 300]], { gapHidden: true }).text, "X(τ), the theorem; gap 0.2500");
});

test("a run's name stands clear of Γ beside its iterates", () => {
  const named = (points) => {
    const curve = { x: Float32Array.from(points.flat()), rows: points.length, sharpness: [] };
    const runs = [makeRun([[400, 400]]), makeRun([[700, 700]])];
    const scene = sceneOf(runs, { valley: { flattest: [], curves: [curve] } });
    return wordsOf(painted("paintNames", scene, FRAME))[0];
  };
  assert.ok(
    named([
      [10, 20],
      [20, 30],
    ]).y < 400,
  );
  const under = named([
    [10, 384],
    [1010, 384],
  ]);
  assert.ok(under.y > 400 && under.side === "start");
  const left = named([
    [420, 20],
    [420, 800],
  ]);
  assert.deepEqual([left.side, left.x], ["end", 388]);
});

test("names and the lens stay where they are under a moving hand", () => {
  const places = { sides: { theorem: [3] }, corner: [1, 0], wayName: { share: 0.4, off: [90, 0] } };
  const panel = Object.assign(Object.create(Landscape.prototype), places, { painted: [7] });
  panel.reset(true);
  assert.deepEqual([panel.painted, panel.sides, panel.corner], [null, { theorem: [3] }, [1, 0]]);
  const pen = svgSheet([1020, 840]).getContext();
  panel.taken = [];
  panel.paintWayName(pen, INKS, (row) => [300 + row, 400], 10, [], FRAME);
  assert.deepEqual(
    wordsOf(pen.lines).map(({ x, y }) => [x, y]),
    [[394, 405]],
  );
  panel.reset();
  assert.deepEqual([panel.sides, panel.corner, panel.wayName], [{}, null, null]);
});

test("Γ is found in pixels once for as long as it and the picture stay", () => {
  const panel = Object.create(Landscape.prototype);
  const valley = { curves: [{ x: Float32Array.from([0, 0, 16, 0]), rows: 2 }], flattest: [] };
  const found = panel.gammaIn(valley, FRAME);
  assert.deepEqual(found.curves, [
    [
      [0, 0],
      [16, 0],
    ],
  ]);
  assert.equal(panel.gammaIn(valley, { ...FRAME }), found);
  assert.notEqual(panel.gammaIn({ ...valley }, FRAME), found);
  const zoomed = { ...FRAME, x: (a) => 2 * a };
  assert.deepEqual(panel.gammaIn(valley, zoomed).curves[0][1], [32, 0]);
});

test("the theorem's point is named where it is in view", () => {
  const run = makeRun([[200, 200]]);
  const scene = sceneOf([run]);
  assert.equal(wordsOf(painted("paintGhost", scene, FRAME)).length, 1);
  run.columns.flow = Float32Array.from([5, 300]);
  assert.equal(wordsOf(painted("paintGhost", scene, FRAME)).length, 0);
});

test("names of runs stand right of all heads that are near, left of them at the edge, and apart", () => {
  const heads = (...places) => {
    const runs = places.map((place) => makeRun([place]));
    return wordsOf(painted("paintNames", sceneOf(runs), FRAME)).map(({ text, x, y, side }) => [text, x, y, side]);
  };
  assert.deepEqual(heads([400, 400], [600, 400]), [
    ["run 0", 412, 389, "start"],
    ["run 1", 612, 389, "start"],
  ]);
  assert.deepEqual(
    heads([400, 400], [440, 420]).map(([, x]) => x),
    [452, 452],
  );
  assert.deepEqual(
    heads([400, 400], [450, 400]).map(([, x]) => x),
    [412, 462],
  );
  assert.deepEqual(
    heads([962, 400], [400, 600]).map(([, x, , side]) => [x, side]),
    [
      [974, "start"],
      [412, "start"],
    ],
  );
  const [edge] = heads([963, 400], [400, 600]);
  assert.deepEqual([edge[1], edge[3]], [951, "end"]);
  assert.deepEqual(
    heads([1200, 400], [400, 600]).map(([text]) => text),
    ["run 1"],
    "out of view",
  );
});

test("a run that could not go on says so from the step at which it ended", () => {
  const failing = { outcome: vocabulary.failures[0], outcome_step: 2 };
  const runs = [
    makeRun([
      [1, 1],
      [2, 2],
      [3, 3],
    ]),
    makeRun(
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
      failing,
    ),
  ];
  const told = (step) => wordsOf(painted("paintFailures", sceneOf(runs, { steps: [step, step] }), FRAME));
  assert.equal(told(1).length, 0);
  const [word, ...more] = told(2);
  assert.deepEqual([word.text, word.x, word.ink, more.length], ["run 1 ends at step 2", 22, "warn", 0]);
});

test("in a section Γ has the ink of its sharpness, and its flattest point a mark", () => {
  const valley = {
    curves: [
      {
        x: Float32Array.from([10, 10, 20, 10, 30, 10, 40, 10, 50, 10, 60, 10]),
        rows: 6,
        sharpness: [1, 1, 1, 1, 4, 4],
      },
    ],
    sharpness_range: [1, 4],
    flattest: [[300, 200]],
  };
  const lines = painted("paintValley", sceneOf([], { valley }), FRAME);
  const strokes = pathsOf(lines).filter((line) => line.includes('stroke-width="5"'));
  assert.equal(strokes.length, 2);
  assert.match(strokes[0], /d="M10 10 L50 10"/);
  assert.match(strokes[1], /d="M50 10 L60 10"/);
  const [from, to] = strokes.map((line) => line.match(/stroke="([^"]*)"/)[1]);
  assert.notEqual(from, to);
  assert.match(pathsOf(lines).at(-1), /d="M304.5 200 /);
  assert.deepEqual(painted("paintValley", sceneOf([]), FRAME), [], "before it has come");
});

// Γ along the left edge of the frame and along its bottom, with points 10 pixels apart.
const CORNER = [
  ...Array.from({ length: 80 }, (_, k) => [12, 20 + 10 * k]),
  ...Array.from({ length: 100 }, (_, k) => [12 + 10 * k, 818]),
];
const valleyOf = (points, flattest) => ({
  curves: [{ x: points.flat(), rows: points.length, sharpness: points.map(() => 1) }],
  flattest,
  sharpness_range: [1, 2],
});
// Whether words with such a middle are in the frame, for all that they are wide.
const isWhole = ([x, y], text) => {
  const half = widthOf(text) / 2;
  return x - half >= 10 && x + half <= 1010 && y - 8 >= 20 && y + 8 <= 820;
};

test("flattest points are named clear of Γ, and wholly in the picture wherever they are", () => {
  for (const flattest of [
    [12, 20],
    [12, 400],
    [12, 818],
    [500, 818],
    [1008, 818],
    [1008, 22],
  ]) {
    const valley = valleyOf(CORNER, [flattest]);
    const [{ middle, point }] = flattestNames(valley, valleyIn(valley, FRAME), FRAME);
    assert.equal(point, flattest);
    assert.ok(isWhole(middle, FLATTEST), `${middle} beside ${flattest}`);
    const half = widthOf(FLATTEST) / 2;
    for (const [x, y] of CORNER)
      assert.ok(Math.abs(x - middle[0]) > half || Math.abs(y - middle[1]) > 8, `${flattest}`);
  }
  const elsewhere = valleyOf(CORNER, [[9, 400]]);
  assert.deepEqual(flattestNames(elsewhere, [], FRAME), []);
  assert.deepEqual([flattestNames(null, [], FRAME), valleyIn(null, FRAME)], [[], []]);
});

test("all that stands still says which points of Γ are flattest, in the plane too, once Γ has come", () => {
  globalThis.document = { ...globalThis.document, createElement: () => svgSheet([1020, 840]) };
  const run = makeRun([[200, 200]], { columns: {} });
  Object.assign(run.columns, makeRun([[200, 200]]).columns);
  const words = (valley) => {
    const scene = sceneOf([run], { valley });
    scene.result.descent = { points: [200, 200], rows: 1 };
    const panel = Object.assign(Object.create(Landscape.prototype), { past: { size: [1020, 840] } });
    const pen = svgSheet([1020, 840]).getContext();
    panel.paintStill(pen, scene, FRAME);
    return wordsOf(pen.lines).map(({ text, x, side }) => [text, x, side]);
  };
  assert.deepEqual(words(valleyOf([[0, 500]], [[300, 500]])), [["flattest", 300, "middle"]]);
  assert.deepEqual(words(null), []);
});

test("the way of gradient flow is named beside a part of it that is in view, where it is not cut", () => {
  const named = (points, gamma = []) =>
    wordsOf(painted("paintWayName", INKS, (row) => points[row], points.length, gamma, FRAME)).map((word) => word.x)[0];
  const half = widthOf("gradient flow") / 2;
  const down = (x) => Array.from({ length: 10 }, (_, k) => [x, 100 + 20 * k]);
  const close = (one, other) => assert.ok(Math.abs(one - other) < 0.06, `${one} is not ${other}`);
  close(named(down(500)), 514 + half);
  close(named(down(1009)), 995 - half);
  close(named(down(12)), 26 + half);
  const wall = Array.from({ length: 100 }, (_, k) => [550, 10 * k]);
  close(named(down(500), wall), 486 - half);
  assert.equal(named(down(5)), undefined);
  const half_out = down(500).map(([x, y], k) => (k === 4 ? [x, -50] : [x, y]));
  close(named(half_out), 514 + half);
});

test("the last iterates are joined in strobe all alone, and the head is that of the strobe", () => {
  const run = makeRun([
    [100, 100],
    [200, 200],
    [100, 300],
    [200, 400],
  ]);
  const joined = (strobe, one = run) =>
    pathsOf(painted("paintHead", sceneOf([one], { strobe }), FRAME, one, 0)).filter((line) =>
      line.includes('stroke="ink"'),
    );
  assert.match(joined("all")[0], /d="M100 100 L200 200 L100 300 L200 400"/);
  assert.deepEqual([joined("even"), joined("all", { ...run, rule: "gradient-flow" })], [[], []]);
  const head = (strobe) => Object.create(Landscape.prototype).headOf(sceneOf([run], { strobe }), run, 0, FRAME);
  assert.deepEqual(
    [head("all"), head("even"), head("odd"), head("midpoints")],
    [
      [200, 400],
      [100, 300],
      [200, 400],
      [150, 350],
    ],
  );
});

test("there is no frame of another loss, or in more dimensions before the section has come", () => {
  const axis = { _offset: 0, _length: 10, range: [0, 10], d2p: (v) => v, p2d: (v) => v };
  const graph = {
    layout: { uirevision: "one", meta: { loss: "bowl" } },
    _fullLayout: { font: { size: 14 }, xaxis: axis, yaxis: axis },
  };
  const panel = Object.assign(Object.create(Landscape.prototype), { graph: () => graph });
  const frame = (more, loss = "bowl") => {
    const scene = sceneOf([], more);
    scene.result.settings.loss = loss;
    return panel.frameFor(scene);
  };
  const section = { origin: 0 };
  assert.equal(frame({}).section, null);
  assert.equal(frame({ d: 3, section }).section, section);
  assert.deepEqual([frame({ d: 3 }), frame({}, "ring")], [null, null]);
});

test("at the playhead each run has its gap and its head", () => {
  const runs = [makeRun([[200, 200]]), makeRun([[600, 400]])];
  for (const [i, run] of runs.entries()) run.columns.flow = Float32Array.from([300, 320 + 20 * i]);
  const lines = pathsOf(painted("paintNow", sceneOf(runs), FRAME));
  const gaps = lines.filter((line) => line.includes('stroke-width="3"')).map((line) => line.match(/d="([^"]*)"/)[1]);
  assert.deepEqual(gaps, ["M300 300 L300 320", "M300 300 L300 340"]);
  for (const ink of INKS.runs)
    assert.ok(
      lines.some((line) => line.includes(`fill="${ink}"`)),
      ink,
    );
});

test("of more than two runs those out of focus are faded, two are seen alike", () => {
  const of = (count, focus) => {
    const runs = Array.from({ length: count }, () => ({}));
    return runs.map((_, i) => strength({ result: { runs }, focus }, i) === 1);
  };
  assert.deepEqual(of(1, 0), [true]);
  assert.deepEqual(of(2, 1), [true, true]);
  assert.deepEqual(of(4, 2), [false, false, true, false]);
});

test("a run's name stands clear of the theorem's, above it or below", () => {
  const frame = { left: 0, top: 0, width: 600, height: 400 };
  const theorem = { text: "X(τ), the theorem", middle: [300, 200] };
  const at = (x, y) =>
    apart(frame, [{ text: "GD on √L", y, right: 1, ends: { left: x, right: x } }], [], [theorem])[0].y;
  assert.equal(at(280, 195), 177);
  assert.equal(at(280, 205), 223);
  assert.equal(at(280, 230), 230); // far below
  assert.equal(at(420, 205), 205); // beside it
});

test("names of runs that are close stand one below the other, off the valley where there is room", () => {
  const frame = { left: 0, top: 0, width: 600, height: 400 };
  const names = [200, 204, 208, 212].map((y) => ({ text: `η = ${y}`, y, right: 1, ends: { left: 270, right: 280 } }));
  const valley = Array.from({ length: 100 }, (_, k) => [6 * k, 200]);
  const placed = apart(frame, names, valley, []);
  assert.ok(placed.every(({ y }) => Math.abs(y - 200) >= 9 + 4));
  for (const [k, one] of placed.entries())
    for (const other of placed.slice(k + 1)) assert.ok(one.side !== other.side || Math.abs(one.y - other.y) >= 18);
});
