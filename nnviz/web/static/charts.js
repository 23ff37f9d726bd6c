// The two charts that move: the boundary and the curves. Drawn by Plotly.react, so that zoom, hover and legend choices stay.

import { banded, css, diverging } from "./theme.js";
import { INPUTS, className, decimals, target } from "./arithmetic.js";

// A finger scrolls the page where a mouse would zoom. No button sends the chart to somebody's cloud.
const TOUCH = matchMedia("(hover: none) and (pointer: coarse)").matches;
export const CONFIG = { displaylogo: false, responsive: false, modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "sendChartToCloud"], displayModeBar: TOUCH ? false : "hover" };

export function baseLayout(theme, element) {
  const axis = { gridcolor: theme.grid, zerolinecolor: theme.grid, linecolor: theme.grid, tickcolor: theme.grid, ticks: "outside", ticklen: 3, automargin: true };
  return {
    width: element.clientWidth, height: element.clientHeight, uirevision: "keep", autosize: false, dragmode: TOUCH ? false : "zoom",
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: theme.size ?? 12, color: css(theme.text, 0.85) },
    hoverlabel: { bgcolor: css(theme.background), bordercolor: theme.grid, font: { color: css(theme.text), family: theme.font } },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: css(theme.text, 0.45), activecolor: css(theme.text, 0.9) },
    axis,
  };
}

/** Rows of a flat grid, as Plotly's heatmap wants them: views, no copies. */
const rows = (flat, n) => Array.from({ length: n }, (_, i) => flat.subarray(i * n, (i + 1) * n));
/** Centres of n cells over a range, where the values of a grid are taken. */
const ticks = (range, n) => Float64Array.from({ length: n }, (_, i) => range[0] + ((range[1] - range[0]) * (i + 0.5)) / n);

/** z = winner + (1 − certainty) on a grid made finer by interpolation, from K maps of outputs. */
export function winners(data, classes, n, softmax, fine = 128) {
  const z = new Float32Array(fine * fine);
  const score = new Float64Array(classes);
  for (let r = 0; r < fine; r++) {
    const y = Math.max(0, Math.min(n - 1, ((r + 0.5) * n) / fine - 0.5)), y0 = Math.min(n - 2, Math.floor(y)), fy = y - y0;
    for (let c = 0; c < fine; c++) {
      const x = Math.max(0, Math.min(n - 1, ((c + 0.5) * n) / fine - 0.5)), x0 = Math.min(n - 2, Math.floor(x)), fx = x - x0;
      let best = 0, second = -Infinity;
      for (let k = 0; k < classes; k++) {
        const p = k * n * n + y0 * n + x0;
        score[k] = (data[p] * (1 - fx) + data[p + 1] * fx) * (1 - fy) + (data[p + n] * (1 - fx) + data[p + n + 1] * fx) * fy;
        if (score[k] > score[best]) best = k;
      }
      for (let k = 0; k < classes; k++) if (k !== best && score[k] > second) second = score[k];
      const margin = softmax ? score[best] - second : (score[best] - second) / 2;
      z[r * fine + c] = best + 0.999 * (1 - Math.max(0, Math.min(1, margin)));
    }
  }
  return z;
}

const MARGIN = { l: 36, r: 6, t: 4, b: 38 };
export const titled = (text, size = 12) => ({ text, standoff: 4, font: { size } });
const axisName = (name) => ({ x1: "x₁", x2: "x₂" })[name] ?? name.slice(0, 40).replace(/[<>&]/g, " ");

/** Room for the labels of an axis and its title: a table's numbers can be long. */
function labelRoom([low, high], size) {
  const places = Math.max(0, -Math.floor(Math.log10((high - low) / 5)));
  return 22 + (7 * size / 12) * Math.min(8, Math.max(...[low, high].map((v) => v.toFixed(places).length - (places ? 1 : 0))));
}
const near = (a, b) => Math.abs(a - b) < 1e-9 * (1 + Math.abs(a));

/**
 * Two Plotly figures, one on the other. The map below moves with every frame and has no points: drawing those again costs
 * three times the map. The samples above, with the axes, change only with the data; their zoom is the map's.
 */
