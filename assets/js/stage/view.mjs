// Which part of the plane is in view, and what is asked for to fill it.
import { setProps } from "../dash.mjs";
import { find } from "../elements.mjs";
import { scheme } from "../scheme.mjs";
import { actions } from "./actions.mjs";
import { frameOf } from "./frame.mjs";
import * as plane from "./plane.mjs";
import { graphOf, state } from "./state.mjs";

const ASIDE = 0.25; // of the view, on each side: heights of a section there

/** @type {View | null} */
let view = null; // what the landscape is drawn for, [[low, high], [low, high]]
let zoom = 0; // counts the times that the whole landscape was shown
let drawn = "";
/** @type {{ loss: string, look: Look, found: Heights } | null} */
let lastHeights = null;
/** @type {{ loss: string, view: View } | null} */
let whole = null; // of the last section: {loss, view}, all that is worth seeing

/**
 * The loss's own view, made wide enough for the start.
 * @param {Settings} settings
 */
function viewWithStart({ view: own, start }) {
  return own.map(([low, high], i) => {
    const margin = 0.08 * (high - low);
    return [Math.min(low, start[i] - margin), Math.max(high, start[i] + margin)];
  });
}

// Of a section the server says what is worth seeing.
export function showWhole() {
  const { settings } = state.result;
  const known = whole && whole.loss === settings.loss ? whole.view : null;
  view = isPlane() ? viewWithStart(settings) : known;
  zoom += 1;
  drawScene();
}

/**
 * A section has come: what it shows when all is shown.
 * @param {Section} section
 */
export function adopt({ loss, whole: all }) {
  const first = !whole || whole.loss !== loss;
  whole = { loss, view: all };
  if (first) showWhole();
}

// What heights of a section are asked for: a little more than is in view; null until that is known.
export function sectionView() {
  return (
    view &&
    view.map(([low, high]) =>
      [low - ASIDE * (high - low), high + ASIDE * (high - low)].map((end) => Number(end.toPrecision(6))),
    )
  );
}

// Contours for what is seen, where those drawn are too coarse or end.
export function followZoom() {
  const frame = frameOf(graphOf("landscape"));
  if (!frame || !view) return;
  const seen = [frame.rangeX, frame.rangeY];
  const drawnFor = view;
  const misfit = seen.some(([low, high], i) => {
    const [from, to] = drawnFor[i];
    const margin = (to - from) * (isPlane() ? 0.5 : ASIDE);
    return low < from - margin || high > to + margin || high - low < (to - from) / 3;
  });
  if (!misfit) return;
  view = seen;
  drawScene();
  if (!isPlane()) actions.repaint();
}

// Whether a loss has two parameters, so that the picture is the plane itself.
export const isPlane = () => state.result.settings.start.length === 2;

export function drawScene() {
  if (!state.result || !view) return;
  find(".card.landscape").dataset.look = state.view.look;
  const touch = window.matchMedia("(pointer: coarse)").matches;
  const { loss } = state.result.settings;
  const wanted = { loss, look: state.view.look, scheme: scheme(), view, zoom, touch };
  const text = JSON.stringify(wanted);
  if (text === drawn) return;
  drawn = text;
  setProps("scene", { data: wanted });
}

/**
 * Heights for the look: of half a view more on each side for the map, which one can pan.
 * @param {Look} look
 * @param {() => void} arrived
 */
export function heightsFor(look, arrived) {
  const { result } = state;
  if (!view || !result || (look !== "sharpness" && look !== "surface")) return null;
  const margin = look === "sharpness" ? 0.5 : 0;
  const wide = view.map(([low, high]) => [low - margin * (high - low), high + margin * (high - low)]);
  // Those of before stay until the new ones are there.
  const { loss } = result.settings;
  const found = plane.heights(loss, wide, arrived);
  if (found) lastHeights = { loss, look, found };
  return found || (lastHeights && lastHeights.loss === loss && lastHeights.look === look ? lastHeights.found : null);
}
