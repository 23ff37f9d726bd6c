"""What all messages of a browser share: unknown fields are refused, and ids look like ids."""

from __future__ import annotations

from typing import Annotated, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field

M = TypeVar("M", bound=BaseModel)
RunId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="22 url-safe characters")]


class Message(BaseModel):
    """One thing that a browser may say; `do` names it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def by_do(*messages: type[M]) -> dict[str, type[M]]:
    """Each by what its `do` says."""
    return {get_args(message.model_fields["do"].annotation)[0]: message for message in messages}
