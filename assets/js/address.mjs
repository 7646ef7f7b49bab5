// The link in the address bar.
import { writeQuery } from "./link.mjs";

/**
 * @param {Query} query
 */
export function showLink(query) {
  const text = writeQuery(query);
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}

// What is seen now is what the browser's way back leads to.
export const keepPlace = () => history.pushState(null, "", location.href);

/**
 * What goes along to another page of the head.
 * @param {string} page
 * @param {Query} query
 */
export function takeAlong(page, query) {
  for (const link of /** @type {NodeListOf<any>} */ (document.querySelectorAll("nav a")))
    if (link.textContent === page) link.search = writeQuery(query);
}

// Copy the link; answers with what there is to say of that.
export async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    return "The link is copied: it opens exactly this.";
  } catch {
    return `Copy this link: ${location.href}`;
  }
}
