// A perceptron and a smooth neuron side by side: one line, one pointer, one truth table, one small change.

import { Chart } from "../../figures/chart.js";
import { MOST, slider } from "./slider.js";
import { button, choice, choose, element, options, write } from "../../kit/dom.js";
import { number, typed } from "../../kit/numbers.js";
import { change, DOMAIN, lineEnds, moved, netInput, outputMap, slice, stepOutput, tableOutput,
  turned } from "./arithmetic.js";

/** @typedef {import("./arithmetic.js").Point} Point */
/** @typedef {import("./neuron.js").Context} Context */
/** @typedef {"step" | "smooth"} Kind */
/** @typedef {ReturnType<Gate["half"]>} Half */
/** @typedef {ReturnType<Gate["read"]>} Now what is shown */
/** @typedef {import("./slider.js").Slider} Slider */
/** @typedef {{centre: Point, ends: [Point, Point]}} Marks where the line can be taken: to shift it, to turn it */

const CELLS = 90; // along each side of a plane
const REACH = 18; // pixels around a grip
const signed = (/** @type {number} */ v, digits = 2) => (v < 0 ? `(${number(v, digits)})` : number(v, digits));
const SUB = "₁₂₃";
const NERVE = "As a nerve cell: below its threshold (−55 mV) it is silent, above it fires: a spike up to 35 mV.";

/** The pointer is the room's: neither zoom nor hover of Plotly's own. */
class Plane extends Chart {
  config() { return { ...super.config(), staticPlot: true }; }
}

export class Gate {
  /** @param {Context} room */
  constructor(room) {
    this.room = room;
    /** @type {number[] | null} weights and bias that the hand is changing */
    this.dragged = null;
    /** @type {Point | null} where the pointer is */
    this.peek = null;
    /** @type {number[] | null} the small change that the hand is changing */
    this.delta = null;
    /** @type {{what: "shift" | "turn", pivot: Point} | null} what of the line is held */
    this.grip = null;
    /** @type {Marks | null} */
    this.marks = null;
    /** @type {Now | null} */
    this.now = null;
    /** @type {boolean[]} whether the perceptron fires in each row of the table */
    this.answers = [];
    /** @type {{of: any, output: import("./arithmetic.js").Output}} the smooth function, and the table it is made of */
    this.smooth = { of: null, output: stepOutput("step", 0) };
    /** @type {Slider[]} */
    this.rows = [];
    /** @type {Slider[]} */
    this.moves = [];
    this.shape = "";
    this.halves = { step: this.half("step", "Perceptron"), smooth: this.half("smooth", "Smooth neuron") };
    this.gate = menu("gate", "truth table to compute",
      (gate) => this.set({ gate, weights: null, step: null, target: null, at: null, change: null }));
    this.about = element("p", { class: "nnn-about" });
    this.sliders = element("div", { class: "nnn-sliders nnn-setting" });
    this.deltas = element("div", { class: "nnn-sliders nnn-setting" });
    this.threshold = element("input",
      { type: "checkbox", onchange: () => this.set({ threshold: this.threshold.checked }) });
    this.third = element("input", { type: "checkbox", onchange: () => {
      if (this.now) this.look([...this.now.at.slice(0, 2), Number(this.third.checked)]);
    } });
    this.thirdLabel = element("span", {});
    this.thirdBox = element("label", { class: "nnn-check nnn-third" }, this.third, this.thirdLabel);
    this.sum = element("div", { class: "nnn-sum", role: "status" });
    this.table = element("table", { class: "nnn-table" });
    this.verdict = element("p", { class: "nnn-verdict", role: "status" });
    const solve = () => this.set({ weights: room.data().verdict.weights.join(",") });
    this.solve = button("Show weights that do", "", solve);
    this.root = element("div", { class: "nnn-gate" },
      this.halves.step.root, this.halves.smooth.root,
      element("section", { class: "nnn-side" },
        element("label", { class: "nnn-field" }, element("span", {}, "Gate"), this.gate), this.about,
        this.sliders, element("label", { class: "nnn-check nnn-setting" }, this.threshold, "as a threshold θ = −b"),
        element("h3", {}, "The sum at the pointer"), this.sum,
        this.thirdBox,
        element("h3", {}, "Truth table"), this.table, this.verdict, this.solve,
        element("h3", { class: "nnn-setting" }, "A small change Δ of the weights"), this.deltas,
        element("p", { class: "nnn-about nnn-setting" },
          "ΔO ≈ Σ ∂O/∂w Δw + ∂O/∂b Δb, where ∂O/∂w = f′(z)·x and ∂O/∂b = f′(z).")));
  }

