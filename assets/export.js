// Pictures to keep: a panel's figure with the run in it, composed only when it is asked for.
(function (root) {
  const edgewalk = (root.edgewalk = root.edgewalk || {});

  const SIZE = { width: 1000, height: 720 };

  // Rows up to the playhead whose step the strobe shows, of one parity (or all of them).
  function rowsOf(run, step, keep) {
    const last = edgewalk.run.rowAt(run, step);
    const rows = [];
    for (let row = 0; row <= last; row++) if (keep(run.columns.step[row])) rows.push(row);
    return rows;
  }

  function points(run, rows, column) {
    const values = run.columns[column];
    return { x: rows.map((row) => values[2 * row]), y: rows.map((row) => values[2 * row + 1]) };
  }

  const everyRow = (run) => Array.from({ length: run.rows }, (_, row) => row);

  // Iterates as the strobe shows them. `place` gives {x, y} for a list of rows.
  function marks(run, scene, place) {
    if (scene.strobe === "midpoints") return [midpoints(run, scene, place)];
    return ["even", "odd"]
      .filter((kind) => scene.strobe === kind || scene.strobe === "all")
      .map((kind) => ({
        ...place(rowsOf(run, scene.step, (step) => edgewalk.overlay.parity(step) === kind)),
        type: "scatter",
        mode: "markers",
        name: `${run.name}, ${kind} t`,
        marker: { size: 6, color: scene.inks[kind], symbol: kind === "odd" ? "square" : "circle" },
      }));
  }

  function midpoints(run, scene, place) {
    const steps = run.columns.step;
    const second = rowsOf(run, scene.step, () => true).filter((row) => row > 0 && steps[row] === steps[row - 1] + 1);
    const [here, before] = [place(second), place(second.map((row) => row - 1))];
    const middle = (axis) => here[axis].map((value, i) => (value + before[axis][i]) / 2);
    return {
      x: middle("x"), y: middle("y"), type: "scatter", mode: "markers", name: `${run.name}, midpoints`,
      marker: { size: 6, color: scene.inks.soft, symbol: "diamond" },
    };
  }

  function landscapeTraces(scene) {
    const { result, inks } = scene;
    const { points: way, rows } = result.descent;
    const index = Array.from({ length: rows }, (_, row) => row);
    const flow = {
      x: index.map((row) => way[2 * row]),
      y: index.map((row) => way[2 * row + 1]),
      type: "scatter", mode: "lines", name: "gradient flow",
      line: { color: inks.flow, dash: "dash", width: 1.6 },
    };
    return [flow, ...result.runs.flatMap((run) => landscapeRun(run, scene))];
  }

  function landscapeRun(run, scene) {
    const { inks, step } = scene;
    const here = [edgewalk.run.rowAt(run, step)];
    const traces = [];
    if (run.rule === "gradient-flow") {
      const rows = rowsOf(run, step, () => true);
      traces.push({ ...points(run, rows, "x"), type: "scatter", mode: "lines", name: run.name, line: { color: inks.flow, width: 3 } });
    } else traces.push(...marks(run, scene, (rows) => points(run, rows, "x")));
    if (Number.isFinite(run.columns.flow[0])) {
      traces.push({ ...points(run, everyRow(run), "flow"), type: "scatter", mode: "lines", showlegend: false, line: { color: inks.theory, width: 2 } });
      traces.push({
        ...points(run, here, "flow"), type: "scatter", mode: "markers", name: "X(τ), the theorem",
        marker: { size: 13, color: inks.theory, line: { color: inks.card, width: 2 } },
      });
    }
    return traces;
  }

  function sharpnessTraces(scene) {
    const { result, inks, step, clock } = scene;
    return result.runs.flatMap((run, i) => {
      const time = (rows) => rows.map((row) => edgewalk.run.clockTime(clock, run.eta, run.columns.step[row]));
      const values = (rows, column) => ({ x: time(rows), y: rows.map((row) => run.columns[column][row]) });
      const past = rowsOf(run, step, () => true);
      const line = (rows, column, name, color, dash) => ({
        ...values(rows, column), type: "scatter", mode: "lines", name: `${name}, ${run.name}`, line: { color, dash, width: 2 },
      });
      const traces = [line(past, "projection_sharpness", "λ₁(Φ(xₜ))", inks.ink)];
      traces.push({
        ...values(past, "sharpness"), type: "scatter", mode: "markers", name: `λ₁(xₜ), ${run.name}`,
        marker: { size: 3, color: inks.ink, opacity: 0.4 },
      });
      if (Number.isFinite(run.columns.flow_sharpness[0])) {
        traces.push(line(everyRow(run), "flow_sharpness", "λ₁(X), the theorem", inks.theory));
      }
      if (i === scene.focus && run.rule !== "gradient-flow") {
        traces.push(...marks(run, scene, (rows) => values(rows, "threshold")).map((t) => ({ ...t, name: `2/ηₜ, ${t.name}` })));
        traces.push(line(past, "threshold_mean", "mean of two 2/ηₜ", inks.threshold, "dash"));
      }
      return traces;
    });
  }

  function acrossFigure(scene) {
    const { result, inks } = scene;
    const run = result.runs[scene.focus];
    const { part, row } = edgewalk.run.locate(run, scene.step);
    const view = edgewalk.overlay.acrossView(part, row, result.profile_axis);
    if (!view) return [];
    const axis = Array.from({ length: 121 }, (_, k) => (k / 60 - 1) * view.half);
    const first = edgewalk.run.consecutiveFrom(part, row, 9);
    const hops = Array.from({ length: row - first + 1 }, (_, k) => first + k);
    const wall = { x: axis, y: axis.map((u) => view.loss(u) * view.top), type: "scatter", mode: "lines", name: "L along v₁", line: { color: inks.soft } };
    const strobe = scene.strobe === "midpoints" ? "all" : scene.strobe;
    const kinds = ["even", "odd"].filter((kind) => strobe === "all" || strobe === kind);
    return [wall, ...kinds.map((kind) => {
      const rows = hops.filter((r) => edgewalk.overlay.parity(part.columns.step[r]) === kind);
      return {
        x: rows.map((r) => part.columns.offset[r] / view.unit), y: rows.map((r) => part.columns.loss[r]),
        type: "scatter", mode: "markers", name: `${kind} t`,
        marker: { size: 11, color: inks[kind], symbol: kind === "odd" ? "square" : "circle" },
      };
    })];
  }

  function heading({ result, step }) {
    const { words, settings } = result;
    const rules = words.rules.map((rule) => rule.name).join(", ");
    return `${words.formula}, ${rules}, η = ${settings.eta}, step ${step}`;
  }

  // The figure of a panel, ready for Plotly: what stands still and what the playhead shows. Of the
  // magnifier's, which is no Plotly graph, only the looks come from `graph`.
  function figure(panel, graph, scene) {
    const title = { text: heading(scene), font: { size: 14 }, x: 0.02, xanchor: "left" };
    const legend = { orientation: "h", y: -0.16, font: { size: 12 } };
    const margin = { l: 64, r: 24, t: 48, b: 96 };
    if (panel === "across") {
      const layout = JSON.parse(JSON.stringify(graph.layout));
      Object.assign(layout, { title, legend, margin, showlegend: true });
      layout.xaxis = { title: { text: "across the valley, in bounces" } };
      layout.yaxis = { title: { text: "loss L" } };
      return { data: acrossFigure(scene), layout };
    }
    const { xaxis, yaxis } = graph._fullLayout;
    const layout = JSON.parse(JSON.stringify(graph.layout));
    Object.assign(layout, { title, legend, margin, showlegend: true });
    layout.xaxis.range = xaxis.range.slice();
    layout.yaxis.range = yaxis.range.slice();
    const still = panel === "landscape" ? graph.data.map((trace) => ({ ...trace, showlegend: false })) : [];
    const moving = panel === "landscape" ? landscapeTraces(scene) : sharpnessTraces(scene);
    return { data: [...still, ...moving], layout };
  }

  function download(panel, format, graph, scene) {
    const filename = `edgewalk-${scene.result.settings.loss}-${panel}`;
    return root.Plotly.downloadImage(figure(panel, graph, scene), { ...SIZE, format, filename, scale: format === "png" ? 2 : 1 });
  }

  edgewalk.export = { figure, download, rowsOf };
  if (typeof module !== "undefined") module.exports = edgewalk.export;
})(typeof window === "undefined" ? globalThis : window);
