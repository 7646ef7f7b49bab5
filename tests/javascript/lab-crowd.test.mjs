import assert from "node:assert/strict";
import { test } from "node:test";
import { INITIAL, crowdLook, crowdRowOf, crowdRunQuery, reduce, settingsOf } from "../../assets/js/lab/store.mjs";

const SETTINGS = {
  ...{ loss: "product-3", rule: ["gd"], region: [0, 1, 0, 1], kind: "rectangle", grid: 2, steps: 70 },
  ...{ start: [9, 9, 0.5], slice: 0.5, colour: "fate", eta: [0.1, 0.4] },
};
const head = (more = {}) => ({
  ...{ settings: { ...SETTINGS, ...more }, notices: [], query: "plot=crowd", etas: [0.1, 0.2, 0.4] },
  ...{ points: 2, sided: true, conserved: "c", columns: 2, starts: [[0.25, 0.25], [0.75, 0.25]], cells: [0, 1] },
}); // prettier-ignore
const OWN = Float32Array.of(1, 2, 3, 4, -1, -2, -3, -4, 5, 6, 7, 8);

const play = (state, ...events) => events.reduce(reduce, state);
const begun = () => play(INITIAL, { type: "shows", plot: "crowd" }, { type: "asks", plot: "crowd", share: 0 });
const adopts = (state, more) => ({
  type: "adopts",
  plot: "crowd",
  turn: state.turns.crowd,
  meaning: head(more),
  own: OWN,
});
const row = (state, k) => ({ type: "crowdRow", turn: state.turns.crowd, record: { row: k, median: k } });

test("a crowd comes row by row, in any order; what was there before goes with the first", () => {
  const first = begun();
  const asked = play(first, adopts(first));
  assert.equal(asked.crowd.head, null, "nothing is shown yet");
  const half = play(asked, row(asked, 2));
  assert.deepEqual([...half.crowd.root, ...half.crowd.side, ...half.crowd.conserved], [...OWN]);
  assert.equal(half.crowd.rows[2].median, 2);
  assert.equal(half.progress.crowd.share, 1 / 3);
  const whole = play(half, row(half, 0), row(half, 1));
  assert.deepEqual([whole.crowd.count, whole.progress.crowd.share], [3, 1]);
  const again = play(whole, { type: "asks", plot: "crowd", share: 0 });
  assert.equal(play(again, adopts(again)).crowd.count, 3, "the last stays a little longer");
  assert.equal(play(again, adopts(again), row(again, 1)).crowd.count, 1);
});

test("a row of a question that has changed since is dropped", () => {
  const first = begun();
  const stale = row(first, 1);
  const next = play(first, adopts(first), { type: "sets", key: "region", text: "0,2,0,2" });
  assert.equal(reduce(next, stale), next);
});

test("the start that is pointed at stays with its region, and what is drawn is done with when the new one comes", () => {
  const first = begun();
  const shown = play(first, adopts(first), row(first, 0));
  const pointed = play(shown, { type: "pointsStart", pointed: 1 }, { type: "drafts", draft: [0, 2, 0, 2] });
  const asked = play(pointed, { type: "asks", plot: "crowd", share: 0 });
  const same = play(asked, adopts(asked), row(asked, 0));
  assert.deepEqual([same.crowd.pointed, same.crowd.draft], [1, null]);
  const other = play(asked, adopts(asked, { region: [0, 2, 0, 2] }), row(asked, 0));
  assert.equal(other.crowd.pointed, null);
});

test("the run of a start has the step size of the slice, and the other coordinates of all", () => {
  const first = begun();
  const shown = play(first, adopts(first), row(first, 0), { type: "sets", key: "slice", text: "1" });
  assert.equal(shown.turns.crowd, first.turns.crowd, "it is only looked at otherwise");
  assert.deepEqual([crowdRowOf(shown), crowdLook(shown).crowdSlice, settingsOf(shown, "crowd").slice], [2, 1, 1]);
  const query = crowdRunQuery(shown, 1);
  assert.deepEqual(query, { loss: "product-3", rule: ["gd"], eta: "0.4", start: "0.75,0.25,0.5", steps: 70 });
});
