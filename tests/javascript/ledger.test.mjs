import assert from "node:assert/strict";
import { test } from "node:test";
import { svgSheet } from "../../assets/js/svgpen.mjs";
import { sharesOf, termWords } from "../../assets/js/stage/conserved.mjs";
import { Ledger } from "../../assets/js/stage/panels/ledger.mjs";

const INKS = { ink: "ink", soft: "soft", line: "line", card: "card", theory: "theory", ok: "ok", flow: "flow" };
// c falls from 4 by 0.5 in each of two steps of the descent and by 0.25 in each of eight at the edge.
const column = (make) => Float32Array.from({ length: 11 }, (_, t) => make(t));
const fall = (t) => 4 - 0.5 * Math.min(t, 2) - 0.25 * Math.max(t - 2, 0);
const RUN = {
  ...{ rule: "ngd", name: "Normalized GD", eta: 0.1, rows: 11, last: 10, central: false, widths: {} },
  phases: [
    { name: "descent", first: 0 },
    { name: "edge", first: 2 },
  ],
  conserved: { words: "x² − y²", term: "1 − ½η²", multiplies: true },
  columns: {
    step: column((t) => t),
    conserved: column(fall),
    conserved_ledger: column(fall),
    conserved_change: column((t) => (t === 10 ? NaN : fall(t + 1) - fall(t))),
    flow_conserved: column(() => 3),
  },
};
const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

test("what moved c is told phase by phase, up to the playhead", () => {
  assert.deepEqual(sharesOf(RUN, 0), []);
  assert.deepEqual(sharesOf(RUN, 1), [{ name: "descent", share: 1 }]);
  const [descent, edge] = sharesOf(RUN, 10);
  close(descent.share, 1 / 3);
  close(edge.share, 2 / 3);
  close(sharesOf(RUN, 4)[1].share, 1 / 3);
  assert.deepEqual(sharesOf({ ...RUN, phases: [] }, 5), [{ name: "the run", share: 1 }]);
});

test("what goes up and what goes down are shares of all that moved", () => {
  const conserved = column((t) => (t <= 2 ? t : 2 - 0.5 * (t - 2)));
  const [descent, edge] = sharesOf({ ...RUN, columns: { ...RUN.columns, conserved } }, 10);
  close(descent.share, 2 / 6);
  close(edge.share, 4 / 6);
});

test("a step's factor has its numbers in it, at the end those of the last step", () => {
  assert.equal(termWords(RUN, RUN, 0), "c ← c · (1 − ½η²) = 4.000 × 0.87500");
  assert.equal(termWords(RUN, RUN, 10), "c ← c · (1 − ½η²) = 1.250 × 0.80000");
  const small = { ...RUN, columns: { ...RUN.columns, conserved_change: column(() => -2e-5) } };
  assert.equal(termWords(small, small, 0), "c ← c · (1 − ½η²) = 4.000 × (1 − 5.00·10⁻⁶)");
  const still = { ...RUN, columns: { ...RUN.columns, conserved_change: column(() => 0) } };
  assert.equal(termWords(still, still, 0), "c ← c · (1 − ½η²) = 4.000 × 1");
});

test("a term is added, whichever sign it has", () => {
  const conserved = { words: "‖u‖² − ‖w‖²", term: "½η²(…)", multiplies: false };
  const run = { ...RUN, conserved };
  assert.equal(termWords(run, run, 0), "c ← c + ½η²(…) = 4.000 − 0.5000");
  const up = { ...run, columns: { ...RUN.columns, conserved_change: column(() => 0.5) } };
  assert.equal(termWords(up, up, 0), "c ← c + ½η²(…) = 4.000 + 0.5000");
});

test("a rule that looks elsewhere says that it has none", () => {
  const run = { ...RUN, columns: { ...RUN.columns, conserved_change: column(() => NaN) } };
  assert.equal(termWords(run, run, 3), "Normalized GD has no term for what it does to c");
  assert.equal(termWords({ ...RUN, conserved: null }, RUN, 3), "");
});

// The panel on sheets of a size, at a step.
function painted(size, step, run = RUN) {
  const sheets = [];
  const host = {
    hidden: false,
    addSheet: (below) => {
      const sheet = svgSheet(size, `s${sheets.length}`, "Inter");
      sheets[below ? "unshift" : "push"](sheet);
      return sheet;
    },
  };
  const scene = {
    ...{ panel: "ledger", clock: "step", focus: 0, inks: INKS, at: step, steps: [step] },
    result: { runs: [run] },
  };
  new Ledger(host).paint(scene);
  return sheets.flatMap((sheet) => sheet.getContext().lines).join("\n");
}

test("the panel draws c, the ledger and the flow under names of their own, and says the term", () => {
  const picture = painted([700, 300], 4);
  for (const name of ["conserved", "conserved-ledger", "flow-conserved", "shares"])
    assert.match(picture, new RegExp(`class="${name}"`));
  assert.match(picture, /moved by: descent 67 % · edge 33 %/);
  assert.match(picture, /= 2\.500 × 0\.90000/);
  assert.match(picture, /c₀ and every factor/);
});

test("where there is little room the numbers have a line of their own", () => {
  const wide = painted([700, 300], 4);
  const narrow = painted([340, 300], 4);
  assert.match(wide, />c ← c · \(1 − ½η²\) = 2\.500/);
  assert.match(narrow, />c ← c · \(1 − ½η²\)</);
  assert.match(narrow, />= 2\.500 × 0\.90000</);
});

test("a run that knows no ledger has no line for it in the key", () => {
  const nothing = column(() => NaN);
  const columns = { ...RUN.columns, conserved_ledger: nothing, conserved_change: nothing, flow_conserved: nothing };
  const picture = painted([700, 300], 4, { ...RUN, columns });
  assert.doesNotMatch(picture, /every factor|theorem/);
  assert.match(picture, /has no term/);
});
