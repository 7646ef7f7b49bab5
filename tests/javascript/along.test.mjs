import assert from "node:assert/strict";
import { test } from "node:test";
import { Along, arcOf, colourOf, placeOn, valueAt, viewOf } from "../../assets/js/stage/panels/along.mjs";

const close = (a, b, tolerance = 1e-5) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

function curveOf(rows, x, arc, sharpness) {
  const many = (f) => Float32Array.from({ length: rows }, (_, k) => f(k));
  const points = Float32Array.from(Array.from({ length: rows }, (_, k) => x(k)).flat());
  return { rows, d: points.length / rows, x: points, arc: many(arc), sharpness: many(sharpness) };
}

// From (0, height) to (10, height), flattest at (4, height).
const straight = (height = 0) =>
  curveOf(
    11,
    (k) => [k, height],
    (k) => k,
    (k) => 1 + (k - 4) ** 2,
  );

// Around the origin in 360 pieces from (1, 0), flattest at 30 degrees.
const DEGREE = Math.PI / 180;
const on = (degrees) => [Math.cos(degrees * DEGREE), Math.sin(degrees * DEGREE)];
const circle = () =>
  curveOf(
    361,
    (k) => on(k % 360),
    (k) => k * DEGREE,
    (k) => 2 - Math.cos((k - 30) * DEGREE),
  );

// Three turns up around the third axis, 1.25 long for a radian; flattest at the length 10.
const PACE = 1.25;
const up = (t) => [Math.cos(t), Math.sin(t), 0.75 * t];
const helix = () =>
  curveOf(
    1081,
    (k) => up(k * DEGREE),
    (k) => PACE * k * DEGREE,
    (k) => 1 + (PACE * k * DEGREE - 10) ** 2,
  );
// From the helix, square to it: away from its axis, and square to that too.
const outward = (t) => [Math.cos(t), Math.sin(t), 0];
const aside = (t) => [0.6 * Math.sin(t), -0.6 * Math.cos(t), 0.8];
const beside = (t, away, way) => up(t).map((value, i) => value + away * way(t)[i]);

// A run whose Φ(x_t) passes these points, and the theorem's X those.
function makeRun(projection, flow = projection.map((point) => point.map(() => NaN))) {
  const step = Float32Array.from(projection, (_, row) => row);
  const columns = { step, projection: Float32Array.from(projection.flat()), flow: Float32Array.from(flow.flat()) };
  const widths = { step: 1, projection: projection[0].length, flow: flow[0].length };
  return { rows: step.length, last: step.length - 1, eta: 0.1, columns, widths };
}

function makeScene(run, curves, flattest) {
  const valley = { curves, flattest, sharpness_range: [1, 40] };
  return { result: { runs: [run] }, valley, focus: 0, strobe: "all", steps: [run.last] };
}

test("arcOf is the foot of the perpendicular", () => {
  const curve = straight();
  for (const [x, y, arc, away] of [
    [2.25, 0.5, 2.25, 0.5],
    [1.75, 0.5, 1.75, 0.5],
    [4, 0, 4, 0],
    [12, 0, 10, 2],
    [-3, 4, 0, 5],
  ]) {
    const found = arcOf(curve, [x, y]);
    close(found.arc, arc);
    close(found.away, away);
  }
});

test("arcOf goes round a bend", () => {
  const bend = curveOf(
    3,
    (k) =>
      [
        [0, 0],
        [2, 0],
        [2, 2],
      ][k],
    (k) => 2 * k,
    (k) => k,
  );
  for (const [x, y, arc] of [
    [1.5, 0.2, 1.5],
    [1.8, 0.5, 2.5],
    [3, -1, 2],
  ])
    close(arcOf(bend, [x, y]).arc, arc);
});

test("arcOf goes round a corner that closes a curve", () => {
  const square = curveOf(
    5,
    (k) =>
      [
        [0, 0],
        [2, 0],
        [2, 2],
        [0, 2],
        [0, 0],
      ][k],
    (k) => 2 * k,
    (k) => k,
  );
  for (const [x, y, arc] of [
    [0.3, -0.1, 0.3],
    [-0.1, 0.3, 7.7],
    [-0.1, 1.9, 6.1],
  ])
    close(arcOf(square, [x, y]).arc, arc);
});

