// The watch link. A page that is watched tells the server where it is (room and link, which is all of it); a page that
// follows goes where that one goes. What cannot be used meanwhile is inert, and a line above the page says whom one
// watches, with the way out.

import { element } from "./dom.js";
import { Live, storage } from "./wire.js";

const LOOK = 250; // milliseconds between two looks at the address
const AGAIN = 4000; // milliseconds until a follower asks anew for a page that is not there
const KEY = "nnviz-lead";
const LOCKED = ".st-key-strip, .st-key-tools, .st-key-side, .st-key-w_present, .nnv-buttons, .nnv-bar > select, "
  + ".nnv-heads, .nnd-chain, .nnv-fork, [data-testid=stTopNav], .rc-overflow";
/**
 * @type {{data: any, live: Live | null, lead: string | null, follow: string | null, said: string, n: number,
 *   host: HTMLElement | null, set: (name: string, value: object) => void, timer: number, place: string | null,
 *   there: boolean, online: boolean | null, asked: number, left: string | null,
 *   went: {n: number, path: string, query: string} | null}}
 *   left: the channel that the visitor has left; went: where the page was last told to go
 */
const state = {
  data: {}, live: null, lead: null, follow: null, said: "", n: Date.now(), host: null, set: () => {}, timer: 0,
  place: null, there: true, online: null, asked: 0, left: null, went: null,
};

/**
 * data: {lead, decided, follow, link, heard}: the channel that this page leads, whether this session has said so, the
 * one that it follows; the link to the first; the number of the newest "go" that it has heard of. What the session has
 * not heard of is said again: a newer request may end what it does at any place, also before it has done anything.
 * @param {Component} component
 */
export function render({ data, parentElement: host, setStateValue }) {
  /** @param {string} name @param {object} value */
  const set = (name, value) => setStateValue(name, { ...value, n: ++state.n });
  Object.assign(state, { data: data[0], host, set });
  const { lead, decided, follow } = state.data, kept = tab();
  if (!decided && kept && !follow) return state.set("lead", { channel: kept }); // a reload
  if (decided) tab(lead ?? "");
  if (follow && follow === state.left) return state.set("own", {});
  if (!follow) state.left = null;
  else if (state.went && state.went.n > data[0].heard) go(state.went);
  if (lead !== state.lead || follow !== state.follow) change(lead, follow);
  return draw();
}

/** The channel that this tab leads, kept over a reload. @param {string} [value] */
function tab(value) {
  try {
    if (value !== undefined) sessionStorage.setItem(KEY, value);
    return sessionStorage.getItem(KEY);
  } catch { return storage(KEY, value); }
}

/** @param {string | null} lead @param {string | null} follow */
function change(lead, follow) {
  if (state.lead && !lead) state.live?.send({ do: "end_channel", channel: state.lead });
  clearInterval(state.timer);
  const old = state.live;
  setTimeout(() => old?.close(), 200); // what has just been sent is to get there
  Object.assign(state, { lead, follow, said: "", place: null, there: true, live: null, went: null });
  document.documentElement.dataset.nnvFollowing = follow ? "1" : "";
  lock();
  if (!lead && !follow) return;
  const online = (/** @type {boolean} */ on) => {
    Object.assign(state, { online: on, said: "" });
    if (on) look();
    draw();
  };
  state.live = new Live({ event, frame: () => {}, online });
  state.timer = setInterval(look, LOOK);
}

/** A leader tells where it is when that has changed; a follower asks, until it is answered. */
function look() {
  lock();
  if (state.lead) {
    const place = location.pathname + location.search;
    if (place === state.said || !state.online) return;
    state.said = place;
    state.live?.send({ do: "lead", channel: state.lead, path: location.pathname, query: location.search.slice(1) });
    return;
  }
  const again = state.place === null && Date.now() - state.asked > AGAIN;
  if (state.follow && state.online && (!state.said || again)) {
    Object.assign(state, { said: "asked", asked: Date.now() });
    state.live?.send({ do: "follow", channel: state.follow });
  }
}

/** @param {ServerMessage} m */
function event(m) {
  if (m.event !== "channel" || m.channel !== state.follow) return;
  state.there = m.there;
  const place = m.path === null ? null : `${m.path}?${m.query}`;
  if (place !== null && place !== state.place) go({ path: m.path, query: m.query });
  state.place = place;
  draw();
}

/** @param {{path: string, query: string}} where */
function go({ path, query }) {
  state.set("go", { path, query });
  state.went = { n: state.n, path, query };
}

/** What a follower cannot use; parts of the page come and go. */
function lock() {
  for (const part of document.querySelectorAll(LOCKED)) {
    if (part instanceof HTMLElement) part.inert = Boolean(state.follow);
  }
}

function draw() {
  const { host, follow, lead, there, online, place } = state;
  if (!host) return;
  /** @type {HTMLElement} */
  const box = host.querySelector(".nnw") ?? host.appendChild(element("div", { class: "nnw", role: "status" }));
  box.hidden = !follow && !lead;
  document.documentElement.dataset.nnvWatching = box.hidden ? "" : "1"; // without its line the page gives it no place
  const waiting = place === null ? "Nobody shows anything under this link at present. This page waits."
    : "The page that you follow has lost its connection. This page waits.";
  const text = !follow ? "Whoever has your watch link sees what you do here."
    : online === false ? "The connection is lost, trying again."
      : there ? "You are watching: this page does what the one that you follow does." : waiting;
  const key = `${text}${follow}`;
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  box.replaceChildren(element("span", {}, text), ...buttons(follow));
}

/** @param {string | null} follow */
function buttons(follow) {
  /** @param {string} text @param {() => void} onclick */
  const button = (text, onclick) => element("button", { type: "button", onclick }, text);
  if (follow) return [button("Try it myself", own)];
  const copy = button("Copy link", async () => {
    copy.textContent = (await copied(state.data.link)) ? "Copied" : "Not copied: take it from Share";
  });
  return [copy, button("Stop", () => state.set("lead", { channel: null }))];
}

/** Into the clipboard; over plain http a browser has only the old way. @param {string} text */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { /* not a secure context, or not allowed */ }
  const field = element("textarea", { style: "position:fixed; opacity:0" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

/** The setting stays, the run goes on in a copy that is the visitor's. */
function own() {
  state.left = state.follow;
  change(null, null);
  dispatchEvent(new Event("nnviz-own"));
  insist();
  draw();
}

/** Say it until the session has heard of it: a request that ends before its time takes with it what it was told. */
function insist() {
  if (!state.left) return;
  state.set("own", {});
  setTimeout(insist, AGAIN);
}
