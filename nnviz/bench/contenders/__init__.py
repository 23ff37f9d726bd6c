"""Who trains in `nnviz bench train`: ours, the peers, and the floor; each is prepared in a process of its own.

A contender is a function of a Work that prepares the training and gives another: `steps(n)` does n updates and comes
back when they are done. It may say the seconds itself, where what it measures is not the whole call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from nnviz.bench.works import TOGETHER_STEPS, Work

Steps = Callable[[int], float | None]


def _any(work: Work) -> bool:  # noqa: ARG001
    return True


def _dense(work: Work) -> bool:
    return all(placed.kind in ("dense", "flatten") for placed in work.spec.plan)


def _images(work: Work) -> bool:
    return work.spec.data.is_image


def _simple(work: Work) -> bool:
    """Nothing but SGD on dense layers: what is written by hand."""
    return _dense(work) and work.spec.training.optimizer.name == "sgd"


@dataclass(frozen=True)
class Contender:
    """`place` is module.function below this package; `role` ours, peer, floor or evaluation; `needs` a library that may
    be missing; `fits` says which works it can do; `again`: one preparation serves many networks of a shape."""

    title: str
    place: str
    role: str
    needs: str | None = None
    fits: Callable[[Work], bool] = _any
    again: bool = False

    @property
    def available(self) -> bool:
        return self.needs is None or find_spec(self.needs) is not None

    def prepare(self, work: Work) -> Steps:
        """What does n steps; of a work of many networks: what makes and trains n of them, one after another, where the
        contender has no way of its own."""
        from importlib import import_module

        module, function = self.place.split(".")
        found: Callable[[Work], Steps] = getattr(import_module(f"{__name__}.{module}"), function)
        if work.networks == 1 or self.role == "ours":
            return found(work)

        def networks(n: int) -> None:
            steps = found(work)
            for number in range(n):
                if number and not self.again:
                    steps = found(work)
                steps(TOGETHER_STEPS)

        return networks


CONTENDERS: dict[str, Contender] = {
    "watched": Contender("nnviz, a run with one viewer", "ours.watched", "ours"),
    "alone": Contender("nnviz, a run with nobody watching", "ours.alone", "ours"),
    "loop": Contender("nnviz, the loop alone", "ours.loop", "ours"),
    "together": Contender("nnviz, a run each, as one group", "ours.together", "ours"),
    "apart": Contender("nnviz, a run each, submitted one by one", "ours.apart", "ours"),
    "evaluate": Contender("nnviz, 10,000 test digits evaluated", "ours.evaluate", "evaluation", None, _images),
    "fit": Contender("Keras fit, as in a tutorial", "keras_fit.tutorial", "peer"),
    "fit_100": Contender("Keras fit, 100 steps per execution", "keras_fit.tuned", "peer"),
    "fit_jit": Contender("Keras fit, 100 steps per execution, XLA", "keras_fit.tuned_jit", "peer"),
    "torch": Contender("PyTorch, eager", "pytorch.eager", "peer", "torch"),
    "torch_compile": Contender("PyTorch, torch.compile", "pytorch.compiled", "peer", "torch"),
    "jax": Contender("JAX, jit of a scan", "jax_scan.scan", "peer", "jax", again=True),
    "sklearn": Contender("scikit-learn MLP", "scikit.mlp", "peer", None, _simple),
    "numpy": Contender("NumPy by hand", "numpy_hand.by_hand", "peer", None, _simple),
    "floor_blas": Contender("its matrix products alone, NumPy's BLAS", "floor.blas", "floor", None, _dense),
    "floor_tf": Contender("its products alone, TensorFlow (Eigen, oneDNN)", "floor.onednn", "floor"),
    "floor_torch": Contender("its products alone, PyTorch (oneDNN)", "floor.torch_ops", "floor", "torch"),
}
"""Who they are; for which works, `contenders_of` says."""
MANY = ("together", "apart")
"""Ours where there are many networks."""


def contenders_of(work: Work) -> list[str]:
    """Those that do this work, whether their library is there or not. A network in NumPy competes with NumPy's own."""

    def takes_part(name: str, contender: Contender) -> bool:
        if work.networks > 1:
            # torch.compile and fit's XLA compile for seconds, each time anew.
            late = name in {"torch_compile", "fit_jit"}
            return name in MANY or (contender.role == "peer" and contender.fits(work) and not late)
        if work.spec.network.family == "scratch":
            return name in {"watched", "alone", "loop", "evaluate", "sklearn", "numpy", "floor_blas"}
        return name not in MANY and contender.fits(work)

    return [name for name, contender in CONTENDERS.items() if takes_part(name, contender)]
