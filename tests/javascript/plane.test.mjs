import assert from "node:assert/strict";
import { test } from "node:test";
import { sectionAt } from "../../assets/js/stage/plane.mjs";

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

// A server whose answers the test gives.
const sent = [];
globalThis.fetch = (url) => new Promise((resolve, reject) => sent.push({ url, resolve, reject }));
const found = (at) => ({ ok: true, arrayBuffer: async () => body(at) });

test("a section is asked for, and until it comes there is none", async () => {
  const came = [];
  const at = (loss, address) => sectionAt(loss, address, (section) => came.push([section.loss, section.at]));
  assert.equal(at("product-3", "section.bin?at=1"), null);
  assert.deepEqual(
    sent.splice(0, 1).map(({ url, resolve }) => (resolve(found(1)), url)),
    ["section.bin?at=1"],
  );
  await settled();
  assert.deepEqual(came, [["product-3", 1]]);
  assert.equal(at("product-3", "section.bin?at=1").at, 1);
  assert.equal(sent.length, 0, "what is there is not asked for again");

  // The playhead moves: the one before stays, and one at a time is under way.
  for (const step of [2, 3, 4]) assert.equal(at("product-3", `section.bin?at=${step}`).at, 1);
  assert.deepEqual(
    sent.map(({ url }) => url),
    ["section.bin?at=2"],
  );
  sent.pop().resolve(found(2));
  await settled();
  assert.deepEqual(came.at(-1), ["product-3", 2]);
  assert.equal(at("product-3", "section.bin?at=4").at, 2);
  assert.deepEqual(
    sent.map(({ url }) => url),
    ["section.bin?at=4"],
  );

  // What fails is asked for again with the next picture, and the one before stays.
  sent.pop().reject(new Error("offline"));
  await settled();
  assert.equal(at("product-3", "section.bin?at=4").at, 2);
  sent.pop().resolve({ ok: false });
  await settled();
  assert.equal(came.length, 2);
  assert.equal(at("product-3", "section.bin?at=4").at, 2);
  sent.pop().resolve(found(4));
  await settled();
  assert.equal(at("product-3", "section.bin?at=4").at, 4);

  // That of another loss is of no use.
  assert.equal(at("product-4", "section.bin?at=5"), null);
  assert.equal(sent.length, 1);
});
