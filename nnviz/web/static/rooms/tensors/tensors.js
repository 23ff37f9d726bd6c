// The Tensors room: arrays and their axes, operations and products cell by cell, layers as maps of the plane.

import { component } from "../../kit/room.js";
import { Tabbed } from "../../kit/tabbed.js";
import { Arrays } from "./arrays.js";
import { Cells } from "./cells.js";
import { Maps } from "./maps.js";
import { SPEEDS, Unfold } from "./unfold.js";

/** @type {import("../../kit/tabbed.js").Tab[]} */
const TABS = [
  ["arrays", "Arrays, 0-D to 5-D", "Next: what two such arrays make together"],
  ["elements", "Element by element", "Next: the product that a dense layer is made of"],
  ["products", "Products", "Next: the same product as a map of the plane"],
  ["maps", "A layer as a map", "Next: many such layers, one after the other"],
  ["unfold", "A stack unfolds", ""],
];

class Tensors extends Tabbed {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host, data, {
      tabs: TABS, view: "unfold", speeds: SPEEDS,
      parts: (room) => ({ arrays: new Arrays(room), elements: new Cells(room, "elements"),
        products: new Cells(room, "products"), maps: new Maps(room), unfold: new Unfold(room) }),
    });
  }
}

export const { render, dispose } = component(Tensors);
