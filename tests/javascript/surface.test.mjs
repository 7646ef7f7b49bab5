import assert from "node:assert/strict";
import { test } from "node:test";
import { Surface } from "../../assets/js/stage/panels/surface.mjs";
import * as solid from "../../assets/js/stage/solid.mjs";
import { svgSheet } from "../../assets/js/svgpen.mjs";

const { HEIGHT } = solid;
const panel = Object.assign(Object.create(Surface.prototype), {
  past: { size: [300, 200] },
  angles: { yaw: 32, pitch: 34, zoom: 1 },
  name: "landscape",
});

const close = (found, wanted) =>
  wanted.forEach((value, k) => {
    assert.ok(
      Number.isNaN(value) ? Number.isNaN(found[k]) : Math.abs(found[k] - value) < 1e-3,
      `${found} is not ${wanted}`,
    );
  });
const part = (width, points, more = {}) => ({
  rows: points.length,
  last: points.length - 1,
  rule: "ngd",
  phases: [{ name: "edge", first: 0 }],
  widths: { x: width, flow: width },
  columns: { step: Float32Array.from(points, (_, row) => row), x: Float32Array.from(points.flat()), ...more },
});

function makeScene(d, run, change) {
  const settings = {
    view: [
      [0, 1],
      [0, 2],
      [-0.5, 1.5],
    ].slice(0, d),
    variables: ["x", "y", "z"].slice(0, d),
  };
  const inks = {
    scale: [
      [0, 0, 0],
      [255, 255, 255],
    ],
    heights: [
      [0, 0, 0],
      [255, 255, 255],
    ],
  };
  return {
    d,
    look: "surface",
    strobe: "all",
    result: { runs: [run], settings },
    inks,
    steps: [run.last],
    sheet: null,
    ...change,
  };
}

// The middle of the box, its corners at the floor and the top, and what lies outside of it.
const POINTS = [
  [0.5, 1, 0.5],
  [0, 0, -0.5],
  [1, 2, 1.5],
  [1, 0, 0.5],
  [0.5, 1, 1.6],
  [0.5, 1, -0.6],
];
const IN_BOX = [[0, 0, HEIGHT / 2], [-1, -1, 0], [1, 1, HEIGHT], [1, -1, HEIGHT / 2], null, null];

test("in space points are painted where they stand in the box, and Γ too where the box ends", () => {
  const run = part(3, POINTS, { flow: Float32Array.from(POINTS.flat()) });
  const frame = panel.frameFor(makeScene(3, run));
  const [place, floor] = [panel.place(run, frame), panel.floor(run, "flow", frame)];
  POINTS.forEach((_, row) => {
    const wanted = IN_BOX[row] ? solid.project(frame.view, ...IN_BOX[row]) : [NaN, NaN];
    close(place(row), wanted);
    if (IN_BOX[row]) close(floor(row), wanted);
  });
});

test("on a surface iterates are painted at √L over the top of the box, Γ on its floor", () => {
  const points = [
    [0.5, 1],
    [1, 0],
    [0, 2],
    [1.1, 1],
  ];
  const run = part(2, points, { loss: Float32Array.of(4, 1, 0, 1), flow: Float32Array.from(points.flat()) });
  const heights = {
    view: [
      [0, 1],
      [0, 2],
    ],
    rows: 2,
    columns: 2,
    root: Float32Array.of(0, 4, 4, 4),
  };
  const frame = panel.frameFor(makeScene(2, run, { heights }));
  assert.equal(frame.grid.top, 4);
  const wanted = [
    [0, 0, HEIGHT / 2],
    [1, -1, HEIGHT / 4],
    [-1, 1, 0],
  ].map((point) => solid.project(frame.view, ...point));
  [...wanted, [NaN, NaN]].forEach((point, row) => close(panel.place(run, frame)(row), point));
  [
    [0, 0, 0],
    [1, -1, 0],
    [-1, 1, 0],
  ].forEach((point, row) => {
    close(panel.floor(run, "flow", frame)(row), solid.project(frame.view, ...point));
  });
});

test("there is no frame before the surface has its heights, in space there is", () => {
  const run = part(3, POINTS);
  assert.equal(panel.frameFor(makeScene(2, run, { heights: null })), null);
  assert.deepEqual(
    [panel.frameFor(makeScene(3, run)).width, panel.frameFor(makeScene(3, run)).grid.heights],
    [300, null],
  );
});

test("in space the pointer finds the nearest iterate that the strobe shows", () => {
  const run = part(3, POINTS);
  const { view } = panel.frameFor(makeScene(3, run));
  const [x, y] = solid.project(view, ...IN_BOX[3]);
  const found = (strobe, steps = [5]) => panel.probe(makeScene(3, run, { strobe, steps }), x + 5, y - 5);
  assert.deepEqual([found("all").row, found("odd").row, found("even"), found("all", [2])], [3, 3, null, null]);
});

