// What arrives piece by piece: the records of /regimes.bin and /crowd.bin, and the lines of /rate.ndjson. Pure.

const MAGIC = 0x45444757;
const PREFIX = 8;
const ENDS_EARLY = -1; // the row of the last record where there was no time for all

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

// A header, numbers of its own where it says how many, and after them a record for each row: some numbers, then
// columns of so many as the header says. `push` answers with what has become whole: {head, own} first, then records.
export class Records {
  /**
   * @param {string[]} numbers of a record
   * @param {string[]} columns
   * @param {(head: any) => number} count of all records
   * @param {(head: any) => number} [own] how many numbers belong to the header
   */
  constructor(numbers, columns, count, own = () => 0) {
    this.shape = { numbers, columns };
    this.count = count;
    this.own = own;
    this.found = 0;
    this.short = false;
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
      const end = read.end + 4 * this.own(read.head);
      if (this.rest.length < end) return found;
      this.head = read.head;
      found.push({ head: this.head, own: floats(this.rest.subarray(read.end, end)) });
      this.rest = this.rest.subarray(end);
    }
    const { numbers, columns } = this.shape;
    const count = this.head.columns;
    const size = 4 * (numbers.length + columns.length * count);
    let at = 0;
    for (; at + size <= this.rest.length; at += size)
      found.push(recordOf(this.rest.subarray(at, at + size), count, numbers, columns));
    this.rest = this.rest.slice(at);
    this.found += at / size;
    if (found.at(-1)?.row !== ENDS_EARLY) return found;
    this.short = true;
    return found.slice(0, -1);
  }

  // Whether all have come, or all that there was time for: an answer may be cut between two as well.
  get isWhole() {
    return this.head !== null && this.rest.length === 0 && (this.short || this.found === this.count(this.head));
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} count
 * @param {string[]} numbers
 * @param {string[]} columns
 */
function recordOf(bytes, count, numbers, columns) {
  const values = floats(bytes);
  const first = numbers.length;
  return Object.fromEntries([
    ...numbers.map((name, k) => [name, values[k]]),
    ...columns.map((name, k) => [name, values.subarray(first + k * count, first + (k + 1) * count)]),
  ]);
}

// A row of /regimes.bin for each step size, and of /crowd.bin.
export const mapRecords = () => new Records(["row"], ["outcome", "sharpness", "period", "steps"], ({ rows }) => rows);
export const crowdRecords = () =>
  new Records(
    ["row", "lower", "median", "upper", "edge", "crossed", "diverged", "lopsided", "expected"],
    ["outcome", "sharpness", "across"],
    ({ etas }) => etas.length,
    ({ points, sided, conserved }) => (1 + (sided ? 1 : 0) + (conserved ? 1 : 0)) * points ** 2,
  );

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
  /**
   * @param {(line: any, count: number) => boolean} isLast whether a line is the last one; `count` lines came before it
   */
  constructor(isLast) {
    this.isLast = isLast;
    this.decoder = new TextDecoder();
    this.rest = "";
    this.count = 0;
    this.ended = false;
  }

  /**
   * @param {Uint8Array} chunk
   */
  push(chunk) {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split("\n");
    this.rest = lines.pop() || "";
    const found = lines.filter((line) => line.trim()).map((line) => JSON.parse(line));
    for (const line of found) this.ended = this.isLast(line, this.count++);
    return found;
  }

  get isWhole() {
    return this.ended && this.rest.trim() === "";
  }
}
