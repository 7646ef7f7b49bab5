import assert from "node:assert/strict";
import { test } from "node:test";
import * as solid from "../../assets/js/stage/solid.mjs";

const { HEIGHT } = solid;
const BLACK = [0, 0, 0];
const RED = [255, 0, 0];
const WHITE = [255, 255, 255];
const SIZE = { width: 240, height: 180 };
const VIEW = { yaw: 35, pitch: 30, ...SIZE };
const YAWS = Array.from({ length: 25 }, (_, k) => 15 * k - 180);

// A grid over the box itself: `height` takes box coordinates and gives shares of the top.
function gridOf(height, columns = 25, rows = 21) {
  const heights = new Float32Array(columns * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      heights[j * columns + i] = height((2 * i) / (columns - 1) - 1, (2 * j) / (rows - 1) - 1);
    }
  }
  return { x: [-1, 1], y: [-1, 1], columns, rows, heights, top: 1 };
}

const plain = { colours: [BLACK, WHITE], contrast: 0 };

function drawn(height, view = VIEW, look = plain) {
  const camera = solid.camera(view);
  return { camera, picture: solid.render(gridOf(height), camera, look) };
}

// The line of sight through the middle of a pixel: the point on it at a depth.
function pointAt(camera, at, depth) {
  const across = ((at % camera.width) + 0.5 - camera.left) / camera.scale;
  const upward = (camera.top - Math.floor(at / camera.width) - 0.5) / camera.scale;
  const { eye, ahead, right, up } = camera;
  return eye.map((start, k) => start + depth * (ahead[k] + across * right[k] + upward * up[k]));
}

// The depth at which a line of sight meets the plane z = HEIGHT (a + b x + c y).
function depthOfPlane(camera, at, [a, b, c]) {
  const above = (depth) => {
    const [x, y, z] = pointAt(camera, at, depth);
    return z - HEIGHT * (a + b * x + c * y);
  };
  return above(0) / (above(0) - above(1));
}

