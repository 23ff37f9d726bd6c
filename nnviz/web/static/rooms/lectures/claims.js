// What an experiment claims, as a table: the lecture's figure beside ours, the interval or the rule, the verdict.

import { element } from "../../kit/dom.js";
import { mark } from "./kept.js";

/** @typedef {{what: string, lecture: string, ours: string, between: string, how: string, verdict: string, why: string}}
 * Claim */

const HEADS = ["what", "lecture", "ours", "interval or rule", "verdict"];

export class Claims {
  constructor() {
    this.now = "";
    this.root = element("div", { class: "nnl-claims" });
  }

  /** @param {Claim[] | null} claims @param {string} caption */
  draw(claims, caption) {
    const key = JSON.stringify([claims, caption]);
    if (this.now === key) return;
    this.now = key;
    this.root.hidden = !claims;
    if (!claims) { this.root.replaceChildren(); return; }
    this.root.replaceChildren(element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...HEADS.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...claims.flatMap((one) => this.row(one)))));
  }

  /** @param {Claim} one */
  row({ what, lecture, ours, between, how, verdict, why }) {
    const rule = between === how ? [how] : [between, element("small", {}, how)];
    const cells = element("tr", { "data-verdict": verdict }, element("th", { scope: "row" }, what),
      element("td", { "data-head": HEADS[1] }, lecture), element("td", { "data-head": HEADS[2] }, ours),
      element("td", { "data-head": HEADS[3] }, ...rule),
      element("td", { class: "nnl-verdict", "data-head": HEADS[4] }, `${mark(verdict)} ${verdict}`));
    if (!why) return [cells];
    return [cells, element("tr", { class: "nnl-why" }, element("td", { colspan: 5 }, `What we think why: ${why}`))];
  }
}
