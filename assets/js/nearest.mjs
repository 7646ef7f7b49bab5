// What is nearest to a pixel.

/**
 * The nearest of rows from … to to a pixel, as {row, x, y, distance}.
 * @param {number} from
 * @param {number} to
 * @param {Place} place
 * @param {number} px
 * @param {number} py
 * @returns {Near}
 */
export function nearestRow(from, to, place, px, py) {
  let best = /** @type {Near} */ ({ distance: Infinity });
  for (let row = from; row <= to; row++) {
    const [x, y] = place(row);
    const distance = Math.hypot(x - px, y - py);
    if (distance < best.distance) best = { row, x, y, distance };
  }
  return best;
}

/**
 * The nearest of what was found at a pixel, within a reach; null if there is none.
 * @template {{ distance: number }} T
 * @param {T[]} found
 * @param {number} [reach]
 */
export function nearestOf(found, reach = Infinity) {
  const near = found.filter(({ distance }) => distance <= reach);
  return near.length ? near.reduce((a, b) => (b.distance < a.distance ? b : a)) : null;
}
