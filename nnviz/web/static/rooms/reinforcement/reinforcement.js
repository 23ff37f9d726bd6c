// The Reinforcement room: agents learn from rewards, in a grid world and with a pole on a cart. Which of the two is a
// part of the setting: each has its own runs.

import { codeFold } from "../../kit/code.js";
import { formula } from "../../kit/formula.js";
import { component } from "../../kit/room.js";
import { Tabbed } from "../../kit/tabbed.js";
import { CartPole } from "./cartpole.js";
import { GridWorld } from "./grid.js";
import { SPEEDS } from "./learning.js";

/** @type {import("../../kit/tabbed.js").Tab[]} */
const TABS = [["grid", "Grid world", "Next: balance a pole"], ["cartpole", "Cart-pole", ""]];

class Reinforcement extends Tabbed {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host, data, {
      tabs: TABS, view: "reinforcement", speeds: SPEEDS,
      parts: (room) => ({ grid: new GridWorld(room), cartpole: new CartPole(room) }),
    });
  }

  /** @returns {string} */
  get tab() { return /** @type {any} */ (this.client.spec)?.environment ?? this.data.shows; }

  /** @param {string} environment */
  open(environment) {
    if (environment !== this.tab) this.client.setting({ environment });
  }

  /** The formula is the agent's, not the tab's. */
  explain() {
    const { explains, formula: mathml, codes } = this.data, leads = this.list[this.place][2];
    if (this.root.dataset.explains === explains) return;
    this.root.dataset.explains = explains;
    this.formula.replaceChildren(formula(mathml));
    this.code.replaceChildren(codeFold(codes));
    this.next.textContent = `${leads} →`;
    this.next.hidden = !leads;
  }
}

export const { render, dispose } = component(Reinforcement);
