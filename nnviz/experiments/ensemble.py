"""Several trainings of one setting together: their mean with its interval, and their ensemble against each. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.stopping import accuracy_interval

Float32 = NDArray[np.float32]


def mean_interval(values: NDArray[np.float64]) -> dict[str, float] | None:
    """{mean, low, high}: mean and the 95 % interval that Student's t gives it; None for fewer than two."""
    from scipy.stats import t

    n = len(values)
    if n < 2:
        return None
    half = float(t.ppf(0.975, n - 1) * values.std(ddof=1) / math.sqrt(n))
    mean = float(values.mean())
    return {"mean": mean, "low": mean - half, "high": mean + half}


def ensemble(probabilities: Sequence[Float32], labels: NDArray[np.int64]) -> dict[str, Any]:
    """The mean of the members' probabilities [n, classes] as one classifier, against each of them: accuracy with
    Wilson's interval; only: [i][j] samples that member i has right and j has wrong."""
    n = len(labels)
    right = np.stack([p.argmax(1) == labels for p in probabilities])
    together = np.mean(np.stack(probabilities), axis=0).argmax(1) == labels
    accuracy = float(together.mean())
    low, high = accuracy_interval(float(together.sum()), n)
    only = (right[:, None] & ~right[None]).sum(-1)
    return {
        "accuracy": accuracy, "low": low, "high": high, "n": n, "members": right.mean(1).tolist(),
        "only": only.tolist(),
    }  # fmt: skip
