// The guide's path: the rooms in their order, how much of each was tried, and which one is open. Links into rooms stand
// beside it on the page; they are marked when they have been followed.

import { button, element, label, stop } from "./dom.js";
import { forget, linkKey, mark, tried } from "./tried.js";

/**
 * @typedef {{name: string, title: string, path: string, links: Record<string, string>[]}} Step
 *   path: of its address; links: the parameters of each
 * @typedef {{steps: Step[], open: string}} Given
 */

const NOTHING = "nothing was tried yet";
/** @type {{given: Given, host: HTMLElement | null, choose: (name: string) => void}} */
const state = { given: { steps: [], open: "" }, host: null, choose: () => {} };
/** Streamlit puts the links of another room on the page after the path. */
const changes = new MutationObserver(() => { if (state.host) markLinks(); });

/** data: [Given]; sets `room`. @param {Component} component */
export function render({ data: [given], parentElement: host, setStateValue }) {
  Object.assign(state, { given, host, choose: (/** @type {string} */ name) => setStateValue("room", name) });
  document.body.addEventListener("click", followed, true); // the same listener again is none
  changes.observe(document.body, { childList: true, subtree: true });
  draw();
}

/** @param {HTMLElement} host */
export function dispose(host) {
  if (host !== state.host) return; // the guide was entered anew
  state.host = null;
  document.body.removeEventListener("click", followed, true);
  changes.disconnect();
}

function draw() {
  const { given: { steps, open }, host } = state, known = tried();
  if (!host) return;
  const list = element("ol", {}, ...steps.map((step, i) => {
    const done = step.links.filter((query) => known.has(linkKey(step.name, new URLSearchParams(query)))).length;
    const all = step.links.length, seen = known.has(step.name);
    const how = done ? `${done} of ${all} tried` : seen ? "visited" : "";
    const one = button("", "", () => state.choose(step.name), { "aria-current": step.name === open ? "step" : null,
      "data-done": String(done === all), "data-seen": String(seen || done > 0), "data-room": step.name });
    one.append(element("b", {}, done === all ? "✓" : String(i + 1)), element("span", {}, step.title),
      element("small", {}, how));
    label(one, [`${i + 1}: ${step.title}`, how].filter(Boolean).join(", "));
    return element("li", {}, one);
  }));
  const away = button("Forget what I tried", "", () => { forget(); draw(); }, { class: "nng-forget" });
  stop(away, "the marks are kept in this browser", !known.size && NOTHING);
  const active = document.activeElement;
  const focus = active instanceof HTMLElement && host.contains(active) ? active.dataset.room : null;
  host.replaceChildren(element("nav", { class: "nng", "aria-label": "the path through the rooms" }, list, away));
  if (focus) /** @type {HTMLElement | null} */ (host.querySelector(`[data-room="${focus}"]`))?.focus();
  markLinks();
}

/** The key of a link into one of the rooms. @param {HTMLAnchorElement} link @returns {string | null} */
function keyOf(link) {
  const at = new URL(link.href, location.href), step = state.given.steps.find(({ path }) => at.pathname.endsWith(path));
  return step && link.closest("[data-testid=stMain] .st-key-guide") ? linkKey(step.name, at.searchParams) : null;
}

/** @param {MouseEvent} event */
function followed({ target }) {
  const link = target instanceof Element && target.closest("a");
  const key = state.host && link instanceof HTMLAnchorElement ? keyOf(link) : null;
  if (key) mark(key);
}

function markLinks() {
  const known = tried();
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".st-key-guide a"))) {
    const on = known.has(keyOf(link) ?? "");
    if (on === (link.dataset.tried === "true")) continue;
    link.dataset.tried = String(on);
    if (on) link.setAttribute("aria-description", "tried");
    else link.removeAttribute("aria-description");
  }
}
