// A profile sampled at Chebyshev points.

/**
 * The interpolating polynomial through values at Chebyshev points of the first kind, at u.
 * @param {number[]} nodes
 * @param {Float32Array} values
 * @param {number} u
 */
export function interpolate(nodes, values, u) {
  let above = 0;
  let below = 0;
  for (let j = 0; j < nodes.length; j++) {
    const distance = u - nodes[j];
    if (Math.abs(distance) < 1e-12) return values[j];
    const weight = ((j % 2 ? -1 : 1) * Math.sin((Math.PI * (j + 0.5)) / nodes.length)) / distance;
    above += weight * values[j];
    below += weight;
  }
  return above / below;
}
