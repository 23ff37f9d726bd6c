// The transport bar: train, pause, step, epoch, reset, speed, and where the run stands. And the keys that do the same.

import { FRAMES_PER_SECOND, SPEEDS } from "../schema.js";
import { element, stop, write } from "./dom.js";
import { FilmPlayer, NO_FILM } from "./film.js";
import { returnKeys, roomKey } from "./keys.js";
import { count, epochs, number, percent, scope } from "./numbers.js";
import { statusWords } from "./status.js";
import { Spoken } from "./spoken.js";

const ICONS = { play: "▶", pause: "❚❚", step: "▸|", epoch: "▸▸|", reset: "↺", dice: "⚄" };

/**
 * The engine's words for a speed: steps between two frames (null: as many as may be) and frames a second.
 * @param {string} name @param {number} stepsPerEpoch
 */
export function speedOf(name, stepsPerEpoch) {
  const { steps, epochs: passes = NaN } = SPEEDS[name] ?? {};
  return { steps: steps ?? (passes * stepsPerEpoch || null), fps: FRAMES_PER_SECOND };
}

const SPEED = "how far the training goes between two pictures";
export const WATCHING = "this run belongs to somebody else, you are watching; ↺ leaves it";
const REFIT = "the same fit would come out; change a setting for another one, ↺ clears it";

/** A number with its name, and what it means. @param {string} name @param {string} title */
function output(name, title, kind = name) {
  const label = element("span", {}, name), value = element("b", {}, "–");
  return { root: element("div", { class: `nnv-out nnv-out-${kind}`, title }, label, value), label, value };
}

export class Bar {
  /**
   * @param {HTMLElement} root
   * @param {Record<"play" | "step" | "epoch" | "reset" | "dice" | "fork", () => void>
   *   & {speed: (name: string) => void, film: (at: number) => void}} actions
   * @param {{test?: boolean}} [options] test: a place for the accuracy on the test digits and its interval
   */
  constructor(root, actions, { test = false } = {}) {
    this.actions = actions;
    /** @type {import("./run.js").RunClient | null} whose run is shown */
    this.client = null;
    this.film = new FilmPlayer({ state: () => this.client?.filmState ?? NO_FILM, go: (at) => actions.film(at),
      name: "film: go back through the training" });
    /** @param {"play" | "step" | "epoch" | "reset" | "dice"} name @param {string} text @param {string} title */
    const button = (name, text, title) => element("button", {
      type: "button", class: `nnv-${name}`, title, "aria-label": text.length > 1 || name === "play" ? null : title,
      onclick: () => actions[name](),
    }, text);
    this.play = button("play", "", "Train or pause (space)");
    this.step = button("step", "Step", "One step: one batch, one update of the weights (→)");
    this.epoch = button("epoch", "Epoch", "One epoch: every training sample once (Shift →)");
    this.reset = button("reset", ICONS.reset, "Back to the untrained network (R)");
    this.dice = button("dice", ICONS.dice, "Other starting weights: the next seed");
    this.titles = { step: this.step.title, epoch: this.epoch.title, reset: this.reset.title };
    this.outs = {
      epochs: output("epoch", "times that every training sample was used", "epochs"),
      loss: output("training loss", "mean over the training samples", "loss"),
      held: output("validation loss", "mean over samples that training never sees (TF Playground: test loss)", "held"),
      accuracy: output("accuracy", "training / validation: share of samples classified right"),
    };
    this.tested = test ? output("test accuracy", "", "tested") : null;
    this.speed = element("select", {
      "aria-label": "speed", title: SPEED, onchange: () => actions.speed(this.speed.value),
    }, ...Object.entries(SPEEDS).map(([value, { title }]) => element("option", { value }, title)));
    const fork = "a new run from these weights, with the setting as it is now";
    this.fork = element("button", {
      type: "button", class: "nnv-fork", title: fork, hidden: true, onclick: () => actions.fork(),
    }, "Train from here");
    this.status = element("div", { class: "nnv-status", role: "status", "aria-live": "polite" });
    this.spoken = new Spoken();
    this.label = "";
    const buttons = element("div", { class: "nnv-buttons" });
    buttons.append(this.play, this.step, this.epoch, this.reset, this.dice);
    returnKeys(buttons);
    root.replaceChildren(buttons, this.speed,
      element("div", { class: "nnv-outs" },
        ...Object.values(this.outs).map((out) => out.root), ...(this.tested ? [this.tested.root] : [])),
      element("div", { class: "nnv-end" }, this.film.root,
        element("div", { class: "nnv-state" }, this.status, this.fork)), this.spoken.root);
    this.keys = (/** @type {KeyboardEvent} */ e) => this.key(e);
    document.addEventListener("keydown", this.keys);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const at = roomKey(e), { play, step, epoch, reset } = this.actions;
    const act = !at ? null : e.key === " " && !at.button ? play
      : e.key === "ArrowRight" && !at.button?.matches("[role=tab], [role=radio]") ? (e.shiftKey ? epoch : step)
        : e.key.toLowerCase() === "r" && !e.shiftKey ? reset : null;
    if (!act) return;
    e.preventDefault();
    act();
  }

