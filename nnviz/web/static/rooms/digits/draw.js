// Draw a digit, or bring a picture: made alike to the training digits step by step, classified by the network of now
// while it is drawn, beside the training digits that are nearest.

import { Bars, Fault, Nearest, why } from "./look_parts.js";
import { Pad } from "../../figures/pad.js";
import { RequestQueue } from "../../kit/request_queue.js";
import { button, canvas, checkbox, element, messageOf, stop, stylesheet, write } from "../../kit/dom.js";
import { paint, scales } from "../../kit/pictures.js";
import { count, percent } from "../../kit/numbers.js";
import { toBase64 } from "../../kit/digit_data.js";

/**
 * A picture as the training digits are; drawing: how often the pad had changed when it was taken from there.
 * @typedef {{pixels: string, height: number, width: number, drawing: number}} Prepared
 */

const EVERY = 120; // milliseconds of rest between two classifications while the pen moves
const UNDO = "take the last stroke back (Ctrl+Z on the pad)", CLEAR = "an empty pad (Delete on the pad)";

export class Draw {
  /** @param {HTMLElement} root @param {import("./digits.js").Context} ctx */
  constructor(root, ctx) {
    this.ctx = ctx;
    this.shown = false;
    this.drawing = 0;
    /** @type {Prepared | null} */
    this.prepared = null;
    /** @type {Frame | null} */
    this.frame = null;
    this.themeKey = "";
    stylesheet("rooms/digits/detail.css");
    this.pad = new Pad(() => { this.drawing += 1; this.changed(); });
    this.undo = button("Undo", UNDO, () => this.pad.undo());
    this.clear = button("Clear", CLEAR, () => this.pad.clear());
    this.file = element("input", {
      type: "file", accept: "image/png,image/jpeg", hidden: true, "aria-label": "picture to upload",
      onchange: () => { this.load(this.file.files?.[0]); this.file.value = ""; },
    });
    this.raw = checkbox("Also without centring", "what the network says of the drawing as it lies on the pad",
      () => this.changed());
    this.note = new Fault();
    this.answer = element("p", { class: "nnl-verdict", role: "status" });
    this.bars = new Bars("class probabilities");
    this.rawAnswer = element("p", { class: "nnl-verdict" });
    this.rawBars = new Bars("class probabilities without centring");
    this.rawPicture = canvas("the drawing as it is, only made small", { class: "nnl-step" });
    this.rawBox = element("section", { hidden: true }, element("h4", {}, "Not centred"), this.rawPicture,
      this.rawAnswer, this.rawBars.box,
      why("The same drawing, only made small. The network has never seen a digit that lies elsewhere or is of another "
        + "size: every weight belongs to a fixed pixel."));
    this.steps = element("div", { class: "nnl-steps" });
    this.near = new Nearest();
    this.box = element("div", { class: "nnl nnl-draw" }, this.place(),
      element("div", { class: "nnl-results" }, this.note.root,
        element("section", {}, element("h4", {}, "The network's answer"), this.answer, this.bars.box), this.rawBox,
        element("section", { class: "nnl-nearbox" }, element("h4", {}, "Nearest training digits"), this.near.box)),
      element("section", { class: "nnl-made" }, element("h4", {}, "Made like the training digits"), this.steps));
    root.replaceChildren(this.box);
    this.pasted = (/** @type {ClipboardEvent} */ e) => this.paste(e);
    this.requests = new RequestQueue([
      {
        name: "prepare", every: EVERY,
        wanted: () => (this.shown && !this.pad.empty ? `${this.drawing}|${ctx.data.query}` : null),
        run: (signal) => this.prepare(signal),
      },
      { name: "classify", every: EVERY, wanted: () => this.wanted(), run: (signal) => this.classify(signal) },
      {
        name: "uncentred", every: EVERY, wanted: () => (this.raw.input.checked ? this.wanted() : null),
        run: (signal) => this.uncentred(signal),
      },
    ], (error, { name }) => {
      if (name === "prepare" && !error.retry) this.blank();
      this.note.say(messageOf(error));
    });
  }

  /** The pad with its tools; a picture can be dropped on it. */
  place() {
    const over = (/** @type {DragEvent} */ e, /** @type {boolean} */ on) => {
      if (e.type !== "dragleave") e.preventDefault();
      place.dataset.over = String(on);
    };
    const drop = (/** @type {DragEvent} */ e) => { over(e, false); this.load(e.dataTransfer?.files[0]); };
    const place = element("div", {
      class: "nnl-padbox", ondragover: (/** @type {DragEvent} */ e) => over(e, true),
      ondragleave: (/** @type {DragEvent} */ e) => over(e, false), ondrop: drop,
    }, this.pad.canvas,
    element("div", { class: "nnl-tools" }, this.undo, this.clear, element("label", {}, "Brush", this.pad.brush),
      button("Upload a picture", "PNG or JPEG; you can also drop it on the pad, or paste it (Ctrl+V)",
        () => this.file.click()), this.file, this.raw.root));
    return place;
  }

  // ---- life ---------------------------------------------------------------------------------------------------------

  show() {
    if (!this.shown) document.addEventListener("paste", this.pasted);
    this.shown = true;
    this.changed();
  }

