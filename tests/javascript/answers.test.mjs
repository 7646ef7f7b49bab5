import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Answers, needsOf } from "../../assets/js/stage/answers.mjs";

const settled = () => new Promise((resolve) => setImmediate(resolve));

// /section.bin at a step: a header and no heights.
function body(at) {
  const header = JSON.stringify({ at, rows: 0, columns: 0, sharp: false });
  const text = header.padEnd(4 * Math.ceil(header.length / 4));
  const buffer = new ArrayBuffer(8 + text.length);
  new Uint8Array(buffer).set(new TextEncoder().encode("EDGW"));
  new DataView(buffer).setUint32(4, text.length, true);
  new Uint8Array(buffer).set(new TextEncoder().encode(text), 8);
  return buffer;
}

const found = (at) => ({ status: 200, arrayBuffer: async () => body(at) });

// A server whose answers the test gives, what is heard of them, and what is wanted.
function setUp() {
  const [sent, came, told, there] = [[], [], [], {}];
  const fetch = (url) => new Promise((resolve, reject) => sent.push({ url, resolve, reject }));
  const hear = (answer) => {
    came.push([answer.loss, answer.found.at]);
    there[answer.kind] = answer;
  };
  const answers = new Answers(
    fetch,
    hear,
    (yes) => told.push(yes),
    () => told.push("again"),
  );
  const want = (kind, at, loss = "product-3") =>
    answers.provide([{ kind, loss, address: `${kind}.bin?at=${at}` }], there);
  const asked = () => sent.map(({ url }) => url);
  return { sent, came, want, asked, told };
}

test("a section is asked for once, and says what it answers", async () => {
  const { sent, came, want, asked } = setUp();
  want("section", 1);
  want("section", 1);
  assert.deepEqual(asked(), ["section.bin?at=1"]);
  sent.pop().resolve(found(1));
  await settled();
  assert.deepEqual(came, [["product-3", 1]]);
  want("section", 1);
  assert.equal(sent.length, 0, "what is there is not asked for again");
});

test("sections follow the playhead one at a time, and what is refused is asked for with the next picture", async () => {
  const { sent, came, want, asked } = setUp();
  for (const step of [2, 3, 4]) want("section", step);
  assert.deepEqual(asked(), ["section.bin?at=2"]);
  sent.pop().resolve(found(2));
  await settled();
  want("section", 4);
  assert.deepEqual(asked(), ["section.bin?at=4"]);
  sent.pop().resolve({ status: 500, arrayBuffer: async () => body(0) });
  await settled();
  want("section", 4);
  sent.pop().resolve({ status: 200, arrayBuffer: async () => new ArrayBuffer(12) });
  await settled();
  assert.equal(came.length, 1, "nothing is heard of what failed or cannot be read");
  want("section", 4);
  sent.pop().resolve(found(4));
  await settled();
  assert.deepEqual(came.at(-1), ["product-3", 4]);
});

test("what stands still is kept, and what failed has a rest", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { sent, came, want } = setUp();
  want("heights", 1);
  want("heights", 2);
  assert.equal(sent.length, 1, "one of a kind is under way at a time");
  want("heights", 7, "ring");
  want("valley", 1);
  assert.equal(sent.length, 3, "but for another loss, and other kinds");
  sent.splice(0)[0].resolve(found(1));
  await settled();
  want("heights", 2);
  sent.pop().resolve(found(2));
  await settled();
  want("heights", 1);
  assert.deepEqual(came.at(-1), ["product-3", 1], "what was there before is heard of at once");
  assert.equal(sent.length, 0);
  want("heights", 3);
  sent.pop().resolve({ status: 500, arrayBuffer: async () => body(0) });
  await settled();
  want("heights", 3);
  assert.equal(sent.length, 0);
  mock.timers.tick(1001);
  want("heights", 3);
  assert.equal(sent.length, 1);
  mock.timers.reset();
});

test("where nobody answers what is wanted is provided again after a while, and not at every picture", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { sent, came, want, told } = setUp();
  for (const breaks of [true, false]) {
    want("section", 1);
    const cut = { status: 200, arrayBuffer: () => Promise.reject(new TypeError("network error")) };
    if (breaks) sent.pop().resolve(cut);
    else sent.pop().reject(new TypeError("Failed to fetch"));
    await settled();
    want("section", 2);
    assert.equal(sent.length, 0);
    mock.timers.tick(2001);
    await settled();
    assert.equal(told.pop(), "again");
  }
  assert.deepEqual(told, [true], "that it waits is told once");
  want("section", 3);
  sent.pop().resolve(found(3));
  await settled();
  assert.deepEqual(told, [true, false]);
  assert.deepEqual(came, [["product-3", 3]]);
  mock.timers.reset();
});

// ---- what is wanted ----

const VIEW = [
  [0, 4],
  [-1, 1],
];

function makeState({ d = 2, look = "root", view = VIEW, sheet = false, valley = null, numbers = "" } = {}) {
  const settings = { loss: "bowl", start: Array(d).fill(0), sheet };
  const runs = [
    { rule: "gd", eta: 0.1, steps: 50 },
    { rule: "ngd", eta: 0.2, steps: 60 },
  ];
  return {
    result: { settings, runs, valley, query: `loss=bowl&noise=0.1&clock=tau${numbers}` },
    focus: 1,
    picture: { view, zoom: 1 },
    view: { look },
  };
}

const wanted = (change) => needsOf(makeState(change), [3, 4]).map(({ address }) => address);

test("in the plane Γ is wanted, and heights where the look has some", () => {
  assert.deepEqual(wanted(), ["valley.bin?loss=bowl"]);
  assert.deepEqual(wanted({ look: "surface" })[1], "heights.bin?loss=bowl&view=0,4,-1,1");
  assert.deepEqual(wanted({ look: "sharpness" })[1], "heights.bin?loss=bowl&view=-2,6,-2,2");
  assert.deepEqual(wanted({ look: "surface", view: null }).length, 1);
  assert.deepEqual(wanted({ valley: {} }), []);
  assert.deepEqual(wanted({ numbers: "&p.k=2", look: "surface" }), [
    "valley.bin?loss=bowl&p.k=2",
    "heights.bin?loss=bowl&p.k=2&view=0,4,-1,1",
  ]);
});

test("in space the section of the run in focus at its step is wanted, and its sheet", () => {
  const [, section, sheet] = wanted({ d: 3, look: "log", sheet: true });
  assert.equal(section, "section.bin?loss=bowl&noise=0.1&rule=ngd&eta=0.2&steps=60&at=4&of=root&view=-1,5,-1.5,1.5");
  assert.equal(sheet, "sheet.bin?loss=bowl");
  assert.match(wanted({ d: 3, look: "sharpness", view: null })[1], /&of=sharpness$/);
});

test("of iterates alone no section is wanted, which would come after all the rest", () => {
  const state = makeState({ d: 3, valley: {} });
  assert.equal(needsOf(state, [3, 4]).length, 1);
  state.result.part = "iterates";
  assert.equal(needsOf(state, [3, 4]).length, 0);
});
