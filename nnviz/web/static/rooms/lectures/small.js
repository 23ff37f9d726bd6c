// The small picture of an experiment in the list: its recorded curves, or, where it has none, the lecture's numbers and
// ours as bars.

import { svgNode } from "../../kit/dom.js";

const WIDTH = 84, HEIGHT = 44, EDGE = 3;

/** @typedef {{case: number, x: number[], y: number[]}} Line @typedef {{bars: (number | null)[]}} Claim */

/**
 * Curves as the "d" of paths, all on the same axes. Pure.
 * @param {Line[]} lines
 */
export function paths(lines) {
  const xs = lines.flatMap(({ x }) => x), ys = lines.flatMap(({ y }) => y);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  /** @param {number} v @param {number} low @param {number} high @param {number} size */
  const place = (v, low, high, size) => EDGE + ((size - 2 * EDGE) * (v - low)) / (high - low || 1);
  return lines.map(({ x, y }) => x.map((v, i) =>
    `${i ? "L" : "M"}${place(v, x0, x1, WIDTH).toFixed(1)} ${(HEIGHT - place(y[i], y0, y1, HEIGHT)).toFixed(1)}`)
    .join(""));
}

/**
 * Pairs of bars, the lecture's and ours, each pair as high as its larger one. Pure.
 * @param {Claim[]} claims @returns {{x: number, width: number, height: number, ours: boolean}[]}
 */
export function bars(claims) {
  const pairs = claims.map((one) => one.bars).filter((pair) => pair.every((v) => v !== null && v >= 0)).slice(0, 6);
  const wide = (WIDTH - 2 * EDGE) / Math.max(pairs.length, 1), width = Math.min(12, wide / 2.6);
  return pairs.flatMap((pair, i) => {
    const most = Math.max(...pair.map((v) => v ?? 0)) || 1, middle = EDGE + wide * (i + 0.5);
    return pair.map((v, j) => ({ x: middle + (j - 1) * width, width: width - 1, ours: j === 1,
      height: Math.max(1, ((HEIGHT - 2 * EDGE) * (v ?? 0)) / most) }));
  });
}

/**
 * @param {{lines: Line[], claims: Claim[]} | null} recorded @param {string[]} colors CSS, of the cases
 * @param {string} question what stands there where nothing is recorded
 */
export function small(recorded, colors, question) {
  const svg = svgNode("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "nnl-small", "aria-hidden": "true" });
  if (recorded?.lines.length) {
    paths(recorded.lines).forEach((d, i) => svg.append(svgNode("path", { d, fill: "none", "stroke-width": 1.4,
      stroke: colors[recorded.lines[i].case % colors.length] })));
  } else {
    const found = recorded ? bars(recorded.claims) : [];
    for (const { x, width, height, ours } of found)
      svg.append(svgNode("rect", { x, y: HEIGHT - EDGE - height, width, height,
        ...(ours ? { fill: colors[0] } : { fill: "none", stroke: "currentcolor", "stroke-opacity": 0.6 }) }));
    if (!found.length) {
      const text = svgNode("text", { x: WIDTH / 2, y: HEIGHT / 2 + 7, "text-anchor": "middle", class: "nnl-none" });
      text.textContent = recorded ? "=" : question ? "?" : "";
      svg.append(text);
    }
  }
  return svg;
}
