// What a visitor says before an experiment runs, and how near it was: words and numbers. Pure: no page.

import { count, number, percent, typed } from "../../kit/numbers.js";

/**
 * @typedef {import("./kept.js").Value} Value
 * @typedef {import("./kept.js").Line} Line
 * @typedef {{kind: "number" | "choice" | "curve", question: string, low: number, high: number, step: number,
 *   unit: string, options: string[], epochs: number, label: string, share: boolean}} Question
 */

export const POINTS = 21; // of a curve that is guessed

/** A number of a question as it is shown. @param {Question} question @param {number} value */
export function told({ unit, step }, value) {
  if (unit === "%") return percent(value, step < 0.001 ? 2 : 1);
  const whole = Number.isInteger(value) && Math.abs(value) >= 1000;
  return `${whole ? count(value) : typed(Number(value.toPrecision(5)), 6)}${unit ? ` ${unit}` : ""}`;
}

/** Whether what a browser has kept can be an answer to this question. @param {Question} question @param {any} value */
export function fits(question, value) {
  const { kind, low, high, options } = question;
  if (kind === "number") return Number.isFinite(value) && value >= low && value <= high;
  if (kind === "choice") return Number.isInteger(value) && value >= 0 && value < options.length;
  return Boolean(value) && [value.x, value.y].every((part) => Array.isArray(part) && part.length === POINTS
    && part.every(Number.isFinite));
}

/** A curve to begin with: level, in the middle. @param {Question} question @returns {Line} */
export function level({ epochs, low, high }) {
  const x = Array.from({ length: POINTS }, (_, i) => (epochs * i) / (POINTS - 1));
  return { x, y: x.map(() => (low + high) / 2) };
}

/**
 * The curve with the point nearest to `x` moved to `y`, and those between it and the one that was moved before.
 * @param {Question} question @param {Line} line @param {number} x @param {number} y
 * @param {{at: number, y: number} | null} before
 */
export function moved({ epochs, low, high }, line, x, y, before) {
  const at = Math.max(0, Math.min(POINTS - 1, Math.round((x / epochs) * (POINTS - 1))));
  const height = Math.max(low, Math.min(high, y)), ys = [...line.y];
  const from = before ?? { at, y: height }, way = Math.abs(at - from.at), side = Math.sign(at - from.at);
  for (let i = 1; i < way; i++) ys[from.at + side * i] = from.y + ((height - from.y) * i) / way;
  ys[at] = height;
  return { line: { x: line.x, y: ys }, at, y: height };
}

/** How far two curves are apart on average, over the epochs that both have. @param {Line} guess @param {Line} found */
export function apart(guess, found) {
  const end = found.x.at(-1) ?? 0, start = found.x[0] ?? 0;
  const both = guess.x.map((x, i) => ({ x, y: guess.y[i] })).filter(({ x }) => x >= start && x <= end);
  if (!both.length) return NaN;
  return both.reduce((sum, { x, y }) => sum + Math.abs(y - between(found, x)), 0) / both.length;
}

/** @param {Line} line @param {number} x within it */
function between({ x: xs, y: ys }, x) {
  const after = Math.max(1, xs.findIndex((one) => one >= x)), [a, b] = [xs[after - 1], xs[after] ?? xs[after - 1]];
  if (b === a) return ys[after - 1];
  return ys[after - 1] + ((ys[after] - ys[after - 1]) * (x - a)) / (b - a);
}

/**
 * The guess beside what came out, as a sentence.
 * @param {Question} question @param {Value | undefined} guess @param {any} answer as the server says it; null: none
 */
export function compared(question, guess, answer) {
  const { kind, options, share, low, high, step } = question;
  if (answer === null || answer === undefined) return guess === undefined ? "" : "Nothing came out to hold it against.";
  if (kind === "number") {
    const was = told(question, answer);
    if (typeof guess !== "number") return `It was ${was}.`;
    const near = Math.abs(guess - answer) <= Math.max(step, 0.05 * (high - low));
    return `You said ${told(question, guess)}, it was ${was}${near ? ": well guessed" : ""}.`;
  }
  if (kind === "choice") {
    if (typeof guess !== "number") return `It was “${options[answer]}”.`;
    return guess === answer ? `You said “${options[guess]}”, and so it was.`
      : `You said “${options[guess]}”, it was “${options[answer]}”.`;
  }
  if (typeof guess !== "object") return "";
  const off = apart(guess, { x: answer[0], y: answer[1] });
  return `Your curve is ${share ? percent(off) : number(off, 3)} beside the measured one on average.`;
}
