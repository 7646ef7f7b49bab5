// What the stage shows, as one record, and what becomes of it with each event. Pure: `reduce` gives the
// next record, and nothing else changes one. An answer carries what it answers; one whose question
// has changed since is dropped here, and the record stays the same one.
import { forRun, lossIn, nameOfLoss, numbersOf, readQuery, ruleNumbersOf, writeQuery } from "../link.mjs";
import { readNumber } from "../numbers.mjs";
import { isSmooth } from "../run.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { withBranches } from "./branches.mjs";

// What belongs to the picture and not to a run, as the link has it, and its defaults.
export const VIEW = vocabulary.view;

export const ASIDE = 0.25; // of the view, on each side: heights of a section there
const PANNED = 0.5; // of the view: contours reach so far beyond it
const CLOSE = 1 / 3; // of the view: what is seen closer is drawn anew

const UNPRESSED = { playing: false, at: null, moved: 0 };

/** @type {StageState} */
export const INITIAL = {
  query: {},
  behind: false,
  opening: 0,
  shown: 0,
  veiled: false,
  pressed: UNPRESSED,
  carried: {},
  frame: {},
  view: { ...VIEW },
  result: /** @type {any} */ (null),
  focus: /** @type {any} */ (null),
  toFocus: null,
  halved: null,
  unit: "tau",
  tau: null,
  inks: /** @type {any} */ (null),
  picture: { view: null, zoom: 0 },
  whole: null,
  framed: { key: "", kind: "", ranges: null },
  own: null,
  lensAt: null,
  why: null,
  folded: false,
  locked: false,
  goesOn: false,
  still: null,
  stood: 0,
  answers: {},
};

/**
 * @param {StageState} state
 * @param {StageEvent} event
 * @returns {StageState}
 */
export const reduce = (state, event) => reducers[event.type](state, /** @type {any} */ (event));

// ---- what is asked of the runs ----

