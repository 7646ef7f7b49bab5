// Pictures to keep: panels drawn by their own painters on sheets of any size, beside each other, with a title, what the
// marks mean, a caption and the link. All of it is laid out in units, as on the page, so that a picture with larger
// words is one with fewer units.
import { TYPE } from "../canvas.mjs";
import { inkOf, inksOf } from "../inks.mjs";
import { widthOf } from "../labels.mjs";
import { recoloured, resized } from "../paper.mjs";
import * as pens from "../pens.mjs";
import { kindIn, rowAt, shows, whichOf } from "../run.mjs";
import { svgSheet } from "../svgpen.mjs";
import { heading } from "./heading.mjs";
import { Across } from "./panels/across.mjs";
import { Alignment } from "./panels/alignment.mjs";
import { Along } from "./panels/along.mjs";
import { Gap } from "./panels/gap.mjs";
import { Ground } from "./panels/ground.mjs";
import { Landscape } from "./panels/landscape.mjs";
import { Sharpness } from "./panels/sharpness.mjs";

const MARGIN = 14; // units around all
const ROW = 20; // of a line of words
const HEAD = 22; // above a panel that has a name
const SPACE = 14; // between panels
const LETTER = 0.94; // of the width that is reserved for a label, which a sentence needs
// A picture goes where the page's own font is not; these have the same widths on every system.
export const FONT = 'Arial, "Liberation Sans", Helvetica, sans-serif';

/** @typedef {"landscape" | "sharpness" | "alignment" | "across" | "along" | "gap"} Drawn */
/** @typedef {{ x: number, y: number, width: number, height: number }} Room */

/**
 * Rows of panels, each with its share of the width, by the name of the picture; each row with its share of the height.
 * @type {Record<string, [share: number, panels: [Drawn, number][]][]>}
 */
export const PICTURES = {
  landscape: [[1, [["landscape", 1]]]],
  sharpness: [[1, [["sharpness", 1]]]],
  alignment: [[1, [["alignment", 1]]]],
  across: [[1, [["across", 1]]]],
  along: [[1, [["along", 1]]]],
  gap: [[1, [["gap", 1]]]],
  both: [
    [
      1,
      [
        ["landscape", 0.5],
        ["sharpness", 0.5],
      ],
    ],
  ],
  stage: [
    [
      0.64,
      [
        ["landscape", 0.5],
        ["sharpness", 0.5],
      ],
    ],
    [
      0.36,
      [
        ["across", 0.36],
        ["along", 0.36],
        ["gap", 0.28],
      ],
    ],
  ],
};

const NARROW = 520; // units across that panels beside each other want

/**
 * The same in a column of a page: one below the other.
 * @type {Record<string, [share: number, panels: [Drawn, number][]][]>}
 */
const BELOW = {
  both: [
    [0.5, [["landscape", 1]]],
    [0.5, [["sharpness", 1]]],
  ],
  stage: [
    [0.34, [["landscape", 1]]],
    [0.34, [["sharpness", 1]]],
    [
      0.19,
      [
        ["across", 0.5],
        ["along", 0.5],
      ],
    ],
    [0.13, [["gap", 1]]],
  ],
};
const TALLER = /** @type {Record<string, number>} */ ({ both: 1.8, stage: 2.7 });

/**
 * How many times as high a picture of some units across is as one whose panels lie beside each other.
 * @param {string} what
 * @param {number} width
 */
export const tallness = (what, width) => (width < NARROW && TALLER[what]) || 1;

/**
 * What a person chose of a picture, and what it needs of the page.
 * @typedef {object} Wanted
 * @property {string} what
 * @property {Size} size in units
 * @property {string} scheme
 * @property {boolean} clear on no ground
 * @property {boolean} title
 * @property {boolean} legend
 * @property {string} caption none where it is empty
 * @property {string} link
 * @property {(panel: string) => any} graph
 * @property {(panel: string) => string} nameOf
 * @property {number} fine pixels of a unit, for what is filled pixel by pixel
 * @property {(size: Size, scene: Scene, fine: number) => string} [solid]
 */

