// The Runs room: every run as a table that is searched, filtered, sorted and kept up to date while runs go on; several
// of them over each other (overlay.js). What is shown, and in what order, is in the address.

import { element, stop, write } from "../../kit/dom.js";
import { Note } from "../../kit/note.js";
import { count } from "../../kit/numbers.js";
import { Room, component } from "../../kit/room.js";
import { Live } from "../../kit/wire.js";
import { edit } from "./details.js";
import { Overlay } from "./overlay.js";
import { Nodes } from "./nodes.js";
import { ALL, filtered, readQuery, request, turned, writeQuery } from "./query.js";
import { Table } from "./table.js";

/** @typedef {import("./cells.js").Run} Run */
/** @typedef {import("./query.js").Query} Query */

const PAGE = 100, MOST_COMPARED = 12;
const TYPING = 250; // milliseconds after the last letter of a search
const KEY = "nnviz-runs"; // the table as this tab left it
const FILTERS = /** @type {const} */ ({ data: "all data", family: "all models", status: "any status", tag: "any tag" });
const FIELDS = "input, textarea, select, dialog, [contenteditable=true], [role=combobox], [role=dialog]";

class Runs extends Room {
  /** @param {HTMLElement} host */
  constructor(host) {
    super(host);
    /** @type {any} */
    this.data = null;
    /** @type {Query} */
    this.query = ALL;
    this.question = this.answered = 0; // questions for the table, by number
    this.serial = 0;
    this.waiting = this.keep = this.dropped = false; // for a page; where it was; for the connection
    this.fresh = new Set(); // runs that have begun since, and are not in the table
    /** @type {any} */
    this.choices = null;
    /** @type {string[]} the last that were thrown away */
    this.undo = [];
    this.opened = Date.now();
    this.note = new Note(() => null);
    this.table = new Table({
      more: (missing) => this.more(missing), open: (run) => this.open(run), sort: (column) => this.sort(column),
      chosen: () => this.buttons(), star: (run) => this.change(run, { star: !run.star }),
      edit: (run) => this.edit(run), take: (run) => this.take(run),
      remove: (runs) => this.remove(runs.map(({ run }) => run)),
    });
    this.overlay = new Overlay({
      open: (run) => this.open(run), leave: () => this.set({ compare: [] }), ask: () => this.ask(),
      without: (run) => this.set({ compare: this.query.compare.filter((id) => id !== run) }),
    });
    this.search = element("input", { type: "search", placeholder: "Search (/)", "aria-label": "search the runs",
      title: "words of the title, the architecture, a tag, a note", oninput: () => this.typed() });
    /** @type {Record<string, HTMLSelectElement>} */
    this.filters = Object.fromEntries(Object.entries(FILTERS).map(([name, all]) => [name, element("select",
      { "aria-label": name === "family" ? "model" : name, onchange: (/** @type {any} */ e) =>
        this.set({ [name]: e.target.value || null }) }, element("option", { value: "" }, all))]));
    this.kind = element("select", { "aria-label": "single runs or groups", onchange: () =>
      this.set({ kind: this.kind.value || null }) }, element("option", { value: "" }, "single and in groups"),
    element("option", { value: "single" }, "single runs"), element("option", { value: "group" }, "runs of groups"));
    /** @param {"star" | "deleted"} name @param {string} title */
    const flag = (name, title) => element("button", { type: "button", title, "aria-pressed": "false",
      class: "nnr-flag", onclick: () => this.set({ [name]: !this.query[name] }) });
    this.flags = { star: flag("star", "only those with a star"),
      deleted: flag("deleted", "those that were thrown away: for a day they can come back") };
    this.clear = element("button", { type: "button", class: "nnr-plain", hidden: true, onclick: () => this.set({
      ...ALL, sort: this.query.sort, descending: this.query.descending }) }, "Clear the filters");
    this.pill = element("button", { type: "button", class: "nnr-pill", hidden: true, onclick: () => this.ask_again() });
    this.count = element("span", { class: "nnr-count", role: "status" });
    /** @param {string} text @param {() => void} onclick @param {string} [kind] */
    const button = (text, onclick, kind = "") => element("button", { type: "button", onclick, class: kind }, text);
    this.acts = {
      overlay: button("Overlay", () => this.set({ compare: this.table.chosen.map(({ run }) => run) }), "nnr-primary"),
      take: button("Take it home", () => this.take(this.table.chosen[0])),
      remove: button("Delete", () => this.remove(this.table.chosen.map(({ run }) => run))),
      restore: button("Bring back", () => this.restore(this.table.chosen.map(({ run }) => run))),
      none: button("Select none", () => this.table.selectAll(false)),
    };
    this.chosen = element("span");
    this.selection = element("div", { class: "nnr-selection", role: "toolbar", "aria-label": "selected runs" },
      this.chosen, ...Object.values(this.acts));
    this.empty = element("div", { class: "nnr-empty", hidden: true });
    this.bar = element("div", { class: "nnr-bar" }, this.search, ...Object.values(this.filters), this.kind,
      ...Object.values(this.flags), this.clear, this.count, this.pill);
    this.nodes = new Nodes();
    this.list = element("section", { class: "nnr-list", "aria-label": "runs" }, this.bar, this.nodes.root,
      this.selection, this.table.root, this.empty, this.table.spoken);
    this.mount(element("div", { class: "nnr" }, this.note.root, this.list, this.overlay.root));
    this.live = new Live({ event: (m) => this.event(m), frame: () => {}, online: (on) => this.online(on) });
    this.keys = (/** @type {KeyboardEvent} */ e) => this.key(e);
    document.addEventListener("keydown", this.keys);
  }

