// The inks of the fates and of sharpness on the map, as 32-bit pixels.
import { shade } from "../inks.mjs";
import { vocabulary } from "../vocabulary.mjs";
import * as axis from "../axis.mjs";

export const SHADES = 256;
const TAILS = 0.01; // of the cells at each end that the scale of sharpness leaves out

// The inks by the fate's value, of the current colour scheme.
export function read() {
  const style = getComputedStyle(document.documentElement);
  /**
   * @param {string} name
   */
  const ink = (name) => style.getPropertyValue(name).trim();
  return [ink("--card"), ...Array.from({ length: vocabulary.fates }, (_, k) => ink(`--fate-${k + 1}`))];
}

/**
 * A colour as a pixel in the memory of a canvas.
 * @param {Colour} colour
 * @param {number} [alpha]
 */
export function pixel([red, green, blue], alpha = 1) {
  return ((Math.round(255 * alpha) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * @param {string} colour
 */
const parts = (colour) => Array.from(colour.matchAll(/\d+/g), Number);

/**
 * A logarithmic scale over what the sharpness of cells spans, but for the outermost: {low, high,
 * share(value)}; null where no cell has one.
 * @param {Float32Array} values
 */
export function sharpnessScale(values) {
  const positive = Array.from(values).filter((value) => value > 0 && Number.isFinite(value));
  if (!positive.length) return null;
  const [low, high] = [TAILS, 1 - TAILS].map((share) => axis.quantile(positive, share));
  const span = Math.log(high / low);
  return { low, high, share: (/** @type {number} */ value) => (span > 0 ? Math.log(value / low) / span : 0.5) };
}

/**
 * The scale's colours from low to high, as pixels.
 * @param {Colour[]} scale
 */
export function shades(scale) {
  return Uint32Array.from({ length: SHADES }, (_, k) => pixel(parts(shade(scale, k / (SHADES - 1)))));
}

/**
 * Which of them a share has.
 * @param {number} share
 */
export const shadeOf = (share) => Math.round(Math.min(Math.max(share, 0), 1) * (SHADES - 1));

/**
 * What a fate is called: cycle_4 is “cycle 4”.
 * @param {Fate} fate
 */
export const nameOf = ({ name }) => name.replaceAll("_", " ");
