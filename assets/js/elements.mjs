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

/**
 * @param {string} name
 * @param {string} text
 */
export const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });
