// The convolution room: a kernel slides over a digit, by hand or by itself, and the feature map builds up under it.
// Everything happens here; the setting is written into the address, which nnviz/ui/convolution_setting.py reads.

import { PRESETS } from "./convolution_kernels.js";
import { FILTERS } from "./convolution_learned.js";
import { convolve, peak, pool, windowAt } from "./convolution_math.js";
import { Panel } from "./convolution_panel.js";
import { Picture } from "./convolution_pictures.js";
import { View } from "./convolution_view.js";
import { thumbnail } from "./convolution_words.js";
import { DigitData } from "./digit_data.js";
import { readTheme } from "./theme.js";

const instances = new WeakMap();

export function render(component) {
  const host = component.parentElement;
  if (!host.isConnected) return;
  let room = instances.get(host);
  if (!room) instances.set(host, (room = new Room(host, component.data[0])));
  room.receive(component.data[0]);
}

export function dispose(host) {
  instances.get(host)?.dispose();
  instances.delete(host);
}

const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

class Room {
  constructor(host, data) {
    this.speed = 10; // places a second
    this.folded = true;
    this.panel = new Panel(data, {
      play: () => this.play(), step: () => this.step(), all: () => this.all(), clear: () => this.clear(),
      speed: (v) => { this.speed = v; }, fold: () => { this.folded = !this.folded; this.ask(); },
      set: (changes) => this.set(changes), kernel: (name) => this.choose(name), size: (k) => this.resize(k),
      weight: (i, v) => this.weight(i, v), bias: (v) => this.set(v === null ? {} : { bias: v }),
      open: (index) => this.open(index), walk: (way) => this.walk(way), random: () => this.random(), browse: (of) => this.browse(of),
    });
    this.root = this.panel.root;
    host.replaceChildren(this.root);
    const slide = (e) => this.arrows(e);
    const leave = () => { this.peek = this.poolPeek = null; this.ask(); };
    const digit = new Picture(this.panel.digit, {
      down: (r, c) => this.drag(r, c), move: (r, c, pressed) => pressed && this.drag(r, c), leave: () => {}, key: slide,
    });
    const map = new Picture(this.panel.map, {
      down: (r, c) => this.visit(Math.floor(r), Math.floor(c)),
      move: (r, c, pressed) => (pressed ? this.visit(Math.floor(r), Math.floor(c)) : this.look({ peek: this.inside(this.layer, r, c) })), leave, key: slide,
    });
    const pooled = new Picture(this.panel.pooled, {
      down: (r, c) => this.look({ poolPeek: this.inside(this.pooling, r, c) }),
      move: (r, c) => this.look({ poolPeek: this.inside(this.pooling, r, c) }), leave, key: slide,
    });
    this.view = new View(this.panel, { digit, map, pooled });
    this.keys = (e) => this.key(e);
    document.addEventListener("keydown", this.keys);
    this.observer = new ResizeObserver(() => this.ask());
    this.observer.observe(this.root);
  }

  dispose() {
    document.removeEventListener("keydown", this.keys);
    this.observer.disconnect();
    cancelAnimationFrame(this.asked);
    clearTimeout(this.writing);
    this.gone = true;
  }

  // ---- what Streamlit says --------------------------------------------------------------------------------------------

  receive(data) {
    this.theme = readTheme(this.root, data.palette);
    this.root.toggleAttribute("data-dark", this.theme.dark);
    this.root.dataset.present = data.present ? "1" : "0";
    // The script also runs again by itself (a new connection). Only an address that is not ours moves the visitor.
    if (location.search !== this.written) this.adopt(data);
    this.written = location.search;
    this.ask();
  }

