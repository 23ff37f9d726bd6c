// When to draw again what takes long to draw and changes little: the curves of a run that goes on.

const EVERY = 300; // milliseconds between two drawings of what only grows

export class Pace {
  /** @param {() => void} ask comes back when it is time */
  constructor(ask) {
    this.ask = ask;
    this.key = this.end = "";
    this.at = 0;
    this.timer = 0;
  }

  /**
   * Whether it is to be drawn now: at once under another key, else where its end has changed and the last time is a
   * while ago.
   * @param {unknown[]} key of all but its growth @param {unknown[]} end how far it has grown
   */
  due(key, end) {
    const [whole, last] = [JSON.stringify(key), JSON.stringify(end)], now = performance.now();
    clearTimeout(this.timer);
    if (whole === this.key && last === this.end) return false;
    const wait = whole === this.key ? EVERY - (now - this.at) : 0;
    if (wait > 0) this.timer = setTimeout(this.ask, wait);
    else [this.key, this.end, this.at] = [whole, last, now];
    return wait <= 0;
  }

  stop() {
    clearTimeout(this.timer);
  }
}