export class Boundary {
  constructor(element, hooks) {
    this.heat = document.createElement("div");
    this.top = document.createElement("div");
    this.heat.className = "nnv-heat";
    this.top.className = "nnv-points";
    element.append(this.heat, this.top);
    Object.assign(this, { element, hooks, points: null, pointsKey: null });
    this.top.addEventListener("pointermove", (e) => hooks.sample(this.at(e), false));
    this.top.addEventListener("pointerleave", () => hooks.sample(null, false));
    this.top.addEventListener("click", (e) => hooks.sample(this.at(e), true));
  }

  /** The point of the plane under the pointer, or null outside the axes. */
  at(event) {
    const { _size: size } = this.top._fullLayout ?? {};
    if (!size) return null;
    const box = this.top.getBoundingClientRect(), { xaxis, yaxis } = this.top._fullLayout;
    const u = (event.clientX - box.left - size.l) / size.w, v = 1 - (event.clientY - box.top - size.t) / size.h;
    if (u < 0 || u > 1 || v < 0 || v > 1) return null;
    const along = ([low, high], t) => low + (high - low) * t;
    return { x1: along(xaxis.range, u), x2: along(yaxis.range, v) };
  }

  /** Scatter traces of the samples, made anew only when the data, the theme or the switch changes. */
  samples(data, theme, showValidation) {
    const key = [data.key, theme.key, showValidation].join();
    const [d1, d2] = data.meta.domain.map(decimals), [a1, a2] = (data.meta.axes ?? ["x1", "x2"]).map(axisName);
    if (this.pointsKey === key) return this.points;
    this.pointsKey = key;
    const { x, y, split } = data.arrays;
    const regression = data.meta.problem === "regression";
    const names = data.meta.class_names;
    const traces = [];
    const pick = (test) => {
      const xs = [], ys = [], labels = [];
      for (let i = 0; i < y.data.length; i++) if (test(i)) { xs.push(x.data[2 * i]); ys.push(x.data[2 * i + 1]); labels.push(y.data[i]); }
      return { x: xs, y: ys, labels };
    };
    for (const part of showValidation ? [0, 1] : [0]) {
      const word = part ? "validation" : "training";
      const outline = { width: part ? 1.4 : 0.8, color: part ? css(theme.text, 0.75) : css(theme.background) };
      const symbol = part ? "diamond" : "circle";
      for (let k = 0; k < (regression ? 1 : data.meta.classes); k++) {
        const { labels, ...xy } = pick((i) => split.data[i] === part && (regression || y.data[i] === k));
        traces.push({
          type: "scatter", mode: "markers", ...xy, text: regression ? labels.map((v) => `target ${Number(target(data.meta, v).toPrecision(4))}`) : undefined,
          name: `${names[k] ?? ""} ${word}`.trim(), showlegend: false,
          marker: { size: part ? 6 : 5.5, symbol, line: outline, ...(regression ? { color: labels, cmin: -1, cmax: 1, colorscale: diverging(theme, false) } : { color: css(theme.classes[k]) }) },
          hovertemplate: `${word} sample${regression ? "<br>%{text}" : ", " + className(names[k]).replace(/[<>&]/g, " ")}<br>${a1} %{x:.${d1}f}, ${a2} %{y:.${d2}f}<extra></extra>`,
        });
      }
    }
    return (this.points = traces);
  }

