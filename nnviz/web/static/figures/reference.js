// The run before, pale beside the one that is drawn: the same figure with its values, of which the lines are taken.

import { plain } from "./series.js";

const AHEAD = 1.25; // how far its curve may go on where the other one ends: else its length would press that together
const LONGEST = 60; // characters of its name in a legend
const PALE = 0.32;

/**
 * Its lines, to be drawn behind the run's own; what may be pointed at is the run's alone.
 * @param {any[]} traces of the figure with the values of the run before @param {any[]} own of the run
 * @param {{label: string, legend: boolean}} reference
 */
export function pale(traces, own, { label, legend }) {
  const end = Math.max(0, ...own.filter(isLine).map(({ x }) => Number(x?.at(-1) ?? 0)));
  const most = end ? AHEAD * end : Infinity, name = plain(label, LONGEST);
  const lines = traces.filter(isLine).map((trace) => within(trace, most)).filter(({ y }) => y.length > 1);
  return lines.map(({ text: _, customdata: __, ...trace }, i) => ({ ...trace, name, mode: "lines", opacity: PALE,
    hoverinfo: "skip", hovertemplate: null, showlegend: legend && i === 0,
    ...(legend && { legendgroup: "before" }) })); // a group would stack the entries of a legend that has none
}

/** A curve: no band, no marks, nothing that is filled. @param {any} trace */
const isLine = ({ type, mode, fill, line, y }) =>
  type === "scatter" && mode?.includes("lines") && (!fill || fill === "none") && line?.width !== 0 && y?.length > 0;

/** @param {any} trace @param {number} most */
function within(trace, most) {
  const { x, y } = trace;
  if (!x || most === Infinity) return trace;
  const n = x.findLastIndex((/** @type {number} */ v) => v <= most) + 1;
  return n === x.length ? trace : { ...trace, x: x.slice(0, n), y: y.slice(0, n) };
}
