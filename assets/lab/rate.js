// The second plot: the gap to the theorem against η, its slope, and the bound.
(function () {
  const edgewalk = (window.edgewalk = window.edgewalk || {});
  const lab = (edgewalk.lab = edgewalk.lab || {});

  const MARGIN = { left: 74, right: 22, top: 14, bottom: 46 };
  const PICTURE = [980, 640];
  const REACH = 18;

  const $ = (id) => document.getElementById(id);
  const { words } = edgewalk.run;

  const state = { head: null, points: [], fit: null, count: 0 };
  let coming = null;
  let canvas = null;
  let asking = null;

  function begin() {
    const host = $("rate-plot");
    canvas = edgewalk.overlay.addCanvas(host);
    asking = new lab.Asking((address, options) => fetch(address, options), {
      item, done, refused: lab.page.refused, failed, stopped: () => lab.progress.end("rate", true),
    });
    host.addEventListener("pointermove", (event) => probe(event, host));
    host.addEventListener("pointerleave", lab.tip.hide);
    new ResizeObserver(() => requestAnimationFrame(paint)).observe(host);
  }

  function asked() {
    const { plot, ...query } = lab.page.query("rate");
    return query;
  }

  function ask() {
    coming = null;
    lab.progress.begin("rate", () => asking.stop());
    asking.ask(`../rate.ndjson?${edgewalk.url.write(asked())}`, new lab.Lines());
  }

  function item(line) {
    if (line.settings) return expect(line);
    if (coming) adopt();
    if (line.slope === undefined) state.points.push(line);
    else state.fit = line;
    lab.progress.show("rate", state.points.length / state.count);
    return paint();
  }

  // What will be measured is known, and no gap yet: the last picture stays a little longer.
  function expect(head) {
    coming = head;
    lab.page.adopted("rate", head);
  }

  function adopt() {
    Object.assign(state, { head: coming, points: [], fit: null, count: coming.settings.etas.length });
    coming = null;
    $("panel-rate").dataset.drawn = "yes";
    for (const kind of ["csv", "json"]) $(`rate-${kind}`).href = `../rate.${kind}?${edgewalk.url.write(asked())}`;
  }

  function done() {
    lab.progress.end("rate");
    paint();
  }

  function failed(text) {
    lab.progress.end("rate", true);
    lab.page.say([{ field: "", text }]);
  }

  function paint() {
    if (!state.head || $("panel-rate").hidden || !canvas.size[0]) return;
    draw(edgewalk.overlay.wipe(canvas), canvas.size, lab.page.state.inks);
    showWords();
  }

  function frame(size) {
    const x = { kind: "log", range: lab.axis.rangeOf(state.head.settings.etas, "log") };
    const bound = lab.fit.boundThrough(state.points);
    const ends = bound ? x.range.map(bound) : [];
    const gaps = [...state.points.filter(lab.fit.usable).map(({ gap }) => gap), ...ends];
    return lab.axis.frame(size, MARGIN, x, { kind: "log", range: lab.axis.rangeOf(gaps, "log") });
  }

  function draw(pen, size, inks) {
    const box = frame(size);
    const { overlay } = edgewalk;
    const tau = words(state.head.settings.tau);
    lab.axis.paintAxes(pen, inks, box, { x: "step size η", y: `gap ‖Φ(xₜ) − X(η²t)‖ at τ = ${tau}` }, { lines: true });
    overlay.within(pen, box, () => {
      drawBand(pen, inks, box);
      drawLine(pen, box, lab.fit.boundThrough(state.points), inks.soft, 1.6, [6, 5]);
      if (state.fit) drawLine(pen, box, lab.fit.lineThrough(state.points, state.fit.slope), inks.theory, 2, []);
    });
    for (const { eta, gap } of state.points.filter(lab.fit.usable)) {
      overlay.bead(pen, inks, inks.ink, box.x.at(eta), box.y.at(gap), 5.5);
    }
    drawNames(pen, inks, box);
  }

  const ENDS = (box) => [box.x.low, box.x.high];

  function drawLine(pen, box, line, ink, width, dash) {
    if (!line) return;
    edgewalk.overlay.line(pen, ink, width, dash, 0, 1, (k) => [box.x.at(ENDS(box)[k]), box.y.at(line(ENDS(box)[k]))]);
  }

  // Between the lines of the slopes at the ends of the interval, which meet in the middle.
  function drawBand(pen, inks, box) {
    const lines = interval().map((slope) => lab.fit.lineThrough(state.points, slope));
    if (!lines.length || lines.some((line) => !line)) return;
    const middle = lab.fit.middleOf(state.points);
    pen.beginPath();
    for (const end of ENDS(box)) {
      pen.moveTo(box.x.at(middle.eta), box.y.at(middle.gap));
      for (const line of lines) pen.lineTo(box.x.at(end), box.y.at(line(end)));
      pen.closePath();
    }
    pen.globalAlpha = 0.16;
    pen.fillStyle = inks.theory;
    pen.fill();
    pen.globalAlpha = 1;
  }

  const interval = () => (state.fit && state.fit.slope_interval ? state.fit.slope_interval.filter(Number.isFinite) : []);

  // What the lines are, in the corner where no gap is large.
  function drawNames(pen, inks, box) {
    const { overlay } = edgewalk;
    const [x, y] = [box.left + 14, box.top + 16];
    const names = [{ text: "slope 1, as the bound", ink: inks.soft, dash: [6, 5] }];
    const known = state.fit && Number.isFinite(state.fit.slope);
    if (known) names.unshift({ text: `measured slope ${state.fit.slope.toFixed(2)}`, ink: inks.theory, dash: [] });
    names.forEach(({ text, ink, dash }, i) => {
      overlay.line(pen, ink, 2, dash, 0, 1, (k) => [x + 30 * k, y + 19 * i]);
      overlay.label(pen, inks, text, x + 38, y + 19 * i, ink);
    });
  }

  // ---- words ----

  function showWords() {
    const { fit, points, head } = state;
    const ends = interval();
    $("rate-aside").textContent = `${lab.page.ruleName(head.settings.rule)} from (${head.settings.start.map(words).join(", ")})`;
    $("slope").textContent = fit && Number.isFinite(fit.slope) ? fit.slope.toFixed(3) : "–";
    $("slope-interval").textContent = ends.length === 2 ? `95 % interval ${ends[0].toFixed(3)} … ${ends[1].toFixed(3)}` : "";
    $("rate-words").textContent = sentence(fit, ends, points);
    const rows = points.map(({ eta, gap }) => row(lab.axis.short(eta), gap === null || !Number.isFinite(gap) ? "–" : words(gap)));
    $("rate-rows").replaceChildren(...rows);
  }

  function row(...cells) {
    const line = document.createElement("tr");
    line.append(...cells.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
    return line;
  }

  function sentence(fit, ends, points) {
    if (!fit) return `Measuring: ${points.length} of ${state.count} step sizes.`;
    if (!Number.isFinite(fit.slope)) return "No slope: a gap is zero or not known, so there is no line through all of them.";
    return `Over these step sizes the gap shrinks like η to the power ${fit.slope.toFixed(2)}. ${verdict(ends)}`;
  }

  // What a slope says beside a bound of order 1; never that it is 1.
  function verdict(ends) {
    const bound = "The theorem bounds the gap by O(η), from above";
    if (ends.length < 2) return `${bound}; two step sizes give a slope and no interval.`;
    if (ends[0] > 1) return `${bound}: it may shrink faster, and here it does.`;
    if (ends[1] < 1) return `${bound} as η → 0. Here it shrinks more slowly: these step sizes may be too large, or an assumption may not hold.`;
    return `${bound}. The interval reaches to both sides of 1, so these step sizes do not tell whether it shrinks faster.`;
  }

  // ---- what is pointed at ----

  function probe(event, host) {
    if (!state.head) return;
    const edge = host.getBoundingClientRect();
    const [px, py] = [event.clientX - edge.left, event.clientY - edge.top];
    const box = frame(canvas.size);
    const near = state.points.filter(lab.fit.usable).map((point) => ({
      ...point, distance: Math.hypot(box.x.at(point.eta) - px, box.y.at(point.gap) - py),
    }));
    const found = edgewalk.overlay.nearestOf(near, REACH);
    if (!found) return lab.tip.hide();
    const rows = [["η", words(found.eta)], ["gap", words(found.gap)], ["gap / η", words(found.gap / found.eta)]];
    lab.tip.show(rows, edge.left + box.x.at(found.eta), edge.top + box.y.at(found.gap));
  }

  const pictures = { rate: () => state.head && { size: PICTURE, draw: (pen, size) => draw(pen, size, lab.page.state.inks) } };

  lab.rate = {
    begin, ask, paint, pictures, state,
    frame: () => frame(canvas.size),
    get busy() {
      return asking.busy;
    },
  };
})();
