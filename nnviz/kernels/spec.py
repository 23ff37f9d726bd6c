"""`KernelSpec`: a kernel SVM on points of two classes, and the grid on which good numbers are searched for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from nnviz.models.kernels import Kernel, KernelName
from nnviz.part import Names
from nnviz.sets import SETS, DataSet, OwnSet
from nnviz.spec import DataSpec, SVMSpec
from nnviz.spec.job import MB, JobSpec

MOST_TRAIN, MOST_TEST = 12_665, 2_115
"""All of MNIST's zeros and ones."""
MOST_VALUES = 6
"""Of C, and of γ, in a grid."""
CACHE = 100
"""Megabytes that a fit keeps of kernel values."""
LIBRARY = 150 * MB
"""What scikit-learn is, imported."""


def _two_classes(one: DataSet) -> bool:
    return not one.is_image and not isinstance(one, OwnSet) and 2 in one.classes


def _numbers(value: object) -> object:
    """`0.5,5,50`, as a link says it, or a list."""
    return value.split(",") if isinstance(value, str) else value


def _distinct(values: tuple[float, ...]) -> tuple[float, ...]:
    if len(set(values)) != len(values):
        raise ValueError("each value at most once")
    return values


Positive = Annotated[float, Field(gt=0, le=1e6)]
Values = Annotated[
    tuple[Positive, ...], BeforeValidator(_numbers), Field(min_length=1, max_length=MOST_VALUES),
    AfterValidator(_distinct),
]  # fmt: skip


class KernelSpec(JobSpec):
    """C, gamma: of the one SVM that is looked at. C_values, gamma_values, folds: of the grid search, each pair of
    values with as many fits as folds. Names and meanings are scikit-learn's; coef0 is the lectures' η. The samples are
    taken as they are, not scaled.
    """

    job: Literal["grid_search"] = "grid_search"
    data: Annotated[str, Names(SETS, fits=_two_classes)] = "donuts"
    train: int = Field(200, ge=20, le=MOST_TRAIN)
    test: int = Field(500, ge=20, le=MOST_TEST)
    noise: float = Field(0.1, ge=0, le=1)
    sample: int = Field(0, ge=0, le=2**31 - 1, description="another number, another sample of the same kind")
    kernel: KernelName = "rbf"
    C: Positive = 1.0
    gamma: Positive = 0.5
    degree: int = Field(3, ge=1, le=10)
    coef0: float = Field(1.0, ge=-1000, le=1000)
    C_values: Values = (0.5, 5.0, 50.0, 500.0)
    gamma_values: Values = (2.0, 1.0, 0.5, 0.25)
    folds: int = Field(3, ge=2, le=10)

    @property
    def samples(self) -> DataSpec:
        counts = {"train": self.train, "validation": 0, "test": self.test}
        return DataSpec.model_validate({"name": self.data, **counts, "noise": self.noise, "seed": self.sample})

    @property
    def candidates(self) -> list[tuple[float, float]]:
        """(C, γ) of the grid, in scikit-learn's order. The linear kernel has no γ: there it stays as it is."""
        gammas = (self.gamma,) if self.kernel == "linear" else self.gamma_values
        return [(C, gamma) for C in self.C_values for gamma in gammas]

    def svm(self, C: float | None = None, gamma: float | None = None) -> SVMSpec:
        """With these numbers, else its own."""
        return SVMSpec(
            kernel=self.kernel, C=self.C if C is None else C, gamma=self.gamma if gamma is None else gamma,
            degree=self.degree, coef0=self.coef0,
        )  # fmt: skip

    def function(self, gamma: float | None = None) -> Kernel:
        return Kernel(self.kernel, self.gamma if gamma is None else gamma, self.degree, self.coef0)

    @property
    def subject(self) -> str:
        return self.data

    @property
    def words(self) -> str:
        return f"{self.kernel}, {len(self.candidates)} candidates × {self.folds} folds"

    @property
    def memory(self) -> int:
        return LIBRARY + MB * CACHE + 64 * self.train * 4 * 8
