// The inks of the current colour scheme, from the style sheet, and colours between them.
import { vocabulary } from "./vocabulary.mjs";

// The inks of the current colour scheme, from the style sheet: by name, of the runs when several are
// compared, and the scales of sharpness and of height, [red, green, blue] each.
/**
 * @returns {Inks}
 */
export function readInks() {
  const style = getComputedStyle(document.documentElement);
  /**
   * @param {string} name
   */
  const ink = (name) => style.getPropertyValue(`--${name}`).trim();
  /**
   * @param {string} name
   * @param {number} count
   */
  const many = (name, count) => Array.from({ length: count }, (_, i) => ink(`${name}-${i + 1}`));
  const named = Object.fromEntries(vocabulary.inks.map((name) => [name, ink(name)]));
  const [scale, heights] = [many("scale", vocabulary.scale), many("height", vocabulary.heights)].map((colours) =>
    colours.map(rgb),
  );
  return /** @type {any} */ ({ ...named, runs: many("run", vocabulary.run_inks), scale, heights });
}

/**
 * What is read of the style sheet in a scheme, whichever the page has.
 * @template Read
 * @param {string} scheme
 * @param {() => Read} read
 */
export function inScheme(scheme, read) {
  const { dataset } = document.documentElement;
  const before = dataset.inks;
  dataset.inks = scheme;
  const found = read();
  dataset.inks = before;
  return found;
}

/**
 * @param {string} scheme
 */
export const inksOf = (scheme) => inScheme(scheme, readInks);

/**
 * The ink of a mark: that of its parity, which only marks on the walls have, or, where several runs are compared, that of its run.
 * @param {Inked} inked
 * @param {Kind} kind
 * @param {number | null} [i]
 */
export function inkOf({ inks, result }, kind, i) {
  if (result.runs.length > 1 && typeof i === "number") return inks.runs[i];
  return kind === "even" || kind === "odd" ? inks[kind] : inks.soft;
}

/**
 * The ink of a run that is a curve.
 * @param {Inked} inked
 * @param {number} i
 */
export const smoothInk = ({ inks, result }, i) => (result.runs.length > 1 ? inks.runs[i] : inks.flow);

/**
 * The parts of a colour.
 * @param {string} hex
 */
export const rgb = (hex) => [1, 3, 5].map((j) => parseInt(hex.slice(j, j + 2), 16));

/**
 * The colour at a share of a scale of colours.
 * @param {Colour[]} colours
 * @param {number} share
 * @returns {Colour}
 */
export function between(colours, share) {
  const place = Math.min(Math.max(share, 0), 1) * (colours.length - 1);
  const k = Math.min(Math.floor(place), colours.length - 2);
  return colours[k].map((c, j) => Math.round(c + (place - k) * (colours[k + 1][j] - c)));
}

/**
 * The same as CSS has it.
 * @param {Colour[]} colours
 * @param {number} share
 */
export const shade = (colours, share) => `rgb(${between(colours, share).join(",")})`;
