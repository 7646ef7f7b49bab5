// Text fields and choices: the browser's own, which keyboards and screen readers know. Their places stand in the
// layout; what they say is known here, and a page's scripts put other texts and choices into them.
import { $, element, find } from "./elements.mjs";

/** @type {Record<string, any>} */
const known = {}; // what each says: a text, the key that is chosen or, of several, a list of keys
/** @type {Set<string>} */
const typed = new Set(); // text fields in which a person is writing
/** @type {Set<string>} */
const passed = new Set(); // and of these, those where another text would stand by now

/**
 * Make them; `hear(id, value)` is told what a person does to them: of a text when it is left, or at Enter.
 * @param {(id: string, value: any) => unknown} hear
 */
export function begin(hear) {
  for (const place of all("[data-field]")) addField(place);
  for (const place of all("[data-words]")) addChoice(place);
  document.addEventListener("input", ({ target }) => writes(target));
  document.addEventListener("focusout", ({ target }) => leave(target, hear));
  document.addEventListener("keydown", ({ key, target }) => key === "Enter" && leave(target, hear));
  document.addEventListener("change", ({ target }) => pick(target, hear));
}

/**
 * @param {string} selector
 */
const all = (selector) => /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector));

/**
 * @param {any} target
 */
const isField = (target) => Boolean(target.closest("[data-field]"));

/**
 * @param {any} target
 */
function writes(target) {
  if (isField(target)) typed.add(target.id);
}

/**
 * @param {HTMLElement} place
 */
function addField(place) {
  const { field: id = "", label = "", value = "" } = place.dataset;
  const name = Object.assign(document.createElement("label"), { textContent: label, htmlFor: id });
  const input = Object.assign(document.createElement("input"), {
    id,
    value,
    autocomplete: "off",
    inputMode: "decimal",
  });
  const error = Object.assign(element("p", ""), { id: `${id}-error`, className: "error", hidden: true });
  place.append(name, input, error);
  known[id] = value;
}

/**
 * @param {HTMLElement} place
 */
function addChoice(place) {
  const { words = "{}", value = "", kind = "radio", few = "" } = place.dataset;
  for (const [key, text] of Object.entries(JSON.parse(words))) {
    const option = document.createElement("label");
    option.append(
      Object.assign(document.createElement("input"), { type: kind, name: place.id, value: key }),
      element("span", text),
    );
    place.append(option);
  }
  if (few) addMore(place, Number(few));
  put(place.id, kind === "radio" ? value : value.split(",").filter(Boolean));
}

/**
 * Of many options few are shown, and those that are chosen, until the others are asked for.
 * @param {HTMLElement} place
 * @param {number} few
 */
function addMore(place, few) {
  const further = [...place.children].slice(few);
  if (!further.length) return;
  for (const option of further) option.classList.add("further");
  const button = Object.assign(element("button", "more …"), { className: "snap", type: "button" });
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    const all = place.toggleAttribute("data-all");
    button.textContent = all ? "fewer" : "more …";
    button.setAttribute("aria-expanded", String(all));
  });
  place.append(button);
}

/**
 * A text that was changed and changed back is none to hear of, unless another would stand there by now.
 * @param {any} field
 * @param {(id: string, value: any) => unknown} hear
 */
function leave({ id, value }, hear) {
  if (!typed.delete(id)) return;
  const overtakes = passed.delete(id);
  if (value === known[id] && !overtakes) return;
  known[id] = value;
  hear(id, value);
}

/**
 * @param {any} target
 * @param {(id: string, value: any) => unknown} hear
 */
function pick({ type, name, value, checked }, hear) {
  if (!(name in known)) return;
  const others = () => known[name].filter((/** @type {string} */ key) => key !== value);
  known[name] = type === "radio" ? value : checked ? [...others(), value] : others();
  hear(name, known[name]);
}

/**
 * Another text or choice; not over what a person is writing there.
 * @param {string} id
 * @param {any} value
 */
export function put(id, value) {
  if (typed.has(id)) passed.add(id);
  else if (JSON.stringify(known[id]) !== JSON.stringify(value)) write(id, value);
}

/**
 * The same whatever is written there.
 * @param {string} id
 * @param {any} value
 */
export function write(id, value) {
  known[id] = value;
  if (isField($(id))) return void ($(id).value = value);
  for (const option of optionsOf(id)) option.checked = [value].flat().includes(option.value);
}

/**
 * @param {string} id
 */
const optionsOf = (id) => /** @type {NodeListOf<HTMLInputElement>} */ (document.getElementsByName(id));

/**
 * One of the keys of a choice.
 * @param {string} id
 * @param {string} key
 */
export const optionOf = (id, key) => find(`#${id} [value="${key}"]`);

/**
 * @param {string} id
 * @param {string} key
 * @param {string} words
 */
export const nameOption = (id, key, words) => (find(`#${id} label:has([value="${key}"]) span`).textContent = words);

/**
 * Another label, or none: then the field is hidden.
 * @param {string} id
 * @param {string} label
 */
export function nameField(id, label) {
  const place = /** @type {HTMLElement} */ ($(id).parentElement);
  place.hidden = !label;
  find("label", place).textContent = label;
}

/**
 * A message at a field; none where it is empty.
 * @param {string} id
 * @param {string} words
 */
export function refuse(id, words) {
  const error = $(`${id}-error`);
  error.hidden = !words;
  error.textContent = words;
  $(id).setAttribute("aria-invalid", String(Boolean(words)));
  if (words) $(id).setAttribute("aria-describedby", error.id);
  else $(id).removeAttribute("aria-describedby");
}
