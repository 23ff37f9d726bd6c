// The live path as a browser sees it: frames decoded without a copy, and one WebSocket that comes back by itself.

import { RENAMED } from "../schema.js";

/** @type {Record<string, new (buffer: ArrayBuffer, offset: number, count: number) => Numbers>} */
const TYPES = {
  float32: Float32Array, uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array,
  uint32: Uint32Array, int32: Int32Array,
};

/**
 * Bytes of nnviz.events.encode_frame → {run, view, step, epoch, meta, arrays: {name: {data, shape}}}.
 * @param {ArrayBuffer} buffer @returns {Frame}
 */
export function decodeFrame(buffer) {
  const length = new DataView(buffer).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  /** @type {Frame["arrays"]} */
  const arrays = {};
  for (const a of header.arrays) {
    const count = a.shape.reduce((/** @type {number} */ x, /** @type {number} */ y) => x * y, 1);
    arrays[RENAMED[a.name] ?? a.name] = {
      data: new TYPES[a.dtype](buffer, 8 + length + a.offset, count), shape: a.shape,
    };
  }
  return { ...header, arrays };
}

/** @param {string} text @returns {ArrayBuffer} */
export function fromBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}

/** This browser's secret name: owner of the runs it starts, and its place in the queue. */
export function visitor() {
  const known = storage("nnviz-visitor");
  if (known && /^[\w-]{22,64}$/.test(known)) return known;
  const raw = crypto.getRandomValues(new Uint8Array(24));
  const token = btoa(String.fromCharCode(...raw)).replaceAll("+", "-").replaceAll("/", "_");
  storage("nnviz-visitor", token);
  return token;
}

/**
 * What this browser keeps under a name; `value` is kept instead. Null where there is nothing.
 * @param {string} key @param {string} [value]
 */
export function storage(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch { /* a browser that keeps nothing: everything works, only not across reloads */ }
  return value ?? null;
}

/** One socket to the hub. */
export class Live {
  /**
   * @param {{event: (message: ServerMessage) => void, frame: (frame: Frame) => void, online: (on: boolean) => void}} on
   */
  constructor(on) {
    this.on = on;
    /** @type {string | null} run id to ask for again after a drop */
    this.watching = null;
    /** @type {object[]} commands given before the socket was open */
    this.queue = [];
    this.received = this.acknowledged = 0;
    this.delay = 300;
    this.closed = false;
    this.connect();
  }

  connect() {
    const url = new URL("/nnviz/live", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = (this.socket = new WebSocket(url));
    this.received = this.acknowledged = 0;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.delay = 300;
      this.raw({ do: "hello", visitor: visitor() });
      if (this.watching) this.raw({ do: "watch", run: this.watching });
      for (const message of this.queue.splice(0)) this.raw(message);
      this.on.online(true);
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.on.event(JSON.parse(data));
      else {
        this.received += 1;
        this.on.frame(decodeFrame(data));
      }
    };
    socket.onclose = () => {
      if (this.closed || this.socket !== socket) return;
      this.on.online(false);
      this.timer = setTimeout(() => this.connect(), this.delay);
      this.delay = Math.min(this.delay * 1.7, 5000);
    };
  }

  /** @param {object} message */
  raw(message) {
    this.socket?.send(JSON.stringify(message));
  }

  get open() { return this.socket?.readyState === WebSocket.OPEN; }

  /** @param {object} message */
  send(message) {
    if (this.open) this.raw(message);
    else this.queue.push(message);
  }

  /** What has come is drawn: the server may send more. A page in the background draws nothing and gets no more. */
  drawn() {
    if (this.acknowledged === this.received || !this.open) return;
    this.acknowledged = this.received;
    this.raw({ do: "ack", n: this.received });
  }

  /** @param {string | null} run */
  watch(run) {
    if (this.watching === run) return;
    this.watching = run;
    if (this.open) this.raw({ do: "watch", run });
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }
}
