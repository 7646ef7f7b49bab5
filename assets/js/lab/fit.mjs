// The rate plot's arithmetic: the line that a slope makes through measured gaps, and its band. Pure.

/**
 * @param {GapPoint} gapPoint
 */
export const usable = ({ eta, gap }) => eta > 0 && gap > 0 && Number.isFinite(gap);

/**
 * @param {number[]} values
 */
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * The geometric mean of the points, through which every line of least squares goes.
 * @param {GapPoint[]} points
 */
export function middleOf(points) {
  const seen = points.filter(usable);
  /**
   * @param {keyof GapPoint} name
   */
  const middle = (name) => Math.exp(mean(seen.map((point) => Math.log(point[name]))));
  return seen.length ? { eta: middle("eta"), gap: middle("gap") } : null;
}

/**
 * gap = C η^slope through the middle: a function of η.
 * @param {GapPoint[]} points
 * @param {number} slope
 */
export function lineThrough(points, slope) {
  const middle = middleOf(points);
  if (!middle || !Number.isFinite(slope)) return null;
  return (/** @type {number} */ eta) => middle.gap * (eta / middle.eta) ** slope;
}

/**
 * A line of slope 1 through the gap at the largest η.
 * @param {GapPoint[]} points
 */
export function boundThrough(points) {
  const seen = points.filter(usable);
  if (!seen.length) return null;
  const last = seen.reduce((a, b) => (b.eta > a.eta ? b : a));
  return (/** @type {number} */ eta) => (last.gap / last.eta) * eta;
}
