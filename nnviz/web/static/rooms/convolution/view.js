// What the convolution room shows at a moment: its three pictures, the sum between them, and the words around.

import { PRESETS } from "./kernels.js";
import { corner, peak, poolTaps, taps } from "./math.js";
import { grey, signed } from "./pictures.js";
import { filterButton, formula, poolFormula, scaleOf, sentence } from "./words.js";
import { squares } from "./panel.js";
import { label as setLabel, svgNode, write } from "../../kit/dom.js";
import { brief, count } from "../../kit/numbers.js";
import { css } from "../../kit/theme.js";

/** @typedef {import("./math.js").FeatureMap} FeatureMap */
/** @typedef {import("./math.js").PooledMap} PooledMap */
/** @typedef {import("./pictures.js").Picture} Picture */
/** @typedef {import("./pictures.js").Window} Window */
/** @typedef {import("./convolution.js").Setting} Setting */
/**
 * What the room shows. layer, pooling: the map and the pooled map; seen: 1 where the map is built; most: its largest
 * number; version: of all these; place: the output that is explained; cell: the pooled one, where there is one.
 * @typedef {{setting: Setting, theme: Theme, picture: import("./convolution.js").Digit, layer: FeatureMap,
 *   pooling: PooledMap | null, seen: Uint8Array, built: number, most: number, version: number, place: number[],
 *   poolPeek: number[] | null, playing: boolean, moved: boolean, sizes: number[],
 *   learned: import("./convolution.js").Learned | null, choose: (name: string, filter: number) => void}} Shown
 */

export class View {
  /**
   * @param {import("./panel.js").Panel} panel
   * @param {Record<"digit" | "map" | "pooled", Picture>} pictures on the panel's canvases
   */
  constructor(panel, { digit, map, pooled }) {
    this.panel = panel;
    this.digit = digit;
    this.map = map;
    this.pooled = pooled;
    this.drawn = this.saying = 0;
    this.filterKey = "";
    /** @type {Window} the kernel's, in the padded picture */
    this.window = { row: 0, column: 0, height: 0, width: 0 };
  }

  /** @param {Shown} room */
  draw(room) {
    const { panel } = this, { setting, theme, layer, picture, pooling, place } = room;
    const whole = layer.height > 0, i = whole ? place[0] * layer.width + place[1] : 0;
    this.controls(room);
    panel.fit(whole ? "" : `A ${setting.size} × ${setting.size} kernel does not fit into ${picture.height} × `
      + `${picture.width} pixels: choose the padding “same” or a smaller kernel.`);
    panel.drawWeights(setting, theme);
    const [row, column] = place, products = whole ? taps(picture, setting, layer, row, column) : [];
    panel.drawSum(setting, products, layer.z[i], layer.a[i], theme, room.most);
    const under = room.poolPeek ?? (whole ? place.map((v) => Math.floor(v / setting.pool_size)) : null);
    const cell = pooling && under && under[0] < pooling.height && under[1] < pooling.width ? under : null;
    this.drawDigit(room, whole);
    if (whole) this.drawMap(room, cell);
    if (panel.map.parentElement) panel.map.parentElement.hidden = !whole;
    this.drawPooled(room, cell);
    this.lines(theme, place, whole);
    Object.assign(panel.root.dataset, {
      frame: ++this.drawn, ready: "true", playing: room.playing, at: place.join(","),
      map: `${layer.height},${layer.width}`,
      built: room.built, digit: setting.digit, label: picture.label,
    });
    this.tell(room, whole, i);
  }

