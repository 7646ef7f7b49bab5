import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { loosened, unzipped } from "../../assets/js/packed.mjs";

// As `pack_tightly` packs them: differences twice over, then byte by byte.
function packed(head, numbers, stretches) {
  const values = new Uint32Array(new Float32Array(numbers).buffer);
  let from = 0;
  for (const [length, lag] of stretches) {
    for (let turn = 0; turn < 2; turn++)
      for (let i = from + length - 1; i >= from + lag; i--) values[i] -= values[i - lag];
    from += length;
  }
  const sizes = new Uint8Array(new Uint32Array([head.length, stretches.length, ...stretches.flat()]).buffer);
  const planes = [0, 8, 16, 24].flatMap((shift) => [...values].map((value) => (value >>> shift) & 255));
  return new Uint8Array([...sizes, ...head, ...planes]).buffer;
}

test("numbers come back to the last bit, behind their head", () => {
  const numbers = [1, -2.5, 1e30, Infinity, 0.1, -0, 3, 7];
  const buffer = loosened(
    packed([1, 2, 3, 4], numbers, [
      [6, 2],
      [2, 5],
    ]),
  );
  assert.deepEqual([...new Uint8Array(buffer, 0, 4)], [1, 2, 3, 4]);
  assert.deepEqual([...new Float32Array(buffer, 4)], [...new Float32Array(numbers)]);
});

test("a host may have undone gzip already", async () => {
  const text = new TextEncoder().encode("held");
  const said = (buffer) => new TextDecoder().decode(buffer);
  assert.equal(said(await unzipped(text.buffer)), "held");
  assert.equal(said(await unzipped(new Uint8Array(gzipSync(text)).buffer)), "held");
});
