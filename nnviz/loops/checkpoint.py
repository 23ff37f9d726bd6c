"""Where a training stands beside its weights: what a loop needs to go on as if it had never stopped.

As Keras's and PyTorch's checkpoints it has what the optimiser remembers; and the place in the order of the samples, the
seeds of dropout and the moving means, so that the run is the one it would have been.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from nnviz.models.weights import Array


class Checkpoint(NamedTuple):
    """optimizer: for each group of weights (all as one vector, or each array for itself) the arrays that are kept;
    others: what Keras keeps beside the weights; order: `Order.position`, of the samples from step `drawn_from` on;
    sums: of this epoch's losses and correct answers."""

    optimizer: list[list[Array]]
    others: list[Array]
    order: dict[str, Any] | None
    drawn_from: int
    sums: tuple[float, float]

    @property
    def size(self) -> int:
        """Bytes of its arrays."""
        return sum(array.nbytes for group in (*self.optimizer, self.others) for array in group)

    def without_optimizer(self) -> Checkpoint:
        return self._replace(optimizer=[])

    def pack(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """As a frame carries it: plain values, and arrays by name."""
        arrays = {
            f"optimizer.{i}.{j}": array for i, group in enumerate(self.optimizer) for j, array in enumerate(group)
        }
        arrays |= {f"others.{i}": array for i, array in enumerate(self.others)}
        plain = {
            "groups": [len(group) for group in self.optimizer], "others": len(self.others), "order": self.order,
            "drawn_from": self.drawn_from, "sums": list(self.sums),
        }  # fmt: skip
        return plain, arrays

    @classmethod
    def unpack(cls, plain: Mapping[str, Any], arrays: Mapping[str, Array]) -> Checkpoint:
        """The inverse of `pack`. Raises KeyError for what another version has written."""
        optimizer = [[arrays[f"optimizer.{i}.{j}"] for j in range(n)] for i, n in enumerate(plain["groups"])]
        others = [arrays[f"others.{i}"] for i in range(plain["others"])]
        loss, correct = plain["sums"]
        return cls(optimizer, others, plain["order"], plain["drawn_from"], (loss, correct))


def same_shapes(one: list[Any], other: list[Any]) -> bool:
    """Whether two lists of arrays could stand for each other."""
    return [tuple(a.shape) for a in one] == [tuple(a.shape) for a in other]


def copies(arrays: list[Array]) -> list[Array]:
    return [np.array(array) for array in arrays]
