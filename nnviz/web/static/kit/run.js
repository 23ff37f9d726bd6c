// The life of a run in the browser: asked for, followed, scrubbed, left. It draws nothing and knows no page: what is
// shown is asked of it, `changed()` says that there is something new. The setting is Streamlit's, what moves is not.

import { TERMINAL as ENDS } from "../schema.js";
import { speedOf } from "./bar.js";
import { PastRun } from "./past_run.js";
import { RecordedFrames } from "./recorded_frames.js";
import { append, emptyHistory, lastRow } from "./history.js";
import { Session, ratesOf } from "./session.js";
import { endWords } from "./status.js";
import { Live } from "./wire.js";

export const TERMINAL = new Set(ENDS);

/** A page that follows another one does nothing of its own (watch.js). */
const following = () => document.documentElement.dataset.nnvFollowing === "1";

const ANEW = "The training starts anew.";

export class RunClient {
  /**
   * `changed()`: something to draw; `say(text, kind)`: words for the visitor. `view`: how the run is looked at, as the
   * session said at first. `views` are the views of frames that belong to the picture; the first one is the film's.
   * With `stills` the film brings all of them for a step, else one picture by its number. `past`: views of frames that
   * are wanted of the run before, besides its columns; `anew`: what a change of the setting does.
   * @param {{changed: () => void, say: (text: string, kind?: string, act?: import("./note.js").Way) => void,
   *   view: Record<string, any>, views?: string[], stills?: boolean, past?: string[], anew?: string}} page
   */
  constructor({ changed, say, view, views = ["network"], stills = false, past = [], anew = ANEW }) {
    this.changed = changed;
    this.say = say;
    /** @type {Record<string, any>} */
    this.view = { ...view };
    this.views = views;
    this.stills = stills;
    this.anew = anew;
    /** @type {Run | null} */
    this.run = null;
    this.history = emptyHistory();
    /** @type {Record<string, Frame>} view → the newest frame of the run */
    this.frames = {};
    this.film = new RecordedFrames({ ask: () => this.askFilm(), refresh: () => this.refreshFilm() });
    this.serial = 0;
    this.session = new Session();
    /** @type {Run[]} runs asked for and not answered yet; answers come in the same order */
    this.submissions = [];
    /** @type {string | null} the spec as text */
    this.specKey = null;
    this.online = true;
    /** @type {Diagnosis[]} what is wrong with the run, the most telling first */
    this.diagnoses = [];
    /** @type {Set<string>} diagnoses that the visitor has closed */
    this.dismissed = new Set();
    this.own = () => this.session.inOrder(() => {
      if (this.run && !this.run.mine && this.continuable()) this.goOn({ play: false });
    });
    addEventListener("nnviz-own", this.own);
    this.live = new Live({
      event: (m) => this.event(m), frame: (f) => this.frame(f), online: (on) => this.connected(on),
    });
    this.past = new PastRun(this.live, past);
  }

  // ---- what Streamlit says
  /**
   * Take what Streamlit says; `adopt(data)` is called where the setting is another. False for an answer that is out of
   * date.
   * @param {Component} component @param {(data: any) => void} adopt
   */
  receive(component, adopt) {
    if (!this.session.receive(component)) return false;
    const data = this.session.said, key = JSON.stringify(data.spec), other = key !== this.specKey;
    const had = this.run?.id ?? null;
    this.view = { ...data.view };
    this.specKey = key;
    if (other) adopt(data);
    if (this.run && this.isOver(this.run, data)) this.leave();
    if (!this.run && data.run) this.follow(data.run);
    else if (this.run && other) this.tellRates(this.run);
    this.past.remember(data.before);
    if (had && !this.run && data.before?.run === had && data.before.change) {
      const way = { text: "Back to the run before", act: () => this.back() };
      this.say(`${data.before.change} ${this.anew}`, "anew", way);
    }
    this.session.catchUp();
    return true;
  }

