// The controls of a job that is watched in a tab: what starts, stops and shows a run, and the fields of its setting.

import { button, choice, choose, element, stop, write } from "./dom.js";
import { FilmPlayer } from "./film.js";
import { returnKeys } from "./keys.js";
import { statusWords } from "./status.js";

/** @typedef {import("./tabbed.js").Context} Context */
/** @typedef {import("./dom.js").Option} Option */

const LOCKED = "this run belongs to somebody else, you are watching; ↺ leaves it";
const STEP = "One epoch more", RESET = "Back to the start (R)";

/** Train, step, back, speed, state and film. */
export class RunBar {
  /**
   * @param {Context} room @param {import("./tabbed.js").Speeds} speeds
   * @param {{step?: [string, string], more?: HTMLElement[]}} own step: what the button for one step says, and its
   *   title; more: other buttons, behind it
   */
  constructor(room, speeds, { step: [text, about] = ["Epoch", STEP], more = [] } = {}) {
    this.room = room;
    const { client } = room;
    this.play = button("▶ Train", "Train or pause (space)", () => client.play(), { class: "nnt-play" });
    this.title = about;
    this.step = button(text, about, () => client.step("step"));
    this.reset = button("↺", RESET, () => client.reset(), { "aria-label": RESET });
    const titles = Object.entries(speeds).map(([name, { title }]) => /** @type {Option} */ ([name, title]));
    this.speed = choice("", titles, (speed) => client.setView({ speed }), { title: null, "aria-label": "speed" });
    this.film = new FilmPlayer({ state: () => client.filmState, go: (at) => client.rewind(at),
      name: "film: go back through the training" });
    this.state = element("span", { class: "nnt-state", role: "status" });
    this.root = element("div", { class: "nnt-bar" }, this.play, this.step, ...more, this.reset, this.speed, this.state,
      this.film.root);
    returnKeys(this.root);
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} whether it was a key of these */
  key(e, onButton) {
    const { client } = this.room;
    if (e.key === " " && !onButton) client.play();
    else if (e.key.toLowerCase() === "r" && !e.shiftKey) client.reset();
    else return false;
    return true;
  }

  /** @param {string} place where the run is, in words */
  draw(place) {
    const { client } = this.room, { status, run, film, view } = client;
    const going = ["running", "starting", "waiting"].includes(status), mine = run?.mine ?? true;
    write(this.play, going ? "❚❚ Pause" : status === "paused" && mine ? "▶ Resume" : "▶ Train");
    stop(this.step, this.title, !mine && (going || status === "paused") && LOCKED);
    choose(this.speed, view.speed);
    this.film.draw();
    const text = film.shown ? "film" : statusWords(client);
    write(this.state, `${text} · ${place}${client.online ? "" : " · connection lost, trying again"}`);
  }

  dispose() { this.film.dispose(); }
}

/** The fields of a setting, each under its name in the spec. */
export class Fields {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {Record<string, HTMLInputElement | HTMLSelectElement>} */
    this.controls = {};
    /** @type {Record<string, HTMLElement>} */
    this.roots = {};
  }

  /** @param {string} name @param {string} label @param {HTMLInputElement | HTMLSelectElement} control */
  add(name, label, control) {
    control.dataset.name = name;
    this.controls[name] = control;
    this.roots[name] = element("label", { class: "nnt-field nnt-setting" }, element("span", {}, label), control);
    return this;
  }

  /** @param {string} name @param {any} value */
  set(name, value) { this.room.client.setting({ [name]: value }); }

  /**
   * What is refused must not stay in the field.
   * @param {string} name @param {HTMLInputElement} input @param {any} value
   */
  typed(name, input, value) {
    input.dataset.shown = input.value;
    this.set(name, value);
  }

  /** @param {string} name @param {string} label @param {Option[]} options */
  menu(name, label, options) {
    return this.add(name, label, choice("", options, (value) => this.set(name, value),
      { title: null, "aria-label": label }));
  }

  /** @param {string} name @param {string} label @param {number} low @param {number} high */
  number(name, label, low, high, step = "1") {
    const input = element("input", { type: "number", min: low, max: high, step, "aria-label": label,
      onchange: () => { if (input.value !== "") this.typed(name, input, Number(input.value)); } });
    return this.add(name, label, input);
  }

  /** @param {string} name @param {string} label */
  text(name, label) {
    const input = element("input", { type: "text", maxlength: 200, spellcheck: "false", autocomplete: "off",
      "aria-label": label, onchange: () => this.typed(name, input, input.value) });
    return this.add(name, label, input);
  }

  /** The options of a menu that Python says. @param {string} name @param {Record<string, string>} titles */
  fill(name, titles) {
    const menu = this.controls[name];
    if (menu.children.length) return;
    menu.replaceChildren(...Object.entries(titles).map(([value, text]) => element("option", { value }, text)));
  }

  /** @param {any} spec */
  draw(spec) {
    for (const [name, control] of Object.entries(this.controls)) {
      const text = String(spec[name]);
      if (control instanceof HTMLSelectElement) choose(control, text);
      else if (control.dataset.shown !== text) control.value = control.dataset.shown = text;
    }
  }
}
