// Hands on the network: the heads over its layers (neurons, activation, dropout, normalisation), and the field that edits a number.

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** A button that cannot be used says why: `why` is the reason, or nothing where it can. */
export function stop(button, title, why) {
  const text = why ? `${title}: ${why}` : title;
  if (button.title !== text) button.title = text;
  if (button.disabled !== Boolean(why)) button.disabled = Boolean(why);
}

/** The spec's flat list of layers → one object for each dense layer, with what follows it. */
export function group(layers) {
  const groups = [];
  let before = null;
  for (const layer of layers) {
    if (layer.kind === "dense") groups.push({ units: layer.units, activation: layer.activation ?? null, dropout: 0, normalization: false });
    else if (!groups.length) before = layer;
    else if (layer.kind === "dropout") groups.at(-1).dropout = layer.rate;
    else groups.at(-1).normalization = true;
  }
  return { groups, before };
}

export function ungroup({ groups, before }) {
  const layers = before ? [before] : [];
  for (const g of groups) {
    layers.push({ kind: "dense", units: g.units, activation: g.activation });
    if (g.normalization) layers.push({ kind: "batch_normalization" });
    if (g.dropout) layers.push({ kind: "dropout", rate: g.dropout });
  }
  return layers;
}

const MOST_LAYERS = 10, MOST_UNITS = 32;
const DROPOUTS = [0, 0.1, 0.2, 0.3, 0.5, 0.8];

export class Heads {
  constructor(root, change) {
    Object.assign(this, { root, change, key: "" });
  }

  /** places: x of each hidden layer's column; nothing is rebuilt while a menu is open under the visitor's hand. */
  draw({ spec, activations, places, width }) {
    const key = JSON.stringify([spec.model.layers, spec.model.activation, places.map(Math.round), Math.round(width)]);
    if (key === this.key) return;
    this.key = key;
    const { groups, before } = group(spec.model.layers);
    const commit = () => this.change(ungroup({ groups, before }));
    const focus = document.activeElement?.dataset?.nnvFocus;
    const gap = places.length > 1 ? places[1] - places[0] : 130;
    const head = element("div", { class: "nnv-depth" },
      element("span", {}, `${groups.length || "no"} hidden layer${groups.length === 1 ? "" : "s"}`),
      this.button("−", "remove the last hidden layer", groups.length === 0 && "there is no hidden layer", "layers-", () => { groups.pop(); commit(); }),
      this.button("+", "add a hidden layer", groups.length >= MOST_LAYERS && `the drawing ends at ${MOST_LAYERS} layers`, "layers+", () => { groups.push({ units: groups.at(-1)?.units ?? 4, activation: null, dropout: 0, normalization: false }); commit(); }));
    const columns = groups.map((g, k) => {
      const name = `hidden layer ${k + 1}`;
      const count = element("div", { class: "nnv-count" },
        this.button("−", `one neuron less in ${name}`, g.units <= 1 && "a layer has at least one neuron", `u-${k}`, () => { g.units -= 1; commit(); }),
        element("span", { title: `${g.units} neurons` }, String(g.units)),
        this.button("+", `one neuron more in ${name}`, g.units >= MOST_UNITS && `the drawing ends at ${MOST_UNITS} neurons`, `u+${k}`, () => { g.units += 1; commit(); }));
      const select = element("select", { "aria-label": `activation of ${name}`, title: "activation of this layer; with a dot: the one chosen above for all", "data-nnv-focus": `a${k}`, onchange: (e) => { g.activation = e.target.value || null; commit(); } },
        element("option", { value: "" }, `${spec.model.activation} ·`), ...activations.map((a) => element("option", { value: a, selected: g.activation === a }, a)));
      const extra = element("select", { "aria-label": `dropout of ${name}`, title: "dropout and batch normalisation of this layer", "data-nnv-focus": `d${k}`, onchange: (e) => { const [d, n] = e.target.value.split("|"); g.dropout = Number(d); g.normalization = n === "1"; commit(); } },
        ...[false, true].flatMap((norm) => [...new Set([...DROPOUTS, g.dropout])].sort((a, b) => a - b).map((rate) =>
          element("option", { value: `${rate}|${Number(norm)}`, selected: g.dropout === rate && g.normalization === norm }, `${norm ? "norm" : ""}${norm && rate ? " + " : ""}${rate ? `drop ${Math.round(rate * 100)} %` : norm ? "" : "no dropout"}`))));
      return element("div", { class: "nnv-head", style: `left:${places[k]}px;width:${Math.max(58, Math.min(118, gap - 6))}px` }, count, select, extra);
    });
    this.root.replaceChildren(head, ...columns);
    if (focus) this.root.querySelector(`[data-nnv-focus="${focus}"]`)?.focus();
  }

  button(text, title, disabled, focus, click) {
    return element("button", { type: "button", "aria-label": title, title: disabled || title, disabled: Boolean(disabled), "data-nnv-focus": focus, onclick: click }, text);
  }
}

/** A small field beside the pointer: every change is sent at once, Enter or Escape closes. */
export class NumberField {
  constructor(host, send, closed) {
    Object.assign(this, { host, send, closed });
    this.box = element("div", { class: "nnv-edit", hidden: true });
    host.append(this.box);
  }

  open(title, value, x, y, target) {
    const input = element("input", { type: "number", step: "0.1", value: String(Number(value.toFixed(4))), "aria-label": title });
    const apply = () => { const v = Number(input.value); if (input.value !== "" && Number.isFinite(v)) this.send(target, v); };
    input.addEventListener("input", apply);
    input.addEventListener("keydown", (e) => { e.stopPropagation(); if (e.key === "Enter" || e.key === "Escape") { this.close(); this.closed(); } });
    this.box.replaceChildren(element("label", {}, title, input), element("button", { type: "button", "aria-label": "close", onclick: () => this.close() }, "×"));
    this.box.hidden = false;
    this.box.style.left = `${Math.max(4, Math.min(x, this.host.clientWidth - 230))}px`;
    this.box.style.top = `${Math.max(4, y - 84)}px`;
    input.focus();
    input.select();
  }

  close() {
    this.box.hidden = true;
  }
}
