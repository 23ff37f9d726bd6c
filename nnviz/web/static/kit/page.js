// What each control of the page does: shown beside it on hover and on focus, and told to a screen reader as its
// description. And the leaps over the header, to the room and to its settings. Streamlit's own help marks would be
// one more stop of the Tab key for each control.

import { isHere } from "./answer.js";
import { element } from "./dom.js";
import { mark } from "./tried.js";

const LEAPS = {
  "Skip to the room": [".st-key-stage", "[data-testid=stBidiComponentRegular]", "[data-testid=stMain]"],
  "Skip to settings": [".st-key-side"],
};
const WAIT = 350; // milliseconds over a control before its words come
/** @typedef {{text: string, expanded?: boolean}} Help expanded: of a control that unfolds something, whether it has */
/**
 * @type {{helps: Record<string, Help>, tip: HTMLElement | null, timer: number, box: Element | null, pressed: boolean}}
 */
const state = { helps: {}, tip: null, timer: 0, box: null, pressed: false };

/** data: [{key of a control: its help}, name of the room, number of the answer]. @param {Component} component */
export function render({ data, parentElement: host }) {
  [state.helps] = data;
  mark(data[1]);
  isHere(data[2]); // what stands at the page's top is made last
  hide();
  if (!state.tip) start();
  if (host.firstChild) return;
  // The first stops of the Tab key, before the names of all rooms in the header.
  for (const [words, places] of Object.entries(LEAPS)) {
    const onclick = () => leap(places);
    host.append(element("button", { type: "button", class: "nnp-skip", tabIndex: 1, onclick }, words));
  }
}

function start() {
  state.tip = element("div", { class: "nnp-tip", role: "tooltip", hidden: true });
  document.body.append(state.tip);
  document.addEventListener("focusin", ({ target }) => {
    const found = target instanceof Element && helpOf(target);
    if (!found) return hide();
    describe(target, found.help);
    return target.matches(":focus-visible") && !state.pressed ? show(found) : undefined;
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("pointerover", ({ target }) => {
    const found = target instanceof Element && helpOf(target);
    clearTimeout(state.timer);
    if (!found) return hide();
    if (found.box !== state.box) state.timer = setTimeout(() => show(found), WAIT);
    return undefined;
  });
  document.addEventListener("pointerdown", (e) => { state.pressed = true; if (e.pointerType === "mouse") hide(); });
  document.addEventListener("pointerup", () => { state.pressed = false; });
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") hide(); });
  document.addEventListener("scroll", hide, true);
  document.addEventListener("keydown", backToDialog, true);
}

/**
 * Streamlit disables a download's button while it makes the file, and the browser takes the keyboard's focus from a
 * disabled button: the dialog around it would hear no key any more, not even Escape. @param {KeyboardEvent} e
 */
function backToDialog(e) {
  const dialog = document.querySelector(".stDialog [role=dialog]");
  if (!(dialog instanceof HTMLElement) || document.activeElement !== document.body) return;
  dialog.focus();
  if (e.key !== "Escape") return;
  e.stopImmediatePropagation();
  const close = dialog.querySelector("button[aria-label=Close]");
  if (close instanceof HTMLElement) close.click();
}

/** The control that a part of the page belongs to, and what is to be said of it. @param {Element} node */
function helpOf(node) {
  const box = node.closest("[class*='st-key-w_']");
  const name = box && [...box.classList].find((word) => word.startsWith("st-key-w_"))?.slice("st-key-".length);
  return box && name && state.helps[name] ? { box, help: state.helps[name] } : null;
}

/** @param {Element} control @param {Help} help */
function describe(control, { text, expanded }) {
  if (control.getAttribute("aria-description") !== text) control.setAttribute("aria-description", text);
  if (expanded !== undefined) control.setAttribute("aria-expanded", String(expanded));
}

/** @param {{box: Element, help: Help}} found */
function show({ box, help }) {
  const { tip } = state, place = box.getBoundingClientRect();
  if (!tip) return;
  clearTimeout(state.timer);
  state.box = box;
  tip.textContent = help.text;
  tip.style.fontFamily = getComputedStyle(box).fontFamily;
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const beside = innerWidth - place.right > width + 20; // where nothing of it is covered, nor the list that it opens
  const left = beside ? place.right + 10 : Math.max(8, Math.min(place.left, innerWidth - width - 8));
  const above = place.top - height - 4;
  const top = beside ? place.top : above > 0 ? above : place.bottom + 4;
  Object.assign(tip.style, { left: `${left}px`, top: `${Math.min(top, innerHeight - height - 8)}px` });
}

function hide() {
  clearTimeout(state.timer);
  state.box = null;
  if (state.tip) state.tip.hidden = true;
}

/** To the first control in the first of these places that has one. @param {string[]} places */
function leap(places) {
  const controls = ":is(button, a, input, select, [tabindex='0']):not([disabled], .nnp-skip)";
  for (const place of places) {
    for (const control of document.querySelectorAll(`${place} ${controls}`)) {
      if (control instanceof HTMLElement && control.offsetParent) return control.focus();
    }
  }
  return undefined;
}
