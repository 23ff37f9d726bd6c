// Source that Python has read from the library itself (nnviz/source.py), folded away until somebody wants to see it.

import { element } from "./dom.js";

/** @typedef {{ name: string, tokens: [string, string][] }} Code */

/**
 * The rooms that use it have "kit/code.css" among their styles.
 * @param {Code | Code[]} codes one behind the other
 * @param {string} [title] what it computes
 * @returns {HTMLDetailsElement}
 */
export function codeFold(codes, title = "The code that computes it") {
  const list = Array.isArray(codes) ? codes : [codes];
  return element("details", { class: "nnv-source" }, element("summary", {}, title),
    ...list.map(({ name, tokens }) => element("figure", {},
      element("figcaption", {}, name),
      element("pre", { tabindex: "0" }, // the keyboard scrolls it
        element("code", {}, ...tokens.map(colored))))));
}

/** @param {[string, string]} token @returns {Node | string} */
const colored = ([kind, text]) => (kind ? element("span", { class: kind }, text) : text);
