"""Which samples a run learns from and is tested on."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from nnviz.part import Names, Part
from nnviz.sets import SETS, OwnSet, fixed, image_sets, own_sets
from nnviz.spec.names import InputName

MOST = 60_000
"""Samples of a set in all, where it has no fixed number of them."""


class DataSpec(Part):
    """Which samples. `noise` is 0–1 (TF Playground's 0–50 is 0–0.5 here); it moves the samples, never redraws them."""

    name: Annotated[str, Names(SETS)] = "circle"
    train: int = Field(250, ge=1, le=60_000)
    validation: int = Field(250, ge=0, le=60_000)
    test: int = Field(250, ge=0, le=60_000)
    noise: float = Field(0.0, ge=0, le=1)
    classes: int = Field(2, ge=0, le=10, description="0 for regression (own tables only)")
    inputs: tuple[InputName, ...] = Field(("x1", "x2"), max_length=7, description="features of a 2-D set")
    table: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="id of an uploaded table")
    images: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="id of an uploaded set of images")
    scale: bool = Field(
        True, description="greys from 0 to 1, a table's columns centred within ±5; else as they are: greys 0 to 255"
    )
    every: int = Field(1, ge=1, le=1000, description="of the samples that may be trained on only every so-manieth")
    validation_seed: int | None = Field(
        None,
        ge=0,
        le=2**32 - 1,
        description="validation images drawn at random with it, as scikit-learn's train_test_split draws them with it "
        "as random_state; else the last that may be trained on",
    )
    center: bool = Field(False, description="take the training images' mean from every image")
    center_of: Literal["train", "train_validation"] = Field(
        "train", description="the images whose mean `center` takes: with or without those for validation"
    )
    rotate: float | None = Field(
        None, ge=5, le=45, description="degrees: each training image also turned by +5 to + so many and by −5 to −"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1)

    @model_validator(mode="before")
    @classmethod
    def _fill_counts(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("name"), str) and value["name"] in SETS:
            one = SETS[value["name"]]
            counts = dict(zip(("train", "validation", "test"), one.counts, strict=True))
            if len(one.classes) == 1:
                counts["classes"] = one.classes[0]
            value = {**counts, **value}
        return value

    @model_validator(mode="after")
    def _check(self) -> Self:
        one = SETS[self.name]
        if isinstance(one, OwnSet) and (getattr(self, self.name) is None or self.classes not in one.classes):
            raise ValueError(f"{self.name}: {one.refusal}")
        if self.classes not in one.classes:
            raise ValueError(f"classes: {_classes_of(self.name)}")
        for name in own_sets():
            if name != self.name and getattr(self, name) is not None:
                raise ValueError(f"{name}: only goes with the data set '{name}'")
        if not self.is_image:
            for field in ("center", "rotate"):
                if getattr(self, field):
                    raise ValueError(f"{field}: only goes with images; allowed are {', '.join(image_sets())}")
            if not self.scale and not self.is_own and not fixed(self.name):
                measured = ", ".join(n for n, other in SETS.items() if fixed(n) and not other.is_image)
                raise ValueError(
                    f"scale: {self.name} is made between −6 and 6; false only goes with images, tables and {measured}"
                )
            self._check_inputs()
        self._check_counts()
        return self

    def _check_counts(self) -> None:
        total, one = self.train + self.validation + self.test, fixed(self.name)
        if one is not None:
            _, back = one.available
            most = len(one.trainable(self.every, self.test))
            if self.train + self.validation > most or self.test > (back if one.apart else one.size):
                of = f"; every {self.every}th of those for training is {most:,}" if self.every > 1 else ""
                there = f"{one.available[0]:,} samples to learn from and {back:,} to test with"
                there = there if one.apart else f"{one.size:,} samples"
                raise ValueError(f"train, validation, test: {self.name} has only {there}{of}")
        elif self.every > 1 or self.validation_seed is not None:
            raise ValueError(f"every, validation_seed: only go with {', '.join(name for name in SETS if fixed(name))}")
        elif total > MOST:
            raise ValueError(f"train, validation, test: at most {MOST:,} samples together")

    def _check_inputs(self) -> None:
        if not self.inputs:
            raise ValueError("inputs: choose at least one of " + ", ".join(get_args(InputName)))
        if len(set(self.inputs)) != len(self.inputs):
            raise ValueError("inputs: each at most once")

    @property
    def is_image(self) -> bool:
        return SETS[self.name].is_image

    @property
    def is_own(self) -> bool:
        """Whether a visitor has brought them."""
        return isinstance(SETS[self.name], OwnSet)

    @property
    def training_samples(self) -> int:
        """Samples of an epoch: with rotated copies three for each training image."""
        return self.train * (3 if self.rotate else 1)


def _classes_of(name: str) -> str:
    """What is allowed as the number of a set's classes, in words."""
    one = SETS[name]
    if one.classes == (0,):
        return f"{name} is a regression set and has none; leave classes out or set 0"
    if len(one.classes) > 1:
        return f"allowed is {one.classes[0]} to {one.classes[-1]}"
    many = sorted(name for name, other in SETS.items() if len(other.classes) > 1)
    return f"{name} has {one.classes[0]}" + ("" if one.is_image else f"; more are to be had with {', '.join(many)}")
