// Test digits turned by an angle: how far the accuracy falls, and the first digits turned with what the network says of them.
// The curve builds up angle by angle and stays as it was measured while the network trains on.

import { CONFIG, baseLayout } from "./charts.js";
import { canvas, label, stylesheet } from "./pictures.js";
import { css } from "./theme.js";
import { element, stop } from "./editor.js";
import { noun } from "./look_parts.js";
import { loadPlotly } from "./plotly.js";
import { percent } from "./predictions.js";

const FAR = 90;

/** 0, 10, −10, 20, −20 …: what matters most comes first. */
export function angles(step, far = FAR) {
  const found = [0];
  for (let a = step; a <= far; a += step) found.push(a, -a);
  return found;
}

export class Rotated {
  constructor(root, ctx) {
    Object.assign(this, { root, ctx, shown: false, step: 10, run: null, points: new Map(), before: null, angle: 30 });
    stylesheet("detail.css");
    this.build();
  }

  build() {
    const button = (text, title, click) => element("button", { type: "button", title, onclick: click }, text);
    this.measure = button("Measure", "accuracy on the turned test digits, angle by angle", () => this.again());
    this.finer = button("Finer", "angles half as far apart", () => { this.step = this.step === 10 ? 5 : 2.5; this.go(); });
    this.words = element("p", { class: "nnl-words", role: "status" });
    this.note = element("p", { class: "nnl-fault", role: "alert", hidden: true });
    this.chart = element("div", { class: "nnl-chart", role: "img", "aria-label": "accuracy against angle, not measured yet" });
    this.slider = element("input", { type: "range", min: -FAR, max: FAR, step: 5, value: this.angle, "aria-label": "angle of the gallery in degrees", oninput: () => this.turn(Number(this.slider.value)) });
    this.shownAngle = element("output", {});
    this.count = element("p", { class: "nnl-verdict", role: "status" });
    this.gallery = element("div", { class: "nnl-gallery" });
    this.box = element("div", { class: "nnl nnl-rotated" },
      element("section", {}, element("header", { class: "nnl-tools" }, element("h4", {}, "Accuracy on turned test digits"), this.measure, this.finer), this.note, this.chart, this.words,
        element("p", { class: "nnl-why" }, "The same test digits, turned about their centre. A network knows only what it was shown: trained on upright digits it loses its way with the angle; trained with rotated ones (“Rotated copies” beside the data) it keeps its accuracy longer.")),
      element("section", {}, element("header", { class: "nnl-tools" }, element("h4", {}, "The first digits, turned"), element("label", {}, "Angle", this.slider, this.shownAngle)), this.count, this.gallery));
    this.root.replaceChildren(this.box);
  }

  // ---- life ------------------------------------------------------------------------------------------------------------------

  show() {
    this.shown = true;
    this.refresh();
    this.turn(this.angle);
    this.go();
  }

  hide() {
    this.shown = false;
    this.flight?.abort();
  }

  dispose() {
    this.hide();
    if (this.chart.data) Plotly.purge(this.chart);
  }

  /** A new step, another run, another theme: what was measured stays; the button says what has changed. */
  refresh() {
    if (!this.shown) return;
    const run = this.ctx.run();
    if (run !== this.run) {
      this.flight?.abort();
      Object.assign(this, { run, before: null, points: new Map(), step: 10 });
      this.gallery.replaceChildren();
      this.count.textContent = "";
      this.turn(this.angle);
      this.go();
    }
    this.draw();
  }

  /** Forget the curve, but leave it as a faint line to compare with. */
  again() {
    this.flight?.abort();
    if (this.points.size > 1) this.before = this.rows();
    this.points = new Map();
    this.step = 10;
    this.turn(this.angle);
    this.go();
  }

  // ---- measuring ---------------------------------------------------------------------------------------------------------------

