// The convolution room's page: its controls, the kernel's grid of fields, and the sums in words and numbers.

import { element } from "./editor.js";
import { PRESETS } from "./convolution_kernels.js";
import { letters, number, signed } from "./convolution_pictures.js";
import { css } from "./theme.js";

const SPEEDS = { 2: "slow", 10: "10 a second", 40: "40 a second", 200: "fast" };
const POOL_TITLES = { none: "none", max: "maximum", average: "average", l2: "L2, √Σa²" };

/** A select with a name. `set(value)` shows a value without telling anybody. */
function choice(label, options, change, attributes = {}) {
  const select = element("select", { "aria-label": label, onchange: () => change(select.value), ...attributes });
  const fill = (found) => {
    select.replaceChildren(...Object.entries(found).map(([value, title]) => element("option", { value }, title)));
  };
  fill(options);
  const root = element("label", {}, element("span", {}, label), select);
  return { root, select, fill, set: (value) => { select.value = String(value); } };
}

/** A field for one number: typing, arrow up and down by 0.1, with Shift by 1. What is no number is marked and not taken.
 * `change(null)` when the field is left: it shows what is true again, in as many places as there is room for. */
export function numberField(label, change) {
  const field = element("input", { "aria-label": label, inputmode: "decimal", spellcheck: "false", autocomplete: "off" });
  const read = () => Number(field.value.trim().replace("−", "-").replace(",", "."));
  const take = (v) => {
    const good = field.value.trim() !== "" && Number.isFinite(v) && Math.abs(v) <= 1000;
    field.setAttribute("aria-invalid", String(!good));
    if (good) change(v);
  };
  field.addEventListener("input", () => take(read()));
  field.addEventListener("focus", () => {
    if (field.exact !== undefined) field.value = plain(field.exact);
    field.select();
  });
  field.addEventListener("blur", () => { field.setAttribute("aria-invalid", "false"); change(null); });
  field.addEventListener("keydown", (e) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[e.key];
    if (!way) return;
    e.preventDefault();
    const v = Math.round(((read() || 0) + way * (e.shiftKey ? 1 : 0.1)) * 1000) / 1000;
    field.value = plain(v);
    take(v);
  });
  return field;
}
/** As it can be typed: at most `places` decimals, a real minus. */
const plain = (v, places = 4) => String(Number(v.toFixed(places)) + 0).replace("-", "−");

/** Up to nine products that are not zero, as a sum in one line. */
function spell(products, sum) {
  const there = products.filter((v) => Math.abs(v) >= 0.005);
  if (!there.length || there.length > 9) return "";
  const terms = there.map((v, i) => (i ? (v < 0 ? " − " : " + ") : v < 0 ? "−" : "") + number(Math.abs(v)));
  return `${terms.join("")} = ${number(sum)}`;
}

