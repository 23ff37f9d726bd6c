"""What every part of a spec shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """What every part of a spec shares: frozen, no unknown fields, no infinities."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def tagged(tag: str, default: str) -> Callable[[Any], Any]:
    """A union's tag may be left out: every field has a default."""

    def fill(value: Any) -> Any:
        return {tag: default, **value} if isinstance(value, dict) else value

    return fill
