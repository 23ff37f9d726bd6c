// The network as a graph with every number: a card for each neuron, its weights on the links. What is not computed yet
// at this step is a dot; a number that can be changed can be dragged.

import { button, choose, element, options, sign, stop, svgNode } from "../../kit/dom.js";
import { number, typed } from "../../kit/numbers.js";
import { css } from "../../kit/theme.js";
import { digitsOf, parts } from "./trace.js";

/** @typedef {import("./trace.js").Trace} Trace */
/**
 * @typedef {{choose: (id: string) => void, light: (id: string | null) => void, drag: (id: string, v: number) => void,
 *   drop: () => void, units: (layer: number, by: number) => void, activation: (layer: number, name: string) => void,
 *   loss: (name: string) => void}} Actions
 */
/**
 * @typedef {{trace: Trace, at: number, number: string | null, lit: string | null, theme: Theme,
 *   data: any, present: boolean}} Shown
 */

const CARD = 126, FIRST = 74, LAST = 118, ROW = 92, HEAD = 66, GAP = [84, 190];
const LABELLED = 6; // links between two layers that all have their numbers written on them
const STEP = 0.02; // of a dragged number for each pixel
const KINDS = /** @type {Record<string, string>} */ ({
  z: "z", a: "a", b: "b", e: "∂L/∂a", f: "f′", d: "δ", gb: "∂L/∂b", t: "t", L: "L", nb: "new b",
});

export class Graph {
  /** @param {Actions} actions */
  constructor(actions) {
    this.actions = actions;
    this.lines = svgNode("svg", { class: "nnb-lines", "aria-hidden": "true" });
    this.board = element("div", { class: "nnb-board" }, this.lines);
    this.root = element("div", { class: "nnb-graph", role: "group", "aria-label": "The network with its numbers" },
      this.board);
    /** @type {Map<string, HTMLButtonElement>} */
    this.numbers = new Map();
    /** @type {Map<string, {line: Element, label: HTMLElement, from: [number, number], to: [number, number]}>} */
    this.links = new Map();
    /** @type {{layer: number, root: HTMLElement, less: HTMLButtonElement, more: HTMLButtonElement,
     *   menu: HTMLSelectElement | null}[]} */
    this.heads = [];
    this.shape = "";
    this.lossMenu = element("select", { "aria-label": "loss", onchange: () => actions.loss(this.lossMenu.value) });
    this.board.addEventListener("pointerover", (e) => actions.light(idOf(e.target)));
    this.board.addEventListener("pointerleave", () => actions.light(null));
  }

  /** @param {Shown} now */
  draw(now) {
    const { trace } = now, { layers } = trace.plain, width = this.root.clientWidth;
    const shape = JSON.stringify([layers, width, trace.operations.map(({ id }) => id)]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.build(trace, width);
    }
    this.drawHeads(now);
    const current = trace.done(now.at), reads = new Set(current && now.at < trace.length ? current.reads : []);
    for (const [id, node] of this.numbers) {
      const known = trace.known(id, now.at), v = trace.value(id);
      const text = known ? number(v, digitsOf(id)) : "·";
      const value = /** @type {HTMLElement} */ (node.lastElementChild);
      if (value.textContent !== text) value.textContent = text;
      node.dataset.value = String(v);
      const state = id === current?.id && now.at < trace.length ? "now" : reads.has(id) ? "read" : "";
      if (node.dataset.state !== state) node.dataset.state = state;
      node.setAttribute("aria-pressed", String(id === now.number));
      node.classList.toggle("nnb-unknown", !known);
    }
    this.drawLinks(now);
  }

  // ---- links --------------------------------------------------------------------------------------------------------