  adopt(data) {
    Object.assign(this, { data, playing: false, picture: null, layer: null, peek: null, poolPeek: null, seen: null, moved: Boolean(data.setting.at) });
    this.panel.offer(FILTERS, data.run);
    const setting = (this.setting = { ...data.setting });
    setting.data ??= Object.keys(data.data)[0];
    if (setting.values && setting.kernel === "own") setting.weights = [...setting.values];
    else this.takeKernel(setting.kernel);
    setting.bias = data.setting.bias ?? this.bias;
    this.load(setting.data, setting.digit);
  }

  // ---- the digit ---------------------------------------------------------------------------------------------------------

  /** Fetch a set of digits and show one; null: the first of its class, or the first 7, on which every kernel has something to say. */
  async load(name, index) {
    const digits = (this.digits = new DigitData(`data=${name}`, "test"));
    try {
      const { n, labels } = await digits.info();
      if (this.gone || this.digits !== digits) return;
      this.panel.index.max = n - 1;
      await this.open(index === null || index >= n ? this.first(labels) : index);
      digits.onload = () => this.strip();
    } catch (error) {
      if (this.digits === digits) this.panel.say(error.message);
    }
  }

  first(labels) { return labels.indexOf(this.setting.of ?? 7); }

  async open(index) {
    const { digits } = this;
    const about = await digits.info();
    if (!Number.isFinite(index)) return this.ask();
    const chosen = clamp(Math.round(index), 0, about.n - 1);
    this.opening = chosen;
    try {
      await digits.ready(chosen);
    } catch (error) {
      return this.panel.say(error.message);
    }
    if (this.gone || this.digits !== digits || this.opening !== chosen) return undefined; // another was chosen meanwhile
    this.panel.say("");
    const small = Object.assign(document.createElement("canvas"), { width: about.width, height: about.height });
    const context = small.getContext("2d", { willReadFrequently: true });
    digits.draw(context, chosen, 0, 0, about.width);
    const { data } = context.getImageData(0, 0, about.width, about.height);
    const x = Array.from({ length: about.width * about.height }, (_, i) => data[4 * i] / 255);
    this.picture = { height: about.height, width: about.width, x, label: about.labels[chosen] };
    if (this.setting.of !== this.picture.label) this.setting.of = null;
    this.set({ digit: chosen });
    return this.strip();
  }

  /** The next test image of the class that is browsed, before or after; around the end. */
  next(from, way) {
    const { labels, n } = this.digits.about;
    for (let i = 1; i <= n; i++) {
      const at = (from + way * i + 2 * n * i) % n;
      if (this.setting.of === null || labels[at] === this.setting.of) return at;
    }
    return from;
  }

  walk(way) { if (this.picture) this.open(this.next(this.setting.digit, way)); }

  random() { if (this.picture) this.open(this.next(Math.floor(Math.random() * this.digits.about.n), 1)); }

  browse(of) {
    if (!this.picture) return;
    this.setting.of = of;
    if (of !== null && this.picture.label !== of) this.open(this.next(this.setting.digit, 1));
    else { this.set({}); this.strip(); }
  }

  /** Small pictures of the digits that follow. */
  strip() {
    if (!this.picture || !this.digits.about) return;
    let at = this.setting.digit;
    const next = Array.from({ length: 12 }, () => (at = this.next(at, 1)));
    this.panel.strip.replaceChildren(...[...new Set(next)].map((index) => thumbnail(this.digits, index, () => this.open(index))));
  }

  // ---- the setting -------------------------------------------------------------------------------------------------------

  set(changes) {
    const before = this.layer;
    if (changes.data && changes.data !== this.setting.data) {
      Object.assign(this.setting, changes);
      return this.load(changes.data, null);
    }
    Object.assign(this.setting, changes);
    this.compute(before);
    return this.ask();
  }

