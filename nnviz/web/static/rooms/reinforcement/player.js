// An episode of the agent without exploring, played at a pace: pause, step, again. While it plays, newer episodes wait.

import { button, element, stop, write } from "../../kit/dom.js";

const REST = 0.7; // seconds at the end before it begins again

export class Player {
  /**
   * @param {() => void} ask draw again
   * @param {number} rate steps a second
   */
  constructor(ask, rate) {
    this.ask = ask;
    this.rate = rate;
    this.playing = true;
    this.at = 0;
    this.rested = 0;
    /** @type {number | null} when it was drawn last */
    this.before = null;
    /** @type {any} what is played: {steps, …} */
    this.episode = null;
    /** @type {any} what comes next */
    this.coming = null;
    this.play = button("❚❚", "Pause the agent (P)", () => this.toggle());
    this.step = button("▸|", "One step of the episode", () => this.go(1), { "aria-label": "One step of the episode" });
    this.words = element("span", {});
    this.root = element("div", { class: "nnq-player" }, this.play, this.step, this.words);
  }

  toggle() {
    this.playing = !this.playing;
    this.before = null;
    this.ask();
  }

  /** @param {number} by */
  go(by) {
    this.playing = false;
    if (this.episode && this.at >= this.episode.steps) this.begin();
    else this.at = Math.min(this.episode?.steps ?? 0, Math.floor(this.at) + by);
    this.ask();
  }

  begin() {
    if (this.coming) this.episode = this.coming;
    this.at = 0;
    this.rested = 0;
  }

  /**
   * Another episode: after the one that plays; at once where that is of something else.
   * @param {{key: string, steps: number, [what: string]: any}} episode
   */
  give(episode) {
    this.coming = episode;
    if (!this.episode || this.episode.key !== episode.key) this.begin();
  }

  /** @param {number} now */
  advance(now) {
    const { episode } = this;
    if (this.playing && episode && this.before !== null) {
      const passed = Math.min(0.1, (now - this.before) / 1000);
      if (this.at < episode.steps) this.at = Math.min(episode.steps, this.at + passed * this.rate);
      else if ((this.rested += passed) > REST) this.begin();
    }
    this.before = now;
    if (this.playing) this.ask();
  }

  /** @param {string} text */
  draw(text) {
    const title = this.playing ? "Pause the agent (P)" : "Let the agent play without exploring (P)";
    write(this.play, this.playing ? "❚❚" : "▶");
    this.play.setAttribute("aria-label", title);
    stop(this.play, title);
    write(this.words, text);
  }

  get shown() { return Math.floor(this.at); }
}