  /**
   * Whether a run is not the session's any more; one that has no name yet: whether it is of an earlier setting.
   * @param {Run} run @param {any} said
   */
  isOver(run, said) { return run.pending ? run.revision !== said.revision : run.id !== said.run; }

  get spec() { return this.session.spec; }

  /** The run before, as far as it is known. */
  get before() { return this.past.run; }

  /**
   * Do it now, if it is about the visitor's own run on the screen. What may start a run waits until the session knows
   * of all that was done to the setting before it was pressed: what is trained is the session's spec.
   * @param {() => void} act
   */
  press(act) {
    if (this.run?.mine && !TERMINAL.has(this.status) && !this.session.waiting.length) act();
    else this.session.inOrder(act);
  }

  back() {
    if (following()) return;
    this.say("");
    this.session.act({ do: "back" });
  }

  /** The run goes on under other rates and takes them; somebody else's does not. @param {Run} run */
  tellRates(run) {
    const changed = this.changedRates();
    if (!Object.keys(changed).length) return;
    if (!run.mine) {
      this.leave();
      this.tellRun(null);
    } else if (!TERMINAL.has(run.status)) { // else it takes them when it goes on
      run.live = { ...run.live, ...changed };
      this.live.send({ do: "set", ...changed });
    }
  }

  /** Rates of the setting that the run has not been told. @returns {Record<string, number>} */
  changedRates() {
    if (!this.run?.spec || !this.spec) return {};
    /** @type {Record<string, number | undefined>} */
    const known = { ...ratesOf(this.run.spec), ...this.run.live };
    const changed = Object.entries(ratesOf(this.spec)).filter(([k, v]) => v !== undefined && v !== known[k]);
    return /** @type {Record<string, number>} */ (Object.fromEntries(changed));
  }

  /** Let the run go: its network stays in the store, the instrument shows the untrained one again. */
  leave() {
    // Also to one that has no name yet: what is sent after its submit reaches it.
    if (this.run?.mine && !TERMINAL.has(this.run.status)) this.live.send({ do: "stop" });
    if (this.run?.id) this.past.leave(this.run.id, this.history, this.frames);
    this.run = null;
    this.live.watch(null);
    this.frames = {};
    this.film.clear();
    this.history = emptyHistory(this.spec);
    this.diagnoses = [];
    this.say("");
    this.changed();
  }

  /**
   * A run that was asked for but not answered when the connection broke may never have started: nobody waits for it.
   * @param {boolean} on
   */
  connected(on) {
    this.online = on;
    if (on && this.film.at !== null) this.rewind(this.film.at); // its pictures may have been lost on the way
    if (!on) this.submissions = [];
    if (!on && this.run?.pending) {
      this.giveUp();
      this.say("The connection broke before the run began. Press Train again.", "error");
    }
    this.changed();
  }

  /** What was asked for is not to be had: back to the run that was to go on, else to none. */
  giveUp() {
    const before = this.run?.before;
    if (!before) return this.leave();
    this.run = before;
    this.live.watching = before.id;
    return this.changed();
  }

  /** The address follows, unless the setting is another by now. @param {string | null} id */
  tellRun(id) {
    this.session.act({ do: "run", id, revision: this.run?.revision ?? null });
  }

  /** @param {string} id */
  follow(id) {
    this.run = { id, mine: false, status: "starting", live: {}, revision: this.session.said.revision };
    this.live.watch(id);
  }

  // ---- what the live socket says

