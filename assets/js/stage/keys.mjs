// Buttons and keys.
import { copyLink, redo, undo } from "../address.mjs";
import { $, find, isOffline } from "../elements.mjs";
import { chooseFile, linkTo, pageAddress, takeFiles } from "../filing.mjs";
import { forRun, readQuery, writeQuery } from "../link.mjs";
import { arriving } from "../messages.mjs";
import { chooseOther } from "../scheme.mjs";
import { TEXT_FIELDS, isCommand, isTyping, shortcut } from "../shortcut.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { actions } from "./actions.mjs";
import * as controls from "./controls.mjs";
import * as fold from "./fold.mjs";
import { toggleLens } from "./handle.mjs";
import * as offer from "./offer.mjs";
import * as own from "./own.mjs";
import { isPlaying, player, state, steps } from "./state.mjs";
import { showWhole } from "./view.mjs";

const FASTER = 0.3; // powers of ten

export function begin() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("keyup", (event) => playsAt(event) && event.preventDefault());
  if (isOffline()) {
    delete keys.e;
    delete keys.f;
    return;
  }
  takeFiles(controls.open, controls.say);
}

/**
 * By steps of the run in focus.
 * @param {number} count
 */
function move(count) {
  if (state.veiled) return actions.press({ moved: state.pressed.moved + count, playing: false });
  if (!state.result) return;
  if (player.playing) actions.pause();
  actions.seekOwn(steps()[state.focus] + count);
}

/**
 * To the end of the last run, or to the beginning.
 * @param {number} at
 */
function goTo(at) {
  if (isPlaying()) actions.pause();
  actions.seek(at);
}

function loop() {
  player.loop = !player.loop;
  $("loop").setAttribute("aria-pressed", String(player.loop));
}

/**
 * @param {string} id
 */
const open = (id) => $(id).showModal();
const help = () => open("help-dialog");

/** @type {Record<string, () => unknown>} */
export const buttons = {
  play: () => (isPlaying() ? actions.pause() : actions.play()),
  back: () => move(-1),
  forward: () => move(1),
  "back-two": () => move(-2),
  "forward-two": () => move(2),
  reset: () => goTo(0),
  end: () => goTo(Infinity),
  loop,
  pace: () => {
    player.rises = !player.rises;
    player.begin();
    $("pace").setAttribute("aria-pressed", String(player.rises));
  },
  critical: () => controls.setCritical(),
  compare: () => controls.compare(),
  fork: () => controls.forkHere(),
  "keep-going": controls.keepGoing,
  lock: controls.lockAxes,
  flattest: () => controls.startAtFlattest(),
  "show-all": () => showWhole(),
  halve: () => controls.halve(),
  why: () => actions.explain(),
  unfold: () => fold.showAll(true),
  "all-panels": fold.toggleAll,
  "own-show": own.show,
  tour: offer.take,
  "tour-offered": offer.take,
  "tour-declined": offer.decline,
  share,
  help,
  export: exportPicture,
  "open-file": () => {
    $("export-dialog").close();
    chooseFile(controls.open, controls.say);
  },
  scheme: () => actions.setScheme(chooseOther()),
};

/** @type {Record<string, (event: KeyboardEvent) => unknown>} */
export const keys = {
  " ": () => buttons.play(),
  ArrowLeft: (event) => move(event.shiftKey ? -2 : -1),
  ArrowRight: (event) => move(event.shiftKey ? 2 : 1),
  Home: () => goTo(0),
  End: () => goTo(Infinity),
  "[": () => faster(-FASTER),
  "]": () => faster(FASTER),
  s: () => {
    const { strobes } = vocabulary;
    const next = strobes.indexOf(state.view.strobe) + 1;
    controls.change("strobe", strobes[next % strobes.length]);
  },
  m: toggleLens,
  w: () => actions.explain(),
  f: () => controls.forkHere(),
  l: loop,
  e: exportPicture,
  "?": help,
  Escape: () => {
    controls.say([]);
    actions.stopExplaining();
  },
};

// With Ctrl, or the Mac's Cmd.
/** @type {Record<string, (event: KeyboardEvent) => unknown>} */
export const commands = {
  z: (event) => (event.shiftKey ? redo() : undo()),
};

/**
 * @param {number} power
 */
function faster(power) {
  controls.change("speed", Math.log10(player.speed) + power);
}

/**
 * @param {any} event
 */
function onClick(event) {
  const { target } = event;
  // A dialog itself is hit only where its backdrop is.
  if (target.closest(".close") || target.nodeName === "DIALOG") return target.closest("dialog").close();
  const button = target.closest("button");
  if (button && button.dataset.query && state.result) controls.open(button.dataset.query);
  if (button && buttons[button.id]) buttons[button.id]();
}

/**
 * Whether Space plays: not in fields, which need it. A button is pressed with Enter, and where Space is released too,
 * unless that is prevented.
 * @param {any} event
 */
const playsAt = ({ target, key }) =>
  key === " " && !find("dialog[open]") && !target.closest(`${TEXT_FIELDS}, [type=checkbox], [type=radio]`);

/**
 * Keys belong to text fields, lists, sliders and open dialogs first.
 * @param {any} event
 */
function onKey(event) {
  const { target, key } = event;
  const command = (event.ctrlKey || event.metaKey) && !event.altKey && commands[key.toLowerCase()];
  if (command && !isTyping(event)) return command(event);
  if (isCommand(event) || find("dialog[open]")) return;
  const moves = key.startsWith("Arrow") || key === "Home" || key === "End";
  if (isTyping(event)) return;
  if (moves && target.closest("input")) return;
  if (key === " " && !playsAt(event)) return;
  const name = shortcut(event, keys);
  if (!name) return;
  event.preventDefault();
  keys[name](event);
}

async function share() {
  actions.writeLink();
  controls.say([await copyLink()]);
}

/**
 * The link of what is shown, whatever has been asked for meanwhile; a file is not in a frame.
 */
function shownQuery() {
  actions.writeLink();
  const ofPage = Object.entries(readQuery(location.search)).filter(([key]) => vocabulary.page_keys.includes(key));
  const { embed, ...query } = { ...Object.fromEntries(ofPage), ...forRun(readQuery(state.result?.query || "")) };
  return query;
}

/**
 * @param {string} file
 */
const isProgram = (file) => /\.(py|ipynb)$/.test(file);

/**
 * The address of a file of the run; its name may bring a query of its own.
 * @param {string} file
 */
function addressOf(file) {
  if (!state.result) return null;
  const flows = state.result.runs.every((run) => run.rule === "gradient-flow"); // of which NumPy has none
  const query = { ...shownQuery(), page: pageAddress(), ...(isProgram(file) && flows && { on: "dynamics" }) };
  return `${file}${file.includes("?") ? "&" : "?"}${writeQuery(query)}`;
}

async function exportPicture() {
  if (!state.result) return;
  if (isPlaying()) actions.pause();
  const { openStageExports } = await arriving(() => import("./exports.mjs")); // seldom wanted, and never at first
  openStageExports(() => linkTo(shownQuery()), addressOf);
}
