// What can be changed on a layer of the chain, in place: one control for each field of its kind, by what the spec says
// of it.

import { element } from "../../kit/dom.js";
import { LAYERS } from "../../schema.js";

/**
 * @typedef {object} Edited
 * @property {Layer} layer
 * @property {number} index its place in the spec's list
 * @property {number} side of the picture that it is given
 * @property {Record<string, any>} model the spec's
 * @property {string} locked why nothing can be changed; "": it can
 * @property {(name: string, value: any) => void} set
 */

const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
const MOST_STRIDES = 4; // more only where a link says so
/** What the fields of layers are called here; another is called by its name. @type {Record<string, string>} */
const SAID = {
  units: "neurons", filters: "filters", kernel_size: "kernel size", pool_size: "window", strides: "stride",
  rate: "share that is left out",
};
/** @type {Record<string, string>} */
const HINTS = { padding: "; same: the picture keeps its size" };
const ALL = "; (all): the one chosen for all layers";
/** @type {Record<string, string>} */
const SEPARATORS = { kernel_size: "of", strides: "/" };

/** @param {number} a @param {number} b */
const ascending = (a, b) => a - b;

/** @param {Edited} edited @returns {(Node | string)[]} */
export function layerFields(edited) {
  const { layer, side, model } = edited, { fields, window } = LAYERS[layer.kind];
  /** @param {[string, SchemaField]} field @returns {(Node | string)[]} */
  const controls = ([name, field]) => {
    const { least, most, words } = field, between = SEPARATORS[name] ? [SEPARATORS[name]] : [], now = layer[name];
    if (words) {
      const all = field.null ? [[null, `${model[name]} (all)`]] : [];
      return [menu(edited, name, [...all, ...words.map((word) => [word, word])], field.null ? ALL : HINTS[name])];
    }
    if (least === undefined || most === undefined) { // a share
      const shares = [...new Set([...SHARES, now])].sort(ascending);
      return [...between, menu(edited, name, shares.map((share) => [share, `${Math.round(share * 1000) / 10} %`]))];
    }
    if (field.null) { // left open, strides are as the window
      const usual = layer[window], few = Array.from({ length: MOST_STRIDES }, (_, n) => n + 1);
      const own = [...new Set([...few.filter((n) => n !== usual), now ?? usual])].sort(ascending);
      const numbers = own.filter((n) => n !== usual || now === n);
      return [...between, menu(edited, name, [[null, String(usual)], ...numbers.map((n) => [n, String(n)])])];
    }
    const fits = name === window && layer.padding !== "same" ? Math.min(most, side) : most;
    return [...between, numberField(edited, name, least, fits)];
  };
  return Object.entries(fields).flatMap(controls);
}

/** @param {Edited} edited @param {string} name @param {string} hint */
const given = ({ index, locked }, name, hint) => ({
  "aria-label": `${SAID[name] ?? name} of layer ${index + 1}`, disabled: Boolean(locked),
  "data-nnv-focus": `${name}-${index}`,
  title: locked ? `${SAID[name] ?? name}: ${locked}` : `${SAID[name] ?? name}${hint}`,
});

/** @param {Edited} edited @param {string} name @param {number} least @param {number} most */
function numberField(edited, name, least, most) {
  const now = edited.layer[name], input = element("input", {
    ...given(edited, name, `: ${least} to ${most}`), type: "number", min: least, max: most, step: 1, value: now,
    style: `width:${String(now).length + 4}ch`,
    onchange: () => {
      const v = Math.round(Number(input.value)), known = input.value !== "" && Number.isFinite(v);
      const within = known ? Math.max(least, Math.min(most, v)) : now;
      input.value = String(within);
      if (within !== now) edited.set(name, within);
    },
  });
  return input;
}

/** @param {Edited} edited @param {string} name @param {any[][]} options values and their words */
function menu(edited, name, options, hint = "") {
  const select = element("select", {
    ...given(edited, name, hint), onchange: () => edited.set(name, JSON.parse(select.value)),
  }, ...options.map(([value, text]) =>
    element("option", { value: JSON.stringify(value), selected: value === edited.layer[name] }, text)));
  return select;
}
