// Where labels stand: within a frame, clear of what is drawn, and apart.

const LETTER = 7.2; // units of a letter, in a label's font, at the most on the average
const HALF = 9; // of a label's height
const CLEAR = 10; // pixels from which a label is as clear as can be
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
 * Where a label beside a place stands: right of it, or left where it would be cut.
 * @param {Box} frame
 * @param {string} text
 * @param {number} x
 * @param {number} aside
 * @returns {{ x: number, side: CanvasTextAlign }}
 */
export function beside({ left, width }, text, x, aside) {
  const room = aside + widthOf(text);
  const isLeft = x + room > left + width && x - room >= left;
  return isLeft
    ? { x: x - aside, side: "right" }
    : { x: Math.min(x + aside, left + width - widthOf(text)), side: "left" };
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
export function clearest(frame, text, middles, points) {
  const half = widthOf(text) / 2;
  /**
   * @param {Point} middle
   */
  const isWhole = ([x, y]) => {
    const [a, b] = moved(frame, text, [x, y]);
    return a === x && b === y;
  };
  const whole = middles.filter(isWhole);
  const possible = whole.length ? whole : middles.map((middle) => moved(frame, text, middle));
  /**
   * @param {Point} middle
   */
  const room = ([x, y]) =>
    points.reduce((least, [a, b]) => {
      const away = Math.hypot(Math.max(Math.abs(a - x) - half, 0), Math.max(Math.abs(b - y) - HALF, 0));
      return Math.min(least, away);
    }, CLEAR);
  return possible.reduce((best, next) => (room(next) > room(best) + 0.5 ? next : best));
}

/**
 * Move labels apart, in order, keeping them between two heights.
 * @param {{ y: number }[]} names
 * @param {number} top
 * @param {number} bottom
 * @param {number} room
 */
export function spread(names, top, bottom, room) {
  names.sort((a, b) => a.y - b.y);
  let free = top;
  for (const name of names) free = (name.y = Math.max(Math.min(name.y, bottom), free)) + room;
  free = bottom;
  for (const name of [...names].reverse()) free = (name.y = Math.min(name.y, free)) - room;
}
