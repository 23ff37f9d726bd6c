// Width against depth: networks of one, two and three layers with as many parameters, a group of runs side by side.

import { Chart } from "../../figures/chart.js";
import { button, element, stop, write } from "../../kit/dom.js";
import { GroupClient } from "../../kit/group.js";
import { returnKeys } from "../../kit/keys.js";
import { number } from "../../kit/numbers.js";
import { Fields } from "../../kit/run_controls.js";
import { ALIVE } from "../../schema.js";
import { networkName } from "./learn.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */
/**
 * @typedef {{run: string, layers: string, parameters: number, status: string, words: string, epoch: number | null,
 *   losses: (number | null)[], inside: number | null, outside: number | null, x: number[], y: number[],
 *   output: number[] | null}} Member one network of the group, as nnviz/web/equals.py tells it
 */

const PAUSE = 300; // milliseconds from one answer to the next question, as long as runs go on
const HEIGHT = 1.5; // as far up and down as is shown at least
const TRAIN = "Train all three (space)", STOP = "Stop all three";
const FIELDS = ["function", "formula", "drawn", "activation", "samples", "validation", "noise", "learning_rate",
  "epochs", "patience", "seed"];
const ABOUT = "One layer adds pieces side by side. A second layer folds what the first one has made, so that each of "
  + "its neurons makes several pieces of it: the same number of weights can follow more. But what is deeper is harder "
  + "to train: try seeds, activations, and more epochs before you call one the better.";

