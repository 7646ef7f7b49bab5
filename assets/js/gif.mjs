// A comment in a GIF: what a film says of itself. Pure.

const SIGNATURE = [0x47, 0x49, 0x46, 0x38]; // GIF8
const COMMENT = [0x21, 0xfe]; // in pieces of at most 255 bytes
const PIECE = 255;
const END = 1; // bytes

/**
 * @param {Uint8Array} bytes
 */
export const isGif = (bytes) => SIGNATURE.every((byte, k) => bytes[k] === byte);

/**
 * @param {Uint8Array} gif
 * @param {string} text
 */
export function withComment(gif, text) {
  const said = new TextEncoder().encode(text);
  const pieces = [...COMMENT];
  for (let at = 0; at < said.length; at += PIECE) {
    const piece = said.subarray(at, at + PIECE);
    pieces.push(piece.length, ...piece);
  }
  pieces.push(0);
  const whole = new Uint8Array(gif.length + pieces.length);
  whole.set(gif.subarray(0, gif.length - END));
  whole.set(pieces, gif.length - END);
  whole.set(gif.subarray(gif.length - END), whole.length - END);
  return whole;
}

/**
 * The comment that stands last; empty where there is none.
 * @param {Uint8Array} gif
 */
export function commentOf(gif) {
  for (let at = gif.length - 4; at > 0; at--) {
    if (gif[at] !== COMMENT[0] || gif[at + 1] !== COMMENT[1]) continue;
    /** @type {number[]} */
    const said = [];
    let from = at + 2;
    for (; gif[from] && from < gif.length; from += gif[from] + 1)
      said.push(...gif.subarray(from + 1, from + 1 + gif[from]));
    if (from === gif.length - END - 1) return new TextDecoder().decode(Uint8Array.from(said));
  }
  return "";
}
