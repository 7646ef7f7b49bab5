// The stage: what is shown, the runs it shows, and the loop that paints them.
(function () {
  const edgewalk = (window.edgewalk = window.edgewalk || {});

  const $ = (id) => document.getElementById(id);
  const props = (id, changes) => window.dash_clientside.set_props(id, changes);
  const graphOf = (id) => document.querySelector(`#${id} .js-plotly-plot`);

  const player = new edgewalk.Player();
  const state = {
    query: {},          // of a run: the settings that are not defaults, as the text of the link
    frame: {},          // of the link, but no setting of a run: `hide` and `embed`
    clock: "tau",
    strobe: "all",
    result: null,       // the last run that arrived
    inks: null,
  };
  const requests = new edgewalk.Requests((url) => fetch(url), { run: accept, refused, failed, busy });
  let panels = [];

  // ---- runs ----

  function request(options) {
    const steps = state.result && state.result.settings.steps;
    requests.ask({ query: { ...state.query }, steps, ...options });
  }

  function busy(yes) {
    document.body.toggleAttribute("data-busy", yes);
    document.querySelector("main").setAttribute("aria-busy", String(yes));
  }

  function failed(words) {
    edgewalk.controls.say([{ field: "", text: words }]);
  }

  // A query that cannot be read: keep the last picture; at first show the nearest valid settings.
  function refused(problems, nearest) {
    if (state.result) return edgewalk.controls.say(problems);
    state.query = edgewalk.url.read(nearest);
    request({ notices: problems, whole: true });
  }

  // A run has arrived: keep the playhead at the same time, tell what was changed, paint.
  function accept(result, asked) {
    const previous = state.result;
    const before = previous && { eta: previous.settings.eta, at: player.at };
    state.result = result;
    player.resize(Math.max(...result.runs.map((run) => run.last)));
    if (previous) carryOver(before);
    else beginWith(result.page, edgewalk.url.read(result.query));
    if (!asked.dragged) settle(result, asked, !previous);
    edgewalk.controls.showRun(result);
    edgewalk.axes.frameSharpness();
    if (!previous || previous.settings.loss !== result.settings.loss) edgewalk.axes.showWhole();
    repaint();
    edgewalk.readout.show(!asked.dragged);
    if (!asked.dragged) sharpen();
  }

  // What of the link belongs to the page and not to a run.
  function beginWith(page, { hide, embed }) {
    state.frame = { hide, embed };
    player.seek(page.at);
    edgewalk.controls.setClock(page.clock);
    edgewalk.embed.begin(page);
  }

  // The same time on the clock at another η.
  function carryOver({ eta, at }) {
    const now = state.result.settings.eta;
    const power = { step: 0, eta: 1, tau: 2 }[state.clock];
    if (now === eta || power === 0) return;
    player.at = Math.min(at * (eta / now) ** power, player.last);
    if (!player.playing) player.seek(player.at);
  }

  // The full run after the last change: the link is now the server's, and so are clamped values.
  function settle(result, asked, first) {
    edgewalk.controls.say([...(asked.notices || []), ...result.notices]);
    if (!requests.pending) state.query = edgewalk.url.forRun(edgewalk.url.read(result.query));
    if (first || asked.adopt || result.notices.length) edgewalk.controls.showSettings(result.settings);
    writeLink();
  }

  function writeLink() {
    const query = { ...state.query, ...state.frame };
    if (state.clock !== "tau") query.clock = state.clock;
    if (player.step > 0) query.at = player.step;
    const text = edgewalk.url.write(query);
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
  }

  async function sharpen() {
    const { result } = state;
    if (!result || !(await requests.window(result, state.query, player)) || state.result !== result) return;
    paint();
    edgewalk.readout.show(true);
  }

  // ---- painting ----

  // All that a picture is painted from.
  function scene() {
    const { result, strobe, clock, inks } = state;
    const smooth = result.runs.findIndex((run) => run.rule !== "gradient-flow");
    return { result, strobe, clock, inks, step: player.step, focus: Math.max(0, smooth) };
  }

  function paint() {
    if (!state.result) return;
    const now = scene();
    for (const panel of panels) panel.paint(now);
  }

  // Everything afresh: a new run, size, zoom, strobe, clock or scheme.
  function repaint() {
    for (const panel of panels) panel.reset();
    paint();
    edgewalk.start.place();
  }

  function loop(time) {
    if (!player.playing) return;
    const step = player.step;
    player.tick(time / 1000);
    if (player.step !== step) paint();
    edgewalk.readout.show(!player.playing);
    sharpen();
    if (player.playing) requestAnimationFrame(loop);
    else stand();
  }

  function play() {
    if (!state.result) return;
    player.play(performance.now() / 1000);
    paint();
    edgewalk.readout.showPlaying();
    requestAnimationFrame(loop);
  }

  function pause() {
    player.pause();
    stand();
  }

  // The playhead stands: the picture, the numbers and the link are exact.
  function stand() {
    edgewalk.readout.showPlaying();
    paint();
    edgewalk.readout.show(true);
    writeLink();
    sharpen();
  }

  function seek(step) {
    player.seek(step);
    paint();
    edgewalk.readout.show(true);
    if (player.playing) return;
    sharpen();
    clearTimeout(seek.later);
    seek.later = setTimeout(writeLink, 200);
  }

  function setScheme(scheme) {
    edgewalk.scheme = scheme;
    document.documentElement.dataset.mantineColorScheme = scheme;
    props("provider", { forceColorScheme: scheme });
    $("scheme").textContent = scheme === "dark" ? "Light" : "Dark";
    state.inks = edgewalk.overlay.readInks();
    edgewalk.axes.drawScene();
    repaint();
  }

  // ---- beginning ----

  // The run is asked for at once; Plotly makes its graphs some time after the page.
  function begin() {
    edgewalk.controls.begin();
    edgewalk.keys.begin();
    setScheme(edgewalk.scheme);
    state.query = edgewalk.url.read(location.search);
    request({ whole: true });
    whenReady(() => graphOf("landscape")?.on && graphOf("sharpness")?.on, addPanels);
  }

  function addPanels() {
    const hosts = ["landscape", "sharpness", "across"].map((id) => document.querySelector(`.card.${id} .plot`));
    panels = [
      new edgewalk.overlay.Landscape(hosts[0], () => graphOf("landscape")),
      new edgewalk.overlay.Sharpness(hosts[1], () => graphOf("sharpness")),
      new edgewalk.overlay.Across(hosts[2]),
    ];
    edgewalk.start.begin(hosts[0]);
    edgewalk.axes.begin();
    const later = () => requestAnimationFrame(repaint);
    for (const id of ["landscape", "sharpness"]) {
      for (const event of ["plotly_afterplot", "plotly_relayouting"]) graphOf(id).on(event, later);
    }
    new ResizeObserver(later).observe(hosts[0]);
    repaint();
  }

  function whenReady(ready, then) {
    if (ready()) then();
    else setTimeout(() => whenReady(ready, then), 15);
  }

  edgewalk.stage = {
    props, graphOf, state, player, requests, request, scene, repaint, play, pause, seek, setScheme, writeLink,
  };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.edgewalk = { controls: () => edgewalk.controls.heard() };
  whenReady(() => $("loss") && $("landscape") && window.dash_clientside.set_props, begin);
})();
