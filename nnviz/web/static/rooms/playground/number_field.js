// The field in which a weight or a bias is changed by hand.

import { element } from "../../kit/dom.js";

/** A small field beside the pointer: every change is sent at once, Enter or Escape closes. */
export class NumberField {
  /** @param {HTMLElement} host @param {(target: any, value: number) => void} send @param {() => void} closed */
  constructor(host, send, closed) {
    this.host = host;
    this.send = send;
    this.closed = closed;
    this.box = element("div", { class: "nnv-edit", hidden: true });
    host.append(this.box);
  }

  /**
   * @param {string} title @param {number} value @param {number} x @param {number} y @param {any} target what is edited
   */
  open(title, value, x, y, target) {
    const oninput = () => {
      const v = Number(input.value);
      if (input.value !== "" && Number.isFinite(v)) this.send(target, v);
    };
    const onkeydown = (/** @type {KeyboardEvent} */ e) => {
      e.stopPropagation();
      if (e.key !== "Enter" && e.key !== "Escape") return;
      this.close();
      this.closed();
    };
    const shown = String(Number(value.toFixed(4)));
    const attributes = { type: "number", step: "0.1", value: shown, "aria-label": title };
    const input = element("input", { ...attributes, oninput, onkeydown });
    const close = element("button", { type: "button", "aria-label": "close", onclick: () => this.close() }, "×");
    this.box.replaceChildren(element("label", {}, title, input), close);
    this.box.hidden = false;
    this.box.style.left = `${Math.max(4, Math.min(x, this.host.clientWidth - 230))}px`;
    this.box.style.top = `${Math.max(4, y - 84)}px`;
    input.focus();
    input.select();
  }

  close() {
    this.box.hidden = true;
  }
}
