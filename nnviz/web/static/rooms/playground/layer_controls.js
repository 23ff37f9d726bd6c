// The controls over the drawing's layers: neurons, activation, dropout, normalisation, and how many layers there are.

import { LAYERS, MOST_DRAWN, MOST_LAYERS } from "../../schema.js";
import { element } from "../../kit/dom.js";
import {
  addLayer, changeExtras, changeLayer, dropoutRate, hiddenLayers, inWords, onInputs, removeLayer,
} from "./layers.js";

const DROPOUTS = [0, 0.1, 0.2, 0.3, 0.5, 0.8];

/** @typedef {ReturnType<typeof hiddenLayers>[number]} Hidden */

export class LayerControls {
  /** @param {HTMLElement} root @param {(layers: Layer[]) => void} change */
  constructor(root, change) {
    this.root = root;
    this.change = change;
    this.key = "";
    /** @type {Spec | null} */
    this.spec = null;
    /** @type {Layer[]} */
    this.layers = [];
  }

  /**
   * places: x of each hidden layer's column; nothing is rebuilt while a menu is open under the visitor's hand.
   * @param {{spec: Spec, places: number[], width: number}} state
   */
  draw({ spec, places, width }) {
    if (spec !== this.spec) { // the page's answer, to which a refused edit goes back
      if (JSON.stringify(this.layers) !== JSON.stringify(spec.model.layers)) this.key = "";
      this.spec = spec;
      this.layers = spec.model.layers;
    }
    const key = JSON.stringify([spec.model.layers, spec.model.activation, places.map(Math.round), Math.round(width)]);
    if (key === this.key) return;
    this.key = key;
    const gap = places.length > 1 ? places[1] - places[0] : 130, wide = Math.max(58, Math.min(118, gap - 6));
    const columns = hiddenLayers(this.layers).map((layer, k) => element("div",
      { class: "nnv-head", style: `left:${places[k]}px;width:${wide}px` },
      this.units(layer, k), this.activation(layer, k), this.extra(layer, k)));
    const focus = document.activeElement?.getAttribute("data-nnv-focus");
    const before = this.before((places[0] ?? width) - wide / 2 - 8);
    this.root.replaceChildren(this.depth(columns.length), ...columns, ...before);
    const same = focus && this.root.querySelector(`[data-nnv-focus="${focus}"]`);
    if (same instanceof HTMLElement) same.focus();
  }

  /**
   * An edit of what the hand has made of the list so far: quick clicks add up before the page has answered.
   * @param {(layers: Layer[]) => Layer[]} edit
   */
  commit(edit) {
    this.change((this.layers = edit(this.layers)));
  }

  /** @param {number} count */
  depth(count) {
    const most = count >= MOST_DRAWN.layers ? `the drawing ends at ${MOST_DRAWN.layers} layers`
      : this.layers.length >= MOST_LAYERS && `a network has at most ${MOST_LAYERS} layers, dropout and such counted`;
    const least = count === 0 && "there is no hidden layer";
    return element("div", { class: "nnv-depth" },
      element("span", {}, `${count || "no"} hidden layer${count === 1 ? "" : "s"}`),
      this.button("−", "remove the last hidden layer", least, "layers-", () => this.commit(removeLayer)),
      this.button("+", "add a hidden layer", most, "layers+", () => this.commit(addLayer)));
  }

  /** @param {Hidden} layer @param {number} k */
  units(layer, k) {
    const name = `hidden layer ${k + 1}`;
    const add = (/** @type {number} */ n) => this.commit((layers) =>
      changeLayer(layers, k, { units: Math.max(1, (hiddenLayers(layers)[k]?.units ?? 0) + n) }));
    const least = layer.units <= 1 && "a layer has at least one neuron";
    const most = layer.units >= MOST_DRAWN.units && `the drawing ends at ${MOST_DRAWN.units} neurons`;
    return element("div", { class: "nnv-count" },
      this.button("−", `one neuron less in ${name}`, least, `u-${k}`, () => add(-1)),
      element("span", { title: `${layer.units} neurons` }, String(layer.units)),
      this.button("+", `one neuron more in ${name}`, most, `u+${k}`, () => add(1)));
  }

  /** @param {Hidden} layer @param {number} k */
  activation(layer, k) {
    const activations = LAYERS.dense.fields.activation.words ?? [];
    const title = "activation of this layer; (all): the one chosen for all layers";
    const choose = () => this.commit((layers) => changeLayer(layers, k, { activation: menu.value || null }));
    const menu = element("select", {
      "aria-label": `activation of hidden layer ${k + 1}`, title, "data-nnv-focus": `a${k}`, onchange: choose,
    }, element("option", { value: "" }, `${this.spec?.model.activation} (all)`),
    ...activations.map((a) => element("option", { value: a, selected: layer.activation === a }, a)));
    return menu;
  }

  /**
   * The choice of dropout and batch normalisation behind hidden layer k; each option says what the layer would have
   * then, in its order.
   * @param {Hidden} layer @param {number} k
   */
  extra({ after }, k) {
    const same = JSON.stringify(after), rates = [...new Set([...DROPOUTS, dropoutRate(after)])].sort((a, b) => a - b);
    const options = [false, true].flatMap((normalization) => rates.map((rate) => {
      const then = hiddenLayers(changeExtras(this.layers, k, { rate, normalization }))[k].after;
      const value = JSON.stringify({ rate, normalization });
      return element("option", { value, selected: JSON.stringify(then) === same }, inWords(then) || "no dropout");
    }));
    // Two of a kind, which only a link can say.
    if (!options.some((option) => option.selected)) {
      options.unshift(element("option", { value: "", selected: true }, inWords(after)));
    }
    const choose = () => {
      if (menu.value) this.commit((layers) => changeExtras(layers, k, JSON.parse(menu.value)));
    };
    const title = `dropout and batch normalisation of this layer: ${inWords(after) || "none"}`;
    const name = `dropout of hidden layer ${k + 1}`;
    const attributes = { "aria-label": name, title, "data-nnv-focus": `d${k}`, onchange: choose };
    const menu = element("select", attributes, ...options);
    return menu;
  }

  /** What a link does to the inputs before the first layer. @param {number} width */
  before(width) {
    const words = inWords(onInputs(this.layers));
    if (!words) return [];
    const remove = () => this.commit((layers) => layers.slice(onInputs(layers).length));
    const title = `on the inputs, before the first layer: ${words}`;
    const attributes = { class: "nnv-head nnv-before", style: `max-width:${width}px`, title };
    return [element("div", attributes, element("span", {}, words),
      this.button("×", `remove what is done to the inputs: ${words}`, "", "before", remove))];
  }

  /**
   * @param {string} text @param {string} title @param {string | false} why @param {string} focus
   * @param {() => void} click
   */
  button(text, title, why, focus, click) {
    return element("button", {
      type: "button", "aria-label": title, title: why || title, disabled: Boolean(why), "data-nnv-focus": focus,
      onclick: click,
    }, text);
  }
}
