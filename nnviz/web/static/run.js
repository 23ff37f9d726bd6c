// The life of a run in the browser: asked for, followed, scrubbed, left. It draws nothing and knows no page: what is shown is asked
// of it, and `changed()` says that there is something new. Streamlit owns the setting, the live socket everything that moves.

import { speedOf } from "./bar.js";
import { bound } from "./charts.js";
import { Live } from "./wire.js";

const COLUMNS = ["epoch", "step", "seconds", "loss", "val_loss", "accuracy", "val_accuracy", "learning_rate", "penalty"];
const emptyHistory = () => Object.fromEntries(COLUMNS.map((c) => [c, []]));
const emptyFilm = () => ({ rows: [], at: null, wanted: null, frames: {} });
export const TERMINAL = new Set(["finished", "stopped", "diverged", "failed", "crashed", "cancelled", "interrupted"]);

export const canonical = (v) => JSON.stringify(v, (_, o) => (o && typeof o === "object" && !Array.isArray(o) ? Object.fromEntries(Object.entries(o).sort()) : o));

/** A spec without what may change under way: two specs that differ only there are the same run. */
function fixed(spec) {
  const copy = structuredClone(spec);
  copy.training.optimizer.learning_rate = 0;
  if (copy.model.regularizer) copy.model.regularizer.rate = 0;
  return canonical(copy);
}
const ratesOf = (spec) => ({ learning_rate: spec.training.optimizer.learning_rate, regularization_rate: spec.model.regularizer?.rate });

export class RunClient {
  /**
   * `changed()`: something to draw; `say(text, kind)`: words for the visitor. `views` are the views of frames that belong to the
   * picture; the first one is the film's. With `stills` the film brings all of them for a step, else one picture by its number.
   */
  constructor({ changed, say, view, views = ["network"], stills = false }) {
    Object.assign(this, { changed, say, view: { ...view }, defaults: view, views, stills });
    this.run = null;
    this.history = emptyHistory();
    this.frames = {}; // view → the newest frame of the run
    this.film = emptyFilm();
    this.serial = 0;
    this.told = Date.now();
    this.pending = {}; // changes of the setting that Streamlit has not answered yet
    this.submissions = []; // runs asked for and not answered yet; answers come in the same order
    this.counter = Date.now(); // numbers this visit's changes; Streamlit names the last that it has taken (ack)
    this.online = true;
    this.live = new Live({ event: (m) => this.event(m), frame: (f) => this.frame(f), online: (on) => this.connected(on) });
  }

  // ---- what Streamlit says -------------------------------------------------------------------------------------------

  /** Take what Streamlit says; `adopt(data)` is called where the setting is another. False for an answer that is out of date. */
  receive(component, adopt) {
    const [data] = component.data;
    this.component = component;
    if (!this.seen) this.view = { ...this.defaults, ...data.view };
    this.view.hide = data.view.hide ?? [];
    // An answer to an earlier click of a quick series says what was, not what the visitor sees: the last answer counts.
    if (Object.keys(this.pending).length && data.ack && data.ack < this.counter) return false;
    this.pending = {};
    const key = canonical(data.spec);
    if (key !== this.specKey) {
      const first = !this.spec;
      this.spec = data.spec;
      this.specKey = key;
      adopt(data);
      if (this.run && !first) this.keepOrLeave();
    } else this.spec = data.spec; // what was refused goes back
    // A link was opened, or Back and Forward: the run on the screen is the one in the address.
    if (data.link !== this.link && (data.run ?? null) !== (this.run?.id ?? null)) {
      if (this.run) this.leave();
      if (data.run) this.follow(data.run);
    }
    this.link = data.link;
    this.seen = true;
    return true;
  }

