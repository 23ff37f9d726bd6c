// Questions to the server about a network (nnviz/web/backprop.py).

/** @param {string} path below /nnviz/backprop @param {object} body @returns {Promise<any>} rejects with words */
export async function askServer(path, body) {
  const answer = await fetch(`/nnviz/backprop${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.message);
  return said;
}

/** One question at a time, and of those that come meanwhile only the newest. */
export class Newest {
  /** @param {(body: any) => Promise<void>} ask @param {(error: any) => void} failed */
  constructor(ask, failed) {
    this.ask = ask;
    this.failed = failed;
    /** @type {any} */
    this.next = null;
    this.busy = false;
  }

  /** @param {any} body */
  async want(body) {
    this.next = body;
    if (this.busy) return;
    this.busy = true;
    while (this.next !== null) {
      const now = this.next;
      this.next = null;
      try { await this.ask(now); } catch (error) { this.failed(error); }
    }
    this.busy = false;
  }
}
