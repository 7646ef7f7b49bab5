// The lab's page: which plot is in view, the query of each, their link, and the beginning.
import { penFor } from "../canvas.mjs";
import { canSetProps, whenReady } from "../dash.mjs";
import { $, find } from "../elements.mjs";
import { readInks } from "../inks.mjs";
import { readQuery, writeQuery } from "../link.mjs";
import * as pens from "../pens.mjs";
import { chooseOther, scheme, showScheme } from "../scheme.mjs";
import { actions } from "./actions.mjs";
import * as collapse from "./collapse.mjs";
import * as controls from "./controls.mjs";
import * as fates from "./fates.mjs";
import * as progress from "./progress.mjs";
import * as rate from "./rate.mjs";
import * as regimes from "./regimes.mjs";
import { PLOTS, USUAL, query, state, writeLink } from "./state.mjs";
import * as tip from "./tip.mjs";

/** @type {Record<Plot, any>} */
const plots = { regimes, rate, collapse };
// How a map is looked at: no new map for these.
const QUIET = ["colour", "slice"];
const SCALE = 2; // pixels of a picture to keep for each of the page
const HEAD = 30; // and room above it for its title

/**
 * Change a setting of the plot in view; quietly where that needs no new numbers.
 * @param {string} key
 * @param {string} text
 * @param {{ quiet?: boolean }} [given2]
 */
function set(key, text, { quiet = false } = {}) {
  state.queries[state.plot][key] = text;
  if (!quiet) return request();
  writeLink();
  return plots[state.plot].paint();
}

function request() {
  writeLink();
  state.asked[state.plot] = writeQuery(query());
  plots[state.plot].ask();
}

/**
 * An answer has come: the link is now the server's, and so are the values that it had to change.
 * @param {Plot} plot
 * @param {Meaning} meaning
 */
function adopted(plot, { settings, notices, query: text }) {
  const { plot: name, ...clean } = readQuery(text);
  const mine = Object.entries(state.queries[plot]).filter(([key]) => QUIET.includes(key));
  const first = !state.settings[plot];
  state.queries[plot] = { ...clean, ...(first || notices.length ? {} : Object.fromEntries(mine)) };
  state.settings[plot] = settings;
  state.asked[plot] = writeQuery(query(plot));
  if (plot !== state.plot) return;
  say([...(state.mended || []), ...notices]);
  state.mended = null;
  controls.show(plot, { ...settings, ...quietNow(plot, settings) });
  writeLink();
}

/**
 * What of the settings has been changed since they were asked for.
 * @param {Plot} plot
 * @param {any} any
 */
function quietNow(plot, { colour, slice }) {
  const now = state.queries[plot];
  return plot === USUAL ? { colour: now.colour || colour, slice: Number(now.slice ?? slice) } : {};
}

/**
 * A query that cannot be read: keep the last picture; at first show the nearest valid settings or,
 * should they be none, the usual ones.
 * @param {Refusal} refusal
 */
function refused({ problems, nearest }) {
  progress.end(state.plot);
  if (state.settings[state.plot]) {
    if (problems.some(({ field }) => field === "along")) controls.restoreAlong();
    return say(problems);
  }
  const { plot = USUAL, ...clean } = state.mended ? { plot: state.plot } : readPlot(nearest);
  if (state.mended && !Object.keys(state.queries[state.plot]).length) return say(problems);
  state.mended = state.mended || problems;
  state.queries[plot] = clean;
  return show(plot);
}

/**
 * A link with the plot that it names.
 * @param {string} search
 */
const readPlot = (search) => /** @type {{ plot?: Plot } & Query} */ (readQuery(search));

/**
 * @param {Message[]} messages
 */
const say = (messages) => controls.say(messages);

// ---- tabs ----

/**
 * @param {Plot} plot
 */
