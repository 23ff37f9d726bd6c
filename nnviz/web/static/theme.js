// Colours: the page's own (Streamlit's --st-* variables) and the data's, the same in every figure.

/** "#rrggbb" or "rgb(r, g, b)" → [r, g, b]. */
export function rgb(text) {
  const t = text.trim();
  if (t[0] === "#") {
    const full = t.length === 4 ? [...t.slice(1)].map((c) => c + c).join("") : t.slice(1, 7);
    return [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
  }
  return (t.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);
}

export const css = (c, alpha = 1) => `rgba(${c.map(Math.round).join(",")},${alpha})`;
const mix = (a, b, t) => a.map((v, i) => v + (b[i] - v) * t);

export function readTheme(element, palette) {
  const style = getComputedStyle(element);
  const get = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const background = rgb(get("--st-background-color", "#ffffff"));
  const text = rgb(get("--st-text-color", "#1a1a1a"));
  const dark = background[0] + background[1] + background[2] < 384;
  const neutral = dark ? [34, 39, 48] : [244, 243, 239];
  const classes = palette.map(rgb).map((c) => (dark ? mix(c, [255, 255, 255], 0.22) : c)); // on ink, marks must be lighter
  const theme = {
    dark, background, text, neutral, classes,
    negative: classes[0], positive: classes[1],
    accent: rgb(get("--st-primary-color", "#0b7a75")),
    font: get("--st-font", "sans-serif"),
    grid: css(text, 0.12), faint: css(text, 0.6),
    key: "",
  };
  theme.key = JSON.stringify([background, text, palette, theme.accent]);
  // 256 steps from −peak (class 0's colour) over neutral to +peak (class 1's): root-shaped, so that small values show.
  theme.lut = new Uint8Array(256 * 3);
  theme.signs = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const v = Math.max(-1, Math.min(1, (i - 128) / 127));
    const end = v < 0 ? theme.negative : theme.positive;
    theme.lut.set(mix(neutral, end, Math.abs(v) ** 0.8).map(Math.round), i * 3);
    theme.signs.set(mix(neutral, end, v === 0 ? 0 : 0.8).map(Math.round), i * 3);
  }
  return theme;
}

/** A Plotly colour scale from −1 to 1, paler than the classes' colours: a sample must stand out on its own ground. */
export function diverging(theme, discrete) {
  if (discrete) {
    const [a, b] = [css(mix(theme.neutral, theme.negative, 0.6)), css(mix(theme.neutral, theme.positive, 0.6))];
    return [[0, a], [0.5, a], [0.5, b], [1, b]];
  }
  return [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1].map((v) => [
    (v + 1) / 2, css(mix(theme.neutral, v < 0 ? theme.negative : theme.positive, 0.7 * Math.abs(v) ** 0.8)),
  ]);
}

/** K bands for z = class + (1 − certainty): strong where certain, pale where not. */
export function banded(theme, classes, discrete) {
  const stops = [];
  for (let k = 0; k < classes; k++) {
    const strong = css(mix(theme.neutral, theme.classes[k], 0.65));
    const pale = discrete ? strong : css(mix(theme.neutral, theme.classes[k], 0.12));
    stops.push([k / classes, strong], [(k + 1) / classes, pale]);
  }
  return stops;
}
