// A pole on a cart: the agent plays at real speed, and which way it pushes by angle and turn.

import { Chart } from "../../figures/chart.js";
import { stage } from "../../kit/canvas.js";
import { canvas, choice, choose, element, label } from "../../kit/dom.js";
import { number } from "../../kit/numbers.js";
import { css } from "../../kit/theme.js";
import { Learning } from "./learning.js";
import { Player } from "./player.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

const RATE = 50; // steps a second, as in nnviz/reinforcement/cartpole.py
const MOST_X = 2.4, POLE = 1; // metres: where the track ends, and the pole's length
/** @type {import("../../kit/dom.js").Option[]} */
const SLICES = [["policy", "which way it pushes"], ["value", "what it expects"]];

export class CartPole extends Learning {
  /** @param {Context} room */
  constructor(room) {
    super(room, "cartpole");
    this.player = new Player(() => room.ask(), RATE);
    this.scene = canvas("the cart with its pole", { class: "nnq-cart" });
    this.slice = choice("", SLICES, (slice) => room.client.setView({ slice }), { title: null, "aria-label": "chart" });
    this.plot = element("div", { class: "nnq-slice" });
    this.chart = new Chart(this.plot, "cartpole_states", { drawn: () => room.ask() });
    this.root = element("div", { class: "nnq" }, this.bar.root, element("div", { class: "nnt-maps" },
      element("section", { class: "nnt-column" },
        element("div", { class: "nnq-row" }, this.watch, this.player.root), this.scene,
        element("div", { class: "nnq-row" }, this.slice,
          element("span", { class: "nnt-about" }, "with the cart at rest in the middle")), this.plot),
      this.side));
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} */
  key(e, onButton) {
    if (e.key.toLowerCase() !== "p") return super.key(e, onButton);
    this.player.toggle();
    return true;
  }

  /** @param {number} now */
  draw(now) {
    const { client } = this.room;
    this.prepare(this.room.data());
    const frame = this.shown;
    if (!frame || !this.spec) return;
    this.drawSetting(frame);
    this.drawRun(frame);
    const { meta, arrays } = frame, agent = this.agent(frame);
    const steps = meta.lengths[agent], { play, pushes } = arrays;
    const states = play.data.subarray(agent * play.shape[1] * 3, (agent + 1) * play.shape[1] * 3);
    const actions = pushes.data.subarray(agent * pushes.shape[1], (agent + 1) * pushes.shape[1]);
    this.player.give({ key: `${client.run?.id ?? ""} ${agent}`, steps, states, actions, scale: meta.scale,
      of: meta.best, at: meta.episode });
    this.player.advance(now);
    const { episode, shown } = this.player;
    this.player.draw(`without exploring, after ${episode.at} episodes: ${number(shown / RATE, 2)} s of `
      + `${number(episode.steps / RATE, 2)} s${episode.steps < episode.of ? "" : ", a success"}`);
    this.drawScene(episode, shown);
    const { slice } = client.view, degrees = 180 / Math.PI / episode.scale;
    const place = (/** @type {number} */ t, /** @type {number} */ k) => episode.states[3 * t + k] * degrees;
    const first = Math.max(0, shown - RATE), trail = Array.from({ length: shown - first + 1 }, (_, i) => first + i);
    this.chart.draw({ arrays, meta, agent, revision: "", players: [{ x: place(shown, 1), y: place(shown, 2) }],
      trail: { x: trail.map((t) => place(t, 1)), y: trail.map((t) => place(t, 2)) } }, this.room.theme(),
    { show: slice }, [frame.serial, this.text, agent, shown >> 2, episode.at].join());
    choose(this.slice, slice);
    Object.assign(this.root.dataset, { step: frame.step, episode: meta.episode, status: client.status, shown,
      stands: steps, epsilon: meta.epsilon?.[agent] ?? "" });
  }

  /** @param {any} episode @param {number} shown */
  drawScene({ states, actions, scale, steps }, shown) {
    const ground = stage(this.scene), theme = this.room.theme();
    if (!ground) return;
    const { context: c, ratio, wide, high } = ground;
    c.scale(ratio, ratio);
    const metre = Math.min(wide / (2 * MOST_X + 1), (high - 46) / (POLE + 0.25)), floor = high - 26;
    const x = states[3 * shown] / scale, angle = states[3 * shown + 1] / scale;
    const left = wide / 2 + x * metre, top = floor - 0.22 * metre;
    const box = { width: 0.5 * metre, height: 0.22 * metre };
    c.lineCap = "round";
    c.strokeStyle = css(theme.text, 0.35);
    c.fillStyle = css(theme.text, 0.75);
    c.lineWidth = 1.5;
    c.font = `${theme.size}px ${theme.font}`;
    c.textAlign = "center";
    c.beginPath();
    c.moveTo(wide / 2 - MOST_X * metre, floor);
    c.lineTo(wide / 2 + MOST_X * metre, floor);
    c.stroke();
    for (const at of [-MOST_X, -1, 0, 1, MOST_X]) {
      const place = wide / 2 + at * metre;
      c.beginPath();
      c.moveTo(place, floor);
      c.lineTo(place, floor + 5);
      c.stroke();
      c.fillText(`${number(at, at % 1 ? 1 : 0)} m`, place, floor + 20);
    }
    c.fillStyle = css(theme.accent);
    c.fillRect(left - box.width / 2, floor - box.height, box.width, box.height);
    c.strokeStyle = css(theme.classes[0]);
    c.lineWidth = Math.max(4, 0.08 * metre);
    c.beginPath();
    c.moveTo(left, top);
    c.lineTo(left + Math.sin(angle) * POLE * metre, top - Math.cos(angle) * POLE * metre);
    c.stroke();
    const push = shown < steps ? actions[shown] : -1;
    if (push >= 0) {
      const way = push ? 1 : -1, from = left + way * (box.width / 2 + 6), to = from + way * 0.32 * metre;
      const middle = floor - box.height / 2;
      c.strokeStyle = c.fillStyle = css(theme.text, 0.8);
      c.lineWidth = 2;
      c.beginPath();
      c.moveTo(from, middle);
      c.lineTo(to, middle);
      c.lineTo(to - way * 6, middle - 5);
      c.moveTo(to, middle);
      c.lineTo(to - way * 6, middle + 5);
      c.stroke();
    }
    const said = push < 0 ? (shown >= steps ? "the end" : "") : `pushed to the ${push ? "right" : "left"}`;
    label(this.scene, `Cart at ${number(x)} m, pole at ${number(angle * 180 / Math.PI, 1)}°, ${said}`);
  }

  dispose() {
    super.dispose();
    this.chart.purge();
  }
}