  /** @param {ServerMessage} m @returns {void} */
  event(m) {
    if (m.event === "submitted") {
      // Given up before the answer came: leave() has sent its stop, and nothing of it is shown.
      if (this.submissions.shift() !== this.run || !this.run) return;
      this.live.watching = m.run;
      const same = this.run.before?.id === m.run;
      Object.assign(this.run, { id: m.run, pending: false, mine: true, before: null });
      if (!same) this.tellRun(m.run);
      for (const command of this.run.waiting?.splice(0) ?? []) this.live.send(command);
      return this.changed();
    }
    if (m.event === "error") {
      // "run" is about a command to a run, or about one that this server does not know; all else refuses a submit.
      if (m.field === "run" && !this.run) return;
      const { run } = this;
      const gone = m.field === "run" ? run && !run.pending && !run.spec : run?.pending && this.submissions[0] === run;
      if (m.field !== "run") this.submissions.shift();
      if (gone && run?.before) this.giveUp();
      else if (gone && run) {
        run.status = "failed";
        this.leave();
        this.tellRun(null);
      }
      return this.say(m.message, "error");
    }
    if (m.event === "past") {
      this.past.columns(m, this.spec);
      return this.changed();
    }
    if (m.event === "notice") return this.say(m.message, m.over ? "done" : "warning");
    if (!this.run || m.run !== this.run.id) return undefined;
    if (m.event === "run") {
      const { status, place, reason, node, mine, live = {}, result } = m;
      Object.assign(this.run, { status, place, reason, node, mine, live, result });
      if (m.spec) this.run.spec = m.spec;
      if (m.message) this.say(m.message, m.status === "diverged" ? "diverged" : "error");
      this.diagnosed(m.diagnoses ?? []);
    } else if (m.event === "diagnosis") {
      this.diagnosed(m.diagnoses);
    } else if (m.event === "history") {
      this.history = { ...emptyHistory(this.spec), ...m.columns };
    } else if (m.event === "film") {
      this.film.list(m.frames);
    } else if (m.event === "still") {
      this.film.await(m.step, m.views, this.views);
    } else if (m.event === "metrics") {
      append(this.history, m);
    } else if (m.event === "status") {
      this.run.status = m.status;
      this.run.place = m.detail?.engine === "starting" ? null : m.detail?.place;
      this.run.reason = m.detail?.reason;
      this.run.node = m.detail?.node ?? this.run.node;
      if (m.detail?.error) this.say(m.detail.error, "error");
      if (m.detail?.message) this.say(m.detail.message, "warning");
      if (m.status === "paused") this.film.rest();
    } else if (m.event === "finished") {
      Object.assign(this.run, { status: m.reason === "stopped" ? "stopped" : "finished", result: m });
      this.run.ended = endWords(m, this.run.spec);
      if (this.run.ended) this.say(this.run.ended, "done");
      if (this.advice) this.diagnosed(this.diagnoses);
      this.film.rest();
    } else if (m.event === "diverged" || m.event === "failed" || m.event === "crashed") {
      this.run.status = m.event;
      this.film.rest();
      this.say(m.message, m.event === "diverged" ? "diverged" : "error");
    }
    return this.changed();
  }

  /**
   * What is wrong comes and goes; it takes no message's place but that of a run's good end, which it repeats.
   * @param {Diagnosis[]} list
   */
  diagnosed(list) {
    this.diagnoses = list;
    this.say(this.advice ? `${this.run?.ended ?? ""} ${this.advice.words}`.trim() : "", "advice");
  }

  get advice() { return this.diagnoses.find(({ id }) => id !== "divergence" && !this.dismissed.has(id)); }

  /**
   * The way out that a message offers; null without one. It has no text where a link hides what it would change.
   * @param {string} kind
   */
  way(kind) {
    const divergence = this.diagnoses.find(({ id }) => id === "divergence");
    const found = kind === "diverged" ? divergence : kind === "advice" ? this.advice : null;
    if (!found) return null;
    const act = () => {
      this.reset();
      this.setting(found.remedy);
      this.play();
    };
    const hidden = Object.keys(found.remedy).some((name) => this.view.hide.includes(name));
    return { text: hidden ? "" : found.label, act, close: () => this.dismissed.add(found.id) };
  }

