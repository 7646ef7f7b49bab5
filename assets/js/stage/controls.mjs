// The controls: what a person set there becomes the text of the query, and the other way round.
import { keepPlace } from "../address.mjs";
import { barEnd, changedFrom, etaAt, paceOf, writePace } from "../clock.mjs";
import { $, element, find, write } from "../elements.mjs";
import * as fields from "../fields.mjs";
import { nameOfLoss, numbersOf, readQuery } from "../link.mjs";
import { showMessages } from "../messages.mjs";
import { inWords, readNumber, short } from "../numbers.mjs";
import { edgeName, locate } from "../run.mjs";
import * as numbers from "../numbersliders.mjs";
import * as sliders from "../sliders.mjs";
import { vocabulary } from "../vocabulary.mjs";
import { actions } from "./actions.mjs";
import { requests } from "./asked.mjs";
import { branchesIn, readPush } from "./branches.mjs";
import { etaText } from "./heading.mjs";
import * as lineage from "./lineage.mjs";
import { showsFlow } from "./rod.mjs";
import { panelsOf, scene } from "./scene.mjs";
import { dispatch, player, state, steps } from "./state.mjs";
import { frameSharpness } from "./timeaxis.mjs";
import { chosenView, etasOf, halfOf, isOpening } from "./store.mjs";

// Where a message about a field of the link is shown.
/** @type {Record<string, string>} */
export const FIELDS = {
  ...{ eta: "eta", start: "start-1", steps: "horizon", noise: "noise", seed: "seed" },
  ...{ fork: "branch-step", "fork.eta": "branch-eta", "fork.noise": "branch-noise", "fork.push": "branch-push" },
};
export const STARTS = ["start-1", "start-2", "start-3", "start-4"]; // one for each coordinate, if they suffice
// Those that are no control of a few words.
const CHOICES = Object.keys(vocabulary.view).filter((name) => !["lens", "panel", "against"].includes(name));
const CENTRAL_GAP = [
  "‖x̄ₜ − X(ηt)‖",
  "‖x̄ₜ − X(ηt)‖: from the middle of two iterates, x̄ₜ = ½(xₜ + xₜ₊₁), to the central flow",
];
const BRANCH_PARTS = /** @type {const} */ (["step", "eta", "noise", "push", "name"]); // that are texts
const ROD_GAP = ["‖x̄ₜ − c‖", "‖x̄ₜ − c‖: from the middle of two iterates, x̄ₜ = ½(xₜ + xₜ₊₁), to that of the rod"];
const HAND_RESTS = 150;
const LONG = 30; // letters of a formula that is written smaller

/** @type {Record<string, string>} */
const written = {}; // what the page says of the runs
/** @type {Record<string, number>} */
const due = {}; // what waits for the hand to rest
export function begin() {
  $("loss").addEventListener("change", () => chooseLoss({ loss: $("loss").value }));
  sliders.begin(SLIDERS);
  fields.begin(heard);
  $("runs").addEventListener("click", chooseRun);
  lineage.begin();
  $("against").addEventListener("change", () => actions.setView("against", Number($("against").value)));
  $("panel").addEventListener("change", () => actions.setView("panel", $("panel").value));
  $("branch-rule").addEventListener("change", () => changeBranch("rule", $("branch-rule").value));
  document.addEventListener("pointerdown", ({ target }) => fold(/** @type {Element} */ (target)));
  document.addEventListener("keydown", ({ key }) => key === "Escape" && fold());
  showSpeed();
}

/**
 * What is unfolded over the panels goes when something else is pressed; what lies in a place of its own stays.
 * @param {Element} [pressed]
 */
function fold(pressed) {
  for (const more of document.querySelectorAll("details:is(.more, .own)")) {
    const isOver = getComputedStyle(find(".sheet", more)).position === "absolute";
    if (isOver && !(pressed && more.contains(pressed))) more.removeAttribute("open");
  }
}

