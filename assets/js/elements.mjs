// What stands on the page, and what is put there.

/**
 * A part of the page, by its id. That every id asked for is there is for a test to hold.
 * @param {string} id
 */
export const $ = (id) => /** @type {Control} */ (document.getElementById(id));

/**
 * A part by a selector that finds one.
 * @param {string} selector
 * @param {ParentNode} [within]
 */
export const find = (selector, within = document) => /** @type {Control} */ (within.querySelector(selector));

// Whether the page is one that needs no server: it has no address of its own, and nothing that it holds leads on.
export const isOffline = () => "offline" in document.documentElement.dataset;

/**
 * Write a text where it is another one. Into the node that is there: of a new one the browser asks anew what it means to
 * all rules about what a part of the page holds.
 * @param {Node} place
 * @param {string} text
 */
export function write(place, text) {
  const [only, ...others] = place.childNodes;
  if (place.textContent === text) return;
  if (text && only instanceof Text && !others.length) only.data = text;
  else place.textContent = text;
}

/**
 * Set properties of a part of the page where they are others: a browser takes what is written for new.
 * @template {object} T
 * @param {T} part
 * @param {Partial<T>} properties
 */
export function put(part, properties) {
  for (const name of /** @type {(keyof T)[]} */ (Object.keys(properties))) {
    const value = /** @type {T[keyof T]} */ (properties[name]);
    if (part[name] !== value) part[name] = value;
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
export const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });
