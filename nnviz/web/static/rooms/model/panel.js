// Where everything of the room "Your model" stands: the bar, the page without a run, the panels of one.

import { button, checkbox, choice, choose, element, options, stop, write } from "../../kit/dom.js";
import { returnKeys, roomKey } from "../../kit/keys.js";
import { Note } from "../../kit/note.js";
import { count, epochs, moment, number, percent } from "../../kit/numbers.js";
import { TERMINAL } from "../../kit/run.js";
import { statusWords } from "../../kit/status.js";

/** @typedef {import("../../kit/dom.js").Option} Option */
/**
 * @typedef {{play: () => void, stop: () => void, film: (at: number) => void, open: (run: string) => void,
 *   view: (changes: Record<string, any>) => void, look: (changes: Record<string, any>) => void}} Actions
 */

/** @type {Option[]} */
const AXES = [["epoch", "by epoch"], ["step", "by step"], ["seconds", "by time"]];
/** @type {Option[]} */
const SMOOTH = [["0", "not smoothed"], ["0.6", "smoothed a little"], ["0.9", "smoothed"], ["0.97", "smoothed a lot"]];
/** @type {Option[]} */
const MEASURES = [["gradient", "gradient"], ["weight_rms", "size of weights"]];
const PLAY = "Pause the script’s training, or let it go on (space)";
const STOP = "End the training after this step: fit returns, and the script goes on";
const NOTHING = "no run is shown";
const OVER = "the training is over: start it again in its script";
const UNSEEN = "the connection is lost";
const NOT_OWN = "its script is not connected, or other machines can come in here: then the script alone controls it";
/** Panels in their order: name → [title, its drawing in words]. @type {Record<string, [string, string]>} */
const PANELS = {
  accuracy: ["Accuracy", "accuracy over the training"], loss: ["Loss", "loss over the training"],
  plane: ["Decision boundary", ""], filters: ["Filters", ""], confusion: ["Confusion", ""],
  mistakes: ["Mistakes", ""], measure: ["Layer by layer", "a measure of each kernel over the training"],
  histogram: ["Weights over time", ""],
};

/** @param {string} name @param {string} title */
function output(name, title) {
  const value = element("b", {}, "–");
  return { root: element("div", { class: "nnv-out", title }, element("span", {}, name), value), value };
}