  /** @param {Frame} f */
  frame(f) {
    this.changed(); // also where it is not ours any more: what has come is acknowledged when it could have been drawn
    if (f.run !== this.run?.id && this.past.take(f)) return;
    if (!this.run || f.run !== this.run.id || !this.views.includes(f.view)) return;
    f.serial = ++this.serial;
    if (!this.film.take(f, this.frames[f.view], this.stills)) this.frames[f.view] = f;
  }

  /**
   * What is to be seen of a view: the film's picture, else the newest; null where there was none yet.
   * @returns {Frame | null}
   */
  shown(view = this.views[0]) { return (this.film.shown ? this.film.frames : this.frames)[view] ?? null; }

  // ---- the film

  askFilm() { this.live.send({ do: "film", view: this.views[0] }); }

  /** Ask for the list of recorded pictures, at most once in a while, as it grows. */
  refreshFilm() {
    if (this.run?.id && !this.run.pending) this.film.refresh(this.frames[this.views[0]]);
  }

  /** Do it with a film that has all pictures which have been seen. @param {() => void} then */
  withFilm(then) {
    if (this.run?.id && !this.run.pending) this.film.whole(this.frames[this.views[0]], then);
  }

  /** Show the picture at a place of the film; its end is now. @param {number} at */
  rewind(at) {
    if (this.film.show(at, this.stills ? null : this.views[0]) && this.film.row) {
      const [seq, step] = this.film.row;
      this.live.send(this.stills ? { do: "still", step } : { do: "picture", seq });
    }
    return this.changed();
  }

  /** The step of the film that is on the screen, or null. */
  get filmAt() { return this.film.shown?.[1] ?? null; }

  get filmState() { return this.film.state; }

  /**
   * A new run from the weights that the film shows, with the setting as it is now.
   * @param {{play: boolean, edits?: object[]}} more
   */
  fork(more = { play: true }) {
    this.session.inOrder(() => {
      const row = this.film.row;
      if (!row || !this.run || this.run.pending) return;
      const from = this.run.id;
      if (this.run.mine && !TERMINAL.has(this.status)) this.live.send({ do: "stop" });
      this.submit({ ...more, from, seq: row[0] });
    });
  }

  // ---- what the visitor does

  get status() { return this.run ? this.run.status : "idle"; }

  /** What the transport bar does. */
  get actions() {
    const speed = (/** @type {string} */ name) => this.setView({ speed: name });
    return {
      play: () => this.play(), step: () => this.step("step"), epoch: () => this.step("epoch"), dice: () => this.dice(),
      reset: () => this.reset(), fork: () => this.fork(), film: this.rewind.bind(this), speed,
    };
  }

  get speed() { return speedOf(this.view.speed, this.session.said.steps_per_epoch); }

  play() {
    if (following()) return;
    this.press(() => {
      if (this.fitted) return;
      this.rewind(Infinity);
      const { status } = this;
      if (status === "running" || status === "starting" || status === "waiting") {
        if (this.run?.mine) this.command({ do: "pause" });
      } else if (status === "paused" && this.run?.mine) this.command({ do: "play" });
      else if (this.continuable()) this.goOn({ play: true });
      else this.submit({ play: true });
    });
  }

  get svm() { return this.spec?.model?.family === "svm"; }

  /** Nothing is left to be done: an SVM's fit has an end, and it is reached. */
  get fitted() { return Boolean(this.run) && this.svm && this.status === "finished"; }

  /** The ended run that can go on, or somebody else's of which a copy can: of a training that did not diverge. */
  continuable() {
    const { run, status } = this;
    if (!run || run.pending || this.svm || !this.spec?.training) return null;
    if (status === "diverged" || status === "failed") return null;
    return TERMINAL.has(status) || !run.mine ? run.id : null;
  }

