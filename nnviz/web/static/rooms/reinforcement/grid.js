// A grid world: what an agent has learned of each cell, the way that it would go; drawn by the visitor with a brush.

import { Chart } from "../../figures/chart.js";
import { button, choice, choose, element, label } from "../../kit/dom.js";
import { Fields } from "../../kit/run_controls.js";
import { Learning } from "./learning.js";
import { Player } from "./player.js";

/** @typedef {import("../../kit/tabbed.js").Context} Context */

/** @type {[string, string, string][]} what a cell becomes, how that is called, and its key */
const BRUSHES = [["W", "■ wall", "w"], ["X", "✕ pit", "x"], ["G", "★ goal", "g"], ["S", "S start", "s"],
  [".", "□ free", "f"]];
const HELP = "Drag over the map to draw. By keyboard: arrows move the frame, W X G S F change its cell.";
/** @type {import("../../kit/dom.js").Option[]} */
const SHOWS = [["values", "what it expects"], ["optimal", "exact values"], ["visits", "where it has been"]];
const OWN = "own";
const SCALE = 90, LOWEST = 220; // pixels: the colours' scale is as wide, and its title as high

export class GridWorld extends Learning {
  /** @param {Context} room */
  constructor(room) {
    super(room, "grid");
    this.brush = "W";
    /** @type {number[] | null} row and column of the frame that keys move, from 1 */
    this.cursor = null;
    /** @type {number[][] | null} cells under the brush that is down */
    this.stroke = null;
    this.player = new Player(() => room.ask(), 6);
    this.world = choice("", [], (name) => this.choose(name), { title: null, "aria-label": "world" });
    this.show = choice("", SHOWS, (show) => room.client.setView({ show }), { title: null, "aria-label": "shades" });
    this.brushes = BRUSHES.map(([kind, text, key]) => button(text, `Draw: ${text} (${key.toUpperCase()} on the map)`,
      () => this.take(kind), { "data-kind": kind }));
    this.more = new Fields(room).number("slip", "Slippery: probability", 0, 0.9, "any")
      .number("step_reward", "Reward of a move", -10, 0, "any").number("goal_reward", "Reward of a goal", 0, 100, "any")
      .number("pit_reward", "Reward of a pit", -100, 0, "any");
    this.rows = this.size("rows", "Rows");
    this.columns = this.size("columns", "Columns");
    this.map = element("div", { class: "nnq-map", role: "img", tabindex: 0 });
    this.chart = new Chart(this.map, "grid_world", { drawn: () => room.ask() });
    this.root = element("div", { class: "nnq" }, this.bar.root, element("div", { class: "nnt-maps" },
      element("section", { class: "nnt-column" },
        element("div", { class: "nnq-row" }, this.world, this.show, this.watch, this.player.root),
        this.map,
        element("div", { class: "nnq-row nnq-brushes", role: "group", "aria-label": "draw the world" },
          element("span", {}, "Draw:"), ...this.brushes),
        element("p", { class: "nnt-about" }, HELP),
        element("div", { class: "nnt-fields" }, ...Object.values(this.more.roots), this.rows.root, this.columns.root)),
      this.side));
    for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      this.map.addEventListener(type, (/** @type {any} */ e) => this.drag(e), true);
    }
    this.map.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => this.pressed(e));
    this.map.addEventListener("focus", () => {
      if (!this.map.matches(":focus-visible")) return;
      this.cursor ??= [1, 1];
      room.ask();
    });
    this.map.addEventListener("blur", () => { this.cursor = null; room.ask(); });
  }

  /** @param {"rows" | "columns"} name @param {string} text */
  size(name, text) {
    const input = element("input", { type: "number", min: 2, max: name === "rows" ? 12 : 16, "aria-label": text,
      onchange: () => {
        const { meta } = /** @type {Frame} */ (this.preview);
        this.room.client.act({ do: "resize", rows: meta.rows, columns: meta.columns, [name]: Number(input.value) });
      } });
    return { input, root: element("label", { class: "nnt-field nnt-setting" }, element("span", {}, text), input) };
  }

  /** @param {string} name */
  choose(name) {
    const world = this.room.data().worlds[name];
    if (world) this.room.client.setting(world.changes);
  }

  /** @param {string} kind */
  take(kind) {
    this.brush = kind;
    this.room.ask();
  }

  /** @param {number[][]} cells @param {string} kind */
  paint(cells, kind) { this.room.client.act({ do: "paint", cells, kind }); }

  /** The cell under a pointer, from 1; null outside. @param {PointerEvent} e */
  cellAt(e) {
    const axes = this.chart.element._fullLayout, box = this.map.getBoundingClientRect();
    const { meta } = /** @type {Frame} */ (this.shown);
    if (!axes) return null;
    const column = Math.round(axes.xaxis.p2d(e.clientX - box.left - axes.xaxis._offset));
    const row = Math.round(axes.yaxis.p2d(e.clientY - box.top - axes.yaxis._offset));
    return row >= 1 && row <= meta.rows && column >= 1 && column <= meta.columns ? [row, column] : null;
  }

  /** The brush: down, along, up. @param {PointerEvent} e */
  drag(e) {
    if (e.button > 0) return;
    if (e.type === "pointerdown") {
      const cell = this.cellAt(e);
      if (!cell) return;
      this.stroke = [cell];
      this.map.setPointerCapture(e.pointerId);
    } else if (!this.stroke) return;
    else if (e.type === "pointermove") {
      const cell = this.cellAt(e), last = this.stroke.at(-1);
      if (cell && last && (cell[0] !== last[0] || cell[1] !== last[1])) this.stroke.push(cell);
    } else {
      if (e.type === "pointerup") this.paint(this.stroke, this.brush);
      this.stroke = null;
    }
    this.room.ask();
  }

  /** On the map: the arrows move the frame, letters change its cell. @param {KeyboardEvent} e */
  pressed(e) {
    const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
    const kind = BRUSHES.find(([, , key]) => key === e.key.toLowerCase())?.[0];
    const { shown } = this;
    if (!shown || e.ctrlKey || e.metaKey || e.altKey || !(way || kind || e.key === "Enter")) return;
    const [row, column] = this.cursor ?? [1, 1];
    if (way) {
      this.cursor = [Math.max(1, Math.min(shown.meta.rows, row + way[0])),
        Math.max(1, Math.min(shown.meta.columns, column + way[1]))];
    } else {
      this.cursor = [row, column];
      if (kind) this.brush = kind;
      this.paint([[row, column]], this.brush);
    }
    e.preventDefault();
    e.stopPropagation(); // else the arrow makes a step of the training
    this.room.ask();
  }

  /** @param {KeyboardEvent} e @param {boolean} onButton @returns {boolean} */
  key(e, onButton) {
    if (e.key.toLowerCase() !== "p") return super.key(e, onButton);
    this.player.toggle();
    return true;
  }

  /** @param {number} now */
  draw(now) {
    const { client } = this.room, data = this.room.data();
    this.prepare(data);
    const frame = this.shown;
    if (!frame || !this.spec) return;
    this.drawSetting(frame);
    this.drawRun(frame);
    this.drawWorlds(data);
    this.more.draw(this.spec);
    const { meta, arrays } = frame, agent = this.agent(frame), { told } = meta, mine = told[agent];
    const key = `${client.run?.id ?? ""} ${agent} ${this.spec.grid}`;
    const width = arrays.path_x.shape[1], from = agent * width;
    const way = Array.from({ length: mine.moves + 1 }, (_, i) =>
      [arrays.path_x.data[from + i], arrays.path_y.data[from + i]]);
    this.player.give({ key, steps: mine.ends ? mine.moves : 0, way }); // what goes round in circles is not played
    this.player.advance(now);
    const { episode, shown } = this.player, at = episode.way[Math.min(shown, episode.way.length - 1)];
    this.player.draw(episode.steps ? `it goes: ${shown} of ${episode.steps} moves` : "");
    const slow = ["step", "slow"].includes(client.view.speed) && client.status !== "idle";
    const place = arrays.places.data.subarray(2 * agent, 2 * agent + 2);
    const players = [{ x: at[0], y: at[1], symbol: "circle" }];
    if (slow) players.push({ x: place[0], y: place[1], symbol: "circle-open-dot" });
    const framed = [...this.stroke ?? [], ...this.cursor ? [this.cursor] : []];
    const cursors = framed.map(([r, c]) => ({ x0: c - 0.5, x1: c + 0.5, y0: r - 0.5, y1: r + 0.5 }));
    const { show } = client.view;
    // A cell is square: higher than its rows need, the map would be empty above and below.
    const theme = this.room.theme(), wide = this.map.clientWidth - 3 * theme.size - SCALE;
    const need = Math.max(LOWEST, Math.round((wide * meta.rows) / meta.columns + 3.5 * theme.size));
    if (this.map.clientWidth) this.map.style.maxHeight = `${need}px`;
    this.chart.draw({ arrays, meta, agent, players, cursors, revision: this.spec.grid }, theme, { show },
      [frame.serial, frame.step, this.text, agent, at, slow, framed.join(), meta.episode].join());
    label(this.map, `Map of ${meta.rows} rows and ${meta.columns} columns. ${mine.words} ${this.cellWords()}${HELP}`);
    for (const one of this.brushes) one.setAttribute("aria-pressed", String(one.dataset.kind === this.brush));
    choose(this.show, show);
    for (const [name, { input }] of Object.entries({ rows: this.rows, columns: this.columns })) {
      if (document.activeElement !== input) input.value = String(meta[name]);
    }
    Object.assign(this.root.dataset, { step: frame.step, episode: meta.episode, status: client.status,
      grid: this.spec.grid, cursor: this.cursor?.join() ?? "", right: mine.right, off: mine.off ?? "",
      epsilon: meta.epsilon?.[agent] ?? "", moves: mine.moves, ends: mine.ends, players: players.length });
  }

  cellWords() { return this.cursor ? `Row ${this.cursor[0]}, column ${this.cursor[1]}. ` : ""; }

  /** @param {any} data */
  drawWorlds(data) {
    if (!this.world.children.length) {
      const worlds = Object.entries(data.worlds).map(([name, one]) =>
        element("option", { value: name }, /** @type {any} */ (one).title));
      this.world.replaceChildren(...worlds, element("option", { value: OWN }, "a world of yours"));
    }
    const now = Object.keys(data.worlds).find((name) => data.worlds[name].grid === this.spec.grid) ?? OWN;
    choose(this.world, now);
  }

  dispose() {
    super.dispose();
    this.chart.purge();
  }
}
