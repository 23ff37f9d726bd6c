// The menu of the kinds of layers that can be put in at a place; one that cannot stand there says why.

import { element } from "../../kit/dom.js";
import { LAYERS } from "../../schema.js";

export class KindMenu {
  /** @param {HTMLElement} host in which it opens */
  constructor(host) {
    this.host = host;
    /** @type {HTMLElement | null} what has opened it */
    this.opener = null;
    this.root = element("div", {
      class: "nnc-menu", role: "menu", hidden: true, onkeydown: (/** @type {KeyboardEvent} */ e) => this.walk(e),
    });
    this.outside = (/** @type {PointerEvent} */ e) => { if (!e.composedPath().includes(host)) this.close(); };
    document.addEventListener("pointerdown", this.outside);
  }

  /**
   * Below its opener, or closed if it is open there.
   * @param {HTMLElement} opener @param {(kind: string) => string} refused why a kind cannot stand there; "": it can
   * @param {(kind: string) => void} add
   */
  open(opener, refused, add) {
    if (!this.root.hidden && this.opener === opener) { this.close(); return; }
    const kinds = Object.entries(LAYERS).filter(([, { own }]) => own);
    const entries = kinds.map(([kind, { label, about }]) => {
      const why = refused(kind), act = () => { if (!why) { this.close(); add(kind); } };
      return element("button", {
        type: "button", role: "menuitem", tabindex: -1, "aria-disabled": why ? "true" : null, "data-kind": kind,
        onclick: act,
      }, element("b", {}, label), element("span", {}, why ? `not here: ${why}` : about));
    });
    this.root.replaceChildren(...entries);
    this.root.hidden = false;
    this.opener = opener;
    const host = this.host.getBoundingClientRect(), from = opener.getBoundingClientRect();
    const left = Math.max(0, Math.min(from.left - host.left - 12, host.width - this.root.offsetWidth - 4));
    Object.assign(this.root.style, { left: `${left}px`, top: `${from.bottom - host.top + 4}px` });
    (entries.find((entry) => !entry.hasAttribute("aria-disabled")) ?? entries[0]).focus();
  }

  close(back = false) {
    if (this.root.hidden) return;
    this.root.hidden = true;
    if (back) this.opener?.focus();
  }

  /** @param {KeyboardEvent} e */
  walk(e) {
    const all = /** @type {HTMLElement[]} */ ([...this.root.children]), last = all.length - 1;
    const now = all.findIndex((entry) => entry === e.target);
    const down = now === last ? 0 : now + 1, up = now > 0 ? now - 1 : last;
    const next = { ArrowDown: down, ArrowUp: up, Home: 0, End: last }[e.key];
    if (next === undefined && e.key !== "Escape" && e.key !== "Tab") return;
    e.stopPropagation();
    if (e.key !== "Tab") e.preventDefault();
    if (next !== undefined) all[next].focus();
    else this.close(e.key === "Escape");
  }

  dispose() {
    document.removeEventListener("pointerdown", this.outside);
  }
}
