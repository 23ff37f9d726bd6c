// Where everything of the Sweep room stands: the bar, the figures, what is said of them, and all runs as a table.

import { element, messageOf, stop, write } from "../../kit/dom.js";
import { Note } from "../../kit/note.js";
import { verdict } from "../../kit/verdict.js";

const LOOKS = ["tiles", "scores", "map", "parallel", "panels", "seeds"];
const NAMES = {
  tiles: "boundaries of all runs", scores: "scores by value", map: "scores by both values",
  parallel: "runs as lines through their settings", panels: "curves of each run",
  seeds: "median curve and final scores",
};

/** Seconds in words. @param {number} seconds */
export function duration(seconds) {
  if (seconds < 1.5) return "about a second";
  if (seconds < 90) return `about ${Math.round(seconds)} s`;
  return seconds < 5400 ? `about ${Math.round(seconds / 60)} minutes` : `about ${(seconds / 3600).toFixed(1)} hours`;
}

/**
 * What became of a sweep that has ended.
 * @param {number} done @param {number} size how many runs it was to have @param {number} gone those that were deleted
 */
export function ended(done, size, gone) {
  const deleted = gone ? `, ${gone} deleted` : "";
  if (done + gone < size) return `stopped: ${done} of ${size} runs${deleted}`;
  if (gone) return `${done} of ${size} runs${deleted}`;
  return done === 1 ? "the run is done" : `all ${done} runs are done`;
}

export class Panel {
  /**
   * @param {{run: () => void, command: (command: string) => void, view: (changes: Record<string, any>) => void,
   *   open: (number: number) => void}} actions
   */
  constructor(actions) {
    this.actions = actions;
    /** @param {string} name @param {string} title @param {() => void} act */
    const button = (name, title, act) => element("button", {
      type: "button", class: `nnv-${name}`, title, onclick: act,
    });
    this.run = button("play", "Run", () => actions.run());
    this.pause = button("step", "Pause", () => actions.command(this.held ? "play" : "pause"));
    this.halt = button("epoch", "Stop", () => actions.command("stop"));
    this.halt.textContent = "Stop";
    this.held = false;
    /** What stands there now, so that it is written only where it is another. @type {Record<string, string>} */
    this.now = {};
    /** @type {any} */
    this.compared = null;
    /** @type {Record<string, string>} */
    this.marks = {};
    /** @param {string} name @param {string} title */
    const select = (name, title) => element("select", {
      title, "aria-label": title,
      onchange: (/** @type {any} */ e) => actions.view({ [name]: e.target.value }),
    });
    this.look = select("look", "how the runs are shown");
    this.what = select("what", "which curves");
    for (const [value, text] of [["loss", "Loss"], ["accuracy", "Accuracy"]])
      this.what.append(element("option", { value }, text));
    this.meter = element("progress", { class: "nnz-meter", max: 1, value: 0, "aria-label": "runs that have ended" });
    this.status = element("div", { class: "nnv-status", role: "status", "aria-live": "polite" });
    this.note = new Note(() => null);
    this.words = element("p", { class: "nnz-words" });
    this.counts = element("p", { class: "nnz-counts" });
    this.empty = element("div", { class: "nnz-empty" });
    /** @type {Record<string, HTMLElement>} */
    this.plots = Object.fromEntries(LOOKS.map((look) => [look, element("div", {
      class: "nnz-plot", role: "img", "aria-label": NAMES[/** @type {keyof typeof NAMES} */ (look)], hidden: true,
    })]));
    this.stage = element("div", { class: "nnz-stage" }, this.empty, ...Object.values(this.plots));
    this.bars = element("div", { class: "nnz-bars", "aria-label": "which setting mattered" });
    this.pair = element("div", { class: "nnz-pair" });
    this.rows = element("tbody");
    this.heads = element("tr");
    this.table = element("details", { class: "nnz-table" },
      element("summary", {}, "All runs as a table, the best first"),
      element("table", {}, element("thead", {}, this.heads), this.rows));
    this.root = element("div", { class: "nnv nnz" },
      element("div", { class: "nnv-bar" },
        element("div", { class: "nnv-buttons" }, this.run, this.pause, this.halt), this.look, this.what,
        element("div", { class: "nnv-end" }, this.meter, this.status)),
      this.note.root, this.words, this.stage,
      element("div", { class: "nnz-foot" }, this.counts, this.pair, this.bars), this.table);
  }

  /**
   * @param {{data: any, board: Frame | null, group: any, busy: boolean, pending: boolean, online: boolean,
   *   look: string, view: Record<string, any>, ensemble: any, importance: {setting: string, share: number}[],
   *   watched: string | null, deleted: boolean}} now
   */
  draw(now) {
    const { data, board, group, busy, pending, look, view } = now, meta = board?.meta ?? null;
    const stale = Boolean(meta) && JSON.stringify(meta.sweep) !== JSON.stringify(data.spec);
    const label = `Run ${data.size} ${data.size === 1 ? "network" : "networks"}`;
    if (this.other("label", label)) this.run.replaceChildren(element("i", { "aria-hidden": "true" }, "▶"), label);
    stop(this.run, label, busy || pending ? "a sweep is under way; stop it first" : "");
    this.held = Boolean(group?.held);
    write(this.pause, this.held ? "Go on" : "Pause");
    const why = !busy ? "nothing is under way" : group?.mine ? "" : "somebody else’s sweep, you are watching";
    stop(this.pause, this.held ? "Let the next runs begin" : "Let no further run begin", why);
    stop(this.halt, "Stop; what is done is kept", why);
    this.options(data.looks);
    if (this.look.value !== look) this.look.value = look;
    if (this.what.value !== view.what) this.what.value = view.what;
    this.what.hidden = look !== "panels" && look !== "seeds";
    this.meter.max = data.size;
    this.meter.value = meta?.done ?? 0;
    this.meter.hidden = !busy;
    write(this.status, this.told(now, meta, stale));
    write(this.words, stale && !busy ? "The setting is another one now: Run trains it anew. Below is the sweep before."
      : data.why);
    this.marks = data.marks;
    this.preview(data, meta, Boolean(now.watched) && !now.deleted);
    this.counted(meta);
    this.mattered(now.importance);
    this.compare(now.ensemble);
    this.list(meta);
  }