// ---- turning ----

// A panel that hears a hand, and how often it was turned.
function turning() {
  const box = new EventTarget();
  const one = Object.assign(Object.create(Surface.prototype), {
    box,
    angles: { yaw: 32, pitch: 34, zoom: 1 },
    count: 0,
  });
  one.turned = () => one.count++;
  one.listen();
  const send = (type, more) => {
    const event = Object.assign(new Event(type, { cancelable: true, bubbles: true }), more);
    box.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { one, box, send, key: (name) => send("keydown", { key: name }) };
}

test("arrow keys turn the box as a hand would by twelve pixels, and are nobody else's", () => {
  for (const [name, dx, dy] of [
    ["ArrowLeft", -12, 0],
    ["ArrowRight", 12, 0],
    ["ArrowUp", 0, -12],
    ["ArrowDown", 0, 12],
  ]) {
    const { one, key } = turning();
    const wanted = solid.turned(one.angles, dx, dy);
    assert.notDeepEqual(wanted, one.angles);
    assert.equal(key(name), true);
    assert.deepEqual([one.angles, one.count], [wanted, 1]);
  }
  const { one, key } = turning();
  assert.deepEqual([key("a"), one.count, one.angles.zoom], [false, 0, 1]);
});

test("plus, minus and a wheel enlarge between six tenths and four times", () => {
  const { one, key, send } = turning();
  key("+");
  assert.equal(one.angles.zoom, 1.25);
  key("-");
  key("=");
  assert.equal(one.angles.zoom, 1.25);
  for (let k = 0; k < 20; k++) key("+");
  assert.equal(one.angles.zoom, 4);
  for (let k = 0; k < 20; k++) key("-");
  assert.equal(one.angles.zoom, 0.6);
  assert.equal(send("wheel", { deltaY: -500 * Math.LN2 }), true);
  assert.ok(Math.abs(one.angles.zoom - 1.2) < 1e-12, "away from the hand is nearer");
  assert.deepEqual([one.angles.yaw, one.angles.pitch], [32, 34]);
});

test("a hand turns the box while it holds it, Esc turns it back, and so do two clicks", () => {
  const { one, box, send } = turning();
  const first = one.angles;
  let held = null;
  const room = new EventTarget();
  globalThis.window ??= {};
  globalThis.document = { hasFocus: () => true };
  for (const name of ["addEventListener", "removeEventListener"]) globalThis.window[name] = room[name].bind(room);
  const hear = (name, given) => room.dispatchEvent(Object.assign(new Event(name, { cancelable: true }), given));
  box.setPointerCapture = (id) => (held = id);
  box.hasPointerCapture = (id) => held === id;
  box.releasePointerCapture = () => (held = null);
  const hand = (more) => ({ pointerId: 7, isPrimary: true, button: 0, buttons: 1, clientX: 0, clientY: 0, ...more });
  const moved = hand({ button: -1, clientX: 5, clientY: 3 });
  hear("pointermove", moved);
  assert.deepEqual(one.angles, first);
  send("pointerdown", hand({ button: 2, buttons: 2 }));
  hear("pointermove", moved);
  assert.deepEqual(one.angles, first, "another button");
  send("pointerdown", hand());
  hear("pointermove", { ...moved, pointerId: 8 });
  assert.deepEqual(one.angles, first, "another finger");
  hear("pointermove", moved);
  assert.deepEqual(one.angles, solid.turned(first, 5, 3));
  hear("keydown", { key: "Escape" });
  assert.deepEqual([one.angles, held], [first, null]);
  hear("pointermove", moved);
  assert.deepEqual(one.angles, first, "let go of");
  send("pointerdown", hand());
  hear("pointermove", moved);
  hear("pointermove", { ...moved, buttons: 0 });
  assert.deepEqual([one.angles, held], [first, null], "let go of where nobody saw it");
  send("pointerdown", hand());
  hear("pointermove", moved);
  hear("pointermove", { ...moved, button: 0, buttons: 2 });
  hear("pointermove", { ...moved, clientX: 50 });
  assert.deepEqual(one.angles, solid.turned(first, 5, 3), "let go of by the main button, though another is down");
  send("pointerdown", hand());
  hear("pointermove", moved);
  hear("pointerup", moved);
  const twice = solid.turned(solid.turned(first, 5, 3), 5, 3);
  assert.deepEqual(one.angles, twice);
  const press = () => (send("pointerdown", hand()), hear("pointerup", hand({ clientX: 2 })));
  send("dblclick");
  press();
  send("dblclick");
  assert.deepEqual(one.angles, twice, "two presses, of which one has moved it");
  press();
  send("dblclick");
  assert.deepEqual(one.angles, first);
});

// ---- painting ----

// What a part of the panel paints, as lines of SVG.
function painted(name, ...given) {
  const pen = svgSheet([300, 200]).getContext();
  panel[name](pen, ...given);
  return pen.lines;
}
const INKS = { soft: "soft", ink: "ink", card: "card", flow: "flow", even: "even", odd: "odd", theory: "theory" };

// Where words stand, in the order in which they are painted.
const wordsOf = (lines) =>
  lines
    .map((line) => line.match(/^<text x="(\S+)" y="(\S+)".* fill="(soft|ink)">(.*)<\/text>$/))
    .filter(Boolean)
    .map(([, x, y, ink, text]) => ({ x: Number(x), y: Number(y), ink, text }));

// Whether a point lies within the shadow of the box: among the triangles of its corners.
function isWithin({ view }, x, y) {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) =>
    solid.project(view, k & 1 ? 1 : -1, k & 2 ? 1 : -1, k & 4 ? HEIGHT : 0),
  );
  const side = ([ax, ay], [bx, by]) => Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
  return corners.some((a, i) =>
    corners.some((b, j) =>
      corners.some((c, k) => i < j && j < k && Math.abs(side(a, b) + side(b, c) + side(c, a)) === 3),
    ),
  );
}