test("arcOf in space is the length along a helix, from wherever beside it", () => {
  const curve = helix();
  for (const t of [0.011, 1, 2.5, 7.77, 12.5, 18.8]) {
    for (const way of [outward, aside]) {
      for (const away of [0, 0.3, -0.3]) {
        const found = arcOf(curve, beside(t, away, way));
        close(found.arc, PACE * t, 1e-4 + 0.006 * Math.abs(away)); // chords turn by 0.011 where they meet
        close(found.away, Math.abs(away), 1e-4);
      }
    }
  }
  for (const [point, arc, away] of [
    [[1, 0, -2], 0, 2],
    [[1, 0, 4.5 * Math.PI + 2], PACE * 6 * Math.PI, 2],
  ]) {
    const found = arcOf(curve, point);
    close(found.arc, arc, 1e-5);
    close(found.away, away, 1e-5);
  }
});

test("arcOf of a straight line in four dimensions is the part along it", () => {
  const along = [0.1, -0.3, 0.5, Math.sqrt(0.65)];
  const line = curveOf(
    21,
    (k) => along.map((c) => 0.5 * k * c),
    (k) => 0.5 * k,
    (k) => k,
  );
  const point = [3, -1, 2, 1];
  const arc = 0.3 + 0.3 + 1 + Math.sqrt(0.65);
  const found = arcOf(line, point);
  close(found.arc, arc);
  close(found.away, Math.sqrt(15 - arc ** 2));
});

test("valueAt is right for a parabola between points, and ends with the curve or goes round it", () => {
  for (const [s, value] of [
    [4, 1],
    [4.5, 1.25],
    [8.75, 1 + 4.75 ** 2],
    [-1, 17],
    [11, 37],
  ])
    close(valueAt(straight(), s), value);
  for (const turn of [-720, -360, 0, 360]) {
    for (const [degrees, value] of [
      [30, 1],
      [210, 3],
      [120, 2],
      [-60, 2],
    ])
      close(valueAt(circle(), (degrees + turn) * DEGREE), value);
  }
});

test("the length is counted from the flattest point, and what the run passes is in view", () => {
  const view = viewOf(
    makeScene(
      makeRun(
        [
          [9, 0],
          [6, 0],
        ],
        [
          [7, 0],
          [4, 0],
        ],
      ),
      [straight()],
      [[4, 0]],
    ),
  );
  close(view.zero, 4);
  assert.deepEqual(
    view.flattest.map((s) => Number(s.toFixed(5))),
    [0],
  );
  close(view.low, -0.6); // a margin of 0.12 · 5
  close(view.high, 5.6);
  close(view.top, 32.36 + 0.08 * 31.36, 0.2); // at (9.6, 0)
  close(view.bottom, 1 - 0.08 * 31.36, 0.05);
});

test("the flattest point is in view before a run comes near it, on either side", () => {
  const view = viewOf(
    makeScene(
      makeRun([
        [1, 0],
        [2, 0],
      ]),
      [straight()],
      [[4, 0]],
    ),
  );
  close(view.low, -3.36);
  close(view.high, 0.36);
});

test("of a long run all that it passes is in view, its last row too", () => {
  const way = Array.from({ length: 1000 }, (_, row) => [row < 999 ? 5 + row / 999 : 8, 0]);
  const view = viewOf(makeScene(makeRun(way), [straight()], [[4, 0]]));
  close(view.high, 4.48); // a margin of 0.12 · 4
});

test("an open curve is in view no farther than it goes", () => {
  const view = viewOf(
    makeScene(
      makeRun([
        [10, 0],
        [4, 0],
      ]),
      [straight()],
      [[4, 0]],
    ),
  );
  close(view.high, 6);
  close(view.low, -0.72);
});

test("of two flattest points the length is counted from the one that the run goes to", () => {
  const twice = curveOf(
    11,
    (k) => [k, 0],
    (k) => k,
    (k) => 1 + Math.min((k - 2) ** 2, (k - 8) ** 2),
  );
  for (const [ways, zero, others] of [
    [
      [
        [6, 0],
        [7, 0],
      ],
      8,
      [0],
    ],
    [
      [
        [4, 0],
        [3, 0],
      ],
      2,
      [0],
    ],
    [
      [
        [0, 0],
        [8, 0],
      ],
      8,
      [-6, 0],
    ],
  ]) {
    const view = viewOf(
      makeScene(
        makeRun(ways),
        [twice],
        [
          [2, 0],
          [8, 0],
        ],
      ),
    );
    close(view.zero, zero);
    assert.deepEqual(
      view.flattest.map((s) => Math.round(s)),
      others,
    );
  }
});

