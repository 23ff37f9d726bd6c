// One digit opened: what it is, what the network makes of it and why, and when it was learned. A dialog at the side that
// leaves the gallery usable; it stays up to date while the network trains.

import { Bars, Ink, Nearest, noun } from "./look_parts.js";
import { element, stop } from "./editor.js";
import { FeatureMaps } from "./feature_maps.js";
import { HistoryStrip } from "./digit_history.js";
import { canvas, cellAt, label, paint, scales, short, stylesheet } from "./pictures.js";
import { percent } from "./predictions.js";
import { Turns } from "./turns.js";

const EVERY = { maps: 250, saliency: 500, occlusion: 1500, nearest: 0, history: 2500 }; // milliseconds of rest between requests

export class Detail {
  /** ctx: see the digits' instrument. The dialog is put into `root` and hidden until `open`. */
  constructor(root, ctx) {
    this.ctx = ctx;
    this.index = null;
    this.order = null;
    this.target = null; // the class that the visitor asks about; null is the network's answer
    stylesheet("detail.css");
    this.build(root);
    const job = (name, run, wanted = () => this.wanted(name)) => ({ name, every: EVERY[name], wanted, run });
    this.turns = new Turns([
      job("maps", (signal) => this.maps(signal)),
      job("saliency", (signal) => this.heat("saliency", signal)),
      job("occlusion", (signal) => this.heat("occlusion", signal)),
      job("nearest", (signal) => this.nearest(signal), () => this.wantedOfData()),
      job("history", (signal) => this.history(signal), () => (ctx.run() ? this.wanted("history") : null)),
    ], (error, { name }) => this.failed(error, name));
  }

  build(root) {
    const button = (text, title, click) => element("button", { type: "button", "aria-label": title, title, onclick: click }, text);
    this.heading = element("h3");
    this.moment = element("span", { class: "nnl-moment" });
    this.previous = button("‹", "previous digit (←)", () => this.move(-1));
    this.next = button("›", "next digit (→)", () => this.move(1));
    this.ink = new Ink();
    this.verdict = element("p", { class: "nnl-verdict", role: "status" });
    this.bars = new Bars("class probabilities", (k) => { this.target = this.target === k ? null : k; this.refresh(); this.drawBars(); });
    this.featureMaps = new FeatureMaps();
    this.heats = { saliency: new Heat(), occlusion: new Heat() };
    this.near = new Nearest();
    this.strip = new HistoryStrip();
    this.sections = {};
    this.notes = {};
    const section = (name, title, text, ...content) => {
      this.notes[name] = element("p", { class: "nnl-fault", role: "alert", hidden: true });
      this.sections[name] = element("details", { open: true, class: `nnl-part-${name}`, ontoggle: () => this.turns?.poke() },
        element("summary", {}, title), element("p", { class: "nnl-why" }, text), this.notes[name], ...content);
      return this.sections[name];
    };
    this.why = { saliency: element("b"), occlusion: element("b") };
    this.dialog = element("aside", { class: "nnl nnl-detail", role: "dialog", tabindex: -1, popover: "manual", hidden: true, onkeydown: (e) => this.press(e) },
      element("header", {}, this.previous, this.heading, this.next, this.moment, button("×", "close (Esc)", () => this.close())),
      element("div", { class: "nnl-top" }, this.ink.box, element("div", {}, this.verdict, this.bars.box)),
      element("p", { class: "nnl-why" }, "The bars are the network's answer: how it divides its belief among the classes. Click one to ask what speaks for that class."),
      section("history", "When it was learned", "Each block is the network's answer at that time of the training: blue is right, orange is wrong.", this.strip.box),
      section("maps", "What each layer sees", "From layer to layer the picture becomes features: a map is bright where its filter finds its pattern. Click one to enlarge it.", this.featureMaps.box),
      section("saliency", "Saliency", element("span", {}, "Where a little more ink would raise (blue) or lower (orange) the evidence for ", this.why.saliency, " most: the gradient of that output, taken before the softmax, with respect to every pixel."), this.heats.saliency.box),
      section("occlusion", "Occlusion", element("span", {}, "A grey patch covers one place after the other: blue where the probability of ", this.why.occlusion, " falls without it, so the network relies on that place; orange where it rises."), this.heats.occlusion.box),
      section("nearest", "Nearest training digits", "The training digits whose pixels differ least (Euclidean distance). Where they look alike but are labelled otherwise, the digit itself is ambiguous.", this.near.box));
    root.append(this.dialog);
  }

  // ---- opening and leaving -------------------------------------------------------------------------------------------

