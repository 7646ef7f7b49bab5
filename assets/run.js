// A run as it arrives from /run.bin: its layout, and how to find a step in it. Pure.
(function (root) {
  const edgewalk = (root.edgewalk = root.edgewalk || {});

  // How often each clock multiplies t by η.
  const POWERS = { step: 0, eta: 1, tau: 2 };

  // The header of a buffer, and a function that takes the next `count` numbers of it.
  function open(buffer) {
    const view = new DataView(buffer);
    if (view.getUint32(0, false) !== 0x45444757) throw new Error("not one of Edgewalk's files");
    const length = view.getUint32(4, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
    let offset = 8 + length;
    const take = (count) => {
      const column = new Float32Array(buffer, offset, count);
      offset += 4 * count;
      return column;
    };
    return { header, take };
  }

  // The buffer of /run.bin as {header fields, runs: [{…, columns}], descent, valley}. Columns share
  // the buffer; a column of vectors is flat, row by row, with its width in `widths`. `valley` is there
  // where Γ depends on the start.
  function decode(buffer) {
    const { header, take } = open(buffer);
    for (const run of header.runs) {
      run.widths = Object.fromEntries(run.columns.map((c) => [c.name, c.width]));
      run.columns = Object.fromEntries(run.columns.map((c) => [c.name, take(run.rows * c.width)]));
    }
    if (header.descent) header.descent.points = take(header.descent.rows * header.descent.width);
    if (header.valley) fillCurves(header.valley, take);
    return header;
  }

  // The buffer of /valley.bin: {flattest, sharpness_range, curves: [{rows, d, x, arc, sharpness}]}, `arc`
  // the length along a curve from its first point.
  function decodeValley(buffer) {
    const { header, take } = open(buffer);
    fillCurves(header, take);
    return header;
  }

  function fillCurves({ d, curves }, take) {
    for (const curve of curves) {
      const x = take(d * curve.rows);
      Object.assign(curve, { d, x, arc: lengthsAlong(x, d), sharpness: take(curve.rows) });
    }
  }

  function lengthsAlong(x, d) {
    const arc = new Float64Array(x.length / d);
    for (let k = 1; k < arc.length; k++) {
      let square = 0;
      for (let i = 0; i < d; i++) square += (x[d * k + i] - x[d * (k - 1) + i]) ** 2;
      arc[k] = arc[k - 1] + Math.sqrt(square);
    }
    return arc;
  }

  // The point of a row of a column of vectors, as an array.
  const pointAt = (column, d, row) => Array.from(column.subarray(d * row, d * (row + 1)));

  // The buffer of /heights.bin or /section.bin: {view, rows, columns, root, sharpness}, and where the
  // heights are those of a section its {at, origin, center, along, across} too; of /sheet.bin, `root`
  // is the height of Γ itself.
  function decodeHeights(buffer) {
    const { header, take } = open(buffer);
    const count = header.rows * header.columns;
    return Object.assign(header, { root: take(count), sharpness: header.sharp === false ? null : take(count) });
  }

  // The last row whose step is at most t.
  function rowAt(part, t) {
    const steps = part.columns.step;
    let low = 0;
    let high = part.rows - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (steps[middle] <= t) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // Where step t stands: in a stretch of the run that has it (around the playhead, or of a zoom), else
  // at the row before it in the overview.
  function locate(run, t) {
    for (const part of [run.window, ...Object.values(run.details || {})]) {
      const steps = part && part.columns.step;
      if (!steps || t < steps[0] || t > steps[part.rows - 1]) continue;
      const row = rowAt(part, t);
      if (steps[row] === t) return { part, row, exact: true };
    }
    const row = rowAt(run, t);
    return { part: run, row, exact: run.columns.step[row] === Math.min(t, run.last) };
  }

  // The rows that end at `row` and are consecutive steps, at most `count` of them: the first one.
  function consecutiveFrom(part, row, count) {
    const steps = part.columns.step;
    let first = row;
    while (first > 0 && row - first + 1 < count && steps[first - 1] === steps[first] - 1) first--;
    return first;
  }

  // The interpolating polynomial through values at Chebyshev points of the first kind, at u.
  function interpolate(nodes, values, u) {
    let above = 0;
    let below = 0;
    for (let j = 0; j < nodes.length; j++) {
      const distance = u - nodes[j];
      if (Math.abs(distance) < 1e-12) return values[j];
      const weight = ((j % 2 ? -1 : 1) * Math.sin((Math.PI * (j + 0.5)) / nodes.length)) / distance;
      above += weight * values[j];
      below += weight;
    }
    return above / below;
  }

  // Time on a clock at step t.
  function clockTime(clock, eta, t) {
    return eta ** POWERS[clock] * t;
  }

  // A step of a run with step size `eta` at the same time as step t at `other`.
  function sameTime(clock, eta, other, t) {
    return eta === other ? t : t * (other / eta) ** POWERS[clock];
  }

  // The step of a run when the first run is at `at`, which need not be whole.
  function stepOf(run, lead, clock, at) {
    return Math.min(Math.floor(sameTime(clock, run.eta, lead.eta, at) + 1e-6), run.last);
  }

  // The step of the first run at which the last of the runs ends.
  function lastStep(runs, clock) {
    return Math.max(...runs.map((run) => Math.ceil(sameTime(clock, runs[0].eta, run.eta, run.last) - 1e-6)));
  }

  const FAILURES = ["not_finite", "left_domain"];

  // Whether a run ended because it could not go on.
  const failed = (run) => FAILURES.includes(run.outcome);

  const parity = (step) => (step % 2 ? "odd" : "even");

  // Whether a strobe shows a step, and the last step up to t that it shows.
  const shows = (strobe, step) => strobe === "all" || strobe === parity(step);
  const shownStep = (strobe, t) => (shows(strobe, t) || strobe === "midpoints" ? t : Math.max(t - 1, 0));

  // A number as a person reads it: four significant digits or to the unit, small and large ones with
  // a power.
  function words(value) {
    if (!Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
      const [digits, power] = value.toExponential(2).split("e");
      return `${digits}·10${superscript(Number(power))}`;
    }
    if (size >= 1e3) return value.toFixed(0);
    return value === 0 ? "0" : value.toPrecision(4);
  }

  function superscript(power) {
    return String(power).replace(/[-0-9]/g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]));
  }

  edgewalk.run = {
    decode, decodeValley, decodeHeights, pointAt, rowAt, locate, consecutiveFrom, interpolate, clockTime, sameTime,
    stepOf, lastStep, failed, parity, shows, shownStep, words,
  };
  if (typeof module !== "undefined") module.exports = edgewalk.run;
})(typeof window === "undefined" ? globalThis : window);
