"""What every part of a spec shares, and the fields whose values a registry names.

A registry is read when a value is validated, not when a class is made: what is added to one is allowed everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache, reduce
from operator import or_
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticKnownError
from pydantic_core.core_schema import no_info_before_validator_function


class Part(BaseModel):
    """What every part of a spec shares: frozen, no unknown fields, no infinities."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def tagged(tag: str, default: str) -> Callable[[Any], Any]:
    """A union's tag may be left out: every field has a default."""

    def fill(value: Any) -> Any:
        return {tag: default, **value} if isinstance(value, dict) else value

    return fill


class Names(Collection[str]):
    """For `Annotated[str, Names(REGISTRY)]`: one of `more`, or a name of the registry whose entry `fits`.

    Iterates over them as they are now. The fault of another value is that of a Literal, the JSON schema an enum.
    """

    def __init__(self, registry: Mapping[str, Any], *more: str, fits: Callable[[Any], bool] = lambda _: True) -> None:
        self._registry, self._more, self._fits = registry, more, fits

    def __iter__(self) -> Iterator[str]:
        yield from self._more
        yield from (name for name, entry in self._registry.items() if self._fits(entry))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, value: object) -> bool:
        return any(value == name for name in self)

    def entry(self, name: str) -> Any:
        """What the registry has under a name; None for one that stands in no registry."""
        return self._registry.get(name)

    def check(self, value: Any) -> Any:
        """The name itself. Raises pydantic's fault of a Literal for another value."""
        if not isinstance(value, str) or value not in self:
            raise PydanticKnownError("literal_error", {"expected": ", ".join(map(repr, self))})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "enum": list(self)}


def names_of(field: FieldInfo) -> Names | None:
    """What a field that takes one of several names takes."""
    return next((constraint for constraint in field.metadata if isinstance(constraint, Names)), None)


def made_of(registry: Mapping[str, type[Part]], tag: str, default: str) -> BeforeValidator:
    """For `Annotated[SerializeAsAny[Base], made_of(REGISTRY, …)]`: an instance of the class that `tag` names, which may
    be left out for the `default`."""
    fill = tagged(tag, default)
    return BeforeValidator(lambda value: _union(tag, tuple(registry.values())).validate_python(fill(value)))


@lru_cache(maxsize=16)
def _union(tag: str, classes: tuple[type[Part], ...]) -> TypeAdapter[Any]:
    union: Any = reduce(or_, classes)
    return TypeAdapter(Annotated[union, Field(discriminator=tag)] if len(classes) > 1 else union)
