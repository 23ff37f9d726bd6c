// The plane of two inputs: its samples by class and split, and which class a network says where. The same as
// nnviz/figures/plane.py, where it is explained; a test compares both.

import { className, target } from "../kit/arithmetic.js";
import { decimals } from "../kit/numbers.js";
import { plain } from "./series.js";

const FINE = 128;

/** @param {{outputs: import("./bind.js").Tensor, probabilities: boolean}} given */
export function winners({ outputs: { data, shape: [classes, n] }, probabilities }) {
  const z = new Float32Array(FINE * FINE), score = new Float64Array(classes);
  const place = (/** @type {number} */ i) => {
    const at = Math.max(0, Math.min(n - 1, ((i + 0.5) * n) / FINE - 0.5)), low = Math.min(n - 2, Math.floor(at));
    return [low, at - low];
  };
  for (let r = 0; r < FINE; r++) {
    const [y, fy] = place(r);
    for (let c = 0; c < FINE; c++) {
      const [x, fx] = place(c);
      let best = 0, second = -Infinity;
      for (let k = 0; k < classes; k++) {
        const p = (k * n + y) * n + x;
        const low = data[p] * (1 - fx) + data[p + 1] * fx, high = data[p + n] * (1 - fx) + data[p + n + 1] * fx;
        score[k] = low * (1 - fy) + high * fy;
        if (score[k] > score[best]) best = k;
      }
      for (let k = 0; k < classes; k++) if (k !== best && score[k] > second) second = score[k];
      const margin = (score[best] - second) / (probabilities ? 1 : 2);
      z[r * FINE + c] = best + 0.999 * (1 - Math.max(0, Math.min(1, margin)));
    }
  }
  return { data: z, shape: [FINE, FINE] };
}

/** @param {{arrays: any, meta: any, validation: boolean}} given */
export function samples({ arrays: { x, y, split }, meta, validation }) {
  const regression = meta.problem === "regression", [a1, a2] = meta.axes.map(axisName);
  const [d1, d2] = meta.domain.map(decimals), groups = [];
  for (const [part, word] of (validation ? ["training", "validation"] : ["training"]).entries()) {
    for (let k = 0; k < (regression ? 1 : meta.classes); k++) {
      const chosen = [];
      for (let i = 0; i < y.data.length; i++) {
        if (split.data[i] === part && (regression || y.data[i] === k)) chosen.push(i);
      }
      const values = regression ? chosen.map((i) => y.data[i]) : null;
      const truth = regression ? null : plain(className(String(meta.class_names[k])), 40);
      groups.push({
        x: chosen.map((i) => x.data[2 * i]), y: chosen.map((i) => x.data[2 * i + 1]), color: k, part, values, truth,
        of: `${word} sample`, name: regression ? word : `${meta.class_names[k]} ${word}`,
        text: values && values.map((v) => `target ${short(target(meta, v))}`),
        hover: `${word} sample, ${truth ?? "%{text}"}<br>${a1} %{x:.${d1}f}, ${a2} %{y:.${d2}f}<extra></extra>`,
      });
    }
  }
  return groups;
}

/** @param {string} name @returns {string} */
const axisName = (name) => ({ x1: "x₁", x2: "x₂" })[name] ?? plain(name, 40);

/** @param {number} v */
const short = (v) => String(Number(v.toPrecision(4))).replace("-", "−");

/** @param {{of: string}} given */
export const axisTitle = ({ of }) => axisName(of);
