// The Lectures room: the experiments in a list; one is guessed, run as a group in the engine, and judged. How far it is
// and what is made of it the server says (nnviz/web/recipes.py); what was guessed and done is kept in this browser.

import { Chart } from "../../figures/chart.js";
import { element, label, messageOf, write } from "../../kit/dom.js";
import { GroupClient } from "../../kit/group.js";
import { Room, component } from "../../kit/room.js";
import { Session } from "../../kit/session.js";
import { compared, fits } from "./guess.js";
import { keep, kept, mark, opened } from "./kept.js";
import { List } from "./list.js";
import { Panel, left, sized } from "./panel.js";

const PAUSE = 400; // milliseconds from one answer to the next question, as long as runs go on

class Lectures extends Room {
  /** @param {HTMLElement} host */
  constructor(host) {
    super(host);
    this.session = new Session();
    /** @type {any} */
    this.data = null;
    /** @type {{lectures: Record<string, string>, recipes: any[]} | null} */
    this.catalogue = null;
    /** @type {string} the experiment on the screen; "": the browser chooses */
    this.id = "";
    /** @type {Record<string, any>} */
    this.view = {};
    /** @type {any} what the server said last of its runs */
    this.board = null;
    this.asking = this.dirty = false;
    this.serial = 0;
    this.known = kept();
    /** @type {Set<string>} those that run without a guess */
    this.skipped = new Set();
    /** @type {{t: number, share: number}[]} how far it was when */
    this.seen = [];
    this.list = new List((id) => this.choose(id));
    this.runs = new GroupClient({
      fresh: () => this.clear(), begun: (group) => this.begun(group), changed: () => this.refresh(),
      say: (text, kind) => this.panel.note.say(text, kind), lost: (text) => this.lost(text),
      online: (back) => { if (back) this.refresh(); }, ask: () => this.ask(),
    });
    this.panel = new Panel({
      run: () => this.run(), skip: () => this.skip(), stop: () => this.runs.command("stop"),
      change: (changes) => this.session.act({ do: "change", changes }),
      column: (name) => this.setView({ column: name }), guessed: (value) => this.guessed(value),
      again: () => this.again(), redraw: () => this.ask(),
    });
    this.chart = new Chart(this.panel.plot, "recipe_curves", { drawn: () => this.ask() });
    this.panel.predict.takes(this.panel.plot, () => this.chart.element._fullLayout);
    this.mount(element("div", { class: "nnv nnl" }, this.list.root, this.panel.root));
    this.load();
  }