  /** focus: null (the output) or {index, layer, unit, label}, or {input} for an input. */
  draw({ frame, data, theme, view, focus }) {
    const { xaxis: sx, yaxis: sy } = this.top._fullLayout ?? {};
    const key = [frame.serial, theme.key, view.discretize, view.validation, JSON.stringify(focus), this.element.clientWidth, this.element.clientHeight, sx?.range, sy?.range].join();
    if (key === this.heatKey) return;
    this.heatKey = key;
    const { meta } = frame;
    const [dx, dy] = meta.domain;
    const heat = { type: "heatmap", showscale: false, zsmooth: view.discretize ? false : "best" };
    const [classes, n] = frame.arrays.boundary.shape;
    if (focus?.input) {
      const size = 48, xs = ticks(dx, size), ys = ticks(dy, size), flat = new Float32Array(size * size);
      let peak = 1e-9;
      for (let r = 0; r < size; r++) for (let c = 0; c < size; c++) {
        const v = INPUTS[focus.input].f((xs[c] - data.meta.shift[0]) / data.meta.scale[0], (ys[r] - data.meta.shift[1]) / data.meta.scale[1]);
        flat[r * size + c] = v;
        peak = Math.max(peak, Math.abs(v));
      }
      Object.assign(heat, { x: xs, y: ys, z: rows(flat, size), zmin: -peak, zmax: peak, colorscale: diverging(theme, view.discretize) });
    } else if (focus) {
      const size = meta.sizes, peak = frame.arrays.peak.data[focus.index] || 1e-9;
      const codes = frame.arrays.maps.data.subarray(focus.index * size * size, (focus.index + 1) * size * size);
      const flat = Float32Array.from(codes, (v) => ((v - 128) / 127) * peak);
      Object.assign(heat, { x: ticks(dx, size), y: ticks(dy, size), z: rows(flat, size), zmin: -peak, zmax: peak, colorscale: diverging(theme, view.discretize) });
    } else if (classes > 1) {
      const output = meta.layers.at(-1).activation;
      const fine = winners(frame.arrays.boundary.data, classes, n, output === "softmax" || output === "sigmoid");
      Object.assign(heat, { x: ticks(dx, 128), y: ticks(dy, 128), z: rows(fine, 128), zmin: 0, zmax: classes, zsmooth: false, colorscale: banded(theme, classes, view.discretize) });
    } else {
      const low = meta.layers.at(-1).activation === "sigmoid" ? 0 : -1;
      Object.assign(heat, { x: ticks(dx, n), y: ticks(dy, n), z: rows(frame.arrays.boundary.data, n), zmin: low, zmax: 1, colorscale: diverging(theme, view.discretize) });
    }
    heat.hoverinfo = "skip";
    this.drawPoints(this.samples(data, theme, view.validation), theme, dx, dy, data.meta.axes ?? ["x1", "x2"]);
    const { xaxis, yaxis } = this.top._fullLayout;
    const bare = { visible: false, fixedrange: true };
    const layout = {
      width: this.heat.clientWidth, height: this.heat.clientHeight, margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: { ...bare, range: [...xaxis.range] }, yaxis: { ...bare, range: [...yaxis.range] },
    };
    Plotly[this.drawn ? "react" : "newPlot"](this.heat, [heat], layout, { staticPlot: true, responsive: false });
    this.drawn = true;
  }

  drawPoints(traces, theme, dx, dy, names) {
    const { axis, ...layout } = baseLayout(theme, this.top);
    const key = [this.pointsKey, layout.width, layout.height, layout.font.size, dx, dy].join();
    if (key === this.topKey) return;
    this.topKey = key;
    const { size } = layout.font, margin = { ...MARGIN, l: Math.max((MARGIN.l * size) / 12, labelRoom(dy, size)), b: (MARGIN.b * size) / 12 };
    this.heat.style.inset = `${margin.t}px ${margin.r}px ${margin.b}px ${margin.l}px`;
    const own = { ...axis, showgrid: false, zeroline: false, automargin: false };
    Object.assign(layout, {
      margin, hovermode: "closest", uirevision: JSON.stringify([dx, dy]),
      xaxis: { ...own, range: [...dx], title: titled(axisName(names[0]), size) }, yaxis: { ...own, range: [...dy], title: titled(axisName(names[1]), size) },
    });
    if (this.top._fullLayout) { Plotly.react(this.top, traces, layout, CONFIG); return; }
    Plotly.newPlot(this.top, traces, layout, CONFIG);
    this.top.on("plotly_relayout", () => {
      const { xaxis, yaxis } = this.top._fullLayout, now = [...xaxis.range, ...yaxis.range];
      if (!this.shown?.every((v, i) => near(v, now[i]))) { this.shown = now; this.hooks.zoomed(); }
    });
  }

