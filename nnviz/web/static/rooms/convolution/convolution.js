// The convolution room: a kernel slides over a digit, by hand or by itself, and the feature map builds up under it.
// Everything happens here; the setting is written into the address, which nnviz/ui/convolution_setting.py reads.

import { queryOf } from "./address.js";
import { PRESETS } from "./kernels.js";
import { FILTERS } from "./learned.js";
import { convolve, peak, pool, windowAt } from "./math.js";
import { Panel } from "./panel.js";
import { Picture } from "./pictures.js";
import { View } from "./view.js";
import { DigitChooser } from "./digit_chooser.js";
import { roomKey } from "../../kit/keys.js";
import { Room, component } from "../../kit/room.js";

/** @typedef {import("./digit_chooser.js").Digit} Digit */
/** @typedef {{title: string, says: string, size: number, filters: {bias: number, weights: number[]}[]}} Learned */
/**
 * As nnviz/ui/convolution_setting.py has it: of: the class that is browsed; filter: the number of a learned one; at:
 * the window's place that the link says; values: the weights of an own kernel.
 * @typedef {import("./math.js").Setting & {data: string, digit: number, of: number | null, kernel: string,
 *   filter: number, pool: string, pool_size: number, at: number[] | null, values: number[] | null}} Setting
 */

/** @param {number} v @param {number} low @param {number} high */
const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

class Convolution extends Room {
  /** @param {HTMLElement} host @param {any} data what Python says of the room */
  constructor(host, data) {
    super(host);
    this.data = data;
    this.speed = 10; // places a second
    this.folded = true;
    this.playing = false;
    this.moved = false; // the window, by the visitor
    this.credit = 0; // places that are to be visited now
    /** @type {number | null} when the playing was last drawn */
    this.began = null;
    this.written = "?";
    this.writing = this.version = 0;
    /** @type {Setting} */
    this.setting = { ...data.setting };
    /** @type {Digit | null} */
    this.picture = null;
    /** @type {import("./math.js").FeatureMap | null} */
    this.layer = null;
    /** @type {import("./math.js").PooledMap | null} */
    this.pooling = null;
    this.most = 1;
    /** @type {Uint8Array | null} 1 where the map is built; null before the first map */
    this.seen = null;
    this.at = [0, 0];
    /** @type {number[] | null} an output, and a pooled one, that is pointed at */
    this.peek = null;
    /** @type {number[] | null} */
    this.poolPeek = null;
    this.panel = new Panel(data, {
      play: () => this.play(), step: () => this.step(), all: () => this.all(), clear: () => this.clear(),
      speed: (v) => { this.speed = v; }, fold: () => { this.folded = !this.folded; this.ask(); },
      set: (changes) => this.set(changes), kernel: (name) => this.choose(name), size: (k) => this.resize(k),
      weight: (i, v) => this.weight(i, v), bias: (v) => this.set(v === null ? {} : { bias: v }),
      open: (index) => { if (Number.isFinite(index)) this.digits.open(index); else this.ask(); },
      walk: (way) => this.digits.walk(way), random: () => this.digits.random(), browse: (of) => this.digits.browse(of),
    });
    this.digits = new DigitChooser(this.panel, (picture, digit, of) => {
      this.picture = picture;
      this.set({ digit, of });
    });
    this.mount(this.panel.root);
    const key = (/** @type {KeyboardEvent} */ e) => this.arrows(e);
    const leave = () => { this.peek = this.poolPeek = null; this.ask(); };
    const pooled = (/** @type {number} */ r, /** @type {number} */ c) =>
      this.look({ poolPeek: inside(this.pooling, r, c) });
    const visit = (/** @type {number} */ r, /** @type {number} */ c) => this.visit(Math.floor(r), Math.floor(c));
    this.view = new View(this.panel, {
      digit: new Picture(this.panel.digit, {
        down: (r, c) => this.drag(r, c), leave: () => {}, key,
        move: (r, c, pressed) => { if (pressed) this.drag(r, c); },
      }),
      map: new Picture(this.panel.map, {
        down: visit, leave, key,
        move: (r, c, pressed) => (pressed ? visit(r, c) : this.look({ peek: inside(this.layer, r, c) })),
      }),
      pooled: new Picture(this.panel.pooled, { down: pooled, move: pooled, leave, key }),
    });
    this.keys = (/** @type {KeyboardEvent} */ e) => this.key(e);
    document.addEventListener("keydown", this.keys);
  }

  dispose() {
    super.dispose();
    document.removeEventListener("keydown", this.keys);
    clearTimeout(this.writing);
    this.digits.gone = true;
  }

  // ---- what Streamlit says ------------------------------------------------------------------------------------------

  /** @param {Component} component */
  receive({ data: [data] }) {
    this.dress({ palette: data.palette, view: data });
    // The script also runs again by itself (a new connection). Only an address that is not ours moves the visitor.
    if (location.search !== this.written) this.adopt(data);
    this.written = location.search;
    this.ask();
  }

