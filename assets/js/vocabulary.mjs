// What pages and server call by one name. It is said on the server, and comes in the head of the page.

/** @type {Vocabulary} */
export const vocabulary = JSON.parse(document.getElementById("vocabulary")?.textContent || "");
