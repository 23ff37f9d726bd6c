"""Softmax and the cross-entropy: y_j = e^{z_j} / Σ e^{z_k}, its derivatives, and why ∂L/∂z is y − t.

∂y_j/∂z_i = y_j (δ_ij − y_i). With L = −Σ t_j ln y_j, ∂L/∂y_j = −t_j / y_j, and
∂L/∂z_i = Σ_j ∂L/∂y_j · ∂y_j/∂z_i = y_i − t_i: no slope of the output is left that could be next to 0.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from nnviz.activations import ACTIVATIONS
from nnviz.part import Part

MOST, FEWEST, CLASSES = 10.0, 2, 6
Array = NDArray[np.float64]
Logit = Annotated[float, Field(ge=-MOST, le=MOST)]


class Logits(Part):
    """z of each class, and the class that is right (beyond the last: the last)."""

    z: Annotated[tuple[Logit, ...], Field(min_length=FEWEST, max_length=CLASSES)] = (2.0, 1.0, -1.0)
    target: int = Field(1, ge=0, lt=CLASSES)


def jacobian(y: Array) -> Array:
    """[i, j] = ∂y_j/∂z_i = y_j (δ_ij − y_i), of the outputs y [n] of a softmax."""
    return np.asarray(np.diag(y) - np.outer(y, y))


def logit_gradient(y: Array, t: Array) -> Array:
    """∂L/∂z [n] of the cross-entropy behind a softmax."""
    return y - t


def answer(logits: Logits) -> dict[str, Any]:
    """y, t and gradient y − t [n]; jacobian [n][n], a row for each z_i; loss; chain: the same gradient by the chain
    rule, Σ_j ∂L/∂y_j · ∂y_j/∂z_i; words."""
    z = np.asarray(logits.z, np.float64)
    y, right = ACTIVATIONS["softmax"].f(z), min(logits.target, len(z) - 1)
    t = np.eye(len(z))[right]
    slopes, found = jacobian(y), logit_gradient(y, t)
    return {
        "y": y.tolist(), "t": t.tolist(), "gradient": found.tolist(), "jacobian": slopes.tolist(),
        "loss": -math.log(y[right]), "chain": (slopes @ (-t / y)).tolist(), "target": right,
        "words": (
            f"Class {right + 1} is right and has y = {y[right]:.3g}: its z is pushed up by {-found[right]:.3g}, each "
            f"other z down by its own y. ∂y/∂z of this class is only {slopes[right, right]:.3g}, but ∂L/∂z = y − t "
            "does not have it as a factor."
        ),
    }  # fmt: skip
