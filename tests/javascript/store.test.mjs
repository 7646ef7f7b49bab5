import assert from "node:assert/strict";
import { test } from "node:test";
import { writeQuery } from "../../assets/js/link.mjs";
import { readNumber } from "../../assets/js/numbers.mjs";
import { isWhole, needsOf } from "../../assets/js/stage/answers.mjs";
import { INITIAL, VIEW, etasOf, focusFor, isOf, isOpening, reduce, subjectOf } from "../../assets/js/stage/store.mjs";

// Losses of two parameters and of three, with views of their own.
const LOSSES = { bowl: 2, ring: 2, "rank-one": 3, "product-3": 3 };
const NAMES = Object.keys(LOSSES);
const own = (loss) =>
  Array.from({ length: 2 }, (_, i) => [100 * NAMES.indexOf(loss) - 10, 100 * NAMES.indexOf(loss) + 10 + i]);

// The server: runs of a query, whose header says what of the link belongs to the page.
function answerTo({ query, whole }) {
  const { loss = "bowl", rule = "ngd", eta = "0.5", steps = "90", start, ...rest } = query;
  const d = LOSSES[loss];
  const etas = eta.split(",").map(readNumber);
  const settings = {
    loss,
    eta: etas,
    rule: [rule],
    steps: readNumber(steps),
    power: 2,
    usual: VIEW,
    start: Array(d).fill(100 * NAMES.indexOf(loss)),
    view: own(loss),
  };
  if (start && start.split(",").length !== d) return null; // refused
  const given = { loss, rule, eta, ...(query.steps && { steps }), ...(start && { start }), ...(whole ? rest : {}) };
  const page = { at: 0, focus: null, hide: [], embed: false, ...VIEW };
  for (const name of Object.keys(VIEW)) if (whole && query[name]) page[name] = query[name];
  const runs = etas.map((one) => ({ rule, eta: one, last: Number(steps) }));
  return { settings, query: writeQuery(given), page, runs, notices: [] };
}

const play = (...events) => events.reduce(reduce, INITIAL);
const after = (state, ...events) => events.reduce(reduce, state);
const opens = (query, carried = {}) => ({ type: "opens", query, carried });
const asks = ({ query, opening, carried, ...state }) => ({
  query: { ...query, ...carried },
  whole: isOpening({ opening, ...state }),
  opening,
  carried,
});
const ran = (asked, newest = true) => ({ type: "ran", result: answerTo(asked), asked, newest });
const begun = (query = {}) => {
  const state = play(opens(query));
  return reduce(state, ran(asks(state)));
};
const sectionOf = (loss) => ({
  kind: "section",
  loss,
  subject: `loss=${loss}`,
  address: `section.bin?${loss}`,
  found: { whole: own(loss), of: loss },
});

test("runs of an opening that another has followed are dropped", () => {
  const state = begun({ loss: "bowl" });
  const first = reduce(state, opens({ loss: "rank-one" }));
  const second = reduce(first, opens({ loss: "ring" }));
  assert.equal(reduce(second, ran(asks(first))), second);
  const now = reduce(second, ran(asks(second)));
  assert.equal(now.result.settings.loss, "ring");
  assert.deepEqual(now.picture.view, own("ring"));
  assert.equal(isOpening(now), false);
});

test("a section of another loss than that on screen is dropped, and moves no axis", () => {
  const spatial = begun({ loss: "rank-one" });
  assert.equal(spatial.picture.view, null, "until the server says what is worth seeing");
  const seen = reduce(spatial, { type: "came", answer: sectionOf("rank-one") });
  assert.deepEqual(seen.picture.view, own("rank-one"));
  const next = reduce(seen, opens({ loss: "ring" }));
  const ring = reduce(next, ran(asks(next)));
  assert.equal(reduce(ring, { type: "came", answer: sectionOf("rank-one") }), ring);
});

