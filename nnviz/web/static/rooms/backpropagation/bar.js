// Forth and back through the operations: the buttons, the phases, the neuron to jump to, and the updates that are made.

import { button, choice, choose, element, options, sign, stop, write } from "../../kit/dom.js";
import { returnKeys } from "../../kit/keys.js";
import { count, number } from "../../kit/numbers.js";

/** @typedef {import("./trace.js").Trace} Trace */
/**
 * @typedef {{play: () => void, move: (by: 1 | -1) => void, go: (at: number) => void, pace: (pace: string) => void,
 *   update: (by: number) => void, reset: () => void}} Actions
 */

/** @type {import("../../kit/dom.js").Option[]} */
const PACES = [["1", "1 a second"], ["4", "4 a second"], ["12", "12 a second"]];
const PLAY = "Play, pause (space)", BACK = "One operation back (←)", ON = "One operation on (→)";
const MOST = 500; // updates (BackpropSpec)
const PARTS = { start: "Before anything is computed (Home)", end: "Everything computed (End)" };
const ONE = "Take the new weights (U)", TEN = "Ten updates at once", BEFORE = "The update before";
const RESET = "Back to the weights before the first update (R)";

export class Bar {
  /** @param {Actions} actions @param {Record<string, string>} phases */
  constructor(actions, phases) {
    this.play = button("Play", PLAY, () => actions.play(), { class: "nnb-play" });
    this.start = sign("⇤", PARTS.start, () => actions.go(0));
    this.back = sign("←", BACK, () => actions.move(-1), { class: "nnb-back" });
    this.on = sign("→", ON, () => actions.move(1), { class: "nnb-on" });
    this.end = sign("⇥", PARTS.end, () => actions.go(Infinity));
    this.phases = Object.entries(phases).map(([name, title]) => ({ name, node: button(title,
      `To the end of: ${title}`, () => actions.go(this.ends.get(name) ?? 0), { class: "nnb-phase" }) }));
    this.pace = choice("how fast it plays", PACES, (pace) => actions.pace(pace));
    this.jump = choice("jump to a neuron", [], (at) => { if (at !== "") actions.go(Number(at)); });
    this.place = element("output", { class: "nnb-place" });
    this.one = button("Update", ONE, () => actions.update(1), { class: "nnb-update" });
    this.ten = button("×10", TEN, () => actions.update(10));
    this.before = sign("↶", BEFORE, () => actions.update(-1));
    this.reset = sign("↺", RESET, () => actions.reset(), { class: "nnb-reset" });
    this.learned = element("output", { class: "nnb-learned", role: "status" });
    /** @type {Map<string, number>} */
    this.ends = new Map();
    const steps = element("div", { class: "nnb-buttons" }, this.start, this.back, this.play, this.on, this.end);
    const phase = element("div", { class: "nnb-phases" }, ...this.phases.map(({ node }) => node));
    const updates = element("div", { class: "nnb-buttons" }, this.before, this.one, this.ten, this.reset);
    for (const part of [steps, phase, updates]) returnKeys(part);
    this.root = element("div", { class: "nnb-bar" }, steps, phase, this.place, this.jump, this.pace,
      element("div", { class: "nnb-learn" }, updates, this.learned));
  }

  /** @param {{trace: Trace, at: number, playing: boolean, pace: string}} now */
  draw({ trace, at, playing, pace }) {
    const { length, plain } = trace, current = at > 0 && at < length ? trace.done(at)?.phase : null;
    write(this.play, playing ? "Pause" : "Play");
    stop(this.start, PARTS.start, at === 0 && "it is at the start");
    stop(this.back, BACK, at === 0 && plain.updates === 0 && "it is at the start");
    stop(this.end, PARTS.end, at === length && "it is there");
    this.ends = new Map(trace.phases);
    for (const { name, node } of this.phases) {
      node.dataset.state = name === current ? "now" : at >= (this.ends.get(name) ?? 0) ? "done" : "";
      if (name === current) node.setAttribute("aria-current", "step"); else node.removeAttribute("aria-current");
    }
    write(this.place, `${count(at)} of ${count(length)} operations`);
    options(this.jump, [["", "Jump to a neuron …"], ...trace.neurons]);
    choose(this.jump, trace.neurons.some(([place]) => place === at) ? at : "");
    choose(this.pace, pace);
    const { updates, losses, diverged } = plain, full = updates >= MOST && `${MOST} updates are the most`;
    const over = diverged !== null && `in update ${diverged} the numbers run away`;
    stop(this.one, ONE, over || full);
    stop(this.ten, TEN, over || full);
    stop(this.before, BEFORE, !updates && "there is none");
    stop(this.reset, RESET, !updates && "these are they");
    const loss = number(losses.at(-1), 4), made = `${updates} update${updates === 1 ? "" : "s"}`;
    write(this.learned, over ? `After ${made} L = ${loss}; ${over}: a smaller η helps`
      : updates ? `After ${made} L = ${loss}, before ${number(losses[0], 4)}` : `L = ${loss}, no update yet`);
  }
}
