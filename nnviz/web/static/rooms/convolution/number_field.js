// A field for one number of the kernel.

import { element } from "../../kit/dom.js";
import { typed } from "../../kit/numbers.js";

/**
 * Typing, arrow up and down by 0.1, with Shift by 1. What is no number is marked and not taken. When the field is left
 * it shows what is true again, in as many places as there is room for.
 */
export class NumberField {
  /** @param {string} label @param {(value: number | null) => void} change null: the field was left */
  constructor(label, change) {
    this.exact = 0;
    this.change = change;
    const input = (this.input = element("input", {
      "aria-label": label, inputmode: "decimal", spellcheck: "false", autocomplete: "off",
    }));
    input.addEventListener("input", () => this.take(this.read()));
    input.addEventListener("focus", () => {
      input.value = typed(this.exact);
      input.select();
    });
    input.addEventListener("blur", () => { input.setAttribute("aria-invalid", "false"); change(null); });
    input.addEventListener("keydown", (e) => {
      const way = { ArrowUp: 1, ArrowDown: -1 }[e.key];
      if (!way) return;
      e.preventDefault();
      const v = Math.round(((this.read() || 0) + way * (e.shiftKey ? 1 : 0.1)) * 1000) / 1000;
      input.value = typed(v);
      this.take(v);
    });
  }

  read() { return Number(this.input.value.trim().replace("−", "-").replace(",", ".")); }

  /** @param {number} v */
  take(v) {
    const good = this.input.value.trim() !== "" && Number.isFinite(v) && Math.abs(v) <= 1000;
    this.input.setAttribute("aria-invalid", String(!good));
    if (good) this.change(v);
  }

  /** What is true; it is not put into a visitor's hand. @param {number} exact */
  show(exact, places = 2) {
    this.exact = exact;
    if (document.activeElement !== this.input) this.input.value = typed(exact, places);
  }
}
