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

  function move(count) {
    const { player, pause, seek } = edgewalk.stage;
    if (player.playing) pause();
    seek(player.step + count);
  }

  const open = (id) => document.getElementById(id).showModal();
  const help = () => open("help-dialog");

  const buttons = {
    play: () => (edgewalk.stage.player.playing ? edgewalk.stage.pause() : edgewalk.stage.play()),
    back: () => move(-1),
    forward: () => move(1),
    reset: () => move(-Infinity),
    end: () => move(Infinity),
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
    Home: () => move(-Infinity),
    End: () => move(Infinity),
    "[": () => faster(-FASTER),
    "]": () => faster(FASTER),
    s: () => {
      const next = STROBES.indexOf(edgewalk.stage.state.strobe) + 1;
      edgewalk.controls.change("strobe", STROBES[next % STROBES.length]);
    },
    "?": help,
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
      link.href = `run.${format}?${edgewalk.url.write(edgewalk.url.forRun(state.query))}`;
      link.download = "";
      link.click();
    } else edgewalk.export.download(what, format, graphOf(what === "across" ? "sharpness" : what), scene());
  }

  edgewalk.keys = { begin };
})();
