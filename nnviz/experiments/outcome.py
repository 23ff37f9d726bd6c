"""What came of one run of a sweep: a mark and a word for it, and the numbers that runs are compared by. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnviz.spec import RunSpec
from nnviz.statuses import AT_WORK, BROKEN, WAITING

CONVERGED = 0.95
"""The share of the training samples that a network must have right to count as converged."""
GUESSING = 0.05
"""Of a regression: the loss, as a share of that of guessing the mean, up to which it counts as converged."""
MARKS = {
    "converged": "✓", "not converged": "○", "stopped early": "◐", "diverged": "✗", "failed": "!", "training": "…",
    "waiting": "·",
}  # fmt: skip
"""Outcome → its mark: told by word and mark, not by colour alone."""
ENDED_WELL = frozenset({"converged", "not converged"})


@dataclass(frozen=True)
class Outcome:
    """word: one of MARKS. score: accuracy on the test samples (of a regression None), with its interval low to high of
    n samples. train, validation: accuracies; loss: of the test samples, else the newest. value: what a search makes
    small: the error rate on the validation samples where there are some, else on the test's; of a regression the loss;
    None where it came to nothing. message: why it ended so, where that needs saying."""

    word: str
    score: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    train: float | None = None
    validation: float | None = None
    loss: float | None = None
    value: float | None = None
    epochs: float | None = None
    seconds: float | None = None
    message: str = ""

    @property
    def mark(self) -> str:
        return MARKS[self.word]

    @property
    def is_over(self) -> bool:
        return self.word not in {"training", "waiting"}


def outcome(
    spec: RunSpec, status: str, result: Mapping[str, Any] | None, newest: Mapping[str, Any] | None = None
) -> Outcome:
    """Of a run with this status (the store's word), the event that ended it, and its newest metrics."""
    newest, result = newest or {}, result or {}
    test, train = result.get("test") or {}, result.get("train") or {}
    accuracy, validation = train.get("accuracy", newest.get("accuracy")), newest.get("val_accuracy")
    score = test.get("accuracy")
    losses = (test.get("loss"), newest.get("val_loss"), newest.get("loss"))
    loss = next((value for value in losses if value is not None), None)
    word = _word(spec, status, accuracy, train.get("loss", newest.get("loss")))
    if spec.data.classes:
        judged = validation if validation is not None else score
        value = None if judged is None else 1 - judged
    else:
        value = newest.get("val_loss") if newest.get("val_loss") is not None else loss
    return Outcome(
        word, score, test.get("low"), test.get("high"), test.get("n"), accuracy, validation, loss,
        value if word not in {"diverged", "failed"} else None,
        result.get("epochs", newest.get("epoch")), result.get("seconds", newest.get("seconds")),
        str(result.get("message") or ""),
    )  # fmt: skip


def _word(spec: RunSpec, status: str, accuracy: float | None, loss: float | None) -> str:
    if status in WAITING:
        return "waiting"
    if status in AT_WORK:
        return "training"
    if status == "diverged":
        return "diverged"
    if status in BROKEN:
        return "failed"
    if status == "stopped":
        return "stopped early"
    if spec.data.classes:
        return "converged" if accuracy is not None and accuracy >= CONVERGED else "not converged"
    # Targets lie about evenly between −1 and 1: the mean's squared error is a third of a unit, half of it the loss's.
    return "converged" if loss is not None and loss <= GUESSING / 3 else "not converged"


def order(found: Outcome) -> tuple[bool, float, float]:
    """The better one first; of two that are as good, the one with the smaller loss."""
    return found.value is None, found.value or 0.0, float("inf") if found.loss is None else found.loss


def rule(spec: RunSpec) -> str:
    """What "converged" means for such a setting."""
    if spec.data.classes:
        return f"converged: at least {CONVERGED:.0%} of the training samples right at the end"
    return f"converged: a training loss of at most {GUESSING / 3:.3f}, {GUESSING:.0%} of that of guessing the mean"
