// The health of each layer over the training: what the measures mean (figure "measures"), and histograms of the weights
// (figure "histograms"). One frame has it all, from the first step on; the film shows the same up to its step.

import { number } from "../kit/numbers.js";
import { Pointed } from "./chart.js";

/** name → [words for the choice, what it means]. @type {Record<string, string[]>} */
export const MEASURES = {
  gradient: ["gradient", "How hard the loss pulls at the weights of each layer, over a sample of training digits as "
    + "one batch, without dropout. Far smaller in the first layers than in the last: the gradient vanishes; growing "
    + "ever larger: it explodes."],
  weight_rms: ["size of weights", "Root of the mean square of each layer's weights. Regularisation keeps it down."],
  mean: ["activations: mean", "What the neurons of a layer say on average, over the sample of training digits."],
  std: ["activations: spread", "How differently a layer answers to different digits. Zero: it says the same to all."],
  zero: ["neurons at zero", "Share of activations that are exactly zero. "
    + "Near 100 %: dead ReLUs, which learn nothing more."],
  saturated: ["neurons at their limit", "Share of sigmoid or tanh activations at their limit, where the slope is "
    + "nearly nothing and learning is slow."],
};

/**
 * What a measure means, for the layers of this frame.
 * @param {string} measure @param {{activations: string[], ends?: (number[] | null)[]}} meta
 */
export function meaning(measure, { activations, ends }) {
  /** @type {[string, any][]} */
  const all = activations.map((name, l) => [name, ends?.[l]]);
  const limits = all.filter(([, at]) => at && measure === "saturated");
  const words = limits.map(([name, [low, high]]) => `${name}: a < ${low} or a > ${high}`.replace("-", "−"));
  const counted = [...new Set(words)].join("; ");
  return `${MEASURES[measure][1]}${counted ? ` Counted are, for ${counted}.` : ""}`;
}

/** Every column is a histogram of one layer's weights at one time. */
export class Histograms extends Pointed {
  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "histograms", () => {}, "Dark where there are many.");
  }

  /** @param {{frame: any, layer: number, axis: string, theme: import("./chart.js").Theme}} now */
  draw({ frame, layer: chosen, axis, theme }) {
    const { arrays, meta, serial } = frame, layer = Math.min(chosen, meta.layers.length - 1);
    const within = number(arrays.range.data[2 * layer + 1], 2);
    this.said = `${meta.layers[layer]}: each column is a histogram of its weights; they lie within ±${within}`;
    const choices = { axis: axis === "step" ? "step" : "epoch" };
    return super.draw({ arrays, meta, layer, revision: layer }, theme, choices, [serial, layer]);
  }

  words() { return this.said ?? ""; }
}
