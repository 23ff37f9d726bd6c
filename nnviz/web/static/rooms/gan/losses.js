// What each loss tells the generator, over the score that the discriminator gives a generated sample.

import { Chart } from "../../figures/chart.js";
import { element, write } from "../../kit/dom.js";
import { formula } from "../../kit/formula.js";
import { number } from "../../kit/numbers.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

const ABOUT = "At the start the generator’s samples are far from the real ones, and the discriminator is soon sure: s "
  + "is very negative. A loss without a slope there tells the generator nothing, and nothing changes. Where samples "
  + "are taken for real (s is large) a small slope is right: they are where they should be. A critic’s score is no "
  + "probability, and its slope is the same everywhere; least squares pull back also what is beyond 1.";

export class Losses {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    this.output = element("output", {});
    this.slider = element("input", { type: "range", min: -8, max: 8, step: 0.25, "data-name": "s",
      "aria-label": "the discriminator’s score s of a generated sample",
      oninput: () => write(this.output, number(Number(this.slider.value))),
      onchange: () => this.room.client.setView({ s: Number(this.slider.value) }) });
    this.told = element("p", { class: "nnt-verdict", role: "status" });
    this.table = element("table", { class: "nnt-axes nng-slopes" });
    this.picture = element("div", { class: "nng-losses", role: "img", "aria-label": "the losses and their slopes" });
    this.chart = new Chart(this.picture, "gan_slopes", { drawn: () => room.ask() });
    this.text = "";
    this.root = element("div", { class: "nnt-maps" },
      element("section", { class: "nnt-column" }, this.picture),
      element("section", { class: "nnt-column" },
        element("label", { class: "nnt-slider nng-slider" }, element("span", {}, "score s"), this.slider, this.output),
        this.told, this.table, element("p", { class: "nnt-about" }, ABOUT)));
  }

  /** The slider has the arrow keys. @returns {boolean} */
  key() { return false; }

  draw() {
    const { curves, rows, words } = this.room.data(), { view } = this.room.client;
    if (document.activeElement !== this.slider) this.slider.value = String(view.s);
    write(this.output, number(Number(this.slider.value)));
    write(this.told, words);
    this.chart.draw(curves, this.room.theme(), {}, curves.now);
    const key = JSON.stringify(rows);
    this.root.dataset.s = curves.now;
    if (key === this.text) return;
    this.text = key;
    const head = ["", "generator’s loss", "at s", "|slope|"];
    this.table.replaceChildren(
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...rows.map((/** @type {any} */ row) => element("tr", {},
        element("th", { scope: "row" }, row.name), element("td", {}, formula(row.formula)),
        element("td", {}, number(row.value, 3)), element("td", {}, number(row.slope, 3))))));
  }

  dispose() { this.chart.purge(); }
}