  /** One angle after the other, the wished one of the gallery first, until all are there. */
  async go() {
    if (!this.shown || !this.run || (this.flight && !this.flight.signal.aborted)) return;
    const flight = (this.flight = new AbortController()), { run } = this;
    this.note.hidden = true;
    try {
      for (;;) {
        const next = this.points.has(this.angle) ? angles(this.step).find((a) => !this.points.has(a)) : this.angle;
        if (next === undefined) break;
        this.draw();
        const answer = await this.post({ run, angle: next }, flight.signal);
        this.points.set(next, answer);
        if (next === this.angle) this.drawGallery(answer);
      }
    } catch (error) {
      if (flight.signal.aborted) return;
      this.note.textContent = error.message;
      this.note.hidden = false;
    } finally {
      if (this.flight === flight) this.flight = null;
    }
    this.draw();
  }

  /** Busy is no fault: the same angle again when the server says. */
  async post(body, signal) {
    for (;;) {
      try {
        return await this.ctx.data.post("/nnviz/rotated", body, { signal });
      } catch (error) {
        if (!error.retry || signal.aborted) throw error;
        await new Promise((resolve) => { setTimeout(resolve, error.retry * 1000); });
        signal.throwIfAborted();
      }
    }
  }

  turn(angle) {
    this.angle = angle;
    if (Number(this.slider.value) !== angle) this.slider.value = angle;
    this.shownAngle.textContent = `${String(angle).replace("-", "−")}°`;
    const known = this.points.get(angle);
    if (known) this.drawGallery(known);
    this.go();
    this.draw();
  }

  rows() {
    return [...this.points.values()].sort((a, b) => a.angle - b.angle);
  }

  // ---- drawing -------------------------------------------------------------------------------------------------------------------

  draw() {
    const rows = this.rows(), steps = rows.map((r) => r.step), going = Boolean(this.flight && !this.flight.signal.aborted);
    const from = Math.min(...steps), to = Math.max(...steps), now = this.ctx.step(), number = (v) => v.toLocaleString("en");
    const untrained = !this.run && "press Train first";
    stop(this.measure, "accuracy on the turned test digits, angle by angle", untrained || (going && now === to && "it is under way"));
    this.measure.textContent = rows.length ? "Measure again" : "Measure";
    stop(this.finer, "angles half as far apart", untrained || (going && "when all of these are measured") || (this.step <= 2.5 && "finer than 2.5° it does not go") || (!rows.length && "measure first"));
    this.box.dataset.angles = rows.length;
    const old = now > to && !going ? ` The network is at step ${number(now)} now: measure again to see what it has learned.` : "";
    const at = from === to ? `Measured at step ${number(to)}` : `Measured between steps ${number(from)} and ${number(to)}, as the training went on (pause for a curve of one moment)`;
    const words = !this.run ? "Press Train first: the curve is of a trained network." : !rows.length ? "Measuring …" : `${at}, on ${number(rows[0].n)}${rows[0].n < rows[0].of ? ` of ${number(rows[0].of)}` : ""} ${rows[0].split} ${noun(this.ctx.classNames())}s for each angle, turned counter-clockwise where it is positive.${old}`;
    if (this.words.textContent !== words) this.words.textContent = words;
    if (!window.Plotly) { loadPlotly().then(() => { if (this.shown) this.draw(); }, () => {}); return; }
    this.plot(rows);
  }