  purge() {
    Plotly.purge(this.heat);
    Plotly.purge(this.top);
  }
}

/** At most `most` points, keeping in every bucket the lowest and the highest: no spike is lost. */
export function thin(xs, ys, most = 1200) {
  if (xs.length <= most) return [xs.slice(), ys.slice()]; // copies: Plotly.react takes the same array for the same data
  const step = (2 * xs.length) / most, x = [], y = [];
  for (let from = 0; from < xs.length; from += step) {
    const a = Math.floor(from), b = Math.min(xs.length, Math.floor(from + step));
    let low = a, high = a;
    for (let i = a; i < b; i++) { if (ys[i] < ys[low]) low = i; if (ys[i] > ys[high]) high = i; }
    for (const i of low === high ? [low] : low < high ? [low, high] : [high, low]) { x.push(xs[i]); y.push(ys[i]); }
  }
  return [x, y];
}

/** Hours of training must not fill the page: beyond `most` rows every other one goes, but the last (the store has all). */
export function bound(history, most = 4000) {
  if (history.step.length <= most) return;
  for (const c of Object.keys(history)) history[c] = history[c].filter((_, i, all) => i % 2 === 0 || i === all.length - 1);
}

/** Exponential moving average with the start's bias taken out (as Adam's): s₀ = 0, ŷ = sₜ / (1 − βᵗ). */
export function smooth(ys, beta) {
  if (!beta) return ys;
  let s = 0, power = 1;
  return ys.map((v) => {
    if (v === null || !Number.isFinite(v)) return v;
    s = beta * s + (1 - beta) * v;
    power *= beta;
    return s / (1 - power);
  });
}

export const AXES = { epoch: "epoch", step: "step (weight updates)", seconds: "training time (s)" };

export class Curves {
  constructor(element) {
    this.element = element;
  }

  draw({ history, theme, view, lossName, regression, mark }) {
    const accuracy = view.curve === "accuracy" && !regression;
    const [train, held] = accuracy ? ["accuracy", "val_accuracy"] : ["loss", "val_loss"];
    const x = history[view.axis] ?? history.epoch;
    const traces = [["training", train, css(theme.text), "solid"], ["validation", held, css(theme.accent), "solid"]]
      .filter(([, column]) => history[column].some((v) => v !== null))
      .map(([name, column, color, dash]) => {
        const [xs, ys] = thin(x, smooth(history[column], view.smooth));
        return { type: "scatter", mode: xs.length > 1 ? "lines" : "markers", x: xs, y: ys, name, line: { color, width: 2, dash }, marker: { color }, hovertemplate: accuracy ? "%{y:.1%}" : "%{y:.4g}" };
      });
    const { axis, ...layout } = baseLayout(theme, this.element), { size } = layout.font, k = size / 12;
    Object.assign(layout, {
      margin: { l: 52 * k, r: 8, t: 22 * k, b: 38 * k }, hovermode: "x unified", uirevision: [train, view.axis, view.log].join(),
      legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", font: { size: size - 1 } }, showlegend: true,
      xaxis: { ...axis, title: titled(AXES[view.axis] ?? "epoch", size), rangemode: "tozero", automargin: false },
      yaxis: accuracy
        ? { ...axis, title: titled("accuracy", size), tickformat: ".0%", range: [0, 1.02] }
        : { ...axis, title: titled(lossName, size), type: view.log ? "log" : "linear", rangemode: "tozero", nticks: 6, exponentformat: "power" },
    });
    if (mark !== undefined) layout.shapes = [{ type: "line", x0: mark, x1: mark, y0: 0, y1: 1, yref: "paper", line: { color: css(theme.accent), width: 1.5, dash: "dot" } }];
    if (traces.length === 0) layout.annotations = [{ text: "No epoch trained yet", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5, font: { color: theme.faint } }];
    Plotly[this.drawn ? "react" : "newPlot"](this.element, traces, layout, CONFIG);
    this.drawn = true;
  }

  purge() {
    Plotly.purge(this.element);
  }
}
