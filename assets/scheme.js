// Runs in the head, before anything is painted: the colour scheme, so that no page flashes white. And
// a function that Dash may ask for before the page's modules have come: then nothing has been heard.
(function () {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const scheme = chosen() || (dark ? "dark" : "light");
  document.documentElement.dataset.scheme = scheme;
  document.documentElement.dataset.mantineColorScheme = scheme;
  window.dash_clientside = { edgewalk: { controls: () => window.dash_clientside.no_update } };

  // In a frame a browser may refuse even to name what it keeps.
  function chosen() {
    try {
      return localStorage.getItem("mantine-color-scheme-value");
    } catch {
      return null;
    }
  }
})();
