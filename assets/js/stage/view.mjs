// The still figures, which Dash draws: asked for as the picture in view changes.
import { unitOf } from "../canvas.mjs";
import { setProps } from "../dash.mjs";
import { find, put } from "../elements.mjs";
import { nameOfLoss, numbersOf, readQuery } from "../link.mjs";
import { scheme } from "../scheme.mjs";
import { actions } from "./actions.mjs";
import { frameOf } from "./frame.mjs";
import { dispatch, graphOf, state } from "./state.mjs";
import { isPlane } from "./store.mjs";

// All of the landscape.
export function showWhole() {
  if (dispatch({ type: "showsWhole" })) drawScene();
}

// Contours for what is seen, where those drawn are too coarse or end.
export function followZoom() {
  const frame = frameOf(graphOf("landscape"));
  if (!frame || !dispatch({ type: "sees", of: frame.of, ranges: [frame.rangeX, frame.rangeY] })) return;
  drawScene();
  if (!isPlane(state)) actions.repaint();
}

/**
 * What is in view, if it is not asked for already. Under a moving hand only if nothing is under way.
 * @param {boolean} [dragged]
 */
export function drawScene(dragged) {
  if (!state.result || (dragged && state.still && state.still.of.turn !== state.stood)) return;
  const touch = window.matchMedia("(pointer: coarse)").matches;
  const card = find(".card.landscape");
  // Words are as large as before under a moving hand; asking how large would lay the page out anew.
  const unit = dragged && state.still ? state.still.unit : unitOf(find(".plot", card));
  const still = stillOf(state, scheme(), touch, unit);
  if (!still) return;
  put(card.dataset, { look: still.look });
  const { codim, start } = state.result.settings;
  card.toggleAttribute("data-point", codim === start.length); // no valley, no key to its colours
  if (!state.still || !sameStill(still, state.still)) send(still);
}

/**
 * A figure has come. One that is older than the one before has come late, over the newer: that is
 * asked for again.
 * @param {StillOf | undefined} of
 */
export function stands(of) {
  if (!of || of.turn === state.stood) return;
  const late = of.turn < state.stood;
  dispatch({ type: "stands", turn: of.turn });
  if (late && state.still) send({ ...state.still, of: { ...state.still.of, turn: state.still.of.turn + 1 } });
}

/**
 * @param {Still} still
 */
function send(still) {
  dispatch({ type: "draws", still });
  setProps("scene", { data: still });
}

/**
 * What Dash draws the picture in view from; null as long as it is not known what is in view. Pure.
 * @param {StageState} state
 * @param {string} scheme
 * @param {boolean} touch
 * @param {number} unit pixels of the page in one of what is painted
 * @returns {Still | null}
 */
export function stillOf({ result, picture: { view, zoom }, view: { look }, still }, scheme, touch, unit) {
  if (!view) return null;
  const { loss, formula } = result.settings;
  const numbers = Object.entries(numbersOf(readQuery(result.query)));
  /** @type {[string, number][]} */
  const theta = numbers.map(([key, text]) => [key.slice(2), Number(text)]);
  const of = { loss: nameOfLoss(result.settings), zoom, turn: still ? still.of.turn + 1 : 1 };
  return { loss, ...(formula && { formula }), theta, look, scheme, view, zoom, touch, unit, of };
}

/**
 * @param {Still} one
 * @param {Still} other
 */
const sameStill = (one, other) => JSON.stringify({ ...one, of: null }) === JSON.stringify({ ...other, of: null });
