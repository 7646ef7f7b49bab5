import assert from "node:assert/strict";
import { test } from "node:test";
import { isCommand, shortcut } from "../../assets/js/shortcut.mjs";

const KNOWN = { s: 1, l: 1, "[": 1, "]": 1, "?": 1, "-": 1, 0: 1, " ": 1, ArrowLeft: 1 };
const pressed = (key, code, shiftKey = false) => shortcut({ key, code, shiftKey }, KNOWN);

test("a key means what is written on it", () => {
  assert.equal(pressed("s", "KeyS"), "s");
  assert.equal(pressed("S", "KeyS"), "s", "with caps lock");
  assert.equal(pressed("l", "KeyP"), "l", "in Dvorak's layout");
  assert.equal(pressed("[", "Digit8"), "[", "as on a German keyboard");
  assert.equal(pressed(" ", "Space"), " ");
  assert.equal(pressed("ArrowLeft", "ArrowLeft", true), "ArrowLeft");
});

test("a letter of another alphabet, or another sign, means what stands at its place", () => {
  for (const key of ["ы", "Ы", "σ", "س", "ס", "ㄴ"]) assert.equal(pressed(key, "KeyS"), "s", key);
  assert.equal(pressed("д", "KeyL"), "l");
  assert.equal(pressed("х", "BracketLeft"), "[");
  assert.equal(pressed("ü", "BracketLeft"), "[");
  assert.equal(pressed("Dead", "BracketRight"), "]");
  assert.equal(pressed(",", "Slash", true), "?");
  assert.equal(pressed("à", "Digit0"), "0");
});

test("a Latin letter that stands elsewhere is no other one", () => {
  assert.equal(pressed("o", "KeyS"), undefined, "in Dvorak's layout");
  assert.equal(pressed("ş", "KeyS"), undefined);
  assert.equal(pressed("ы", "KeyQ"), undefined);
  assert.equal(pressed("Tab", "Tab"), undefined);
});

test("AltGr writes; Ctrl, Alt and the system's key command", () => {
  const held = (names) => ({
    ...Object.fromEntries(names.map((name) => [name, true])),
    getModifierState: (name) => names.includes(name),
  });
  assert.ok(!isCommand(held([])));
  assert.ok(!isCommand(held(["ctrlKey", "altKey", "AltGraph"])), "as Windows tells of it");
  for (const name of ["ctrlKey", "altKey", "metaKey"]) assert.ok(isCommand(held([name])), name);
});
