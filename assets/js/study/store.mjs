// What the study shows, as one record, and what becomes of it with each event. Pure: `reduce` gives the next record,
// and nothing else changes one. An answer carries the turn of its question; one that was overtaken is dropped here.
import { writeQuery } from "../link.mjs";
import { rowAt, tablesOf } from "./columns.mjs";

export const PAIRS = 60; // places of the playhead
const MADE = ["study", "rule", "etas", "tau", "seed"]; // what is computed by; the rest is looked at
const FRAME = ["hide", "embed"]; // and how the page stands in another
const REST = { state: "rest", words: "", share: 0, left: null };

/** @type {StudyState} */
export const INITIAL = {
  query: {},
  turn: 0,
  pending: false,
  made: /** @type {any} */ (null),
  about: null,
  flow: null,
  runs: [],
  shown: null,
  known: false,
  job: REST,
  rates: {},
  at: PAIRS,
  focus: 0,
  distance: "gap",
  layer: "weights",
  inks: /** @type {any} */ (null),
};

/**
 * @param {StudyState} state
 * @param {StudyEvent} event
 * @returns {StudyState}
 */
export const reduce = (state, event) => reducers[event.type](state, /** @type {any} */ (event));

/** @type {Record<StudyEvent["type"], (state: StudyState, event: any) => StudyState>} */
const reducers = {
  // A setting; of another study or rule other steps and another horizon are usual.
  sets: (state, { key, text }) => {
    const { study, rule, seed, ...rest } = state.query;
    const frame = Object.fromEntries(Object.entries(rest).filter(([name]) => FRAME.includes(name)));
    const kept = key === "study" ? frame : key === "rule" ? { study, seed, ...frame } : state.query;
    return asked({ ...state, query: without({ ...kept, ...(key === "study" && rule ? { rule } : {}), [key]: text }) });
  },

  opens: (state, { query }) => {
    const { at, focus, distance, layer, ...made } = query;
    return asked({
      ...state,
      query: made,
      at: within(Number(at ?? PAIRS), PAIRS),
      focus: within(Number(focus ?? 0), 3),
      distance: distance ?? "gap",
      layer: layer ?? "weights",
    });
  },

  asks: (state) => asked(state),

  // All that is known. Of what is not, what is there stays until it is computed.
  answers: (state, { turn, answer }) => {
    if (turn !== state.turn) return state;
    const next = adopted(state, answer);
    if (!answer.known) return { ...next, known: false, job: REST };
    const { about, flow, runs, shown } = answer;
    return { ...next, about, flow, runs, shown, known: true, job: REST };
  },

  means: (state, { turn, meaning }) => (turn === state.turn ? adopted(state, meaning) : state),

  // Something new of what is being computed.
  tells: (state, { turn, line }) => {
    if (turn !== state.turn) return state;
    const { flow, runs, ...job } = line;
    const next = { ...state, job, known: job.state === "done" };
    if (flow) Object.assign(next, { flow: { ...tablesOf(flow), closes: flow.gap_closes } });
    if (runs.length) next.runs = merged(state, runs);
    return next;
  },

  rests: (state, { turn, words }) =>
    turn === state.turn ? { ...state, pending: false, job: { ...REST, words } } : state,
  rates: (state, { rates }) => ({ ...state, rates }),
  seeks: (state, { at }) => ({ ...state, at: within(at, PAIRS) }),
  focuses: (state, { focus }) => ({ ...state, focus }),
  chooses: (state, { type, ...chosen }) => ({ ...state, ...chosen }),
  paintsIn: (state, { inks }) => ({ ...state, inks }),
};

/**
 * @param {number} value
 * @param {number} most
 */
const within = (value, most) => Math.min(Math.max(Math.round(value) || 0, 0), most);

/** @param {Query} query */
const without = (query) => Object.fromEntries(Object.entries(query).filter(([, text]) => text));

/**
 * @param {StudyState} state
 * @returns {StudyState}
 */
const asked = (state) => ({ ...state, turn: state.turn + 1, pending: true });

/**
 * What was asked for, as the server has read it: what was computed by other settings is put away, but runs of the
 * same η beside the same flow.
 * @param {StudyState} state
 * @param {StudyMeaning} meaning
 * @returns {StudyState}
 */
function adopted(state, { settings, query }) {
  const { made } = state;
  const same = made && isSameFlow(made, settings);
  const runs = settings.etas.map((eta) => (same && state.runs.find((run) => run?.eta === eta)) || null);
  return {
    ...state,
    pending: false,
    query: queryOf(query),
    made: settings,
    focus: Math.min(state.focus, settings.etas.length - 1),
    runs,
    ...(same ? {} : { flow: null, about: null, shown: null }),
  };
}

/**
 * @param {StudyMade} one
 * @param {StudyMade} other
 */
const isSameFlow = (one, other) =>
  ["study", "rule", "tau", "seed"].every(
    (key) => one[/** @type {"tau"} */ (key)] === other[/** @type {"tau"} */ (key)],
  );

/** @param {string} text */
const queryOf = (text) =>
  Object.fromEntries([...new URLSearchParams(text)].filter(([key]) => [...MADE, ...FRAME].includes(key)));

/**
 * The runs, with what has come of some of them.
 * @param {StudyState} state
 * @param {any[]} told
 */
const merged = ({ made, runs }, told) =>
  made.etas.map((eta, i) => {
    const one = told.find((run) => run.eta === eta);
    return one ? /** @type {StudyRun} */ ({ eta, ...tablesOf(one) }) : runs[i];
  });

// ---- what is asked of the server, and what the link says ----

/** @param {StudyState} state */
export const madeQuery = ({ query }) => writeQuery(query);

/** @param {StudyState} state */
export const frameOf = ({ query }) => ({
  hide: (query.hide || "").split(",").filter(Boolean),
  embed: query.embed === "1",
});

/** @param {StudyState} state */
export const linkOf = ({ query, at, focus, distance, layer }) => ({
  ...query,
  ...(at !== PAIRS && { at }),
  ...(focus && { focus }),
  ...(distance !== "gap" && { distance }),
  ...(layer !== "weights" && { layer }),
});

/** @param {StudyState} state */
export const isPending = (state) => state.pending || isWorking(state);

/** @param {{ job: { state: string } }} of */
export const isWorking = ({ job }) => job.state === "waits" || job.state === "runs";

// ---- what is seen ----

/**
 * What the panels are painted from, with the playhead where it is or at another place.
 * @param {StudyState} state
 * @param {number} [at]
 * @returns {StudyScene}
 */
export function sceneOf(state, at = state.at) {
  const { made, runs, focus } = state;
  const time = made ? (at / PAIRS) * made.tau : 0;
  const rows = runs.map((run) => rowAt(run, time));
  return { ...state, time, rows, run: runs[focus] || null, row: rows[focus] ?? -1, limiting: made?.rule !== "gd" };
}