  /** @param {Shown} room */
  controls(room) {
    const { panel } = this, { setting, sizes, layer, picture, playing, theme, seen, built, learned, most } = room;
    write(panel.play, playing ? "❚❚ Pause" : "▶ Play");
    setLabel(panel.play, playing ? "Pause" : "Play");
    panel.size.fill(squares([...new Set([...sizes, setting.size])].sort((a, b) => a - b)));
    for (const [name, menu] of Object.entries(panel.choices))
      menu.set(setting[/** @type {keyof typeof panel.choices} */ (name)] ?? "");
    panel.choices.pool_size.root.hidden = setting.pool === "none";
    if (document.activeElement !== panel.index) panel.index.value = String(setting.digit);
    panel.who.textContent = `a ${picture.label}, test image ${count(setting.digit)}`;
    panel.says.textContent = learned?.says ?? PRESETS[setting.kernel]?.says
      ?? "Your own: type into a weight, or press arrow up and down.";
    panel.filters.hidden = !learned;
    const key = JSON.stringify([setting.kernel, setting.filter, theme.key]);
    if (learned && key !== this.filterKey) {
      const strongest = peak(learned.filters.flatMap((f) => f.weights));
      panel.filters.replaceChildren(...learned.filters.map((f, i) => {
        const how = { size: learned.size, i, chosen: i === setting.filter, most: strongest, theme };
        return filterButton(f, how, () => room.choose(setting.kernel, i));
      }));
    }
    this.filterKey = key;
    panel.formula.textContent = formula(layer, setting);
    panel.scale.replaceChildren(...scaleOf(theme, most, setting.activation === "relu"));
    panel.progress.textContent = layer.height ? `${count(built)} of ${count(seen.length)} outputs` : "";
  }

  /** @param {Shown} room @param {boolean} whole */
  drawDigit({ picture, setting, theme, layer, poolPeek, place: [row, column] }, whole) {
    const { rows, columns } = layer;
    const most = peak(setting.weights), [top, left] = whole ? corner(layer, row, column) : [0, 0];
    this.window = { row: top + rows.before, column: left + columns.before, height: setting.size, width: setting.size };
    /** @type {import("./pictures.js").Wash} */
    const wash = (r, c) => {
      const w = setting.weights[r * setting.size + c];
      return { color: w < 0 ? theme.negative : theme.positive, strength: w ? 0.1 + 0.35 * Math.abs(w / most) : 0 };
    };
    /** @type {import("./pictures.js").Box[]} */
    const boxes = whole ? [{ ...this.window, color: theme.accent, wash }] : [];
    if (whole && poolPeek) boxes.unshift({ ...reach(layer, setting, poolPeek), color: theme.text, thin: true });
    this.digit.draw({
      rows: picture.height + rows.total, columns: picture.width + columns.total, theme, boxes,
      key: [setting.data, setting.digit, setting.padding, setting.size, setting.stride],
      cell: (r, c) => {
        const [y, x] = [r - rows.before, c - columns.before];
        const inner = y >= 0 && x >= 0 && y < picture.height && x < picture.width;
        if (!inner) return { fill: grey(theme, 0), value: 0, hatched: true };
        const value = picture.x[y * picture.width + x];
        return { fill: grey(theme, value), value };
      },
      label: `The digit ${picture.label}, ${picture.height} × ${picture.width} pixels`
        + `${rows.total ? ", with zeros around" : ""}. The window begins in row ${top + 1}, column ${left + 1}. Arrow `
        + "keys move it.",
    });
  }

  /** @param {Shown} room @param {number[] | null} cell */
  drawMap({ layer, theme, setting, most, seen, version, place }, cell) {
    /** @type {import("./pictures.js").Box[]} */
    const boxes = [{ row: place[0], column: place[1], height: 1, width: 1, color: theme.accent }];
    const q = setting.pool_size;
    if (cell)
      boxes.unshift({ row: cell[0] * q, column: cell[1] * q, height: q, width: q, color: theme.text, thin: true });
    this.map.draw({
      rows: layer.height, columns: layer.width, theme, boxes, key: [version, seen.join("")],
      cell: (r, c) => {
        const value = layer.a[r * layer.width + c];
        return seen[r * layer.width + c] ? { fill: signed(theme, value, most), value } : null;
      },
      label: `The feature map, ${layer.height} × ${layer.width}. Row ${place[0] + 1}, column ${place[1] + 1} is `
        + `${brief(layer.a[place[0] * layer.width + place[1]])}. Arrow keys move the window.`,
    });
  }

