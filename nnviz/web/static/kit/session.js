// The setting belongs to the page's session in Python. Here is what the session said last, and what the visitor has
// done since then.

import { shown } from "./answer.js";

/** @typedef {{ do: string, n?: number, [field: string]: any }} Act */

const AGAIN = 4000; // milliseconds until what it has not heard of is told anew, then twice as long each time

/**
 * Everything that a visitor does to the setting is an act, with a number. The session does them in order, each once,
 * and says the number of the last one that it has heard of. As long as there are others, what it says is out of date.
 */
export class Session {
  constructor() {
    /** @type {Act[]} */
    this.acts = []; // not heard of yet
    this.heard = 0;
    this.last = 0;
    /** @type {(acts: Act[]) => void} */
    this.tell = () => {};
    /** @type {any} */
    this.said = null;
    /** @type {(() => void)[]} what waits until it has heard of all acts */
    this.waiting = [];
    this.told = 0; // how often what it has not heard of was told anew
    /** @type {any} */
    this.timer = undefined;
  }

  /**
   * Take what the session says. False: it has not heard of all that was done, so it is not what the visitor wants.
   * @param {Component} component
   */
  receive({ data: [said], setStateValue }) {
    this.tell = (acts) => setStateValue("acts", acts.map((act) => ({ ...act, shown: shown() })));
    if (said.heard < this.heard) this.acts = []; // another session: the server was started anew
    this.heard = said.heard;
    this.last = Math.max(this.last, said.heard);
    this.acts = this.acts.filter(({ n = 0 }) => n > said.heard);
    if (this.acts.length) return false;
    clearTimeout(this.timer);
    this.said = said;
    return true;
  }

  /**
   * All that it has not heard of goes out again: Streamlit may pass only the newest of several messages on.
   * @param {Act} act
   */
  act(act) {
    this.acts = [...this.acts, { ...act, n: ++this.last }];
    this.tell(this.acts);
    this.told = 0;
    this.insist();
  }

  /**
   * A newer request may end the one that told of them before it has done anything, and no act need come after them.
   * What is told then has to differ: Streamlit calls nobody for a value that it has already. "again" is nothing to do.
   */
  insist() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.told += 1;
      this.tell([...this.acts, { do: "again", n: this.last, told: this.told }]);
      this.insist();
    }, AGAIN * 2 ** this.told);
    this.timer.unref?.(); // Node would wait for it, in a page it is a number
  }

  /** The page shows another room: what this one's session has not heard of is not that one's. */
  close() {
    clearTimeout(this.timer);
    this.tell = () => {};
  }

  /** The newest value of a setting that the session has not heard of. @param {string} name */
  wanted(name) {
    return this.acts.findLast((act) => act.do === "change" && name in act.changes)?.changes[name];
  }

  /** The setting, with layers that the session has not heard of yet: they are seen at once. @returns {Spec | null} */
  get spec() {
    const spec = this.said?.spec ?? null, layers = this.wanted("layers");
    return layers ? { ...spec, model: { ...spec.model, layers } } : spec;
  }

  /** Do it once the session has heard of all acts before it, after whatever waits already. @param {() => void} then */
  inOrder(then) {
    this.waiting.push(then);
    this.catchUp();
  }

  catchUp() {
    while (this.said && !this.acts.length && this.waiting.length) this.waiting.shift()?.();
  }
}

/** The rates of a spec that may change under way. @param {Spec} spec @returns {Record<string, number | undefined>} */
export const ratesOf = ({ training, model, learning_rate, epsilon }) => ({
  learning_rate: training?.optimizer.learning_rate ?? learning_rate, regularization_rate: model?.regularizer?.rate,
  epsilon,
});
