// Where labels stand: within a frame, clear of what is drawn, and apart.

const LETTER = 7.2; // units of a letter, in a label's font, at the most on the average
const HALF = 9; // of a label's height
const CLEAR = 10; // pixels from which a label is as clear as can be
const ENOUGH = 4; // and from which it lies across nothing
const ASIDE = 10; // pixels from a mark to its label

/**
 * The width of a label, on the safe side.
 * @param {string} text
 */
export const widthOf = (text) => LETTER * [...text].length;

/**
 * The middle of a label moved as far as it takes for the label to be within a frame.
 * @param {Box} frame
 * @param {string} text
 * @param {Point} middle
 * @returns {Point}
 */
export function moved({ left, top, width, height }, text, [x, y]) {
  const half = widthOf(text) / 2;
  return [between(x, left + half, left + width - half), between(y, top + HALF, top + height - HALF)];
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
const between = (value, low, high) => Math.max(Math.min(value, high), low);

/**
 * Where a label beside a place stands: right of it, or left where it would be cut; the other way round where it stands
 * aside by less than nothing.
 * @param {Box} frame
 * @param {string} text
 * @param {number} x
 * @param {number} aside
 * @returns {{ x: number, side: CanvasTextAlign }}
 */
export function beside({ left, width }, text, x, aside) {
  const far = Math.abs(aside);
  const room = far + widthOf(text);
  const isLeft = x - room >= left && (aside < 0 || x + room > left + width);
  return isLeft ? { x: x - far, side: "right" } : { x: Math.min(x + far, left + width - widthOf(text)), side: "left" };
}

/**
 * Middles of a label on all sides of a mark.
 * @param {string} text
 * @param {Point} mark
 * @returns {Point[]}
 */
export function around(text, [x, y]) {
  const far = ASIDE + widthOf(text) / 2;
  const above = ASIDE + 4;
  return [
    [x, y - above],
    [x, y + above],
    [x + far, y - ASIDE],
    [x - far, y - ASIDE],
    [x + far, y + ASIDE],
    [x - far, y + ASIDE],
  ];
}

/**
 * Of middles of a label the one that is farthest from some points, within a frame: those where it would be cut
 * do only if it would be so in all of them, and are moved.
 * @param {Box} frame
 * @param {string} text
 * @param {Point[]} middles
 * @param {Point[]} points
 * @returns {Point}
 */
export const clearest = (frame, text, middles, points) =>
  moved(frame, text, middles[clearestOf(frame, text, middles, points)]);

/**
 * The place of that one in the list.
 * @param {Box} frame
 * @param {string} text
 * @param {Point[]} middles
 * @param {Point[]} points
 */
export function clearestOf(frame, text, middles, points) {
  const moves = middles.map((middle) => moved(frame, text, middle));
  /**
   * @param {number} k
   */
  const isWhole = (k) => moves[k][0] === middles[k][0] && moves[k][1] === middles[k][1];
  const all = [...middles.keys()];
  const whole = all.filter(isWhole);
  const possible = whole.length ? whole : all;
  const rooms = possible.map((k) => roomAt(text, moves[k], points));
  return possible[rooms.reduce((most, room, k) => (room > rooms[most] + 0.5 ? k : most), 0)];
}

/**
 * How far a label is from the nearest of some points, as far as that matters.
 * @param {string} text
 * @param {Point} middle
 * @param {Point[]} points
 */
function roomAt(text, [x, y], points) {
  const half = widthOf(text) / 2;
  let least = CLEAR;
  for (const [a, b] of points) {
    const [aside, up] = [Math.abs(a - x) - half, Math.abs(b - y) - HALF];
    if (aside < least && up < least) least = Math.min(least, Math.hypot(Math.max(aside, 0), Math.max(up, 0)));
  }
  return least;
}

/**
 * Whether a label lies across none of some points.
 * @param {string} text
 * @param {Point} middle
 * @param {Point[]} points
 */
export const isClear = (text, middle, points) => roomAt(text, middle, points) >= ENOUGH;

/**
 * Points that a label lies on, a few apart, for others to keep clear of it.
 * @param {string} text
 * @param {Point} middle
 * @returns {Point[]}
 */
export function spotsOf(text, [x, y]) {
  const count = Math.ceil(widthOf(text) / CLEAR);
  const across = Array.from({ length: count + 1 }, (_, k) => x + widthOf(text) * (k / count - 0.5));
  return across.flatMap((at) => [-HALF, 0, HALF].map((up) => /** @type {Point} */ ([at, y + up])));
}

/**
 * On which side of a point that moves along a way its label stands, at each place of the way: clear of other points, whole
 * and within a frame. It stays on a side as long as that does, and then goes to the one that does for longest. Sides are
 * functions from the point to the middle of the label; they are told by their places in the list.
 * @param {Box} frame
 * @param {string} text
 * @param {Point[]} way
 * @param {Point[]} points
 * @param {((point: Point) => Point)[]} sides
 */
export function sidesAlong(frame, text, way, points, sides) {
  const rooms = sides.map((side) =>
    way.map((point) => roomAt(text, moved(frame, text, side(point)), [...points, point])),
  );
  /**
   * How much further it is clear there.
   * @param {number} k
   */
  const lasting = (k) =>
    rooms.map((room) => {
      const end = room.findIndex((value, j) => j >= k && value < ENOUGH);
      return (end < 0 ? room.length : end) - k + room[k] / (2 * CLEAR);
    });
  let side = -1;
  return way.map((_, k) => {
    if (side < 0 || rooms[side][k] < ENOUGH) side = mostOf(lasting(k));
    return side;
  });
}

/**
 * The place of the first of the largest.
 * @param {number[]} values
 */
const mostOf = (values) => values.reduce((most, value, k) => (value > values[most] ? k : most), 0);
