// The same digits under two runs: which ones the other run gets right that this one gets wrong, and the other way round.

import { element, stop } from "./editor.js";
import { label, stylesheet } from "./pictures.js";
import { percent } from "./predictions.js";
import { mcnemar, sides, verdict } from "./mcnemar.js";
import { TERMINAL } from "./run.js";
import { Turns } from "./turns.js";

const PAGE = 60;
const GROUPS = [
  ["onlyB", "B fixes", "right in B, wrong in A"], ["onlyA", "B breaks", "right in A, wrong in B"],
  ["neither", "Both wrong", "wrong in both"], ["both", "Both right", "right in both"],
];
const ID = /^[\w-]{1,64}$/;

/** The run that a pasted link or id names; null where there is none. */
export function runOf(text) {
  const trimmed = text.trim();
  if (ID.test(trimmed)) return trimmed;
  try {
    const run = new URL(trimmed).searchParams.get("run");
    return run && ID.test(run) ? run : null;
  } catch {
    return null;
  }
}

export class Compare {
  constructor(root, ctx) {
    Object.assign(this, { root, ctx, shown: false, other: null, frame: null, group: "onlyB", page: 0, runs: [] });
    stylesheet("detail.css");
    this.build();
    this.turns = new Turns([
      { name: "runs", every: 5000, wanted: () => this.wantedList(), run: (signal) => this.list(signal) },
      { name: "other", every: 3000, wanted: () => this.wanted(), run: (signal) => this.fetch(signal) },
    ], (error, { name }) => { if (name === "other") this.fault(error.message); });
  }

  build() {
    this.select = element("select", { "aria-label": "run B, to compare with", onchange: () => this.choose(this.select.value || null), onfocus: () => this.turns.poke() });
    this.field = element("input", { type: "text", placeholder: "or paste a link", "aria-label": "link or id of another run", onchange: () => this.paste() });
    this.note = element("p", { class: "nnl-fault", role: "alert", hidden: true });
    this.names = element("p", { class: "nnl-words" });
    this.table = element("table", { class: "nnl-fourfold" });
    this.words = element("p", { class: "nnl-verdict", role: "status" });
    this.tabs = element("div", { class: "nnl-tools", role: "group", "aria-label": "which digits" });
    this.buttons = Object.fromEntries(GROUPS.map(([name, , title]) => [name, element("button", { type: "button", title, onclick: () => { this.group = name; this.page = 0; this.drawGallery(); } })]));
    this.tabs.append(...Object.values(this.buttons));
    this.gallery = element("div", { class: "nnl-gallery" });
    this.pager = element("div", { class: "nnl-tools" },
      (this.back = element("button", { type: "button", onclick: () => this.turn(-1) }, "‹ previous")), (this.at = element("span")),
      (this.on = element("button", { type: "button", onclick: () => this.turn(1) }, "next ›")));
    this.result = element("div", { hidden: true }, this.names,
      element("div", { class: "nnl-counts" }, this.table, element("div", {}, this.words,
        element("p", { class: "nnl-why" }, "Only the digits on which exactly one of the two is right tell them apart (McNemar's exact test). Two accuracies alone would hide that they were measured on the same digits."))),
      this.tabs, this.gallery, this.pager);
    this.hint = element("p", { class: "nnl-words" });
    this.box = element("div", { class: "nnl nnl-compare" },
      element("header", { class: "nnl-tools" }, element("h4", {}, "This run (A) with another (B)"), this.select, this.field), this.note, this.hint, this.result);
    this.root.replaceChildren(this.box);
  }

  // ---- life ------------------------------------------------------------------------------------------------------------------

  show() {
    this.shown = true;
    this.ctx.data.info().then(() => this.refresh(), (error) => this.fault(error.message));
    this.refresh();
  }

  hide() {
    this.shown = false;
    this.turns.stop();
  }

  dispose() {
    this.hide();
    this.turns.dispose();
  }

  refresh() {
    if (!this.shown) return;
    if (this.other && this.other === this.ctx.run()) this.choose(null);
    this.turns.poke();
    this.draw();
  }

  choose(run) {
    Object.assign(this, { other: run, frame: null, page: 0, drawnKey: null });
    this.note.hidden = true;
    if (this.select.value !== (run ?? "")) this.select.value = run ?? "";
    this.turns.restart();
    this.draw();
  }

  paste() {
    const text = this.field.value;
    if (!text.trim()) return;
    const run = runOf(text);
    if (!run) this.fault("That is no link to a run: copy the address of its page, which has “run=…” in it.");
    else if (run === this.ctx.run()) this.fault("That is the run on the screen; choose another.");
    else { this.choose(run); this.field.value = ""; }
  }

  fault(text) {
    this.note.textContent = text;
    this.note.hidden = false;
  }

  // ---- requests ----------------------------------------------------------------------------------------------------------------

  /** The list of runs is asked for again when something happens here, at most every five seconds. */
  wantedList() {
    return this.shown ? `${this.ctx.run()}|${Math.floor(performance.now() / 5000)}` : null;
  }

  async list(signal) {
    const wanted = this.wantedList();
    this.runs = await this.ctx.data.post("/nnviz/runs", { visitor: this.ctx.visitor() }, { signal });
    this.options();
    this.draw();
    return wanted;
  }

  /** B is asked for again only while it trains. */
  wanted() {
    if (!this.shown || !this.other) return null;
    const about = this.runs.find((r) => r.run === this.other);
    return !about || TERMINAL.has(about.status) ? this.other : `${this.other}|${Math.floor(performance.now() / 3000)}`;
  }