export class Panel {
  /** @param {Actions} actions */
  constructor(actions) {
    this.actions = actions;
    this.label = "";
    this.play = button("", PLAY, () => actions.play(), { class: "nnv-play" });
    this.stop = button("Stop", STOP, () => actions.stop(), { class: "nnm-stop" });
    const buttons = element("div", { class: "nnv-buttons" }, this.play, this.stop);
    returnKeys(buttons);
    this.outs = {
      epoch: output("epoch", "times that every training sample was used"),
      loss: output("training loss", "mean since the epoch began, as Keras reports it"),
      held: output("validation loss", "of fit’s validation_data"),
      accuracy: output("accuracy", "training / validation"),
      tested: output("test accuracy", "of the samples given as test_data, with the interval in which the true accuracy "
        + "lies in 95 of 100 cases (Wilson)"),
    };
    this.film = element("input", {
      type: "range", min: 0, max: 0, value: 0, step: 1, "aria-label": "film: go back through the training",
      oninput: () => actions.film(Number(this.film.value)),
    });
    this.filmBox = element("label", {
      class: "nnv-film", title: "Go back through the training; the right end is now", hidden: true,
    }, "film", this.film);
    this.status = element("div", { class: "nnv-status", role: "status", "aria-live": "polite" });
    this.note = new Note(() => null);
    this.menus = {
      axis: choice("horizontal axis", AXES, (axis) => actions.view({ axis })),
      smooth: choice("smoothing of the curves", SMOOTH, (v) => actions.view({ smooth: Number(v) })),
      layer: choice("kernel whose filters are shown", [["0", "first"]], (v) => actions.look({ layer: Number(v) })),
      scale: choice("colour scale of the weights", [["layer", "one scale"], ["filter", "own scale each"]],
        (scale) => actions.view({ scale })),
      measure: choice("what is measured of each kernel", MEASURES, (measure) => actions.look({ measure })),
      histogram: choice("kernel of the histograms", [["0", "first"]], (v) => actions.look({ histogram: Number(v) })),
    };
    this.log = checkbox("log", "logarithmic: the loss, or the error rate", (log) => actions.view({ log }));
    this.scope = element("span", { class: "nnm-scope" });
    /** @type {Record<string, HTMLElement[]>} */
    const heads = {
      accuracy: [this.menus.axis, this.menus.smooth, this.log.root], filters: [this.menus.layer, this.menus.scale],
      confusion: [this.scope], measure: [this.menus.measure], histogram: [this.menus.histogram],
    };
    /** @type {Record<string, HTMLElement>} */
    this.boxes = {};
    /** @type {Record<string, HTMLElement>} */
    this.panels = {};
    for (const [name, [title, said]] of Object.entries(PANELS)) {
      const drawn = said ? { role: "img", "aria-label": said } : {};
      this.boxes[name] = element("div", { class: `nnm-box nnm-${name}`, ...drawn });
      const kind = `nnm-panel nnm-panel-${name}`;
      this.panels[name] = element("section", { class: kind, "aria-label": title, hidden: true },
        element("header", {}, element("b", {}, title), ...(heads[name] ?? [])), this.boxes[name]);
    }
    this.title = element("h3", { class: "nnm-title" });
    this.about = element("p", { class: "nnm-about" });
    this.rows = element("tbody", {});
    const head = ["layer", "kind", "shape of its output", "parameters"];
    this.layers = element("details", { class: "nnm-layers" }, element("summary", {}, "Layers"),
      element("table", {}, element("thead", {}, element("tr", {},
        ...head.map((text) => element("th", { scope: "col" }, text)))), this.rows));
    this.leftOut = element("ul", {});
    this.leftOutBox = element("details", { class: "nnm-left-out", hidden: true },
      element("summary", {}, "Left out"), this.leftOut);
    this.run = element("div", { class: "nnm-run", hidden: true },
      element("header", { class: "nnm-head" }, this.title, this.about, this.layers, this.leftOutBox),
      element("div", { class: "nnm-panels" }, ...Object.values(this.panels)));
    this.code = element("code", {});
    this.copied = button("Copy", "Copy these lines", () => this.copy());
    this.list = element("ul", { class: "nnm-list" });
    this.empty = element("div", { class: "nnm-empty" },
      element("p", {}, "In your script or notebook, on this machine:"),
      element("div", { class: "nnm-code" }, element("pre", {}, this.code), this.copied),
      element("p", {}, "Start it: the training appears on this page by itself. Without test_data you see curves, "
        + "filters and histograms; with it also the test accuracy, gradients, the confusion matrix and the mistakes, "
        + "and with two inputs the decision boundary."),
      element("h3", {}, "Runs so far"), this.list);
    this.root = element("div", { class: "nnv nnm" },
      element("div", { class: "nnv-bar" }, buttons,
        element("div", { class: "nnv-outs" }, ...Object.values(this.outs).map((out) => out.root)),
        element("div", { class: "nnv-end" }, this.filmBox, this.status)),
      this.note.root, this.empty, this.run);
    this.keys = (/** @type {KeyboardEvent} */ e) => this.key(e);
    document.addEventListener("keydown", this.keys);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const at = roomKey(e);
    if (!at || e.key !== " " || at.button || this.play.disabled) return;
    e.preventDefault();
    this.actions.play();
  }

  copy() {
    navigator.clipboard?.writeText(this.code.textContent ?? "").then(
      () => write(this.copied, "Copied"), () => write(this.copied, "Select the lines and copy them"));
  }

  /**
   * The page without a run. @param {string} snippet
   * @param {{run: string, title: string, status: string, created: number}[]} newest
   */
  wait(snippet, newest) {
    write(this.code, snippet);
    const key = JSON.stringify(newest);
    if (this.list.dataset.key === key) return;
    this.list.dataset.key = key;
    this.list.replaceChildren(...newest.map(({ run, title, status, created }) => element("li", {},
      button(title, "Show this run", () => this.actions.open(run)), ` ${status}, ${moment(created)}`)));
    if (!newest.length) this.list.replaceChildren(element("li", {}, "none yet"));
  }