/**
 * The picture as SVG in units; its head is for the caller.
 * @param {Scene} seen
 * @param {Wanted} wanted
 */
export async function portrait(seen, wanted) {
  const before = seen.inks;
  const inks = inksOf(wanted.scheme);
  const scene = { ...seen, inks };
  const { words, places } = layOut(scene, wanted);
  const drawn = await Promise.all(
    places.map(([name, place], k) => panelAt(name, place, scene, before, wanted, `p${k}-`)),
  );
  const [width, height] = wanted.size;
  const ground = wanted.clear ? "" : `<rect width="${width}" height="${height}" fill="${inks.card}"/>`;
  return [ground, ...drawn, '<g class="words">', ...words, "</g>"].join("\n");
}

/**
 * The words of a picture, as SVG, and the places of its panels between them. A title that changes has its room here,
 * and is for the caller to write on its lines.
 * @param {Scene} scene
 * @param {Wanted} wanted
 * @param {boolean} [changes]
 */
export function layOut(scene, wanted, changes = false) {
  const { inks } = scene;
  const [width, height] = wanted.size;
  const sheet = svgSheet(wanted.size, "", FONT);
  const pen = /** @type {any} */ (sheet.getContext());
  const inner = width - 2 * MARGIN;
  let [top, bottom] = [MARGIN, height - MARGIN];
  const above = titleOf(scene, wanted);
  if (changes) top += ROW * above.length;
  else for (const line of above) top = write(pen, inks, line, MARGIN, top, inks.ink);
  const below = [...wrapped(wanted.caption, inner), ...wrapped(wanted.link, inner)];
  bottom -= ROW * below.length;
  below.forEach((line, k) => write(pen, inks, line, MARGIN, bottom + k * ROW, inks.soft));
  if (wanted.legend) {
    const rows = keyRows(keyOf(scene), inner);
    bottom -= ROW * rows.length;
    rows.forEach((row, k) => paintKey(pen, scene, row, bottom + (k + 0.5) * ROW));
  }
  const places = placesOf(wanted.what, { x: MARGIN, y: top, width: inner, height: bottom - top });
  return { words: sheet.getContext().lines, places };
}

/**
 * The lines of a title.
 * @param {Scene} scene
 * @param {Wanted} wanted
 */
const titleOf = (scene, { title, size }) => (title ? wrapped(heading(scene), size[0] - 2 * MARGIN) : []);

/**
 * A title, on the lines that were kept for it.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Wanted} wanted
 */
export function writeTitle(pen, scene, wanted) {
  titleOf(scene, wanted).forEach((line, k) => write(pen, scene.inks, line, MARGIN, MARGIN + k * ROW, scene.inks.ink));
}

/**
 * Where panels lie, by the name of the picture. Pure.
 * @param {string} what
 * @param {Room} room
 * @returns {[Drawn, Room][]}
 */
export function placesOf(what, { x, y, width, height }) {
  const rows = (width < NARROW && BELOW[what]) || PICTURES[what];
  const tall = height - SPACE * (rows.length - 1);
  let top = y;
  return rows.flatMap(([share, panels]) => {
    const wide = width - SPACE * (panels.length - 1);
    let left = x;
    const places = panels.map(([name, part]) => {
      const place = { x: left, y: top, width: wide * part, height: tall * share };
      left += place.width + SPACE;
      return /** @type {[Drawn, Room]} */ ([name, place]);
    });
    top += tall * share + SPACE;
    return places;
  });
}

/**
 * A panel at its place, with its name where it has no axes that name it.
 * @param {Drawn} name
 * @param {Room} place
 * @param {Scene} scene
 * @param {Inks} before those of the page
 * @param {Wanted} wanted
 * @param {string} mark of its own in the picture
 */
