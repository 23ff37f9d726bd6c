// One SVM: its region, margins and support vectors over the plane, the bumps along a cut, and the sum at one place.
// While a slider moves, the server fits anew for each place of it that there is time for: one question at a time.

import { Chart } from "../../figures/chart.js";
import { choice, choose, element, write } from "../../kit/dom.js";
import { codeFold } from "../../kit/code.js";
import { request } from "../../kit/digit_data.js";
import { formula } from "../../kit/formula.js";
import { count, number, percent } from "../../kit/numbers.js";
import { decodeFrame } from "../../kit/wire.js";
import { RequestQueue } from "../../kit/request_queue.js";
import { curves, groups, largest, wrong } from "./samples.js";
import { LINES, USED, slider } from "./sliders.js";

/** @typedef {import("./kernels.js").Context} Context */

const NAMES = Object.keys(LINES);
const STRONGEST = 2; // a decision beyond that is drawn as that
const NONE = { x: [], y: [] };
const WAIT = "The SVM is being fitted. The first one since the server was started takes some seconds.";
/** @type {import("../../kit/dom.js").Option[]} */
const SHOWN = [["sum", "the sum of all bumps"], ["bump", "the chosen support vector’s bump"]];
const HELP = "Arrows move the place that is looked at, Enter chooses the support vector that says most there";