  /** @param {any} data */
  adopt(data) {
    Object.assign(this, {
      data, playing: false, picture: null, layer: null, peek: null, poolPeek: null, seen: null,
      moved: Boolean(data.setting.at),
    });
    this.panel.offer(FILTERS, data.run);
    const setting = (this.setting = { ...data.setting });
    setting.data ??= Object.keys(data.data)[0];
    if (setting.values && setting.kernel === "own") setting.weights = [...setting.values];
    else this.takeKernel(setting.kernel);
    setting.bias = data.setting.bias ?? this.bias;
    this.digits.of = data.setting.of;
    this.digits.load(setting.data, data.setting.digit);
  }

  // ---- the setting --------------------------------------------------------------------------------------------------

  /** @param {Partial<Setting>} changes */
  set(changes) {
    const { layer, setting } = this, other = changes.data !== undefined && changes.data !== setting.data;
    Object.assign(setting, changes);
    if (other) { this.digits.load(setting.data, null); return; }
    this.compute(layer);
    this.ask();
  }

  /**
   * Map and pooled map anew. What was built stays built; where the map has another shape, as much of it.
   * @param {import("./math.js").FeatureMap | null} before
   */
  compute(before) {
    const { picture, setting, seen } = this;
    if (!picture) return;
    const layer = (this.layer = convolve(picture, setting)), { height, width } = layer;
    this.pooling = setting.pool === "none" ? null : pool(layer, setting.pool, setting.pool_size);
    this.most = peak(layer.a);
    this.peek = this.poolPeek = null;
    if (!seen || before?.height !== height || before.width !== width) this.place(layer, seen ? before : null);
    this.version += 1;
    this.write();
  }

  /**
   * The window's place and the part that is built, for a map of a new shape. At the beginning the window stands where
   * the middle rows have their largest sum, and the map is built up to there: half of it is left to be played.
   * @param {import("./math.js").FeatureMap} layer @param {import("./math.js").FeatureMap | null} before
   */
  place({ height, width, a }, before) {
    const n = height * width, { at } = this.setting, whole = before?.height && this.seen?.every(Boolean);
    const old = before && [before.height, before.width], sides = [height, width];
    const within = (/** @type {number[]} */ place) => place.map((v, i) => clamp(v, 0, sides[i] - 1));
    if (!n) this.at = [0, 0]; // the kernel is larger than the picture
    else if (!before && at) this.at = within(at);
    else if (!old?.[0]) {
      const from = Math.floor(height * 0.4), to = Math.max(from + 1, Math.ceil(height * 0.62));
      let best = from * width;
      for (let i = best; i < to * width; i++) if (a[i] > a[best]) best = i;
      this.at = [Math.floor(best / width), best % width];
    } else this.at = within(this.at.map((v, i) => Math.round(((v + 0.5) / old[i]) * sides[i] - 0.5)));
    this.seen = new Uint8Array(n).fill(1, 0, whole ? n : this.at[0] * width + this.at[1] + 1);
  }

  /** A kernel by name; one that was learned brings its own bias and size. @param {string} name */
  takeKernel(name) {
    const { setting } = this;
    setting.kernel = name;
    const { learned } = this;
    if (learned) {
      setting.filter = clamp(setting.filter, 0, learned.filters.length - 1);
      Object.assign(setting, { size: learned.size, weights: [...learned.filters[setting.filter].weights] });
    } else if (name !== "own") {
      if (!this.data.sizes.includes(setting.size)) setting.size = this.data.sizes[0];
      setting.weights = PRESETS[name].make(setting.size);
    }
    if (name !== "own") setting.bias = this.bias;
  }

  /** @param {string} name */
  choose(name, filter = 0) {
    this.setting.filter = filter;
    this.takeKernel(name);
    this.set({});
  }

  /**
   * The filters that a network has learned, where one is chosen: here once, or in the run of the link.
   * @returns {Learned | null}
   */
  get learned() {
    return { run: this.data.run, learned: FILTERS }[this.setting.kernel] ?? null;
  }

  /** The chosen kernel's own bias. */
  get bias() {
    return this.learned?.filters[this.setting.filter].bias ?? 0;
  }

  /** Another size: presets are made anew, other kernels keep their middle. @param {number} k */
  resize(k) {
    const { setting } = this, { size: old, weights } = setting;
    if (PRESETS[setting.kernel]) setting.weights = PRESETS[setting.kernel].make(k);
    else {
      const shift = Math.floor((old - k) / 2);
      setting.weights = Array.from({ length: k * k }, (_, i) => {
        const [r, c] = [Math.floor(i / k) + shift, (i % k) + shift];
        return r >= 0 && c >= 0 && r < old && c < old ? weights[r * old + c] : 0;
      });
      setting.kernel = "own";
    }
    this.set({ size: k });
  }

  /** @param {number} i @param {number | null} value */
  weight(i, value) {
    if (value === null || value === this.setting.weights[i]) { this.ask(); return; }
    this.setting.weights[i] = value;
    this.set({ kernel: "own" });
  }

