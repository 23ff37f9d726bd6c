// The game itself: its controls, what both networks make of the data, the curves, and the setting.

import { Chart } from "../../figures/chart.js";
import { RunBefore, trained } from "../../kit/before.js";
import { button, checkbox, element, sign, stop, write } from "../../kit/dom.js";
import { formula } from "../../kit/formula.js";
import { count, number, percent } from "../../kit/numbers.js";
import { Fields, RunBar } from "../../kit/run_controls.js";
import { decodeFrame, fromBase64 } from "../../kit/wire.js";
import { Digits } from "./digits.js";
import { Pen } from "./pen.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

/** @type {import("../../kit/tabbed.js").Speeds} */
export const SPEEDS = {
  single: { title: "8 steps a second", speed: { steps: 1, fps: 8 } },
  slow: { title: "100 steps a second", speed: { steps: 10, fps: 10 } },
  quick: { title: "600 steps a second", speed: { steps: 60, fps: 10 } },
  full: { title: "full speed", speed: { steps: null, fps: 10 } },
};
const BACK = "Back to the picture before (←)", STEP = "One step more: both networks (→)";
const ALONE = { discriminator: "One update of the discriminator alone (D)",
  generator: "One update of the generator alone (G)" };
const LOCKED = "this run belongs to somebody else, you are watching; ↺ leaves it";
const DRAW = "Paint the data: drag across the plane";
/** @type {import("../../kit/dom.js").Option[]} */
const LATENT = [["uniform", "uniform, −1 to 1"], ["gaussian", "N(0, 1)"]];
/** @type {import("../../kit/dom.js").Option[]} */
const OPTIMIZERS = [["adam", "Adam"], ["rmsprop", "RMSprop"], ["sgd", "SGD"]];
/** @type {import("../../kit/dom.js").Option[]} */
const CLASSES = [["all", "all"], ...[..."0123456789"].map((one) => /** @type {[string, string]} */ ([one, one]))];

