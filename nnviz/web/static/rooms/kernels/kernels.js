// The kernels' room: one SVM whose numbers are turned (picture.js), and the grid search for them (search.js), as two
// tabs over the same samples.

import { element } from "../../kit/dom.js";
import { roomKey } from "../../kit/keys.js";
import { Note } from "../../kit/note.js";
import { Room, component } from "../../kit/room.js";
import { RunClient } from "../../kit/run.js";
import { TabList } from "../../kit/tab_list.js";
import { Picture } from "./picture.js";
import { Search } from "./search.js";

/** @typedef {"svm" | "search"} Tab */
/**
 * What a tab knows of the room: data() is what Python says.
 * @typedef {{client: RunClient, ask: () => void, data: () => any, theme: () => Theme}} Context
 */

/** @type {[Tab, string][]} */
const TABS = [["svm", "One SVM"], ["search", "Grid search"]];

/** A search has no pace: each fit is told as it ends. */
class Client extends RunClient {
  get speed() { return { steps: null, fps: 12 }; }
}

class Kernels extends Room {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host);
    this.data = data;
    this.client = new Client({
      changed: () => this.ask(), say: (...words) => this.note.say(...words), view: data.view, views: ["search"],
      anew: "The search starts anew.",
    });
    const room = { client: this.client, ask: () => this.ask(), data: () => this.data, theme: () => this.theme };
    this.note = new Note((kind) => this.client.way(kind));
    const svm = new Picture(room);
    this.parts = { svm, search: new Search(room, svm) };
    this.tabs = new TabList(TABS, { svm: svm.root, search: this.parts.search.root },
      (tab) => this.client.setView({ tab }));
    this.mount(element("div", { class: "nnv nnk" }, this.tabs.root, this.note.root, svm.root, this.parts.search.root));
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
    if (!client.receive(given, () => {})) return;
    client.view.present = Boolean(data.view.present);
    this.ask();
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const at = roomKey(e);
    if (!at || this.tab !== "search" || (e.key === " " && at.button)) return;
    if (e.key === " ") this.client.play();
    else if (e.key.toLowerCase() === "r" && !e.shiftKey) this.client.reset();
    else return;
    e.preventDefault();
  }

  draw() {
    const { client, root } = this;
    if (!client.spec) return;
    this.tabs.show(this.tab);
    this.parts.svm.keep();
    this.parts[this.tab].draw();
    Object.assign(root.dataset, { tab: this.tab, status: client.status, run: client.run?.id ?? "" });
    client.live.drawn();
  }

  dispose() {
    super.dispose();
    document.removeEventListener("keydown", this.keys);
    for (const part of Object.values(this.parts)) part.dispose();
    this.client.close();
  }
}

export const { render, dispose } = component(Kernels);
