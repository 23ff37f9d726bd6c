// Several runs over each other: one chart, what each is and how good, and a table of what differs between settings.

import { Chart } from "../../figures/chart.js";
import { element, write } from "../../kit/dom.js";
import { append, emptyHistory } from "../../kit/history.js";
import { percent, number } from "../../kit/numbers.js";
import { isAlive, link } from "./cells.js";
import { Moments } from "./moments.js";

/** @typedef {import("./cells.js").Run} Run */

const LOOK = { what: "loss", axis: "epoch", smooth: 0, log: false };
const SPLITS = ["training", "validation", "test"];
const AGAIN = 3000; // milliseconds between two questions for test curves, which are measured now and then
const CHOICES = {
  what: [["loss", "Loss"], ["accuracy", "Accuracy"]],
  axis: [["epoch", "by epoch"], ["step", "by step"], ["seconds", "by time"], ["work", "by multiply-adds"]],
  smooth: [["0", "not smoothed"], ["0.6", "smoothed a little"], ["0.9", "smoothed"], ["0.97", "smoothed a lot"]],
};
const ABOUT = { what: "which curve", axis: "horizontal axis", smooth: "smoothing of the curves" };

export class Overlay {
  /** @param {{open: (run: Run) => void, leave: () => void, without: (run: string) => void, ask: () => void}} on */
  constructor(on) {
    this.on = on;
    /** @type {Record<string, string>} */
    this.rooms = {};
    /** @type {string[]} */
    this.wanted = [];
    /** @type {Run[]} */
    this.runs = [];
    /** @type {Columns[]} of each run, in the order of `members` */
    this.histories = [];
    /** @type {string[]} */
    this.members = [];
    /** @type {{name: string, values: (string | null)[]}[]} */
    this.differences = [];
    /** @type {string[]} the runs that the differences are of */
    this.compared = [];
    /** @type {any} */
    this.look = { ...LOOK };
    /** @type {string[] | null} null: what there is to see */
    this.splits = null;
    this.drawn = false;
    this.serial = 0; // of what has come
    /** @type {string | null} a run that is pointed at in the list */
    this.lit = null;
    /** @type {((message: object) => void) | null} */
    this.send = null;
    /** @type {Record<string, HTMLSelectElement>} */
    this.selects = Object.fromEntries(Object.entries(CHOICES).map(([name, options]) => [name, element("select", {
      "aria-label": ABOUT[/** @type {"what"} */ (name)], title: ABOUT[/** @type {"what"} */ (name)],
      onchange: (/** @type {any} */ e) => this.set({ [name]: name === "smooth" ? Number(e.target.value)
        : e.target.value }),
    }, ...options.map(([value, text]) => element("option", { value }, text)))]));
    this.log = element("input", { type: "checkbox", onchange: () => this.set({ log: this.log.checked }) });
    /** @type {Record<string, HTMLInputElement>} */
    this.checks = Object.fromEntries(SPLITS.map((split) => [split, element("input", { type: "checkbox",
      onchange: () => { this.splits = SPLITS.filter((name) => this.checks[name].checked); this.set({}); } })]));
    const back = element("button", { type: "button", onclick: () => this.on.leave() }, "← All runs");
    this.title = element("h3");
    this.moments = new Moments({ ask: () => on.ask(), open: (run) => on.open(run) });
    this.plot = element("div", { class: "nnr-plot", role: "img", "aria-label": "curves of the runs" });
    this.list = element("div", { class: "nnr-legend", role: "list", "aria-label": "the runs" });
    this.table = element("div", { class: "nnr-differences" });
    this.root = element("section", { class: "nnr-overlay", "aria-label": "runs over each other", hidden: true },
      element("div", { class: "nnr-bar" }, back, this.title, ...Object.values(this.selects),
        ...SPLITS.map((split) => element("label", {}, this.checks[split], split)),
        element("label", { title: "logarithmic; of an accuracy the error rate" }, this.log, "log")),
      element("div", { class: "nnr-over" }, element("div", { class: "nnr-main" }, this.plot, this.moments.bar,
        this.moments.root), element("div", { class: "nnr-side" }, this.list, this.table)));
    this.chart = new Chart(this.plot, "overlay", {
      on: { plotly_click: (event) => this.clicked(event) }, drawn: () => on.ask(),
    });
  }

