// What Plotly cannot draw by itself.

/**
 * A trace that Plotly can place. It cannot draw a second pair of axes on which there is nothing at all, and writes NaN
 * into their lines: where a trace of theirs is empty it gets a point that is nowhere.
 * @param {any} trace
 */
export function somewhere(trace) {
  const second = trace.xaxis && trace.xaxis !== "x", empty = second && trace.x?.length === 0 && trace.y?.length === 0;
  return empty ? { ...trace, x: [null], y: [null] } : trace;
}
