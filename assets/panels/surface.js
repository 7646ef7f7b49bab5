// The landscape as a surface z = √L in space, with Γ on its floor, the iterates and the theorem's point.
(function (root) {
  const edgewalk = (root.edgewalk = root.edgewalk || {});
  const pens = edgewalk.overlay;
  const { solid } = edgewalk;
  const { shows } = edgewalk.run;

  const FIRST = { yaw: 32, pitch: 34, zoom: 1 };
  const ZOOMS = [0.6, 4];
  const FAINT = 0.16;
  const STRONG = 0.75;
  const BANDS = 14;
  const TURN = 12; // pixels of dragging that an arrow key stands for
  const REACH = 24;
  const EVERY = 8; // of the points of Γ

  class Surface extends edgewalk.Landscape {
    constructor(host, flat) {
      const box = Object.assign(document.createElement("div"), { className: "solid", tabIndex: 0, hidden: true });
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", "The surface z = √L with the iterates. Arrow keys turn it, + and − zoom.");
      host.append(box);
      super(box, null, "landscape");
      this.box = box;
      this.flat = flat; // the panel that shows the plane otherwise
      this.host = host;
      this.angles = FIRST;
      this.still = document.createElement("canvas");
      this.picture = null;
      this.rendered = "";
      this.listen();
    }

    // ---- turning ----

    listen() {
      const { box } = this;
      box.addEventListener("pointerdown", (event) => box.setPointerCapture(event.pointerId));
      box.addEventListener("pointermove", (event) => {
        if (box.hasPointerCapture(event.pointerId)) this.turn(event.movementX, event.movementY);
      });
      box.addEventListener("dblclick", () => this.see(FIRST));
      box.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
      box.addEventListener("keydown", (event) => this.onKey(event));
    }

    onWheel(event) {
      event.preventDefault();
      this.enlarge(Math.exp(-0.002 * event.deltaY));
    }

    onKey(event) {
      const ways = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, -TURN], ArrowDown: [0, TURN] };
      const sizes = { "+": 1.25, "=": 1.25, "-": 0.8 };
      if (!ways[event.key] && !sizes[event.key]) return;
      event.preventDefault();
      event.stopPropagation();
      if (ways[event.key]) this.turn(...ways[event.key]);
      else this.enlarge(sizes[event.key]);
    }

    turn(dx, dy) {
      this.see(solid.turned(this.angles, dx, dy));
    }

    enlarge(factor) {
      const zoom = Math.min(Math.max(this.angles.zoom * factor, ZOOMS[0]), ZOOMS[1]);
      this.see({ ...this.angles, zoom });
    }

    see(angles) {
      this.angles = angles;
      edgewalk.stage.repaint();
    }

    // ---- painting ----

    paint(scene) {
      this.unfold(scene.look === "surface");
      if (this.box.hidden || !scene.heights || !scene.result) return;
      const frame = this.frameFor(scene);
      if (!frame) return;
      this.paintPast(scene, frame);
      this.paintNow(pens.wipe(this.now), scene, frame);
    }

    // Only what is shown has a size.
    unfold(yes) {
      if (yes !== this.box.hidden) return;
      this.box.hidden = !yes;
      for (const canvas of [this.past, this.now]) canvas.measure();
    }

    // From data to pixels, for the surface as it is turned now.
    frameFor({ heights, result }) {
      const [width, height] = this.past.size;
      if (!(width > 0 && height > 0)) return null;
      const grid = gridOf(heights, result);
      const view = solid.camera({ ...this.angles, width, height });
      const at = (x, y, z) => solid.project(view, ...solid.toBox(grid, x, y, z));
      return { left: 0, top: 0, width, height, grid, view, at };
    }

    // The surface, Γ, the theorem's path and the whole run, faint even where the surface hides it.
    paintStill(pen, scene, frame) {
      const { inks, result } = scene;
      this.render(scene, frame);
      pen.drawImage(this.still, 0, 0, frame.width, frame.height);
      this.paintAxes(pen, inks, frame);
      this.paintValley(pen, scene, frame);
      result.runs.forEach((run, i) => {
        pens.curve(pen, inks.theory, 2, pens.DASHES[i], run.rows, this.floor(run, "flow", frame));
      });
      pens.faintly(pen, FAINT, this.past.size, (faint) => this.paintSpecks(faint, scene, frame));
    }

    render({ inks, look }, { grid, view, width, height }) {
      const wanted = JSON.stringify([this.angles, width, height, grid.x, grid.y, grid.top, inks.card, look]);
      if (wanted === this.rendered && this.grid === grid.heights) return;
      [this.rendered, this.grid] = [wanted, grid.heights];
      const line = [...pens.rgb(inks.soft), 0.35];
      this.picture = solid.render(grid, view, { colours: inks.heights, bands: BANDS, line }, this.picture);
      [this.still.width, this.still.height] = [this.picture.width, this.picture.height];
      const image = new ImageData(this.picture.pixels, this.picture.width, this.picture.height);
      this.still.getContext("2d").putImageData(image, 0, 0);
    }

    paintAxes(pen, inks, { view, grid, at }) {
      for (const { from, to, axis, front } of solid.frame(view)) {
        const ends = [from, to].map((corner) => solid.project(view, ...corner));
        if (front) pens.line(pen, inks.soft, 1, [], 0, 1, (k) => ends[k]);
        if (!front || axis === "z") continue;
        this.paintTicks(pen, inks, grid, at, axis, from);
      }
    }

    paintTicks(pen, inks, grid, at, axis, corner) {
      const along = axis === "x" ? 0 : 1;
      const other = axis === "x" ? grid.y : grid.x;
      const side = corner[1 - along] > 0 ? 1 : 0;
      const away = (other[1] - other[0]) * (side ? 0.06 : -0.06);
      const point = (value) => (along ? [other[side] + away, value, 0] : [value, other[side] + away, 0]);
      const [low, high] = grid[axis];
      for (const { value, text } of pens.labelledTicks(low, high, 4)) {
        const [x, y] = at(...point(value));
        pens.label(pen, inks, text, x, y, inks.soft, "center");
      }
      const [x, y] = at(...point(low + 0.62 * (high - low)).map((c, k) => (k === 1 - along ? c + 1.2 * away : c)));
      pens.label(pen, inks, axis, x, y, inks.ink, "center");
    }

    paintValley(pen, { valley, inks }, frame) {
      if (!valley) return;
      const { grid, at } = frame;
      const seen = (x, y) => x >= grid.x[0] && x <= grid.x[1] && y >= grid.y[0] && y <= grid.y[1];
      pen.lineCap = "round";
      for (const { x, rows, sharpness } of valley.curves) {
        for (let k = 0; k + EVERY < rows; k += EVERY) {
          const ends = [k, k + EVERY].map((row) => [x[2 * row], x[2 * row + 1]]);
          if (!ends.every(([a, b]) => seen(a, b))) continue;
          const ink = edgewalk.Along.colourOf(inks.scale, valley.sharpness_range, sharpness[k]);
          pens.line(pen, ink, 4, [], 0, 1, (j) => this.unlessHidden(at(...ends[j], 0), 0.05));
        }
      }
      pen.lineCap = "butt";
    }

    unlessHidden([x, y, depth], tolerance) {
      return solid.isHidden(this.picture, x, y, depth, tolerance) ? [NaN, NaN] : [x, y];
    }

    // Pixels of iterates on the surface; of points of Γ on its floor.
    place(part, { at, grid }) {
      const { x, loss } = part.columns;
      return (row) => {
        const z = Math.sqrt(loss[row]);
        const [a, b] = [x[2 * row], x[2 * row + 1]];
        const inside = z <= grid.top && a >= grid.x[0] && a <= grid.x[1] && b >= grid.y[0] && b <= grid.y[1];
        return inside ? at(a, b, z) : [NaN, NaN];
      };
    }

    floor(part, name, { at }) {
      const column = part.columns[name];
      return (row) => at(column[2 * row], column[2 * row + 1], 0);
    }

    paintRows(pen, scene, frame, run, i, part, from, to) {
      const place = this.place(part, frame);
      const visible = (row) => {
        const point = place(row);
        return Number.isFinite(point[0]) ? this.unlessHidden(point) : point;
      };
      pen.globalAlpha = STRONG;
      if (pens.isSmooth(run)) pens.line(pen, pens.smoothInk(scene, i), 3, [], Math.max(from - 1, 0), to, visible);
      else pens.addPoints(pen, scene, part, from, to, visible, 3, i);
      pen.globalAlpha = 1;
    }

    paintNow(pen, scene, frame) {
      scene.result.runs.forEach((run, i) => this.paintHead(pen, scene, frame, run, i));
    }

    // What is seen now as the address of a picture.
    toDataURL() {
      const whole = document.createElement("canvas");
      [whole.width, whole.height] = [this.past.width, this.past.height];
      const pen = whole.getContext("2d");
      for (const canvas of [this.past, this.now]) pen.drawImage(canvas, 0, 0);
      return whole.toDataURL();
    }

    // What the pointer finds, on the surface or on the plane.
    probe(scene, px, py) {
      if (scene.look !== "surface") return this.flat.probe(scene, px, py);
      const frame = scene.heights && this.picture && this.frameFor(scene);
      if (!frame) return null;
      const found = scene.result.runs.map((run, i) => {
        const place = this.place(run, frame);
        const seen = (row) => (scene.strobe === "midpoints" || shows(scene.strobe, run.columns.step[row]) ? place(row) : [NaN, NaN]);
        return { ...pens.nearestRow(0, pens.upTo(run, scene.steps[i]), seen, px, py), run, i, part: run };
      });
      return pens.nearestOf(found, REACH);
    }
  }

  // √L over the view, cut off a little above where the runs start, or where nine in ten points lie below.
  function gridOf({ view, rows, columns, root: heights }, { runs }) {
    if (!gridOf.sorted || gridOf.of !== heights) {
      [gridOf.of, gridOf.sorted] = [heights, Float32Array.from(heights).sort()];
    }
    const most = gridOf.sorted[Math.floor(0.9 * (gridOf.sorted.length - 1))];
    const start = Math.max(...runs.map((run) => Math.sqrt(run.columns.loss[0])));
    const top = Math.min(Math.max(1.1 * start, most), gridOf.sorted[gridOf.sorted.length - 1]);
    return { x: view[0], y: view[1], rows, columns, heights, top };
  }

  edgewalk.Surface = Surface;
  if (typeof module !== "undefined") module.exports = Surface;
})(typeof window === "undefined" ? globalThis : window);
