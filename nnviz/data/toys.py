"""Made-up samples in the plane: TensorFlow Playground's sets (its dataset.ts, Apache 2.0) and four of our own.

Every random number is drawn once from the seed, and `noise` only scales what was drawn: turning the noise up moves the
same sample (circle, xor, plane, multi_gauss: the place that decides its label), it never draws another one.
In the sets with two classes, class 1 is TensorFlow Playground's +1 (blue) and class 0 its −1 (orange).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data.dataset import Dataset, stream
from nnviz.spec import DataSpec

Floats = NDArray[np.float64]
Points = tuple[Floats, NDArray[Any]]
"""Places [n, 2] and labels [n]: class numbers, or targets of a regression."""

RADIUS = 5.0
DOMAIN = ((-6.0, 6.0), (-6.0, 6.0))
BUMPS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


@dataclass(frozen=True)
class Draw:
    """What a generator draws from. `group` [n]: the class each sample is drawn for. `along` [n] in [0, 1): its place
    on a curve. `seed` is for what train and test samples share, such as where the blobs are."""

    rng: np.random.Generator
    group: NDArray[np.int64]
    along: Floats
    classes: int
    noise: float
    seed: int

    def uniform(self, low: float, high: float) -> Floats:
        return self.rng.uniform(low, high, len(self.group))

    def shake(self, size: float) -> Floats:
        """Uniform in ±size·noise, [n, 2]."""
        return self.rng.uniform(-size, size, (len(self.group), 2)) * self.noise

    def normal(self) -> Floats:
        return self.rng.standard_normal((len(self.group), 2))


def _polar(r: Floats, angle: Floats) -> Floats:
    return np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)


def circle(draw: Draw) -> Points:
    inside = draw.group == 1
    u = draw.uniform(0, 1)
    r = np.where(inside, u * 0.5, 0.7 + u * 0.3) * RADIUS
    place = _polar(r, draw.uniform(0, 2 * np.pi))
    seen = place + draw.shake(RADIUS)
    return place, np.hypot(seen[:, 0], seen[:, 1]) < RADIUS * 0.5


def xor(draw: Draw) -> Points:
    side = np.where(draw.uniform(0, 1) < 0.5, -1.0, 1.0)
    signs = np.stack([side, np.where(draw.group == 1, side, -side)], axis=1)
    place = signs * (draw.rng.uniform(0, 5, signs.shape) + 0.3)
    seen = place + draw.shake(5)
    return place, seen[:, 0] * seen[:, 1] >= 0


def gauss(draw: Draw) -> Points:
    """Two: centres ±(2, 2), as TensorFlow Playground; more: on a circle of radius 4. Variance 0.5, 4 at noise 0.5."""
    if draw.classes == 2:
        centres = np.array([[-2.0, -2.0], [2.0, 2.0]])
    else:
        centres = _polar(np.full(draw.classes, 4.0), 2 * np.pi * np.arange(draw.classes) / draw.classes)
    return centres[draw.group] + np.sqrt(0.5 + 7 * draw.noise) * draw.normal(), draw.group


def spiral(draw: Draw) -> Points:
    """One arm for each class; with more arms fewer turns, so that the gap between neighbours stays the same."""
    turns = 1.75 * 2 / draw.classes
    start = 2 * np.pi * (1 - draw.group) / draw.classes
    return _polar(draw.along * RADIUS, turns * 2 * np.pi * draw.along + start) + draw.shake(1), draw.group


def moons(draw: Draw) -> Points:
    """scikit-learn's make_moons, stretched to ±5 by ±3.75."""
    angle = np.pi * draw.along
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    place = (np.where((draw.group == 0)[:, None], upper, lower) - [0.5, 0.25]) * [10 / 3, 5]
    return place + draw.normal() * 2 * draw.noise, draw.group


def blobs(draw: Draw) -> Points:
    """Gaussians around places that the seed chooses, each the farthest of a few candidates from those before it."""
    rng = stream(draw.seed, 2)
    centres = rng.uniform(-4.2, 4.2, (1, 2))
    while len(centres) < draw.classes:
        candidates = rng.uniform(-4.2, 4.2, (12, 2))
        distance = np.linalg.norm(candidates[:, None] - centres[None], axis=2).min(axis=1)
        centres = np.vstack([centres, candidates[distance.argmax()]])
    return centres[draw.group] + (0.5 + 2 * draw.noise) * draw.normal(), draw.group


def donuts(draw: Draw) -> Points:
    """Two rings side by side, the core of each of the other ring's class."""
    left = draw.uniform(0, 1) < 0.5
    core = left == (draw.group == 1)
    u = draw.uniform(0, 1)
    r = np.where(core, 1.0 * np.sqrt(u), 1.8 + 0.9 * u)
    centre = np.stack([np.where(left, -2.9, 2.9), np.zeros(len(u))], axis=1)
    return centre + _polar(r, draw.uniform(0, 2 * np.pi)) + draw.shake(2), draw.group


def plane(draw: Draw) -> Points:
    place = draw.rng.uniform(-6, 6, (len(draw.group), 2))
    return place, (place + draw.shake(6)).sum(axis=1) / 10


def multi_gauss(draw: Draw) -> Points:
    """Six cones of radius 2 and height ±1; where two meet, the stronger wins."""
    place = draw.rng.uniform(-6, 6, (len(draw.group), 2))
    seen = place + draw.shake(6)
    bumps = np.array(BUMPS, float)
    heights = bumps[:, 2] * np.clip(1 - np.linalg.norm(seen[:, None] - bumps[None, :, :2], axis=2) / 2, 0, 1)
    return place, heights[np.arange(len(seen)), np.abs(heights).argmax(axis=1)]


TOYS: dict[str, Callable[[Draw], Points]] = {
    "circle": circle, "xor": xor, "gauss": gauss, "spiral": spiral, "moons": moons, "blobs": blobs,
    "donuts": donuts, "plane": plane, "multi_gauss": multi_gauss,
}  # fmt: skip


def load(spec: DataSpec, home: Path | None = None) -> Dataset:  # noqa: ARG001  (the signature all sets share)
    """The samples of a toy set. Each split is balanced over the classes to within one sample."""
    seen = _generate(spec, 0, (spec.train, spec.validation))
    unseen = _generate(spec, 1, (spec.test,))
    x = np.concatenate([seen[0], unseen[0]]).astype(np.float32)
    y = np.concatenate([seen[1], unseen[1]])
    return Dataset(
        values=x,
        y=y.astype(np.int64) if spec.classes else y.astype(np.float32),
        n_train=spec.train,
        n_validation=spec.validation,
        n_test=spec.test,
        shift=np.zeros(2, np.float32),
        scale=np.ones(2, np.float32),
        domain=DOMAIN,
        class_names=tuple(str(c) for c in range(spec.classes)),
        input_names=spec.inputs,
    )


def _generate(spec: DataSpec, number: int, sizes: tuple[int, ...]) -> Points:
    """One pool of samples. Training and validation samples share one, as in TensorFlow Playground, whose spiral lies
    at even steps: two pools would hold the same points. Test samples lie at random places of the curve instead."""
    rng = stream(spec.seed, number)
    classes = max(spec.classes, 1)
    group = np.concatenate([rng.permutation(np.arange(size) % classes) for size in sizes])
    along = rng.random(len(group))
    if number == 0:
        for c in range(classes):
            mine = group == c
            along[mine] = along[mine].argsort().argsort() / max(mine.sum(), 1)
    return TOYS[spec.name](Draw(rng, group, along, classes, spec.noise, spec.seed))
