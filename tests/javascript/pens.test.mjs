import assert from "node:assert/strict";
import { test } from "node:test";
import * as inks from "../../assets/js/inks.mjs";
import * as labels from "../../assets/js/labels.mjs";
import { addPoints, midpointOf } from "../../assets/js/marks.mjs";
import * as nearest from "../../assets/js/nearest.mjs";
import * as pens from "../../assets/js/pens.mjs";
import * as runs from "../../assets/js/run.mjs";
import * as frames from "../../assets/js/stage/frame.mjs";
import { Panel } from "../../assets/js/stage/panel.mjs";
import * as axis from "../../assets/js/ticks.mjs";

const close = (a, b, tolerance = 1e-6) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const partOf = (steps) => ({
  rows: steps.length,
  columns: { step: Float32Array.from(steps) },
  phases: [{ name: "edge", first: 0 }],
});
const upTo = (last) => Array.from({ length: last + 1 }, (_, step) => step);

// A pen that keeps what it fills: an ink and the marks, as [kind, x, y], of each fill.
function fakePen() {
  let [path, at] = [[], []];
  const fills = [];
  const calls = [];
  const pen = {
    fills,
    calls,
    beginPath: () => (path = []),
    moveTo: (...point) => (at = [point]),
    lineTo: (...point) => at.push(point),
    closePath: () => path.push(["midpoint", at[0][0], at[1][1]]),
    arc: (x, y) => path.push(["even", x, y]),
    rect: (x, y, width, height) => path.push(["odd", x + width / 2, y + height / 2]),
    fill: () => fills.push([pen.fillStyle, path]),
    fillRect: (x, y, width, height) => fills.push([pen.fillStyle, [["odd", x + width / 2, y + height / 2]]]),
  };
  for (const name of ["save", "restore", "clip", "setTransform", "clearRect"]) pen[name] = () => calls.push(name);
  return pen;
}

const INKS = { even: "blue", odd: "orange", soft: "grey", runs: ["first", "second"] };
const sceneOf = (strobe, runs = 1) => ({ strobe, inks: INKS, result: { runs: Array(runs).fill({}) } });
const zigzag = (drift, half, steps) => (row) => [drift * row, steps[row] % 2 ? half : -half];

test("a row's partner is the next step, at the end of a stretch the one before", () => {
  const rows = partOf([0, 1, 2, 10, 11, 30]);
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((row) => runs.partnerOf(rows, row)),
    [1, 2, 1, 4, 3],
  );
});

test("a row alone has no partner but itself", () => {
  const rows = partOf([0, 1, 2, 10, 11, 30]);
  assert.equal(runs.partnerOf(rows, 5), 5);
  assert.equal(runs.partnerOf(partOf([0]), 0), 0);
});

const BOX = { left: 100, top: 50, width: 300, height: 200 };

test("a label is moved no farther than it takes to be whole", () => {
  const text = "ten letter";
  assert.equal(labels.widthOf(text), 72);
  assert.equal(labels.widthOf("𝓁ₜ"), 14.4); // by letters, not by their codes
  assert.deepEqual(labels.moved(BOX, text, [250, 150]), [250, 150]);
  assert.deepEqual(labels.moved(BOX, text, [100, 50]), [136, 59]);
  assert.deepEqual(labels.moved(BOX, text, [900, 900]), [364, 241]);
});

test("a label beside a place is left of it only where it would be cut, and nowhere out of the frame", () => {
  const at = (x, text = "ten letter") => Object.values(labels.beside(BOX, text, x, 10));
  assert.deepEqual(at(318), [328, "left"]);
  assert.deepEqual(at(319), [309, "right"]);
  assert.deepEqual(at(250, "thirty letters are a long label"), [
    400 - labels.widthOf("thirty letters are a long label"),
    "left",
  ]);
});

