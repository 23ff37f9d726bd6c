// The film's controls: a slider over the recorded pictures, and playing them at a speed, once or over and over. It
// draws nothing of the run: `go` shows a place, and the place beyond the last picture is now.

import { PICTURES_A_SECOND, PLAYBACK_SPEEDS, USUAL_SPEED } from "../schema.js";
import { button, choice, element, label, write } from "./dom.js";
import { storage } from "./wire.js";

/**
 * length: how many pictures there are; at: the one that was asked for, null for now; epoch, step: of what is on the
 * screen, where that is the film's; words: what is said of it instead; settled: whether what was asked for is on the
 * screen
 * @typedef {{length: number, at: number | null, epoch?: number, step?: number, words?: string, settled: boolean}}
 *   FilmState
 */

/** @type {FilmState} */
export const NO_FILM = { length: 0, at: null, settled: true };
const KEY = "nnviz-film"; // how it is played, in this browser
const LOOK = 25; // milliseconds between two looks whether a picture has come
const MOST = 4; // pictures that are left out at once where the page is slow

/** How films are played here. @returns {{speed: string, loop: boolean}} */
export function habits() {
  try {
    const { speed, loop } = JSON.parse(storage(KEY) ?? "{}");
    return { speed: Object.hasOwn(PLAYBACK_SPEEDS, speed) ? speed : USUAL_SPEED, loop: loop === true };
  } catch { return { speed: USUAL_SPEED, loop: false }; }
}

/**
 * The next place, and whether it goes on playing there.
 * @param {number} at @param {number} by how many pictures later @param {number} length @param {boolean} loop
 * @returns {[number, boolean]}
 */
export function nextPlace(at, by, length, loop) {
  if (at >= length - 1) return loop ? [0, true] : [length, false];
  return [Math.min(length - 1, at + by), true];
}

/**
 * Where a key goes; null: nowhere.
 * @param {string} key @param {number} at @param {number} length
 */
export function placeOf(key, at, length) {
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: length }[key];
  return to === undefined ? null : Math.max(0, Math.min(length, to));
}

export class FilmPlayer {
  /**
   * @param {{state: () => FilmState, go: (at: number) => void, name: string, end?: string}} film
   *   name: what the slider is called; end: what its right end is
   */
  constructor({ state, go, name, end = "now" }) {
    this.state = state;
    this.go = go;
    this.end = end;
    this.playing = false;
    this.timer = 0;
    this.due = 0; // when the next picture is
    /** @type {number | null} where playing has gone last: elsewhere, somebody else has moved it */
    this.went = null;
    const known = habits();
    this.speed = known.speed;
    this.loop = known.loop;
    this.button = button("▶", "", () => this.toggle(), { class: "nnv-film-play" });
    this.slider = element("input", { type: "range", min: 0, max: 0, value: 0, step: 1, "aria-label": name,
      oninput: () => { this.stop(); this.go(Number(this.slider.value)); } });
    this.menu = choice("how fast the film is played", Object.entries(PLAYBACK_SPEEDS),
      (speed) => this.keep({ speed }), { class: "nnv-film-speed" });
    this.repeat = button("⟳", "Play it over and over", () => this.keep({ loop: !this.loop }), { class: "nnv-film-loop",
      "aria-label": "repeat the film" });
    this.root = element("div", { class: "nnv-film", role: "group", "aria-label": "film", hidden: true,
      title: `Go back through the training; the right end is ${end}`,
      onkeydown: (/** @type {KeyboardEvent} */ e) => this.key(e) },
    element("span", {}, "film"), this.button, this.slider, this.menu, this.repeat);
  }

  /** @param {{speed?: string, loop?: boolean}} changes */
  keep(changes) {
    Object.assign(this, changes);
    storage(KEY, JSON.stringify({ speed: this.speed, loop: this.loop }));
    this.draw();
  }

  /** Arrows, Home and End on its buttons as on the slider; space plays. @param {KeyboardEvent} e */
  key(e) {
    if (e.altKey || e.ctrlKey || e.metaKey || e.target === this.menu) return;
    const { at, length } = this.state(), onSlider = e.target === this.slider;
    const to = placeOf(e.key, at ?? length, length), space = e.key === " " && onSlider;
    if (to === null && !space) return;
    e.preventDefault();
    e.stopPropagation(); // else an arrow makes a training step
    if (space) return this.toggle();
    this.stop();
    return this.go(/** @type {number} */ (to));
  }

  toggle() {
    if (this.playing) this.stop();
    else this.play();
    this.draw();
  }

  play() {
    const { at, length } = this.state();
    if (length < 2) return;
    this.playing = true;
    this.due = performance.now();
    this.to(at === null || at >= length - 1 ? 0 : at);
    this.wait();
  }

  stop() {
    this.playing = false;
    clearTimeout(this.timer);
  }

  /** @param {number} at */
  to(at) {
    this.went = at;
    this.go(at);
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tick(), LOOK);
  }

  /** The clock decides which picture is next: a slow page leaves out pictures, not time. */
  tick() {
    const { at, length, settled } = this.state(), each = 1000 / (PICTURES_A_SECOND * Number(this.speed));
    if (at !== this.went || length < 2) { this.stop(); return this.draw(); }
    const late = performance.now() - this.due;
    if (!settled || late < each) return this.wait();
    const by = Math.min(MOST, Math.floor(late / each)), [to, on] = nextPlace(at ?? 0, by, length, this.loop);
    this.due = by === MOST ? performance.now() : this.due + by * each;
    this.playing = on;
    this.to(to);
    if (on) this.wait();
    return this.draw();
  }

  draw() {
    const { at, length, epoch, step, words: told } = this.state(), { slider, playing } = this;
    this.root.hidden = length < 2;
    if (length < 2 && playing) this.stop();
    const value = String(at ?? length), moment = told ?? `epoch ${epoch ?? "…"}, step ${step ?? "…"}`;
    const said = at === null ? this.end : moment;
    if (slider.max !== String(length)) slider.max = String(length);
    if (slider.value !== value) slider.value = value;
    if (slider.getAttribute("aria-valuetext") !== said) slider.setAttribute("aria-valuetext", said);
    const words = this.playing ? "Stop the film" : "Play the film";
    write(this.button, this.playing ? "❚❚" : "▶");
    label(this.button, words);
    this.button.title = words;
    if (this.menu.value !== this.speed) this.menu.value = this.speed;
    this.repeat.setAttribute("aria-pressed", String(this.loop));
    this.root.dataset.playing = this.playing ? "1" : "";
  }

  dispose() { this.stop(); }
}
