// Rosenblatt's rule on the iris flowers: each update in numbers, the line on the scatter, errors a pass, the outcome.

import { Chart } from "../../figures/chart.js";
import { unitName } from "../../figures/flowers.js";
import { RunBefore } from "../../kit/before.js";
import { button, choice, choose, element, stop, write } from "../../kit/dom.js";
import { FilmPlayer } from "../../kit/film.js";
import { returnKeys } from "../../kit/keys.js";
import { number } from "../../kit/numbers.js";
import { statusWords } from "../../kit/status.js";
import { decodeFrame, fromBase64 } from "../../kit/wire.js";

/** @typedef {import("../../kit/dom.js").Option} Option */
/** @typedef {import("./neuron.js").Context} Context */
/** A neuron as the table of the outcome has it. @typedef {Record<string, any>} Told */

/** @type {Record<string, {title: string, speed: {steps: number | null, epochs?: number, fps: number}}>} */
export const SPEEDS = {
  slow: { title: "2 updates a second", speed: { steps: 1, fps: 2 } },
  step: { title: "4 updates a second", speed: { steps: 1, fps: 4 } },
  pass: { title: "2 passes a second", speed: { steps: null, epochs: 1, fps: 2 } },
  full: { title: "full speed", speed: { steps: null, fps: 12 } },
};
const DIGITS = 4;
const START = "Nothing is learned yet. Each flower is shown in turn; where the answer y is not the wanted d, "
  + "w ← w − η(y − d)x and θ ← θ − η(y − d)(−1).";
const LECTURE = "By the lecture’s rule the largest |net input| wins: also a perceptron that is very sure that a flower "
  + "is not its own.";
const LOCKED = "this run belongs to somebody else, you are watching; ↺ leaves it";
const STEP = "The next update, or the end of a pass (→)", PASS = "To the end of this pass over all flowers (Shift →)";
const plain = (/** @type {string} */ name) => name.replace("_", " ");
const vector = (/** @type {number[]} */ values, digits = DIGITS) =>
  `(${values.map((v) => number(v, digits)).join(", ")})`;

