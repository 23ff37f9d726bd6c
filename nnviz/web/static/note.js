// One message at a time, at the picture that it is about, with the way out where there is one.

import { element } from "./editor.js";

export class Note {
  /** `way()` for a run that diverged: {text, act} of a button, or null. */
  constructor(way) {
    this.way = way;
    this.root = element("div", { class: "nnv-note", role: "alert", hidden: true });
  }

  /** kind: warning, error, diverged or done. No text: no message. */
  say(text, kind = "warning") {
    this.root.hidden = !text;
    this.root.dataset.kind = kind;
    this.root.replaceChildren(text);
    if (!text) return;
    const way = kind === "diverged" ? this.way() : null;
    if (way) this.root.append(element("button", { type: "button", onclick: way.act }, way.text));
    this.root.append(element("button", { type: "button", class: "nnv-close", "aria-label": "close message", onclick: () => this.say("") }, "×"));
  }
}

/** After a divergence: the same from the start with a tenth of the learning rate. */
export function slower(client) {
  const rate = Number((client.spec.training.optimizer.learning_rate / 10).toPrecision(2));
  return { text: `Start again with learning rate ${rate}`, act: () => { client.say(""); client.reset(); client.setting({ learning_rate: rate }); } };
}
