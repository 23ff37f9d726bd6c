// The room "Your model": a run that a script of the visitor's trains, seen as it comes. It starts nothing: without a
// run the page says what to put into the script, and shows the first one that begins.

import { Panel } from "./panel.js";
import { Boundary } from "../../figures/boundary.js";
import { Chart } from "../../figures/chart.js";
import { Confusion } from "../../figures/confusion.js";
import { DigitAlbum } from "../../figures/digit_album.js";
import { Filters } from "../../figures/filters.js";
import { Histograms } from "../../figures/statistics.js";
import { Pace } from "../../kit/pace.js";
import { PictureSheet } from "./picture_sheet.js";
import { Room, component } from "../../kit/room.js";
import { ScriptClient } from "./script_client.js";
import { TERMINAL } from "../../kit/run.js";

const VIEWS = ["filters", "predictions", "mistakes", "statistics", "plane", "data", "notes"];

class Model extends Room {
  /** @param {HTMLElement} host @param {any} data */
  constructor(host, data) {
    super(host);
    this.given = data;
    this.own = { layer: 0, histogram: 0, measure: "gradient" };
    this.waiting = false;
    this.described = "";
    const client = (this.client = new ScriptClient({
      changed: () => this.ask(), say: (...words) => this.panel.note.say(...words), view: data.view, views: VIEWS,
      stills: true,
    }));
    const { event } = client;
    client.event = (message) =>
      (message.event === "runs_changed" ? this.begun(message.rows) : event.call(client, message));
    this.panel = new Panel({
      play: () => client.play(), stop: () => client.command({ do: "stop" }), film: (at) => client.rewind(at),
      open: (run) => this.open(run), view: (changes) => client.setView(changes),
      look: (changes) => { Object.assign(this.own, changes); this.ask(); },
    });
    this.mount(this.panel.root);
    const { boxes } = this.panel, drawn = () => this.ask();
    this.pace = new Pace(drawn);
    this.charts = {
      accuracy: new Chart(boxes.accuracy, "curves", { drawn }), loss: new Chart(boxes.loss, "curves", { drawn }),
    };
    this.measure = new Chart(boxes.measure, "measures", { drawn });
    this.filters = new Filters(boxes.filters, () => {}, true);
    this.histograms = new Histograms(boxes.histogram);
    this.confusion = new Confusion(boxes.confusion, () => {});
    this.confusion.element.title = "";
    this.album = new DigitAlbum(boxes.mistakes, () => {}, "the surest mistakes first");
    this.boundary = new Boundary(boxes.plane, { sample: () => {}, zoomed: drawn });
    this.root.addEventListener("nnd-size", drawn);
  }

  /** @param {Component} given */
  receive(given) {
    const [data] = given.data;
    this.dress(data);
    this.given = data;
    if (!this.client.receive(given, () => {})) return;
    this.wait();
    this.ask();
  }

  /** Without a run the page hears of those that begin. */
  wait() {
    const waiting = !this.client.run;
    if (waiting === this.waiting) return;
    this.waiting = waiting;
    this.client.live.send({ do: "watch_table", on: waiting });
  }

  /** @param {any[]} rows of runs that have changed */
  begun(rows) {
    const found = rows.find(({ job, status }) => job === "keras" && !TERMINAL.has(status));
    if (found && !this.client.run) this.open(found.run);
  }

  /** @param {string} run */
  open(run) {
    this.client.follow(run);
    this.client.tellRun(run);
    this.wait();
    this.ask();
  }

