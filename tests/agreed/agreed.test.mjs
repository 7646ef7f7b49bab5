// Each panel of the runs in the folder AGREED, drawn by the pen that writes SVG, is the picture agreed on.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { draw } from "./draw.mjs";

const NUMBER = /-?\d+\.?\d*/g;
const LEAST = 0.11; // a number that is rounded to tenths of a pixel may fall on either side

function areAlike(one, other) {
  if (one.replace(NUMBER, "#") !== other.replace(NUMBER, "#")) return false;
  const agreed = other.match(NUMBER) || [];
  return (one.match(NUMBER) || []).every((number, i) => Math.abs(number - agreed[i]) < LEAST);
}

// Lines that differ by more than the last digit, and how many are missing.
function differences(found, agreed) {
  const [one, other] = [found, agreed].map((text) => text.trimEnd().split("\n"));
  const told = one
    .slice(0, other.length)
    .map((line, i) => [line, other[i]])
    .filter((pair) => !areAlike(...pair))
    .map(([line, was]) => `${line}\n  agreed: ${was}`);
  return one.length === other.length ? told : [...told, `${one.length} lines, agreed ${other.length}`];
}

const plans = readdirSync(process.env.AGREED).filter((name) => name.endsWith(".json"));
const planOf = (name) => JSON.parse(readFileSync(join(process.env.AGREED, name), "utf8"));
const pictureOf = (name) => readFileSync(join(import.meta.dirname, name), "utf8");

for (const plan of plans.map(planOf)) {
  test(`panels of ${plan.name} are the pictures agreed on`, () => {
    for (const [name, text] of Object.entries(draw(plan))) {
      assert.deepEqual(differences(text, pictureOf(name)), [], name);
    }
  });
}

test("there is no picture that nothing draws", () => {
  const drawn = plans.map(planOf).flatMap(({ name, panels }) => panels.map((panel) => `${name}-${panel}.svg`));
  const agreed = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".svg"));
  assert.deepEqual(agreed.sort(), drawn.sort());
});

test("a difference is told", () => {
  const line = '<path d="M1.5 2L3 4" stroke="#000"/>';
  assert.deepEqual(differences(line, line.replace("1.5", "1.6")), []);
  assert.equal(differences(line, line.replace("1.5", "1.8")).length, 1);
  assert.equal(differences(line, line.replace("L", "M")).length, 1);
  assert.equal(differences(line, `${line}\n${line}`).length, 1);
});
