// The metrics of a run as columns, one entry for each row.

import { COLUMNS, JOB } from "../schema.js";

/** Columns of a spec's job without a row. @param {Spec | null} [spec] @returns {Columns} */
export const emptyHistory = (spec) => Object.fromEntries((COLUMNS[spec?.job ?? JOB] ?? ["step"]).map((c) => [c, []]));

/**
 * A row more. A step back in time (an edit while paused) replaces what it overtakes.
 * @param {Columns} history @param {Record<string, any>} row
 */
export function append(history, row) {
  const columns = Object.entries(history), { step } = history;
  while ((step.at(-1) ?? -1) >= row.step) for (const [, column] of columns) column.pop();
  for (const [name, column] of columns) column.push(row[name] ?? null);
  bound(history);
}

/**
 * Hours of training must not fill the page: beyond `most` rows every other one goes, but the last (the store has all).
 * @param {Columns} history
 */
export function bound(history, most = 4000) {
  const { length } = history.step;
  if (length <= most) return;
  for (const c of Object.keys(history)) history[c] = history[c].filter((_, i) => i % 2 === 0 || i === length - 1);
}

/**
 * The newest row, or the one nearest to a step before.
 * @param {Columns} history @param {number} [step] @returns {Row | null}
 */
export function lastRow(history, step = Infinity) {
  let n = history.step.length;
  while (n > 1 && (history.step[n - 1] ?? 0) > step) n--;
  return n ? Object.fromEntries(Object.entries(history).map(([name, column]) => [name, column[n - 1]])) : null;
}
