// Pictures of the stage to keep: panels drawn by their own painters on sheets of any size, beside each other.
import { TYPE } from "../canvas.mjs";
import { inkOf, inksOf } from "../inks.mjs";
import { recoloured, resized } from "../paper.mjs";
import * as pictures from "../picture.mjs";
import { FONT, HEAD } from "../picture.mjs";
import { kindIn, rowAt, shows, whichOf } from "../run.mjs";
import { svgSheet } from "../svgpen.mjs";
import { heading } from "./heading.mjs";
import { Across } from "./panels/across.mjs";
import { Alignment } from "./panels/alignment.mjs";
import { Bounce } from "./panels/bounce.mjs";
import { Along } from "./panels/along.mjs";
import { Difference } from "./panels/difference.mjs";
import { Gap } from "./panels/gap.mjs";
import { Ground } from "./panels/ground.mjs";
import { Landscape } from "./panels/landscape.mjs";
import { Ledger } from "./panels/ledger.mjs";
import { Sharpness } from "./panels/sharpness.mjs";
import { showsFlow } from "./rod.mjs";

/** @typedef {"landscape" | "sharpness" | "alignment" | "bounce" | "ledger" | "difference" | "across" | "along" | "gap"} Drawn */
/** @typedef {import("../picture.mjs").Room} Room */

/**
 * The panels of a picture, by its name.
 * @type {Record<string, import("../picture.mjs").Rows<Drawn>>}
 */
export const PICTURES = {
  landscape: [[1, [["landscape", 1]]]],
  sharpness: [[1, [["sharpness", 1]]]],
  alignment: [[1, [["alignment", 1]]]],
  bounce: [[1, [["bounce", 1]]]],
  difference: [[1, [["difference", 1]]]],
  ledger: [[1, [["ledger", 1]]]],
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

/**
 * The same in a column of a page: one below the other.
 * @type {Record<string, import("../picture.mjs").Rows<Drawn>>}
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
// And where they are beside each other with little room, of which the key of one wants most.
const TIGHT = /** @type {typeof BELOW} */ ({
  both: [
    [
      1,
      [
        ["landscape", 0.4],
        ["sharpness", 0.6],
      ],
    ],
  ],
  stage: [
    [
      0.64,
      [
        ["landscape", 0.4],
        ["sharpness", 0.6],
      ],
    ],
    PICTURES.stage[1],
  ],
});
const LENS = 200; // units that a landscape has at least where there is room for a lens
const TALLER = /** @type {Record<string, number>} */ ({ both: 1.8, stage: 2.4 });

/**
 * How many times as high a picture of some units across is as one whose panels lie beside each other.
 * @param {string} what
 * @param {number} width
 */
export const tallness = (what, width) => (pictures.isNarrow(width) && TALLER[what]) || 1;

/**
 * What a person chose of a picture, and what it needs of the page.
 * @typedef {object} OfPage
 * @property {(panel: string) => any} graph
 * @property {(panel: string) => string} nameOf
 * @property {(size: Size, scene: Scene, fine: number) => string} [solid]
 * @typedef {import("../picture.mjs").Wanted & OfPage} Wanted
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
  return pictures.composed(inks, wanted, drawn, words);
}

/**
 * What stands above the panels, and what their signs mean.
 * @param {Scene} scene
 */
export const wordsOf = (scene) => ({ title: heading(scene), entries: keyOf(scene) });

/**
 * The words of a picture, as SVG, and the places of its panels between them; without a title that `changes`.
 * @param {Scene} scene
 * @param {Wanted} wanted
 * @param {boolean} [changes]
 */
export function layOut(scene, wanted, changes = false) {
  const { title, entries } = wordsOf(scene);
  const { words, room } = pictures.layOut(scene.inks, wanted, title, entries, changes);
  return { words, places: placesOf(wanted.what, room) };
}

/**
 * Where panels lie, by the name of the picture. Pure.
 * @param {string} what
 * @param {Room} room
 */
export const placesOf = (what, room) =>
  pictures.placesIn(
    pictures.fitting(room, (pictures.isNarrow(room.width) && TIGHT[what]) || PICTURES[what], BELOW[what]),
    room,
  );

/**
 * A panel at its place, with its name where it has no axes that name it.
 * @param {Drawn} name
 * @param {Room} place
 * @param {Scene} scene
 * @param {Inks} before those of the page
 * @param {Wanted} wanted
 * @param {string} mark of its own in the picture
 */
async function panelAt(name, place, scene, before, wanted, mark) {
  const { head, size } = boxOf(name, place);
  const whole = /** @type {Size} */ (size.map(Math.round)); // of a picture that is filled pixel by pixel
  const title = nameOf(name, scene, wanted);
  const inside =
    name === "landscape" && scene.look === "surface" && wanted.solid
      ? [`<image xlink:href="${wanted.solid(whole, scene, wanted.fine)}" width="${size[0]}" height="${size[1]}"/>`]
      : await painted(name, size, scene, before, wanted, mark);
  return pictures.placed(name, place, head, title, inside);
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
export const nameOf = (name, scene, wanted) => (hasAxes(name) ? [] : pictures.headOf(scene.inks, wanted.nameOf(name)));

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
  const lens = Math.min(...size) < LENS ? "off" : scene.lens;
  for (const painter of paintersOf(name, host, still?.graph)) painter.paint({ ...scene, lens, panel: name });
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
  if (name === "difference") return [new Difference(host)];
  if (name === "ledger") return [new Ledger(host)];
  return [name === "bounce" ? new Bounce(host) : new Alignment(host)];
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

/** @typedef {import("../picture.mjs").Entry} Entry */

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
  const flow = result.runs.some((run) => Number.isFinite(run.columns.flow[0]) && showsFlow(scene, run));
  return [
    ...entries,
    ...(flow ? [entryOf("X(τ), the theorem", null, inks.theory)] : []),
    ...(scene.rod?.rows ? [entryOf("the rod", null, inks.rod)] : []),
  ];
}

/**
 * @param {string} text
 * @param {Kind | null} kind none is a bead
 * @param {string} ink
 * @returns {Entry}
 */
const entryOf = (text, kind, ink) => ({ text, kind, ink });
