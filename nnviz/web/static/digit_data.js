// The digits of a data set as the browser has them, and what the server computes about one: pictures come as sheets of
// 500, answers as frames or JSON, faults as Errors whose message a visitor can read.

import { decodeFrame, fromBase64 } from "./wire.js";

const AGAIN = 4000; // milliseconds before a sheet that could not be had is asked for again

export class DigitData {
  /** query: the data part of a link ("data=mnist&train=1000"); split: "test", "validation" or "train". */
  constructor(query, split = "test") {
    Object.assign(this, { query, split, sheets: new Map(), labels: null, onload: () => {} });
  }

  /** {n, height, width, classes, class_names, sheet, columns, key} and `labels` (Uint8Array), asked for once. */
  info() {
    this.asked ??= this.get(`/nnviz/digits/info?${this.query}&split=${this.split}`).then((info) => {
      this.labels = new Uint8Array(fromBase64(info.labels));
      this.about = { ...info, labels: this.labels };
      this.onload();
      return this.about;
    }).catch((error) => {
      setTimeout(() => { this.asked = null; }, AGAIN);
      throw error;
    });
    return this.asked;
  }

  /** Draw a digit into a square of `size` at (x, y). False while its sheet is on the way; onload() says when to come back. */
  draw(context, index, x, y, size) {
    const sheet = this.sheet(index);
    if (!sheet?.image) return false;
    const { height: h, width: w, sheet: many, columns } = this.about, at = index % many;
    context.imageSmoothingEnabled = size < h;
    context.drawImage(sheet.image, (at % columns) * w, Math.floor(at / columns) * h, w, h, x, y, size, size);
    return true;
  }

  /** Resolves when `draw` of this digit will succeed. Rejects with words. */
  async ready(index) {
    await this.info();
    await this.sheet(index).ready;
  }

  sheet(index) {
    if (!this.about) { this.info().catch(() => {}); return null; }
    const k = Math.floor(index / this.about.sheet);
    let sheet = this.sheets.get(k);
    if (!sheet || sheet.failed < performance.now() - AGAIN) {
      const image = new Image();
      image.src = `/nnviz/digits/sheet?${this.query}&split=${this.split}&sheet=${k}`;
      sheet = { image: null };
      sheet.ready = image.decode().then(
        () => { sheet.image = image; this.onload(); },
        () => { sheet.failed = performance.now(); throw new Error("The pictures of the digits could not be loaded."); },
      );
      sheet.ready.catch(() => {}); // whoever waits for it hears of it; nobody need wait
      this.sheets.set(k, sheet);
    }
    return sheet;
  }

  /** What the network makes of one digit (`digit`, `split`) or of any picture (`pixels`): a decoded frame. */
  look(body, options) {
    return this.frame("/nnviz/look", { ...options, body: { split: this.split, ...body } });
  }

  async frame(path, options) {
    return decodeFrame(await (await request(path, options)).arrayBuffer());
  }

  async post(path, body, options) {
    return (await request(path, { ...options, body })).json();
  }

  async get(path, options) {
    return (await request(path, options)).json();
  }
}

/** Uint8Array → base64, the inverse of wire.js's fromBase64. */
export function toBase64(bytes) {
  return btoa(Array.from(bytes, (v) => String.fromCharCode(v)).join(""));
}

/** fetch, but every fault is an Error with words, `status`, `field` and `retry` (seconds, where the server is busy). */
async function request(path, { body, signal } = {}) {
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, { ...(body === undefined ? {} : post), signal });
  } catch (error) {
    throw error.name === "AbortError" ? error : Object.assign(new Error("The server cannot be reached."), { retry: 3 });
  }
  if (response.ok) return response;
  const said = await response.json().catch(() => ({}));
  const busy = response.status === 429 || response.status === 503;
  throw Object.assign(new Error(said.message ?? `The server answered ${response.status} ${response.statusText}.`), {
    status: response.status, field: said.field, retry: busy ? Number(response.headers.get("Retry-After")) || 2 : undefined,
  });
}
