"""Of the jobs that are no training, Rosenblatt's rule, a descent, a grid search, a GAN: what their figures bind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnviz.figures.racers import racers_at
from nnviz.figures.stored.recorded import Recorded, Wish
from nnviz.gan.frames import constants
from nnviz.neuron.pictures import course
from nnviz.neuron.pictures import frame as perceptron_frame
from nnviz.surfaces.frames import race_frame, surface_frame
from nnviz.surfaces.race import race as run_race

Values = dict[str, Any]


def perceptron(recorded: Recorded, _: Wish) -> Values:
    """The newest moment up to the step, as it was recorded, or, where nobody watched, learned again: there is no chance
    in it but its seed's."""
    try:
        frame = recorded.frame("perceptron")
    except LookupError:
        moments = list(course(recorded.spec))
        steps = recorded.history["step"]
        step = int(steps[-1] or 0) if steps else 0
        step = min(step if recorded.step is None else min(step, recorded.step), len(moments) - 1)
        frame = perceptron_frame(recorded.spec, moments[step], step, last=step + 1 == len(moments))
    return {"arrays": frame.arrays, "meta": frame.meta}


def search(recorded: Recorded, _: Wish) -> Values:
    values: Values = recorded.frame("search").meta["map"]
    return values


def agents(recorded: Recorded, _: Wish) -> Values:
    """The newest moment up to the step, and the returns up to then; of the first agent."""
    frame, history = recorded.frame("reinforcement"), recorded.history
    if recorded.step is not None:
        rows = sum(1 for step in history["step"] if int(step or 0) <= recorded.step)
        history = {name: column[:rows] for name, column in history.items()}
    best = frame.meta["best"]
    return {
        "arrays": frame.arrays, "meta": frame.meta, "history": history, "bests": [] if best is None else [best],
        "explores": frame.meta["epsilon"] is not None, "now": [], "agent": 0, "players": [], "cursors": [],
        "trail": {"x": [], "y": []}, "revision": recorded.run,
    }  # fmt: skip


def agents_in(environment: str) -> Callable[[Recorded, Wish], Values]:
    """The same of a run in this environment; another one raises LookupError."""

    def read(recorded: Recorded, wish: Wish) -> Values:
        if recorded.spec.environment != environment:
            raise LookupError(f"run {recorded.run!r} is of {recorded.spec.subject}")
        return agents(recorded, wish)

    return read


def gan_plane(recorded: Recorded, _: Wish) -> Values:
    """Both networks at the step. Raises LookupError of a run on digits."""
    frame = recorded.frame("gan")
    if "map" not in frame.arrays:
        raise LookupError(f"run {recorded.run!r} makes pictures, not points of the plane")
    low, high = frame.meta["low"], frame.meta["high"]
    return {"arrays": frame.arrays, "low": low, "high": high, "revision": "plane", **constants(recorded.spec)}


def gan_curves(recorded: Recorded, _: Wish) -> Values:
    """Up to the step that was asked for, which is marked."""
    now = [] if recorded.step is None else [recorded.step]
    floor = [recorded.frame("gan").meta["floor"]]
    across = [0, (recorded.history["step"] or [1])[-1]]
    return {"history": recorded.history, "now": now, "floor": floor, "across": across, **constants(recorded.spec)}


def descent(recorded: Recorded, _: Wish) -> Values:
    """The surface is the spec's; the paths, up to the step, are those that were recorded, or, where nobody watched, run
    again: a race has no chance in it but its seed's."""
    ground = surface_frame(recorded.spec)
    race = recorded.whole("race") or race_frame(recorded.spec, run_race(recorded.spec))
    step = race.meta["steps"] if recorded.step is None else min(recorded.step, race.meta["steps"])
    racers = racers_at(race.meta, race.arrays, step, ground.meta["domain"])
    return {**ground.arrays, **ground.meta, "racers": racers, "step": step, "steps": race.meta["steps"]}
