// The health of each layer over the training: gradients, sizes of weights, what the neurons say, and histograms of the weights.
// One frame has it all, from the first step on; the film shows the same up to its step.

import { AXES, CONFIG, baseLayout, titled } from "./charts.js";
import { element } from "./editor.js";
import { number } from "./arithmetic.js";
import { prepare, sizeOf } from "./tiles.js";
import { css } from "./theme.js";

/** name → [words for the choice, y axis, logarithmic, share, what it means]. */
export const MEASURES = {
  gradient: ["gradient", "∂loss/∂w (rms)", true, false, "How hard the loss pulls at the weights of each layer. Far smaller in the first layers than in the last: the gradient vanishes; growing ever larger: it explodes."],
  norm_w: ["size of weights", "w (rms)", false, false, "Root of the mean square of each layer's weights. Regularisation keeps it down."],
  mean: ["activations: mean", "mean of a", false, false, "What the neurons of a layer say on average, over the sample of training digits."],
  std: ["activations: spread", "standard deviation of a", false, false, "How differently a layer answers to different digits. Zero: it says the same to all."],
  zero: ["neurons at zero", "share of a = 0", false, true, "Share of activations that are exactly zero. Near 100 %: dead ReLUs, which learn nothing more."],
  saturated: ["neurons at their limit", "share of |a| > 0.98", false, true, "Share of sigmoid or tanh activations at their limit, where the slope is nearly nothing and learning is slow."],
};

export class MeasureLines {
  constructor(root) {
    this.element = root;
  }

  draw({ frame, measure, axis, theme, dashes = ["solid", "dot", "dash", "dashdot"] }) {
    const [, title, log, share] = MEASURES[measure], array = frame.arrays[measure], { meta } = frame;
    const steps = axis === "step" ? meta.step : meta.epoch, names = meta.layers;
    const [layers, times] = array?.shape ?? [0, 0], traces = [];
    for (let l = 0; l < layers; l++) {
      const y = Array.from(array.data.subarray(l * times, (l + 1) * times), (v) => (Number.isFinite(v) && !(log && v <= 0) ? v : null));
      if (y.every((v) => v === null)) continue;
      const color = theme.classes[l % theme.classes.length];
      traces.push({ type: "scatter", mode: times < 3 ? "lines+markers" : "lines", x: steps.slice(0, times), y, name: names[l] ?? `layer ${l + 1}`, line: { color: css(color), width: 2, dash: dashes[Math.floor(l / theme.classes.length) % dashes.length] }, marker: { color: css(color), size: 6 }, hovertemplate: share ? "%{y:.1%}" : "%{y:.3g}" });
    }
    const { axis: style, ...layout } = baseLayout(theme, this.element), { size } = layout.font;
    Object.assign(layout, {
      margin: { l: 4.7 * size, r: 6, t: 1.8 * size, b: 3 * size }, hovermode: "x unified", uirevision: [measure, axis].join(), showlegend: true,
      legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", font: { size: size - 1 } },
      xaxis: { ...style, title: titled(AXES[axis === "step" ? "step" : "epoch"], size), rangemode: "tozero", automargin: false },
      yaxis: { ...style, title: titled(title, size), type: log ? "log" : "linear", nticks: 6, ...(log ? decades(traces) : {}), ...(share ? { tickformat: ".0%", range: [0, 1.02] } : { exponentformat: "power" }) },
    });
    if (!traces.length) layout.annotations = [{ text: "Nothing to show for these layers", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5, font: { color: theme.faint } }];
    Plotly[this.drawn ? "react" : "newPlot"](this.element, traces, layout, CONFIG);
    this.drawn = true;
  }

  purge() {
    if (this.drawn) Plotly.purge(this.element);
  }
}

/** Whole decades: a small chart has room for a label at each, and for none between. */
function decades(traces) {
  const values = traces.flatMap((t) => t.y).filter((v) => v > 0).map(Math.log10);
  return values.length ? { dtick: 1, range: [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values) + 1e-9)] } : {};
}

/** Every column is a histogram of one layer's weights at one time: dark where there are many. */
export class Histograms {
  constructor(root) {
    this.canvas = element("canvas", { role: "img", class: "nnd-canvas" });
    this.hint = element("div", { class: "nnd-hint" });
    root.append(element("div", { class: "nnd-stage" }, this.canvas), this.hint);
    this.picture = document.createElement("canvas");
    const point = (spot) => { this.spot = spot; this.key = null; if (this.last) this.draw(this.last); };
    this.canvas.addEventListener("pointermove", (e) => point([e.offsetX, e.offsetY]));
    this.canvas.addEventListener("pointerleave", () => point(null));
  }

  draw(now) {
    const { frame, layer: chosen, axis, theme } = (this.last = now), { hist, range } = frame.arrays;
    if (!hist) return;
    const [layers, times, bins] = hist.shape, layer = Math.min(chosen, layers - 1);
    const key = [frame.serial, layer, axis, theme.key, sizeOf(this.canvas)].join();
    if (key === this.key) return;
    const stage = prepare(this.canvas);
    if (!stage) return;
    this.key = key;
    const { context, width, height } = stage, size = theme.size - 1, x0 = 4.5 * size, y0 = 6, w = width - x0 - 6, h = height - y0 - 1.8 * size;
    Object.assign(this.picture, { width: times, height: bins });
    const inner = this.picture.getContext("2d"), image = inner.createImageData(times, bins);
    for (let t = 0; t < times; t++) for (let b = 0; b < bins; b++) {
      const v = hist.data[(layer * times + t) * bins + b] / 255, p = 4 * ((bins - 1 - b) * times + t);
      for (let c = 0; c < 3; c++) image.data[p + c] = theme.neutral[c] + (theme.accent[c] - theme.neutral[c]) * v;
      image.data[p + 3] = 255;
    }
    inner.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.picture, x0, y0, w, h);
    const [low, high] = [range.data[2 * layer], range.data[2 * layer + 1]];
    context.font = `${size}px ${theme.font}`;
    context.fillStyle = theme.faint;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const v of [low, 0, high]) if (v >= low && v <= high) context.fillText(number(v, 2), x0 - 5, Math.max(y0 + 5, Math.min(y0 + h - 4, y0 + h * (1 - (v - low) / (high - low || 1)))));
    const when = axis === "step" ? frame.meta.step : frame.meta.epoch, word = axis === "step" ? "step" : "epoch", short = (v) => Number(v.toFixed(2)).toLocaleString("en");
    context.textBaseline = "bottom";
    context.textAlign = "left";
    context.fillText(`${word} ${short(when[0])}`, x0, height - 2);
    context.textAlign = "right";
    context.fillText(`${word} ${short(when[times - 1])}`, width - 6, height - 2);
    const name = frame.meta.layers[layer];
    let text = `${name}: weights from ${number(low, 2)} to ${number(high, 2)}; each column is a histogram`;
    const [mx, my] = this.spot ?? [-1, -1];
    if (mx >= x0 && mx < x0 + w && my >= y0 && my < y0 + h) {
      const t = Math.floor(((mx - x0) / w) * times), v = high - ((my - y0) / h) * (high - low);
      text = `${word} ${short(when[t])}: weights near ${number(v, 2)}`;
    }
    if (this.hint.textContent === text) return;
    this.hint.textContent = this.hint.title = text;
    this.canvas.setAttribute("aria-label", `Histograms of the weights over time. ${text}.`);
  }
}