  /** @param {"step" | "epoch"} unit @param {object} [command] another piece of the run, after which it rests, too */
  step(unit, command = { do: "step", n: 1, unit }) {
    if (following()) return;
    this.press(() => {
      if (this.svm) return;
      this.rewind(Infinity);
      const { status } = this;
      if (status === "idle" || TERMINAL.has(status) || !this.run?.mine) {
        if (this.continuable()) this.goOn({ play: false });
        else this.submit({ play: false });
      } else if (status !== "paused") this.command({ do: "pause" });
      this.command(command);
    });
  }

  /** A weight changed by hand. @param {object} message the edit */
  edit(message) {
    if (following()) return;
    if (this.film.at !== null) { this.fork({ play: false, edits: [message] }); return; }
    this.press(() => {
      if (this.continuable()) { this.goOn({ play: false }); this.command(message); }
      else if (this.status === "idle" || TERMINAL.has(this.status)) this.submit({ play: false, edits: [message] });
      else this.command(message);
    });
  }

  /** @param {object} message */
  command(message) {
    if (this.run?.pending) this.run.waiting?.push(message);
    else this.live.send(message);
  }

  /**
   * The same run from where it ended: its curve and its film go on. Somebody else's does so in a copy that is the
   * visitor's.
   * @param {{play: boolean}} how
   */
  goOn({ play }) {
    if (following() || !this.run || this.run.pending) return;
    this.say("");
    const before = this.run, rates = this.changedRates(), live = { ...before.live, ...rates };
    const { revision, endless } = this.session.said, status = play ? "starting" : "paused";
    this.run = { ...before, pending: true, mine: true, revision, status, live, waiting: [], before };
    this.submissions.push(this.run);
    this.live.send({ do: "go_on", run: before.id, play, speed: this.speed, endless, rates });
    this.changed();
  }

  /** @param {{play: boolean, from?: string | null, seq?: number | null, edits?: object[]}} how */
  submit({ play, from = null, seq = null, edits = [] }) {
    if (following() || this.run?.pending) return;
    const { spec, speed } = this, { room, endless, revision } = this.session.said;
    const status = play ? "starting" : "paused";
    this.say("");
    // The new run starts from what is on the screen: that stays until its own first picture comes.
    if (seq !== null) Object.assign(this.frames, this.film.frames);
    if (!from) this.frames = {};
    this.film.clear();
    this.run = { id: null, pending: true, mine: true, revision, status, live: {}, waiting: [] };
    if (spec) this.run.spec = spec;
    this.history = emptyHistory(spec);
    this.diagnoses = [];
    this.submissions.push(this.run);
    this.live.send({ do: "submit", spec, room, play, speed, endless, from, ...(seq === null ? {} : { seq }), edits });
    this.changed();
  }

  reset() {
    if (following()) return;
    this.press(() => {
      if (!this.run) return;
      this.leave();
      this.tellRun(null);
    });
  }

  /** The next seed: other starting weights. */
  dice() {
    this.setting({ seed: ((this.session.wanted("seed") ?? this.spec?.seed ?? 0) + 1) % 2 ** 31 });
  }

  /** It goes to the session and comes back validated, with its new preview. @param {Record<string, any>} changes */
  setting(changes) {
    this.act({ do: "change", changes });
  }

  /** Something else that is done to the setting, one of the room's `acts`. @param {import("./session.js").Act} act */
  act(act) {
    if (following()) return;
    this.session.act(act);
    this.changed();
  }

  /** @param {Record<string, any>} changes */
  setView(changes) {
    Object.assign(this.view, changes);
    this.session.act({ do: "view", view: { ...this.view } });
    if (changes.speed && this.run?.mine && !TERMINAL.has(this.status)) this.command({ do: "set", speed: this.speed });
    this.changed();
  }

  /** The newest metrics, or those nearest to a step of the film. @param {number} [step] */
  lastRow(step) { return lastRow(this.history, step); }

  close() {
    removeEventListener("nnviz-own", this.own);
    this.session.close();
    this.live.close();
  }
}