test("of two branches that one is in view on which the run begins", () => {
  const curves = [straight(0), straight(3)];
  const scene = makeScene(
    makeRun([
      [9, 2.9],
      [5, 3],
    ]),
    curves,
    [
      [4, 0],
      [4, 3],
    ],
  );
  const view = viewOf(scene);
  assert.equal(view.curve, curves[1]);
  assert.equal(view.flattest.length, 1);
  assert.equal(placeOn(view, makeRun([[9, 0]]), 0, "projection"), null);
});

test("a closed curve is gone round the short way, through its seam", () => {
  for (const [from, to, low, high] of [
    [330, 20, -60, 0],
    [170, 40, 0, 140],
    [250, 0, -140, 0],
  ]) {
    const view = viewOf(makeScene(makeRun([on(from), on(to)]), [circle()], [on(30)]));
    const margin = 0.12 * (high - low);
    close(view.zero, 30 * DEGREE, 1e-3);
    close(view.low / DEGREE, low - margin, 0.1);
    close(view.high / DEGREE, high + margin, 0.1);
    const place = placeOn(view, makeRun([on(from), on(to)]), 0, "projection");
    close(place.s / DEGREE, low + high, 0.1); // the end that is not 0
    close(place.sharpness, 2 - Math.cos((low + high) * DEGREE), 1e-3);
  }
});

test("a run that begins almost half way round may stray past it", () => {
  const view = viewOf(makeScene(makeRun([on(200), on(215), on(30)]), [circle()], [on(30)]));
  close(view.low / DEGREE, -0.12 * 185, 0.1);
  close(view.high / DEGREE, 1.12 * 185, 0.1);
  close(placeOn(view, makeRun([on(12)]), 0, "projection").s / DEGREE, -18, 0.1);
});

test("placeOn is on the curve or nowhere", () => {
  const view = viewOf(
    makeScene(
      makeRun([
        [9, 0],
        [4, 0],
      ]),
      [straight()],
      [[4, 0]],
    ),
  );
  const part = makeRun(
    [
      [6, 0.1],
      [6, 0.3],
      [NaN, NaN],
    ],
    [
      [4.5, 0],
      [3, 0],
      [8, 0],
    ],
  );
  const places = ["projection", "flow"].map((name) => [0, 1, 2].map((row) => placeOn(view, part, row, name)));
  assert.deepEqual(
    places.map((list) => list.map((at) => at && Number(at.s.toFixed(4)))),
    [
      [2, null, null],
      [0.5, -1, 4],
    ],
  );
  close(places[0][0].sharpness, 5);
});

test("a curve that comes back over its beginning, but higher up, is not closed", () => {
  const curve = helix();
  close(valueAt(curve, -1), 101, 1e-3);
  close(valueAt(curve, 99), 1 + (PACE * 6 * Math.PI - 10) ** 2, 1e-3);
  const view = viewOf(makeScene(makeRun([up(16), up(9)]), [curve], [up(8)]));
  close(view.zero, 10, 1e-4);
  assert.deepEqual(
    view.flattest.map((s) => Number(s.toFixed(3))),
    [0],
  );
  close(view.low, -1.2, 1e-3); // a margin of 0.12 · 1.25 (16 − 8)
  close(view.high, 11.2, 1e-3);
  close(view.bottom, 1 - 0.08 * 11.2 ** 2, 0.05);
});

test("a closed curve in space is gone round the short way, through its seam", () => {
  // The circle, turned about the first axis.
  const tilted = (degrees) => [on(degrees)[0], 0.6 * on(degrees)[1], -0.8 * on(degrees)[1]];
  const curve = curveOf(
    361,
    (k) => tilted(k % 360),
    (k) => k * DEGREE,
    (k) => 2 - Math.cos((k - 30) * DEGREE),
  );
  const view = viewOf(makeScene(makeRun([tilted(330), tilted(20)]), [curve], [tilted(30)]));
  close(view.low / DEGREE, -67.2, 0.1);
  close(view.high / DEGREE, 7.2, 0.1);
  close(placeOn(view, makeRun([tilted(350)]), 0, "projection").s / DEGREE, -40, 0.1);
  close(valueAt(curve, -60 * DEGREE), 2);
});