test("axes of a figure that is not that of the picture say nothing of it", () => {
  const bowl = begun({ loss: "bowl" });
  const of = { loss: "bowl", zoom: bowl.picture.zoom, turn: 1 };
  const near = [
    [1, 2],
    [1, 2],
  ];
  const zoomed = reduce(bowl, { type: "sees", of, ranges: near });
  assert.deepEqual(zoomed.picture, { view: near, zoom: of.zoom });
  const next = reduce(zoomed, opens({ loss: "ring" }));
  const ring = reduce(next, ran(asks(next)));
  assert.equal(reduce(ring, { type: "sees", of, ranges: near }), ring);
  assert.equal(reduce(ring, { type: "sees", of: undefined, ranges: near }), ring);
  const whole = reduce(zoomed, { type: "showsWhole" });
  assert.equal(reduce(whole, { type: "sees", of, ranges: near }), whole, "all was asked for since");
});

test("a little zoom or pan is served by the contours that are there", () => {
  const bowl = begun({ loss: "bowl" });
  const of = { loss: "bowl", zoom: bowl.picture.zoom };
  const sees = (x) => reduce(bowl, { type: "sees", of, ranges: [x, own("bowl")[1]] }) !== bowl;
  assert.deepEqual(
    [sees([-10, 10]), sees([-19, 1]), sees([-21, -1]), sees([-1, 19]), sees([1, 21]), sees([0, 7]), sees([0, 6])],
    [false, false, true, false, true, false, true],
  );
});

test("another loss keeps how the runs are looked at, and what is chosen until they come", () => {
  const state = reduce(begun(), { type: "chooses", name: "clock", value: "step" });
  assert.deepEqual(state.carried, {}, "nothing is on its way");
  const next = reduce(state, opens({ loss: "ring" }, state.view));
  const asked = asks(next);
  const since = reduce(next, { type: "chooses", name: "look", value: "log" });
  const ring = reduce(since, ran(asked));
  assert.deepEqual(ring.view, { ...VIEW, clock: "step", look: "log" });
  assert.deepEqual(ring.carried, {});
  const linked = reduce(ring, opens({ loss: "bowl", axis: "log" }));
  assert.deepEqual(reduce(linked, ran(asks(linked))).view, { ...VIEW, axis: "log" });
});

test("what was made from the runs on screen holds for them alone", () => {
  const state = begun({ loss: "bowl" });
  const next = reduce(state, opens({ loss: "rank-one" }));
  const dragged = { type: "sets", key: "start", text: "1,2", from: next.shown };
  assert.equal(reduce(next, dragged), next);
  assert.equal(reduce(state, { ...dragged, from: state.shown }).query.start, "1,2");
  assert.equal(reduce(next, { type: "sets", key: "eta", text: "0.1" }).query.eta, "0.1", "typed for what comes");
  assert.equal(reduce(next, { type: "halves", halved: {}, from: next.shown }), next);
  assert.equal(reduce(next, { type: "takesHorizon", tau: 3, from: next.shown }), next);
});

test("a halved η keeps the time of the horizon, and any setting ends the comparison", () => {
  const state = begun({ eta: "0.5,0.2", steps: "90" });
  const halved = reduce(state, { type: "halves", halved: { eta: 0.5 }, from: state.shown });
  assert.deepEqual([halved.query.eta, halved.query.steps, halved.halved], ["0.25,0.1", "360", { eta: 0.5 }]);
  const slower = reduce(halved, { type: "sets", key: "eta", text: "0.05" });
  assert.equal(slower.halved, null);
  assert.deepEqual([slower.tau, slower.query.steps], [22.5, "9000"], "in slow time");
  const counted = reduce(state, { type: "takesUnit", unit: "steps" });
  assert.equal(reduce(counted, { type: "sets", key: "eta", text: "0.05" }).query.steps, "90", "in steps");
  assert.equal(reduce(state, { type: "takesHorizon", tau: 5, from: state.shown }).query.steps, "20");
});