  /** The setting is another: the run goes on where only its rates differ, and takes them. */
  keepOrLeave() {
    const same = this.run.spec && fixed(this.run.spec) === fixed(this.spec);
    if (!same) return this.leave();
    const known = { ...ratesOf(this.run.spec), ...this.run.live };
    const changed = Object.fromEntries(Object.entries(ratesOf(this.spec)).filter(([k, v]) => v !== known[k]));
    if (!Object.keys(changed).length) return undefined;
    if (!this.run.mine || TERMINAL.has(this.run.status)) return this.leave();
    this.run.live = { ...this.run.live, ...changed };
    return this.live.send({ do: "set", ...changed });
  }

  /** Let the run go: its network stays in the store, the instrument shows the untrained one again. */
  leave() {
    // Also to one that has no name yet: what is sent after its submit reaches it.
    if (this.run?.mine && !TERMINAL.has(this.run.status)) this.live.send({ do: "stop" });
    this.run = null;
    this.live.watch(null);
    this.frames = {};
    this.film = emptyFilm();
    this.history = emptyHistory();
    this.say("");
    this.changed();
  }

  /** A run that was asked for but not answered when the connection broke may never have started: nobody waits for it. */
  connected(on) {
    this.online = on;
    if (!on) this.submissions = [];
    if (!on && this.run?.pending) {
      this.leave();
      this.say("The connection broke before the run began. Press Train again.", "error");
    }
    this.changed();
  }

  /** The address follows. Numbered, since Streamlit hears only of what differs from what it heard last. */
  tellRun(id) {
    this.component.setStateValue("run", { id, n: ++this.told });
  }

  follow(id) {
    this.run = { id, mine: false, status: "starting", live: {} };
    this.live.watch(id);
  }

  // ---- what the live socket says ---------------------------------------------------------------------------------------

  event(m) {
    if (m.event === "submitted") {
      // Given up before the answer came: leave() has sent its stop, and nothing of it is shown.
      if (this.submissions.shift() !== this.run) return;
      this.live.watching = m.run;
      Object.assign(this.run, { id: m.run, pending: false, mine: true });
      this.tellRun(m.run);
      for (const command of this.run.waiting.splice(0)) this.live.send(command);
      return this.changed();
    }
    if (m.event === "error") {
      // "run" is about a command to a run, or about one that this server does not know; all else refuses a submit.
      if (m.field === "run" && !this.run) return;
      const gone = m.field === "run" ? !this.run.pending && !this.run.spec : this.run?.pending && this.submissions[0] === this.run;
      if (m.field !== "run") this.submissions.shift();
      if (gone) {
        this.run.status = "failed";
        this.leave();
        this.tellRun(null);
      }
      return this.say(m.message, "error");
    }
    if (m.event === "notice") return this.say(m.message, m.over ? "done" : "warning");
    if (!this.run || m.run !== this.run.id) return undefined;
    if (m.event === "run") {
      Object.assign(this.run, { status: m.status, place: m.place, mine: m.mine, live: m.live ?? {} });
      if (m.spec) this.run.spec = m.spec;
      if (m.message) this.say(m.message, m.status === "diverged" ? "diverged" : "error");
    } else if (m.event === "history") {
      this.history = { ...emptyHistory(), ...m.columns };
    } else if (m.event === "film") {
      this.film.rows = m.frames;
      this.askAgain();
    } else if (m.event === "metrics") {
      // A step back in time (an edit while paused) replaces what it overtakes.
      while (this.history.step.length && this.history.step.at(-1) >= m.step) for (const c of COLUMNS) this.history[c].pop();
      for (const c of COLUMNS) this.history[c].push(m[c] ?? null);
      bound(this.history);
    } else if (m.event === "status") {
      this.run.status = m.status;
      this.run.place = m.detail?.engine === "starting" ? null : m.detail?.place;
      if (m.detail?.error) this.say(m.detail.error, "error");
      if (m.detail?.message) this.say(m.detail.message, "warning");
    } else if (m.event === "finished") {
      this.run.status = m.reason === "stopped" ? "stopped" : "finished";
      const why = { epochs: this.run.spec?.model.family === "svm" ? "The SVM is fitted." : m.epochs === 1 ? "The epoch is done." : `All ${m.epochs.toLocaleString("en")} epochs are done.`, target: "The target loss is reached.", early_stopping: "Early stopping: no improvement any more." }[m.reason];
      if (why) this.say(why, "done");
    } else if (m.event === "diverged" || m.event === "failed" || m.event === "crashed") {
      this.run.status = m.event;
      this.say(m.message, m.event === "diverged" ? "diverged" : "error");
    }
    return this.changed();
  }