  /** @param {Shown} now */
  drawLinks({ trace, at, number: chosen, lit, theme }) {
    const { layers } = trace.plain, current = at < trace.length ? trace.done(at) : null;
    const phase = current?.phase ?? (at ? "gradients" : "forward");
    const most = Math.max(1, ...Object.entries(trace.plain.given).filter(([id]) => id[0] === "w")
      .map(([, v]) => Math.abs(v)));
    const near = new Set([chosen, lit, current?.id].filter(Boolean).flatMap((id) => linksOf(String(id), layers)));
    const busy = new Set(current ? [current.id, ...current.reads] : []);
    for (const [id, { line, label, from, to }] of this.links) {
      const { at: [l, j, i] } = parts(id), w = trace.value(id) ?? 0;
      const many = layers[l] * layers[l - 1], fan = Math.min(layers[l], layers[l - 1]) === 1;
      const below = { back: `m${l - 1}.${i}.${j}`, gradients: `gw${l}.${j}.${i}`, update: `nw${l}.${j}.${i}` }[phase];
      const on = [id, below, `m${l - 1}.${i}.${j}`].some((one) => one && busy.has(one)) || near.has(id);
      line.setAttribute("stroke", css(w < 0 ? theme.negative : theme.positive, on ? 0.95 : 0.4));
      line.setAttribute("stroke-width", String(1 + 4 * Math.min(1, Math.abs(w) / most) + (on ? 1 : 0)));
      label.hidden = many > LABELLED && !near.has(id);
      if (label.hidden) continue;
      this.write(label, [id, below].filter((one) => one && trace.has(one)), fan || near.has(id), trace, at, chosen,
        current);
      // Where links cross, their numbers lie apart; the chosen neuron's lie in the middle.
      const share = fan || near.has(id) ? 0.5 : i === j ? 0.62 : 0.28;
      label.style.left = `${from[0] + (to[0] - from[0]) * share}px`;
      label.style.top = `${from[1] + (to[1] - from[1]) * share}px`;
      label.style.zIndex = near.has(id) ? "2" : "1";
    }
  }

  /**
   * The numbers on a link: the weight, and what this phase makes of it; where there is little room one of them.
   * @param {HTMLElement} label @param {(string | undefined)[]} ids @param {boolean} roomy @param {Trace} trace
   * @param {number} at @param {string | null} chosen @param {import("./trace.js").Operation | null} current
   */
  write(label, ids, roomy, trace, at, chosen, current) {
    const wanted = roomy ? ids : ids.slice(-1), key = wanted.join(" ");
    if (label.dataset.ids !== key) {
      label.dataset.ids = key;
      label.replaceChildren(...wanted.map((id) => this.make(String(id), linkWords(String(id)))));
    }
    for (const node of label.children) {
      const { dataset } = /** @type {HTMLElement} */ (node), id = dataset.id ?? "", known = trace.known(id, at);
      dataset.value = String(trace.value(id));
      const text = known ? number(trace.value(id), digitsOf(id)) : "·";
      const value = /** @type {HTMLElement} */ (node.lastElementChild);
      if (value.textContent !== text) value.textContent = text;
      const state = id === current?.id ? "now" : current?.reads.includes(id) ? "read" : "";
      dataset.state = state;
      node.setAttribute("aria-pressed", String(id === chosen));
      node.classList.toggle("nnb-unknown", !known);
    }
  }

  // ---- building -----------------------------------------------------------------------------------------------------

