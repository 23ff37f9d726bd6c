// The network as a row of cards, from the picture to the output: every layer's size and activation, shape and parameters; between them
// layers are added, and each can be moved or taken out. What cannot stand somewhere is shown with its reason, not offered.

import { KINDS, POOLS, fresh, inputShape, plan, refusal } from "./chain_plan.js";
import { element } from "./editor.js";

const DROPOUTS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
const MOST_UNDONE = 30;
const LOCKED = "this run belongs to somebody else, you are watching; ↺ leaves it";
const times = (shape) => shape.join("×");
const count = (n) => n.toLocaleString("en-US");

export class Chain {
  /** `change(layers)` is called with the spec's new list of layers. */
  constructor(root, { change }) {
    Object.assign(this, { root, change, key: "", past: [] });
    root.classList.add("nnc");
    this.row = element("div", { class: "nnc-row", role: "list", "aria-label": "the network's layers, from the picture to the output" });
    this.menu = element("div", { class: "nnc-menu", role: "menu", hidden: true });
    this.spoken = element("div", { class: "nnc-spoken", role: "status", "aria-live": "polite" });
    root.replaceChildren(this.row, this.menu, this.spoken);
    root.addEventListener("keydown", (e) => this.hotkey(e));
    this.menu.addEventListener("keydown", (e) => this.walk(e));
    this.outside = (e) => { if (!this.menu.hidden && !this.root.contains(e.composedPath()[0])) this.close(); };
    document.addEventListener("pointerdown", this.outside);
  }

  /** summary: rows of nnviz.models.summary, for the output layer. Nothing is rebuilt where nothing changed. */
  draw({ spec, summary, activations, locked }) {
    const key = JSON.stringify([spec.model, spec.data.name, spec.data.classes, summary?.at(-1), locked]);
    if (key === this.key) return;
    this.key = key;
    Object.assign(this, { spec, summary, activations, locked, layers: spec.model.layers ?? [] });
    if (JSON.stringify(this.layers) !== this.sent) this.past = []; // changed elsewhere: a preset, another link
    this.sent = JSON.stringify(this.layers);
    const focus = this.root.contains(document.activeElement) ? document.activeElement.dataset.nnvFocus : null;
    this.close();
    this.row.replaceChildren(...(spec.model.family === "svm" ? this.machine() : this.network()));
    if (focus) (this.row.querySelector(`[data-nnv-focus="${focus}"]`) ?? this.row.querySelector("button:not(:disabled)"))?.focus();
  }

  network() {
    const { rows, fault } = plan(this.spec, this.layers, this.summary);
    this.root.dataset.locked = this.locked ? "1" : "";
    this.root.dataset.layers = JSON.stringify(rows.map(({ name, shape, parameters }) => [name, shape, parameters]));
    const nodes = [this.card({ title: "input", foot: times(inputShape(this.spec).slice(0, 2)), cls: "nnc-end" })];
    let next = 0; // where a layer from the + in front of this card would stand
    for (const row of rows) {
      if (row.index === null && row.name !== "output layer") {
        nodes.push(element("div", { class: "nnc-implied", role: "listitem", title: row.kind === "rows" ? "one row of the picture after the other" : "put in by itself: a picture becomes a list of numbers" }, `${row.kind} ${times(row.shape)}`));
        continue;
      }
      nodes.push(this.plus(row.index ?? this.layers.length));
      nodes.push(row.index === null
        ? this.card({ title: "output", middle: element("span", {}, row.activation), foot: `${row.shape[0]} · ${count(row.parameters)}`, cls: "nnc-end", label: `output layer: ${row.shape[0]} classes, ${row.activation}, ${count(row.parameters)} parameters` })
        : this.layer(row));
      next = (row.index ?? next) + 1;
    }
    if (fault) nodes.push(element("div", { class: "nnc-fault", role: "alert" }, `layer ${fault.index + 1} ${fault.text}`));
    if (this.past.length) nodes.push(this.button("↶ Undo", "undo the last change of the layers (Ctrl+Z)", "", "undo", () => this.undo(), "nnc-undo"));
    return nodes;
  }

  /** A support vector machine has no layers: what it compares, with what, and what it says. */
  machine() {
    const { kernel, C, gamma } = this.spec.model;
    return [
      this.card({ title: "input", foot: times(inputShape(this.spec).slice(0, 2)), cls: "nnc-end" }), element("div", { class: "nnc-implied", role: "listitem" }, "→"),
      this.card({ title: "kernel SVM", middle: element("span", {}, `${kernel}, C = ${C}${kernel === "linear" ? "" : `, γ = ${gamma}`}`), foot: "no layers: it is compared with training digits", cls: "" }),
      element("div", { class: "nnc-implied", role: "listitem" }, "→"), this.card({ title: "output", foot: `${this.spec.data.classes} classes`, cls: "nnc-end" })];
  }

  card({ title, tools = [], middle = "", foot, cls, label = null }) {
    return element("div", { class: `nnc-card ${cls}`, role: "listitem", "aria-label": label ?? `${title} ${foot}` },
      element("div", { class: "nnc-title" }, element("b", {}, title), ...tools), element("div", { class: "nnc-fields" }, middle), element("div", { class: "nnc-foot" }, foot));
  }

