// The surface z = h(x, y) in perspective, in software: a machine without a graphics card sees it too. Pure.
//
// Box coordinates: x and y in [-1, 1], z in [0, HEIGHT]. A grid is {x: [low, high], y: [low, high],
// columns, rows, heights (row by row, y outermost), top}; above `top` the surface is cut off.
// Angles are in degrees: at yaw 0 one looks along +y, and as yaw grows the eye goes round towards +x.

export const HEIGHT = 0.9;
const DISTANCE = 5;
const MARGIN = 0.07;
const LOWEST = 8;
const HIGHEST = 85;
const DEGREES_PER_PIXEL = 0.4;
const LIGHT = [-0.5, -0.35, 0.8];
const CONTRAST = 0.45;
const TONES = 256;
// Two triangles round their common edge differently; a pixel on it must not fall between them.
const SEAM = -1e-9;
// A vertex is pixel x, pixel y, 1 / depth, and then share of the top, tint and shade, each divided
// by the depth: so divided they are linear on the screen.
const STRIDE = 6;

const CORNERS = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [0, HEIGHT].map((z) => [x, y, z])));

/**
 * A view of the box: at zoom 1 it fills width × height but for a margin, a share of the lesser side.
 * @param {Angles & { width: number, height: number, margin?: number }} angles
 */
export function camera({ yaw, pitch, zoom = 1, width, height, margin = MARGIN }) {
  const [a, b] = [yaw, pitch].map((angle) => (angle * Math.PI) / 180);
  const right = [Math.cos(a), Math.sin(a), 0];
  const up = [-Math.sin(a) * Math.sin(b), Math.cos(a) * Math.sin(b), Math.cos(b)];
  const ahead = [-Math.sin(a) * Math.cos(b), Math.cos(a) * Math.cos(b), -Math.sin(b)];
  const eye = [-DISTANCE * ahead[0], -DISTANCE * ahead[1], HEIGHT / 2 - DISTANCE * ahead[2]];
  const view = { width, height, right, up, ahead, eye, scale: 1, left: 0, top: 0 };
  const seen = CORNERS.map(([x, y, z]) => project(view, x, y, z));
  const [across, down] = [0, 1].map((k) => extent(seen.map((point) => point[k])));
  const border = 2 * margin * Math.min(width, height);
  view.scale = zoom * Math.min((width - border) / across.length, (height - border) / down.length);
  view.left = width / 2 - view.scale * across.middle;
  view.top = height / 2 - view.scale * down.middle;
  return view;
}

/**
 * @param {number[]} values
 */
function extent(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { length: high - low, middle: (low + high) / 2 };
}

/**
 * @param {number[]} axis
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
const along = (axis, x, y, z) => axis[0] * x + axis[1] * y + axis[2] * z;

/**
 * Box coordinates to [pixel x, pixel y, depth]; the depth is in box units, along the line of sight.
 * @param {Eye} view
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
export function project(view, x, y, z) {
  const { left, top, scale } = view;
  const depth = DISTANCE + along(view.ahead, x, y, z - HEIGHT / 2);
  const across = along(view.right, x, y, z - HEIGHT / 2) / depth;
  const upward = along(view.up, x, y, z - HEIGHT / 2) / depth;
  return [left + scale * across, top - scale * upward, depth];
}

/**
 * Data to box coordinates.
 * @param {any} grid
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
export function toBox(grid, x, y, z) {
  /**
   * @param {Span} span
   * @param {number} value
   */
  const share = ([low, high], value) => (value - low) / (high - low);
  return [2 * share(grid.x, x) - 1, 2 * share(grid.y, y) - 1, (HEIGHT * z) / grid.top];
}

/**
 * The picture of a grid: `pixels` (RGBA), and where `depth` is finite, `share`, the height over `top`.
 * A look is {colours: [r, g, b] each, from the floor to the top, tints: shares in [0, 1] at the grid's
 * nodes that choose the colour instead of the height, bands: how many equal heights, line:
 * [r, g, b, opacity] of the lines between them, thickness: theirs in pixels, light: its direction in
 * the box, contrast: of light and shade}. A former picture of the same size, given as `into`, is
 * painted over.
 * @param {any} grid
 * @param {Eye} view
 * @param {any} look
 * @param {any} [into]
 */
