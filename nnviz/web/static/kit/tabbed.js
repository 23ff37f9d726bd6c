// A room of tabs whose numbers Python computes: what it says is of the tab that is open, with its formula and the code
// that computes it. The style is kit/tabbed.css.

import { codeFold } from "./code.js";
import { button, element } from "./dom.js";
import { formula } from "./formula.js";
import { roomKey } from "./keys.js";
import { Note } from "./note.js";
import { Room } from "./room.js";
import { RunClient } from "./run.js";
import { TabList } from "./tab_list.js";

/**
 * What a tab knows of the room: data() is what Python says, of the tab that is open.
 * @typedef {{client: RunClient, ask: () => void, data: () => any, theme: () => Theme}} Context
 */
/**
 * `key` says whether a key was one of the tab's.
 * @typedef {{root: HTMLElement, draw: (now: number) => void, key: (e: KeyboardEvent, onButton: boolean) => boolean,
 *   dispose: () => void}} Part
 */
/** @typedef {[string, string, string]} Tab name, title, and what leads on from it: nothing at the last one */
/** @typedef {Record<string, {title: string, speed: {steps: number | null, fps: number}}>} Speeds */

/** The steps of these jobs are few and quick: their speeds are not those of a training. */
class Client extends RunClient {
  /** @type {Speeds} */
  speeds = {};

  get speed() { return this.speeds[this.view.speed].speed; }
}

/** A subclass gives its tabs, their parts, the view of its job's frames, and its speeds. */
export class Tabbed extends Room {
  /**
   * @param {HTMLElement} host @param {any} data
   * @param {{tabs: Tab[], parts: (room: Context) => Record<string, Part>, view: string, speeds: Speeds}} own
   */
  constructor(host, data, { tabs, parts, view, speeds }) {
    super(host);
    this.data = data;
    this.list = tabs;
    this.drawn = 0;
    this.told = "";
    this.client = new Client({
      changed: () => this.ask(), say: (...words) => this.note.say(...words), view: data.view, views: [view],
    });
    this.client.speeds = speeds;
    const room = { client: this.client, ask: () => this.ask(), data: () => this.data, theme: () => this.theme };
    this.note = new Note((kind) => this.client.way(kind));
    this.parts = parts(room);
    const roots = Object.fromEntries(tabs.map(([name]) => [name, this.parts[name].root]));
    this.tabs = new TabList(tabs, roots, (name) => this.open(name));
    this.formula = element("div", { class: "nnt-formula" });
    this.code = element("div", {});
    this.next = button("", "", () => this.open(tabs[this.place + 1]?.[0] ?? tabs[0][0]), { class: "nnt-next" });
    this.mount(element("div", { class: "nnt" }, this.tabs.root, this.note.root, this.formula,
      ...tabs.map(([name]) => this.parts[name].root), this.next, this.code));
    this.keys = (/** @type {KeyboardEvent} */ e) => this.key(e);
    document.addEventListener("keydown", this.keys);
  }

  /** The tab that is open. @returns {string} */
  get tab() { return this.client.view.tab; }

  get place() { return this.list.findIndex(([name]) => name === this.tab); }

  /** @param {string} tab */
  open(tab) { this.client.setView({ tab }); }

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data, { client } = this;
    this.dress(data);
    if (!client.receive(given, () => {})) return;
    this.data = data;
    client.view.present = Boolean(data.view.present);
    this.ask();
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const at = roomKey(e);
    if (at && this.data.shows === this.tab && this.parts[this.tab].key(e, Boolean(at.button))) e.preventDefault();
  }

  /** @param {number} now */
  draw(now) {
    const { client, root, data } = this;
    if (!client.spec) return;
    client.refreshFilm();
    const ready = data.shows === this.tab; // else what this tab shows is on its way
    this.tabs.show(this.tab, ready);
    if (ready) {
      this.explain();
      this.parts[this.tab].draw(now);
    }
    const { status, run } = client;
    Object.assign(root.dataset, { tab: this.tab, shows: data.shows, status, run: run?.id ?? "", drawn: ++this.drawn });
    client.live.drawn();
  }

  /** The tab's formula, the code that computes it, and what comes next. */
  explain() {
    if (this.told === this.tab) return;
    this.told = this.tab;
    const { formula: mathml, codes } = this.data, leads = this.list[this.place][2];
    this.formula.replaceChildren(formula(mathml));
    this.code.replaceChildren(codeFold(codes));
    this.next.textContent = `${leads} →`;
    this.next.hidden = !leads;
  }

  dispose() {
    super.dispose();
    document.removeEventListener("keydown", this.keys);
    for (const part of Object.values(this.parts)) part.dispose();
    this.client.close();
  }
}
