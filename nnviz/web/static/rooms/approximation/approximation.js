// The Approximation room: a function learned in pieces, width against depth, a polynomial with weight decay, truth
// tables.

import { component } from "../../kit/room.js";
import { Tabbed } from "../../kit/tabbed.js";
import { Equals } from "./equals.js";
import { TruthTable } from "./truth_table.js";
import { Learn, SPEEDS } from "./learn.js";
import { Polynomial } from "./polynomial.js";

/** @type {import("../../kit/tabbed.js").Tab[]} */
const TABS = [
  ["learn", "A function in pieces", "Next: width against depth"],
  ["equals", "Width against depth", "Next: what weight decay does to a polynomial"],
  ["polynomial", "A polynomial and its weights", "Next: functions of zeros and ones"],
  ["boolean", "Truth tables", ""],
];

class Approximation extends Tabbed {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host, data, {
      tabs: TABS, view: "approximation", speeds: SPEEDS,
      parts: (room) => ({ 
        learn: new Learn(room), equals: new Equals(room), polynomial: new Polynomial(room),
        boolean: new TruthTable(room),
      }),
    });
  }
}

export const { render, dispose } = component(Approximation);