  /** Whether it is another than when this was last asked. @param {string} name @param {string} key */
  other(name, key) {
    const is = this.now[name] !== key;
    this.now[name] = key;
    return is;
  }

  /** @param {[string, string][]} looks */
  options(looks) {
    if (!this.other("looks", looks.map(([name]) => name).join())) return;
    this.look.replaceChildren(...looks.map(([value, text]) => element("option", { value }, text)));
  }

  /** @param {any} now @param {any} meta @param {boolean} stale @returns {string} */
  told(now, meta, stale) {
    const lost = now.online ? "" : " · connection lost, trying again";
    if (now.pending) return `checking the settings…${lost}`;
    const held = now.group?.held ? ", paused" : "";
    if (now.busy) return `${meta?.done ?? 0} of ${meta?.size ?? now.data.size} done${held}${lost}`;
    if (!meta || stale) return `${duration(now.data.seconds)}${lost}`;
    return `${ended(meta.done, meta.size, meta.gone)}${lost}`;
  }

  /**
   * Before there is anything: which networks will be trained.
   * @param {any} data @param {any} meta @param {boolean} on
   */
  preview(data, meta, on) {
    this.empty.hidden = Boolean(meta);
    if (meta) return;
    if (!this.other("preview", JSON.stringify([data.points, data.size, on]))) return;
    const more = data.size - data.points.length;
    const cards = data.points.map((/** @type {string} */ text) => element("li", {}, text));
    const search = `${more} networks, chosen one after the other where the search expects better ones`;
    if (more > 0) cards.push(element("li", {}, data.points.length ? `… and ${more} more` : search));
    this.empty.replaceChildren(element("p", {}, on ? "Loading …" : "Press Run to train these networks:"),
      element("ul", {}, ...cards));
  }

  /** @param {any} meta */
  counted(meta) {
    if (!meta) { write(this.counts, ""); return; }
    const parts = Object.entries(meta.counts).map(([word, n]) => `${this.mark(word)} ${n} ${word}`);
    write(this.counts, [parts.join("   "), meta.best_words].filter(Boolean).join(" · "));
    this.counts.title = meta.rule;
  }

  /** @param {string} word */
  mark(word) { return this.marks[word] ?? ""; }

  /** @param {{setting: string, share: number}[]} shares */
  mattered(shares) {
    if (!this.other("shares", JSON.stringify(shares))) return;
    this.bars.replaceChildren(...(shares.length ? [element("b", {
      title: "PED-ANOVA: which setting tells the better runs from the rest",
    }, "What mattered")] : []), ...shares.flatMap(({ setting, share }) => [
      element("span", {}, setting), element("meter", { min: 0, max: 1, value: share }),
      element("span", {}, `${Math.round(100 * share)} %`)]));
  }

  /** The ensemble in words, and McNemar's test between two members. @param {any} found */
  compare(found) {
    if (this.compared === found) return;
    this.compared = found;
    if (!found) { this.pair.replaceChildren(); return; }
    const words = element("span", { role: "status" });
    /** @param {number} chosen @param {string} title */
    const choose = (chosen, title) => element("select", { "aria-label": title, onchange: () => say() },
      ...found.words.map((/** @type {string} */ text, /** @type {number} */ i) =>
        element("option", { value: i, selected: i === chosen }, text)));
    const a = choose(0, "one run"), b = choose(1, "another run");
    const say = async () => {
      const i = Number(a.value), j = Number(b.value), { only, words: names } = found;
      if (i === j) { write(words, "choose two different runs"); return; }
      const told = await verdict(only[i][j], only[j][i], names[i], names[j]).then((said) => said.words, messageOf);
      if (i === Number(a.value) && j === Number(b.value)) write(words, told);
    };
    say();
    this.pair.replaceChildren(element("p", {}, found.said), element("p", {}, a, " against ", b, ": ", words));
  }

  /** @param {any} meta */
  list(meta) {
    this.table.hidden = !meta;
    if (!meta) return;
    if (!this.other("list", JSON.stringify([meta.members, meta.best]))) return;
    const titles = ["", ...meta.over.map((/** @type {any} */ one) => one.label), "test accuracy", "loss", ""];
    this.heads.replaceChildren(...titles.map((text) => element("th", { scope: "col" }, text)));
    const rank = (/** @type {any} */ one) => one.value ?? Infinity;
    const order = meta.members.map((/** @type {any} */ one, /** @type {number} */ number) => ({ ...one, number }))
      .sort((/** @type {any} */ a, /** @type {any} */ b) => rank(a) - rank(b) || (a.loss ?? 0) - (b.loss ?? 0));
    this.rows.replaceChildren(...order.map((/** @type {any} */ one) => element("tr", {
      "data-best": one.number === meta.best, title: one.message,
    }, element("td", {}, `${one.mark} ${one.word}`),
    ...one.values.map((/** @type {string} */ value) => element("td", {}, value)),
    element("td", {}, one.score === null ? "–" : one.shown),
    element("td", {}, one.loss === null ? "–" : one.loss.toPrecision(3)),
    element("td", {}, element("button", {
      type: "button", "aria-label": `open the run with ${one.words}`, onclick: () => this.actions.open(one.number),
    }, "open")))));
  }
}
