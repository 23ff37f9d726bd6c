// One layer of two neurons under the hand: its weights on sliders, its map of the plane as a grid that moves.

import { choice, choose, element, write } from "../../kit/dom.js";
import { decodeFrame, fromBase64 } from "../../kit/wire.js";
import { affine, bent } from "./layer.js";
import { Planes } from "./planes.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

const MOST = 5; // as the view allows
const NAMES = ["w₁₁", "w₁₂", "w₂₁", "w₂₂", "b₁", "b₂"];
const SQUARE = [0, 0, 1, 0, 1, 1, 0, 1, 0, 0];
const NONE = { x: [], y: [] };

export class Maps {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {Frame | null} */
    this.frame = null;
    this.text = "";
    /** @type {number[] | null} what the hand is changing: the matrix, then the shift */
    this.held = null;
    this.planes = new Planes(room, "from the plane as it is to the layer’s output");
    this.planes.at = 1;
    this.ready = choice("", [], (value) => this.take(Number(value)),
      { title: null, "aria-label": "a map", "data-name": "map" });
    this.bend = choice("", [], (bend) => room.client.setView({ bend }),
      { title: null, "aria-label": "activation", "data-name": "bend" });
    this.sliders = NAMES.map((name, i) => {
      const output = element("output", {});
      const input = element("input", { type: "range", min: -2, max: 2, step: 0.01, "aria-label": name,
        oninput: () => this.hold(i, Number(input.value)), onchange: () => this.release() });
      const root = element("label", { class: "nnt-slider" }, element("span", {}, name), input, output);
      return { input, output, root };
    });
    this.words = element("p", { class: "nnt-verdict", role: "status" });
    this.root = element("div", { class: "nnt-maps" }, this.planes.root,
      element("section", { class: "nnt-column" },
        element("label", { class: "nnt-field" }, element("span", {}, "Map"), this.ready),
        element("h3", {}, "W x + b"), ...this.sliders.map(({ root }) => root),
        element("label", { class: "nnt-field" }, element("span", {}, "Activation f"), this.bend), this.words));
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} whether it was a key of this tab */
  key(e, onButton) {
    if (e.key === " " && !onButton) this.planes.toggle();
    else return this.planes.key(e);
    return true;
  }

  /** The matrix and the shift of now. */
  get numbers() {
    const { view } = this.room.client;
    return this.held ?? [...view.weights.split(","), ...view.shift.split(",")].map(Number);
  }

  /** @param {number} which @param {number} value */
  hold(which, value) {
    this.held = this.numbers.map((/** @type {number} */ old, /** @type {number} */ i) => (i === which ? value : old));
    if (this.planes.at < 1) this.planes.at = 1; // else nothing of it is seen
    this.room.ask();
  }

  release() {
    const held = this.held?.map((v) => String(Math.max(-MOST, Math.min(MOST, v))));
    this.held = null;
    if (held) this.room.client.setView({ weights: held.slice(0, 4).join(","), shift: held.slice(4).join(",") });
  }

  /** One of the prepared maps. @param {number} which */
  take(which) {
    const found = this.room.data().maps[which];
    if (!found) return;
    const { title: _, ...setting } = found;
    this.planes.at = 0;
    this.room.client.setView(setting);
    this.planes.toggle();
  }

  /** @param {number} now */
  draw(now) {
    const data = this.room.data(), { view } = this.room.client, { numbers } = this;
    if (this.text !== data.plane) {
      this.text = data.plane;
      this.frame = decodeFrame(fromBase64(data.plane));
    }
    if (!this.frame) return;
    if (!this.bend.options.length) {
      this.bend.replaceChildren(...Object.entries(data.bends).map(([value, text]) =>
        element("option", { value }, String(text))));
      this.ready.replaceChildren(element("option", { value: "" }, "by hand"),
        ...data.maps.map((/** @type {any} */ { title }, /** @type {number} */ i) =>
          element("option", { value: i }, title)));
    }
    choose(this.bend, view.bend);
    const same = data.maps.findIndex((/** @type {any} */ one) =>
      one.weights === view.weights && one.shift === view.shift && one.bend === view.bend);
    choose(this.ready, same < 0 || this.held ? "" : same);
    this.sliders.forEach(({ input, output }, i) => {
      if (document.activeElement !== input || Number(input.value) !== numbers[i]) input.value = String(numbers[i]);
      write(output, numbers[i].toFixed(2).replace("-", "−"));
    });
    if (!this.held) write(this.words, data.words);
    const { grid } = this.frame.arrays, [lines, points] = grid.shape, half = this.frame.meta.half * 1.5;
    const [matrix, shift] = [numbers.slice(0, 4), numbers.slice(4)];
    const z = { grid: affine(grid.data, matrix, shift), square: affine(SQUARE, matrix, shift) };
    const seen = { places: [], centre: [0, 0], half };
    const bends = view.bend !== "linear";
    const planes = [
      { title: "the plane x", grid: grid.data, square: SQUARE, ...seen }, { title: "W x + b", ...z, ...seen },
      ...(bends ? [{ title: `f(W x + b)`, grid: bent(z.grid, view.bend), square: bent(z.square, view.bend), ...seen }]
        : []),
    ];
    this.planes.draw({ planes, lines, points, classes: [], names: [], line: NONE, revision: "maps" }, now);
    Object.assign(this.root.dataset, { numbers: numbers.join(","), bend: view.bend });
  }

  dispose() { this.planes.dispose(); }
}