  /** @param {Kind} kind @param {string} title */
  half(kind, title) {
    const name = kind === "step" ? "step" : "function";
    const functions = menu(name, `${title}: its function`, (value) => this.set({ [name]: value }));
    const plane = element("div", { class: "nnn-plane", tabindex: 0, role: "application",
      "aria-label": `${title}: the plane of two inputs. Arrow keys shift the line, Shift and arrow keys turn it.` });
    const curve = element("div", { class: "nnn-curve" });
    const words = element("p", { class: "nnn-about" }), told = element("p", { class: "nnn-told" });
    const answer = element("p", { class: "nnn-answer", role: "status" });
    const root = element("section", { class: "nnn-half", "data-kind": kind },
      element("h3", {}, title), functions, plane, answer, curve, told, words);
    const half = {
      kind, root, functions, plane, curve, answer, told, words,
      map: new Plane(plane, "neuron_plane", { drawn: () => this.room.ask() }),
      graph: new Chart(curve, "neuron_output", { drawn: () => this.room.ask() }),
    };
    plane.addEventListener("pointermove", (e) => this.move(e, half));
    plane.addEventListener("pointerdown", (e) => this.press(e, half));
    plane.addEventListener("pointerup", () => this.release());
    plane.addEventListener("pointercancel", () => this.release());
    plane.addEventListener("pointerleave", () => { if (!this.grip) { this.peek = null; this.room.ask(); } });
    plane.addEventListener("keydown", (e) => this.arrow(e));
    return half;
  }

  /** @param {Record<string, any>} changes */
  set(changes) { this.room.client.setView(changes); }

  /** @param {number[]} at */
  look(at) { this.set({ at: at.map((v) => typed(v, 2).replace("−", "-")).join(",") }); }

  // ---- what is set --------------------------------------------------------------------------------------------------

  /** The setting of now: the gate's own numbers where the view names none. */
  read() {
    const { view } = this.room.client, { gates, steps, table, verdict } = this.room.data();
    /** @type {{inputs: string[], weights: number[], step: string, target: string, about: string}} */
    const gate = gates[view.gate];
    const n = gate.inputs.length;
    /** @param {string | null} text @param {number} many @param {number[]} otherwise */
    const numbers = (text, many, otherwise) => {
      const found = text?.split(",").map(Number);
      return found?.length === many ? found : otherwise;
    };
    const all = this.dragged ?? numbers(view.weights, n + 1, gate.weights);
    const own = numbers(view.at, n, gate.inputs.map(() => 1)), step = view.step ?? gate.step;
    /** @type {string} */
    const target = view.target?.length === gate.target.length ? view.target : gate.target;
    const neuron = { weights: all.slice(0, n), bias: all[n] };
    const at = this.peek ? [...this.peek, ...own.slice(2)] : own;
    const delta = this.delta ?? numbers(view.change, n + 1, gate.weights.map((_, i) => (i ? 0 : 0.1)));
    if (this.smooth.of !== table) this.smooth = { of: table, output: tableOutput(table) };
    const bits = (/** @type {number} */ i) => gate.inputs.map((_, j) => (i >> (n - 1 - j)) & 1);
    const rows = [...Array(2 ** n).keys()].map(bits);
    return {
      view, gate, n, neuron, all, at, delta, step, target, rows, verdict: verdict.target === target ? verdict : null,
      outputs: { step: stepOutput(step, steps[step].low), smooth: this.smooth.output }, low: steps[step].low,
    };
  }

  // ---- the pointer --------------------------------------------------------------------------------------------------

  /** The point of the plane under the pointer. @param {PointerEvent} e @param {Half} half @returns {Point | null} */
  place(e, { map, plane }) {
    const { xaxis, yaxis } = map.element._fullLayout ?? {}, box = plane.getBoundingClientRect();
    if (!xaxis) return null;
    const [low, high] = DOMAIN, span = high - low;
    const clamp = (/** @type {number} */ v) => Math.min(high, Math.max(low, v));
    return [clamp(low + (span * (e.clientX - box.left - xaxis._offset)) / xaxis._length),
      clamp(high - (span * (e.clientY - box.top - yaxis._offset)) / yaxis._length)];
  }