test("the query is the server's once nothing newer is asked", () => {
  const state = begun();
  const typed = reduce(state, { type: "sets", key: "eta", text: "0.3" });
  const newer = reduce(typed, { type: "sets", key: "eta", text: "0.4" });
  assert.equal(reduce(newer, ran(asks(typed), false)).query.eta, "0.4");
  assert.deepEqual(reduce(newer, ran(asks(newer))).query, { loss: "bowl", rule: "ngd", eta: "0.4" });
});

test("the frame of the first link stays, and the run in focus with it", () => {
  const state = play(opens({ hide: "head", embed: "1" }));
  const framed = reduce(state, ran(asks(state)));
  assert.deepEqual(framed.frame, { hide: "head", embed: "1" });
  const next = reduce(framed, opens({ loss: "ring", hide: "laws" }));
  assert.deepEqual(reduce(next, ran(asks(next))).frame, framed.frame);
  const two = begun({ eta: "0.5,0.2" });
  const attended = reduce(two, { type: "attends", i: 1 });
  assert.equal(reduce(attended, ran(asks(attended))).focus, 1);
  const swapped = reduce(attended, { type: "sets", key: "eta", text: "0.2,0.5" });
  assert.equal(reduce(swapped, ran(asks(swapped))).focus, 0, "by its step size");
});

test("in focus is the run that was, by its rule in its place, and else the first that bounces", () => {
  const runs = ["gradient-flow", "ngd", "ngd", "gd"].map((rule, i) => ({ rule, eta: i === 2 ? 0.2 : 0.1 }));
  const focus = (rule, eta, place) => focusFor(runs, { rule, eta }, place);
  assert.equal(focusFor(runs), 1, "at first");
  assert.equal(focusFor(runs.slice(0, 1)), 0, "where none bounces");
  assert.deepEqual([focus("ngd", 0.2, 0), focus("gradient-flow", 0.1, 3)], [2, 0], "by its rule and step size");
  assert.equal(focus("ngd", 0.3, 2), 2, "by its place");
  assert.deepEqual([focus("ngd", 0.3, 3), focus("sqrt-gd", 0.1, 2), focus("ngd", 0.3, 9)], [1, 1, 1], "it has gone");
});

test("a link says which run is in focus, the last where it has fewer", () => {
  const focused = (focus) => {
    const state = play(opens({ eta: "0.5,0.2,0.1" }));
    const event = ran(asks(state));
    event.result.page.focus = focus;
    return reduce(state, event).focus;
  };
  assert.deepEqual([focused(null), focused(1), focused(7)], [0, 1, 2]);
});

test("only another η, in slow time and of runs that are here, moves the number of steps", () => {
  const state = begun({ eta: "0.5", steps: "90" });
  const stepsAfter = (from, key, text) => reduce(from, { type: "sets", key, text }).query.steps;
  assert.equal(stepsAfter(state, "eta", "0.25"), "360");
  assert.equal(stepsAfter(state, "rule", "gd"), "90");
  assert.equal(stepsAfter(begun({ eta: "0.5" }), "eta", "0.25"), undefined, "nobody asked for a number");
  const other = reduce(state, opens({ loss: "ring", steps: "90" }));
  assert.equal(stepsAfter(other, "eta", "0.25"), "90", "another loss is on its way");
});

test("no horizon has more than 10¹² steps", () => {
  const state = begun({ eta: "0.5", steps: "500000000000" });
  assert.equal(reduce(state, { type: "halves", halved: {}, from: state.shown }).query.steps, "1000000000000");
  assert.equal(reduce(state, { type: "sets", key: "eta", text: "0.001" }).query.steps, "1000000000000");
  const far = { type: "takesHorizon", tau: 1e15, from: state.shown };
  assert.equal(reduce(state, far).query.steps, "1000000000000");
});

const sets = (key, text) => ({ type: "sets", key, text });
const refuses = (asked, ...fields) => ({
  type: "refuses",
  problems: fields.map((field) => ({ field, text: "" })),
  asked,
});

