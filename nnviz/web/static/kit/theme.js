// Colours: the page's own (Streamlit's --st-* variables) and the data's, the same in every figure.

/** "#rrggbb" or "rgb(r, g, b)" → [r, g, b]. @param {string} text @returns {RGB} */
export function rgb(text) {
  const t = text.trim();
  if (t[0] === "#") {
    const full = t.length === 4 ? [...t.slice(1)].map((c) => c + c).join("") : t.slice(1, 7);
    return [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
  }
  return (t.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);
}

/** @param {RGB} c */
export const css = (c, alpha = 1) => `rgba(${c.map(Math.round).join(",")},${alpha})`;
/** @param {RGB} a @param {RGB} b @param {number} t @returns {RGB} */
export const mix = (a, b, t) => a.map((v, i) => v + (b[i] - v) * t);

const linear = (/** @type {number} */ v) => (v <= 10.314 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4);

/** WCAG's relative luminance of [r, g, b]: 0 is black, 1 white. @param {RGB} color */
const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

/** Black or white letters, whichever stand out of a fill: always 4.5 : 1 and more. @param {RGB} fill */
export const letters = (fill) => ((luminance(fill) + 0.05) ** 2 > 0.0525 ? [0, 0, 0] : [255, 255, 255]);

/**
 * The colours of the page around a node.
 * @param {Element} element @param {string[]} palette the classes' colours @param {number} size of type, in pixels
 * @returns {Theme}
 */
export function readTheme(element, palette, size = 12) {
  const style = getComputedStyle(element);
  /** @param {string} name @param {string} fallback */
  const get = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const background = rgb(get("--st-background-color", "#ffffff"));
  const text = rgb(get("--st-text-color", "#1a1a1a"));
  const dark = background[0] + background[1] + background[2] < 384;
  const neutral = dark ? [34, 39, 48] : [244, 243, 239];
  // On ink, marks must be lighter.
  const classes = palette.map(rgb).map((c) => (dark ? mix(c, [255, 255, 255], 0.22) : c));
  const theme = {
    dark, background, text, neutral, classes,
    negative: classes[0], positive: classes[1],
    accent: rgb(get("--st-primary-color", "#0b7a75")),
    font: get("--st-font", "sans-serif"),
    grid: css(text, 0.12), faint: css(text, 0.7),
    size,
    lut: new Uint8Array(256 * 3),
    signs: new Uint8Array(256 * 3),
    key: "",
  };
  theme.key = JSON.stringify([background, text, palette, theme.accent, size]);
  // 256 steps from −peak (class 0's colour) over neutral to +peak (class 1's): root-shaped, so that small values show.
  for (let i = 0; i < 256; i++) {
    const v = Math.max(-1, Math.min(1, (i - 128) / 127));
    const end = v < 0 ? theme.negative : theme.positive;
    theme.lut.set(mix(neutral, end, Math.abs(v) ** 0.8).map(Math.round), i * 3);
    theme.signs.set(mix(neutral, end, v === 0 ? 0 : 0.8).map(Math.round), i * 3);
  }
  return theme;
}
