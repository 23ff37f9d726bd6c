"""The names of data sets and of their inputs."""

from __future__ import annotations

from typing import Literal

InputName = Literal["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]
