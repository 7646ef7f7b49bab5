// What of the lab is kept: the pictures of the plot in view, and its numbers as files.
import { $ } from "../elements.mjs";
import { openExports } from "../exports.mjs";
import { linkTo, pageAddress } from "../filing.mjs";
import { inScheme, readInks } from "../inks.mjs";
import { writeQuery } from "../link.mjs";
import * as pictures from "../picture.mjs";
import { FONT, HEAD } from "../picture.mjs";
import { svgSheet } from "../svgpen.mjs";
import { vocabulary } from "../vocabulary.mjs";
import * as fates from "./fates.mjs";
import { state } from "./state.mjs";
import { mapQuery, orbitQuery, ownOf, runQuery, scene } from "./store.mjs";

/**
 * The panels of a picture, by its name: keepsakes of its plot.
 * @type {Record<string, import("../picture.mjs").Rows<string>>}
 */
export const PICTURES = {
  map: [[1, [["map", 1]]]],
  both: [
    [0.6, [["sliced", 1]]],
    [0.4, [["orbit", 1]]],
  ],
  orbit: [[1, [["orbit", 1]]]],
  path: [[1, [["path", 1]]]],
  rate: [[1, [["rate", 1]]]],
  flatness: [
    [
      1,
      [
        ["flatness-along", 1 / 3],
        ["flatness-sharpness", 1 / 3],
        ["flatness-trace", 1 / 3],
      ],
    ],
  ],
  courses: [[1, [["flatness-along", 1]]]],
  crowd: [
    [
      1,
      [
        ["starts", 0.4],
        ["crowd-sharpness", 0.3],
        ["crowd-shares", 0.3],
      ],
    ],
  ],
  starts: [[1, [["starts", 1]]]],
  curves: [
    [
      1,
      [
        ["crowd-sharpness", 0.5],
        ["crowd-shares", 0.5],
      ],
    ],
  ],
  collapse: [
    [
      1,
      [
        ["step", 1 / 3],
        ["eta", 1 / 3],
        ["tau", 1 / 3],
      ],
    ],
  ],
};

/**
 * In a column of a page: one below the other.
 * @type {Record<string, import("../picture.mjs").Rows<string> | undefined>}
 */
const BELOW = {
  flatness: [
    [1 / 3, [["flatness-along", 1]]],
    [1 / 3, [["flatness-sharpness", 1]]],
    [1 / 3, [["flatness-trace", 1]]],
  ],
  crowd: [
    [0.4, [["starts", 1]]],
    [0.3, [["crowd-sharpness", 1]]],
    [0.3, [["crowd-shares", 1]]],
  ],
  curves: [
    [0.5, [["crowd-sharpness", 1]]],
    [0.5, [["crowd-shares", 1]]],
  ],
  collapse: [
    [1 / 3, [["step", 1]]],
    [1 / 3, [["eta", 1]]],
    [1 / 3, [["tau", 1]]],
  ],
};
const TALLER = /** @type {Record<string, number>} */ ({ collapse: 2.4, flatness: 2.4, crowd: 2.4, curves: 1.6 });
const STACKED = /** @type {Record<string, number>} */ ({ both: 1.5 });

/**
 * Open the dialog, on the plot in view.
 * @param {Record<Plot, LabPlot>} plots
 * @param {(plot: LabPlot, what: string) => string} titleOf
 */
export function openLabExports(plots, titleOf) {
  const plot = () => plots[state.plot];
  const words = (/** @type {string} */ what, now = scene(state)) => ({
    title: titleOf(plot(), what),
    entries: pictures.once(panelsOf(what).flatMap((name) => plot().pictures[name].key(now))),
  });
  openExports({
    ...{ remembered: "edgewalk-plot", addressOf, words },
    link: (what) => (what === "path" ? linkOfRun() : linkTo(shownQuery())),
    caption: (what) => captionOf(plot(), what),
    shortened: (what) => shortenedOf(plot(), what),
    has: (what) => panelsOf(what).every((name) => plot().pictures[name]?.of(scene(state))),
    nameOf: (what) => `edgewalk-${panelOf(plot(), what)?.settings.loss}-${what}`,
    tallness: (what, width) => (pictures.isNarrow(width) && TALLER[what]) || STACKED[what] || 1,
    portrait: async (wanted) => portrait(plot(), wanted, words),
  });
}

