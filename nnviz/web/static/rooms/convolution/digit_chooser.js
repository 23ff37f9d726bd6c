// Which digit the kernel slides over: a test image of a data set, by number, by class, at random, or the next ones.

import { thumbnail } from "./words.js";
import { DigitData } from "../../kit/digit_data.js";
import { messageOf } from "../../kit/dom.js";
import { context2d } from "../../kit/pictures.js";

/** @typedef {import("./math.js").Picture & {label: number}} Digit */

const NEXT = 12; // small pictures of the digits that follow
const USUAL = 7; // on this one every kernel has something to say

export class DigitChooser {
  /**
   * @param {import("./panel.js").Panel} panel
   * @param {(picture: Digit, index: number, of: number | null) => void} tell which digit is there, and the class that
   *   is browsed
   */
  constructor(panel, tell) {
    this.panel = panel;
    this.tell = tell;
    this.data = new DigitData("");
    /** @type {Digit | null} */
    this.picture = null;
    this.index = this.opening = -1;
    /** @type {number | null} the class that is browsed */
    this.of = null;
    this.gone = false;
  }

  /**
   * Fetch a set of digits and show one; null: the first of its class.
   * @param {string} name @param {number | null} index
   */
  async load(name, index) {
    const data = (this.data = new DigitData(`data=${name}`));
    try {
      const { n } = await data.info();
      if (this.gone || this.data !== data) return;
      this.panel.index.max = String(n - 1);
      await this.open(index === null || index >= n ? this.first : index);
      data.onload = () => this.strip();
    } catch (error) {
      if (this.data === data) this.panel.say(messageOf(error));
    }
  }

  /** The digit that is shown where no other is asked for. */
  get first() { return this.data.labels?.indexOf(this.of ?? USUAL) ?? -1; }

  /** @param {number} index any number, as it was typed */
  async open(index) {
    const { data } = this, { n, height, width, labels } = await data.info();
    const chosen = (this.opening = Math.max(0, Math.min(n - 1, Math.round(index))));
    try {
      await data.ready(chosen);
    } catch (error) {
      this.panel.say(messageOf(error));
      return;
    }
    // Another was chosen meanwhile.
    if (this.gone || this.data !== data || this.opening !== chosen) return;
    this.panel.say("");
    const context = context2d(Object.assign(document.createElement("canvas"), { width, height }));
    data.draw(context, chosen, 0, 0, width);
    const { data: pixels } = context.getImageData(0, 0, width, height);
    const x = Array.from({ length: width * height }, (_, i) => pixels[4 * i] / 255);
    this.picture = { height, width, x, label: labels[chosen] };
    this.index = chosen;
    if (this.of !== this.picture.label) this.of = null;
    this.tell(this.picture, chosen, this.of);
    this.strip();
  }

  /** The next test image of the class that is browsed, before or after; around the end. @param {number} from */
  next(from, way = 1) {
    const { labels, n } = this.data.about ?? { labels: [], n: 0 };
    for (let i = 1; i <= n; i++) {
      const at = (from + way * i + 2 * n * i) % n;
      if (this.of === null || labels[at] === this.of) return at;
    }
    return from;
  }

  /** @param {number} way */
  walk(way) { if (this.picture) this.open(this.next(this.index, way)); }

  random() { if (this.picture) this.open(this.next(Math.floor(Math.random() * (this.data.about?.n ?? 0)))); }

  /** @param {number | null} of */
  browse(of) {
    if (!this.picture) return;
    this.of = of;
    this.tell(this.picture, this.index, of);
    if (of !== null && this.picture.label !== of) this.open(this.next(this.index));
    else this.strip();
  }

  strip() {
    if (!this.picture || !this.data.about) return;
    let at = this.index;
    const next = new Set(Array.from({ length: NEXT }, () => (at = this.next(at))));
    const shown = [...next].map((index) => thumbnail(this.data, index, () => this.open(index)));
    this.panel.strip.replaceChildren(...shown);
  }
}
