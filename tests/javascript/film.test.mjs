import assert from "node:assert/strict";
import { test } from "node:test";
import { delayOf, isMade, timesOf } from "../../assets/js/film.mjs";
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

const page = globalThis.document;

// An encoder of a browser, which says of itself that it makes H.264, VP9 or VP8, and does what it is made to; of one that
// falls where it is asked that before it has been asked what it plays.
function browserWith({ says = () => true, does = (told) => told.output({}), ends = () => Promise.resolve() }) {
  const tried = [];
  let begun = false;
  globalThis.document = { ...page, createElement: () => ({ canPlayType: () => (begun = true) }) };
  globalThis.VideoFrame = class {
    close() {}
  };
  globalThis.VideoEncoder = class {
    static isConfigSupported = async ({ codec }) => {
      assert.ok(begun, "the browser falls");
      return { supported: says(codec) };
    };
    state = "configured";
    constructor(told) {
      this.told = told;
    }
    configure = ({ codec }) => (this.codec = codec);
    encode = () => tried.push(this.codec) && does(this.told, this.codec);
    flush = () => ends();
    close = () => (this.state = "closed");
  };
  return tried;
}
function forget() {
  globalThis.document = page;
  for (const name of ["VideoEncoder", "VideoFrame"]) delete globalThis[name];
}
const forms = async () => Promise.all(["gif", "webm", "mp4"].map(isMade));

test("a form of film is offered where one frame of it comes out", async (t) => {
  t.after(forget);
  assert.deepEqual(await forms(), [true, false, false], "without WebCodecs");
  const tried = browserWith({});
  assert.deepEqual(await forms(), [true, true, true]);
  assert.deepEqual(tried.sort(), ["avc1.640028", "vp09.00.40.08"]);
  browserWith({ says: (codec) => codec === "vp8" });
  assert.deepEqual(await forms(), [true, true, false]);
});

test("an encoder that says yes and fails, gives nothing or never answers is none", async (t) => {
  t.after(forget);
  const failing = [
    { ends: () => Promise.reject(new Error("no hardware")) },
    { does: () => assert.fail("refused") },
    { does: () => {} },
  ];
  for (const browser of failing) {
    browserWith(browser);
    assert.deepEqual(await forms(), [true, false, false]);
  }
  browserWith({ does: (told, codec) => codec === "vp8" && told.output({}) });
  assert.deepEqual(await forms(), [true, true, false], "another codec of the form");
  t.mock.timers.enable({ apis: ["setTimeout"] });
  browserWith({ does: () => {}, ends: () => new Promise(() => {}) });
  const asked = isMade("mp4");
  for (let k = 0; k < 20; k++) await Promise.resolve();
  t.mock.timers.tick(10_000);
  assert.equal(await asked, false);
});
