import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Asking, Kept } from "../../assets/js/ask.mjs";
import { Lines } from "../../assets/js/stream.mjs";

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const lines = () => new Lines(() => true);
const bytes = (text) => new TextEncoder().encode(text);

// A server whose answers the test gives piece by piece, and what is heard of them.
function setUp() {
  const sent = [];
  const heard = [];
  const fetch = (url, { signal }) =>
    new Promise((resolve, reject) => {
      const one = { url, signal, resolve, reject, stream: null };
      const body = new ReadableStream({ start: (control) => (one.stream = control) });
      one.answer = (status = 200) => resolve({ ok: status === 200, status, body, json: async () => one.told });
      signal.addEventListener("abort", () => {
        reject(new DOMException("aborted", "AbortError"));
        one.stream.error(new DOMException("aborted", "AbortError"));
      });
      sent.push(one);
    });
  const hear = Object.fromEntries(
    ["item", "done", "refused", "failed", "waits", "stopped"].map((name) => [
      name,
      (what, turn) => heard.push([name, what, turn]),
    ]),
  );
  return { asking: new Asking(fetch, hear), sent, heard };
}

test("pieces are heard as they come, then the end, each with the turn of its question", async () => {
  const { asking, sent, heard } = setUp();
  asking.ask("rate.ndjson", lines, 1);
  sent[0].answer();
  sent[0].stream.enqueue(bytes('{"a": 1}\n{"a"'));
  await settled();
  assert.deepEqual(heard, [["item", { a: 1 }, 1]]);
  sent[0].stream.enqueue(bytes(": 2}\n"));
  sent[0].stream.close();
  await settled();
  assert.deepEqual(heard.slice(1), [
    ["item", { a: 2 }, 1],
    ["done", undefined, 1],
  ]);
});

test("a newer question ends the older one, of which nothing more is heard", async () => {
  const { asking, sent, heard } = setUp();
  asking.ask("one", lines, 1);
  sent[0].answer();
  sent[0].stream.enqueue(bytes('{"a": 1}\n'));
  await settled();
  asking.ask("two", lines, 2);
  assert.equal(sent[0].signal.aborted, true);
  sent[1].answer();
  sent[1].stream.enqueue(bytes('{"b": 1}\n'));
  sent[1].stream.close();
  await settled();
  assert.deepEqual(heard, [
    ["item", { a: 1 }, 1],
    ["item", { b: 1 }, 2],
    ["done", undefined, 2],
  ]);
});

test("what is stopped ends on the server too, and what had come is kept", async () => {
  const { asking, sent, heard } = setUp();
  asking.ask("one", lines, 1);
  sent[0].answer();
  sent[0].stream.enqueue(bytes('{"a": 1}\n'));
  await settled();
  asking.stop();
  await settled();
  assert.equal(sent[0].signal.aborted, true);
  assert.deepEqual(heard, [
    ["item", { a: 1 }, 1],
    ["stopped", undefined, 1],
  ]);
});

test("a query that is refused is told with its problems", async () => {
  const { asking, sent, heard } = setUp();
  asking.ask("one", lines, 1);
  sent[0].told = { problems: [], nearest: "loss=ring" };
  sent[0].answer(400);
  await settled();
  assert.deepEqual(heard, [["refused", { problems: [], nearest: "loss=ring" }, 1]]);
});

test("where nobody answers it is asked again until somebody does, which is told", async () => {
  const { asking, sent, heard } = setUp();
  asking.ask("one", lines, 1);
  sent[0].reject(new TypeError("Failed to fetch"));
  await settled();
  assert.deepEqual(
    heard.map(([what]) => what),
    ["waits"],
  );
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.equal(sent.length, 2);
  sent[1].answer();
  sent[1].stream.enqueue(bytes('{"a": 1}\n'));
  sent[1].stream.close();
  await settled();
  assert.deepEqual(heard.slice(1), [
    ["item", { a: 1 }, 1],
    ["waits", false, undefined],
    ["done", undefined, 1],
  ]);
});

test("who waits for an answer can be stopped", async () => {
  const { asking, sent, heard } = setUp();
  asking.ask("one", lines, 1);
  sent[0].reject(new TypeError("Failed to fetch"));
  await settled();
  asking.stop();
  await settled();
  if (sent[1]) sent[1].reject(new DOMException("aborted", "AbortError"));
  await settled();
  assert.equal(heard.at(-1)[0], "stopped");
});

