// Test digits turned by an angle: how far the accuracy falls, and the first digits turned with what the network says of
// them. The curve builds up angle by angle and stays as it was measured while the network trains on.

import { Chart } from "../../figures/chart.js";
import { Fault, noun, why } from "./look_parts.js";
import { button, canvas, element, label, messageOf, stop, stylesheet, write } from "../../kit/dom.js";
import { count, percent, typed } from "../../kit/numbers.js";
import { context2d } from "../../kit/pictures.js";

/**
 * What /nnviz/rotated answers: how many of `n` digits of a split of `of` are right when they are turned, and the first
 * of them: a strip of pictures, one beside the other.
 * @typedef {{angle: number, accuracy: number, step: number, n: number, of: number, split: string, indices: number[],
 *   predicted: number[], true: number[], pictures: string}} Turned
 */

const FAR = 90, COARSE = 10, FINE = 2.5; // degrees
const REST = 400; // milliseconds that the film's slider stands still before the curve of its picture is measured
const MEASURE = "accuracy on the turned test digits, angle by angle", FINER = "angles half as far apart";

/** 0, 10, −10, 20, −20 …: what matters most comes first. @param {number} step */
export function angles(step, far = FAR) {
  const found = [0];
  for (let a = step; a <= far; a += step) found.push(a, -a);
  return found;
}

export class Rotated {
  /** @param {HTMLElement} root @param {import("./digits.js").Context} ctx */
  constructor(root, ctx) {
    this.ctx = ctx;
    this.shown = false;
    this.step = COARSE;
    this.angle = 30;
    /** @type {string | null} */
    this.run = null;
    /** @type {Map<number, Turned>} */
    this.points = new Map();
    /** @type {Turned[] | null} the curve that was measured before */
    this.before = null;
    /** @type {number | null} the step of the film that was measured last, or is about to be; null: now */
    this.film = null;
    this.timer = 0; // until the film's slider has come to rest
    /** @type {AbortController | null} */
    this.flight = null;
    stylesheet("rooms/digits/detail.css");
    this.measure = button("Measure", MEASURE, () => this.again());
    this.finer = button("Finer", FINER, () => { this.step = this.step === COARSE ? COARSE / 2 : FINE; this.go(); });
    this.words = element("p", { class: "nnl-words", role: "status" });
    this.fault = new Fault();
    this.chart = element("div", {
      class: "nnl-chart", role: "img", "aria-label": "accuracy against angle, not measured yet",
    });
    this.plotted = new Chart(this.chart, "rotated", { on: { plotly_click: ({ points }) => this.turn(points[0].x) } });
    this.slider = element("input", {
      type: "range", min: -FAR, max: FAR, step: 5, value: this.angle, "aria-label": "angle of the gallery in degrees",
      oninput: () => this.turn(Number(this.slider.value)),
    });
    this.shownAngle = element("output", {});
    this.count = element("p", { class: "nnl-verdict", role: "status" });
    this.gallery = element("div", { class: "nnl-gallery" });
    const tools = (/** @type {string} */ title, /** @type {Node[]} */ ...parts) =>
      element("header", { class: "nnl-tools" }, element("h4", {}, title), ...parts);
    this.box = element("div", { class: "nnl nnl-rotated" },
      element("section", {}, tools("Accuracy on turned test digits", this.measure, this.finer), this.fault.root,
        this.chart, this.words,
        why("The same test digits, turned about their centre. A network knows only what it was shown: trained on "
          + "upright digits it loses its way with the angle; trained with rotated ones (“Rotated copies” beside the "
          + "data) it keeps its accuracy longer.")),
      element("section", {},
        tools("The first digits, turned", element("label", {}, "Angle", this.slider, this.shownAngle)),
        this.count, this.gallery));
    root.replaceChildren(this.box);
  }

  // ---- life ---------------------------------------------------------------------------------------------------------

  show() {
    this.shown = true;
    this.refresh();
    if (this.timer) return; // the film stands elsewhere than what is known
    this.turn(this.angle);
    this.go();
  }

  hide() {
    this.shown = false;
    this.rest();
    this.flight?.abort();
  }

  rest() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  dispose() {
    this.hide();
    this.plotted.purge();
  }

  /**
   * A new step, another run, another theme: what was measured stays; the button says what has changed. With the film's
   * slider it is measured anew, once that rests: nineteen measurements take seconds.
   */
  refresh() {
    if (!this.shown) return;
    const run = this.ctx.run(), film = this.ctx.filmStep();
    if (run === this.run && film !== this.film) {
      this.rest();
      this.film = film;
      this.flight?.abort();
      this.timer = setTimeout(() => {
        this.timer = 0;
        this.again();
      }, REST);
    }
    if (run !== this.run) {
      this.rest();
      this.flight?.abort();
      Object.assign(this, { run, film, before: null, points: new Map(), step: COARSE });
      this.gallery.replaceChildren();
      this.count.textContent = "";
      this.turn(this.angle);
      this.go();
    }
    this.draw();
  }

  /** Forget the curve, but leave it as a faint line to compare with. */
  again() {
    this.rest();
    this.flight?.abort();
    if (this.points.size > 1) this.before = this.rows();
    this.points = new Map();
    this.step = COARSE;
    this.turn(this.angle);
    this.go();
  }

  // ---- measuring ----------------------------------------------------------------------------------------------------

