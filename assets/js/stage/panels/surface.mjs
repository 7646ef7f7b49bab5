// The landscape in space: of a loss of two parameters the surface z = √L with Γ on its floor, of three
// Γ itself as a sheet or a curve; the iterates and the theorem's point in it.
import { addCanvas, fineness, penFor, penOf, wipe } from "../../canvas.mjs";
import { makeDraggable } from "../../drag.mjs";
import { rgb, smoothInk } from "../../inks.mjs";
import { around, clearest, moved } from "../../labels.mjs";
import { addPoints, strength } from "../../marks.mjs";
import { addForks } from "../forks.mjs";
import { nearestOf, nearestRow } from "../../nearest.mjs";
import * as pens from "../../pens.mjs";
import { hasLeft, isSmooth, ownFrom, pointAt, shows, upTo } from "../../run.mjs";
import { isCommand, shortcut } from "../../shortcut.mjs";
import { labelledTicks } from "../../ticks.mjs";
import { isInside } from "../frame.mjs";
import { paintShut, showsFlow } from "../rod.mjs";
import * as solid from "../solid.mjs";
import * as space from "../space.mjs";
import { acrossView } from "./across.mjs";
import { colourOf } from "./along.mjs";
import { FLATTEST, Landscape } from "./landscape.mjs";

const FIRST = { yaw: 32, pitch: 34, zoom: 1 };
const ZOOMS = [0.6, 4];
const STRONG = 0.75;
const BANDS = 14;
const TURN = 12; // pixels of dragging that an arrow key stands for
const REACH = 24;
const ON = 0.05; // of the depth, for what lies on the surface
const NAMED = 1.2; // times as far from the middle of the box as its sides, numbers and names
const PIECES = 200; // of a curve of Γ within the box
const PICTURE = 2; // pixels of a picture to keep for each of the page
const FINEST = 4; // of one for paper, before what fills the box takes a browser's room

export class Surface extends Landscape {
  /**
   * `turned` is told when a person has turned the box.
   * @param {HTMLElement} host
   * @param {() => void} turned
   */
  constructor(host, turned) {
    const box = Object.assign(document.createElement("div"), { className: "solid", tabIndex: 0, hidden: true });
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", "The landscape in space with the iterates. Arrow keys turn it, + and − zoom.");
    host.append(box);
    super(box, () => /** @type {any} */ (null), "landscape");
    this.box = box;
    this.turned = turned;
    this.host = host;
    this.angles = FIRST;
    this.still = document.createElement("canvas");
    /** @type {any} */
    this.picture = null;
    this.rendered = "";
    /** @type {Float32Array | null} */
    this.filled = null;
    this.detail = 1; // pixels of what fills the box for each of the page
    this.listen();
  }

  // ---- turning ----

  listen() {
    const { box } = this;
    let before = this.angles;
    let [x, y] = [0, 0]; // where the pointer was, which engines do not say alike
    makeDraggable(box, {
      begins: (event) => {
        before = this.angles;
        [x, y] = [event.clientX, event.clientY];
      },
      moves: (event) => {
        this.turn(event.clientX - x, event.clientY - y);
        [x, y] = [event.clientX, event.clientY];
      },
      back: () => this.see(before),
      twice: () => this.see(FIRST),
    });
    box.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    box.addEventListener("keydown", (event) => this.onKey(event));
  }

  /**
   * @param {any} event
   */
  onWheel(event) {
    event.preventDefault();
    this.enlarge(Math.exp(-0.002 * event.deltaY));
  }

