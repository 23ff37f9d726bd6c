"""What a digit's history is told as, in words."""

from __future__ import annotations

from playwright.sync_api import Page

STORY = """
async (history) => {
  const m = await import("/rooms/digits/digit_history.js");
  return m.story(m.segments(history), [..."0123456789"]);
}
"""


def test_the_history_in_words(scripts: Page) -> None:
    def story(predicted: list[int], truth: int = 4) -> str:
        n = len(predicted)
        history = {
            "step": [*range(n)], "epoch": [k / 2 for k in range(n)], "predicted": predicted, "sure": [0.5] * n,
            "true": [truth] * n,
        }  # fmt: skip
        return str(scripts.evaluate(STORY, history))

    assert story([]).startswith("Nothing recorded yet")
    assert story([9, 9, 7]) == "Never right so far; now taken for “7”."
    assert story([4, 4, 4]) == "Right from the first picture on."
    assert story([9, 7, 4, 4]) == "Learned in epoch 1.0."
    assert story([9, 4, 9, 7, 4]) == "Learned in epoch 0.5, forgotten in 1.0 (taken for “9”), learned again in 2.0."
    assert story([4, 9]) == "Right from the start, forgotten in 0.5 (taken for “9”)."
    assert story([9, 4] * 6) == "Learned in epoch 0.5, then forgotten 5 times, right since epoch 5.5."
