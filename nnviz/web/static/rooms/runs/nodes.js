// The machines of a cluster: what each has to do, and what is wrong. Without a cluster nothing is shown.

import { element, write } from "../../kit/dom.js";

/** @typedef {{name: string, state: string, usable: boolean, runs: number, cores: number, load: number | null,
 *   free: number | null}} Node_ one machine; load: busy processes in the mean, free: bytes */
/** @typedef {{problem: string | null, missing: string | null, nodes: Node_[]}} Cluster missing: why no node can join */

const HEADS = ["node", "state", "runs", "cores", "load", "free memory"];

/** The line above the table. @param {Cluster} cluster */
export function summary({ problem, missing, nodes }) {
  if (problem) return `Cluster: nothing can be trained now, ${problem}`;
  const usable = nodes.filter((node) => node.usable), count = usable.length;
  const runs = usable.reduce((sum, node) => sum + node.runs, 0);
  const cores = usable.reduce((sum, node) => sum + node.cores, 0);
  const out = nodes.length - count, rest = out ? `, ${out} that cannot be used` : "";
  const many = `${count} node${count > 1 ? "s" : ""}`;
  const words = `Cluster: ${many} with ${cores} cores, ${runs} run${runs === 1 ? "" : "s"}${rest}`;
  return missing ? `${words}; runs go on, but no node can join: ${missing}` : words;
}

/** The cells of a machine's row. @param {Node_} node @returns {string[]} */
export const cells = ({ name, state, usable, runs, cores, load, free }) => [name, state, ...(usable
  ? [String(runs), String(cores), load == null ? "–" : load.toFixed(1),
    free == null ? "–" : `${(free / 2 ** 30).toFixed(1)} GB`]
  : ["–", "–", "–", "–"])];

export class Nodes {
  constructor() {
    this.words = element("summary", {});
    this.rows = element("tbody", {});
    const head = element("thead", {}, element("tr", {}, ...HEADS.map((text) => element("th", { scope: "col" }, text))));
    this.root = element("details", { class: "nnr-nodes", hidden: true }, this.words,
      element("table", {}, head, this.rows));
  }

  /** @param {ServerMessage} m with the fields of a `Cluster` */
  show(m) {
    const cluster = /** @type {Cluster} */ (/** @type {unknown} */ (m));
    this.root.hidden = false;
    write(this.words, summary(cluster));
    this.rows.replaceChildren(...cluster.nodes.map((node) => element("tr", {},
      ...cells(node).map((text) => element("td", {}, text)))));
  }
}
