// The Recurrent room: a network reads a digit row by row. The training is as in Digits; of one digit the server tells
// the states after each row, what the network would answer there, one unit's sums, and the gradients back through time.

import { Bar } from "../../kit/bar.js";
import { codeFold } from "../../kit/code.js";
import { DigitData, request } from "../../kit/digit_data.js";
import { element, messageOf } from "../../kit/dom.js";
import { formula } from "../../kit/formula.js";
import { Note } from "../../kit/note.js";
import { judged, gallery } from "../../kit/predictions.js";
import { RequestQueue } from "../../kit/request_queue.js";
import { Room, component } from "../../kit/room.js";
import { RunClient } from "../../kit/run.js";
import { decodeFrame, fromBase64 } from "../../kit/wire.js";
import { LearningCurves } from "../digits/learning_curves.js";
import { DigitBox } from "./digit_box.js";
import { Maps } from "./maps.js";
import { UnitNumbers } from "./unit_numbers.js";
import { Unrolled } from "./unrolled.js";

/** @typedef {{frame: Frame, row: number, unit: number, names: string[], theme: Theme}} Reading what is drawn */

const EVERY = 60; // milliseconds of rest after an answer

class Recurrent extends Room {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host);
    this.given = data;
    /** @type {Frame | null} what the untrained network says of the digits */
    this.preview = null;
    /** @type {Frame | null} the newest answer */
    this.frame = null;
    this.data = new DigitData(data.data_query, data.split);
    this.dataKey = this.kind = "";
    this.drawn = 0;
    const client = (this.client = new RunClient({
      changed: () => this.ask(), say: (...words) => this.note.say(...words), view: data.view,
      views: ["predictions"], stills: true,
    }));
    this.note = new Note((kind) => client.way(kind));
    const bar = element("div", { class: "nnv-bar" });
    this.bar = new Bar(bar, client.actions, { test: true });
    const read = (/** @type {number} */ row) => this.read(row);
    const look = (/** @type {number} */ row, /** @type {number} */ unit) => this.look(row, unit);
    const move = (/** @type {number} */ rows, /** @type {number} */ units) => this.look(this.row + rows,
      this.client.view.unit + units); // from where the last key has led, drawn or not
    this.digit = new DigitBox({ read, move: (rows) => move(rows, 0), ask: () => this.ask(),
      open: (index) => client.setView({ digit: index }), wrong: () => this.wrong(), drawn: () => this.queue.poke() });
    this.maps = new Maps(look, move, () => this.ask());
    this.unrolled = new Unrolled(read);
    this.numbers = new UnitNumbers();
    this.formulas = element("div", { class: "nnr-formulas" });
    this.code = element("div", {});
    const said = "accuracy over the training";
    const accuracyChart = element("div", { class: "nnr-curve", role: "img", "aria-label": said });
    const charts = element("div", {}, accuracyChart, element("div", { hidden: true }));
    const panel = (/** @type {string} */ name, /** @type {Node[]} */ ...content) => element("section",
      { class: "nnr-panel", "aria-label": name }, element("header", {}, element("b", {}, name)), ...content);
    this.mount(element("div", { class: "nnv nnr" }, bar, this.note.root,
      element("div", { class: "nnr-body" },
        element("div", { class: "nnr-left" }, this.digit.root,
          panel("Accuracy over the training", charts)),
        element("div", { class: "nnr-right" },
          panel("What it would answer if it stopped there", this.maps.answers.element, this.maps.said),
          panel("Its state after each row", this.maps.choose, this.maps.states.element),
          panel("The network unrolled", this.unrolled.root),
          element("div", { class: "nnr-pair" },
            panel("One unit in numbers", this.formulas, this.numbers.root),
            panel("The gradient back through the rows", this.maps.gradient.element, this.maps.reach)))),
      this.code));
    this.curves = new LearningCurves(/** @type {any} */ ({ charts,
      boxes: { accuracyChart, lossChart: charts.lastElementChild } }), client, () => this.ask());
    this.queue = new RequestQueue([
      { name: "prepare", every: EVERY, wanted: () => this.digit.wanted(), run: (signal) => this.prepare(signal) },
      { name: "reading", every: EVERY, wanted: () => this.wanted(), run: (signal) => this.fetch(signal) },
    ], (error) => { if (!error.retry) client.say(messageOf(error), "error"); });
  }

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data;
    this.dress(data);
    this.given = data;
    if (this.client.receive(given, () => this.adopt(data))) this.ask();
  }

  /** Another setting: maybe other digits. @param {any} data */
  adopt(data) {
    const frames = data.preview.map((/** @type {string} */ text) => decodeFrame(fromBase64(text)));
    this.preview = frames.find((/** @type {Frame} */ frame) => frame.view === "predictions") ?? null;
    if (this.preview) this.preview.serial = ++this.client.serial;
    this.frame = null;
    const key = `${data.data_query}&split=${data.split}`;
    if (key === this.dataKey) return;
    this.dataKey = key;
    this.data = new DigitData(data.data_query, data.split);
    this.data.onload = () => this.ask();
    this.data.info().catch((error) => this.client.say(messageOf(error), "error"));
    this.digit.clear();
  }

  // ---- what the visitor does ----------------------------------------------------------------------------------------

  get rows() { return this.frame?.meta.rows ?? this.data.about?.height ?? 0; }

  /** How many rows have been read. */
  get row() { return Math.min(this.client.view.row ?? this.rows, this.rows); }

  get index() { return this.client.view.digit ?? 0; }

  /** @param {number} row */
  read(row) {
    const to = Math.max(0, Math.min(this.rows, row));
    this.client.setView({ row: to === this.rows ? null : to });
  }

  /** @param {number} row @param {number} unit */
  look(row, unit) {
    const to = Math.max(0, Math.min(this.rows, row)), most = (this.frame?.meta.units ?? 1) - 1;
    this.client.setView({ row: to === this.rows ? null : to, unit: Math.max(0, Math.min(most, unit)) });
  }

  /** The numbers of the digits that the network gets wrong, as far as they have been judged. */
  wrong() {
    const shown = judged(this.client.shown() ?? this.preview, this.data.labels);
    return shown ? gallery(shown, { sort: "index" }).map(({ index }) => index) : [];
  }

  // ---- what is asked ------------------------------------------------------------------------------------------------

  get run() { return this.client.run?.pending ? null : this.client.run?.id ?? null; }

  /** Which network reads, and at which step. */
  who() {
    const { client, run } = this;
    if (!run) return JSON.stringify(client.spec);
    return `${run} ${client.filmAt ?? client.shown()?.step ?? 0} ${client.filmAt === null ? "now" : "film"}`;
  }

  /** @returns {string | null} */
  wanted() {
    const { client, data } = this, own = this.digit.own;
    if (!client.spec || !data.about || (this.digit.drawing && !own)) return null;
    return `${this.who()}|${own ? `own ${own.number}` : this.index}|${client.view.unit}`;
  }

  /** @param {AbortSignal} signal */
  async fetch(signal) {
    const { client, run, data, index, digit: { own } } = this, film = client.filmAt, { unit } = client.view;
    const who = this.who(), digit = Math.min(index, (data.about?.n ?? 1) - 1);
    const what = own ? { pixels: own.pixels } : { digit, split: data.split };
    const body = { ...(run ? { run, step: film } : { spec: client.spec }), ...what, unit };
    const read = (/** @type {Response} */ response) => response.arrayBuffer();
    const frame = decodeFrame(await request("/nnviz/recurrence", read, { body, signal }));
    frame.serial = ++client.serial;
    this.frame = frame;
    this.ask();
    const now = run && film === null ? `${run} ${frame.step} now` : who;
    return `${now}|${own ? `own ${own.number}` : index}|${unit}`;
  }

  /** A drawing, made like the training digits. @param {AbortSignal} signal */
  async prepare(signal) {
    const { wanted } = this.digit.picture(), name = this.client.spec?.data.name;
    const body = { image: this.digit.pad?.png(), name };
    const made = await this.data.post("/nnviz/handwriting", body, { signal, finish: true });
    this.digit.prepared(made, wanted);
    this.ask();
    return wanted;
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  draw() {
    const { client, given, theme, frame, data, root } = this, { run, status, view } = client;
    if (!root.isConnected || !client.spec) return;
    client.refreshFilm();
    const newest = client.shown() ?? this.preview, names = given.class_names.map(String);
    const last = (run && client.lastRow(client.filmAt ?? undefined)) || given.untrained;
    this.bar.draw(client, last, { test: newest });
    this.queue.poke();
    this.digit.draw({ data, index: this.index, row: this.row, rows: this.rows, names, present: view.present });
    if (window.Plotly) this.curves.draw(newest, given, theme, ["accuracy"]);
    if (frame) {
      const now = { frame, row: this.row, unit: frame.meta.unit, names, theme };
      this.maps.draw(now);
      this.unrolled.draw({ ...now, pixels: frame.meta.first ? this.digit.pixels(data, this.index) : null });
      this.numbers.draw(now);
      this.tell(frame.meta.kind);
      const seen = `${frame.meta.label ?? "own"}`;
      Object.assign(root.dataset, { step: frame.step, row: this.row, unit: frame.meta.unit, kind: frame.meta.kind,
        label: seen, predicted: frame.meta.predicted, rows: frame.meta.rows });
    }
    Object.assign(root.dataset, { run: run?.id ?? "", status, digit: this.digit.own ? "own" : this.index,
      frame: ++this.drawn, charts: this.maps.ready, film: client.filmAt ?? "" });
    this.plotly(client.say);
    client.live.drawn();
  }

  /** Formulas and code of the layer. @param {string} kind */
  tell(kind) {
    if (this.kind === kind) return;
    this.kind = kind;
    const { formulas, codes } = this.given.words;
    const named = kind === "lstm" ? ["gates", "candidate", "lstm", "back_lstm"] : ["simple_rnn", "back"];
    this.formulas.replaceChildren(...named.map((name) => formula(formulas[name])));
    this.code.replaceChildren(codeFold(codes[kind]));
  }

  dispose() {
    super.dispose();
    this.client.close();
    this.queue.dispose();
    this.bar.dispose();
    this.digit.dispose();
    this.maps.purge();
    this.curves.purge();
  }
}

export const { render, dispose } = component(Recurrent);
