// Sizes of elements, known without asking: a question amid the drawing makes the browser lay out the whole page.

/** @type {WeakMap<Element, number[]>} */
const sizes = new WeakMap();
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    sizes.set(target, [target.clientWidth, target.clientHeight]);
    target.dispatchEvent(new Event("nnd-size", { bubbles: true }));
  }
});

/**
 * [width, height] of an element. An event "nnd-size" rises from an element whose size has changed.
 * @param {HTMLElement} node
 */
export function sizeOf(node) {
  if (!sizes.has(node)) {
    sizes.set(node, [node.clientWidth, node.clientHeight]);
    observer.observe(node);
  }
  return /** @type {number[]} */ (sizes.get(node));
}
