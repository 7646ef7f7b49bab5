// Lines of one level through a grid of values. Pure.

/**
 * The pieces of the line on which a grid of values has a level, as pairs of points [i, j] in units of
 * the grid, straight within each cell.
 * @param {Float32Array} values
 * @param {number} rows
 * @param {number} columns
 * @param {number} level
 */
export function levelLines(values, rows, columns, level) {
  const lines = [];
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const k = j * columns + i;
      const first = values[k] > level;
      const right = k + 1;
      const over = k + columns + 1;
      const up = k + columns;
      if (values[right] > level === first && values[over] > level === first && values[up] > level === first) continue;
      const corners = [values[k], values[right], values[over], values[up]];
      if (!corners.every(Number.isFinite)) continue;
      const above = corners.map((value) => value > level);
      const ends = crossings(corners, above, level, i, j);
      for (let e = 0; e + 1 < ends.length; e += 2) lines.push([ends[e], ends[e + 1]]);
    }
  }
  return lines;
}

const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

/**
 * @param {number[]} corners
 * @param {boolean[]} above
 * @param {number} level
 * @param {number} i
 * @param {number} j
 */
function crossings(corners, above, level, i, j) {
  return [0, 1, 2, 3]
    .filter((c) => above[c] !== above[(c + 1) % 4])
    .map((c) => {
      const share = (level - corners[c]) / (corners[(c + 1) % 4] - corners[c]);
      const [[a, b], [p, q]] = [CORNERS[c], CORNERS[(c + 1) % 4]];
      return [i + a + share * (p - a), j + b + share * (q - b)];
    });
}