async function panelAt(name, { x, y, width, height }, scene, before, wanted, mark) {
  const { head, size } = boxOf(name, { x, y, width, height });
  const whole = /** @type {Size} */ (size.map(Math.round)); // of a picture that is filled pixel by pixel
  const title = nameOf(name, scene, wanted);
  const inside =
    name === "landscape" && scene.look === "surface" && wanted.solid
      ? [`<image xlink:href="${wanted.solid(whole, scene, wanted.fine)}" width="${size[0]}" height="${size[1]}"/>`]
      : await painted(name, size, scene, before, wanted, mark);
  return [
    `<g class="${name}" transform="translate(${x} ${y})">`,
    ...title,
    `<g transform="translate(0 ${head})">`,
    ...inside,
    "</g></g>",
  ].join("\n");
}

/**
 * The room of a panel itself, below its name where it has no axes that name it.
 * @param {Drawn} name
 * @param {Room} place
 * @returns {{ head: number, size: Size }}
 */
export function boxOf(name, { width, height }) {
  const head = hasAxes(name) ? 0 : HEAD;
  return { head, size: [width, height - head] };
}

/**
 * @param {Drawn} name
 */
export const hasAxes = (name) => name === "landscape" || name === "sharpness";

/**
 * The name of a panel, as SVG.
 * @param {Drawn} name
 * @param {Scene} scene
 * @param {Wanted} wanted
 * @returns {string[]}
 */
export function nameOf(name, scene, wanted) {
  if (hasAxes(name)) return [];
  const sheet = svgSheet([0, HEAD], "", FONT);
  write(sheet.getContext(), scene.inks, wanted.nameOf(name), 0, 0, scene.inks.ink);
  return sheet.getContext().lines;
}

/**
 * @param {Drawn} name
 * @param {Size} size
 * @param {Scene} scene
 * @param {Inks} before
 * @param {Wanted} wanted
 * @param {string} mark
 */
async function painted(name, size, scene, before, wanted, mark) {
  /** @type {{ below: any[], above: any[] }} */
  const sheets = { below: [], above: [] };
  const host = /** @type {any} */ ({
    hidden: false,
    addSheet(/** @type {boolean} */ below) {
      const { length } = [...sheets.below, ...sheets.above];
      const sheet = svgSheet(size, `${mark}${length}-`, FONT);
      if (below) sheets.below.unshift(sheet);
      else sheets.above.push(sheet);
      return sheet;
    },
  });
  const still = hasAxes(name) ? await stillOf(wanted.graph(name), size, before, scene.inks, wanted.clear) : null;
  for (const painter of paintersOf(name, host, still?.graph)) painter.paint({ ...scene, panel: "alignment" });
  still?.remove();
  return [
    ...sheets.below.flatMap((sheet) => sheet.getContext().lines),
    ...(still ? [still.svg] : []),
    ...sheets.above.flatMap((sheet) => sheet.getContext().lines),
  ];
}

/**
 * What paints a panel on sheets of a host.
 * @param {Drawn} name
 * @param {HTMLElement} host
 * @param {any} graph below it, of one that has axes
 * @returns {{ paint: (scene: Scene) => void }[]}
 */
export function paintersOf(name, host, graph) {
  if (name === "landscape") return [new Ground(host, () => graph), new Landscape(host, () => graph, name)];
  if (name === "sharpness") return [new Sharpness(host, () => graph, name)];
  if (name === "across") return [new Across(host)];
  if (name === "along") return [new Along(host)];
  if (name === "gap") return [new Gap(host)];
  return [new Alignment(host)];
}

/**
 * What stands still below a panel, drawn by Plotly at a size: its axes, and as SVG.
 * @param {any} graph
 * @param {Size} size
 * @param {Inks} before
 * @param {Inks} inks
 * @param {boolean} clear
 */
