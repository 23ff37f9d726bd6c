// What a figure drawn on a canvas begins with.

/**
 * The canvas at the screen's resolution, in the size that the page gives it; null where it has no room. `ratio`: screen
 * pixels in one of the page's.
 * @param {HTMLCanvasElement} canvas
 */
export function stage(canvas) {
  const ratio = devicePixelRatio || 1, { clientWidth: wide, clientHeight: high } = canvas;
  const width = Math.round(wide * ratio), height = Math.round(high * ratio), context = canvas.getContext("2d");
  if (!width || !height || !context) return null;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height, ratio, wide, high };
}
