// The GAN room: a generator and a discriminator that train against each other, and what the losses tell the generator.

import { component } from "../../kit/room.js";
import { Tabbed } from "../../kit/tabbed.js";
import { Game, SPEEDS } from "./game.js";
import { Losses } from "./losses.js";

/** @type {import("../../kit/tabbed.js").Tab[]} */
const TABS = [
  ["game", "The game", "Next: what each loss tells the generator"],
  ["losses", "The losses", ""],
];

class Gan extends Tabbed {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host, data, {
      tabs: TABS, view: "gan", speeds: SPEEDS,
      parts: (room) => ({ game: new Game(room), losses: new Losses(room) }),
    });
  }
}

export const { render, dispose } = component(Gan);
