// When in the training a digit was learned, forgotten and learned again: in words, and as a strip over the epochs.

import { element } from "./editor.js";
import { label } from "./pictures.js";

const MOST_CHANGES = 7; // more than that are counted, not told one by one

/** Runs of the same answer: [{predicted, right, epoch, end, step, sure}], from the columns of /nnviz/history. */
export function segments({ step, epoch, predicted, sure, true: truth }) {
  const found = [];
  const right = truth.length ? truth.at(-1) : null;
  for (let i = 0; i < step.length; i++) {
    const last = found.at(-1);
    if (last && last.predicted === predicted[i]) Object.assign(last, { end: epoch[i], sure: sure[i] });
    else {
      if (last) last.end = epoch[i];
      found.push({ predicted: predicted[i], right: predicted[i] === right, epoch: epoch[i], end: epoch[i], step: step[i], sure: sure[i] });
    }
  }
  return found;
}

const at = (epoch) => epoch.toFixed(epoch < 10 ? 1 : 0);

/** "Learned in epoch 1.2, forgotten in 3.0 (taken for 9), learned again in 3.4." */
export function story(parts, names) {
  if (!parts.length) return "Nothing recorded yet: press Train and watch when the network learns it.";
  const name = (k) => `“${names[k] ?? k}”`;
  if (!parts.some((p) => p.right)) return `Never right so far; now taken for ${name(parts.at(-1).predicted)}.`;
  const turns = parts.filter((p, i) => i === 0 || p.right !== parts[i - 1].right); // from one wrong answer to another is no news
  const first = turns.find((p) => p.right);
  if (turns.length === 1) return "Right from the first picture on.";
  const words = [first === turns[0] ? "Right from the start" : `Learned in epoch ${at(first.epoch)}`];
  const rest = turns.slice(turns.indexOf(first) + 1);
  if (rest.length > MOST_CHANGES) {
    const forgotten = rest.filter((p) => !p.right).length;
    words.push(`then forgotten ${forgotten} times`, `${rest.at(-1).right ? "right" : `wrong (taken for ${name(parts.at(-1).predicted)})`} since epoch ${at(rest.at(-1).epoch)}`);
  } else {
    for (const p of rest) words.push(p.right ? `learned again in ${at(p.epoch)}` : `forgotten in ${at(p.epoch)} (taken for ${name(p.predicted)})`);
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

  /** mark: an epoch to point at (the film's), or null. */
  draw(history, names, mark = null) {
    const parts = segments(history);
    const text = story(parts, names);
    this.strip.hidden = this.axis.hidden = !parts.length;
    this.words.textContent = text;
    label(this.strip, `Answers over the epochs. ${text}`);
    if (!parts.length) return;
    const from = parts[0].epoch, span = parts.at(-1).end - from || 1;
    const place = (epoch) => `${((100 * (epoch - from)) / span).toFixed(2)}%`;
    this.strip.replaceChildren(...parts.map((p, i) => {
      const end = i + 1 < parts.length ? p.end : from + span, answer = names[p.predicted] ?? String(p.predicted);
      return element("span", {
        class: "nnl-stretch", "data-right": String(p.right), style: `left:${place(p.epoch)};width:calc(${place(from + end - p.epoch)} + 1px)`,
        title: `epoch ${at(p.epoch)} to ${at(end)}: “${answer}”, ${p.right ? "right" : "wrong"}`,
      }, end - p.epoch > span * 0.02 * answer.length ? answer : "");
    }), ...(mark === null ? [] : [element("i", { class: "nnl-mark", style: `left:${place(Math.min(from + span, mark))}` })]));
    this.axis.replaceChildren(element("span", {}, `epoch ${at(from)}`), element("span", {}, at(from + span)));
  }

  clear(text) {
    this.strip.hidden = this.axis.hidden = true;
    this.words.textContent = text;
  }
}
