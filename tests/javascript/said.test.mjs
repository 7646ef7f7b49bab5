import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ask, listen } from "../../assets/js/said.mjs";

// Timers that are yet to come, and an answer of two pieces that goes on as long as nobody ends it.
function setUp() {
  const due = new Set();
  let count = 0;
  mock.method(globalThis, "setTimeout", () => (due.add(++count), count));
  mock.method(globalThis, "clearTimeout", (id) => due.delete(id));
  mock.method(globalThis, "fetch", async (_, { signal }) => {
    const body = new ReadableStream({
      start(control) {
        for (const piece of ["one", "two"]) control.enqueue(new TextEncoder().encode(piece));
        signal.addEventListener("abort", () => control.error(signal.reason));
      },
    });
    return new Response(body);
  });
  return due;
}

for (const [name, by] of [
  ["is heard as it comes", listen],
  ["is taken in one piece", ask],
])
  test(`an answer that ${name} leaves no timer where it is ended in its midst`, async () => {
    const due = setUp();
    const control = new AbortController();
    const response = await by("regimes.bin", { signal: control.signal });
    assert.equal(due.size, 1);
    const rest = by === listen ? response.body.getReader().read() : response.arrayBuffer();
    control.abort();
    await rest.catch((error) => assert.equal(error.name, "AbortError"));
    assert.equal(due.size, 0);
    mock.restoreAll();
  });

test("an answer that is heard to its end leaves none either", async () => {
  const due = setUp();
  mock.method(globalThis, "fetch", async () => new Response("whole"));
  const response = await listen("crowd.bin");
  assert.equal(due.size, 1);
  assert.equal(await response.text(), "whole");
  assert.equal(due.size, 0);
  mock.restoreAll();
});
