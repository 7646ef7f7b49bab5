// Draws panels of a run by the pen that writes SVG. A plan is {name, panels, run, valley, at, strobe, clock, look,
// view, inks}, the files by their paths; its pictures are {file name: SVG}. node draw.mjs prints those of the plan
// that it is given as JSON.
import { readFileSync } from "node:fs";
import { clockTime } from "../../assets/js/clock.mjs";
import { decode, decodeValley } from "../../assets/js/binary.mjs";
import { rgb } from "../../assets/js/inks.mjs";
import { svgSheet } from "../../assets/js/svgpen.mjs";
import { svgOf } from "./picture.mjs";
import { Across } from "../../assets/js/stage/panels/across.mjs";
import { Alignment } from "../../assets/js/stage/panels/alignment.mjs";
import { Along } from "../../assets/js/stage/panels/along.mjs";
import { Gap } from "../../assets/js/stage/panels/gap.mjs";
import { Landscape } from "../../assets/js/stage/panels/landscape.mjs";
import { Ledger } from "../../assets/js/stage/panels/ledger.mjs";
import { Sharpness } from "../../assets/js/stage/panels/sharpness.mjs";

const SIZES = {
  landscape: [480, 360],
  sharpness: [480, 360],
  alignment: [480, 360],
  ledger: [480, 360],
  across: [280, 168],
  along: [280, 168],
  gap: [240, 60],
};

// What a panel paints on, in place of the canvases that its constructor makes on the page.
const SHEETS = {
  landscape: ["past", "now"],
  sharpness: ["past", "now"],
  alignment: ["past", "now"],
  ledger: ["past", "now"],
  across: ["canvas"],
  along: ["still", "canvas"],
  gap: ["canvas"],
};
const KINDS = {
  landscape: Landscape,
  sharpness: Sharpness,
  alignment: Alignment,
  ledger: Ledger,
  across: Across,
  along: Along,
  gap: Gap,
};

const bytes = (path) => {
  const file = readFileSync(path);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
};

function panelOf(name, axes) {
  const panel = Object.create(KINDS[name].prototype);
  const sheets = SHEETS[name].map((sheet) => (panel[sheet] = svgSheet(SIZES[name])));
  Object.assign(panel, {
    name,
    host: { hidden: false },
    painted: null,
    fresh: false,
    view: null,
    shown: "",
    sides: {},
    taken: [],
  });
  panel.graph = () => axes;
  return { panel, sheets };
}

// The axes that Plotly would have.
function axesOf(loss, [[xLow, xHigh], [yLow, yHigh]], [width, height], right) {
  const axis = (low, high, offset, length, turned) => ({
    _offset: offset,
    _length: length,
    range: [low, high],
    d2p: (value) => (turned ? 1 - (value - low) / (high - low) : (value - low) / (high - low)) * length,
    p2d: (pixel) => low + (pixel / length) * (high - low),
  });
  const [xaxis, yaxis] = [axis(xLow, xHigh, 46, width - 46 - right, false), axis(yLow, yHigh, 8, height - 48, true)];
  return { layout: { uirevision: "one", meta: { loss } }, _fullLayout: { font: { size: 14 }, xaxis, yaxis } };
}

export function draw(plan) {
  const inks = { ...plan.inks, scale: plan.inks.scale.map(rgb) };
  const result = decode(bytes(plan.run));
  const valley = result.valley || decodeValley(bytes(plan.valley));
  const { runs, settings } = result;
  const scene = {
    ...{ result, valley, inks, focus: 0, section: null, sheet: null, heights: null, halved: null },
    ...{ d: settings.start.length, clock: plan.clock, axis: "linear", strobe: plan.strobe, look: plan.look },
    ...{ at: plan.at, steps: runs.map((run) => Math.min(plan.at, run.last)) },
  };
  const sharp = Math.max(...runs.map((run) => run.columns.sharpness.reduce((a, b) => Math.max(a, b))));
  const end = Math.max(...runs.map((run) => clockTime(plan.clock, run.eta, run.last)));
  const views = {
    landscape: plan.view,
    sharpness: [
      [0, end],
      [0, 1.3 * sharp],
    ],
  };

  const pictures = {};
  for (const name of plan.panels) {
    globalThis.document = { createElement: () => svgSheet(SIZES[name]) };
    const right = name === "sharpness" ? 142 : 14;
    const axes = views[name] && axesOf(settings.loss, views[name], SIZES[name], right);
    const { panel, sheets } = panelOf(name, axes);
    panel.paint({ ...scene, panel: name });
    pictures[`${plan.name}-${name}.svg`] = svgOf(SIZES[name], inks.card, sheets);
  }
  return pictures;
}

if (import.meta.main) process.stdout.write(JSON.stringify(draw(JSON.parse(readFileSync(0, "utf8")))));
