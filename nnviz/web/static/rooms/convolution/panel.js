// The convolution room's page: its controls, the kernel's grid of fields, and the sums in words and numbers.

import { PRESETS } from "./kernels.js";
import { NumberField } from "./number_field.js";
import { signed } from "./pictures.js";
import { canvas, choose, element, label as setLabel, sign, write } from "../../kit/dom.js";
import { brief } from "../../kit/numbers.js";
import { css, letters } from "../../kit/theme.js";

/** @typedef {import("./convolution.js").Setting} Setting */
/** @typedef {import("./convolution.js").Learned} Learned */
/**
 * What the visitor does: `weight` and `bias` get null when a field is left.
 * @typedef {Record<"play" | "step" | "all" | "clear" | "fold" | "random", () => void> & {speed: (v: number) => void,
 *   set: (changes: Partial<Setting>) => void, kernel: (name: string) => void, size: (k: number) => void,
 *   weight: (i: number, v: number | null) => void, bias: (v: number | null) => void, open: (index: number) => void,
 *   walk: (way: number) => void, browse: (of: number | null) => void}} Actions
 */

const SPEEDS = { 2: "slow", 10: "10 a second", 40: "40 a second", 200: "fast" };
const POOL_TITLES = { none: "none", max: "maximum", average: "average", l2: "L2, √Σa²" };

/**
 * A select with its name before it; `options`: value → title.
 * @param {string} label @param {Record<string, string>} options @param {(value: string) => void} change
 */
function choice(label, options, change) {
  const select = element("select", { "aria-label": label, onchange: () => change(select.value) });
  const fill = (/** @type {Record<string, string>} */ found) => {
    select.replaceChildren(...Object.entries(found).map(([value, title]) => element("option", { value }, title)));
  };
  fill(options);
  const root = element("label", {}, element("span", {}, label), select);
  return { root, select, fill, set: (/** @type {any} */ value) => choose(select, value) };
}

/** @param {Theme} theme @param {number} v @param {number} most */
const filled = (theme, v, most) => {
  const fill = signed(theme, v, most);
  return { background: css(fill), color: css(letters(fill)) };
};

/** Up to nine products that are not zero, as a sum in one line. @param {number[]} products @param {number} sum */
function spell(products, sum) {
  const there = products.filter((v) => Math.abs(v) >= 0.005);
  if (!there.length || there.length > 9) return "";
  const terms = there.map((v, i) => (i ? (v < 0 ? " − " : " + ") : v < 0 ? "−" : "") + brief(Math.abs(v)));
  return `${terms.join("")} = ${brief(sum)}`;
}

