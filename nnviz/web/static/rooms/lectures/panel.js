// One experiment: what it asks, the guess, how far it is, its curves, and what was made of it.

import { button, checkbox, choose, element, options, stop, write } from "../../kit/dom.js";
import { Note } from "../../kit/note.js";
import { count } from "../../kit/numbers.js";
import { Claims } from "./claims.js";
import { duration } from "./list.js";
import { Predict } from "./predict.js";

const SHORT = 30; // seconds that nobody minds to wait: no need of less data
const LESS = { judges: "On less data every claim can be judged, too.", judges_not: "On less data it cannot judge: " };

/**
 * How large it is run. @param {any} recipe @param {string} size as the visitor chose
 * @returns {"quick" | "full"}
 */
export function sized(recipe, size) {
  if (!recipe.smaller) return "full";
  if (size === "quick" || size === "full") return size;
  return recipe.seconds <= SHORT ? "full" : "quick";
}

/** How long it takes, in words. @param {any} recipe @param {"quick" | "full"} size @param {boolean} one */
export function lasts(recipe, size, one) {
  if (!recipe.runs) return "computed at once";
  if (size === "quick") return "some seconds";
  return `about ${duration(recipe.seconds * (one ? recipe.single / recipe.runs : 1))}`;
}

/** Seconds that are left, from what was done since it was looked at. @param {{t: number, share: number}[]} seen */
export function left(seen) {
  const first = seen[0], last = seen.at(-1);
  if (!first || !last || last.share - first.share < 0.02) return null;
  return ((1 - last.share) * (last.t - first.t)) / (last.share - first.share);
}

export class Panel {
  /**
   * @param {{run: () => void, skip: () => void, stop: () => void, change: (changes: Record<string, any>) => void,
   *   column: (name: string) => void, guessed: (value: any) => void, again: () => void, redraw: () => void}} on
   */
  constructor(on) {
    this.title = element("h2", {});
    this.question = element("p", { class: "nnl-question" });
    this.run = button("", "", () => on.run(), { class: "nnv-play" });
    this.skip = button("Run without a guess", "", () => on.skip());
    this.halt = button("Stop", "", () => on.stop());
    /** @param {string} name @param {string} title @param {[string, string][]} list */
    const menu = (name, title, list) => {
      const made = element("select", { title, "aria-label": title, onchange: () => on.change({ [name]: made.value }) });
      options(made, list);
      return made;
    };
    this.size = menu("size", "how large", [["quick", "Quick: less data"], ["full", "As the lecture has it"]]);
    this.one = checkbox("one seed", "", (is) => on.change({ seeds: is ? "one" : "all" }));
    this.column = element("select", { title: "which curve", "aria-label": "which curve",
      onchange: () => on.column(this.column.value) });
    this.meter = element("progress", { class: "nnl-meter", max: 1, value: 0, "aria-label": "how much is done" });
    this.status = element("div", { class: "nnv-status", role: "status", "aria-live": "polite" });
    this.note = new Note(() => null);
    this.less = element("p", { class: "nnl-soft" });
    this.predict = new Predict(on);
    this.what = element("p", { class: "nnl-soft nnl-what" });
    this.plot = element("div", { class: "nnl-plot" });
    this.runs = element("ul", { class: "nnl-runs", "aria-label": "its runs" });
    this.verdict = element("p", { class: "nnl-came", role: "status" });
    this.claims = new Claims();
    this.look = element("p", {});
    this.figure = element("p", {});
    this.hidden = element("details", { class: "nnl-lecture" }, element("summary", {}, "What the lecture shows"),
      this.figure);
    this.ours = element("ul", {});
    this.unsaid = element("div", {}, element("h3", {}, "What the lecture leaves unsaid, and what we chose"), this.ours);
    this.away = element("a", { class: "nnl-away", target: "_top" });
    this.chart = element("div", { class: "nnl-chart" }, element("div", { class: "nnl-over" }, this.what, this.column),
      this.plot, this.runs);
    this.root = element("article", { class: "nnl-one", "aria-live": "off" },
      element("header", {}, this.title, this.question),
      element("div", { class: "nnv-bar" }, element("div", { class: "nnv-buttons" }, this.run, this.skip, this.halt),
        this.size, this.one.root, element("div", { class: "nnv-end" }, this.meter, this.status)),
      this.note.root, this.less,
      element("div", { class: "nnl-body" },
        element("div", { class: "nnl-facts" }, this.predict.root, this.hidden,
          element("section", {}, element("h3", {}, "What to look at"), this.look, this.unsaid, this.away)),
        element("div", { class: "nnl-result" }, this.chart, this.verdict, this.claims.root)));
    this.of = "";
  }