  draw() {
    const { client, panel } = this, { run, history, view } = client;
    if (!this.root.isConnected) return;
    panel.empty.hidden = Boolean(run);
    panel.run.hidden = !run;
    panel.wait(this.given.snippet, this.given.newest);
    const spec = /** @type {any} */ (run?.spec);
    if (spec?.layers && this.described !== run?.id) {
      panel.describe(spec);
      this.described = run?.id ?? "";
    }
    const [tested, filters, statistics, plane, data, mistakes] =
      ["predictions", "filters", "statistics", "plane", "data", "mistakes"].map((name) => client.shown(name));
    const last = client.lastRow(client.filmAt ?? undefined);
    panel.draw(client, last, tested);
    panel.tellLeftOut(client.frames.notes?.meta.left_out ?? []);
    panel.showView(view, this.own, statistics?.meta.layers ?? []);
    const accurate = history.accuracy?.some((v) => v !== null) || Boolean(tested);
    panel.show({
      accuracy: accurate, loss: true, filters: Boolean(filters), confusion: Boolean(tested?.meta.matrix),
      mistakes: Boolean(mistakes), measure: Boolean(statistics), histogram: Boolean(statistics),
      plane: Boolean(plane && data),
    });
    this.root.dataset.curves = accurate ? "2" : "1";
    if (run) {
      client.refreshFilm();
      this.drawCurves(accurate, tested);
      this.drawFrames({ tested, filters, statistics, plane, data, mistakes });
    }
    Object.assign(this.root.dataset, {
      status: client.status, run: run?.id ?? "", step: last?.step ?? "",
      views: Object.keys(client.frames).sort().join(" "),
      charts: Boolean(this.charts.loss.drawn), mine: run?.mine ? "1" : "",
    });
    client.live.drawn();
  }

  /** @param {boolean} accurate @param {Frame | null} tested */
  drawCurves(accurate, tested) {
    const { client, theme } = this, { history, view, filmAt: film } = client;
    const mark = film === null ? undefined : client.lastRow(film)?.[view.axis];
    const told = film === null ? tested : client.frames.predictions ?? tested; // the film moves the mark, not the curve
    const key = [theme.key, view, mark, client.run?.id, client.status, accurate, this.root.clientWidth, told?.serial];
    if (!this.pace.due(key, [history.step.length, history.step.at(-1)])) return;
    const values = {
      history, tested: told?.meta, validation: null, loss_name: "loss", marks: mark == null ? [] : [mark],
      hint: "The curves begin with the script’s first steps",
    };
    const { axis, log, smooth } = view;
    if (accurate) this.charts.accuracy.draw(values, theme, { what: "accuracy", axis, log, smooth });
    this.charts.loss.draw(values, theme, { what: "loss", axis, log, smooth });
  }

  /** @param {Record<string, Frame | null>} frames */
  drawFrames({ tested, filters, statistics, plane, data, mistakes }) {
    const { theme, own, client: { view } } = this;
    if (filters) {
      this.filters.draw({ frame: filters, layer: own.layer, scale: view.scale, theme, marks: null, pinned: null });
    }
    if (statistics) {
      const choices = { measure: own.measure, axis: view.axis === "step" ? "step" : "epoch" };
      this.measure.draw({ arrays: statistics.arrays, meta: statistics.meta }, theme, choices, [statistics.serial]);
      this.histograms.draw({ frame: statistics, layer: own.histogram, axis: view.axis, theme });
    }
    if (tested?.meta.matrix) {
      const frame = Object.assign(tested, { truth: tested.arrays.labels.data });
      this.confusion.draw({ frame, theme, names: tested.meta.class_names });
    }
    if (mistakes) this.drawMistakes(mistakes);
    if (plane && data) {
      this.boundary.draw({ frame: plane, data, theme, view: { validation: false, discretize: false }, focus: null });
    }
  }

  /** @param {Frame} frame */
  drawMistakes(frame) {
    const { place, truth, predicted, sure } = frame.arrays, names = frame.meta.class_names;
    const rows = Array.from(place.data, (index, i) =>
      ({ index, truth: truth.data[i], predicted: predicted.data[i], sure: sure.data[i] / 255 }));
    const { total, n } = frame.meta;
    this.album.label = total ? `${total} of ${n} test samples are wrong; the surest first`
      : `no mistake among ${n} test samples`;
    const data = new PictureSheet(frame);
    this.album.draw({ rows, data, names, key: `${frame.run} ${frame.serial}`, theme: this.theme });
  }

  dispose() {
    super.dispose();
    this.client.close();
    this.panel.dispose();
    this.pace.stop();
    const { charts, measure, filters, histograms, confusion, album, boundary } = this;
    const all = [charts.accuracy, charts.loss, measure, filters, histograms, confusion, album, boundary];
    for (const one of all) one.purge();
  }
}

export const { render, dispose } = component(Model);
