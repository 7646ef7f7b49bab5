// Pixels: what moves, painted on canvases over Plotly's still figures.
//
// Each panel has two canvases: `past`, which only grows while a run plays, and `now`, which is
// painted afresh with each picture. Plotly's private axis attributes are touched in `frameOf` alone.
(function (root) {
  const edgewalk = (root.edgewalk = root.edgewalk || {});

  const RECENT = 7;
  const HOPS = 9;
  const FAINT = 0.16;
  const STRONG = 0.6;
  const DASHES = [[], [7, 3], [2, 3]];

  // The inks of the current colour scheme, from the style sheet.
  function readInks() {
    const style = getComputedStyle(document.documentElement);
    const names = ["paper", "card", "ink", "soft", "line", "even", "odd", "theory", "threshold", "flow"];
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }

  // Where data lie on a Plotly graph: functions from data to pixels, and the box of the axes.
  function frameOf(graph) {
    const layout = graph && graph._fullLayout;
    if (!layout || !layout.xaxis || !layout.xaxis._length || !graph.data.length) return null;
    const { xaxis, yaxis } = layout;
    return {
      x: (value) => xaxis._offset + xaxis.d2p(value),
      y: (value) => yaxis._offset + yaxis.d2p(value),
      dataX: (pixel) => xaxis.p2d(pixel - xaxis._offset),
      dataY: (pixel) => yaxis.p2d(pixel - yaxis._offset),
      left: xaxis._offset,
      top: yaxis._offset,
      width: xaxis._length,
      height: yaxis._length,
      rangeX: xaxis.range.map(Number),
      rangeY: yaxis.range.map(Number),
    };
  }

  // A canvas that fills its host at the screen's resolution. Its size is observed, because asking
  // for it in the midst of a picture would lay the page out anew.
  function addCanvas(host) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    host.append(canvas);
    const measure = () => (canvas.size = [host.clientWidth, host.clientHeight]);
    new ResizeObserver(measure).observe(host);
    measure();
    return canvas;
  }

  function fit(canvas) {
    const density = Math.min(root.devicePixelRatio || 1, 2);
    const size = canvas.size.map((length) => Math.round(length * density));
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    const pen = canvas.getContext("2d");
    pen.setTransform(density, 0, 0, density, 0, 0);
    return pen;
  }

  function wipe(canvas) {
    const pen = fit(canvas);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    return pen;
  }

  function clipTo(pen, frame) {
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.width, frame.height);
    pen.clip();
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

  function mark(pen, inks, kind, x, y, r) {
    pen.beginPath();
    addMark(pen, kind, x, y, r);
    pen.fillStyle = kind === "even" ? inks.even : kind === "odd" ? inks.odd : inks.soft;
    pen.fill();
    pen.strokeStyle = inks.card;
    pen.lineWidth = 2;
    pen.stroke();
  }

  const parity = (step) => (step % 2 ? "odd" : "even");

  // Whether a strobe shows a step.
  const shows = (strobe, step) => strobe === "all" || strobe === parity(step);

  // Points of many rows in as few fills as there are kinds. `place(row)` gives [x, y].
  function addPoints(pen, inks, part, from, to, strobe, place, r) {
    if (strobe === "midpoints") return addMidpoints(pen, inks, part, from, to, place, r);
    const steps = part.columns.step;
    for (const kind of ["even", "odd"]) {
      if (strobe !== "all" && strobe !== kind) continue;
      pen.beginPath();
      for (let row = from; row <= to; row++) {
        if (parity(steps[row]) !== kind) continue;
        const [x, y] = place(row);
        if (Number.isFinite(x + y)) addMark(pen, kind, x, y, r);
      }
      pen.fillStyle = inks[kind];
      pen.fill();
    }
  }

  // The whole run as specks, too small for a shape. One fill, so that they do not add up.
  function addSpecks(pen, inks, part, strobe, place) {
    const steps = part.columns.step;
    for (const kind of ["even", "odd"]) {
      if (strobe !== "midpoints" && !shows(strobe, kind === "odd" ? 1 : 0)) continue;
      pen.beginPath();
      for (let row = 0; row < part.rows; row++) {
        if (parity(steps[row]) !== kind) continue;
        const [x, y] = place(row);
        if (Number.isFinite(x + y)) pen.rect(x - 2, y - 2, 4, 4);
      }
      pen.fillStyle = inks[kind];
      pen.fill();
    }
  }

  function addMidpoints(pen, inks, part, from, to, place, r) {
    const steps = part.columns.step;
    pen.beginPath();
    for (let row = Math.max(from, 1); row <= to; row++) {
      if (steps[row] !== steps[row - 1] + 1) continue;
      const [x0, y0] = place(row - 1);
      const [x1, y1] = place(row);
      const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
      if (Number.isFinite(x + y)) addMark(pen, "midpoint", x, y, r);
    }
    pen.fillStyle = inks.soft;
    pen.fill();
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

  function bead(pen, inks, x, y, r) {
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
    pen.fillStyle = inks.theory;
    pen.fill();
    pen.strokeStyle = inks.card;
    pen.lineWidth = 2;
    pen.stroke();
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

  const isSmooth = (run) => run.rule === "gradient-flow";
  const at = (part, name, frame) => {
    const column = part.columns[name];
    return (row) => [frame.x(column[2 * row]), frame.y(column[2 * row + 1])];
  };

  // A panel over a Plotly graph that remembers what of the past it has painted.
  class Panel {
    constructor(host, graph) {
      this.graph = graph;
      this.past = addCanvas(host);
      this.now = addCanvas(host);
      this.painted = null;
    }

    // Forget what was painted: sizes, axes, inks or runs have changed.
    reset() {
      this.painted = null;
    }

    paint(scene) {
      const frame = frameOf(this.graph());
      if (!frame || !scene.result) return;
      this.paintPast(scene, frame);
      const pen = wipe(this.now);
      this.paintNow(pen, scene, frame);
    }

    paintPast(scene, frame) {
      const rows = scene.result.runs.map((run) => edgewalk.run.rowAt(run, scene.step));
      const grows = this.painted && rows.every((row, i) => row >= this.painted[i]);
      const pen = grows ? fit(this.past) : wipe(this.past);
      const from = grows ? this.painted : rows.map(() => -1);
      pen.save();
      clipTo(pen, frame);
      if (!grows) this.paintStill(pen, scene, frame);
      scene.result.runs.forEach((run, i) => {
        if (rows[i] > from[i]) this.paintRows(pen, scene, frame, run, i, from[i] + 1, rows[i]);
      });
      pen.restore();
      this.painted = rows;
    }
  }

  class Landscape extends Panel {
    // The way of gradient flow, the theorem's path, and the whole run, faint.
    paintStill(pen, { result, inks, strobe }, frame) {
      const { points, rows } = result.descent;
      const way = (row) => [frame.x(points[2 * row]), frame.y(points[2 * row + 1])];
      line(pen, inks.flow, 1.6, [5, 4], 0, rows - 1, way);
      for (const run of result.runs) {
        line(pen, inks.theory, 2, [], 0, run.rows - 1, at(run, "flow", frame));
        pen.globalAlpha = FAINT;
        if (!isSmooth(run)) addSpecks(pen, inks, run, strobe, at(run, "x", frame));
        pen.globalAlpha = 1;
      }
    }

    paintRows(pen, { inks, strobe }, frame, run, i, from, to) {
      const place = at(run, "x", frame);
      if (isSmooth(run)) return line(pen, inks.flow, 3, [], Math.max(from - 1, 0), to, place);
      pen.globalAlpha = STRONG;
      addPoints(pen, inks, run, from, to, strobe, place, 3);
      pen.globalAlpha = 1;
    }

    paintNow(pen, scene, frame) {
      scene.result.runs.forEach((run, i) => this.paintLabels(pen, scene, frame, run, i));
      pen.save();
      clipTo(pen, frame);
      scene.result.runs.forEach((run) => this.paintHead(pen, scene, frame, run));
      pen.restore();
    }

    paintHead(pen, { inks, step, strobe }, frame, run) {
      const { part, row } = edgewalk.run.locate(run, step);
      const first = edgewalk.run.consecutiveFrom(part, row, RECENT);
      const place = at(part, "x", frame);
      if (strobe === "all") {
        pen.globalAlpha = 0.8;
        line(pen, inks.ink, 1, [], first, row, place);
        pen.globalAlpha = 1;
      }
      addPoints(pen, inks, part, first, row, strobe, place, 3);
      const [ghostX, ghostY] = at(part, "flow", frame)(row);
      if (Number.isFinite(ghostX)) bead(pen, inks, ghostX, ghostY, 7);
      const [x, y] = place(row);
      const now = part.columns.step[row];
      if (shows(strobe, now)) mark(pen, inks, isSmooth(run) ? "midpoint" : parity(now), x, y, 6);
    }

    paintLabels(pen, { inks, step, result }, frame, run, i) {
      const { part, row } = edgewalk.run.locate(run, step);
      const inside = ([x, y]) =>
        x >= frame.left && x <= frame.left + frame.width && y >= frame.top && y <= frame.top + frame.height;
      const ghost = at(part, "flow", frame)(row);
      const head = at(part, "x", frame)(row);
      if (inside(ghost) && i === 0) {
        const below = ghost[1] + 56 < frame.top + frame.height;
        const end = ghost[1] + (below ? 42 : -42);
        line(pen, inks.theory, 1, [], 0, 1, (k) => [ghost[0], k ? end : ghost[1] + (below ? 8 : -8)]);
        const side = ghost[0] < frame.left + 70 ? "left" : ghost[0] > frame.left + frame.width - 70 ? "right" : "center";
        label(pen, inks, "X(τ), the theorem", ghost[0], end + (below ? 9 : -9), inks.theory, side);
      }
      if (result.runs.length > 1 && inside(head)) {
        label(pen, inks, run.name, head[0] + 12, head[1] - 14 - 15 * i, inks.ink, "left");
      }
    }
  }

  class Sharpness extends Panel {
    clock(scene, run, part) {
      const steps = part.columns.step;
      return (row) => edgewalk.run.clockTime(scene.clock, run.eta, steps[row]);
    }

    curve(scene, run, part, frame, name) {
      const time = this.clock(scene, run, part);
      const column = part.columns[name];
      return (row) => [frame.x(time(row)), frame.y(column[row])];
    }

    // The theorem's prediction for the whole run.
    paintStill(pen, scene, frame) {
      scene.result.runs.forEach((run, i) => {
        const place = this.curve(scene, run, run, frame, "flow_sharpness");
        line(pen, scene.inks.theory, 2, DASHES[i], 0, run.rows - 1, place);
      });
    }

    paintRows(pen, scene, frame, run, i, from, to) {
      const { inks, strobe } = scene;
      const start = Math.max(from - 1, 0);
      const curve = (name) => this.curve(scene, run, run, frame, name);
      if (i === scene.focus && !isSmooth(run)) {
        pen.globalAlpha = 0.5;
        addPoints(pen, inks, run, from, to, strobe, curve("threshold"), 2.2);
        pen.globalAlpha = 1;
        line(pen, inks.threshold, 1.6, [5, 4], start, to, curve("threshold_mean"));
      }
      if (i === scene.focus) this.paintOwn(pen, scene, run, from, to, curve("sharpness"));
      line(pen, inks.ink, 2, DASHES[i], start, to, curve("projection_sharpness"));
    }

    // λ₁(x_t) as points: a line through both walls would be a scribble.
    paintOwn(pen, { inks, strobe }, run, from, to, place) {
      pen.globalAlpha = 0.4;
      pen.fillStyle = inks.ink;
      for (let row = from; row <= to; row++) {
        const [x, y] = place(row);
        if (Number.isFinite(x + y) && shows(strobe === "midpoints" ? "all" : strobe, run.columns.step[row]))
          pen.fillRect(x - 1.2, y - 1.2, 2.4, 2.4);
      }
      pen.globalAlpha = 1;
    }

    paintNow(pen, scene, frame) {
      const { inks, step, result } = scene;
      const focus = result.runs[scene.focus];
      const x = frame.x(edgewalk.run.clockTime(scene.clock, focus.eta, Math.min(step, focus.last)));
      pen.save();
      clipTo(pen, frame);
      line(pen, inks.soft, 1, [], 0, 1, (k) => [x, frame.top + k * frame.height]);
      result.runs.forEach((run) => {
        const { part, row } = edgewalk.run.locate(run, step);
        const [gx, gy] = this.curve(scene, run, part, frame, "flow_sharpness")(row);
        if (Number.isFinite(gy)) bead(pen, inks, gx, gy, 6);
        const [sx, sy] = this.curve(scene, run, part, frame, "projection_sharpness")(row);
        if (Number.isFinite(sy)) this.dot(pen, inks, sx, sy);
      });
      pen.restore();
      this.paintLabels(pen, scene, frame);
    }

    dot(pen, inks, x, y) {
      pen.beginPath();
      pen.arc(x, y, 3.5, 0, 2 * Math.PI);
      pen.fillStyle = inks.ink;
      pen.fill();
    }

    // Names at the right, by their lines at the playhead, moved apart where they would meet.
    paintLabels(pen, scene, frame) {
      const { inks, step, result } = scene;
      const names = [];
      const add = (text, ink, value) => {
        if (Number.isFinite(value)) names.push({ text, ink, y: frame.y(value) });
      };
      result.runs.forEach((run, i) => {
        const { part, row } = edgewalk.run.locate(run, step);
        const many = result.runs.length > 1;
        const value = (name) => part.columns[name][row];
        add(many ? run.name : "λ₁(Φ(xₜ))", inks.ink, value("projection_sharpness"));
        if (i !== scene.focus) return;
        add("λ₁(X), the theorem", inks.theory, run.columns.flow_sharpness[run.rows - 1]);
        if (isSmooth(run)) return;
        const partner = edgewalk.overlay.partnerOf(part, row);
        for (const r of new Set([row, partner])) {
          const kind = parity(part.columns.step[r]);
          add(kind === "odd" ? "■ 2/ηₜ, odd t" : "● 2/ηₜ, even t", inks[kind], part.columns.threshold[r]);
        }
        if (!many) add("· λ₁(xₜ)", inks.soft, value("sharpness"));
        if (partner !== row) add("mean of two", inks.threshold, value("threshold_mean"));
      });
      spread(names, frame.top + 8, frame.top + frame.height - 6, 16);
      for (const name of names) label(pen, inks, name.text, frame.left + frame.width + 8, name.y, name.ink);
    }
  }

  // The other row of a row's pair: the next step if it is recorded, else the one before.
  function partnerOf(part, row) {
    const steps = part.columns.step;
    if (row + 1 < part.rows && steps[row + 1] === steps[row] + 1) return row + 1;
    if (row > 0 && steps[row - 1] === steps[row] - 1) return row - 1;
    return row;
  }

  // Move labels apart, in order, keeping them between two heights.
  function spread(names, top, bottom, room) {
    names.sort((a, b) => a.y - b.y);
    let free = top;
    for (const name of names) free = (name.y = Math.max(Math.min(name.y, bottom), free)) + room;
    free = bottom;
    for (const name of [...names].reverse()) free = (name.y = Math.min(name.y, free)) - room;
  }

  // The magnifier: L along v₁ through Φ(x_t), in units of the bounce.
  class Across {
    constructor(host) {
      this.canvas = addCanvas(host);
    }

    reset() {}

    paint(scene) {
      if (!scene.result) return;
      const pen = wipe(this.canvas);
      const run = scene.result.runs[scene.focus];
      const { part, row } = edgewalk.run.locate(run, scene.step);
      const view = acrossView(part, row, scene.result.profile_axis);
      const [width, height] = this.canvas.size;
      if (!view) return this.paintNothing(pen, scene.inks, part.columns.offset[row], width, height);
      const frame = {
        x: (u) => 20 + ((u + view.half) / (2 * view.half)) * (width - 40),
        y: (v) => height - 26 - v * (height - 44),
      };
      this.paintAxis(pen, scene.inks, frame, view, width, height);
      line(pen, scene.inks.soft, 1.8, [], 0, 80, (k) => {
        const u = (k / 40 - 1) * view.half;
        return [frame.x(u), frame.y(view.loss(u))];
      });
      this.paintHops(pen, scene, frame, view, part, row);
    }

    paintNothing(pen, inks, offset, width, height) {
      const words = offset === 0 ? "on the valley floor" : "no valley in reach of gradient flow";
      label(pen, inks, words, width / 2, height / 2, inks.soft, "center");
    }

    paintAxis(pen, inks, frame, view, width, height) {
      pen.strokeStyle = inks.line;
      pen.lineWidth = 1;
      line(pen, inks.line, 1, [], 0, 1, (k) => [k ? width - 20 : 20, height - 26]);
      for (const u of ticks(view.half)) {
        line(pen, inks.line, 1, [], 0, 1, (k) => [frame.x(u), height - 26 + 4 * k]);
        label(pen, inks, tickWords(u), frame.x(u), height - 12, inks.soft, "center");
      }
    }

    paintHops(pen, { inks, strobe }, frame, view, part, row) {
      const first = edgewalk.run.consecutiveFrom(part, row, HOPS);
      const place = (r) => [frame.x(part.columns.offset[r] / view.unit), frame.y(part.columns.loss[r] / view.top)];
      for (let r = first; r <= row; r++) {
        const kind = parity(part.columns.step[r]);
        const [x, y] = place(r);
        if (!Number.isFinite(x + y) || !shows(strobe === "midpoints" ? "all" : strobe, part.columns.step[r])) continue;
        pen.globalAlpha = r === row ? 1 : 0.15 + (0.5 * (r - first)) / HOPS;
        mark(pen, inks, kind, x, y, r === row ? 6.5 : 5);
      }
      pen.globalAlpha = 1;
      if (row === first) return;
      const [x0, y0] = place(row - 1);
      const [x1, y1] = place(row);
      pen.beginPath();
      pen.moveTo(x0, y0 - 9);
      pen.quadraticCurveTo((x0 + x1) / 2, Math.min(y0, y1) - 46, x1, y1 - 10);
      pen.strokeStyle = inks.ink;
      pen.lineWidth = 1.2;
      pen.stroke();
    }
  }

  // What the magnifier shows at a row: its unit, half-width in units, and L there as a share of
  // the largest L in view. The unit is the bounce by the rule's law, or the one measured.
  function acrossView(part, row, nodes) {
    const { offset, bounce, span, profile } = part.columns;
    if (!Number.isFinite(offset[row])) return null;
    const measured = Math.abs(offset[row]) + Math.abs(offset[partnerOf(part, row)]);
    const unit = bounce[row] > 0 ? bounce[row] : measured;
    if (!(unit > 0)) return null;
    const values = profile.subarray(row * nodes.length, (row + 1) * nodes.length);
    const share = (u) => edgewalk.run.interpolate(nodes, values, (u * unit) / span[row]);
    const half = span[row] / unit;
    const top = Math.max(share(-half), share(half));
    return { unit, half, top, lawful: bounce[row] > 0, loss: (u) => share(u) / top };
  }

  const tickWords = (u) => (Math.abs(u) < 1e4 ? String(Number(u.toPrecision(3))) : edgewalk.run.words(u));

  // Round numbers in ±half, three to five of them.
  function ticks(half) {
    const rough = half / 2.5;
    const power = 10 ** Math.floor(Math.log10(rough));
    const size = power * [1, 2, 5, 10].find((m) => m * power >= rough);
    const most = Math.floor((1.0001 * half) / size);
    return Array.from({ length: 2 * most + 1 }, (_, k) => (k - most) * size);
  }

  edgewalk.overlay = {
    Landscape, Sharpness, Across, frameOf, readInks, partnerOf, acrossView, spread, ticks, shows, parity,
  };
  if (typeof module !== "undefined") module.exports = edgewalk.overlay;
})(typeof window === "undefined" ? globalThis : window);