export class Picture {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {Frame | null} the newest answer */
    this.frame = null;
    /** @type {Record<string, number>} what the hand is moving, or has moved and the session does not know of yet */
    this.moved = {};
    this.made = "";
    const job = { name: "kernel", every: 0, wanted: () => this.question(),
      run: (/** @type {AbortSignal} */ signal) => this.fetch(signal) };
    this.queue = new RequestQueue([job], (error) => { if (!error.retry) this.say(error.message); });
    this.sliders = Object.fromEntries(NAMES.map((name) => [name, slider(name,
      (value) => { this.moved[name] = value; room.ask(); },
      (value) => { this.moved[name] = value; room.client.setting({ [name]: value }); })]));
    this.shown = choice("what the colours show", SHOWN, (show) => room.client.setView({ show }));
    const host = element("div", { class: "nnk-plane", role: "img", tabindex: 0, onkeydown: (/** @type {any} */ e) =>
      this.key(e) });
    this.plane = new Chart(host, "kernel_plane", { drawn: () => room.ask(),
      on: { plotly_click: (/** @type {any} */ event) => this.clicked(event) } });
    const cut = element("div", { class: "nnk-cut", role: "img", "aria-label": "bumps and their sum along the cut" });
    this.cut = new Chart(cut, "kernel_cut", { drawn: () => room.ask() });
    this.words = element("p", { class: "nnk-words", role: "status" });
    this.fault = element("p", { class: "nnk-fault", role: "alert", hidden: true });
    this.scores = element("tbody", {});
    this.terms = element("table", { class: "nnk-table nnk-terms" });
    this.place = element("h3", {});
    this.kernel = element("div", { class: "nnk-formula" });
    this.decision = element("div", { class: "nnk-formula" });
    this.code = element("div", { class: "nnk-code" });
    this.network = element("a", { target: "_top" }, "A network on the same samples");
    this.pixels = element("ul", {});
    this.root = element("div", { class: "nnk-svm" },
      element("section", { class: "nnk-left" },
        element("div", { class: "nnk-sliders" }, ...NAMES.map((name) => this.sliders[name].root)),
        element("label", { class: "nnk-show" }, "colours: ", this.shown), this.fault, host, this.words),
      element("section", { class: "nnk-right" },
        element("table", { class: "nnk-table" },
          element("thead", {}, element("tr", {}, ...["", "right", "95 % interval", "of"].map((text) =>
            element("th", { scope: "col" }, text)))), this.scores),
        this.decision, this.kernel, element("h3", {}, "Along the dotted line"), cut, this.place, this.terms, this.code,
        element("p", { class: "nnk-on" }, this.network, " in the Playground: which border needs more numbers?"),
        element("p", { class: "nnk-on" }, "The same on all 784 pixels of MNIST, in the Digits room:"), this.pixels));
  }

  /** The setting with what the hand has moved. @returns {any} */
  get spec() {
    const { client } = this.room;
    for (const name of Object.keys(this.moved)) {
      if (client.spec?.[name] === this.moved[name]) delete this.moved[name];
    }
    return { ...client.spec, ...this.moved };
  }

  /** What should be on the screen, as the server is asked for it. @returns {string | null} */
  question() {
    const { client } = this.room, { at, vector } = client.view;
    if (!client.spec) return null;
    return JSON.stringify({ spec: this.spec, at: at ? at.split(",").map(Number) : null, vector });
  }

  /** @param {AbortSignal} signal */
  async fetch(signal) {
    const asked = /** @type {string} */ (this.question());
    const read = (/** @type {Response} */ response) => response.arrayBuffer();
    const frame = decodeFrame(await request("/nnviz/kernel", read, { body: JSON.parse(asked), signal }));
    this.frame = frame;
    this.frame.serial = ++this.room.client.serial;
    this.say("");
    this.room.ask();
    return asked;
  }

  /** Also the search shows samples: they are kept up to date under both tabs. */
  keep() { this.queue.poke(); }

  /** @param {string} text */
  say(text) {
    this.fault.hidden = !text;
    write(this.fault, text);
  }

  // ---- what the visitor does ----------------------------------------------------------------------------------------

  /** @param {number[]} place @param {number | null} [vector] */
  look(place, vector = this.room.client.view.vector) {
    const domain = this.frame?.meta.domain;
    if (!domain) return;
    const digits = (/** @type {number[]} */ [low, high]) => Math.max(0, 3 - Math.floor(Math.log10(high - low)));
    const at = place.map((v, i) => Math.min(domain[i][1], Math.max(domain[i][0], v)).toFixed(digits(domain[i])));
    this.room.client.setView({ at: at.join(","), vector });
  }

  /** A click on a support vector chooses it; anywhere else is a place to be looked at. @param {any} clicked Plotly's */
  clicked({ points: [point], event }) {
    const { arrays } = /** @type {Frame} */ (this.frame);
    if (typeof point.customdata === "number") {
      this.look([point.x, point.y], arrays.weight.data[point.customdata] ? point.customdata : undefined);
      return;
    }
    const { xaxis, yaxis } = this.plane.element._fullLayout, box = this.plane.element.getBoundingClientRect();
    const x = xaxis.p2d(event.clientX - box.left - xaxis._offset);
    this.look([x, yaxis.p2d(event.clientY - box.top - yaxis._offset)]);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!this.frame || (!move && event.key !== "Enter")) return;
    event.preventDefault();
    event.stopPropagation();
    const { domain, at } = this.frame.meta;
    const now = this.room.client.view.at?.split(",").map(Number) ?? at.x;
    if (move) this.look(now.map((/** @type {number} */ v, /** @type {number} */ i) =>
      v + (move[i] * (domain[i][1] - domain[i][0])) / 40));
    else this.look(now, at.terms[0].index);
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  draw() {
    const { client } = this.room, { spec, frame } = this;
    this.make(spec);
    for (const name of NAMES) {
      this.sliders[name].root.hidden = !USED[spec.kernel].includes(name);
      this.sliders[name].show(spec[name]);
    }
    choose(this.shown, client.view.show);
    if (!frame) { write(this.words, WAIT); return; }
    const { arrays, meta } = frame, theme = this.room.theme(), { show } = client.view;
    const one = show === "bump", most = one ? largest(arrays.bump.data, 1e-9) : STRONGEST;
    const { at, vector, domain } = meta, revision = JSON.stringify([domain, meta.axes]);
    const state = [frame.serial, show];
    this.plane.draw({
      plane: one ? arrays.bump : arrays.plane, border: arrays.plane, margins: !one, least: -most, most, domain,
      groups: groups(frame), wrong: one ? NONE : wrong(frame), one: { x: [vector.x[0]], y: [vector.x[1]] },
      place: { x: [at.x[0]], y: [at.x[1]] }, cut: { x: domain[0], y: [at.x[1], at.x[1]] }, axes: meta.axes, revision,
    }, theme, {}, state);
    this.cut.draw({
      curves: curves(frame), chosen: NONE, sum: { x: arrays.cut_x.data, y: arrays.cut_sum.data }, place: at.x[0],
      range: domain[0], axis: meta.axes[0], revision: JSON.stringify([revision, spec.kernel]),
    }, theme, {}, frame.serial);
    this.tell(meta);
    this.plane.element.setAttribute("aria-label", `${this.words.textContent} ${HELP}`);
    Object.assign(this.root.dataset, {
      answer: frame.serial, support: meta.support.join(","), train: meta.train.accuracy, test: meta.test.accuracy,
      at: at.x.join(","), f: at.f, vector: vector.index, charts: String(this.plane.drawn && this.cut.drawn),
    });
  }

  /** Formulas, code and links: of another kernel or other samples. @param {any} spec */
  make(spec) {
    const { formulas, code, network, pixels } = this.room.data(), key = JSON.stringify([spec.kernel, network]);
    if (key === this.made) return;
    this.made = key;
    this.kernel.replaceChildren(formula(formulas[spec.kernel]));
    this.decision.replaceChildren(formula(formulas.decision));
    if (!this.code.firstChild) this.code.append(codeFold(code));
    this.network.href = `/?${new URLSearchParams(network)}`;
    this.pixels.replaceChildren(...pixels.map((/** @type {[string, Record<string, string>]} */ [text, link]) =>
      element("li", {}, element("a", { href: `/digits?${new URLSearchParams(link)}`, target: "_top" }, text))));
  }

  /** @param {any} meta of the frame */
  tell(meta) {
    const { support: [a, b], n, n_all: all, held, solved, norm, steps, at, classes } = meta;
    const parts = [`${a + b} of ${count(n)} samples are support vectors (${a} of class ${classes[0]}, ${b} of class `
      + `${classes[1]}); ${held} of them are held by C.`];
    if (norm) parts.push(`‖w‖ = ${number(norm, 3)}: the margins are 2/‖w‖ = ${number(2 / norm, 3)} apart.`);
    if (n < all) parts.push(`The first ${count(n)} of ${count(all)} are learned from here; the grid search takes all.`);
    if (!solved) parts.push(`The solver was stopped after ${count(steps)} steps: this is not yet the best border.`);
    write(this.words, parts.join(" "));
    this.scores.replaceChildren(...["train", "test"].map((name) => {
      const { accuracy, low, high, n: of } = meta[name];
      return element("tr", {}, element("th", { scope: "row" }, name === "train" ? "training" : "test"),
        ...[percent(accuracy, 2), `${percent(low, 1)} to ${percent(high, 1)}`, count(of)].map((text) =>
          element("td", {}, text)));
    }));
    const place = (/** @type {number[]} */ x) => `(${x.map((v) => number(v, 2)).join(", ")})`;
    write(this.place, `The sum at ${place(at.x)}`);
    const row = (/** @type {string[]} */ cells) => element("tr", {},
      ...cells.map((text, i) => element(i ? "td" : "th", i ? {} : { scope: "row" }, text)));
    this.terms.replaceChildren(
      element("thead", {}, element("tr", {}, ...["support vector", "y·α", "k", "y·α·k"].map((text) =>
        element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...at.terms.map((/** @type {any} */ term) =>
        row([place(term.x), number(term.weight, 3), number(term.k, 4), number(term.product, 3)])),
        ...(at.n_rest ? [row([`the other ${at.n_rest}`, "", "", number(at.rest, 3)])] : []),
        row(["b", "", "", number(meta.b, 3)]),
        row([`f(x): class ${classes[Number(at.f > 0)]}`, "", "", number(at.f, 3)])));
  }

  dispose() {
    this.queue.dispose();
    this.plane.purge();
    this.cut.purge();
  }
}
