// The controls: what a person set there becomes the text of the query, and the other way round.
(function () {
  const edgewalk = (window.edgewalk = window.edgewalk || {});

  // Where a message about a field of the link is shown.
  const FIELDS = { eta: "eta", start: "start-x", steps: "horizon", noise: "noise", seed: "seed" };
  const MOST_RULES = 3;
  const HAND_RESTS = 150;

  const $ = (id) => document.getElementById(id);
  const known = {}; // what the controls show
  const quiet = {}; // values set here, which the controls will report back
  const errors = {}; // the message at each control
  let unit = "tau"; // of the horizon
  let tau = null; // the horizon in slow time, once a person has set it
  let resting = null;

  function begin() {
    $("loss").addEventListener("change", (event) => chooseLoss(event.target.value));
    edgewalk.sliders.begin((id, value) => edgewalk.stage.state.result && changes[id](value));
    showSpeed();
  }

  // What changed on the page, from Dash: a list of {prop_id, value}.
  function heard() {
    for (const { prop_id: name, value } of window.dash_clientside.callback_context.triggered) {
      const id = name.split(".")[0];
      known[id] = value;
      if (id in quiet && same(quiet[id], value)) delete quiet[id];
      else if (edgewalk.stage.state.result) changes[id](value);
    }
    return window.dash_clientside.no_update;
  }

  function same(a, b) {
    return JSON.stringify(a) === JSON.stringify(b) || (typeof a === "number" && Math.abs(a - b) < 1e-9);
  }

  function setQuietly(id, value) {
    if (id in known && same(known[id], value)) return;
    known[id] = quiet[id] = value;
    edgewalk.stage.props(id, { value });
  }

  const changes = {
    rules: chooseRules,
    eta: (text) => {
      showEta(Number(text));
      set("eta", text);
    },
    "eta-slider": (power) => {
      const eta = String(Number((10 ** power).toPrecision(3)));
      showEta(Number(eta));
      drag("eta", eta, { eta });
    },
    horizon: setHorizon,
    "horizon-unit": (name) => {
      unit = name;
      showHorizon(edgewalk.stage.state.result.settings);
    },
    "start-x": (text) => set("start", `${text},${$("start-y").value}`),
    "start-y": (text) => set("start", `${$("start-x").value},${text}`),
    noise: (text) => set("noise", text),
    seed: (text) => set("seed", text),
    clock: (name) => {
      edgewalk.stage.state.clock = name;
      edgewalk.axes.frameSharpness();
      edgewalk.stage.repaint();
      edgewalk.stage.writeLink();
    },
    strobe: (name) => {
      edgewalk.stage.state.strobe = name;
      edgewalk.stage.repaint();
    },
    scale: (name) => edgewalk.axes.setScale(name),
    playhead: (step) => edgewalk.stage.seek(step),
    speed: (power) => {
      edgewalk.stage.player.speed = Math.round(10 ** power);
      showSpeed();
    },
  };

  // Change the strobe or the speed from elsewhere on the page, as if a person had.
  function change(id, value) {
    if (id === "speed") edgewalk.sliders.set("speed", value);
    else setQuietly(id, value);
    changes[id](value);
  }

  function showEta(eta) {
    if (eta > 0) edgewalk.sliders.set("eta-slider", Math.log10(eta), String(eta));
  }

  function set(key, text) {
    edgewalk.stage.state.query[key] = text;
    keepHorizon(key);
    edgewalk.stage.request({});
  }

  // A control that is being dragged: a run at each move, the full one when the hand rests. `texts` is
  // what its text fields then say: at once on the page, and to the page's framework, which takes
  // longer over it than the server over a run, when the hand rests.
  function drag(key, text, texts) {
    edgewalk.stage.state.query[key] = text;
    keepHorizon(key);
    edgewalk.stage.request({ dragged: true });
    for (const [id, words] of Object.entries(texts)) $(id).value = words;
    clearTimeout(resting);
    resting = setTimeout(() => {
      for (const [id, words] of Object.entries(texts)) setQuietly(id, words);
      edgewalk.stage.request({});
    }, HAND_RESTS);
  }

  function dragStart([x, y]) {
    drag("start", `${x},${y}`, { "start-x": x, "start-y": y });
  }

  // Where the start is by now, whether or not its run has arrived.
  function startNow() {
    const { query, result } = edgewalk.stage.state;
    return query.start ? query.start.split(",").map(Number) : result.settings.start;
  }

  function chooseRules(keys) {
    if (keys.length >= 1 && keys.length <= MOST_RULES) return set("rule", keys.join(","));
    say([{ field: "", text: keys.length ? "At most three rules at once." : "Choose at least one rule." }]);
    setQuietly("rules", edgewalk.stage.state.result.settings.rule);
  }

  // Another loss brings its own start and horizon.
  function chooseLoss(key) {
    const { state, player, request } = edgewalk.stage;
    const { start, steps, ...kept } = state.query;
    state.query = { ...kept, loss: key };
    tau = null;
    player.pause();
    player.seek(0);
    request({ adopt: true });
  }

  // ---- the horizon, in slow time or in steps ----

  // In slow time it stays when η changes, so the number of steps follows.
  function keepHorizon(key) {
    const { query, result } = edgewalk.stage.state;
    if (key !== "eta" || unit !== "tau" || !query.steps) return;
    tau = tau === null ? result.settings.steps * result.settings.eta ** 2 : tau;
    query.steps = stepsFor(tau, query.eta);
  }

  const stepsFor = (time, eta) => String(Math.round(Math.min(time / Number(eta) ** 2, 1e12)));

  function setHorizon(text) {
    if (unit === "steps") return set("steps", text);
    const time = text.trim() === "" ? NaN : Number(text);
    if (!(time >= 0)) {
      const got = text.trim() ? `‘${text}’` : "nothing";
      return say([{ field: "steps", text: `The horizon must be a number, 0 or more, got ${got}.` }]);
    }
    tau = time;
    return set("steps", stepsFor(time, edgewalk.stage.state.result.settings.eta));
  }

  // The horizon in the unit chosen, and what it is in the other.
  function showHorizon({ steps, eta, horizon }) {
    const { query } = edgewalk.stage.state;
    const reached = steps * eta * eta;
    const wanted = query.steps ? (tau === null ? reached : tau) : horizon;
    if (document.activeElement !== $("horizon")) {
      setQuietly("horizon", unit === "tau" ? String(Number(wanted.toPrecision(4))) : String(steps));
    }
    $("horizon-other").textContent =
      unit === "tau" ? `${steps.toLocaleString("en")} steps` : `τ = ${edgewalk.run.words(reached)}`;
  }

  // ---- the other way round ----

  // Put settings into the controls.
  function showSettings(settings) {
    const short = (value) => String(Number(value.toPrecision(6)));
    $("loss").value = settings.loss;
    setQuietly("rules", settings.rule);
    setQuietly("eta", short(settings.eta));
    showEta(settings.eta);
    setQuietly("start-x", short(settings.start[0]));
    setQuietly("start-y", short(settings.start[1]));
    setQuietly("noise", String(settings.noise));
    setQuietly("seed", String(settings.seed));
    if (settings.steps && edgewalk.stage.state.query.steps && tau === null && !document.body.dataset.ready) {
      unit = "steps";
      setQuietly("horizon-unit", unit);
    }
  }

  function setClock(name) {
    const { state } = edgewalk.stage;
    state.clock = name;
    setQuietly("clock", name);
  }

  // What depends on the run that has arrived.
  function showRun({ words, settings }) {
    const { player } = edgewalk.stage;
    const said = JSON.stringify([words.formula, words.rules]);
    if (said !== known.words) showFormulas(words);
    known.words = said;
    showHorizon(settings);
    edgewalk.sliders.setMost("playhead", Math.max(player.last, 1));
    document.body.dataset.ready = "yes";
  }

  function showFormulas(words) {
    $("formula").textContent = words.formula;
    $("valley").textContent = words.valley;
    $("valley-sharpness").textContent = words.sharpness;
    $("rule-formulas").replaceChildren(...words.rules.map((rule) => element("span", rule.formula)));
  }

  function showSpeed() {
    const { speed } = edgewalk.stage.player;
    $("speed-words").textContent = `${speed.toLocaleString("en")} steps a second`;
    edgewalk.sliders.set("speed", Math.log10(speed), $("speed-words").textContent);
  }

  // Messages at the control they are about, the others below the controls; older ones go.
  function say(messages) {
    const at = Object.fromEntries(messages.map(({ field, text }) => [FIELDS[field], text]));
    for (const id of Object.values(FIELDS)) {
      if (at[id] || errors[id]) edgewalk.stage.props(id, { error: at[id] || false });
      errors[id] = at[id];
    }
    const elsewhere = messages.filter(({ field }) => !FIELDS[field]);
    $("messages").replaceChildren(...elsewhere.map(({ text }) => element("p", text)));
  }

  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

  edgewalk.controls = {
    begin, heard, change, dragStart, startNow, showSettings, setClock, showRun, say,
  };
})();
