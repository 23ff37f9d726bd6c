// The playground's list of layers, edited: every function takes the spec's list and gives another one in which only the
// named thing is different. What stands before, between and behind (dropout, batch normalisation, flatten) stays as it
// is and where it is.

/**
 * The hidden layers: each dense layer with its place in the list and what follows it up to the next one.
 * @param {Layer[]} layers @returns {(Layer & {index: number, after: Layer[]})[]}
 */
export function hiddenLayers(layers) {
  const at = [...layers.keys()].filter((i) => layers[i].kind === "dense");
  return at.map((i, k) => ({ ...layers[i], index: i, after: layers.slice(i + 1, at[k + 1] ?? layers.length) }));
}

/**
 * What stands in front of the first hidden layer, or of the output where there is none: it works on the inputs.
 * @param {Layer[]} layers
 */
export const onInputs = (layers) => layers.slice(0, hiddenLayers(layers)[0]?.index ?? layers.length);

/** Another hidden layer in front of the output, as wide as the last. @param {Layer[]} layers @returns {Layer[]} */
export const addLayer = (layers) =>
  [...layers, { kind: "dense", units: hiddenLayers(layers).at(-1)?.units ?? 4, activation: null }];

/** Without the last hidden layer and what belongs to it. @param {Layer[]} layers */
export const removeLayer = (layers) => layers.slice(0, hiddenLayers(layers).at(-1)?.index ?? layers.length);

/**
 * Hidden layer k with other fields: units, activation. Where an earlier click has removed it, nothing changes.
 * @param {Layer[]} layers @param {number} k @param {Record<string, any>} fields
 */
export function changeLayer(layers, k, fields) {
  const { index } = hiddenLayers(layers)[k] ?? {};
  return layers.map((layer, i) => (i === index ? { ...layer, ...fields } : layer));
}

/** The rate of the first dropout among layers; 0: there is none. @param {Layer[]} layers @returns {number} */
export const dropoutRate = (layers) => layers.find((layer) => layer.kind === "dropout")?.rate ?? 0;

/**
 * Hidden layer k with this dropout and batch normalisation behind it; the ones that it has keep their places.
 * @param {Layer[]} layers @param {number} k @param {{rate: number, normalization: boolean}} wanted
 */
export function changeExtras(layers, k, { rate, normalization }) {
  if (!hiddenLayers(layers)[k]) return layers;
  const { index, after } = hiddenLayers(layers)[k], seen = new Set();
  const changed = after.map((layer) => (layer.kind === "dropout" ? { ...layer, rate } : layer));
  const kept = changed.filter((layer) => {
    if (layer.kind === "flatten") return true;
    if (seen.has(layer.kind) || (layer.kind === "dropout" ? !rate : !normalization)) return false;
    return seen.add(layer.kind);
  });
  if (normalization && !seen.has("batch_normalization")) kept.unshift({ kind: "batch_normalization" });
  if (rate && !seen.has("dropout")) kept.push({ kind: "dropout", rate });
  return [...layers.slice(0, index + 1), ...kept, ...layers.slice(index + 1 + after.length)];
}

/** "norm + drop 20 %", as they stand one behind the other; "" for nothing. @param {Layer[]} after */
export function inWords(after) {
  const words = (/** @type {Layer} */ { kind, rate }) =>
    kind === "dropout" ? `drop ${Number((100 * rate).toPrecision(3))} %` : "norm";
  return after.filter(({ kind }) => kind !== "flatten").map(words).join(" + ");
}
