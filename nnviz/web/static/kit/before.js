// The run before, whose pale curve stands beside the one that trains now: the way back to it, and whether it is kept.

import { element, stylesheet, write } from "./dom.js";

const KEY = "nnviz-before"; // with the room's name: what a reload must not lose
/** @typedef {import("./run.js").RunClient} RunClient */

/** What this tab knows of the run before. @param {string} key @param {object | null} [value] */
function kept(key, value) {
  try {
    if (value !== undefined) sessionStorage.setItem(key, JSON.stringify(value));
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch { return null; }
}

/**
 * What a chart draws beside its run (figures/reference.js): the values that its figure binds of the run before.
 * @typedef {{run: string, label: string, values: Record<string, any>, legend: boolean}} Reference
 */

/**
 * The curves of a training: its columns, and what its predictions told; null where there are none.
 * @param {Before} before @returns {Record<string, any> | null}
 */
export const trained = ({ history, tested }) => (history && history.step.length > 1 ? { history, tested } : null);

/** A room without curves names the run before and leads back to it. */
export const NO_CURVE = () => ({});

/** The buttons at the curves' head, shown while there is a run to go back to. */
export class RunBefore {
  /**
   * @param {Element | null} head @param {RunClient} client
   * @param {boolean} named whether the name of its curve stands here; else the chart's legend has it
   */
  constructor(head, client, named = false) {
    stylesheet("kit/before.css");
    this.client = client;
    this.named = named;
    const act = (/** @type {import("./session.js").Act} */ what) => () => client.act(what);
    this.back = element("button", { type: "button", class: "nnv-past-button", "aria-label": "back to the run before",
      onclick: () => client.back() }, "↩");
    this.pin = element("button", { type: "button", class: "nnv-past-button", "aria-label": "keep the run before",
      onclick: () => client.act({ do: "pin", on: !client.before?.pinned }) });
    this.drop = element("button", { type: "button", class: "nnv-past-button", "aria-label": "drop the run before",
      title: "Take it away", onclick: act({ do: "drop" }) }, "×");
    this.name = element("span", { class: "nnv-past-name", hidden: !named });
    this.root = element("span", { class: "nnv-past", hidden: true }, this.name, this.back, this.pin, this.drop);
    /** @type {string | null} what is kept for a reload */
    this.known = null;
    head?.append(this.root);
  }

  /**
   * What a chart is to draw of the run before; null: there is none, or nothing is known of it yet.
   * @param {(before: Before) => Record<string, any> | null} values what the chart's figure binds of that run
   * @returns {Reference | null}
   */
  draw(values) {
    const { client, root, named } = this, { before } = client;
    this.keep();
    const found = before ? values(before) : null;
    if (root.hidden !== !found) root.hidden = !found;
    if (!found || !before) return null;
    const curve = Object.keys(found).length > 0;
    root.dataset.curve = String(curve);
    const title = `Back to the run ${curve ? "of the pale curve" : "before"}, with its setting (${before.label})`;
    if (this.back.title !== title) this.back.title = title;
    write(this.name, before.label);
    write(this.pin, before.pinned ? "◆" : "◇");
    this.pin.setAttribute("aria-pressed", String(Boolean(before.pinned)));
    this.pin.title = before.pinned ? "It stays beside all that come; click: the next change takes its place"
      : "Keep it beside all runs that come, as what they are compared with";
    return { run: before.run, label: before.label, values: found, legend: !named };
  }

  /** A reload begins a new session, which does not know the run before: this tab tells it. */
  keep() {
    const { client } = this, { said } = client.session;
    if (!said) return;
    const key = `${KEY}:${said.room}`, { before } = said;
    const now = before ? JSON.stringify({ run: before.run, pinned: Boolean(before.pinned) }) : null;
    if (this.known === null) {
      const was = before ? null : kept(key);
      this.known = "";
      if (was?.run && was.run !== said.run) return client.act({ do: "remember", ...was });
    }
    if ((now ?? "") === this.known) return;
    this.known = now ?? "";
    kept(key, now ? JSON.parse(now) : null);
  }
}