  /** order: the indices of the gallery it was opened from; the arrows follow them. */
  open(index, order = null) {
    if (this.dialog.hidden) this.opener = document.activeElement;
    this.order = order;
    this.show(index);
    this.dialog.hidden = false;
    if (this.dialog.showPopover && !this.dialog.matches(":popover-open")) this.dialog.showPopover();
    this.dialog.focus({ preventScroll: true });
    this.outside ??= (e) => { if (e.key === "Escape" && !e.defaultPrevented) this.close(); };
    document.addEventListener("keydown", this.outside);
    this.turns.restart();
  }

  show(index) {
    const data = (this.data = this.ctx.data);
    this.index = index;
    this.target = this.look = this.answers = null;
    this.verdict.textContent = "";
    for (const note of Object.values(this.notes)) note.hidden = true;
    for (const heat of Object.values(this.heats)) heat.clear();
    this.near.clear();
    this.strip.clear(this.ctx.run() ? "" : "The network is untrained: press Train and watch when it learns this digit.");
    const draw = () => { if (this.index === index && !this.look) this.ink.drawFrom(data, index, this.title()); };
    draw();
    data.ready(index).then(() => { if (this.data === data) { draw(); this.head(); } }, (error) => { if (this.index === index) this.failed(error, "maps"); });
    this.head();
    if (this.ctx.view?.().digit !== index) this.ctx.setView?.({ digit: index });
  }

  close() {
    if (this.dialog.hidden) return;
    this.turns.stop();
    document.removeEventListener("keydown", this.outside);
    if (this.dialog.hidePopover && this.dialog.matches(":popover-open")) this.dialog.hidePopover();
    this.dialog.hidden = true;
    this.index = null;
    if (this.opener?.isConnected) this.opener.focus({ preventScroll: true });
    if (this.dialog.isConnected && this.ctx.view?.().digit != null) this.ctx.setView?.({ digit: null });
  }

  dispose() {
    this.close();
    this.turns.dispose();
    this.dialog.remove();
  }

  move(by) {
    const to = this.neighbour(by);
    if (to === null) return;
    this.show(to);
    this.turns.restart();
  }

  /** The digit before or after in the gallery, or by number where there is none. */
  neighbour(by) {
    const place = this.order?.indexOf(this.index) ?? -1;
    if (place >= 0) return this.order[place + by] ?? null;
    const to = this.index + by;
    return to >= 0 && to < (this.ctx.data.about?.n ?? Infinity) ? to : null;
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Escape") { event.preventDefault(); this.close(); }
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") { event.preventDefault(); this.move(event.key === "ArrowLeft" ? -1 : 1); }
  }

  // ---- what should be on the screen ------------------------------------------------------------------------------------

  /** A new step, another run, other data, another theme. */
  refresh() {
    if (this.index === null) return;
    if (this.data !== this.ctx.data) {
      this.show(this.index);
      this.turns.restart();
      return;
    }
    this.head();
    if (this.look && this.themeKey !== this.ctx.theme().key) this.redraw();
    this.turns.poke();
  }

  shows(name) {
    return this.index !== null && this.sections[name].open;
  }

  /** The network in question: a run, or the untrained one of a setting. */
  who() {
    return this.ctx.run() ?? JSON.stringify(this.ctx.spec());
  }

  /** What should be on the screen, in one line; the same line made of an answer tells whether it is the one. */
  wanted(name) {
    if (!this.shows(name)) return null;
    const step = this.ctx.run() ? this.ctx.filmStep() ?? this.ctx.step() : 0;
    return [this.who(), this.index, step, name in this.heats ? this.target : null].join("|");
  }

  /** The answer, and what it is about. */
  async ask(name, signal) {
    const { index } = this, run = this.ctx.run(), who = this.who(), film = run && this.ctx.filmStep(), target = name in this.heats ? this.target : null;
    const body = { run, spec: run ? null : this.ctx.spec(), digit: index, parts: [name], target, step: film };
    const frame = await this.ctx.data.look(body, { signal });
    this.notes[name].hidden = true;
    return { frame, key: [who, index, run ? film ?? frame.step : 0, target].join("|") }; // of the film there is nothing newer to wait for
  }

  // ---- requests ------------------------------------------------------------------------------------------------------------

  async maps(signal) {
    const { frame, key } = await this.ask("maps", signal);
    this.look = frame;
    this.redraw();
    return key;
  }

  async heat(name, signal) {
    const asked = this.target, { frame, key } = await this.ask(name, signal);
    this.heats[name].draw(frame.arrays[name], frame.arrays.pixels, this.ctx.theme(), `${name} of ${this.title()}`);
    this.why[name].textContent = `“${this.name(asked ?? frame.meta.predicted)}”`;
    return key;
  }

