// Pictures to keep: what stands around their panels, a title, what the marks mean, a caption and the link, and where
// panels lie between them. All of it is laid out in units, as on the page, so that a picture with larger words is one
// with fewer units.
import { widthOf } from "./labels.mjs";
import * as pens from "./pens.mjs";
import { svgSheet } from "./svgpen.mjs";

const MARGIN = 14; // units around all
const ROW = 20; // of a line of words
export const HEAD = 22; // above a panel that has a name
const SPACE = 14; // between panels
const LETTER = 0.94; // of the width that is reserved for a label, which a sentence needs
const NARROW = 520; // units across that panels beside each other want
const LONG = 0.9; // times as high as across is a room for panels below each other
const SAMPLE = 12; // units across of a mark in the key,
const DASHED = 34; // and of a line
const APART = 14; // from an entry of it to the next
// A picture goes where the page's own font is not; these have the same widths on every system.
export const FONT = 'Arial, "Liberation Sans", Helvetica, sans-serif';

/** @typedef {{ x: number, y: number, width: number, height: number }} Room */

/**
 * Rows of panels, each with its share of the width; each row with its share of the height.
 * @template {string} Name
 * @typedef {[share: number, panels: [Name, number][]][]} Rows
 */

/**
 * What a person chose of a picture.
 * @typedef {object} Wanted
 * @property {string} what
 * @property {Size} size in units
 * @property {string} scheme
 * @property {boolean} clear on no ground
 * @property {boolean} title
 * @property {boolean} legend
 * @property {string} caption none where it is empty
 * @property {string} link
 * @property {number} fine pixels of a unit, for what is filled pixel by pixel
 */

/**
 * What a sign in a picture means: a mark, a bead, a patch of a colour, or a line and its dash.
 * @typedef {{ text: string, kind: Kind | null | "patch" | "line", ink: string, dash?: number[] }} Entry
 */

/**
 * Whether a picture is so few units across that panels had better lie below each other than beside.
 * @param {number} width
 */
export const isNarrow = (width) => width < NARROW;

/**
 * Rows of panels for a room: one below the other where it is narrow, and long enough for that.
 * @template Found
 * @param {Room} room
 * @param {Found} beside
 * @param {Found | undefined} below
 */
export const fitting = ({ width, height }, beside, below) =>
  (isNarrow(width) && height > LONG * width && below) || beside;

/**
 * The words of a picture, as SVG, and the room for its panels between them. A title that changes has its room here, and
 * is for the caller to write on its lines.
 * @param {Inks} inks
 * @param {Wanted} wanted
 * @param {string} title
 * @param {Entry[]} entries
 * @param {boolean} [changes]
 */
export function layOut(inks, wanted, title, entries, changes = false) {
  const [width, height] = wanted.size;
  const sheet = svgSheet(wanted.size, "", FONT);
  const pen = /** @type {any} */ (sheet.getContext());
  const inner = width - 2 * MARGIN;
  const top = MARGIN + ROW * titleLines(title, wanted).length;
  if (!changes) writeTitle(pen, inks, title, wanted);
  const below = [...wrapped(wanted.caption, inner), ...wrapped(wanted.link, inner)];
  let bottom = height - MARGIN - ROW * below.length;
  below.forEach((line, k) => write(pen, inks, line, MARGIN, bottom + k * ROW, inks.soft));
  if (wanted.legend) {
    const rows = keyRows(entries, inner);
    bottom -= ROW * rows.length;
    rows.forEach((row, k) => paintKey(pen, inks, row, bottom + (k + 0.5) * ROW));
  }
  /** @type {Room} */
  const room = { x: MARGIN, y: top, width: inner, height: bottom - top };
  return { words: sheet.getContext().lines, room };
}

/**
 * How high the words of a picture are, in units.
 * @param {Wanted} wanted
 * @param {string} title
 * @param {Entry[]} entries
 */
export function heightOfWords(wanted, title, entries) {
  const inner = wanted.size[0] - 2 * MARGIN;
  const lines = [...titleLines(title, wanted), ...wrapped(wanted.caption, inner), ...wrapped(wanted.link, inner)];
  return ROW * (lines.length + (wanted.legend ? keyRows(entries, inner).length : 0));
}

/**
 * @param {string} title
 * @param {Wanted} wanted
 */
const titleLines = (title, { title: isWanted, size }) => (isWanted ? wrapped(title, size[0] - 2 * MARGIN) : []);

/**
 * A title, on the lines that are kept for it.
 * @param {Pen} pen
 * @param {Inks} inks
 * @param {string} title
 * @param {Wanted} wanted
 */
export function writeTitle(pen, inks, title, wanted) {
  titleLines(title, wanted).forEach((line, k) => write(pen, inks, line, MARGIN, MARGIN + k * ROW, inks.ink));
}

/**
 * A picture from its parts, as SVG in units; its head is for the caller.
 * @param {Inks} inks
 * @param {Wanted} wanted
 * @param {string[]} panels
 * @param {string[]} words
 */
