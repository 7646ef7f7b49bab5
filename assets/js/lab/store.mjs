// What the lab shows, as one record, and what becomes of it with each event. Pure: `reduce` gives the
// next record, and nothing else changes one. An answer carries what it answers: of a plot the turn of
// its question, of an orbit and a path the question itself. One whose question has changed since is
// dropped here, and the record stays the same one.
import { CLOCKS } from "../clock.mjs";
import { lossIn, nameOfLoss, numbersOf, readQuery, ruleNumbersOf, writeQuery } from "../link.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { Cells, axesOf, columnOf } from "./cells.mjs";
import { curveOf, spreadOf } from "./clocks.mjs";
import { WHOLE, isOpen, queryFor, seen, within } from "./zoom.mjs";

export const PLOTS = vocabulary.plots;
/** @type {Plot} */
export const USUAL = "regimes";

// How a map is looked at: no new map for these.
export const QUIET = ["colour", "slice", "flatness"];
// What every plot has that has it at all.
const COMMON = ["start", "rule", "etas"];
// What a map shows across and upwards.
const AXES = ["across", "up"];
// What a window of it is, in the link.
const WINDOW = ["eta", "range", "from", "to"];
// Of another loss these mean nothing.
const WHICH = ["loss", "formula"];
const OF_A_LOSS = [
  ...[...WHICH, ...AXES],
  ...["eta", "range", "along", "from", "to", "off", "slice", "start", "tau", "etas", "region"],
];
// What is looked at in a plot that has a slice.
const SLICED = ["regimes", "crowd"];

/** @type {Progress} */
const RESTS = { at: "rest", share: 0 };

/** @type {LabState} */
export const INITIAL = {
  plot: USUAL,
  queries: { regimes: {}, rate: {}, collapse: {}, flatness: {}, crowd: {} },
  turns: { regimes: 0, rate: 0, collapse: 0, flatness: 0, crowd: 0 },
  asked: { regimes: null, rate: null, collapse: null, flatness: null, crowd: null },
  progress: { regimes: RESTS, rate: RESTS, collapse: RESTS, flatness: RESTS, crowd: RESTS },
  settings: {},
  pictured: { regimes: null, rate: null, collapse: null, flatness: null, crowd: null },
  coming: { regimes: null, rate: null, collapse: null, flatness: null, crowd: null },
  mended: null,
  inks: /** @type {any} */ (null),
  fateInks: /** @type {any} */ (null),
  cells: null,
  axes: /** @type {any} */ (null),
  cursor: /** @type {any} */ (null),
  only: null,
  orbit: /** @type {any} */ (null),
  orbitView: "offset",
  path: null,
  rate: { head: null, points: [], fit: null, count: 0 },
  rateView: "eta",
  collapse: { result: /** @type {any} */ (null), curves: {}, spreads: {} },
  flatness: { head: null, courses: [] },
  window: null,
  home: null,
  crowd: {
    ...{ head: null, root: new Float32Array(0), side: null, conserved: null },
    ...{ rows: [], count: 0, pointed: null, draft: null, hand: "region" },
  },
};

/**
 * @param {LabState} state
 * @param {LabEvent} event
 * @returns {LabState}
 */
export const reduce = (state, event) => reducers[event.type](state, /** @type {any} */ (event));

