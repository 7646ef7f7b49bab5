// What can be done from anywhere on the stage. The page, which knows all its parts, puts these here at
// the beginning; so its parts need not know the page.

/** @type {Record<string, (...given: any[]) => any>} */
export const actions = {};