test("what is refused is as it was, and what else was set stays set", () => {
  const before = begun({ loss: "bowl", eta: "0.2" });
  const typed = [sets("eta", "0,05"), sets("steps", "9")].reduce(reduce, before);
  const now = reduce(typed, refuses(asks(typed), "eta"));
  assert.deepEqual([now.query, now.behind], [{ ...before.query, steps: "9" }, true]);
  assert.equal(reduce(now, ran(asks(now))).behind, false);
});

test("what was set since is not what was refused", () => {
  const typed = reduce(begun({ eta: "0.2" }), sets("eta", "x"));
  const since = reduce(typed, sets("eta", "0.3"));
  assert.equal(reduce(since, refuses(asks(typed), "eta")).query.eta, "0.3");
});

test("a step size that is refused takes no horizon along", () => {
  for (const text of ["x", "", "0,05", "0", "1e-9,x"]) {
    const before = begun({ eta: "0.5", steps: "90" });
    const typed = reduce(before, sets("eta", text));
    assert.match(typed.query.steps, /^\d+$/, text);
    const now = reduce(typed, refuses(asks(typed), "eta"));
    assert.deepEqual([now.query.eta, now.query.steps], ["0.5", "90"], text);
  }
});

test("controls are behind until the newest runs have come", () => {
  const opened = reduce(begun(), opens({ loss: "ring" }));
  const early = reduce(opened, ran(asks(opened), false));
  assert.equal(early.behind, true);
  assert.equal(reduce(early, ran(asks(early))).behind, false);
  const now = begun();
  const { result, ...answer } = ran(asks(now), false);
  const put = { ...answer, result: { ...result, notices: [{ field: "eta", text: "" }] } };
  assert.deepEqual([reduce(now, ran(asks(now), false)).behind, reduce(now, put).behind], [false, true]);
});

test("a link that cannot be read is mended, another run in focus ends the comparison", () => {
  const halved = { eta: 0.5 };
  const state = { ...begun(), halved };
  const mended = reduce(state, { type: "mends", query: { eta: "0.1" }, asked: asks(state) });
  assert.deepEqual([mended.query, mended.opening], [{ eta: "0.1" }, state.opening]);
  const since = reduce(reduce(state, sets("seed", "3")), { type: "mends", query: {}, asked: asks(state) });
  assert.deepEqual(since.query, { seed: "3" });
  const attended = reduce(state, { type: "attends", i: 2 });
  assert.deepEqual([attended.focus, attended.halved], [2, null]);
  const opened = reduce({ ...state, tau: 4 }, opens({ loss: "ring" }));
  assert.deepEqual([opened.halved, opened.tau, opened.opening], [null, null, state.opening + 1]);
});

test("before any runs there is nothing to show whole, and no answer finds a place", () => {
  const state = play(opens({}));
  assert.equal(reduce(state, { type: "showsWhole" }), state);
  assert.equal(reduce(state, { type: "came", answer: sectionOf("rank-one") }), state);
});

test("a still figure that stands changes nothing else", () => {
  const state = begun();
  assert.deepEqual(reduce(state, { type: "stands", turn: 3 }), { ...state, stood: 3 });
});

test("a person's own axes of the clock stay while the clock and the loss do", () => {
  const framed = (key, kind) => ({
    key,
    kind,
    ranges: [
      [0, 9],
      [0, 1],
    ],
  });
  const own = [
    [2, 3],
    [0, 1],
  ];
  const seen = [
    { type: "frames", framed: framed("a", "tau") },
    { type: "seesTime", ranges: own },
  ].reduce(reduce, begun());
  assert.deepEqual(reduce(seen, { type: "frames", framed: framed("b", "tau") }).own, own);
  assert.equal(reduce(seen, { type: "frames", framed: framed("b", "step") }).own, null);
  const all = reduce(seen, { type: "showsAllTime" });
  assert.deepEqual([all.own, all.framed.key, all.framed.kind], [null, "", "tau"]);
});