/** @type {Record<LabEvent["type"], (state: LabState, event: any) => LabState>} */
const reducers = {
  // ---- what is asked for ----

  // Another plot, to which goes along what both have. `fit` are the rules that it can be made of, `most` how many.
  shows: (state, /** @type {{ plot: Plot, fit?: string[], most?: number }} */ { plot, fit = [], most = 1 }) => {
    const query = carried(state, plot, fit, most);
    const next = { ...state, plot };
    if (sorted(query) === sorted(state.queries[plot])) return next;
    return turned({ ...next, queries: { ...state.queries, [plot]: query } }, plot);
  },

  // A setting of the plot in view.
  sets: (state, { key, text }) => {
    const { plot } = state;
    const query = onAxes({ ...state.queries[plot], [key]: text }, key);
    const home = [...AXES, ...WINDOW, "along"].includes(key) ? null : state.home;
    const next = { ...state, home, queries: { ...state.queries, [plot]: query } };
    return QUIET.includes(key) ? next : turned(next, plot);
  },

  // The settings of a plot as they were before a hand took hold.
  returns: (state, /** @type {{ plot: Plot, query: Query, home: Query | null }} */ { plot, query, home }) => {
    const now = state.queries[plot];
    const next = { ...state, home, queries: { ...state.queries, [plot]: query } };
    const changed = Object.keys({ ...query, ...now }).filter((key) => query[key] !== now[key]);
    return changed.every((key) => QUIET.includes(key)) ? next : turned(next, plot);
  },

  // A window of the map on screen, which is stretched until its cells come.
  zooms: (state, { window: wanted }) => {
    const { head } = state.cells;
    const before = state.window || [WHOLE, WHOLE];
    const window = before.map((span, i) => (isOpen(head, i) ? within(span, wanted[i]) : span));
    const query = state.queries.regimes;
    const home =
      state.home || Object.fromEntries(WINDOW.filter((name) => query[name]).map((name) => [name, query[name]]));
    const { across, up } = axesOf(head, head.variables);
    const axes = { across: seen(across, window[0]), up: seen(up, window[1]) };
    const queries = { ...state.queries, regimes: { ...query, ...queryFor(head, window) } };
    return turned({ ...state, home, window, axes, queries }, "regimes");
  },

  // The whole of it again.
  unzooms: (state) => {
    const kept = Object.entries(state.queries.regimes).filter(([name]) => !WINDOW.includes(name));
    const regimes = { ...Object.fromEntries(kept), ...state.home };
    return turned({ ...state, home: null, queries: { ...state.queries, regimes } }, "regimes");
  },

  // Another loss brings its own starts, step sizes and numbers, to every plot.
  takesLoss: (state, { key }) => {
    const queries = each((plot) => ({ ...withoutLoss(state.queries[plot]), loss: key }));
    return PLOTS.reduce(turned, { ...state, home: null, queries });
  },

  // A link, as it came or put right, with what there is to say of that.
  opens: (state, { plot, query, problems }) => {
    const mended = state.mended || problems || null;
    return turned({ ...state, mended, queries: { ...state.queries, [plot]: query } }, plot);
  },

  // There is no valley to start along: the starts lie as they did.
  staysAlong: (state) => {
    const { along } = state.settings.regimes;
    return { ...state, queries: { ...state.queries, regimes: { ...state.queries.regimes, along } } };
  },

  asks,

  // It takes more than a moment.
  lasts: (state, { plot, turn }) =>
    isAsked(state, plot, turn) && isUnderWay(state, plot) ? moved(state, plot, { at: "late" }) : state,

  // Nothing more comes; `early` if an answer was broken off. One that is short of its end took all its time.
  ends: (state, { plot, turn, early }) => {
    if (!isAsked(state, plot, turn)) return state;
    const whole = plot === "regimes" && !early && state.coming.regimes ? mapCame(state) : state;
    const left = plot === "regimes" && early ? unstretched(whole) : whole;
    const { share } = left.progress[/** @type {Plot} */ (plot)];
    const short = share !== null && share > 0 && share < 1;
    return moved(left, plot, { at: early ? "left" : short ? "short" : "rest" });
  },

  // A question that cannot be answered. Of a plot out of view that is told when it is looked at.
  refuses: (state, { plot, turn }) => {
    if (!isAsked(state, plot, turn)) return state;
    const next = moved(plot === "regimes" ? unstretched(state) : state, plot, { at: "rest" });
    return plot === state.plot ? next : { ...next, asked: { ...next.asked, [plot]: null } };
  },

  // ---- what comes ----

  adopts,

  // A row of the map; with the first one what was there before goes.
  row: (state, { turn, record }) => {
    if (!isAsked(state, "regimes", turn)) return state;
    const next = state.coming.regimes ? mapCame(state) : state;
    const cells = next.cells.with(record);
    return moved({ ...next, cells }, "regimes", { share: cells.share });
  },

  // The gaps of a step size, or at last the lines through all of them.
  line: (state, { turn, line }) => {
    if (!isAsked(state, "rate", turn)) return state;
    const { rate } = state.coming.rate ? rateCame(state) : state;
    const next = line.slope === undefined ? { ...rate, points: [...rate.points, line] } : { ...rate, fit: line };
    return moved(came({ ...state, rate: next }, "rate"), "rate", { share: next.points.length / next.count });
  },

  ran: (state, { turn, result }) => {
    if (!isAsked(state, "collapse", turn)) return state;
    return came({ ...state, collapse: comparedOf(result) }, "collapse");
  },

  // What a rule does; the first of a comparison begins it anew.
  course: (state, { turn, line }) => {
    if (!isAsked(state, "flatness", turn)) return state;
    const { coming } = state;
    const before = coming.flatness ? { head: coming.flatness.head, courses: [] } : state.flatness;
    const courses = [...before.courses, line];
    const share = courses.length / Math.max(before.head.rules.length, 1);
    return moved(came({ ...state, flatness: { ...before, courses } }, "flatness"), "flatness", { share });
  },

  // What the runs of a step size do; with the first what was there before goes.
  crowdRow: (state, { turn, record }) => {
    if (!isAsked(state, "crowd", turn)) return state;
    const before = state.coming.crowd ? crowdCame(state) : state.crowd;
    const rows = [...before.rows];
    rows[record.row] = record;
    const crowd = { ...before, rows, count: before.count + 1 };
    return moved(came({ ...state, crowd }, "crowd"), "crowd", { share: crowd.count / crowd.head.etas.length });
  },

  orbit: (state, { question, found }) =>
    state.cells && question === writeQuery(orbitQuery(state)) ? { ...state, orbit: found } : state,

  path: (state, { question, found }) =>
    state.cells && question === writeQuery(runQuery(state)) ? { ...state, path: found } : state,

  // ---- how it is looked at ----

  points: (state, { cursor }) => ({ ...state, cursor }),

  // One fate is picked out, or all are seen again.
  picks: (state, { value }) => ({ ...state, only: state.only === value ? null : value }),

  looks: (state, { orbitView }) => ({ ...state, orbitView }),

  weighs: (state, { rateView }) => ({ ...state, rateView }),

  pointsStart: (state, { pointed }) => ({ ...state, crowd: { ...state.crowd, pointed } }),

  drafts: (state, { draft }) => ({ ...state, crowd: { ...state.crowd, draft } }),

  hands: (state, { hand }) => ({ ...state, crowd: { ...state.crowd, hand } }),

  paintsIn: (state, { inks, fateInks }) => ({ ...state, inks, fateInks }),
};

