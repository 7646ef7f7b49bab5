// Runs in the head, before anything is painted: the colour scheme, so that no page flashes white.
(function () {
  const key = "mantine-color-scheme-value";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const scheme = localStorage.getItem(key) || (dark ? "dark" : "light");
  window.edgewalk = { scheme };
  document.documentElement.dataset.mantineColorScheme = scheme;
})();
