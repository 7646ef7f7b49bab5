// The link in the address bar.
import { writeQuery } from "./link.mjs";

/**
 * @param {Query} query
 */
export function showLink(query) {
  const text = writeQuery(query);
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
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