  /**
   * @param {any} event
   */
  onKey(event) {
    /** @type {Record<string, Point>} */
    const ways = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, -TURN], ArrowDown: [0, TURN] };
    /** @type {Record<string, number>} */
    const sizes = { "+": 1.25, "=": 1.25, "-": 0.8 };
    const key = isCommand(event) ? undefined : shortcut(event, { ...ways, ...sizes });
    if (!key) return;
    event.preventDefault();
    event.stopPropagation();
    if (ways[key]) this.turn(...ways[key]);
    else this.enlarge(sizes[key]);
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  turn(dx, dy) {
    this.see(solid.turned(this.angles, dx, dy));
  }

  /**
   * @param {number} factor
   */
  enlarge(factor) {
    const zoom = Math.min(Math.max(this.angles.zoom * factor, ZOOMS[0]), ZOOMS[1]);
    this.see({ ...this.angles, zoom });
  }

  /**
   * @param {Angles} angles
   */
  see(angles) {
    this.angles = angles;
    this.turned();
  }

  // ---- painting ----

  /**
   * Whether the landscape is seen in space.
   * @param {Scene} scene
   */
  shows({ look }) {
    return look === "surface";
  }

  /**
   * @param {Scene} scene
   */
  paint(scene) {
    this.unfold(this.shows(scene));
    if (this.box.hidden || !scene.result) return;
    const frame = this.frameFor(scene);
    if (!frame) return;
    this.paintPast(scene, frame);
    this.paintNow(wipe(this.now), scene, frame);
  }

  /**
   * Only what is shown has a size.
   * @param {boolean} yes
   */
  unfold(yes) {
    if (yes !== this.box.hidden) return;
    this.box.hidden = !yes;
    for (const canvas of [this.past, this.now]) canvas.measure();
  }

  /**
   * From data to pixels, for the box as it is turned now; null until it can be filled.
   * @param {Scene} scene
   * @returns {SolidFrame | null}
   */
  frameFor(scene) {
    const [width, height] = this.past.size;
    const shape = space.shapeOf(scene.d);
    const grid = width > 0 && height > 0 ? shape.grid(scene) : null;
    if (!grid) return null;
    const view = this.eye(width, height);
    /**
     * @param {number[]} number
     */
    const at = ([x, y, z]) => {
      const [a, b, c] = solid.toBox(grid, x, y, z - grid.low);
      return solid.project(view, a, b, c);
    };
    return { left: 0, top: 0, width, height, unit: this.past.unit || 1, shape, grid, view, at };
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  eye(width, height) {
    return solid.camera({ ...this.angles, width, height });
  }

  /**
   * The surface, Γ and the theorem's path.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {any} frame
   */
  paintStill(pen, scene, frame) {
    const { inks, result } = scene;
    this.render(scene, frame);
    if (this.picture) pen.drawImage(this.still, 0, 0, frame.width, frame.height);
    this.paintAxes(pen, inks, frame);
    this.paintValley(pen, scene, frame);
    this.paintWay(pen, scene, frame);
    this.paintPlaces(pen, scene, frame);
    result.runs.forEach((run, i) => {
      if (!showsFlow(scene, run)) return;
      const [own, flow] = [ownFrom(run, run), this.floor(run, "flow", frame)];
      pens.curve(pen, inks.theory, 2, pens.DASHES[i], run.rows - own, (/** @type {number} */ row) => flow(own + row));
    });
  }

  /**
   * What fills the box, painted again only when that or the eye has changed.
   * @param {Scene} scene
   * @param {SolidFrame} solidFrame
   */
  render({ inks }, { grid, width, height }) {
    const { x, y, low, top, heights, tints, colours } = grid;
    if (!heights) return (this.picture = null);
    const detail = this.detail * fineness() * (this.past.unit || 1);
    const wanted = JSON.stringify([this.angles, detail, width, height, x, y, low, top, inks.card]);
    if (this.picture && wanted === this.rendered && this.filled === (tints || heights)) return;
    [this.rendered, this.filled] = [wanted, tints || heights];
    const line = [...rgb(inks.soft), 0.35];
    const look = { colours, tints, bands: BANDS, line, thickness: detail };
    const [wide, high] = [width, height].map((length) => Math.round(detail * length));
    this.picture = solid.render(grid, this.eye(wide, high), look, this.picture);
    [this.still.width, this.still.height] = [this.picture.width, this.picture.height];
    const image = new ImageData(this.picture.pixels, this.picture.width, this.picture.height);
    penFor(this.still).putImageData(image, 0, 0);
  }

  /**
   * @param {Pen} pen
   * @param {Inks} inks
   * @param {SolidFrame} frame
   */
  paintAxes(pen, inks, frame) {
    for (const { from, to, axis, front } of solid.frame(frame.view)) {
      const ends = [from, to].map(([x, y, z]) => solid.project(frame.view, x, y, z));
      if (front) pens.line(pen, inks.soft, 1, [], 0, 1, (k) => [ends[k][0], ends[k][1]]);
      if (front) this.paintTicks(pen, inks, frame, axis, from);
    }
  }

  /**
   * Beside the edge that leaves from a corner, away from the box.
   * @param {Pen} pen
   * @param {Inks} inks
   * @param {SolidFrame} frame
   * @param {string} axis
   * @param {number[]} corner
   */
  paintTicks(pen, inks, frame, axis, corner) {
    const { grid, at } = frame;
    const sides = [grid.x, grid.y, [grid.low, grid.low + grid.top]];
    const along = ["x", "y", "z"].indexOf(axis);
    const other = along === 0 ? 1 : 0;
    const away = (sides[other][1] - sides[other][0]) * (corner[other] > 0 ? 0.06 : -0.06);
    const base = sides.map(([low, high], k) => (k < 2 && corner[k] > 0 ? high : low));
    /**
     * @param {number} value
     * @param {number} [times]
     */
    const point = (value, times = 1) => base.map((c, k) => (k === along ? value : k === other ? c + times * away : c));
    /**
     * @param {number[]} place
     * @returns {Point}
     */
    const pixel = (place) => [at(place)[0], at(place)[1]];
    /**
     * @param {string} text
     * @param {number[]} place
     * @param {string} ink
     */
    const label = (text, place, ink) => {
      const [x, y] = moved(frame, text, pixel(place));
      pens.label(pen, inks, text, x, y, ink, "center");
    };
    const [low, high] = sides[along];
    for (const { value, text } of labelledTicks(low, high, 4)) {
      if (isInside(frame, ...pixel(point(value, 0)))) label(text, point(value), inks.soft);
    }
    // The upright's above it: beside it there is room for numbers alone.
    label(
      grid.names[along],
      along === 2 ? point(low + 1.12 * (high - low), 0) : point(low + 0.62 * (high - low), 2.2),
      inks.ink,
    );
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {any} frame
   */
  paintValley(pen, { valley, inks }, frame) {
    if (!valley) return;
    pen.lineCap = "round";
    for (const { x, rows, sharpness } of valley.curves) {
      const on = frame.shape.floor(x);
      let inside = 0;
      for (let k = 0; k < rows; k++) if (space.isInside(frame.grid, on(k))) inside++;
      const every = Math.ceil((inside + 1) / PIECES);
      for (let k = 0; k < rows - 1; k += every) {
        const ends = space.clipped(frame.grid, on(k), on(Math.min(k + every, rows - 1)));
        if (!ends) continue;
        const ink = colourOf(inks.scale, valley.sharpness_range, sharpness[k]);
        pens.line(pen, ink, 4, [], 0, 1, (j) => this.unlessHidden(frame.at(ends[j]), ON));
      }
    }
    pen.lineCap = "butt";
    paintShut(pen, inks, valley, this.shut, 5, (x) => {
      const on = frame.shape.floor(x);
      return (row) => (space.isInside(frame.grid, on(row)) ? this.unlessHidden(frame.at(on(row)), ON) : [NaN, NaN]);
    });
  }

  /**
   * The way of gradient flow from the start.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {SolidFrame} frame
   */
  paintWay(pen, { result, inks }, { shape, grid, at }) {
    const { points, rows } = result.descent;
    const on = shape.onto(grid, points);
    pens.line(pen, inks.flow, 1.6, [5, 4], 0, rows - 1, (row) => {
      const point = on(row);
      return space.isInside(grid, point) ? this.unlessHidden(at(point), ON) : [NaN, NaN];
    });
  }

  /**
   * The start and the flattest points, by name, where they are not hidden.
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {SolidFrame} frame
   */
  paintPlaces(pen, { result, valley, inks }, frame) {
    const { shape, grid, at } = frame;
    /** @type {Point[]} */
    const gamma = (valley?.curves || []).flatMap(({ x, rows }) => {
      const inside = Array.from({ length: rows }, (_, row) => shape.floor(x)(row)).filter((p) =>
        space.isInside(grid, p),
      );
      return inside.map((point) => this.unlessHidden(at(point), ON)).filter(([px]) => Number.isFinite(px));
    });
    const places = [
      ...(valley?.flattest || []).map((point) => ({ text: FLATTEST, place: shape.floor(Float32Array.from(point))(0) })),
      ...result.runs.slice(0, 1).map((run) => ({ text: "start", place: shape.point(run)(0) })),
    ];
    for (const { text, place } of places) {
      const [x, y] = space.isInside(grid, place) ? this.unlessHidden(at(place), ON) : [NaN, NaN];
      if (!isInside(frame, x, y)) continue;
      pens.mark(pen, { card: inks.ink }, inks.card, "even", x, y, text === FLATTEST ? 4.5 : 6);
      const middle = clearest(frame, text, around(text, [x, y]), gamma);
      pens.label(pen, inks, text, ...middle, inks.soft, "center");
    }
  }

  /**
   * @param {number[]} pixel
   * @param {number} [tolerance]
   * @returns {Point}
   */
  unlessHidden([x, y, depth], tolerance) {
    const { picture } = this;
    const detail = picture && picture.width / this.past.size[0];
    const hidden = picture && solid.isHidden(picture, detail * x, detail * y, depth, tolerance);
    return hidden ? [NaN, NaN] : [x, y];
  }

  /**
   * Pixels of iterates, and of points of Γ.
   * @param {Part} part
   * @param {any} solidFrame
   * @returns {Place}
   */
  place(part, { at, grid, shape }) {
    const on = shape.point(part);
    return (row) => {
      const point = on(row);
      return space.isInside(grid, point) ? at(point) : [NaN, NaN];
    };
  }

  /**
   * Pixels of points of which no loss is known, on the surface.
   * @param {Part} part
   * @param {any} solidFrame
   * @returns {Place}
   */
  walls({ columns: { x } }, { at, grid, shape }) {
    const on = shape.onto(grid, x);
    return (row) => (space.isInside(grid, on(row)) ? at(on(row)) : [NaN, NaN]);
  }

  /**
   * Pixels midway between iterates, on the surface: the mean of two heights is none of it.
   * @param {Part} part
   * @param {any} solidFrame
   * @returns {Place}
   */
  middle({ columns: { step, x }, widths }, { at, grid, shape }) {
    return (row) => {
      if (row < 1 || step[row] !== step[row - 1] + 1) return [NaN, NaN];
      const before = pointAt(x, widths.x, row - 1);
      const point = shape.onto(
        grid,
        pointAt(x, widths.x, row).map((value, i) => (value + before[i]) / 2),
      )(0);
      return space.isInside(grid, point) ? at(point) : [NaN, NaN];
    };
  }

  /**
   * @param {Part} part
   * @param {string} name
   * @param {any} solidFrame
   * @returns {Place}
   */
  floor(part, name, { at, shape }) {
    const on = shape.floor(part.columns[name]);
    return (row) => at(on(row));
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {any} frame
   * @param {Run} run
   * @param {number} i
   * @param {Part} part
   * @param {number} from
   * @param {number} to
   */
  paintRows(pen, scene, frame, run, i, part, from, to) {
    /**
     * @param {Place} place
     * @param {number} [tolerance]
     * @returns {Place}
     */
    const shown = (place, tolerance) => (row) => {
      const point = place(row);
      return Number.isFinite(point[0]) ? this.unlessHidden(point, tolerance) : point;
    };
    const visible = shown(this.place(part, frame));
    pen.globalAlpha = STRONG * strength(scene, i);
    if (isSmooth(run)) pens.line(pen, smoothInk(scene, i), 3, [], Math.max(from - 1, 0), to, visible);
    else addPoints(pen, scene, run, part, from, to, visible, 3, i, shown(this.middle(part, frame), ON));
    pen.globalAlpha = 1;
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   * @param {any} frame
   */
  paintNow(pen, scene, frame) {
    this.paintRod(pen, scene, frame);
    addForks(pen, scene, (_, part) => this.place(part, frame));
    scene.result.runs.forEach((run, i) => {
      if (hasLeft(run, scene.steps[i])) this.paintHead(pen, scene, frame, run, i);
    });
    this.paintLens(pen, scene, frame);
  }

  /**
   * @param {Scene} scene
   * @param {SolidFrame} frame
   * @returns {Ground}
   */
  groundIn({ d }, frame) {
    const { left, top, width, height, shape, grid, at } = frame;
    /**
     * @param {number[]} point
     * @returns {Point}
     */
    const pixel = (point) => {
      const [x, y] = space.isInside(grid, point) ? at(point) : [NaN, NaN];
      return [x, y];
    };
    /** @type {Ground["wall"]} */
    const wall = (part, row, nodes) => {
      const view = acrossView(part, row, nodes);
      if (!view) return null;
      const [[x, y], [a, b]] = ["projection", "direction"].map((name) => pointAt(part.columns[name], 2, row));
      return (share) => {
        const [u, s] = [share * view.half, share * view.half * view.unit];
        return pixel([x + s * a, y + s * b, Math.sqrt(Math.max(view.loss(u) * view.top, 0))]);
      };
    };
    return {
      ...{ left, top, width, height, one: 0 },
      apart: besideAxes(frame.view),
      place: (part) => this.place(part, frame),
      walls: (part) => this.walls(part, frame),
      floor: (column) => {
        const on = shape.floor(column);
        return (row) => pixel(on(row));
      },
      ...(d === 2 && { wall }),
    };
  }

  /**
   * What is seen now, painted afresh at a size, as the address of a picture. Its edges are smooth because what
   * fills the box is finer than it.
   * @param {Scene} scene
   * @param {Size} size
   * @param {number} [wanted] pixels of a unit
   */
  toDataURL(scene, size, wanted = PICTURE) {
    const fine = Math.min(Math.max(wanted, PICTURE), FINEST);
    const sheet = Object.assign(document.createElement("canvas"), { size, fine });
    const still = document.createElement("canvas");
    /** @type {Surface} */
    const painter = Object.assign(Object.create(this), {
      ...{ past: sheet, still, picture: null, detail: 2 * fine },
      ...{ handle: null, corner: null },
    });
    const frame = painter.frameFor(scene);
    if (!frame) return "";
    const pen = penOf(/** @type {Sheet} */ (/** @type {unknown} */ (sheet)));
    pen.imageSmoothingQuality = "high";
    painter.paintStill(pen, scene, frame);
    scene.result.runs.forEach((run, i) => {
      for (const part of this.partsOf(run))
        painter.paintRows(pen, scene, frame, run, i, part, ownFrom(run, part), upTo(part, scene.steps[i]));
    });
    painter.paintNow(pen, scene, frame);
    const moved = Object.assign(document.createElement("canvas"), { width: sheet.width, height: sheet.height });
    const [x, y] = offMiddle(sheet);
    penFor(moved).drawImage(sheet, x, y);
    return moved.toDataURL();
  }

  /**
   * What paints the same view on sheets of another host, frame by frame; `centre` tells how far, in pixels, what is
   * painted of a scene lies off the middle.
   * @param {any} host
   */
  on(host) {
    const [past, now] = [addCanvas(host), addCanvas(host)];
    /** @type {Surface} */
    const painter = Object.assign(Object.create(this), {
      ...{
        past,
        now,
        still: document.createElement("canvas"),
        picture: null,
        rendered: "",
        detail: PICTURE * (now.fine || 1),
      },
      ...{ handle: null, corner: null, painted: null, sides: {}, taken: [] },
    });
    /** @param {Scene} scene */
    const paint = (scene) => {
      const frame = painter.frameFor(scene);
      if (!frame) return;
      painter.paintPast(scene, frame);
      painter.paintNow(wipe(now), scene, frame);
    };
    /** @param {Scene} scene */
    const centre = (scene) => {
      paint(scene);
      const { width, height } = now;
      const both = Object.assign(document.createElement("canvas"), { width, height });
      for (const sheet of [past, now]) if (sheet.width) penFor(both).drawImage(sheet, 0, 0);
      return width ? offMiddle(both) : [0, 0];
    };
    return { paint, centre };
  }

  /**
   * What the pointer finds.
   * @param {Scene} scene
   * @param {number} px
   * @param {number} py
   */
  probe(scene, px, py) {
    const frame = this.frameFor(scene);
    if (!frame) return null;
    const found = scene.result.runs.map((run, i) => {
      const place = this.place(run, frame);
      /** @type {Place} */
      const seen = (row) =>
        scene.strobe === "midpoints" || shows(scene.strobe, run.columns.step[row]) ? place(row) : [NaN, NaN];
      return { ...nearestRow(0, upTo(run, scene.steps[i]), seen, px, py), run, i, part: run };
    });
    return nearestOf(found, REACH);
  }
}

/**
 * Pixels along the axes, where their numbers and names are.
 * @param {Eye} view
 * @returns {Point[]}
 */
function besideAxes(view) {
  const front = solid.frame(view).filter((edge) => edge.front);
  return front.flatMap(({ from, to, axis }) =>
    [0, 0.25, 0.5, 0.75, 1].map((share) => {
      const on = from.map((value, k) => value + share * (to[k] - value));
      const [a, b, c] = on.map((value, k) => ("xyz"[k] === axis || k === 2 ? value : NAMED * value));
      const [x, y] = solid.project(view, a, b, c);
      return /** @type {Point} */ ([x, y]);
    }),
  );
}

/**
 * How far what is painted on a sheet is to be moved, to lie in its middle.
 * @param {HTMLCanvasElement} sheet
 */
function offMiddle(sheet) {
  const { width, height } = sheet;
  const { data } = penFor(sheet).getImageData(0, 0, width, height);
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let y = 0, at = 3; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      if (!data[at]) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  return [width - 1 - left - right, height - 1 - top - bottom].map((twice) => Math.round(twice / 2));
}