test("numbers of a formula ask for another Γ, and leave the axes as they are", () => {
  const state = begun({ loss: "ring" });
  const number = reduce(state, { type: "sets", key: "p.k", text: "2", from: state.shown });
  const asked = asks(number);
  const result = { ...answerTo(asked), query: "loss=ring&p.k=2" };
  const now = reduce(number, { type: "ran", result, asked, newest: true });
  assert.equal(now.picture, state.picture);
  assert.equal(subjectOf(now.result), "loss=ring&p.k=2");
  assert.deepEqual(now.query, { loss: "ring", "p.k": "2" });
});

// ---- in any order ----

// Numbers between 0 and 1 by a seed.
function randomly(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// A person, a page that asks as it should, and a server whose answers come whenever they like.
function wander(seed, length) {
  const random = randomly(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const [late, figures] = [[], []];
  let state = play(opens({}));
  const send = () => late.push(asks(state));
  const draw = () => figures.push({ loss: state.result.settings.loss, zoom: state.picture.zoom });
  const take = (event) => {
    const before = state;
    state = reduce(state, event);
    if (state.picture !== before.picture) draw();
    return state !== before;
  };
  const acts = [
    () => take(opens({ loss: pick(NAMES) }, state.view)) && send(),
    () => take({ type: "sets", key: "eta", text: pick(["0.1", "0.2,0.4"]) }) && send(),
    () => state.result && take({ type: "sets", key: "start", text: "1,1", from: state.shown }) && send(),
    () => take({ type: "chooses", name: "look", value: pick(["root", "log"]) }),
    () => state.result && take({ type: "showsWhole" }),
    () => state.result && take({ type: "came", answer: sectionOf(pick(NAMES)) }),
    () => figures.length && take({ type: "sees", of: pick(figures), ranges: own(pick(NAMES)) }),
  ];
  const answer = () => {
    const [asked] = late.splice(Math.floor(random() * late.length), 1);
    if (asked && answerTo(asked)) take(ran(asked, late.length === 0));
  };
  send();
  for (let k = 0; k < length; k++) {
    if (random() < 0.5) answer();
    else pick(acts)();
    if (state.result) judge(state, `seed ${seed}, event ${k}`);
  }
  return state;
}

// What holds after every event, whatever came late.
function judge(state, where) {
  const { loss } = state.result.settings;
  assert.ok(state.shown <= state.opening, where);
  if (!isOpening(state)) assert.equal(state.query.loss ?? "bowl", loss, where);
  const about = isOf(state, { loss, zoom: state.picture.zoom });
  assert.ok(about, where);
  const { section } = state.answers;
  if (state.picture.view === null) assert.ok(LOSSES[loss] > 2 && state.whole?.subject !== `loss=${loss}`, where);
  if (section && section.loss === loss) assert.equal(section.found.of, loss, where);
  assert.ok(
    etasOf(state).every((eta) => Number(eta) > 0),
    where,
  );
}

test("whatever comes in whatever order, the picture is that of the loss on screen", () => {
  for (let seed = 0; seed < 400; seed++) wander(seed, 60);
});

test("axes that a person never moved are the loss's own", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = randomly(seed);
    let state = play(opens({}));
    const late = [asks(state)];
    const figures = []; // that were drawn, and their axes
    for (let k = 0; k < 40; k++) {
      const event = random();
      if (event < 0.3) {
        state = reduce(state, opens({ loss: NAMES[Math.floor(random() * NAMES.length)] }, state.view));
        late.push(asks(state));
      } else if (event < 0.6 && late.length) {
        state = reduce(state, ran(late.splice(Math.floor(random() * late.length), 1)[0], !late.length));
      } else if (event < 0.8 && state.result) {
        const answer = sectionOf(NAMES[2 + Math.floor(random() * 2)]);
        state = reduce(state, { type: "came", answer });
      } else if (figures.length) {
        // The hand rests on one that is still there, or comes late.
        state = reduce(state, { type: "sees", ...figures[Math.floor(random() * figures.length)] });
      }
      if (state.result && state.picture.view) {
        const of = { loss: state.result.settings.loss, zoom: state.picture.zoom };
        figures.push({ of, ranges: state.picture.view });
      }
      if (state.result && state.picture.view) assert.deepEqual(state.picture.view, own(state.result.settings.loss));
    }
  }
});