  // ---- what Streamlit says, and what it is told ---------------------------------------------------------------------

  /** @param {Component} given */
  receive({ data: [data], setStateValue }) {
    this.dress({ palette: data.palette, view: {} });
    this.tell = setStateValue;
    const first = !this.data;
    this.data = data;
    this.table.rooms = this.overlay.rooms = data.rooms;
    if (first) {
      const kept = location.search.length > 1 ? "" : sessionStorage.getItem(KEY) ?? "";
      this.set(readQuery(location.search.slice(1) || kept, data.sorts));
    } else if (location.search !== this.written) this.set(readQuery(location.search.slice(1), data.sorts));
    this.ask();
  }

  /** To a run in its room, with its setting, film and curves. @param {Run} run */
  open(run) {
    if (run.deleted) return this.say("It was thrown away. Bring it back first.", "warning");
    return this.tell?.("open", { run: run.run, room: run.room, n: (this.opened += 1) });
  }

  /** The list of what can be made of a run: programs, tables, a film, a report. @param {Run} run */
  take(run) {
    if (run.deleted) return this.say("It was thrown away. Bring it back first.", "warning");
    return this.tell?.("take", { run: run.run, n: (this.opened += 1) });
  }

  // ---- what is shown ------------------------------------------------------------------------------------------------

  /** @param {Partial<Query>} changes */
  set(changes) {
    this.query = { ...this.query, ...changes };
    const text = writeQuery(this.query), { compare } = this.query;
    if (location.search.slice(1) !== text) {
      history.replaceState(history.state, "", location.pathname + (text && `?${text}`));
    }
    this.written = location.search;
    try { sessionStorage.setItem(KEY, writeQuery({ ...this.query, compare: [] })); } catch { /* keeps nothing */ }
    this.list.hidden = compare.length > 0;
    this.overlay.root.hidden = !compare.length;
    this.overlay.show(compare, (message) => this.live.send(message));
    if (!compare.length) this.ask_again();
    this.controls();
    this.ask();
  }