const near = (value, expected, tolerance, note) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${note || ""} ${value} is not ${expected} ± ${tolerance}`);

const isDrawn = (picture, at) => picture.depth[at] < Infinity;
const pixelOf = (picture, [px, py]) => Math.floor(py) * picture.width + Math.floor(px);
const colourAt = (picture, at) => [...picture.pixels.subarray(4 * at, 4 * at + 4)];

// Every pixel of a plane is there if and only if its line of sight meets the plane where `isKept`;
// pixels within a hair of the border may be either.
function assertCovers(camera, picture, plane, isKept) {
  let count = 0;
  for (let at = 0; at < picture.depth.length; at++) {
    const depth = depthOfPlane(camera, at, plane);
    const [x, y, z] = pointAt(camera, at, depth);
    const [surely, maybe] = [-1e-4, 1e-4].map((hair) => isKept(x, y, z / HEIGHT, hair));
    if (surely !== maybe) continue;
    assert.equal(isDrawn(picture, at), surely, `pixel ${at} at ${[x, y, z]}`);
    assert.equal(picture.pixels[4 * at + 3], surely ? 255 : 0);
    if (!surely) continue;
    near(picture.depth[at], depth, 1e-5, "depth");
    near(picture.share[at], z / HEIGHT, 1e-5, "share");
    count++;
  }
  assert.ok(count > 1000, `only ${count} pixels`);
}

const inBox = (x, y, hair) => Math.abs(x) < 1 + hair && Math.abs(y) < 1 + hair;

test("project is a pinhole: level sight, from the front and from the right", () => {
  const front = solid.camera({ yaw: 0, pitch: 0, width: 200, height: 100, margin: 0.1 });
  // The eye stands 5 from the middle; the near wall is 4 away, 2/4 wide and 0.9/4 high on the screen,
  // and 80 pixels are left for its height.
  const scale = 80 / (0.9 / 4);
  const expected = [
    [
      [1, -1, 0],
      [100 + scale / 4, 90, 4],
    ],
    [
      [-1, -1, 0.9],
      [100 - scale / 4, 10, 4],
    ],
    [
      [1, 1, 0],
      [100 + scale / 6, 50 + (scale * 0.45) / 6, 6],
    ],
    [
      [0, 0, 0.45],
      [100, 50, 5],
    ],
  ];
  for (const [point, seen] of expected) {
    solid.project(front, ...point).forEach((value, k) => near(value, seen[k], 1e-9, point));
  }
  const side = solid.camera({ yaw: 90, pitch: 0, width: 200, height: 100, margin: 0.1 });
  solid.project(side, 1, 1, 0).forEach((value, k) => near(value, [100 + scale / 4, 90, 4][k], 1e-9));
});

test("project is a pinhole: from straight above", () => {
  const camera = solid.camera({ yaw: 0, pitch: 90, width: 300, height: 300, margin: 0 });
  // The lid is 5 − 0.45 away and fills the picture.
  solid.project(camera, 1, 1, HEIGHT).forEach((value, k) => near(value, [300, 0, 4.55][k], 1e-9));
  solid.project(camera, 1, 0, 0).forEach((value, k) => near(value, [150 + (150 * 4.55) / 5.45, 150, 5.45][k], 1e-9));
});

test("the box fits between the margins at any angle, and touches two of them", () => {
  for (const [width, height] of [
    [560, 420],
    [300, 600],
  ]) {
    const margin = 0.1 * Math.min(width, height);
    for (const yaw of YAWS) {
      for (const pitch of [8, 20, 45, 70, 85]) {
        const camera = solid.camera({ yaw, pitch, width, height, margin: 0.1 });
        const seen = [-1, 1].flatMap((x) =>
          [-1, 1].flatMap((y) => [0, HEIGHT].map((z) => solid.project(camera, x, y, z))),
        );
        const gaps = [
          Math.min(...seen.map((p) => p[0])),
          width - Math.max(...seen.map((p) => p[0])),
          Math.min(...seen.map((p) => p[1])),
          height - Math.max(...seen.map((p) => p[1])),
        ];
        near(Math.min(...gaps), margin, 1e-9, [yaw, pitch]);
        near(gaps[0], gaps[1], 1e-9);
        near(gaps[2], gaps[3], 1e-9);
      }
    }
  }
});

test("zoom enlarges about the middle of the picture", () => {
  const [once, twice] = [1, 2].map((zoom) => solid.project(solid.camera({ ...VIEW, zoom }), 0.3, -0.8, 0.2));
  near(twice[0] - 120, 2 * (once[0] - 120), 1e-9);
  near(twice[1] - 90, 2 * (once[1] - 90), 1e-9);
  assert.equal(twice[2], once[2]);
});

test("toBox scales each coordinate by itself", () => {
  const grid = { x: [-0.4, 2.4], y: [1, 3], top: 4 };
  assert.deepEqual(solid.toBox(grid, -0.4, 3, 4), [-1, 1, HEIGHT]);
  solid.toBox(grid, 1.7, 1.5, 1).forEach((value, k) => near(value, [0.5, -0.5, HEIGHT / 4][k], 1e-12));
});

test("a level plane has its depth and its height at every pixel, and no seam", () => {
  for (const yaw of [-130, 0, 35, 90]) {
    const { camera, picture } = drawn(() => 0.5, { ...VIEW, yaw });
    assertCovers(camera, picture, [0.5, 0, 0], (x, y, share, hair) => inBox(x, y, hair));
  }
});

test("large cells are in perspective too", () => {
  const camera = solid.camera(VIEW);
  const grid = gridOf((x, y) => 0.5 + 0.2 * x - 0.1 * y, 2, 2);
  const picture = solid.render(grid, camera, plain);
  assertCovers(camera, picture, [0.5, 0.2, -0.1], (x, y, share, hair) => inBox(x, y, hair));
});

test("what lies outside of the picture is left out", () => {
  const { camera, picture } = drawn(() => 0.5, { ...VIEW, zoom: 3 });
  assertCovers(camera, picture, [0.5, 0, 0], (x, y, share, hair) => inBox(x, y, hair));
});

test("the cut at the top runs through the cells and leaves out what is above, and only that", () => {
  const plane = [0.9, 0.7, 0.45];
  for (const yaw of [35, -100]) {
    const { camera, picture } = drawn((x, y) => 0.9 + 0.7 * x + 0.45 * y, { ...VIEW, yaw });
    assertCovers(camera, picture, plane, (x, y, share, hair) => inBox(x, y, hair) && share < 1 + hair);
  }
});

test("a wall a thousand times as high as the top stays in the box", () => {
  const { camera, picture } = drawn((x, y) => 1000 * x * x * x * x + 0.2 * y * y);
  let count = 0;
  for (let at = 0; at < picture.depth.length; at++) {
    if (!isDrawn(picture, at)) continue;
    const [x, y, z] = pointAt(camera, at, picture.depth[at]);
    assert.ok(inBox(x, y, 1e-4) && z > -1e-4 && z < HEIGHT + 1e-4, `${[x, y, z]}`);
    near(picture.share[at], z / HEIGHT, 1e-4);
    count++;
  }
  assert.ok(count > 500, `only ${count} pixels`);
});

test("a hole takes with it the four cells that meet there, and no more", () => {
  const grid = gridOf(() => 0.5, 9, 9);
  for (const hole of [NaN, Infinity]) {
    grid.heights[4 * 9 + 4] = hole;
    const camera = solid.camera(VIEW);
    const picture = solid.render(grid, camera, plain);
    const isHole = (x, y, hair) => Math.abs(x) < 0.25 + hair && Math.abs(y) < 0.25 + hair;
    assertCovers(camera, picture, [0.5, 0, 0], (x, y, share, hair) => inBox(x, y, hair) && !isHole(x, y, -hair));
    assert.ok(picture.shade.every(Number.isFinite));
  }
});

test("a valley aslant to the grid stays at the floor between the nodes", () => {
  const camera = solid.camera({ ...VIEW, pitch: 80 });
  for (const side of [-1, 1]) {
    const picture = solid.render(
      gridOf((x, y) => Math.abs(x + side * y) / 2, 3, 3),
      camera,
      plain,
    );
    const at = pixelOf(picture, solid.project(camera, 0.5, -0.5 * side, 0));
    near(picture.share[at], 0, 0.02, `side ${side}`);
  }
});

test("lines of equal height lie at equal heights, one pixel wide", () => {
  const plane = [0.5, 0.45, 0.04];
  const look = { ...plain, colours: [BLACK], bands: 8, line: RED };
  const { camera, picture } = drawn((x, y) => 0.5 + 0.45 * x + 0.04 * y, VIEW, look);
  const levelAt = (at) => {
    const [x, y] = pointAt(camera, at, depthOfPlane(camera, at, plane));
    return 8 * (plane[0] + plane[1] * x + plane[2] * y);
  };
  const found = new Set();
  for (let at = 0; at < picture.depth.length; at++) {
    if (!isDrawn(picture, at)) continue;
    const level = levelAt(at);
    const change = Math.hypot(levelAt(at + 1) - levelAt(at - 1), levelAt(at + 240) - levelAt(at - 240)) / 2;
    const distance = Math.abs(level - Math.round(level)) / change;
    const expected = Math.round(level) === 0 ? 0 : 255 * Math.max(0, Math.min(1, 1 - distance));
    near(picture.pixels[4 * at], expected, 8, `level ${level}`);
    if (picture.pixels[4 * at] > 128) found.add(Math.round(level));
  }
  assert.deepEqual([...found].sort(), [1, 2, 3, 4, 5, 6, 7]);
});

test("a line's opacity and thickness are as asked", () => {
  const count = (line, thickness) => {
    const look = { ...plain, colours: [BLACK], bands: 4, line, thickness };
    const { pixels } = drawn((x) => 0.5 + 0.45 * x, VIEW, look).picture;
    return pixels.reduce((sum, value, k) => (k % 4 === 0 ? sum + value : sum), 0);
  };
  const whole = count(RED, 1);
  near(count([...RED, 0.5], 1) / whole, 0.5, 0.01);
  near(count(RED, 2) / whole, 2, 0.05);
  near(count(RED, 0.5) / whole, 0.5, 0.13);
  // A line covers what is beneath it: in the surface's own colour it is not seen.
  const grey = [100, 100, 100];
  const { pixels } = drawn((x) => 0.5 + 0.45 * x, VIEW, { ...plain, colours: [grey], bands: 4, line: grey }).picture;
  assert.ok(pixels.every((value, k) => k % 4 === 3 || value === 0 || value === 100));
});

test("a level plain at the height of a line is not all line", () => {
  const { picture } = drawn(() => 0.5, VIEW, { ...plain, colours: [BLACK], bands: 4, line: RED });
  assert.ok(picture.pixels.every((value, k) => k % 4 !== 0 || value === 0));
});

test("lines too close to be told apart fade", () => {
  const { picture } = drawn((x) => 0.5 + 0.45 * x, VIEW, { ...plain, colours: [BLACK], bands: 300, line: RED });
  assert.ok(picture.pixels.every((value, k) => k % 4 !== 0 || value === 0));
});

// A high ridge at y = −0.5 before a low one at y = 0.5.
const ridges = (x, y) => 0.95 * Math.exp(-(((y + 0.5) / 0.15) ** 2)) + 0.4 * Math.exp(-(((y - 0.5) / 0.15) ** 2));

test("the near ridge hides the far one, and from behind it does not", () => {
  const grid = gridOf(ridges, 41, 81);
  const tints = Float32Array.from(grid.heights, (_, node) => (Math.floor(node / 41) < 40 ? 1 : 0));
  const look = { colours: [WHITE, RED], tints, contrast: 0 };
  for (const [yaw, isBehind, ink] of [
    [0, true, RED],
    [20, true, RED],
    [180, false, WHITE],
  ]) {
    const camera = solid.camera({ yaw, pitch: 10, ...SIZE });
    const picture = solid.render(grid, camera, look);
    const crest = solid.project(camera, 0, 0.5, HEIGHT * 0.4);
    assert.equal(solid.isHidden(picture, ...crest), isBehind, `yaw ${yaw}`);
    // A pixel below the crest, which may be the outline.
    const below = pixelOf(picture, [crest[0], crest[1] + 1]);
    assert.deepEqual(colourAt(picture, below), [...ink, 255], `yaw ${yaw}`);
    const first = solid.project(camera, 0, -0.5, HEIGHT * 0.95);
    assert.equal(solid.isHidden(picture, first[0], first[1] + 1, first[2]), false);
  }
});

test("isHidden compares with the depth there, by more than the tolerance", () => {
  const picture = { width: 2, height: 2, depth: Float32Array.of(4, 5, 6, Infinity) };
  assert.equal(solid.isHidden(picture, 1.9, 0.1, 5.2, 0.1), true);
  assert.equal(solid.isHidden(picture, 1.9, 0.1, 5.2, 0.3), false);
  assert.equal(solid.isHidden(picture, 0.5, 1.5, 5.9, 0), false);
  assert.equal(solid.isHidden(picture, 1.5, 1.5, 1e9, 0), false);
  for (const [px, py] of [
    [-0.1, 0.5],
    [2, 0.5],
    [0.5, -0.1],
    [0.5, 2],
    [NaN, 0.5],
  ]) {
    assert.equal(solid.isHidden(picture, px, py, 1e9, 0), false, `${px}, ${py}`);
  }
});

test("colours run from the floor to the top, or follow the tints", () => {
  const half = drawn(() => 0.25, VIEW, { ...plain, colours: [BLACK, RED, WHITE] }).picture;
  const at = half.depth.findIndex((depth) => depth < Infinity);
  colourAt(half, at).forEach((value, k) => near(value, [127.5, 0, 0, 255][k], 1));
  const grid = gridOf(() => 0.25);
  const tints = new Float32Array(grid.heights.length).fill(1);
  const tinted = solid.render(grid, solid.camera(VIEW), { ...plain, tints });
  assert.deepEqual(colourAt(tinted, at), [...WHITE, 255]);
  const cut = solid.render(
    gridOf((x, y) => 1 + x + y),
    solid.camera(VIEW),
    { ...plain, tints: tints.fill(0.2) },
  );
  assert.ok(cut.pixels.every((value, k) => k % 4 === 3 || value === 0 || value === 51));
});

test("the shade is Lambert's: by hand on planes, the same on both faces", () => {
  const shadeOf = (slope, view = VIEW, light = [-3, 0, 4], along = (x) => x) => {
    const look = { ...plain, light, contrast: 0.5 };
    const { picture } = drawn((x, y) => 0.5 + (slope * along(x, y)) / HEIGHT, view, look);
    const at = picture.depth.findIndex((depth) => depth < Infinity);
    return [picture.shade[at], colourAt(picture, at)[0] / (255 * picture.share[at])];
  };
  // cos = (3 s + 4) / (5 √(1 + s²)): level, square to the light, aslant to it, and turned away.
  for (const [slope, cosine] of [
    [0, 0.8],
    [0.75, 1],
    [-0.75, 0.28],
    [-2, 0],
  ]) {
    const [shade, painted] = shadeOf(slope);
    near(shade, 0.5 + 0.5 * cosine, 1e-6, `slope ${slope}`);
    near(painted, shade, 0.02);
    near(shadeOf(slope, VIEW, [0, -3, 4], (x, y) => y)[0], shade, 1e-6, `slope ${slope} along y`);
  }
  // From yaw −90 and low down one sees the underside of a plane that rises towards the eye.
  near(shadeOf(-0.75, { ...VIEW, yaw: -90, pitch: 10 })[0], 0.64, 1e-6);
});

test("the same scene gives the same picture, in new buffers or in used ones", () => {
  const look = { colours: [WHITE, BLACK], bands: 6, line: RED };
  const camera = solid.camera(VIEW);
  const valley = gridOf((x, y) => Math.abs(y) * Math.sqrt(1 + x * x));
  const fresh = solid.render(valley, camera, look);
  const used = solid.render(gridOf(ridges), solid.camera({ ...VIEW, yaw: -70 }), look);
  const { pixels, depth } = used;
  // Buffers are compared whole: a list of their differences would take minutes.
  const isSame = (a, b) => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
  assert.ok(!isSame(pixels, fresh.pixels));
  const again = solid.render(valley, camera, look, used);
  assert.equal(again.pixels, pixels);
  assert.equal(again.depth, depth);
  assert.ok(isSame(again.pixels, fresh.pixels));
  assert.ok(isSame(again.depth, fresh.depth));
});

test("buffers of another size are not used", () => {
  const used = solid.render(gridOf(ridges), solid.camera(VIEW), plain);
  const wider = solid.render(gridOf(ridges), solid.camera({ ...VIEW, width: 250 }), plain, used);
  assert.equal(wider.pixels.length, 4 * 250 * 180);
  const finer = solid.render(gridOf(ridges, 30, 30), solid.camera(VIEW), plain, used);
  assert.notEqual(finer, used);
});

const frontOf = (yaw, pitch = 30) => {
  const edges = solid.frame(solid.camera({ ...VIEW, yaw, pitch })).filter((edge) => edge.front);
  return Object.fromEntries(edges.map(({ axis, from, to }) => [axis, [from, to]]));
};

test("frame: ticks go to the nearest edges of the floor and the leftmost upright", () => {
  const x = (y) => [
    [-1, y, 0],
    [1, y, 0],
  ];
  const y = (x) => [
    [x, -1, 0],
    [x, 1, 0],
  ];
  const z = (x, y) => [
    [x, y, 0],
    [x, y, HEIGHT],
  ];
  assert.deepEqual(frontOf(35), { x: x(-1), y: y(1), z: z(-1, -1) });
  assert.deepEqual(frontOf(-35), { x: x(-1), y: y(-1), z: z(-1, 1) });
  assert.deepEqual(frontOf(125), { x: x(1), y: y(1), z: z(1, -1) });
  assert.deepEqual(frontOf(-145), { x: x(1), y: y(-1), z: z(1, 1) });
});

test("frame: nothing covers an edge for ticks whose wall is seen from outside", () => {
  let count = 0;
  for (const yaw of YAWS) {
    for (const pitch of [8, 40, 60]) {
      const camera = solid.camera({ ...VIEW, yaw, pitch });
      const picture = solid.render(
        gridOf((x, y) => (x * x + y * y) / 2),
        camera,
        plain,
      );
      const edges = solid.frame(camera).filter((edge) => edge.front);
      assert.deepEqual(edges.map((edge) => edge.axis).sort(), ["x", "y", "z"]);
      for (const { from, to } of edges) {
        const middle = from.map((value, k) => (value + to[k]) / 2);
        if (![0, 1].some((k) => middle[k] * camera.eye[k] > 1)) continue;
        assert.equal(solid.isHidden(picture, ...solid.project(camera, ...middle)), false, `${yaw} ${pitch} ${middle}`);
        count++;
      }
    }
  }
  assert.ok(count > 150, `only ${count} edges`);
});

test("frame: the three edges that would cross the surface are left out", () => {
  const edges = solid.frame(solid.camera(VIEW));
  assert.equal(edges.length, 9);
  const has = (from, to) => edges.some((e) => String([e.from, e.to]) === String([from, to]));
  assert.ok(!has([1, -1, 0], [1, -1, HEIGHT]));
  assert.ok(!has([-1, -1, HEIGHT], [1, -1, HEIGHT]));
  assert.ok(!has([1, -1, HEIGHT], [1, 1, HEIGHT]));
  assert.ok(has([-1, 1, 0], [-1, 1, HEIGHT]));
  // From straight in front both side walls are seen from within.
  assert.equal(solid.frame(solid.camera({ ...VIEW, yaw: 0 })).length, 11);
});

test("turned: the surface follows the pointer, and never tips over", () => {
  const before = { yaw: 10, pitch: 30, zoom: 1.5 };
  const nearest = (angles) => solid.project(solid.camera({ ...SIZE, ...angles, zoom: 1 }), 0, -0.9, 0.45);
  const right = solid.turned(before, 20, 0);
  assert.ok(nearest(right)[0] > nearest(before)[0]);
  assert.deepEqual([right.pitch, right.zoom], [30, 1.5]);
  const down = solid.turned(before, 0, 20);
  assert.ok(nearest(down)[1] > nearest(before)[1]);
  assert.equal(down.yaw, 10);
  assert.equal(solid.turned(before, 0, 1e4).pitch, 85);
  assert.equal(solid.turned(before, 0, -1e4).pitch, 8);
  near(solid.turned({ ...before, yaw: -170 }, 50, 0).yaw, 170, 1e-9);
});
