// Loss or accuracy while it trains: training (running mean), validation, and the digits kept apart for the test, with the band in
// which the true accuracy lies in 95 of 100 cases (Wilson): 99 % of 500 digits says less than 99 % of 10,000.

import { AXES, CONFIG, baseLayout, smooth, thin, titled } from "./charts.js";
import { wilson } from "./predictions.js";
import { css } from "./theme.js";

const SPLITS = { test: "test", validation: "validation", train: "training sample" };

export class BandCurves {
  constructor(element) {
    this.element = element;
  }

  /** history: columns of metrics; tested: {n, split, history} of the predictions' meta; what: "loss" or "accuracy". */
  draw({ what, history, tested, validation, theme, view, lossName, mark, hint }) {
    const accuracy = what === "accuracy", log = view.log, colors = { training: theme.text, validation: theme.accent, test: theme.classes[0] };
    let floor = 1;
    const value = accuracy && log ? (v) => (v === null ? null : Math.max(1e-5, 1 - v)) : (v) => v;
    const traces = [];
    const add = (name, color, x, y, n) => {
      const known = y.map((v, i) => (v === null || v === undefined ? -1 : i)).filter((i) => i >= 0);
      if (!known.length) return;
      const xs = known.map((i) => x[i]), ys = smooth(known.map((i) => y[i]), view.smooth);
      if (accuracy && n) traces.push(band(name, color, xs, ys, known.map((i) => (Array.isArray(n) ? n[i] : n)), value));
      if (accuracy) floor = Math.min(floor, lowest(xs, ys));
      const [tx, ty] = thin(xs, ys.map(value));
      const dots = tx.length < 3;
      traces.push({ type: "scatter", mode: dots ? "lines+markers" : "lines", x: tx, y: ty, name, legendgroup: name, line: { color: css(color), width: 2 }, marker: { color: css(color), size: 6 }, hovertemplate: accuracy ? "%{y:.2%}" : "%{y:.4g}" });
    };
    const axis = history[view.axis] ? view.axis : "epoch", { split = "test" } = tested ?? {};
    add("training", colors.training, history[axis], history[what]);
    if (split !== "validation") add("validation", colors.validation, history[axis], history[`val_${what}`], validation);
    if (tested?.history) add(SPLITS[split] ?? split, colors[split] ?? colors.test, tested.history[axis], tested.history[what], tested.history.n);
    const { axis: style, ...layout } = baseLayout(theme, this.element), { size } = layout.font, fits = lossName.length * size * 0.55 < layout.height - 5 * size;
    Object.assign(layout, {
      margin: { l: 4.2 * size, r: 6, t: 1.7 * size, b: 3 * size }, hovermode: "x unified", uirevision: [what, view.axis, view.log].join(),
      legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", font: { size: size - 1 } }, showlegend: true,
      xaxis: { ...style, title: titled(AXES[axis], size), rangemode: "tozero", automargin: false },
      yaxis: accuracy
        ? { ...style, title: titled(log ? "error rate" : "accuracy", size), tickformat: log ? ".1~%" : ".0%", type: log ? "log" : "linear", nticks: 6, ...(!traces.length ? { range: log ? [-2, 0] : [0, 1] } : floor > 0.5 && !log ? { range: [floor - 0.02, 1.005] } : {}) }
        : { ...style, title: titled(fits ? lossName : "loss", size), type: log ? "log" : "linear", rangemode: log ? "normal" : "tozero", nticks: 6, exponentformat: "power" },
    });
    if (mark !== undefined) layout.shapes = [{ type: "line", x0: mark, x1: mark, y0: 0, y1: 1, yref: "paper", line: { color: css(theme.accent), width: 1.5, dash: "dot" } }];
    if (!history.step.length) layout.annotations = [{ text: hint, showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5, font: { color: theme.faint } }];
    Plotly[this.drawn ? "react" : "newPlot"](this.element, traces, layout, CONFIG);
    this.drawn = true;
  }

  purge() {
    if (this.drawn) Plotly.purge(this.element);
  }
}

/** Where the accuracies lie once the first sixth of the training is over: the steep beginning would press all else together. */
function lowest(xs, ys) {
  const from = xs.at(-1) / 6, late = ys.filter((_, i) => xs[i] >= from);
  return Math.min(...late, 1);
}

/** There along the lower edge, back along the upper one; `n[i]` images made the i-th accuracy. */
function band(name, color, xs, ys, n, value) {
  const edges = ys.map((v, i) => wilson(v, n[i]).map(value));
  return {
    type: "scatter", mode: "lines", x: [...xs, ...xs.toReversed()], y: [...edges.map((e) => e[0]), ...edges.toReversed().map((e) => e[1])],
    fill: "toself", fillcolor: css(color, 0.16), line: { width: 0 }, hoverinfo: "skip", showlegend: false, legendgroup: name, name: `${name} 95 %`,
  };
}
