// A row of the table: what each of its cells says.

import { element } from "../../kit/dom.js";
import { count, epochs, moment, number, percent } from "../../kit/numbers.js";
import { ALIVE, STATUS_MARKS } from "../../schema.js";

/** @typedef {Record<string, any>} Run a row as nnviz/store/table.py makes it */
/** @typedef {{last: number, best: number, low: number | null, high: number | null, best_low: number | null,
 *   best_high: number | null, n: number | null}} Score */

/** @param {string} status */
const word = (status) => (status === "running" ? "training" : status);

/** @param {Run} run */
export const isAlive = (run) => ALIVE.includes(run.status);

/** The address of a run in its room. @param {Run} run @param {Record<string, string>} rooms name → title */
export const link = (run, rooms) => `/${run.room && rooms[run.room] ? run.room : ""}?run=${run.run}`;

/** "97.9–98.5 %", or nothing. @param {number | null} low @param {number | null} high */
const interval = (low, high) => (low === null || high === null ? ""
  : `${percent(low).replace(" %", "")}–${percent(high)}`);

/**
 * The best accuracy with its interval, and the last one where that is another; of a regression the loss.
 * @param {Score | null} score @param {number | null} loss
 */
function accuracy(score, loss) {
  if (!score) return loss == null ? "–" : element("span", {}, "loss ", element("b", {}, number(loss, 3)));
  const { last, best, low, high, best_low: bestLow, best_high: bestHigh, n } = score;
  const falls = best !== last, edges = interval(bestLow, bestHigh);
  const of = n ? `, on ${count(n)} samples` : "";
  const behind = n ? ". Behind it the interval in which the true accuracy lies in 95 of 100 cases (Wilson)" : "";
  const title = `best ${percent(best, 2)} ${edges}, last ${percent(last, 2)} ${interval(low, high)}${of}${behind}`;
  const second = falls ? `last ${percent(last)}` : edges;
  return element("span", { title }, element("b", {}, percent(best)), element("small", {}, second));
}

/** @param {number} from when it began, seconds since 1970 */
function ago(from) {
  const seconds = Date.now() / 1000 - from;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 24 * 3600 ? `${Math.floor(seconds / 3600)} h ago` : moment(from);
}

/** @param {number | null} seconds */
const span = (seconds) => (seconds == null ? "–"
  : seconds < 100 ? `${seconds.toFixed(1)} s` : seconds < 6000 ? `${(seconds / 60).toFixed(1)} min`
    : `${(seconds / 3600).toFixed(1)} h`);

/** What stands below a title. @param {Run} run @param {Record<string, string>} rooms */
function below(run, rooms) {
  const parts = [];
  if (run.name) parts.push(element("span", { class: "nnr-auto" }, run.auto));
  if (run.parent) {
    const at = run.parent_step === null ? "" : ` at step ${count(run.parent_step)}`;
    const of = run.parent_title ?? "a run that is gone";
    const title = `It began with the weights of “${of}”${at}`;
    parts.push(element("a", { class: "nnr-fork", href: link({ run: run.parent, room: run.room }, rooms), title },
      `↳ from ${of}${at}`));
  }
  if (run.of_group) parts.push(element("span", { class: "nnr-of" }, `⊞ ${run.group_title || "a group"}`));
  parts.push(...run.tags.map((/** @type {string} */ tag) => element("span", { class: "nnr-tag" }, tag)));
  if (run.note) parts.push(element("span", { class: "nnr-note", title: run.note }, `✎ ${run.note}`));
  return parts;
}

/**
 * @typedef {{name: string, title: string, about: string, sort: string | null,
 *   cell: (run: Run, rooms: Record<string, string>) => Node | string}} Column
 */

/** @type {Column[]} in their order on the screen; `sort`: the column of the store that a click on the head sorts by */
export const COLUMNS = [
  {
    name: "title", title: "Run", sort: "title", about: "a name of yours, else its setting in words",
    cell: (run, rooms) => element("div", { class: "nnr-run" },
      element("i", { style: `background:${run.color}`, title: "the colour of its curve" }),
      element("div", {}, element("a", { href: link(run, rooms), class: "nnr-open", tabindex: -1, title: run.title },
        run.title), element("small", {}, ...below(run, rooms)))),
  },
  {
    name: "status", title: "Status", sort: "status", about: "how it stands, or how it ended",
    cell: ({ status }) => element("span", { class: "nnr-status", "data-status": status },
      element("i", { "aria-hidden": "true" }, STATUS_MARKS[status] ?? "•"), word(status)),
  },
  { name: "room", title: "Room", sort: "room", about: "where it was started",
    cell: ({ room }, rooms) => rooms[room] ?? "command line" },
  {
    name: "words", title: "Architecture", sort: "words",
    about: "from the inputs to the outputs; below the layers that learn",
    cell: ({ words, layers }) => element("span", { title: words }, words || "–",
      element("small", {}, layers === null ? "" : `${count(layers)} layer${layers === 1 ? "" : "s"}`)),
  },
  { name: "parameters", title: "Parameters", sort: "parameters", about: "numbers that are learned",
    cell: ({ parameters }) => (parameters === null ? "–" : count(parameters)) },
  { name: "train", title: "Training", sort: "train_best", about: "accuracy on the training samples, the best one",
    cell: ({ train, loss }) => accuracy(train, loss) },
  { name: "val", title: "Validation", sort: "val_best",
    about: "accuracy on samples that training never sees, the best one; below its interval, or the last one",
    cell: ({ val, val_loss: loss }) => accuracy(val, loss) },
  { name: "test", title: "Test", sort: "test_best",
    about: "accuracy on the samples kept apart for the test, the best one; below its interval, or the last one",
    cell: ({ test }) => accuracy(test, null) },
  { name: "epochs", title: "Epochs", sort: "epochs", about: "times that every training sample was used",
    cell: (run) => (run.epochs == null ? "–" : epochs(run.epochs)) },
  { name: "seconds", title: "Time", sort: "seconds", about: "of training, without pauses",
    cell: ({ seconds }) => span(seconds) },
  { name: "created", title: "When", sort: "created", about: "when it was started",
    cell: ({ created }) => element("span", { title: moment(created) }, ago(created)) },
];

/** A run in one sentence, for who does not see the table. @param {Run} run */
export function spoken(run) {
  const { title, status, test, val } = run;
  const held = test ?? val;
  const said = held ? `, ${test ? "test" : "validation"} accuracy ${percent(held.best)}` : "";
  return `${title}, ${word(status)}${said}`;
}