  /** Cards, links and heads at their places. @param {Trace} trace @param {number} width */
  build(trace, width) {
    const { layers } = trace.plain, columns = layers.length + 1, rows = Math.max(...layers, 2);
    const cards = (columns - 2) * CARD + FIRST + LAST;
    const gap = Math.min(GAP[1], Math.max(GAP[0], (width - 6 - cards) / (columns - 1)));
    const wide = (/** @type {number} */ l) => (l === 0 ? FIRST : l === layers.length ? LAST : CARD);
    const x = (/** @type {number} */ l) => (l ? FIRST + gap + (l - 1) * (CARD + gap) : 0);
    const y = (/** @type {number} */ l, /** @type {number} */ j) => HEAD + ROW * (j - 0.5 + (rows - layers[l]) / 2);
    const all = x(columns - 1) + LAST, full = layers[layers.length - 1] === rows;
    const height = HEAD + rows * ROW + (full ? 24 : 0); // the loss stands below the last target
    this.numbers.clear();
    this.links.clear();
    this.lines.replaceChildren();
    this.board.replaceChildren(this.lines);
    this.lines.setAttribute("viewBox", `0 0 ${all} ${height}`);
    Object.assign(/** @type {any} */ (this.lines).style, { width: `${all}px`, height: `${height}px` });
    Object.assign(this.board.style, { width: `${all}px`, height: `${height}px` });
    const place = (/** @type {HTMLElement} */ node, /** @type {number} */ left, /** @type {number} */ top) => {
      Object.assign(node.style, { left: `${left}px`, top: `${top}px` });
      this.board.append(node);
    };
    const last = layers.length - 1;
    for (let l = 1; l <= last; l++) {
      for (let j = 1; j <= layers[l]; j++) {
        for (let i = 1; i <= layers[l - 1]; i++) {
          this.link(l, j, i, [x(l - 1) + wide(l - 1), y(l - 1, i)], [x(l), y(l, j)]);
        }
      }
    }
    for (let j = 1; j <= layers[last]; j++) {
      this.lines.append(svgNode("line", { x1: x(last) + CARD, y1: y(last, j), x2: x(last + 1), y2: y(last, j),
        class: "nnb-to-loss" }));
    }
    for (const { label } of this.links.values()) this.board.append(label);
    const size = (/** @type {HTMLElement} */ node, /** @type {number} */ l) => {
      node.style.width = `${wide(l)}px`;
      return node;
    };
    layers.forEach((n, l) => {
      for (let j = 1; j <= n; j++) {
        const numbers = l ? [[`b${l}.${j}`, `gb${l}.${j}`], [`z${l}.${j}`, `a${l}.${j}`], [`e${l}.${j}`],
          [`d${l}.${j}`, `f${l}.${j}`]] : [[`a0.${j}`]];
        place(size(this.card(numbers, trace), l), x(l), y(l, j));
      }
    });
    for (let j = 1; j <= layers[last]; j++) {
      place(size(this.card([[`t.${j}`]], trace), last + 1), x(last + 1), y(last, j));
    }
    const bottom = y(last, layers[last]) + 46;
    place(size(this.card([["L"]], trace, "nnb-loss"), last + 1), x(last + 1), bottom);
    this.heads = layers.map((_, l) => {
      const head = this.head(l, l === last);
      place(size(head.root, l), x(l), 0);
      return head;
    });
    const ends = element("div", { class: "nnb-head" }, element("b", {}, "Target and loss"), this.lossMenu);
    place(size(ends, last + 1), x(last + 1), 0);
  }

  /** @param {number} l @param {boolean} last */
  head(l, last) {
    const name = l === 0 ? "Inputs" : last ? "Outputs" : `Layer ${l}`;
    const less = sign("−", `${name}: one fewer`, () => this.actions.units(l, -1));
    const more = sign("+", `${name}: one more`, () => this.actions.units(l, 1));
    /** @type {HTMLSelectElement | null} */
    const menu = l === 0 ? null : element("select", { "aria-label": `activation: ${name.toLowerCase()}`,
      onchange: () => { if (menu) this.actions.activation(l, menu.value); } });
    const root = element("div", { class: "nnb-head" },
      element("div", { class: "nnb-count" }, less, element("b", {}, name), more), ...(menu ? [menu] : []));
    return { layer: l, root, less, more, menu };
  }

  /** @param {Shown} now */
  drawHeads({ trace, data }) {
    const { layers, functions } = trace.plain, last = layers.length - 1, most = data.limits.units;
    for (const { layer, less, more, menu } of this.heads) {
      const name = less.getAttribute("aria-label") ?? "";
      stop(less, name, layers[layer] <= 1 && "one is the fewest");
      stop(more, name.replace("fewer", "more"), layers[layer] >= most && `${most} are the most`);
      if (!menu) continue;
      options(menu, Object.entries(layer === last ? data.outputs : data.activations));
      choose(menu, functions[layer - 1]);
    }
    options(this.lossMenu, Object.entries(data.losses));
    choose(this.lossMenu, data.spec.loss);
  }