test("every side has its numbers and its name, beside the box from wherever it is seen", () => {
  for (const yaw of [32, 122, 212, 302]) {
    panel.angles = { yaw, pitch: 34, zoom: 1 };
    const frame = panel.frameFor(makeScene(3, part(3, POINTS)));
    const words = wordsOf(painted("paintAxes", INKS, frame));
    const names = words.filter(({ ink }) => ink === "ink").map(({ text }) => text);
    assert.deepEqual(names.sort(), ["x", "y", "z"]);
    const numbers = words.filter(({ ink }) => ink === "soft").map(({ text }) => text);
    const wanted = ["0.0 0.5 1.0", "0.0 0.5 1.0 1.5 2.0", "-0.5 0.0 0.5 1.0 1.5"].flatMap((side) => side.split(" "));
    assert.deepEqual(numbers.sort(), wanted.sort());
    for (const { x, y, text } of words) assert.ok(!isWithin(frame, x, y - 4.3), `${text} at ${yaw}`);
  }
  panel.angles = { yaw: 32, pitch: 34, zoom: 1 };
});

test("of Γ in space all is drawn that lies in the box, in the ink of its sharpness", () => {
  const x = Float32Array.from(Array.from({ length: 26 }, (_, row) => [row / 20, 1, 0]).flat()); // the box ends at 1
  const valley = { curves: [{ x, rows: 26, sharpness: Array.from(x, (_, row) => 1 + row) }], sharpness_range: [1, 26] };
  const scene = makeScene(3, part(3, POINTS), { valley });
  const frame = panel.frameFor(scene);
  const lines = painted("paintValley", scene, frame);
  const shape = /d="M(\S+) (\S+) L(\S+) (\S+)".* stroke="([^"]*)"/;
  const pieces = lines.map((line) => line.match(shape).slice(1));
  const [one, two] = pieces;
  assert.notEqual(one[4], pieces[pieces.length - 1][4]);
  assert.deepEqual(one.slice(2, 4), two.slice(0, 2));
  const begins = solid.project(frame.view, -1, 0, HEIGHT / 4);
  one.slice(0, 2).forEach((text, k) => assert.ok(Math.abs(Number(text) - begins[k]) < 0.051, text));
  // To the very side of the box, wherever its last point before that lies.
  const ends = solid.project(frame.view, 1, 0, HEIGHT / 4);
  const last = pieces[pieces.length - 1].slice(2, 4);
  last.forEach((text, k) => assert.ok(Math.abs(Number(text) - ends[k]) < 0.051, text));
  assert.deepEqual(painted("paintValley", { ...scene, valley: null }, frame), []);
});

// What a mark at a point of the box is painted at, to a tenth of a pixel.
const markAt = (frame, point, r) => {
  const [x, y] = solid.project(frame.view, ...point);
  return `M${Math.round(10 * (x + r)) / 10} ${Math.round(10 * y) / 10} `;
};