/**
 * @param {string} id
 * @param {number} value
 */
function slide(id, value) {
  if (id in changes) changes[id](value);
  else dragNumber(id, value);
}

/**
 * What brings back what a slider is about.
 * @param {string} id
 */
function keepSlid(id) {
  if (id === "playhead") {
    const { at } = player;
    return () => actions.seek(at);
  }
  if (id === "speed") {
    const { speed, seconds } = player;
    return () => {
      Object.assign(player, { speed, seconds });
      player.begin();
      showSpeed();
    };
  }
  if (id !== "eta-slider") return keepNumber(id);
  const restore = keepRuns([lineage.isOnBranch(state) ? "branch-eta" : "eta"]);
  return () => {
    restore();
    showFocusEta();
  };
}

const SLIDERS = { hear: slide, keep: keepSlid };

/**
 * As long as there are no runs there is nothing to change.
 * @param {string} id
 * @param {any} value
 */
function heard(id, value) {
  if (state.result) changes[id]?.(value);
}

/** @type {Record<string, (value: any) => unknown>} */
export const changes = {
  rules: chooseRules,
  eta: (text) =>
    set(
      "eta",
      text
        .split(",")
        .map((/** @type {string} */ part) => part.trim())
        .join(","),
    ),
  "eta-slider": (place) => {
    const eta = String(stops()?.[place] ?? Number((10 ** place).toPrecision(3)));
    showEta(Number(eta));
    if (lineage.isOnBranch(state)) return dragBranch("eta", eta, { "branch-eta": eta });
    if (state.goesOn && player.playing) return later(Number(eta));
    const list = withEta(eta);
    drag("eta", list.join(","), { eta: list.join(", ") });
  },
  horizon: setHorizon,
  "horizon-unit": (name) => {
    dispatch({ type: "takesUnit", unit: name });
    showHorizon(state.result.settings);
  },
  ...Object.fromEntries(
    STARTS.map((id) => [id, (text) => set("start", startTexts({ [id]: text }).join(","), state.shown)]),
  ),
  ...Object.fromEntries(
    BRANCH_PARTS.map((part) => [`branch-${part}`, (/** @type {string} */ text) => changeBranch(part, text)]),
  ),
  noise: (text) => set("noise", text),
  seed: (text) => set("seed", text),
  ...Object.fromEntries(CHOICES.map((name) => [name, (value) => actions.setView(name, value)])),
  playhead: (step) => actions.seek(step),
  speed: (power) => {
    player.choose(Number((10 ** power).toPrecision(2)));
    showSpeed();
  },
};

/**
 * Change the strobe or the speed from elsewhere on the page, as if a person had.
 * @param {string} id
 * @param {any} value
 */
export function change(id, value) {
  if (id === "speed") sliders.set("speed", value);
  else fields.put(id, value);
  changes[id](value);
}

// Step sizes that the slider goes through, where there are some alone.
const stops = () => state.result?.settings.etas;

/**
 * @param {number} eta
 */
function showEta(eta) {
  if (!(eta > 0)) return;
  const some = stops();
  if (some) sliders.count("eta-slider", some.length - 1);
  const place = some ? some.filter((stop) => stop < eta * (1 - 1e-9)).length : Math.log10(eta);
  sliders.set("eta-slider", place, String(eta));
}

/**
 * They with that of the run in focus replaced.
 * @param {string} text
 */
function withEta(text) {
  const list = [...etasOf(state)];
  list[state.focus % list.length || 0] = text; // of each rule the runs go through all of them
  return list;
}

/**
 * `from` is the opening of the runs that the text was made from, where it was made from runs.
 * @param {string} key
 * @param {string} text
 * @param {number} [from]
 */
function set(key, text, from) {
  if (key === "rule") keepPlace();
  if (dispatch({ type: "sets", key, text, from })) actions.request({});
}

/**
 * @param {string[]} list
 */
