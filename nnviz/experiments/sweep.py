"""A sweep: a training's setting with one to three of its values varied, and the runs that come of it. Pure."""

from __future__ import annotations

import itertools
import math
import re
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, JsonValue, model_validator

from nnviz.experiments.settings import canonical, changed, label, read_value, value_words
from nnviz.jobs import SpecError
from nnviz.loops.cost import compiled_from, numpy_cost, uses_xla
from nnviz.part import Part
from nnviz.spec import RunSpec

MAX_RUNS = 200
"""Of one sweep."""
MAX_MINUTES = 60
"""That a sweep may be estimated to take, where its budget does not say."""
DEFAULT_RUNS = 20
"""Of a random or TPE search."""
Method = Literal["grid", "random", "tpe"]
METHODS: dict[Method, str] = {"grid": "every combination", "random": "at random", "tpe": "where it is promising (TPE)"}
_RANGE = re.compile(r"(?P<low>[^:]+?)\.\.(?P<high>[^:]+?)(?::(?P<n>\d+))?(?P<log>:log)?")
Point = tuple[Any, ...]
"""One value for each swept setting."""


class Swept(Part):
    """One setting with its values: a list, or a range from which `n` values (a search: any) are taken, evenly, or with
    `log` evenly in their logarithm. As text `learning_rate=0.01,0.1`, `learning_rate=0.001..1:5:log`, or with `|`
    between values that have commas themselves, `layers=8|8,8`."""

    setting: str = Field(min_length=1, max_length=100)
    values: tuple[JsonValue, ...] = Field((), max_length=MAX_RUNS)
    low: float | None = None
    high: float | None = None
    n: int = Field(5, ge=2, le=MAX_RUNS)
    log: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return _parse(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check(self) -> Self:
        name = self.setting
        if not self.values:
            if self.low is None or self.high is None:
                raise ValueError(f"{name}: give its values, as in {name}=0.01,0.1 or {name}=0.001..1:5:log")
            if not self.low < self.high:
                raise ValueError(f"{name}: a range goes up, and {self.low:g}..{self.high:g} does not")
            if self.log and self.low <= 0:
                raise ValueError(f"{name}: a logarithmic range begins above 0 (given: {self.low:g})")
        elif len({value_words(value) for value in self.values}) < len(self.values):
            raise ValueError(f"{name}: each value once")
        return self

    @property
    def label(self) -> str:
        return label(self.setting)

    def __str__(self) -> str:
        return f"{self.setting}={self.text}"

    @property
    def text(self) -> str:
        """Its values as they are typed."""
        if not self.values:
            return f"{self.low:g}..{self.high:g}:{self.n}{':log' if self.log else ''}"
        words = [value_words(value) for value in self.values]
        return ("|" if any("," in word for word in words) or "layers" in self.setting else ",").join(words)


def _parse(text: str) -> dict[str, Any]:
    name, equals, rest = text.partition("=")
    setting = canonical(name)
    if not equals or not rest.strip():
        raise ValueError(f"{setting or 'a setting'}: write SETTING=VALUES, for example learning_rate=0.01,0.1")
    found = _RANGE.fullmatch(rest.strip())
    if found:
        try:
            bounds = {"low": float(found["low"]), "high": float(found["high"])}
        except ValueError:
            raise ValueError(
                f"{setting}: a range has two numbers, as in 0.001..1 (given: {rest.strip()[:40]})"
            ) from None
        return {"setting": setting, **bounds, "n": found["n"] or 5, "log": bool(found["log"])}
    parts = rest.split("|") if "|" in rest else rest.split(",")
    values = [read_value(setting, part) for part in parts if part.strip()]
    return {"setting": setting, "values": values}


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


class SweepSpec(Part):
    """What is swept: `base` with the values of `over`. A search (random, tpe) makes `runs` of them. `minutes`: no run
    begins later than that after the first."""

    base: RunSpec = RunSpec()
    over: Annotated[tuple[Swept, ...], BeforeValidator(_listed)] = Field(min_length=1, max_length=3)
    method: Method = "grid"
    runs: int | None = Field(None, ge=1, le=MAX_RUNS, description="of a search")
    minutes: float | None = Field(None, gt=0, le=24 * 60)
    seed: int = Field(0, ge=0, le=2**31 - 1, description="of the search")

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [swept.setting for swept in self.over]
        if len(set(names)) < len(names):
            raise ValueError(f"over: each setting once (given: {', '.join(names)})")
        for swept in self.over:
            for value in swept.values or (_rounded(self, swept, swept.low), _rounded(self, swept, swept.high)):
                try:
                    changed(self.base, {swept.setting: value})
                except SpecError as fault:
                    raise ValueError(f"over: {swept.setting}={value_words(value)}: {fault.lines[0]}") from None
        if self.method == "grid" and self.size > MAX_RUNS:
            counts = " × ".join(str(len(self.values_of(swept))) for swept in self.over)
            raise ValueError(
                f"over: {counts} = {self.size:,} runs; allowed are at most {MAX_RUNS}. "
                "Take fewer values, or search with a budget of runs (random, tpe)"
            )
        return self

    @property
    def size(self) -> int:
        """Runs in all."""
        if self.method == "grid":
            return math.prod(len(self.values_of(swept)) for swept in self.over)
        return self.runs or DEFAULT_RUNS

    @property
    def title(self) -> str:
        return f"{self.base.subject}, {self.base.words}: " + ", ".join(swept.label for swept in self.over)

    def values_of(self, swept: Swept) -> list[Any]:
        """Of a grid."""
        if swept.values:
            return list(swept.values)
        assert swept.low is not None
        assert swept.high is not None
        space = np.geomspace if swept.log else np.linspace
        return list(dict.fromkeys(_rounded(self, swept, value) for value in space(swept.low, swept.high, swept.n)))

    def is_whole(self, swept: Swept) -> bool:
        """Whether a range is one of whole numbers: the field takes no other."""
        return swept.setting in self._whole

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(swept.setting for swept in self.over if not swept.values and _takes_whole(self.base, swept))

    def points(self) -> list[Point]:
        """Of a grid, the last setting fastest; of a random search, each once where there are so many."""
        if self.method == "grid":
            return list(itertools.product(*map(self.values_of, self.over)))
        rng, found = np.random.default_rng(self.seed), dict[str, Point]()
        for _ in range(20 * self.size):
            point = tuple(self._draw(swept, rng) for swept in self.over)
            found.setdefault(str(point), point)
            if len(found) == self.size:
                break
        return list(found.values())

    def _draw(self, swept: Swept, rng: np.random.Generator) -> Any:
        if swept.values:
            return swept.values[int(rng.integers(len(swept.values)))]
        assert swept.low is not None
        assert swept.high is not None
        if swept.log:
            return _rounded(self, swept, math.exp(rng.uniform(math.log(swept.low), math.log(swept.high))))
        return _rounded(self, swept, rng.uniform(swept.low, swept.high))

    def changes(self, point: Point) -> dict[str, Any]:
        """Setting → its value."""
        return {swept.setting: value for swept, value in zip(self.over, point, strict=True)}

    def member(self, point: Point) -> RunSpec:
        """The specification of one run. Raises SpecError where these values do not go together."""
        return changed(self.base, self.changes(point))

    def words(self, point: Point) -> str:
        """The point for a person: `learning rate 0.1, batch size 10`."""
        return ", ".join(f"{s.label} {value_words(v)}" for s, v in zip(self.over, point, strict=True))


class SweepError(ValueError):
    """A sweep that is refused; the message says why and what is allowed."""


def members(sweep: SweepSpec) -> list[tuple[Point, RunSpec]]:
    """Of a grid or a random search every run. Raises SweepError where some values do not go together."""
    found, faults = [], []
    for point in sweep.points():
        try:
            found.append((point, sweep.member(point)))
        except SpecError as fault:
            faults.append(f"{sweep.words(point)}: {fault.lines[0]}")
    if faults:
        raise SweepError(f"over: {len(faults)} of {len(found) + len(faults)} combinations are not allowed; {faults[0]}")
    return found


def check_size(sweep: SweepSpec, cores: int) -> None:
    """Raises SweepError for one that would take too long, with its number of runs and an estimate of the minutes."""
    minutes = estimate(sweep, cores) / 60
    if sweep.minutes is None and minutes > MAX_MINUTES:
        raise SweepError(
            f"over: {sweep.size:,} runs would take about {minutes:,.0f} minutes on {cores} cores; allowed are "
            f"{MAX_MINUTES}. Take fewer values or epochs, or give it a budget of minutes"
        )


def estimate(sweep: SweepSpec, cores: int) -> float:
    """About how many seconds it takes with so many cores: the dearest of its ends counts for all."""
    ends = itertools.product(*((values[0], values[-1]) for values in map(sweep.values_of, sweep.over)))
    costs = []
    for point in ends:
        try:
            spec = sweep.member(point)
        except SpecError:
            continue
        alone = not spec.is_network or uses_xla(spec) or spec.model.family == "scratch"
        costs.append(run_seconds(spec) / (cores if alone else 1))
    seconds = sweep.size * (sum(costs) / len(costs) if costs else 0.0)
    return min(seconds, 60 * sweep.minutes) if sweep.minutes else seconds


START, STEP, PRODUCTS, COMPILED = 0.03, 3e-4, 4e10, 0.3
"""Seconds until a run steps; seconds of a step in TensorFlow beside its products; multiply-adds a second there; XLA's
time against NumPy's: measured on two cores (README, PERFORMANCE)."""


def run_seconds(spec: RunSpec) -> float:
    """About how long one run takes that has the machine to itself."""
    if not spec.is_network:
        return START + 1e-10 * spec.data.training_samples**2 * math.prod(spec.input_shape)
    steps = spec.training.epochs * spec.steps_per_epoch
    if spec.model.family == "scratch" or uses_xla(spec):
        by_numpy = min(steps, compiled_from(spec) or steps)
        return START + numpy_cost(spec) * (by_numpy + COMPILED * (steps - by_numpy))
    return START + 0.4 + steps * (STEP + 3 * spec.multiply_adds * spec.batch_size / PRODUCTS)


def _takes_whole(base: RunSpec, swept: Swept) -> bool:
    assert swept.low is not None
    assert swept.high is not None
    if not (swept.low.is_integer() and swept.high.is_integer()):
        return False
    try:
        changed(base, {swept.setting: swept.low + 0.5})
    except SpecError:
        return True
    return False


def _rounded(sweep: SweepSpec, swept: Swept, value: Any) -> Any:
    """A number of a range, as short as tells it from its neighbours."""
    return round(value) if sweep.is_whole(swept) else float(f"{value:.3g}")
