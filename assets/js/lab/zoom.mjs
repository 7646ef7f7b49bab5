// A window of a map: shares [from, to] of what is seen of each axis, and what the link says for it. Pure.

const LEAST = 1e-9; // of an axis, below which no window is any use
const DIGITS = 12;

/** @type {Span} */
export const WHOLE = [0, 1];

/**
 * A window about a point, which stays where it is; times a factor as wide.
 * @param {number} at the share at which the point lies
 * @param {number} factor
 * @returns {Span}
 */
export const about = (at, factor) => [at - factor * at, at + factor * (1 - at)];

/**
 * A window of what a window shows, as shares of all.
 * @param {Span} outer
 * @param {Span} inner
 * @returns {Span}
 */
export const within = ([a, b], [from, to]) => [a + (b - a) * from, a + (b - a) * to];

/**
 * Where two shares are the ends of a window that is wide enough.
 * @param {number} one
 * @param {number} other
 * @returns {Span | null}
 */
export const between = (one, other) =>
  Math.abs(one - other) < LEAST ? null : [Math.min(one, other), Math.max(one, other)];

/**
 * The axis of a map of which so much is seen.
 * @param {ShownAxis} shown
 * @param {Span} span
 * @returns {ShownAxis}
 */
export const seen = (shown, span) => ({ ...shown, range: ends(shown.range, span, shown.kind === "log") });

/**
 * @param {Span} range
 * @param {Span} span
 * @param {boolean} log
 * @returns {Span}
 */
function ends([low, high], [from, to], log) {
  const at = (/** @type {number} */ share) => (log ? low * (high / low) ** share : low + (high - low) * share);
  return [at(from), at(to)];
}

/**
 * Whether a map can be drawn larger along an axis: starts along Γ cannot.
 * @param {MapHead} head
 * @param {number} i
 */
export const isOpen = ({ axes, settings }, i) => axes[i].name !== "start" || settings.along === "line";

/**
 * What a link says for a window of a map: cells as many as before fill it, so the first and the last value lie half a
 * cell inside.
 * @param {MapHead} head
 * @param {Span[]} window across and upwards, shares of the map
 * @returns {Query}
 */
export function queryFor(head, window) {
  const counts = [head.rows, head.columns];
  /** @type {Query} */
  const query = {};
  /** @type {number[]} */
  const ranges = [];
  head.axes.forEach(({ name, values }, i) => {
    const inner = inset(window[i], counts[i]);
    const along = (/** @type {number[]} */ known, /** @type {boolean} */ log) => ends(middles(known, log), inner, log);
    if (name === "eta") query.eta = along(head.etas, true).map(text).join(",");
    else if (name !== "start") ranges.push(...along(values, false));
    else if (isOpen(head, i)) {
      const [from, to] = [0, 1].map((end) => head.starts[0].map((_, j) => along(column(head.starts, j), false)[end]));
      Object.assign(query, { from: from.map(text).join(","), to: to.map(text).join(",") });
    }
  });
  return ranges.length ? { ...query, range: ranges.map(text).join(",") } : query;
}

/**
 * @param {number[][]} starts
 * @param {number} j
 */
const column = (starts, j) => starts.map((start) => start[j]);

/**
 * The edges of all cells, of which the values are the middles.
 * @param {number[]} values
 * @param {boolean} log
 * @returns {Span}
 */
function middles(values, log) {
  const half = 0.5 / Math.max(values.length - 1, 1);
  return ends([values[0], values[values.length - 1]], [-half, 1 + half], log);
}

/**
 * From the edges of a window to the middles of its outermost cells.
 * @param {Span} window
 * @param {number} count
 * @returns {Span}
 */
const inset = (window, count) => within(window, [0.5 / count, 1 - 0.5 / count]);

/**
 * @param {number} value
 */
const text = (value) => String(Number(value.toPrecision(DIGITS)));
