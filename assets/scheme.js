// Runs in the head, before anything is painted: the colour scheme, so that no page flashes white.
(function () {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const scheme = chosen() || (dark ? "dark" : "light");
  Object.assign(document.documentElement.dataset, { scheme, inks: scheme });

  // In a frame a browser may refuse even to name what it keeps.
  function chosen() {
    try {
      return localStorage.getItem("edgewalk-scheme");
    } catch {
      return null;
    }
  }
})();
