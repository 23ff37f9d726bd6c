// The network unrolled in time: a box for each row around the one that is read now, its row of pixels below it, its
// state within it; the weights W and U are the same everywhere.

import { element, label, svgNode } from "../../kit/dom.js";

/** @typedef {import("./recurrent.js").Reading} Reading */

const BOX = 86, GAP = 34, HIGH = 190, STATE = 74, STRIP = 150, MOST = 48; // pixels; numbers drawn of a state

export class Unrolled {
  /** @param {(row: number) => void} read */
  constructor(read) {
    this.read = read;
    this.key = "";
    this.root = element("div", { class: "nnr-unrolled", role: "img" });
  }

  /** @param {Reading & {pixels: Uint8Array | null}} now */
  draw({ frame: { arrays, meta, serial }, row, names, theme, pixels }) {
    const fit = Math.max(3, Math.floor(((this.root.clientWidth || 600) - 60) / (BOX + GAP)));
    const key = [serial, row, theme.key, fit, pixels?.length].join();
    if (this.key === key) return;
    this.key = key;
    const { rows, units } = meta, shown = Math.min(rows, fit);
    const first = Math.max(1, Math.min(rows - shown + 1, row - Math.floor(shown / 2)));
    const wide = shown * (BOX + GAP) + 70;
    const svg = svgNode("svg", { viewBox: `0 0 ${wide} ${HIGH}`, width: wide, height: HIGH, "aria-hidden": "true" });
    const width = pixels ? pixels.length / rows : 0;
    svg.append(this.text(18, STATE + 20, first === 1 ? "h₀ = 0" : "…"));
    for (let i = 0; i < shown; i++) {
      const t = first + i, x = 44 + i * (BOX + GAP), on = t === row, past = t <= row;
      const group = svgNode("g", { class: `nnr-step${on ? " nnr-now" : past ? "" : " nnr-ahead"}` });
      group.append(arrow(x - GAP + 2, STATE + 16, x - 3, STATE + 16),
        arrow(x + BOX / 2, STRIP - 4, x + BOX / 2, STATE + 35),
        svgNode("rect", { class: "nnr-box", x, y: STATE, width: BOX, height: 32, rx: 6 }),
        this.text(x + BOX / 2, STATE + 13, `h${sub(t)}`), this.text(x + BOX / 2, STRIP + 30, `row ${t}`));
      if (on) {
        group.append(this.text(x - GAP / 2, STATE + 9, "U"), this.text(x + BOX / 2 + 12, STRIP - 18, "W"));
        const p = arrays.probabilities, [, n] = p.shape, said = p.data.subarray(t * n, (t + 1) * n);
        const best = said.indexOf(Math.max(...said));
        group.append(arrow(x + BOX / 2, STATE - 2, x + BOX / 2, STATE - 28),
          this.text(x + BOX / 2, STATE - 36, `“${names[best] ?? best}” ${Math.round(100 * said[best])} %`));
      }
      const few = Math.min(units, MOST), cell = (BOX - 8) / few;
      for (let u = 0; u < few; u++) {
        const v = past ? arrays.states.data[(t - 1) * units + u] : 0;
        group.append(svgNode("rect", { x: x + 4 + u * cell, y: STATE + 19, width: cell, height: 9,
          fill: tone(v, theme) }));
      }
      for (let j = 0; j < width; j++) {
        const v = /** @type {Uint8Array} */ (pixels)[(t - 1) * width + j];
        group.append(svgNode("rect", { x: x + (j * BOX) / width, y: STRIP, width: BOX / width + 0.3, height: 14,
          fill: `rgb(${v},${v},${v})` }));
      }
      group.addEventListener("click", () => this.read(t));
      svg.append(group);
    }
    svg.append(this.text(wide - 14, STATE + 20, first + shown - 1 < rows ? "…" : ""));
    this.root.replaceChildren(svg);
    const now = row ? `row ${row} is read now` : "nothing is read yet";
    label(this.root, `The network unrolled: rows ${first} to ${first + shown - 1} of ${rows}; ${now}`);
  }

  /** @param {number} x @param {number} y @param {string} words */
  text(x, y, words) {
    const node = svgNode("text", { x, y, "text-anchor": "middle" });
    node.textContent = words;
    return node;
  }
}

/** @param {number} n */
const sub = (n) => [...String(n)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");

/** A number from −1 to 1 as a colour. @param {number} v @param {Theme} theme */
function tone(v, { neutral, positive, negative }) {
  const end = v < 0 ? negative : positive, share = Math.min(1, Math.abs(v)) ** 0.8;
  return `rgb(${neutral.map((c, k) => Math.round(c + (end[k] - c) * share))})`;
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
function arrow(x1, y1, x2, y2) {
  const across = Math.abs(x2 - x1) > Math.abs(y2 - y1), way = Math.sign(across ? x2 - x1 : y2 - y1);
  const head = across ? `M${x2 - 5 * way} ${y2 - 4}L${x2} ${y2}L${x2 - 5 * way} ${y2 + 4}`
    : `M${x2 - 4} ${y2 - 5 * way}L${x2} ${y2}L${x2 + 4} ${y2 - 5 * way}`;
  return svgNode("path", { class: "nnr-arrow", d: `M${x1} ${y1}L${x2} ${y2}${head}` });
}