function setEtas(list) {
  set("eta", list.join(","), state.shown);
  fields.put("eta", list.join(", "));
}

/**
 * A control that is being dragged: a run at each move, the full one when the hand rests. `texts` is
 * what its text fields then say.
 * @param {string} key
 * @param {string} text
 * @param {Record<string, any>} texts
 * @param {number} [from]
 */
function drag(key, text, texts, from) {
  dragTo({ type: "sets", key, text, from }, texts);
}

/**
 * @param {StageEvent} event
 * @param {Record<string, any>} texts
 */
function dragTo(event, texts) {
  if (!dispatch(event)) return;
  actions.request({ dragged: true });
  for (const [id, words] of Object.entries(texts)) fields.write(id, words);
  clearTimeout(due.rest);
  due.rest = setTimeout(() => actions.request({}), HAND_RESTS);
}

/**
 * What brings back the runs that are asked for by now, and the texts of fields that say so.
 * @param {string[]} ids
 */
function keepRuns(ids) {
  const { query, opening } = state;
  const texts = Object.fromEntries(ids.map((id) => [id, $(id).value]));
  return () => {
    clearTimeout(due.rest);
    if (state.query !== query) dragTo({ type: "returns", query, from: opening }, texts);
  };
}

// ---- branches ----

/**
 * Something else of the branch in focus.
 * @param {import("./branches.mjs").BranchPart} part
 * @param {string} text
 */
function changeBranch(part, text) {
  if (!lineage.isOnBranch(state)) return;
  if (dispatch({ type: "branches", query: lineage.edited(state, part, text), from: state.shown })) actions.request({});
}

/**
 * @param {import("./branches.mjs").BranchPart} part
 * @param {string} text
 * @param {Record<string, any>} texts
 */
function dragBranch(part, text, texts) {
  dragTo({ type: "branches", query: lineage.edited(state, part, text), from: state.shown }, texts);
}

/**
 * The iterate at which the branch in focus begins, pushed to a point.
 * @param {string[]} point
 */
export function dragPush(point) {
  const text = lineage.pushTo(state, point.map(Number));
  dragBranch("push", text, { "branch-push": text.split(":").join(", ") });
}

// What brings it back to where it is.
export const keepPush = () => keepRuns(["branch-push"]);

// Where it is by now, whether or not its run has arrived.
export const pushedNow = () => {
  const { step = "0", push = "" } = branchesIn(state.query)[state.focus - 1] || {};
  const shown = state.result.settings.forks?.[state.focus - 1];
  const begin = lineage.beginOf(state);
  if (!shown || String(shown.step) !== step) return begin;
  const wanted = readPush(push);
  return begin.map((value, i) => value - (shown.push?.[i] || 0) + (wanted[i] || 0));
};

// From here, with something else: what it is is said of the branch, which is in focus then.
export function forkHere() {
  if (!state.result || state.veiled || isOpening(state)) return undefined;
  if (player.playing) actions.pause();
  const { eta, rule, steps: count } = state.result.runs[state.focus];
  const alone = { rule, eta: String(eta), ...(state.query.steps && { steps: String(count) }) };
  const event = lineage.forked(state, steps()[state.focus], alone);
  if (!event) {
    const most = `At most ${vocabulary.most_branches} branches: remove one first.`;
    return say([{ field: "", text: most }]);
  }
  keepPlace();
  if (dispatch({ type: "branches", ...event, from: state.shown })) actions.request({});
  return undefined;
}

/**
 * @param {number} i
 */
function removeBranch(i) {
  keepPlace();
  const focus = state.result.runs[i].fork?.of ?? 0;
  if (dispatch({ type: "branches", query: lineage.removed(state, i), focus: focus < i ? focus : 0, from: state.shown }))
    actions.request({});
}

// ---- η that changes on the way ----

export function lockAxes() {
  dispatch({ type: "locks", locked: !state.locked });
  showLock();
  if (state.locked) return;
  frameSharpness();
  actions.repaint();
}

