"""C4: batch, mini-batch and stochastic descent as paths."""

from __future__ import annotations

import numpy as np

from nnviz.experiments.claims import Order, Within
from nnviz.experiments.guesses import ChoiceGuess
from nnviz.experiments.recipe import Case, Place, Recipe
from nnviz.experiments.results import NothingThereError, Results, Value

RATE = 0.1
RACERS = f"sgd@{RATE},sgd@{RATE}:batch_size=6,sgd@{RATE}:batch_size=1"
NAMES = ("batch", "mini-batch", "stochastic")


def _measure(results: Results) -> dict[str, Value]:
    """Of each path how much longer it is than the straight line between its ends, and how many steps go up."""
    frame = results.runs["paths"][0].frame("race")
    if frame is None:
        raise NothingThereError("race: this run has left no paths")
    found: dict[str, Value] = {}
    for i, name in enumerate(NAMES):
        walked = np.isfinite(frame["x"][i])
        places = np.stack([frame["x"][i], frame["y"][i]], 1)[walked].astype(np.float64)
        length = np.hypot(*np.diff(places, axis=0).T).sum()
        found[f"detour of {name}"] = float(length / np.hypot(*(places[-1] - places[0])))
        found[f"steps up of {name}"] = int((np.diff(frame["height"][i][walked]) > 0).sum())
    return found


RECIPE = Recipe(
    id="C4",
    title="Batch, mini-batch, stochastic",
    question="How does the way down an error surface look when each step sees all samples, six, or one?",
    look="The three paths on the map. All samples: straight to the minimum. One sample: cheap steps that stagger, "
    "and go "
    "on staggering around the minimum.",
    figure="three paths on a loss surface",
    place=Place("descent"),
    cases=(
        Case(
            "paths",
            "The error of a linear regression, 24 samples",
            {"job": "descent", "surface": "regression", "racers": RACERS},
        ),
    ),
    measure=_measure,
    values=tuple(f"{what} of {name}" for name in NAMES for what in ("detour", "steps up")),
    claims=(
        Within(what="steps of the batch path that go up", of="value:steps up of batch", lecture="none", high=0,
               quick=True),
        Order(what="steps that go up: stochastic, mini-batch, batch", lecture="the smaller the batch, the rougher",
              of=tuple(f"value:steps up of {name}" for name in reversed(NAMES)), quick=True),
        Order(what="length of the path over its straight line: stochastic, mini-batch, batch",
              lecture="the smaller the batch, the longer", of=tuple(f"value:detour of {name}"
              for name in reversed(NAMES)), by=0.5, quick=True),
        Within(what="error where the batch path ends", of="racers.0.height", lecture="in the minimum", high=0.072,
               quick=True),
        Within(what="error where the stochastic path ends", of="racers.2.height", lecture="near the minimum", high=0.2,
               quick=True),
    ),
    guess=ChoiceGuess(
        question="Whose path goes up most often on its way down?",
        options=("all samples", "six samples", "one sample"),
        of=tuple(f"value:steps up of {name}" for name in NAMES),
    ),
    ours=("the surface: a linear regression's error", f"learning rate {RATE}, mini-batches of 6, 300 steps"),
)  # fmt: skip
