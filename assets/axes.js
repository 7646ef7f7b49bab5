// Which part of the plane and of the clock is in view, and the still figures that go with it.
(function () {
  const edgewalk = (window.edgewalk = window.edgewalk || {});

  const CLOCK_WORDS = { step: "step t", eta: "time ηt", tau: "slow time τ = η²t" };
  const REST = 250;

  let view = null; // what the landscape is drawn for, [[low, high], [low, high]]
  let zoom = 0; // counts the times that the whole landscape was shown
  let scale = "root";
  let drawn = "";
  let framed = { key: "", layout: null };

  function begin() {
    const { graphOf } = edgewalk.stage;
    const [landscape, sharpness] = [graphOf("landscape"), graphOf("sharpness")];
    let rest = null;
    landscape.on("plotly_relayout", () => {
      clearTimeout(rest);
      rest = setTimeout(followZoom, REST);
    });
    landscape.on("plotly_doubleclick", showWhole);
    landscape.on("plotly_afterplot", () => {
      if (landscape.data.length) document.body.dataset.drawn = "";
    });
    sharpness.on("plotly_afterplot", frameSharpness);
    sharpness.on("plotly_doubleclick", () => {
      framed.key = "";
      frameSharpness();
    });
    frameSharpness();
  }

  // Ranges of the sharpness panel: the clock to the end of the run, and round numbers of λ₁.
  function frameSharpness() {
    const { graphOf, state } = edgewalk.stage;
    const graph = graphOf("sharpness");
    if (!graph || !graph._fullLayout || !graph.data.length || !state.result) return;
    const { settings } = state.result;
    const end = tidyEnd(edgewalk.run.clockTime(state.clock, settings.eta, Math.max(settings.steps, 1)));
    const top = roundUp(highest(state.result.runs));
    const key = [end, top, state.clock].join();
    // A new figure brings a new layout; relayout keeps the one that is there.
    if (key === framed.key && graph.layout === framed.layout) return;
    framed = { key, layout: graph.layout };
    window.Plotly.relayout(graph, {
      "xaxis.range": [0, end], "yaxis.range": [0, top], "xaxis.title.text": CLOCK_WORDS[state.clock],
    });
  }

  // A hundredth of room behind the end, and the same end where whole steps make it a little other.
  function tidyEnd(end) {
    const round = Number(end.toPrecision(2));
    return 1.01 * (Math.abs(round - end) < 0.008 * end ? round : end);
  }

  // The largest value worth seeing: what lies on Γ, both walls at the edge, GD's threshold if near.
  function highest(runs) {
    let top = 0;
    for (const run of runs) {
      let own = 0;
      for (const name of ["projection_sharpness", "flow_sharpness"]) {
        for (const value of run.columns[name]) if (value > own) own = value;
      }
      const threshold = 2 / run.eta;
      top = Math.max(top, 1.5 * own, run.rule === "gd" && threshold < 8 * own ? 1.15 * threshold : 0);
    }
    return top || 1;
  }

  function roundUp(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return power * [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((m) => m * power >= value);
  }

  // The loss's own view, made wide enough for the start.
  function viewWithStart({ view: own, start }) {
    return own.map(([low, high], i) => {
      const margin = 0.08 * (high - low);
      return [Math.min(low, start[i] - margin), Math.max(high, start[i] + margin)];
    });
  }

  function showWhole() {
    view = viewWithStart(edgewalk.stage.state.result.settings);
    zoom += 1;
    drawScene();
  }

  // After a zoom or a pan: contours for what is seen, where those drawn are too coarse or end.
  function followZoom() {
    const frame = edgewalk.overlay.frameOf(edgewalk.stage.graphOf("landscape"));
    if (!frame || !view) return;
    const seen = [frame.rangeX, frame.rangeY];
    const misfit = seen.some(([low, high], i) => {
      const [from, to] = view[i];
      const margin = (to - from) / 2;
      return low < from - margin || high > to + margin || high - low < (to - from) / 3;
    });
    if (!misfit) return;
    view = seen;
    drawScene();
  }

  function setScale(name) {
    scale = name;
    drawScene();
  }

  function drawScene() {
    const { state, props } = edgewalk.stage;
    if (!state.result || !view) return;
    const touch = window.matchMedia("(pointer: coarse)").matches;
    const { loss } = state.result.settings;
    const wanted = { loss, scale, scheme: edgewalk.scheme, view, zoom, touch };
    const text = JSON.stringify(wanted);
    if (text === drawn) return;
    drawn = text;
    props("scene", { data: wanted });
  }

  edgewalk.axes = { CLOCK_WORDS, begin, frameSharpness, showWhole, drawScene, setScale };
})();