  /** Map and pooled map anew. What was built stays built; where the map has another shape, as much of it. */
  compute(before) {
    const { picture, setting } = this;
    if (!picture) return;
    const layer = (this.layer = convolve(picture, setting));
    const { height, width } = layer;
    this.pooling = setting.pool === "none" ? null : pool(layer, setting.pool, setting.pool_size);
    this.most = peak(layer.a);
    this.peek = this.poolPeek = null;
    if (!this.seen || before.height !== height || before.width !== width) {
      const share = this.seen ? this.seen.reduce((s, v) => s + v, 0) / Math.max(1, this.seen.length) : null;
      this.place(before, share);
    }
    this.version = (this.version ?? 0) + 1;
    this.write();
  }

  /** The window's place and the part that is built, for a map of a new shape. At the beginning the window stands where the
   * middle rows have their largest sum, and the map is built up to there: half of it is left to be played. */
  place(before, share) {
    const { height, width } = this.layer, n = height * width;
    const { at } = this.setting;
    this.seen = new Uint8Array(n);
    if (!n) this.at = [0, 0]; // the kernel is larger than the picture
    else if (share === null && at) this.at = [clamp(at[0], 0, height - 1), clamp(at[1], 0, width - 1)];
    else if (share === null || !before.height) {
      const [from, to] = [Math.floor(height * 0.4), Math.max(Math.floor(height * 0.4) + 1, Math.ceil(height * 0.62))];
      let best = from * width;
      for (let i = best; i < to * width; i++) if (this.layer.a[i] > this.layer.a[best]) best = i;
      this.at = [Math.floor(best / width), best % width];
    } else this.at = [0, 1].map((i) => clamp(Math.round(((this.at[i] + 0.5) / [before.height, before.width][i]) * [height, width][i] - 0.5), 0, [height, width][i] - 1));
    this.seen.fill(1, 0, share === 1 ? n : this.at[0] * width + this.at[1] + 1);
  }

  /** A kernel by name; one that was learned brings its own bias and size. */
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

  choose(name, filter = 0) {
    this.setting.filter = filter;
    this.takeKernel(name);
    this.set({});
  }

  /** The filters that a network has learned, where one of them is chosen: here once, or in the run of the link. */
  get learned() {
    return { run: this.data.run, learned: FILTERS }[this.setting.kernel] ?? null;
  }

  /** The chosen kernel's own bias. */
  get bias() {
    return this.learned?.filters[this.setting.filter].bias ?? 0;
  }

  get built() {
    return this.seen.reduce((sum, v) => sum + v, 0);
  }

  /** Another size: presets are made anew, other kernels keep their middle. */
  resize(k) {
    const { setting } = this, old = setting.size;
    if (PRESETS[setting.kernel]) setting.weights = PRESETS[setting.kernel].make(k);
    else {
      const shift = Math.floor((old - k) / 2);
      setting.weights = Array.from({ length: k * k }, (_, i) => {
        const [r, c] = [Math.floor(i / k) + shift, (i % k) + shift];
        return r >= 0 && c >= 0 && r < old && c < old ? setting.weights[r * old + c] : 0;
      });
      setting.kernel = "own";
    }
    this.set({ size: k });
  }

  weight(i, value) {
    if (value === null || value === this.setting.weights[i]) return this.ask();
    this.setting.weights[i] = value;
    return this.set({ kernel: "own" });
  }

