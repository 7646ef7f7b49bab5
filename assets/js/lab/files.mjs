// The links to a plot's data as files.

/**
 * @param {string} plot whose links they are
 * @param {string} resource
 * @param {string} query
 */
export function linkFiles(plot, resource, query) {
  for (const link of document.querySelectorAll(`a[data-of="${plot}"]`)) {
    const { dataset } = /** @type {HTMLElement} */ (link);
    const [kind, more = ""] = /** @type {string} */ (dataset.form).split("?");
    link.setAttribute("href", `../${resource}.${kind}?${[query, more].filter(Boolean).join("&")}`);
  }
}