test("runs of a moving hand, which have fewer steps, leave the link as it was asked", () => {
  const state = reduce(begun({ loss: "bowl" }), { type: "sets", key: "start", text: "1,1", from: 1 });
  const asked = { ...asks(state), dragged: true, query: { ...state.query, steps: "7" } };
  const dragged = reduce(state, ran(asked));
  assert.equal(dragged.result.settings.steps, 7);
  assert.deepEqual(dragged.query, state.query);
  assert.equal(reduce(state, ran({ ...asked, dragged: false })).query.steps, "7");
});

// ---- whatever is typed, in whatever order answers come ----

// Numbers from a seed, in [0, 1).
function drawn(seed) {
  let at = seed;
  return () => (at = (at * 16807) % 2147483647) / 2147483647;
}

const TYPED = {
  eta: ["0.2", "0,05", "", "x", "0", "0.2,0.1", "1e-9,x", "−3", "2.5·10⁻⁴", "NaN", "1e400", "0.1, .05"],
  start: ["1,2", "1", "−1,x", "1,2,3", ""],
  steps: ["9", "x", "1e3", "−1"],
  noise: ["1e-3", "0,1"],
};
const isBroken = (key, text) => {
  const parts = text.split(",").map(readNumber);
  return parts.some((part) => !Number.isFinite(part) || part < 0 || (key === "eta" && part === 0));
};

const frozen = (value) => {
  if (value && typeof value === "object" && !Object.isFrozen(value))
    Object.values(Object.freeze(value)).forEach(frozen);
  return value;
};

// What the server says to a question: runs, or what it cannot read, and the nearest that it can.
function saidTo(asked) {
  const { eta, steps, noise, start, loss = "bowl" } = asked.query;
  const broken = Object.entries({ eta, steps, noise, start }).filter(([key, text]) =>
    key === "start" ? text && isOut(text, LOSSES[loss]) : text !== undefined && isBroken(key, text),
  );
  if (!broken.length) return ran(asked, false);
  const kept = Object.entries(asked.query).filter(([key]) => !broken.some(([name]) => name === key));
  return { ...refuses(asked, ...broken.map(([key]) => key)), nearest: Object.fromEntries(kept) };
}
const isOut = (text, d) =>
  text.split(",").length !== d || text.split(",").some((part) => Number.isNaN(readNumber(part)));

// As the page does it: what is refused of an opening is mended and asked for again.
function hears(state, said, questions) {
  if (said.type === "ran") return reduce(state, said);
  if (!isOpening(state)) return said.asked.opening === state.opening ? reduce(state, said) : state;
  if (said.asked.opening !== state.opening) return state;
  const mended = reduce(state, { type: "mends", query: said.nearest, asked: said.asked });
  questions.push(asks(mended));
  return mended;
}

