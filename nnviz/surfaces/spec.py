"""`DescentSpec`: all that defines a race of optimisers down a surface."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from nnviz.part import Names
from nnviz.spec.job import JobSpec
from nnviz.surfaces import OWN, SURFACES, FormulaError, Surface, surface_of
from nnviz.surfaces.formula import MAX_LENGTH
from nnviz.surfaces.lineups import four_methods
from nnviz.surfaces.racer import Racer, read_racers

MAX_RACERS, MAX_STEPS = 8, 2000
Coordinate = Annotated[float, Field(ge=-1e6, le=1e6)]


def _read_numbers(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


class DescentSpec(JobSpec):
    """A race: every racer from the same start, for at most `steps` steps.

    surface: a name of SURFACES, or `formula` with a formula in x and y of its own, seen from −half_width to half_width.
    start: absent is the surface's own. racers: absent are four methods at rates that suit the surface. tolerance: a
    racer stops when its steps stay shorter than this; 0: none does.
    """

    job: Literal["descent"] = "descent"
    surface: Annotated[str, Names(SURFACES, OWN)] = "ravine"
    formula: str | None = Field(None, max_length=MAX_LENGTH)
    half_width: float = Field(3.0, ge=0.1, le=100)
    start: Annotated[tuple[Coordinate, Coordinate] | None, BeforeValidator(_read_numbers)] = None
    racers: Annotated[
        tuple[Racer, ...] | None, Field(min_length=1, max_length=MAX_RACERS), BeforeValidator(read_racers)
    ] = None
    steps: int = Field(300, ge=1, le=MAX_STEPS)
    tolerance: float = Field(1e-4, ge=0, le=1)
    seed: int = Field(0, ge=0, le=2**31 - 1, description="of the order in which mini-batches take the samples")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.surface == OWN) != (self.formula is not None):
            missing = "missing; write one in x and y" if self.formula is None else f"only with surface {OWN}"
            raise ValueError(f"formula: {missing}")
        try:
            surface = self.place
        except FormulaError as error:
            raise ValueError(f"formula: {error}") from None
        low_x, high_x, low_y, high_y = surface.domain
        x, y = self.begin
        if not (low_x <= x <= high_x and low_y <= y <= high_y):
            raise ValueError(
                f"start: it must lie on the map, x from {low_x:g} to {high_x:g} and y from {low_y:g} to {high_y:g} "
                f"(given: {x:g}, {y:g})"
            )
        samples = len(surface.samples.u) if surface.samples else 0
        for i, racer in enumerate(self.runners):
            if racer.batch_size is not None and not 1 <= racer.batch_size <= samples:
                allowed = f"at most its {samples} samples" if samples else "none, this surface has no samples"
                raise ValueError(f"racers.{i}.batch_size: allowed is {allowed} (given: {racer.batch_size})")
        return self

    @cached_property
    def place(self) -> Surface:
        """The surface that is raced on. Raises FormulaError, but never of a valid spec."""
        return surface_of(self.surface, self.formula, self.half_width)

    @property
    def begin(self) -> tuple[float, float]:
        """Where the race begins."""
        return self.place.start if self.start is None else self.start

    @cached_property
    def runners(self) -> tuple[Racer, ...]:
        """Those who race."""
        return four_methods(self.place) if self.racers is None else self.racers

    @property
    def subject(self) -> str:
        return self.formula or self.place.title

    @property
    def words(self) -> str:
        return ", ".join(racer.optimizer.label for racer in self.runners)

    @property
    def parameters(self) -> int:
        return 2
