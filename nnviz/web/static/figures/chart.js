// A figure on the page: asked of the server once for each look and choice, filled with each frame's arrays, drawn by
// Plotly.react. Zoom, hover and legend stay as the visitor has them: a figure's `uirevision` changes only with what its
// axes show.

import { element } from "../kit/dom.js";
import { loadPlotly } from "../kit/plotly.js";
import { bind } from "./bind.js";
import { somewhere } from "./empty_axes.js";
import { pale } from "./reference.js";
import { sizeOf } from "./tiles.js";

/**
 * @typedef {import("./bind.js").Figure} Figure
 * @typedef {{dark: boolean, size: number, key: string, font?: string}} Theme
 * @typedef {Record<string, unknown>} Choices
 * @typedef {import("../kit/before.js").Reference} Reference
 */

// A finger scrolls the page where a mouse would zoom. No button sends the chart to somebody's cloud.
const TOUCH = matchMedia("(hover: none) and (pointer: coarse)").matches;
const UNWANTED = ["lasso2d", "select2d", "autoScale2d", "zoomIn2d", "zoomOut2d", "sendChartToCloud"];
// Beside Plotly's camera, which makes a PNG: an arrow onto a line.
const SVG = { width: 24, height: 24, path: "M11 3h2v9l3.5-3.5L18 10l-6 6-6-6 1.5-1.5L11 12zM5 19h14v2H5z" };
const MOST = 200; // figures that are kept: looks times choices
const HOVER = 60; // milliseconds: a little more than Plotly rests between two looks at what is under the pointer (50)
const CLICK = 8; // pixels within which a press is Plotly's click (its MINDRAG), and no drag

/** @type {Map<string, Promise<Figure>>} */
const figures = new Map();

/**
 * The figure of a name, with its places empty. Rejects with words.
 * @param {string} name @param {Theme} theme @param {Choices} choices
 */
export function figureOf(name, theme, choices = {}) {
  const query = new URLSearchParams({ figure: name, theme: theme.dark ? "dark" : "light", size: String(theme.size) });
  if (Object.keys(choices).length) query.set("choices", JSON.stringify(choices));
  const url = `/nnviz/figure?${query}`;
  let found = figures.get(url);
  if (!found) {
    found = ask(url);
    found.catch(() => figures.delete(url)); // the next one who wants it asks again
    if (figures.size >= MOST) figures.clear();
    figures.set(url, found);
  }
  return found;
}

/** @param {string} url @returns {Promise<Figure>} */
async function ask(url) {
  const answer = await fetch(url), said = await answer.json();
  if (!answer.ok) throw new Error(said.message);
  return said;
}

export class Chart {
  /**
   * @param {HTMLElement} root @param {string} name
   * @param {{on?: Record<string, (event: any) => void>, drawn?: () => void, plotly?: string}} options
   *   on: listeners for Plotly's events ("plotly_click" …); drawn: called after the first picture, and where a figure
   *   came late; plotly: "full" for 3-D figures
   */
  constructor(root, name, { on = {}, drawn = () => {}, plotly = "cartesian" } = {}) {
    /** @type {any} with what Plotly adds to it */
    this.element = root;
    this.name = name;
    this.on = on;
    this.came = drawn;
    this.plotly = plotly;
    this.drawn = false;
    /** @type {Record<string, any>} all that the drawn figure knows by name */
    this.known = {};
    /** @type {{values: Record<string, any>, theme: Theme, state: unknown, reference: Reference | null} | null} */
    this.wanted = null;
    /** @type {Figure | null} */
    this.figure = null;
    /** @type {string | null} what `figure` is of; what is on its way; what is on the screen */
    this.key = null;
    /** @type {string | null} */
    this.asked = null;
    /** @type {string | null} */
    this.painted = null;
    this.holding = false; // a press that may become a click is under way
    this.late = false; // something else was to be drawn since it began
    this.heard = false; // Plotly has told of the click
    const act = on.plotly_click;
    if (!act) return;
    this.on = { ...on, plotly_click: (/** @type {any} */ event) => {
      this.heard = true;
      act(event);
    } };
    root.addEventListener("pointerdown", (event) => this.hold(event), { capture: true });
  }

