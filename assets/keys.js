// Buttons and keys.
(function () {
  const edgewalk = (window.edgewalk = window.edgewalk || {});

  const SCHEME_KEY = "mantine-color-scheme-value";
  const STROBES = ["all", "even", "odd", "midpoints"];
  const FASTER = 0.3; // powers of ten
  const HIGHEST_SPEED = 4;
  const TEXT_FIELDS = "input:not([type=checkbox], [type=radio], [type=range]), select, textarea";

  function begin() {
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", onKey);
  }

  // By steps of the run in focus.
  function move(count) {
    const { player, pause, seekOwn, steps, state } = edgewalk.stage;
    if (!state.result) return;
    if (player.playing) pause();
    seekOwn(steps()[state.focus] + count);
  }

  // To the end of the last run, or to the beginning.
  function goTo(at) {
    const { player, pause, seek } = edgewalk.stage;
    if (player.playing) pause();
    seek(at);
  }

  function loop() {
    const { player } = edgewalk.stage;
    player.loop = !player.loop;
    document.getElementById("loop").setAttribute("aria-pressed", String(player.loop));
  }

  const open = (id) => document.getElementById(id).showModal();
  const help = () => open("help-dialog");

  const buttons = {
    play: () => (edgewalk.stage.player.playing ? edgewalk.stage.pause() : edgewalk.stage.play()),
    back: () => move(-1),
    forward: () => move(1),
    "back-two": () => move(-2),
    "forward-two": () => move(2),
    reset: () => goTo(0),
    end: () => goTo(edgewalk.stage.player.last),
    loop,
    critical: () => edgewalk.controls.setCritical(),
    compare: () => edgewalk.controls.compare(),
    flattest: () => edgewalk.controls.startAtFlattest(),
    halve: () => edgewalk.controls.halve(),
    share,
    help,
    export: () => open("export-dialog"),
    scheme: () => {
      const other = edgewalk.scheme === "dark" ? "light" : "dark";
      localStorage.setItem(SCHEME_KEY, other);
      edgewalk.stage.setScheme(other);
    },
  };

  const keys = {
    " ": () => buttons.play(),
    ArrowLeft: (event) => move(event.shiftKey ? -2 : -1),
    ArrowRight: (event) => move(event.shiftKey ? 2 : 1),
    Home: () => goTo(0),
    End: () => goTo(edgewalk.stage.player.last),
    "[": () => faster(-FASTER),
    "]": () => faster(FASTER),
    s: () => {
      const next = STROBES.indexOf(edgewalk.stage.state.view.strobe) + 1;
      edgewalk.controls.change("strobe", STROBES[next % STROBES.length]);
    },
    l: loop,
    "?": help,
    Escape: () => edgewalk.controls.say([]),
  };

  function faster(power) {
    const now = Math.log10(edgewalk.stage.player.speed) + power;
    edgewalk.controls.change("speed", Math.min(Math.max(now, 0), HIGHEST_SPEED));
  }

  function onClick(event) {
    const { target } = event;
    const item = target.closest("[data-export]");
    if (item) keep(...item.dataset.export.split("."));
    // A dialog itself is hit only where its backdrop is.
    if (item || target.closest(".close") || target.nodeName === "DIALOG") return target.closest("dialog").close();
    const button = target.closest("button");
    if (button && button.dataset.query && edgewalk.stage.state.result) edgewalk.controls.open(button.dataset.query);
    if (button && buttons[button.id]) buttons[button.id]();
  }

  // Keys belong to text fields, lists, sliders and open dialogs first, and Space to buttons.
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const { target, key } = event;
    const moves = key.startsWith("Arrow") || key === "Home" || key === "End";
    if (target.closest(TEXT_FIELDS)) return;
    if (moves && target.closest("input")) return;
    if (key === " " && target.closest("button, summary, [type=checkbox], [type=radio]")) return;
    if (!keys[key]) return;
    event.preventDefault();
    keys[key](event);
  }

  async function share() {
    edgewalk.stage.writeLink();
    let words = "The link is copied: it opens exactly this.";
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {
      words = `Copy this link: ${location.href}`;
    }
    edgewalk.controls.say([{ field: "", text: words }]);
  }

  // Download a panel as a picture, or the run as a file.
  function keep(what, format) {
    const { state, scene, graphOf } = edgewalk.stage;
    if (!state.result) return;
    if (what === "run") {
      const link = document.createElement("a");
      link.href = `run.${format}?${edgewalk.url.write(edgewalk.url.forRun(edgewalk.url.read(state.result.query)))}`;
      link.download = "";
      link.click();
    } else if (what === "alignment" && state.result.settings.codim < 2) {
      edgewalk.controls.say([{ field: "", text: "In codimension 1 there is nothing to align, and no picture of it." }]);
    } else edgewalk.export.download(what, format, graphOf(what === "landscape" ? what : "sharpness"), scene());
  }

  edgewalk.keys = { begin };
})();
