"""Lecture B's small network, 784-30-10, which most of its recipes change in one thing; and what they measure of runs.

The lecture says its learning rate, 1, with B5 and B6, and no batch size. With batches of 30, which it names with B11,
the first epoch of B3 on 60,000 images comes out as printed there (0.2924/0.9114); on 10,000 images the first epoch of
B7 (0.9330/0.7552) is that of some 110 images a batch. So 30 stand for the former, 100 for the latter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnviz.experiments.catalogue.common import TEN_THOUSAND, Plain, dense, network, sgd

RATE, BATCH, LONG_BATCH = 1.0, 30, 100
QUICK: Mapping[str, Any] = {"data.train": 2_000, "data.test": 1_000, "training.epochs": 5}
QUICK_LONG: Mapping[str, Any] = {"data.train": 1_000, "data.test": 1_000, "training.epochs": 40}
"""Of what takes 100 epochs."""
BATCHES = f"batches of {BATCH}: with them the first epoch of B3 is as printed there"
LONG_BATCHES = f"batches of {LONG_BATCH}, as in B7, with the learning rate 1"


def small(layers: list[Plain] | None = None, optimizer: Plain | None = None, **more: Any) -> Plain:
    """784-30-10 with softmax on MNIST; what `network` takes may be said otherwise."""
    return network(layers or dense(30), optimizer or sgd(RATE), **{"batch_size": BATCH, **more})


def long(layers: list[Plain] | None = None, data: Plain | None = None, **more: Any) -> Plain:
    """The same for 100 epochs on 10,000 images: long enough to learn them by heart."""
    set_ = {**TEN_THOUSAND, **(data or {})}
    return small(layers, data=set_, **{"epochs": 100, "batch_size": LONG_BATCH, **more})


def wobble(values: Sequence[float]) -> float:
    """How ragged a curve is: the mean |yᵢ₊₁ − 2yᵢ + yᵢ₋₁|, which is 0 of a straight line."""
    bends = [abs(c - 2 * b + a) for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    return sum(bends) / len(bends) if bends else 0.0
