"""Optuna's part in a sweep: where to look next (TPE), which runs to stop early (median rule), which setting mattered.

Optuna is asked and told in this process; what it has been told is the sweep's own record, from which a search is made
anew after a restart. It is imported where it is used: it takes a quarter of a second.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from nnviz.experiments.sweep import Point, SweepSpec, Swept

RUNGS = 10
"""Places of a training, evenly over its epochs, at which runs are compared to stop the worse ones."""
FIRST = 5
"""Runs that go to their end before any is stopped early."""
LEAST = 6
"""Runs that an importance needs."""


class Search:
    """A TPE search with the median rule: J. Bergstra et al., Algorithms for Hyper-Parameter Optimization, 2011;
    Golovin et al., Google Vizier, 2017. Smaller values are better."""

    def __init__(self, sweep: SweepSpec) -> None:
        optuna = _optuna()
        sampler = optuna.samplers.TPESampler(
            seed=sweep.seed, n_startup_trials=max(4, min(10, sweep.size // 3)), constant_liar=True
        )
        pruner = optuna.pruners.MedianPruner(n_startup_trials=FIRST, n_warmup_steps=2)
        self._sweep = sweep
        self._study = optuna.create_study(direction="minimize", sampler=sampler, pruner=pruner)
        self._trials: list[Any] = []

    def ask(self) -> Point:
        """The next point; it is number len(points before)."""
        space = {swept.setting: _distribution(self._sweep, swept) for swept in self._sweep.over}
        trial = self._study.ask(space)
        self._trials.append(trial)
        return _point(self._sweep, trial.params)

    def drop(self) -> None:
        """The point that was asked for last cannot be."""
        self._study.tell(self._trials.pop(), state=_optuna().trial.TrialState.FAIL)

    def take_up(self, point: Point) -> None:
        """A point that was asked for before a restart is the next one."""
        self._study.enqueue_trial(_parameters(self._sweep, point))
        self.ask()

    def report(self, number: int, rung: int, value: float) -> bool:
        """The value of a run that is at this rung; True: let it be stopped."""
        trial = self._trials[number]
        trial.report(value, rung)
        return bool(trial.should_prune())

    def tell(self, number: int, value: float | None, stopped: bool = False) -> None:
        """How a run ended; value None: it came to nothing (diverged, say)."""
        states = _optuna().trial.TrialState
        if stopped:
            self._study.tell(self._trials[number], state=states.PRUNED)
        elif value is None:
            self._study.tell(self._trials[number], state=states.FAIL)
        else:
            self._study.tell(self._trials[number], value)


def importances(sweep: SweepSpec, told: Sequence[tuple[Point, float]]) -> dict[str, float]:
    """Setting → the share of the differences between the runs that goes with it (PED-ANOVA: S. Watanabe et al.,
    Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces, 2023), by points and their values. Empty
    while too few are told, where all are as good, or for one setting alone. Takes some 20 ms."""
    if len(sweep.over) < 2 or len(told) < LEAST or len({value for _, value in told}) < 2:
        return {}
    optuna = _optuna()
    study = optuna.create_study(direction="minimize")
    space = {swept.setting: _distribution(sweep, swept) for swept in sweep.over}
    for point, value in told:
        study.add_trial(optuna.trial.create_trial(params=_parameters(sweep, point), distributions=space, value=value))
    evaluator = optuna.importance.PedAnovaImportanceEvaluator()
    found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {swept.setting: float(found.get(swept.setting, 0.0)) for swept in sweep.over}


def _optuna() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def _distribution(sweep: SweepSpec, swept: Swept) -> Any:
    """Listed values by their places: they may be layers, which Optuna has no name for; numbers of a grid, too."""
    optuna = _optuna()
    if swept.values:
        return optuna.distributions.CategoricalDistribution(range(len(swept.values)))
    if sweep.is_whole(swept):
        return optuna.distributions.IntDistribution(int(swept.low or 0), int(swept.high or 0), log=swept.log)
    return optuna.distributions.FloatDistribution(swept.low, swept.high, log=swept.log)


def _parameters(sweep: SweepSpec, point: Point) -> dict[str, Any]:
    return {
        swept.setting: list(swept.values).index(value) if swept.values else value
        for swept, value in zip(sweep.over, point, strict=True)
    }


def _point(sweep: SweepSpec, parameters: dict[str, Any]) -> Point:
    """Numbers of a range as short as tells them from their neighbours."""

    def value(swept: Swept) -> Any:
        found = parameters[swept.setting]
        if swept.values:
            return swept.values[found]
        if isinstance(found, int) or swept.low is None or swept.high is None:
            return found
        return min(max(float(f"{found:.3g}"), swept.low), swept.high)

    return tuple(map(value, sweep.over))
