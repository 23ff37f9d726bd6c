// What this browser keeps of the lectures' experiments: what was guessed, the runs, what came out.

import { storage } from "../../kit/wire.js";

const KEY = "nnviz-lectures";

/**
 * @typedef {{x: number[], y: number[]}} Line
 * @typedef {number | Line} Value a number; of a choice its number, from 0; a curve
 * @typedef {{guess?: Value, group?: string, verdict?: string, quick?: boolean}} Kept
 */

/** @returns {Record<string, Kept>} by the experiments' ids */
export function kept() {
  try {
    const found = JSON.parse(storage(KEY) ?? "{}");
    return found && typeof found === "object" && !Array.isArray(found) ? found : {};
  } catch { return {}; }
}

/** @param {string} id @param {Kept} more */
export function keep(id, more) {
  const all = kept();
  storage(KEY, JSON.stringify({ ...all, [id]: { ...all[id], ...more } }));
}

const MARKS = { reproduced: "✓", better: "★", "not reproduced": "✗", "not judged": "○" };

/** What stands before an experiment in the list. @param {string | undefined} verdict */
export const mark = (verdict) => MARKS[/** @type {keyof typeof MARKS} */ (verdict)] ?? "–";

/**
 * The experiment that a page without one in its link opens: the first that is not done; to a new visitor the one that
 * is well known.
 * @param {{id: string}[]} recipes @param {Record<string, Kept>} known
 */
export function opened(recipes, known) {
  if (!Object.keys(known).length) return recipes.find(({ id }) => id === "B16") ?? recipes[0];
  return recipes.find(({ id }) => !known[id]?.verdict) ?? recipes[0];
}
