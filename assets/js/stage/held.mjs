// What is held of a stage without a server, and what of it answers a question. Pure.
import { numbersOf, readQuery, writeQuery } from "../link.mjs";
import { readNumber } from "../numbers.mjs";
import { vocabulary } from "../vocabulary.mjs";

// How far a run is from the one that is asked for, for each thing that is another: a start, a horizon or numbers in the
// formula make another picture, a rule another path in it; of step sizes it is the logarithm.
const OTHER = 100;
const OTHER_RULE = 8;
const OTHER_COUNT = 2;
const SAME = 1e-6; // of a number
/** @type {Record<string, string>} */
const NAMES = {
  start: "another start",
  steps: "another horizon",
  noise: "noise",
  numbers: "other numbers in the formula",
};

/**
 * What answers an address: of what is held at some steps that at the nearest share of the run's way, of heights those
 * of the view or else of the widest. Nothing where a question is about a stretch, or nothing is held.
 * @template {HeldAs} T
 * @param {T[]} held
 * @param {string} name
 * @param {Query} query
 * @returns {T | undefined}
 */
export function choose(held, name, { first, rule, eta, at, steps, view, focus }) {
  if (first !== undefined) return undefined;
  const isNudge = name === "nudge.json";
  /** @param {T} one */
  const isOfRun = (one) =>
    focus === undefined ? !one.branch && (!one.rule || one.rule === rule) : one.branch === Number(focus);
  const named = held.filter((one) => one.name === (isNudge ? "nudges.json" : name) && isOfRun(one));
  const own = named.filter((one) => !one.rule || String(one.eta) === String(eta));
  // The same way is taken at another η, but not with the same hops.
  const some = own.length || isNudge || name === "rod.bin" ? own : named;
  if (name === "heights.bin") return some.find((one) => one.view === view) || some[0];
  /** @param {T} one */
  const off = (one) => Math.abs((one.at ?? 0) / (one.steps || 1) - Number(at ?? 0) / (Number(steps) || 1));
  return some.reduce(
    (/** @type {T | undefined} */ best, one) => (best && off(best) <= off(one) ? best : one),
    undefined,
  );
}

/**
 * What a server would say to it.
 * @param {string} name
 * @param {Query} query
 * @param {ArrayBuffer | undefined} content what is held; nothing where there is none
 */
export function responseOf(name, { at }, content) {
  if (!content) return new Response(null, { status: 404 });
  if (name !== "nudge.json") return new Response(content);
  const nudge = JSON.parse(new TextDecoder().decode(content))[Number(at)];
  return nudge ? new Response(JSON.stringify(nudge)) : new Response(null, { status: 404 });
}

/**
 * The runs that are nearest to those of a query, and what of the query they are not.
 * @param {HeldRuns[]} all the first are those that their loss opens with
 * @param {Query} query
 */
export function nearestRuns(all, query) {
  const usual = all[0].header.settings;
  const wanted = wantedIn(query, usual);
  const ranked = all.map((runs) => {
    const off = distances(wanted, runs.header);
    const far = OTHER * (off.start + off.steps + off.noise + off.numbers) + OTHER_RULE * off.rule + off.eta;
    return { runs, off, far };
  });
  const { runs, off } = ranked.reduce((best, one) => (one.far < best.far ? one : best));
  const missed = Object.keys(off).filter((name) => /** @type {Record<string, number>} */ (off)[name] > SAME);
  return { runs, missed };
}

/**
 * What a query asks for, with what its loss opens with where it says nothing or what is no number.
 * @param {Query} query
 * @param {Settings} usual
 */
function wantedIn(query, usual) {
  const own = Object.fromEntries(usual.parameters.map((one) => [`p.${one.name}`, one.default]));
  const given = Object.entries(numbersOf(query)).map(([name, text]) => [name, readNumber(text)]);
  return {
    rule: query.rule ? String(query.rule).split(",") : usual.rule,
    eta: numbersIn(query.eta) || stepSizes(usual),
    start: numbersIn(query.start) || usual.start,
    steps: numbersIn(query.steps)?.[0] ?? null,
    noise: numbersIn(query.noise)?.[0] ?? usual.noise,
    numbers: { ...own, ...Object.fromEntries(given) },
  };
}

/**
 * Numbers between commas; nothing where one is none.
 * @param {string | number | undefined} text
 */
function numbersIn(text) {
  const numbers = String(text ?? "")
    .split(/[,@]/)
    .map(readNumber);
  return numbers.every(Number.isFinite) ? numbers : null;
}

