// One message at a time, at the picture that it is about, with the way out where there is one.

import { element } from "./dom.js";

/** @typedef {{text: string, act: () => void, close?: () => void}} Way a button that is the way out of what is said */

export class Note {
  /** @param {(kind: string) => Way | null} way the way out of what is said */
  constructor(way) {
    this.way = way;
    this.root = element("div", { class: "nnv-note", role: "alert", hidden: true });
  }

  /**
   * kind: warning, error, diverged, done, anew, or advice, which waits until no other message stands there. No text: no
   * message.
   * @param {string} text @param {Way | null} [act]
   */
  say(text, kind = "warning", act = null) {
    const { root } = this, now = root.hidden ? "" : root.dataset.kind;
    if (kind === "advice" && (text ? !["", "done", "advice"].includes(now ?? "") : now !== "advice")) return;
    root.hidden = !text;
    root.dataset.kind = kind;
    root.setAttribute("role", kind === "advice" ? "status" : "alert");
    root.replaceChildren(element("span", {}, text));
    if (!text) return;
    const way = act ?? this.way(kind);
    if (way?.text) root.append(element("button", { type: "button", onclick: way.act }, way.text));
    const close = () => { this.say(""); way?.close?.(); };
    root.append(
      element("button", { type: "button", class: "nnv-close", "aria-label": "close message", onclick: close }, "×"),
    );
  }
}
