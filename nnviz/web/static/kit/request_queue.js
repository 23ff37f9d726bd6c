// Requests that keep a view up to date: one in flight, the most urgent first, and only while somebody looks.

const PATIENCE = 6; // answers that are not yet what was wanted before the view stops asking for it

/**
 * jobs, most urgent first: {name, every, wanted, run}
 *   wanted(): what should be on the screen now, as a string; null while it is not needed
 *   run(signal): fetch it and show it; resolves to what it was, in the same words
 *   every: milliseconds of rest after an answer
 * An older answer than wanted (the weights of a running network arrive with a delay) is asked for again, ever more
 * rarely.
 * @typedef {{name: string, every: number, wanted: () => string | null,
 *   run: (signal: AbortSignal) => Promise<string | null>}} Job
 */
export class RequestQueue {
  /** @param {Job[]} jobs @param {(error: any, job: Job) => void} failed */
  constructor(jobs, failed) {
    this.failed = failed;
    /** @type {(Job & {have: string | null, last: string | null, after: number, misses: number})[]} */
    this.jobs = jobs.map((job) => ({ ...job, have: null, last: null, after: 0, misses: 0 }));
    this.seen = () => this.poke();
    document.addEventListener("visibilitychange", this.seen);
  }

  /** Something may have changed. */
  poke() {
    clearTimeout(this.timer);
    if (this.flying || document.hidden) return;
    let soonest = Infinity;
    for (const job of this.jobs) {
      const wanted = job.wanted();
      if (wanted !== job.last) Object.assign(job, { last: wanted, misses: 0 });
      if (wanted === null || wanted === job.have) continue;
      if (job.after <= performance.now()) { this.take(job, wanted); return; }
      soonest = Math.min(soonest, job.after);
    }
    if (soonest < Infinity) this.timer = setTimeout(() => this.poke(), soonest - performance.now());
  }

  /** @param {RequestQueue["jobs"][number]} job @param {string} wanted */
  async take(job, wanted) {
    const flight = (this.flying = new AbortController());
    try {
      const brought = await job.run(flight.signal);
      if (this.flying !== flight) return;
      job.misses = brought === wanted ? 0 : job.misses + 1;
      job.have = job.misses >= PATIENCE ? wanted : brought;
      job.after = performance.now() + job.every * 2 ** job.misses;
    } catch (fault) {
      const error = /** @type {any} */ (fault);
      if (this.flying !== flight) return;
      if (error.retry) job.after = performance.now() + error.retry * 1000;
      else job.have = wanted; // the same question would have the same answer
      this.failed(error, job);
    }
    this.flying = null;
    this.poke();
  }

  /** What is in flight and what is there is about something else now. */
  restart() {
    this.stop();
    for (const job of this.jobs) Object.assign(job, { have: null, after: 0, misses: 0 });
    this.poke();
  }

  stop() {
    clearTimeout(this.timer);
    this.flying?.abort();
    this.flying = null;
  }

  dispose() {
    this.stop();
    document.removeEventListener("visibilitychange", this.seen);
    this.jobs = [];
  }
}
