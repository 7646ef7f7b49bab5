// A run as it arrives from /run.bin: its layout, and how to find a step in it. Pure.
(function (root) {
  const edgewalk = (root.edgewalk = root.edgewalk || {});

  // The buffer of /run.bin as {header fields, runs: [{…, columns}], descent}. Columns share the
  // buffer; a column of vectors is flat, row by row, with its width in `widths`.
  function decode(buffer) {
    const view = new DataView(buffer);
    if (view.getUint32(0, false) !== 0x45444757) throw new Error("not a run");
    const length = view.getUint32(4, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
    let offset = 8 + length;
    const take = (count) => {
      const column = new Float32Array(buffer, offset, count);
      offset += 4 * count;
      return column;
    };
    for (const run of header.runs) {
      run.widths = Object.fromEntries(run.columns.map((c) => [c.name, c.width]));
      run.columns = Object.fromEntries(run.columns.map((c) => [c.name, take(run.rows * c.width)]));
    }
    if (header.descent) header.descent.points = take(header.descent.rows * header.descent.width);
    return header;
  }

  // The last row whose step is at most t.
  function rowAt(run, t) {
    const steps = run.columns.step;
    let low = 0;
    let high = run.rows - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (steps[middle] <= t) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // Where step t stands: in the window of full resolution if it is there, else in the overview.
  function locate(run, t) {
    const stretch = run.window;
    const steps = stretch && stretch.columns.step;
    if (steps && steps[0] <= t && t <= steps[stretch.rows - 1]) {
      return { part: stretch, row: rowAt(stretch, t), exact: true };
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
    return clock === "step" ? t : clock === "eta" ? eta * t : eta * eta * t;
  }

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

  edgewalk.run = { decode, rowAt, locate, consecutiveFrom, interpolate, clockTime, words };
  if (typeof module !== "undefined") module.exports = edgewalk.run;
})(typeof window === "undefined" ? globalThis : window);