export class Learn {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {Frame | null} the start */
    this.preview = null;
    /** @type {Record<string, HTMLSelectElement | HTMLInputElement> | null} by the setting's names; made at first */
    this.fields = null;
    /** @type {HTMLSelectElement[]} what goes across, and what up */
    this.axes = [];
    this.decision = element("label");
    this.text = this.outcomeKey = "";
    const { client } = room;
    this.play = button("Learn", "Learn or pause (space)", () => client.play(), { class: "nnn-play" });
    this.step = button("Step", STEP, () => client.step("step"), { class: "nnn-step" });
    this.pass = button("Pass", PASS, () => client.step("epoch"), { class: "nnn-pass" });
    this.reset = button("↺", "Back to the start (R)", () => client.reset(), { class: "nnn-reset" });
    const titles = Object.entries(SPEEDS).map(([name, { title }]) => /** @type {Option} */ ([name, title]));
    this.speed = choice("", titles, (speed) => client.setView({ speed }), { title: null, "aria-label": "speed" });
    this.film = new FilmPlayer({ state: () => client.filmState, go: (at) => client.rewind(at),
      name: "film: go back through the learning" });
    this.state = element("span", { class: "nnn-state", role: "status" });
    this.bar = element("div", { class: "nnn-bar" },
      this.play, this.step, this.pass, this.reset, this.speed, this.state, this.film.root);
    returnKeys(this.bar);
    this.controls = element("div", { class: "nnn-controls nnn-setting" });
    this.plane = element("div", { class: "nnn-scatter" });
    this.curve = element("div", { class: "nnn-errors" });
    this.scatter = new Chart(this.plane, "perceptron_plane", { drawn: () => room.ask() });
    this.errors = new Chart(this.curve, "perceptron_errors", { drawn: () => room.ask() });
    const past = element("div", { class: "nnv-past-row" });
    this.past = new RunBefore(past, client, true);
    this.told = element("div", { class: "nnn-update", role: "status" });
    this.outcome = element("div", { class: "nnn-outcome" });
    this.root = element("div", { class: "nnn-learn" },
      this.bar, this.controls,
      element("div", { class: "nnn-pair" }, this.plane,
        element("section", {}, element("h3", {}, "This update"), this.told, element("h3", {}, "Errors a pass"),
          past, this.curve,
          element("h3", {}, "The neuron in numbers"), this.outcome)));
  }

  /** Another setting: its flowers and its start. @param {any} data */
  adopt(data) {
    this.preview = decodeFrame(fromBase64(data.preview));
    this.preview.serial = ++this.room.client.serial;
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} whether it was a key of this tab */
  key(e, onButton) {
    const { client } = this.room;
    if (e.key === " " && !onButton) client.play();
    else if (e.key === "ArrowRight") client.step(e.shiftKey ? "epoch" : "step");
    else if (e.key.toLowerCase() === "r" && !e.shiftKey) client.reset();
    else return false;
    return true;
  }

  // ---- controls -----------------------------------------------------------------------------------------------------

  /** The controls of the setting, by its names. */
  build() {
    const { client } = this.room, { species, measures } = this.room.data();
    const set = (/** @type {string} */ name, /** @type {any} */ value) => client.setting({ [name]: value });
    const field = (/** @type {string} */ label, /** @type {Node} */ control, title = "") =>
      element("label", { class: "nnn-field", title }, element("span", {}, label), control);
    /** @param {string} name @param {Option[]} words @param {(v: string) => any} [read] */
    const menu = (name, words, read = (v) => v) => choice("", words, (v) => set(name, read(v)),
      { "data-name": name, title: null, "aria-label": null });
    const whole = (/** @type {string} */ name, /** @type {number} */ low, /** @type {number} */ high, step = "1") => {
      const input = element("input", {
        type: "number", min: low, max: high, step, "data-name": name,
        onchange: () => {
          if (input.value === "") return;
          input.dataset.shown = String(Number(input.value)); // also where Back comes before the next drawing
          set(name, Number(input.value));
        },
      });
      return input;
    };
    const pairs = [[0, 1], [0, 2], [1, 2]].map((pair) => pair.map((k) => species[k]));
    const kinds = [...pairs, species].map((names) => /** @type {Option} */ ([names.join(","),
      names.length > 2 ? "all three, one against all" : names.join(" / ")]));
    const named = measures.map((/** @type {string} */ name) => [name, plain(name)]);
    const axis = () => choice("", named, () => set("measures", this.axes.map(({ value }) => value)),
      { title: null, "aria-label": null });
    this.axes = [axis(), axis()];
    const fields = {
      species: menu("species", kinds, (v) => v.split(",")), learning_rate: whole("learning_rate", 0.001, 10, "any"),
      epochs: whole("epochs", 1, 50), seed: whole("seed", 0, 2 ** 31 - 1),
      initializer: menu("initializer", [["tiny_normal", "N(0, 0.01²)"], ["zeros", "zeros"]]),
      shuffle: menu("shuffle", [["false", "as in the data set"], ["true", "shuffled in each pass"]],
        (v) => v === "true"),
      test: menu("test", [["0", "none"], ["0.2", "20 %"], ["0.5", "50 %"]], Number),
      decision: menu("decision",
        [["largest", "the largest net input"], ["largest_absolute", "the largest |net input| (lecture)"]]),
    };
    this.decision = field("Class of", fields.decision,
      "The lecture takes the largest absolute one: a perceptron that is very sure of “not mine” then wins the flower");
    this.controls.replaceChildren(
      field("Species", fields.species), field("Across (cm)", this.axes[0]), field("Up (cm)", this.axes[1]),
      field("Learning rate η", fields.learning_rate, "0.01 to 1 in the lecture"),
      field("Passes, at most", fields.epochs, "the first one without an error is the last"),
      field("Weights at the start", fields.initializer), field("Order", fields.shuffle),
      field("Kept for the test", fields.test), field("Seed", fields.seed), this.decision);
    return (this.fields = fields);
  }

  /** @param {Spec} spec */
  drawControls(spec) {
    for (const [name, control] of Object.entries(this.fields ?? this.build())) {
      const value = String(this.room.client.session.wanted(name) ?? spec[name]);
      if (control instanceof HTMLInputElement) {
        // What is being typed stays, until the setting changes by another way: Back, say.
        if (control === document.activeElement && control.dataset.shown === value) continue;
        if (control.value !== value) control.value = value;
        control.dataset.shown = value;
        continue;
      }
      if (![...control.options].some((option) => option.value === value)) {
        control.append(element("option", { value }, value));
      }
      choose(control, value);
    }
    this.axes.forEach((axis, i) => choose(axis, spec.measures[i]));
    this.decision.hidden = spec.species.length < 3;
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  draw() {
    const { client } = this.room, theme = this.room.theme(), frame = client.shown() ?? this.preview;
    if (!frame || !client.spec) return;
    this.drawControls(client.spec);
    this.drawBar(frame);
    const { meta, arrays } = frame;
    this.scatter.draw({ arrays, meta, revision: meta.measures.join() }, theme, {}, frame.serial);
    const reference = this.past.draw(({ frames }) =>
      (frames?.perceptron ? { meta: frames.perceptron.meta } : null));
    this.errors.draw({ meta }, theme, {}, frame.serial, reference);
    this.drawUpdate(meta);
    this.drawOutcome(meta, client.spec);
    Object.assign(this.root.dataset, { step: frame.step, kind: meta.kind, wrong: meta.wrong, updates: meta.updates,
      weights: meta.weights.flat().join(","), thresholds: meta.thresholds.join(",") });
  }

  /** @param {Frame} frame */
  drawBar({ meta }) {
    const { client } = this.room, { status, run, film, view } = client;
    const going = ["running", "starting", "waiting"].includes(status), mine = run?.mine ?? true;
    write(this.play, going ? "❚❚ Pause" : status === "paused" && mine ? "▶ Resume" : "▶ Learn");
    const locked = !mine && (going || status === "paused") && LOCKED;
    stop(this.step, STEP, locked);
    stop(this.pass, PASS, locked);
    this.speed.value = view.speed;
    this.film.draw();
    const updates = `${meta.updates} update${meta.updates === 1 ? "" : "s"}`;
    const place = `pass ${Math.max(1, Math.ceil(meta.passes))}, ${updates}, ${meta.wrong} of ${meta.n} misclassified`;
    const over = meta.last ? (meta.errors.at(-1).some(Boolean) ? "the last pass is done"
      : "a pass without an error: done") : statusWords(client);
    const text = film.shown ? "film" : over;
    write(this.state, `${text} · ${place}${client.online ? "" : " · connection lost, trying again"}`);
  }

  /** @param {any} meta of the frame */
  drawUpdate(meta) {
    const eta = meta.learning_rate, one = meta.thresholds.length === 1, lines = [];
    const unit = (/** @type {number} */ u) => unitName(meta, u);
    if (meta.kind === "start") lines.push(START);
    if (meta.kind === "pass") {
      const errors = (/** @type {number} */ count, /** @type {number} */ u) =>
        (one ? `${count} errors` : `${unit(u)} ${count}`);
      lines.push(`The end of pass ${meta.passes}: ${meta.errors.at(-1).map(errors).join(", ")}.`);
    }
    if (meta.kind === "update") {
      const sizes = meta.x.map((/** @type {number} */ v) => `${number(v, 1)} cm`).join(" and ");
      lines.push(`Pass ${Math.ceil(meta.passes)}: a ${meta.species} of ${sizes}.`);
      meta.y.forEach((/** @type {number} */ y, /** @type {number} */ u) => {
        if (y === meta.d[u]) return;
        const who = one ? "" : `${unit(u)}: `, sign = meta.u[u] >= 0 ? "≥" : "<", off = number(y - meta.d[u], 0);
        const [before, after] = [meta.thresholds_before[u], meta.thresholds[u]].map((v) => number(v, DIGITS));
        lines.push(`${who}u = w·x − θ = ${number(meta.u[u], DIGITS)} ${sign} 0, so y = ${number(y, 0)}, but `
          + `d = ${number(meta.d[u], 0)}.`);
        const [old, now] = [vector(meta.weights_before[u]), vector(meta.weights[u])];
        lines.push(`w = ${old} − ${eta}·(${off})·${vector(meta.x, 1)} = ${now}`);
        lines.push(`θ = ${before} + ${eta}·(${off}) = ${after}`);
      });
    }
    const text = lines.join("\n");
    if (this.text !== text) this.told.replaceChildren(...lines.map((line) => element("p", {}, line)));
    this.text = text;
  }

  /**
   * Threshold and weights as they are printed; at the end beside another learning rate, and beside the library.
   * @param {any} meta of the frame @param {Spec} spec
   */
  drawOutcome(meta, spec) {
    const { outcome, learning_rate: eta, weights, thresholds, wrong, n } = meta;
    /** @type {[string, Told][]} */
    const columns = outcome
      ? [[`η = ${eta}`, outcome.ours], [`η = ${outcome.twin.learning_rate}`, outcome.twin],
        ["scikit-learn", outcome.library]]
      : [[`η = ${eta}`, { weights, thresholds, wrong, n }]];
    const key = JSON.stringify([columns, spec.initializer, spec.decision]);
    if (this.outcomeKey === key) return;
    this.outcomeKey = key;
    const lines = (/** @type {string[]} */ list) =>
      element("td", {}, ...list.flatMap((text, i) => (i ? [element("br"), text] : [text])));
    const row = (/** @type {string} */ name, /** @type {(told: Told) => string[]} */ cell) =>
      element("tr", {}, element("th", { scope: "row" }, name), ...columns.map(([, told]) => lines(cell(told))));
    const share = (/** @type {number} */ part, /** @type {number} */ of) => [of ? `${part} of ${of}` : "–"];
    const heads = columns.map(([name]) => element("th", { scope: "col" }, name));
    const rows = [
      row("threshold θ", (told) => told.thresholds.map((/** @type {number} */ v) => number(v, DIGITS))),
      row("weights w", (told) => told.weights.map((/** @type {number[]} */ w) => vector(w))),
      outcome && row("passes", (told) => [String(told.passes)]),
      row("misclassified", (told) => share(told.wrong, told.n)),
      outcome?.ours.test_n && row("in the test", (told) => share(told.test_wrong, told.test_n)),
    ];
    this.outcome.replaceChildren(
      element("table", { class: "nnn-table" }, element("thead", {}, element("tr", {}, element("th", {}), ...heads)),
        element("tbody", {}, ...rows.filter(Boolean))),
      ...this.notes(meta, spec).map((text) => element("p", { class: "nnn-about" }, text)));
  }

  /** What is to be said of the outcome. @param {any} meta @param {Spec} spec */
  notes({ outcome, learning_rate: eta, species_names: names }, spec) {
    const scaled = (/** @type {Told} */ told, /** @type {number} */ rate) =>
      vector(told.weights[0].map((/** @type {number} */ w) => w / rate), 3);
    const lecture = names.length > 2 && spec.decision === "largest_absolute" ? [LECTURE] : [];
    if (!outcome) return lecture;
    return [
      spec.initializer === "zeros" ? "From zeros the learning rate changes only the scale: divided by η both neurons "
        + `are the same, ${scaled(outcome.ours, eta)} = ${scaled(outcome.twin, outcome.twin.learning_rate)}.`
        : "The start is not zero, so another η is another neuron: it changes more than the scale.",
      `scikit-learn’s Perceptron starts from zeros, shuffles (random_state ${this.room.data().library_seed}) and takes `
        + "half as large steps; its intercept is −θ.", ...lecture];
  }

  dispose() {
    this.film.dispose();
    this.scatter.purge();
    this.errors.purge();
  }
}
