// Texts in a PNG: what a picture says of itself, where editors and archives look for it. Pure.

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEAD = 8 + 25; // the signature and IHDR, after which other chunks may stand
const TEXT = "iTXt"; // in UTF-8, where tEXt has no Greek
const SIZE = "pHYs"; // how many pixels are a metre

/**
 * @param {Uint8Array} bytes
 */
export const isPng = (bytes) => SIGNATURE.every((byte, k) => bytes[k] === byte);

/**
 * A PNG with texts by their keywords, and as large on paper as so many pixels a metre make it.
 * @param {Uint8Array} png
 * @param {Record<string, string>} texts
 * @param {number} density
 */
export function withTexts(png, texts, density) {
  const size = new Uint8Array(9);
  const view = new DataView(size.buffer);
  for (const at of [0, 4]) view.setUint32(at, Math.round(density));
  size[8] = 1; // of a metre
  const said = Object.entries(texts).map(([name, text]) => chunk(TEXT, utf8(`${name}\0\0\0\0\0${text}`)));
  return joined([png.subarray(0, HEAD), chunk(SIZE, size), ...said, png.subarray(HEAD)]);
}

/**
 * The texts of a PNG by their keywords, those of withTexts.
 * @param {Uint8Array} png
 * @returns {Record<string, string>}
 */
export function textsOf(png) {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const texts = [];
  for (let at = SIGNATURE.length; at + 12 <= png.length; at += 12 + view.getUint32(at)) {
    const body = png.subarray(at + 8, at + 8 + view.getUint32(at));
    if (new TextDecoder().decode(png.subarray(at + 4, at + 8)) !== TEXT) continue;
    const [name, text] = new TextDecoder().decode(body).split("\0\0\0\0\0");
    texts.push([name, text]);
  }
  return Object.fromEntries(texts);
}

/**
 * @param {string} kind
 * @param {Uint8Array} body
 */
function chunk(kind, body) {
  const whole = joined([new Uint8Array(4), utf8(kind), body, new Uint8Array(4)]);
  const view = new DataView(whole.buffer);
  view.setUint32(0, body.length);
  view.setUint32(whole.length - 4, checksum(whole.subarray(4, -4)));
  return whole;
}

/**
 * CRC-32, bit by bit: chunks are short.
 * @param {Uint8Array} bytes
 */
function checksum(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest >>> 0;
}

/**
 * @param {string} text
 */
const utf8 = (text) => new TextEncoder().encode(text);

/**
 * @param {Uint8Array[]} parts
 */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
