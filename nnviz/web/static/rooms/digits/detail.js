// One digit opened: what it is, what the network makes of it and why, and when it was learned. A dialog at the side
// that leaves the gallery usable; it stays up to date while the network trains.

import { Bars, Fault, Ink, Nearest, noun, why } from "./look_parts.js";
import { FeatureMaps } from "../../figures/feature_maps.js";
import { Influence } from "../../figures/influence.js";
import { HistoryStrip } from "./digit_history.js";
import { element, label, sign, stop, stylesheet, write } from "../../kit/dom.js";
import { count, percent } from "../../kit/numbers.js";
import { RequestQueue } from "../../kit/request_queue.js";

/** @typedef {import("./digits.js").Context} Context */
/** @typedef {import("../../kit/request_queue.js").Job} Job */
/** @typedef {"maps" | "saliency" | "occlusion" | "nearest" | "history"} Part */

/** Milliseconds of rest between requests. @type {Record<Part, number>} */
const EVERY = { maps: 250, saliency: 500, occlusion: 1500, nearest: 0, history: 2500 };
const UNTRAINED = "The network is untrained: press Train and watch when it learns this digit.";

export class Detail {
  /** The dialog is put into `root` and hidden until `open`. @param {HTMLElement} root @param {Context} ctx */
  constructor(root, ctx) {
    this.ctx = ctx;
    this.data = ctx.data;
    /** @type {number | null} the digit that is open */
    this.index = null;
    /** @type {number[] | null} */
    this.order = null;
    /** @type {number | null} the class that the visitor asks about; null is the network's answer */
    this.target = null;
    /** @type {Frame | null} */
    this.look = null;
    /** @type {import("./digit_history.js").Answers | null} */
    this.answers = null;
    /** @type {Element | null} what has the focus again when it is closed */
    this.opener = null;
    this.themeKey = "";
    stylesheet("rooms/digits/detail.css");
    this.heading = element("h3");
    this.moment = element("span", { class: "nnl-moment" });
    this.previous = sign("‹", "previous digit (←)", () => this.move(-1));
    this.next = sign("›", "next digit (→)", () => this.move(1));
    this.ink = new Ink();
    this.verdict = element("p", { class: "nnl-verdict", role: "status" });
    this.bars = new Bars("class probabilities", (k) => {
      this.target = this.target === k ? null : k;
      this.refresh();
      this.drawBars();
    });
    this.featureMaps = new FeatureMaps();
    this.heats = { saliency: new Influence("saliency"), occlusion: new Influence("occlusion") };
    this.near = new Nearest();
    this.table = element("table");
    this.vectors = element("details", { class: "nnl-vectors" },
      element("summary", {}, "The answer beside its one-hot label"),
      why("The answer is a vector, and training pulls it towards this one: 1 at the true class, 0 elsewhere."),
      this.table);
    this.strip = new HistoryStrip();
    this.faults = {
      maps: new Fault(), saliency: new Fault(), occlusion: new Fault(), nearest: new Fault(), history: new Fault(),
    };
    this.why = { saliency: element("b"), occlusion: element("b") };
    this.sections = this.build();
    this.dialog = element("aside", {
      class: "nnl nnl-detail", role: "dialog", tabindex: -1, popover: "manual", hidden: true,
      onkeydown: (/** @type {KeyboardEvent} */ e) => this.press(e),
    },
    element("header", {}, this.previous, this.heading, this.next, this.moment,
      sign("×", "close (Esc)", () => this.close())),
    element("div", { class: "nnl-top" }, this.ink.box, element("div", {}, this.verdict, this.bars.box)),
    why("The bars are the network's answer: how it divides its belief among the classes. Click one to ask what speaks "
      + "for that class."), this.vectors, ...Object.values(this.sections));
    root.append(this.dialog);
    this.outside = (/** @type {KeyboardEvent} */ e) => {
      if (e.key === "Escape" && !e.defaultPrevented) this.close();
    };
    /** @param {Part} name @param {Job["run"]} run @returns {Job} */
    const job = (name, run, wanted = () => this.wanted(name)) => ({ name, every: EVERY[name], wanted, run });
    this.requests = new RequestQueue([
      job("maps", (signal) => this.maps(signal)),
      job("saliency", (signal) => this.heat("saliency", signal)),
      job("occlusion", (signal) => this.heat("occlusion", signal)),
      job("nearest", (signal) => this.nearest(signal), () => this.wantedOfData()),
      job("history", (signal) => this.history(signal), () => (ctx.run() ? this.wanted("history") : null)),
    ], (error, { name }) => this.failed(error, /** @type {Part} */ (name)));
  }