  /** The address says what is on the screen, so that it can be handed on. No history: Back leaves the room. */
  write() {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => {
      const { setting, data, learned } = this, query = new URLSearchParams();
      const say = {
        ...setting, values: setting.kernel === "own" ? setting.weights.map((w) => Number(w.toPrecision(6))) : null, at: this.moved ? this.at : null,
        filter: learned ? setting.filter : 0, size: learned ? data.defaults.size : setting.size,
        digit: setting.digit === this.first(this.digits.labels) ? null : setting.digit, bias: setting.bias === this.bias ? null : setting.bias,
      };
      for (const [name, usual] of Object.entries(data.defaults)) {
        if (name !== "data" && JSON.stringify(say[name] ?? null) !== JSON.stringify(usual)) query.set(name, String(say[name]));
      }
      if (data.run) for (const [name, value] of [["kernel", setting.kernel], ["run", data.run.run]]) query.set(name, value);
      if (query.size || setting.data !== Object.keys(data.data)[0]) query.set("data", setting.data);
      if (data.present) query.set("present", "1");
      const text = query.toString().replaceAll("%2C", ",");
      if (location.search.slice(1) !== text) history.replaceState(history.state, "", location.pathname + (text && `?${text}`));
      this.written = location.search;
    }, 200);
  }

  // ---- the window --------------------------------------------------------------------------------------------------------

  inside(grid, r, c) {
    const [row, column] = [Math.floor(r), Math.floor(c)];
    return grid && row >= 0 && column >= 0 && row < grid.height && column < grid.width ? [row, column] : null;
  }

  look(changes) {
    if (this.playing) return;
    Object.assign(this, changes);
    this.ask();
  }

  /** The window around a point of the drawn picture, which begins with the padding. All places on the way are visited. */
  drag(r, c) {
    if (!this.layer?.height) return;
    const [row, column] = windowAt(this.layer, r - this.layer.rows.before, c - this.layer.columns.before);
    this.visit(row, column);
  }

  visit(row, column) {
    const { layer } = this;
    if (!layer?.height) return;
    this.pause();
    const to = [clamp(row, 0, layer.height - 1), clamp(column, 0, layer.width - 1)];
    const [from, steps] = [this.at, Math.max(Math.abs(to[0] - this.at[0]), Math.abs(to[1] - this.at[1]), 1)];
    for (let i = 1; i <= steps; i++) {
      const [r, c] = [0, 1].map((j) => Math.round(from[j] + ((to[j] - from[j]) * i) / steps));
      this.seen[r * layer.width + c] = 1;
    }
    this.at = to;
    this.peek = this.poolPeek = null;
    this.moved = true;
    this.write();
    this.ask();
  }

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

  /** Also where nothing has the focus: space plays, arrows slide. */
  key(e) {
    const busy = e.target.closest?.("input, select, textarea, button, a, [role=combobox], [contenteditable]");
    if (e.defaultPrevented || busy || !this.root.isConnected) return;
    if (e.key !== " ") return this.arrows(e);
    e.preventDefault();
    return this.play();
  }

  play() {
    if (this.playing) return this.pause();
    if (!this.layer?.height) return undefined;
    if (!this.seen.includes(0)) this.clear();
    Object.assign(this, { playing: true, peek: null, poolPeek: null, began: null, credit: 0 });
    return this.ask();
  }

  pause() {
    this.playing = false;
    this.ask();
  }

  /** One place on; from the end of a half-built map to its first gap. False when all is built. */
  advance() {
    const { width } = this.layer, here = this.at[0] * width + this.at[1];
    let to = here + 1;
    if (to >= this.seen.length) to = this.seen.indexOf(0);
    if (to < 0) return false;
    this.at = [Math.floor(to / width), to % width];
    this.seen[to] = 1;
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
    this.ask();
  }

  clear() {
    if (!this.layer?.height) return;
    this.seen.fill(0);
    this.at = [0, 0];
    this.seen[0] = 1;
    this.pause();
  }

  animate(now) {
    if (!this.playing) return;
    this.credit += this.began === null ? 0 : Math.min(0.25, (now - this.began) / 1000) * this.speed;
    this.began = now;
    for (; this.credit >= 1 && this.playing; this.credit -= 1) if (!this.advance()) this.playing = false;
    if (!this.seen.includes(0)) this.playing = false;
    if (this.playing) this.ask();
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------------

  ask() {
    if (this.gone) return;
    this.asked ??= requestAnimationFrame((now) => {
      this.asked = null;
      this.animate(now);
      this.draw();
    });
  }

  draw() {
    this.root.dataset.folded = this.folded ? "1" : "0";
    if (this.picture && this.layer) this.view.draw(this);
  }
}
