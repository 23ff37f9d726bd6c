// The film of a run: its recorded pictures, the one of them that is shown, and when to ask for the list as it grows.

const EVERY = 1500; // milliseconds between two questions for the list

export class RecordedFrames {
  /** @param {{ask: () => void, refresh: () => void}} hooks ask for the list; come back to `refresh` here */
  constructor(hooks) {
    this.hooks = hooks;
    this.asked = { at: -Infinity, step: -1 };
    this.known = -1; // up to which step the list has all pictures
    /** @type {(() => void)[]} what waits for the next list */
    this.waiting = [];
    this.timer = 0;
    this.clear();
  }

  /** Another run. */
  clear() {
    /** @type {[number, number, number][]} number, step and epoch of each picture */
    this.rows = [];
    this.known = this.asked.step = -1;
    this.waiting = [];
    /** @type {number[]} steps of the single pictures that were asked for and have not come */
    this.owed = [];
    this.end();
  }

  /** The newest picture is shown, none of the film's. */
  end() {
    /** @type {number | null} the place in `rows` that was asked for */
    this.at = null;
    /** @type {Record<string, number> | null} view → the step of its picture that is on its way; null: not known yet */
    this.awaited = null;
    /** @type {Record<string, Frame>} view → its picture of that place, which has come before others of it */
    this.coming = {};
    /** @type {[number, number, number] | null} the row whose pictures are on the screen */
    this.shown = null;
    /** @type {Record<string, Frame>} view → what is shown of it */
    this.frames = {};
  }

  /** The row that was asked for. */
  get row() { return this.at === null ? undefined : this.rows[this.at]; }

  get last() { return this.rows.at(-1)?.[1] ?? -1; }

  /** Whether the place that was asked for is on the screen. */
  get settled() { return this.shown === (this.row ?? null); }

  /** What a film player shows. @returns {import("./film.js").FilmState} */
  get state() {
    const { rows: { length }, at, shown, settled } = this;
    return { length, at, epoch: shown?.[2], step: shown?.[1], settled };
  }

  /**
   * Stand at a place.
   * @param {number} at @param {string | null} view the one whose picture is asked for; null: `await` tells which come
   * @returns {boolean} whether the film has it; beyond its end is now
   */
  show(at, view) {
    const row = this.rows[at];
    if (!row) this.end();
    else [this.at, this.coming, this.awaited] = [at, {}, view === null ? null : { [view]: row[1] }];
    if (row && view !== null) this.owed.push(row[1]);
    return Boolean(row);
  }

  /**
   * Which pictures come for a step. Those of the place before stay until all are there: what is shown together is of
   * one place.
   * @param {number} step @param {Record<string, number>} views the step of each view's picture
   * @param {string[]} own the views that the page has
   */
  await(step, views, own) {
    if (this.row?.[1] !== step) return;
    this.awaited = Object.fromEntries(Object.entries(views).filter(([view]) => own.includes(view)));
    this.coming = {};
    this.settle();
  }

  settle() {
    const { row, awaited, coming } = this;
    if (!row || !awaited || Object.keys(awaited).some((view) => !coming[view])) return;
    [this.shown, this.frames, this.awaited] = [row, coming, null];
  }

  /**
   * Whether a frame belongs to the film. Pictures of the film come the same way as the newest ones.
   * @param {Frame} frame @param {Frame | undefined} newest of the same view
   * @param {boolean} stills of each view the newest up to the wanted step comes, else the one picture of that step
   */
  take(frame, newest, stills) {
    const answer = this.owed.indexOf(frame.step);
    if (answer >= 0) this.owed.splice(answer, 1);
    if (this.awaited?.[frame.view] === frame.step && !this.coming[frame.view]) {
      this.coming[frame.view] = frame;
      this.settle();
      return true;
    }
    // One that comes too late for the slider is nobody's.
    return (stills || answer >= 0) && newest?.run === frame.run && frame.step < newest.step;
  }

  /** Ask for the list, at most once in a while, as it grows. @param {Frame | undefined} newest */
  refresh(newest) {
    if (this.at !== null || !newest || newest.step <= this.last || this.asked.step === newest.step) return;
    const wait = EVERY - (performance.now() - this.asked.at);
    if (wait <= 0) this.ask(newest);
    else if (!this.timer) { // a run that pauses meanwhile draws nothing more that would ask
      this.timer = setTimeout(() => {
        this.timer = 0;
        this.hooks.refresh();
      }, wait);
    }
  }

  /** @param {Frame} newest */
  ask({ step }) {
    this.asked = { at: performance.now(), step };
    this.hooks.ask();
  }

  /**
   * Do it with a list that has all pictures up to the newest.
   * @param {Frame | undefined} newest @param {() => void} then
   */
  whole(newest, then) {
    if (!newest || newest.step <= Math.max(this.last, this.known)) return then();
    this.waiting.push(then);
    return this.ask(newest);
  }

  /** The run rests: its newest picture is recorded now, which before need not have been. */
  rest() {
    this.known = -1;
    this.asked = { at: -Infinity, step: -1 };
    this.hooks.refresh();
  }

  /** The list has come, with all that was recorded when it was asked for. @param {[number, number, number][]} rows */
  list(rows) {
    this.rows = rows;
    this.known = this.asked.step;
    for (const then of this.waiting.splice(0)) then();
  }
}
