// The buffers of /run.bin, /valley.bin, /heights.bin, /section.bin, /sheet.bin and /rod.bin, and the numbers in them.

/**
 * The header of a buffer, and a function that takes the next `count` numbers of it.
 * @param {ArrayBuffer} buffer
 */
function open(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0, false) !== 0x45444757) throw new Error("not one of Edgewalk's files");
  const length = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  let offset = 8 + length;
  /**
   * @param {number} count
   */
  const take = (count) => {
    const column = new Float32Array(buffer, offset, count);
    offset += 4 * count;
    return column;
  };
  return { header, take };
}

/**
 * The buffer of /run.bin as {header fields, runs: [{…, columns}], descent, valley}. Columns share
 * the buffer; a column of vectors is flat, row by row, with its width in `widths`. `valley` is there
 * where Γ depends on the start. Of a first `part` of the answer, what is still to come is NaN.
 * @param {ArrayBuffer} buffer
 */
export function decode(buffer) {
  const { header, take } = open(buffer);
  for (const run of header.runs) {
    fillColumns(run, take);
    for (const { name, width } of run.absent || []) {
      run.widths[name] = width;
      run.columns[name] = new Float32Array(run.rows * width).fill(NaN);
    }
  }
  if (header.descent) header.descent.points = take(header.descent.rows * header.descent.width);
  if (header.valley) fillCurves(header.valley, take);
  return header;
}

/**
 * @param {any} part whose columns are told by name and width
 * @param {(count: number) => Float32Array} take
 */
function fillColumns(part, take) {
  part.widths = Object.fromEntries(part.columns.map((/** @type {any} */ c) => [c.name, c.width]));
  part.columns = Object.fromEntries(part.columns.map((/** @type {any} */ c) => [c.name, take(part.rows * c.width)]));
}

/**
 * The buffer of /rod.bin as {first, lost, rows, columns, widths}.
 * @param {ArrayBuffer} buffer
 */
export function decodeRod(buffer) {
  const { header, take } = open(buffer);
  fillColumns(header, take);
  return header;
}

/**
 * The buffer of /valley.bin: {flattest, sharpness_range, curves: [{rows, d, x, arc, sharpness}]}, `arc`
 * the length along a curve from its first point.
 * @param {ArrayBuffer} buffer
 */
export function decodeValley(buffer) {
  const { header, take } = open(buffer);
  fillCurves(header, take);
  return header;
}

/**
 * @param {Valley} valley
 * @param {(count: number) => Float32Array} take
 */
function fillCurves({ d, curves }, take) {
  for (const curve of curves) {
    const x = take(d * curve.rows);
    Object.assign(curve, { d, x, arc: lengthsAlong(x, d), sharpness: take(curve.rows) });
  }
}

/**
 * @param {Float32Array} x
 * @param {number} d
 */
function lengthsAlong(x, d) {
  const arc = new Float64Array(x.length / d);
  for (let k = 1; k < arc.length; k++) {
    let square = 0;
    for (let i = 0; i < d; i++) square += (x[d * k + i] - x[d * (k - 1) + i]) ** 2;
    arc[k] = arc[k - 1] + Math.sqrt(square);
  }
  return arc;
}

/**
 * The buffer of /heights.bin or /section.bin: {view, rows, columns, root, sharpness}, and where the
 * heights are those of a section its {at, origin, center, along, across} too; of /sheet.bin, `root`
 * is the height of Γ itself.
 * @param {ArrayBuffer} buffer
 */
export function decodeHeights(buffer) {
  const { header, take } = open(buffer);
  const count = header.rows * header.columns;
  return Object.assign(header, { root: take(count), sharpness: header.sharp === false ? null : take(count) });
}
