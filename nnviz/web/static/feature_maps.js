// What every layer makes of one picture: its feature maps or neurons as tiles; one of them enlarged, with its numbers.

import { element } from "./editor.js";
import { Tiles, canvas, cellAt, label, paint, scales, short } from "./pictures.js";

const UNITS = new Set(["dense", "flatten", "simple_rnn", "lstm", "rows"]);

export class FeatureMaps {
  constructor() {
    this.box = element("div", { class: "nnl-maps" });
    this.layers = [];
    this.key = "";
  }

  draw(frame, theme) {
    const shown = frame.meta.layers;
    const key = JSON.stringify(shown.map(({ name, kind, picture, shown: n }) => [name, kind, picture, n]));
    if (key !== this.key) {
      this.key = key;
      this.layers = shown.map(() => new Layer());
      this.box.replaceChildren(...this.layers.map((l) => l.box));
    }
    this.layers.forEach((layer, i) => layer.draw(frame, shown[i], theme));
  }
}

class Layer {
  constructor() {
    this.title = element("h4");
    this.readout = element("span", { class: "nnl-readout", role: "status" });
    this.tiles = new Tiles({ pick: (tile) => this.enlarge(this.tile === tile ? null : tile), point: (at) => this.point(at) });
    this.picture = canvas("no map enlarged", { class: "nnl-zoom", onpointermove: (e) => { const at = cellAt(this.picture, e, this.h, this.w); this.point(at && { tile: this.tile, ...at }); }, onpointerleave: () => this.point(null) });
    this.picture.hidden = true;
    this.box = element("section", {}, element("header", {}, this.title, this.readout), this.tiles.canvas, this.picture);
    this.tile = null;
  }

  draw(frame, about, theme) {
    const { data } = frame.arrays[about.array];
    const [h, w] = about.picture ?? [1, 1];
    const signed = about.signed ?? frame.meta.signed ?? false;
    const thing = h * w > 1 ? "map" : UNITS.has(about.kind) ? "neuron" : "value";
    const scale = signed ? scales.centred(theme) : scales.positive(theme);
    Object.assign(this, { data, h, w, thing, scale, name: about.name, value: (v) => (signed ? (v - 128) / 127 : v / 255) * about.peak });
    const size = h * w > 1 ? `${about.total} maps of ${h}×${w}` : `${about.total} ${thing}s`;
    this.title.textContent = `${about.name}: ${about.total === 1 ? size.replace(/s\b/, "") : size}${about.shown < about.total ? `, the first ${about.shown}` : ""}`;
    this.tiles.draw(data, { h, w, count: about.shown }, scale, `${this.title.textContent}; largest value ${short(about.peak)}. Arrow keys or a click enlarge one.`);
    this.peak = about.peak;
    if (this.tile !== null && this.tile < about.shown) this.drawTile();
  }

  point(at) {
    this.readout.textContent = at ? this.words(at) : this.tile === null ? "" : this.words({ tile: this.tile });
  }

  words({ tile, row, column }) {
    const at = row === undefined ? 0 : row * this.w + column;
    const place = this.h * this.w > 1 && row !== undefined ? `, row ${row + 1}, column ${column + 1}` : "";
    const number = this.h * this.w > 1 && row === undefined ? "" : `: ${short(this.value(this.data[tile * this.h * this.w + at]))}`;
    return `${this.thing} ${tile + 1}${place}${number}`;
  }

  enlarge(tile) {
    this.tile = tile;
    this.picture.hidden = tile === null || this.h * this.w === 1;
    this.point(null);
    if (tile !== null) this.drawTile();
  }

  drawTile() {
    const { h, w, tile } = this;
    paint(this.picture, this.data.subarray(tile * h * w, (tile + 1) * h * w), { h, w }, this.scale);
    label(this.picture, `${this.name}, ${this.thing} ${tile + 1} enlarged; largest value of the layer ${short(this.peak)}`);
  }
}
