// What stands on the page, and what is put there.

export const $ = (id) => document.getElementById(id);

export const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });
