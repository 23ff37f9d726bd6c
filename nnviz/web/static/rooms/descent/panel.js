// Where everything of the Descent room stands: the bar with the race's steps, the map, the table of the racers, the
// heights.

import { statusWords } from "../../kit/status.js";
import { css } from "../../kit/theme.js";
import { choice, choose, element, sign, stop, svgNode, write } from "../../kit/dom.js";
import { returnKeys, roomKey } from "../../kit/keys.js";
import { Note } from "../../kit/note.js";
import { number } from "../../kit/numbers.js";

/** @typedef {import("./race.js").Racer} Racer */
/** @typedef {import("../../kit/note.js").Way} Way */
/**
 * @typedef {{play: () => void, go: (step: number) => void, move: (steps: number) => void,
 *   view: (changes: Record<string, any>) => void, way: (kind: string) => Way | null}} Actions
 */

/** @type {import("../../kit/dom.js").Option[]} */
const PACES = [
  ["5", "5 steps a second"], ["20", "20 steps a second"], ["60", "60 steps a second"], ["200", "200 steps a second"],
  ["all", "to the end at once"],
];
const PLAY = "Race, pause (space)", BACK = "One step back (←)", STEP = "One step on (→)";
const RESET = "Back to the start (R)";
const HEADINGS = ["", "optimiser", "x, y", "to go", "above", ""];