/**
 * Step sizes and, where they change on the way, when: as they stand in a link.
 * @param {Settings} settings
 */
const stepSizes = ({ eta, schedule }) => (schedule ? schedule.flat() : eta);

/**
 * What of a query should be numbers and is none.
 * @param {Query} query
 * @returns {Message[]}
 */
export const unreadIn = (query) =>
  ["eta", "start", "steps", "noise"]
    .filter((name) => query[name] !== undefined && !numbersIn(query[name]))
    .map((name) => ({ field: "", text: `${name} must be numbers between commas, got ‘${query[name]}’.` }));

/**
 * @param {ReturnType<typeof wantedIn>} wanted
 * @param {HeldRuns["header"]} header
 */
function distances(wanted, { settings, query }) {
  const values = Object.fromEntries(settings.parameters.map((one) => [`p.${one.name}`, one.value]));
  /**
   * The time of a horizon, on the clock of the runs.
   * @param {number} steps
   * @param {number} eta
   */
  const time = (steps, eta) => steps * eta ** settings.power;
  const [end, own] = [time(wanted.steps ?? 0, wanted.eta[0]), time(settings.steps, settings.eta[0])];
  const isEnd = wanted.steps === null ? !("steps" in readQuery(query)) : Math.abs(end - own) * settings.steps <= own;
  return {
    rule: [...new Set([...wanted.rule, ...settings.rule])].filter(
      (one) => !wanted.rule.includes(one) || !settings.rule.includes(one),
    ).length,
    eta: apart(wanted.eta, stepSizes(settings)),
    start: Number(!isSame(wanted.start, settings.start)),
    steps: Number(!isEnd),
    noise: Number(!isSame([wanted.noise], [settings.noise])),
    numbers: Number(
      !isSame(
        Object.keys(values).map((name) => wanted.numbers[name]),
        Object.values(values),
      ),
    ),
  };
}

/**
 * @param {number[]} one
 * @param {number[]} other
 */
const isSame = (one, other) =>
  one.length === other.length &&
  one.every((value, i) => Math.abs(value - other[i]) <= SAME * Math.max(Math.abs(value), Math.abs(other[i])));

/**
 * How far step sizes, and the steps of their changes, are from others, whatever their order.
 * @param {number[]} one
 * @param {number[]} other
 */
function apart(one, other) {
  const [a, b] = [one, other].map((etas) => etas.filter((eta) => eta > 0).sort((x, y) => y - x));
  return b.reduce(
    (sum, eta, i) => sum + (i < a.length ? Math.abs(Math.log(a[i] / eta)) : 0),
    OTHER_COUNT * Math.abs(a.length - b.length),
  );
}

/**
 * What is said where runs are not those that were asked for.
 * @param {string[]} missed
 * @param {Query} query
 * @param {string} where it is said how to have them
 */
export function wordsOf(missed, query, where) {
  /** @type {Record<string, string>} */
  const own = { eta: `η = ${query.eta}`, rule: query.rule?.includes(",") ? "these rules together" : "this rule here" };
  const wanted = missed.map((name) => own[name] || NAMES[name]).join(" and ");
  return `That needs a server${where}: ${wanted}. Shown is the nearest run that is here.`;
}

/**
 * What of a query belongs to the page, as far as it can be had.
 * @param {Record<string, any>} page
 * @param {Query} query
 * @param {Record<string, string[]>} choices
 * @param {number} last step
 */
export function pageOf(page, query, choices, last) {
  const chosen = Object.entries(choices).filter(([name, keys]) => keys.includes(query[name]));
  const whole = (/** @type {string} */ text, /** @type {number} */ most) =>
    Math.min(Math.max(Math.floor(readNumber(text)), 0), most);
  return {
    ...page,
    ...Object.fromEntries(chosen.map(([name]) => [name, query[name]])),
    at: whole(query.at || "0", last) || 0,
    focus: query.focus ? whole(query.focus, vocabulary.most_runs - 1) || 0 : page.focus,
    hide: (query.hide || "").split(",").filter((/** @type {string} */ name) => choices.parts.includes(name)),
    embed: query.embed === "1",
  };
}

/**
 * The query of runs with what belongs to the page.
 * @param {string} query
 * @param {Query} asked
 */
export const withPage = (query, asked) =>
  writeQuery({
    ...readQuery(query),
    ...Object.fromEntries(Object.entries(asked).filter(([key]) => vocabulary.page_keys.includes(key))),
  });