  /** What is trained. @param {any} spec */
  describe(spec) {
    const { name, model, kind, layers, trainable, optimizer, learning_rate: rate } = spec;
    const { loss, inputs, outputs, backend } = spec;
    write(this.title, name || model || kind);
    const parts = [
      kind, `${count(trainable)} trainable numbers`, inputs.length && `input ${inputs.join(" and ")}`,
      outputs.length && `output ${outputs.join(" and ")}`, loss && `loss ${loss}`,
      optimizer && `${optimizer}${rate === null ? "" : `, learning rate ${Number(rate.toPrecision(3))}`}`, backend,
    ];
    write(this.about, parts.filter(Boolean).join(" · "));
    this.rows.replaceChildren(...layers.map((/** @type {any} */ one) => element("tr", {},
      element("th", { scope: "row" }, one.name), element("td", {}, one.kind), element("td", {}, one.shape || "–"),
      element("td", {}, count(one.parameters)))));
  }

  /** Sentences about what is not shown. @param {string[]} words */
  tellLeftOut(words) {
    const key = words.join("\n");
    if (this.leftOut.dataset.key === key) return;
    this.leftOut.dataset.key = key;
    this.leftOutBox.hidden = !words.length;
    this.leftOut.replaceChildren(...words.map((text) => element("li", {}, text)));
  }

  /** @param {Record<string, boolean>} shown by the panels' names */
  show(shown) {
    for (const [name, panel] of Object.entries(this.panels)) if (panel.hidden === Boolean(shown[name])) {
      panel.hidden = !shown[name];
    }
  }

  /** @param {Record<string, any>} view @param {Record<string, any>} own @param {string[]} names of the kernels */
  showView(view, own, names) {
    const kernels = /** @type {Option[]} */ (names.map((name, i) => [i, name]));
    for (const menu of [this.menus.layer, this.menus.histogram]) if (names.length) options(menu, kernels);
    for (const [name, menu] of Object.entries(this.menus)) {
      if (document.activeElement !== menu) choose(menu, { ...view, ...own }[name]);
    }
    this.log.input.checked = view.log;
  }

  /**
   * @param {import("../../kit/run.js").RunClient} client @param {Row | null} last @param {Frame | null} tested
   */
  draw(client, last, tested) {
    const { status, run, online, filmState: film } = client, over = TERMINAL.has(status);
    const label = status === "paused" ? "Resume" : "Pause";
    if (this.label !== label) {
      this.play.replaceChildren(element("i", { "aria-hidden": "true" }, status === "paused" ? "▶" : "❚❚"), label);
      this.label = label;
    }
    const why = !run ? NOTHING : over ? OVER : !run.mine ? NOT_OWN : !online ? UNSEEN : "";
    stop(this.play, PLAY, why);
    stop(this.stop, STOP, why);
    const { outs } = this, { accuracy, low, high, n, of } = tested?.meta ?? {};
    write(outs.epoch.value, last?.epoch == null ? "–" : epochs(last.epoch));
    write(outs.loss.value, number(last?.loss, 3));
    write(outs.held.value, number(last?.val_loss, 3));
    const held = last?.val_accuracy == null ? "" : ` / ${percent(last.val_accuracy)}`;
    write(outs.accuracy.value, last?.accuracy == null ? "–" : percent(last.accuracy) + held);
    const ends = [low, high].map((v) => percent(v).replace(" %", "")).join("–");
    write(outs.tested.value, accuracy == null ? "–" : `${percent(accuracy)} (${ends})`);
    write(this.scope, n == null ? "" : `${n < of ? `${count(n)} of` : "all"} ${count(of)} test samples`);
    this.filmBox.hidden = film.length < 2;
    this.film.max = String(film.length);
    if (document.activeElement !== this.film || !film.at) this.film.value = String(film.at ?? film.length);
    const at = film.at == null ? "" : `film: epoch ${count(film.epoch ?? 0, 2)}`;
    this.film.setAttribute("aria-valuetext", at || "now");
    const whose = run && !run.mine && !over ? " · you are watching" : "";
    write(this.status, `${at || statusWords(client)}${whose}${online ? "" : " · connection lost, trying again"}`);
  }

  dispose() {
    document.removeEventListener("keydown", this.keys);
  }
}
