// The stage: what is shown, the runs it shows, and the loop that paints them.
(function () {
  const edgewalk = (window.edgewalk = window.edgewalk || {});

  const $ = (id) => document.getElementById(id);
  const props = (id, changes) => window.dash_clientside.set_props(id, changes);
  const graphOf = (id) => document.querySelector(`#${id} .js-plotly-plot`);

  const RETRY = 80; // ms

  // What belongs to the picture and not to a run, as the link has it, and its defaults.
  const VIEW = { clock: "tau", axis: "linear", strobe: "all", look: "root", panel: "sharpness" };

  const player = new edgewalk.Player();
  const state = {
    query: {},          // of a run: the settings that are not defaults, as the text of the link
    frame: {},          // of the link, but no setting of a run: `hide` and `embed`
    view: { ...VIEW },
    result: null,       // the last runs that arrived
    focus: null,        // which of them the magnifiers, the laws and the numbers are about
    halved: null,       // of the run in focus, before η was halved: {eta, step, gap, run}
    inks: null,
  };
  const requests = new edgewalk.Requests((url) => fetch(url), { run: accept, refused, failed, busy });
  let panels = [];
  let painted = "";
  let surfacePicture = null; // the address of a picture of it

  // ---- runs ----

  function request(options) {
    const settings = state.result && state.result.settings;
    const steps = settings && settings.steps * (settings.eta[0] / Math.min(...settings.eta)) ** 2;
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

  // Runs have arrived: keep the playhead at the same time, tell what was changed, paint.
  function accept(result, asked) {
    const previous = state.result;
    const before = previous && { eta: previous.runs[0].eta, at: player.at };
    state.result = result;
    state.focus = focusFor(result.runs, previous && previous.runs[state.focus]);
    measureTime();
    if (previous) carryOver(before, asked.adopt);
    if (!previous || asked.adopt) beginWith(result.page, edgewalk.url.read(result.query));
    if (!asked.dragged) settle(result, asked, !previous);
    edgewalk.controls.showRun(result);
    if (!asked.dragged) edgewalk.axes.frameSharpness(); // axes stay under a moving hand
    if (!previous || previous.settings.loss !== result.settings.loss || asked.adopt) edgewalk.axes.showWhole();
    repaint();
    edgewalk.readout.show(!asked.dragged);
    if (asked.dragged) return;
    sharpen();
    edgewalk.axes.refine();
  }

  // The run in focus stays in focus, by its rule and step size or by its place; at first, and when it
  // has gone, it is the first that bounces.
  function focusFor(runs, before) {
    const same = before ? runs.findIndex(({ rule, eta }) => rule === before.rule && eta === before.eta) : -1;
    if (same >= 0) return same;
    if (before && runs[state.focus]?.rule === before.rule) return state.focus;
    return Math.max(0, runs.findIndex((run) => !edgewalk.overlay.isSmooth(run)));
  }

  // What of the link belongs to the page and not to a run.
  function beginWith(page, { hide, embed }) {
    if (!Object.keys(state.frame).length) {
      state.frame = { hide, embed };
      edgewalk.embed.begin(page);
    }
    for (const name of Object.keys(VIEW)) state.view[name] = page[name];
    if (page.focus !== null) state.focus = Math.min(page.focus, state.result.runs.length - 1);
    edgewalk.controls.showView(state.view);
    measureTime();
    player.seek(page.at);
  }

  // The time bar counts steps of the first run, to the end of the last one.
  function measureTime() {
    player.resize(edgewalk.run.lastStep(state.result.runs, state.view.clock));
  }

  // The same time on the clock at another η; in slow time where η was halved.
  function carryOver({ eta, at }, adopted) {
    if (adopted) return player.seek(0);
    const now = state.result.runs[0].eta;
    const clock = state.halved ? "tau" : state.view.clock;
    if (now === eta || clock === "step") return;
    player.seek(edgewalk.run.sameTime(clock, now, eta, at));
    if (!player.playing) player.seek(Math.round(player.at));
  }

  // The full run after the last change: the link is now the server's, and so are clamped values.
  function settle(result, asked, first) {
    edgewalk.controls.say([...(asked.notices || []), ...result.notices]);
    if (!requests.pending) {
      state.query = edgewalk.url.forRun(edgewalk.url.read(result.query));
      edgewalk.controls.showFocusEta();
    }
    if (first || asked.adopt || result.notices.length) edgewalk.controls.showSettings(result.settings);
    writeLink();
  }

  function writeLink() {
    const query = { ...state.query, ...state.frame };
    for (const [name, usual] of Object.entries(VIEW)) {
      if (state.view[name] !== usual) query[name] = state.view[name];
    }
    if (state.result && state.focus !== focusFor(state.result.runs)) query.focus = state.focus;
    if (player.step > 0) query.at = player.step;
    const text = edgewalk.url.write(query);
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
  }

  async function sharpen() {
    const { result } = state;
    if (!result) return;
    clearTimeout(sharpen.later);
    const came = await requests.window(result, player, steps());
    if (came === "later" && !player.playing) sharpen.later = setTimeout(sharpen, RETRY);
    if (came !== true || state.result !== result) return;
    paint(true);
    edgewalk.readout.show(true);
  }

  // ---- painting ----

  // The step of each run at the playhead.
  function steps() {
    const { runs } = state.result;
    return runs.map((run) => edgewalk.run.stepOf(run, runs[0], state.view.clock, player.at));
  }

  // All that a picture is painted from.
  function scene() {
    const { result, inks, focus, view } = state;
    const { loss, start } = result.settings;
    const d = start.length;
    const at = result.runs.length > 1 ? Math.min(player.at, player.last) : player.step;
    const valley = result.valley || edgewalk.plane.valley(loss, repaint);
    const section = d > 2 ? sectionNow() : null;
    const heights = section || (d > 2 ? null : edgewalk.axes.heightsFor(view.look, repaint));
    const sheet = result.settings.sheet ? edgewalk.plane.sheet(loss, repaint) : null;
    const shown = { ...view, look: lookIn(d, view.look), panel: result.settings.codim > 1 ? view.panel : "sharpness" };
    return { result, d, inks, focus, ...shown, at, steps: steps(), valley, section, sheet, heights, halved: state.halved };
  }

  // Beyond three dimensions there is no box to look into.
  const lookIn = (d, look) => (d > 3 && look === "surface" ? "root" : look);

  // The section at the playhead of the run in focus.
  function sectionNow() {
    const { result, focus, view } = state;
    const run = result.runs[focus];
    const query = edgewalk.url.forRun(edgewalk.url.read(result.query));
    const { rule, eta, steps: last } = run;
    const of = view.look === "sharpness" ? "sharpness" : "root";
    const where = edgewalk.axes.sectionView();
    const wanted = { ...query, rule, eta, steps: last, at: steps()[focus], of, ...(where && { view: where.flat().join() }) };
    return edgewalk.plane.sectionAt(result.settings.loss, `section.bin?${edgewalk.url.write(wanted)}`, (section) => {
      edgewalk.axes.adopt(section);
      repaint();
    });
  }

  // Paint what has changed since the last picture.
  function paint(anew) {
    if (!state.result) return;
    const now = scene();
    const shown = now.steps.join();
    if (!anew && shown === painted) return;
    painted = shown;
    for (const panel of panels) panel.paint(now);
    edgewalk.hover.follow();
  }

  // Everything afresh: a new run, size, zoom, strobe, clock or scheme.
  function repaint() {
    for (const panel of panels) panel.reset();
    paint(true);
    edgewalk.start.place();
  }

  function loop(time) {
    if (!player.playing) return;
    player.tick(time / 1000);
    paint();
    edgewalk.readout.show(!player.playing);
    sharpen();
    if (player.playing) requestAnimationFrame(loop);
    else stand();
  }

  function play() {
    if (!state.result) return;
    player.play(performance.now() / 1000);
    paint(true);
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
    paint(true);
    edgewalk.readout.show(true);
    writeLink();
    sharpen();
  }

  // Go to a step of the first run.
  function seek(at) {
    player.seek(at);
    paint(true);
    edgewalk.readout.show(true);
    if (player.playing) return;
    sharpen();
    clearTimeout(seek.later);
    seek.later = setTimeout(writeLink, 200);
  }

  // Go to a step of the run in focus; those of the first run are then not always whole.
  function seekOwn(step) {
    const { runs } = state.result;
    const within = Math.min(Math.max(step, 0), runs[state.focus].last);
    seek(edgewalk.run.sameTime(state.view.clock, runs[0].eta, runs[state.focus].eta, within));
  }

  // Another run in focus.
  function attend(i) {
    state.focus = i;
    state.halved = null;
    edgewalk.controls.showRun(state.result);
    edgewalk.controls.showFocusEta();
    repaint();
    edgewalk.readout.show(true);
    writeLink();
  }

  // Another clock, axis, strobe or look.
  function setView(name, value) {
    if (state.view[name] === value || !state.result) return;
    state.view[name] = value;
    if (name === "clock") measureTime();
    edgewalk.axes.frameSharpness();
    edgewalk.axes.drawScene();
    edgewalk.controls.showRun(state.result);
    edgewalk.readout.show(true);
    repaint();
    writeLink();
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
    edgewalk.hover.begin();
    edgewalk.ribbon.begin();
    setScheme(edgewalk.scheme);
    state.query = edgewalk.url.read(location.search);
    request({ whole: true });
    whenReady(() => graphOf("landscape")?.on && graphOf("sharpness")?.on, addPanels);
  }

  function addPanels() {
    const host = Object.fromEntries(
      ["landscape", "sharpness", "across", "along", "gap"].map((id) => [id, document.querySelector(`.card.${id} .plot`)]),
    );
    const map = () => graphOf("landscape");
    const landscape = new edgewalk.Landscape(host.landscape, map, "landscape");
    const surface = new edgewalk.Surface(host.landscape, landscape);
    const sharpness = new edgewalk.Sharpness(host.sharpness, () => graphOf("sharpness"), "sharpness");
    const [across, along] = [new edgewalk.Across(host.across), new edgewalk.Along(host.along)];
    const gap = new edgewalk.Gap(host.gap);
    surfacePicture = () => surface.toDataURL();
    panels = [new edgewalk.Ground(host.landscape, map), landscape, surface, sharpness, across, along, gap];
    const alignment = new edgewalk.Alignment($("alignment"));
    panels.push(alignment);
    for (const panel of [surface, sharpness, alignment, across, along, gap]) edgewalk.hover.listen(panel.host, panel);
    edgewalk.start.begin(host.landscape);
    edgewalk.axes.begin();
    const later = () => requestAnimationFrame(repaint);
    for (const id of ["landscape", "sharpness"]) {
      for (const event of ["plotly_afterplot", "plotly_relayouting"]) graphOf(id).on(event, later);
    }
    for (const place of Object.values(host)) new ResizeObserver(later).observe(place);
    repaint();
  }

  function whenReady(ready, then) {
    if (ready()) then();
    else setTimeout(() => whenReady(ready, then), 15);
  }

  edgewalk.stage = {
    props, graphOf, state, player, requests, request, scene, steps, repaint, play, pause, seek, seekOwn, attend, setView,
    setScheme, writeLink, surfacePicture: () => surfacePicture(),
  };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.edgewalk = { controls: () => edgewalk.controls.heard() };
  whenReady(() => $("loss") && $("landscape") && window.dash_clientside.set_props, begin);
})();
