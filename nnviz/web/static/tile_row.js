// Buttons with a digit on each: what the gallery, the first hundred and the newest mistakes are made of. A tile is drawn again
// only where it says something new, and keeps its place in the page, its focus and its pointer while it does.

import { element } from "./editor.js";
import { percent } from "./predictions.js";

const INK = 56; // pixels of a tile's canvas: twice those of an MNIST digit

export class Tiles {
  /** `open(index)`: a tile was clicked. `caption(row, names)` may be replaced. */
  constructor(open, label) {
    this.root = element("div", { class: "nnd-tiles", role: "group", "aria-label": label });
    this.open = open;
    this.tiles = [];
    this.root.addEventListener("keydown", (e) => this.key(e));
  }

  /** Whether the visitor's pointer or focus is on the tiles: then they must not jump. */
  get held() {
    return this.root.matches(":hover, :focus-within");
  }

  key(e) {
    const i = this.tiles.findIndex((t) => t.button === document.activeElement);
    if (i < 0) return;
    const top = this.tiles[0].button.offsetTop, columns = Math.max(1, this.tiles.findIndex((t) => t.button.offsetTop > top)); // −1: one row
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[e.key];
    if (!step) return;
    e.preventDefault();
    e.stopPropagation(); // else the arrow makes a training step
    const next = this.tiles[i + step];
    if (next && !next.button.hidden) next.button.focus();
  }

  /** rows: as of `digitOf`, with `right` for a digit that is not wrong (any more). */
  draw(rows, { data, names, key }) {
    while (this.tiles.length < rows.length) this.add();
    this.tiles.forEach((tile, i) => this.drawTile(tile, rows[i], data, names, key));
  }

  add() {
    const canvas = element("canvas", { width: INK, height: INK, "aria-hidden": "true" }), text = element("span", {});
    const tile = { canvas, text, button: element("button", { type: "button", class: "nnd-tile", onclick: () => this.open(tile.index, this.tiles.filter((t) => !t.button.hidden).map((t) => t.index)) }, canvas, text) };
    this.tiles.push(tile);
    this.root.append(tile.button);
  }

  drawTile(tile, row, data, names, key) {
    if (tile.button.hidden !== !row) tile.button.hidden = !row;
    if (!row) return;
    const picture = `${key}:${row.index}`;
    if (tile.picture !== picture) {
      const context = tile.canvas.getContext("2d");
      context.clearRect(0, 0, INK, INK);
      tile.picture = data.draw(context, row.index, 0, 0, INK) ? picture : null;
      tile.index = row.index;
    }
    const { truth, predicted, sure, right } = row, said = [truth, predicted, Math.round(sure * 100), right].join();
    if (tile.said === said && tile.named === picture) return;
    tile.said = said;
    tile.named = picture;
    tile.button.classList.toggle("nnd-right", Boolean(right));
    // Names of more than a letter or two have a line of their own, so that both can be read.
    tile.button.classList.toggle("nnd-named", names[truth].length > 2 || names[predicted].length > 2);
    tile.text.replaceChildren(element("i", {}, names[truth]), ...(right ? [] : [element("em", {}, " → "), element("b", {}, names[predicted])]), " ", element("small", {}, percent(sure, 0)));
    tile.button.setAttribute("aria-label", `digit ${row.index}: ${right ? `${names[truth]}, recognised` : `true ${names[truth]}, taken for ${names[predicted]}`}, ${percent(sure, 0)} sure`);
    tile.button.title = tile.button.getAttribute("aria-label");
  }
}
