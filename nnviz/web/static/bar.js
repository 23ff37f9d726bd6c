// The transport bar: train, pause, step, epoch, reset, speed, and where the run stands. And the keys that do the same.

import { element, stop } from "./editor.js";
import { number } from "./arithmetic.js";

const ICONS = { play: "▶", pause: "❚❚", step: "▸|", epoch: "▸▸|", reset: "↺", dice: "⚄" };
export const SPEEDS = [
  ["step", "1 step a frame"], ["10steps", "10 steps a frame"], ["epoch", "1 epoch a frame"], ["2epochs", "2 epochs a frame"],
  ["5epochs", "5 epochs a frame"], ["20epochs", "20 epochs a frame"], ["100epochs", "100 epochs a frame"], ["full", "full speed"],
];

/** The engine's words for a speed: steps per frame and frames per second. */
export function speedOf(name, stepsPerEpoch) {
  if (name === "full") return { steps: null, fps: 12 };
  const count = parseInt(name, 10) || 1;
  return { steps: name.includes("step") ? count : count * stepsPerEpoch, fps: 12 };
}

export const WORDS = {
  idle: "untrained: press Train", starting: "starting…", waiting: "the engine is starting…", running: "training", paused: "paused",
  finished: "finished", stopped: "stopped", diverged: "diverged", failed: "failed", crashed: "crashed",
  cancelled: "cancelled", interrupted: "interrupted: the server was restarted",
};

export class Bar {
  /** test: a place for the accuracy on the test digits and its interval. */
  constructor(root, actions, { test = false } = {}) {
    this.actions = actions;
    this.titles = {};
    const button = (name, text, title) => (this[name] = element("button", { type: "button", class: `nnv-${name}`, title: (this.titles[name] = title), "aria-label": text.length > 1 || name === "play" ? null : title, onclick: (e) => { if (e.detail) e.currentTarget.blur(); actions[name](); } }, text));
    const out = (name, label, title) => { const value = (this[name] = element("b", {}, "–")); return element("div", { class: `nnv-out nnv-out-${name}`, title }, element("span", {}, label), value); };
    this.speed = element("select", { "aria-label": "speed", title: "how far the training goes between two pictures", onchange: (e) => actions.speed(e.target.value) }, ...SPEEDS.map(([value, text]) => element("option", { value }, text)));
    this.film = element("input", { type: "range", min: 0, max: 0, value: 0, step: 1, "aria-label": "film: go back through the training", oninput: (e) => actions.film(Number(e.target.value)) });
    this.filmBox = element("label", { class: "nnv-film", title: "Go back through the training; the right end is now", hidden: true }, "film", this.film);
    this.fork = element("button", { type: "button", class: "nnv-fork", title: "a new run from these weights, with the setting as it is now", hidden: true, onclick: () => actions.fork() }, "Train from here");
    this.status = element("div", { class: "nnv-status", role: "status", "aria-live": "polite" });
    root.replaceChildren(
      element("div", { class: "nnv-buttons" },
        button("play", "", "Train or pause (space)"), button("step", "Step", "One step: one batch, one update of the weights (→)"),
        button("epoch", "Epoch", "One epoch: every training sample once (Shift →)"), button("reset", ICONS.reset, "Back to the untrained network (R)"),
        button("dice", ICONS.dice, "Other starting weights: the next seed")),
      this.speed,
      element("div", { class: "nnv-outs" }, out("epochs", "epoch", "times that every training sample was used"), out("loss", "training loss", "mean over the training samples"),
        out("held", "validation loss", "mean over samples that the training never sees (TF Playground: test loss)"), out("accuracy", "accuracy", "training / validation: share of samples classified right"),
        ...(test ? [out("tested", "test accuracy", "")] : [])),
      element("div", { class: "nnv-end" }, this.filmBox, element("div", { class: "nnv-state" }, this.status, this.fork)));
    this.keys = (e) => this.key(e);
    document.addEventListener("keydown", this.keys);
  }

  key(e) {
    if (e.altKey || e.ctrlKey || e.metaKey || e.defaultPrevented) return;
    const target = e.composedPath()[0];
    if (target.closest?.("input, textarea, select, [contenteditable=true], [role=slider], [role=combobox], [role=dialog], [data-baseweb=popover]")) return;
    const onButton = target.closest?.("button, a, summary, [role=tab], [role=radio]");
    if (e.key === " " && !onButton) { e.preventDefault(); this.actions.play(); }
    else if (e.key === "ArrowRight" && !onButton?.matches("[role=tab], [role=radio]")) { e.preventDefault(); this.actions[e.shiftKey ? "epoch" : "step"](); }
    else if (e.key.toLowerCase() === "r" && !e.shiftKey) { e.preventDefault(); this.actions.reset(); }
  }

