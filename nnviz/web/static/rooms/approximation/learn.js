// A function of one variable, chosen, typed or drawn by hand, learned by a network: its pieces, their sum, the error.

import { Chart } from "../../figures/chart.js";
import { RunBefore, trained } from "../../kit/before.js";
import { element, write } from "../../kit/dom.js";
import { number } from "../../kit/numbers.js";
import { Fields, RunBar } from "../../kit/run_controls.js";
import { decodeFrame, fromBase64 } from "../../kit/wire.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

/** @type {import("../../kit/tabbed.js").Speeds} */
export const SPEEDS = {
  slow: { title: "12 epochs a second", speed: { steps: 1, fps: 12 } },
  quick: { title: "200 epochs a second", speed: { steps: 20, fps: 10 } },
  full: { title: "full speed", speed: { steps: null, fps: 8 } },
};
const POINTS = 31; // of a curve drawn by hand
const HEIGHT = 3; // as far up and down as is shown at least
const DRAW = "Draw a function of your own: drag across the chart between the grey grounds.";

export class Learn {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {Frame | null} before the training */
    this.preview = null;
    this.text = "";
    /** @type {number[] | null} heights of the curve that the hand is drawing */
    this.hand = null;
    this.last = -1;
    this.bar = new RunBar(room, SPEEDS);
    /** @type {import("../../kit/dom.js").Option[]} */
    const kinds = [["relu", "ReLU"], ["tanh", "tanh"], ["sigmoid", "sigmoid"]];
    this.fields = new Fields(room).menu("function", "Function", []).text("formula", "Formula in x")
      .text("layers", "Neurons of 1 to 3 layers, as 6,6").text("against", "Against other layers, as 8,8")
      .menu("activation", "Activation", kinds)
      .number("samples", "Samples", 3, 200).number("validation", "Validation samples", 2, 100)
      .number("noise", "Noise", 0, 1, "any").number("learning_rate", "Learning rate (Adam)", 0.0001, 0.1, "any")
      .number("epochs", "Epochs", 1, 5000).number("patience", "Early stopping after (0: no)", 0, 1000)
      .number("seed", "Seed", 0, 2 ** 31 - 1);
    this.pen = element("input", { type: "checkbox", onchange: () => room.ask() });
    const pen = element("label", { class: "nna-pen", title: DRAW }, this.pen, "draw by hand");
    this.picture = element("div", { class: "nna-pieces" });
    this.curve = element("div", { class: "nna-losses" });
    this.chart = new Chart(this.picture, "approximation_pieces", { drawn: () => room.ask() });
    this.losses = new Chart(this.curve, "approximation_losses", { drawn: () => room.ask() });
    const past = element("div", { class: "nnv-past-row" });
    this.past = new RunBefore(past, room.client, true);
    this.told = element("p", { class: "nnt-verdict", role: "status" });
    this.root = element("div", { class: "nna-learn" }, this.bar.root, element("div", { class: "nnt-maps" },
      element("section", { class: "nnt-column" }, pen, this.picture),
      element("section", { class: "nnt-column" }, this.told, past, this.curve,
        element("div", { class: "nnt-fields" }, ...Object.values(this.fields.roots)))));
    const take = (/** @type {PointerEvent} */ e) => this.take(e);
    this.picture.addEventListener("pointerdown", take, true);
    this.picture.addEventListener("pointermove", take, true);
    this.picture.addEventListener("pointerup", take, true);
    this.picture.addEventListener("pointercancel", take, true);
  }

  /** The pointer draws, where the pen is on. @param {PointerEvent} e */
  take(e) {
    const axes = this.chart.element._fullLayout;
    if (!this.pen.checked || !axes) return;
    if (e.type === "pointerdown") {
      this.hand = Array(POINTS).fill(0);
      this.last = -1;
      this.picture.setPointerCapture(e.pointerId);
    }
    if (!this.hand) return;
    e.preventDefault();
    e.stopPropagation();
    if (e.type === "pointerup" || e.type === "pointercancel") {
      const drawn = this.hand.map((y) => y.toFixed(2)).join(",");
      this.hand = null;
      this.pen.checked = false;
      this.room.client.setting({ function: "drawn", drawn });
      return;
    }
    const box = this.picture.getBoundingClientRect(), { domain } = this.shown?.meta ?? { domain: HEIGHT };
    const x = axes.xaxis.p2d(e.clientX - box.left - axes.xaxis._offset);
    const y = axes.yaxis.p2d(e.clientY - box.top - axes.yaxis._offset);
    const place = (x + domain) / (2 * domain) * (POINTS - 1);
    const at = Math.max(0, Math.min(POINTS - 1, Math.round(place)));
    const [first, end] = this.last < 0 ? [0, POINTS - 1] : [Math.min(this.last, at), Math.max(this.last, at)];
    const before = this.last < 0 ? y : this.hand[this.last];
    for (let i = first; i <= end; i++) {
      const share = at === this.last || this.last < 0 ? 1 : (i - this.last) / (at - this.last);
      this.hand[i] = Math.max(-10, Math.min(10, before + (y - before) * share));
    }
    this.last = at;
    this.room.ask();
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} whether it was a key of this tab */
  key(e, onButton) { return this.bar.key(e, onButton); }

  get shown() { return this.room.client.shown() ?? this.preview; }

  draw() {
    const { client } = this.room, data = this.room.data(), /** @type {any} */ spec = client.spec;
    if (this.text !== data.preview) {
      this.text = data.preview;
      this.preview = decodeFrame(fromBase64(data.preview));
    }
    const frame = this.shown;
    if (!frame || !spec) return;
    this.fields.fill("function", data.functions);
    this.fields.draw(spec);
    this.fields.roots.formula.hidden = spec.function !== "formula";
    const { meta } = frame, [loss, held] = meta.losses;
    const score = `loss ${number(loss, 4)}, validation ${number(held, 4)}`;
    this.bar.draw(`epoch ${meta.epoch} of ${meta.epochs}, ${score}`);
    write(this.told, this.words(meta));
    this.drawPieces(frame);
    const best = meta.epoch ? { x: [meta.best[1]], y: [meta.best[0]] } : { x: [], y: [] };
    const name = rivalName(meta);
    const values = { history: client.history, best, rival_name: name && `${name}, validation` };
    this.losses.draw(values, this.room.theme(), {}, undefined, this.past.draw(trained));
    Object.assign(this.root.dataset, { epoch: frame.step, status: client.status, loss, function: spec.function,
      pieces: frame.arrays.pieces.shape[0], best: meta.best[1] });
  }

  /** @param {any} meta */
  words({ epoch, parameters, inside, outside, best, losses, layers, rival }) {
    const size = `${parameters} weights. `;
    if (epoch && rival) {
      const told = (/** @type {any} */ one) =>
        `${networkName(one.layers)} with ${one.parameters} weights is `
        + `${number(one.inside, 3)} off among the samples and ${number(one.outside)} outside`;
      return `${told({ layers, parameters, inside, outside })}; ${told(rival)} (roots of the mean square).`;
    }
    if (!epoch) return `${size}Not trained yet: the pieces have random slopes and places. Press Train.`;
    const far = outside === null ? "Outside there is nothing to compare with."
      : `On the grey ground, where it has seen nothing, ${number(outside)}.`;
    const over = losses[1] > 1.5 * best[0] && best[1] < epoch
      ? ` The validation loss was lowest at epoch ${best[1]} (${number(best[0], 3)}): since then it overfits.` : "";
    const near = `Among the samples it is ${number(inside, 3)} off the function (root of the mean square).`;
    return `${size}${near} ${far}${over}`;
  }

  /** @param {Frame} frame */
  drawPieces({ meta, arrays }) {
    const plain = (/** @type {Numbers} */ list) => Array.from(list, (v) => (Number.isFinite(v) ? v : null));
    const { x, target, output, error, pieces, samples, held } = arrays, n = x.data.length;
    const pair = (/** @type {Tensor} */ { data, shape: [, k] }) => ({ x: data.subarray(0, k), y: data.subarray(k) });
    const known = [...plain(target.data), ...held.data.subarray(held.shape[1])].filter((v) => v !== null);
    const near = known.filter((_, i) => i >= n || Math.abs(x.data[i]) <= meta.domain + 0.5);
    const top = 1.25 * Math.max(HEIGHT / 2, ...near.map(Math.abs));
    const inside = plain(error.data).filter((v, i) => v !== null && Math.abs(x.data[i]) <= meta.domain);
    const off = 1.2 * Math.max(0.05, ...inside.map((v) => Math.abs(Number(v))));
    const edge = x.data[n - 1], { domain } = meta, { hand } = this;
    const wanted = hand ? Array.from(x.data, (v) => handed(hand, v, domain)) : plain(target.data);
    this.chart.draw({
      x: x.data, target: wanted, output: output.data, error: plain(error.data),
      pieces: Array.from({ length: pieces.shape[0] }, (_, i) => pieces.data.subarray(i * n, (i + 1) * n)),
      samples: pair(samples), held: pair(held), range: [-edge, edge], heights: [-top, top], errors: [-off, off],
      left: -edge, from: -domain, to: domain, right: edge, rival: Array.from(arrays.rival.data),
      rival_name: rivalName(meta),
    }, this.room.theme());
    this.picture.style.cursor = this.pen.checked ? "crosshair" : "";
    this.picture.style.touchAction = this.pen.checked ? "none" : "";
  }

  dispose() {
    this.bar.dispose();
    this.chart.purge();
    this.losses.purge();
  }
}

/** `6,6` as 1-6-6-1. @param {string} layers */
export const networkName = (layers) => `1-${layers.replaceAll(",", "-")}-1`;

/** How the other network is called, where there is one. @param {any} meta */
const rivalName = ({ rival }) => (rival ? networkName(rival.layers) : "");

/** @param {number[]} heights @param {number} x @param {number} domain @returns {number | null} */
function handed(heights, x, domain) {
  const place = (x + domain) / (2 * domain) * (heights.length - 1);
  return place < 0 || place > heights.length - 1 ? null : heights[Math.round(place)];
}
