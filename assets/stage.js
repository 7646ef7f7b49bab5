// The stage's wiring: controls and keys to settings, settings to a run, the run to the panels.
(function () {
  const edgewalk = (window.edgewalk = window.edgewalk || {});

  const SCHEME_KEY = "mantine-color-scheme-value";
  const STROBES = ["all", "even", "odd", "midpoints"];
  const CLOCK_WORDS = { step: "step t", eta: "time ηt", tau: "slow time τ = η²t" };
  const FIELDS = { eta: "eta", start: "start-x", steps: "horizon", noise: "noise", seed: "seed" };
  const MOST_STEPS_WHILE_DRAGGED = 100000;
  const READ_OUT_SECONDS = 0.1;
  const START_NUDGE = 0.01;

  const $ = (id) => document.getElementById(id);
  const props = (id, changes) => $(id) && window.dash_clientside.set_props(id, changes);

  const player = new edgewalk.Player();
  const state = {
    query: {},          // what the link says, as text
    horizon: { unit: "tau", tau: null },
    clock: "tau",
    strobe: "all",
    scale: "root",
    view: null,         // what the landscape was drawn for, when not the loss's own view
    result: null,
    inks: null,
    asking: null,       // the request under way
    wanted: null,       // the newest request that waits for it
    quiet: {},          // values set by this script, which its controls will report back
    readOut: 0,
  };
  let panels = null;

  // ---- runs ----

  // Ask for a run. While one is under way only the newest request waits; older ones are dropped.
  function request(options) {
    state.wanted = { query: { ...state.query }, ...options };
    if (!state.asking) next();
  }

  async function next() {
    const asked = (state.asking = state.wanted);
    state.wanted = null;
    try {
      await fetchRun(asked);
    } finally {
      state.asking = null;
      if (state.wanted) next();
    }
  }

  async function fetchRun(asked) {
    let response;
    try {
      response = await fetch(`run.bin?${edgewalk.url.write(forServer(asked))}`);
    } catch {
      return say([{ field: "", text: "The server does not answer. The last picture is kept." }]);
    }
    if (response.ok) return accept(edgewalk.run.decode(await response.arrayBuffer()), asked);
    if (response.status !== 400) return say([{ field: "", text: `The server failed (${response.status}).` }]);
    const { problems, nearest } = await response.json();
    if (state.result) return say(problems);
    state.query = edgewalk.url.read(nearest);
    request({ notices: problems });
  }

  function forServer({ query, dragged }) {
    const sent = edgewalk.url.forRun(query);
    if (dragged && state.result) {
      const steps = Number(sent.steps) || state.result.settings.steps;
      if (steps > MOST_STEPS_WHILE_DRAGGED) sent.steps = MOST_STEPS_WHILE_DRAGGED;
    }
    return sent;
  }

  // A run has arrived: keep the playhead at the same time, tell what was changed, paint.
  function accept(result, asked) {
    const first = !state.result;
    const before = first ? null : { eta: state.result.settings.eta, step: player.step };
    const previous = state.result;
    state.result = result;
    if (first) adopt(result, asked);
    player.resize(Math.max(...result.runs.map((run) => run.last)));
    if (before) carryOver(before);
    if (!asked.dragged) settle(result, asked, first);
    syncHorizon();
    describe();
    const other = previous && previous.settings.loss !== result.settings.loss;
    frameAxes(first || other);
    repaint();
    props("playhead", { max: Math.max(player.last, 1) });
    readOut(true);
  }

  function adopt(result, asked) {
    const link = edgewalk.url.read(location.search);
    state.query = { ...edgewalk.url.read(result.query) };
    state.clock = link.clock && CLOCK_WORDS[link.clock] ? link.clock : "tau";
    quietly("clock", state.clock);
    if (state.query.steps) state.horizon.unit = "steps";
    quietly("horizon-unit", state.horizon.unit);
    player.last = Math.max(...result.runs.map((run) => run.last));
    if (/^\d+$/.test(link.at || "")) player.seek(Number(link.at));
    showSettings(result.settings);
    document.body.dataset.ready = "";
  }

  // The same slow time at another η; the same step otherwise.
  function carryOver({ eta, step }) {
    const now = state.result.settings.eta;
    if (now === eta || state.clock === "step") return;
    const power = state.clock === "tau" ? 2 : 1;
    if (!player.playing) player.seek(step * (eta / now) ** power);
    else player.at = Math.min(player.at * (eta / now) ** power, player.last);
  }

  function settle(result, asked, first) {
    for (const id of Object.values(FIELDS)) props(id, { error: false });
    say([...(asked.notices || []), ...result.notices]);
    const clamped = result.notices.length > 0;
    if (clamped) state.query = edgewalk.url.read(result.query);
    if (clamped || first || asked.adopt) showSettings(result.settings);
    writeLink();
  }

  // Put settings into the controls.
  function showSettings(settings) {
    $("loss").value = settings.loss;
    quietly("rules", settings.rule);
    quietly("eta", String(Number(settings.eta.toPrecision(6))));
    quietly("eta-slider", Math.log10(settings.eta));
    const [x, y] = settings.start.map((part) => String(Number(part.toPrecision(6))));
    quietly("start-x", x);
    quietly("start-y", y);
    quietly("noise", String(settings.noise));
    quietly("seed", String(settings.seed));
  }

  // The horizon in the unit chosen, and what it is in the other.
  function syncHorizon() {
    const { steps, eta } = state.result.settings;
    const tau = steps * eta * eta;
    const inTau = state.horizon.unit === "tau";
    const round = (value) => String(Number(value.toPrecision(4)));
    const wanted = state.query.steps ? state.horizon.tau || tau : state.result.settings.horizon;
    if (document.activeElement !== $("horizon")) quietly("horizon", inTau ? round(wanted) : String(steps));
    $("horizon-other").textContent = inTau ? `${steps.toLocaleString("en")} steps` : `τ = ${edgewalk.run.words(tau)}`;
  }

  function quietly(id, value) {
    state.quiet[id] = value;
    props(id, { value });
  }

  function writeLink() {
    const query = { ...state.query };
    if (state.clock !== "tau") query.clock = state.clock;
    else delete query.clock;
    if (player.step > 0) query.at = player.step;
    else delete query.at;
    const text = edgewalk.url.write(query);
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
  }

  // Messages below the controls, and at the control they are about.
  function say(messages) {
    $("messages").replaceChildren(
      ...messages.map(({ text }) => Object.assign(document.createElement("p"), { textContent: text })),
    );
    for (const { field, text } of messages) if (FIELDS[field]) props(FIELDS[field], { error: text });
  }

  // ---- full resolution around the playhead ----

  let windowAsked = 0;

  async function ensureWindow() {
    const { result } = state;
    if (!result || Date.now() - windowAsked < 60) return;
    const step = player.step;
    if (player.playing && player.speed > 2000) return;
    const missing = result.runs.some((run) => !edgewalk.run.locate(run, step).exact);
    if (!missing) return;
    windowAsked = Date.now();
    const count = Math.round(Math.min(Math.max(player.speed * 6, 400), 4000));
    const sent = { ...edgewalk.url.forRun(state.query), first: Math.max(0, step - 100), count };
    const response = await fetch(`run.bin?${edgewalk.url.write(sent)}`).catch(() => null);
    if (!response || !response.ok || state.result !== result) return;
    const stretch = edgewalk.run.decode(await response.arrayBuffer());
    if (state.result !== result) return;
    result.runs.forEach((run, i) => (run.window = stretch.runs[i]));
    paint();
    readOut(true);
  }

  // ---- painting ----

  const graphOf = (id) => document.querySelector(`#${id} .js-plotly-plot`);

  function scene() {
    return {
      result: state.result,
      step: player.step,
      strobe: state.strobe,
      clock: state.clock,
      inks: state.inks,
      focus: Math.max(0, state.result.runs.findIndex((run) => run.rule !== "gradient-flow")),
      title: title(),
    };
  }

  function title() {
    const { words, settings } = state.result;
    return `${words.formula}, ${words.rules.map((rule) => rule.name).join(", ")}, η = ${settings.eta}, step ${player.step}`;
  }

  function paint() {
    if (!state.result || !panels) return;
    const now = scene();
    for (const panel of panels) panel.paint(now);
  }

  // Everything afresh: a new run, size, zoom, strobe, clock or scheme.
  function repaint() {
    if (!panels) return;
    for (const panel of panels) panel.reset();
    paint();
    placeStart();
  }

  function loop(time) {
    if (!player.playing) return;
    const step = player.step;
    player.tick(time / 1000);
    if (player.step !== step) paint();
    readOut(!player.playing);
    ensureWindow();
    if (player.playing) requestAnimationFrame(loop);
    else showPlaying();
  }

  function play() {
    if (!state.result) return;
    player.play(performance.now() / 1000);
    paint();
    showPlaying();
    requestAnimationFrame(loop);
  }

  function pause() {
    player.pause();
    showPlaying();
  }

  function showPlaying() {
    const name = player.playing ? "Pause" : "Play";
    const button = $("play");
    button.setAttribute("aria-label", name);
    button.title = name;
    button.classList.toggle("pause", player.playing);
    if (!player.playing) {
      paint();
      readOut(true);
      writeLink();
      ensureWindow();
    }
  }

  function seek(step) {
    player.seek(step);
    paint();
    readOut(true);
    if (player.playing) return;
    ensureWindow();
    clearTimeout(seek.later);
    seek.later = setTimeout(writeLink, 200);
  }

  // ---- words and numbers ----

  function describe() {
    const { words } = state.result;
    $("formula").textContent = words.formula;
    $("valley").textContent = words.valley;
    $("valley-sharpness").textContent = words.sharpness;
    $("rule-formulas").replaceChildren(
      ...words.rules.map((rule) => Object.assign(document.createElement("span"), { textContent: rule.formula })),
    );
  }

  // Numbers at the playhead: at most ten times a second, unless it stands.
  function readOut(force) {
    const now = performance.now() / 1000;
    if (!state.result || (!force && now - state.readOut < READ_OUT_SECONDS)) return;
    state.readOut = now;
    const { focus, step } = scene();
    const run = state.result.runs[focus];
    const { part, row } = edgewalk.run.locate(run, step);
    const value = (name) => part.columns[name][row];
    const tau = run.eta ** 2 * value("step");
    const numbers = { step: value("step"), tau, loss: value("loss"), sharpness: value("sharpness"), threshold: value("threshold"), gap: value("gap") };
    for (const [name, number] of Object.entries(numbers)) {
      $(`now-${name}`).textContent = name === "step" ? number.toLocaleString("en") : edgewalk.run.words(number);
    }
    showGauge(value("stableness_pair"), run);
    $("position").textContent = `step ${step.toLocaleString("en")} of ${player.last.toLocaleString("en")}   τ ${edgewalk.run.words(run.eta ** 2 * step)}`;
    showStory(run, part, row, focus);
    quietly("playhead", step);
    if (!player.playing) summarise(run, numbers);
  }

  function showGauge(pair, run) {
    const gauge = $("now-stableness_pair");
    gauge.textContent = run.rule === "gradient-flow" ? "–" : edgewalk.run.words(pair);
    gauge.classList.toggle("on", Math.abs(pair - 1) <= 0.1);
  }

  function showStory(run, part, row, focus) {
    const story = state.result.words.stories[focus];
    const step = part.columns.step[row];
    const ended = story.end && step >= run.outcome_step;
    const template = ended ? story.end : run.edge_step !== null && step >= run.edge_step ? story.edge : story.before;
    const fill = {
      sharpness: edgewalk.run.words(part.columns.projection_sharpness[row]),
      first_sharpness: edgewalk.run.words(run.columns.projection_sharpness[0]),
    };
    const text = template.replace(/\{(\w+)\}/g, (_, name) => fill[name]);
    if ($("story").textContent !== text) $("story").textContent = text;
    $("story").classList.toggle("ended", Boolean(ended));
    const view = edgewalk.overlay.acrossView(part, row, state.result.profile_axis);
    $("across-unit").textContent = view ? `unit ${edgewalk.run.words(view.unit)}` : "";
  }

  function summarise(run, numbers) {
    $("summary").textContent =
      `${run.name}, step ${numbers.step} of ${run.last}. Loss ${edgewalk.run.words(numbers.loss)}, ` +
      `sharpness ${edgewalk.run.words(numbers.sharpness)}, gap to the theorem ${edgewalk.run.words(numbers.gap)}.`;
  }

  // ---- axes ----

  // Ranges of the sharpness panel and, where the start lies outside, of the landscape.
  function frameAxes(afresh) {
    frameSharpness();
    if (afresh) {
      state.view = viewWithStart();
      drawScene();
    }
  }

  function frameSharpness() {
    const graph = graphOf("sharpness");
    if (!graph || !graph._fullLayout || !state.result) return;
    const { settings } = state.result;
    const end = edgewalk.run.clockTime(state.clock, settings.eta, Math.max(settings.steps, 1));
    const top = roundUp(highest());
    const words = CLOCK_WORDS[state.clock];
    const key = [end, top, words].join();
    if (key === frameSharpness.key && graph === frameSharpness.graph) return;
    frameSharpness.key = key;
    frameSharpness.graph = graph;
    window.Plotly.relayout(graph, {
      "xaxis.range": [0, end], "yaxis.range": [0, top], "xaxis.title.text": words,
    });
  }

  // The largest value worth seeing: what lies on Γ, both walls at the edge, GD's threshold if near.
  function highest() {
    let top = 0;
    for (const run of state.result.runs) {
      let own = 0;
      for (const name of ["projection_sharpness", "flow_sharpness"]) {
        for (const value of run.columns[name]) if (value > own) own = value;
      }
      top = Math.max(top, 1.5 * own);
      if (run.rule === "gd") {
        const threshold = 2 / run.eta;
        if (threshold < 8 * own) top = Math.max(top, 1.15 * threshold);
      }
    }
    return top || 1;
  }

  function roundUp(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return power * [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((m) => m * power >= value);
  }

  function viewWithStart() {
    return null;
  }

  function drawScene() {
    if (!state.result) return;
    const scheme = document.documentElement.dataset.mantineColorScheme === "dark" ? "dark" : "light";
    const wanted = { loss: state.result.settings.loss, scale: state.scale, scheme, view: state.view };
    const text = JSON.stringify(wanted);
    if (text === drawScene.text) return;
    drawScene.text = text;
    window.dash_clientside.set_props("scene", { data: wanted });
  }

  // ---- controls ----

  // What changed on the page, from Dash: a list of {prop_id, value}.
  function heard() {
    for (const { prop_id: name, value } of window.dash_clientside.callback_context.triggered) {
      const id = name.split(".")[0];
      if (id in state.quiet && same(state.quiet[id], value)) delete state.quiet[id];
      else if (state.result) changes[id](value);
    }
    return window.dash_clientside.no_update;
  }

  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b) || (typeof a === "number" && Math.abs(a - b) < 1e-9);

  const changes = {
    rules: (keys) => {
      if (keys.length === 0 || keys.length > 3) {
        say([{ field: "", text: keys.length ? "At most three rules at once." : "Choose at least one rule." }]);
        return quietly("rules", state.result.settings.rule);
      }
      set("rule", keys.join(","));
    },
    eta: (text) => {
      quietly("eta-slider", Math.log10(Number(text)) || 0);
      set("eta", text);
    },
    "eta-slider": (power) => {
      const eta = Number((10 ** power).toPrecision(3));
      quietly("eta", String(eta));
      drag("eta", String(eta));
    },
    horizon: (text) => setHorizon(text),
    "horizon-unit": (unit) => {
      state.horizon.unit = unit;
      syncHorizon();
    },
    "start-x": (text) => set("start", `${text},${startText()[1]}`),
    "start-y": (text) => set("start", `${startText()[0]},${text}`),
    noise: (text) => set("noise", text),
    seed: (text) => set("seed", text),
    clock: (clock) => {
      state.clock = clock;
      frameSharpness();
      repaint();
      writeLink();
    },
    strobe: (strobe) => {
      state.strobe = strobe;
      repaint();
    },
    scale: (scale) => {
      state.scale = scale;
      drawScene();
    },
    playhead: (step) => seek(step),
    speed: (power) => {
      player.speed = Math.round(10 ** power);
      showSpeed();
    },
  };

  const startText = () => ["start-x", "start-y"].map((id) => $(id).value);

  function set(key, text) {
    state.query[key] = text;
    keepHorizon(key);
    request({});
  }

  // A control that is being dragged: a run at each move, the full one when the hand rests.
  function drag(key, text) {
    state.query[key] = text;
    keepHorizon(key);
    request({ dragged: true });
    clearTimeout(drag.rest);
    drag.rest = setTimeout(() => request({}), 150);
  }

  // In slow time the horizon stays when η changes, so the number of steps follows.
  function keepHorizon(key) {
    if (key === "loss") delete state.query.steps;
    if (key !== "eta" || state.horizon.unit !== "tau" || !state.query.steps) return;
    const { steps, eta } = state.result.settings;
    state.horizon.tau = state.horizon.tau || steps * eta * eta;
    state.query.steps = stepsFor(state.horizon.tau, state.query.eta);
  }

  const stepsFor = (tau, eta) => String(Math.round(Math.min(tau / Number(eta) ** 2, 1e12)));

  function setHorizon(text) {
    if (state.horizon.unit === "steps") return set("steps", text);
    const tau = text.trim() === "" ? NaN : Number(text);
    if (!(tau >= 0)) return say([{ field: "steps", text: `The horizon must be a number, got ${text.trim() ? `‘${text}’` : "nothing"}.` }]);
    state.horizon.tau = tau;
    set("steps", stepsFor(tau, state.result.settings.eta));
  }

  function chooseLoss(key) {
    state.query = { ...state.query, loss: key };
    delete state.query.start;
    delete state.query.steps;
    state.horizon.tau = null;
    player.pause();
    player.seek(0);
    request({ adopt: true });
  }

  function showSpeed() {
    $("speed-words").textContent = `${player.speed.toLocaleString("en")} steps a second`;
  }

  // ---- the start, on the map ----

  let startButton = null;

  function addStart(host) {
    startButton = Object.assign(document.createElement("button"), { className: "start", type: "button" });
    host.append(startButton);
    let grabbed = null;
    startButton.addEventListener("pointerdown", (event) => {
      startButton.setPointerCapture(event.pointerId);
      grabbed = event.pointerId;
      event.preventDefault();
      startButton.focus();
    });
    startButton.addEventListener("pointermove", (event) => {
      if (grabbed !== event.pointerId) return;
      const frame = edgewalk.overlay.frameOf(graphOf("landscape"));
      const box = host.getBoundingClientRect();
      const within = (value, low, size) => Math.min(Math.max(value, low), low + size);
      const x = within(event.clientX - box.left, frame.left, frame.width);
      const y = within(event.clientY - box.top, frame.top, frame.height);
      moveStart(frame.dataX(x), frame.dataY(y), frame);
    });
    for (const end of ["pointerup", "pointercancel"]) startButton.addEventListener(end, () => (grabbed = null));
    startButton.addEventListener("keydown", nudgeStart);
  }

  function nudgeStart(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const frame = edgewalk.overlay.frameOf(graphOf("landscape"));
    const far = event.shiftKey ? 10 : 1;
    const [x, y] = startText().map(Number);
    const width = Math.abs(frame.rangeX[1] - frame.rangeX[0]) * START_NUDGE * far;
    const height = Math.abs(frame.rangeY[1] - frame.rangeY[0]) * START_NUDGE * far;
    moveStart(x + way[0] * width, y + way[1] * height, frame);
  }

  // To three digits more than a pixel can tell.
  function moveStart(x, y, frame) {
    const digits = (range) => Math.max(0, 3 - Math.floor(Math.log10(Math.abs(range[1] - range[0]))));
    const point = [x.toFixed(digits(frame.rangeX)), y.toFixed(digits(frame.rangeY))].map((t) => String(Number(t)));
    quietly("start-x", point[0]);
    quietly("start-y", point[1]);
    drag("start", point.join(","));
  }

  function placeStart() {
    const frame = edgewalk.overlay.frameOf(graphOf("landscape"));
    if (!frame || !state.result || !startButton) return;
    const [x, y] = state.result.settings.start;
    const [left, top] = [frame.x(x), frame.y(y)];
    const inside = left >= frame.left && left <= frame.left + frame.width && top >= frame.top && top <= frame.top + frame.height;
    startButton.style.transform = `translate(${left}px, ${top}px)`;
    startButton.classList.toggle("outside", !inside);
    startButton.setAttribute("aria-label", `Start (${x.toPrecision(4)}, ${y.toPrecision(4)}). Arrow keys move it.`);
  }

  // ---- buttons, keys, scheme ----

  function forwards(count) {
    if (player.playing) pause();
    seek(player.step + count);
  }

  const buttons = {
    play: () => (player.playing ? pause() : play()),
    back: () => forwards(-1),
    forward: () => forwards(1),
    reset: () => forwards(-Infinity),
    end: () => forwards(Infinity),
    share: () => share(),
    help: () => $("help-dialog").showModal(),
    "help-close": () => $("help-dialog").close(),
    scheme: () => setScheme(document.documentElement.dataset.mantineColorScheme === "dark" ? "light" : "dark"),
  };

  function onClick(event) {
    const item = event.target.closest("[data-export]");
    if (item) return keep(item.dataset.export);
    const button = event.target.closest("button");
    if (button && buttons[button.id]) buttons[button.id]();
  }

  async function share() {
    writeLink();
    try {
      await navigator.clipboard.writeText(location.href);
      say([{ field: "", text: "The link is copied: it opens exactly this." }]);
    } catch {
      say([{ field: "", text: `Copy this link: ${location.href}` }]);
    }
  }

  function keep(name) {
    if (!state.result) return;
    const [what, format] = name.split(".");
    if (what === "run") {
      const link = document.createElement("a");
      link.href = `run.${format}?${edgewalk.url.write(edgewalk.url.forRun(state.query))}`;
      link.download = "";
      return link.click();
    }
    edgewalk.export.download(what, format, graphOf(what), { ...scene(), frame: graphOf("sharpness") });
  }

  const keys = {
    " ": () => buttons.play(),
    ArrowLeft: (event) => forwards(event.shiftKey ? -2 : -1),
    ArrowRight: (event) => forwards(event.shiftKey ? 2 : 1),
    Home: () => forwards(-Infinity),
    End: () => forwards(Infinity),
    "[": () => faster(-0.3),
    "]": () => faster(0.3),
    s: () => {
      const strobe = STROBES[(STROBES.indexOf(state.strobe) + 1) % STROBES.length];
      quietly("strobe", strobe);
      changes.strobe(strobe);
    },
    "?": () => buttons.help(),
  };

  function faster(power) {
    const now = Math.min(Math.max(Math.log10(player.speed) + power, 0), 4);
    quietly("speed", now);
    changes.speed(now);
  }

  // Keys belong to text fields, lists, sliders and open dialogs first, and Space to buttons.
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const target = event.target;
    if (target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea, [role=menu]")) return;
    const arrows = event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End";
    if (arrows && target.closest("[role=slider], input")) return;
    if (event.key === " " && target.closest("button, summary, input")) return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  }

  function setScheme(scheme) {
    localStorage.setItem(SCHEME_KEY, scheme);
    document.documentElement.dataset.mantineColorScheme = scheme;
    props("provider", { forceColorScheme: scheme });
    $("scheme").textContent = scheme === "dark" ? "Light" : "Dark";
    state.inks = edgewalk.overlay.readInks();
    drawScene();
    repaint();
  }

  // ---- beginning ----

  // The run is asked for at once; Plotly makes its graphs some time after the page.
  function begin() {
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", onKey);
    $("loss").addEventListener("change", (event) => chooseLoss(event.target.value));
    $("help-dialog").addEventListener("click", (event) => event.target === event.currentTarget && event.target.close());
    setScheme(edgewalk.scheme);
    showSpeed();
    state.query = edgewalk.url.read(location.search);
    request({});
    whenReady(() => graphOf("landscape")?.on && graphOf("sharpness")?.on, addPanels);
  }

  function addPanels() {
    const hosts = ["landscape", "sharpness", "across"].map((id) => document.querySelector(`.card.${id} .plot`));
    panels = [
      new edgewalk.overlay.Landscape(hosts[0], () => graphOf("landscape")),
      new edgewalk.overlay.Sharpness(hosts[1], () => graphOf("sharpness")),
      new edgewalk.overlay.Across(hosts[2]),
    ];
    addStart(hosts[0]);
    for (const id of ["landscape", "sharpness"]) {
      for (const event of ["plotly_afterplot", "plotly_relayouting"]) {
        graphOf(id).on(event, () => requestAnimationFrame(repaint));
      }
    }
    new ResizeObserver(() => requestAnimationFrame(repaint)).observe(hosts[0]);
    frameSharpness();
    repaint();
  }

  function whenReady(ready, then) {
    if (ready()) then();
    else setTimeout(() => whenReady(ready, then), 15);
  }

  edgewalk.stage = { player, state };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.edgewalk = { controls: heard };
  whenReady(() => $("loss") && $("landscape") && window.dash_clientside.set_props, begin);
})();