  build() {
    /** @param {Part} name @param {string} title @param {Node} content @param {...(Node | string)} text */
    const section = (name, title, content, ...text) => element("details", {
      open: true, class: `nnl-part-${name}`, ontoggle: () => this.requests?.poke(),
    }, element("summary", {}, title), why(...text), this.faults[name].root, content);
    return {
      history: section("history", "When it was learned", this.strip.box,
        "Each block is the network's answer at that time of the training: blue is right, orange is wrong."),
      maps: section("maps", "What each layer sees", this.featureMaps.box,
        "From layer to layer the picture becomes features: a map is bright where its filter finds its pattern. Click "
        + "one to enlarge it."),
      saliency: section("saliency", "Saliency", this.heats.saliency.box,
        "Where a little more ink would raise (blue) or lower (orange) the evidence for ", this.why.saliency,
        " most: the gradient of that output, taken before the softmax, with respect to every pixel."),
      occlusion: section("occlusion", "Occlusion", this.heats.occlusion.box,
        "A grey patch covers one place after the other: blue where the probability of ", this.why.occlusion,
        " falls without it, so the network relies on that place; orange where it rises."),
      nearest: section("nearest", "Nearest training digits", this.near.box,
        "The training digits whose pixels differ least (Euclidean distance). Where they look alike but are labelled "
        + "otherwise, the digit itself is ambiguous."),
    };
  }

  // ---- opening and leaving ------------------------------------------------------------------------------------------

  /**
   * order: the indices of the gallery it was opened from; the arrows follow them.
   * @param {number} index @param {number[] | null} [order]
   */
  open(index, order = null) {
    if (this.dialog.hidden) this.opener = document.activeElement;
    this.order = order;
    this.show(index);
    this.dialog.hidden = false;
    if (this.dialog.showPopover && !this.dialog.matches(":popover-open")) this.dialog.showPopover();
    this.dialog.focus({ preventScroll: true });
    document.addEventListener("keydown", this.outside);
    this.requests.restart();
  }

  /** @param {number} index */
  show(index) {
    const data = (this.data = this.ctx.data);
    this.index = index;
    this.target = this.look = this.answers = null;
    this.verdict.textContent = "";
    for (const fault of Object.values(this.faults)) fault.say();
    for (const heat of Object.values(this.heats)) heat.clear();
    this.near.clear();
    this.strip.clear(this.ctx.run() ? "" : UNTRAINED);
    const draw = () => { if (this.index === index && !this.look) this.ink.drawFrom(data, index, this.title()); };
    draw();
    data.ready(index).then(() => { if (this.data === data) { draw(); this.head(); } }, (error) => {
      if (this.index === index) this.failed(error, "maps");
    });
    this.head();
    if (this.ctx.view().digit !== index) this.ctx.setView({ digit: index });
  }

  close() {
    if (this.dialog.hidden) return;
    this.requests.stop();
    document.removeEventListener("keydown", this.outside);
    if (this.dialog.hidePopover && this.dialog.matches(":popover-open")) this.dialog.hidePopover();
    this.dialog.hidden = true;
    this.index = null;
    if (this.opener instanceof HTMLElement && this.opener.isConnected) this.opener.focus({ preventScroll: true });
    if (this.dialog.isConnected && this.ctx.view().digit != null) this.ctx.setView({ digit: null });
  }

