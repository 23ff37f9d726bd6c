// A race as it is looked at: who is where at a step. What a figure binds is the same as nnviz/figures/racers.py; a test
// compares both. Pure: no page, no Plotly.

/**
 * @typedef {{data: Float32Array, shape: number[]}} Tensor of a frame: [racers, steps + 1]
 * @typedef {{label: string, steps: number, reason: string, words: string}} End what the frame's meta says of a racer
 * @typedef {{meta: {racers: End[], steps: number}, arrays: Record<string, Tensor>}} Race a frame of the view "race"
 * @typedef {{x: number[], y: number[]}} Domain from, to
 * @typedef {ReturnType<typeof racerAt> | ReturnType<typeof atStart>[number]} Racer
 */

/**
 * The path of a racer up to a step, where it is then, and what is said of it.
 * @param {Race} race @param {number} i @param {number} step @param {Domain} domain
 */
export function racerAt(race, i, step, domain) {
  const end = race.meta.racers[i], at = Math.min(step, end.steps), width = race.meta.steps + 1;
  /** @param {string} name */
  const path = (name) => race.arrays[name]?.data.subarray(i * width, i * width + at + 1);
  /** @param {string} name */
  const now = (name) => race.arrays[name]?.data[i * width + at] ?? null;
  const x = now("x") ?? NaN, y = now("y") ?? NaN, outside = !inside(x, domain.x) || !inside(y, domain.y);
  const over = step >= end.steps, state = over ? end.reason : outside ? "outside" : "going";
  const head = { x: clamp(x, domain.x), y: clamp(y, domain.y), drawn: now("drawn") };
  const words = over ? end.words : outside ? "has left the map" : "on its way";
  return {
    label: end.label, state, words: `<b>${end.label}</b><br>${words}`, said: words, head,
    symbol: state === "diverged" ? "x" : outside ? pointer(x, y, domain) : "circle",
    x: path("x"), y: path("y"), drawn: path("drawn"), heights: path("above") ?? path("height"),
    place: [x, y], height: now("height"), above: now("above"), distance: now("distance"),
  };
}

/**
 * Of another race the heights alone, of all its steps; none where its surface has them from another zero.
 * @param {any} race @param {boolean} lowest whether they count from a lowest minimum
 */
export function heightsOf({ meta, arrays }, lowest) {
  const heights = lowest ? arrays.above : arrays.above ? null : arrays.height, width = meta.steps + 1;
  return meta.racers.map((/** @type {End} */ { label, steps }, /** @type {number} */ i) =>
    ({ label, heights: heights?.data.subarray(i * width, i * width + steps + 1) ?? [] }));
}

/** The racers of a setting that has not been raced: all at the start. @param {string[]} labels @param {any} start */
export function atStart(labels, start) {
  const none = new Float32Array(0);
  return labels.map((label) => ({
    label, state: "start", words: label, said: "at the start", head: { x: start.x, y: start.y, drawn: start.drawn },
    symbol: "circle", x: none, y: none, drawn: none, heights: none, place: [start.x, start.y], height: start.height,
    above: null, distance: null,
  }));
}

/** @param {number} v @param {number[]} range */
const inside = (v, [low, high]) => v >= low && v <= high;

/** To the edge of the map, where it is left. @param {number} v @param {number[]} range */
const clamp = (v, [low, high]) => (Number.isNaN(v) ? low : Math.min(high, Math.max(low, v)));

/**
 * A mark at the edge that points to where the racer went.
 * @param {number} x @param {number} y @param {Domain} domain
 */
function pointer(x, y, domain) {
  if (!inside(y, domain.y)) return y > domain.y[1] ? "triangle-up" : "triangle-down";
  return x > domain.x[1] ? "triangle-right" : "triangle-left";
}
