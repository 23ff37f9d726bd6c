// The neuron's room: what one neuron computes (gate.js), and how Rosenblatt's rule teaches it (learn.js), as two tabs.

import { button, element } from "../../kit/dom.js";
import { roomKey } from "../../kit/keys.js";
import { Note } from "../../kit/note.js";
import { Room, component } from "../../kit/room.js";
import { RunClient } from "../../kit/run.js";
import { Gate } from "./gate.js";
import { Learn, SPEEDS } from "./learn.js";

/** @typedef {"gate" | "learn"} Tab */
/**
 * What a tab knows of the room: data() is what Python says.
 * @typedef {{client: RunClient, ask: () => void, data: () => any, theme: () => Theme}} Context
 */

/** @type {[Tab, string][]} */
const TABS = [["gate", "One neuron"], ["learn", "Learning: Rosenblatt’s rule"]];

/** The updates of this job are few, and each is worth a look: its speeds are not those of a training. */
class Client extends RunClient {
  get speed() { return SPEEDS[this.view.speed].speed; }
}

class Neuron extends Room {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host);
    this.data = data;
    this.drawn = 0;
    this.client = new Client({
      changed: () => this.ask(), say: (...words) => this.note.say(...words), view: data.view, views: ["perceptron"],
      past: ["perceptron"], anew: "The learning starts anew.",
    });
    const room = { client: this.client, ask: () => this.ask(), data: () => this.data, theme: () => this.theme };
    this.note = new Note((kind) => this.client.way(kind));
    this.parts = { gate: new Gate(room), learn: new Learn(room) };
    this.tabs = TABS.map(([name, title]) => button(title, "", () => this.client.setView({ tab: name }), {
      role: "tab", id: `nnn-tab-${name}`, "aria-controls": `nnn-${name}`,
    }));
    const walk = (/** @type {KeyboardEvent} */ e) => this.walk(e);
    const list = element("div", { class: "nnn-tabs", role: "tablist", onkeydown: walk }, ...this.tabs);
    this.mount(element("div", { class: "nnn" }, list, this.note.root, this.parts.gate.root, this.parts.learn.root));
    this.keys = (/** @type {KeyboardEvent} */ e) => this.key(e);
    document.addEventListener("keydown", this.keys);
  }

  /** The tab that is open. @returns {Tab} */
  get tab() { return this.client.view.tab; }

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data, { client } = this;
    this.dress(data);
    this.data = data;
    if (!client.receive(given, () => this.parts.learn.adopt(data))) return;
    client.view.present = Boolean(data.view.present);
    this.ask();
  }

  /** @param {KeyboardEvent} e */
  walk(e) {
    if (e.key !== "ArrowRight" && e.key !== "ArrowLeft") return;
    const other = this.tab === "gate" ? 1 : 0;
    e.preventDefault();
    e.stopPropagation();
    this.client.setView({ tab: TABS[other][0] });
    this.tabs[other].focus();
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const at = roomKey(e);
    if (at && this.parts[this.tab].key(e, Boolean(at.button))) e.preventDefault();
  }

  draw() {
    const { client, root } = this;
    if (!client.spec) return;
    client.refreshFilm();
    TABS.forEach(([name], i) => {
      const on = this.tab === name;
      this.tabs[i].setAttribute("aria-selected", String(on));
      this.tabs[i].tabIndex = on ? 0 : -1;
      this.parts[name].root.hidden = !on;
    });
    this.parts[this.tab].draw();
    const { status, run, view } = client;
    Object.assign(root.dataset, { tab: view.tab, status, run: run?.id ?? "", drawn: ++this.drawn });
    client.live.drawn();
  }

  dispose() {
    super.dispose();
    document.removeEventListener("keydown", this.keys);
    for (const part of Object.values(this.parts)) part.dispose();
    this.client.close();
  }
}

export const { render, dispose } = component(Neuron);
