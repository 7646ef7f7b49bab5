// Words and numbers that follow the playhead.
(function () {
  const edgewalk = (window.edgewalk = window.edgewalk || {});

  const PAUSE = 0.1; // seconds between two read-outs while a run plays
  const FAILURES = ["not_finite", "left_domain"];
  const NEAR_ONE = 0.1;

  const $ = (id) => document.getElementById(id);
  let shown = 0;

  function setText(id, text) {
    if ($(id).textContent !== text) $(id).textContent = text;
  }

  // At most ten times a second, unless the playhead stands.
  function show(standing) {
    const now = performance.now() / 1000;
    const { state, player, scene } = edgewalk.stage;
    if (!state.result || (!standing && now - shown < PAUSE)) return;
    shown = now;
    const { focus, step } = scene();
    const run = state.result.runs[focus];
    const place = edgewalk.run.locate(run, step);
    const numbers = numbersAt(run, place);
    for (const [name, words] of Object.entries(numbers)) setText(`now-${name}`, words);
    showGauge(run, place.part.columns.stableness_pair[place.row]);
    showPosition(run, step, player.last);
    showUnit(place, state.result.profile_axis);
    showStory(run, place, state.result.words.stories[focus]);
    edgewalk.sliders.set("playhead", step, `step ${step}`);
    edgewalk.embed.tell(step, run.eta, place.part.columns.sharpness[place.row]);
    if (standing && !player.playing) summarise(run, numbers);
  }

  function numbersAt(run, { part, row }) {
    const { words } = edgewalk.run;
    const value = (name) => part.columns[name][row];
    return {
      step: value("step").toLocaleString("en"),
      tau: words(run.eta ** 2 * value("step")),
      loss: words(value("loss")),
      sharpness: words(value("sharpness")),
      threshold: run.rule === "gradient-flow" ? "–" : words(value("threshold")),
      gap: words(value("gap")),
    };
  }

  function showGauge(run, pair) {
    setText("now-stableness_pair", run.rule === "gradient-flow" ? "–" : edgewalk.run.words(pair));
    $("now-stableness_pair").classList.toggle("on", Math.abs(pair - 1) <= NEAR_ONE);
  }

  function showPosition(run, step, last) {
    const [now, end] = [step, last].map((value) => value.toLocaleString("en"));
    setText("position", `step ${now} of ${end}   τ ${edgewalk.run.words(run.eta ** 2 * step)}`);
  }

  function showUnit({ part, row }, nodes) {
    const view = edgewalk.overlay.acrossView(part, row, nodes);
    setText("across-unit", view ? `unit ${edgewalk.run.words(view.unit)}` : "");
  }

  // The sentence of the phase that the playhead is in, with the numbers there.
  function showStory(run, { part, row }, story) {
    const step = part.columns.step[row];
    const ended = Boolean(story.end) && step >= run.outcome_step;
    const atEdge = run.edge_step !== null && step >= run.edge_step;
    const numbers = {
      sharpness: edgewalk.run.words(part.columns.projection_sharpness[row]),
      first_sharpness: edgewalk.run.words(run.columns.projection_sharpness[0]),
    };
    const template = ended ? story.end : atEdge ? story.edge : story.before;
    setText("story", template.replace(/\{(\w+)\}/g, (_, name) => numbers[name]));
    $("story").classList.toggle("failed", ended && FAILURES.includes(run.outcome));
  }

  // For those who listen: the picture in a sentence, when the playhead stands.
  function summarise(run, { step, loss, sharpness, gap }) {
    const known = gap === "–" ? "" : `, gap to the theorem ${gap}`;
    const last = run.last.toLocaleString("en");
    setText("summary", `${run.name}, step ${step} of ${last}. Loss ${loss}, sharpness ${sharpness}${known}.`);
  }

  function showPlaying() {
    const { playing } = edgewalk.stage.player;
    const name = playing ? "Pause" : "Play";
    $("play").setAttribute("aria-label", name);
    $("play").title = name;
    $("play").classList.toggle("pause", playing);
  }

  edgewalk.readout = { show, showPlaying };
})();
