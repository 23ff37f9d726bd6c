// What the run client needs of a browser, without one: a socket that keeps what was sent and says what a test wants.

/** The newest socket that was opened, as the server sees it. */
export class FakeSocket {
  static OPEN = 1;
  static newest = null;

  constructor(url) {
    Object.assign(this, { url: String(url), readyState: 0, sent: [] });
    FakeSocket.newest = this;
  }

  send(text) { this.sent.push(JSON.parse(text)); }

  close() { this.drop(); }

  open() {
    this.readyState = FakeSocket.OPEN;
    this.onopen();
  }

  drop() {
    this.readyState = 3;
    this.onclose?.();
  }

  /** An event of the server's. */
  say(message) { this.onmessage({ data: JSON.stringify(message) }); }

  /** A frame of the server's, by nnviz/events.py: a header, then its arrays at multiples of eight bytes. */
  show({ arrays = {}, meta = {}, ...head }) {
    this.onmessage({ data: frame({ meta, ...head }, arrays) });
  }

  /** What was sent, by the names of the commands. */
  get commands() { return this.sent.map((m) => m.do); }

  /** What has been sent since the last time that this was asked. */
  taken() { return this.sent.splice(0); }
}

/** Bytes of a frame whose arrays are flat lists of float32. */
export function frame(head, arrays) {
  let offset = 0;
  const listing = Object.entries(arrays).map(([name, values]) => {
    const entry = { name, dtype: "float32", shape: [values.length], offset };
    offset += 8 * Math.ceil(values.length / 2);
    return entry;
  });
  let text = JSON.stringify({ ...head, arrays: listing });
  text = text.padEnd(8 * Math.ceil((text.length + 8) / 8) - 8);
  const buffer = new ArrayBuffer(8 + text.length + offset);
  new Uint8Array(buffer).set(new TextEncoder().encode(`NNV1    ${text}`));
  new DataView(buffer).setUint32(4, text.length, true);
  for (const { name, offset: at } of listing) new Float32Array(buffer, 8 + text.length + at).set(arrays[name]);
  return buffer;
}

/** The globals of a page. `visit` is the secret name that its browser has kept. */
export function browser(visit = "a-visitor-of-the-tests-0") {
  Object.assign(globalThis, {
    WebSocket: FakeSocket,
    location: { href: "http://127.0.0.1/playground" },
    document: { documentElement: { dataset: {} } },
    addEventListener() {},
    removeEventListener() {},
  });
  const kept = new Map([["nnviz-visitor", visit]]);
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
}
