// Which of the session's answers the page shows. The stage's script may have an answer before the controls at the side
// have it; then they say what was before, and the session has to know (nnviz/ui/answers.py).

let newest = 0;

/** The number of the last answer that all of the page shows. */
export const shown = () => newest;

/**
 * The page has got all of an answer. Streamlit's controls take their values one or two drawings later; to say so too
 * late does no harm. @param {number} number
 */
export function isHere(number) {
  const after = (/** @type {number} */ drawings) => {
    if (drawings) requestAnimationFrame(() => after(drawings - 1));
    else newest = number;
  };
  after(3);
}
