// How much every text on the page stands out of its ground: WCAG's ratio, from the computed styles. Returns what falls short: 4.5 : 1 for
// text, 3 : 1 for large text, for marks without a letter and for what cannot be pressed now. Text in a canvas is not seen.
() => {
  const parse = (text) => {
    const m = text.match(/^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)/);
    if (m) return [255 * m[1], 255 * m[2], 255 * m[3], m[4] === undefined ? 1 : Number(m[4])];
    const n = text.match(/[\d.]+/g)?.map(Number);
    return n && /^rgb/.test(text) ? [n[0], n[1], n[2], n[3] ?? 1] : null;
  };
  const over = (top, a, below) => below.map((v, i) => a * top[i] + (1 - a) * v);
  const luminance = (c) => { const [r, g, b] = c.map((v) => { const s = v / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const up = (e) => e.parentElement ?? e.getRootNode()?.host ?? null;
  const found = new Map();
  const judge = (e, text, rect) => {
    if (!rect || rect.width < 2 || rect.height < 2) return;
    const s = getComputedStyle(e);
    if (!e.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return;
    const chain = [];
    for (let n = e; n; n = up(n)) chain.unshift(n);
    let ground = [255, 255, 255], opacity = 1, clipped = false;
    for (const n of chain) {
      const t = getComputedStyle(n);
      opacity *= Number(t.opacity);
      const c = parse(t.backgroundColor), b = n.getBoundingClientRect();
      const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2];
      const under = n === e || n === document.body || n === document.documentElement || (b.left <= x && x <= b.right && b.top <= y && y <= b.bottom);
      if (c && c[3] && under) ground = over(c, c[3] * opacity, ground);
      if (t.clipPath === "inset(50%)" || (t.position === "absolute" && n.offsetWidth <= 1)) clipped = true;
      if (n.matches("[inert]")) clipped = true;
    }
    if (clipped) return;
    const c = parse(e instanceof SVGElement ? s.fill : s.color);
    if (!c || !c[3]) return;
    const a = c[3] * opacity * (e instanceof SVGElement ? Number(s.fillOpacity) : 1);
    const [l1, l2] = [luminance(over(c, a, ground)), luminance(ground)];
    const ratio = (Math.max(l1, l2) + 0.05) / (Math.min(l1, l2) + 0.05);
    const size = parseFloat(s.fontSize), bold = Number(s.fontWeight) >= 600;
    const mark = /Material/.test(s.fontFamily) || !/[\p{L}\p{N}]/u.test(text) || e.closest(":disabled, [aria-disabled=true]") || e.getAttribute("disabled") !== null;
    const least = mark || size >= 24 || (size >= 18.66 && bold) ? 3 : 4.5;
    if (ratio < least - 0.005) {
      const key = `${e.tagName}.${(e.className?.baseVal ?? e.className ?? "").toString().split(" ").slice(0, 3).join(".")}`;
      if (!found.has(key)) found.set(key, `${ratio.toFixed(2)} < ${least} ${key} in ${up(e)?.className?.toString().slice(0, 50)} “${text.slice(0, 30)}”`);
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const text = n.data.trim();
    if (!text || n.parentElement.closest("script, style, option, noscript")) continue;
    const range = document.createRange(); range.selectNodeContents(n);
    judge(n.parentElement, text, range.getBoundingClientRect()); count += 1;
  }
  for (const e of document.querySelectorAll("select, input:not([type=range]):not([type=checkbox]):not([type=file]), textarea")) {
    const text = e.tagName === "SELECT" ? e.selectedOptions[0]?.text ?? "" : e.value;
    if (text) judge(e, text, e.getBoundingClientRect()); count += 1;
  }
  return { count, found: [...found.values()] };
}
