// The region of a crowd, [x0, x1, y0, y1]: what a hand takes of it, where it is dragged to, its cells. Pure.

/** @type {Record<string, number[]>} */
export const RINGS = { rectangle: [], disk: [1], annulus: [1, 0.5] }; // shares of the half width
export const ROUND = 72; // pieces of a ring
const STEP = 0.025; // of the view, that a key moves it by

/**
 * Which part of a region lies at a point of the plot: edges by the letters of n, s, e, w, or "inside", or "new".
 * @param {number[]} region
 * @param {Axes} box
 * @param {number} x
 * @param {number} y
 * @param {number} near pixels
 */
export function takenAt([x0, x1, y0, y1], box, x, y, near) {
  const [left, right, bottom, top] = [box.x.at(x0), box.x.at(x1), box.y.at(y0), box.y.at(y1)];
  const around = x >= left - near && x <= right + near && y >= top - near && y <= bottom + near;
  if (!around) return "new";
  const upright = Math.abs(y - top) <= near ? "n" : Math.abs(y - bottom) <= near ? "s" : "";
  const across = Math.abs(x - right) <= near ? "e" : Math.abs(x - left) <= near ? "w" : "";
  return upright + across || "inside";
}

/**
 * A coordinate of a pointer, held within the plot.
 * @param {Axes} box
 * @param {number} k 0 across, 1 upwards
 * @param {number} value
 */
export function heldIn(box, k, value) {
  const [low, high] = k ? [box.top, box.top + box.height] : [box.left, box.left + box.width];
  return Math.min(Math.max(value, low), high);
}

/**
 * A region whose part has been dragged from one point to another.
 * @param {number[]} region
 * @param {string} taken
 * @param {number[]} from
 * @param {number[]} to
 */
export function dragged([x0, x1, y0, y1], taken, from, to) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  if (taken === "inside") return [x0 + dx, x1 + dx, y0 + dy, y1 + dy];
  if (taken === "new") return sorted([from[0], to[0], from[1], to[1]]);
  return sorted([
    taken.includes("w") ? to[0] : x0,
    taken.includes("e") ? to[0] : x1,
    taken.includes("s") ? to[1] : y0,
    taken.includes("n") ? to[1] : y1,
  ]);
}

/**
 * @param {number[]} region
 */
const sorted = ([a, b, c, d]) => [Math.min(a, b), Math.max(a, b), Math.min(c, d), Math.max(c, d)];

/**
 * A region that a key has moved, or made larger or smaller; null if it is no such key.
 * @param {number[]} region
 * @param {number[][]} view
 * @param {string} key
 * @param {boolean} resizes
 */
export function nudged([x0, x1, y0, y1], view, key, resizes) {
  const [wide, tall] = view.map(([low, high]) => STEP * (high - low));
  /** @type {Record<string, number[]>} */
  const ways = { ArrowLeft: [-wide, 0], ArrowRight: [wide, 0], ArrowUp: [0, tall], ArrowDown: [0, -tall] };
  if (!ways[key]) return null;
  const [dx, dy] = ways[key];
  if (!resizes) return [x0 + dx, x1 + dx, y0 + dy, y1 + dy];
  const next = [x0, x1 + dx, y0, y1 + dy];
  return next[1] - next[0] > wide / 2 && next[3] - next[2] > tall / 2 ? next : [x0, x1, y0, y1];
}

/**
 * As the link has it: four digits are finer than a pixel.
 * @param {number[]} region
 */
export const written = (region) => region.map((value) => Number(value.toPrecision(4)));

/**
 * @param {number[]} region
 */
export const cornersOf = ([x0, x1, y0, y1]) => [
  [x0, y0],
  [x1, y0],
  [x1, y1],
  [x0, y1],
];

/**
 * The number of the cell that a point lies in, row by row from the least y; null outside.
 * @param {number[]} region
 * @param {number} grid
 * @param {number[]} point
 */
export function cellAt([x0, x1, y0, y1], grid, [x, y]) {
  const [i, j] = [Math.floor((grid * (x - x0)) / (x1 - x0)), Math.floor((grid * (y - y0)) / (y1 - y0))];
  return i >= 0 && i < grid && j >= 0 && j < grid ? j * grid + i : null;
}

/**
 * The start beside another in the way of a key, or the middle one where none is pointed at; null where there is none.
 * @param {number[]} cells in rising order
 * @param {number} grid
 * @param {number | null} k
 * @param {string} key
 */
export function neighbour(cells, grid, k, key) {
  /** @type {Record<string, number[]>} */
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  if (!ways[key]) return null;
  if (k === null) return Math.floor(cells.length / 2);
  const [di, dj] = ways[key];
  let [i, j] = [cells[k] % grid, Math.floor(cells[k] / grid)];
  // Over what an annulus leaves out.
  for (;;) {
    [i, j] = [i + di, j + dj];
    if (i < 0 || j < 0 || i >= grid || j >= grid) return null;
    const found = cells.indexOf(j * grid + i);
    if (found >= 0) return found;
  }
}