/**
 * A query in which a key has been changed, without what other axes had, or a number that another rule has not.
 * @param {Query} query
 * @param {string} key
 * @returns {Query}
 */
function onAxes(query, key) {
  const lost = key === "rule" && AXES.some((name) => query[name] in vocabulary.rule_numbers) ? AXES : [];
  if (!AXES.includes(key) && !lost.length) return query;
  return Object.fromEntries(Object.entries(query).filter(([name]) => ![...lost, "eta", "range"].includes(name)));
}

/**
 * @template Value
 * @param {(plot: Plot) => Value} make
 */
const each = (make) => /** @type {Record<Plot, Value>} */ (Object.fromEntries(PLOTS.map((plot) => [plot, make(plot)])));

/**
 * What is asked of a plot is another thing now.
 * @param {LabState} state
 * @param {Plot} plot
 * @returns {LabState}
 */
const turned = (state, plot) => ({ ...state, turns: { ...state.turns, [plot]: state.turns[plot] + 1 } });

/**
 * @param {LabState} state
 * @param {Plot} plot
 * @param {Partial<Progress>} changes
 * @returns {LabState}
 */
const moved = (state, plot, changes) => ({
  ...state,
  progress: { ...state.progress, [plot]: { ...state.progress[plot], ...changes } },
});