  async load() {
    try {
      const answer = await fetch("/nnviz/recipes");
      if (!answer.ok) throw new Error((await answer.json()).message);
      this.catalogue = await answer.json();
      this.settle();
    } catch (fault) { this.panel.note.say(`${messageOf(fault)}: reload the page`, "error"); }
  }

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data;
    this.dress(data);
    if (!this.session.receive(given)) return;
    this.data = data;
    this.view = { ...data.view };
    this.session.catchUp();
    this.settle();
  }

  /** Link and list are there: which experiment is on the screen, with which runs. */
  settle() {
    if (!this.data || !this.catalogue) return;
    const said = this.session.wanted("recipe") || this.data.spec.recipe || this.id;
    const id = said || opened(this.catalogue.recipes, this.known).id;
    if (id !== this.id) {
      this.id = id;
      this.clear();
    }
    this.runs.watch(this.view.group ?? (this.data.spec.recipe ? null : this.known[id]?.group ?? null));
    this.refresh();
    this.ask();
  }

  clear() {
    this.board = null;
    this.seen = [];
    this.panel.note.say("");
  }

  get recipe() { return this.catalogue?.recipes.find(({ id }) => id === this.id) ?? null; }
  /** @returns {"quick" | "full"} */
  get size() { return sized(this.recipe, this.wanted("size")); }
  get one() { return this.wanted("seeds") === "one"; }
  /** @param {string} name */
  wanted(name) { return this.session.wanted(name) ?? this.data.spec[name]; }
  get watched() { return this.runs.watched; }
  get guess() {
    const value = this.known[this.id]?.guess;
    return this.recipe && fits(this.recipe.guess, value) ? value : undefined;
  }

  // ---- what the visitor does

  /** @param {string} id */
  choose(id) {
    if (id === this.id) return;
    this.id = id;
    this.clear();
    this.session.act({ do: "change", changes: { recipe: id, size: "auto" } });
    this.setView({ group: this.known[id]?.group ?? null, column: null });
    this.runs.watch(this.view.group);
  }

  /** @param {Record<string, any>} changes */
  setView(changes) {
    Object.assign(this.view, changes);
    this.session.act({ do: "view", view: { ...this.view } });
    this.refresh();
    this.ask();
  }

  /** @param {any} value */
  guessed(value) {
    this.keep({ guess: value });
    this.skipped.delete(this.id);
    this.ask();
  }

  /** @param {import("./kept.js").Kept} more */
  keep(more) {
    keep(this.id, more);
    this.known = kept();
  }

  again() {
    this.skipped.delete(this.id);
    this.keep({ guess: undefined, group: undefined });
    this.clear();
    this.runs.watch(null);
    this.setView({ group: null });
  }

  skip() {
    this.skipped.add(this.id);
    this.run();
  }

  run() {
    if (this.runs.pending || this.runs.busy || !this.recipe) return;
    this.panel.note.say("");
    this.seen = [];
    this.runs.pending = true;
    const { id } = this;
    if (this.data.spec.recipe !== id) this.session.act({ do: "change", changes: { recipe: id } }); // the link keeps it
    if (!this.recipe.runs) this.compute(id);
    else this.session.inOrder(() => {
      const quick = this.size === "quick", seeds = this.one && !quick ? 1 : null;
      this.runs.submit({ do: "recipe", recipe: id, quick, seeds });
    });
    this.ask();
  }

  // ---- what is heard of the group

  /** @param {string} group */
  begun(group) {
    this.keep({ group });
    this.setView({ group, column: null });
  }

  /** The runs are not on this server (any more). @param {string} words */
  lost(words) {
    const own = this.known[this.id]?.group === this.watched;
    this.clear();
    this.runs.watch(null);
    if (own) this.keep({ group: undefined });
    else this.panel.note.say(words, "warning"); // a link's: who follows it is told
    if (this.view.group) this.setView({ group: null });
  }

  // ---- what is asked of the server

  /** Ask how far it is, once at a time. */
  async refresh() {
    this.dirty = true;
    if (this.asking || !this.runs.group) return; // one that the server knows
    this.asking = true;
    while (this.dirty && !this.gone && this.watched && this.runs.group) {
      this.dirty = false;
      const { watched: group, view: { column } } = this;
      const found = await this.question({ group, column: column ?? null });
      if (found && group === this.watched) this.take(found);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    this.asking = false;
  }

  /** @param {Record<string, any>} body @returns {Promise<any>} null where there is no answer: it has been told why */
  async question(body) {
    try {
      const answer = await fetch("/nnviz/recipe", { method: "POST", body: JSON.stringify(body) });
      const said = await answer.json();
      if (answer.ok) return said;
      if (this.runs.online) this.panel.note.say(said.message.replace(/^\w+: /, ""), "warning");
    } catch { /* the connection: its coming back asks again */ }
    return null;
  }

  /** Of one without runs. @param {string} id */
  async compute(id) {
    const found = await this.question({ recipe: id });
    this.runs.pending = false;
    if (found && id === this.id) this.take(found);
    this.ask();
  }

  /** @param {any} board */
  take(board) {
    if (board.recipe !== this.id && !this.data.spec.recipe) this.id = board.recipe; // a link that names the runs alone
    if (board.recipe !== this.id) { // a link that a hand has changed
      this.lost(`these are runs of ${board.recipe}`);
      return;
    }
    this.board = board;
    this.serial += 1;
    const share = board.runs.reduce((/** @type {number} */ sum, /** @type {any} */ run) => sum + run.share, 0)
      / (board.runs.length || 1);
    if (!board.over && share > 0) this.seen = [...this.seen, { t: performance.now() / 1000, share }].slice(-200);
    if (board.verdict) this.keep({ verdict: board.verdict, quick: board.quick });
    this.ask();
  }

  // ---- drawing

  draw() {
    const { recipe, data, theme } = this;
    if (!this.root.isConnected || !data || !theme || !this.catalogue || !recipe) return;
    this.fit();
    const { board, guess, panel } = this, { busy, pending, group, online } = this.runs, over = Boolean(board?.over);
    const began = Boolean(this.watched || board || pending), ready = guess !== undefined || this.skipped.has(this.id);
    panel.draw({ recipe, board, busy, pending, ready, place: data.places[this.id], size: this.size, one: this.one,
      mine: Boolean(group?.mine), online, left: left(this.seen), fault: "" });
    const words = over && board.verdict ? compared(recipe.guess, guess, board.answer) : "";
    const less = words && board.quick ? `${words} (On less data; the question is about all of it.)` : words;
    panel.predict.draw(this.id, recipe.guess, guess, began, less);
    const told = ready && (began || recipe.guess.kind !== "curve"); // a curve is drawn bit by bit: it may not be whole
    if (told && !panel.hidden.open && panel.hidden.dataset.shown !== this.id) {
      panel.hidden.open = true; // the guess is made: it gives nothing away any more
      panel.hidden.dataset.shown = this.id;
    }
    this.judge(over, told);
    this.curves(ready, began);
    const own = over && board.verdict ? { id: this.id, lines: board.lines ?? [], claims: board.claims } : null;
    this.list.draw(this.catalogue, this.id, this.known, theme, own);
    Object.assign(this.root.dataset, {
      recipe: this.id, group: this.watched ?? "", busy: busy ? "1" : "", over: over ? "1" : "", size: this.size,
      verdict: board?.verdict ?? "", guess: guess === undefined ? "" : JSON.stringify(guess),
      drawn: this.chart.drawn ? "1" : "", lines: String(this.lines.length),
    });
  }

  /** The verdict in words and the claims; before it has run, what came out on our machine. @param {boolean} over */
  judge(over, /** @type {boolean} */ told) {
    const { board, panel, recipe } = this, { recorded } = recipe;
    if (over) {
      const said = board.unfit ? `Nothing is judged: ${board.unfit}`
        : [`${mark(board.verdict)} ${board.verdict}`, board.quick ? "on less data" : "", board.problem].filter(Boolean)
          .join(", ");
      write(panel.verdict, said);
      panel.claims.draw(board.claims ?? null, "The lecture’s figures beside ours");
      return;
    }
    const show = recorded && told && !this.watched;
    write(panel.verdict, show ? `On our machine: ${mark(recorded.verdict)} ${recorded.verdict}` : "");
    panel.claims.draw(show ? recorded.claims : null, show ? `Recorded on ${recorded.date}, ${recorded.machine}` : "");
  }

  /** @type {any[]} the curves on the screen */
  lines = [];

  /** @param {boolean} ready @param {boolean} began */
  curves(ready, began) {
    const { board, recipe, panel, theme } = this, { recorded, guess: question } = recipe;
    const secret = question.kind === "curve" && !began; // it would give the answer away
    const from = began ? board : secret ? null : recorded, drawing = panel.predict.drawing;
    this.lines = from?.lines ?? [];
    const curve = question.kind === "curve";
    panel.chart.hidden = !recipe.runs;
    if (!recipe.runs) return;
    const told = from?.label ? from : curve ? question : { label: "", share: false };
    const what = began ? "" : drawing && !recorded ? "" : recorded && !secret
      ? `what came out on our machine, ${recorded.date}${recorded.quick ? ", on less data" : ""}` : "";
    write(panel.what, drawing && secret ? "Draw what you expect" : what);
    this.columns(from);
    const { line, cursor } = panel.predict.shown;
    const fixed = drawing && !this.lines.length;
    const hint = this.lines.length || drawing ? "" : began ? "the first numbers are on their way" : "press Run";
    const revision = `${this.id} ${told.label} ${fixed} ${this.watched}`;
    const same = question.column === from?.column || !from;
    this.chart.draw({
      lines: this.lines, guess: same ? line : null, cursor, title: told.label, axis: from?.axis ?? "epoch", hint,
      many: new Set(this.lines.map((one) => one.case)).size > 1 || Boolean(same && line), revision,
      range_x: fixed ? [0, question.epochs] : null, range_y: fixed ? [question.low, question.high] : null,
    }, theme, { share: Boolean(told.share) }, [this.id, this.serial, this.watched, line, cursor, ready, began, fixed]);
    this.name(drawing, question);
  }

  /** @param {any} from */
  columns(from) {
    const { column: menu } = this.panel, list = from?.columns ?? [];
    menu.hidden = list.length < 2;
    const key = JSON.stringify(list);
    if (menu.dataset.list !== key) {
      menu.dataset.list = key;
      menu.replaceChildren(...list.map((/** @type {[string, string]} */ [value, text]) =>
        element("option", { value }, text)));
    }
    if (from?.column && menu.value !== from.column) menu.value = from.column;
  }

  /** For whoever does not see the chart; where a curve is guessed there, it takes the keys. @param {boolean} drawing */
  name(drawing, /** @type {any} */ question) {
    const { plot, predict } = this.panel;
    if (drawing) {
      plot.setAttribute("role", "slider");
      plot.tabIndex = 0;
      label(plot, `your curve of ${question.label}`);
      plot.setAttribute("aria-valuetext", predict.standing(question));
      plot.setAttribute("aria-valuenow", String(predict.at));
    } else {
      plot.setAttribute("role", "img");
      plot.removeAttribute("tabindex");
      plot.removeAttribute("aria-valuetext");
      plot.removeAttribute("aria-valuenow");
      label(plot, `curves of ${this.recipe.title}`);
    }
  }

  dispose() {
    super.dispose();
    this.session.close();
    this.runs.close();
    this.chart.purge();
  }
}

export const { render, dispose } = component(Lectures);