export class Equals {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {GroupClient | null} its connection is opened with the tab */
    this.runs = null;
    /** @type {{members: Member[], x: number[] | null, target: any[], samples: number[][], domain: number,
     *   words: string, over: boolean, spec: any} | null} */
    this.board = null;
    this.asking = this.dirty = this.gone = false;
    this.serial = 0;
    this.fault = "";
    this.play = button("▶ Train", TRAIN, () => this.press(), { class: "nnt-play" });
    this.state = element("span", { class: "nnt-state", role: "status" });
    const bar = element("div", { class: "nnt-bar" }, this.play, this.state);
    returnKeys(bar);
    /** @type {import("../../kit/dom.js").Option[]} */
    const kinds = [["relu", "ReLU"], ["tanh", "tanh"], ["sigmoid", "sigmoid"]];
    this.fields = new Fields(room).menu("function", "Function", []).text("formula", "Formula in x")
      .menu("activation", "Activation", kinds).number("samples", "Samples", 3, 200)
      .number("noise", "Noise", 0, 1, "any").number("learning_rate", "Learning rate (Adam)", 0.0001, 0.1, "any")
      .number("epochs", "Epochs", 1, 5000).number("seed", "Seed", 0, 2 ** 31 - 1);
    this.neurons = element("input", { type: "range", min: 6, max: 40, step: 1, "data-name": "neurons",
      "aria-label": "neurons of the network of one layer", oninput: () => write(this.many, this.neurons.value),
      onchange: () => room.client.setView({ neurons: Number(this.neurons.value) }) });
    this.many = element("output", {});
    const size = element("label", { class: "nnt-slider nna-slider nnt-setting" },
      element("span", {}, "Neurons of 1 layer"), this.neurons, this.many);
    this.curve = element("div", { class: "nna-rivals" });
    this.picture = element("div", { class: "nna-fit" });
    this.losses = new Chart(this.curve, "equal_losses", { drawn: () => room.ask() });
    this.outputs = new Chart(this.picture, "equal_outputs", { drawn: () => room.ask() });
    this.told = element("p", { class: "nnt-verdict", role: "status" });
    this.table = element("table", { class: "nnt-axes" });
    this.rows = "";
    this.root = element("div", { class: "nna-learn" }, bar, element("div", { class: "nnt-maps" },
      element("section", { class: "nnt-column" }, this.curve, this.picture),
      element("section", { class: "nnt-column" }, this.told, element("div", { class: "nna-scroll" }, this.table), size,
        element("div", { class: "nnt-fields" }, ...Object.values(this.fields.roots)),
        element("p", { class: "nnt-about" }, ABOUT))));
  }

  get watched() { return this.runs?.watched ?? null; }
  get group() { return this.runs?.group ?? null; }
  get busy() { return this.runs?.busy ?? false; }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} whether it was a key of this tab */
  key(e, onButton) {
    if (e.key !== " " || onButton) return false;
    this.press();
    return true;
  }

  press() {
    const { client } = this.room, { runs } = this;
    if (!runs) return;
    if (this.busy) {
      if (this.group?.mine) runs.command("stop");
      return;
    }
    if (runs.pending || this.play.disabled) return;
    runs.pending = true;
    this.fault = "";
    // What is trained is the session's setting: it waits until the session knows of all that was done to it.
    client.session.inOrder(() => {
      const members = this.room.data().networks.map((/** @type {any} */ { layers }) => ({ layers, against: "" }));
      runs.submit({ do: "submit_group", title: `width against depth: ${client.spec?.function}`, spec: client.spec,
        members, room: "approximation" });
    });
    this.room.ask();
  }

  // ---- what is heard of the group, and what is asked of the server

  open() {
    return new GroupClient({
      fresh: () => { this.board = null; }, begun: (group) => this.room.client.setView({ group }),
      changed: () => this.refresh(), say: (text) => { this.fault = text; }, lost: (text) => { this.fault = text; },
      online: (back) => { if (back) this.refresh(); }, ask: () => this.room.ask(),
    });
  }

  /** Ask how far they are, once at a time. */
  async refresh() {
    this.dirty = true;
    if (this.asking || !this.group) return; // one that the server knows
    this.asking = true;
    while (this.dirty && this.group && !this.gone) {
      this.dirty = false;
      const { watched: group } = this;
      try {
        const answer = await fetch("/nnviz/equals", { method: "POST", body: JSON.stringify({ group }) });
        const said = await answer.json();
        if (group !== this.watched) this.dirty = true;
        else if (answer.ok) {
          this.board = said;
          this.serial += 1;
        } else this.fault = said.message.replace(/^group: /, "");
      } catch { /* the connection: its coming back asks again */ }
      this.room.ask();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    this.asking = false;
  }

  // ---- drawing

  draw() {
    const { client } = this.room, data = this.room.data(), /** @type {any} */ spec = client.spec;
    if (!spec) return;
    this.runs ??= this.open();
    this.runs.watch(client.view.group ?? null);
    this.fields.fill("function", data.functions);
    this.fields.draw(spec);
    this.fields.roots.formula.hidden = spec.function !== "formula";
    if (document.activeElement !== this.neurons) this.neurons.value = String(client.view.neurons);
    write(this.many, this.neurons.value);
    const { board, busy } = this, { pending, online } = this.runs;
    const other = board && (FIELDS.some((field) => board.spec[field] !== spec[field])
      || board.members.some(({ layers }, i) => layers !== data.networks[i]?.layers));
    // What has ended under another setting is not shown beside it.
    const shown = board?.x && (busy || !other) ? board : null;
    write(this.play, busy ? "■ Stop" : "▶ Train");
    stop(this.play, busy ? STOP : TRAIN, busy && !this.group?.mine
      && "these runs belong to somebody else, you are watching");
    const done = board && this.group ? this.group.statuses.filter((status) => !ALIVE.includes(status)).length : 0;
    const lost = online ? "" : " · connection lost, trying again";
    const ready = "three networks of the same size, none trained yet";
    write(this.state, (this.fault || (pending ? "starting…"
      : busy ? `training, ${done} of 3 have ended` : shown ? "all have ended" : ready)) + lost);
    /** @type {any[]} */
    const members = shown?.members ?? data.networks;
    this.words(shown, members);
    this.list(members, data.networks);
    this.charts(shown, members, data, spec);
    Object.assign(this.root.dataset, { group: this.watched ?? "", over: shown?.over ? "1" : "",
      parameters: members.map(({ parameters }) => parameters).join(), drawn: this.losses.drawn ? "1" : "",
      curves: members.filter(({ x }) => x?.length).length, statuses: this.group?.statuses.join() ?? "" });
  }

  /** @param {any} shown @param {any[]} members */
  words(shown, members) {
    const sizes = members.map(({ layers, parameters }) =>
      `${networkName(layers)} has ${parameters} weights`).join(", ");
    write(this.told, shown?.words || `${sizes}. Press Train: they learn the same samples side by side.`);
  }

  /** @param {any[]} members @param {any[]} networks */
  list(members, networks) {
    const key = JSON.stringify([members.map(({ layers, parameters, epoch, losses, inside, outside, words }) =>
      [layers, parameters, epoch, losses, inside, outside, words]), networks.map(({ link }) => link)]);
    if (key === this.rows) return;
    this.rows = key;
    const told = (/** @type {number | null | undefined} */ v) => (v == null ? "–" : number(v, 3));
    const head = ["network", "weights", "epoch", "validation", "off inside", "off outside"];
    const cells = (/** @type {any} */ { layers, parameters, epoch, losses, inside, outside, words },
      /** @type {number} */ i) => element("tr", { title: words ?? "not trained yet" },
      element("th", { scope: "row" }, element("a", { href: networks[i].link, title: "Alone, with its pieces" },
        networkName(layers))), ...[parameters, epoch ?? "–", told(losses?.[1]), told(inside), told(outside)]
        .map((text) => element("td", {}, String(text))));
    this.table.replaceChildren(
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...members.map(cells)));
  }

  /** @param {any} shown @param {any[]} members @param {any} data @param {any} spec */
  charts(shown, members, data, spec) {
    const { x, target, samples, domain } = shown ?? data.untrained, theme = this.room.theme();
    const networks = members.map(({ layers, parameters, x: epochs, y, output }) =>
      ({ name: `${networkName(layers)} (${parameters})`, x: epochs ?? [], y: y ?? [], output: output ?? [] }));
    const revision = `${shown ? this.watched : ""}`, state = [this.serial, Boolean(shown), data];
    this.losses.draw({ networks, epochs: spec.epochs, revision, hint: shown ? "" : "press Train" }, theme, {}, state);
    const near = target.filter((/** @type {number | null} */ y, /** @type {number} */ i) =>
      y !== null && Math.abs(x[i]) <= domain + 0.5);
    const top = 1.25 * Math.max(HEIGHT, ...[...near, ...samples[1]].map(Math.abs)), edge = x[x.length - 1];
    this.outputs.draw({ x, target, networks, samples: { x: samples[0], y: samples[1] }, range: [-edge, edge],
      heights: [-top, top], left: -edge, from: -domain, to: domain, right: edge, revision }, theme, {}, state);
  }

  dispose() {
    this.gone = true;
    this.runs?.close();
    this.losses.purge();
    this.outputs.purge();
  }
}