const showLock = () => $("lock").setAttribute("aria-pressed", String(state.locked));

export function keepGoing() {
  dispatch({ type: "goesOn", goesOn: !state.goesOn });
  $("keep-going").setAttribute("aria-pressed", String(state.goesOn));
}

/**
 * A new η from the playhead on, once the hand rests: where it is then.
 * @param {number} eta
 */
function later(eta) {
  clearTimeout(due.rest);
  due.rest = setTimeout(() => changeFromHere(eta), HAND_RESTS);
}

/**
 * @param {number} eta
 */
function changeFromHere(eta) {
  const { runs, settings } = state.result;
  if (settings.eta.length > 1)
    return say([{ field: "eta", text: "Of several η none can change on the way: remove all but one first." }]);
  const pace = changedFrom(paceOf(runs[0]), steps()[0], eta);
  set("eta", writePace(pace), state.shown);
  fields.put("eta", writePace(pace, String, ", "));
}

/**
 * A number in the formula of the loss, `p.k` and the like.
 * @param {string} key
 * @param {number} value
 */
function dragNumber(key, value) {
  const text = numbers.textOf(value);
  numbers.show(key, Number(text));
  drag(key, text, {}, state.shown);
}

/**
 * @param {string} key
 */
function keepNumber(key) {
  const restore = keepRuns([]);
  const { value } = find("input", $(key));
  return () => {
    numbers.show(key, Number(value));
    restore();
  };
}

/**
 * @param {string[]} point
 */
export function dragStart(point) {
  drag("start", point.join(","), startFields(point), state.shown);
}

// What brings it back to where it is.
export const keepStart = () => keepRuns(startIds(state.result.settings.start.length));

/**
 * The fields of the start that are shown: one a coordinate or, where these are too many, one for all.
 * @param {number} d
 */
const startIds = (d) => (d > STARTS.length ? STARTS.slice(0, 1) : STARTS.slice(0, d));

/**
 * What they say, with some of it replaced.
 * @param {Record<string, string>} changed
 */
const startTexts = (changed) => startIds(state.result.settings.start.length).map((id) => changed[id] ?? $(id).value);

/**
 * A start, as texts, by field.
 * @param {string[]} point
 */
function startFields(point) {
  const ids = startIds(point.length);
  return ids.length < point.length
    ? { [ids[0]]: point.join(", ") }
    : Object.fromEntries(ids.map((id, i) => [id, point[i]]));
}

/**
 * @param {Settings} settings
 */
function nameStartFields({ start, variables }) {
  const ids = startIds(start.length);
  for (const [i, id] of STARTS.entries()) {
    const label =
      ids.length < start.length ? `${variables[0]}, ${variables[1]}, … ${variables.at(-1)}` : variables[i] || "";
    fields.nameField(id, i < ids.length ? label : "");
  }
  $("start-fields").dataset.count = String(ids.length);
}

// Where the start is by now, whether or not its run has arrived.
export function startNow() {
  const { query, result } = state;
  return query.start ? query.start.split(",").map(readNumber) : result.settings.start;
}

/**
 * @param {string[]} keys
 */
function chooseRules(keys) {
  if (keys.length) return set("rule", keys.join(","));
  say([{ field: "", text: "Choose at least one rule." }]);
  fields.put("rules", state.result.settings.rule);
}

// ---- comparing ----

export function compare() {
  const { rule } = state.result.settings;
  const list = etasOf(state);
  if ((list.length + 1) * rule.length > vocabulary.most_runs) {
    return say([{ field: "eta", text: `At most ${vocabulary.most_runs} runs at once: remove one first.` }]);
  }
  setEtas([...list, halfOf(Math.min(...list.map(readNumber)))]);
}

/**
 * A click on a run puts it in focus; on its cross, takes its step size away.
 * @param {any} any
 */