  async fetch(signal) {
    const wanted = this.wanted();
    this.frame = await this.ctx.data.frame(`/nnviz/predictions?run=${encodeURIComponent(this.other)}`, { signal });
    this.note.hidden = true;
    this.draw();
    return wanted;
  }

  options() {
    const known = this.runs.filter((r) => r.run !== this.ctx.run());
    const key = JSON.stringify(known.map((r) => [r.run, r.title, r.accuracy, r.status]));
    if (key === this.optionsKey) return;
    this.optionsKey = key;
    const text = (r) => [r.title, r.accuracy == null ? r.status : percent(r.accuracy), new Date(typeof r.created === "number" ? r.created * 1000 : r.created).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })].join(" · ");
    const pasted = this.other && !known.some((r) => r.run === this.other) ? [element("option", { value: this.other }, `run ${this.other.slice(0, 8)}`)] : [];
    this.select.replaceChildren(element("option", { value: "" }, known.length ? "choose a run" : "no other run yet"), ...pasted, ...known.map((r) => element("option", { value: r.run }, text(r))));
    this.select.value = this.other ?? "";
  }

  // ---- drawing -------------------------------------------------------------------------------------------------------------------

  draw() {
    const mine = this.ctx.predictions();
    const known = this.runs.filter((r) => r.run !== this.ctx.run()).length;
    this.hint.textContent = !this.ctx.run() ? "Press Train: the run on the screen is A." : this.other ? (this.frame ? "" : "Fetching its answers …")
      : known ? "Choose a run of yours, or paste the link of somebody else's." : "Train, change one thing, train again: then the two can be compared here. Or paste somebody else's link.";
    this.hint.hidden = !this.hint.textContent;
    const ready = Boolean(this.ctx.run() && mine && this.frame && this.ctx.data.labels);
    this.result.hidden = !ready;
    const key = ready ? [mine.run, mine.step, mine.meta.fresh, this.frame.run, this.frame.step, this.frame.meta.fresh, this.ctx.theme().key].join() : null;
    if (!ready || key === this.drawnKey) return;
    this.drawnKey = key;
    try {
      this.sides = sides(mine, this.frame, this.ctx.data.labels);
    } catch (error) {
      this.result.hidden = true;
      this.fault(error.message);
      return;
    }
    this.drawCounts(mine, this.frame);
    if (!this.gallery.matches(":hover, :focus-within") || this.gallery.dataset.of !== this.other) this.drawGallery();
  }

  drawCounts(a, b) {
    const { both, onlyA, onlyB, neither } = this.sides, n = both.length + onlyA.length + onlyB.length + neither.length;
    const about = (name, frame, right) => `${name}: ${percent(right / n)} at step ${frame.step.toLocaleString("en")}`;
    this.names.textContent = `${about("A", a, both.length + onlyA.length)}; ${about("B", b, both.length + onlyB.length)}, on ${n.toLocaleString("en")} digits that both were tested on.`;
    const cell = (rows, tag = "td") => element(tag, {}, rows.length.toLocaleString("en"));
    const row = (...cells) => element("tr", {}, ...cells);
    this.table.replaceChildren(
      element("caption", {}, "How many digits"),
      row(element("td"), element("th", { scope: "col" }, "B right"), element("th", { scope: "col" }, "B wrong")),
      row(element("th", { scope: "row" }, "A right"), cell(both), cell(onlyA)), row(element("th", { scope: "row" }, "A wrong"), cell(onlyB), cell(neither)));
    this.words.textContent = verdict(onlyA.length, onlyB.length);
    Object.assign(this.box.dataset, { onlyA: onlyA.length, onlyB: onlyB.length, both: both.length, neither: neither.length, p: mcnemar(onlyA.length, onlyB.length) });
    for (const [name, title] of GROUPS) this.buttons[name].textContent = `${title} (${this.sides[name].length.toLocaleString("en")})`;
  }

  turn(by) {
    this.page += by;
    this.drawGallery();
  }

  drawGallery() {
    const rows = this.sides[this.group], names = this.ctx.classNames(), pages = Math.max(1, Math.ceil(rows.length / PAGE));
    this.page = Math.max(0, Math.min(pages - 1, this.page));
    for (const [name, button] of Object.entries(this.buttons)) button.setAttribute("aria-pressed", String(name === this.group));
    const order = rows.map((r) => r.index), shown = rows.slice(this.page * PAGE, (this.page + 1) * PAGE);
    this.gallery.replaceChildren(...shown.map((r) => this.card(r, names, order)));
    this.gallery.dataset.of = this.other;
    label(this.gallery, `${shown.length} of ${rows.length} digits`);
    this.pager.hidden = pages < 2;
    this.at.textContent = `${this.page + 1} of ${pages}`;
    stop(this.back, "previous page", this.page === 0 && "this is the first");
    stop(this.on, "next page", this.page === pages - 1 && "this is the last");
  }

  card({ index, truth, a, b }, names, order) {
    const { data } = this.ctx, { height, width } = data.about ?? { height: 28, width: 28 }, name = (k) => names[k] ?? String(k);
    const picture = element("canvas", { width, height, role: "img", "aria-label": `digit ${index}, a ${name(truth)}: A says ${name(a)}, B says ${name(b)}` });
    const draw = () => data.draw(picture.getContext("2d"), index, 0, 0, height);
    if (!draw()) data.ready(index).then(draw, (error) => this.fault(error.message));
    return element("button", { type: "button", class: "nnl-card", title: `open digit ${index}`, onclick: () => this.ctx.open(index, order) },
      picture, element("span", {}, element("b", {}, name(truth)), `A ${name(a)} · B ${name(b)}`));
  }
}
