// The link in the address bar, and the browser's way back through what was seen.
import { isOffline } from "./elements.mjs";
import { writeQuery } from "./link.mjs";

/**
 * @param {Query} query
 */
export function showLink(query) {
  if (isOffline()) return;
  const text = writeQuery(query);
  history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
}

// What is seen now is what the browser's way back leads to; once, until something else is seen.
export function keepPlace() {
  const { href } = location;
  if (history.state?.before !== href) history.pushState({ kept: kept() + 1, before: href }, "", href);
}

/**
 * Go where a person goes back or forward to, within the page.
 * @param {(search: string) => void} open
 */
export const onWayBack = (open) => window.addEventListener("popstate", () => open(location.search));

// Places that lie behind on this page.
const kept = () => history.state?.kept || 0;

// One place back, if that is on this page.
export function undo() {
  if (kept()) history.back();
}

export const redo = () => history.forward();

/**
 * What goes along to another page of the head.
 * @param {string} page
 * @param {Query} query
 */
export function takeAlong(page, query) {
  for (const link of /** @type {NodeListOf<any>} */ (document.querySelectorAll("nav a")))
    if (link.textContent === page) link.search = writeQuery(query);
}

/**
 * Copy the link; answers with what there is to say of that.
 * @returns {Promise<Message>}
 */
export async function copyLink() {
  if (await copy(location.href)) return { field: "", text: "The link is copied: it opens exactly this.", good: true };
  return { field: "", text: `Copy this link: ${location.href}` };
}

/**
 * Whether a text could be copied.
 * @param {string} text
 */
export const copy = (text) =>
  Promise.resolve()
    .then(() => navigator.clipboard.writeText(text))
    .then(
      () => true,
      () => false,
    );