test("of places for a label that is taken which is clearest, of equal ones the first, and none that is cut", () => {
  const places = [
    [250, 100],
    [250, 200],
    [395, 150],
  ];
  assert.deepEqual(labels.clearest(BOX, "word", places, []), [250, 100]);
  assert.deepEqual(labels.clearest(BOX, "word", places, [[250, 115]]), [250, 200]);
  assert.deepEqual(
    labels.clearest(BOX, "word", places, [
      [250, 120],
      [255, 205],
    ]),
    [250, 100],
  );
  assert.deepEqual(labels.clearest(BOX, "word", [places[2]], []), [385.6, 150]);
});

test("ticks are round, in a row, few, and within the axis", () => {
  for (let power = -12; power < 12; power += 0.0173) {
    for (const from of [-1, 0, 2.37, -0.43]) {
      const [low, high] = [from, from + 1].map((end) => end * 10 ** power);
      const found = axis.ticks(low, high);
      assert.ok(found.length >= 2 && found.length <= 6, `${found.length} ticks from ${low} to ${high}`);
      const [hair, size] = [1e-5 * (high - low), found[1] - found[0]];
      assert.ok(found[0] >= low - hair && found.at(-1) <= high + hair);
      assert.ok(found[0] - size < low + hair && found.at(-1) + size > high - hair, "one is missing");
      found.forEach((u, k) => close(u, found[0] + k * size, hair));
      found.forEach((u) => close(u / size, Math.round(u / size), 1e-6));
      const first = Number(size.toExponential(6).split("e")[0]);
      assert.ok(
        [1, 2, 5].some((m) => Math.abs(first / m - 1) < 1e-5),
        `step ${size}`,
      );
    }
  }
});

