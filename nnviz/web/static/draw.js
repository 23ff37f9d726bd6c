// Draw a digit, or bring a picture: made alike to the training digits step by step, classified by the network of now while it is
// drawn, beside the training digits that are nearest.

import { Bars, Nearest } from "./look_parts.js";
import { Pad } from "./pad.js";
import { Turns } from "./turns.js";
import { canvas, paint, scales, stylesheet } from "./pictures.js";
import { element, stop } from "./editor.js";
import { percent } from "./predictions.js";
import { toBase64 } from "./digit_data.js";

const EVERY = 120; // milliseconds of rest between two classifications while the pen moves

export class Draw {
  constructor(root, ctx) {
    Object.assign(this, { root, ctx, shown: false, drawing: 0, prepared: null });
    stylesheet("detail.css");
    this.build();
    this.turns = new Turns([
      { name: "prepare", every: EVERY, wanted: () => (this.shown && !this.pad.empty ? `${this.drawing}|${ctx.data.query}` : null), run: (signal) => this.prepare(signal) },
      { name: "classify", every: EVERY, wanted: () => this.wanted(), run: (signal) => this.classify(signal) },
      { name: "uncentred", every: EVERY, wanted: () => (this.raw.checked ? this.wanted() : null), run: (signal) => this.uncentred(signal) },
    ], (error, { name }) => { if (name === "prepare" && !error.retry) this.blank(); this.fault(error); });
    this.pasted = (e) => this.paste(e);
  }

  build() {
    this.pad = new Pad(() => { this.drawing += 1; this.changed(); });
    const button = (text, title, click) => element("button", { type: "button", title, onclick: click }, text);
    this.undo = button("Undo", "take the last stroke back (Ctrl+Z on the pad)", () => this.pad.undo());
    this.clear = button("Clear", "an empty pad (Delete on the pad)", () => this.pad.clear());
    this.file = element("input", { type: "file", accept: "image/png,image/jpeg", hidden: true, "aria-label": "picture to upload", onchange: () => { this.load(this.file.files[0]); this.file.value = ""; } });
    this.raw = element("input", { type: "checkbox", onchange: () => this.changed() });
    this.note = element("p", { class: "nnl-fault", role: "alert", hidden: true });
    this.answer = element("p", { class: "nnl-verdict", role: "status" });
    this.bars = new Bars("class probabilities");
    this.rawAnswer = element("p", { class: "nnl-verdict" });
    this.rawBars = new Bars("class probabilities without centring");
    this.rawPicture = canvas("the drawing as it is, only made small", { class: "nnl-step" });
    this.rawBox = element("section", { hidden: true }, element("h4", {}, "Not centred"), this.rawPicture, this.rawAnswer, this.rawBars.box,
      element("p", { class: "nnl-why" }, "The same drawing, only made small. The network has never seen a digit that lies elsewhere or is of another size: every weight belongs to a fixed pixel."));
    this.steps = element("div", { class: "nnl-steps" });
    this.near = new Nearest();
    const drop = element("div", { class: "nnl-padbox", ondragover: (e) => { e.preventDefault(); drop.dataset.over = "true"; }, ondragleave: () => { drop.dataset.over = "false"; },
      ondrop: (e) => { e.preventDefault(); drop.dataset.over = "false"; this.load(e.dataTransfer.files[0]); } },
      this.pad.canvas,
      element("div", { class: "nnl-tools" }, this.undo, this.clear, element("label", {}, "Brush", this.pad.brush),
        button("Upload a picture", "PNG or JPEG; you can also drop it on the pad, or paste it (Ctrl+V)", () => this.file.click()), this.file,
        element("label", { title: "what the network says of the drawing as it lies on the pad" }, this.raw, "Also without centring")));
    this.box = element("div", { class: "nnl nnl-draw" },
      drop,
      element("div", { class: "nnl-results" }, this.note,
        element("section", {}, element("h4", {}, "The network's answer"), this.answer, this.bars.box), this.rawBox,
        element("section", { class: "nnl-nearbox" }, element("h4", {}, "Nearest training digits"), this.near.box)),
      element("section", { class: "nnl-made" }, element("h4", {}, "Made like the training digits"), this.steps));
    this.root.replaceChildren(this.box);
  }

  // ---- life ------------------------------------------------------------------------------------------------------------------

  show() {
    if (!this.shown) document.addEventListener("paste", this.pasted);
    this.shown = true;
    this.changed();
  }

  /** A new step, another run, another theme. */
  refresh() {
    if (!this.shown) return;
    if (this.frame && this.themeKey !== this.ctx.theme().key) this.drawAnswer();
    this.turns.poke();
  }

  hide() {
    document.removeEventListener("paste", this.pasted);
    this.shown = false;
    this.turns.stop();
  }