/** @type {Record<StageEvent["type"], (state: StageState, event: any) => StageState>} */
const reducers = {
  // A whole link, or another loss, which brings its own start and horizon. `carried` is what of the
  // page goes on as it is.
  opens: (state, { query, carried }) => ({
    ...state,
    query,
    carried,
    opening: state.opening + 1,
    veiled: true,
    pressed: UNPRESSED,
    halved: null,
    tau: null,
    toFocus: null,
    locked: false,
  }),

  // The picture is there, or will not come.
  lifts: (state) => ({ ...state, veiled: false, pressed: UNPRESSED }),

  // There is nothing to play yet: what is pressed is kept until there is.
  presses: (state, { type, ...what }) => ({ ...state, pressed: { ...state.pressed, ...what } }),

  // The link that was asked for cannot be read: the nearest one that can, with what was set since.
  mends: (state, { query, asked }) => ({ ...state, query: { ...query, ...changedSince(state.query, asked.query) } }),

  refuses,

  // One setting. What was made from the runs on screen holds for them alone, and carries their opening.
  sets: (state, { key, text, from }) => {
    if (from !== undefined && from !== state.opening) return state;
    const query = { ...state.query, [key]: text };
    const alone = key === "rule" || (key === "eta" && !text.includes("@")) ? !text.includes(",") : true;
    // Of several runs none has branches.
    return keepHorizon({ ...state, halved: null, query: alone ? query : withBranches(query, []) }, key);
  },

  // Branches: other ones, or of other things. Which of the runs is then in focus, and whether other runs go for them.
  branches: (state, { query, focus = null, several = false, from }) =>
    from === state.opening ? { ...state, halved: null, query, toFocus: focus, behind: state.behind || several } : state,

  // What was asked for before a hand took hold.
  returns: (state, { query, from }) => (from === state.opening ? { ...state, halved: null, query } : state),

  halves: (state, { halved, from }) => {
    if (from !== state.opening) return state;
    const { query, result } = state;
    const steps = query.steps && String(Math.min(2 ** result.settings.power * result.settings.steps, 1e12));
    const eta = etasOf(state).map(halfOf).join(",");
    return { ...state, halved, query: { ...query, ...(steps && { steps }), eta } };
  },

  takesUnit: (state, { unit }) => ({ ...state, unit }),

  takesHorizon: (state, { tau, from }) => {
    if (from !== state.opening) return state;
    const { eta, power } = state.result.settings;
    const steps = stepsFor(tau, eta[0], power);
    return { ...state, tau, halved: null, query: { ...state.query, steps } };
  },

  ran,

  // ---- how they are looked at ----

  chooses: (state, { name, value }) => ({
    ...state,
    view: { ...state.view, [name]: value },
    carried: isOpening(state) ? { ...state.carried, [name]: value } : state.carried,
  }),

  movesLens: (state, { at }) => ({ ...state, lensAt: at }),

  // Why the run drifts is shown of two steps of a run, as long as they are those at the playhead.
  explains: (state, { step, share }) => ({ ...state, why: { step, share } }),
  hasExplained: (state) => (state.why ? unexplained(state) : state),

  // Whether a new η holds from the playhead on, while it plays.
  goesOn: (state, { goesOn }) => ({ ...state, goesOn }),

  // Whether axes stay as they are, whatever runs come.
  locks: (state, { locked }) => ({ ...state, locked }),

  // Whether panels wait for the edge.
  folds: (state, { folded }) => ({ ...state, folded }),

  attends: (state, { i }) => ({ ...unexplained(state), focus: i, halved: null }),

  paintsIn: (state, { inks }) => ({ ...state, inks }),

  showsWhole: (state) => (state.result ? wholeOf(state) : state),

  // A hand has moved the axes. They say nothing of a picture that has not come yet.
  sees: (state, { of, ranges }) => {
    const { view } = state.picture;
    if (!view || !isOf(state, of)) return state;
    const room = isPlane(state) ? PANNED : ASIDE;
    return fits(view, ranges, room) ? state : { ...state, picture: { ...state.picture, view: ranges } };
  },

  // The axes of the clock: what they were last made to show, and what a person made of them since, which
  // stays while the clock and the loss do.
  frames: (state, { framed }) => ({ ...state, framed, own: framed.kind === state.framed.kind ? state.own : null }),
  seesTime: (state, { ranges }) => ({ ...state, own: ranges }),
  showsAllTime: (state) => ({ ...state, own: null, framed: { ...state.framed, key: "" } }),

  // ---- what else is there to paint from ----

  // A still figure is asked for, and one has come.
  draws: (state, { still }) => ({ ...state, still }),
  stands: (state, { turn }) => ({ ...state, stood: turn }),

  came: (state, { answer }) => {
    if (!state.result || answer.loss !== nameOfLoss(state.result.settings)) return state;
    const kept = { ...state, answers: { ...state.answers, [answer.kind]: answer } };
    return answer.kind === "section" ? adoptWhole(kept, answer) : kept;
  },
};

/**
 * What cannot be read is not asked for again, unless it says another thing by now: it is as it was, and its
 * control says so until the next runs come.
 * @param {StageState} state
 * @param {{ problems: Message[], asked: Asked }} event
 * @returns {StageState}
 */
function refuses(state, { problems, asked }) {
  const before = readQuery(state.result.query);
  const broken = problems.map(({ field }) => field).filter((field) => state.query[field] === asked.query[field]);
  const restored = Object.fromEntries(broken.map((field) => [field, before[field]]));
  const next = { ...state, behind: true, query: { ...state.query, ...restored } };
  return broken.includes("eta") && state.tau !== null ? keepHorizon(next, "eta") : next;
}

/**
 * Runs have come. Those of an opening that another has followed are nobody's; the first of an opening
 * bring what of the link belongs to the page, later ones leave it as it is by now.
 * @param {StageState} state
 * @param {{ result: Result, asked: Asked, newest: boolean }} event
 * @returns {StageState}
 */
