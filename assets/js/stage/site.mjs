// The stage on a site of files: what a server would answer is in them, in `held/`, and what Dash does is done here.
import { $ } from "../elements.mjs";
import { readQuery } from "../link.mjs";
import { loosened, unzipped } from "../packed.mjs";
import { choose, nearestRuns, pageOf, responseOf, unreadIn, withPage, wordsOf } from "./held.mjs";
import { start } from "./page.mjs";
import { state } from "./state.mjs";
import { begin as beginStills } from "./stills.mjs";

const MAGIC = [0x45, 0x44, 0x47, 0x57];
const ANSWERED = /^(run|valley|heights|sheet|section|rod)\.bin$|^nudge\.json$/;
const { opens = "", reports } = document.documentElement.dataset;
const ask = window.fetch.bind(window);

/** @type {Map<string, Promise<HeldLoss>>} */
const losses = new Map();
/** @typedef {import("./stills.mjs").Figures} Figures */
/** @type {Map<string, Figures[]>} */
const figures = new Map(); // of each loss, by family: those that were shown

/** @param {string} name */
async function content(name) {
  const response = await ask(`held/${name}.bin`);
  if (!response.ok) throw new Error(`held/${name}.bin is not there`);
  return unzipped(await response.arrayBuffer());
}

/** @param {ArrayBuffer} buffer */
const parsed = (buffer) => JSON.parse(new TextDecoder().decode(buffer));

/**
 * What is held of a loss; asked for once.
 * @param {string} loss
 */
function heldOf(loss) {
  const found = losses.get(loss) || content(loss).then(parsed);
  losses.set(loss, found);
  return found;
}

/**
 * What a server would answer.
 * @param {string} name
 * @param {Query} query
 */
async function answered(name, query) {
  if (name === "run.bin")
    return query.first === undefined && !query.part ? ofRuns(query) : responseOf(name, query, undefined);
  const { loss, family = 0 } = state.result.settings;
  const { held } = (await heldOf(loss)).families[family];
  const one = /** @type {HeldFile | undefined} */ (choose(held, name, query));
  const found = one && (await content(one.file));
  return responseOf(name, query, found && (name === "nudge.json" ? found : loosened(found)));
}

/**
 * Runs: those that are nearest to a link, and what of it they are not.
 * @param {Query} query
 */
async function ofRuns(query) {
  const known = [.../** @type {any} */ ($("loss")).options].map(({ value }) => value);
  const loss = known.includes(query.loss) ? query.loss : readQuery(opens).loss || known[0];
  const { families, runs: all } = await heldOf(loss);
  const { runs, missed } = nearestRuns(all, query);
  const family = families[runs.family];
  const drawn = figures.get(loss) || [];
  figures.set(loss, drawn);
  const [looks, ...parts] = await Promise.all([
    drawn[runs.family] || content(family.figures).then(parsed),
    ...runs.files.map((file) => content(file).then(loosened)),
  ]);
  drawn[runs.family] = looks;
  const notices = unreadIn(query);
  if (missed.length)
    notices.push({ field: "", text: wordsOf(missed, query, reports === undefined ? ", see About" : "") });
  if (query.loss && query.loss !== loss)
    notices.unshift({ field: "", text: `There is no loss called ‘${query.loss}’ here.` });
  const { header } = runs;
  const last = Math.max(...header.runs.map((run) => run.last));
  const own = {
    ...header,
    query: withPage(header.query, query),
    notices: [...header.notices, ...notices],
    page: pageOf(header.page, query, choicesIn(looks), last),
    settings: { ...header.settings, family: runs.family, ...saidOf(all, family, runs) },
  };
  return new Response(new Blob([headOf(own), ...parts]));
}

/**
 * What can be set: step sizes that the same rules have from the same start, and of which runs it is known why they drift.
 * @param {HeldRuns[]} all
 * @param {HeldFamily} family
 * @param {HeldRuns} runs
 */
function saidOf(all, { held }, runs) {
  const { rule } = runs.header.settings;
  const same = all.filter(
    ({ family, header }) => family === runs.family && String(header.settings.rule) === String(rule),
  );
  const alone = same
    .filter(({ header }) => header.settings.eta.length === 1)
    .map(({ header }) => header.settings.eta[0]);
  return {
    etas: [...new Set(alone)].sort((a, b) => a - b),
    explained: held.filter(({ name }) => name === "nudges.json").map(({ rule, eta }) => `${rule} ${eta}`),
  };
}

/**
 * What a link can choose on this page.
 * @param {Figures} looks
 */
function choicesIn(looks) {
  const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".choice[data-words]"));
  /** @type {[string, string[]][]} */
  const given = [...places].map(({ id, dataset }) => [id, Object.keys(JSON.parse(dataset.words || "{}"))]);
  const parts = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-part]"))];
  return {
    ...Object.fromEntries(given.filter(([id]) => id in state.view)),
    lens: ["on", "off"],
    look: Object.keys(looks.landscape),
    parts: parts.map(({ dataset }) => dataset.part || ""),
  };
}

/**
 * The head of an answer, as `app/binary.py` documents it.
 * @param {any} header
 */
function headOf(header) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = text.length + ((4 - (text.length % 4)) % 4);
  const head = new Uint8Array(8 + padded).fill(0x20);
  head.set(MAGIC);
  new DataView(head.buffer).setUint32(4, padded, true);
  head.set(text, 8);
  return head;
}

async function begin() {
  window.fetch = async (address, options) => {
    const [name, search] = String(address).split("?");
    return ANSWERED.test(name) ? answered(name, readQuery(search || "")) : ask(address, options);
  };
  await beginStills(() => {
    const { loss, family = 0 } = state.result.settings;
    return /** @type {Figures[]} */ (figures.get(loss))[family];
  });
  if (reports !== undefined) import("../scorm.mjs").then(({ begin: report }) => report());
  start(location.search || opens);
}

begin();