  /** What a press there takes hold of. @param {Point} p @param {Half} half @returns {"shift" | "turn" | null} */
  holds(p, { map }) {
    const { marks, now } = this, { xaxis } = map.element._fullLayout ?? {};
    const pixels = (xaxis?._length ?? 1) / (DOMAIN[1] - DOMAIN[0]);
    if (!marks || !now) return null;
    const near = (/** @type {Point} */ [x, y]) => Math.hypot(x - p[0], y - p[1]) * pixels;
    if (marks.ends.some((end) => near(end) < REACH)) return "turn";
    if (near(marks.centre) < REACH) return "shift";
    const { weights: [a, b], bias } = slice(now.neuron, now.at);
    const off = Math.abs(a * p[0] + b * p[1] + bias) / Math.hypot(a, b);
    return off * pixels < REACH / 2 ? "shift" : null;
  }

  /** @param {PointerEvent} e @param {Half} half */
  press(e, half) {
    const p = this.place(e, half), { now, marks } = this;
    if (!p || e.button || !now) return;
    const what = this.holds(p, half);
    if (!what || !marks) { this.look([...p, ...now.at.slice(2)]); return; }
    e.preventDefault();
    half.plane.focus({ preventScroll: true });
    half.plane.setPointerCapture(e.pointerId);
    this.grip = { what, pivot: marks.centre };
    this.peek = null;
  }

  /** @param {PointerEvent} e @param {Half} half */
  move(e, half) {
    const p = this.place(e, half), { now } = this;
    if (!p || !now) return;
    if (!this.grip) {
      const what = this.holds(p, half);
      half.plane.style.cursor = what ? { shift: "move", turn: "grab" }[what] : "crosshair";
      if (e.pointerType === "mouse") this.peek = p;
      this.room.ask();
      return;
    }
    const { neuron, at } = now, { what, pivot } = this.grip;
    const to = what === "shift" ? moved(neuron, at, p) : turned(neuron, at, pivot, p);
    if ([...to.weights, to.bias].every((v) => Math.abs(v) <= MOST)) this.dragged = [...to.weights, to.bias];
    this.room.ask();
  }

  release() {
    if (!this.grip) return;
    this.grip = null;
    this.commit();
  }

  commit() {
    const weights = this.dragged?.join(",");
    this.dragged = null;
    if (weights) this.set({ weights });
  }

  /** @param {KeyboardEvent} e */
  arrow(e) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (!way || !this.marks || !this.now || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    const { neuron, at } = this.now, { centre: c, ends: [p] } = this.marks;
    const angle = ((way[0] + way[1]) * -5 * Math.PI) / 180, [x, y] = [p[0] - c[0], p[1] - c[1]];
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const to = e.shiftKey ? turned(neuron, at, c, [c[0] + x * cos - y * sin, c[1] + x * sin + y * cos])
      : moved(neuron, at, [c[0] + 0.05 * way[0], c[1] + 0.05 * way[1]]);
    if ([...to.weights, to.bias].some((v) => Math.abs(v) > MOST)) return;
    this.dragged = [...to.weights, to.bias];
    this.commit();
  }