function ran(state, { result, asked, newest }) {
  if (!isAsked(state, asked)) return state;
  const before = state.result && state.result.runs[state.focus];
  const behind = state.behind || isOpening(state) || (!asked.dragged && result.notices.length > 0);
  // While a hand moves, runs have fewer steps than the link asks for.
  const query = newest && !asked.dragged ? forRun(readQuery(result.query)) : state.query;
  const awaited = newest && result.runs[state.toFocus ?? -1] ? state.toFocus : null;
  const next = {
    ...unexplained(state),
    result,
    query,
    behind: behind && !newest,
    shown: state.opening,
    toFocus: newest ? null : state.toFocus,
    focus: awaited ?? focusFor(result.runs, before, state.focus),
  };
  if (!isOpening(state)) return next;
  const { page } = result;
  const { hide, embed } = readQuery(result.query);
  const focus = page.focus === null ? next.focus : Math.min(page.focus, result.runs.length - 1);
  const frame = state.result ? state.frame : { hide, embed };
  const since = changedSince(state.carried, asked.carried || {});
  return wholeOf({ ...next, focus, frame, carried: {}, view: { ...viewIn(page), ...since } });
}

/**
 * What was said of two steps holds for them alone.
 * @param {StageState} state
 * @returns {StageState}
 */
function unexplained(state) {
  const { nudge, ...answers } = state.answers;
  return { ...state, why: null, answers };
}

/**
 * What has been chosen since a question went out.
 * @param {Query} now
 * @param {Query} then
 * @returns {Query}
 */
const changedSince = (now, then) =>
  Object.fromEntries(Object.entries(now).filter(([name, value]) => then[name] !== value));

/**
 * @param {Record<string, any>} page
 * @returns {any}
 */
const viewIn = (page) => Object.fromEntries(Object.keys(VIEW).map((name) => [name, page[name]]));

/**
 * Whether a question is of the link or loss that was opened last.
 * @param {StageState} state
 * @param {Asked} asked
 */
export const isAsked = ({ opening }, asked) => asked.opening === opening;

/**
 * Whether runs of another link or loss are on their way.
 * @param {StageState} state
 */
export const isOpening = ({ opening, shown }) => opening !== shown;

/**
 * The run in focus stays in focus, by its rule and step size or by its place; at first, and when it
 * has gone, it is the first that bounces.
 * @param {Run[]} runs
 * @param {Run | null} [before]
 * @param {number} [place]
 */
export function focusFor(runs, before, place = 0) {
  // Branches have the rule and the first step size of what they leave.
  if (before && runs.some(({ fork }) => fork)) return Math.min(place, runs.length - 1);
  const same = before ? runs.findIndex(({ rule, eta }) => rule === before.rule && eta === before.eta) : -1;
  if (same >= 0) return same;
  if (before && runs[place]?.rule === before.rule) return place;
  const bouncing = runs.findIndex((run) => !isSmooth(run));
  return Math.max(0, bouncing);
}

/**
 * Step sizes as texts: those of the runs on screen or, if newer, those asked for; none as long as there is neither.
 * @param {StageState} state
 * @returns {string[]}
 */
export const etasOf = ({ query, result }) =>
  query.eta ? firstsIn(query.eta) : result ? result.settings.eta.map(String) : [];

/**
 * Where it changes on the way, the first alone.
 * @param {string} text
 */
const firstsIn = (text) => (text.includes("@") ? text.split(/[@,]/, 1) : text.split(","));

/**
 * @param {number | string} eta
 */
export const halfOf = (eta) => String(Number((readNumber(String(eta)) / 2).toPrecision(12)));

/**
 * In time the horizon stays when η changes, so the number of steps follows.
 * @param {StageState} state
 * @param {string} key
 */
