"""What a link is to a job: its specification in the parameters of an address, and read back from them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Texts = Mapping[str, str]
Base = Callable[[Texts], Texts]
"""What a link means at some place where it says nothing, given what it says: a room starts with data of its own."""


class Link(ABC):
    """Of one job. Pure, and no link raises: what cannot be used is named, and a default stands in for it."""

    @property
    @abstractmethod
    def names(self) -> Iterable[str]:
        """Its parameters, in the order of a link."""

    @abstractmethod
    def read(self, query: Texts, ignore: Iterable[str] = (), base: Texts | None = None) -> tuple[Any, list[str]]:
        """The specification that a link describes, and what could not be used of it, in words.

        Parameters
        ----------
        ignore: names in the link that belong to somebody else (the view).
        base: what holds where the link says nothing, or nothing that can be used; else the spec's own defaults.
        """

    @abstractmethod
    def texts(self, spec: Any) -> dict[str, str]:
        """The parameters whose values are not the spec's own defaults."""

    @abstractmethod
    def text(self, spec: Any, name: str) -> str:
        """A parameter, also where it is the default."""

    @abstractmethod
    def value(self, spec: Any, name: str) -> Any:
        """The same as plain JSON has it; None where the spec has no such part."""

    def write(self, spec: Any, base: Base | None = None) -> dict[str, str]:
        """The shortest link for `spec` at a place with such a base."""
        found = self.texts(spec)
        own = base(found) if base else {}
        full = {name: found.get(name) or self.text(spec, name) for name in self.names if name in found or name in own}
        return {name: text for name, text in full.items() if own.get(name) != text}
