// What a page knows of the run before the one that it shows: its columns, and the newest frames that it draws of it.

import { emptyHistory } from "./history.js";

export class PastRun {
  /** @param {import("./wire.js").Live} live @param {string[]} views of the frames that are wanted of it */
  constructor(live, views) {
    this.live = live;
    this.views = views;
    /** @type {Before | null} */
    this.run = null;
    /** @type {Before | null} the run that was left last */
    this.left = null;
  }

  /** It is known here, or asked for. @param {Before | null} before what Streamlit says */
  remember(before) {
    const known = [this.left, this.run].find((one) => one?.run === before?.run), { views } = this;
    if (before && !known) this.live.send({ do: "past", run: before.run, ...(views.length ? { views } : {}) });
    this.run = before ? { ...known, ...before } : null;
  }

  /**
   * A run is left, with what the page has of it: where that is too little, it is asked for again.
   * @param {string} run @param {Columns} history @param {Record<string, Frame>} frames
   */
  leave(run, history, frames) {
    const { views } = this;
    if (views.length ? views.some((view) => !frames[view]) : history.step.length < 2) return;
    const kept = Object.fromEntries(views.map((view) => [view, frames[view]]));
    this.left = { run, label: "", history, tested: frames.predictions?.meta, frames: kept };
  }

  /** Its columns, as they were asked for. @param {ServerMessage} m @param {Spec | null} spec */
  columns(m, spec) {
    const { run } = this;
    if (run && run.run === m.run) run.history = { ...emptyHistory(spec), ...m.columns };
  }

  /** Whether a frame is of it: asked for, or one that was under way when it was left. @param {Frame} frame */
  take(frame) {
    const { run } = this;
    if (!run || run.run !== frame.run) return false;
    const { view } = frame;
    if (this.views.includes(view)) run.frames = { ...run.frames, [view]: frame };
    return true;
  }
}
