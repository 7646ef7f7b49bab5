// What arrives piece by piece: the records of /regimes.bin and the lines of /rate.ndjson. Pure.

const MAGIC = 0x45444757;
const PREFIX = 8;

/**
 * The header of bytes and where the data begin; null while it has not come whole.
 * @param {Uint8Array} bytes
 */
export function readHead(bytes) {
  if (bytes.length < PREFIX) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, false) !== MAGIC) throw new Error("not one of Edgewalk's files");
  const end = PREFIX + view.getUint32(4, true);
  if (bytes.length < end) return null;
  return { head: JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, end))), end };
}

/**
 * Float32 from bytes that need not lie at a multiple of four.
 * @param {Uint8Array} bytes
 */
export const floats = (bytes) => new Float32Array(bytes.slice().buffer);

// A header and, after it, one record for each step size: its index, then fate, sharpness, period
// and number of steps of each position. `push` answers with what has become whole: {head} first, then records.
export class Records {
  constructor() {
    this.rest = new Uint8Array(0);
    this.head = null;
  }

  /**
   * @param {Uint8Array} chunk
   */
  push(chunk) {
    this.rest = joined(this.rest, chunk);
    /** @type {any[]} */
    const found = [];
    if (!this.head) {
      const read = readHead(this.rest);
      if (!read) return found;
      this.head = read.head;
      this.rest = this.rest.subarray(read.end);
      found.push({ head: this.head });
    }
    const count = this.head.columns;
    const size = 4 * (1 + 4 * count);
    let at = 0;
    for (; at + size <= this.rest.length; at += size) found.push(recordOf(this.rest.subarray(at, at + size), count));
    this.rest = this.rest.slice(at);
    return found;
  }

  // Whether nothing is left that is no whole record.
  get isWhole() {
    return this.head !== null && this.rest.length === 0;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} count
 */
function recordOf(bytes, count) {
  const values = floats(bytes);
  /**
   * @param {number} k
   */
  const part = (k) => values.subarray(1 + k * count, 1 + (k + 1) * count);
  return { row: values[0], outcome: part(0), sharpness: part(1), period: part(2), steps: part(3) };
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function joined(one, other) {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

// Lines of JSON.
export class Lines {
  constructor() {
    this.decoder = new TextDecoder();
    this.rest = "";
  }

  /**
   * @param {Uint8Array} chunk
   */
  push(chunk) {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split("\n");
    this.rest = lines.pop() || "";
    return lines.filter((line) => line.trim()).map((line) => JSON.parse(line));
  }

  get isWhole() {
    return this.rest.trim() === "";
  }
}
