// What the convolution room shows at a moment: its three pictures, the sum between them, and the words around.

import { PRESETS } from "./convolution_kernels.js";
import { corner, peak, poolTaps, taps } from "./convolution_math.js";
import { grey, number, signed } from "./convolution_pictures.js";
import { filterButton, formula, poolFormula, scaleOf, sentence } from "./convolution_words.js";
import { css } from "./theme.js";

export class View {
  /** pictures: {digit, map, pooled}, each a Picture on the panel's canvas. */
  constructor(panel, pictures) {
    Object.assign(this, { panel, ...pictures, drawn: 0 });
  }

  draw(room) {
    const { panel } = this, { setting, theme, layer, picture, pooling } = room;
    const whole = layer.height > 0;
    this.controls(room);
    panel.fit(whole ? "" : `A ${setting.size} × ${setting.size} kernel does not fit into ${picture.height} × ${picture.width} pixels: choose the padding “same” or a smaller kernel.`);
    const place = room.peek ?? room.at;
    const i = whole ? place[0] * layer.width + place[1] : 0;
    panel.drawWeights(setting, theme);
    panel.drawSum(setting, whole ? taps(picture, setting, layer, ...place) : [], layer.z[i], layer.a[i], theme, room.most);
    const under = room.poolPeek ?? (pooling && whole ? place.map((v) => Math.floor(v / setting.pool_size)) : null);
    const cell = under && under[0] < pooling.height && under[1] < pooling.width ? under : null;
    this.drawDigit(room, place, whole);
    if (whole) this.drawMap(room, place, cell);
    panel.map.parentElement.hidden = !whole;
    this.drawPooled(room, cell);
    this.lines(room, place, whole);
    Object.assign(panel.root.dataset, {
      frame: ++this.drawn, ready: "true", playing: room.playing, at: place.join(","), map: `${layer.height},${layer.width}`,
      built: room.built, digit: setting.digit, label: picture.label,
    });
    this.tell(room, place, whole, i);
  }

  controls(room) {
    const { panel } = this, { setting, data, layer, picture, playing, theme, seen, built, learned, most } = room;
    panel.play.textContent = playing ? "❚❚ Pause" : "▶ Play";
    panel.play.setAttribute("aria-label", playing ? "Pause" : "Play");
    const sizes = [...new Set([...data.sizes, setting.size])].sort((a, b) => a - b);
    panel.size.fill(Object.fromEntries(sizes.map((k) => [k, `${k} × ${k}`])));
    for (const name of ["data", "of", "kernel", "size", "stride", "padding", "activation", "pool", "pool_size"]) panel.choices[name].set(setting[name] ?? "");
    panel.choices.pool_size.root.hidden = setting.pool === "none";
    if (document.activeElement !== panel.index) panel.index.value = setting.digit;
    panel.who.textContent = `a ${picture.label}, test image ${setting.digit.toLocaleString("en")}`;
    panel.says.textContent = learned?.says ?? PRESETS[setting.kernel]?.says ?? "Your own: type into a weight, or press arrow up and down.";
    panel.filters.hidden = !learned;
    const key = JSON.stringify([setting.kernel, setting.filter, theme.key]);
    if (learned && key !== this.filterKey) {
      const strongest = peak(learned.filters.flatMap((f) => f.weights));
      panel.filters.replaceChildren(...learned.filters.map((f, i) => filterButton(f, learned.size, i, i === setting.filter, strongest, theme, () => room.choose(setting.kernel, i))));
    }
    this.filterKey = key;
    panel.formula.textContent = formula(layer, setting);
    panel.scale.replaceChildren(...scaleOf(theme, most, setting.activation === "relu"));
    panel.progress.textContent = layer.height ? `${built.toLocaleString("en")} of ${seen.length.toLocaleString("en")} outputs` : "";
  }

  drawDigit({ picture, setting, theme, layer, poolPeek }, place, whole) {
    const { rows, columns } = layer;
    const inner = (r, c) => r >= 0 && c >= 0 && r < picture.height && c < picture.width;
    const most = peak(setting.weights), [top, left] = whole ? corner(layer, ...place) : [0, 0];
    this.window = { row: top + rows.before, column: left + columns.before, height: setting.size, width: setting.size };
    const wash = (r, c) => {
      const w = setting.weights[r * setting.size + c];
      return { color: w < 0 ? theme.negative : theme.positive, strength: w ? 0.1 + 0.35 * Math.abs(w / most) : 0 };
    };
    const boxes = whole ? [{ ...this.window, color: theme.accent, wash }] : [];
    if (whole && poolPeek) boxes.unshift({ ...reach(layer, setting, poolPeek), color: theme.text, thin: true });
    this.digit.draw({
      rows: picture.height + rows.total, columns: picture.width + columns.total, theme, boxes,
      key: [setting.data, setting.digit, setting.padding, setting.size, setting.stride],
      cell: (r, c) => {
        const [y, x] = [r - rows.before, c - columns.before];
        if (!inner(y, x)) return { fill: grey(theme, 0), value: 0, hatched: true };
        const value = picture.x[y * picture.width + x];
        return { fill: grey(theme, value), value };
      },
      label: `The digit ${picture.label}, ${picture.height} × ${picture.width} pixels${rows.total ? ", with zeros around" : ""}. The window begins in row ${top + 1}, column ${left + 1}. Arrow keys move it.`,
    });
  }