export function render(grid, view, look, into = null) {
  const picture = prepared(into, view, grid);
  placeNodes(picture, grid, view, look);
  picture.depth.fill(Infinity);
  fillCells(picture, grid, view, look.tints);
  paint(picture, look);
  return picture;
}

/**
 * @param {any} into
 * @param {Eye} eye
 * @param {any} grid
 */
function prepared(into, { width, height }, grid) {
  const nodes = grid.columns * grid.rows;
  if (into && into.width === width && into.height === height && into.nodes === nodes) return into;
  const pixels = new Uint8ClampedArray(4 * width * height);
  const [depth, share, tint, shade, slope] = Array.from({ length: 5 }, () => new Float32Array(width * height));
  return {
    ...{ width, height, pixels, depth, share, tint, shade, slope, nodes },
    ramp: new Float32Array(3 * TONES),
    shades: new Float64Array(nodes),
    // Two vertices more than nodes: where a triangle is cut at the top.
    vertices: new Float64Array(STRIDE * (nodes + 2)),
  };
}

/**
 * @param {any} picture
 * @param {any} grid
 * @param {Eye} view
 * @param {any} any
 */
function placeNodes(picture, grid, view, { tints, light = LIGHT, contrast = CONTRAST }) {
  const { columns, rows, heights, top } = grid;
  const norm = Math.hypot(...light);
  for (let j = 0, node = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++, node++) {
      const alongX = rise(heights, node, 1, i > 0, i < columns - 1) * (columns - 1);
      const alongY = rise(heights, node, columns, j > 0, j < rows - 1) * (rows - 1);
      const cosine = facing(light, (alongX * HEIGHT) / (2 * top), (alongY * HEIGHT) / (2 * top));
      const shade = 1 - contrast * (1 - Math.max(cosine, 0) / norm);
      const share = heights[node] / top;
      picture.shades[node] = shade;
      place(picture, node, view, acrossAt(i, columns), acrossAt(j, rows), share, tints ? tints[node] : share, shade);
    }
  }
}

/**
 * @param {number} index
 * @param {number} count
 */
const acrossAt = (index, count) => (2 * index) / (count - 1) - 1;

/**
 * The central difference of heights a stride apart, one-sided at an edge or beside a hole.
 * @param {Float32Array} heights
 * @param {number} node
 * @param {number} stride
 * @param {boolean} hasBefore
 * @param {boolean} hasAfter
 */
function rise(heights, node, stride, hasBefore, hasAfter) {
  const from = hasBefore && Number.isFinite(heights[node - stride]) ? node - stride : node;
  const to = hasAfter && Number.isFinite(heights[node + stride]) ? node + stride : node;
  return from === to ? 0 : ((heights[to] - heights[from]) * stride) / (to - from);
}

/**
 * Lambert's law, for the upper side; the lower one is lit the same. A length times a cosine.
 * @param {number[]} light
 * @param {number} slopeX
 * @param {number} slopeY
 */
function facing(light, slopeX, slopeY) {
  const normal = Math.sqrt(1 + slopeX * slopeX + slopeY * slopeY);
  return (light[2] - slopeX * light[0] - slopeY * light[1]) / normal;
}

/**
 * What `project` does, into a vertex: here an array for each of the nodes would cost too much.
 * @param {any} any
 * @param {number} index
 * @param {Eye} view
 * @param {number} x
 * @param {number} y
 * @param {number} share
 * @param {number} tint
 * @param {number} shade
 */
