// What a person's browser keeps of what was chosen, and nothing where it refuses to.

/**
 * @param {string} name
 */
export function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // refused to a frame of another page
  }
}

/**
 * @param {string} name
 * @param {string | null} value none takes it away
 */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // then it lasts as long as this visit
  }
}