export class Panel {
  constructor(data, on) {
    this.on = on;
    const set = (name) => (value) => on.set({ [name]: value });
    const button = (text, label, press, more = {}) => element("button", { type: "button", "aria-label": label, title: label, onclick: press, ...more }, text);

    this.play = button("▶ Play", "Play", on.play, { class: "nnvc-play" });
    this.speed = choice("Speed", SPEEDS, (v) => on.speed(Number(v)));
    this.speed.set(10);
    this.fold = button("Settings", "Show or hide the settings", on.fold, { class: "nnvc-fold" });
    this.progress = element("output", { class: "nnvc-progress" }, "The digits are on their way …");
    const bar = element("div", { class: "nnvc-bar", role: "toolbar", "aria-label": "Slide the window" },
      this.play, button("Step", "Step: one place on", on.step), button("All", "All: the whole map at once", on.all),
      button("Clear", "Clear: an empty map, the window at its start", on.clear), this.speed.root, this.progress, this.fold);
    this.note = element("div", { class: "nnvc-note", role: "alert", hidden: true });

    this.data = choice("Data", data.data, (name) => on.set({ data: name, digit: null }));
    this.of = choice("Class", { "": "any", ...Object.fromEntries([..."0123456789"].map((c) => [c, c])) }, (v) => on.browse(v === "" ? null : Number(v)));
    this.index = element("input", { type: "number", min: 0, step: 1, "aria-label": "Number of the test image" });
    this.index.addEventListener("change", () => on.open(Number(this.index.value)));
    this.who = element("span", { class: "nnvc-who" });
    this.digit = element("canvas", { class: "nnvc-digit", tabindex: 0, role: "img" });
    this.strip = element("div", { class: "nnvc-strip", role: "group", "aria-label": "The next digits" });
    const left = element("section", { class: "nnvc-left", "aria-label": "The digit" },
      element("h2", {}, "The digit ", this.who),
      element("div", { class: "nnvc-controls" }, this.data.root, this.of.root,
        element("label", {}, element("span", {}, "Number"), element("span", { class: "nnvc-walk" },
          button("‹", "Previous digit", () => on.walk(-1)), this.index, button("›", "Next digit", () => on.walk(1)), button("⚄", "A digit at random", on.random)))),
      this.digit, this.strip);

    this.kernel = choice("Kernel", {}, (name) => on.kernel(name));
    this.size = choice("Size", Object.fromEntries(data.sizes.map((k) => [k, `${k} × ${k}`])), (k) => on.size(Number(k)));
    this.says = element("p", { class: "nnvc-says" });
    this.filters = element("div", { class: "nnvc-filters", role: "group", "aria-label": "Learned filters", hidden: true });
    this.weights = element("div", { class: "nnvc-weights", role: "group", "aria-label": "Weights of the kernel" });
    this.bias = numberField("bias", (v) => on.bias(v));
    this.products = element("div", { class: "nnvc-products", role: "img" });
    this.spelled = element("p", { class: "nnvc-spelled" });
    this.sum = element("div", { class: "nnvc-sum" });
    const middle = element("section", { class: "nnvc-middle", "aria-label": "The kernel and the sum" },
      element("h2", {}, "The kernel"),
      element("div", { class: "nnvc-controls" }, this.kernel.root, this.size.root),
      this.says, this.filters,
      element("div", { class: "nnvc-kernel" }, this.weights, element("label", { class: "nnvc-bias" }, element("span", {}, "bias b"), this.bias)),
      element("h3", {}, "pixel × weight, added up"), this.products, this.spelled, this.sum);

    this.stride = choice("Stride", { 1: "1", 2: "2", 3: "3" }, (v) => on.set({ stride: Number(v) }));
    this.padding = choice("Padding", { valid: "valid: none", same: "same: zeros around" }, set("padding"));
    this.activation = choice("Activation", { linear: "none", relu: "ReLU" }, set("activation"));
    this.map = element("canvas", { class: "nnvc-map", tabindex: 0, role: "img" });
    this.formula = element("p", { class: "nnvc-formula" });
    this.scale = element("div", { class: "nnvc-scale", "aria-hidden": "true" });
    this.pool = choice("Pooling", POOL_TITLES, set("pool"));
    this.poolSize = choice("Window", { 2: "2 × 2", 3: "3 × 3" }, (v) => on.set({ pool_size: Number(v) }));
    this.pooled = element("canvas", { class: "nnvc-pool", tabindex: 0, role: "img" });
    this.poolFormula = element("p", { class: "nnvc-formula" });
    this.poolSum = element("div", { class: "nnvc-poolsum" });
    const right = element("section", { class: "nnvc-right", "aria-label": "The feature map and its pooling" },
      element("h2", {}, "The feature map"),
      element("div", { class: "nnvc-controls" }, this.stride.root, this.padding.root, this.activation.root),
      element("div", { class: "nnvc-mapbox" }, this.map, this.scale), this.formula,
      element("div", { class: "nnvc-second" },
        this.pooled,
        element("div", {}, element("h2", {}, "Pooling"), element("div", { class: "nnvc-controls" }, this.pool.root, this.poolSize.root), this.poolFormula, this.poolSum)));

    this.choices = { data: this.data, of: this.of, kernel: this.kernel, size: this.size, stride: this.stride, padding: this.padding, activation: this.activation, pool: this.pool, pool_size: this.poolSize };
    this.said = element("div", { class: "nnvc-said", "aria-live": "polite" });
    this.lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.lines.classList.add("nnvc-lines");
    this.lines.setAttribute("aria-hidden", "true");
    this.body = element("div", { class: "nnvc-body" }, left, middle, right);
    this.root = element("div", { class: "nnvc" }, bar, this.note, this.body, this.said, this.lines);
  }

  /** The kernels to choose from; those of a run only where the link names one. */
  offer(learned, run) {
    const presets = Object.entries(PRESETS).map(([name, preset]) => [name, preset.title]);
    this.kernel.fill(Object.fromEntries([
      ...presets, ["learned", learned.title], ...(run ? [["run", run.title]] : []), ["own", "own numbers"],
    ]));
  }

