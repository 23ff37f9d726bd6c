// A row of tabs over the parts of a room. The style is kit/tab_list.css.

import { button, element } from "./dom.js";

/** The arrow keys, Home and End walk along the tabs; the Tab key stops at the open one alone. */
export class TabList {
  /**
   * @param {readonly (readonly [string, string, ...any[]])[]} tabs name and title of each
   * @param {Record<string, HTMLElement>} parts what each shows, by its name
   * @param {(name: string) => void} open @param {Record<string, any>} [looks] of the row: label, class
   */
  constructor(tabs, parts, open, looks = {}) {
    this.open = open;
    this.names = tabs.map(([name]) => name);
    this.parts = parts;
    this.buttons = tabs.map(([name, title]) => button(title, "", () => open(name), {
      role: "tab", id: `nn-tab-${name}`, "aria-controls": `nn-part-${name}`,
    }));
    for (const name of this.names) {
      const part = parts[name];
      part.id = `nn-part-${name}`;
      part.setAttribute("role", "tabpanel");
      part.setAttribute("aria-labelledby", `nn-tab-${name}`);
      part.hidden = true;
    }
    this.root = element("div", { class: "nn-tabs", role: "tablist",
      onkeydown: (/** @type {KeyboardEvent} */ e) => this.walk(e), ...looks }, ...this.buttons);
  }

  /** This tab is open; its part is not shown before it is ready. @param {string} open @param {boolean} [ready] */
  show(open, ready = true) {
    this.names.forEach((name, i) => {
      const on = name === open;
      this.buttons[i].setAttribute("aria-selected", String(on));
      this.buttons[i].tabIndex = on ? 0 : -1;
      this.parts[name].hidden = !on || !ready;
    });
  }

  /** @param {KeyboardEvent} e */
  walk(e) {
    const { length } = this.names, at = this.buttons.findIndex((one) => one === e.target);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: length - 1 }[e.key];
    if (to === undefined || at < 0) return;
    const next = (to + length) % length;
    e.preventDefault();
    e.stopPropagation();
    this.open(this.names[next]);
    this.buttons[next].focus();
  }
}