  dispose() {
    this.hide();
    this.turns.dispose();
  }

  // ---- the picture -----------------------------------------------------------------------------------------------------------

  async load(file) {
    if (!file) return;
    try {
      await this.pad.load(file);
    } catch (error) {
      this.fault(error);
    }
  }

  paste(event) {
    if (event.target.closest?.("input, textarea, [contenteditable=true]")) return;
    const file = [...event.clipboardData.items].find((item) => item.kind === "file")?.getAsFile();
    if (!file) return;
    event.preventDefault();
    this.load(file);
  }

  changed() {
    const { empty } = this.pad;
    this.note.hidden = true;
    stop(this.undo, "take the last stroke back (Ctrl+Z on the pad)", empty && "the pad is empty");
    stop(this.clear, "an empty pad (Delete on the pad)", empty && "it is empty already");
    this.rawBox.hidden = !this.raw.checked || empty;
    if (empty) {
      this.turns.stop();
      this.blank();
      this.answer.textContent = "Draw: the answer comes while you do.";
    }
    this.box.dataset.empty = String(empty);
    this.turns.poke();
  }

  /** No picture to speak of. */
  blank() {
    this.prepared = this.frame = null;
    for (const words of [this.answer, this.rawAnswer]) words.textContent = "";
    for (const bars of [this.bars, this.rawBars]) bars.clear();
    this.steps.replaceChildren();
    this.near.clear();
    delete this.box.dataset.predicted;
  }

  fault(error) {
    this.note.textContent = error.message;
    this.note.hidden = false;
  }

  // ---- requests ----------------------------------------------------------------------------------------------------------------

  /** Centre and scale it as the data set was made. */
  async prepare(signal) {
    const { drawing } = this, { query } = this.ctx.data;
    const name = this.ctx.spec().data.name;
    const made = await this.ctx.data.post("/nnviz/handwriting", { image: this.pad.png(), name }, { signal });
    this.prepared = { ...made, drawing };
    this.drawSteps(made.steps);
    return `${drawing}|${query}`;
  }

  /** Which picture and which network the answer should be about; null until the picture is prepared. */
  wanted() {
    if (!this.shown || !this.prepared) return null;
    const run = this.ctx.run();
    return [this.prepared.drawing, run ?? JSON.stringify(this.ctx.spec()), run ? this.ctx.filmStep() ?? this.ctx.step() : 0].join("|");
  }

  async look(pixels, parts, signal) {
    const run = this.ctx.run(), { drawing } = this.prepared, spec = this.ctx.spec(), film = run && this.ctx.filmStep();
    const frame = await this.ctx.data.look({ run, spec: run ? null : spec, pixels, parts, step: film }, { signal });
    return { frame, key: [drawing, run ?? JSON.stringify(spec), run ? film ?? frame.step : 0].join("|") };
  }

  async classify(signal) {
    const { frame, key } = await this.look(this.prepared.pixels, ["nearest"], signal);
    this.frame = frame;
    this.note.hidden = true;
    this.drawAnswer();
    return key;
  }

  async uncentred(signal) {
    const { height: h, width: w } = this.prepared, pixels = this.pad.shrunk(h, w);
    const { frame, key } = await this.look(toBase64(pixels), [], signal);
    paint(this.rawPicture, pixels, { h, w }, scales.ink());
    this.drawInto(this.rawBars, this.rawAnswer, frame);
    return key;
  }

  // ---- drawing -------------------------------------------------------------------------------------------------------------------

  drawAnswer() {
    this.themeKey = this.ctx.theme().key;
    const predicted = this.drawInto(this.bars, this.answer, this.frame), names = this.ctx.classNames();
    this.near.draw(this.frame, names, predicted);
    Object.assign(this.box.dataset, { predicted, step: this.frame.step });
  }

  drawInto(bars, words, frame) {
    const names = this.ctx.classNames(), p = [...frame.arrays.probabilities.data];
    const { predicted } = frame.meta;
    bars.draw(p, { names, theme: this.ctx.theme(), predicted });
    const moment = this.ctx.run() ? `after ${frame.step.toLocaleString("en")} steps` : "untrained: it can only guess";
    const text = `“${names[predicted] ?? predicted}” (${percent(p[predicted])}), ${moment}.`;
    if (words.textContent !== text) words.textContent = text;
    return predicted;
  }

  drawSteps(steps) {
    this.steps.replaceChildren(...steps.map(({ title, text, picture }, i) => element("figure", {},
      element("img", { class: "nnl-step", src: `data:image/png;base64,${picture}`, alt: `step ${i + 1}: ${title}` }),
      element("figcaption", {}, element("b", {}, `${i + 1}. ${title}`), ` ${text}`))));
  }
}
