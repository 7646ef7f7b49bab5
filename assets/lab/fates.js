// The inks of the fates and of sharpness on the map, as 32-bit pixels.
(function (root) {
  const edgewalk = (root.edgewalk = root.edgewalk || {});
  const lab = (edgewalk.lab = edgewalk.lab || {});

  const COUNT = 8; // fates that have an ink; 0 is a cell that was not computed
  const SHADES = 256;
  const TAILS = 0.01; // of the cells at each end that the scale of sharpness leaves out

  // The inks by the fate's value, of the current colour scheme.
  function read() {
    const style = getComputedStyle(document.documentElement);
    const ink = (name) => style.getPropertyValue(name).trim();
    return [ink("--card"), ...Array.from({ length: COUNT }, (_, k) => ink(`--fate-${k + 1}`))];
  }

  // A colour as a pixel in the memory of a canvas.
  function pixel([red, green, blue], alpha = 1) {
    return ((Math.round(255 * alpha) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  }

  const parts = (colour) => colour.match(/\d+/g).map(Number);

  // A logarithmic scale over what the sharpness of cells spans, but for the outermost: {low, high,
  // share(value)}; null where no cell has one.
  function sharpnessScale(values) {
    const positive = Array.from(values).filter((value) => value > 0 && Number.isFinite(value));
    if (!positive.length) return null;
    const [low, high] = [TAILS, 1 - TAILS].map((share) => lab.axis.quantile(positive, share));
    const span = Math.log(high / low);
    return { low, high, share: (value) => (span > 0 ? Math.log(value / low) / span : 0.5) };
  }

  // The scale's colours from low to high, as pixels.
  function shades(scale) {
    return Uint32Array.from({ length: SHADES }, (_, k) => pixel(parts(edgewalk.overlay.shade(scale, k / (SHADES - 1)))));
  }

  // Which of them a share has.
  const shadeOf = (share) => Math.round(Math.min(Math.max(share, 0), 1) * (SHADES - 1));

  // What a fate is called: cycle_4 is “cycle 4”.
  const nameOf = ({ name }) => name.replaceAll("_", " ");

  lab.fates = { COUNT, SHADES, read, pixel, sharpnessScale, shades, shadeOf, nameOf };
  if (typeof module !== "undefined") module.exports = lab.fates;
})(typeof window === "undefined" ? globalThis : window);
