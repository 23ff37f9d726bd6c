"""The kernel SVM: fitted by scikit-learn's SVC, afterwards nothing but arrays and NumPy.

Between every two classes i < j there is one decision value, positive for class i (libsvm's one against one):
Σ coefficient · k(x, support vector) + intercept. The class with the most votes wins, the first of several.
"""

from __future__ import annotations

import warnings
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnviz.activations import softmax
from nnviz.layers import Placed
from nnviz.models.kernels import Kernel
from nnviz.models.occlusion import occlusion
from nnviz.models.weights import Array
from nnviz.spec import SVMSpec

if TYPE_CHECKING:
    from sklearn.svm import SVC

BLOCK = 8_000_000
"""Kernel values held at a time."""
FIELDS = ("support", "dual", "intercept", "counts", "classes", "gamma")


def solve(
    model: SVMSpec, flat: NDArray[np.float64], y: NDArray[np.int64], *, most_steps: int = -1, cache: int = 500
) -> tuple[SVC, float]:
    """scikit-learn's SVC, fitted to float64 [n, inputs] and class numbers [n]; and the number that γ stands for.

    most_steps: of libsvm's solver, after which it stops where it is (`n_iter_` has those it took); −1: none. cache:
    megabytes of kernel values. Raises ValueError where y has a single class. Cannot be interrupted.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import SVC

    if len(np.unique(y)) < 2:
        raise ValueError("data.train: all training samples are of one class; an SVM needs at least two")
    warnings.filterwarnings("ignore", category=ConvergenceWarning)  # who gives `most_steps` looks at the steps
    gamma = _gamma(model, flat)
    svc = SVC(
        C=model.C, kernel=model.kernel, gamma=gamma, degree=model.degree, coef0=model.coef0, cache_size=cache,
        max_iter=most_steps,
    )  # fmt: skip
    return svc.fit(flat, y), gamma


def fit(model: SVMSpec, x: Array, y: NDArray[np.int64], mean: Array | None = None) -> dict[str, Any]:
    """Fit scikit-learn's SVC to inputs x [n, …] and class numbers y [n]; what a "weights" frame carries of it.

    support [s, pixels]: uint8 where they are 0–255 divided by 255, less `mean` (of x's pixels, which was taken from
    them), else float32; ordered by class. mean float32 [pixels], where support is uint8 and one was given. dual float32
    [classes − 1, s] and intercept float32 [pairs] as libsvm orders them; counts int32 [classes] of support vectors;
    classes int32, those that occur in y; gamma float32 [1], the number that "scale" or "auto" stands for.
    Raises ValueError where y has a single class. Cannot be interrupted.
    """
    svc, gamma = solve(model, np.asarray(x, np.float64).reshape(len(x), -1), y)
    sign = -1 if len(svc.classes_) == 2 else 1  # scikit-learn turns two classes round, so that positive is the second
    return {
        **_compact(np.asarray(svc.support_vectors_, np.float32), None if mean is None else mean.reshape(-1)),
        "dual": np.asarray(sign * svc.dual_coef_, np.float32),
        "intercept": np.asarray(sign * svc.intercept_, np.float32),
        "counts": np.asarray(svc.n_support_, np.int32),
        "classes": np.asarray(svc.classes_, np.int32),
        "gamma": np.array([gamma], np.float32),
    }


class SVMPredictor:
    """A fitted SVM from the arrays of `fit`, for data of so many classes. Raises ValueError where they do not go
    together."""

    def __init__(self, model: SVMSpec, n_classes: int, arrays: dict[str, Any]) -> None:
        missing = [name for name in FIELDS if name not in arrays]
        if missing:
            raise ValueError(f"weights: an SVM needs {', '.join(FIELDS)}; missing: {', '.join(missing)}")
        self.n_classes = n_classes
        self.kernel = Kernel(model.kernel, float(arrays["gamma"][0]), model.degree, model.coef0)
        support = arrays["support"]
        self.support: Array = support / np.float32(255) if support.dtype == np.uint8 else support.astype(np.float32)
        if "mean" in arrays:
            self.support -= arrays["mean"]
        self.intercept, self.classes = arrays["intercept"], arrays["classes"].astype(np.int64)
        self.pairs = list(combinations(range(len(self.classes)), 2))
        counts, dual = arrays["counts"], arrays["dual"]
        if counts.sum() != len(support) or dual.shape != (len(self.classes) - 1, len(support)):
            raise ValueError("weights: support vectors, coefficients and classes do not go together")
        ends = np.cumsum(counts)
        own = [slice(end - count, end) for count, end in zip(counts, ends, strict=True)]
        self.coefficients = np.zeros((len(support), len(self.pairs)), np.float32)
        for k, (i, j) in enumerate(self.pairs):
            self.coefficients[own[i], k] = dual[j - 1, own[i]]
            self.coefficients[own[j], k] = dual[i, own[j]]

    def decisions(self, x: Array) -> Array:
        """float32 [n, pairs]: positive where the first class of the pair wins against the second."""
        flat = np.asarray(x, np.float32).reshape(len(x), -1)
        found = np.empty((len(flat), len(self.pairs)), np.float32)
        rows = max(1, BLOCK // max(1, len(self.support)))
        for i in range(0, len(flat), rows):
            found[i : i + rows] = self.kernel(flat[i : i + rows], self.support) @ self.coefficients + self.intercept
        return found

    def decision_function(self, x: Array) -> Array:
        """scikit-learn's: of two classes [n], positive for the second; else [n, classes]: the votes, and less than half
        a vote for how sure the pairs were."""
        return self._scores(self.decisions(x))

    def predicted(self, x: Array) -> NDArray[np.int64]:
        """The class with the most votes, the first of several."""
        return self._winner(self.decisions(x))

    def probabilities(self, x: Array) -> Array:
        """Softmax of the decision values, of two classes of (−d, d): no calibrated probability, but the same order.
        A class that the training samples had none of gets 0."""
        return self._shares(self.decisions(x))

    def judged(self, x: Array) -> tuple[NDArray[np.int64], Array]:
        """`predicted` and `probabilities` at the cost of one of them."""
        pairwise = self.decisions(x)
        return self._winner(pairwise), self._shares(pairwise)

    def activations(self, x: Array) -> list[tuple[Placed, Array]]:  # noqa: ARG002
        """None: an SVM has no layers."""
        return []

    def saliency(self, x: Array, classes: NDArray[np.int64]) -> Array:
        """∂/∂pixel of the sum of the decision values of the class against each other, float32 of x's shape."""
        flat = np.asarray(x, np.float32).reshape(len(x), -1)
        side = np.zeros((self.n_classes, len(self.pairs)), np.float32)
        for k, (i, j) in enumerate(self.pairs):
            side[self.classes[i], k], side[self.classes[j], k] = 1, -1
        pull = (
            side[np.asarray(classes)] @ self.coefficients.T * self.kernel.slope(flat, self.support)
        )  # [n, support]: what each one counts
        gradient = pull @ self.support
        if self.kernel.name == "rbf":
            gradient -= pull.sum(-1, keepdims=True) * flat
        return np.asarray(gradient.reshape(x.shape), np.float32)

    def occlusion(self, x: Array, target: int, patch: int, stride: int, grey: float | Array = 0.5) -> Array:
        """As `Predictor.occlusion`."""
        return occlusion(self.probabilities, x, target, patch, stride, grey)

    def _scores(self, pairwise: Array) -> Array:
        if len(self.classes) == 2:
            return np.negative(pairwise[:, 0])
        votes, sure = self._tally(pairwise)
        return np.asarray(votes + sure / (3 * (np.abs(sure) + 1)), np.float32)

    def _winner(self, pairwise: Array) -> NDArray[np.int64]:
        return np.asarray(self.classes[self._tally(pairwise)[0].argmax(-1)], np.int64)

    def _shares(self, pairwise: Array) -> Array:
        d = self._scores(pairwise)
        found = np.zeros((len(pairwise), self.n_classes), np.float32)
        found[:, self.classes] = softmax(np.stack([-d, d], axis=-1) if d.ndim == 1 else d)
        return found

    def _tally(self, pairwise: Array) -> tuple[Array, Array]:
        """(votes, sums of decision values) of each class, both float32 [n, classes]."""
        votes = np.zeros((len(pairwise), len(self.classes)), np.float32)
        sure = np.zeros_like(votes)
        for k, (i, j) in enumerate(self.pairs):
            d = pairwise[:, k]
            votes[:, i] += d > 0
            votes[:, j] += d <= 0
            sure[:, i] += d
            sure[:, j] -= d
        return votes, sure


def _gamma(model: SVMSpec, x: NDArray[np.float64]) -> float:
    """The number that scikit-learn means by "scale" and "auto"."""
    if isinstance(model.gamma, str):
        spread = x.var() if model.gamma == "scale" else 1.0
        return float(1 / (x.shape[1] * spread)) if spread else 1.0
    return model.gamma


def _compact(support: Array, mean: Array | None) -> dict[str, Any]:
    """As uint8 (and their mean), where that loses nothing."""
    pixels = 255 * (support if mean is None else support + mean)
    levels = np.rint(pixels)
    if not (levels.min() >= 0 and levels.max() <= 255 and np.abs(pixels - levels).max() < 1e-3):
        return {"support": support}
    return {"support": levels.astype(np.uint8), **({} if mean is None else {"mean": mean})}
