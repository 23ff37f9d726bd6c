// What a run's status is called on a page.

import { JOB, STATUS_WORDS } from "../schema.js";
import { count } from "./numbers.js";

/** @param {{spec: Spec | null, status: string}} run */
export const statusWords = ({ spec, status }) => STATUS_WORDS[spec?.job ?? JOB]?.[status] ?? status;

/**
 * What is said of a run that has ended by itself; nothing where there is nothing to say.
 * @param {any} finished the event; a job that is no training counts no epochs @param {any} spec
 */
export function endWords({ reason, epochs }, spec) {
  if (reason === "target") return "The target loss is reached.";
  if (reason === "early_stopping") return "Early stopping: no improvement any more.";
  if (reason !== "epochs" || epochs === undefined) return "";
  if (spec?.model?.family === "svm") return "The SVM is fitted.";
  return epochs === 1 ? "The epoch is done." : `All ${count(epochs)} epochs are done.`;
}