export class Game {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    const { client } = room;
    /** @type {Frame | null} before the training */
    this.preview = null;
    this.text = this.told_ = "";
    this.previews = 0;
    this.back = sign("|◂", BACK, () => this.walk(-1));
    this.alone = {
      discriminator: button("D", ALONE.discriminator, () => this.only("discriminator")),
      generator: button("G", ALONE.generator, () => this.only("generator")),
    };
    this.bar = new RunBar(room, SPEEDS,
      { step: ["Step", STEP], more: [this.back, this.alone.discriminator, this.alone.generator] });
    this.fields = fields(room);
    this.presets = element("div", { class: "nng-presets nnt-setting" });
    this.about = element("p", { class: "nnt-about" });
    this.told = element("p", { class: "nnt-verdict", role: "status" });
    this.formulas = element("div", { class: "nng-formulas" });
    this.numbers = element("p", { class: "nnt-facts" });
    this.modes = element("p", { class: "nng-modes", role: "img" });
    this.picture = element("div", { class: "nng-plane", role: "img" });
    this.pen = new Pen(this.picture, () => room.ask(), (points) => client.setting({ data: "drawn", points }));
    this.paint = checkbox("paint the data by hand", DRAW, (on) => this.pen.turn(on), "nng-paint");
    this.plane = new Chart(this.picture, "gan_plane", { drawn: () => room.ask() });
    this.digits = new Digits(room);
    this.charts = Object.fromEntries([["losses", "both losses over the steps"],
      ["scores", "what the discriminator says of both"], ["distance", "distance, precision and coverage"]].map(
      ([name, label]) => [name, new Chart(element("div", { class: "nng-curve", role: "img", "aria-label": label }),
        `gan_${name}`, { drawn: () => room.ask() })]));
    const past = element("div", { class: "nnv-past-row" });
    this.past = new RunBefore(past, client, true);
    this.root = element("div", { class: "nng-game" }, this.bar.root, this.presets,
      element("div", { class: "nnt-maps" },
        element("section", { class: "nnt-column" }, this.paint.root, this.picture, this.digits.root, this.about),
        element("section", { class: "nnt-column" }, this.told, this.modes, this.formulas, this.numbers,
          past, ...Object.values(this.charts).map(({ element: host }) => host))),
      element("div", { class: "nnt-fields nng-fields" }, ...Object.values(this.fields.roots)));
  }

  // ---- what the visitor does ----------------------------------------------------------------------------------------

  /** @param {"discriminator" | "generator"} network */
  only(network) { this.room.client.step("step", { do: "only", network }); }

  /** To the next picture of the film, or, at its end, one step more. @param {1 | -1} by */
  walk(by) {
    const { client } = this.room;
    if (by < 0) client.withFilm(() => this.lookBack());
    else if (client.film.at === null) client.step("step");
    else {
      const now = this.shown?.step ?? 0, to = client.film.rows.findIndex(([, step]) => step > now);
      client.rewind(to < 0 ? Infinity : to);
    }
  }

  lookBack() {
    const { client } = this.room, now = this.shown?.step ?? 0;
    const to = client.film.rows.findLastIndex(([, step]) => step < now);
    if (to < 0) return;
    if (client.status === "running" && client.run?.mine) client.play(); // whoever looks back wants it to wait
    client.rewind(to);
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} whether it was a key of this tab */
  key(e, onButton) {
    const name = e.key.toLowerCase();
    if (name === "arrowright") this.walk(1);
    else if (name === "arrowleft") this.walk(-1);
    else if (name === "d" && !e.shiftKey) this.only("discriminator");
    else if (name === "g" && !e.shiftKey) this.only("generator");
    else return this.bar.key(e, onButton);
    return true;
  }

  get shown() { return this.room.client.shown() ?? this.preview; }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  draw() {
    const { client } = this.room, data = this.room.data(), /** @type {any} */ spec = client.spec;
    if (this.text !== data.preview) {
      this.text = data.preview;
      this.previews += 1;
      this.preview = decodeFrame(fromBase64(data.preview));
    }
    const frame = this.shown;
    if (!frame || !spec) return;
    this.explain(data, spec);
    const { meta } = frame, speed = meta.rate ? ` · ${count(Math.round(meta.rate))} steps a second` : "";
    this.bar.draw(`step ${count(meta.step)} of ${count(meta.steps)}${speed}`);
    this.drawButtons(frame);
    write(this.told, meta.words);
    this.told.dataset.state = meta.state;
    this.tell(meta);
    this.drawPictures(frame, data);
    this.drawCurves(frame, data);
    Object.assign(this.root.dataset, { step: frame.step, state: meta.state, status: client.status, data: spec.data,
      film: client.film.rows.length, covered: meta.covered?.join("") ?? "",
      updates: `${meta.updates.discriminator} ${meta.updates.generator}`,
      charts: String(this.plane.drawn || this.digits.drawn) });
  }

  /** @param {Frame} frame */
  drawButtons({ step }) {
    const { client } = this.room, mine = client.run?.mine ?? true;
    const busy = ["running", "starting", "waiting", "paused"].includes(client.status);
    const why = !mine && busy ? LOCKED : false;
    stop(this.back, BACK, !(step && client.run) && "there is no picture before this one");
    stop(this.alone.discriminator, ALONE.discriminator, why);
    stop(this.alone.generator, ALONE.generator, why);
  }

  /** What is of the setting: its fields, formulas and words. @param {any} data @param {any} spec */
  explain(data, spec) {
    this.fields.fill("data", data.data);
    this.fields.fill("loss", data.kinds);
    this.fields.fill("activation", data.activations);
    this.fields.draw(spec);
    const { roots } = this.fields;
    roots.points.hidden = spec.data !== "drawn";
    roots.digit.hidden = spec.data !== "digits";
    roots.beta_1.hidden = spec.optimizer !== "adam";
    roots.smoothing.hidden = !data.smooth;
    roots.clip.hidden = !data.clipped;
    this.paint.root.hidden = this.picture.hidden = spec.data === "digits";
    this.digits.root.hidden = spec.data !== "digits";
    write(this.about, data.about);
    const key = data.losses.join();
    if (this.told_ === key) return;
    this.told_ = key;
    this.formulas.replaceChildren(...data.losses.map(formula));
    this.presets.replaceChildren(...data.presets.map((/** @type {any} */ one) =>
      button(one.title, one.why, () => this.room.client.setting(one.changes))));
  }

  /** The formulas with the numbers of now. @param {any} meta */
  tell({ losses: { real, fake, generator }, measured, covered, precision, coverage, distance, floor, updates }) {
    write(this.numbers, `L_D = ${number(real, 3)} + ${number(fake, 3)} = ${number(real + fake, 3)}, `
      + `L_G = ${number(generator, 3)}; distance ${number(distance, 3)} (two real draws: ${number(floor, 3)}), `
      + `precision ${percent(precision, 0)}, coverage ${percent(coverage, 0)}: over ${measured} real and ${measured} `
      + `generated samples. Updates: D ${count(updates.discriminator)}, G ${count(updates.generator)}.`);
    this.modes.hidden = !covered || covered.length < 2;
    if (this.modes.hidden) return;
    const found = covered.reduce((/** @type {number} */ n, /** @type {number} */ one) => n + one, 0);
    write(this.modes, covered.map((/** @type {number} */ one) => (one ? "●" : "○")).join(""));
    this.modes.setAttribute("aria-label", `${found} of ${covered.length} modes`);
    this.modes.title = `${found} of ${covered.length} modes are covered`;
  }

  /** @param {Frame} frame @param {any} data */
  drawPictures(frame, data) {
    const { arrays, meta } = frame, theme = this.room.theme(), key = frame.serial ?? `preview ${this.previews}`;
    if (!arrays.map) {
      this.digits.draw(frame, key, /** @type {any} */ (this.room.client.spec).latent_size);
      return;
    }
    const { hand } = this.pen, { low, high } = meta, { constants } = data;
    const painted = hand ? { x: hand.map(([x]) => x), y: hand.map(([, y]) => y) } : constants.painted;
    this.pen.axes = this.plane.element._fullLayout;
    this.plane.draw({ ...constants, arrays, low, high, painted, revision: "plane" }, theme, {},
      [key, painted, constants.says]);
    this.picture.setAttribute("aria-label", `The plane at step ${meta.step}. ${meta.words}`);
  }

  /** @param {Frame} frame @param {any} data */
  drawCurves({ meta }, data) {
    const { client } = this.room, { history } = client, theme = this.room.theme();
    const now = client.film.shown ? [meta.step] : [];
    const across = [0, history.step.at(-1) ?? meta.steps];
    const { constants } = data, values = { ...constants, history, now, across, floor: [meta.floor] };
    const state = [client.run?.id, history.step.length, history.step.at(-1), now, meta.floor, constants.says];
    const reference = this.past.draw(trained);
    for (const chart of Object.values(this.charts)) chart.draw(values, theme, {}, state, reference);
  }

  dispose() {
    this.bar.dispose();
    this.plane.purge();
    this.digits.purge();
    for (const chart of Object.values(this.charts)) chart.purge();
  }
}

/** The setting. @param {Context} room */
function fields(room) {
  const made = new Fields(room).menu("data", "Data", []).text("points", "Points painted, x,y,x,y …")
    .menu("digit", "Which digits", CLASSES).menu("loss", "Loss", [])
    .text("generator", "Generator: hidden layers").text("discriminator", "Discriminator: hidden layers")
    .menu("activation", "Activation", []).menu("latent", "Latent numbers", LATENT)
    .number("latent_size", "How many", 1, 64).menu("optimizer", "Optimiser", OPTIMIZERS)
    .number("generator_rate", "Learning rate of G", 0.000001, 1, "any")
    .number("discriminator_rate", "Learning rate of D", 0.000001, 1, "any")
    .number("beta_1", "Adam’s β₁", 0, 0.999, "any").number("batch_size", "Batch", 1, 512)
    .number("discriminator_steps", "Updates of D for one of G", 1, 20)
    .number("smoothing", "Label smoothing", 0, 0.5, "any").number("clip", "Clip weights at ±c", 0.001, 1, "any")
    .number("steps", "Steps", 1, 200000).number("seed", "Seed", 0, 2 ** 31 - 1);
  made.controls.points.setAttribute("maxlength", "1400");
  return made;
}
