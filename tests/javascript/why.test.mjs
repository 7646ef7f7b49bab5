import assert from "node:assert/strict";
import { test } from "node:test";
import { againstWhy, firstOf, lensFor, paintWhy, partsAt, storyOf } from "../../assets/js/stage/why.mjs";
import { groundOf } from "../../assets/js/stage/frame.mjs";
import { svgSheet } from "../../assets/js/svgpen.mjs";

const close = (a, b, room = 1e-9) => assert.ok(Math.abs(a - b) < room, `${a} is not ${b}`);
const FRAME = groundOf({ left: 0, top: 0, width: 600, height: 400, x: (a) => 100 * a, y: (b) => 400 - 100 * b });
const INKS = { ink: "ink", soft: "soft", card: "card", theory: "theory", even: "even", odd: "odd" };
// A hop of 0.3 over the line y = 2 and back, 0.01 and 0.02 to the left of where it went up.
const WHY = {
  ...{ at: 6, foot: [3, 2], along: [-1, 0], across: [0, 1] },
  x: [
    [3, 2.1],
    [2.99, 1.8],
    [2.97, 2.1],
  ],
  ...{ hops: [-0.3, 0.3], drifts: [0.01, 0.02], left: 0.015, law: 0.0151, formula: "¼η²", share: 1 },
};
const SCENE = { inks: INKS, result: { runs: [{}] } };

const phases = [
  { name: "descent", first: 0 },
  { name: "edge", first: 5 },
  { name: "floor", first: 20 },
];
const RUN = { rule: "ngd", name: "NGD", phases, rows: 31, last: 30, columns: {} };
const column = (make) => Float32Array.from({ length: 31 }, (_, t) => make(t));
RUN.columns = { step: column((t) => t), offset: column((t) => (t % 2 ? 0 : 0.1)), bounce: column(() => 0.1) };
const ROOM = { settings: { codim: 1, start: [0, 0] } };

test("it is there from the edge on, at the end of the run for its last two steps", () => {
  assert.equal(againstWhy(ROOM, RUN, 4), "not at the edge yet");
  assert.equal(againstWhy(ROOM, RUN, 5), "");
  for (const step of [28, 29, 30]) {
    assert.equal(againstWhy(ROOM, RUN, step), "");
    assert.equal(firstOf(RUN, step), 27); // on the floor, where it begins with an odd step
  }
  assert.equal(firstOf({ ...RUN, last: 15 }, 15), 13);
  assert.equal(againstWhy(ROOM, { ...RUN, last: 6 }, 6), "it takes two more steps");
});

test("elsewhere it says why not", () => {
  const at = (name) => againstWhy(ROOM, { ...RUN, phases: [{ name, first: 0 }] }, 9);
  assert.equal(at("alignment"), "not at the edge yet");
  assert.equal(at("overlong"), "too large a step for the theorem");
  assert.equal(at("beyond"), "beyond the theorem");
  assert.equal(againstWhy(ROOM, { ...RUN, rule: "gd", name: "GD", phases: [] }, 9), "no theorem for GD");
  assert.match(againstWhy(ROOM, { ...RUN, rule: "gradient-flow" }, 9), /takes no steps/);
  assert.match(againstWhy({ settings: { codim: 2, start: [0, 0] } }, RUN, 9), /a point/);
  assert.equal(againstWhy({ ...ROOM, part: "iterates" }, RUN, 9), "not measured yet");
});

test("where one wall is the floor it begins there, since the hops go to either side of it", () => {
  assert.equal(firstOf(RUN, 8), 8);
  assert.equal(firstOf(RUN, 21), 21);
  assert.equal(firstOf(RUN, 22), 23);
});

test("its parts come one after another and stay", () => {
  const names = ["go", "back", "cancel", "add", "half"];
  assert.deepEqual(Object.values(partsAt(0)), [0, 0, 0, 0, 0]);
  assert.deepEqual(Object.values(partsAt(1)), [1, 1, 1, 1, 1]);
  for (let share = 0; share <= 1; share += 0.01) {
    const parts = names.map((name) => partsAt(share)[name]);
    assert.ok(parts.filter((part) => part > 0 && part < 1).length < 2);
    assert.ok(parts.every((part, k) => !k || part <= parts[k - 1]));
  }
});