/**
 * The first of what is to be seen of an answer.
 * @param {LabState} state
 * @param {Plot} plot
 * @returns {LabState}
 */
const came = (state, plot) => ({
  ...state,
  coming: { ...state.coming, [plot]: null },
  pictured: { ...state.pictured, [plot]: state.queries[plot] },
});

/**
 * Whether a plot still shows another loss or rule than is said beside it.
 * @param {LabState} state
 * @param {Plot} plot
 */
export function isStale(state, plot) {
  const before = state.pictured[plot];
  const now = state.queries[plot];
  return (
    isUnderWay(state, plot) && before !== null && (nameOfLoss(before) !== nameOfLoss(now) || before.rule !== now.rule)
  );
}

/**
 * The query of a plot with what goes along from the one in view: the loss and its numbers always, the rest where
 * it is said there and fits here.
 * @param {LabState} state
 * @param {Plot} plot
 * @param {string[]} fit
 * @param {number} most
 * @returns {Query}
 */
function carried({ plot: from, queries, settings }, plot, fit, most) {
  const [there, here] = [queries[from], queries[plot]];
  if (from === plot || !Object.keys(there).length) return here; // nothing is chosen there
  /** @type {(query: Query, of: Plot) => string} */
  const shown = (query, of) => nameOfLoss(query) || nameOfLoss(settings[of] || {});
  const same = shown(here, plot) === shown(there, from);
  const own = Object.entries(same ? here : withoutLoss(here)).filter(
    ([name]) => !name.startsWith("p.") && !WHICH.includes(name),
  );
  /** @type {Query} */
  const next = { ...Object.fromEntries(own), ...lossIn(there), ...ruleNumbersOf(there) };
  if (!nameOfLoss(there)) delete next.loss;
  const apart = !same && !nameOfLoss(there); // each has its usual loss
  for (const name of COMMON) {
    if (apart && name === "start") continue;
    const value = fitting(name, there[name], fit, most);
    if (value && !(name === "rule" && isAmong(value, next.rule))) next[name] = value;
  }
  return next.rule === here.rule ? next : onAxes(next, "rule");
}

/**
 * @param {Query} query
 */
const sorted = (query) => writeQuery(Object.fromEntries(Object.entries(query).sort()));

/**
 * Whether rules are among those that are compared already, which then stay.
 * @param {string} some
 * @param {string | undefined} all
 */
const isAmong = (some, all) => some.split(",").every((rule) => all?.split(",").includes(rule));

/**
 * @param {string} name
 * @param {string | undefined} value
 * @param {string[]} fit
 * @param {number} most
 */
function fitting(name, value, fit, most) {
  if (name === "start" || !value) return value;
  const parts = value.split(",");
  if (name === "rule")
    return parts
      .filter((rule) => fit.includes(rule))
      .slice(0, most)
      .join(",");
  return parts.length > 1 && parts.length <= vocabulary.most_runs ? value : undefined;
}

/**
 * What the stage has too, and means the same there.
 * @param {LabState} state
 * @returns {Query}
 */
export function forStage({ plot, queries, settings }) {
  const now = settings[plot];
  if (!now) return {};
  const { start, etas } = queries[plot];
  const rules = [now.rule].flat();
  const few = etas && etas.split(",").length * rules.length <= vocabulary.most_runs;
  return {
    ...lossIn({ ...now, ...numbersOf(queries[plot]) }),
    ...ruleNumbersOf(queries[plot]),
    rule: rules.join(","),
    ...(start && { start }),
    ...(few && { eta: etas }),
  };
}

