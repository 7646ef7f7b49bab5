// The rate plot's arithmetic: the line that a slope makes through measured gaps, and its band. Pure.

const LOPSIDED = 0.5; // |A| from which the share of a gap that goes with it is the most of it
const NEAR = 1e-2; // of the least step size: what is nearer to an even bounce is left out

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

/**
 * The largest gaps of clouds in place of their medians.
 * @param {GapCloud[]} clouds
 * @returns {GapPoint[]}
 */
export const envelopeOf = (clouds) => clouds.map(({ eta, envelope }) => ({ eta, gap: envelope }));

/**
 * Every run of clouds that has a gap: its step size, its A, and where it lies across the plot.
 * @param {GapCloud[]} clouds
 * @param {RateView} view
 */
export function dotsOf(clouds, view) {
  const least = NEAR * Math.min(...clouds.map(({ eta }) => eta));
  return clouds
    .flatMap(({ eta, gaps, lopsidedness }) =>
      gaps.map((gap, i) => {
        const a = Math.abs(lopsidedness[i]);
        return { eta, gap, a, across: view === "eta" ? eta : eta * a };
      }),
    )
    .filter((dot) => usable(dot) && (view === "eta" || dot.across > least));
}

/**
 * gap = c η|A| as the median of lopsided runs has it: c, or null where none is lopsided.
 * @param {GapCloud[]} clouds
 */
export function shareOf(clouds) {
  const shares = dotsOf(clouds, "lopsided")
    .filter(({ a }) => a >= LOPSIDED)
    .map(({ gap, across }) => gap / across)
    .sort((a, b) => a - b);
  return shares.length ? shares[Math.floor(shares.length / 2)] : null;
}
