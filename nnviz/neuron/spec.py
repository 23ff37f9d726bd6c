"""What defines a run of Rosenblatt's rule on the iris flowers: the job `perceptron`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from nnviz.sets.iris import MEASURES, SPECIES, Measure, Species
from nnviz.spec.job import JobSpec


def _names(value: object) -> object:
    """`setosa,versicolor`, as a link says it, or a list → its parts."""
    return value.split(",") if isinstance(value, str) else value


class PerceptronSpec(JobSpec):
    """Two species are told apart by one perceptron (−1 the first, 1 the second), three by one against all for each.

    initializer: the weights and the threshold at the start, N(0, 0.01²) from `seed`, or zeros. test: the share of the
    flowers that is kept apart (0: learn from all, in the data set's order), chosen by `split_seed`.
    """

    job: Literal["perceptron"] = "perceptron"
    species: Annotated[tuple[Species, ...], BeforeValidator(_names)] = Field(
        ("setosa", "versicolor"), min_length=2, max_length=3
    )
    measures: Annotated[tuple[Measure, ...], BeforeValidator(_names)] = Field(
        ("sepal_length", "petal_length"), min_length=2, max_length=2
    )
    learning_rate: float = Field(0.1, ge=0.001, le=10)
    epochs: int = Field(50, ge=1, le=50, description="passes over the flowers; one without an error is the last")
    initializer: Literal["tiny_normal", "zeros"] = "tiny_normal"
    shuffle: bool = Field(False, description="another order in each pass, from the seed")
    test: float = Field(0.0, ge=0, le=0.5, description="share of the flowers that is not learned from")
    decision: Literal["largest", "largest_absolute"] = Field("largest", description="of three net inputs")
    seed: int = Field(1, ge=0, le=2**31 - 1)
    split_seed: int = Field(1, ge=0, le=2**31 - 1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        for field, values, allowed in (("species", self.species, SPECIES), ("measures", self.measures, MEASURES)):
            if len(set(values)) != len(values):
                raise ValueError(f"{field}: each at most once; allowed are {', '.join(allowed)}")
        return self

    @property
    def subject(self) -> str:
        return "iris"

    @property
    def words(self) -> str:
        return f"{', '.join(self.species)}, η {self.learning_rate:g}"

    @property
    def parameters(self) -> int:
        return 3 * self.units

    @property
    def units(self) -> int:
        """Perceptrons."""
        return 1 if len(self.species) == 2 else len(self.species)