/**
 * @param {Query} query
 */
const withoutLoss = (query) =>
  Object.fromEntries(Object.entries(query).filter(([name]) => !OF_A_LOSS.includes(name) && !name.startsWith("p.")));

/**
 * Whether a turn is that of the last question, and nothing has changed what is asked since.
 * @param {LabState} state
 * @param {Plot} plot
 * @param {number} turn
 */
export const isAsked = ({ turns }, plot, turn) => turns[plot] === turn;

/**
 * Whether a plot has been asked for as its link stands.
 * @param {LabState} state
 * @param {Plot} plot
 */
export const isFresh = ({ turns, asked }, plot) => asked[plot]?.turn === turns[plot];

/**
 * @param {LabState} state
 * @param {Plot} plot
 */
export const isUnderWay = ({ progress }, plot) => ["under way", "late"].includes(progress[plot].at);

/**
 * A plot is asked for as its link stands; what was on its way is not waited for.
 * @param {LabState} state
 * @param {{ plot: Plot, share: number | null }} event
 * @returns {LabState}
 */
function asks(state, { plot, share }) {
  const next = turned(state, plot);
  return {
    ...next,
    asked: { ...next.asked, [plot]: { turn: next.turns[plot], query: next.queries[plot] } },
    coming: { ...next.coming, [plot]: null },
    progress: { ...next.progress, [plot]: { at: "under way", share } },
  };
}

/**
 * What an answer will be of is known, and none of it yet: the last picture stays a little longer. The link
 * is now the server's, but for how the map is looked at since it was asked for.
 * @param {LabState} state
 * @param {{ plot: Plot, turn: number, meaning: Meaning, names?: string[], own?: Float32Array }} event
 * @returns {LabState}
 */
function adopts(state, { plot, turn, meaning, names, own }) {
  if (!isAsked(state, plot, turn)) return state;
  const { settings, notices } = meaning;
  const now = state.queries[plot];
  const then = state.asked[plot]?.query || {};
  const anew = !state.settings[plot] || notices.length > 0; // such a value may be one that was put right
  const mine = Object.entries(quietOf(now)).filter(([key, text]) => !anew || then[key] !== text);
  return {
    ...state,
    queries: { ...state.queries, [plot]: { ...ownOf(meaning), ...Object.fromEntries(mine) } },
    settings: { ...state.settings, [plot]: settings },
    coming: { ...state.coming, [plot]: { head: meaning, names, own } },
    mended: plot === state.plot ? null : state.mended,
  };
}

/**
 * The query that an answer is of, without its name of the plot.
 * @param {Meaning} meaning
 * @returns {Query}
 */
export function ownOf(meaning) {
  const { plot, ...own } = readQuery(meaning.query);
  return own;
}

/**
 * Another map takes the place of the one before. Of the same loss its orbits and its path will do until
 * there are new ones.
 * @param {LabState} state
 * @returns {LabState}
 */
function mapCame(state) {
  const { head, names } = /** @type {Coming} */ (state.coming.regimes);
  const { cells: before } = state;
  const cells = new Cells(/** @type {MapHead} */ (head));
  const next = { ...state, cells, window: null, axes: axesOf(cells.head, names) };
  const same = before && subjectOf(before.head) === subjectOf(head) && namesOf(before) === namesOf(cells);
  return {
    ...came(next, "regimes"),
    cursor: before && state.cursor ? scaled(state.cursor, before, cells) : tellingOf(next),
    orbit: same ? state.orbit : /** @type {any} */ (null),
    path: same ? state.path : null,
  };
}

/**
 * The map on screen as it is, where no other comes.
 * @param {LabState} state
 * @returns {LabState}
 */
function unstretched(state) {
  if (!state.window) return state;
  return { ...state, window: null, axes: axesOf(state.cells.head, state.cells.head.variables) };
}