  /** @param {string[][]} rows ids @param {Trace} trace */
  card(rows, trace, kind = "") {
    const lines = rows.map((ids) => ids.filter((id) => trace.has(id))).filter((ids) => ids.length);
    return element("div", { class: `nnb-card ${kind}` }, ...lines.map((ids) => element("div", {}, ...ids.map((id) => {
      const node = this.make(id, this.words(id, trace));
      this.numbers.set(id, node);
      return node;
    }))));
  }

  /** What a number is called on its card. @param {string} id @param {Trace} trace */
  words(id, trace) {
    const { kind, at: [l] } = parts(id), last = l === trace.plain.layers.length - 1;
    if (kind === "a") return l === 0 ? "x" : last ? "o" : "a";
    return kind === "e" && last ? "∂L/∂o" : KINDS[kind];
  }

  /** A number that can be clicked. @param {string} id @param {string} words */
  make(id, words) {
    const { kind, at } = parts(id);
    const node = button("", "", () => this.actions.choose(id), { class: "nnb-n", "data-id": id, "data-kind": kind,
      "aria-pressed": "false" });
    node.append(element("i", {}, words), element("span", {}));
    if (["w", "b", "t"].includes(kind) || (kind === "a" && at[0] === 0)) this.draggable(node, id);
    return node;
  }

  /**
   * @param {number} l @param {number} j @param {number} i
   * @param {[number, number]} from @param {[number, number]} to
   */
  link(l, j, i, from, to) {
    const id = `w${l}.${j}.${i}`;
    const line = svgNode("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], "stroke-linecap": "round" });
    this.lines.append(line);
    this.links.set(id, { line, label: element("div", { class: "nnb-label" }), from, to });
  }

  /** A number that is pulled sideways changes. @param {HTMLButtonElement} node @param {string} id */
  draggable(node, id) {
    /** @type {{x: number, start: number, moved: boolean} | null} */
    let held = null;
    node.classList.add("nnb-own");
    node.title = "Drag sideways to change it, or click and type";
    node.addEventListener("pointerdown", (e) => {
      const start = Number(node.dataset.value);
      held = { x: e.clientX, start, moved: false };
      node.setPointerCapture(e.pointerId);
    });
    node.addEventListener("pointermove", (e) => {
      if (!held || (!held.moved && Math.abs(e.clientX - held.x) < 4)) return;
      held.moved = true;
      this.actions.drag(id, Number(typed(held.start + (e.clientX - held.x) * STEP, 2).replace("−", "-")));
    });
    const end = () => {
      if (held?.moved) this.actions.drop();
      held = null;
    };
    node.addEventListener("pointerup", end);
    node.addEventListener("pointercancel", end);
  }
}

/** The number under the pointer. @param {EventTarget | null} target */
function idOf(target) {
  const found = target instanceof Element ? target.closest("[data-id]") : null;
  return found instanceof HTMLElement ? found.dataset.id ?? null : null;
}

/** What a number on a link is called there. @param {string} id */
function linkWords(id) {
  return { w: "w", m: "w·δ", gw: "∂L/∂w", nw: "new w" }[parts(id).kind] ?? "";
}

/**
 * The links that a number is about: of a weight its own, of a neuron those to it.
 * @param {string} id @param {number[]} layers
 */
function linksOf(id, layers) {
  const { kind, at: [l, j, i] } = parts(id);
  if (["w", "gw", "nw"].includes(kind)) return [`w${l}.${j}.${i}`];
  if (kind === "m") return [`w${l + 1}.${i}.${j}`];
  const back = kind === "e" || (kind === "a" && l === 0);
  if (back && l + 1 < layers.length) return [...Array(layers[l + 1]).keys()].map((k) => `w${l + 1}.${k + 1}.${j}`);
  if (l >= 1 && j) return [...Array(layers[l - 1]).keys()].map((k) => `w${l}.${j}.${k + 1}`);
  return [];
}
