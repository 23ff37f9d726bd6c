// The curves of a run on images, or what a fitted SVM scores on each set.

import { Chart } from "../../figures/chart.js";
import { RunBefore, trained } from "../../kit/before.js";
import { Pace } from "../../kit/pace.js";
import { sizeOf } from "../../figures/tiles.js";

export class LearningCurves {
  /**
   * @param {import("./digits_panels.js").DigitsPanels} panels
   * @param {import("../../kit/run.js").RunClient} client @param {() => void} ask draw again
   */
  constructor({ charts, boxes }, client, ask) {
    this.client = client;
    this.pace = new Pace(ask);
    this.took = 0; // milliseconds, the last drawing
    this.charts = {
      accuracy: new Chart(boxes.accuracyChart, "curves", { drawn: ask }),
      loss: new Chart(boxes.lossChart, "curves", { drawn: ask }),
    };
    this.before = new RunBefore(charts.previousElementSibling, client);
  }

  /**
   * With every evaluation; else, while only the training's curve grows, three times a second.
   * @param {Frame | null} newest @param {any} given what Python says of the setting @param {Theme} theme
   * @param {("accuracy" | "loss")[]} wanted
   */
  draw(newest, given, theme, wanted) {
    const { client } = this, { history, view, before, filmAt: film, svm } = client;
    const mark = film === null ? undefined : client.lastRow(film)?.[view.axis];
    const told = film === null ? newest : client.frames.predictions ?? newest; // the film moves the mark, not the curve
    const sizes = wanted.map((what) => sizeOf(this.charts[what].element));
    const reference = this.before.draw((past) => (svm ? null : trained(past)));
    const key = [
      before?.label, before?.history?.step.length, theme.key, view, mark, client.run?.id, client.status, wanted, sizes,
      told?.serial,
    ];
    if (!this.pace.due(key, [history.step.length, history.step.at(-1)])) return;
    const began = performance.now(), tested = client.run ? told?.meta : null, { counts, loss_name } = given;
    const marks = mark === undefined ? [] : [mark], { axis, log, smooth } = view;
    const fitted = "Press Train: the accuracies stand here when it is fitted";
    const scores = { scores: svm && this.scores(counts, tested), hint: fitted };
    const curves = { history, tested, validation: counts.validation, loss_name, marks,
      hint: "Press Train: the curves grow from here" };
    for (const what of wanted) {
      const chart = this.charts[what];
      chart.name = svm ? "scores" : "curves";
      chart.draw(svm ? scores : curves, theme, svm ? { what } : { what, axis, log, smooth }, undefined, reference);
    }
    this.took = Math.min(100, performance.now() - began);
  }

  /**
   * What a fitted SVM scores on each set; of the training images maybe only the first are judged.
   * @param {{train: number, validation: number}} counts @param {any} tested
   */
  scores({ train, validation }, tested) {
    const { client } = this, row = client.lastRow();
    if (!row) return [];
    const samples = client.run?.result?.train?.n ?? train;
    const found = [{ name: "training", accuracy: row.accuracy, loss: row.loss, n: samples }];
    if (row.val_accuracy !== null)
      found.push({ name: "validation", accuracy: row.val_accuracy, loss: row.val_loss, n: validation });
    if (tested?.split === "test")
      found.push({ name: "test", accuracy: tested.accuracy, loss: tested.loss, n: tested.recent ?? tested.n });
    return found;
  }

  purge() {
    this.pace.stop();
    for (const chart of Object.values(this.charts)) chart.purge();
  }
}