  drawMap({ layer, theme, setting, most, seen, version }, place, cell) {
    const boxes = [{ row: place[0], column: place[1], height: 1, width: 1, color: theme.accent }];
    const q = setting.pool_size;
    if (cell) boxes.unshift({ row: cell[0] * q, column: cell[1] * q, height: q, width: q, color: theme.text, thin: true });
    this.map.draw({
      rows: layer.height, columns: layer.width, theme, boxes, key: [version, seen.join("")],
      cell: (r, c) => {
        const value = layer.a[r * layer.width + c];
        return seen[r * layer.width + c] ? { fill: signed(theme, value, most), value } : null;
      },
      label: `The feature map, ${layer.height} × ${layer.width}. Row ${place[0] + 1}, column ${place[1] + 1} is ${number(layer.a[place[0] * layer.width + place[1]])}. Arrow keys move the window.`,
    });
  }

  drawPooled({ pooling, layer, theme, setting, seen, version, most }, cell) {
    const { panel } = this, there = Boolean(pooling?.height && pooling.width), q = setting.pool_size;
    panel.pooled.hidden = !there;
    panel.poolFormula.textContent = setting.pool === "none" ? "The feature map goes on as it is." : there ? poolFormula(layer, setting) : "The map is smaller than the window.";
    if (!there) return panel.drawPool(setting.pool, q, []);
    const strongest = peak([...pooling.a, most]);
    const whole = (r, c) => poolTaps(layer, q, r, c).every((tap) => seen[tap.row * layer.width + tap.column]);
    const value = cell ? pooling.a[cell[0] * pooling.width + cell[1]] : 0;
    this.pooled.draw({
      rows: pooling.height, columns: pooling.width, theme, key: [version, seen.join("")],
      boxes: cell ? [{ row: cell[0], column: cell[1], height: 1, width: 1, color: theme.accent }] : [],
      cell: (r, c) => {
        const a = pooling.a[r * pooling.width + c];
        return whole(r, c) ? { fill: signed(theme, a, strongest), value: a } : null;
      },
      label: `The pooled map, ${pooling.height} × ${pooling.width}${cell ? `. Row ${cell[0] + 1}, column ${cell[1] + 1} is ${number(value)}` : ""}.`,
    });
    const values = cell ? poolTaps(layer, q, ...cell).map((tap) => (seen[tap.row * layer.width + tap.column] ? tap.a : null)) : [];
    return panel.drawPool(setting.pool, q, values, values.includes(null) ? null : value, theme, strongest);
  }

  /** Thin lines: from the window to its products, from the sum to its output. */
  lines({ theme }, place, whole) {
    const { panel } = this, svg = panel.lines, out = panel.sum.querySelector(".nnvc-out");
    if (!whole || !out || getComputedStyle(svg).display === "none") return svg.replaceChildren();
    const { left: x, top: y } = panel.root.getBoundingClientRect();
    const from = this.digit.rectangle(this.window), to = panel.products.getBoundingClientRect(), sum = out.getBoundingClientRect();
    const cell = this.map.rectangle({ row: place[0], column: place[1], height: 1, width: 1 });
    const [start, end] = [(sum.top + sum.bottom) / 2 - y, (cell.top + cell.bottom) / 2 - y];
    // Between the columns the line goes up or down, with round corners; over the map it follows the output's row.
    const gutter = panel.map.getBoundingClientRect().left - x - 14, r = Math.min(10, Math.abs(end - start) / 2) * Math.sign(end - start);
    const beam = `M${from.right - x},${from.top - y} L${to.left - x},${to.top - y} L${to.left - x},${to.bottom - y} L${from.right - x},${from.bottom - y} Z`;
    const wire = `M${sum.right - x},${start} H${gutter - Math.abs(r)} Q${gutter},${start} ${gutter},${start + r} V${end - r} Q${gutter},${end} ${gutter + Math.abs(r)},${end} H${cell.left - x}`;
    return svg.replaceChildren(
      path({ d: beam, fill: css(theme.accent, 0.07), stroke: css(theme.accent, 0.3) }),
      path({ d: wire, fill: "none", stroke: css(theme.accent, 0.8), "stroke-width": 2 }),
    );
  }

  /** To a screen reader, when the visitor has moved the window and it has come to rest. */
  tell({ playing, moved, setting, layer, gone }, place, whole, i) {
    clearTimeout(this.saying);
    if (playing || !whole || !moved || gone) return;
    const words = sentence(setting, place, layer.z[i], layer.a[i]);
    this.saying = setTimeout(() => { if (this.panel.said.textContent !== words) this.panel.said.textContent = words; }, 400);
  }
}

/** All pixels that an output of the pooling depends on, in the padded picture. */
function reach(layer, setting, [row, column]) {
  const q = setting.pool_size, side = (q - 1) * setting.stride + setting.size;
  return { row: row * q * layer.rows.stride, column: column * q * layer.columns.stride, height: side, width: side };
}

function path(attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
