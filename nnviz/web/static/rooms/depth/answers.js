// Questions to the server while a slider moves: one at a time, and of those that come meanwhile only the newest.

import { messageOf } from "../../kit/dom.js";

export class Answers {
  /**
   * @param {string} path @param {() => void} came there is another answer
   * @param {(text: string, kind?: string) => void} say
   */
  constructor(path, came, say) {
    this.path = path;
    this.came = came;
    this.say = say;
    /** @type {any} the newest answer */
    this.answer = null;
    this.serial = 0;
    /** @type {string | null} what was asked last, as JSON */
    this.wanted = null;
    this.busy = false;
  }

  /** @param {object} body the question; the same one again is not asked */
  ask(body) {
    const text = JSON.stringify(body);
    if (text === this.wanted) return;
    this.wanted = text;
    if (!this.busy) this.work();
  }

  async work() {
    this.busy = true;
    for (let asked = null; asked !== this.wanted;) {
      asked = this.wanted;
      try {
        const reply = await fetch(this.path, { method: "POST", body: asked });
        const found = await reply.json();
        if (!reply.ok) throw new Error(found.message);
        this.answer = found;
        this.serial += 1;
        this.came();
      } catch (error) {
        this.say(messageOf(error), "error");
      }
    }
    this.busy = false;
  }
}
