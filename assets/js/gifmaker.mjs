// A worker that makes a GIF of frames. It is sent {sample}, pixels of which its colours are; then {pixels, size, delay,
// loop} of each frame, which it answers; then {end}, which it answers with the file.

const COLOURS = 255;
const SAME = 255; // what a pixel is that is as in the frame before
const KEPT = 1; // of a frame, when the next one comes: all of it

const maker = /** @type {Promise<any>} */ (import(new URL("../vendor/gifenc.esm.js", import.meta.url).href));

/** @typedef {{ gif: any, palette: number[][], nearest: Int16Array, before: Uint32Array | null, indices: Uint8Array }} Making */
/** @type {Making} */
const making = /** @type {any} */ ({});

onmessage = async ({ data }) => {
  const { GIFEncoder, quantize } = await maker;
  if (data.sample) begin(GIFEncoder(), quantize(data.sample, COLOURS));
  else if (data.end) {
    making.gif.finish();
    const bytes = making.gif.bytes();
    postMessage({ bytes }, /** @type {any} */ ([bytes.buffer]));
  } else {
    addFrame(data);
    postMessage({});
  }
};

/**
 * @param {any} gif
 * @param {number[][]} palette
 */
function begin(gif, palette) {
  const full = [...palette, ...Array.from({ length: 256 - palette.length }, () => [0, 0, 0])];
  Object.assign(making, { gif, palette: full, nearest: new Int16Array(1 << 16).fill(-1), before: null });
}

/**
 * @param {{ pixels: ArrayBuffer, size: Size, delay: number, loop: boolean }} frame
 */
function addFrame({ pixels, size: [width, height], delay, loop }) {
  const { gif, palette, before } = making;
  const now = new Uint32Array(pixels);
  const indices = making.indices?.length === now.length ? making.indices : new Uint8Array(now.length);
  for (let k = 0; k < now.length; k++) indices[k] = before && before[k] === now[k] ? SAME : indexOf(now[k]);
  const first = before ? {} : { palette, repeat: loop ? 0 : -1 };
  gif.writeFrame(indices, width, height, {
    ...first,
    delay,
    transparent: Boolean(before),
    transparentIndex: SAME,
    dispose: KEPT,
  });
  Object.assign(making, { before: now, indices });
}

/**
 * The nearest colour, found once for all that are nearly the same.
 * @param {number} pixel its bytes are red, green, blue and how opaque it is, from the lowest
 */
function indexOf(pixel) {
  const [red, green, blue] = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const key = ((red >> 3) << 11) | ((green >> 2) << 5) | (blue >> 3);
  if (making.nearest[key] < 0) making.nearest[key] = nearestTo(red, green, blue);
  return making.nearest[key];
}

/**
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
function nearestTo(red, green, blue) {
  let [best, least] = [0, Infinity];
  making.palette.forEach(([r, g, b], k) => {
    const off = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (k < COLOURS && off < least) [best, least] = [k, off];
  });
  return best;
}