test("whatever is typed, the page comes to rest on a link that can be read, and its controls on its runs", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = drawn(seed * 7919);
    const any = (list) => list[Math.floor(random() * list.length)];
    const questions = [];
    let state = frozen(begun(random() < 0.5 ? { steps: "90" } : {}));
    const acts = {
      type: () => sets(...((key) => [key, any(TYPED[key]), any([undefined, state.shown])])(any(Object.keys(TYPED)))),
      loss: () => opens({ ...state.query, loss: any(NAMES), start: undefined, steps: undefined }, state.view),
      halve: () => ({ type: "halves", halved: {}, from: state.shown }),
      horizon: () => ({ type: "takesHorizon", tau: any([0, 3, 1e15]), from: state.shown }),
      unit: () => ({ type: "takesUnit", unit: any(["tau", "steps"]) }),
    };
    for (let act = 0; act < 12; act++) {
      const before = state;
      state = frozen(reduce(state, acts[any(["type", "type", "type", "loss", "halve", "horizon", "unit"])]()));
      if (state.query !== before.query) questions.push(asks(state));
      while (questions.length && random() < 0.5) state = frozen(hears(state, saidTo(questions.shift()), questions));
      assert.doesNotMatch(state.query.steps || "", /NaN|Infinity/, `seed ${seed}`);
    }
    while (questions.length) state = frozen(hears(state, saidTo(questions.shift()), questions));
    assert.equal(saidTo(asks(state)).type, "ran", `seed ${seed}: ${writeQuery(state.query)}`);
    state = reduce(state, ran(asks(state)));
    assert.deepEqual([isOpening(state), state.behind], [false, false], `seed ${seed}`);
  }
});

test("what was opened is there once its still figure and, in more than two dimensions, its section are", () => {
  const stood = (state) => {
    const turn = (state.still?.of.turn || 0) + 1;
    return after(state, { type: "draws", still: { of: { turn } } }, { type: "stands", turn });
  };
  const plane = begun({ loss: "ring" });
  assert.equal(isWhole(play(opens({ loss: "ring" })), [0]), false);
  assert.equal(isWhole(plane, [0]), false, "no figure has come");
  assert.equal(isWhole(stood(plane), [0]), true);
  const asked = { ...stood(plane).still, of: { turn: 2 } };
  assert.equal(isWhole(after(stood(plane), { type: "draws", still: asked }), [0]), false, "another is asked for");

  let space = begun({ loss: "rank-one" });
  assert.equal(isWhole(stood(space), [0]), false, "it is not known what is worth seeing");
  space = reduce(space, { type: "came", answer: sectionOf("rank-one") });
  assert.equal(isWhole(stood(space), [0]), false, "the section that came is not that of the view");
  const [{ address }] = needsOf(space, [0]).filter(({ kind }) => kind === "section");
  space = stood(reduce(space, { type: "came", answer: { ...sectionOf("rank-one"), address } }));
  assert.equal(isWhole(space, [0]), true);
  assert.equal(isWhole(space, [1]), false, "nor is that of another step");
});

test("what is pressed while a loss is still to come is kept until it is there", () => {
  const waiting = after(begun(), opens({ loss: "ring" }), { type: "presses", playing: true, moved: 2 });
  const moved = reduce(waiting, { type: "presses", moved: 3 });
  assert.deepEqual([moved.veiled, moved.pressed], [true, { playing: true, at: null, moved: 3 }]);
  const there = reduce(moved, ran(asks(moved)));
  assert.deepEqual([there.veiled, there.pressed], [true, moved.pressed], "runs alone are no picture");
  const lifted = reduce(there, { type: "lifts" });
  assert.deepEqual([lifted.veiled, lifted.pressed], [false, INITIAL.pressed]);
  assert.deepEqual(reduce(moved, opens({})).pressed, INITIAL.pressed, "it was about what is not wanted any more");
});

test("of a schedule the first η is that of the link, with which a horizon in time is kept", () => {
  const asked = (eta) => etasOf({ ...INITIAL, query: { eta } });
  assert.deepEqual(asked("0.2@0,0.05@400"), ["0.2"]);
  assert.deepEqual(asked("0.2, 0.05@400"), ["0.2"]);
  assert.deepEqual(asked("0.2,0.1"), ["0.2", "0.1"]);
});

test("whether a new η holds from the playhead on stays with what is opened", () => {
  const going = reduce(INITIAL, { type: "goesOn", goesOn: true });
  assert.equal(going.goesOn, true);
  assert.equal(reduce(going, opens({})).goesOn, true);
});
