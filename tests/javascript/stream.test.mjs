import assert from "node:assert/strict";
import { test } from "node:test";
import { crowdRecords, Lines, mapRecords, readHead } from "../../assets/js/stream.mjs";

// A header and records as the server sends them: `rows` of [index, fates, sharpness, periods, steps].
function sheet(head, rows) {
  let text = JSON.stringify(head);
  while ((8 + new TextEncoder().encode(text).length) % 4) text += " ";
  const header = new TextEncoder().encode(text);
  const data = new Uint8Array(Float32Array.from(rows.flat(2)).buffer);
  const bytes = new Uint8Array(8 + header.length + data.length);
  bytes.set(new TextEncoder().encode("EDGW"));
  new DataView(bytes.buffer).setUint32(4, header.length, true);
  bytes.set(header, 8);
  bytes.set(data, 8 + header.length);
  return bytes;
}

const HEAD = { rows: 3, columns: 2, title: "η" };
const ROWS = [
  [0, [4, 8], [1.5, NaN], [2, 0], [9, 36]],
  [2, [3, 2], [0.25, 7], [0, 0], [9, 9]],
  [1, [6, 7], [9, 10], [8, 0], [9, 9]],
];

// What a parser finds when bytes come in pieces of a size.
function inPieces(parser, bytes, size) {
  const found = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...parser.push(bytes.subarray(at, at + size)));
  return found;
}

for (const size of [1, 3, 7, 64, 10000]) {
  test(`records are found whatever the pieces, here of ${size} bytes`, () => {
    const parser = mapRecords();
    const [first, ...records] = inPieces(parser, sheet(HEAD, ROWS), size);
    assert.deepEqual(first, { head: HEAD, own: new Float32Array(0) });
    assert.deepEqual(
      records.map(({ row }) => row),
      [0, 2, 1],
    );
    assert.deepEqual(
      records.map(({ outcome }) => [...outcome]),
      [
        [4, 8],
        [3, 2],
        [6, 7],
      ],
    );
    assert.deepEqual([...records[0].sharpness], [1.5, NaN]);
    assert.deepEqual(
      records.map(({ period }) => [...period]),
      [
        [2, 0],
        [0, 0],
        [8, 0],
      ],
    );
    assert.deepEqual([...records[0].steps], [9, 36]);
    assert.equal(parser.isWhole, true);
  });
}

test("what there was no time for is told by the last record, which is none of them", () => {
  const end = [-1, [-1, -1], [-1, -1], [-1, -1], [-1, -1]];
  for (const [rows, whole] of [
    [[...ROWS.slice(1), end], true],
    [ROWS.slice(1), false],
  ]) {
    const parser = mapRecords();
    const [, ...records] = inPieces(parser, sheet(HEAD, rows), 24);
    assert.deepEqual(
      records.map(({ row }) => row),
      [2, 1],
    );
    assert.equal(parser.isWhole, whole);
  }
});

test("a record stays as it was when the next ones come", () => {
  const parser = mapRecords();
  const [, first] = inPieces(parser, sheet(HEAD, ROWS), 24);
  assert.deepEqual([...first.outcome], [4, 8]);
});

test("what breaks off in the midst of a record is not whole", () => {
  const bytes = sheet(HEAD, ROWS);
  const parser = mapRecords();
  assert.equal(parser.push(bytes.subarray(0, bytes.length - 5)).length, 3);
  assert.equal(parser.isWhole, false);
  assert.equal(mapRecords().isWhole, false);
});

test("what breaks off between two records, or after the header, is not whole", () => {
  for (const rows of [[], ROWS.slice(0, 2)]) {
    const parser = mapRecords();
    assert.equal(parser.push(sheet(HEAD, rows)).length, 1 + rows.length);
    assert.equal(parser.isWhole, false);
  }
});

test("what is no file of Edgewalk's is told", () => {
  assert.throws(() => mapRecords().push(new TextEncoder().encode("<!DOCTYPE html>")), /not one of/);
  assert.equal(readHead(new Uint8Array(7)), null);
});

test("lines of JSON are found whatever the pieces", () => {
  const bytes = new TextEncoder().encode('{"eta": 0.1, "gap": 1e-3}\n{"slope": 2}\n');
  for (const size of [1, 5, 1000]) {
    const parser = new Lines(({ slope }) => slope === 2);
    assert.deepEqual(inPieces(parser, bytes, size), [{ eta: 0.1, gap: 1e-3 }, { slope: 2 }]);
    assert.equal(parser.isWhole, true);
  }
});

test("half a letter at the end of a piece is no other letter, and half a line no line", () => {
  const parser = new Lines(({ slope }) => slope === 2);
  const bytes = new TextEncoder().encode('{"text": "η"}\n{"a"');
  const cut = bytes.indexOf(0xce) + 1;
  assert.deepEqual(parser.push(bytes.subarray(0, cut)), []);
  assert.deepEqual(parser.push(bytes.subarray(cut)), [{ text: "η" }]);
  assert.equal(parser.isWhole, false);
});

test("a crowd brings its landscape before its rows, in whatever pieces", () => {
  const head = { columns: 2, points: 2, sided: true, etas: [0.1] };
  const told = [5, 1, 2, 3, 0.25, 0.5, 0.125, NaN, NaN];
  const bytes = sheet(head, [
    [1, 2, 3, 4],
    [-1, -2, -3, -4],
    [...told, [5, 12], [1.5, 2.5], [1, 0]],
  ]);
  for (const size of [1, 13, 40, 10000]) {
    const [first, row, ...more] = inPieces(crowdRecords(), bytes, size);
    assert.deepEqual(more, []);
    assert.deepEqual([...first.own], [1, 2, 3, 4, -1, -2, -3, -4]);
    assert.deepEqual([row.row, row.lower, row.median, row.upper], [5, 1, 2, 3]);
    assert.deepEqual([row.edge, row.crossed, row.diverged, row.lopsided], [0.25, 0.5, 0.125, NaN]);
    assert.deepEqual([...row.outcome, ...row.sharpness, ...row.across], [5, 12, 1.5, 2.5, 1, 0]);
  }
  assert.equal(inPieces(crowdRecords(), sheet({ ...head, sided: false }, [[1, 2, 3, 4]]), 7)[0].own.length, 4);
});