export class Panel {
  /** @param {Actions} actions */
  constructor(actions) {
    this.actions = actions;
    this.label = "";
    this.play = sign("", PLAY, () => actions.play(), { class: "nnv-play" });
    this.back = sign("|◂", BACK, () => actions.move(-1), { class: "nnv-back" });
    this.step = sign("▸|", STEP, () => actions.move(1), { class: "nnv-step" });
    this.reset = sign("↺", RESET, () => actions.go(0), { class: "nnv-reset" });
    const buttons = element("div", { class: "nnv-buttons" }, this.play, this.back, this.step, this.reset);
    returnKeys(buttons);
    this.pace = choice("how fast it plays", PACES, (pace) => actions.view({ pace }));
    this.look = choice("how the surface is drawn", [["map", "From above"], ["relief", "3-D"]],
      (look) => actions.view({ look }));
    this.scrub = element("input", {
      type: "range", min: 0, max: 0, value: 0, step: 1, "aria-label": "step of the race",
      oninput: () => actions.go(Number(this.scrub.value)),
    });
    this.count = element("output", { class: "nnd-count" });
    this.status = element("div", { class: "nnv-status", role: "status", "aria-live": "polite" });
    this.note = new Note(actions.way);
    this.title = element("b", { class: "nnv-maptitle" });
    this.formula = element("code", { class: "nnd-formula" });
    this.words = element("p", { class: "nnd-words" });
    this.map = element("div", { class: "nnd-map", role: "img" });
    this.relief = element("div", { class: "nnd-map", role: "img", hidden: true });
    this.rows = element("tbody", {});
    /** @type {ReturnType<typeof row>[]} */
    this.lines = [];
    this.heads = HEADINGS.map((text) => element("th", { scope: "col" }, text));
    this.heights = element("div", { class: "nnd-heights", role: "img", "aria-label": "heights of all, step by step" });
    this.past = element("div", { class: "nnv-past-row" });
    this.root = element("div", { class: "nnv nnd" },
      element("div", { class: "nnv-bar" },
        buttons, this.pace,
        element("label", { class: "nnd-scrub", title: "Go to any step of the race" }, "step", this.scrub, this.count),
        element("div", { class: "nnv-end" }, this.status)),
      this.note.root,
      element("div", { class: "nnd-body" },
        element("section", { class: "nnd-left", "aria-label": "surface" },
          element("header", {}, this.title, this.formula, this.look),
          this.words, this.map, this.relief),
        element("section", { class: "nnd-right", "aria-label": "racers" },
          element("table", { class: "nnd-table" }, element("thead", {}, element("tr", {}, ...this.heads)), this.rows),
          this.past, this.heights)));
    this.keys = (/** @type {KeyboardEvent} */ e) => this.key(e);
    document.addEventListener("keydown", this.keys);
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const at = roomKey(e), { actions } = this, by = e.shiftKey ? 10 : 1;
    /** @type {Record<string, () => void>} */
    const acts = {
      " ": () => actions.play(), ArrowRight: () => actions.move(by), ArrowLeft: () => actions.move(-by),
      Home: () => actions.go(0), End: () => actions.go(Infinity), r: () => actions.go(0),
    };
    const act = acts[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    if (!at || !act || (e.key === " " && at.button)) return;
    e.preventDefault();
    act();
  }

  /** Of another surface. @param {any} meta */
  describe(meta) {
    this.title.textContent = meta.title;
    this.words.textContent = meta.words;
    const height = meta.samples ? `the mean over the samples of ${meta.formula}, for ${meta.samples}` : meta.formula;
    this.formula.textContent = meta.formula;
    this.formula.title = `f(x, y) = ${height}\n∂f/∂x = ${meta.derivatives[0]}\n∂f/∂y = ${meta.derivatives[1]}`;
    this.map.setAttribute("aria-label", `height map: ${meta.title}; a click is a new start`);
    this.relief.setAttribute("aria-label", `${meta.title} in 3-D`);
  }

  /**
   * @param {{racers: Racer[], step: number, last: number | null, playing: boolean, lowest: boolean, colors: RGB[],
   *   dashes: string[], client: import("../../kit/run.js").RunClient}} now last: null before there is a race
   */
  draw({ racers, step, last, playing, client, colors, dashes, lowest }) {
    const { status, view, online } = client, busy = ["starting", "waiting", "running"].includes(status);
    const none = last === null, over = last !== null && step >= last;
    const label = playing ? "Pause" : none ? "Race" : over ? "Play again" : "Play";
    if (this.label !== label) {
      this.label = label;
      this.play.replaceChildren(element("i", { "aria-hidden": "true" }, playing ? "❚❚" : "▶"), label);
      this.play.setAttribute("aria-label", `${label} (space)`);
    }
    const first = "race first", start = none ? first : step <= 0 && "this is the start";
    stop(this.play, `${label} (space)`, none && busy && "it is under way");
    stop(this.back, BACK, start);
    stop(this.step, STEP, none ? first : over && "this is the end");
    stop(this.reset, RESET, start);
    choose(this.pace, view.pace);
    choose(this.look, view.look);
    this.scrub.max = String(last ?? 0);
    this.scrub.disabled = none;
    this.scrub.value = String(step);
    this.count.textContent = none ? "–" : `${step} of ${last}`;
    const watching = client.run && !client.run.mine && !none ? " · somebody else’s race" : "";
    const told = playing ? "playing" : none ? statusWords(client)
      : this.summary(racers, step, over);
    write(this.status, `${told}${watching}${online ? "" : " · connection lost, trying again"}`);
    this.table(racers, colors, dashes, lowest);
  }

  /**
   * What is told at the end, and where it is paused.
   * @param {Racer[]} racers @param {number} step @param {boolean} over
   */
  summary(racers, step, over) {
    const lost = racers.filter((racer) => racer.state === "diverged").length;
    const gone = lost ? `, ${lost} diverged` : "";
    return over ? `the race is over${gone}` : `step ${step}${gone}`;
  }

  /** @param {Racer[]} racers @param {RGB[]} colors @param {string[]} dashes @param {boolean} lowest */
  table(racers, colors, dashes, lowest) {
    this.heads[3].textContent = lowest ? "to go" : "";
    this.heads[4].textContent = lowest ? "above" : "height";
    this.heads[3].title = "distance to the nearest of the lowest minima";
    this.heads[4].title = lowest ? "height above the lowest minimum" : "height of the surface";
    if (this.lines.length !== racers.length) {
      this.lines = racers.map(row);
      this.rows.replaceChildren(...this.lines.map(({ root }) => root));
    }
    racers.forEach((racer, i) => {
      const { root, line, cells: [name, place, distance, above, said] } = this.lines[i];
      line.setAttribute("stroke", css(colors[i % colors.length]));
      line.setAttribute("stroke-dasharray", dashes[i % dashes.length].replace("solid", "none").replaceAll("px", ""));
      write(name, racer.label);
      write(place, racer.place.map((v) => number(v, 2)).join(", "));
      write(distance, lowest ? number(racer.distance, 3) : "");
      write(above, number(lowest ? racer.above : racer.height, 3));
      write(said, racer.said);
      root.dataset.state = racer.state;
    });
  }

  dispose() {
    document.removeEventListener("keydown", this.keys);
  }
}

/** A line of the table: the stroke of the racer's path, and the cells with words. */
function row() {
  const line = svgNode("line", { x1: 0, y1: 5, x2: 34, y2: 5, "stroke-width": 3 });
  const cells = [element("th", { scope: "row" }), element("td"), element("td"), element("td"),
    element("td", { class: "nnd-said" })];
  const swatch = svgNode("svg", { width: 34, height: 10, "aria-hidden": "true" }, line);
  return { root: element("tr", {}, element("td", {}, swatch), ...cells), line, cells };
}