test("placeOn in space is on the curve or nowhere, by all of the coordinates", () => {
  const view = viewOf(makeScene(makeRun([up(16), up(9)]), [helix()], [up(8)]));
  // Elsewhere begins at a fiftieth of the length, 0.4712.
  const points = [
    up(12),
    beside(12, 0.4, aside),
    beside(12, 0.5, aside),
    [...up(12).slice(0, 2), NaN],
    beside(6, -0.4, outward),
  ];
  const part = makeRun(points, points.toReversed());
  const places = (name) => points.map((_, row) => placeOn(view, part, row, name));
  const told = [5, 5, null, null, -2.5];
  const plain = (list) => list.map((at) => at && Number(at.s.toFixed(2)));
  assert.deepEqual([plain(places("projection")), plain(places("flow"))], [told, told.toReversed()]);
  close(places("projection")[1].sharpness, 26, 3e-2);
  close(places("projection")[4].sharpness, 7.25, 3e-2);
});

test("without a valley, or a way to one, nothing is in view", () => {
  assert.equal(viewOf(makeScene(makeRun([[9, 0]]), [], [])), null);
  assert.equal(viewOf(makeScene(makeRun([[NaN, NaN]]), [straight()], [[4, 0]])), null);
});

test("where λ₁ is the same all along there is room above and below", () => {
  const level = curveOf(
    11,
    (k) => [k, 0],
    (k) => k,
    () => 5,
  );
  const view = viewOf(
    makeScene(
      makeRun([
        [2, 0],
        [8, 0],
      ]),
      [level],
      [],
    ),
  );
  close(view.bottom, 4.5);
  close(view.top, 5.5);
});

test("colours are even in log λ₁, from one end of the scale to the other", () => {
  const scale = [
    [0, 0, 0],
    [100, 0, 0],
    [100, 0, 200],
  ];
  const expected = {
    1: "0,0,0",
    10: "50,0,0",
    100: "100,0,0",
    1000: "100,0,100",
    10000: "100,0,200",
    0.1: "0,0,0",
    1e9: "100,0,200",
  };
  for (const [value, colour] of Object.entries(expected))
    assert.equal(colourOf(scale, [1, 10000], Number(value)), `rgb(${colour})`, value);
  assert.equal(colourOf(scale, [2, 2], 2), "rgb(0,0,0)");
});

test("the pointer finds the bead of the nearest run, where it is painted", () => {
  const scene = makeScene(
    makeRun([
      [9, 0],
      [4, 0],
    ]),
    [straight()],
    [[4, 0]],
  );
  const other = makeRun([
    [9, 0],
    [8, 0],
  ]);
  scene.result.runs.push(other);
  scene.steps.push(1);
  // From s = −0.6 at 40 to s = 5.6 at 660: 100 pixels a unit of length.
  const panel = Object.assign(Object.create(Along.prototype), { canvas: { size: [676, 200] }, view: null });
  assert.equal(panel.probe(scene, 0, 0), null);
  panel.view = viewOf(scene);
  const height = ({ bottom, top }, value) => 174 - (160 * (value - bottom)) / (top - bottom);
  const [own, its] = [
    [100, 1],
    [500, 17],
  ].map(([x, value]) => [x, height(panel.view, value)]);
  const found = [own, its].map(([x, y]) => panel.probe(scene, x + 5, y - 5));
  assert.deepEqual(
    found.map(({ i, row }) => [i, row]),
    [
      [0, 1],
      [1, 1],
    ],
  );
  assert.equal(found[1].run, other);
  found.forEach(({ x, y }, k) => {
    close(x, [own, its][k][0], 0.1);
    close(y, [own, its][k][1], 0.1);
  });
  assert.equal(panel.probe(scene, 300, 20), null);
});

test("why there is no curve is said once all of the run has come, and not of its first part", () => {
  const labels = [];
  const pen = new Proxy(
    {},
    { get: (_, name) => (name === "fillText" ? (text) => labels.push(text) : () => {}), set: () => true },
  );
  const panel = Object.create(Along.prototype);
  const sheet = () => ({ size: [300, 170], width: 300, height: 170, getContext: () => pen });
  Object.assign(panel, { still: sheet(), canvas: sheet(), view: null, fresh: false, shown: "", painted: null });
  const scene = makeScene(makeRun([[0, 4, 4]]), [], null);
  const settings = { loss: "self-stabilization" };
  const inks = { soft: "grey", card: "white" };
  for (const part of ["iterates", undefined]) {
    panel.reset();
    panel.paint({ ...scene, inks, result: { ...scene.result, settings, part } });
    assert.deepEqual(labels, part ? [] : ["Γ is a point: nowhere to drift"]);
  }
});