  /**
   * whole: why this model cannot be trained bit by bit, or nothing.
   * @param {import("./run.js").RunClient} client @param {Row | null} last what is measured at the step that is shown
   * @param {{test?: Frame | null, whole?: string}} [more] test: the evaluation of the test digits
   */
  draw(client, last, { test, whole = "" } = {}) {
    this.client = client;
    const { status, run, view, online, filmState: film, fitted } = client, canContinue = Boolean(client.continuable());
    const { place, reason, node, mine = true } = run ?? {};
    const going = status === "running" || status === "starting" || status === "waiting";
    const locked = mine ? "" : WATCHING, paused = status === "paused";
    const label = going ? "Pause" : paused && mine ? "Resume" : canContinue ? "Train on" : fitted ? "Fitted" : "Train";
    if (this.label !== label) {
      this.play.replaceChildren(element("i", { "aria-hidden": "true" }, going ? ICONS.pause : ICONS.play), label);
      this.label = label;
    }
    stop(this.play, fitted ? label : `${label} (space)`,
      fitted ? REFIT : going ? locked || (whole && `${whole}; ↺ gives it up`) : "");
    stop(this.step, this.titles.step, whole || (going || paused ? locked : ""));
    stop(this.epoch, this.titles.epoch, whole || (going || paused ? locked : ""));
    stop(this.reset, this.titles.reset, status === "idle" ? "it is untrained" : "");
    stop(this.speed, SPEED, whole);
    if (this.speed.value !== view.speed) this.speed.value = view.speed;
    const { outs } = this, held = last?.val_accuracy == null ? "" : ` / ${percent(last.val_accuracy)}`;
    outs.epochs.value.textContent = epochs(last?.epoch ?? 0);
    outs.loss.value.textContent = number(last?.loss, 3);
    outs.held.value.textContent = number(last?.val_loss, 3);
    outs.accuracy.value.textContent = last?.accuracy == null ? "–" : percent(last.accuracy) + held;
    if (this.tested) this.drawTest(this.tested, test, last);
    this.spoken.tell(going, last, test);
    this.film.draw();
    this.fork.hidden = film.at == null;
    this.status.classList.toggle("nnv-filmed", film.at != null);
    const epoch = film.epoch ?? 0, at = film.step == null ? "" : `epoch ${count(epoch, epoch < 10 ? 2 : 1)}`;
    const queued = `waiting${reason === "memory" ? " for memory" : ""}: place ${place} in the queue`;
    const text = at ? `film: ${at}` : status === "waiting" && place ? queued : statusWords(client);
    const where = node && (going || paused) && !place && !at ? ` on ${node}` : "";
    const whose = !mine && status !== "idle" ? " · you are watching" : "";
    write(this.status, `${text}${where}${whose}${online ? "" : " · connection lost, trying again"}`);
    const known = last?.seconds != null && last.step != null;
    this.status.title = known ? `${last.seconds?.toFixed(1)} s of training, ${count(last.step ?? 0)} steps` : "";
  }

  /**
   * An accuracy is an estimate: it comes with the interval that the number of digits allows.
   * @param {ReturnType<typeof output>} tested @param {Frame | null | undefined} test @param {Row | null} last
   */
  drawTest(tested, test, last) {
    const { split = "test", accuracy, low, high, n, of, correct } = test?.meta ?? {};
    const known = test && typeof accuracy === "number", held = last?.val_accuracy != null;
    tested.value.textContent = known ? percent(accuracy) : "–";
    const ends = [low, high].map((v) => percent(v).replace(" %", "")).join("–");
    if (known) tested.value.append(element("small", {}, ` ${ends}`));
    this.outs.accuracy.label.textContent = held ? "training / validation" : "training accuracy";
    const wilson = "behind it the interval in which the true accuracy lies in 95 of 100 cases (Wilson)";
    tested.root.title = known ? `${count(correct)} right (${scope(test)}); ${wilson}` : "";
    write(tested.label, `${split} accuracy${known && n < of ? `, ${count(n)} of ${count(of)}` : ""}`);
  }

  dispose() {
    this.film.dispose();
    document.removeEventListener("keydown", this.keys);
  }
}