function chooseRun({ target }) {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.run) return actions.attend(Number(button.dataset.run));
  if (button.dataset.branch) return removeBranch(Number(button.dataset.branch));
  setEtas(etasOf(state).filter((eta) => readNumber(eta) !== Number(button.dataset.eta)));
  $("eta").focus();
}

/**
 * The run that a panel is about is named on it, where there are several.
 * @param {Result} result
 */
function markFocus({ runs, words }) {
  const { focus } = state;
  for (const place of document.querySelectorAll(".whose")) {
    place.textContent = runs.length > 1 ? words.labels[focus] : "";
    /** @type {HTMLElement} */ (place).style.setProperty("--swatch", `var(--run-${focus + 1})`);
  }
  const run = runs[focus];
  for (const place of document.querySelectorAll("[data-edge]")) {
    place.textContent = edgeName(run);
    const own =
      place.dataset.edge === run.edge ? place.dataset.own : "the sharpness from which a step no longer contracts";
    place.dataset.explains = `${run.edge}: ${own}`;
  }
  const gap = find("#gap-symbol .symbol");
  const of = showsFlow(state.view, run) ? CENTRAL_GAP : ROD_GAP;
  const [text, explains] = run.central ? of : [gap.dataset.own, gap.dataset.said];
  Object.assign(gap.dataset, { explains });
  gap.textContent = text || "";
  lineage.showBranch(state);
  lineage.offerOthers(words.labels, focus, scene().against);
  $("ghosts").hidden = !runs.some(({ central }) => central);
  for (const name of document.querySelectorAll("#runs [data-run]")) {
    name.setAttribute("aria-pressed", String(Number(name.dataset.run) === focus));
  }
}

// The slider's η is that of the run in focus at the playhead, but for a moment while a hand is on it.
export function showFocusEta() {
  const { result, focus } = state;
  showEta(etaAt(paceOf(result.runs[focus]), steps()[focus]));
}

// ---- buttons that set what they name ----

// η at which 2/η is the sharpness at the playhead.
export function setCritical() {
  const { part, row } = locate(state.result.runs[state.focus], scene().steps[state.focus]);
  const eta = 2 / part.columns.sharpness[row];
  const text = String(Number(eta.toPrecision(4)));
  if (!(eta > 0 && Number.isFinite(eta))) return;
  if (lineage.isOnBranch(state)) changeBranch("eta", text);
  else setEtas(withEta(text));
}

export function startAtFlattest() {
  const point = state.result.flattest_start;
  if (!point) return;
  for (const [id, text] of Object.entries(startFields(point.map(String)))) fields.put(id, text);
  set("start", point.join(","), state.shown);
}

// Every step size halved, at the same slow time, and the gap that the run in focus had before.
export function halve() {
  if (requests.busy) return;
  if (player.playing) actions.pause();
  if (player.step === 0) actions.seek(player.last);
  const run = state.result.runs[state.focus];
  const { part, row } = locate(run, steps()[state.focus]);
  const halved = { eta: run.eta, step: part.columns.step[row], gap: part.columns.gap[row], run };
  if (!dispatch({ type: "halves", halved, from: state.shown })) return;
  fields.put("eta", state.query.eta.split(",").join(", "));
  actions.request({});
}

/**
 * A whole link: another loss, rule, start and view at once.
 * @param {string} query
 */
export function open(query) {
  keepPlace();
  begins(readQuery(query), {});
}

/**
 * A place that was left: there is no other to keep.
 * @param {string} search
 */
export const returnTo = (search) => begins(readQuery(search), {});

/**
 * Another loss, by its key or as a formula, brings its own start, horizon and numbers.
 * @param {Query} which
 */
export function chooseLoss(which) {
  const own = ["loss", "start", "steps", "formula", ...Object.keys(numbersOf(state.query))];
  const kept = Object.entries(state.query).filter(([name]) => !own.includes(name));
  keepPlace();
  begins({ ...Object.fromEntries(kept), ...which }, chosenView(state));
}

