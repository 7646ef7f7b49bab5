// The least of pictures.
import { crc32, deflateSync } from "node:zlib";

/** A chunk of a PNG by the letter of its specification. */
function chunk(kind, body) {
  const named = Buffer.concat([Buffer.from(kind), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

export const HEAD = Buffer.from("89504e470d0a1a0a", "hex");
export const PIXEL = Buffer.concat([
  HEAD,
  chunk("IHDR", Buffer.from("00000001000000010800000000", "hex")),
  chunk("IDAT", deflateSync(Buffer.from([0, 128]))),
  chunk("IEND", Buffer.alloc(0)),
]);