test("ticks by hand", () => {
  assert.deepEqual(axis.ticks(-1.3, 1.3), [-1, 0, 1]);
  assert.deepEqual(axis.ticks(-60, 60), [-50, 0, 50]);
  assert.deepEqual(axis.ticks(0, 10), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(axis.ticks(0, 10, 2), [0, 5, 10]);
  assert.deepEqual(axis.ticks(3, 9, 3), [4, 6, 8]);
  assert.deepEqual([axis.ticks(2, 2), axis.ticks(3, 2), axis.ticks(NaN, 1)], [[], [], []]);
});

test("the words of a tick have the digits in which its neighbours differ", () => {
  const words = (low, high, most) => axis.labelledTicks(low, high, most).map(({ text }) => text);
  assert.deepEqual(words(0, 0.4, 4), ["0.0", "0.1", "0.2", "0.3", "0.4"]);
  assert.deepEqual(words(-60, 60), ["-50", "0", "50"]);
  assert.deepEqual(words(1.2344, 1.2348, 4), ["1.2344", "1.2345", "1.2346", "1.2347", "1.2348"]);
  assert.deepEqual(words(1000, 1010, 3), ["1000", "1005", "1010"]);
  assert.deepEqual(words(0, 4e5, 2), ["0", "2.00·10⁵", "4.00·10⁵"]);
});

test("the nearest of what is found is finite, and within reach", () => {
  const found = [{ distance: NaN }, { distance: 5 }, { distance: 3 }];
  assert.equal(nearest.nearestOf(found), found[2]);
  assert.equal(nearest.nearestOf(found, 2), null);
  assert.equal(nearest.nearestOf([found[0]]), null);
});

test("the midpoint is of a row and the step before it, if that is recorded", () => {
  const middle = midpointOf(partOf([0, 1, 10, 11]), (row) => [2 * row, row % 2 ? 6 : -2]);
  assert.deepEqual([0, 1, 2, 3].map(middle), [
    [NaN, NaN],
    [1, 2],
    [NaN, NaN],
    [5, 2],
  ]);
});

test("the nearest row is found among those asked for, and none where none is placed", () => {
  const place = (row) => (row === 2 ? [NaN, NaN] : [10 * row, 0]);
  assert.deepEqual(nearest.nearestRow(0, 5, place, 33, 4), { row: 3, x: 30, y: 0, distance: 5 });
  assert.equal(nearest.nearestRow(0, 5, place, 20, 0).row, 1);
  assert.equal(nearest.nearestRow(0, 2, place, 33, 4).row, 1);
  assert.deepEqual(nearest.nearestRow(2, 2, place, 0, 0), { distance: Infinity });
  assert.deepEqual(nearest.nearestRow(0, -1, place, 0, 0), { distance: Infinity });
});

test("upTo is the last row so far, and none before a part begins", () => {
  const part = partOf([5, 6, 9]);
  assert.deepEqual(
    [0, 4, 5, 8, 9, 99].map((t) => runs.upTo(part, t)),
    [-1, -1, 0, 1, 2, 2],
  );
});

test("a frame includes its edges", () => {
  const frame = { left: 10, top: 20, width: 100, height: 50 };
  for (const [x, y] of [
    [10, 20],
    [110, 70],
    [60, 40],
  ])
    assert.ok(frames.isInside(frame, x, y));
  for (const [x, y] of [
    [9, 40],
    [111, 40],
    [60, 19],
    [60, 71],
    [NaN, 40],
  ])
    assert.ok(!frames.isInside(frame, x, y));
});

test("a mark has the ink of its parity or, of several runs, that of its run", () => {
  const found = (runs, i) => ["even", "odd", "midpoint"].map((kind) => inks.inkOf(sceneOf("all", runs), kind, i));
  assert.deepEqual(found(1, 0), ["blue", "orange", "grey"]);
  assert.deepEqual(found(2, 1), ["second", "second", "second"]);
  assert.deepEqual(found(2), ["blue", "orange", "grey"]);
});

test("the parts of a colour are its red, green and blue", () => {
  assert.deepEqual(inks.rgb("#0a10ff"), [10, 16, 255]);
});

test("a shade is between its neighbours on the scale, which ends where its colours do", () => {
  const scale = [
    [0, 10, 200],
    [100, 0, 200],
    [200, 0, 0],
  ];
  const expected = {
    0: "0,10,200",
    0.25: "50,5,200",
    0.5: "100,0,200",
    0.75: "150,0,100",
    0.9: "180,0,40",
    1: "200,0,0",
    "-3": "0,10,200",
    7: "200,0,0",
  };
  for (const [share, colour] of Object.entries(expected))
    assert.equal(inks.shade(scale, Number(share)), `rgb(${colour})`, share);
});

// ---- places ----

// A hundred pixels a unit across, ten down, from (500, 300).
const placed = { x: (value) => 500 + 100 * value, y: (value) => 300 - 10 * value };

test("a point of two parameters is placed as it is", () => {
  const part = { rows: 2, columns: { x: Float32Array.of(1, 2, 3, -4), flow: Float32Array.of(5, 6, -7, 8) } };
  assert.deepEqual([0, 1].map(frames.placeOf(part, "x", placed)), [
    [600, 280],
    [800, 340],
  ]);
  assert.deepEqual([0, 1].map(frames.placeOf(part, "flow", placed)), [
    [1000, 240],
    [-200, 220],
  ]);
  assert.deepEqual([0, 1].map(frames.pixelsOf(part.columns.x, placed)), [
    [600, 280],
    [800, 340],
  ]);
});

test("a point of more is placed by its coordinates in the frame's section", () => {
  const section = { origin: 2, center: [1, 0, -1], along: [0, 0, 1], across: [0.6, 0.8, 0] };
  const part = { rows: 2, columns: { x: Float32Array.of(1, 0, -1, 6, -10, 2) } };
  const places = [0, 1].map(frames.placeOf(part, "x", { ...placed, section }));
  // From the centre of the second: (5, −10, 3), so 3 along and 3 − 8 across.
  places.flat().forEach((value, i) => close(value, [700, 300, 1000, 350][i]));
});

// ---- points ----

const STEPS = [...upTo(399), ...upTo(200).map((step) => 1000 + step)];
// Ways to come from row 0 to the last one.
const PIECES = {
  "at once": [STEPS.length],
  "row by row": Array(STEPS.length).fill(1),
  "in pieces": [1, 118, 1, 1, 120, 119, 2, 100, 139],
};

function painted(scene, part, place, pieces, r, i, run = part) {
  const pen = fakePen();
  let from = 0;
  for (const count of pieces) {
    addPoints(pen, scene, run, part, from, Math.min(from + count, part.rows) - 1, place, r, i);
    from += count;
  }
  return pen.fills.flatMap(([ink, marks]) => marks.map(([kind, x]) => [x, kind, ink])).sort(([a], [b]) => a - b);
}

for (const [how, pieces] of Object.entries(PIECES)) {
  test(`every row that a strobe shows is marked once and only once, ${how}`, () => {
    const part = partOf(STEPS);
    for (const half of [50, 0.1]) {
      const place = zigzag(1, half, STEPS);
      for (const strobe of ["all", "even", "odd"]) {
        const rows = STEPS.flatMap((step, row) =>
          strobe === "all" || (step % 2 ? "odd" : "even") === strobe ? [row] : [],
        );
        const expected = rows.map((row) => [row, ...(STEPS[row] % 2 ? ["odd", "orange"] : ["even", "blue"])]);
        assert.deepEqual(painted(sceneOf(strobe), part, place, pieces, 3, 0), expected, strobe);
      }
      const rows = STEPS.flatMap((step, row) => (row && STEPS[row - 1] === step - 1 ? [row] : []));
      const middles = rows.map((row) => [row - 0.5, "midpoint", "grey"]);
      assert.deepEqual(painted(sceneOf("midpoints"), part, place, pieces, 3, 0), middles);
    }
  });
}

// The lopsided bounce: from step 4 on each odd step is on Γ, and even ones jump from one wall to the other.
const LOPSIDED = [0.09, -0.01, 0.099, -0.001, 0.1, 1e-6, -0.1, -1e-6, 0.1, 0, 0.1, -0.1];
const floorOf = (side, more = []) => {
  const part = partOf(upTo(11));
  part.columns.offset = Float32Array.from(LOPSIDED, (offset) => side * offset);
  part.columns.bounce = new Float32Array(12).fill(0.1);
  return {
    ...part,
    phases: [{ name: "descent", first: 0 }, { name: "edge", first: 1 }, { name: "floor", first: 4 }, ...more],
  };
};
const LOOKS = { early: ["even", "grey"], even: ["even", "blue"], odd: ["odd", "orange"], floor: ["midpoint", "grey"] };
const onFloor = "early odd even odd even floor odd floor even floor even odd".split(" ");

test("where one wall is the floor, iterates on it have a mark of their own and either far wall has one of two", () => {
  for (const side of [1, -1]) {
    const run = floorOf(side);
    for (const half of [50, 0.1]) {
      const found = painted(sceneOf("all"), run, zigzag(1, half, upTo(11)), [5, 7], 3, 0);
      assert.deepEqual(
        found,
        onFloor.map((kind, row) => [row, ...LOOKS[kind]]),
      );
    }
    const even = painted(sceneOf("even"), run, zigzag(1, 50, upTo(11)), [12], 3, 0);
    assert.deepEqual(
      even,
      [0, 2, 4, 6, 8, 10].map((row) => [row, ...LOOKS[onFloor[row]]]),
    );
  }
});

test("before the edge marks are discs in one ink, whatever their step's parity", () => {
  const run = {
    ...partOf(upTo(5)),
    phases: [
      { name: "descent", first: 0 },
      { name: "edge", first: 4 },
    ],
  };
  const looks = [...Array(4).fill("early"), "even", "odd"].map((kind, row) => [row, ...LOOKS[kind]]);
  const place = zigzag(1, 50, upTo(5));
  assert.deepEqual(painted(sceneOf("all"), run, place, [6], 3, 0), looks);
  assert.deepEqual(
    painted(sceneOf("odd"), run, place, [6], 3, 0),
    [1, 3, 5].map((row) => looks[row]),
  );
  const without = { ...run, phases: [{ name: "descent", first: 0 }] };
  assert.deepEqual(painted(sceneOf("all"), without, place, [6], 3, 0).at(-1), [5, ...LOOKS.early]);
});

test("a rule without phases is at its edge from where λ₁ is 2/η or more", () => {
  const run = { ...partOf(upTo(5)), phases: [], last: 5 };
  Object.assign(run.columns, { sharpness: [1, 2, 2.9, 3, 2, 3], threshold: Array(6).fill(3) });
  assert.equal(runs.parityFrom(run), 3);
  assert.deepEqual(upTo(5).map(runs.kindIn(run, run)), ["early", "early", "early", "odd", "even", "odd"]);
  assert.equal(runs.whichOf(run, 1, "early"), "before the edge");
  run.columns.sharpness[3] = run.columns.sharpness[5] = 2;
  assert.equal(runs.parityFrom(run), Infinity);
  assert.equal(runs.whichOf(run, 1, "early"), "each t");
});

test("the far walls are those of the run in every part of it, however it is recorded", () => {
  const run = floorOf(-1);
  const part = { rows: 4, columns: {} };
  for (const [name, column] of Object.entries(run.columns)) part.columns[name] = column.subarray(6, 10);
  const kinds = upTo(3).map(runs.kindIn(run, part));
  assert.deepEqual(kinds, onFloor.slice(6, 10));
  // The pair before the floor has its far iterate at the odd step.
  run.columns.offset.set([0.001, -0.099], 2);
  assert.deepEqual(upTo(3).map(runs.kindIn(run, part)), ["even", "floor", "odd", "floor"]);
});

test("parity is shown where the floor is no wall any more, and where Φ is not known", () => {
  const run = floorOf(1, [{ name: "beyond", first: 8 }]);
  run.columns.offset[6] = NaN;
  assert.deepEqual(upTo(11).slice(4).map(runs.kindIn(run, run)), "even floor even floor even odd even odd".split(" "));
});

test("small marks are squares of either ink, those of several runs have the run's", () => {
  const part = partOf(upTo(3));
  const place = zigzag(1, 50, upTo(3));
  assert.deepEqual(
    painted(sceneOf("all"), part, place, [4], 2, 0).map(([, ...look]) => look),
    [
      ["odd", "blue"],
      ["odd", "orange"],
      ["odd", "blue"],
      ["odd", "orange"],
    ],
  );
  assert.deepEqual(
    painted(sceneOf("all", 2), part, place, [4], 3, 1).map(([, ...look]) => look),
    [
      ["even", "second"],
      ["odd", "second"],
      ["even", "second"],
      ["odd", "second"],
    ],
  );
});

test("a smooth curve has its ends and a few hundred points", () => {
  const drawn = (rows) => {
    const points = [];
    const put = (...point) => points.push(point);
    const pen = { beginPath() {}, stroke() {}, setLineDash() {}, moveTo: put, lineTo: put };
    pens.curve(pen, "teal", 2, [], rows, (row) => [row, 0]);
    return points.map(([x]) => x);
  };
  assert.deepEqual(drawn(3), [0, 1, 2]);
  assert.deepEqual(drawn(1), [0]);
  const long = drawn(5000);
  assert.deepEqual([long[0], long.at(-1)], [0, 4999]);
  assert.ok(long.length > 300 && long.length < 900);
});

test("a row that lies nowhere is not marked", () => {
  const place = (row) => (row === 1 ? [NaN, 0] : [row, 0]);
  assert.deepEqual(
    painted(sceneOf("all"), partOf(upTo(3)), place, [4], 3, 0).map(([x]) => x),
    [0, 2, 3],
  );
});

test("walls that are apart are filled in one go each", () => {
  const pen = fakePen();
  const steps = upTo(999);
  addPoints(pen, sceneOf("all"), partOf(steps), partOf(steps), 0, 999, zigzag(0.1, 3, steps), 3, 0);
  assert.deepEqual(
    pen.fills.map(([ink, marks]) => [ink, marks.length]),
    [
      ["blue", 500],
      ["orange", 500],
    ],
  );
});

test("where walls are closer than a mark, each ink is on top for a good part of the way", () => {
  const steps = upTo(1199);
  for (const pieces of [[1200], [77, 500, 623]]) {
    const pen = fakePen();
    let from = 0;
    for (const count of pieces) {
      addPoints(
        pen,
        sceneOf("all"),
        partOf(steps),
        partOf(steps),
        from,
        from + count - 1,
        zigzag(0.1, 0.5, steps),
        3,
        0,
      );
      from += count;
    }
    const marks = pen.fills.flatMap(([ink, list]) => list.map(([, x]) => ({ ink, x })));
    const tops = upTo(119).map((x) => marks.findLast((mark) => Math.abs(mark.x - x) < 3).ink);
    const share = tops.filter((ink) => ink === "blue").length / tops.length;
    assert.ok(share > 0.3 && share < 0.7, `${share} of the even ink`);
  }
});

test("a line breaks where a row lies nowhere", () => {
  const path = [];
  const pen = {
    beginPath() {},
    stroke() {},
    setLineDash() {},
    moveTo: (x) => path.push(`move ${x}`),
    lineTo: (x) => path.push(`line ${x}`),
  };
  pens.line(pen, "red", 1, [], 0, 5, (row) => [row === 2 ? NaN : row, 0]);
  assert.deepEqual(path, ["move 0", "line 1", "move 3", "line 4", "line 5"]);
});

// ---- what of the past is painted ----

// A panel that notes what it paints: "wipe", "still", and the rows of parts by name.
function fakePanel() {
  const noted = [];
  const pen = { ...fakePen(), clearRect: () => noted.push("wipe") };
  const panel = Object.assign(Object.create(Panel.prototype), {
    name: "landscape",
    past: { size: [300, 200], getContext: () => pen },
    painted: null,
    paintStill: () => noted.push("still"),
    paintRows: (pen, scene, frame, run, i, part, from, to) => noted.push(`${i} ${part.name}: ${from}–${to}`),
  });
  const frame = { left: 0, top: 0, width: 300, height: 200 };
  const paint = (runs, ...steps) => {
    noted.length = 0;
    panel.paintPast({ result: { runs }, steps }, frame);
    return [...noted];
  };
  return { panel, paint };
}

test("a panel is painted in the frame that it has for the scene, and not at all without one", () => {
  const { panel } = fakePanel();
  const axis = { _offset: 3, _length: 300, range: [0, 1], d2p: (value) => value, p2d: (pixel) => pixel };
  const shown = [];
  const paint = (change, scene) => {
    shown.length = 0;
    const own = Object.assign(
      Object.create(panel),
      { now: panel.past, paintNow: (pen, what, frame) => shown.push(frame.left) },
      change,
    );
    own.paint(scene);
    return [...shown];
  };
  const drawn = { layout: { uirevision: "one" }, _fullLayout: { font: { size: 14 }, xaxis: axis, yaxis: axis } };
  const scene = { result: { runs: [] }, steps: [] };
  assert.deepEqual(paint({ graph: () => drawn }, scene), [3]);
  assert.deepEqual([paint({ graph: () => null }, scene), paint({ graph: () => drawn }, { result: null })], [[], []]);
  const own = { graph: () => drawn, frameFor: ({ left }) => left && { left, top: 0, width: 9, height: 9 } };
  assert.deepEqual([paint(own, { ...scene, left: 7 }), paint(own, scene)], [[7], []]);
});

const named = (name, steps, more) => ({ name, ...partOf(steps), ...more });

test("as a run goes on, only its new rows are painted", () => {
  const { paint } = fakePanel();
  const runs = [named("run", [0, 1, 2, 10, 11])];
  assert.deepEqual(paint(runs, 1), ["wipe", "still", "0 run: 0–1"]);
  assert.deepEqual(paint(runs, 2), ["0 run: 2–2"]);
  assert.deepEqual(paint(runs, 9), []);
  assert.deepEqual(paint(runs, 11), ["0 run: 3–4"]);
});

test("going back, and what was reset, is painted from the beginning", () => {
  const { panel, paint } = fakePanel();
  const runs = [named("run", [0, 1, 2, 3])];
  paint(runs, 3);
  assert.deepEqual(paint(runs, 2), ["wipe", "still", "0 run: 0–2"]);
  panel.reset();
  assert.deepEqual(paint(runs, 2), ["wipe", "still", "0 run: 0–2"]);
});

test("where one of several runs goes back, all are painted from the beginning", () => {
  const { paint } = fakePanel();
  const runs = [named("a", [0, 1, 2, 3]), named("b", [0, 1, 2, 3])];
  paint(runs, 1, 2);
  assert.deepEqual(paint(runs, 2, 2), ["0 a: 2–2"]);
  assert.deepEqual(paint(runs, 3, 1), ["wipe", "still", "0 a: 0–3", "1 b: 0–1"]);
});

test("a stretch of a zoom is painted too, from where it begins, on its own panel alone", () => {
  const { paint } = fakePanel();
  const details = { landscape: named("zoom", [4, 5, 6, 7]), sharpness: named("other", [0, 1, 2]) };
  const runs = [named("run", [0, 1, 8, 9], { details })];
  assert.deepEqual(paint(runs, 1), ["wipe", "still", "0 run: 0–1"]);
  assert.deepEqual(paint(runs, 5), ["0 zoom: 0–1"]);
  assert.deepEqual(paint(runs, 9), ["0 run: 2–3", "0 zoom: 2–3"]);
});

test("a stretch that arrives is painted with all there is", () => {
  const { paint } = fakePanel();
  const run = named("run", [0, 1, 8, 9]);
  paint([run], 5);
  run.details = { landscape: named("zoom", [4, 5]) };
  assert.deepEqual(paint([run], 5), ["wipe", "still", "0 run: 0–1", "0 zoom: 0–1"]);
});

// ---- frames ----

test("a graph gives a frame once it is drawn", () => {
  assert.equal(frames.frameOf(null), null);
  assert.equal(frames.frameOf({}), null);
  assert.equal(frames.frameOf({ layout: { uirevision: "one" }, _fullLayout: { xaxis: {} } }), null);
  assert.equal(
    frames.frameOf({ layout: {}, _fullLayout: { xaxis: { _length: 9 } } }),
    null,
    "before a figure has come",
  );
});

test("a frame goes from data to pixels and back", () => {
  const axis = (offset, scale) => ({
    _offset: offset,
    _length: 400,
    range: ["-1", 3],
    d2p: (value) => scale * value,
    p2d: (pixel) => pixel / scale,
  });
  const frame = frames.frameOf({
    layout: { uirevision: "one" },
    _fullLayout: { font: { size: 28 }, xaxis: axis(46, 100), yaxis: axis(8, -50) },
  });
  assert.deepEqual([frame.x(2), frame.y(2)], [123, -46], "half as many, where words are twice as large");
  assert.deepEqual([frame.dataX(123), frame.dataY(-46)], [2, 2]);
  assert.deepEqual([frame.left, frame.top, frame.width, frame.height], [23, 4, 200, 200]);
  assert.deepEqual(frame.rangeX, [-1, 3]);
});

test("the range of a logarithmic axis is told in its own unit", () => {
  const axis = { _offset: 0, _length: 10, d2p: (value) => value, p2d: (pixel) => pixel };
  const layout = {
    font: { size: 14 },
    xaxis: { ...axis, type: "log", range: [-1, 2] },
    yaxis: { ...axis, range: [0, 3] },
  };
  const frame = frames.frameOf({ layout: { uirevision: "one" }, _fullLayout: layout });
  assert.deepEqual(
    [frame.rangeX, frame.rangeY],
    [
      [0.1, 100],
      [0, 3],
    ],
  );
});

test("each of four runs, and of a run and its four branches, has a dash of its own", () => {
  assert.equal(new Set(pens.DASHES.map(String)).size, 6);
});