  /**
   * Plotly forgets a press when it draws before the button is up: the click would be lost. Nothing is drawn until it
   * is up, or the pointer drags.
   * @param {PointerEvent} down
   */
  hold(down) {
    const ends = ["pointerup", "pointercancel", "blur"];
    const over = (/** @type {Event} */ { type }) => {
      for (const name of ends) window.removeEventListener(name, over, true);
      window.removeEventListener("pointermove", moved, true);
      // Plotly hears of mouseup or touchend, which follow pointerup at once.
      setTimeout(() => (type === "pointerup" && !this.heard ? this.again(down) : this.released()));
    };
    const moved = (/** @type {PointerEvent} */ event) => {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > CLICK) over(event);
    };
    this.holding = true;
    this.heard = false;
    for (const name of ends) window.addEventListener(name, over, true);
    window.addEventListener("pointermove", moved, true);
  }

  /**
   * Plotly looks what is under the pointer at most once in a while, and not again for a click that comes sooner: one
   * that it has not told of is looked at after that while.
   * @param {PointerEvent} down
   */
  again({ target, clientX, clientY }) {
    setTimeout(() => {
      const subplot = /** @type {Element} */ (target).getAttribute?.("data-subplot");
      if (!this.heard && this.drawn && subplot) {
        /** @type {any} */ (window).Plotly.Fx.hover(this.element, { target, clientX, clientY }, subplot);
        const points = this.element._hoverdata;
        if (points?.length) this.on.plotly_click({ points });
      }
      this.released();
    }, HOVER);
  }

  released() {
    this.holding = false;
    if (!this.late) return;
    this.late = false;
    if (this.paint()) this.came();
  }

  /**
   * Draw now, or as soon as figure and Plotly are there, then with the newest values.
   * @param {Record<string, any>} values what the figure binds @param {Theme} theme @param {Choices} choices
   * @param {unknown} [state] what the picture is of: where it is the same as before, nothing need be drawn
   * @param {Reference | null} [reference] the run before: its lines stand pale behind those of `values`
   * @returns {boolean} whether it is drawn with these values
   */
  draw(values, theme, choices = {}, state = undefined, reference = null) {
    this.wanted = { values, theme, state, reference };
    const key = JSON.stringify([this.name, theme.dark, theme.size, choices]);
    if (key === this.key) {
      this.asked = null;
      return this.paint();
    }
    if (key === this.asked) return false;
    this.asked = key;
    Promise.all([figureOf(this.name, theme, choices), loadPlotly(this.plotly)]).then(([figure]) => {
      if (this.asked !== key) return; // something else is wanted by now
      this.asked = null;
      this.figure = figure;
      this.key = key;
      if (this.paint()) this.came();
    }, () => { if (this.asked === key) this.asked = null; }); // the next frame asks again
    return false;
  }

  paint() {
    const [width, height] = sizeOf(this.element);
    if (!this.wanted || !this.figure || !width || !height) return false;
    const { values, theme, state, reference } = this.wanted, of = [reference?.run, reference?.label];
    const painted = state === undefined ? null : JSON.stringify([state, this.key, theme.key, width, height, of]);
    if (painted !== null && painted === this.painted) return true;
    if (this.holding && this.drawn) {
      this.late = true;
      return false;
    }
    const { data, layout, known } = bind(this.figure, { ...values, box: [width, height] });
    this.known = known;
    this.painted = painted;
    const past = reference
      ? pale(bind(this.figure, { ...values, ...reference.values, box: [width, height] }).data, data, reference) : [];
    this.show([...past, ...data], { ...layout, width, height, dragmode: TOUCH ? false : layout.dragmode ?? "zoom",
      font: { ...layout.font, family: theme.font ?? layout.font.family } });
    return true;
  }

  /** @param {any[]} data @param {any} layout */
  show(data, layout) {
    /** @type {any} */ (window).Plotly.react(this.element, data.map(somewhere), layout, this.config());
    if (this.drawn) return;
    const tips = this.element.querySelector(".hoverlayer");
    if (tips) new MutationObserver(() => this.minus()).observe(tips, { childList: true, subtree: true });
    for (const [event, act] of Object.entries(this.on)) this.element.on(event, act);
    this.drawn = true;
  }

  /** Plotly writes a minus sign on axes, and a hyphen in tooltips. */
  minus() {
    for (const part of this.element.querySelectorAll(".hoverlayer :is(text, tspan)")) {
      if (part.childElementCount) continue;
      const words = part.textContent.replace(/(?<!\w)-(?=[\d.])/g, "−");
      if (words !== part.textContent) part.textContent = words; // what is written is heard again, without end
    }
  }

  /** Plotly's settings that are no part of a figure. @returns {Record<string, unknown>} */
  config() {
    return { displaylogo: false, responsive: false, modeBarButtonsToRemove: UNWANTED,
      displayModeBar: TOUCH ? false : "hover", toImageButtonOptions: { filename: `nnviz-${this.name}` },
      modeBarButtonsToAdd: [{ name: "svg", title: "Download plot as SVG", icon: SVG, click: () => this.save("svg") }] };
  }

  /** As a file of the visitor's. @param {"svg" | "png"} format */
  save(format) {
    const { width, height } = this.element.getBoundingClientRect(), filename = `nnviz-${this.name}`;
    /** @type {any} */ (window).Plotly.downloadImage(this.element, { format, width, height, filename });
  }

  purge() {
    this.asked = this.key = this.painted = null;
    this.wanted = this.figure = null;
    if (this.drawn) /** @type {any} */ (window).Plotly.purge(this.element);
    this.drawn = false;
  }
}

