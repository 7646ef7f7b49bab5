// The picture's plane. Of a loss of two parameters it is the plane itself. In more dimensions it is a
// section: the plane through Φ(x_t) that v₁ and the drift direction span at the playhead, {origin,
// center, along, across}, and what is shown there is projected on it. Its first coordinate counts the
// length along Γ as the magnifier along the valley does (`origin` at Φ(x_t)), so that the picture
// stays where it is while the plane goes along with the run. Pure.

/**
 * A function from a row of a column of vectors to its two coordinates in the picture.
 * @param {Plane | null} section
 * @param {ArrayLike<number>} column
 * @returns {Place}
 */
export function coordinates(section, column) {
  if (!section) return (row) => [column[2 * row], column[2 * row + 1]];
  const { origin, center, along, across } = section;
  const d = center.length;
  return (row) => {
    let [a, b] = [origin, 0];
    for (let i = 0, k = d * row; i < d; i++, k++) {
      const away = column[k] - center[i];
      a += away * along[i];
      b += away * across[i];
    }
    return [a, b];
  };
}

/**
 * A point moved within the plane until its coordinates there are (a, b).
 * @param {Plane | null} section
 * @param {number[]} point
 * @param {number} a
 * @param {number} b
 */
export function moved(section, point, a, b) {
  if (!section) return [a, b];
  const [from, up] = coordinates(section, point)(0);
  return point.map((value, i) => value + (a - from) * section.along[i] + (b - up) * section.across[i]);
}
