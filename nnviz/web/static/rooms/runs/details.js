// Name, tags and note of a run, in a small window.

import { element } from "../../kit/dom.js";

/** @typedef {import("./cells.js").Run} Run */

/**
 * @param {HTMLElement} host @param {Run} run @param {string[]} tags those that there are
 * @param {(changes: {name: string, tags: string[], note: string}) => void} save
 */
export function edit(host, run, tags, save) {
  const name = element("input", { type: "text", maxlength: 120, value: run.name, placeholder: run.auto });
  const labels = element("input", { type: "text", maxlength: 300, value: run.tags.join(", "), list: "nnr-tags",
    placeholder: "lecture 3, good" });
  const note = element("textarea", { rows: 4, maxlength: 4000, placeholder: "What was asked, what came of it" });
  note.value = run.note;
  const close = () => { dialog.close(); dialog.remove(); };
  const dialog = element("dialog", { class: "nnr-dialog", "aria-label": "edit the run",
    onclose: () => dialog.remove() },
    element("form", { method: "dialog", onsubmit: (/** @type {Event} */ e) => {
      e.preventDefault();
      const words = labels.value.split(",").map((tag) => tag.trim().slice(0, 30)).filter(Boolean);
      save({ name: name.value.trim(), tags: words.slice(0, 12), note: note.value });
      close();
    } },
    element("h3", {}, run.auto),
    element("label", {}, "Name", name), element("label", {}, "Tags, with commas between them", labels),
    element("datalist", { id: "nnr-tags" }, ...tags.map((tag) => element("option", { value: tag }))),
    element("label", {}, "Note", note),
    element("div", { class: "nnr-buttons" }, element("button", { type: "submit", class: "nnr-primary" }, "Save"),
      element("button", { type: "button", onclick: close }, "Cancel"))));
  dialog.addEventListener("keydown", (e) => e.stopPropagation());
  host.append(dialog);
  dialog.showModal();
  name.focus();
}