  dispose() {
    this.close();
    this.requests.dispose();
    for (const chart of [...Object.values(this.heats), this.near.album]) chart.purge();
    this.dialog.remove();
  }

  /** @param {number} by */
  move(by) {
    const to = this.neighbour(by);
    if (to === null) return;
    this.show(to);
    this.requests.restart();
  }

  /** The digit before or after in the gallery, or by number where there is none. @param {number} by */
  neighbour(by) {
    const { order, index } = this;
    if (index === null) return null;
    if (order?.includes(index)) return order[order.indexOf(index) + by] ?? null;
    const to = index + by;
    return to >= 0 && to < (this.ctx.data.about?.n ?? Infinity) ? to : null;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Escape") { event.preventDefault(); this.close(); }
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      this.move(event.key === "ArrowLeft" ? -1 : 1);
    }
  }

  // ---- what should be on the screen ---------------------------------------------------------------------------------

  /** A new step, another run, other data, another theme. */
  refresh() {
    if (this.index === null) return;
    if (this.data !== this.ctx.data) {
      this.show(this.index);
      this.requests.restart();
      return;
    }
    this.head();
    if (this.look && this.themeKey !== this.ctx.theme().key) this.redraw();
    this.requests.poke();
  }

  /** @param {Part} name */
  shows(name) {
    return this.index !== null && this.sections[name].open;
  }

  /** The network in question: a run, or the untrained one of a setting. */
  who() {
    return this.ctx.run() ?? JSON.stringify(this.ctx.spec());
  }

  /**
   * What should be on the screen, in one line; the same line made of an answer tells whether it is the one.
   * @param {Part} name
   */
  wanted(name) {
    if (!this.shows(name)) return null;
    const step = this.ctx.run() ? this.ctx.filmStep() ?? this.ctx.step() : 0;
    return [this.who(), this.index, step, name in this.heats ? this.target : null].join("|");
  }

  /** The answer, and what it is about. @param {Part} name @param {AbortSignal} signal */
  async ask(name, signal) {
    const { index } = this, run = this.ctx.run(), who = this.who(), film = run && this.ctx.filmStep(),
      target = name in this.heats ? this.target : null;
    const body = { run, spec: run ? null : this.ctx.spec(), digit: index, parts: [name], target, step: film };
    const frame = await this.ctx.data.look(body, { signal });
    this.faults[name].say();
    // Of the film there is nothing newer to wait for.
    return { frame, key: [who, index, run ? film ?? frame.step : 0, target].join("|") };
  }

  // ---- requests -----------------------------------------------------------------------------------------------------

  /** @param {AbortSignal} signal */
  async maps(signal) {
    const { frame, key } = await this.ask("maps", signal);
    this.look = frame;
    this.redraw();
    return key;
  }

  /** @param {"saliency" | "occlusion"} name @param {AbortSignal} signal */
  async heat(name, signal) {
    const asked = this.target, { frame, key } = await this.ask(name, signal);
    const { [name]: heat, pixels } = frame.arrays;
    this.heats[name].draw({ heat, pixels, theme: this.ctx.theme(), about: `${name} of ${this.title()}` });
    this.why[name].textContent = `“${this.name(asked ?? frame.meta.predicted)}”`;
    return key;
  }

  /** @param {AbortSignal} signal */
  async nearest(signal) {
    const wanted = this.wantedOfData(), { frame } = await this.ask("nearest", signal);
    this.near.draw(frame, this.ctx.classNames(), frame.meta.predicted, this.ctx.theme());
    return wanted;
  }

  /** What does not depend on the network's weights. */
  wantedOfData() {
    return this.shows("nearest") ? `${this.who()}|${this.index}` : null;
  }

  /** @param {AbortSignal} signal */
  async history(signal) {
    const wanted = this.wanted("history"), run = encodeURIComponent(this.ctx.run() ?? "");
    this.answers = await this.ctx.data.get(`/nnviz/history?run=${run}&digit=${this.index}`, { signal });
    this.faults.history.say();
    this.drawHistory();
    return wanted;
  }

  /** Said once is enough. @param {Error} error @param {Part} name */
  failed(error, name) {
    if (name === "maps" || this.faults.maps.root.textContent !== error.message) this.faults[name].say(error.message);
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  /** @param {number} k */
  name(k) {
    return this.ctx.classNames()[k] ?? String(k);
  }

  title() {
    return `${this.ctx.data.split} ${noun(this.ctx.classNames())} ${this.index}`.replace(/^./, (c) => c.toUpperCase());
  }

  head() {
    const { ctx } = this;
    this.heading.textContent = this.title();
    label(this.dialog, `${this.title()} opened`);
    stop(this.previous, "previous digit (←)", this.neighbour(-1) === null && "this is the first");
    stop(this.next, "next digit (→)", this.neighbour(1) === null && "this is the last");
    const step = this.look?.step;
    this.moment.textContent = !ctx.run() ? "untrained" : step === undefined ? ""
      : `step ${count(step)}${ctx.filmStep() === null ? "" : " (film)"}`;
  }

  redraw() {
    const { look, ctx } = this, theme = ctx.theme();
    if (!look) return;
    const themed = this.themeKey !== theme.key;
    this.themeKey = theme.key;
    const { data, shape: [h, w] } = look.arrays.pixels, { label: truth, predicted } = look.meta;
    this.ink.draw({ pixels: data, h, w }, `${this.title()}: a “${this.name(truth)}”`);
    this.drawBars();
    const p = look.arrays.probabilities.data[predicted];
    const text = predicted === truth ? `Right: “${this.name(truth)}” (${percent(p)}).`
      : `Wrong: it is a “${this.name(truth)}”, the ${ctx.spec()?.model.family === "svm" ? "SVM" : "network"} says `
        + `“${this.name(predicted)}” (${percent(p)}).`;
    write(this.verdict, text);
    this.verdict.dataset.right = String(predicted === truth);
    this.sections.maps.hidden = !look.meta.layers.length; // an SVM has none
    this.featureMaps.draw(look, theme);
    for (const heat of Object.values(this.heats)) heat.redrawn(theme);
    if (themed) this.near.redrawn(theme);
    this.head();
    Object.assign(this.dialog.dataset, { digit: this.index, step: look.step });
  }

  drawBars() {
    if (!this.look) return;
    const { arrays, meta } = this.look;
    const names = this.ctx.classNames(), theme = this.ctx.theme(), { predicted, label: truth } = meta;
    this.bars.draw([...arrays.probabilities.data], { names, theme, predicted, truth, chosen: this.target });
    this.drawVectors([...arrays.probabilities.data], truth);
  }

  /** The answer beside the one-hot label, class by class. @param {number[]} answer @param {number} truth */
  drawVectors(answer, truth) {
    const row = (/** @type {number} */ p, /** @type {number} */ k) => element("tr", { "data-truth": `${k === truth}` },
      element("th", { scope: "row" }, this.name(k)), element("td", {}, p.toFixed(5)),
      element("td", {}, k === truth ? "1" : "0"));
    this.vectors.hidden = this.ctx.spec()?.model.family === "svm"; // it is not trained towards one
    this.table.replaceChildren(
      element("thead", {}, element("tr", {}, ...["class", "answer", "label"].map((text) =>
        element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...answer.map(row)));
  }

  drawHistory() {
    if (!this.answers) return;
    const { step, epoch } = this.answers, film = this.ctx.filmStep();
    const at = film === null ? -1 : step.findLastIndex((s) => s <= film);
    this.strip.draw(this.answers, this.ctx.classNames(), at < 0 ? null : epoch[at]);
  }
}