export class Panel {
  /** @param {any} data what Python says of the room @param {Actions} on */
  constructor(data, on) {
    this.on = on;
    /** @type {NumberField[]} one for each weight */
    this.fields = [];
    /** @type {{box: HTMLElement, factors: HTMLElement, product: HTMLElement}[]} one for each weight */
    this.taps = [];
    this.trouble = this.misfit = "";
    const set = (/** @type {keyof Setting} */ name) => (/** @type {string} */ value) => on.set({ [name]: value });
    this.play = sign("▶ Play", "Play", on.play, { class: "nnvc-play" });
    this.speed = choice("Speed", SPEEDS, (v) => on.speed(Number(v)));
    this.speed.set(10);
    this.fold = sign("Settings", "Show or hide the settings", on.fold, { class: "nnvc-fold" });
    this.progress = element("output", { class: "nnvc-progress" }, "The digits are on their way …");
    const bar = element("div", { class: "nnvc-bar", role: "toolbar", "aria-label": "Slide the window" },
      this.play, sign("Step", "Step: one place on", on.step), sign("All", "All: the whole map at once", on.all),
      sign("Clear", "Clear: an empty map, the window at its start", on.clear), this.speed.root, this.progress,
      this.fold);
    this.note = element("div", { class: "nnvc-note", role: "alert", hidden: true });

    this.data = choice("Data", data.data, (name) => on.set({ data: name }));
    const classes = Object.fromEntries([..."0123456789"].map((c) => [c, c]));
    this.of = choice("Class", { "": "any", ...classes }, (v) => on.browse(v === "" ? null : Number(v)));
    this.index = element("input", { type: "number", min: 0, step: 1, "aria-label": "Number of the test image" });
    this.index.addEventListener("change", () => on.open(Number(this.index.value)));
    this.who = element("span", { class: "nnvc-who" });
    this.digit = canvas("the digit", { class: "nnvc-digit", tabindex: 0 });
    this.strip = element("div", { class: "nnvc-strip", role: "group", "aria-label": "The next digits" });
    const left = element("section", { class: "nnvc-left", "aria-label": "The digit" },
      element("h2", {}, "The digit ", this.who),
      element("div", { class: "nnvc-controls" }, this.data.root, this.of.root,
        element("label", {}, element("span", {}, "Number"), element("span", { class: "nnvc-walk" },
          sign("‹", "Previous digit", () => on.walk(-1)), this.index, sign("›", "Next digit", () => on.walk(1)),
          sign("⚄", "A digit at random", on.random)))),
      this.digit, this.strip);

    this.kernel = choice("Kernel", {}, (name) => on.kernel(name));
    this.size = choice("Size", squares(data.sizes), (k) => on.size(Number(k)));
    this.says = element("p", { class: "nnvc-says" });
    this.filters = element("div", {
      class: "nnvc-filters", role: "group", "aria-label": "Learned filters", hidden: true,
    });
    this.weights = element("div", { class: "nnvc-weights", role: "group", "aria-label": "Weights of the kernel" });
    this.bias = new NumberField("bias", (v) => on.bias(v));
    this.products = element("div", { class: "nnvc-products", role: "img", "aria-label": "the products" });
    this.spelled = element("p", { class: "nnvc-spelled" });
    this.sum = element("div", { class: "nnvc-sum" });
    const middle = element("section", { class: "nnvc-middle", "aria-label": "The kernel and the sum" },
      element("h2", {}, "The kernel"),
      element("div", { class: "nnvc-controls" }, this.kernel.root, this.size.root),
      this.says, this.filters,
      element("div", { class: "nnvc-kernel" }, this.weights,
        element("label", { class: "nnvc-bias" }, element("span", {}, "bias b"), this.bias.input)),
      element("h3", {}, "pixel × weight, added up"), this.products, this.spelled, this.sum);

    this.stride = choice("Stride", { 1: "1", 2: "2", 3: "3", 4: "4" }, (v) => on.set({ stride: Number(v) }));
    this.padding = choice("Padding", { valid: "valid: none", same: "same: zeros around" }, set("padding"));
    this.activation = choice("Activation", { linear: "none", relu: "ReLU" }, set("activation"));
    this.map = canvas("the feature map", { class: "nnvc-map", tabindex: 0 });
    this.formula = element("p", { class: "nnvc-formula" });
    this.scale = element("div", { class: "nnvc-scale", "aria-hidden": "true" });
    this.pool = choice("Pooling", POOL_TITLES, set("pool"));
    this.poolSize = choice("Window", { 2: "2 × 2", 3: "3 × 3" }, (v) => on.set({ pool_size: Number(v) }));
    this.pooled = canvas("the pooled map", { class: "nnvc-pool", tabindex: 0 });
    this.poolFormula = element("p", { class: "nnvc-formula" });
    this.poolSum = element("div", { class: "nnvc-poolsum" });
    const right = element("section", { class: "nnvc-right", "aria-label": "The feature map and its pooling" },
      element("h2", {}, "The feature map"),
      element("div", { class: "nnvc-controls" }, this.stride.root, this.padding.root, this.activation.root),
      element("div", { class: "nnvc-mapbox" }, this.map, this.scale), this.formula,
      element("div", { class: "nnvc-second" },
        this.pooled,
        element("div", {}, element("h2", {}, "Pooling"),
          element("div", { class: "nnvc-controls" }, this.pool.root, this.poolSize.root), this.poolFormula,
          this.poolSum)));

    this.choices = {
      data: this.data, of: this.of, kernel: this.kernel, size: this.size, stride: this.stride, padding: this.padding,
      activation: this.activation, pool: this.pool, pool_size: this.poolSize,
    };
    this.said = element("div", { class: "nnvc-said", "aria-live": "polite" });
    this.lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.lines.classList.add("nnvc-lines");
    this.lines.setAttribute("aria-hidden", "true");
    this.body = element("div", { class: "nnvc-body" }, left, middle, right);
    this.root = element("div", { class: "nnvc" }, bar, this.note, this.body, this.said, this.lines);
  }

  /**
   * The kernels to choose from; those of a run only where the link names one.
   * @param {Learned} learned @param {Learned | null} run
   */
  offer(learned, run) {
    const presets = Object.entries(PRESETS).map(([name, preset]) => [name, preset.title]);
    this.kernel.fill(Object.fromEntries([
      ...presets, ["learned", learned.title], ...(run ? [["run", run.title]] : []), ["own", "own numbers"],
    ]));
  }

