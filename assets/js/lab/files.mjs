// The links to a plot's data as files.
import { pageAddress } from "../filing.mjs";

/**
 * @param {string} plot whose links they are
 * @param {string} resource
 * @param {string} query
 */
export function linkFiles(plot, resource, query) {
  for (const link of document.querySelectorAll(`a[data-of="${plot}"]`)) {
    const { dataset } = /** @type {HTMLElement} */ (link);
    const [kind, more = ""] = /** @type {string} */ (dataset.form).split("?");
    const page = new URL(resource === "run" ? ".." : ".", pageAddress()).href; // of whose link it holds
    const whole = [query, more, `page=${encodeURIComponent(page)}`].filter(Boolean).join("&");
    link.setAttribute("href", `../${resource}.${kind}?${whole}`);
  }
}