function place({ vertices }, index, view, x, y, share, tint, shade) {
  const { right, up, ahead } = view;
  const z = HEIGHT * (share - 0.5);
  const nearness = 1 / (DISTANCE + along(ahead, x, y, z));
  const at = STRIDE * index;
  vertices[at] = view.left + view.scale * along(right, x, y, z) * nearness;
  vertices[at + 1] = view.top - view.scale * along(up, x, y, z) * nearness;
  vertices[at + 2] = nearness;
  vertices[at + 3] = share * nearness;
  vertices[at + 4] = tint * nearness;
  vertices[at + 5] = shade * nearness;
}

/**
 * Each cell as two triangles, split so that a valley aslant to the grid stays a smooth line.
 * @param {any} picture
 * @param {any} grid
 * @param {Eye} view
 * @param {any} tints
 */
function fillCells(picture, grid, view, tints) {
  const { columns, rows, heights } = grid;
  for (let j = 0; j < rows - 1; j++) {
    for (let i = 0, a = j * columns; i < columns - 1; i++, a++) {
      const b = a + 1;
      const c = a + columns;
      const d = c + 1;
      const rising = heights[a] + heights[d];
      const falling = heights[b] + heights[c];
      if (!Number.isFinite(rising + falling)) continue;
      const isRising = rising < falling;
      fillBelow(picture, grid, view, tints, isRising ? a : b, isRising ? d : c, isRising ? b : a);
      fillBelow(picture, grid, view, tints, isRising ? a : b, isRising ? d : c, isRising ? c : d);
    }
  }
}

/**
 * The part of a triangle of nodes that is not above the top.
 * @param {any} picture
 * @param {any} grid
 * @param {Eye} view
 * @param {any} tints
 * @param {number} a
 * @param {number} b
 * @param {number} c
 */
function fillBelow(picture, grid, view, tints, a, b, c) {
  const { heights, top } = grid;
  const lowA = heights[a] <= top;
  const lowB = heights[b] <= top;
  const lowC = heights[c] <= top;
  const count = [lowA, lowB, lowC].filter(Boolean).length;
  if (count === 0) return;
  if (count === 3) return fill(picture, a, b, c);
  const isOdd = count === 1;
  // Turned round until the odd one out is `a`.
  if (lowA !== isOdd) return fillBelow(picture, grid, view, tints, b, c, a);
  const p = cut(picture, grid, view, tints, a, b, picture.nodes);
  const q = cut(picture, grid, view, tints, a, c, picture.nodes + 1);
  if (count === 1) return fill(picture, a, p, q);
  fill(picture, p, b, c);
  fill(picture, p, c, q);
}

/**
 * A vertex where the edge from a to b passes the top.
 * @param {any} picture
 * @param {any} grid
 * @param {Eye} view
 * @param {any} tints
 * @param {number} a
 * @param {number} b
 * @param {number} index
 */
function cut(picture, grid, view, tints, a, b, index) {
  const { columns, rows, heights, top } = grid;
  const part = (top - heights[a]) / (heights[b] - heights[a]);
  /**
   * @param {number} from
   * @param {number} to
   */
  const between = (from, to) => from + part * (to - from);
  const x = between(acrossAt(a % columns, columns), acrossAt(b % columns, columns));
  const y = between(acrossAt(Math.floor(a / columns), rows), acrossAt(Math.floor(b / columns), rows));
  const tint = tints ? between(tints[a], tints[b]) : 1;
  place(picture, index, view, x, y, 1, tint, between(picture.shades[a], picture.shades[b]));
  return index;
}

/**
 * The pixels whose centres lie in a triangle and that nothing nearer has taken. A point of it is
 * a + β (b − a) + γ (c − a); β and γ are linear on the screen, and so is all that a vertex carries.
 * Names are not bound in pairs here: that would make an array for each of 40 000 triangles.
 * @param {any} picture
 * @param {number} a
 * @param {number} b
 * @param {number} c
 */
