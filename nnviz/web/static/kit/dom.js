// Parts of a page, made in one call each.

/**
 * A node with its attributes and children. A key that begins with "on" is a listener; false, null and undefined leave
 * an attribute away, true sets it empty.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** @typedef {[string | number, string]} Option a value, and how it is called */

/**
 * @param {string} text @param {string} title @param {(event: MouseEvent) => void} act
 * @param {Record<string, any>} [more] attributes
 */
export const button = (text, title, act, more = {}) =>
  element("button", { type: "button", title: title || null, onclick: act, ...more }, text);

/** A button that shows a sign: its title is its name. @type {typeof button} */
export const sign = (text, title, act, more = {}) => button(text, title, act, { "aria-label": title, ...more });

/**
 * A menu; `act` gets the chosen value.
 * @param {string} title @param {Option[]} list @param {(value: string) => void} act
 * @param {Record<string, any>} [more] attributes
 */
export function choice(title, list, act, more = {}) {
  const menu = element("select", { title, "aria-label": title, onchange: () => act(menu.value), ...more });
  options(menu, list);
  return menu;
}

/** Other options; those that it has already are left alone. @param {HTMLSelectElement} menu @param {Option[]} list */
export function options(menu, list) {
  const key = list.join("\n");
  if (menu.dataset.options === key) return;
  menu.dataset.options = key;
  menu.replaceChildren(...list.map(([value, text]) => element("option", { value }, text)));
}

/** Choose an option, if it is not. @param {HTMLSelectElement} menu @param {any} value */
export function choose(menu, value) {
  if (menu.value !== String(value)) menu.value = String(value);
}

/**
 * A check box with its words: the label, and the input in it.
 * @param {string} text @param {string} title @param {(on: boolean) => void} act
 */
export function checkbox(text, title, act, name = "") {
  const input = element("input", { type: "checkbox", onchange: () => act(input.checked) });
  return { root: element("label", { title, class: name || null }, input, text), input };
}

/**
 * A button that cannot be used says why: `why` is the reason, or nothing where it can.
 * @param {HTMLButtonElement | HTMLSelectElement} control @param {string} title @param {string | false | null} [why]
 */
export function stop(control, title, why) {
  const text = why ? `${title}: ${why}` : title;
  if (control.title !== text) control.title = text;
  if (control.disabled !== Boolean(why)) control.disabled = Boolean(why);
}

/** A part of a drawing in SVG. @param {string} tag @param {Record<string, any>} attributes @param {...Node} children */
export function svgNode(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** A style sheet by its place among the scripts ("rooms/digits/detail.css"), once for the page. @param {string} name */
export function stylesheet(name) {
  const { href } = new URL(`../${name}`, import.meta.url);
  if (document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(element("link", { rel: "stylesheet", href }));
}

/** A drawing that a screen reader can name. @param {string} name @param {Record<string, any>} [attributes] */
export const canvas = (name, attributes = {}) => element("canvas", { role: "img", "aria-label": name, ...attributes });

/** What has failed, in words. @param {any} error */
export const messageOf = (error) => String(error?.message ?? error);

/**
 * Change a label only where it says something new: a screen reader reads every change.
 * @param {Element} node @param {string} text
 */
export function label(node, text) {
  if (node.getAttribute("aria-label") !== text) node.setAttribute("aria-label", text);
}

/**
 * Change a text only where it is another: a live region would be read again.
 * @param {Node} node @param {string} text
 */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
