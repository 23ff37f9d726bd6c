"""What the convolution room shows, as its link says it. The browser (static/rooms/convolution) writes the link from the
fields and defaults declared here; Python only reads it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from nnviz.link.fields import read_fields

Kernel = Literal[
    "identity", "vertical", "horizontal", "sobel_x", "sobel_y", "laplacian", "sharpen", "box", "gaussian", "emboss",
    "corner", "learned", "run", "own",
]  # fmt: skip
PRESETS = 11
"""So many of these are made by rooms/convolution/kernels.js; then come a filter that a network has learned here once,
one of the run that the link names, and the visitor's own numbers."""
SIZES = (3, 5, 7)
"""What can be chosen on the page; a run's kernels may have any size."""
Weight = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]


def _numbers(value: object) -> object:
    """`1,2,3` or a list → its parts."""
    return value.split(",") if isinstance(value, str) else value


class Setting(BaseModel):
    """None: the page decides (the best data there are, the first 7, where the sum is large)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Literal["digits", "mnist"] | None = None
    digit: int | None = Field(None, ge=0, lt=10_000, description="its number among the test images")
    of: int | None = Field(None, ge=0, le=9, description="the class to browse")
    kernel: Kernel = "vertical"
    size: int = Field(3, ge=1, le=11)
    filter: int = Field(0, ge=0, lt=256, description="which of the learned filters")
    values: Annotated[tuple[Weight, ...] | None, BeforeValidator(_numbers)] = Field(None, max_length=121)
    bias: Weight | None = Field(None, description="none: the kernel's own")
    stride: int = Field(1, ge=1, le=4)
    padding: Literal["valid", "same"] = "valid"
    activation: Literal["linear", "relu"] = "linear"
    pool: Literal["none", "max", "average", "l2"] = "max"
    pool_size: int = Field(2, ge=2, le=3)
    at: Annotated[tuple[int, int] | None, BeforeValidator(_numbers)] = Field(None, description="the output pixel")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.kernel == "own" and len(self.values or ()) != self.size**2:
            raise ValueError(f"values: {self.size}×{self.size} weights are {self.size**2} numbers, row by row")
        if self.kernel not in {"learned", "run", "own"} and self.size not in SIZES:
            raise ValueError(f"size: this kernel has {', '.join(map(str, SIZES))}")
        return self


NAMES = frozenset(Setting.model_fields)
BESIDE = frozenset({"run", "present", "follow"})
"""In the link, too, but no part of the setting: whose filters, and how large the type is."""


def read_setting(query: Mapping[str, str]) -> tuple[Setting, frozenset[str], list[str]]:
    """The setting that a link describes, the names that it gave, and what could not be used of it, in words."""
    return read_fields(Setting, query, BESIDE, _partners)


def _partners(name: str, text: str) -> dict[str, object]:
    """Stand-ins that let one value be judged for itself."""
    if name == "kernel" and text == "own":
        return {"values": [0] * Setting.model_fields["size"].default ** 2}
    return {"kernel": "learned"} if name == "size" else {}
