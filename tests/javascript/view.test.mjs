import assert from "node:assert/strict";
import { test } from "node:test";
import { stillOf } from "../../assets/js/stage/view.mjs";

const VIEW = [
  [0, 1],
  [2, 3],
];

const makeState = (change = {}) => ({
  result: { settings: { loss: "ring" }, query: "loss=ring&p.k=1.5&eta=0.2" },
  picture: { view: VIEW, zoom: 4 },
  view: { look: "log", clock: "tau" },
  still: null,
  ...change,
});

test("a still figure is asked for with the numbers of the loss and what it answers", () => {
  assert.deepEqual(stillOf(makeState(), "dark", true, 1.5), {
    loss: "ring",
    theta: [["k", 1.5]],
    look: "log",
    scheme: "dark",
    view: VIEW,
    zoom: 4,
    touch: true,
    unit: 1.5,
    of: { loss: "ring", zoom: 4, turn: 1 },
  });
  assert.equal(stillOf(makeState({ still: { of: { turn: 7 } } }), "light", false, 1).of.turn, 8);
  assert.equal(stillOf(makeState({ picture: { view: null, zoom: 1 } }), "light", false, 1), null);
});