  /** The address says what is on the screen, so that it can be handed on. No history: Back leaves the room. */
  write() {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => {
      const { setting, data, learned, bias } = this, at = this.moved ? this.at : null, { first } = this.digits;
      const text = queryOf(setting, data, { learned: Boolean(learned), bias, first, at });
      if (location.search.slice(1) !== text)
        history.replaceState(history.state, "", location.pathname + (text && `?${text}`));
      this.written = location.search;
    }, 200);
  }

  // ---- the window ---------------------------------------------------------------------------------------------------

  /** @param {{peek?: number[] | null, poolPeek?: number[] | null}} changes */
  look(changes) {
    if (this.playing) return;
    Object.assign(this, changes);
    this.ask();
  }

  /**
   * The window around a point of the drawn picture, which begins with the padding. All places on the way are visited.
   * @param {number} r @param {number} c
   */
  drag(r, c) {
    const { layer } = this;
    if (!layer?.height) return;
    const [row, column] = windowAt(layer, r - layer.rows.before, c - layer.columns.before);
    this.visit(row, column);
  }

  /** @param {number} row @param {number} column */
  visit(row, column) {
    const { layer, seen, at: from } = this;
    if (!layer?.height || !seen) return;
    this.pause();
    const to = [clamp(row, 0, layer.height - 1), clamp(column, 0, layer.width - 1)];
    const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1);
    for (let i = 1; i <= steps; i++) {
      const [r, c] = from.map((v, j) => Math.round(v + ((to[j] - v) * i) / steps));
      seen[r * layer.width + c] = 1;
    }
    this.at = to;
    this.peek = this.poolPeek = null;
    this.moved = true;
    this.write();
    this.ask();
  }

  /** @param {KeyboardEvent} e */
  arrows(e) {
    const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
    if (!this.layer?.height || e.ctrlKey || e.metaKey || e.altKey) return;
    if (way) this.visit(this.at[0] + way[0], this.at[1] + way[1]);
    else if (e.key === "Home") this.visit(this.at[0], 0);
    else if (e.key === "End") this.visit(this.at[0], this.layer.width - 1);
    else return;
    e.preventDefault();
    e.stopPropagation();
  }

  /** Also where nothing has the focus: space plays, arrows slide. @param {KeyboardEvent} e */
  key(e) {
    const at = roomKey(e);
    if (!at || at.button || !this.root.isConnected) return;
    if (e.key !== " ") { this.arrows(e); return; }
    e.preventDefault();
    this.play();
  }

  play() {
    if (this.playing) { this.pause(); return; }
    if (!this.layer?.height) return;
    if (!this.seen?.includes(0)) this.clear();
    Object.assign(this, { playing: true, peek: null, poolPeek: null, began: null, credit: 0 });
    this.ask();
  }

  pause() {
    this.playing = false;
    this.ask();
  }

  /** One place on; from the end of a half-built map to its first gap. False when all is built. */
  advance() {
    const { layer, seen } = this;
    if (!layer || !seen) return false;
    const next = this.at[0] * layer.width + this.at[1] + 1, to = next < seen.length ? next : seen.indexOf(0);
    if (to < 0) return false;
    this.at = [Math.floor(to / layer.width), to % layer.width];
    seen[to] = 1;
    return true;
  }

  step() {
    if (!this.layer?.height) return;
    this.pause();
    if (!this.advance()) this.at = [0, 0];
    this.moved = true;
    this.write();
  }

  all() {
    this.pause();
    this.seen?.fill(1);
  }

  clear() {
    if (!this.layer?.height || !this.seen) return;
    this.seen.fill(0);
    this.at = [0, 0];
    this.seen[0] = 1;
    this.pause();
  }

  /** @param {number} now */
  animate(now) {
    if (!this.playing) return;
    this.credit += this.began === null ? 0 : Math.min(0.25, (now - this.began) / 1000) * this.speed;
    this.began = now;
    for (; this.credit >= 1 && this.playing; this.credit -= 1) if (!this.advance()) this.playing = false;
    if (!this.seen?.includes(0)) this.playing = false;
    if (this.playing) this.ask();
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  /** @param {number} now */
  draw(now) {
    this.animate(now);
    this.root.dataset.folded = this.folded ? "1" : "0";
    const { picture, layer, seen, setting, theme, pooling, most, version, poolPeek, playing, moved, learned } = this;
    if (!picture || !layer || !seen) return;
    this.view.draw({
      picture, layer, seen, setting, theme, pooling, most, version, poolPeek, playing, moved, learned,
      built: seen.reduce((sum, v) => sum + v, 0), place: this.peek ?? this.at, sizes: this.data.sizes,
      choose: (name, filter) => this.choose(name, filter),
    });
  }
}

/**
 * The cell of a map under a point; null outside, or where there is no map.
 * @param {{height: number, width: number} | null} map @param {number} r @param {number} c
 */
function inside(map, r, c) {
  const [row, column] = [Math.floor(r), Math.floor(c)];
  return map && row >= 0 && column >= 0 && row < map.height && column < map.width ? [row, column] : null;
}

export const { render, dispose } = component(Convolution);
