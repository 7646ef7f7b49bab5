import assert from "node:assert/strict";
import { test } from "node:test";
import { delayOf, timesOf } from "../../assets/js/film.mjs";
import { commentOf, isGif, withComment } from "../../assets/js/gif.mjs";
import { linkIn } from "../../assets/js/origin.mjs";
import { planOf, timesAs } from "../../assets/js/stage/filming.mjs";
import { evenSize } from "../../assets/js/stage/reel.mjs";

const GIF = Uint8Array.from([...Buffer.from("GIF89a"), 1, 0, 1, 0, 0, 0, 0, 0x21, 0xfe, 1, 65, 0, 0x3b]);

test("frames go from the first step to the last, evenly, as many as the seconds take", () => {
  const times = timesOf({ from: 100, to: 300, seconds: 4, rate: 25 });
  assert.equal(times.length, 100);
  assert.deepEqual([times[0], times[99]], [100, 300]);
  const hops = times.slice(1).map((at, k) => at - times[k]);
  assert.ok(hops.every((hop) => Math.abs(hop - 200 / 99) < 1e-9));
});

for (const rate of [25, 30, 50])
  test(`frames of a GIF stay for a second in all at ${rate} of them`, () => {
    const delays = Array.from({ length: rate }, (_, k) => delayOf(k, rate));
    assert.equal(
      delays.reduce((sum, delay) => sum + delay),
      100,
    );
    assert.ok(Math.max(...delays) - Math.min(...delays) <= 1);
  });

test("a span is within the run, in order, and lasts as chosen", () => {
  const choice = { from: "300", to: "-5", speed: "20", unit: "seconds", rate: "30" };
  assert.deepEqual(planOf(choice, 200), { from: 0, to: 200, seconds: 20, rate: 30 });
  assert.equal(planOf({ ...choice, from: "10", to: "110", unit: "steps" }, 200).seconds, 5);
  assert.equal(planOf({ ...choice, speed: "0" }, 200).seconds, 0.5);
  assert.equal(planOf({ ...choice, speed: "1e9" }, 200).seconds, 120);
});

test("a film of a small picture is not small, and its size is even", () => {
  assert.deepEqual(
    [
      [1280, 720],
      [321, 242],
      [1512, 983],
    ].map(timesAs),
    [1, 4, 1],
  );
  assert.deepEqual(evenSize([321, 242]), [320, 242]);
});

test("a GIF says what it shows, however long that is, and holds its link", async () => {
  const link = `https://uni.example/?loss=ring&formula=${"x".repeat(600)}`;
  const marked = withComment(GIF, `Edgewalk: ${link}\nη = 0.1\nCC0`);
  assert.ok(isGif(marked) && marked[marked.length - 1] === 0x3b);
  assert.equal(commentOf(marked), `Edgewalk: ${link}\nη = 0.1\nCC0`);
  assert.equal((await linkIn(marked)).href, link);
  assert.equal(commentOf(GIF), "A");
  assert.equal(commentOf(GIF.subarray(0, 12)), "");
});
