// The life of a script's run on its page: followed, paused, stopped, left. Nothing is started.

import { RunClient, TERMINAL } from "../../kit/run.js";

/** A client that follows runs and starts none. */
export class ScriptClient extends RunClient {
  /** A run of a script goes on where its page is left. */
  leave() {
    if (this.run) this.run.mine = false;
    super.leave();
  }

  /** Pause the script's training, or let it go on. */
  play() {
    if (!this.run?.mine || TERMINAL.has(this.status)) return;
    this.rewind(Infinity);
    this.command({ do: this.status === "paused" ? "play" : "pause" });
  }

  /** What is shown is the run's own: the session's spec is that of no run. */
  get spec() { return this.run?.spec ?? super.spec; }

  /** Rates are the script's. @param {Run} _run */
  tellRates(_run) {}
}