  /** 1 … 8: a row of the table. @param {KeyboardEvent} e */
  key(e) {
    const row = this.now?.rows[Number(e.key) - 1];
    if (row) this.look(row);
    return Boolean(row);
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  draw() {
    const now = (this.now = this.read()), { client } = this.room, data = this.room.data();
    const { neuron, at, n, gate, rows } = now, plane = slice(neuron, at), segment = lineEnds(plane);
    const { step, smooth } = this.halves;
    this.marks = segment && marksOf(segment);
    options(this.gate, titles(data.gates));
    choose(this.gate, client.view.gate);
    options(step.functions, titles(data.steps));
    choose(step.functions, now.step);
    options(smooth.functions, Object.entries(data.functions));
    choose(smooth.functions, client.view.function);
    write(this.about, gate.about);
    write(step.words, NERVE);
    write(smooth.words, `f(z) = ${data.formula}`);
    const z = netInput(at, neuron);
    this.answers = rows.map((row) => now.outputs.step.f(netInput(row, neuron)) === 1);
    for (const half of [step, smooth]) this.drawHalf(now, half, plane, z);
    this.drawSliders(now);
    this.drawSum(now, z);
    this.drawTable(now);
    this.thirdBox.hidden = n < 3;
    if (n > 2) {
      this.third.checked = at[2] >= 0.5;
      write(this.thirdLabel, `${gate.inputs[2]} = ${typed(at[2], 2)} in the plane`);
    }
    Object.assign(this.root.dataset, { weights: now.all.join(","), z: String(z),
      fires: this.answers.map(Number).join(""), at: at.join(",") });
  }

  /**
   * @param {Now} now @param {Half} half
   * @param {import("./arithmetic.js").Neuron} plane the neuron in the plane of the first two inputs @param {number} z
   */
  drawHalf(now, half, plane, z) {
    const { answers, marks } = this, { kind } = half, theme = this.room.theme(), output = now.outputs[kind];
    const [low, high] = this.range(now, kind), width = (DOMAIN[1] - DOMAIN[0]) / CELLS;
    const axis = Array.from({ length: CELLS }, (_, i) => DOMAIN[0] + (i + 0.5) * width);
    const shown = [...now.rows.keys()].filter((i) => now.n < 3 || now.rows[i][2] === Math.round(now.at[2]));
    const columns = (/** @type {number[][]} */ list) => ({ x: list.map((p) => p[0]), y: list.map((p) => p[1]) });
    const points = (/** @type {(i: number) => boolean} */ which) => {
      const list = shown.filter(which);
      return { ...columns(list.map((i) => now.rows[i])), text: list.map((i) => String(i + 1)) };
    };
    const wanted = (/** @type {number} */ i) => now.target[i] === "1";
    const meet = now.verdict?.meet ?? [], meets = meet.length && (now.n < 3 || Math.abs(meet[2] - now.at[2]) < 0.01);
    half.map.draw({
      output: outputMap(output, plane, CELLS), x: axis, y: axis, low, high, line: columns(lineEnds(plane) ?? []),
      centre: columns(marks ? [marks.centre] : []), ends: columns(marks?.ends ?? []),
      fires: points(wanted), silent: points((i) => !wanted(i)), missed: points((i) => answers[i] !== wanted(i)),
      pointer: columns([now.at]), meet: columns(meets ? [meet] : []), names: now.gate.inputs,
    }, theme);
    const found = change(output, now.at, now.neuron, now.delta), dz = found.to - found.z;
    half.graph.draw({
      ...this.curve(now, kind), now: { z: [found.z], value: [found.before] },
      moved: { z: [found.to], value: [found.after] },
      tangent: { z: [found.z, found.to], value: [found.before, found.before + output.slope(found.z) * dz] },
      range: [low - 0.15 * (high - low), high + 0.15 * (high - low)],
    }, theme, half.curve.clientWidth < 260 ? { legend: false } : {});
    const fires = kind === "step" ? (found.before === 1 ? "fires" : "does not fire") : `f(${number(z)})`;
    write(half.answer, kind === "step" ? `z = ${number(z)}: ${fires}, O = ${number(found.before, 0)}`
      : `z = ${number(z)}: O = ${fires} = ${number(found.before, 4)}`);
    const jump = kind === "step" ? (found.true ? " It jumped: no derivative tells that." : " It did not move.") : "";
    const [predicted, real, error] = [found.predicted, found.true, found.error].map((v) => number(v, 4));
    write(half.told, `ΔO predicted ${predicted}, true ${real}, error ${error}.${jump}`);
    Object.assign(half.root.dataset, { output: String(found.before), predicted: String(found.predicted),
      true: String(found.true) });
  }

  /** The outputs at the ends of the colours. @param {Now} now @param {Kind} kind */
  range(now, kind) {
    if (kind === "step") return [now.low, 1];
    /** @type {import("./arithmetic.js").Table} */
    const { z, value } = this.smooth.of, all = value.filter((_, i) => Math.abs(z[i]) <= 6);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return low > -0.01 && high < 1.01 ? [0, 1] : low > -1.01 && high < 1.01 ? [-1, 1] : [-3, 3];
  }

  /**
   * f and f′ as Plotly draws them; each node twice, so that a kink's slopes stay apart.
   * @param {Now} now @param {Kind} kind
   */
  curve({ low }, kind) {
    if (kind === "step") return { z: [-6, 0, null, 0, 6], value: [low, low, null, 1, 1], slope: [0, 0, null, 0, 0] };
    /** @type {import("./arithmetic.js").Table} */
    const { z, value, left, right } = this.smooth.of, inside = [...z.keys()].filter((i) => Math.abs(z[i]) <= 6);
    const twice = (/** @type {number[]} */ first, second = first) => inside.flatMap((i) => [first[i], second[i]]);
    return { z: twice(z), value: twice(value), slope: twice(left, right) };
  }

  /** @param {Now} now */
  drawSliders({ gate, all, delta, n, view }) {
    const shape = `${gate.inputs.join()}|${view.threshold}`;
    const turn = (/** @type {number} */ i, /** @type {number} */ v) => (i === n && view.threshold ? -v : v);
    if (this.shape !== shape) {
      this.shape = shape;
      const last = view.threshold ? "threshold θ" : "bias b", { inputs } = gate;
      const names = [...inputs.map((name, i) => `w${SUB[i]}${name.startsWith("x") ? "" : ` ${name}`}`), last];
      const put = (/** @type {number[]} */ list, /** @type {number} */ i, /** @type {number} */ v) => {
        this.room.ask();
        return list.map((old, j) => (j === i ? v : old));
      };
      const done = () => {
        const found = this.delta?.join(",");
        this.delta = null;
        if (found) this.set({ change: found });
      };
      this.rows = names.map((name, i) => slider(name, MOST, 0.1,
        (v) => { if (this.now) this.dragged = put(this.now.all, i, turn(i, v)); }, () => this.commit()));
      this.moves = [...inputs.map((_, i) => `Δw${SUB[i]}`), "Δb"].map((name, i) => slider(name, 1, 0.01,
        (v) => { if (this.now) this.delta = put(this.now.delta, i, v); }, done));
      this.sliders.replaceChildren(...this.rows.map((row) => row.root));
      this.deltas.replaceChildren(...this.moves.map((row) => row.root));
    }
    this.threshold.checked = view.threshold;
    this.rows.forEach((row, i) => row.show(turn(i, all[i])));
    this.moves.forEach((row, i) => row.show(delta[i]));
  }

  /** @param {Now} now @param {number} z */
  drawSum({ neuron, at, gate, view }, z) {
    const terms = neuron.weights.map((w, i) => element("span", {},
      element("small", {}, `w${SUB[i]}·${gate.inputs[i]}`), `${signed(w)}·${number(at[i])}`));
    const last = element("span", {}, element("small", {}, view.threshold ? "− θ" : "b"),
      view.threshold ? `− ${signed(-neuron.bias)}` : signed(neuron.bias));
    const parts = terms.flatMap((term, i) => (i ? ["+", term] : [term]));
    this.sum.replaceChildren(...parts, ...(view.threshold ? [] : ["+"]), last, "=", element("b", {}, number(z)));
  }

  /** @param {Now} now */
  drawTable(now) {
    const { answers } = this, { neuron, rows, gate, target } = now;
    const head = [...gate.inputs, "wanted", "z", "perceptron", "smooth"]
      .map((name) => element("th", { scope: "col" }, name));
    const body = rows.map((row, i) => {
      const z = netInput(row, neuron), right = answers[i] === (target[i] === "1");
      const here = row.every((v, j) => Math.abs(v - now.at[j]) < 0.005);
      const wanted = button(target[i], `row ${i + 1}: change what is wanted`, (e) => {
        e.stopPropagation();
        this.set({ target: [...target].map((bit, j) => (j === i ? String(1 - Number(bit)) : bit)).join("") });
      });
      return element("tr", { "data-right": right ? "1" : "0", "aria-current": here ? "true" : null,
        onclick: () => this.look(row) },
        ...row.map((v) => element("td", {}, String(v))), element("td", {}, wanted), element("td", {}, number(z)),
        element("td", {}, `${number(now.outputs.step.f(z), 0)} ${right ? "✓" : "✗"}`),
        element("td", {}, number(now.outputs.smooth.f(z), 3)));
    });
    const focus = [...this.table.querySelectorAll("button")].findIndex((one) => one === document.activeElement);
    this.table.replaceChildren(element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body));
    if (focus >= 0) this.table.querySelectorAll("button")[focus]?.focus();
    const wrong = rows.length - answers.filter((fires, i) => fires === (target[i] === "1")).length;
    const state = wrong ? `${wrong} of ${rows.length} rows are wrong. ` : "All rows are right. ";
    write(this.verdict, state + (now.verdict?.words ?? ""));
    this.verdict.dataset.possible = now.verdict ? String(now.verdict.possible) : "";
    this.solve.hidden = !(wrong && now.verdict?.possible);
  }

  dispose() {
    for (const { map, graph } of Object.values(this.halves)) { map.purge(); graph.purge(); }
  }
}

/** @param {string} name @param {string} label @param {(value: string) => void} act */
const menu = (name, label, act) => choice("", [], act, { title: null, "aria-label": label, "data-name": name });

/** Options with the titles of what Python names. @param {Record<string, {title: string}>} named */
const titles = (named) =>
  Object.entries(named).map(([name, { title }]) => /** @type {import("../../kit/dom.js").Option} */ ([name, title]));

/** @param {[Point, Point]} segment @returns {Marks} */
function marksOf([[x0, y0], [x1, y1]]) {
  const between = (/** @type {number} */ t) => /** @type {Point} */ ([x0 + (x1 - x0) * t, y0 + (y1 - y0) * t]);
  return { centre: between(0.5), ends: [between(0.12), between(0.88)] };
}