function fill(picture, a, b, c) {
  const { width, height, vertices: v, depth, share, tint, shade, slope } = picture;
  const i = STRIDE * a;
  const j = STRIDE * b;
  const k = STRIDE * c;
  const x0 = v[i];
  const y0 = v[i + 1];
  const x1 = v[j] - x0;
  const y1 = v[j + 1] - y0;
  const x2 = v[k] - x0;
  const y2 = v[k + 1] - y0;
  const first = Math.max(Math.ceil(x0 + Math.min(0, x1, x2) - 0.5), 0);
  const last = Math.min(Math.floor(x0 + Math.max(0, x1, x2) - 0.5), width - 1);
  const upper = Math.max(Math.ceil(y0 + Math.min(0, y1, y2) - 0.5), 0);
  const lower = Math.min(Math.floor(y0 + Math.max(0, y1, y2) - 0.5), height - 1);
  const area = x1 * y2 - x2 * y1;
  if (first > last || upper > lower || area === 0) return;

  const betaX = y2 / area;
  const betaY = -x2 / area;
  const gammaX = -y1 / area;
  const gammaY = x1 / area;
  const near1 = v[j + 2] - v[i + 2];
  const near2 = v[k + 2] - v[i + 2];
  const share1 = v[j + 3] - v[i + 3];
  const share2 = v[k + 3] - v[i + 3];
  const tint1 = v[j + 4] - v[i + 4];
  const tint2 = v[k + 4] - v[i + 4];
  const shade1 = v[j + 5] - v[i + 5];
  const shade2 = v[k + 5] - v[i + 5];
  const nearX = near1 * betaX + near2 * gammaX;
  const nearY = near1 * betaY + near2 * gammaY;
  const shareX = share1 * betaX + share2 * gammaX;
  const shareY = share1 * betaY + share2 * gammaY;
  for (let y = upper; y <= lower; y++) {
    let beta = betaX * (first + 0.5 - x0) + betaY * (y + 0.5 - y0);
    let gamma = gammaX * (first + 0.5 - x0) + gammaY * (y + 0.5 - y0);
    for (let at = y * width + first; at <= y * width + last; at++, beta += betaX, gamma += gammaX) {
      if (beta < SEAM || gamma < SEAM || beta + gamma > 1 - SEAM) continue;
      const far = 1 / (v[i + 2] + near1 * beta + near2 * gamma);
      if (far >= depth[at]) continue;
      const part = (v[i + 3] + share1 * beta + share2 * gamma) * far;
      const fallX = shareX - part * nearX;
      const fallY = shareY - part * nearY;
      depth[at] = far;
      share[at] = part;
      tint[at] = (v[i + 4] + tint1 * beta + tint2 * gamma) * far;
      shade[at] = (v[i + 5] + shade1 * beta + shade2 * gamma) * far;
      slope[at] = Math.sqrt(fallX * fallX + fallY * fallY) * far;
    }
  }
}

/**
 * Colours for what was filled; the array rounds them and keeps them in range.
 * @param {any} picture
 * @param {any} any
 */
function paint(picture, { colours, bands = 0, line = [0, 0, 0, 0], thickness = 1 }) {
  const { pixels, depth, share, tint, shade, slope } = picture;
  const ramp = spread(picture.ramp, colours);
  const [red, green, blue, opacity = 1] = line;
  pixels.fill(0);
  for (let at = 0; at < depth.length; at++) {
    if (depth[at] === Infinity) continue;
    const tone = 3 * Math.round((tint[at] > 0 ? Math.min(tint[at], 1) : 0) * (TONES - 1));
    const ink = opacity * lineCover(share[at] * bands, slope[at] * bands, thickness);
    const card = (1 - ink) * shade[at];
    pixels[4 * at] = ramp[tone] * card + red * ink;
    pixels[4 * at + 1] = ramp[tone + 1] * card + green * ink;
    pixels[4 * at + 2] = ramp[tone + 2] * card + blue * ink;
    pixels[4 * at + 3] = 255;
  }
}

/**
 * How much of a pixel the nearest line of equal height covers. `level` counts bands from the floor,
 * `change` is how much it differs from one pixel to the next. Where the lines would run together
 * they fade, and on a level plain, which could be all line, there is none.
 * @param {number} level
 * @param {number} change
 * @param {number} thickness
 */