  layer(row) {
    const i = row.index, layer = this.layers[i], at = `layer ${i + 1}, ${KINDS[layer.kind][0].toLowerCase()}`;
    const swap = (by) => { const all = [...this.layers]; [all[i], all[i + by]] = [all[i + by], all[i]]; return all; };
    const move = (text, by, word) => {
      const possible = this.layers[i + by] !== undefined;
      return this.button(text, `move ${at} ${word}`, possible ? refusal(this.spec, swap(by), this.summary) : `it is the ${by < 0 ? "first" : "last"}`, `m${by}-${i}`, () => this.commit(swap(by), `${at} moved ${word}`, `m${by}-${i + by}`));
    };
    const without = this.layers.filter((_, n) => n !== i);
    const card = this.card({
      title: KINDS[layer.kind][0], cls: `nnc-${layer.kind}`, middle: element("span", { class: "nnc-edit" }, ...this.fields(layer, i, row)),
      tools: [move("◀", -1, "towards the input"), move("▶", 1, "towards the output"), this.button("×", `remove ${at}`, refusal(this.spec, without, this.summary), `x-${i}`, () => this.commit(without, `${at} removed`, `x-${Math.max(0, i - 1)}`))],
      foot: `${times(row.shape)}${row.parameters ? ` · ${count(row.parameters)}` : ""}`,
      label: `${row.name}: output ${times(row.shape)}, ${count(row.parameters)} parameters`,
    });
    card.title = `${row.name}: ${KINDS[layer.kind][1]}. Output ${times(row.shape)}, ${count(row.parameters)} parameters`;
    this.draggable(card, i);
    return card;
  }

  /** What can be changed on a layer, in place. */
  fields(layer, i, row) {
    const set = (name, value) => this.commit(this.layers.map((l, n) => (n === i ? { ...l, [name]: value } : l)), "", `${name}-${i}`);
    const number = (name, low, high, label) => element("input", {
      type: "number", min: low, max: high, step: 1, value: layer[name], "aria-label": `${label} of layer ${i + 1}`, title: this.locked ? `${label}: ${LOCKED}` : `${label}: ${low} to ${high}`, disabled: this.locked, "data-nnv-focus": `${name}-${i}`, style: `width:${String(layer[name]).length + 4}ch`,
      onchange: (e) => {
        const v = Math.round(Number(e.target.value));
        if (e.target.value === "" || !Number.isFinite(v)) e.target.value = layer[name];
        else set(name, Math.max(low, Math.min(high, v)));
        e.target.value = this.layers[i]?.[name] ?? e.target.value;
      },
    });
    const choose = (name, options, label, hint = "") => element("select", { "aria-label": `${label} of layer ${i + 1}`, title: this.locked ? `${label}: ${LOCKED}` : label + hint, disabled: this.locked, "data-nnv-focus": `${name}-${i}`, onchange: (e) => set(name, JSON.parse(e.target.value)) },
      ...options.map(([value, text]) => element("option", { value: JSON.stringify(value), selected: value === layer[name] }, text)));
    const activation = (own) => choose("activation", [...(own ? [] : [[null, `${this.spec.model.activation} ·`]]), ...this.activations.map((a) => [a, a])], "activation", own ? "" : "; with a dot: the one chosen above for all");
    const side = Math.min(...row.before.slice(0, 2)), fits = (most) => (layer.padding === "same" ? most : Math.min(most, side));
    const padding = () => choose("padding", [["valid", "valid"], ["same", "same"]], "padding", "; same: the picture keeps its size");
    if (layer.kind === "dense") return [number("units", 1, 2048, "neurons"), activation()];
    if (layer.kind === "conv2d") return [number("filters", 1, 256, "filters"), "of", number("kernel_size", 1, fits(11), "kernel size"), "/", number("strides", 1, 4, "stride"), padding(), activation()];
    if (POOLS.has(layer.kind)) return [number("pool_size", 1, fits(8), "window"), "/", choose("strides", [[null, String(layer.pool_size)], ...[1, 2, 3, 4].filter((n) => n !== layer.pool_size || layer.strides === n).map((n) => [n, String(n)]), ...(layer.strides > 4 ? [[layer.strides, String(layer.strides)]] : [])], "stride"), padding()];
    if (layer.kind === "dropout") return [choose("rate", [...new Set([...DROPOUTS, layer.rate])].sort((a, b) => a - b).map((r) => [r, `${Math.round(r * 1000) / 10} %`]), "share that is left out")];
    if (layer.kind === "simple_rnn") return [number("units", 1, 512, "neurons"), activation(true)];
    if (layer.kind === "lstm") return [number("units", 1, 512, "neurons")];
    return [];
  }

  button(text, title, why, focus, click, cls = "") {
    const stop = this.locked ? LOCKED : why;
    return element("button", { type: "button", class: cls || null, "aria-label": title, title: stop ? `${title}: ${stop}` : title, disabled: Boolean(stop), "data-nnv-focus": focus, onclick: click }, text);
  }

