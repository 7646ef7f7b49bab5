// What stands in the box of the 3-D look. Of a loss of two parameters it is the surface z = √L over the
// plane; of a loss of three it is the space itself, with Γ in it as a sheet or a curve. Pure.
//
// A shape is {grid(scene), point(part), floor(column), onto(grid, column)}: the box with the heights that fill it, null
// until they are there, and functions from a row to the [x, y, z] where an iterate, a point of Γ and any point stand in it.

const NINE_TENTHS = 0.9;

/** @type {Shape} */
const surface = {
  grid({ heights, result, inks }) {
    if (!heights) return null;
    const { view, rows, columns, root: values } = heights;
    return {
      x: view[0],
      y: view[1],
      low: 0,
      top: topOf(values, result.runs),
      rows,
      columns,
      heights: values,
      colours: inks.heights,
      names: [...result.settings.variables, "√L"],
    };
  },
  point({ columns: { x, loss } }) {
    return (row) => [x[2 * row], x[2 * row + 1], Math.sqrt(loss[row])];
  },
  floor: (column) => (row) => [column[2 * row], column[2 * row + 1], 0],
  onto: (grid, column) => (row) => {
    const [x, y] = [column[2 * row], column[2 * row + 1]];
    return [x, y, heightAt(grid, x, y)];
  },
};

/** @type {Shape} */
const space = {
  grid({ sheet, result, inks, valley }) {
    const { view, variables: names } = result.settings;
    const [x, y, [low, high]] = view;
    const box = { x, y, low, top: high - low, names, colours: inks.scale, heights: null };
    if (!sheet || !valley) return box;
    return {
      ...box,
      rows: sheet.rows,
      columns: sheet.columns,
      heights: raised(sheet, low),
      tints: tintsOf(sheet, valley.sharpness_range),
    };
  },
  point: ({ columns }) => space.floor(columns.x),
  floor: (column) => (row) => [column[3 * row], column[3 * row + 1], column[3 * row + 2]],
  onto: (_, column) => space.floor(column),
};

/**
 * The height of the surface over a point, between the four of the grid around it.
 * @param {Grid} grid
 * @param {number} a
 * @param {number} b
 */
function heightAt({ x, y, rows = 0, columns = 0, heights }, a, b) {
  const u = ((a - x[0]) / (x[1] - x[0])) * (columns - 1);
  const v = ((b - y[0]) / (y[1] - y[0])) * (rows - 1);
  if (!heights || !(u >= 0 && u <= columns - 1 && v >= 0 && v <= rows - 1)) return NaN;
  const [i, j] = [Math.min(Math.floor(u), columns - 2), Math.min(Math.floor(v), rows - 2)];
  /**
   * @param {number} row
   */
  const along = (row) => {
    const k = row * columns + i;
    return heights[k] + (u - i) * (heights[k + 1] - heights[k]);
  };
  return along(j) + (v - j) * (along(j + 1) - along(j));
}

/**
 * A little above where the runs start, or where nine in ten points lie below: of those where there is an L.
 * @param {Float32Array} heights
 * @param {Run[]} runs
 */
function topOf(heights, runs) {
  const sorted = kept(heights, "sorted", () => heights.filter(Number.isFinite).sort());
  const most = sorted[Math.floor(NINE_TENTHS * (sorted.length - 1))];
  const start = Math.max(...runs.map((run) => Math.sqrt(run.columns.loss[0])));
  return Math.min(Math.max(1.1 * start, most), sorted[sorted.length - 1]);
}

/**
 * Heights counted from the floor of the box; there is no sheet below it.
 * @param {Heights} sheet
 * @param {number} low
 */
const raised = (sheet, low) =>
  kept(sheet, "raised", () => sheet.root.map((z) => (z >= low ? z - low : NaN)), String(low));

/**
 * Shares of the scale of sharpness, as on the curve of Γ: even in log λ₁.
 * @param {Heights} sheet
 * @param {Span} range
 */
const tintsOf = (sheet, [low, high]) => {
  /**
   * @param {number} value
   */
  const tint = (value) => (high > low ? Math.log(value / low) / Math.log(high / low) : 0);
  return kept(sheet, "tints", () => sheet.sharpness?.map(tint), `${low} ${high}`);
};

// What was made of a thing the last time, while it is wanted for the same ends.
const made = new WeakMap();
/**
 * @param {object} of
 * @param {string} name
 * @param {() => any} make
 * @param {string} [ends]
 */
function kept(of, name, make, ends = "") {
  if (!made.has(of)) made.set(of, {});
  const known = made.get(of);
  if (!known[name] || known[name].ends !== ends) known[name] = { ends, value: make() };
  return known[name].value;
}

/**
 * Whether a point lies in the box.
 * @param {Grid} grid
 * @param {number[]} number
 */
export const isInside = ({ x, y, low, top }, [a, b, c]) =>
  a >= x[0] && a <= x[1] && b >= y[0] && b <= y[1] && c >= low && c <= low + top;

/**
 * The part of a straight line that lies in the box, by its ends; null where none does.
 * @param {Grid} grid
 * @param {number[]} from
 * @param {number[]} to
 */
export function clipped({ x, y, low, top }, from, to) {
  const sides = [x, y, [low, low + top]];
  let [begin, end] = [0, 1];
  for (const [k, [least, most]] of sides.entries()) {
    const way = to[k] - from[k];
    const shares = [(least - from[k]) / way, (most - from[k]) / way].sort((a, b) => a - b);
    if (way) [begin, end] = [Math.max(begin, shares[0]), Math.min(end, shares[1])];
    else if (!(from[k] >= least && to[k] <= most)) return null;
  }
  /**
   * @param {number} share
   */
  const at = (share) => from.map((value, k) => (share === 1 ? to[k] : value + share * (to[k] - value)));
  return begin < end ? [at(begin), at(end)] : null;
}

/**
 * @param {number} d
 */
export const shapeOf = (d) => (d === 3 ? space : surface);
