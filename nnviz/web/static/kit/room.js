// What the script of every room is: one instance for each place of a page, drawn in the next animation frame.

import { messageOf } from "./dom.js";
import { loadPlotly } from "./plotly.js";
import { readTheme } from "./theme.js";

/**
 * What Streamlit calls on every change of data or theme, and when a place is gone:
 * `export const { render, dispose } = component(Playground);`
 * @param {new (host: HTMLElement, data: any) => Room} Kind
 */
export function component(Kind) {
  /** @type {WeakMap<Element, Room>} */
  const rooms = new WeakMap();
  return {
    /** @param {Component} given */
    render(given) {
      const { parentElement: host, data } = given;
      if (!host.isConnected) return;
      const room = rooms.get(host) ?? new Kind(host, data[0]);
      rooms.set(host, room);
      room.receive(given);
    },
    /** @param {Element} host */
    dispose(host) {
      rooms.get(host)?.dispose();
      rooms.delete(host);
    },
  };
}

/** To be filled in: `receive(component)`, `draw(now)`. */
export class Room {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.gone = false; // what is still being fetched for it comes too late then
    this.asked = 0;
    this.above = "";
    /** @type {HTMLElement} */
    this.root = host;
    /** What `dress` has read. @type {Theme} */
    this.theme = /** @type {any} */ (null);
    this.observer = new ResizeObserver(() => {
      this.fit();
      this.ask();
    });
  }

  /** Put the room into its place and follow its size, and that of other boxes around it. @param {HTMLElement} root */
  mount(root, /** @type {(Element | null)[]} */ ...boxes) {
    this.root = root;
    this.host.replaceChildren(root);
    for (const box of [document.body, root, ...boxes]) if (box) this.observer.observe(box);
  }

  /**
   * The page's colours and type, and what a teacher has hidden.
   * @param {{palette: string[], view: Record<string, any>, folded?: boolean}} data
   * @param {number} large the type's size where the room is presented
   */
  dress({ palette, view, folded = false }, large = 16) {
    const theme = (this.theme = readTheme(this.root, palette, view.present ? large : 12));
    const hide = (view.hide ?? []).join(" ");
    const present = view.present ? "1" : "", dark = theme.dark ? "1" : "";
    Object.assign(this.root.dataset, { present, folded: folded ? present : "", dark, hide });
  }

  /** Draw in the next animation frame. */
  ask() {
    if (this.asked || this.gone) return;
    this.asked = requestAnimationFrame((now) => {
      this.asked = 0;
      if (this.root.isConnected) this.draw(now);
    });
  }

  /**
   * Plotly, once the room can be seen without it: reading it keeps the page busy for a second. `say` tells a fault.
   * @param {(text: string, kind: string) => void} say
   */
  plotly(say) {
    if (window.Plotly) return;
    const failed = (/** @type {any} */ error) => say(`${messageOf(error)}: reload the page`, "error");
    requestAnimationFrame(() => { loadPlotly().then(() => this.ask(), failed); });
  }

  /** @param {Component} _component */
  receive(_component) {}

  /** @param {number} _now */
  draw(_now) {}

  /** The whole room on one screen: its height is what is left below what stands above it. */
  fit() {
    const scroll = this.root.closest("[data-testid=stMain]")?.scrollTop ?? 0;
    const above = `${Math.round(this.root.getBoundingClientRect().top + scroll + 17)}px`;
    if (this.above !== above) this.root.style.setProperty("--nnv-above", (this.above = above));
  }

  dispose() {
    this.gone = true;
    this.observer.disconnect();
    cancelAnimationFrame(this.asked);
  }
}