  /** The head of a column. @param {string} column */
  sort(column) { this.set(turned(this.query, column)); }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.set({ search: this.search.value.trim() }), TYPING);
  }

  /** From the first page. */
  ask_again() {
    if (!this.data) return;
    this.question = ++this.serial;
    this.waiting = true;
    this.fresh.clear();
    this.pill.hidden = true;
    const limit = Math.max(PAGE, Math.min(500, this.keep ? this.table.rows.length : 0));
    this.live.send({ do: "list_runs", n: this.question, limit, ...request(this.query) });
  }

  /** The next page; a large one for who has leapt far ahead. @param {number} missing rows */
  more(missing) {
    const limit = Math.min(500, Math.max(PAGE, missing)), last = this.table.rows.at(-1);
    if (this.waiting || !last) return;
    this.waiting = true;
    this.live.send({ do: "list_runs", n: this.question, limit, after: last.key, ...request(this.query) });
  }

  /** @param {boolean} on */
  online(on) {
    if (!on) {
      this.dropped = true;
      return this.say("The connection is lost, trying again.", "warning");
    }
    this.live.send({ do: "watch_table", on: true });
    if (!this.dropped) return undefined; // what was asked before it was there is on its way
    this.dropped = false;
    this.say("");
    if (this.query.compare.length) this.overlay.show(this.query.compare, (message) => this.live.send(message), true);
    else this.ask_again();
    return undefined;
  }

  /** @param {ServerMessage} m @returns {void} */
  event(m) {
    if (m.event === "runs" && m.n === this.question) this.page(m);
    else if (m.event === "runs_changed") this.changed(m.rows);
    else if (m.event === "cluster") this.nodes.show(m);
    else if (m.event === "deleted") this.deleted(m.runs, m.stopping);
    else if (m.event === "restored") { this.say(`${many(m.runs.length)} back.`, "done"); this.ask_again(); }
    else if (m.event === "error") this.say(m.message, "error");
    else if (m.event === "notice") this.say(m.message, m.over ? "done" : "warning");
    else this.overlay.event(m);
    this.ask();
  }

  /** @param {ServerMessage} m */
  page(m) {
    this.waiting = false;
    if (m.total === undefined) { this.table.append(m.rows); return this.table.scrolled(); }
    this.choices = m.choices;
    if (this.answered !== this.question && !this.keep) this.table.root.scrollTop = 0;
    this.keep = false;
    this.answered = this.question;
    this.table.show(m.rows, m.total);
    this.controls();
    this.table.scrolled();
    return undefined;
  }

  /** Runs go on, end, are named, come back. @param {Run[]} rows */
  changed(rows) {
    const known = new Map(this.table.rows.map((run, at) => [run.run, at])), { query } = this;
    let other = false;
    for (const row of rows) {
      const at = known.get(row.run), gone = Boolean(row.deleted) !== query.deleted;
      if (at !== undefined && !gone) {
        this.table.rows[at] = { ...row, key: this.table.rows[at].key };
      } else if (at !== undefined) other = true;
      else if (!gone && !this.fresh.has(row.run)) { this.fresh.add(row.run); other = true; }
    }
    this.overlay.changed(rows);
    this.table.draw();
    const top = this.table.root.scrollTop < 10 && query.sort === "created" && query.descending;
    if (other && (top || !this.fresh.size)) {
      this.keep = true;
      this.ask_again();
    }
    this.controls();
  }

  // ---- what the visitor does ----------------------------------------------------------------------------------------

  /** @param {Run} run @param {Record<string, any>} changes */
  change(run, changes) {
    this.live.send({ do: "change_run", run: run.run, ...changes });
    const at = this.table.rows.findIndex((row) => row.run === run.run), name = changes.name ?? run.name;
    if (at >= 0) this.table.rows[at] = { ...run, ...changes, title: name || run.auto };
    this.table.draw();
  }

  /** @param {Run} run */
  edit(run) {
    const tags = (this.choices?.tag ?? []).map((/** @type {[string, number]} */ [tag]) => tag);
    edit(this.root, run, tags, (changes) => { this.change(run, changes); this.table.root.focus(); });
  }

  /** @param {string[]} runs */
  remove(runs) {
    if (!runs.length || this.query.deleted) return;
    this.live.send({ do: "delete_runs", runs: runs.slice(0, 500) });
  }

  /** @param {string[]} runs */
  restore(runs) {
    if (!runs.length) return;
    for (const run of runs) this.table.selected.delete(run);
    this.live.send({ do: "restore_runs", runs });
  }

  /** @param {string[]} runs @param {string[]} stopping */
  deleted(runs, stopping) {
    this.undo = [...runs, ...stopping];
    for (const run of this.undo) this.table.selected.delete(run);
    const gone = new Set(this.undo), { rows, total } = this.table;
    const at = rows.findIndex(({ run }) => run === this.table.current);
    this.table.rows = rows.filter(({ run }) => !gone.has(run));
    this.table.total = Math.max(0, total - (rows.length - this.table.rows.length));
    this.table.go(Math.min(at, this.table.rows.length - 1));
    const end = stopping.length ? ` ${stopping.length === 1 ? "It is" : `${stopping.length} are`} stopped first.` : "";
    const undo = { text: "Undo", act: () => { this.say(""); this.restore(this.undo); } };
    this.say(`${many(this.undo.length)} deleted.${end} For a day they stay under “Deleted”.`, "done", undo);
    this.controls();
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const [target] = e.composedPath();
    if (e.altKey || e.ctrlKey || e.metaKey || e.defaultPrevented || !(target instanceof Element)) return;
    if (target.closest(FIELDS)) {
      if (e.key === "Escape" && target === this.search) this.table.root.focus();
      return;
    }
    if (this.query.compare.length) {
      if (e.key === "Escape") this.set({ compare: [] });
      return;
    }
    if (e.key === "/") this.search.focus();
    else if (e.key === "ArrowDown" && !this.table.root.contains(target)) { this.table.root.focus(); this.table.go(0); }
    else if (e.key.toLowerCase() === "o" && !this.acts.overlay.disabled) this.acts.overlay.click();
    else return;
    e.preventDefault();
  }

  /** @param {string} text @param {string} [kind] @param {import("../../kit/note.js").Way | null} [act] */
  say(text, kind = "warning", act = null) { this.note.say(text, kind, act); }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  /** What the bar says. */
  controls() {
    const { query, choices, table } = this;
    if (document.activeElement !== this.search) this.search.value = query.search;
    for (const [name, select] of Object.entries(this.filters)) {
      options(select, FILTERS[/** @type {"data"} */ (name)], choices?.[name] ?? [], this.data?.words ?? {},
        query[/** @type {"data"} */ (name)]);
    }
    this.kind.value = query.kind ?? "";
    this.kind.hidden = !choices?.grouped && !query.kind;
    for (const name of /** @type {const} */ (["star", "deleted"])) {
      const n = choices?.[name] ?? 0, flag = this.flags[name];
      write(flag, `${name === "star" ? "★" : "Deleted"}${n ? ` ${count(n)}` : ""}`);
      flag.setAttribute("aria-pressed", String(query[name]));
      flag.hidden = !n && !query[name];
    }
    this.clear.hidden = !filtered(query);
    write(this.count, this.answered ? (filtered(query) ? `${count(table.total)} of ${many(choices?.all ?? 0)}`
      : many(table.total)) : "");
    const fresh = this.fresh.size;
    this.pill.hidden = !fresh;
    write(this.pill, `${fresh} new ${fresh === 1 ? "run" : "runs"}: show`);
    table.mark(query.sort, query.descending);
    this.nothing();
    this.buttons();
  }

  /** What stands there where there is no row. */
  nothing() {
    const { empty, table, query, answered } = this, none = Boolean(answered) && table.total === 0;
    table.root.hidden = none;
    if (empty.hidden === !none && empty.dataset.key === writeQuery(query)) return;
    empty.hidden = !none;
    empty.dataset.key = writeQuery(query);
    empty.replaceChildren(...(filtered(query)
      ? [element("h3", {}, query.deleted ? "Nothing was thrown away." : "No run is like that."),
        element("p", {}, "Clear the filters to see all runs again.")]
      : [element("h3", {}, "No runs yet"),
        element("p", {}, "Each network that you train stands here, with its accuracy, its curves and its film: to ",
          "come back to, to compare, to go on with."),
        element("a", { class: "nnr-primary", href: "/" }, "Train one in the Playground"),
        element("a", { href: "/digits" }, "or on digits")]));
  }

  buttons() {
    const { acts, table: { chosen }, query } = this, n = chosen.length;
    this.bar.hidden = n > 0; // in its place: the table does not move below the pointer
    this.selection.hidden = !n;
    write(this.chosen, `${n} selected`);
    const curves = chosen.filter(({ job }) => job === "train").length;
    const why = n < 2 ? "select two or more" : n > MOST_COMPARED ? `at most ${MOST_COMPARED}`
      : curves < n ? "only trainings have curves of loss and accuracy" : "";
    stop(acts.overlay, "Their curves over each other, and what differs between their settings (O)", why);
    stop(acts.take, "As a program, a notebook, a Keras model, tables, a film, a report (T)",
      n !== 1 && "select a single one");
    acts.overlay.hidden = acts.take.hidden = acts.remove.hidden = query.deleted;
    acts.restore.hidden = !query.deleted;
  }

  draw() {
    this.fit();
    const { overlay, table, theme } = this;
    if (!overlay.root.hidden && theme) overlay.draw(theme);
    Object.assign(this.root.dataset, { rows: table.rows.length, total: this.answered ? table.total : "",
      charts: overlay.drawn, compared: overlay.runs.length });
  }

  dispose() {
    super.dispose();
    document.removeEventListener("keydown", this.keys);
    clearTimeout(this.timer);
    this.live.close();
    this.table.dispose();
    this.overlay.dispose();
  }
}

/** @param {number} n */
const many = (n) => `${count(n)} ${n === 1 ? "run" : "runs"}`;

/**
 * What a list offers, each with how many runs.
 * @param {HTMLSelectElement} select @param {string} all @param {[string, number][]} found
 * @param {Record<string, string>} words @param {string | null} value
 */
function options(select, all, found, words, value) {
  const known = value === null || found.some(([name]) => name === value) ? found : [...found, [value, 0]];
  const key = JSON.stringify(known);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(element("option", { value: "" }, all), ...known.map(([name, n]) =>
      element("option", { value: name }, `${words[name] ?? name} (${n})`)));
  }
  select.hidden = !known.length;
  select.value = value ?? "";
}

export const { render, dispose } = component(Runs);
