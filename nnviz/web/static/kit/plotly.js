// Plotly is 1.5 MB: the page asks for it at its start (nnviz/web/front.py); it is run once, when the first picture can
// be seen.

import { element } from "./dom.js";


/** @type {Map<string, Promise<void>>} */
const loading = new Map();

/**
 * Resolves when window.Plotly is there; rejects with words.
 * @param {string} bundle "cartesian": scatter, heatmap, contour, image, bar; "full": all, 3-D among them (4.5 MB, only
 *   when asked for; it takes the other one's place, whose charts it goes on drawing)
 */
export function loadPlotly(bundle = "cartesian") {
  const known = loading.get(bundle) ?? (bundle === "cartesian" ? loading.get("full") : undefined);
  if (known) return known;
  const found = new Promise((resolve, reject) => {
    const script = element("script", { src: new URL(`../plotly-${bundle}.min.js`, import.meta.url).href });
    script.onload = () => resolve(undefined);
    script.onerror = () => {
      loading.delete(bundle);
      reject(new Error("Plotly could not be loaded"));
    };
    document.head.append(script);
  });
  loading.set(bundle, found);
  return found;
}