export async function stillOf(graph, [width, height], before, inks, clear) {
  const { Plotly } = /** @type {any} */ (window);
  const { xaxis, yaxis } = graph._fullLayout;
  const shown = JSON.parse(JSON.stringify(graph.layout));
  [shown.xaxis.range, shown.yaxis.range] = [xaxis.range.slice(), yaxis.range.slice()];
  const figure = resized({ data: graph.data, layout: shown }, TYPE / shown.font.size);
  const [data, layout] = [figure.data, figure.layout].map((part) => recoloured(part, before, inks));
  Object.assign(layout, { width, height, autosize: false, font: { ...layout.font, family: FONT } });
  if (clear) layout.paper_bgcolor = "rgba(0,0,0,0)";
  const place = document.createElement("div");
  place.className = "unseen";
  document.body.append(place);
  const made = await Plotly.newPlot(place, data, layout, { staticPlot: true });
  const svg = await Plotly.toImage(made, { format: "svg", width, height });
  return {
    graph: made,
    svg: rounded(decodeURIComponent(svg.slice(svg.indexOf(",") + 1))),
    remove() {
      Plotly.purge(place);
      place.remove();
    },
  };
}

/**
 * Paths to a tenth of a pixel. Pure.
 * @param {string} svg
 */
const rounded = (svg) =>
  svg.replace(/ d="[^"]*"/g, (path) =>
    path.replace(/-?\d*\.\d{2,}/g, (number) => String(Math.round(10 * Number(number)) / 10)),
  );

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
 * A line of words; where the next begins.
 * @param {any} pen
 * @param {Inks} inks
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} ink
 */
function write(pen, inks, text, x, y, ink) {
  pens.label(pen, inks, text, x, y + ROW / 2, ink);
  return y + ROW;
}

/** @typedef {{ text: string, kind: Kind | null, ink: string }} Entry */

/**
 * What the marks of a picture mean. Pure.
 * @param {Scene} scene
 * @returns {Entry[]}
 */
export function keyOf(scene) {
  const { result, inks, strobe, steps } = scene;
  const several = result.runs.length > 1;
  /** @type {Entry[]} */
  const entries = result.runs.flatMap((run, i) => {
    const name = several ? `${result.words.labels[i]}, ` : "";
    if (run.rule === "gradient-flow") return [];
    if (strobe === "midpoints") return [entryOf(`${name}midpoints`, "midpoint", inkOf(scene, "midpoint", i))];
    const of = kindIn(run, run);
    const { step } = run.columns;
    /** @type {Map<string, Entry>} */
    const found = new Map();
    for (let row = 0; row <= rowAt(run, steps[i]); row++) {
      if (!shows(strobe, step[row])) continue;
      const kind = of(row);
      const text = name + whichOf(run, step[row], kind);
      found.set(kind + text, entryOf(text, kind, inkOf(scene, kind, i)));
    }
    return [...found.values()];
  });
  const flow = result.runs.some((run) => Number.isFinite(run.columns.flow[0]));
  return [...entries, ...(flow ? [entryOf("X(τ), the theorem", null, inks.theory)] : [])];
}

/**
 * @param {string} text
 * @param {Kind | null} kind none is a bead
 * @param {string} ink
 * @returns {Entry}
 */
const entryOf = (text, kind, ink) => ({ text, kind, ink });

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
    const wide = widthOf(entry.text) + 30;
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
 * @param {Scene} scene
 * @param {Entry[]} entries
 * @param {number} y
 */
function paintKey(pen, { inks }, entries, y) {
  let x = MARGIN;
  for (const { text, kind, ink } of entries) {
    if (kind) pens.mark(pen, inks, ink, kind, x + 6, y, 4.5);
    else pens.bead(pen, inks, ink, x + 6, y, 5.5);
    pens.label(pen, inks, text, x + 16, y, inks.ink);
    x += widthOf(text) + 30;
  }
}