  /** whole: why this model cannot be trained bit by bit, or nothing. */
  draw({ status, place, mine, last, view, seconds, online, canContinue, film, test, whole = "" }) {
    const going = status === "running" || status === "starting" || status === "waiting";
    const locked = mine ? false : "this run belongs to somebody else, you are watching; ↺ leaves it";
    const label = going ? "Pause" : status === "paused" && mine ? "Resume" : canContinue ? "Train on" : "Train";
    if (this.label !== label) { this.play.replaceChildren(element("i", { "aria-hidden": "true" }, going ? ICONS.pause : ICONS.play), label); this.label = label; }
    stop(this.play, `${label} (space)`, going ? locked || (whole && `${whole}; ↺ gives it up`) : "");
    for (const name of ["step", "epoch"]) stop(this[name], this.titles[name], whole || (going || status === "paused" ? locked : ""));
    stop(this.reset, this.titles.reset, status === "idle" ? "it is untrained" : "");
    stop(this.speed, "how far the training goes between two pictures", whole);
    if (this.speed.value !== view.speed) this.speed.value = view.speed;
    this.epochs.textContent = last ? (Number.isInteger(last.epoch) ? last.epoch.toLocaleString("en") : last.epoch.toFixed(1)) : "0";
    this.loss.textContent = number(last?.loss, 3);
    this.held.textContent = number(last?.val_loss, 3);
    this.accuracy.textContent = last?.accuracy == null ? "–" : `${(last.accuracy * 100).toFixed(1)} %${last.val_accuracy == null ? "" : ` / ${(last.val_accuracy * 100).toFixed(1)} %`}`;
    if (this.tested) this.drawTest(test, last);
    this.filmBox.hidden = film.length < 2;
    this.film.max = film.length;
    if (document.activeElement !== this.film || !film.at) this.film.value = film.at ?? film.length;
    this.fork.hidden = film.at == null;
    this.status.classList.toggle("nnv-filmed", film.at != null);
    const epoch = film.at == null ? "" : (film.epoch ?? 0).toLocaleString("en", { maximumFractionDigits: film.epoch < 10 ? 2 : 1 });
    this.film.setAttribute("aria-valuetext", film.at == null ? "now" : `epoch ${epoch}`);
    const text = film.at != null ? `film: epoch ${epoch}` : status === "waiting" && place ? `waiting: place ${place} in the queue` : WORDS[status] ?? status;
    const full = `${text}${!mine && status !== "idle" ? " · you are watching" : ""}${online ? "" : " · connection lost, trying again"}`;
    if (this.status.textContent !== full) this.status.textContent = full;
    this.status.title = seconds == null ? "" : `${seconds.toFixed(1)} s of training, ${last?.step?.toLocaleString("en")} steps`;
  }

  /** An accuracy is an estimate: it comes with the interval that the number of digits allows. */
  drawTest(test, last) {
    const percent = (v) => (100 * v).toFixed(1);
    const known = typeof test?.accuracy === "number";
    this.tested.textContent = known ? `${percent(test.accuracy)} %` : "–";
    if (known) this.tested.append(element("small", {}, ` ${percent(test.low)}–${percent(test.high)}`));
    const late = known && test.fresh < (last?.step ?? 0) ? `; the oldest prediction is of step ${test.fresh.toLocaleString("en")}, they are renewed in turn` : "";
    this.accuracy.previousSibling.textContent = last?.val_accuracy == null ? "training accuracy" : "training / validation";
    this.tested.parentElement.title = known ? `${test.correct.toLocaleString("en")} of ${test.n.toLocaleString("en")} ${test.split} digits right; behind it the interval in which the true accuracy lies in 95 of 100 cases (Wilson)${late}` : "";
    const seen = known && last?.step > 0 ? test.step / last.step : 1; // how much of the training the newest of them has seen
    const label = `${test?.split ?? "test"} accuracy${seen < 0.8 ? `, epoch ${(seen * last.epoch).toFixed(1)}` : ""}`;
    if (this.tested.previousSibling.textContent !== label) this.tested.previousSibling.textContent = label;
  }

  dispose() {
    document.removeEventListener("keydown", this.keys);
  }
}
