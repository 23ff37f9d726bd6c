// What this browser's visitor has tried: rooms by their names, and the guide's links into them. Kept in the browser.

import { storage } from "./wire.js";

const KEY = "nnviz-tried";

/** @returns {Set<string>} */
export function tried() {
  try {
    const found = JSON.parse(storage(KEY) ?? "[]");
    return new Set(Array.isArray(found) ? found.filter((one) => typeof one === "string") : []);
  } catch { return new Set(); }
}

/** A room, or a link into one. @param {string} what */
export function mark(what) {
  const all = tried();
  if (!all.has(what)) storage(KEY, JSON.stringify([...all, what]));
}

export function forget() { storage(KEY, "[]"); }

/**
 * How a link into a room is known, whatever the order of its parameters.
 * @param {string} room @param {URLSearchParams} query
 */
export function linkKey(room, query) {
  const sorted = new URLSearchParams(query);
  sorted.sort();
  return `${room}?${sorted}`;
}
