// The digits of a data set as the browser has them, and what the server computes about one: pictures come as sheets of
// 500, answers as frames or JSON, faults as Errors whose message a visitor can read.

import { decodeFrame, fromBase64 } from "./wire.js";

const AGAIN = 4000; // milliseconds before a sheet that could not be had is asked for again

/**
 * @typedef {{n: number, height: number, width: number, classes: number, class_names: string[], sheet: number,
 *   columns: number, key: string, labels: Uint8Array}} About a split: its size, its sheets, the class of each digit
 * @typedef {{image: HTMLImageElement | null, failed: number, ready: Promise<void>}} Sheet
 * @typedef {{signal?: AbortSignal, finish?: boolean, body?: object}} Asking finish: an answer that nobody waits for any
 *   more is let
 *   come in and thrown away: a cheap question is not worth a broken request
 */

export class DigitData {
  /**
   * @param {string} query the data part of a link ("data=mnist&train=1000")
   * @param {string} split "test", "validation" or "train"
   */
  constructor(query, split = "test") {
    this.query = query;
    this.split = split;
    /** @type {Map<number, Sheet>} */
    this.sheets = new Map();
    /** @type {Uint8Array | null} the classes of the whole split, once they are there */
    this.labels = null;
    /** @type {About | undefined} */
    this.about = undefined;
    /** @type {Promise<About> | null} */
    this.asked = null;
    /** How much has arrived: who draws by it has no tile without its digit. */
    this.loaded = 0;
    this.onload = () => {};
  }

  /** Asked for once. @returns {Promise<About>} */
  info() {
    this.asked ??= this.get(`/nnviz/digits/info?${this.query}&split=${this.split}`).then((info) => {
      const labels = (this.labels = new Uint8Array(fromBase64(info.labels)));
      const about = (this.about = /** @type {About} */ ({ ...info, labels }));
      this.arrived();
      return about;
    }).catch((error) => {
      setTimeout(() => { this.asked = null; }, AGAIN);
      throw error;
    });
    return this.asked;
  }

  /**
   * Draw a digit into a square of `size` at (x, y). False while its sheet is on the way; onload() says when to come
   * back.
   * @param {CanvasRenderingContext2D} context @param {number} index @param {number} x @param {number} y
   * @param {number} size
   */
  draw(context, index, x, y, size) {
    const sheet = this.sheet(index);
    if (!sheet?.image || !this.about) return false;
    const { height: h, width: w, sheet: many, columns } = this.about, at = index % many;
    context.imageSmoothingEnabled = size < h;
    context.drawImage(sheet.image, (at % columns) * w, Math.floor(at / columns) * h, w, h, x, y, size, size);
    return true;
  }

  /** Resolves when `draw` of this digit will succeed. Rejects with words. @param {number} index */
  async ready(index) {
    await this.info();
    await this.sheet(index)?.ready;
  }

  /** Something can be drawn that could not before; `loaded` counts how often. */
  arrived() {
    this.loaded += 1;
    this.onload();
  }

  /** @param {number} index */
  sheet(index) {
    if (!this.about) { this.info().catch(() => {}); return null; }
    const k = Math.floor(index / this.about.sheet);
    const known = this.sheets.get(k);
    if (known && !(known.failed < performance.now() - AGAIN)) return known;
    const image = new Image();
    image.src = `/nnviz/digits/sheet?${this.query}&split=${this.split}&sheet=${k}`;
    /** @type {Sheet} */
    const sheet = { image: null, failed: NaN, ready: Promise.resolve() };
    sheet.ready = image.decode().then(
      () => { sheet.image = image; this.arrived(); },
      () => {
        sheet.failed = performance.now();
        setTimeout(() => this.arrived(), AGAIN + 50); // whoever still wants it draws then, and asks again by that
        throw new Error("The pictures of the digits could not be loaded.");
      },
    );
    sheet.ready.catch(() => {}); // whoever waits for it hears of it; nobody need wait
    this.sheets.set(k, sheet);
    return sheet;
  }

  /**
   * What the network makes of one digit (`digit`, `split`) or of any picture (`pixels`): a decoded frame.
   * @param {object} body @param {Asking} [options]
   */
  look(body, options) {
    return this.frame("/nnviz/look", { ...options, body: { split: this.split, ...body } });
  }

  /** @param {string} path @param {Asking} [options] */
  async frame(path, options) {
    return decodeFrame(await request(path, (response) => response.arrayBuffer(), options));
  }

  /** @param {string} path @param {object} body @param {Asking} [options] */
  async post(path, body, options) {
    return request(path, (response) => response.json(), { body, ...options });
  }

  /** @param {string} path @param {Asking} [options] */
  async get(path, options) {
    return request(path, (response) => response.json(), options);
  }
}

/** The inverse of wire.js's fromBase64. @param {Uint8Array} bytes */
export function toBase64(bytes) {
  return btoa(Array.from(bytes, (v) => String.fromCharCode(v)).join(""));
}

/**
 * fetch and read, but every fault is an Error with words, `status`, `field` and `retry` (seconds, where the server is
 * busy). What nobody waits for any more when it is read is thrown away, however much of it had come by then.
 * @template T
 * @param {string} path
 * @param {(response: Response) => Promise<T>} read
 * @param {Asking} [options]
 * @returns {Promise<T>}
 */
export async function request(path, read, { body, signal, finish = false } = {}) {
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, { ...(body === undefined ? {} : post), signal: finish ? undefined : signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw Object.assign(new Error("The server cannot be reached."), { retry: 3 });
  }
  signal?.throwIfAborted();
  if (response.ok) {
    const answer = await read(response);
    signal?.throwIfAborted();
    return answer;
  }
  const said = await response.json().catch(() => ({}));
  const busy = response.status === 429 || response.status === 503;
  const { status, statusText } = response;
  throw Object.assign(new Error(said.message ?? `The server answered ${status} ${statusText}.`), {
    status, field: said.field, retry: busy ? Number(response.headers.get("Retry-After")) || 2 : undefined,
  });
}
