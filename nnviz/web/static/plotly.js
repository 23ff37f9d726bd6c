// Plotly is 4.5 MB: it is asked for once, after the first picture can be seen.

import { element } from "./editor.js";

let loading = null;

/** Resolves when window.Plotly is there; rejects with words. */
export function loadPlotly() {
  loading ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve();
    const script = element("script", { src: "/nnviz-assets/plotly.min.js" });
    script.onload = resolve;
    script.onerror = () => reject(new Error("plotly.min.js could not be loaded"));
    document.head.append(script);
    return undefined;
  });
  return loading;
}
