// What both environments have: the run, the setting, exploration by slider, the newest update in numbers, the returns.

import { Chart } from "../../figures/chart.js";
import { RunBefore } from "../../kit/before.js";
import { choose, choice, element, options, stop, write } from "../../kit/dom.js";
import { number } from "../../kit/numbers.js";
import { Fields, RunBar } from "../../kit/run_controls.js";
import { decodeFrame, fromBase64 } from "../../kit/wire.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

/** @type {import("../../kit/tabbed.js").Speeds} */
export const SPEEDS = {
  step: { title: "4 steps a second", speed: { steps: 1, fps: 4 } },
  slow: { title: "50 steps a second", speed: { steps: 5, fps: 10 } },
  quick: { title: "800 steps a second", speed: { steps: 80, fps: 10 } },
  full: { title: "full speed", speed: { steps: null, fps: 6 } },
};
const EPSILON = "Exploration ε: how often a move is made at random. It can be turned while it trains";
const OWN = "its policy says itself how likely each action is";

export class Learning {
  /** @param {Context} room @param {string} name of the environment */
  constructor(room, name) {
    this.room = room;
    this.name = name;
    /** @type {Frame | null} before the training */
    this.preview = null;
    this.text = "";
    this.bar = new RunBar(room, SPEEDS, { step: ["Step", "One step of each agent (→)"] });
    this.fields = new Fields(room).menu("agent", "Agent", [])
      .number("learning_rate", "Learning rate α", 0.0001, 1, "any")
      .number("discount", "Discount γ", 0, 1, "any").number("epsilon_decay", "Decay of ε", 0.8, 1, "any")
      .number("episodes", "Episodes", 1, 5000).number("limit", "Steps of an episode, at most", 10, 1000)
      .number("agents", "Agents side by side", 1, 20).number("hidden", "Neurons of 2 layers", 2, 128)
      .number("batch_size", "Batch", 1, 256).number("target_steps", "Target network after", 1, 10000)
      .number("seed", "Seed", 0, 2 ** 31 - 1);
    this.epsilon = element("input", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "exploration ε",
      "data-name": "epsilon", oninput: () => write(this.epsilonText, this.epsilon.value),
      onchange: () => room.client.setting({ epsilon: Number(this.epsilon.value) }) });
    this.epsilonText = element("output", {});
    this.epsilonNow = element("span", { class: "nnq-now" });
    this.watch = choice("", [[1, "agent 1"]], (n) => room.client.setView({ watch: Number(n) }),
      { title: null, "aria-label": "agent that is shown" });
    this.told = element("p", { class: "nnt-verdict", role: "status" });
    const past = element("div", { class: "nnv-past-row" });
    this.past = new RunBefore(past, room.client, true);
    this.update = element("div", { class: "nnq-update" });
    this.curve = element("div", { class: "nnq-returns" });
    this.returns = new Chart(this.curve, "episode_returns", { drawn: () => room.ask() });
    this.side = element("section", { class: "nnt-column" }, this.told,
      element("label", { class: "nnt-slider nnq-epsilon" }, element("span", {}, "Exploration ε"), this.epsilon,
        this.epsilonText), this.epsilonNow, past, this.curve,
      element("h3", {}, "The newest update"), this.update,
      element("div", { class: "nnt-fields" }, ...Object.values(this.fields.roots)));
  }

  /** @returns {any} */
  get spec() { return this.room.client.spec; }

  get shown() { return this.room.client.shown() ?? this.preview; }

  /** The agent that is looked at, from 0. @param {Frame} frame */
  agent(frame) { return Math.min(this.room.client.view.watch, frame.meta.agents) - 1; }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} whether it was a key of this tab */
  key(e, onButton) {
    if (e.key === "ArrowRight") this.room.client.step("step");
    else return this.bar.key(e, onButton);
    return true;
  }

  /** What is before the training, where there is no run. @param {any} data */
  prepare(data) {
    if (this.text === data.preview) return;
    this.text = data.preview;
    this.preview = decodeFrame(fromBase64(data.preview));
  }

  /** @param {Frame} frame */
  drawSetting(frame) {
    const { client } = this.room, { spec } = this, { meta } = frame, agent = this.agent(frame);
    this.fields.fill("agent", this.room.data().agents);
    this.fields.draw(spec);
    const table = spec.agent === "q_learning" || spec.agent === "sarsa";
    for (const name of ["hidden"]) this.fields.roots[name].hidden = table;
    for (const name of ["batch_size", "target_steps"]) this.fields.roots[name].hidden = spec.agent !== "dqn";
    this.fields.roots.epsilon_decay.hidden = spec.agent === "reinforce";
    if (document.activeElement !== this.epsilon || client.session.wanted("epsilon") === undefined) {
      const wanted = String(client.session.wanted("epsilon") ?? spec.epsilon);
      if (this.epsilon.dataset.shown !== wanted) this.epsilon.value = this.epsilon.dataset.shown = wanted;
      write(this.epsilonText, this.epsilon.value);
    }
    stop(/** @type {any} */ (this.epsilon), EPSILON, meta.epsilon === null && OWN);
    write(this.epsilonNow, meta.epsilon === null ? `No ε: ${OWN}.`
      : `now ε = ${number(meta.epsilon[agent], 3)}, α = ${meta.rate}`);
    const list = Array.from({ length: meta.agents }, (_, i) => /** @type {import("../../kit/dom.js").Option} */
      ([i + 1, `agent ${i + 1}`]));
    options(this.watch, list);
    choose(this.watch, agent + 1);
  }

  /** @param {Frame} frame */
  drawRun(frame) {
    const { client } = this.room, { meta } = frame, agent = this.agent(frame);
    const recent = client.lastRow(client.filmAt ?? undefined)?.recent;
    const score = recent === null || recent === undefined ? "" : `, return ${number(recent)}`;
    this.bar.draw(`step ${frame.step.toLocaleString("en")}, episode ${meta.episode} of ${meta.episodes}${score}`);
    write(this.told, meta.told[agent].words);
    const lines = meta.updates[agent], key = lines.join("\n") || "None yet: there is one for each step that is made.";
    if (this.update.dataset.key !== key) {
      this.update.dataset.key = key;
      this.update.replaceChildren(...key.split("\n").map((/** @type {string} */ line) => element("p", {}, line)));
    }
    const { history } = client, film = client.filmAt !== null;
    this.returns.draw({ history: "return" in history ? history : NONE, bests: meta.best === null ? [] : [meta.best],
      now: film ? [meta.episode] : [], explores: meta.epsilon !== null, revision: client.run?.id ?? "" },
    this.room.theme(), {}, undefined, this.past.draw(earned));
  }

  dispose() {
    this.bar.dispose();
    this.returns.purge();
  }
}

/** @type {Columns} */
const NONE = { episode: [], return: [], low: [], high: [], recent: [], epsilon: [] };

/** Of the run before what is earned, and not how it explored. @param {Before} before */
const earned = ({ history }) => ((history?.return?.length ?? 0) > 1
  ? { history: { ...NONE, ...history, epsilon: [] } } : null);