  async nearest(signal) {
    const wanted = this.wantedOfData(), { frame } = await this.ask("nearest", signal);
    this.near.draw(frame, this.ctx.classNames(), frame.meta.predicted);
    return wanted;
  }

  /** What does not depend on the network's weights. */
  wantedOfData() {
    return this.shows("nearest") ? `${this.who()}|${this.index}` : null;
  }

  async history(signal) {
    const wanted = this.wanted("history"), run = this.ctx.run();
    this.answers = await this.ctx.data.get(`/nnviz/history?run=${encodeURIComponent(run)}&digit=${this.index}`, { signal });
    this.notes.history.hidden = true;
    this.drawHistory();
    return wanted;
  }

  failed(error, name) {
    if (name !== "maps" && !this.notes.maps.hidden && this.notes.maps.textContent === error.message) return; // said once is enough
    this.notes[name].textContent = error.message;
    this.notes[name].hidden = false;
  }

  // ---- drawing ---------------------------------------------------------------------------------------------------------------

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
    this.moment.textContent = !ctx.run() ? "untrained" : step === undefined ? "" : `step ${step.toLocaleString("en")}${ctx.filmStep() === null ? "" : " (film)"}`;
  }

  redraw() {
    const { look, ctx } = this, theme = ctx.theme();
    this.themeKey = theme.key;
    const { data, shape: [h, w] } = look.arrays.pixels, { label: truth, predicted } = look.meta;
    this.ink.draw(data, h, w, `${this.title()}: a “${this.name(truth)}”`);
    this.drawBars();
    const p = look.arrays.probabilities.data[predicted];
    const text = predicted === truth ? `Right: “${this.name(truth)}” (${percent(p)}).` : `Wrong: it is a “${this.name(truth)}”, the ${ctx.spec()?.model?.family === "svm" ? "SVM" : "network"} says “${this.name(predicted)}” (${percent(p)}).`;
    if (this.verdict.textContent !== text) this.verdict.textContent = text;
    this.verdict.dataset.right = String(predicted === truth);
    this.sections.maps.hidden = !look.meta.layers.length; // an SVM has none
    this.featureMaps.draw(look, theme);
    for (const heat of Object.values(this.heats)) heat.redraw(theme);
    this.head();
    Object.assign(this.dialog.dataset, { digit: this.index, step: look.step });
  }

  drawBars() {
    if (!this.look) return;
    const { arrays, meta } = this.look;
    this.bars.draw([...arrays.probabilities.data], { names: this.ctx.classNames(), theme: this.ctx.theme(), predicted: meta.predicted, truth: meta.label, chosen: this.target });
  }

  drawHistory() {
    const { step, epoch } = this.answers, film = this.ctx.filmStep();
    const at = film === null ? -1 : step.findLastIndex((s) => s <= film);
    this.strip.draw(this.answers, this.ctx.classNames(), at < 0 ? null : epoch[at]);
  }
}

/** A signed picture of the digit's size in the diverging scale beside the digit, with the value under the pointer. */
class Heat {
  constructor() {
    const point = { onpointermove: (e) => this.point(e), onpointerleave: () => this.point(null) };
    this.canvas = canvas("", point);
    this.ink = element("canvas", { "aria-hidden": "true", ...point });
    this.readout = element("span", { class: "nnl-readout" });
    this.box = element("div", { class: "nnl-heatbox" }, this.canvas, this.ink, this.readout);
    this.clear();
  }

  draw({ data, shape: [h, w] }, pixels, theme, name) {
    const peak = data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    Object.assign(this, { data, h, w, peak });
    this.redraw(theme);
    paint(this.ink, pixels.data, this, scales.ink());
    label(this.canvas, `${name}; strongest ${short(peak)}`);
    this.box.dataset.ready = "true";
    this.point(null);
  }

  redraw(theme) {
    if (this.data) paint(this.canvas, this.data, this, scales.signed(theme, this.peak));
  }

  point(event) {
    const at = event && this.data && cellAt(event.currentTarget, event, this.h, this.w);
    this.readout.textContent = at ? `row ${at.row + 1}, column ${at.column + 1}: ${short(this.data[at.row * this.w + at.column])}` : this.data ? `strongest ${short(this.peak)}` : "…";
  }

  clear() {
    this.data = null;
    this.readout.textContent = "…";
    this.box.dataset.ready = "false";
    for (const c of [this.canvas, this.ink]) c.getContext("2d").clearRect(0, 0, c.width, c.height);
  }
}