test("in space the start and the flattest points have marks and names, those in the box", () => {
  const run = part(3, [POINTS[0], POINTS[1]]);
  const flattest = [
    [1, 0, 0.5],
    [1.2, 0, 0.5],
  ];
  const scene = makeScene(3, run, { inks: INKS, valley: { curves: [], flattest, sharpness_range: [1, 2] } });
  const frame = panel.frameFor(scene);
  const lines = painted("paintPlaces", scene, frame);
  const marks = lines.filter((line) => line.startsWith("<path") && line.includes('fill="card"'));
  assert.equal(marks.length, 2);
  assert.ok(marks[0].includes(markAt(frame, IN_BOX[3], 4.5)), marks[0]);
  assert.ok(marks[1].includes(markAt(frame, IN_BOX[0], 6)), marks[1]);
  assert.deepEqual(
    wordsOf(lines).map(({ text }) => text),
    ["flattest", "start"],
  );
  const outside = makeScene(3, part(3, [POINTS[4]]), { inks: INKS, valley: null });
  assert.deepEqual(painted("paintPlaces", outside, frame), []);
});

test("the name of a flattest point in space stands clear of Γ", () => {
  // Γ goes up from the point on the screen: above it there is no room.
  const x = Float32Array.from(Array.from({ length: 60 }, (_, k) => [0.5, 1, 0.5 + k / 60]).flat());
  const valley = { curves: [{ x, rows: 60, sharpness: x }], flattest: [[0.5, 1, 0.5]], sharpness_range: [1, 2] };
  const scene = makeScene(3, part(3, [POINTS[4]]), { inks: INKS, valley });
  const frame = panel.frameFor(scene);
  const [word] = wordsOf(painted("paintPlaces", scene, frame));
  const [px, py] = solid.project(frame.view, ...IN_BOX[0]);
  assert.ok(word.y > py || Math.abs(word.x - px) > 20, `${word.x}, ${word.y} beside ${px}, ${py}`);
});

test("the way of gradient flow is drawn as far as it lies in the box, on a surface at its height", () => {
  const wayOf = (scene, points, d) => {
    scene.result.descent = { points: Float32Array.from(points.flat()), rows: points.length, width: d };
    const frame = panel.frameFor(scene);
    const [line, ...more] = painted("paintWay", scene, frame);
    assert.deepEqual([more, line.includes('stroke="flow"'), line.includes('stroke-dasharray="5 4"')], [[], true, true]);
    return { frame, path: line.match(/d="([^"]*)"/)[1] };
  };
  const through = (frame, ...points) =>
    points
      .map((point) => solid.project(frame.view, ...point).slice(0, 2))
      .map((pixel, k) => (k ? "L" : "M") + pixel.map((value) => Math.round(10 * value) / 10).join(" "))
      .join(" ");
  const space = wayOf(makeScene(3, part(3, POINTS), { inks: INKS }), [POINTS[4], POINTS[0], POINTS[1]], 3);
  assert.equal(space.path, through(space.frame, IN_BOX[0], IN_BOX[1]));
  const view = [
    [0, 1],
    [0, 2],
  ];
  const heights = { view, rows: 2, columns: 2, root: Float32Array.of(0, 4, 4, 4) };
  const run = part(2, [[0.5, 1]], { loss: Float32Array.of(9) });
  const ways = [
    [1.5, 1],
    [0.5, 1],
    [0, 0],
  ];
  const plane = wayOf(makeScene(2, run, { inks: { ...makeScene(2, run).inks, ...INKS }, heights }), ways, 2);
  assert.equal(plane.path, through(plane.frame, [0, 0, (3 / 4) * HEIGHT], [-1, -1, 0]));
});

test("a run in space is a mark for each iterate, gradient flow a line", () => {
  const run = part(3, [POINTS[0], POINTS[1], POINTS[3]]);
  const scene = makeScene(3, run, { inks: INKS });
  const frame = panel.frameFor(scene);
  const rows = (one) =>
    painted("paintRows", { ...scene, result: { ...scene.result, runs: [one] } }, frame, one, 0, one, 0, 2);
  const marks = rows(run).filter((line) => line.startsWith("<path"));
  assert.ok(marks.length && marks.every((line) => line.includes('fill="even"') || line.includes('fill="odd"')));
  const [line, ...more] = rows({ ...run, rule: "gradient-flow" });
  assert.equal(more.length, 0);
  assert.equal(line.match(/ [ML]|"M/g).length, 3);
  assert.match(line, /stroke="flow" stroke-width="3"/);
});

test("the box is there while the look is that of the surface, and takes its size when it comes", () => {
  let measured = 0;
  const sheet = { measure: () => measured++ };
  const one = Object.assign(Object.create(Surface.prototype), { box: { hidden: true }, past: sheet, now: sheet });
  const look = (name) => {
    one.paint({ look: name, result: null });
    return [one.box.hidden, measured];
  };
  assert.deepEqual(
    [look("root"), look("surface"), look("surface"), look("log")],
    [
      [true, 0],
      [false, 2],
      [false, 2],
      [true, 4],
    ],
  );
});
