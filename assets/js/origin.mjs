// Where a file came from: what each says of itself, and the link in it, which opens what it shows. Pure.
import { commentOf, isGif } from "./gif.mjs";
import { isPng, textsOf, withTexts } from "./png.mjs";
import { vocabulary } from "./vocabulary.mjs";

export const NAME = `Edgewalk ${vocabulary.version}`;
const METRE = 96 / 0.0254; // pixels of a page
const ZIP = [0x50, 0x4b];
const SETTINGS = "settings.npy"; // what holds the link in an .npz
// The name, with a version or without, then the link: as JSON, SVG, HTML, a program and the texts of a PNG write them.
const WRITTEN = /\bEdgewalk\b(?: \d[\w.]*)?(?:[\s"':,=<>/\\]|link|content|dc:\w+)*?(https?:\/\/[^\s"'<>\\`]+)/;

/** @typedef {{ caption: string, link: string, licence: string }} Said */

/**
 * A PNG that says what it shows, some times as fine as the page.
 * @param {Uint8Array} png
 * @param {Said} said
 * @param {number} scale
 */
export const markedPng = (png, { caption, link, licence }, scale) =>
  withTexts(png, { Software: NAME, Source: link, Description: caption, Copyright: licence }, scale * METRE);

/**
 * An SVG that says what it shows, as Inkscape and archives read it.
 * @param {string} svg
 * @param {Said} said
 */
export function markedSvg(svg, said) {
  const [caption, link, licence] = [said.caption, said.link, said.licence].map(escaped);
  const work = [
    `<dc:title>${caption}</dc:title>`,
    `<dc:creator>${NAME}</dc:creator><dc:source>${link}</dc:source>`,
    `<dc:rights>${licence}</dc:rights>`,
  ].join("");
  const names =
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" ' +
    'xmlns:cc="http://creativecommons.org/ns#"';
  const metadata = `<metadata><rdf:RDF ${names}><cc:Work rdf:about="">${work}</cc:Work></rdf:RDF></metadata>`;
  return svg.replace(/<svg\b[^>]*>/, (head) => `${head}<title>${caption}</title>${metadata}`);
}

/**
 * The link in a file that came from here; null in any other.
 * @param {Uint8Array} bytes
 */
export async function linkIn(bytes) {
  const found = WRITTEN.exec(await textOf(bytes));
  const link = found && found[1].replaceAll("&amp;", "&");
  return link && URL.canParse(link) ? new URL(link) : null;
}

/**
 * What of a file may hold its link.
 * @param {Uint8Array} bytes
 */
async function textOf(bytes) {
  if (isPng(bytes)) {
    const { Software, Source } = textsOf(bytes);
    return `${Software} ${Source}`;
  }
  if (isGif(bytes)) return commentOf(bytes);
  if (ZIP.every((byte, k) => bytes[k] === byte)) return fromNumpy(await member(bytes, SETTINGS));
  return new TextDecoder().decode(bytes);
}

/**
 * A member of a zip archive, packed or not; empty where there is none.
 * @param {Uint8Array} zip
 * @param {string} wanted
 */
async function member(zip, wanted) {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = lastPlace(view, 0x06054b50, zip.length - 22);
  let at = end < 0 ? zip.length : view.getUint32(end + 16, true);
  while (at + 46 <= zip.length && view.getUint32(at, true) === 0x02014b50) {
    const [method, size, name, extra, comment] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 20, true),
      ...[28, 30, 32].map((offset) => view.getUint16(at + offset, true)),
    ];
    if (new TextDecoder().decode(zip.subarray(at + 46, at + 46 + name)) === wanted) {
      const local = view.getUint32(at + 42, true);
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const packed = zip.subarray(start, start + size);
      return method === 8 ? inflated(packed) : packed;
    }
    at += 46 + name + extra + comment;
  }
  return new Uint8Array();
}

/**
 * The last place at which a number stands, from `from` backwards; −1 if none.
 * @param {DataView} view
 * @param {number} number
 * @param {number} from
 */
function lastPlace(view, number, from) {
  let at = from;
  while (at >= 0 && view.getUint32(at, true) !== number) at--;
  return at;
}

/**
 * @param {Uint8Array} packed
 */
async function inflated(packed) {
  const stream = new Blob([/** @type {any} */ (packed)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The text of an .npy that is one: four bytes a letter after the header.
 * @param {Uint8Array} npy
 */
function fromNumpy(npy) {
  if (npy.length < 10) return "";
  const letters = npy.slice(10 + npy[8] + 256 * npy[9]);
  return new TextDecoder("utf-16le").decode(letters).replaceAll("\0", "");
}

/**
 * @param {string} text
 */
const escaped = (text) =>
  text.replace(
    /[&<>"]/g,
    (sign) => /** @type {any} */ ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign],
  );