  /** @param {Record<string, any>} changes */
  set(changes) {
    Object.assign(this.look, changes);
    this.serial += 1;
    this.on.ask();
  }

  /**
   * These runs; none: nothing.
   * @param {string[]} runs @param {(message: object) => void} send @param {boolean} [again]
   */
  show(runs, send, again = false) {
    const other = runs.join() !== this.wanted.join();
    this.send = send;
    if (!other && !again) return;
    if (other && !runs.some((run) => this.wanted.includes(run))) this.splits = null;
    this.wanted = runs;
    clearInterval(this.timer);
    send({ do: "compare", runs });
    if (!runs.length) [this.runs, this.histories] = [[], []];
  }

  /** Whether a message of the server is about this. @param {ServerMessage} m */
  event(m) {
    if (m.event === "compared") this.compare(m);
    else if (m.event === "group_history" && m.group === "") {
      this.histories = this.members.map(() => emptyHistory());
      this.grow(m.columns);
    } else if (m.event === "group_rows" && m.group === "") {
      this.grow(m.columns);
      for (const [at, status] of Object.entries(m.statuses)) {
        const run = this.runs.find((one) => one.run === this.members[Number(at)]);
        if (run) run.status = status;
      }
    } else return false;
    this.serial += 1;
    return true;
  }

  /** @param {ServerMessage} m */
  compare({ runs, differences, compared }) {
    this.members = runs.map((/** @type {Run} */ run) => run.run);
    this.runs = runs;
    this.histories = this.members.map(() => emptyHistory());
    this.differences = differences;
    this.compared = compared;
    clearInterval(this.timer);
    if (runs.some((/** @type {Run} */ run) => run.tested && isAlive(run))) {
      this.timer = setInterval(() => this.send?.({ do: "compare", runs: this.wanted }), AGAIN);
    }
    this.splits ??= this.known().slice(-1);
    this.tell();
  }

  /** New rows of all runs, by the member that each is of. @param {Columns} columns */
  grow({ member, ...columns }) {
    const names = Object.keys(columns);
    for (let i = 0; i < member.length; i++) {
      const history = this.histories[Number(member[i])];
      if (history) append(history, Object.fromEntries(names.map((name) => [name, columns[name][i]])));
    }
  }

  /** Rows of the table that have changed. @param {Run[]} rows */
  changed(rows) {
    const now = new Map(rows.map((row) => [row.run, row]));
    if (!this.runs.some(({ run }) => now.has(run))) return;
    this.runs = this.runs.map((run) => ({ ...run, ...now.get(run.run) }));
    this.tell();
  }

  /** The splits that some run has. */
  known() {
    const { runs } = this;
    const has = { training: true, validation: runs.some((run) => run.val || run.val_loss != null),
      test: runs.some((run) => run.tested?.split === "test") };
    return SPLITS.filter((split) => has[/** @type {"test"} */ (split)]);
  }

  /** What a run is called: by what differs, else by its title. @param {Run} run */
  name(run) { return run.name || run.label || run.title; }

