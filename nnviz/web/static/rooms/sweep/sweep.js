// The Sweep room: starts the runs of a sweep as one group, and shows how far they are. What is drawn is asked of the
// server whenever something has happened there; it is drawn by the figure of the look that the visitor chose.

import { Chart } from "../../figures/chart.js";
import { GroupClient } from "../../kit/group.js";
import { Room, component } from "../../kit/room.js";
import { Session } from "../../kit/session.js";
import { decodeFrame } from "../../kit/wire.js";
import { Panel } from "./panel.js";

const LOOKS = ["tiles", "scores", "map", "parallel", "panels", "seeds"];
const VIEW = { look: "auto", what: "loss", group: null, present: false, more: false, hide: [] };
const PAUSE = 250; // milliseconds from one answer to the next question, as long as runs go on

class Sweep extends Room {
  /** @param {HTMLElement} host */
  constructor(host) {
    super(host);
    this.session = new Session();
    /** @type {Record<string, any>} */
    this.view = { ...VIEW };
    /** @type {any} */
    this.data = null;
    /** @type {Frame | null} what the server said last */
    this.board = null;
    this.asking = this.dirty = false;
    this.serial = 0;
    /** @type {any} */
    this.ensemble = null;
    /** @type {{setting: string, share: number}[]} */
    this.importance = [];
    /** @type {string | null} for which of both was asked */
    this.judged = null;
    this.runs = new GroupClient({
      fresh: () => this.clear(), begun: (group) => this.setView({ group }), changed: (before) => this.changed(before),
      say: (text, kind) => this.panel.note.say(text, kind), lost: (text) => this.panel.note.say(text, "error"),
      online: () => {}, ask: () => this.ask(),
    });
    this.panel = new Panel({
      run: () => this.run(), command: (command) => this.runs.command(command),
      view: (changes) => this.setView(changes), open: (number) => this.open(number),
    });
    const on = { plotly_click: (/** @type {any} */ event) => this.clicked(event) }, drawn = () => this.ask();
    /** @type {Record<string, Chart>} */
    this.charts = Object.fromEntries(LOOKS.map((look) => [look, new Chart(this.panel.plots[look], `sweep_${look}`,
      { on, drawn })]));
    this.mount(this.panel.root);
  }

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data;
    this.dress(data);
    if (!this.session.receive(given)) return;
    this.data = data;
    this.view = { ...VIEW, ...data.view };
    this.runs.watch(this.view.group);
    this.session.catchUp();
    this.refresh();
    this.ask();
  }

  // ---- what the visitor does

  run() {
    if (this.runs.pending) return;
    this.runs.pending = true;
    this.panel.note.say("");
    // What is run is the session's setting: it waits until the session knows of all that was done to it.
    this.session.inOrder(() => this.runs.submit({ do: "sweep", sweep: this.data.spec, room: this.data.home }));
    this.ask();
  }

  /** @param {Record<string, any>} changes */
  setView(changes) {
    Object.assign(this.view, changes);
    this.session.act({ do: "view", view: { ...this.view } });
    this.refresh();
    this.ask();
  }

  /** @param {{points: any[]}} event */
  clicked({ points }) {
    const number = points[0]?.customdata;
    if (Number.isInteger(number)) this.open(number);
  }

  /** @param {number} number */
  open(number) {
    const run = this.board?.meta.members[number]?.run;
    if (run) this.session.act({ do: "open", run });
  }

  // ---- what is heard of the group

  clear() {
    this.board = this.ensemble = this.judged = null;
    this.importance = [];
  }

  /** @param {import("../../kit/group.js").Group | null} before */
  changed(before) {
    // Where one has been deleted, what they are worth together is another number.
    if (before && before.runs.join() !== this.group?.runs.join()) this.judged = null;
    if (this.deleted) {
      this.board = this.ensemble = null;
      this.importance = [];
    }
    this.refresh();
  }

  get watched() { return this.runs.watched; }
  get group() { return this.runs.group; }
  get pending() { return this.runs.pending; }
  get online() { return this.runs.online; }
  get busy() { return this.runs.busy; }
  /** Whether all of its runs have been deleted. */
  get deleted() { return Boolean(this.group && !this.group.grows && !this.group.statuses.length); }

  get look() {
    const { looks, first } = this.data;
    return looks.some((/** @type {string[]} */ [name]) => name === this.view.look) ? this.view.look : first;
  }

  // ---- what is asked of the server

  /** Ask for the figure's values, once at a time. */
  async refresh() {
    this.dirty = true;
    if (this.asking || !this.group || !this.data) return; // a group that the server knows
    this.asking = true;
    while (this.dirty && !this.gone && this.watched && this.group && !this.deleted) {
      this.dirty = false;
      /** @type {string} */
      const group = this.watched;
      const { look } = this, box = this.panel.plots[look].parentElement ?? this.root;
      const body = { group, look, what: this.view.what, width: Math.max(50, Math.round(box.clientWidth)),
        height: Math.max(50, Math.round(box.clientHeight)) };
      try {
        const answer = await fetch("/nnviz/sweep", { method: "POST", body: JSON.stringify(body) });
        if (!answer.ok) throw new Error((await answer.json()).message);
        const frame = decodeFrame(await answer.arrayBuffer());
        if (group === this.watched) {
          this.board = frame;
          this.serial += 1;
          if (!this.busy) this.judge(group);
        }
      } catch (fault) {
        if (!this.busy) this.panel.note.say(String(fault instanceof Error ? fault.message : fault), "error");
        else this.dirty = true;
      }
      this.ask();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    this.asking = false;
  }

  /** When all have ended: what they are worth together, and which setting mattered. @param {string} group */
  async judge(group) {
    const { look, data } = this, key = `${group} ${look}`;
    if (this.judged === key || !this.group) return;
    this.judged = key;
    /** @param {string} path */
    const asked = async (path) => {
      const answer = await fetch(path, { method: "POST", body: JSON.stringify({ group }) });
      return answer.ok && group === this.watched ? answer.json() : null;
    };
    if (look === "seeds") this.ensemble = await asked("/nnviz/sweep/ensemble").catch(() => null);
    if (data.spec.over.length > 1) this.importance = await asked("/nnviz/sweep/importance").catch(() => null) ?? [];
    this.ask();
  }

  // ---- drawing

  draw() {
    if (!this.root.isConnected || !this.data || !this.theme) return;
    this.fit();
    const { board, data, look, theme } = this;
    this.panel.draw(this);
    for (const name of LOOKS) this.panel.plots[name].hidden = name !== look || board?.meta.look !== look;
    if (board && board.meta.look === look) {
      const { values } = board.meta, z = board.arrays.z ? { z: board.arrays.z } : {};
      const revision = `${this.watched} ${look} ${this.view.what}`;
      this.panel.stage.style.minHeight = values.height ? `${values.height}px` : "";
      /** @type {Record<string, unknown>} */
      const choices = look === "tiles" ? { classes: values.classes }
        : look === "panels" ? { panels: values.panels, columns: values.columns, what: this.view.what }
        : look === "seeds" ? { what: this.view.what } : {};
      const more = look === "seeds" ? { means: summary(values.mean), ensemble: together(this.ensemble) } : {};
      this.charts[look].draw({ ...values, ...z, ...more, revision }, theme, choices, [this.serial, this.ensemble]);
    }
    const done = board?.meta.done ?? 0;
    Object.assign(this.root.dataset, {
      group: this.watched ?? "", done, size: data.size, busy: this.busy ? "1" : "", look,
      drawn: this.charts[look].drawn ? "1" : "", words: board ? JSON.stringify(board.meta.counts) : "",
    });
  }

  dispose() {
    super.dispose();
    this.session.close();
    this.runs.close();
    for (const chart of Object.values(this.charts)) chart.purge();
  }
}

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** The mean of the runs as a mark with its interval. @param {{mean: number, low: number, high: number} | null} found */
function summary(found) {
  if (!found) return [];
  const { mean, low, high } = found;
  return [{ at: mean, above: high - mean, below: mean - low,
    said: `mean ${percent(mean)}, 95 % interval ${percent(low)} to ${percent(high)} (Student’s t)` }];
}

/** @param {{accuracy: number, low: number, high: number, said: string} | null} found */
function together(found) {
  if (!found) return [];
  const { accuracy, low, high, said } = found;
  return [{ at: accuracy, above: high - accuracy, below: accuracy - low, said }];
}

export const { render, dispose } = component(Sweep);
