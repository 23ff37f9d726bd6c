"""What is to be seen of a game, in a word and in a sentence: each by a formula, with its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from nnviz.gan.losses import LOSSES
from nnviz.gan.measures import LEAST_SHARE, Measured
from nnviz.gan.spec import GanSpec

State = Literal["untrained", "diverged", "collapse", "too_strong", "saturated", "learned", "missing", "learning"]
GOOD = 0.5
"""Of the generated samples: with fewer among the real ones, it is not yet about modes."""
HALF = 0.5
"""Of the data: who imitates no more than that, and that well, has collapsed."""
SURE = 0.02
"""D(G(z)), on average: below it D is as good as sure."""
NEAR = 2.0
"""Floors that the distance of a generator that has learned its data may be."""


class Verdict(NamedTuple):
    """state, and the same in words for a visitor."""

    state: State
    words: str


class Scores(NamedTuple):
    """Means of D(x) over real and over generated samples."""

    real: float
    fake: float


def verdict(spec: GanSpec, step: int, now: Measured, scores: Scores, floor: float, recent: Sequence[int]) -> Verdict:
    """floor: the distance between two draws of real samples. recent: modes that were covered at some time in the last
    rows of metrics, for data with modes.

    collapse: at least half of the generated samples are among the real ones, but they imitate at most half of the data.
    too_strong: D(G(z)) is below 0.02 on average, of a loss that has probabilities; saturated: with the loss that has
    no slope there. learned: the distance is at most twice the floor, and no mode is missing.
    """
    seen = _seen(now)
    if not math.isfinite(now.distance):
        return Verdict("diverged", "Diverged: weights have left all bounds, and what comes out is no number any more. "
                       "Try smaller learning rates.")  # fmt: skip
    if step == 0:
        return Verdict("untrained", "Not trained yet: the generator maps its latent square somewhere, and the "
                       "discriminator knows nothing. Press Train.")  # fmt: skip
    if now.precision >= GOOD and now.share <= HALF:
        return Verdict("collapse", f"Mode collapse: {percent(now.precision)} of what the generator makes looks real, "
                       f"but it is {seen}.{_moves(now, recent)}")  # fmt: skip
    if LOSSES[spec.loss].smooth and spec.loss != "least_squares" and scores.fake < SURE:
        return _too_strong(spec, scores)
    missing = 0 if now.counts is None else int((~now.covered).sum())
    if now.distance <= NEAR * floor and not missing:
        return Verdict("learned", f"Learned: {seen}. The distance {now.distance:.3f} is near to that between two draws "
                       f"of the real samples, {floor:.3f}.")  # fmt: skip
    if missing and now.precision >= GOOD:
        return Verdict("missing", f"{seen.capitalize()}: {missing} missing. A mode counts from "
                       f"{percent(LEAST_SHARE)} of its fair share within 3σ on.")  # fmt: skip
    return Verdict("learning", f"{seen.capitalize()}; {percent(now.precision)} of the generated samples lie among the "
                   "real ones.")  # fmt: skip


def _seen(now: Measured) -> str:
    """What of the data is imitated."""
    if now.counts is None or len(now.counts) < 2:
        return f"{percent(now.coverage)} of the real samples have a generated one in their neighbourhood"
    return f"{int(now.covered.sum())} of {len(now.counts)} modes"


def _moves(now: Measured, recent: Sequence[int]) -> str:
    if now.counts is None or len(set(recent)) <= int(now.covered.sum()) + 1:
        return ""
    return (
        f" It moves on, too: lately it has been at {len(set(recent))} of the {len(now.counts)}, and where it leaves, "
        "the discriminator forgets."
    )


def _too_strong(spec: GanSpec, scores: Scores) -> Verdict:
    sure = f"D(G(z)) is {scores.fake:.4f} on average, D(x) of real samples {scores.real:.3f}"
    if spec.loss == "minimax":
        return Verdict("saturated", f"Saturated: {sure}. The slope of ln(1 − D(G(z))) is as large as D(G(z)) itself, "
                       "next to nothing: the generator stands still. The non-saturating loss has the slope "
                       f"{1 - scores.fake:.3f} there.")  # fmt: skip
    return Verdict("too_strong", f"The discriminator is too strong: {sure}. It tells all of them apart, and its map is "
                   "flat where the generated samples are: it hardly says which way is better.")  # fmt: skip


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"
