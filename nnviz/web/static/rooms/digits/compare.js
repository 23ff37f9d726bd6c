// The same digits under two runs: which ones the other run gets right that this one gets wrong, and the other way
// round.

import { Fault, why } from "./look_parts.js";
import { button, canvas, choice, element, label, messageOf, options, stop, stylesheet, write } from "../../kit/dom.js";
import { context2d } from "../../kit/pictures.js";
import { count, moment, percent } from "../../kit/numbers.js";
import { sides } from "./sides.js";
import { verdict } from "../../kit/verdict.js";
import { TERMINAL } from "../../kit/run.js";
import { RequestQueue } from "../../kit/request_queue.js";

/** @typedef {import("./sides.js").Sides} Sides */
/**
 * @typedef {{run: string, title: string, status: string, accuracy: number | null, created: number}} Known a run in the
 *   list
 */

const PAGE = 60;
/** @type {[keyof Sides, string, string][]} */
const GROUPS = [
  ["onlyB", "B fixes", "right in B, wrong in A"], ["onlyA", "B breaks", "right in A, wrong in B"],
  ["neither", "Both wrong", "wrong in both"], ["both", "Both right", "right in both"],
];
const ID = /^[\w-]{1,64}$/;

/** The run that a pasted link or id names; null where there is none. @param {string} text */
function runOf(text) {
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
  /** @param {HTMLElement} root @param {import("./digits.js").Context} ctx */
  constructor(root, ctx) {
    this.ctx = ctx;
    this.shown = false;
    /** @type {string | null} run B */
    this.other = null;
    /** @type {Frame | null} its answers */
    this.frame = null;
    /** @type {keyof Sides} */
    this.group = "onlyB";
    this.page = 0;
    /** @type {Known[]} */
    this.runs = [];
    /** @type {string | null} */
    this.drawnKey = null;
    /** @type {Sides | null} */
    this.sides = null;
    this.judged = ""; // of how many digits each alone has right the words are
    stylesheet("rooms/digits/detail.css");
    this.select = choice("run B, to compare with", [], (run) => this.choose(run || null), {
      onfocus: () => this.requests.poke(),
    });
    this.field = element("input", {
      type: "text", placeholder: "or paste a link", "aria-label": "link or id of another run",
      onchange: () => this.paste(),
    });
    this.fault = new Fault();
    this.names = element("p", { class: "nnl-words" });
    this.table = element("table", { class: "nnl-fourfold" });
    this.words = element("p", { class: "nnl-verdict", role: "status" });
    const open = (/** @type {keyof Sides} */ group) => { Object.assign(this, { group, page: 0 }); this.drawGallery(); };
    this.buttons = GROUPS.map(([name, , title]) => button("", title, () => open(name)));
    this.gallery = element("div", { class: "nnl-gallery" });
    this.back = button("‹ previous", "", () => this.turn(-1));
    this.at = element("span");
    this.on = button("next ›", "", () => this.turn(1));
    this.pager = element("div", { class: "nnl-tools" }, this.back, this.at, this.on);
    this.result = element("div", { hidden: true }, this.names,
      element("div", { class: "nnl-counts" }, this.table, element("div", {}, this.words,
        why("Only the digits on which exactly one of the two is right tell them apart (McNemar's exact test). Two "
          + "accuracies alone would hide that they were measured on the same digits."))),
      element("div", { class: "nnl-tools", role: "group", "aria-label": "which digits" }, ...this.buttons),
      this.gallery, this.pager);
    this.hint = element("p", { class: "nnl-words" });
    const head = element("header", { class: "nnl-tools" }, element("h4", {}, "This run (A) with another (B)"));
    head.append(this.select, this.field);
    this.box = element("div", { class: "nnl nnl-compare" }, head, this.fault.root, this.hint, this.result);
    root.replaceChildren(this.box);
    this.requests = new RequestQueue([
      { name: "runs", every: 5000, wanted: () => this.wantedList(), run: (signal) => this.list(signal) },
      { name: "other", every: 3000, wanted: () => this.wanted(), run: (signal) => this.fetch(signal) },
    ], (error, { name }) => { if (name === "other") this.fault.say(messageOf(error)); });
  }

  // ---- life ---------------------------------------------------------------------------------------------------------

  show() {
    this.shown = true;
    this.ctx.data.info().then(() => this.refresh(), (error) => this.fault.say(messageOf(error)));
    this.refresh();
  }

  hide() {
    this.shown = false;
    this.requests.stop();
  }

  dispose() {
    this.hide();
    this.requests.dispose();
  }

  refresh() {
    if (!this.shown) return;
    if (this.other && this.other === this.ctx.run()) this.choose(null);
    this.requests.poke();
    this.draw();
  }

  /** @param {string | null} run */
  choose(run) {
    Object.assign(this, { other: run, frame: null, page: 0, drawnKey: null });
    this.fault.say();
    if (this.select.value !== (run ?? "")) this.select.value = run ?? "";
    this.requests.restart();
    this.draw();
  }

  paste() {
    const text = this.field.value;
    if (!text.trim()) return;
    const run = runOf(text);
    if (!run) this.fault.say("That is no link to a run: copy the address of its page, which has “run=…” in it.");
    else if (run === this.ctx.run()) this.fault.say("That is the run on the screen; choose another.");
    else { this.choose(run); this.field.value = ""; }
  }

  // ---- requests -----------------------------------------------------------------------------------------------------

  /** The list of runs is asked for again when something happens here, at most every five seconds. */
  wantedList() {
    return this.shown ? `${this.ctx.run()}|${Math.floor(performance.now() / 5000)}` : null;
  }

  /** @param {AbortSignal} signal */
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

  /** @param {AbortSignal} signal */
  async fetch(signal) {
    const wanted = this.wanted(), run = encodeURIComponent(this.other ?? "");
    this.frame = await this.ctx.data.frame(`/nnviz/predictions?run=${run}`, { signal });
    this.fault.say();
    this.draw();
    return wanted;
  }

  options() {
    const { other } = this, known = this.runs.filter((r) => r.run !== this.ctx.run());
    const text = (/** @type {Known} */ r) =>
      [r.title, r.accuracy == null ? r.status : percent(r.accuracy), moment(r.created)].join(" · ");
    const pasted = other && !known.some((r) => r.run === other) ? [[other, `run ${other.slice(0, 8)}`]] : [];
    const first = ["", known.length ? "choose a run" : "no other run yet"];
    options(this.select, /** @type {import("../../kit/dom.js").Option[]} */ (
      [first, ...pasted, ...known.map((r) => [r.run, text(r)])]));
    this.select.value = other ?? "";
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  draw() {
    const mine = this.ctx.predictions();
    const known = this.runs.filter((r) => r.run !== this.ctx.run()).length;
    write(this.hint, !this.ctx.run() ? "Press Train: the run on the screen is A."
      : this.other ? (this.frame ? "" : "Fetching its answers …")
        : known ? "Choose a run of yours, or paste the link of somebody else's."
          : "Train, change one thing, train again: then the two can be compared here. Or paste somebody else's link.");
    this.hint.hidden = !this.hint.textContent;
    const { frame, ctx: { data: { labels } } } = this, ready = this.ctx.run() && mine && frame && labels;
    this.result.hidden = !ready;
    if (!ready) { this.drawnKey = null; return; }
    const key = [mine, frame].flatMap((f) => [f.run, f.step, f.meta.n]).concat(this.ctx.theme().key).join();
    if (key === this.drawnKey) return;
    this.drawnKey = key;
    try {
      this.sides = sides(mine, frame, labels);
    } catch (error) {
      this.result.hidden = true;
      this.fault.say(messageOf(error));
      return;
    }
    this.drawCounts(this.sides, mine, frame);
    if (!this.gallery.matches(":hover, :focus-within") || this.gallery.dataset.of !== this.other) this.drawGallery();
  }

  /** @param {Sides} found @param {Frame} a @param {Frame} b */
  drawCounts(found, a, b) {
    const { both, onlyA, onlyB, neither } = found, n = both.length + onlyA.length + onlyB.length + neither.length;
    const about = (/** @type {string} */ name, /** @type {Frame} */ frame, /** @type {number} */ right) =>
      `${name}: ${percent(right / n)} at step ${count(frame.step)}`;
    const [ofA, ofB] = [about("A", a, both.length + onlyA.length), about("B", b, both.length + onlyB.length)];
    this.names.textContent = `${ofA}; ${ofB}, on ${count(n)} digits that both were tested on.`;
    const cell = (/** @type {unknown[]} */ rows) => element("td", {}, count(rows.length));
    const head = (/** @type {string} */ scope, /** @type {string} */ text) => element("th", { scope }, text);
    const row = (/** @type {Node[]} */ ...cells) => element("tr", {}, ...cells);
    this.table.replaceChildren(
      element("caption", {}, "How many digits"), row(element("td"), head("col", "B right"), head("col", "B wrong")),
      row(head("row", "A right"), cell(both), cell(onlyA)), row(head("row", "A wrong"), cell(onlyB), cell(neither)));
    Object.assign(this.box.dataset, {
      onlyA: onlyA.length, onlyB: onlyB.length, both: both.length, neither: neither.length,
    });
    this.judge(onlyA.length, onlyB.length);
    GROUPS.forEach(([name, title], i) => write(this.buttons[i], `${title} (${count(found[name].length)})`));
  }

  /** Whether the difference may be chance. @param {number} a @param {number} b digits that only A, only B has right */
  async judge(a, b) {
    const key = `${a} ${b}`;
    if (key === this.judged) return;
    this.judged = key;
    try {
      const { p, words } = await verdict(a, b);
      if (key !== this.judged) return; // they have been tested again
      this.words.textContent = words;
      this.box.dataset.p = String(p);
    } catch (error) {
      this.judged = "";
      this.fault.say(messageOf(error));
    }
  }

  /** @param {number} by */
  turn(by) {
    this.page += by;
    this.drawGallery();
  }

  drawGallery() {
    const rows = this.sides?.[this.group] ?? [], names = this.ctx.classNames();
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    this.page = Math.max(0, Math.min(pages - 1, this.page));
    GROUPS.forEach(([name], i) => this.buttons[i].setAttribute("aria-pressed", String(name === this.group)));
    const order = rows.map((r) => r.index), shown = rows.slice(this.page * PAGE, (this.page + 1) * PAGE);
    this.gallery.replaceChildren(...shown.map((r) => this.card(r, names, order)));
    this.gallery.dataset.of = this.other ?? "";
    label(this.gallery, `${shown.length} of ${rows.length} digits`);
    this.pager.hidden = pages < 2;
    this.at.textContent = `${this.page + 1} of ${pages}`;
    stop(this.back, "previous page", this.page === 0 && "this is the first");
    stop(this.on, "next page", this.page === pages - 1 && "this is the last");
  }

  /** @param {Sides["both"][number]} digit @param {string[]} names @param {number[]} order */
  card({ index, truth, a, b }, names, order) {
    const { data } = this.ctx, { height, width } = data.about ?? { height: 28, width: 28 };
    const name = (/** @type {number} */ k) => names[k] ?? String(k);
    const picture = canvas(`digit ${index}, a ${name(truth)}: A says ${name(a)}, B says ${name(b)}`, { width, height });
    const draw = () => data.draw(context2d(picture), index, 0, 0, height);
    if (!draw()) data.ready(index).then(draw, (error) => this.fault.say(messageOf(error)));
    const card = button("", `open digit ${index}`, () => this.ctx.open(index, order), { class: "nnl-card" });
    card.append(picture, element("span", {}, element("b", {}, name(truth)), `A ${name(a)} · B ${name(b)}`));
    return card;
  }
}
