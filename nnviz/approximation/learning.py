"""A network learns a function of one variable; what it says is taken apart into the pieces of its last hidden layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.approximation.curves import DOMAIN, SHOWN, Array
from nnviz.approximation.spec import ApproximationSpec
from nnviz.events import Frame
from nnviz.loops.loop import Samples
from nnviz.loops.numpy_loop import ScratchLoop
from nnviz.models.forward import forward
from nnviz.models.weights import Array as Weights
from nnviz.models.weights import initial_weights
from nnviz.sets.drawing import stream

GRID = 241


class Approximation:
    """One training, epoch by epoch. losses: (training, validation) of now, mean squared errors. best: the lowest
    validation loss so far, and its epoch. rival: the network that it is compared with, which learns beside it."""

    def __init__(self, spec: ApproximationSpec) -> None:
        self.spec = spec
        rng = stream(spec.seed, 0)
        n = spec.samples + spec.validation
        x = rng.uniform(-DOMAIN, DOMAIN, n)
        y = spec.value(x) + spec.noise * rng.standard_normal(n)
        self.x, self.y = (np.asarray(one, np.float32)[:, None] for one in (x, y))
        train = Samples(self.x[: spec.samples], self.y[: spec.samples])
        self.loop = ScratchLoop(spec.training, initial_weights(spec.training), train)
        self.rival = None if spec.rival is None else Approximation(spec.rival)
        self.diverged = False
        self.losses = self._losses()
        self.best = (self.losses[1], 0)

    def epoch(self, number: int) -> None:
        """The epoch of this number."""
        self.diverged = self.loop.run(self.loop.steps_per_epoch).bad is not None
        self.losses = self._losses()
        if self.losses[1] < self.best[0]:
            self.best = self.losses[1], number
        if self.rival is not None:
            self.rival.epoch(number)
            self.diverged = self.diverged or self.rival.diverged

    def _losses(self) -> tuple[float, float]:
        error = (self.loop.predict(self.x)[0] - self.y) ** 2
        return float(error[: self.spec.samples].mean()), float(error[self.spec.samples :].mean())

    def frame(self, epoch: int) -> Frame:
        """View "approximation". Arrays float32: x [241] from −5 to 5; target, output, error [241]; pieces [units, 241]
        of the last hidden layer, v·h(x), which with the output's bias make up the output; samples, held [2, n]: x and
        y of those to learn from and to validate by. target is nan where the function has no value. Meta: epoch, epochs,
        losses, best (loss, epoch), bias, parameters, inside and outside: the root of the mean squared error where the
        samples lie, and beyond; rival: the same of the network that it is compared with, whose output is the array
        rival; null and empty without one."""
        x = np.linspace(-SHOWN, SHOWN, GRID)
        target = self.spec.value(x)
        weights = self.loop.weights
        said = pieces(self.spec, weights, x)
        output = said.sum(0) + float(weights[-1][0])
        error = output - target
        inside = np.abs(x) <= DOMAIN
        meta: dict[str, Any] = {
            "epoch": epoch, "epochs": self.spec.epochs, "losses": self.losses, "best": self.best,
            "bias": float(weights[-1][0]), "parameters": self.spec.parameters, "domain": DOMAIN,
            "inside": _root(error[inside]), "outside": _root(error[~inside]),
            "layers": self.spec.layers, "rival": None,
        }  # fmt: skip
        other = None if self.rival is None else self.rival.frame(epoch)
        if other is not None:
            meta["rival"] = other.meta
        both = np.concatenate([self.x, self.y], axis=1).T
        arrays = {
            "x": x, "target": target, "output": output, "error": error, "pieces": said,
            "samples": both[:, : self.spec.samples], "held": both[:, self.spec.samples :],
            "rival": np.zeros(0) if other is None else other.arrays["output"],
        }  # fmt: skip
        plain = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
        return Frame("approximation", epoch, float(epoch), meta, plain)


def pieces(spec: ApproximationSpec, weights: list[Weights], x: Array) -> Array:
    """float64 [units, n]: what each neuron of the last hidden layer adds to the output at places x [n]: its activation
    times its weight. Their sum and the output's bias are the output."""
    hidden = forward(spec.training, weights, np.asarray(x, np.float32)[:, None])[-2]
    return np.asarray((hidden.astype(np.float64) * np.asarray(weights[-2], np.float64)[:, 0]).T)


def _root(error: Array) -> float | None:
    """√ of the mean square of those that are numbers."""
    known = error[np.isfinite(error)]
    return float(np.sqrt((known**2).mean())) if len(known) else None
