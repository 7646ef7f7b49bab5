// Which part of the plane and of the clock is in view, and what is asked for to fill it.
(function () {
  const edgewalk = (window.edgewalk = window.edgewalk || {});

  const CLOCK_WORDS = { step: "step t", eta: "time ηt", tau: "slow time τ = η²t" };
  const ZOOMS = { "+": 0.7, "=": 0.7, "-": 1 / 0.7 };
  const MOVES = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
  const REST = 250;
  const MOST_OF_IT = 0.6; // of a run: where that much is in view, the overview serves
  const MOST_RISE = 8; // of λ₁ on Γ over its first value that the axis follows
  const ROWS = 5000; // of a recording
  const ASIDE = 0.25; // of the view, on each side: heights of a section there

  let view = null; // what the landscape is drawn for, [[low, high], [low, high]]
  let zoom = 0; // counts the times that the whole landscape was shown
  let drawn = "";
  let framed = { key: "", kind: "", ranges: null }; // what the sharpness panel was last made to show
  let own = null; // a person's own ranges there
  let resting = null;
  let refinements = 0; // how often full resolution was looked for: a late answer is not the newest
  let lastHeights = null;
  let whole = null; // of the last section: {loss, view}, all that is worth seeing

  function begin() {
    const { graphOf } = edgewalk.stage;
    const [landscape, sharpness] = [graphOf("landscape"), graphOf("sharpness")];
    for (const graph of [landscape, sharpness]) graph.on("plotly_relayout", settleLater);
    sharpness.on("plotly_relayout", () => (own = zoomed(sharpness)));
    landscape.on("plotly_doubleclick", showWhole);
    landscape.on("plotly_afterplot", () => {
      if (edgewalk.overlay.isDrawn(landscape)) document.body.dataset.drawn = "";
    });
    sharpness.on("plotly_afterplot", frameSharpness);
    sharpness.on("plotly_doubleclick", showAllTime);
    frameSharpness();
    listenToKeys(landscape, "Landscape", showWhole);
    listenToKeys(sharpness, "Sharpness", showAllTime);
  }

  // ---- zoom and pan by keyboard, of the plot that has the focus ----

  function listenToKeys(graph, name, showAll) {
    const host = graph.closest(".plot");
    host.tabIndex = 0;
    host.setAttribute("role", "group");
    host.setAttribute("aria-label", `${name}: + and − zoom, arrow keys move, 0 shows all`);
    host.addEventListener("keydown", (event) => {
      if (event.target !== host || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "0") showAll();
      else if (ZOOMS[event.key]) rescale(graph, ZOOMS[event.key], [0, 0]);
      else if (MOVES[event.key]) rescale(graph, 1, MOVES[event.key]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  // Both ranges made so many times as wide about their middle, and moved by shares of themselves.
  function rescale(graph, times, shift) {
    const { xaxis, yaxis } = graph._fullLayout;
    const [across, up] = [xaxis, yaxis].map(({ range }, i) => {
      const [low, high] = range.map(Number);
      const middle = (low + high) / 2 + shift[i] * (high - low);
      const half = (times * (high - low)) / 2;
      return [middle - half, middle + half];
    });
    window.Plotly.relayout(graph, { "xaxis.range": across, "yaxis.range": up });
  }

  // After a zoom or a pan, once the hand rests.
  function settleLater() {
    clearTimeout(resting);
    resting = setTimeout(() => {
      followZoom();
      refine();
    }, REST);
  }

  // ---- the sharpness panel ----

  // Its ranges: the clock to the end of the runs, and round numbers of λ₁. A person's own zoom stays
  // while the clock and the loss do.
  function frameSharpness() {
    const { graphOf, state } = edgewalk.stage;
    const graph = graphOf("sharpness");
    if (!graph || !graph._fullLayout || !edgewalk.overlay.isDrawn(graph) || !state.result) return;
    const { clock, axis } = state.view;
    const { loss } = state.result.settings;
    const ranges = [timeRange(clock, axis), [0, roundUp(highest(state.result.runs))]];
    const kind = [clock, axis, loss].join();
    const key = [kind, ...ranges.flat()].join();
    // A figure that has just come has no words at its clock yet.
    const bare = !graph.layout.xaxis.title.text;
    if (key === framed.key && !bare) return;
    if (kind !== framed.kind) own = null;
    framed = { key, kind, ranges };
    if (own && !bare) return;
    const [across, up] = own || ranges;
    window.Plotly.relayout(graph, {
      "xaxis.type": axis, "xaxis.range": across, "yaxis.range": up, "xaxis.title.text": CLOCK_WORDS[clock],
    });
  }

  // The ranges in view, if they are other than those that were set here.
  function zoomed(graph) {
    const { xaxis, yaxis } = graph._fullLayout;
    const now = [xaxis, yaxis].map(({ range }) => range.map(Number));
    const close = (a, b, size) => Math.abs(a - b) < 1e-6 * Math.abs(size);
    const same = framed.ranges && framed.ranges.every(([low, high], i) =>
      close(now[i][0], low, high - low) && close(now[i][1], high, high - low),
    );
    return framed.ranges && !same ? now : null;
  }

  function showAllTime() {
    own = null;
    framed.key = "";
    frameSharpness();
  }

  function timeRange(clock, axis) {
    const { runs } = edgewalk.stage.state.result;
    const time = (run, t) => edgewalk.run.clockTime(clock, run.eta, t);
    const end = tidyEnd(Math.max(...runs.map((run) => time(run, Math.max(run.steps, 1)))));
    if (axis === "linear") return [0, end];
    return [Math.log10(Math.min(...runs.map((run) => time(run, 0.8)))), Math.log10(end)];
  }

  // A hundredth of room behind the end, and the same end where whole steps make it a little other.
  function tidyEnd(end) {
    const round = Number(end.toPrecision(2));
    return 1.01 * (Math.abs(round - end) < 0.008 * end ? round : end);
  }

  // The largest value worth seeing: what lies on Γ (of a run that diverges, near where it began), both
  // walls at the edge, GD's threshold if near.
  function highest(runs) {
    let top = 0;
    for (const run of runs) {
      let own = 0;
      for (const name of ["projection_sharpness", "flow_sharpness"]) {
        for (const value of run.columns[name]) if (value > own) own = value;
      }
      own = Math.min(own, MOST_RISE * run.columns.projection_sharpness[0] || Infinity);
      const threshold = 2 / run.eta;
      top = Math.max(top, 1.5 * own, run.rule === "gd" && threshold < 8 * own ? 1.15 * threshold : 0);
    }
    return top || 1;
  }

  function roundUp(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return power * [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((m) => m * power >= value);
  }

  // ---- the landscape ----

  // The loss's own view, made wide enough for the start.
  function viewWithStart({ view: own, start }) {
    return own.map(([low, high], i) => {
      const margin = 0.08 * (high - low);
      return [Math.min(low, start[i] - margin), Math.max(high, start[i] + margin)];
    });
  }

  // Of a section the server says what is worth seeing.
  function showWhole() {
    const { settings } = edgewalk.stage.state.result;
    const plane = settings.start.length === 2;
    const known = whole && whole.loss === settings.loss ? whole.view : null;
    view = plane ? viewWithStart(settings) : known;
    zoom += 1;
    drawScene();
  }

  // A section has come: what it shows when all is shown.
  function adopt({ loss, whole: all }) {
    const first = !whole || whole.loss !== loss;
    whole = { loss, view: all };
    if (first) showWhole();
  }

  // What heights of a section are asked for: a little more than is in view; null until that is known.
  function sectionView() {
    return view && view.map(([low, high]) => [low - ASIDE * (high - low), high + ASIDE * (high - low)].map((end) => Number(end.toPrecision(6))));
  }

  // Contours for what is seen, where those drawn are too coarse or end.
  function followZoom() {
    const frame = edgewalk.overlay.frameOf(edgewalk.stage.graphOf("landscape"));
    if (!frame || !view) return;
    const seen = [frame.rangeX, frame.rangeY];
    const misfit = seen.some(([low, high], i) => {
      const [from, to] = view[i];
      const margin = (to - from) * (isPlane() ? 0.5 : ASIDE);
      return low < from - margin || high > to + margin || high - low < (to - from) / 3;
    });
    if (!misfit) return;
    view = seen;
    drawScene();
    if (!isPlane()) edgewalk.stage.repaint();
  }

  // Whether a loss has two parameters, so that the picture is the plane itself.
  const isPlane = () => edgewalk.stage.state.result.settings.start.length === 2;

  function drawScene() {
    const { state, props } = edgewalk.stage;
    if (!state.result || !view) return;
    document.querySelector(".card.landscape").dataset.look = state.view.look;
    const touch = window.matchMedia("(pointer: coarse)").matches;
    const { loss } = state.result.settings;
    const wanted = { loss, look: state.view.look, scheme: edgewalk.scheme, view, zoom, touch };
    const text = JSON.stringify(wanted);
    if (text === drawn) return;
    drawn = text;
    props("scene", { data: wanted });
  }

  // Heights for the look: of half a view more on each side for the map, which one can pan.
  function heightsFor(look, arrived) {
    const { result } = edgewalk.stage.state;
    if (!view || !result || (look !== "sharpness" && look !== "surface")) return null;
    const margin = look === "sharpness" ? 0.5 : 0;
    const wide = view.map(([low, high]) => [low - margin * (high - low), high + margin * (high - low)]);
    // Those of before stay until the new ones are there.
    const { loss } = result.settings;
    const found = edgewalk.plane.heights(loss, wide, arrived);
    if (found) lastHeights = { loss, look, found };
    return found || (lastHeights && lastHeights.loss === loss && lastHeights.look === look ? lastHeights.found : null);
  }

  // ---- the run at full resolution where one has zoomed in ----

  // For each panel over axes, the steps in view of each run in as many rows as a recording has.
  async function refine() {
    const { state, requests, repaint } = edgewalk.stage;
    const { result } = state;
    if (!result) return;
    const { section } = edgewalk.stage.scene();
    const turn = ++refinements;
    let came = false;
    for (const [panel, stepsInView] of [["landscape", stepsOnMap], ["sharpness", stepsOnClock]]) {
      const frame = edgewalk.overlay.frameOf(edgewalk.stage.graphOf(panel));
      if (!frame || (panel === "landscape" && !section && !isPlane())) continue;
      for (const run of result.runs) {
        const wanted = stretchFor(run, stepsInView(run, frame, section));
        const details = (run.details = run.details || {});
        const key = wanted ? wanted.join() : "";
        if (((details[panel] && details[panel].key) || "") === key) continue;
        const part = wanted ? await requests.stretch(result, run, ...wanted) : null;
        if (state.result !== result || turn !== refinements) return;
        if (part) details[panel] = Object.assign(part, { key });
        else delete details[panel];
        came = true;
      }
    }
    if (came) repaint();
  }

  // [first, count] of a stretch to ask for; null where the overview has as much.
  function stretchFor(run, range) {
    if (!range || run.last < ROWS) return null;
    const [first, last] = range;
    return last - first > MOST_OF_IT * run.last ? null : [first, last - first + 1];
  }

  function stepsOnClock(run, frame) {
    const { clock } = edgewalk.stage.state.view;
    const [low, high] = frame.rangeX.map((time) => time / edgewalk.run.clockTime(clock, run.eta, 1));
    const within = (t) => Math.min(Math.max(t, 0), run.last);
    return high < 0 || low > run.last ? null : [within(Math.floor(low)), within(Math.ceil(high))];
  }

  // From the recorded step before the first one in view to that after the last; around the step
  // nearest to the middle where none is.
  function stepsOnMap(run, frame, section) {
    const { step, x } = run.columns;
    const at = edgewalk.section.coordinates(section, x);
    const [[x0, x1], [y0, y1]] = [frame.rangeX, frame.rangeY];
    const middle = [(x0 + x1) / 2, (y0 + y1) / 2];
    let [first, last, nearest, least] = [-1, -1, 0, Infinity];
    for (let row = 0; row < run.rows; row++) {
      const [a, b] = at(row);
      if (a >= x0 && a <= x1 && b >= y0 && b <= y1) {
        if (first < 0) first = row;
        last = row;
      }
      const square = ((a - middle[0]) / (x1 - x0)) ** 2 + ((b - middle[1]) / (y1 - y0)) ** 2;
      if (square < least) [least, nearest] = [square, row];
    }
    if (first < 0) first = last = nearest;
    return [step[Math.max(first - 2, 0)], step[Math.min(last + 2, run.rows - 1)]];
  }

  edgewalk.axes = { begin, frameSharpness, showWhole, drawScene, heightsFor, sectionView, adopt, refine };
})();
