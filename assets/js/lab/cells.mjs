// The table of a regime map: step sizes by starts, or two other axes, filled row by row, and how to find a cell. Pure.

const VARIABLES = ["x", "y", "z", "w"];
const FAR = 10; // cells, of a move with Shift

export class Cells {
  /**
   * `head` is that of /regimes.bin: a row is a value of the first of `axes`, a column one of the second.
   * @param {MapHead} head
   */
  constructor(head) {
    this.head = head;
    this.rows = head.rows;
    this.columns = head.columns;
    const count = this.rows * this.columns;
    this.outcome = new Uint8Array(count); // 0 where it is not known
    this.sharpness = new Float32Array(count).fill(NaN);
    this.period = new Uint8Array(count);
    this.steps = new Uint32Array(count);
    this.done = new Uint8Array(this.rows);
    this.count = 0;
  }

  /**
   * The same table with one more row.
   * @param {MapRecord} mapRecord
   */
  with({ row, outcome, sharpness, period, steps }) {
    const next = new Cells(this.head);
    const at = row * this.columns;
    next.outcome.set(this.outcome);
    next.outcome.set(outcome, at);
    next.sharpness.set(this.sharpness);
    next.sharpness.set(sharpness, at);
    next.period.set(this.period);
    next.period.set(period, at);
    next.steps.set(this.steps);
    next.steps.set(steps, at);
    next.done.set(this.done);
    next.done[row] = 1;
    next.count = this.count + 1 - this.done[row];
    return next;
  }

  get share() {
    return this.count / this.rows;
  }

  // For each fate's value the share of the cells done so far that have it.
  shares() {
    const counts = new Map();
    for (let row = 0; row < this.rows; row++) {
      if (!this.done[row]) continue;
      for (let k = row * this.columns; k < (row + 1) * this.columns; k++) {
        counts.set(this.outcome[k], (counts.get(this.outcome[k]) || 0) + 1);
      }
    }
    const all = this.count * this.columns;
    return new Map([...counts].map(([value, count]) => [value, count / all]));
  }

  // For each row the nearest that is done, itself where it is; −1 where none is.
  nearestDone() {
    const near = new Int32Array(this.rows).fill(-1);
    for (let row = 0, last = -1; row < this.rows; row++) near[row] = last = this.done[row] ? row : last;
    for (let row = this.rows - 1, last = -1; row >= 0; row--) {
      if (this.done[row]) last = row;
      if (last >= 0 && (near[row] < 0 || last - row < row - near[row])) near[row] = last;
    }
    return near;
  }

  /**
   * All that is known of a cell.
   * @param {number} row
   * @param {number} column
   */
  at(row, column) {
    const k = row * this.columns + column;
    const outcome = this.outcome[k];
    const places = [row, column];
    const { axes, etas, starts } = this.head;
    /** @type {(name: string) => number} */
    const along = (name) => places[axes.findIndex((axis) => axis.name === name)] ?? 0;
    return {
      row,
      column,
      eta: etas[along("eta")],
      start: starts[along("start")],
      own: axes.flatMap(({ name, symbol, values }, i) =>
        values.length ? [{ name, symbol, value: values[places[i]] }] : [],
      ),
      known: Boolean(this.done[row]),
      fate: this.head.fates.find(({ value }) => value === outcome),
      sharpness: this.sharpness[k],
      period: this.period[k],
      steps: this.steps[k],
    };
  }

  /**
   * The cell at a pixel of a frame whose box the cells fill, columns upwards; null outside it.
   * @param {Box} box
   * @param {number} px
   * @param {number} py
   */
  find({ left, top, width, height }, px, py) {
    const row = Math.floor(((px - left) / width) * this.rows);
    const column = Math.floor(((top + height - py) / height) * this.columns);
    const inside = row >= 0 && row < this.rows && column >= 0 && column < this.columns;
    return inside ? { row, column } : null;
  }

