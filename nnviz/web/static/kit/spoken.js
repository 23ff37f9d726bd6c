// Where the training stands, for whoever does not see the numbers: told every few seconds, and when it halts.

import { element } from "./dom.js";
import { epochs, number, percent } from "./numbers.js";

const EVERY = 5000; // milliseconds: a sentence has to be read out before the next

export class Spoken {
  constructor() {
    this.root = element("div", { class: "nnv-said", role: "status", "aria-live": "polite" });
    this.at = -EVERY;
    this.going = false;
  }

  /**
   * @param {boolean} going @param {Row | null} last the newest row of metrics
   * @param {Frame | null} [test] the newest evaluation of the test digits, in a room that has them
   */
  tell(going, last, test) {
    const halts = this.going && !going, now = performance.now();
    if (!last || (going ? now - this.at < EVERY : !halts)) return;
    Object.assign(this, { at: now, going });
    const loss = (/** @type {number} */ v) => number(v, 3), share = (/** @type {number} */ v) => percent(v);
    this.root.textContent = [
      `Epoch ${epochs(last.epoch ?? 0)}`, words("training loss", last.loss, loss),
      words("validation loss", last.val_loss, loss), words("training accuracy", last.accuracy, share),
      words("validation accuracy", last.val_accuracy, share),
      words(`${test?.meta?.split ?? "test"} accuracy`, test?.meta?.accuracy, share),
    ].filter(Boolean).join(", ");
  }
}

/** @param {string} name @param {number | null} value @param {(v: number) => string} write */
const words = (name, value, write) => (typeof value === "number" ? `${name} ${write(value)}` : "");