/**
 * A chart whose parts can be pointed at, walked through with the arrow keys and chosen, with words below it. A subclass
 * says what a part is (`spotOf`), which is the next one (`step`), what is said of it (`words`); a spot is anything.
 */
export class Pointed extends Chart {
  /** @param {HTMLElement} root @param {string} name @param {(spot: any) => void} choose @param {string} help */
  constructor(root, name, choose, help) {
    const host = element("div", { class: "nnd-plot", role: "img", tabindex: 0 });
    super(host, name, { on: {
      plotly_hover: ({ points }) => this.point(this.spotOf(points[0])), plotly_unhover: () => this.point(null),
      plotly_click: ({ points }) => this.choose(this.spotOf(points[0])),
    } });
    this.choose = choose;
    this.help = help;
    this.hint = element("div", { class: "nnd-hint" });
    host.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.pressed(event));
    host.addEventListener("blur", () => this.point(null, true));
    root.append(element("div", { class: "nnd-stage" }, host), this.hint);
    /** @type {any} */
    this.spot = null;
    this.walked = false;
  }

  /** A part under the pointer, or reached by keys: then it is lit. @param {any} spot */
  point(spot, walked = false) {
    this.spot = spot;
    const redraw = walked || this.walked;
    this.walked = walked && spot !== null;
    if (redraw) this.redraw();
    else this.describe();
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const next = move && this.drawn ? this.step(move[0], move[1]) : null;
    const enter = (event.key === "Enter" || event.key === " ") && this.spot !== null;
    if (next === null && !enter) return;
    event.preventDefault();
    event.stopPropagation(); // else the arrow makes a training step
    if (enter) this.choose(this.spot);
    else this.point(next, true);
  }

  describe() {
    const text = this.drawn ? this.words() : "";
    if (!text || this.hint.textContent === text) return;
    this.hint.textContent = this.hint.title = text; // a narrow panel cuts it off
    this.element.setAttribute("aria-label", `${text}. ${this.help}`);
  }

  paint() {
    const painted = super.paint();
    if (painted) this.describe();
    return painted;
  }

  /** @param {any} _point Plotly's @returns {any} */
  spotOf(_point) { return null; }

  /** @param {number} _dx @param {number} _dy @returns {any} */
  step(_dx, _dy) { return null; }

  words() { return ""; }

  redraw() {}
}
