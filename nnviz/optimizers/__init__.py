"""Optimisers: each in its own file, with its settings, its update and what the pages call it."""

from nnviz.optimizers.adadelta import Adadelta
from nnviz.optimizers.adagrad import Adagrad
from nnviz.optimizers.adam import Adam
from nnviz.optimizers.adamax import Adamax
from nnviz.optimizers.adamw import AdamW
from nnviz.optimizers.base import At, InPlace, Memory, Optimizer, clip
from nnviz.optimizers.decay import DECAYS, Decay, decay_factor
from nnviz.optimizers.ftrl import Ftrl
from nnviz.optimizers.lion import Lion
from nnviz.optimizers.nadam import Nadam
from nnviz.optimizers.rmsprop import RMSprop
from nnviz.optimizers.sgd import SGD

__all__ = ["DECAYS", "OPTIMIZERS", "SGD", "At", "Decay", "InPlace", "Memory", "Optimizer", "clip", "decay_factor"]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD, "rmsprop": RMSprop, "adagrad": Adagrad, "adadelta": Adadelta, "adam": Adam, "adamw": AdamW,
    "adamax": Adamax, "nadam": Nadam, "ftrl": Ftrl, "lion": Lion,
}  # fmt: skip
"""Every optimiser that a spec may name, in the order of the controls."""
