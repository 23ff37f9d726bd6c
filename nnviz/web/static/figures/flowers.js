// The flowers that Rosenblatt's rule learns from, and its perceptrons' lines. The same as nnviz/figures/flowers.py,
// where it is explained; a test compares both.

/** @typedef {import("./bind.js").Tensor} Tensor */

/** @param {{arrays: Record<string, Tensor>, meta: any}} given */
export function flowers({ arrays, meta }) {
  const { x: { data: x, shape: [, n] }, classes, held, wrong, domain, region } = arrays, all = [...Array(n).keys()];
  const updated = meta.kind === "update", names = unitNames(meta);
  const points = (/** @type {Tensor} */ { data }, value = 1) => {
    const found = all.filter((i) => data[i] === value);
    return { x: found.map((i) => x[i]), y: found.map((i) => x[n + i]) };
  };
  return {
    groups: meta.species_names.map((/** @type {string} */ name, /** @type {number} */ k) =>
      ({ ...points(classes, k), name })),
    held: points(held), wrong: points(wrong),
    chosen: updated ? { x: [meta.x[0]], y: [meta.x[1]] } : { x: [], y: [] },
    lines: lines(arrays.lines, names), before: updated ? lines(arrays.before, names.map(() => "before")) : [],
    domain_x: [...domain.data.subarray(0, 2)], domain_y: [...domain.data.subarray(2, 4)], cells: region.shape[0],
    names: meta.measures.map((/** @type {string} */ name) => `${name.replace("_", " ")} (cm)`),
  };
}

/** @param {{meta: any}} given */
export function passErrors({ meta }) {
  const passes = Math.floor(meta.passes + 1e-9), done = meta.errors.slice(0, passes);
  const names = meta.thresholds.length > 1 ? unitNames(meta) : ["updates"];
  const errors = names.map((name, u) => ({
    x: done.map((/** @type {number[]} */ _, /** @type {number} */ i) => i + 1),
    y: done.map((/** @type {number[]} */ row) => row[u]), name,
  }));
  return { errors: passes ? errors : [], dtick: Math.max(1, Math.ceil(passes / 8)),
    hint: passes ? [] : ["No pass is done yet"] };
}

/** @param {any} meta @param {number} unit @returns {string} */
export const unitName = (meta, unit) =>
  meta.thresholds.length > 1 ? `${meta.species_names[unit]} against all` : "u = 0";

/** @param {{thresholds: number[]}} meta @returns {string[]} */
const unitNames = (meta) => meta.thresholds.map((_, u) => unitName(meta, u));

/** @param {Tensor} ends @param {string[]} names */
function lines({ data }, names) {
  const found = names.map((name, u) =>
    ({ x: [...data.subarray(4 * u, 4 * u + 2)], y: [...data.subarray(4 * u + 2, 4 * u + 4)], name }));
  return found.filter((line) => Number.isFinite(line.x[0]));
}