  /** What changes only with the experiment. @param {any} recipe @param {any} place */
  about(recipe, place) {
    if (this.of === recipe.id) return;
    this.of = recipe.id;
    write(this.title, `${recipe.id} · ${recipe.title}`);
    write(this.question, recipe.question);
    write(this.look, recipe.look);
    write(this.figure, recipe.figure);
    this.hidden.open = false;
    this.unsaid.hidden = !recipe.ours.length;
    this.ours.replaceChildren(...recipe.ours.map((/** @type {string} */ text) => element("li", {}, text)));
    this.away.hidden = !place;
    if (place) {
      this.away.href = place.href;
      write(this.away, `Open in ${place.title} →`);
    }
    const { unjudged } = recipe;
    write(this.less, unjudged.length ? `${LESS.judges_not}${unjudged.join("; ")}.` : LESS.judges);
  }

  /**
   * @param {{recipe: any, place: any, board: any, busy: boolean, pending: boolean, mine: boolean, online: boolean,
   *   ready: boolean, size: "quick" | "full", one: boolean, left: number | null, fault: string}} now
   */
  draw(now) {
    const { recipe, board, busy, pending, mine, ready, size, one } = now;
    this.about(recipe, now.place);
    const over = Boolean(board?.over), name = `${over ? "Run again" : "Run"}`;
    if (this.run.textContent !== `▶${name}`)
      this.run.replaceChildren(element("i", { "aria-hidden": "true" }, "▶"), name);
    const under = busy || pending ? "it is under way" : "";
    const first = !ready && "say first what will come out, or run without a guess";
    stop(this.run, lasts(recipe, size, one), under || first);
    this.skip.hidden = ready;
    stop(this.skip, "The guess is left out", under);
    this.halt.hidden = !busy;
    stop(this.halt, "Stop; nothing is judged then", mine ? "" : "somebody else’s, you are watching");
    this.size.hidden = !recipe.smaller;
    this.size.disabled = busy;
    choose(this.size, size);
    this.one.root.hidden = recipe.seeds < 2 || size === "quick";
    this.one.input.checked = one;
    this.one.input.disabled = busy;
    this.one.root.title = `instead of ${recipe.seeds}: quicker, and the spread between seeds is not in the interval`;
    this.less.hidden = size !== "quick";
    const done = board ? board.runs.reduce((/** @type {number} */ sum, /** @type {any} */ r) => sum + r.share, 0) : 0;
    this.meter.hidden = !busy;
    this.meter.value = done / (board?.runs.length || 1);
    write(this.status, this.told(now));
    this.list(board, now.place);
  }

  /** @param {any} now @returns {string} */
  told({ recipe, board, busy, pending, online, size, one, left: seconds }) {
    const lost = online ? "" : " · connection lost, trying again";
    if (pending) return `asking the server…${lost}`;
    if (busy) {
      const ended = board?.runs.filter((/** @type {any} */ run) => run.share === 1).length ?? 0;
      const all = board?.runs.length ?? 0, what = all === 1 ? "run" : "runs";
      const runs = all ? `${ended} of ${all} ${what} done` : "waiting";
      return `${runs}${seconds === null ? "" : `, about ${duration(seconds)} left`}${lost}`;
    }
    if (board?.over && board.seconds !== undefined) {
      const less = board.quick ? ", on less data" : "";
      return `${board.runs.length ? `${count(board.seconds, 1)} s of training` : "computed"}${less}${lost}`;
    }
    return `${lasts(recipe, size, one)}${lost}`;
  }

  /** Its runs: where each stands, with the way to all of its panels. @param {any} board @param {any} place */
  list(board, place) {
    const runs = board?.runs ?? [], key = JSON.stringify(runs.map((/** @type {any} */ r) => [r.run, r.status]));
    if (this.runs.dataset.key === key) return;
    this.runs.dataset.key = key;
    this.runs.replaceChildren(...runs.map((/** @type {any} */ { run, title, seed, status, words }) => {
      const name = `${title}${seed ? `, seed ${seed + 1}` : ""}`;
      const href = `${place?.path ?? "/"}?${new URLSearchParams({ run })}`;
      return element("li", { "data-status": status },
        element("a", { href, target: "_top", title: "in its room, with all its panels" }, name), ` ${words}`);
    }));
  }
}