  /** @param {Shown} room @param {number[] | null} cell */
  drawPooled({ pooling, layer, theme, setting, seen, version, most }, cell) {
    const { panel } = this, q = setting.pool_size, there = pooling?.height && pooling.width ? pooling : null;
    panel.pooled.hidden = !there;
    panel.poolFormula.textContent = setting.pool === "none" ? "The feature map goes on as it is."
      : there ? poolFormula(layer, q) : "The map is smaller than the window.";
    if (!there) { panel.drawPool(setting.pool, q, [], null, theme, 1); return; }
    const { a, width, height } = there, strongest = peak([...a, most]);
    const under = (/** @type {number} */ r, /** @type {number} */ c) => poolTaps(layer, q, r, c).map((tap) =>
      (seen[tap.row * layer.width + tap.column] ? tap.a : null));
    const [row, column] = cell ?? [0, 0], value = cell ? a[row * width + column] : 0;
    this.pooled.draw({
      rows: height, columns: width, theme, key: [version, seen.join("")],
      boxes: cell ? [{ row, column, height: 1, width: 1, color: theme.accent }] : [],
      cell: (r, c) => under(r, c).includes(null) ? null
        : { fill: signed(theme, a[r * width + c], strongest), value: a[r * width + c] },
      label: `The pooled map, ${height} × ${width}`
        + `${cell ? `. Row ${row + 1}, column ${column + 1} is ${brief(value)}` : ""}.`,
    });
    const values = cell ? under(row, column) : [];
    panel.drawPool(setting.pool, q, values, values.includes(null) ? null : value, theme, strongest);
  }

  /**
   * Thin lines: from the window to its products, from the sum to its output.
   * @param {Theme} theme @param {number[]} place @param {boolean} whole
   */
  lines(theme, place, whole) {
    const { panel } = this, svg = panel.lines, out = panel.sum.querySelector(".nnvc-out");
    if (!whole || !out || getComputedStyle(svg).display === "none") { svg.replaceChildren(); return; }
    const { left: x, top: y } = panel.root.getBoundingClientRect();
    const from = this.digit.rectangle(this.window), to = panel.products.getBoundingClientRect();
    const sum = out.getBoundingClientRect();
    const cell = this.map.rectangle({ row: place[0], column: place[1], height: 1, width: 1 });
    const [start, end] = [(sum.top + sum.bottom) / 2 - y, (cell.top + cell.bottom) / 2 - y];
    // Between the columns the line goes up or down, with round corners; over the map it follows the output's row.
    const gutter = panel.map.getBoundingClientRect().left - x - 14;
    const r = Math.min(10, Math.abs(end - start) / 2) * Math.sign(end - start);
    const beam = `M${from.right - x},${from.top - y} L${to.left - x},${to.top - y} L${to.left - x},${to.bottom - y} `
      + `L${from.right - x},${from.bottom - y} Z`;
    const wire = `M${sum.right - x},${start} H${gutter - Math.abs(r)} Q${gutter},${start} ${gutter},${start + r} `
      + `V${end - r} Q${gutter},${end} ${gutter + Math.abs(r)},${end} H${cell.left - x}`;
    svg.replaceChildren(
      svgNode("path", { d: beam, fill: css(theme.accent, 0.07), stroke: css(theme.accent, 0.3) }),
      svgNode("path", { d: wire, fill: "none", stroke: css(theme.accent, 0.8), "stroke-width": 2 }),
    );
  }

  /**
   * To a screen reader, when the visitor has moved the window and it has come to rest.
   * @param {Shown} room @param {boolean} whole @param {number} i the output's number
   */
  tell({ playing, moved, setting, layer, place }, whole, i) {
    clearTimeout(this.saying);
    if (playing || !whole || !moved) return;
    const words = sentence(setting, place, layer.z[i], layer.a[i]);
    this.saying = setTimeout(() => write(this.panel.said, words), 400);
  }
}

/**
 * All pixels that an output of the pooling depends on, in the padded picture.
 * @param {FeatureMap} layer @param {Setting} setting @param {number[]} place of the pooled output
 */
function reach(layer, setting, [row, column]) {
  const q = setting.pool_size, side = (q - 1) * setting.stride + setting.size;
  return { row: row * q * layer.rows.stride, column: column * q * layer.columns.stride, height: side, width: side };
}