function keepHorizon(state, key) {
  const { query, result, unit } = state;
  if (key !== "eta" || unit !== "tau" || !query.steps || isOpening(state)) return state;
  const { eta, power } = result.settings;
  const tau = state.tau === null ? result.settings.steps * eta[0] ** power : state.tau;
  const steps = stepsFor(tau, etasOf(state)[0], power);
  return steps === "NaN" ? state : { ...state, tau, query: { ...query, steps } };
}

/**
 * @param {number} time
 * @param {number | string} eta
 * @param {number} power
 */
const stepsFor = (time, eta, power) => String(Math.round(Math.min(time / readNumber(String(eta)) ** power, 1e12)));

/**
 * How the runs are looked at, where that is not as their loss opens.
 * @param {StageState} state
 * @returns {Query}
 */
export const chosenView = ({ view, result }) =>
  Object.fromEntries(
    Object.entries(result.settings.usual).flatMap(([name, usual]) =>
      view[name] === usual ? [] : [[name, view[name]]],
    ),
  );

/**
 * What the lab has too, and means the same there: of several runs the rule of the one in focus.
 * @param {StageState} state
 * @returns {Query}
 */
export function forLab({ query, result, focus }) {
  const { settings } = result;
  const { eta } = settings;
  const { rule } = result.runs[focus];
  return {
    ...lossIn({ ...settings, ...numbersOf(query) }),
    ...ruleNumbersOf(query),
    ...(rule !== "gradient-flow" && { rule }),
    ...(query.start && { start: query.start }),
    ...(eta.length > 1 && { etas: eta.join(",") }),
  };
}

// ---- the part of the plane that is in view ----

/**
 * What answers about the plane are about: the loss and the numbers in its formula, as the text of a query.
 * @param {Result} result
 */
export const subjectOf = ({ settings, query }) => writeQuery(lossIn({ ...settings, ...numbersOf(readQuery(query)) }));

/**
 * Whether a loss has two parameters, so that the picture is the plane itself.
 * @param {StageState} state
 */
export const isPlane = ({ result }) => result.settings.start.length === 2;

/**
 * Whether a still figure is that of the picture in view.
 * @param {StageState} state
 * @param {StillOf | undefined} of
 */
export const isOf = ({ result, picture }, of) =>
  Boolean(of && of.loss === nameOfLoss(result.settings) && of.zoom === picture.zoom);

/**
 * The picture shows all: the view of the settings; of a section what the
 * server says is worth seeing, once it is known.
 * @param {StageState} state
 * @returns {StageState}
 */
function wholeOf(state) {
  const { settings } = state.result;
  const known = state.whole && state.whole.subject === subjectOf(state.result) ? state.whole.view : null;
  const view = isPlane(state) ? settings.view : known;
  return { ...state, picture: { view, zoom: state.picture.zoom + 1 } };
}

/**
 * Whether all that is worth seeing is within ranges.
 * @param {StageState} state
 * @param {View} ranges
 */
export function seesAll(state, ranges) {
  const { view } = wholeOf(state).picture;
  return (
    !view ||
    view.every(([low, high], i) => {
      const rounding = 1e-6 * (high - low);
      return ranges[i][0] <= low + rounding && ranges[i][1] >= high - rounding;
    })
  );
}

/**
 * A section has come: what it shows when all is shown. The first of a loss shows it.
 * @param {StageState} state
 * @param {Answer} answer
 */
function adoptWhole(state, { subject, found }) {
  const next = { ...state, whole: { subject, view: found.whole } };
  return state.picture.view === null ? wholeOf(next) : next;
}

/**
 * Whether contours for a view serve what is seen: they reach so far, and are fine enough.
 * @param {View} view
 * @param {View} seen
 * @param {number} room
 */
function fits(view, seen, room) {
  return seen.every(([low, high], i) => {
    const [from, to] = view[i];
    const margin = (to - from) * room;
    return low >= from - margin && high <= to + margin && high - low >= (to - from) * CLOSE;
  });
}
