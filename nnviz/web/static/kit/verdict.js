// Whether one of two classifiers is better than the other, or the difference may be chance: the server says
// (nnviz/experiments/mcnemar.py).

/**
 * McNemar's exact test and what it means, in a sentence. Rejects with words.
 * @param {number} b @param {number} c samples on which only the one, only the other is right
 * @param {string} one @param {string} other what they are called
 * @returns {Promise<{p: number, words: string}>}
 */
export async function verdict(b, c, one = "A", other = "B") {
  const answer = await fetch("/nnviz/mcnemar", { method: "POST", body: JSON.stringify({ b, c, one, other }) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.message);
  return said;
}
