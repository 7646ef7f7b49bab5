import assert from "node:assert/strict";
import { test } from "node:test";
import { readQuery, writeQuery } from "../../assets/js/link.mjs";
import {
  INITIAL,
  PLOTS,
  forStage,
  isFresh,
  isStale,
  isUnderWay,
  mapQuery,
  orbitQuery,
  queryOf,
  reduce,
  runQuery,
  scene,
  settingsOf,
} from "../../assets/js/lab/store.mjs";

const FATES = [
  { value: 0, name: "unknown" },
  { value: 4, name: "edge" },
];
const play = (state, ...events) => events.reduce(reduce, state);
const begin = (plot = "regimes", query = {}) =>
  play(INITIAL, { type: "opens", plot, query }, { type: "shows", plot }, { type: "asks", plot, share: 0 });
const sets = (key, text) => ({ type: "sets", key, text });
const asks = (plot = "regimes") => ({ type: "asks", plot, share: 0 });
const takesLoss = (key) => ({ type: "takesLoss", key });

// The server: the header of an answer to a query as it stands in the link. Defaults leave the query.
function meaningOf(state, plot, notices = []) {
  const query = queryOf(state, plot);
  const { loss = "bowl", rule = "gd", size = "4", steps = "9", colour = "fate", slice = "0.5", ...more } = query;
  const settings = { loss, rule: [rule], size: Number(size), steps: Number(steps), colour, slice: Number(slice) };
  if (more["p.k"]) settings["p.k"] = Number(more["p.k"]);
  if (plot === "rate") settings.etas = [0.2, 0.1];
  const clean = Object.entries(query).filter(([key, text]) => !(key === "slice" && text === "0.5"));
  return { settings, notices, query: writeQuery(Object.fromEntries(clean)) };
}
function mapOf(state) {
  const meaning = meaningOf(state, "regimes");
  const { size } = meaning.settings;
  const etas = Array.from({ length: size }, (_, k) => 0.1 * 2 ** k);
  const starts = etas.map((_, k) => [k, 1]);
  const axes = ["eta", "start"].map((name) => ({ name, symbol: name, values: [] }));
  return { ...meaning, axes, rows: size, columns: size, etas, starts, positions: [...starts.keys()], fates: FATES };
}
const recordOf = (row, size) => ({
  row,
  outcome: Array(size).fill(4),
  sharpness: Array(size).fill(2),
  period: Array(size).fill(0),
  steps: Array(size).fill(9),
});
const adopts = (asked, plot, meaning) => ({ type: "adopts", plot, turn: asked.turns[plot], meaning });
const row = (asked, at, size = 4) => ({ type: "row", turn: asked.turns.regimes, record: recordOf(at, size) });

// A map as it is asked for, with its first row on screen.
const answered = (asked) => {
  const head = mapOf(asked);
  return play(asked, adopts(asked, "regimes", head), row(asked, 0, head.rows));
};
const mapped = (query = {}) => answered(begin("regimes", query));
const orbitOf = (asked) => ({ type: "orbit", question: writeQuery(orbitQuery(asked)), found: { of: asked } });
const pathOf = (asked) => ({ type: "path", question: writeQuery(runQuery(asked)), found: { of: asked } });