  /** One field for each weight; fields stay as long as the size does, so that typing is not interrupted. */
  drawWeights(setting, theme) {
    const k = setting.size;
    if (this.fields?.length !== k * k) {
      this.fields = setting.weights.map((_, i) => {
        const label = `weight in row ${Math.floor(i / k) + 1}, column ${(i % k) + 1}`;
        return numberField(label, (v) => this.on.weight(i, v));
      });
      this.weights.replaceChildren(...this.fields);
      this.weights.style.setProperty("--k", k);
      this.taps = setting.weights.map(() => element("div", {}, element("small"), element("b")));
      this.products.replaceChildren(...this.taps);
      this.products.style.setProperty("--k", k);
      this.products.dataset.k = this.weights.dataset.k = k;
    }
    const most = Math.max(...setting.weights.map(Math.abs), 1e-9);
    setting.weights.forEach((w, i) => {
      const field = this.fields[i];
      const fill = signed(theme, w, most);
      field.style.background = css(fill);
      field.style.color = css(letters(fill));
      field.exact = w;
      if (document.activeElement !== field) field.value = plain(w, most < 0.2 ? 3 : 2);
    });
    this.bias.exact = setting.bias;
    if (document.activeElement !== this.bias) this.bias.value = plain(setting.bias, 2);
  }

  /** The products under the window, their sum, and what becomes of it. */
  drawSum(setting, taps, z, a, theme, strongest) {
    const most = Math.max(...setting.weights.map(Math.abs), 1e-9);
    const places = most < 0.2 ? 3 : 2; // a blur's weights are small
    taps.forEach((tap, i) => {
      const cell = this.taps[i];
      const fill = signed(theme, tap.product, most);
      cell.style.background = css(fill);
      cell.style.color = css(letters(fill));
      cell.classList.toggle("nnvc-zero", tap.product === 0);
      cell.firstChild.textContent = `${tap.inside ? number(tap.x, true) : "0"} · ${number(tap.w, true, places)}`;
      cell.lastChild.textContent = number(tap.product, setting.size > 5, places);
    });
    const sum = taps.reduce((s, tap) => s + tap.product, 0);
    this.products.setAttribute("aria-label", taps.length ? `${taps.length} products of pixel and weight; their sum is ${number(sum)}` : "no window");
    this.spelled.textContent = spell(taps.map((tap) => tap.product), sum);
    const part = (name, label, value) => {
      const fill = name === "out" ? signed(theme, value, strongest) : null;
      const style = fill ? `background:${css(fill)};color:${css(letters(fill))}` : "";
      return element("span", { class: `nnvc-${name}`, style }, element("small", {}, label), element("b", {}, number(value)));
    };
    const sign = (text) => element("i", {}, text);
    const bias = setting.bias < 0 ? [sign("−"), part("b", "b", -setting.bias)] : [sign("+"), part("b", "b", setting.bias)];
    const relu = setting.activation === "relu";
    this.sum.replaceChildren(...(taps.length
      ? [part("s", "Σ w·x", sum), ...bias, sign("="), part(relu ? "z" : "out", relu ? "z" : "output", z), ...(relu ? [sign("ReLU →"), part("out", "output", a)] : [])]
      : []));
  }

  /** The numbers under the pooling's window and what they become; null: not there yet. */
  drawPool(kind, size, values, value, theme, most) {
    if (!values.length) return this.poolSum.replaceChildren();
    const colors = (v) => {
      const fill = signed(theme, v ?? 0, most);
      return `background:${css(fill)};color:${css(letters(fill))}`;
    };
    const largest = kind === "max" && value !== null ? values.indexOf(value) : -1;
    const cells = values.map((a, i) => element("span", { style: colors(a), class: i === largest && "nnvc-largest" }, a === null ? "?" : number(a)));
    const grid = element("div", { class: "nnvc-pooltaps", style: `--k:${size}` }, ...cells);
    const word = { max: "max", average: "mean", l2: "√Σa²" }[kind];
    return this.poolSum.replaceChildren(grid, element("i", {}, `${word} =`), element("b", { style: colors(value) }, value === null ? "?" : number(value)));
  }

  /** What is wrong: a fault of the network, or a kernel that does not fit. */
  say(text) {
    this.trouble = text;
    this.fit(this.misfit ?? "");
  }

  fit(text) {
    this.misfit = text;
    const words = this.trouble || text;
    if (this.note.textContent !== words) this.note.textContent = words;
    this.note.hidden = !words;
  }
}