function show(plot) {
  state.plot = plot;
  for (const name of PLOTS) {
    const here = name === plot;
    $(`panel-${name}`).hidden = !here;
    $(`tab-${name}`).setAttribute("aria-selected", String(here));
    $(`tab-${name}`).tabIndex = here ? 0 : -1;
  }
  controls.showFor(plot);
  progress.draw();
  tip.hide();
  if (state.asked[plot] !== writeQuery(query())) return request();
  writeLink();
  if (state.settings[plot]) controls.show(plot, { ...state.settings[plot], ...quietNow(plot, state.settings[plot]) });
  return requestAnimationFrame(plots[plot].paint);
}

/**
 * @param {Plot} plot
 */
function choose(plot) {
  say([]);
  show(plot);
  $(`tab-${plot}`).focus();
}

/**
 * @param {KeyboardEvent} event
 */
function onTabKey(event) {
  const at = PLOTS.indexOf(state.plot);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: PLOTS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(PLOTS[(to + PLOTS.length) % PLOTS.length]);
}

// ---- buttons ----

async function share() {
  writeLink();
  let words = "The link is copied: it opens exactly this.";
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    words = `Copy this link: ${location.href}`;
  }
  say([{ field: "", text: words }]);
}

/**
 * @param {string} name
 */
function setScheme(name) {
  showScheme(name);
  state.inks = readInks();
  state.fateInks = fates.read();
  for (const plot of PLOTS) plots[plot].paint();
}

/**
 * Download a picture, painted afresh at its own size.
 * @param {string} name
 */
function keepPicture(name) {
  const picture = plots[state.plot].pictures[name]();
  if (!picture) return;
  const [width, height] = picture.size;
  const canvas = Object.assign(document.createElement("canvas"), {
    width: SCALE * width,
    height: SCALE * (HEAD + height),
  });
  const pen = penFor(canvas);
  pen.scale(SCALE, SCALE);
  pen.fillStyle = state.inks.card;
  pen.fillRect(0, 0, width, HEAD + height);
  pens.label(pen, state.inks, titleOf(name), 14, HEAD / 2 + 2, state.inks.ink);
  pen.translate(0, HEAD);
  picture.draw(pen, picture.size);
  const link = document.createElement("a");
  link.download = `edgewalk-${state.settings[state.plot].loss}-${name}.png`;
  canvas.toBlob((blob) => {
    link.href = URL.createObjectURL(/** @type {Blob} */ (blob));
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

/**
 * @param {string} name
 */
function titleOf(name) {
  const [title, aside] = $(`${name}-aside`).parentElement?.children || [];
  return `${$("loss").selectedOptions[0].textContent}. ${title.textContent}: ${aside.textContent}`;
}

/** @type {Record<string, () => unknown>} */
const buttons = { share, scheme: () => setScheme(chooseOther()), cancel: () => progress.stop(), again: request };

/**
 * @param {any} any
 */
function onClick({ target }) {
  const button = target.closest("button");
  if (!button) return;
  if (buttons[button.id]) buttons[button.id]();
  if (button.dataset.plot) choose(button.dataset.plot);
  if (button.dataset.picture) keepPicture(button.dataset.picture);
}

// ---- beginning ----

function begin() {
  Object.assign(actions, {
    set,
    request,
    adopted,
    refused,
    setSlice: regimes.setSlice,
    setOrbitView: regimes.setOrbitView,
  });
  controls.begin();
  for (const plot of PLOTS) plots[plot].begin();
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && say([]));
  find("[role=tablist]").addEventListener("keydown", onTabKey);
  setScheme(scheme());
  const { plot = USUAL, ...rest } = readPlot(location.search);
  document.body.dataset.ready = "yes";
  if (!PLOTS.includes(plot)) return askMeaning();
  state.queries[plot] = rest;
  return show(plot);
}

// A plot that there is not is for the server to say something about.
async function askMeaning() {
  const response = await fetch(`../lab.json${location.search}`);
  if (response.status === 400) refused(await response.json());
  else show(USUAL);
}

// Once the page is there.
export function start() {
  whenReady(() => $("map-plot") && $("tau") && canSetProps(), begin);
}