/**
 * @param {string} what
 */
const panelsOf = (what) => PICTURES[what].flatMap(([, panels]) => panels.map(([name]) => name));

/**
 * The answer that a picture shows, that of its first panel.
 * @param {LabPlot} plot
 * @param {string} what
 */
const panelOf = (plot, what) => plot.pictures[panelsOf(what)[0]].of(scene(state));

/**
 * @param {LabPlot} plot
 * @param {string} what
 */
function captionOf(plot, what) {
  const { caption, words } = panelOf(plot, what) || {};
  const said = `${caption || words?.caption}${what === "collapse" ? ", on three clocks" : ""}.`;
  return [said, ...noTime()].join(" ");
}

/**
 * Why it shows less than was asked for.
 * @param {LabPlot} plot
 * @param {string} what
 */
const shortenedOf = (plot, what) => [...(panelOf(plot, what)?.shortened || []), ...noTime()].join(" ");

const noTime = () => (state.progress[state.plot].at === "short" ? [vocabulary.no_time] : []);

/**
 * The picture as SVG in units; its head is for the caller.
 * @param {LabPlot} plot
 * @param {import("../picture.mjs").Wanted} wanted
 * @param {(what: string, now: any) => { title: string, entries: import("../picture.mjs").Entry[] }} words
 */
function portrait(plot, wanted, words) {
  const [inks, fateInks] = [readInks, fates.read].map((read) => inScheme(wanted.scheme, /** @type {any} */ (read)));
  const now = { ...scene(state), inks, fateInks };
  const { title, entries } = words(wanted.what, now);
  const { words: around, room } = pictures.layOut(inks, wanted, title, entries);
  const rows = pictures.fitting(room, PICTURES[wanted.what], BELOW[wanted.what]);
  const panels = pictures.placesIn(rows, room).map(([name, place], k) => {
    const { draw, head } = plot.pictures[name];
    const above = head ? pictures.headOf(inks, head(now)) : [];
    const high = above.length ? HEAD : 0;
    const sheet = svgSheet([place.width, place.height - high], `p${k}-`, FONT);
    draw(/** @type {any} */ (sheet.getContext()), sheet.size, now);
    return pictures.placed(name, place, high, above, sheet.getContext().lines);
  });
  return pictures.composed(inks, wanted, panels, around);
}

// ---- what opens it again, and its numbers ----

/**
 * The link of what is on screen, which may be older than that of the page.
 * @returns {Query}
 */
function shownQuery() {
  if (state.plot === "regimes") return mapQuery(state);
  if (state.plot === "rate") return { plot: "rate", ...ownOf(state.rate.head) };
  if (state.plot === "crowd") return { plot: "crowd", ...state.queries.crowd };
  if (state.plot === "flatness") return { plot: "flatness", ...state.queries.flatness };
  return { plot: "collapse", ...state.pictured.collapse };
}

// The address of the stage.
const stageAddress = () => new URL("..", pageAddress()).href;

const linkOfRun = () => `${stageAddress()}?${writeQuery(runQuery(state))}`;

/**
 * The address of a file; its name may bring a query of its own. Runs on clocks are the stage's.
 * @param {string} file
 */
function addressOf(file) {
  const [kind, more] = file.split("?");
  const [resource] = kind.split(".");
  const page = resource === "run" ? stageAddress() : pageAddress();
  const query = queryOf(resource);
  return query && `../${kind}?${[query, more, writeQuery({ page })].filter(Boolean).join("&")}`;
}

/**
 * @param {string} resource
 */
function queryOf(resource) {
  if (resource === "run") return state.collapse.result?.query || null;
  if (!$(`panel-${state.plot}`).dataset.drawn) return null;
  return writeQuery(resource === "orbit" ? orbitQuery(state) : shownQuery());
}