test("a server that fails is told", async () => {
  const { asking, sent, heard } = setUp();
  asking.ask("one", lines, 1);
  sent[0].answer(500);
  await settled();
  assert.deepEqual(
    heard.map(([what]) => what),
    ["failed"],
  );
  assert.ok(heard[0][1].endsWith("."));
});

// Ends of an answer that is not whole: in a line, between two, and by the network.
const BREAKS = {
  "in a line": (stream) => {
    stream.enqueue(bytes('{"a": 1}\n{"half'));
    stream.close();
  },
  "between two lines": (stream) => {
    stream.enqueue(bytes('{"a": 1}\n'));
    stream.close();
  },
  "by the network": (stream) => {
    stream.enqueue(bytes('{"a": 1}\n'));
    setTimeout(() => stream.error(new TypeError("network error")));
  },
};
const twoLines = () => new Lines((_, count) => count === 1);

for (const [how, end] of Object.entries(BREAKS)) {
  test(`an answer cut ${how} is not the end: it is asked for again and heard from its beginning`, async () => {
    const { asking, sent, heard } = setUp();
    asking.ask("one", twoLines, 1);
    sent[0].answer();
    end(sent[0].stream);
    await settled();
    assert.deepEqual(heard, [
      ["item", { a: 1 }, 1],
      ["waits", true, undefined],
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    sent[1].answer();
    sent[1].stream.enqueue(bytes('{"a": 1}\n{"a": 2}\n'));
    sent[1].stream.close();
    await settled();
    assert.deepEqual(
      heard.slice(2).map(([what, value]) => [what, value]),
      [
        ["item", { a: 1 }],
        ["item", { a: 2 }],
        ["waits", false],
        ["done", undefined],
      ],
    );
  });
}

test("what breaks off again and again is told at last", async () => {
  const { asking, sent, heard } = setUp();
  const soon = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  mock.timers.enable({ apis: ["setTimeout"] });
  asking.ask("one", twoLines, 1);
  for (let k = 0; k < 6; k++) {
    assert.equal(sent.length, k + 1);
    sent[k].answer();
    BREAKS["in a line"](sent[k].stream);
    for (let turns = 0; turns < 9; turns++) await soon();
    mock.timers.tick(5000);
    await soon();
  }
  mock.timers.reset();
  assert.equal(sent.length, 6);
  assert.deepEqual(heard.at(-1), ["failed", "The answer broke off. What had come is kept.", 1]);
});

test("an answer in one piece is kept, and a newer question overtakes", async () => {
  const sent = [];
  const fetch = (url) => new Promise((resolve) => sent.push({ url, resolve }));
  const kept = new Kept(
    fetch,
    (buffer) => buffer.byteLength,
    () => {},
    2,
  );
  const first = kept.get("a");
  const second = kept.get("b");
  for (const [i, size] of [
    [0, 1],
    [1, 2],
  ])
    sent[i].resolve({ status: 200, arrayBuffer: async () => new ArrayBuffer(size) });
  assert.equal(await first, null, "it was overtaken");
  assert.equal(await second, 2);
  assert.equal(await kept.get("b"), 2);
  assert.equal(sent.length, 2);
  kept.get("c");
  sent[2].resolve({ status: 500, arrayBuffer: async () => new ArrayBuffer(0) });
  await settled();
  kept.get("c");
  assert.equal(sent.length, 4, "what failed is asked for again");
});

test("what nobody answers, or comes in part, is not kept: it is asked for until it comes", async () => {
  const [sent, waits] = [[], []];
  const fetch = () => new Promise((resolve, reject) => sent.push({ resolve, reject }));
  const kept = new Kept(
    fetch,
    (buffer) => buffer.byteLength,
    (yes) => waits.push(yes),
  );
  const found = kept.get("a");
  sent[0].resolve({ status: 200, arrayBuffer: () => Promise.reject(new TypeError("network error")) });
  await settled();
  assert.equal(kept.known.size, 0);
  assert.deepEqual(waits, [true]);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  sent[1].resolve({ status: 200, arrayBuffer: async () => new ArrayBuffer(3) });
  assert.equal(await found, 3);
  assert.deepEqual(waits, [true, false]);
});
