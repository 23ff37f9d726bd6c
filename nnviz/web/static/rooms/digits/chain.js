// The network as a row of cards, from the picture to the output: every layer's size and activation, shape and
// parameters; between them layers are added, and each can be moved or taken out. What cannot stand somewhere is shown
// with its reason, not offered.

import { fresh, inputShape, plan, refusal } from "./chain_plan.js";
import { KindMenu } from "./kind_menu.js";
import { layerFields } from "./layer_fields.js";
import { WATCHING } from "../../kit/bar.js";
import { button, element } from "../../kit/dom.js";
import { count } from "../../kit/numbers.js";
import { LAYERS } from "../../schema.js";

/** @typedef {import("./chain_plan.js").PlannedLayer} PlannedLayer */
/**
 * summary: rows of nnviz.models.summary, for the output layer; locked: the run belongs to somebody else.
 * @typedef {{spec: Spec, summary: any[] | null, locked: boolean}} State
 */

const MOST_UNDONE = 30;
const times = (/** @type {number[]} */ shape) => shape.join("×");

export class Chain {
  /** @param {HTMLElement} root @param {(layers: Layer[]) => void} change is given the spec's new list of layers */
  constructor(root, change) {
    this.root = root;
    this.change = change;
    this.key = this.sent = "";
    /** @type {State} */
    this.state = /** @type {any} */ (null); // the first drawing brings it
    /** @type {Layer[]} */
    this.layers = [];
    /** @type {Layer[][]} what can be undone */
    this.past = [];
    /** @type {number | null} the layer whose card is dragged */
    this.dragged = null;
    /** @type {State | null} what is drawn when the hand lets go */
    this.later = null;
    this.pressed = false;
    root.classList.add("nnc");
    this.row = element("div", {
      class: "nnc-row", role: "list", "aria-label": "the network's layers, from the picture to the output",
    });
    this.menu = new KindMenu(root);
    this.spoken = element("div", { class: "nnc-spoken", role: "status", "aria-live": "polite" });
    root.replaceChildren(this.row, this.menu.root, this.spoken);
    root.addEventListener("keydown", (e) => this.hotkey(e));
    root.addEventListener("pointerdown", () => { this.pressed = true; }, true);
    root.addEventListener("focusout", () => this.catchUp());
    this.release = () => setTimeout(() => { // after the click, which belongs to what was pressed
      this.pressed = false;
      this.catchUp();
    });
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, this.release);
  }

  catchUp() {
    if (this.later) this.draw(this.later);
  }

  /** Whether a number is being typed into one of these layers. @param {Layer[]} layers */
  typing(layers) {
    const { activeElement: active } = document;
    return active instanceof HTMLInputElement && this.row.contains(active) && active.value !== active.defaultValue
      && JSON.stringify(layers) === JSON.stringify(this.layers);
  }

  /**
   * Nothing is rebuilt where nothing changed, nor under the hand: a press and its release are of one button, and what
   * is being typed stays.
   * @param {State} state @param {boolean} [told] what was typed has just been told
   */
  draw(state, told = false) {
    const { spec, summary, locked } = state;
    const key = JSON.stringify([spec.model, spec.data.name, spec.data.classes, summary?.at(-1), locked]);
    if (key === this.key) { this.later = null; return; }
    if (this.pressed || (!told && this.typing(spec.model.layers ?? []))) { this.later = state; return; }
    this.later = null;
    this.key = key;
    this.state = state;
    this.layers = spec.model.layers ?? [];
    if (JSON.stringify(this.layers) !== this.sent) this.past = []; // changed elsewhere: a preset, another link
    this.sent = JSON.stringify(this.layers);
    const active = document.activeElement, focused = active instanceof HTMLElement && this.root.contains(active);
    const focus = focused ? active.dataset.nnvFocus : "";
    this.menu.close();
    this.row.replaceChildren(...(spec.model.family === "svm" ? this.machine() : this.network()));
    if (focus) this.focus(focus, "button:not(:disabled)");
  }

  /**
   * To the control of this name, or to the first that another selector finds.
   * @param {string} name @param {string} other
   */
  focus(name, other) {
    const named = this.row.querySelector(`[data-nnv-focus="${name}"]:not(:disabled)`);
    const found = named ?? this.row.querySelector(other);
    if (found instanceof HTMLElement) found.focus({ preventScroll: true });
  }

  /** Why a list of layers cannot be; "" where it can. @param {Layer[]} layers */
  refused(layers) {
    return refusal(this.state.spec, layers, this.state.summary);
  }

  input() {
    return this.card({ title: "input", foot: times(inputShape(this.state.spec).slice(0, 2)), cls: "nnc-end" });
  }

  network() {
    const { spec, summary, locked } = this.state, { rows, fault } = plan(spec, this.layers, summary);
    this.root.dataset.locked = locked ? "1" : "";
    this.root.dataset.layers = JSON.stringify(rows.map(({ name, shape, parameters }) => [name, shape, parameters]));
    const nodes = [this.input()];
    for (const row of rows) {
      const { kind, index, shape, activation } = row, parameters = count(row.parameters);
      if (index !== null) nodes.push(this.plus(index), this.layer(row, index));
      else if (row.name !== "output layer") {
        const title = `put in by itself: ${LAYERS[kind].about}`;
        nodes.push(element("div", { class: "nnc-implied", role: "listitem", title }, `${kind} ${times(shape)}`));
      } else {
        nodes.push(this.plus(this.layers.length), this.card({
          title: "output", middle: element("span", {}, activation ?? ""), foot: `${shape[0]} · ${parameters}`,
          cls: "nnc-end", label: `output layer: ${shape[0]} classes, ${activation}, ${parameters} parameters`,
        }));
      }
    }
    if (fault)
      nodes.push(element("div", { class: "nnc-fault", role: "alert" }, `layer ${fault.index + 1} ${fault.text}`));
    const undo = "undo the last change of the layers (Ctrl+Z)";
    if (this.past.length) nodes.push(this.button("↶ Undo", undo, "", "undo", () => this.undo(), "nnc-undo"));
    return nodes;
  }

  /** A support vector machine has no layers: what it compares, with what, and what it says. */
  machine() {
    const { model: { kernel, C, gamma }, data } = this.state.spec;
    const arrow = () => element("div", { class: "nnc-implied", role: "listitem" }, "→");
    const middle = element("span", {}, `${kernel}, C = ${C}${kernel === "linear" ? "" : `, γ = ${gamma}`}`);
    const foot = "no layers: it is compared with training digits";
    return [this.input(), arrow(), this.card({ title: "kernel SVM", middle, foot, cls: "" }), arrow(),
      this.card({ title: "output", foot: `${data.classes} classes`, cls: "nnc-end" })];
  }

  /**
   * @param {{title: string, foot: string, cls: string, tools?: Node[], middle?: Node | string, label?: string}} parts
   * @returns {HTMLElement}
   */
  card({ title, tools = [], middle = "", foot, cls, label = `${title} ${foot}` }) {
    return element("div", { class: `nnc-card ${cls}`, role: "listitem", "aria-label": label },
      element("div", { class: "nnc-title" }, element("b", {}, title), ...tools),
      element("div", { class: "nnc-fields" }, middle), element("div", { class: "nnc-foot" }, foot));
  }

  /** @param {PlannedLayer} row @param {number} i */
  layer(row, i) {
    const layer = this.layers[i], { label: title, about } = LAYERS[layer.kind];
    const at = `layer ${i + 1}, ${title.toLowerCase()}`, shape = times(row.shape), parameters = count(row.parameters);
    const swap = (/** @type {number} */ by) => {
      const all = [...this.layers];
      [all[i], all[i + by]] = [all[i + by], all[i]];
      return all;
    };
    const move = (/** @type {string} */ text, /** @type {number} */ by, /** @type {string} */ way) => {
      const why = this.layers[i + by] ? this.refused(swap(by)) : `it is the ${by < 0 ? "first" : "last"}`;
      const act = () => this.commit(swap(by), `${at} moved ${way}`, `m${by}-${i + by}`);
      return this.button(text, `move ${at} ${way}`, why, `m${by}-${i}`, act);
    };
    const without = () => this.layers.filter((_, n) => n !== i);
    const remove = () => this.commit(without(), `${at} removed`, `x-${Math.max(0, i - 1)}`);
    const set = (/** @type {string} */ name, /** @type {any} */ value) =>
      this.commit(this.layers.map((l, n) => (n === i ? { ...l, [name]: value } : l)), "", `${name}-${i}`);
    const { spec: { model }, locked } = this.state, side = Math.min(...row.before.slice(0, 2));
    const fields = layerFields({ layer, index: i, side, model, locked: locked ? WATCHING : "", set });
    const card = this.card({
      title, cls: `nnc-${layer.kind}`, middle: element("span", { class: "nnc-edit" }, ...fields),
      tools: [
        move("◀", -1, "towards the input"), move("▶", 1, "towards the output"),
        this.button("×", `remove ${at}`, this.refused(without()), `x-${i}`, remove),
      ],
      foot: row.parameters ? `${shape} · ${parameters}` : shape,
      label: `${row.name}: output ${shape}, ${parameters} parameters`,
    });
    card.title = `${row.name}: ${about}. Output ${shape}, ${parameters} parameters`;
    this.draggable(card, i);
    return card;
  }

  /**
   * @param {string} text @param {string} title @param {string} why it cannot be pressed; "": it can
   * @param {string} focus @param {(e: MouseEvent) => void} act
   */
  button(text, title, why, focus, act, cls = "") {
    const stop = this.state.locked ? WATCHING : why;
    return button(text, stop ? `${title}: ${stop}` : title, act, {
      class: cls || null, "aria-label": title, disabled: Boolean(stop), "data-nnv-focus": focus,
    });
  }

  /** @param {number} index */
  plus(index) {
    const title = `add a layer in place ${index + 1}`;
    const among = (/** @type {string} */ kind) =>
      [...this.layers.slice(0, index), fresh(kind, this.layers), ...this.layers.slice(index)];
    const add = (/** @type {string} */ kind) => this.commit(among(kind), `${LAYERS[kind].label} added`, `+${index}`);
    const open = () => this.menu.open(node, (kind) => this.refused(among(kind)), add);
    const node = this.button("+", title, "", `+${index}`, open, "nnc-plus");
    node.setAttribute("aria-haspopup", "menu");
    this.droppable(node, index);
    return node;
  }

  // ---- changes ------------------------------------------------------------------------------------------------------

  /** @param {Layer[]} layers @param {string} words what is told @param {string} focus */
  commit(layers, words, focus) {
    if (this.state.locked || JSON.stringify(layers) === JSON.stringify(this.layers)) return;
    this.past.push(this.layers);
    this.past.splice(0, this.past.length - MOST_UNDONE);
    this.hand(layers, words, focus);
  }

  undo() {
    const before = this.past.pop();
    if (before && !this.state.locked) this.hand(before, "undone", this.past.length ? "undo" : "+0");
  }

  /**
   * Drawn at once, with the focus where the hand is; the page's answer comes later.
   * @param {Layer[]} layers @param {string} words @param {string} focus
   */
  hand(layers, words, focus) {
    this.sent = JSON.stringify(layers);
    this.layers = layers;
    const state = this.later ?? this.state, { spec } = state;
    this.draw({ ...state, spec: { ...spec, model: { ...spec.model, layers } } }, true);
    if (!this.later) this.focus(focus, ".nnc-plus");
    if (words) this.spoken.textContent = words;
    this.change(layers);
  }

  /** @param {KeyboardEvent} e */
  hotkey(e) {
    const undo = (e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "z" && this.past.length > 0;
    if (!undo || e.target instanceof HTMLInputElement) return;
    e.preventDefault();
    e.stopPropagation();
    this.undo();
  }

  // ---- by hand: a card is taken to another + ------------------------------------------------------------------------

  /** @param {HTMLElement} card @param {number} index */
  draggable(card, index) {
    const title = card.firstElementChild;
    if (this.state.locked || !(title instanceof HTMLElement)) return; // what cannot be dropped is not dragged
    title.draggable = true;
    title.addEventListener("dragstart", ({ dataTransfer }) => {
      if (!dataTransfer) return;
      this.dragged = index;
      dataTransfer.effectAllowed = "move";
      dataTransfer.setData("text/plain", String(index));
      dataTransfer.setDragImage(card, 20, 12);
      this.root.dataset.dragging = "true";
      for (const plus of this.row.querySelectorAll("button.nnc-plus")) {
        const { dataset } = /** @type {HTMLElement} */ (plus);
        dataset.refused = this.landing(Number(dataset.place))?.why;
      }
    });
    title.addEventListener("dragend", () => { this.dragged = null; delete this.root.dataset.dragging; });
  }

  /** @param {HTMLElement} node @param {number} place */
  droppable(node, place) {
    node.dataset.place = String(place);
    node.addEventListener("dragover", (e) => { if (this.landing(place)?.why === "") e.preventDefault(); });
    node.addEventListener("drop", (e) => {
      e.preventDefault();
      const landed = this.landing(place);
      delete this.root.dataset.dragging;
      if (landed?.why === "") this.commit(landed.layers, "layer moved", `+${place}`);
    });
  }

  /** The layers with the dragged one put down at a +; null where none is dragged. @param {number} place */
  landing(place) {
    const { dragged } = this;
    if (dragged === null) return null;
    const rest = this.layers.filter((_, n) => n !== dragged), to = place > dragged ? place - 1 : place;
    const layers = [...rest.slice(0, to), this.layers[dragged], ...rest.slice(to)];
    return { layers, why: this.refused(layers) };
  }

  dispose() {
    for (const end of ["pointerup", "pointercancel"]) removeEventListener(end, this.release);
    this.menu.dispose();
  }
}
