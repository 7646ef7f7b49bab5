// Pens: what every panel is painted with, on canvases over Plotly's still figures.
//
// Each panel has two canvases: `past`, which only grows while a run plays, and `now`, which is
// painted afresh with each picture. Plotly's private axis attributes are touched in `frameOf` alone.
(function (root) {
  const edgewalk = (root.edgewalk = root.edgewalk || {});

  const INKS = [
    "paper", "card", "ink", "soft", "line", "even", "odd", "theory", "threshold", "flow", "ok", "warn",
    "flat-map", "mid-map", "edge-map", "sharp-map",
  ];
  const MOST_RUNS = 4;
  const SCALE = 5; // colours of the scale of sharpness
  const HEIGHTS = 4; // and of the landscape, from the valley up
  const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
  const STRIPE = 16; // pixels along which one wall lies on top where they are closer than a mark
  const SPECK = 2.5; // half-width of a mark below which it has no shape
  const FAR = 14; // pixels of a tip from what is pointed at
  const SMOOTH = 400; // points that make a smooth curve

  // The inks of the current colour scheme, from the style sheet: by name, of the runs when several are
  // compared, and the scales of sharpness and of height, [red, green, blue] each.
  function readInks() {
    const style = getComputedStyle(document.documentElement);
    const ink = (name) => style.getPropertyValue(`--${name}`).trim();
    const many = (name, count) => Array.from({ length: count }, (_, i) => ink(`${name}-${i + 1}`));
    const named = Object.fromEntries(INKS.map((name) => [name, ink(name)]));
    const [scale, heights] = [many("scale", SCALE), many("height", HEIGHTS)].map((colours) => colours.map(rgb));
    return { ...named, runs: many("run", MOST_RUNS), scale, heights };
  }

  // Whether a figure has come, be it one without a trace; until then a graph has axes of no meaning.
  const isDrawn = (graph) => Boolean(graph.layout && graph.layout.uirevision);

  // Where data lie on a Plotly graph: functions from data to pixels, and the box of the axes.
  function frameOf(graph) {
    const layout = graph && graph._fullLayout;
    if (!layout || !layout.xaxis || !layout.xaxis._length || !isDrawn(graph)) return null;
    const { xaxis, yaxis } = layout;
    const ends = xaxis.range.map(Number);
    return {
      x: (value) => xaxis._offset + xaxis.d2p(value),
      y: (value) => yaxis._offset + yaxis.d2p(value),
      dataX: (pixel) => xaxis.p2d(pixel - xaxis._offset),
      dataY: (pixel) => yaxis.p2d(pixel - yaxis._offset),
      left: xaxis._offset,
      top: yaxis._offset,
      width: xaxis._length,
      height: yaxis._length,
      rangeX: xaxis.type === "log" ? ends.map((power) => 10 ** power) : ends,
      rangeY: yaxis.range.map(Number),
    };
  }

  const isInside = (frame, x, y) =>
    x >= frame.left && x <= frame.left + frame.width && y >= frame.top && y <= frame.top + frame.height;

  // A canvas that fills its host at the screen's resolution. Its size is observed, because asking
  // for it in the midst of a picture would lay the page out anew.
  function addCanvas(host, below) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    if (below) host.prepend(canvas);
    else host.append(canvas);
    canvas.measure = () => (canvas.size = [host.clientWidth, host.clientHeight]);
    new ResizeObserver(canvas.measure).observe(host);
    canvas.measure();
    return canvas;
  }

  const density = () => Math.min(root.devicePixelRatio || 1, 2);

  function fit(canvas) {
    const size = canvas.size.map((length) => Math.round(length * density()));
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    const pen = canvas.getContext("2d");
    pen.setTransform(density(), 0, 0, density(), 0, 0);
    return pen;
  }

  function wipe(canvas) {
    const pen = fit(canvas);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    return pen;
  }

  // Paint what is cut off at the edges of a frame.
  function within(pen, frame, paint) {
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.width, frame.height);
    pen.clip();
    paint();
    pen.restore();
  }

  // Marks for iterates: a disc for an even step, a square for an odd one, a diamond for a midpoint.
  function addMark(pen, kind, x, y, r) {
    if (kind === "even") {
      pen.moveTo(x + r, y);
      pen.arc(x, y, r, 0, 2 * Math.PI);
    } else if (kind === "odd") {
      const half = 0.89 * r;
      pen.rect(x - half, y - half, 2 * half, 2 * half);
    } else {
      pen.moveTo(x, y - r);
      pen.lineTo(x + r, y);
      pen.lineTo(x, y + r);
      pen.lineTo(x - r, y);
      pen.closePath();
    }
  }

  // The ink of a mark: that of its parity or, where several runs are compared, that of its run.
  function inkOf({ inks, result }, kind, i) {
    if (result.runs.length > 1 && Number.isInteger(i)) return inks.runs[i];
    return kind === "midpoint" ? inks.soft : inks[kind];
  }

  function mark(pen, inks, ink, kind, x, y, r) {
    pen.beginPath();
    addMark(pen, kind, x, y, r);
    pen.fillStyle = ink;
    pen.fill();
    pen.strokeStyle = inks.card;
    pen.lineWidth = 2;
    pen.stroke();
  }

  // Points of rows as the scene's strobe shows them. `place(row)` gives [x, y]; `i` is the run's place
  // among those compared. Where the walls are closer than a mark, they take turns on top.
  function addPoints(pen, scene, part, from, to, place, r, i) {
    if (scene.strobe === "midpoints") return addMidpoints(pen, scene, part, from, to, place, r, i);
    const add = (kind, keep) => {
      if (!edgewalk.run.shows(scene.strobe, kind === "odd" ? 1 : 0)) return;
      pen.fillStyle = inkOf(scene, kind, i);
      addKind(pen, kind, part, from, to, place, r, keep);
    };
    if (scene.strobe !== "all" || !overlap(part, from, to, place, r)) {
      for (const kind of ["even", "odd"]) add(kind, () => true);
      return;
    }
    for (const onTop of [false, true]) {
      add("even", (x, y) => isTurnOfEven(x, y) === onTop);
      add("odd", (x, y) => isTurnOfEven(x, y) !== onTop);
    }
  }

  const isTurnOfEven = (x, y) => Math.floor((x + 2 * y) / STRIPE) % 2 === 0;

  // Whether marks of radius r hide those of the step before, midway between two rows.
  function overlap(part, from, to, place, r) {
    const row = (from + to) >> 1;
    const [[x0, y0], [x1, y1]] = [place(row), place(partnerOf(part, row))];
    return Math.hypot(x1 - x0, y1 - y0) < 1.5 * r;
  }

  // All rows of one parity: in one fill, so that marks that overlap do not add up. Specks are too
  // small for a shape, and filled one by one, which is several times quicker.
  function addKind(pen, kind, part, from, to, place, r, keep) {
    const steps = part.columns.step;
    const speck = r < SPECK;
    pen.beginPath();
    for (let row = from; row <= to; row++) {
      if (edgewalk.run.parity(steps[row]) !== kind) continue;
      const [x, y] = place(row);
      if (!Number.isFinite(x + y) || !keep(x, y)) continue;
      if (speck) pen.fillRect(x - r, y - r, 2 * r, 2 * r);
      else addMark(pen, kind, x, y, r);
    }
    pen.fill();
  }

  // Paint with a pen for itself, and put the whole down at once, faint. `size` is in pixels of the page.
  function faintly(pen, alpha, [width, height], paint) {
    const scratch = (faintly.scratch = faintly.scratch || document.createElement("canvas"));
    scratch.size = [width, height];
    paint(wipe(scratch));
    pen.globalAlpha = alpha;
    pen.drawImage(scratch, 0, 0, width, height);
    pen.globalAlpha = 1;
  }

  function addMidpoints(pen, scene, part, from, to, place, r, i) {
    const middle = midpointOf(part, place);
    pen.beginPath();
    for (let row = from; row <= to; row++) {
      const [x, y] = middle(row);
      if (Number.isFinite(x + y)) addMark(pen, "midpoint", x, y, r);
    }
    pen.fillStyle = inkOf(scene, "midpoint", i);
    pen.fill();
  }

  // The midpoint of a row and the step before it; NaN where that one is not recorded.
  function midpointOf(part, place) {
    const steps = part.columns.step;
    return (row) => {
      if (row < 1 || steps[row] !== steps[row - 1] + 1) return [NaN, NaN];
      const [[x0, y0], [x1, y1]] = [place(row - 1), place(row)];
      return [(x0 + x1) / 2, (y0 + y1) / 2];
    };
  }

  function line(pen, ink, width, dash, from, to, place) {
    pen.beginPath();
    let down = false;
    for (let row = from; row <= to; row++) {
      const [x, y] = place(row);
      if (!Number.isFinite(x + y)) down = false;
      else if (down) pen.lineTo(x, y);
      else {
        pen.moveTo(x, y);
        down = true;
      }
    }
    pen.strokeStyle = ink;
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.stroke();
    pen.setLineDash([]);
  }

  // A smooth curve through all rows of a part, of which a few hundred do.
  function curve(pen, ink, width, dash, rows, place) {
    const stride = Math.max(1, Math.floor(rows / SMOOTH));
    const count = Math.ceil((rows - 1) / stride);
    line(pen, ink, width, dash, 0, count, (k) => place(Math.min(k * stride, rows - 1)));
  }

  function bead(pen, inks, ink, x, y, r) {
    mark(pen, inks, ink, "even", x, y, r);
  }

  // Text with a halo, so that it is legible on whatever lies below.
  function label(pen, inks, text, x, y, ink, align) {
    pen.font = '12px Inter, system-ui, "Segoe UI", sans-serif';
    pen.textAlign = align || "left";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.strokeStyle = inks.card;
    pen.lineWidth = 4;
    pen.strokeText(text, x, y);
    pen.fillStyle = ink;
    pen.fillText(text, x, y);
  }

  // A function from a row of a part to the pixel of a column of points, in the frame's plane.
  const placeOf = (part, name, frame) => pixels(part.columns[name], frame);

  function pixels(column, frame) {
    const at = edgewalk.section.coordinates(frame.section, column);
    return (row) => {
      const [a, b] = at(row);
      return [frame.x(a), frame.y(b)];
    };
  }

  const isSmooth = (run) => run.rule === "gradient-flow";
  const smoothInk = ({ inks, result }, i) => (result.runs.length > 1 ? inks.runs[i] : inks.flow);

  // A panel over a Plotly graph that remembers what of the past it has painted.
  class Panel {
    constructor(host, graph, name) {
      this.host = host;
      this.graph = graph;
      this.name = name;
      this.past = addCanvas(host);
      this.now = addCanvas(host);
      this.painted = null;
    }

    // Forget what was painted: sizes, axes, inks or runs have changed.
    reset() {
      this.painted = null;
    }

    // What there is of a run to paint here: its overview and, where one has zoomed in, a stretch.
    partsOf(run) {
      const detail = run.details && run.details[this.name];
      return detail ? [run, detail] : [run];
    }

    frameFor() {
      return frameOf(this.graph());
    }

    paint(scene) {
      const frame = scene.result && this.frameFor(scene);
      if (!frame) return;
      this.paintPast(scene, frame);
      const pen = wipe(this.now);
      this.paintNow(pen, scene, frame);
    }

    paintPast(scene, frame) {
      const pieces = scene.result.runs.flatMap((run, i) =>
        this.partsOf(run).map((part) => ({ run, i, part, row: upTo(part, scene.steps[i]) })),
      );
      const grows = this.painted && pieces.every(({ row }, k) => row >= this.painted[k]);
      const pen = grows ? fit(this.past) : wipe(this.past);
      within(pen, frame, () => {
        if (!grows) this.paintStill(pen, scene, frame);
        pieces.forEach(({ run, i, part, row }, k) => {
          const from = grows ? this.painted[k] + 1 : 0;
          if (row >= from) this.paintRows(pen, scene, frame, run, i, part, from, row);
        });
      });
      this.painted = pieces.map(({ row }) => row);
    }
  }

  // The last row of a part up to step t; −1 if it begins later.
  function upTo(part, t) {
    return part.columns.step[0] > t ? -1 : edgewalk.run.rowAt(part, t);
  }

  // The other row of a row's pair: the next step if it is recorded, else the one before.
  function partnerOf(part, row) {
    const steps = part.columns.step;
    if (row + 1 < part.rows && steps[row + 1] === steps[row] + 1) return row + 1;
    if (row > 0 && steps[row - 1] === steps[row] - 1) return row - 1;
    return row;
  }

  // The parts of a colour.
  const rgb = (hex) => [1, 3, 5].map((j) => parseInt(hex.slice(j, j + 2), 16));

  // The colour at a share of a scale of colours, as CSS has it.
  function shade(colours, share) {
    const place = Math.min(Math.max(share, 0), 1) * (colours.length - 1);
    const k = Math.min(Math.floor(place), colours.length - 2);
    return `rgb(${colours[k].map((c, j) => Math.round(c + (place - k) * (colours[k + 1][j] - c))).join(",")})`;
  }

  // Move labels apart, in order, keeping them between two heights.
  function spread(names, top, bottom, room) {
    names.sort((a, b) => a.y - b.y);
    let free = top;
    for (const name of names) free = (name.y = Math.max(Math.min(name.y, bottom), free)) + room;
    free = bottom;
    for (const name of [...names].reverse()) free = (name.y = Math.min(name.y, free)) - room;
  }

  // Round numbers between two, about `most` of them.
  function ticks(low, high, most = 5) {
    const rough = (high - low) / most;
    if (!(rough > 0)) return [];
    const power = 10 ** Math.floor(Math.log10(rough));
    const size = power * [1, 2, 5, 10].find((m) => m * power >= rough);
    const first = Math.ceil(low / size - 1e-6);
    const count = Math.floor(high / size + 1e-6) - first + 1;
    return Array.from({ length: Math.max(count, 0) }, (_, k) => (first + k) * size);
  }

  // The ticks between two numbers with their words, as {value, text}.
  function labelledTicks(low, high, most) {
    const values = ticks(low, high, most);
    const size = values.length > 1 ? values[1] - values[0] : Math.abs(values[0]) || 1;
    return values.map((value) => ({ value, text: tickWords(value, size) }));
  }

  // A tick in as many digits as its neighbours, `size` away, differ in.
  function tickWords(u, size) {
    if (Math.abs(u) >= 1e5 || (u !== 0 && Math.abs(u) < 1e-3 && size < 1e-3)) return edgewalk.run.words(u);
    const digits = Math.min(Math.max(0, Math.ceil(-Math.log10(size) - 1e-9)), 9);
    return (Math.abs(u) < size / 2 ? 0 : u).toFixed(digits);
  }

  // The nearest of rows from … to to a pixel, as {row, x, y, distance}.
  function nearestRow(from, to, place, px, py) {
    let best = { distance: Infinity };
    for (let row = from; row <= to; row++) {
      const [x, y] = place(row);
      const distance = Math.hypot(x - px, y - py);
      if (distance < best.distance) best = { row, x, y, distance };
    }
    return best;
  }

  // The nearest of what was found at a pixel, within a reach; null if there is none.
  function nearestOf(found, reach = Infinity) {
    const near = found.filter(({ distance }) => distance <= reach);
    return near.length ? near.reduce((a, b) => (b.distance < a.distance ? b : a)) : null;
  }

  // Show a tip below and to the right of a point of the window, or on the other side where there is no
  // room.
  function showBeside(tip, x, y) {
    tip.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = tip;
    const left = x + FAR + width > root.innerWidth ? Math.max(4, x - FAR - width) : x + FAR;
    const top = y + FAR + height > root.innerHeight ? Math.max(4, y - FAR - height) : y + FAR;
    tip.style.transform = `translate(${left}px, ${top}px)`;
  }

  edgewalk.overlay = {
    DASHES, Panel, isDrawn, frameOf, isInside, readInks, addCanvas, density, wipe, within, mark, inkOf, addPoints,
    faintly, midpointOf, line, curve, bead, label, placeOf, pixels, isSmooth, smoothInk, upTo, partnerOf, spread, ticks, labelledTicks, nearestRow,
    nearestOf, rgb, shade, showBeside,
  };
  if (typeof module !== "undefined") module.exports = edgewalk.overlay;
})(typeof window === "undefined" ? globalThis : window);
