// A formula that Python has set (nnviz/formulas.py): browsers draw MathML themselves.

/** @type {Map<string, Node>} */
const parsed = new Map();

/** @param {string} mathml @returns {Element} */
export function formula(mathml) {
  let node = parsed.get(mathml);
  if (!node) {
    const { documentElement } = new DOMParser().parseFromString(mathml, "application/xml");
    documentElement.classList.add("nnv-formula");
    parsed.set(mathml, (node = documentElement));
  }
  return /** @type {Element} */ (document.importNode(node, true));
}