  /** The list and the table. */
  tell() {
    const { runs, differences, compared } = this, known = this.known();
    write(this.title, `${runs.length} ${runs.length === 1 ? "run" : "runs over each other"}`);
    for (const split of SPLITS) this.checks[split].parentElement?.toggleAttribute("hidden", !known.includes(split));
    this.list.replaceChildren(...runs.map((run) => this.entry(run)));
    const color = new Map(runs.map((run) => [run.run, run.color]));
    const dot = (/** @type {string} */ run) => element("i", { style: `background:${color.get(run)}` });
    this.table.hidden = compared.length < 2;
    this.table.replaceChildren(element("h4", {}, "What differs"), differences.length
      ? element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "setting"),
        ...compared.map((run) => element("th", { scope: "col" }, dot(run))))),
      element("tbody", {}, ...differences.map(({ name, values }) => element("tr", {},
        element("th", { scope: "row" }, name), ...values.map((value) => element("td", {}, value ?? "–"))))))
      : element("p", {}, "Nothing: the same setting, trained again."));
  }

  /** @param {Run} run */
  entry(run) {
    const score = run.test ?? run.val ?? run.train, of = run.test ? "test" : run.val ? "validation" : "training";
    const loss = run.val_loss ?? run.loss;
    const good = score ? `${of} ${percent(score.best)}` : loss == null ? "" : `loss ${number(loss, 3)}`;
    const open = element("a", { href: link(run, this.rooms), title: `${run.title}: open it in its room`,
      onclick: (/** @type {MouseEvent} */ e) => {
        if (e.ctrlKey || e.metaKey || e.shiftKey) return;
        e.preventDefault();
        this.on.open(run);
      } }, this.name(run));
    const light = (/** @type {string | null} */ lit) => () => { this.lit = lit; this.set({}); };
    const why = run.comparable ? run.status : "no training: it has no such curve";
    return element("div", { role: "listitem", onpointerenter: light(run.run), onpointerleave: light(null) },
      element("i", { style: `background:${run.color}` }), element("div", {}, open, element("small", {},
        [why === "finished" ? "" : why === "running" ? "training" : why, good].filter(Boolean).join(" · "))),
      element("button", { type: "button", title: "leave it out", "aria-label": `leave out ${this.name(run)}`,
        onclick: () => this.on.without(run.run) }, "×"));
  }

  /** Under one crosshair a click is at all curves: the nearest one counts. @param {any} event Plotly's */
  clicked({ points, event }) {
    const full = /** @type {any} */ (this.plot)._fullLayout, top = this.plot.getBoundingClientRect().top;
    const away = (/** @type {any} */ point) => Math.abs(
      full.yaxis.d2p(point.y) + full.yaxis._offset - (event.clientY - top));
    const [nearest] = [...points].sort((a, b) => away(a) - away(b));
    const run = this.runs.find((one) => one.run === nearest?.data.meta);
    if (run) this.on.open(run);
  }

  /** @param {Theme} theme */
  draw(theme) {
    const { look, runs, splits } = this, { what, axis, smooth, log } = look;
    for (const [name, select] of Object.entries(this.selects)) select.value = String(look[name]);
    this.log.checked = log;
    const chosen = splits ?? [];
    for (const split of SPLITS) this.checks[split].checked = chosen.includes(split);
    const shown = this.members.flatMap((id, at) => {
      const run = runs.find((one) => one.run === id);
      if (!run?.comparable) return [];
      const pale = this.lit && this.lit !== id ? "33" : "";
      return [{ run: id, name: this.name(run), color: run.color + pale, history: this.histories[at],
        tested: run.tested, work: run.work }];
    });
    const members = shown.map(({ run, name, history, work }) => ({ run: /** @type {Run} */ (
      runs.find((one) => one.run === run)), name, history, work: work ?? null }));
    const splitsInOrder = [...chosen].sort((a, b) => SPLITS.indexOf(b) - SPLITS.indexOf(a));
    this.moments.draw({ members, axis, what, splits: splitsInOrder, dark: theme.dark, serial: this.serial });
    const { x } = this.moments, marks = x === null ? [] : [x];
    const hint = chosen.length ? "Nothing of this is measured yet" : "Choose training, validation or test above";
    this.chart.draw({ runs: shown, hint, marks }, theme, { what, axis, smooth, log, splits: splitsInOrder },
      [this.serial, this.wanted, x]);
    this.drawn = this.chart.drawn;
  }

  dispose() {
    clearInterval(this.timer);
    this.moments.dispose();
    this.chart.purge();
  }
}