test("each part has its sentence, with the numbers of the two steps", () => {
  const at = (share, more) => storyOf({ ...WHY, ...more, share });
  assert.match(at(0.1), /^Step 6: .* 0\.3002 long/);
  assert.match(at(0.3), /^Step 7: /);
  assert.match(at(0.5), /they cancel: -0\.3000 and 0\.3000/);
  assert.match(at(0.5, { hops: [-0.3, 0.27] }), /all but 0\.03000 cancels/);
  assert.match(at(0.7), /both lean .* 0\.01000 and 0\.02000/);
  assert.match(at(0.7, { drifts: [0, 0.02] }), /valley they add up/);
  assert.match(at(1), /a step: 0\.01500\. The theorem says ¼η² = 0\.01510\./);
});

// What is painted at a share: points of each stroke with its ink, arrows' heads apart; and the words.
function painted(share) {
  const lens = { ...lensFor(WHY, FRAME), at: [300, 200] };
  const pen = svgSheet([600, 400]).getContext();
  const place = (points) => (row) => {
    const [x, y] = [points[2 * row], points[2 * row + 1]];
    return [300 + lens.power * 100 * (x - 3), 200 - lens.power * 100 * (y - 2)];
  };
  paintWhy(pen, SCENE, { ...WHY, share }, lens, place);
  const heads = pen.lines.filter((line) => /fill="(?!none|card)/.test(line) && /M.*L.*L.*Z/.test(line));
  const tips = heads.map((line) => ({
    ink: line.match(/fill="(\w+)"/)[1],
    tip: line
      .match(/M(-?[\d.]+) (-?[\d.]+)/)
      .slice(1)
      .map(Number),
  }));
  const words = pen.lines.map((line) => line.match(/>(.*)<\/text>/)?.[1]).filter(Boolean);
  return { lens, tips, words: [...new Set(words)], lines: pen.lines };
}

test("the hop is as high as the lens allows, and the arrows end where the iterates are", () => {
  const { lens, tips } = painted(0.42);
  close(lens.power * 100 * Math.hypot(0.01, 0.3), 0.8 * lens.radius);
  assert.deepEqual(
    tips.map(({ ink }) => ink),
    ["even", "odd"],
  );
  close(tips[0].tip[0], 300 - lens.power, 0.1);
  close(tips[1].tip[0], 300 - 3 * lens.power, 0.1);
  close(tips[1].tip[1], 200 - 10 * lens.power, 0.1);
});

test("what is across goes to the floor, where it is gone", () => {
  const { lens, tips } = painted(0.61);
  const across = tips.slice(2);
  across.forEach(({ tip: [, y] }) => close(y, 200, 2));
  assert.ok(
    across.every(({ tip: [x] }) => Math.abs(x - 300) < 30 && Math.abs(x - 300) > 15),
    `${lens.power}`,
  );
});

test("half of what is along is left over, as long as the theorem says, at one scale", () => {
  const { lens, tips, words } = painted(1);
  const end = (ink) => tips.find((one) => one.ink === ink).tip[0];
  const scale = (0.8 * lens.radius) / 0.03;
  close(300 - end("ink"), 0.015 * scale, 0.1);
  close(300 - end("theory"), 0.0151 * scale, 0.1);
  const along = Math.round(scale / (100 * lens.power));
  assert.deepEqual(words, ["left over 0.01500", "theorem 0.01510", `along × ${along}`]);
});

test("it ends in the line of the ledger, where there is one", () => {
  const ledger = "Exactly, of c = x² − y²: c ← c · (1 − ½η²) = 3.51 × 0.99941.";
  assert.ok(storyOf({ ...WHY, ledger }).endsWith(ledger));
  assert.ok(storyOf({ ...WHY, ledger: "" }).endsWith("¼η² = 0.01510."));
  assert.doesNotMatch(storyOf({ ...WHY, ledger, share: 0.7 }), /Exactly/);
});