  /** A new step, another run, another theme. */
  refresh() {
    if (!this.shown) return;
    if (this.frame && this.themeKey !== this.ctx.theme().key) this.drawAnswer(this.frame);
    this.requests.poke();
  }

  hide() {
    document.removeEventListener("paste", this.pasted);
    this.shown = false;
    this.requests.stop();
  }

  dispose() {
    this.hide();
    this.requests.dispose();
  }

  // ---- the picture --------------------------------------------------------------------------------------------------

  /** @param {File | null} [file] */
  load(file) {
    if (file) this.pad.load(file).catch((error) => this.note.say(messageOf(error)));
  }

  /** @param {ClipboardEvent} event */
  paste(event) {
    const into = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable=true]");
    const file = [...event.clipboardData?.items ?? []].find((item) => item.kind === "file")?.getAsFile();
    if (into || !file) return;
    event.preventDefault();
    this.load(file);
  }

  changed() {
    const { empty } = this.pad;
    this.note.say();
    stop(this.undo, UNDO, empty && "the pad is empty");
    stop(this.clear, CLEAR, empty && "it is empty already");
    this.rawBox.hidden = !this.raw.input.checked || empty;
    if (empty) {
      this.requests.stop();
      this.blank();
      this.answer.textContent = "Draw: the answer comes while you do.";
    }
    this.box.dataset.empty = String(empty);
    this.requests.poke();
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

  // ---- requests -----------------------------------------------------------------------------------------------------

  /** Centre and scale it as the data set was made. @param {AbortSignal} signal */
  async prepare(signal) {
    const { drawing } = this, { query } = this.ctx.data, name = this.ctx.spec()?.data.name;
    const body = { image: this.pad.png(), name };
    const made = await this.ctx.data.post("/nnviz/handwriting", body, { signal, finish: true });
    this.prepared = { ...made, drawing };
    this.drawSteps(made.steps);
    return `${drawing}|${query}`;
  }

  /** Which picture and which network the answer should be about; null until the picture is prepared. */
  wanted() {
    return this.shown && this.prepared ? keyOf(this.about(this.prepared), this.ctx.step()) : null;
  }

  /** @param {Prepared} prepared */
  about({ drawing }) {
    const run = this.ctx.run();
    return { drawing, run, spec: run ? null : this.ctx.spec(), step: run ? this.ctx.filmStep() : null };
  }

  /** @param {Prepared} prepared @param {string} pixels @param {string[]} parts @param {AbortSignal} signal */
  async look(prepared, pixels, parts, signal) {
    const about = this.about(prepared), { drawing: _, ...body } = about;
    const frame = await this.ctx.data.look({ ...body, pixels, parts }, { signal, finish: true });
    return { frame, key: keyOf(about, frame.step) };
  }

  /** @param {AbortSignal} signal */
  async classify(signal) {
    if (!this.prepared) return null;
    const { frame, key } = await this.look(this.prepared, this.prepared.pixels, ["nearest"], signal);
    this.frame = frame;
    this.note.say();
    this.drawAnswer(frame);
    return key;
  }

  /** @param {AbortSignal} signal */
  async uncentred(signal) {
    if (!this.prepared) return null;
    const { height: h, width: w } = this.prepared, pixels = this.pad.shrunk(h, w);
    const { frame, key } = await this.look(this.prepared, toBase64(pixels), [], signal);
    paint(this.rawPicture, pixels, { h, w }, scales.ink());
    this.drawInto(this.rawBars, this.rawAnswer, frame);
    return key;
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  /** @param {Frame} frame */
  drawAnswer(frame) {
    this.themeKey = this.ctx.theme().key;
    const predicted = this.drawInto(this.bars, this.answer, frame);
    this.near.draw(frame, this.ctx.classNames(), predicted, this.ctx.theme());
    Object.assign(this.box.dataset, { predicted, step: frame.step });
  }

  /** @param {Bars} bars @param {HTMLElement} words @param {Frame} frame @returns {number} the answer */
  drawInto(bars, words, frame) {
    const names = this.ctx.classNames(), p = [...frame.arrays.probabilities.data];
    const { predicted } = frame.meta;
    bars.draw(p, { names, theme: this.ctx.theme(), predicted });
    const moment = this.ctx.run() ? `after ${count(frame.step)} steps` : "untrained: it can only guess";
    write(words, `“${names[predicted] ?? predicted}” (${percent(p[predicted])}), ${moment}.`);
    return predicted;
  }

  /** @param {Record<"title" | "text" | "picture", string>[]} steps */
  drawSteps(steps) {
    this.steps.replaceChildren(...steps.map(({ title, text, picture }, i) => element("figure", {},
      element("img", { class: "nnl-step", src: `data:image/png;base64,${picture}`, alt: `step ${i + 1}: ${title}` }),
      element("figcaption", {}, element("b", {}, `${i + 1}. ${title}`), ` ${text}`))));
  }
}

/**
 * @param {{drawing: number, run: string | null, spec: Spec | null, step: number | null}} about step: the film's
 * @param {number} now step of the network
 */
const keyOf = ({ drawing, run, spec, step }, now) =>
  [drawing, run ?? JSON.stringify(spec), run ? step ?? now : 0].join("|");