  /**
   * One field for each weight; fields stay as long as the size does, so that typing is not interrupted.
   * @param {Setting} setting @param {Theme} theme
   */
  drawWeights(setting, theme) {
    const k = setting.size;
    if (this.fields.length !== k * k) {
      this.fields = setting.weights.map((_, i) => new NumberField(
        `weight in row ${Math.floor(i / k) + 1}, column ${(i % k) + 1}`, (v) => this.on.weight(i, v)));
      this.taps = setting.weights.map(() => {
        const factors = element("small"), product = element("b");
        return { box: element("div", {}, factors, product), factors, product };
      });
      this.weights.replaceChildren(...this.fields.map(({ input }) => input));
      this.products.replaceChildren(...this.taps.map(({ box }) => box));
      for (const grid of [this.weights, this.products]) {
        grid.style.setProperty("--k", String(k));
        grid.dataset.k = String(k);
      }
    }
    const most = Math.max(...setting.weights.map(Math.abs), 1e-9);
    setting.weights.forEach((w, i) => {
      Object.assign(this.fields[i].input.style, filled(theme, w, most));
      this.fields[i].show(w, most < 0.2 ? 3 : 2);
    });
    this.bias.show(setting.bias);
  }

  /**
   * The products under the window, their sum, and what becomes of it.
   * @param {Setting} setting @param {import("./math.js").Tap[]} taps @param {number} z @param {number} a
   * @param {Theme} theme @param {number} strongest
   */
  drawSum(setting, taps, z, a, theme, strongest) {
    const most = Math.max(...setting.weights.map(Math.abs), 1e-9);
    const places = most < 0.2 ? 3 : 2; // a blur's weights are small
    taps.forEach((tap, i) => {
      const { box, factors, product } = this.taps[i];
      Object.assign(box.style, filled(theme, tap.product, most));
      box.classList.toggle("nnvc-zero", tap.product === 0);
      factors.textContent = `${tap.inside ? brief(tap.x, true) : "0"} · ${brief(tap.w, true, places)}`;
      product.textContent = brief(tap.product, setting.size > 5, places);
    });
    const sum = taps.reduce((s, tap) => s + tap.product, 0);
    setLabel(this.products,
      taps.length ? `${taps.length} products of pixel and weight; their sum is ${brief(sum)}` : "no window");
    this.spelled.textContent = spell(taps.map((tap) => tap.product), sum);
    const part = (/** @type {string} */ name, /** @type {string} */ label, /** @type {number} */ value) => {
      const parts = [element("small", {}, label), element("b", {}, brief(value))];
      const node = element("span", { class: `nnvc-${name}` }, ...parts);
      if (name === "out") Object.assign(node.style, filled(theme, value, strongest));
      return node;
    };
    const between = (/** @type {string} */ text) => element("i", {}, text);
    const relu = setting.activation === "relu", { bias } = setting;
    this.sum.replaceChildren(...(taps.length ? [
      part("s", "Σ w·x", sum), between(bias < 0 ? "−" : "+"), part("b", "b", Math.abs(bias)), between("="),
      part(relu ? "z" : "out", relu ? "z" : "output", z),
      ...(relu ? [between("ReLU →"), part("out", "output", a)] : []),
    ] : []));
  }

  /**
   * The numbers under the pooling's window and what they become; null: not there yet.
   * @param {string} kind @param {number} size @param {(number | null)[]} values @param {number | null} value
   * @param {Theme} theme @param {number} most
   */
  drawPool(kind, size, values, value, theme, most) {
    const largest = kind === "max" && value !== null ? values.indexOf(value) : -1;
    const cell = (/** @type {"span" | "b"} */ tag, /** @type {number | null} */ a, chosen = false) => {
      const node = element(tag, { class: chosen && "nnvc-largest" }, a === null ? "?" : brief(a));
      Object.assign(node.style, filled(theme, a ?? 0, most));
      return node;
    };
    const cells = values.map((a, i) => cell("span", a, i === largest));
    const grid = element("div", { class: "nnvc-pooltaps", style: `--k:${size}` }, ...cells);
    const word = element("i", {}, `${{ max: "max", average: "mean", l2: "√Σa²" }[kind]} =`);
    this.poolSum.replaceChildren(...(values.length ? [grid, word, cell("b", value)] : []));
  }

  /** What is wrong: a fault of the network, or a kernel that does not fit. @param {string} text */
  say(text) {
    this.trouble = text;
    this.fit(this.misfit);
  }

  /** @param {string} text */
  fit(text) {
    this.misfit = text;
    const words = this.trouble || text;
    write(this.note, words);
    this.note.hidden = !words;
  }
}

/** Sizes of a kernel as options: "5 × 5". @param {number[]} sizes */
export const squares = (sizes) => Object.fromEntries(sizes.map((k) => [k, `${k} × ${k}`]));