/**
 * @param {Query} query
 * @param {Query} carried
 */
function begins(query, carried) {
  clearTimeout(due.rest);
  dispatch({ type: "opens", query, carried });
  actions.veil();
  actions.pause();
  actions.request({});
}

// ---- the horizon, in time or in steps ----

/**
 * @param {string} text
 */
function setHorizon(text) {
  if (state.unit === "steps") return set("steps", text);
  const time = readNumber(text);
  if (!(time >= 0)) {
    const got = text.trim() ? `‘${text}’` : "nothing";
    return say([{ field: "steps", text: `The horizon must be a number, 0 or more, got ${got}.` }]);
  }
  if (dispatch({ type: "takesHorizon", tau: time, from: state.shown })) actions.request({});
}

/**
 * The horizon in the unit chosen, and what it is in the other.
 * @param {Settings} settings
 */
function showHorizon({ steps, eta, horizon, power }) {
  const { query, unit, tau } = state;
  const reached = steps * eta[0] ** power;
  const clock = power === 2 ? "τ = η²t" : "ηt";
  unlessSame("clock", clock, () => fields.nameOption("horizon-unit", "tau", clock));
  const wanted = query.steps ? (tau === null ? reached : tau) : horizon;
  if (document.activeElement !== $("horizon")) {
    fields.put("horizon", unit === "tau" ? String(Number(wanted.toPrecision(4))) : String(steps));
  }
  write(
    $("horizon-other"),
    unit === "tau" ? `${steps.toLocaleString("en")} steps` : `${clock.split(" ")[0]} = ${inWords(reached)}`,
  );
}

// ---- the other way round ----

/**
 * Put settings into the controls.
 * @param {Settings} settings
 */
export function showSettings(settings) {
  $("loss").value = settings.loss;
  if (settings.formula && !$("own").open) $("own-text").value = settings.formula;
  fields.put("rules", settings.rule);
  fields.put("eta", etaText(settings));
  unlessSame("start", settings.variables, () => nameStartFields(settings));
  for (const [id, text] of Object.entries(startFields(settings.start.map(short)))) fields.put(id, text);
  fields.put("noise", String(settings.noise));
  fields.put("seed", String(settings.seed));
  if (settings.steps && state.query.steps && state.tau === null && !document.body.dataset.ready) {
    dispatch({ type: "takesUnit", unit: "steps" });
    fields.put("horizon-unit", "steps");
  }
}

// What is computed, where it takes long enough to be read.
export function showAwaited() {
  const { loss, formula } = state.query;
  const option = formula ? null : find(loss ? `#loss option[value="${CSS.escape(loss)}"]` : "#loss option");
  $("awaited").textContent =
    `computing ${formula ? "the valley of your formula" : option ? option.textContent : "the first run"} …`;
}

/**
 * @param {Record<string, any>} view
 */
export function showView(view) {
  for (const name of CHOICES) fields.put(name, view[name]);
  $("panel").value = scene().panel;
}

/**
 * What depends on the run that has arrived.
 * @param {Result} result
 */
export function showRun(result) {
  const { words, settings } = result;
  unlessSame("formulas", [words.formula, words.rules, words.question], () => showFormulas(words));
  const inFormula = settings.parameters.map(({ name, symbol, range }) => [name, symbol, range]);
  unlessSame("scenes", settings.scenes, () => offerScenes(settings));
  unlessSame("numbers", [nameOfLoss(settings), inFormula], () => {
    numbers.offer("numbers", settings.parameters, "p.", SLIDERS);
  });
  const ofRules = settings.rule_parameters.map(({ name }) => name);
  unlessSame("rule-numbers", ofRules, () => {
    numbers.offer("rule-numbers", settings.rule_parameters, "", SLIDERS);
  });
  const shown = [words.labels, settings.eta, settings.schedule, settings.forks];
  unlessSame("runs", [...shown, state.view.clock], () => lineage.showRuns(result, state.view.clock));
  unlessSame("focus", [...shown, state.focus], () => markFocus(result));
  actions.showPhases(result.runs[state.focus]);
  $("flattest").disabled = !result.flattest_start;
  unlessSame("locked", state.locked, showLock);
  $("compare").disabled = Boolean(settings.schedule || settings.forks);
  showPanels(panelsOf(result, state.focus));
  fields.optionOf("look", "surface").disabled = settings.start.length > 3; // there is no box to look into
  showHorizon(settings);
  sliders.setMost("playhead", barEnd(result.runs, state.view.clock));
  showSpeed();
  document.body.dataset.ready = "yes";
}

