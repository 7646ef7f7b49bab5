import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, deflateRawSync } from "node:zlib";
import { linkIn, markedPng, markedSvg } from "../../assets/js/origin.mjs";
import { textsOf } from "../../assets/js/png.mjs";
import { vocabulary } from "../../assets/js/vocabulary.mjs";
import { HEAD, PIXEL } from "./pixel.mjs";

const LINK = "https://uni.example/teach/?loss=ring&eta=0.1&start=1.5,0.7&at=7";
const SAID = { caption: "L = ½ exp(k cos φ) (r − 1)², η < 1", link: LINK, licence: "CC0 1.0" };
const ABOUT = { software: "Edgewalk", link: LINK, caption: SAID.caption };

/** An archive with one member, and an empty one before it. */
function zip(name, content, packs) {
  const [parts, directory] = [[], []];
  let at = 0;
  for (const [title, body] of [
    ["x.npy", Buffer.alloc(0)],
    [name, content],
  ]) {
    const packed = packs ? deflateRawSync(body) : body;
    const more = Buffer.alloc(20, 1); // as NumPy's: sizes stand in an extra field, and in the directory
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(packs ? 8 : 0, 8);
    local.writeUInt32LE(0xffffffff, 18);
    local.writeUInt16LE(title.length, 26);
    local.writeUInt16LE(more.length, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(packs ? 8 : 0, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(body.length, 24);
    entry.writeUInt16LE(title.length, 28);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, Buffer.from(title));
    const file = Buffer.concat([local, Buffer.from(title), more, packed]);
    parts.push(file);
    at += file.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(2, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** A text as NumPy writes an array of one. */
function npy(text) {
  const head = Buffer.from(`{'descr': '<U${[...text].length}', 'fortran_order': False, 'shape': (), }\n`);
  const letters = Buffer.from(Uint32Array.from([...text], (letter) => letter.codePointAt(0)).buffer);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.from([head.length, 0]), head, letters]);
}

const found = async (content) => (await linkIn(new Uint8Array(Buffer.from(content))))?.href;

test("a PNG says what it shows, each chunk with its checksum, and holds its link", async () => {
  const marked = Buffer.from(markedPng(PIXEL, SAID, 2));
  const texts = {
    Software: `Edgewalk ${vocabulary.version}`,
    Source: LINK,
    Description: SAID.caption,
    Copyright: "CC0 1.0",
  };
  assert.deepEqual(textsOf(marked), texts);
  const kinds = [];
  for (let at = HEAD.length; at < marked.length;) {
    const length = marked.readUInt32BE(at);
    const kind = marked.toString("latin1", at + 4, at + 8);
    assert.equal(marked.readUInt32BE(at + 8 + length), crc32(marked.subarray(at + 4, at + 8 + length)), kind);
    if (kind === "pHYs") assert.equal(marked.readUInt32BE(at + 8), Math.round((2 * 96) / 0.0254));
    kinds.push(kind);
    at += 12 + length;
  }
  assert.deepEqual(kinds, ["IHDR", "pHYs", "iTXt", "iTXt", "iTXt", "iTXt", "IDAT", "IEND"]);
  assert.equal(await found(marked), LINK);
});

test("an SVG says what it shows, and holds its link", async () => {
  const svg = markedSvg('<svg class="main-svg" width="10"><rect/></svg>', SAID);
  assert.match(svg, /^<svg class="main-svg" width="10"><title>L = ½ .* η &lt; 1<\/title><metadata>/);
  assert.match(svg, /<dc:rights>CC0 1.0<\/dc:rights>/);
  assert.ok(svg.includes(`<dc:creator>Edgewalk ${vocabulary.version}</dc:creator>`));
  assert.equal(await found(svg), LINK);
});

for (const packs of [true, false])
  test(`the link in an archive of arrays, ${packs ? "packed" : "as it is"}`, async () =>
    assert.equal(await found(zip("settings.npy", npy(JSON.stringify({ about: ABOUT })), packs)), LINK));

for (const [name, text] of Object.entries({
  "numbers and settings": JSON.stringify({ settings: { about: ABOUT }, columns: {} }),
  "numbers, laid out": JSON.stringify({ about: ABOUT }, null, 2),
  "a page": `<!doctype html><meta name="Edgewalk" content="${LINK.replaceAll("&", "&amp;")}"><p>http://other.example/`,
  "a program": `"""Steps are Edgewalk's to 12 digits.\nEdgewalk 0.1.0: ${LINK}\nCC0"""\n`,
  "a program of before there were versions": `"""Steps are Edgewalk's.\nEdgewalk: ${LINK}\nCC0"""\n`,
  "a page with a version": `<meta name="Edgewalk link" content="${LINK}"><meta name="generator" content="Edgewalk 1.2">`,
  "a notebook": JSON.stringify({ cells: [{ source: [`Edgewalk: ${LINK}\n`, "CC0"] }] }),
}))
  test(`the link in ${name}`, async () => assert.equal(await found(text), LINK));

for (const [name, content] of Object.entries({
  nothing: "",
  "another picture": PIXEL,
  "half a picture": PIXEL.subarray(0, 20),
  "another drawing": '<svg><a href="https://uni.example/?eta=0.1">Edgewalk</a></svg>',
  "another archive": zip("words.npy", npy("Edgewalk https://uni.example/"), true),
  "half an archive": zip("settings.npy", npy(JSON.stringify(ABOUT)), true).subarray(0, 60),
  "a script's address": '{"software": "Edgewalk", "link": "javascript:alert(1)"}',
}))
  test(`no link in ${name}`, async () => assert.equal(await found(content), undefined));