  plot(rows) {
    const theme = this.ctx.theme(), { clientWidth: width, clientHeight: height } = this.chart;
    const key = JSON.stringify([theme.key, width, height, this.angle, this.before?.length, rows.map((r) => [r.angle, r.accuracy])]);
    if (!width || key === this.plotted) return;
    this.plotted = key;
    const { axis, ...layout } = baseLayout(theme, this.chart), x = rows.map((r) => r.angle);
    const band = { type: "scatter", mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false };
    const chance = 1 / (this.ctx.classNames().length || 10), trained = this.ctx.spec()?.data?.rotate;
    const traces = [
      { ...band, x, y: rows.map((r) => r.low) },
      { ...band, x, y: rows.map((r) => r.high), fill: "tonexty", fillcolor: css(theme.accent, 0.22) },
      ...(this.before ? [{ type: "scatter", mode: "lines", name: `before, step ${this.before.at(-1).step.toLocaleString("en")}`, x: this.before.map((r) => r.angle), y: this.before.map((r) => r.accuracy), line: { color: theme.faint, width: 1.5, dash: "dot" }, hovertemplate: "%{y:.1%}" }] : []),
      { type: "scatter", mode: "lines+markers", name: "accuracy", x, y: rows.map((r) => r.accuracy), line: { color: css(theme.accent), width: 2 }, marker: { size: 6 },
        customdata: rows.map((r) => [r.low, r.high]), hovertemplate: "%{x}°: %{y:.1%}<br>95 % interval %{customdata[0]:.1%} – %{customdata[1]:.1%}<extra></extra>" },
    ];
    const line = (more) => ({ type: "line", line: { color: theme.faint, width: 1, dash: "dot" }, ...more });
    Object.assign(layout, {
      margin: { l: 50, r: 10, t: 10, b: 40 }, hovermode: "closest", showlegend: Boolean(this.before), legend: { orientation: "h", x: 0, y: 1.1 }, uirevision: this.run,
      xaxis: { ...axis, title: { text: "angle (degrees)" }, range: [-FAR - 4, FAR + 4], dtick: 30, zeroline: false },
      yaxis: { ...axis, title: { text: "accuracy" }, range: [0, 1.03], tickformat: ".0%" },
      shapes: [
        ...(trained ? [{ type: "rect", x0: -trained, x1: trained, y0: 0, y1: 1, yref: "paper", fillcolor: css(theme.text, 0.06), line: { width: 0 }, layer: "below" }] : []),
        line({ x0: 0, x1: 1, xref: "paper", y0: chance, y1: chance }), line({ x0: this.angle, x1: this.angle, y0: 0, y1: 1, yref: "paper" }),
      ],
      annotations: [{ text: "guessing", x: 1, xref: "paper", xanchor: "right", y: chance, yanchor: "bottom", showarrow: false, font: { size: 11, color: theme.faint } },
        ...(trained ? [{ text: `trained up to ±${trained}°`, x: 0, y: 0, yref: "paper", yanchor: "bottom", showarrow: false, font: { size: 11, color: theme.faint } }] : [])],
    });
    const first = !this.chart.data;
    Plotly.react(this.chart, traces, layout, CONFIG);
    if (first) this.chart.on("plotly_click", ({ points }) => this.turn(points[0].x));
    const words = rows.map((r) => `${r.angle}°: ${percent(r.accuracy)}`).join(", ");
    label(this.chart, `accuracy against angle. ${words || "Not measured yet."}`);
  }

  /** The strip holds the pictures one beside the other. */
  async drawGallery({ angle, indices, predicted, true: truths, pictures }) {
    const strip = new Image();
    strip.src = `data:image/png;base64,${pictures}`;
    await Promise.all([strip.decode(), this.ctx.data.info()]);
    if (this.angle !== angle) return;
    const { height: h, width: w } = this.ctx.data.about, names = this.ctx.classNames(), columns = Math.max(1, Math.floor(strip.width / w));
    const right = indices.filter((_, i) => predicted[i] === truths[i]).length;
    this.count.textContent = `${right} of these ${indices.length} right at ${String(angle).replace("-", "−")}°.`;
    this.gallery.replaceChildren(...indices.map((index, i) => {
      const said = names[predicted[i]] ?? predicted[i], truth = names[truths[i]] ?? truths[i], ok = predicted[i] === truths[i];
      const picture = canvas(`digit ${index} turned by ${angle}°: true ${truth}, predicted ${said}`, { width: w, height: h });
      picture.getContext("2d").drawImage(strip, (i % columns) * w, Math.floor(i / columns) * h, w, h, 0, 0, w, h);
      return element("button", { type: "button", class: "nnl-card", "data-right": String(ok), title: `open digit ${index}`, onclick: () => this.ctx.open(index, indices) },
        picture, element("span", {}, ok ? `✓ ${said}` : `✗ ${said}, is ${truth}`));
    }));
    this.gallery.dataset.angle = angle;
  }
}
