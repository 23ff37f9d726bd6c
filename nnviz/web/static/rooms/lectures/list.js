// The lectures with their experiments in order: what each asks, a small picture of what came out, whether it is done.

import { element, label, write } from "../../kit/dom.js";
import { css } from "../../kit/theme.js";
import { mark } from "./kept.js";
import { small } from "./small.js";

/** @typedef {import("./kept.js").Kept} Kept */

/** Minutes in words. @param {number} seconds */
export function duration(seconds) {
  if (seconds < 1) return "at once";
  if (seconds < 55) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.max(1, Math.round(seconds / 60))} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export class List {
  /** @param {(id: string) => void} choose */
  constructor(choose) {
    this.choose = choose;
    /** @type {Map<string, {button: HTMLButtonElement, mark: HTMLElement, picture: HTMLElement}>} */
    this.rows = new Map();
    this.built = "";
    this.done = element("p", { class: "nnl-soft" });
    this.body = element("div", {});
    this.root = element("nav", { class: "nnl-list", "aria-label": "the lectures’ experiments" }, this.done, this.body);
    this.root.addEventListener("keydown", (e) => this.key(e));
  }

  /**
   * @param {{lectures: Record<string, string>, recipes: any[]}} catalogue @param {string} chosen
   * @param {Record<string, Kept>} known @param {Theme} theme
   * @param {{id: string, lines: any[], claims: any[]} | null} own what came out here of the one that is chosen
   */
  draw(catalogue, chosen, known, theme, own) {
    const colors = [theme.classes[1], theme.classes[0], ...theme.classes.slice(2)].map((c) => css(c));
    if (this.built !== theme.key) {
      this.built = theme.key;
      this.build(catalogue, colors);
    }
    let done = 0;
    for (const { id, title, question, seconds } of catalogue.recipes) {
      const row = this.rows.get(id), { verdict, quick } = known[id] ?? {};
      if (!row) continue;
      done += verdict ? 1 : 0;
      write(row.mark, mark(verdict));
      row.button.dataset.verdict = verdict ?? "";
      const came = verdict ? `${verdict}${quick ? ", on less data" : ""}` : "not done";
      label(row.button, `${id} ${title}: ${came}`);
      row.button.title = `${question} ${came}; ${duration(seconds)}`;
      const now = id === chosen ? "true" : null;
      if (row.button.getAttribute("aria-current") !== now) {
        if (now) row.button.setAttribute("aria-current", now);
        else row.button.removeAttribute("aria-current");
        row.button.tabIndex = now ? 0 : -1;
        if (now) this.show(row.button);
      }
    }
    const row = own && this.rows.get(own.id), key = own ? JSON.stringify([own.lines.map(({ x }) => x.length)]) : "";
    if (row && own && row.picture.dataset.own !== key) {
      row.picture.dataset.own = key;
      row.picture.replaceChildren(small(own, colors, ""));
    }
    write(this.done, `${done} of ${catalogue.recipes.length} done in this browser`);
  }

  /** @param {{lectures: Record<string, string>, recipes: any[]}} catalogue @param {string[]} colors */
  build({ lectures, recipes }, colors) {
    this.rows.clear();
    this.body.replaceChildren(...Object.entries(lectures).flatMap(([letter, title]) => {
      const own = recipes.filter(({ id }) => id[0] === letter);
      if (!own.length) return [];
      return [element("h3", {}, `${letter} · ${title}`), element("ul", {}, ...own.map((recipe) => {
        const sign = element("b", { "aria-hidden": "true" });
        const picture = element("span", { class: "nnl-picture" }, small(recipe.recorded, colors, recipe.question));
        const button = element("button", { type: "button", "data-recipe": recipe.id, tabindex: -1,
          onclick: () => this.choose(recipe.id) }, sign, picture, element("span", { class: "nnl-words" },
          element("span", { class: "nnl-title" }, `${recipe.id} ${recipe.title}`),
          element("small", {}, recipe.question)), element("small", { class: "nnl-time" }, duration(recipe.seconds)));
        this.rows.set(recipe.id, { button, mark: sign, picture });
        return element("li", {}, button);
      }))];
    }));
  }

  /** Into sight, without moving the page. @param {HTMLElement} button */
  show(button) {
    const box = this.root, top = button.offsetTop - box.offsetTop, bottom = top + button.offsetHeight;
    if (top < box.scrollTop) box.scrollTop = top - 30;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight + 30;
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const buttons = [...this.rows.values()].map(({ button }) => button);
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const goes = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }, to = goes[e.key];
    if (at < 0 || to === undefined) return;
    e.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, to))]?.focus();
  }
}
