// What of the study is kept: pictures of its panels, and its numbers as files.
import { $ } from "../elements.mjs";
import { openExports } from "../exports.mjs";
import { linkTo, pageAddress } from "../filing.mjs";
import { inScheme, readInks } from "../inks.mjs";
import { writeQuery } from "../link.mjs";
import * as pictures from "../picture.mjs";
import { FONT, HEAD } from "../picture.mjs";
import { svgSheet } from "../svgpen.mjs";
import { state } from "./state.mjs";
import { linkOf, madeQuery, sceneOf } from "./store.mjs";

/** @typedef {import("../picture.mjs").Rows<string>} Rows */
/** @typedef {Record<string, StudyPanel>} Panels */

/**
 * All panels, as they lie on the page.
 * @type {Rows}
 */
const BOARD = [
  [0.4, alike("valley", "sharpness")],
  [0.3, alike("bounce", "distance", "laws", "angle")],
  [
    0.3,
    [
      ["digits", 5 / 12],
      ["layer", 1 / 4],
      ["tests", 1 / 3],
    ],
  ],
];

/**
 * In a column of a page: two beside each other.
 * @type {Rows}
 */
const BELOW = [
  [0.22, alike("valley")],
  [0.18, alike("sharpness")],
  [0.15, alike("bounce", "distance")],
  [0.15, alike("laws", "angle")],
  [0.15, alike("layer", "tests")],
  [0.15, alike("digits")],
];
const TALLER = 4.2; // times as high as usual are all of them in a column

/**
 * Panels of the same width.
 * @param {string[]} names
 * @returns {[string, number][]}
 */
function alike(...names) {
  return names.map((name) => [name, 1 / names.length]);
}

/**
 * @param {string} what
 * @returns {Rows}
 */
const rowsOf = (what) => (what === "all" ? BOARD : [[1, alike(what)]]);

/**
 * Open the dialog.
 * @param {Panels} panels
 * @param {() => string} caption what has been found
 */
export function openStudyExports(panels, caption) {
  const words = (/** @type {string} */ what, now = sceneOf(state)) => ({
    title: titleOf(panels, what, now),
    entries: pictures.once(namesOf(what).flatMap((name) => panels[name].key(now))),
  });
  openExports({
    ...{ remembered: "edgewalk-study", addressOf, words, caption },
    link: () => linkTo(unframed(linkOf(state))),
    has: () => Boolean(state.flow),
    nameOf: (what) => `edgewalk-${state.made.study}-${state.made.rule}-${what}`,
    tallness: (what, width) => (what === "all" && pictures.isNarrow(width) ? TALLER : 1),
    portrait: async (wanted) => portrait(panels, wanted, words),
  });
}

/**
 * Opened again, it is a page of its own.
 * @param {Query} query
 */
const unframed = ({ hide, embed, ...query }) => query;

/** @param {string} what */
const namesOf = (what) => rowsOf(what).flatMap(([, panels]) => panels.map(([name]) => name));

/**
 * @param {Panels} panels
 * @param {string} what
 * @param {StudyScene} now
 */
function titleOf(panels, what, now) {
  const study = $("study").selectedOptions[0].textContent;
  return what === "all" ? `${study}` : `${study}. ${headOf(panels, what, now)}`;
}

/**
 * The name of a panel, and what it says just now.
 * @param {Panels} panels
 * @param {string} name
 * @param {StudyScene} now
 */
const headOf = (panels, name, now) =>
  [panels[name].title?.(now) || $(`${name}-title`).textContent, panels[name].aside?.(now)].filter(Boolean).join(": ");

/**
 * The picture as SVG in units; its head is for the caller.
 * @param {Panels} panels
 * @param {import("../picture.mjs").Wanted} wanted
 * @param {(what: string, now: StudyScene) => { title: string, entries: import("../picture.mjs").Entry[] }} words
 */
function portrait(panels, wanted, words) {
  const inks = inScheme(wanted.scheme, readInks);
  const now = { ...sceneOf(state), inks };
  const { title, entries } = words(wanted.what, now);
  const { words: around, room } = pictures.layOut(inks, wanted, title, entries);
  const rows = pictures.fitting(room, rowsOf(wanted.what), wanted.what === "all" ? BELOW : undefined);
  const high = wanted.what === "all" ? HEAD : 0;
  const painted = pictures.placesIn(rows, room).map(([name, place], k) => {
    const above = high ? pictures.headOf(inks, panels[name].title?.(now) || `${$(`${name}-title`).textContent}`) : [];
    const sheet = svgSheet([place.width, place.height - high], `p${k}-`, FONT);
    panels[name].draw(/** @type {any} */ (sheet.getContext()), sheet.size, now);
    return pictures.placed(name, place, high, above, sheet.getContext().lines);
  });
  return pictures.composed(inks, wanted, painted, around);
}

/**
 * The address of a file, which may bring a query of its own.
 * @param {string} file
 */
function addressOf(file) {
  const [name, more] = file.split("?");
  return `../${name}?${[madeQuery(state), more, writeQuery({ page: pageAddress() })].filter(Boolean).join("&")}`;
}