  /** One angle after the other, the wished one of the gallery first, until all are there. */
  async go() {
    if (!this.shown || !this.run || this.timer || (this.flight && !this.flight.signal.aborted)) return;
    const flight = (this.flight = new AbortController()), { run } = this;
    this.fault.say();
    try {
      for (;;) {
        const next = this.points.has(this.angle) ? angles(this.step).find((a) => !this.points.has(a)) : this.angle;
        if (next === undefined) break;
        this.draw();
        const answer = await this.post({ run, angle: next, step: this.ctx.filmStep() }, flight.signal);
        this.points.set(next, answer);
        if (next === this.angle) this.drawGallery(answer);
      }
    } catch (error) {
      if (flight.signal.aborted) return;
      this.fault.say(messageOf(error));
    } finally {
      if (this.flight === flight) this.flight = null;
    }
    this.draw();
  }

  /**
   * Busy is no fault: the same angle again when the server says.
   * @param {{run: string, angle: number, step: number | null}} body @param {AbortSignal} signal
   * @returns {Promise<Turned>}
   */
  async post(body, signal) {
    for (;;) {
      try {
        return await this.ctx.data.post("/nnviz/rotated", body, { signal });
      } catch (fault) {
        const error = /** @type {any} */ (fault);
        if (!error.retry || signal.aborted) throw error;
        await new Promise((resolve) => { setTimeout(resolve, error.retry * 1000); });
        signal.throwIfAborted();
      }
    }
  }

  /** @param {number} angle */
  turn(angle) {
    this.angle = angle;
    if (Number(this.slider.value) !== angle) this.slider.value = String(angle);
    this.shownAngle.textContent = `${typed(angle)}°`;
    const known = this.points.get(angle);
    if (known) this.drawGallery(known);
    this.go();
    this.draw();
  }

  rows() {
    return [...this.points.values()].sort((a, b) => a.angle - b.angle);
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  draw() {
    const rows = this.rows(), steps = rows.map((r) => r.step), now = this.ctx.step();
    const going = Boolean(this.flight && !this.flight.signal.aborted), to = Math.max(...steps);
    const untrained = !this.run && "press Train first";
    stop(this.measure, MEASURE, untrained || (going && now === to && "it is under way"));
    write(this.measure, rows.length ? "Measure again" : "Measure");
    stop(this.finer, FINER, untrained || (going && "when all of these are measured")
      || (this.step <= FINE && `finer than ${FINE}° it does not go`) || (!rows.length && "measure first"));
    this.box.dataset.angles = String(rows.length);
    write(this.words, !this.run ? "Press Train first: the curve is of a trained network."
      : rows.length ? this.measured(rows, Math.min(...steps), to, now !== to && !going) : "Measuring …");
    this.plot(rows);
  }

  /**
   * At which steps of the training the rows were measured, and on what.
   * @param {Turned[]} rows @param {number} from @param {number} to @param {boolean} old
   */
  measured([{ n, of, split }], from, to, old) {
    const at = from === to ? `Measured at step ${count(to)}`
      : `Measured between steps ${count(from)} and ${count(to)}, as the training went on (pause for a curve of one `
      + "moment)";
    const digits = `${count(n)}${n < of ? ` of ${count(of)}` : ""} ${split} ${noun(this.ctx.classNames())}s`;
    const now = count(this.ctx.step());
    if (this.timer) {
      const moved = this.film === null ? `The network is at step ${now}` : `The film is at step ${count(this.film)}`;
      return `${at}. ${moved}: it is measured there when the slider rests.`;
    }
    const anew = this.ctx.filmStep() === null
      ? `The network is at step ${now} now: measure again to see what it has learned.`
      : `The film is at step ${now}: measure again to see what the network could do then.`;
    const turned = `${at}, on ${digits} for each angle, turned counter-clockwise where it is positive.`;
    return old ? `${turned} ${anew}` : turned;
  }

  /** @param {Turned[]} rows */
  plot(rows) {
    const trained = this.ctx.spec()?.data.rotate, { before } = this;
    const values = {
      rows, angle: this.angle, chance: 1 / (this.ctx.classNames().length || 10), trained: trained ? [trained] : [],
      before: before ? [{ name: `before, step ${count(before[before.length - 1].step)}`, rows: before }] : [],
      compared: Boolean(before), revision: this.run ?? "",
    };
    const state = [this.angle, before?.length, trained, rows.map((r) => [r.angle, r.accuracy])];
    this.plotted.draw(values, this.ctx.theme(), {}, state);
    const words = rows.map((r) => `${r.angle}°: ${percent(r.accuracy)}`).join(", ");
    label(this.chart, `accuracy against angle. ${words || "Not measured yet."}`);
  }

  /** @param {Turned} turned */
  async drawGallery({ angle, indices, predicted, true: truths, pictures }) {
    const strip = new Image();
    strip.src = `data:image/png;base64,${pictures}`;
    const [{ height: h, width: w }] = await Promise.all([this.ctx.data.info(), strip.decode()]);
    if (this.angle !== angle) return;
    const names = this.ctx.classNames(), columns = Math.max(1, Math.floor(strip.width / w));
    const right = indices.filter((_, i) => predicted[i] === truths[i]).length;
    this.count.textContent = `${right} of these ${indices.length} right at ${typed(angle)}°.`;
    this.gallery.replaceChildren(...indices.map((index, i) => {
      const said = names[predicted[i]] ?? predicted[i], truth = names[truths[i]] ?? truths[i];
      const ok = predicted[i] === truths[i], about = `digit ${index} turned by ${angle}°: true ${truth}`;
      const picture = canvas(`${about}, predicted ${said}`, { width: w, height: h });
      context2d(picture).drawImage(strip, (i % columns) * w, Math.floor(i / columns) * h, w, h, 0, 0, w, h);
      const open = () => this.ctx.open(index, indices);
      const card = button("", `open digit ${index}`, open, { class: "nnl-card", "data-right": String(ok) });
      card.append(picture, element("span", {}, ok ? `✓ ${said}` : `✗ ${said}, is ${truth}`));
      return card;
    }));
    this.gallery.dataset.angle = String(angle);
  }
}
