"""What both networks of a GAN minimise: the losses of the textbooks, each with its slope.

D says a score s of a sample; where it is a probability, D(x) = σ(s). Means are over the samples of one kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from nnviz.activations import sigmoid, softplus
from nnviz.gan.distributions import Array


class Told(NamedTuple):
    """A loss and its slope: value, and ∂value/∂s of each score."""

    value: float
    slope: Array


class GanLoss(NamedTuple):
    """title, words: in the controls. discriminator, generator: the formulas in LaTeX. real(s, target), fake(s): what D
    adds up over real and generated samples; target is 1, or less where labels are smoothed. fool(s): what G minimises.
    says(s): D(x) as it is shown. smooth: whether it has a target for real samples. clipped: whether D's weights are
    clipped. balance: D's loss where D(x) = ½ everywhere; None where that has no meaning."""

    title: str
    words: str
    discriminator: str
    generator: str
    real: Callable[[Array, float], Told]
    fake: Callable[[Array], Told]
    fool: Callable[[Array], Told]
    says: Callable[[Any], Any] = sigmoid
    smooth: bool = True
    clipped: bool = False
    balance: float | None = None


def cross_entropy_real(s: Array, target: float = 1.0) -> Told:
    """−t·ln σ(s) − (1 − t)·ln(1 − σ(s)), whose slope is σ(s) − t."""
    value = softplus(-s) if target == 1 else target * softplus(-s) + (1 - target) * softplus(s)
    return Told(float(value.mean()), (sigmoid(s) - np.float32(target)) / np.float32(s.size))


def cross_entropy_fake(s: Array) -> Told:
    """−ln(1 − σ(s)), whose slope is σ(s)."""
    return Told(float(softplus(s).mean()), sigmoid(s) / np.float32(s.size))


def saturating(s: Array) -> Told:
    """ln(1 − σ(s)), whose slope −σ(s) is next to 0 where D is sure that the sample is not real."""
    value, slope = cross_entropy_fake(s)
    return Told(-value, -slope)


def non_saturating(s: Array) -> Told:
    """−ln σ(s), whose slope σ(s) − 1 is next to −1 where D is sure that the sample is not real."""
    return cross_entropy_real(s)


def squared(s: Array, target: float = 1.0) -> Told:
    """½(s − t)², whose slope is s − t."""
    off = s - np.float32(target)
    return Told(float(0.5 * (off * off).mean()), off / np.float32(s.size))


def higher(s: Array, target: float = 1.0) -> Told:  # noqa: ARG001
    """−s: a critic's score of real samples, and of those that are to be taken for real, is to be high."""
    return Told(-float(s.mean()), np.full_like(s, -1 / s.size))


def lower(s: Array) -> Told:
    """s: a critic's score of generated samples is to be low."""
    return Told(float(s.mean()), np.full_like(s, 1 / s.size))


_CROSS_ENTROPY = r"L_D = -\mathbb{E}_x [\ln D(x)] - \mathbb{E}_z [\ln (1 - D(G(z)))]"
LOSSES: dict[str, GanLoss] = {
    "non_saturating": GanLoss(
        "non-saturating", "the generator minimises −ln D(G(z)): the slope is large where D is sure (Goodfellow, 2014)",
        _CROSS_ENTROPY, r"L_G = -\mathbb{E}_z [\ln D(G(z))]",
        cross_entropy_real, cross_entropy_fake, non_saturating, balance=float(2 * np.log(2)),
    ),
    "minimax": GanLoss(
        "minimax (saturating)", "both play for the same value: the generator minimises ln(1 − D(G(z))), whose slope is "
        "next to 0 where D is sure (Goodfellow, 2014)",
        _CROSS_ENTROPY, r"L_G = \mathbb{E}_z [\ln (1 - D(G(z)))]",
        cross_entropy_real, cross_entropy_fake, saturating, balance=float(2 * np.log(2)),
    ),
    "least_squares": GanLoss(
        "least squares (LSGAN)", "D is to say 1 and 0, without a sigmoid; the further off, the steeper (Mao, 2017)",
        r"L_D = \tfrac{1}{2} \mathbb{E}_x [(D(x) - 1)^2] + \tfrac{1}{2} \mathbb{E}_z [D(G(z))^2]",
        r"L_G = \tfrac{1}{2} \mathbb{E}_z [(D(G(z)) - 1)^2]",
        squared, lambda s: squared(s, 0.0), squared, says=lambda s: s, balance=0.25,
    ),
    "wasserstein": GanLoss(
        "Wasserstein (WGAN)", "a critic whose weights are clipped to ±c: the difference of its scores estimates a "
        "distance, and its slope does not vanish (Arjovsky, 2017)",
        r"L_D = -\mathbb{E}_x [D(x)] + \mathbb{E}_z [D(G(z))], \quad |w| \le c", r"L_G = -\mathbb{E}_z [D(G(z))]",
        higher, lower, higher, says=lambda s: s, smooth=False, clipped=True,
    ),
}  # fmt: skip
"""Name in the spec → loss, in the order of the controls."""