/**
 * @param {string[]} names
 */
function showPanels(names) {
  $("panels").hidden = names.length < 2;
  for (const option of /** @type {NodeListOf<any>} */ (document.querySelectorAll("#panel option")))
    option.hidden = option.disabled = !names.includes(option.value);
  $("panel").value = scene().panel;
}

/**
 * What else is worth seeing of the loss.
 * @param {Settings} settings
 */
function offerScenes({ scenes }) {
  const buttons = scenes.map(({ name, query }) => {
    const button = Object.assign(element("button", name), { className: "snap" });
    button.dataset.query = query;
    return button;
  });
  $("scenes").replaceChildren(...buttons);
}

/**
 * @param {Settings} settings
 */
export function showNumbers({ parameters, rule_parameters: ofRules }) {
  for (const { name, value } of parameters) numbers.show(`p.${name}`, value);
  for (const { name, value } of ofRules) numbers.show(name, value);
}

/**
 * Writing on the page takes longer than a run, so it is written only when it changes.
 * @param {string} name
 * @param {unknown} what
 * @param {() => void} write
 */
function unlessSame(name, what, write) {
  const said = JSON.stringify(what);
  if (said !== written[name]) write();
  written[name] = said;
}

/**
 * @param {Words} words
 */
function showFormulas(words) {
  $("question").textContent = words.question;
  for (const [name, title] of Object.entries(words.titles)) $(`${name}-title`).textContent = title;
  $("formula").textContent = words.formula.replace(/(?<!,) (?!\+)/g, "\u00a0"); // a long one breaks between its terms
  $("formula").classList.toggle("long", words.formula.length > LONG);
  $("valley").textContent = words.valley;
  $("valley-sharpness").textContent = words.sharpness;
  const formulas = words.rules.map((rule) => element("span", rule.formula));
  $("rule-formulas").replaceChildren(...(formulas.length > 1 ? [] : formulas));
}

// In steps a second, and in seconds for the whole run.
export function showSpeed() {
  const { speed, last, fastest } = player;
  const words = `${few(speed).toLocaleString("en")} ${speed === 1 ? "step" : "steps"} a second, ${duration(last / speed)} in all`;
  write($("speed-words"), words);
  sliders.setMost("speed", Math.log10(fastest));
  sliders.set("speed", Math.log10(speed), words);
}

/**
 * @param {number} value
 */
const few = (value) => Number(value.toPrecision(2));

/**
 * @param {number} seconds
 */
function duration(seconds) {
  const units = /** @type {[number, string][]} */ ([
    [86400, "days"],
    [3600, "hours"],
    [60, "minutes"],
  ]);
  const [size, name] = units.find(([size]) => seconds >= 2 * size) || [1, "s"];
  return `${few(seconds / size).toLocaleString("en")} ${name}`;
}

/**
 * Messages at the control they are about, which is unfolded, the others over the page; older ones go.
 * @param {Message[]} messages
 */
export function say(messages) {
  const at = Object.fromEntries(messages.map(({ field, text }) => [FIELDS[field], text]));
  for (const id of Object.values(FIELDS)) {
    fields.refuse(id, at[id] || "");
    if (at[id]) $(id).closest("details")?.setAttribute("open", "");
  }
  showMessages(messages.filter(({ field }) => !FIELDS[field]));
}
