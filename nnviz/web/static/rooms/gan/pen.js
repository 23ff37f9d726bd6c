// Data painted by hand: a pointer that is dragged across the plane leaves points behind.

const MOST = 100; // points, as the setting allows
const APART = 0.12; // between two points of a stroke, in the plane's unit
const HALF = 3;

export class Pen {
  /**
   * @param {HTMLElement} host with the chart @param {() => void} ask to be drawn again
   * @param {(points: string) => void} done a stroke has ended: all points so far
   */
  constructor(host, ask, done) {
    this.host = host;
    this.ask = ask;
    this.done = done;
    this.on = this.down = false;
    /** @type {[number, number][] | null} since the pen was taken */
    this.hand = null;
    /** @type {any} Plotly's axes of the chart */
    this.axes = null;
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      host.addEventListener(name, (e) => this.take(/** @type {PointerEvent} */ (e)), true);
    }
  }

  /** A new drawing begins, or this one is done. @param {boolean} on */
  turn(on) {
    this.on = on;
    this.hand = on ? [] : null;
    this.host.style.cursor = on ? "crosshair" : "";
    this.host.style.touchAction = on ? "none" : "";
    this.ask();
  }

  /** @param {PointerEvent} e */
  take(e) {
    if (!this.on || !this.axes || !this.hand) return;
    if (e.type === "pointerdown") {
      this.down = true;
      this.host.setPointerCapture(e.pointerId);
    }
    if (!this.down) return;
    e.preventDefault();
    e.stopPropagation();
    if (e.type === "pointerup" || e.type === "pointercancel") {
      this.down = false;
      if (this.hand.length) this.done(textOf(this.hand));
      return;
    }
    const box = this.host.getBoundingClientRect(), { xaxis, yaxis } = this.axes;
    this.hand = longer(this.hand, [xaxis.p2d(e.clientX - box.left - xaxis._offset),
      yaxis.p2d(e.clientY - box.top - yaxis._offset)]);
    this.ask();
  }
}

/**
 * A stroke with a place more, unless it is next to the last one, outside of the plane, or one too many.
 * @param {[number, number][]} points @param {[number, number]} place @returns {[number, number][]}
 */
export function longer(points, place) {
  const last = points.at(-1), inside = place.every((v) => Math.abs(v) <= HALF);
  const near = last && Math.hypot(place[0] - last[0], place[1] - last[1]) < APART;
  return near || !inside || points.length >= MOST ? points : [...points, place];
}

/** As the setting has them. @param {[number, number][]} points */
export const textOf = (points) => points.flat().map((v) => String(Number(v.toFixed(2)) + 0)).join(",");
