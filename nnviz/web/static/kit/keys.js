// Which keys are a room's, wherever the focus is: not those that a field or an open list takes.

const FIELDS = "input, textarea, select, [contenteditable=true], [role=slider], [role=combobox], [role=dialog], "
  + "[data-baseweb=popover]";
const BUTTONS = "button, a, summary, [role=tab], [role=radio], [role=checkbox], [role=switch], [role=button], "
  + "[role=option]";

/**
 * The button that has the focus, or null, where a key may be a room's; null in place of all where it is not: with a
 * modifier, in a field, or taken already.
 * @param {KeyboardEvent} e
 */
export function roomKey(e) {
  const [target] = e.composedPath();
  if (e.altKey || e.ctrlKey || e.metaKey || e.defaultPrevented || !(target instanceof Element)) return null;
  return target.closest(FIELDS) ? null : { button: target.closest(BUTTONS) };
}

/** After a click on one of its buttons, the keys are the room's again. @param {HTMLElement} bar */
export function returnKeys(bar) {
  bar.addEventListener("click", (e) => {
    const found = e.detail && e.target instanceof Element && e.target.closest("button");
    if (found) found.blur();
  });
}