  plus(index) {
    const node = this.button("+", `add a layer in place ${index + 1}`, "", `+${index}`, (e) => this.open(index, e.currentTarget), "nnc-plus");
    node.setAttribute("aria-haspopup", "menu");
    this.droppable(node, index);
    return node;
  }

  // ---- the menu of kinds ---------------------------------------------------------------------------------------------------

  open(index, button) {
    if (!this.menu.hidden && this.opener === button) return this.close();
    const entries = Object.entries(KINDS).map(([kind, [title, about]]) => {
      const all = [...this.layers.slice(0, index), fresh(kind, this.layers), ...this.layers.slice(index)];
      const why = refusal(this.spec, all, this.summary);
      return element("button", { type: "button", role: "menuitem", tabindex: -1, "aria-disabled": why ? "true" : null, "data-kind": kind,
        onclick: () => { if (!why) { this.close(); this.commit(all, `${title} added`, `+${index}`); } } }, element("b", {}, title), element("span", {}, why ? `not here: ${why}` : about));
    });
    this.menu.replaceChildren(...entries);
    this.menu.hidden = false;
    this.opener = button;
    const host = this.root.getBoundingClientRect(), from = button.getBoundingClientRect();
    this.menu.style.left = `${Math.max(0, Math.min(from.left - host.left - 12, host.width - this.menu.offsetWidth - 4))}px`;
    this.menu.style.top = `${from.bottom - host.top + 4}px`;
    (entries.find((e) => !e.hasAttribute("aria-disabled")) ?? entries[0]).focus();
    return undefined;
  }

  close(back = false) {
    if (this.menu.hidden) return;
    this.menu.hidden = true;
    if (back) this.opener?.focus();
  }

  walk(e) {
    const all = [...this.menu.children], now = all.indexOf(e.target);
    const next = { ArrowDown: (now + 1) % all.length, ArrowUp: (now + all.length - 1) % all.length, Home: 0, End: all.length - 1 }[e.key];
    if (next === undefined && e.key !== "Escape" && e.key !== "Tab") return;
    e.stopPropagation();
    if (e.key !== "Tab") e.preventDefault();
    if (next !== undefined) all[next].focus();
    else this.close(e.key === "Escape");
  }

  // ---- changes -------------------------------------------------------------------------------------------------------------

  commit(layers, words, focus) {
    if (this.locked || JSON.stringify(layers) === JSON.stringify(this.layers)) return;
    this.past.push(this.layers);
    this.past.splice(0, this.past.length - MOST_UNDONE);
    this.hand(layers, words, focus);
  }

  undo() {
    const before = this.past.pop();
    if (before && !this.locked) this.hand(before, "undone", this.past.length ? "undo" : "+0");
  }

  /** Drawn at once, with the focus where the hand is; the page's answer comes later. */
  hand(layers, words, focus) {
    this.sent = JSON.stringify(layers);
    const { spec, summary, activations, locked } = this;
    this.draw({ spec: { ...spec, model: { ...spec.model, layers } }, summary, activations, locked });
    const place = this.row.querySelector(`[data-nnv-focus="${focus}"]:not(:disabled)`) ?? this.row.querySelector(".nnc-plus");
    place?.focus({ preventScroll: true });
    if (words) this.spoken.textContent = words;
    this.change(layers);
  }

  hotkey(e) {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "z" && this.past.length && e.target.tagName !== "INPUT") {
      e.preventDefault();
      e.stopPropagation();
      this.undo();
    }
  }

  // ---- by hand: a card is taken to another + --------------------------------------------------------------------------------

  draggable(card, index) {
    if (this.locked) return; // what cannot be dropped is not dragged
    const title = card.querySelector(".nnc-title");
    title.draggable = true;
    title.addEventListener("dragstart", (e) => {
      this.dragged = index;
      e.dataTransfer.effectAllowed = "move";
      e.dataTransfer.setData("text/plain", String(index));
      e.dataTransfer.setDragImage(card, 20, 12);
      this.root.dataset.dragging = "true";
      for (const plus of this.row.querySelectorAll(".nnc-plus")) plus.dataset.refused = this.landing(Number(plus.dataset.place)).why;
    });
    title.addEventListener("dragend", () => { this.dragged = null; delete this.root.dataset.dragging; });
  }

  droppable(node, place) {
    node.dataset.place = place;
    node.addEventListener("dragover", (e) => { if (this.dragged !== null && this.dragged !== undefined && !this.landing(place).why) e.preventDefault(); });
    node.addEventListener("drop", (e) => {
      e.preventDefault();
      const { layers, why } = this.landing(place);
      delete this.root.dataset.dragging;
      if (!why) this.commit(layers, "layer moved", `+${place}`);
    });
  }

  /** The layers with the dragged one put down at a +. */
  landing(place) {
    const rest = this.layers.filter((_, n) => n !== this.dragged), to = place > this.dragged ? place - 1 : place;
    const layers = [...rest.slice(0, to), this.layers[this.dragged], ...rest.slice(to)];
    return { layers, why: refusal(this.spec, layers, this.summary) };
  }

  dispose() {
    document.removeEventListener("pointerdown", this.outside);
  }
}