  frame(f) {
    this.changed(); // also where it is not ours any more: what has come is acknowledged when it could have been drawn
    if (!this.run || f.run !== this.run.id || !this.views.includes(f.view)) return;
    f.serial = ++this.serial;
    if (this.stills ? this.takeStill(f) : this.takePicture(f)) return;
    this.frames[f.view] = f;
  }

  /** A picture of the film is older than the newest one; both come the same way. */
  takePicture(f) {
    if (this.film.wanted !== f.step) return false;
    this.film.frames[f.view] = f;
    this.film.wanted = null;
    return true;
  }

  /** Of each view the newest picture up to the wanted step; one that comes too late for the slider is nobody's. */
  takeStill(f) {
    if (this.film.at !== null && f.step <= this.film.wanted) {
      this.film.frames[f.view] = f;
      return true;
    }
    const newest = this.frames[f.view];
    return newest?.run === f.run && f.step < newest.step;
  }

  /** What is to be seen of a view: the film's picture, else the newest; null before there is one. */
  shown(view = this.views[0]) {
    return this.film.frames[view] ?? this.frames[view] ?? null;
  }

  // ---- the film ------------------------------------------------------------------------------------------------------------

  /** Ask for the list of recorded pictures, at most once in a while, as it grows. */
  refreshFilm() {
    const now = performance.now(), newest = this.frames[this.views[0]];
    if (!this.run?.id || this.run.pending || this.film.at !== null || !newest) return;
    const last = this.film.rows.at(-1)?.[1] ?? -1, wait = 1500 - (now - (this.filmAsked ?? -1e9));
    if (newest.step <= last || this.filmStep === newest.step) return;
    if (wait > 0) { // a run that pauses meanwhile draws nothing more that would ask
      this.filmTimer ??= setTimeout(() => { this.filmTimer = null; this.refreshFilm(); }, wait);
      return;
    }
    [this.filmAsked, this.filmStep] = [now, newest.step];
    this.live.send({ do: "film", ...(this.stills ? { view: this.views[0] } : {}) });
  }

  /** A picture is on the screen a moment before it is on the disk. While a run trains, the next question comes anyhow. */
  askAgain() {
    const newest = this.frames[this.views[0]], last = this.film.rows.at(-1)?.[1] ?? -1;
    if (this.run.status === "running" || !newest || newest.step <= last) return;
    if (this.filmMissed?.step !== newest.step) this.filmMissed = { step: newest.step, times: 0 };
    if ((this.filmMissed.times += 1) > 5) return; // it is not kept
    setTimeout(() => { this.filmStep = null; this.filmAsked = -1e9; this.refreshFilm(); }, 300);
  }

  /** Show the picture at a place of the film; its end is now. */
  rewind(at) {
    const row = this.film.rows[at];
    if (!row) { Object.assign(this.film, { at: null, wanted: null, frames: {} }); return this.changed(); }
    Object.assign(this.film, { at, wanted: row[1] });
    this.live.send(this.stills ? { do: "still", step: row[1] } : { do: "picture", seq: row[0] });
    return this.changed();
  }

  /** The step that the film stands at, or null. */
  get filmAt() { return this.film.rows[this.film.at]?.[1] ?? null; }

  /** What the transport bar shows of the film. */
  get filmState() { return { length: this.film.rows.length, at: this.film.at, epoch: this.film.rows[this.film.at]?.[2] }; }

