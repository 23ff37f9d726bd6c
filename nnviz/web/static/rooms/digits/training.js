// The images that the network is trained on, in their order, with the turned copies of each where it learns from those
// as well.

import { TrainingAlbum } from "../../figures/training_album.js";
import { Fault, noun, why } from "./look_parts.js";
import { element, sign, stop, stylesheet, write } from "../../kit/dom.js";
import { count } from "../../kit/numbers.js";

const PLAIN = "What the network learns from, in the order of the data. An epoch shows it each of them once, shuffled.";
const COPIES = "What the network learns from: each image and its two copies, turned by whole degrees (+ is "
  + "counter-clockwise). An epoch shows it all three.";

export class TrainingImages {
  /** @param {HTMLElement} root @param {import("./digits.js").Context} ctx */
  constructor(root, ctx) {
    this.ctx = ctx;
    this.first = 0;
    this.of = "";
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {AbortController | null} */
    this.flight = null;
    this.serial = 0;
    stylesheet("rooms/digits/detail.css");
    const page = (/** @type {number} */ by) => () => this.turn(by);
    this.back = sign("‹", "earlier images", page(-1));
    this.next = sign("›", "further images", page(1));
    this.where = element("span", { class: "nnd-where", role: "status" });
    this.fault = new Fault();
    this.album = new TrainingAlbum();
    this.words = why();
    root.replaceChildren(this.words, this.fault.root,
      element("div", { class: "nnd-tools" }, element("span", { class: "nnd-pages" }, this.back, this.where, this.next)),
      this.album.box);
  }

  show() { this.refresh(); }

  hide() { this.flight?.abort(); }

  dispose() {
    this.hide();
    this.album.purge();
  }

  /** Other data, another theme, another size. */
  refresh() {
    const { query } = this.ctx.data;
    if (query !== this.of) {
      Object.assign(this, { of: query, first: 0, frame: null });
      this.ask();
    } else if (!this.frame && this.flight?.signal.aborted) this.ask();
    this.draw();
  }

  /** @param {number} by pages */
  turn(by) {
    if (!this.frame) return;
    const { page, total } = this.frame.meta, last = Math.floor((total - 1) / page) * page;
    this.first = Math.max(0, Math.min(last, this.first + by * page));
    this.ask();
  }

  async ask() {
    this.flight?.abort();
    const flight = (this.flight = new AbortController()), { data } = this.ctx;
    try {
      const asked = `/nnviz/digits/training?${this.of}&first=${this.first}`;
      const frame = await data.frame(asked, { signal: flight.signal });
      if (flight.signal.aborted) return;
      frame.serial = ++this.serial;
      this.frame = frame;
      this.fault.say();
      this.draw();
    } catch (error) {
      if (!flight.signal.aborted) this.fault.say(/** @type {Error} */ (error).message);
    }
  }

  draw() {
    const { frame, ctx } = this;
    if (!frame) return;
    const names = ctx.classNames(), { first, total } = frame.meta, [n, parts] = frame.arrays.pixels.shape;
    const kind = noun(names), end = first + n;
    write(this.words, parts > 1 ? COPIES : PLAIN);
    const copies = parts > 1 ? `, ${count(parts * total)} with their copies` : "";
    write(this.where, `${count(first)} to ${count(end - 1)} of ${count(total)} training ${kind}s${copies}`);
    stop(this.back, "earlier images", first === 0 && "these are the first");
    stop(this.next, "further images", end >= total && "these are the last");
    this.album.draw({ frame, names, theme: ctx.theme(), noun: kind });
  }
}
