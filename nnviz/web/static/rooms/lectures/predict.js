// The guess before an experiment runs: a number on a slider, one of several answers, or a curve drawn on the chart with
// the pointer or the arrow keys.

import { button, element, stop, write } from "../../kit/dom.js";
import { POINTS, level, moved, told } from "./guess.js";

/**
 * @typedef {import("./guess.js").Question} Question @typedef {import("./kept.js").Value} Value
 * @typedef {import("./kept.js").Line} Line
 */

const LOCKED = "what came out is there: “Guess again” clears it away";

export class Predict {
  /** @param {{guessed: (value: Value | undefined) => void, again: () => void, redraw: () => void}} on */
  constructor(on) {
    this.on = on;
    this.of = "";
    /** @type {Question | null} */
    this.question = null;
    /** @type {Value | undefined} */
    this.value = undefined;
    this.locked = false;
    this.at = 0; // the point of a curve that the keys move
    /** @type {{at: number, y: number} | null} the point that the pointer has moved last */
    this.hand = null;
    /** @type {(HTMLInputElement)[]} */
    this.inputs = [];
    this.asked = element("p", { class: "nnl-asked" });
    this.body = element("div", { class: "nnl-answer" });
    this.said = element("p", { class: "nnl-said", role: "status", "aria-live": "polite" });
    this.again = button("Guess again", "clear away what came out, and guess once more", () => on.again());
    this.root = element("section", { class: "nnl-predict" }, element("h3", {}, "Predict first"), this.asked, this.body,
      this.said, this.again);
  }

  /**
   * @param {string} id @param {Question} question @param {Value | undefined} value
   * @param {boolean} locked whether what came out is on the screen @param {string} words the guess beside it
   */
  draw(id, question, value, locked, words) {
    this.value = value;
    this.locked = locked;
    this.question = question;
    if (this.of !== id) {
      this.of = id;
      this.at = 0;
      write(this.asked, question.question);
      this.build(question);
    }
    for (const input of this.inputs) {
      input.disabled = locked;
      input.title = locked ? LOCKED : "";
      if (question.kind === "choice") input.checked = Number(input.value) === value;
      else if (typeof value === "number" && document.activeElement !== input) input.value = String(value);
    }
    this.again.hidden = !locked;
    write(this.said, words || this.standing(question));
  }

  /** @param {Question} question */
  standing(question) {
    const { value } = this;
    if (question.kind === "number") return typeof value === "number" ? `Your guess: ${told(question, value)}` : "";
    if (question.kind === "choice") return "";
    const keys = "Drag across the chart, or focus it: ← → go through the epochs, ↑ ↓ move the guess there.";
    if (typeof value !== "object") return keys;
    return `At epoch ${told({ ...question, unit: "" }, value.x[this.at])}: ${this.height(value.y[this.at])}`;
  }

  /** @param {number} y */
  height(y) { return told({ .../** @type {Question} */ (this.question), unit: this.question?.share ? "%" : "" }, y); }

  /** @param {Question} question */
  build(question) {
    const { kind, low, high, step, options } = question;
    this.inputs = [];
    if (kind === "choice") {
      const name = `guess-${this.of}`;
      this.inputs = options.map((_, i) => element("input", { type: "radio", name, value: i,
        onchange: () => this.on.guessed(i) }));
      this.body.replaceChildren(element("fieldset", {}, element("legend", { class: "nnv-said" }, question.question),
        ...options.map((text, i) => element("label", {}, this.inputs[i], element("span", {}, text)))));
    } else if (kind === "number") {
      const take = (/** @type {HTMLInputElement} */ from) => {
        const value = Number(from.value), good = from.value !== "" && value >= low && value <= high;
        from.setAttribute("aria-invalid", String(!good));
        if (good) this.on.guessed(value);
      };
      const ends = `${told(question, low)} to ${told(question, high)}`;
      const range = element("input", { type: "range", min: low, max: high, step, value: (low + high) / 2,
        "aria-label": `your guess, ${ends}`, oninput: () => take(range) });
      const field = element("input", { type: "number", min: low, max: high, step: "any",
        "aria-label": `your guess as a number, ${ends}`, onchange: () => take(field) });
      this.inputs = [range, field];
      this.body.replaceChildren(element("div", { class: "nnl-slider" }, range, field),
        element("div", { class: "nnl-ends" }, element("span", {}, told(question, low)),
          element("span", {}, told(question, high))));
    } else {
      const clear = button("Clear", "", () => this.on.guessed(undefined));
      stop(clear, "draw the curve anew");
      this.body.replaceChildren(clear);
    }
  }

  /** Whether a curve can be drawn on the chart now. */
  get drawing() { return this.question?.kind === "curve" && !this.locked; }

  /** The chart's pointer and keys draw. @param {HTMLElement} plot @param {() => any} axes Plotly's full layout */
  takes(plot, axes) {
    /** @param {PointerEvent} e */
    const pointer = (e) => {
      const found = axes();
      if (!this.drawing || !found?.xaxis) return;
      if (e.type === "pointerdown" && e.button === 0) {
        this.hand = null;
        plot.setPointerCapture(e.pointerId);
      } else if (!plot.hasPointerCapture(e.pointerId)) return;
      e.preventDefault();
      e.stopPropagation();
      if (e.type === "pointerup" || e.type === "pointercancel") {
        plot.releasePointerCapture(e.pointerId);
        this.hand = null;
        return;
      }
      const box = plot.getBoundingClientRect();
      this.move(found.xaxis.p2d(e.clientX - box.left - found.xaxis._offset),
        found.yaxis.p2d(e.clientY - box.top - found.yaxis._offset));
    };
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"])
      plot.addEventListener(name, /** @type {any} */ (pointer), true);
    plot.addEventListener("keydown", (e) => this.key(e));
  }

  /** @param {number} x @param {number} y */
  move(x, y) {
    const question = /** @type {Question} */ (this.question);
    const line = typeof this.value === "object" ? this.value : level(question);
    const found = moved(question, line, x, y, this.hand);
    this.hand = { at: found.at, y: found.y };
    this.at = found.at;
    this.on.guessed(found.line);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const question = this.question;
    if (!this.drawing || !question || e.altKey || e.ctrlKey || e.metaKey) return;
    /** @type {Record<string, number>} */
    const goes = { ArrowLeft: this.at - 1, ArrowRight: this.at + 1, Home: 0, End: POINTS - 1 };
    /** @type {Record<string, number>} */
    const heights = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 };
    if (e.key in goes) this.at = Math.max(0, Math.min(POINTS - 1, goes[e.key]));
    else if (e.key in heights) {
      const line = typeof this.value === "object" ? this.value : level(question);
      const y = Math.max(question.low, Math.min(question.high,
        line.y[this.at] + (heights[e.key] * (question.high - question.low)) / 50));
      this.on.guessed({ x: line.x, y: line.y.map((v, i) => (i >= this.at ? y : v)) }); // the rest follows
    } else return;
    e.preventDefault();
    e.stopPropagation();
    this.on.redraw();
  }

  /** What the chart shows of the guess: the curve and the point that the keys move. */
  get shown() {
    const line = typeof this.value === "object" ? this.value : null;
    const cursor = line && this.drawing ? { x: [line.x[this.at]], y: [line.y[this.at]] } : { x: [], y: [] };
    return { line, cursor };
  }
}
