// What Python says of a network's numbers (nnviz/backprop/trace.py), to be looked up by a number's id, and the places
// of its operations.

/**
 * @typedef {{id: string, phase: string, layer: number, unit: number, value: number | null,
 *   reads: string[]}} Operation
 */
/**
 * @typedef {{layers: number[], functions: string[], parameters: number, weights: number[], inputs: number[],
 *   targets: number[], given: Record<string, number>,
 *   operations: [string, string, number, number, number | null, string[]][], losses: number[],
 *   diverged: number | null, updates: number, printed: Record<string, string> | null}} Plain
 */

/** Digits after the point: what goes back is small. */
const DIGITS = { e: 3, m: 3, d: 3, gw: 3, gb: 3 };

/** "gw2.1.3" → its kind and its places, layer first. @param {string} id @returns {{kind: string, at: number[]}} */
export function parts(id) {
  const kind = id.match(/^[a-zL]+/)?.[0] ?? "";
  return { kind, at: id.slice(kind.length).split(".").filter(Boolean).map(Number) };
}

/** @param {string} id */
export const digitsOf = (id) => /** @type {Record<string, number>} */ (DIGITS)[parts(id).kind] ?? 2;

export class Trace {
  /** @param {Plain} plain */
  constructor(plain) {
    this.plain = plain;
    this.operations = plain.operations.map(([id, phase, layer, unit, value, reads]) =>
      /** @type {Operation} */ ({ id, phase, layer, unit, value, reads }));
    this.places = new Map(this.operations.map(({ id }, i) => [id, i]));
  }

  get length() { return this.operations.length; }

  /** The operation that makes the n-th number, from 1; none at the start. @param {number} at */
  done(at) { return at > 0 ? this.operations[at - 1] : null; }

  /** @param {string} id */
  has(id) { return id in this.plain.given || this.places.has(id); }

  /** @param {string} id @returns {number | null} */
  value(id) {
    const place = this.places.get(id);
    return place === undefined ? this.plain.given[id] ?? null : this.operations[place].value;
  }

  /** Whether it is there when `at` operations are done. @param {string} id @param {number} at */
  known(id, at) { return (this.places.get(id) ?? -1) < at; }

  /** How many are done when this one is. @param {string} id */
  after(id) { return (this.places.get(id) ?? -1) + 1; }

  /** Phases in order, each with how many operations are done at its end. @returns {[string, number][]} */
  get phases() {
    /** @type {Map<string, number>} */
    const ends = new Map();
    this.operations.forEach(({ phase }, i) => ends.set(phase, i + 1));
    return [...ends];
  }

  /** The end of the phase that is under way, or of the one before. @param {number} at @param {1 | -1} way */
  phaseEnd(at, way) {
    const ends = [0, ...this.phases.map(([, end]) => end)];
    return way > 0 ? ends.find((end) => end > at) ?? this.length : ends.findLast((end) => end < at) ?? 0;
  }

  /** The neurons, each where it is first computed on the way forward and on the way back: [operations done, words]. */
  get neurons() {
    const { layers } = this.plain, last = layers.length - 1;
    /** @type {[number, string][]} */
    const found = [];
    for (const [kind, way] of [["z", "forward"], ["d", "back"]]) {
      const order = layers.map((_, l) => l).slice(1);
      for (const l of way === "back" ? order.reverse() : order) {
        for (let j = 1; j <= layers[l]; j++) {
          const name = l === last ? `output ${j}` : `layer ${l}, neuron ${j}`;
          found.push([this.after(`${kind}${l}.${j}`), `${way}: ${name}`]);
        }
      }
    }
    return found;
  }

  /** The place of a weight, a bias, an input or a target in the spec's list of them: [field, index]; null of others. */
  field(/** @type {string} */ id) {
    const { kind, at } = parts(id), { layers } = this.plain;
    if (kind === "t") return /** @type {[string, number]} */ (["targets", at[0] - 1]);
    if (kind === "a" && at[0] === 0) return /** @type {[string, number]} */ (["inputs", at[1] - 1]);
    if (kind !== "w" && kind !== "b") return null;
    let start = 0;
    for (let l = 1; l < at[0]; l++) start += layers[l] * (layers[l - 1] + 1);
    const place = start + (at[1] - 1) * (layers[at[0] - 1] + 1) + (kind === "w" ? at[2] : 0);
    return /** @type {[string, number]} */ (["weights", place]);
  }

  /** The spec's fields with another value of one of them. @param {string} id @param {number} value */
  changed(id, value) {
    const found = this.field(id);
    if (!found) return {};
    const [name, index] = found, list = [.../** @type {any} */ (this.plain)[name]];
    list[index] = value;
    return name === "weights" ? { weights: list, updates: 0 }
      : { [name]: list, weights: this.plain.weights, updates: 0 };
  }
}