function lineCover(level, change, thickness) {
  const nearest = Math.round(level);
  if (nearest < 1 || change < 1e-4) return 0;
  const cover = (thickness + 1) / 2 - Math.abs(level - nearest) / change;
  const fade = (1 / change / thickness - 1.5) / 3;
  return Math.max(0, Math.min(1, thickness, cover)) * Math.max(0, Math.min(1, fade));
}

/**
 * A table of colours, however short, as one of TONES.
 * @param {Float32Array} ramp
 * @param {Colour[]} colours
 */
function spread(ramp, colours) {
  for (let tone = 0; tone < TONES; tone++) {
    const at = (tone / (TONES - 1)) * (colours.length - 1);
    const below = Math.min(Math.floor(at), colours.length - 1);
    const [from, to] = [colours[below], colours[Math.min(below + 1, colours.length - 1)]];
    for (let k = 0; k < 3; k++) ramp[3 * tone + k] = from[k] + (at - below) * (to[k] - from[k]);
  }
  return ramp;
}

/**
 * Whether a point lies behind the surface by more than `tolerance`, in box units.
 * @param {any} picture
 * @param {number} px
 * @param {number} py
 * @param {number} depth
 * @param {number} [tolerance]
 */
export function isHidden(picture, px, py, depth, tolerance = 0.03) {
  const [column, row] = [Math.floor(px), Math.floor(py)];
  if (!(column >= 0 && column < picture.width && row >= 0 && row < picture.height)) return false;
  return depth > picture.depth[row * picture.width + column] + tolerance;
}

/**
 * The edges of the box that lie behind the surface or beside it, as {from, to, axis, front}. `front`
 * marks the three for ticks: the nearest x and y edges of the floor and the leftmost upright. Nothing
 * covers them, unless the eye is square before a wall or high above: then there is no outer edge.
 * @param {Eye} view
 */
export function frame(view) {
  const [eyeX, eyeY] = view.eye;
  const near = [eyeX >= 0 ? 1 : -1, eyeY > 0 ? 1 : -1];
  const left = leftmostUpright(view);
  /**
   * The inside of a wall is seen unless the eye is beyond it; the floor is always seen from above.
   * @param {number} side
   * @param {number} eye
   */
  const isOpen = (side, eye) => side * eye < 1;
  const edges = [];
  for (const side of [-1, 1]) {
    for (const z of [0, HEIGHT]) {
      const isFloor = z === 0;
      if (isFloor || isOpen(side, eyeY)) {
        edges.push(edge([-1, side, z], [1, side, z], "x", isFloor && side === near[1]));
      }
      if (isFloor || isOpen(side, eyeX)) {
        edges.push(edge([side, -1, z], [side, 1, z], "y", isFloor && side === near[0]));
      }
    }
    for (const y of [-1, 1]) {
      if (!isOpen(side, eyeX) && !isOpen(y, eyeY)) continue;
      edges.push(edge([side, y, 0], [side, y, HEIGHT], "z", left[0] === side && left[1] === y));
    }
  }
  return edges;
}

/**
 * @param {number[]} from
 * @param {number[]} to
 * @param {string} axis
 * @param {boolean} front
 */
const edge = (from, to, axis, front) => ({ from, to, axis, front });

/**
 * @param {Eye} view
 */
function leftmostUpright(view) {
  /**
   * @param {number[]} number
   */
  const across = ([x, y]) => project(view, x, y, HEIGHT / 2)[0];
  return CORNERS.reduce((best, corner) => (across(corner) < across(best) ? corner : best));
}

/**
 * The angles after a drag: the surface follows the pointer.
 * @param {Angles} angles
 * @param {number} dxPixels
 * @param {number} dyPixels
 */
export function turned({ yaw, pitch, zoom }, dxPixels, dyPixels) {
  const round = yaw - DEGREES_PER_PIXEL * dxPixels;
  const over = pitch + DEGREES_PER_PIXEL * dyPixels;
  return { yaw: round - 360 * Math.round(round / 360), pitch: Math.min(Math.max(over, LOWEST), HIGHEST), zoom };
}