  /**
   * Where a key takes the cursor; null if it is no such key.
   * @param {Cursor} cursor
   * @param {string} key
   * @param {boolean} far
   */
  move({ row, column }, key, far) {
    const by = far ? FAR : 1;
    /** @type {Record<string, Point>} */
    const ways = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, by],
      ArrowDown: [0, -by],
      Home: [-this.rows, 0],
      End: [this.rows, 0],
      PageUp: [0, this.columns],
      PageDown: [0, -this.columns],
    };
    if (!ways[key]) return null;
    /**
     * @param {number} value
     * @param {number} most
     */
    const held = (value, most) => Math.min(Math.max(value, 0), most - 1);
    return { row: held(row + ways[key][0], this.rows), column: held(column + ways[key][1], this.columns) };
  }
}

/**
 * The column of a slice, which is a share of the positions.
 * @param {number} slice
 * @param {number} columns
 */
export const columnOf = (slice, columns) => Math.round(slice * (columns - 1));

/**
 * Both axes of a map.
 * @param {AxesHead} head
 * @param {string[]} [names] of the coordinates
 * @returns {{ across: ShownAxis, up: ShownAxis }}
 */
export const axesOf = (head, names) => ({ across: axisOf(head, 0, names), up: axisOf(head, 1, names) });

/**
 * What an axis of a map shows, and its range, half a cell beyond the middle of the outermost ones.
 * @param {AxesHead} head
 * @param {number} i
 * @param {string[]} [names] of the coordinates
 * @returns {ShownAxis}
 */
export function axisOf(head, i, names) {
  const { name, symbol, values } = head.axes[i];
  if (name === "start") return linear(placesOf(head, names));
  if (name !== "eta") return linear({ values, title: symbol });
  const { etas } = head;
  const [low, high] = [etas[0], etas[etas.length - 1]];
  const step = (high / low) ** (0.5 / Math.max(etas.length - 1, 1));
  return { values: etas, title: "step size η", kind: "log", range: [low / step, high * step] };
}

/**
 * @param {{ values: number[], title: string }} shown
 * @returns {ShownAxis}
 */
function linear({ values, title }) {
  const [low, high] = [values[0], values[values.length - 1]];
  const half = (high - low) / Math.max(values.length - 1, 1) / 2;
  return { values, title, kind: "linear", range: [low - half, high + half] };
}

/**
 * @param {string[]} names
 * @param {number} j
 * @param {number} d
 */
const nameOf = (names, j, d) => names[j] || (d > VARIABLES.length ? `x${sub(j + 1)}` : VARIABLES[j]);
/**
 * @param {number} number
 */
const sub = (number) => String(number).replace(/\d/g, (c) => "₀₁₂₃₄₅₆₇₈₉"[Number(c)]);

/**
 * What the axis of positions shows: the coordinate, where the starts differ in one alone, else the
 * length along their line or along Γ; as {values [columns], title}. Coordinates have `names` where
 * they are not x, y, z, w, or x₁ … of many.
 * @param {AxesHead} head
 * @param {string[]} [names]
 */
export function placesOf({ starts, positions, settings }, names = []) {
  if (settings.along === "valley") return { values: positions, title: "length s along Γ of the start" };
  const [first, last] = [starts[0], starts[starts.length - 1]];
  const d = first.length;
  const moving = first.map((value, j) => j).filter((j) => first[j] !== last[j]);
  if (moving.length !== 1) return { values: lengths(starts), title: "start, length along the line" };
  const [j] = moving;
  const others = first.map((value, i) => `${nameOf(names, i, d)} = ${short(value)}`).filter((_, i) => i !== j);
  const few = others.length && others.length < 3 ? ` (${others.join(", ")})` : "";
  return { values: starts.map((start) => start[j]), title: `start ${nameOf(names, j, d)}${few}` };
}

/**
 * @param {number} value
 */
const short = (value) => String(Number(value.toPrecision(4)));

/**
 * @param {number[][]} starts
 */
const lengths = (starts) => starts.map((start) => Math.hypot(...start.map((value, j) => value - starts[0][j])));