/**
 * A loss and the numbers in its formula.
 * @param {Meaning} meaning
 */
const subjectOf = ({ settings }) => writeQuery(lossIn(settings));

/**
 * What the axes of a map show.
 * @param {Cells} cells
 */
const namesOf = ({ head }) => head.axes.map(({ name }) => name).join();

/**
 * @param {Cursor} cursor
 * @param {Cells} before
 * @param {Cells} now
 */
const scaled = ({ row, column }, before, now) => ({
  row: Math.min(Math.round((row * now.rows) / before.rows), now.rows - 1),
  column: Math.min(Math.round((column * now.columns) / before.columns), now.columns - 1),
});

/**
 * The cell of the slice that tells most: where a start's own minimum is too sharp to settle at, and a flatter one is
 * not; where there is no such, the middle.
 * @param {LabState} state
 */
function tellingOf(state) {
  const { cells } = state;
  const { etas, settles } = cells.head;
  const column = columnOf(sliceOf(state), cells.columns);
  const eta = settles ? Math.sqrt(settles.starts[column] * settles.flattest) : 0;
  const inRange = eta > etas[0] && eta < etas[cells.rows - 1];
  const beyond = etas.findIndex((/** @type {number} */ one) => one >= eta);
  return { row: inRange ? beyond : Math.floor(cells.rows / 2), column };
}

/**
 * @param {LabState} state
 * @returns {LabState}
 */
function rateCame(state) {
  const { head } = /** @type {Coming} */ (state.coming.rate);
  return { ...state, rate: { head, points: [], fit: null, count: head.settings.etas.length } };
}

/**
 * A crowd with no row yet. The start that is pointed at stays where there are the same.
 * @param {LabState} state
 * @returns {CrowdState}
 */
function crowdCame({ crowd, coming }) {
  const { head, own } = /** @type {any} */ (coming.crowd);
  const count = head.points ** 2;
  const same = crowd.head && writeQuery(ofRegion(crowd.head)) === writeQuery(ofRegion(head));
  return {
    ...crowd,
    ...{ head, root: own.subarray(0, count), side: head.sided ? own.subarray(count, 2 * count) : null },
    conserved: head.conserved ? own.subarray((head.sided ? 2 : 1) * count) : null,
    ...{ rows: [], count: 0, pointed: same ? crowd.pointed : null, draft: null },
  };
}

/**
 * @param {Meaning} meaning
 */
const ofRegion = ({ settings: { region, kind, grid } }) => ({ region: region.join(), kind, grid });

/**
 * Runs as curves on each clock, and how far apart they are there.
 * @param {Result} result
 * @returns {CollapseState}
 */
function comparedOf(result) {
  const { runs } = result;
  const curves = Object.fromEntries(CLOCKS.map((clock) => [clock, runs.map((run) => curveOf(run, clock))]));
  const spreads = Object.fromEntries(CLOCKS.map((clock) => [clock, spreadAmong(runs, curves[clock])]));
  return { result, curves, spreads };
}

/**
 * Runs of different rules go different ways, so only those of one rule are compared.
 * @param {Run[]} runs
 * @param {TimeCurve[]} curves
 */
function spreadAmong(runs, curves) {
  const rules = [...new Set(runs.map(({ rule }) => rule))];
  const found = rules.map((rule) => spreadOf(curves.filter((_, i) => runs[i].rule === rule)));
  return found.map(({ spread }) => spread).reduce((a, b) => (b > a || Number.isNaN(a) ? b : a), NaN);
}

// ---- what is asked of the server ----

/**
 * The query of a plot as it stands in the link.
 * @param {LabState} state
 * @param {Plot} [plot]
 * @returns {Query}
 */
export const queryOf = ({ plot: shown, queries }, plot = shown) => ({
  ...(plot === USUAL ? {} : { plot }),
  ...queries[plot],
});

/**
 * @param {Query} query
 * @returns {Query}
 */
