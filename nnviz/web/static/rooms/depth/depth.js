// The Depth room: why deep networks are hard to train, as tabs, each with its own script.

import { RunBefore } from "../../kit/before.js";
import { element } from "../../kit/dom.js";
import { roomKey } from "../../kit/keys.js";
import { Note } from "../../kit/note.js";
import { Room, component } from "../../kit/room.js";
import { RunClient } from "../../kit/run.js";
import { TabList } from "../../kit/tab_list.js";
import { ChainTab } from "./chain.js";
import { DeepTab } from "./deep.js";
import { LinearTab } from "./linear.js";
import { SlowTab } from "./slow.js";
import { SoftmaxTab } from "./softmax.js";

/** @typedef {"chain" | "slow" | "deep" | "softmax" | "linear"} Tab */
/**
 * What a tab knows of the room: data() is what Python says.
 * @typedef {{client: RunClient, past: RunBefore, ask: () => void, data: () => any, theme: () => Theme,
 *   say: (text: string, kind?: string) => void}} Context
 */

/** @type {[Tab, string][]} */
const TABS = [["chain", "A chain of neurons"], ["slow", "A slow start"], ["deep", "A deep network"],
  ["softmax", "Softmax"], ["linear", "Linear layers"]];
/** @type {Partial<Record<Tab, string>>} the job of a tab that has one */
const JOBS = { slow: "slow_start", deep: "depth" };
const FULL = { steps: null, fps: 10 };

/** Its runs go as fast as they can; what they tell is played afterwards. */
class Client extends RunClient {
  get speed() { return FULL; }
}

class Depth extends Room {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host);
    this.data = data;
    this.drawn = 0;
    /** @type {string} the run that the link opened */
    this.opened = data.run ?? "";
    this.client = new Client({
      changed: () => this.ask(), say: (...words) => this.note.say(...words), view: data.view,
      views: ["slow_start", "depth"], past: ["slow_start"], anew: "The learning starts anew.",
    });
    const { client } = this;
    this.note = new Note((kind) => client.way(kind));
    this.past = new RunBefore(null, client, true); // one for both jobs: it stands in the tab that is open
    const room = { client, past: this.past, ask: () => this.ask(), data: () => this.data, theme: () => this.theme,
      say: (/** @type {string} */ text, kind = "warning") => this.note.say(text, kind) };
    this.parts = { chain: new ChainTab(room), slow: new SlowTab(room), deep: new DeepTab(room),
      softmax: new SoftmaxTab(room), linear: new LinearTab(room) };
    const roots = Object.fromEntries(TABS.map(([name]) => [name, this.parts[name].root]));
    this.tabs = new TabList(TABS, roots, (tab) => this.open(/** @type {Tab} */ (tab)));
    this.mount(element("div", { class: "nne" }, this.tabs.root, this.note.root,
      ...TABS.map(([name]) => this.parts[name].root)));
    this.keys = (/** @type {KeyboardEvent} */ e) => this.key(e);
    document.addEventListener("keydown", this.keys);
  }

  /** The tab that is open. @returns {Tab} */
  get tab() { return this.client.view.tab; }

  /** @param {Tab} name */
  open(name) {
    const { client } = this, job = JOBS[name];
    client.setView({ tab: name });
    if (job) client.act({ do: "job", job }); // its own setting and its own run
  }

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data, { client } = this;
    this.dress(data);
    this.data = data;
    if (!client.receive(given, () => {})) return;
    client.view.present = Boolean(data.view.present);
    if (this.opened && data.run === this.opened && data.spec.job === "depth" && this.tab === "chain") this.open("deep");
    this.opened = ""; // a recorded run is seen at once, whatever is opened later
    this.ask();
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const at = roomKey(e);
    if (at && this.parts[this.tab].key(e, Boolean(at.button))) e.preventDefault();
  }

  /** @param {number} now */
  draw(now) {
    const { client, root } = this;
    if (!client.spec) return;
    this.tabs.show(this.tab);
    this.parts[this.tab].draw(now);
    Object.assign(root.dataset, { tab: this.tab, status: client.status, run: client.run?.id ?? "",
      drawn: ++this.drawn });
    client.live.drawn();
  }

  dispose() {
    super.dispose();
    document.removeEventListener("keydown", this.keys);
    for (const part of Object.values(this.parts)) part.dispose();
    this.client.close();
  }
}

export const { render, dispose } = component(Depth);