  /** A new run from the weights that the film shows, with the setting as it is now. */
  fork(more = { play: true }) {
    const row = this.film.rows[this.film.at];
    if (!row || this.run?.pending) return;
    const from = this.run.id;
    if (this.run.mine && !TERMINAL.has(this.status)) this.live.send({ do: "stop" });
    this.submit({ ...more, from, seq: row[0] });
  }

  // ---- what the visitor does ---------------------------------------------------------------------------------------------

  get status() { return this.run ? this.run.status : "idle"; }

  get speed() { return speedOf(this.view.speed, Math.ceil(this.spec.data.train / Math.min(this.spec.training.batch_size, this.spec.data.train))); }

  play() {
    this.rewind(Infinity);
    const { status } = this;
    if (status === "running" || status === "starting" || status === "waiting") {
      if (this.run.mine) this.command({ do: "pause" });
    } else if (status === "paused" && this.run.mine) this.command({ do: "play" });
    else this.submit({ play: true, from: this.continuable() });
  }

  /** The ended run to go on from, if its last weights are good ones. */
  continuable() {
    return this.run && !this.run.pending && !["diverged", "failed"].includes(this.status) && (TERMINAL.has(this.status) || !this.run.mine) ? this.run.id : null;
  }

  step(unit) {
    this.rewind(Infinity);
    const { status } = this;
    if (status === "idle" || TERMINAL.has(status) || !this.run.mine) {
      this.submit({ play: false, from: this.continuable() });
      return this.command({ do: "step", n: 1, unit });
    }
    if (status !== "paused") this.command({ do: "pause" });
    return this.command({ do: "step", n: 1, unit });
  }

  /** A weight changed by hand; `message` is the edit. */
  edit(message) {
    if (this.film.at !== null) this.fork({ play: false, edits: [message] });
    else if (this.status === "idle" || TERMINAL.has(this.status) || !this.run.mine) this.submit({ play: false, from: this.continuable(), edits: [message] });
    else this.command(message);
  }

  command(message) {
    if (this.run?.pending) this.run.waiting.push(message);
    else this.live.send(message);
  }

  submit({ play, from = null, seq = null, edits = [] }) {
    if (this.run?.pending) return;
    this.say("");
    // The new run starts from what is on the screen: that stays until its own first picture comes.
    if (seq !== null) Object.assign(this.frames, this.film.frames);
    if (!from) this.frames = {};
    this.film = emptyFilm();
    this.run = { id: null, pending: true, mine: true, status: play ? "starting" : "paused", spec: this.spec, live: {}, waiting: [] };
    this.history = emptyHistory();
    this.submissions.push(this.run);
    this.live.send({ do: "submit", spec: this.spec, play, speed: this.speed, from, ...(seq === null ? {} : { seq }), edits });
    this.changed();
  }

  reset() {
    if (!this.run) return;
    this.leave();
    this.tellRun(null);
  }

  /** The next seed: other starting weights. */
  dice() {
    this.setting({ seed: ((this.pending.seed ?? this.spec.seed) + 1) % 2 ** 31 });
  }

  /** A change of the setting goes to Streamlit and comes back validated, with its new preview. */
  setting(changes) {
    this.pending = { ...this.pending, ...changes };
    this.component.setStateValue("settings", { ...this.pending, n: ++this.counter });
    // Seen at once: the heads count up before Streamlit has answered.
    if (changes.layers) this.spec = { ...this.spec, model: { ...this.spec.model, layers: changes.layers } };
    this.changed();
  }

  setView(changes) {
    Object.assign(this.view, changes);
    this.component.setStateValue("view", { ...this.view });
    if (changes.speed && this.run?.mine && !TERMINAL.has(this.status)) this.command({ do: "set", speed: this.speed });
    this.changed();
  }

  /** The newest metrics, or those nearest to a step of the film. */
  lastRow(step) {
    let n = this.history.step.length;
    if (step !== undefined) while (n > 1 && this.history.step[n - 1] > step) n--;
    return n ? Object.fromEntries(COLUMNS.map((c) => [c, this.history[c][n - 1]])) : null;
  }

  close() {
    this.live.close();
  }
}
