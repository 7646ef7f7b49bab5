import assert from "node:assert/strict";
import { test } from "node:test";
import { Asking, Kept } from "../../assets/js/ask.mjs";
import { Lines } from "../../assets/js/stream.mjs";

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
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
  asking.ask("rate.ndjson", new Lines(), 1);
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
  asking.ask("one", new Lines(), 1);
  sent[0].answer();
  sent[0].stream.enqueue(bytes('{"a": 1}\n'));
  await settled();
  asking.ask("two", new Lines(), 2);
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
  asking.ask("one", new Lines(), 1);
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
  asking.ask("one", new Lines(), 1);
  sent[0].told = { problems: [], nearest: "loss=ring" };
  sent[0].answer(400);
  await settled();
  assert.deepEqual(heard, [["refused", { problems: [], nearest: "loss=ring" }, 1]]);
});

test("where nobody answers it is asked again until somebody does, which is told", async () => {
  const { asking, sent, heard } = setUp();
  asking.ask("one", new Lines(), 1);
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
    ["waits", "", undefined],
    ["done", undefined, 1],
  ]);
});

test("who waits for an answer can be stopped", async () => {
  const { asking, sent, heard } = setUp();
  asking.ask("one", new Lines(), 1);
  sent[0].reject(new TypeError("Failed to fetch"));
  await settled();
  asking.stop();
  await settled();
  if (sent[1]) sent[1].reject(new DOMException("aborted", "AbortError"));
  await settled();
  assert.equal(heard.at(-1)[0], "stopped");
});

test("a server that fails or breaks off is told", async () => {
  const cases = [
    (one) => one.answer(503),
    (one) => {
      one.answer();
      one.stream.enqueue(bytes('{"half'));
      one.stream.close();
    },
  ];
  for (const end of cases) {
    const { asking, sent, heard } = setUp();
    asking.ask("one", new Lines(), 1);
    end(sent[0]);
    await settled();
    assert.deepEqual(
      heard.map(([what]) => what),
      ["failed"],
    );
    assert.ok(heard[0][1].endsWith("."));
  }
});

test("an answer in one piece is kept, and a newer question overtakes", async () => {
  const sent = [];
  const fetch = (url) => new Promise((resolve) => sent.push({ url, resolve }));
  const kept = new Kept(fetch, (buffer) => buffer.byteLength, 2);
  const first = kept.get("a");
  const second = kept.get("b");
  for (const [i, size] of [
    [0, 1],
    [1, 2],
  ])
    sent[i].resolve({ ok: true, arrayBuffer: async () => new ArrayBuffer(size) });
  assert.equal(await first, null, "it was overtaken");
  assert.equal(await second, 2);
  assert.equal(await kept.get("b"), 2);
  assert.equal(sent.length, 2);
  kept.get("c");
  sent[2].resolve({ ok: false });
  await settled();
  kept.get("c");
  assert.equal(sent.length, 4, "what failed is asked for again");
});