// Whatever is reduced stays as it was.
function frozen(value) {
  if (value && typeof value === "object" && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

// ---- the link and what is asked ----

test("a setting is of the plot in view, and asks for it anew unless it is how the map is looked at", () => {
  const state = mapped();
  assert.ok(isFresh(state, "regimes"));
  const louder = reduce(state, sets("size", "8"));
  assert.deepEqual(louder.queries, { regimes: { size: "8" }, rate: {}, collapse: {}, flatness: {}, crowd: {} });
  assert.equal(isFresh(louder, "regimes"), false);
  const quiet = play(state, sets("colour", "sharpness"), sets("slice", "0.25"));
  assert.ok(isFresh(quiet, "regimes"), "the map is the same one");
  assert.deepEqual([scene(quiet).colour, scene(quiet).slice], ["sharpness", 0.25]);
  assert.deepEqual([settingsOf(quiet, "regimes").colour, settingsOf(quiet, "regimes").slice], ["sharpness", 0.25]);
});

test("another loss is taken to every plot, and what was of the one before goes", () => {
  const before = begin("regimes", { loss: "bowl", "p.k": "2", eta: "1,2", slice: "0.2", size: "4" });
  const now = play(before, { type: "shows", plot: "rate" }, asks("rate"), takesLoss("ring"));
  assert.deepEqual(now.queries, {
    regimes: { loss: "ring", size: "4" },
    rate: { loss: "ring" },
    collapse: { loss: "ring" },
    flatness: { loss: "ring" },
    crowd: { loss: "ring" },
  });
  for (const plot of PLOTS) assert.equal(isFresh(now, plot), false, plot);
});

test("the link names the plot unless it is the usual one", () => {
  assert.deepEqual(queryOf(begin("rate", { tau: "1" })), { plot: "rate", tau: "1" });
  assert.deepEqual(queryOf(begin("regimes", { size: "9" })), { size: "9" });
});

test("an answer makes the link the server's; how the map is looked at stays as a person has it", () => {
  const asked = play(mapped(), sets("slice", "0.5"), sets("size", "8"), asks());
  const head = { ...mapOf(asked), query: "size=16" };
  const now = reduce(reduce(asked, sets("colour", "sharpness")), adopts(asked, "regimes", head));
  assert.deepEqual(now.queries.regimes, { size: "16", slice: "0.5", colour: "sharpness" });
  assert.equal(now.settings.regimes, head.settings);
});

test("a value of the link that was put right is put right; one that was chosen since stays", () => {
  const asked = begin("regimes", { slice: "7" });
  const head = { ...mapOf(asked), notices: [{ field: "slice", text: "1 is used." }], query: "slice=1" };
  assert.deepEqual(reduce(asked, adopts(asked, "regimes", head)).queries.regimes, { slice: "1" });
  const since = play(asked, sets("colour", "sharpness"), sets("slice", "0.3"), adopts(asked, "regimes", head));
  assert.deepEqual(since.queries.regimes, { slice: "0.3", colour: "sharpness" });
});

test("messages about a link that was put right wait for the answer of the plot in view", () => {
  const problems = [{ field: "", text: "No." }];
  const opened = play(begin(), { type: "opens", plot: "regimes", query: {}, problems }, asks());
  assert.equal(opened.mended, problems);
  const again = reduce(opened, { type: "opens", plot: "regimes", query: {}, problems: [] });
  assert.equal(again.mended, problems, "the first that was said is what a person did");
  assert.equal(reduce(opened, adopts(opened, "regimes", mapOf(opened))).mended, null);
  const away = reduce(opened, { type: "shows", plot: "rate" });
  assert.equal(reduce(away, adopts(opened, "regimes", mapOf(opened))).mended, problems);
});

test("where there is no valley the starts lie as they did, and the map is not asked for again", () => {
  const state = mapped();
  state.settings.regimes.along = "line";
  const asked = play(state, sets("along", "valley"), asks());
  const now = play(asked, { type: "refuses", plot: "regimes", turn: asked.turns.regimes }, { type: "staysAlong" });
  assert.equal(now.queries.regimes.along, "line");
  assert.ok(isFresh(now, "regimes"));
  assert.equal(isUnderWay(now, "regimes"), false);
});

// ---- how far it has come ----

test("what lasts is told, and where it stopped early", () => {
  const asked = begin();
  const turn = asked.turns.regimes;
  const at = (...events) => play(asked, ...events).progress.regimes.at;
  assert.equal(at(), "under way");
  assert.equal(at({ type: "lasts", plot: "regimes", turn }), "late");
  assert.equal(at({ type: "ends", plot: "regimes", turn, early: true }), "left");
  const whole = { type: "ends", plot: "regimes", turn, early: false };
  const rows = [0, 1, 2, 3].map((k) => row(asked, k));
  assert.equal(at(adopts(asked, "regimes", mapOf(asked)), ...rows, whole), "rest");
  assert.equal(at(adopts(asked, "regimes", mapOf(asked)), ...rows.slice(1), whole), "short", "of time");
  assert.equal(at({ type: "refuses", plot: "regimes", turn }, { type: "lasts", plot: "regimes", turn }), "rest");
  assert.equal(answered(asked).progress.regimes.share, 1 / 4);
});

test("the end of a question that another has followed is not the end of that", () => {
  const first = begin();
  const second = play(first, sets("size", "8"), asks());
  for (const early of [true, false])
    assert.equal(reduce(second, { type: "ends", plot: "regimes", turn: first.turns.regimes, early }), second);
  assert.equal(reduce(second, { type: "lasts", plot: "regimes", turn: first.turns.regimes }), second);
  assert.equal(reduce(second, { type: "refuses", plot: "regimes", turn: first.turns.regimes }), second);
});

test("what is refused out of view is asked for again when it is looked at", () => {
  const away = play(begin("rate", { tau: "x" }), { type: "shows", plot: "regimes" });
  const now = reduce(away, { type: "refuses", plot: "rate", turn: away.turns.rate });
  assert.equal(now.plot, "regimes");
  assert.equal(isFresh(now, "rate"), false);
  const here = begin("rate", { tau: "x" });
  assert.ok(isFresh(reduce(here, { type: "refuses", plot: "rate", turn: here.turns.rate }), "rate"));
});

// ---- the map ----

test("the last map stays until another has its first row", () => {
  const before = mapped({ size: "4" });
  const asked = play(before, sets("size", "8"), asks());
  const expected = reduce(asked, adopts(asked, "regimes", mapOf(asked)));
  assert.equal(expected.cells, before.cells);
  const now = reduce(expected, row(asked, 3, 8));
  assert.deepEqual([now.cells.rows, now.cells.count, now.coming.regimes], [8, 1, null]);
  assert.equal(now.axes.up.values.length, 8);
  assert.equal(now.axes.across.range.length, 2);
  const named = reduce(asked, { ...adopts(asked, "regimes", mapOf(asked)), names: ["a", "b"] });
  assert.equal(reduce(named, row(asked, 0, 8)).axes.up.title, "start a (b = 1)");
});

test("what was on its way is not waited for once something else is asked", () => {
  const before = mapped({ size: "4" });
  const asked = play(before, sets("size", "8"), asks());
  const again = play(asked, adopts(asked, "regimes", mapOf(asked)), asks());
  const ended = reduce(again, { type: "ends", plot: "regimes", turn: again.turns.regimes, early: false });
  assert.equal(ended.cells, before.cells);
});

test("a map that is whole without a row takes the place of the one before; one that broke off does not", () => {
  const before = mapped({ size: "4" });
  const asked = play(before, sets("size", "8"), asks());
  const expected = reduce(asked, adopts(asked, "regimes", mapOf(asked)));
  const ends = { type: "ends", plot: "regimes", turn: asked.turns.regimes };
  assert.equal(reduce(expected, { ...ends, early: false }).cells.rows, 8);
  assert.equal(reduce(expected, { ...ends, early: true }).cells, before.cells);
});

test("the cursor begins in the middle on the slice, and stays where it was on a finer map", () => {
  const first = mapped({ size: "4", slice: "1" });
  assert.deepEqual(first.cursor, { row: 2, column: 3 });
  const pointed = reduce(first, { type: "points", cursor: { row: 1, column: 2 } });
  assert.deepEqual(answered(play(pointed, sets("size", "8"), asks())).cursor, { row: 2, column: 4 });
  const last = reduce(first, { type: "points", cursor: { row: 3, column: 3 } });
  assert.deepEqual(answered(play(last, sets("size", "3"), asks())).cursor, { row: 2, column: 2 });
});

test("rows and headers of an older question are dropped", () => {
  const first = begin("regimes", { loss: "bowl" });
  const started = answered(first);
  for (const change of [sets("size", "8"), takesLoss("ring"), asks()]) {
    const second = reduce(started, change);
    assert.equal(reduce(second, row(first, 1)), second, change.type);
    assert.equal(reduce(second, adopts(first, "regimes", mapOf(first))), second, change.type);
  }
});

test("a fate is picked out, and all are seen again", () => {
  const picks = { type: "picks", value: 4 };
  assert.equal(play(INITIAL, picks).only, 4);
  assert.equal(play(INITIAL, picks, picks).only, null);
  assert.equal(play(INITIAL, picks, { type: "picks", value: 0 }).only, 0);
});

// ---- orbits and paths ----

test("an orbit and a path are shown where they are of the map, the slice and the cell on screen", () => {
  const state = mapped();
  const orbit = orbitOf(state);
  const path = pathOf(state);
  const now = play(state, orbit, path);
  assert.deepEqual([now.orbit, now.path], [orbit.found, path.found]);
});

test("an orbit of another slice, and a path of another cell, come too late", () => {
  const before = mapped();
  const slid = reduce(before, sets("slice", "0"));
  assert.equal(reduce(slid, orbitOf(before)), slid);
  const coloured = reduce(before, sets("colour", "sharpness"));
  assert.notEqual(reduce(coloured, orbitOf(before)).orbit, null, "the colour of the map is nothing to it");
  const pointed = reduce(before, { type: "points", cursor: { row: 0, column: 0 } });
  assert.equal(reduce(pointed, pathOf(before)), pointed);
});

test("an orbit and a path of another loss or other settings come too late", () => {
  const before = mapped({ loss: "bowl", "p.k": "1" });
  for (const changes of [[takesLoss("ring")], [sets("p.k", "2")], [sets("rule", "ngd")], [sets("steps", "20")]]) {
    const now = answered(play(before, ...changes, asks()));
    assert.equal(reduce(now, orbitOf(before)), now, changes[0].key);
    assert.equal(reduce(now, pathOf(before)), now, changes[0].key);
  }
});

test("until another map is there, orbits are asked for of the one on screen", () => {
  const before = mapped({ loss: "bowl", slice: "0.2" });
  assert.equal(scene(reduce(before, takesLoss("ring"))).slice, 0.2);
  const asked = play(before, takesLoss("ring"), asks(), sets("slice", "0"));
  assert.deepEqual(orbitQuery(asked), { loss: "bowl", slice: 0 });
  assert.equal(mapQuery(asked).loss, "bowl");
  assert.equal(runQuery(asked).loss, "bowl");
});

test("a cell that was decided late is run as long on the stage", () => {
  const asked = begin("regimes", {});
  const late = { ...recordOf(0, 4), steps: [9, 36, 9, 9] };
  const first = play(asked, adopts(asked, "regimes", mapOf(asked)), { ...row(asked, 0), record: late });
  const steps = [0, 1].map((column) => runQuery(reduce(first, { type: "points", cursor: { row: 0, column } })).steps);
  assert.deepEqual(steps, [9, 36]);
  assert.equal(runQuery(reduce(first, { type: "points", cursor: { row: 2, column: 1 } })).steps, 9); // not known yet
});

test("the orbits and the path of another loss go with its map; those of the same will do for a while", () => {
  const state = mapped({ loss: "bowl", "p.k": "1" });
  const shown = play(state, orbitOf(state), pathOf(state));
  const same = answered(play(shown, sets("size", "8"), asks()));
  assert.deepEqual([same.orbit, same.path], [shown.orbit, shown.path]);
  for (const change of [takesLoss("ring"), sets("p.k", "2")]) {
    const other = answered(play(shown, change, asks()));
    assert.deepEqual([other.orbit, other.path], [null, null]);
  }
});

// ---- the other plots ----

const line = (asked, what) => ({ type: "line", turn: asked.turns.rate, line: what });

test("gaps are collected, then the line through them; the last ones stay until the first new one", () => {
  const asked = begin("rate");
  const head = meaningOf(asked, "rate");
  const expected = reduce(asked, adopts(asked, "rate", head));
  assert.equal(expected.rate.head, null);
  const one = reduce(expected, line(asked, { eta: 0.2, gap: 0.1 }));
  assert.deepEqual(one.rate, { head, points: [{ eta: 0.2, gap: 0.1 }], fit: null, count: 2 });
  assert.equal(one.progress.rate.share, 1 / 2);
  const all = play(one, line(asked, { eta: 0.1, gap: 0.05 }), line(asked, { slope: 1 }));
  assert.deepEqual([all.rate.points.length, all.rate.fit], [2, { slope: 1 }]);
  const again = reduce(all, asks("rate"));
  const waiting = reduce(again, adopts(again, "rate", meaningOf(again, "rate")));
  assert.equal(waiting.rate, all.rate);
  assert.equal(reduce(waiting, line(again, { eta: 0.2, gap: 0.3 })).rate.points.length, 1);
  assert.equal(reduce(again, line(asked, { eta: 0.1, gap: 0.05 })), again);
});

test("a measurement of the loss before does not bring its link back", () => {
  const asked = begin("rate", { loss: "bowl" });
  const measuring = play(asked, adopts(asked, "rate", meaningOf(asked, "rate")), line(asked, { eta: 0.2, gap: 0.1 }));
  const chosen = play(measuring, { type: "shows", plot: "regimes" }, takesLoss("ring"), asks());
  assert.equal(reduce(chosen, adopts(asked, "rate", meaningOf(asked, "rate"))), chosen);
  assert.equal(reduce(chosen, line(asked, { eta: 0.1, gap: 0.05 })), chosen);
  assert.deepEqual(chosen.queries.rate, { loss: "ring" });
});

// A run whose sharpness falls by its clock: the same curve in slow time whatever the step size.
function runOf(rule, eta, tilt = 1) {
  const step = Array.from({ length: 11 }, (_, k) => k / eta ** 2);
  return { rule, eta, rows: 11, columns: { step, projection_sharpness: step.map((_, k) => 10 - tilt * 0.5 * k) } };
}
const compared = (...runs) => {
  const asked = begin("collapse");
  const expected = reduce(asked, adopts(asked, "collapse", meaningOf(asked, "collapse")));
  const { collapse, coming } = reduce(expected, { type: "ran", turn: asked.turns.collapse, result: { runs } });
  assert.equal(coming.collapse, null);
  return collapse;
};

test("runs are compared on each clock, those of one rule among themselves", () => {
  const { curves, spreads } = compared(runOf("ngd", 1), runOf("ngd", 0.5));
  assert.deepEqual(
    curves.tau.map(({ times }) => times[10]),
    [10, 10],
  );
  assert.ok(spreads.tau < 1e-9 && spreads.eta > 0.1 && spreads.step > spreads.eta);
  const apart = compared(runOf("ngd", 1), runOf("ngd", 0.5), runOf("gd", 1, 2), runOf("gd", 0.5, 2));
  assert.ok(apart.spreads.tau < 1e-9, "each rule is its own curve");
  assert.ok(
    Number.isNaN(compared(runOf("ngd", 1), runOf("gd", 1)).spreads.tau),
    "one run of each is nothing to compare",
  );
});

test("runs of an older question are dropped", () => {
  const first = begin("collapse");
  for (const change of [sets("tau", "2"), takesLoss("ring"), asks("collapse")]) {
    const second = reduce(first, change);
    assert.equal(reduce(second, { type: "ran", turn: first.turns.collapse, result: { runs: [] } }), second);
  }
});

// ---- all of it ----

test("no event changes the record that it is given", () => {
  const inks = { card: "#fff" };
  const run = (state, make) => {
    const next = reduce(frozen(state), make(state));
    assert.notEqual(next, state);
    return next;
  };
  const made = [
    () => ({ type: "paintsIn", inks, fateInks: [] }),
    () => ({ type: "opens", plot: "regimes", query: { slice: "0.2" } }),
    () => asks(),
    (state) => adopts(state, "regimes", mapOf(state)),
    (state) => row(state, 0),
    (state) => row(state, 1),
    (state) => orbitOf(state),
    (state) => pathOf(state),
    () => ({ type: "looks", orbitView: "scaled" }),
    () => ({ type: "weighs", rateView: "lopsided" }),
    () => ({ type: "points", cursor: { row: 0, column: 1 } }),
    () => sets("slice", "0.4"),
    () => takesLoss("ring"),
    () => ({ type: "shows", plot: "rate" }),
    () => asks("rate"),
    (state) => adopts(state, "rate", meaningOf(state, "rate")),
    (state) => line(state, { eta: 0.2, gap: 0.1 }),
    (state) => line(state, { slope: 1 }),
    (state) => ({ type: "ends", plot: "rate", turn: state.turns.rate, early: false }),
  ];
  const last = made.reduce(run, INITIAL);
  assert.deepEqual([last.inks, last.orbitView, last.cells.count], [inks, "scaled", 2]);
  assert.deepEqual(readQuery(writeQuery(queryOf(last))), { plot: "rate", loss: "ring" });
});

const shows = (plot, fit = ["ngd", "sqrt-gd"], most = 1) => ({ type: "shows", plot, fit, most });

test("what two plots both have goes along from one to the other", () => {
  const query = { loss: "ring", "p.k": "2", rule: "ngd", size: "9", start: "1,2", etas: "0.2,0.1" };
  const rate = reduce(begin("regimes", query), shows("rate"));
  assert.deepEqual(rate.queries.rate, { loss: "ring", "p.k": "2", rule: "ngd", start: "1,2", etas: "0.2,0.1" });
  assert.equal(isFresh(rate, "rate"), false);
  const back = play(rate, asks("rate"), sets("p.k", "3"), shows("regimes"));
  assert.deepEqual(back.queries.regimes, { ...query, "p.k": "3" });
});

test("what does not fit another plot stays behind", () => {
  const before = begin("collapse", { loss: "ring", rule: "gd,ngd", etas: "0.1" });
  const rate = reduce(before, shows("rate"));
  assert.deepEqual(rate.queries.rate, { loss: "ring", rule: "ngd" });
  const none = reduce(begin("regimes", { rule: "gd" }), shows("rate"));
  assert.deepEqual(none.queries.rate, {});
  const many = reduce(begin("rate", { etas: "0.1,0.2,0.3,0.4,0.5" }), shows("collapse"));
  assert.deepEqual(many.queries.collapse, {});
});

test("a plot to which nothing new goes along is not asked for again", () => {
  const both = play(begin("regimes", { loss: "ring" }), shows("rate"), asks("rate"), shows("regimes"));
  assert.equal(isFresh(both, "regimes"), true);
  assert.equal(isFresh(reduce(both, shows("rate")), "rate"), true);
});

test("the stage gets what it has too", () => {
  const of = (plot, query, settings) => forStage({ ...begin(plot, query), settings: { [plot]: settings } });
  assert.deepEqual(forStage(begin()), {});
  const map = of("regimes", { size: "9", "p.k": "2" }, { loss: "ring", rule: ["gd"] });
  assert.deepEqual(map, { loss: "ring", "p.k": "2", rule: "gd" });
  const two = { loss: "ring", rule: ["ngd", "gd"] };
  const collapse = of("collapse", { start: "1,2", etas: "0.2,0.1" }, two);
  assert.deepEqual(collapse, { loss: "ring", rule: "ngd,gd", start: "1,2", eta: "0.2,0.1" });
  assert.equal(of("collapse", { etas: "0.3,0.2,0.1" }, two).eta, undefined);
});

test("whatever is set, what two plots both have goes along, and a way there and back changes nothing", () => {
  const FIT = {
    regimes: ["gd", "ngd"],
    rate: ["ngd", "sqrt-gd"],
    collapse: ["gd", "ngd", "sqrt-gd", "gradient-flow"],
    flatness: ["ngd", "sqrt-gd", "sam"],
    crowd: ["gd", "ngd"],
  };
  const MOST = { regimes: 1, rate: 1, collapse: 4, flatness: 6, crowd: 1 };
  const to = (plot) => shows(plot, FIT[plot], MOST[plot]);
  const TYPED = {
    rule: ["ngd", "gd", "sqrt-gd", "gd,ngd", "x", ""],
    start: ["1,2", "x", "−1, 2"],
    etas: ["0.1", "0,05", "0.2,0.1", "1,2,3,4,5", "x"],
    size: ["9", "x"],
    "p.k": ["2", "0,5"],
  };
  for (let seed = 1; seed <= 300; seed++) {
    let at = seed * 7919;
    const any = (list) => list[(at = (at * 16807) % 2147483647) % list.length];
    let state = begin(any(PLOTS), any([{}, { loss: "ring" }, { rule: "ngd" }]));
    for (let act = 0; act < 12; act++) {
      const { plot } = state;
      const key = any(Object.keys(TYPED));
      const event = any([
        sets(key, any(TYPED[key])),
        sets(key, any(TYPED[key])),
        takesLoss(any(["ring", "bowl"])),
        null,
      ]);
      const other = any(PLOTS);
      state = reduce(state, event || to(other));
      if (event || plot === other) continue;
      const [there, here] = [state.queries[plot], state.queries[other]];
      const why = `seed ${seed}: ${writeQuery(there)} → ${writeQuery(here)}`;
      if (Object.keys(there).length) assert.deepEqual([here.loss, here["p.k"]], [there.loss, there["p.k"]], why);
      if (there.start) assert.equal(here.start, there.start, why);
      const shared = (there.rule || "").split(",").filter((rule) => FIT[other].includes(rule));
      for (const rule of shared.slice(0, MOST[other])) assert.ok(here.rule.split(",").includes(rule), why);
      const back = play(state, to(plot), to(other));
      assert.deepEqual([back.queries[other], back.turns[other]], [here, state.turns[other]], why);
    }
  }
});

test("a map of another loss or rule is stale until its own has come, one of other numbers is not", () => {
  const stale = (state) => isStale(state, "regimes");
  const first = begin();
  assert.equal(stale(first), false, "there is nothing yet");
  const shown = answered(first);
  assert.equal(stale(play(shown, sets("steps", "7"), asks())), false);
  const other = play(shown, takesLoss("ring"), asks());
  assert.equal(stale(other), true);
  assert.equal(stale(play(other, adopts(other, "regimes", mapOf(other)))), true, "none of it is there");
  assert.equal(stale(answered(other)), false);
  assert.equal(stale(play(shown, sets("rule", "ngd"), asks())), true);
  assert.equal(stale(play(other, { type: "ends", plot: "regimes", turn: other.turns.regimes, early: true })), false);
});

test("a map opens at the cell between the thresholds of its start and of the flattest minimum", () => {
  const opened = (settles) => {
    const asked = begin();
    const head = { ...mapOf(asked), settles }; // η = 0.1, 0.2, 0.4, 0.8
    return play(asked, adopts(asked, "regimes", head), row(asked, 0)).cursor;
  };
  assert.deepEqual(opened({ flattest: 0.7, starts: [1, 1, 0.15, 1] }), { row: 2, column: 2 }, "√(0.15 · 0.7) = 0.32");
  const middle = { row: 2, column: 2 };
  assert.deepEqual(opened(null), middle, "of a rule that never settles");
  assert.deepEqual(opened({ flattest: null, starts: [1, 1, 0.15, 1] }), middle);
  assert.deepEqual(opened({ flattest: 0.3, starts: [1, 1, 0.2, 1] }).row, 2);
  assert.deepEqual(opened({ flattest: 0.2, starts: [1, 1, 0.11, 1] }).row, 1);
});

// ---- windows of the map ----

const zooms = (...window) => ({ type: "zooms", window });
// As `mapped`, with starts that lie on a line.
const lined = (query = {}) => {
  const asked = begin("regimes", query);
  const head = mapOf(asked);
  head.settings.along = "line";
  return play(asked, adopts(asked, "regimes", head), row(asked, 0, head.rows));
};

test("a window goes into the link, and the map there is stretched until its cells come", () => {
  const state = lined({ slice: "0.2" });
  const now = play(state, zooms([0, 0.5], [0.5, 1]));
  assert.equal(isFresh(now, "regimes"), false);
  assert.deepEqual(now.window, [
    [0, 0.5],
    [0.5, 1],
  ]);
  assert.equal(now.cells, state.cells, "the old cells");
  const { across, up } = now.axes;
  assert.deepEqual(up.range, [1.5, 3.5]);
  assert.ok(Math.abs(across.range[0] - 0.1 / 2 ** 0.5) < 1e-9 && Math.abs(across.range[1] - 0.2 * 2 ** 0.5) < 1e-9);
  assert.equal(now.queries.regimes.slice, "0.2");
  assert.equal(now.queries.regimes.from, "1.75,1");
  const closer = play(now, zooms([0, 0.5], [0, 1]));
  assert.deepEqual(closer.window[0], [0, 0.25], "of what is seen, as a share of the old cells");
  const asked = play(closer, asks());
  const come = answered(asked);
  assert.equal(come.window, null);
});

test("all of it comes back as the link had it", () => {
  const state = lined({ eta: "0.1,0.8", size: "4" });
  const now = play(state, zooms([0, 0.5], [0, 0.5]), zooms([0, 0.5], [0, 0.5]));
  assert.notEqual(now.queries.regimes.eta, "0.1,0.8");
  const back = reduce(now, { type: "unzooms" });
  assert.deepEqual(back.queries.regimes, { eta: "0.1,0.8", size: "4" });
  assert.equal(isFresh(back, "regimes"), false);
  const typed = play(now, sets("eta", "1,2"), { type: "unzooms" });
  assert.deepEqual(typed.queries.regimes, { size: "4" }, "what is typed is no window of it");
});

test("a window that is refused or stopped is no longer shown", () => {
  const zoomed = play(lined(), zooms([0, 0.5], [0, 0.5]), asks());
  const turn = zoomed.turns.regimes;
  const refused = reduce(zoomed, { type: "refuses", plot: "regimes", turn });
  assert.deepEqual([refused.window, refused.axes.up.range], [null, [-0.5, 3.5]]);
  assert.equal(reduce(zoomed, { type: "ends", plot: "regimes", turn, early: true }).window, null);
});
