// A stack of layers that learns to part two classes: each plane on its way, with a slider from block to block.

import { NO_CURVE, RunBefore } from "../../kit/before.js";
import { element, write } from "../../kit/dom.js";
import { number, percent } from "../../kit/numbers.js";
import { Fields, RunBar } from "../../kit/run_controls.js";
import { decodeFrame, fromBase64 } from "../../kit/wire.js";
import { Planes } from "./planes.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

/** @type {import("../../kit/tabbed.js").Speeds} */
export const SPEEDS = {
  slow: { title: "12 epochs a second", speed: { steps: 1, fps: 12 } },
  quick: { title: "100 epochs a second", speed: { steps: 10, fps: 10 } },
  full: { title: "full speed", speed: { steps: null, fps: 8 } },
};
const BETWEEN = "Slide from plane to plane: each block turns, scales and bends the plane that it gets. Between two of "
  + "them each point goes straight to its new place; that way is drawn, not computed by the network.";
const CENTRE = "Both arms of the spiral begin in the middle, at one place: one sample there is on the wrong side.";

export class Unfold {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {Frame | null} before the training */
    this.preview = null;
    this.text = "";
    this.planes = new Planes(room, "from the input to the last plane");
    this.bar = new RunBar(room, SPEEDS);
    /** @type {import("../../kit/dom.js").Option[]} */
    const kinds = [["relu", "ReLU"], ["tanh", "tanh"], ["linear", "linear: none"]];
    this.fields = new Fields(room).menu("data", "Data", []).menu("activation", "Activation", kinds)
      .number("blocks", "Blocks", 1, 6).number("units", "Neurons in a block", 2, 16)
      .number("learning_rate", "Learning rate (Adam)", 0.0001, 0.1, "any").number("noise", "Noise in %", 0, 50)
      .number("epochs", "Epochs", 1, 3000).number("seed", "Seed of the weights", 0, 2 ** 31 - 1);
    this.about = element("p", { class: "nnt-about" }, BETWEEN);
    this.centre = element("p", { class: "nnt-about" }, CENTRE);
    const past = element("div", { class: "nnv-past-row" });
    this.past = new RunBefore(past, room.client, true);
    this.told = element("p", { class: "nnt-verdict", role: "status" });
    this.root = element("div", { class: "nnt-unfold" }, this.bar.root, element("div", { class: "nnt-maps" },
      this.planes.root, element("section", { class: "nnt-fields" }, this.told, past,
        ...Object.values(this.fields.roots), this.about, this.centre)));
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} whether it was a key of this tab */
  key(e, onButton) { return this.bar.key(e, onButton) || this.planes.key(e); }

  /** @param {number} now */
  draw(now) {
    const { client } = this.room, data = this.room.data(), /** @type {any} */ spec = client.spec;
    if (this.text !== data.preview) {
      this.text = data.preview;
      this.preview = decodeFrame(fromBase64(data.preview));
    }
    const frame = client.shown() ?? this.preview;
    if (!frame || !spec) return;
    this.fields.fill("data", data.data);
    this.fields.draw(spec);
    const { epoch, epochs, loss, accuracy } = frame.meta, score = `loss ${number(loss, 3)}, ${percent(accuracy)} right`;
    this.bar.draw(`epoch ${epoch} of ${epochs}, ${score}`);
    this.past.draw(NO_CURVE);
    this.drawPlanes(frame, now);
    const { meta } = frame;
    this.centre.hidden = spec.data !== "spiral" || spec.noise > 0;
    write(this.told, this.words(meta, spec));
    Object.assign(this.root.dataset, { epoch: frame.step, wrong: meta.wrong, accuracy: meta.accuracy,
      status: client.status, planes: meta.planes.length });
  }

  /** @param {any} meta @param {any} spec */
  words({ epoch, wrong, samples, weights }, spec) {
    const size = `${spec.blocks} block${spec.blocks === 1 ? "" : "s"}, ${weights} weights. `;
    if (!epoch) return `${size}Not trained yet: random layers turn and crumple the plane, and part nothing.`;
    const said = `${size}${samples - wrong} of ${samples} samples are on their own side of the line.`;
    if (spec.activation !== "linear") return said;
    return `${said} Without an activation all layers together are one W x + b: nothing is bent, so a line can part `
      + "only what a line could part at first.";
  }

  /** @param {Frame} frame @param {number} now */
  drawPlanes({ meta, arrays }, now) {
    const { places, grid, half, centre, classes, line } = arrays;
    const part = (/** @type {Tensor} */ { data, shape: [n] }, /** @type {number} */ i) =>
      data.subarray(i * data.length / n, (i + 1) * data.length / n);
    const planes = meta.planes.map((/** @type {string} */ title, /** @type {number} */ i) => ({
      title, places: part(places, i), grid: part(grid, i), centre: part(centre, i), half: half.data[i],
    }));
    const [x0, y0, x1, y1] = line.data, known = Number.isFinite(x0);
    this.planes.draw({
      planes, lines: grid.shape[1], points: grid.shape[2], classes: classes.data, names: ["class 0", "class 1"],
      line: known ? { x: [x0, x1], y: [y0, y1] } : { x: [], y: [] }, revision: meta.planes.join(),
    }, now);
  }

  dispose() {
    this.bar.dispose();
    this.planes.dispose();
  }
}