const quietOf = (query) => Object.fromEntries(Object.entries(query).filter(([key]) => QUIET.includes(key)));

/**
 * The map on screen, which may be older than the link, as it is looked at.
 * @param {LabState} state
 * @returns {Query}
 */
export const mapQuery = ({ cells, queries }) => ({ ...ownOf(cells.head), ...quietOf(queries.regimes) });

/**
 * The orbits of the slice through the map on screen.
 * @param {LabState} state
 * @returns {Query}
 */
export function orbitQuery(state) {
  const { colour, ...own } = mapQuery(state);
  return { ...own, slice: /** @type {any} */ (sliceOf(state)) };
}

/**
 * The run of the cell under the cursor.
 * @param {LabState} state
 * @returns {Query}
 */
export function runQuery(state) {
  const { rule, ...settings } = state.cells.head.settings;
  const { eta, start, own, known, steps: taken } = cellOf(state);
  const steps = known ? taken : settings.steps;
  return {
    ...lossIn(settings),
    ...ruleNumbersOf(settings),
    ...Object.fromEntries(own.map((/** @type {Own} */ { name, value }) => [name, short(value)])),
    rule,
    eta: short(eta),
    start: start.map(short).join(","),
    steps,
  };
}

/**
 * @param {number} value
 */
const short = (value) => String(Number(value.toPrecision(12)));

// ---- what is seen ----

/**
 * @param {LabState} state
 */
export const cellOf = ({ cells, cursor }) => cells.at(cursor.row, cursor.column);

/**
 * The settings of a plot on screen, with what has been changed of them since they were asked for.
 * @param {LabState} state
 * @param {Plot} plot
 */
export function settingsOf({ settings, queries }, plot) {
  const { colour, slice } = settings[plot];
  const now = queries[plot];
  const quiet = SLICED.includes(plot) ? { colour: now.colour || colour, slice: Number(now.slice ?? slice) } : {};
  return { ...settings[plot], ...quiet };
}

/**
 * @param {LabState} state
 */
const sliceOf = ({ queries, cells }) => Number(queries.regimes.slice ?? (cells ? cells.head.settings.slice : 0.5));

/**
 * What the pictures are painted from.
 * @param {LabState} state
 */
export const scene = (state) => ({
  ...state,
  colour: /** @type {"fate" | "sharpness"} */ (state.queries.regimes.colour || "fate"),
  slice: sliceOf(state),
  flatnessOf: flatnessIn(state),
  ...crowdLook(state),
});

/**
 * How a crowd is looked at.
 * @param {LabState} state
 */
export function crowdLook({ queries, crowd }) {
  const settled = crowd.head?.settings || {};
  return {
    crowdColour: /** @type {"fate" | "sharpness"} */ (queries.crowd.colour || "fate"),
    crowdSlice: Number(queries.crowd.slice ?? settled.slice ?? 0.5),
  };
}

/**
 * Which step size of a crowd its map of starts shows.
 * @param {LabState} state
 */
export const crowdRowOf = (state) => columnOf(crowdLook(state).crowdSlice, state.crowd.head.etas.length);

/**
 * The run of a start of the crowd on screen.
 * @param {LabState} state
 * @param {number} k
 * @returns {Query}
 */
export function crowdRunQuery(state, k) {
  const { head } = state.crowd;
  const { rule, ...settings } = head.settings;
  const start = [...head.starts[k], ...settings.start.slice(2)];
  return {
    ...lossIn(settings),
    ...ruleNumbersOf(settings),
    rule,
    eta: short(head.etas[crowdRowOf(state)]),
    start: start.map(short).join(","),
    steps: settings.steps,
  };
}

/**
 * @param {LabState} state
 */
export const flatnessIn = ({ queries, settings }) =>
  /** @type {"sharpness" | "trace"} */ (queries.flatness.flatness || settings.flatness?.flatness || "sharpness");
