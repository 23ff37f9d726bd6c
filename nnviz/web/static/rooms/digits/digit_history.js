// When in the training a digit was learned, forgotten and learned again: in words, and as a strip over the epochs.

import { element, label } from "../../kit/dom.js";

const MOST_CHANGES = 7; // more than that are counted, not told one by one

/** @typedef {Record<"step" | "epoch" | "predicted" | "sure" | "true", number[]>} Answers columns of /nnviz/history */
/** @typedef {{predicted: number, right: boolean, epoch: number, end: number, step: number, sure: number}} Stretch */

/** Runs of the same answer. @param {Answers} answers */
export function segments({ step, epoch, predicted, sure, true: truth }) {
  /** @type {Stretch[]} */
  const found = [];
  const right = truth.length ? truth.at(-1) : null;
  for (let i = 0; i < step.length; i++) {
    const last = found.at(-1);
    if (last && last.predicted === predicted[i]) Object.assign(last, { end: epoch[i], sure: sure[i] });
    else {
      if (last) last.end = epoch[i];
      found.push({
        predicted: predicted[i], right: predicted[i] === right, epoch: epoch[i], end: epoch[i], step: step[i],
        sure: sure[i],
      });
    }
  }
  return found;
}

const at = (/** @type {number} */ epoch) => epoch.toFixed(epoch < 10 ? 1 : 0);

/**
 * "Learned in epoch 1.2, forgotten in 3.0 (taken for 9), learned again in 3.4."
 * @param {Stretch[]} parts @param {string[]} names
 */
export function story(parts, names) {
  const name = (/** @type {number} */ k) => `“${names[k] ?? k}”`, end = parts.at(-1);
  if (!end) return "Nothing recorded yet: press Train and watch when the network learns it.";
  // From one wrong answer to another is no news.
  const turns = parts.filter((p, i) => i === 0 || p.right !== parts[i - 1].right);
  const first = turns.find((p) => p.right);
  if (!first) return `Never right so far; now taken for ${name(end.predicted)}.`;
  if (turns.length === 1) return "Right from the first picture on.";
  const words = [first === turns[0] ? "Right from the start" : `Learned in epoch ${at(first.epoch)}`];
  const rest = turns.slice(turns.indexOf(first) + 1);
  if (rest.length > MOST_CHANGES) {
    const forgotten = rest.filter((p) => !p.right).length;
    const now = end.right ? "right" : `wrong (taken for ${name(end.predicted)})`;
    words.push(`then forgotten ${forgotten} times`, `${now} since epoch ${at(rest[rest.length - 1].epoch)}`);
  } else {
    const taken = (/** @type {Stretch} */ p) => `forgotten in ${at(p.epoch)} (taken for ${name(p.predicted)})`;
    words.push(...rest.map((p) => (p.right ? `learned again in ${at(p.epoch)}` : taken(p))));
  }
  return `${words.join(", ")}.`;
}

/** The strip: a block for each stretch with one answer, blue where it was right, orange where wrong. */
export class HistoryStrip {
  constructor() {
    this.words = element("p", { class: "nnl-words", role: "status" });
    this.strip = element("div", { class: "nnl-strip", role: "img" });
    this.axis = element("div", { class: "nnl-axis", "aria-hidden": "true" });
    this.box = element("div", {}, this.strip, this.axis, this.words);
    this.clear("");
  }

  /** @param {Answers} answers @param {string[]} names @param {number | null} mark an epoch to point at (the film's) */
  draw(answers, names, mark) {
    const parts = segments(answers), end = parts.at(-1);
    const text = story(parts, names);
    this.strip.hidden = this.axis.hidden = !parts.length;
    this.words.textContent = text;
    label(this.strip, `Answers over the epochs. ${text}`);
    if (!end) return;
    const from = parts[0].epoch, span = end.end - from || 1;
    const place = (/** @type {number} */ epoch) => `${((100 * (epoch - from)) / span).toFixed(2)}%`;
    this.strip.replaceChildren(...parts.map((p, i) => {
      const to = i + 1 < parts.length ? p.end : from + span, answer = names[p.predicted] ?? String(p.predicted);
      return element("span", {
        class: "nnl-stretch", "data-right": String(p.right),
        style: `left:${place(p.epoch)};width:calc(${place(from + to - p.epoch)} + 1px)`,
        title: `epoch ${at(p.epoch)} to ${at(to)}: “${answer}”, ${p.right ? "right" : "wrong"}`,
      }, to - p.epoch > span * 0.02 * answer.length ? answer : "");
    }));
    const marked = mark === null ? "" : place(Math.min(from + span, mark));
    if (marked) this.strip.append(element("i", { class: "nnl-mark", style: `left:${marked}` }));
    this.axis.replaceChildren(element("span", {}, `epoch ${at(from)}`), element("span", {}, at(from + span)));
  }

  /** @param {string} text */
  clear(text) {
    this.strip.hidden = this.axis.hidden = true;
    this.words.textContent = text;
  }
}
