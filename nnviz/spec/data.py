"""Which samples a run learns from and is tested on."""

from __future__ import annotations

from typing import Any, Self, get_args

from pydantic import Field, model_validator

from nnviz.spec.names import DataName, InputName
from nnviz.spec.part import Part

REGRESSION_SETS = frozenset({"plane", "multi_gauss"})
MANY_CLASS_SETS = frozenset({"spiral", "blobs", "gauss", "table", "images"})
"""Sets whose number of classes is the visitor's choice."""
IMAGE_SHAPES: dict[str, tuple[int, int, int]] = {
    "digits": (8, 8, 1), "mnist": (28, 28, 1), "fashion_mnist": (28, 28, 1), "images": (28, 28, 1),
}  # fmt: skip
"""Own images are fitted into 28×28 greys when they are uploaded."""
DEFAULT_COUNTS: dict[str, tuple[int, int, int]] = {
    "digits": (1347, 0, 450), "mnist": (60_000, 0, 10_000), "fashion_mnist": (60_000, 0, 10_000),
}  # fmt: skip
"""(train, validation, test) where a spec leaves them out; every other set has (250, 250, 250)."""


class DataSpec(Part):
    """Which samples. `noise` is 0–1 (TF Playground's 0–50 is 0–0.5 here); it moves the samples, never redraws them."""

    name: DataName = "circle"
    train: int = Field(250, ge=1, le=60_000)
    validation: int = Field(250, ge=0, le=60_000)
    test: int = Field(250, ge=0, le=60_000)
    noise: float = Field(0.0, ge=0, le=1)
    classes: int = Field(2, ge=0, le=10, description="0 for regression (own tables only)")
    inputs: tuple[InputName, ...] = Field(("x1", "x2"), max_length=7, description="features of a 2-D set")
    table: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="id of an uploaded table")
    images: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="id of an uploaded set of images")
    center: bool = Field(False, description="take the training images' mean from every image")
    rotate: float | None = Field(
        None, ge=5, le=45, description="degrees: each training image also turned by +5 to + so many and by −5 to −"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1)

    @model_validator(mode="before")
    @classmethod
    def _fill_counts(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            name = value["name"]
            if name in DEFAULT_COUNTS:
                counts = dict(zip(("train", "validation", "test"), DEFAULT_COUNTS[name], strict=True))
                value = {"classes": 10, **counts, **value}
            elif name in REGRESSION_SETS:
                value = {"classes": 0, **value}
        return value

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.name in REGRESSION_SETS and self.classes != 0:
            raise ValueError(f"classes: {self.name} is a regression set and has none; leave classes out or set 0")
        if self.name in DEFAULT_COUNTS and self.classes != 10:
            raise ValueError(f"classes: {self.name} has 10")
        if self.name not in REGRESSION_SETS | MANY_CLASS_SETS | set(IMAGE_SHAPES) and self.classes != 2:
            raise ValueError(
                f"classes: {self.name} has 2; more are to be had with {', '.join(sorted(MANY_CLASS_SETS))}"
            )
        if self.name in MANY_CLASS_SETS - {"table", "images"} and not 2 <= self.classes <= 8:
            raise ValueError("classes: allowed is 2 to 8")
        if self.name == "table" and (self.classes == 1 or self.table is None):
            raise ValueError("table: an own table needs its id, and classes 0 (regression) or 2 to 10")
        if self.name == "images" and (self.classes < 2 or self.images is None):
            raise ValueError("images: an own set of images needs its id, and classes 2 to 10")
        for field in ("table", "images"):
            if self.name != field and getattr(self, field) is not None:
                raise ValueError(f"{field}: only goes with the data set '{field}'")
        if not self.is_image:
            for field in ("center", "rotate"):
                if getattr(self, field):
                    raise ValueError(f"{field}: only goes with images; allowed are {', '.join(IMAGE_SHAPES)}")
        self._check_counts()
        return self

    def _check_counts(self) -> None:
        total = self.train + self.validation + self.test
        if self.name in DEFAULT_COUNTS:
            front, _, back = DEFAULT_COUNTS[self.name]
            apart = self.name != "digits"  # the test images are a set of their own
            if (self.train + self.validation > front or self.test > back) if apart else total > front + back:
                raise ValueError(f"train, validation, test: {self.name} has only {DEFAULT_COUNTS[self.name]} images")
        elif total > 60_000:
            raise ValueError("train, validation, test: at most 60,000 samples together")
        elif self.is_image:
            pass
        elif not self.inputs:
            raise ValueError("inputs: choose at least one of " + ", ".join(get_args(InputName)))
        elif len(set(self.inputs)) != len(self.inputs):
            raise ValueError("inputs: each at most once")

    @property
    def is_image(self) -> bool:
        return self.name in IMAGE_SHAPES

    @property
    def training_samples(self) -> int:
        """Samples of an epoch: with rotated copies three for each training image."""
        return self.train * (3 if self.rotate else 1)