export function composed(inks, { size: [width, height], clear }, panels, words) {
  const ground = clear ? "" : `<rect width="${width}" height="${height}" fill="${inks.card}"/>`;
  return [ground, ...panels, '<g class="words">', ...words, "</g>"].join("\n");
}

/**
 * A panel at its place, as SVG, below its name where it has one.
 * @param {string} name
 * @param {Room} room
 * @param {number} head of what stands above it
 * @param {string[]} above
 * @param {string[]} inside
 */
export const placed = (name, { x, y }, head, above, inside) =>
  [
    `<g class="${name}" transform="translate(${x} ${y})">`,
    ...above,
    `<g transform="translate(0 ${head})">`,
    ...inside,
    "</g></g>",
  ].join("\n");

/**
 * The name of a panel, as SVG.
 * @param {Inks} inks
 * @param {string} name
 * @returns {string[]}
 */
export function headOf(inks, name) {
  const sheet = svgSheet([0, HEAD], "", FONT);
  write(sheet.getContext(), inks, name, 0, 0, inks.ink);
  return sheet.getContext().lines;
}

/**
 * Where panels lie in rows. Pure.
 * @template {string} Name
 * @param {Rows<Name>} rows
 * @param {Room} room
 * @returns {[Name, Room][]}
 */
export function placesIn(rows, { x, y, width, height }) {
  const tall = height - SPACE * (rows.length - 1);
  let top = y;
  return rows.flatMap(([share, panels]) => {
    const wide = width - SPACE * (panels.length - 1);
    let left = x;
    const places = panels.map(([name, part]) => {
      const place = { x: left, y: top, width: wide * part, height: tall * share };
      left += place.width + SPACE;
      return /** @type {[Name, Room]} */ ([name, place]);
    });
    top += tall * share + SPACE;
    return places;
  });
}

/**
 * Text in lines of a width. Pure.
 * @param {string} text
 * @param {number} width
 */
export function wrapped(text, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && LETTER * widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.flatMap((line) => cut(line, Math.max(Math.floor(width / widthOf("x") / LETTER), 8)));
}

/**
 * A word that is longer than a line, as a link is, in pieces.
 * @param {string} text
 * @param {number} most
 * @returns {string[]}
 */
const cut = (text, most) => (text.length <= most ? [text] : [text.slice(0, most), ...cut(text.slice(most), most)]);

/**
 * A line of words.
 * @param {any} pen
 * @param {Inks} inks
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} ink
 */
function write(pen, inks, text, x, y, ink) {
  pens.label(pen, inks, text, x, y + ROW / 2, ink);
}

/**
 * How far an entry of a key reaches, with the space to the next.
 * @param {Entry} entry
 */
const reach = ({ text, kind }) => sampleWidth(kind) + 4 + widthOf(text) + APART;

/**
 * @param {Entry["kind"]} kind
 */
const sampleWidth = (kind) => (kind === "line" ? DASHED : SAMPLE);

/**
 * Each sign once, as it is named first.
 * @param {Entry[]} entries
 */
export const once = (entries) =>
  entries.filter(
    ({ kind, ink, dash }, k) =>
      entries.findIndex((other) => other.kind === kind && other.ink === ink && `${other.dash}` === `${dash}`) === k,
  );

/**
 * Entries in rows of a width. Pure.
 * @param {Entry[]} entries
 * @param {number} width
 */
export function keyRows(entries, width) {
  /** @type {Entry[][]} */
  const rows = [];
  let left = 0;
  for (const entry of entries) {
    const wide = reach(entry);
    if (!rows.length || left + wide > width) {
      rows.push([]);
      left = 0;
    }
    rows[rows.length - 1].push(entry);
    left += wide;
  }
  return rows;
}

/**
 * @param {any} pen
 * @param {Inks} inks
 * @param {Entry[]} entries
 * @param {number} y
 */
function paintKey(pen, inks, entries, y) {
  let x = MARGIN;
  for (const entry of entries) {
    const { text, kind } = entry;
    paintSample(pen, inks, entry, x, y);
    pens.label(pen, inks, text, x + sampleWidth(kind) + 4, y, inks.ink);
    x += reach(entry);
  }
}

/**
 * @param {any} pen
 * @param {Inks} inks
 * @param {Entry} entry
 * @param {number} x
 * @param {number} y
 */
function paintSample(pen, inks, { kind, ink, dash = [] }, x, y) {
  if (kind === "line") return pens.line(pen, ink, 2.5, dash, 0, 1, (k) => [x + k * (DASHED - 4), y]);
  if (kind === "patch") {
    pen.fillStyle = ink;
    return pen.fillRect(x, y - SAMPLE / 2, SAMPLE, SAMPLE);
  }
  if (kind) return pens.mark(pen, inks, ink, kind, x + 6, y, 4.5);
  return pens.bead(pen, inks, ink, x + 6, y, 5.5);
}
