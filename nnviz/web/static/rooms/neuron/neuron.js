// The neuron's room: what one neuron computes (gate.js), and how Rosenblatt's rule teaches it (learn.js), as two tabs.

import { element } from "../../kit/dom.js";
import { roomKey } from "../../kit/keys.js";
import { Note } from "../../kit/note.js";
import { Room, component } from "../../kit/room.js";
import { RunClient } from "../../kit/run.js";
import { TabList } from "../../kit/tab_list.js";
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
    const gate = new Gate(room), learn = new Learn(room);
    this.parts = { gate, learn };
    this.tabs = new TabList(TABS, { gate: gate.root, learn: learn.root }, (tab) => this.client.setView({ tab }));
    this.mount(element("div", { class: "nnn" }, this.tabs.root, this.note.root, gate.root, learn.root));
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
  key(e) {
    const at = roomKey(e);
    if (at && this.parts[this.tab].key(e, Boolean(at.button))) e.preventDefault();
  }

  draw() {
    const { client, root } = this;
    if (!client.spec) return;
    client.refreshFilm();
    this.tabs.show(this.tab);
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
