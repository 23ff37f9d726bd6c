"""A specification whose fields are plain values as a link's query, and back: each field by its own name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from nnviz.link.base import Link, Texts
from nnviz.link.values import stranger, unusable, write_value
from nnviz.spec import faults

M = TypeVar("M", bound=BaseModel)


def read_fields(
    model: type[M],
    query: Mapping[str, str],
    ignore: Iterable[str] = (),
    partners: Callable[[str, str], Mapping[str, Any]] | None = None,
) -> tuple[M, frozenset[str], list[str]]:
    """The setting that a link describes, the names that it gave, and what could not be used of it, in words.

    Parameters
    ----------
    ignore: names in the link that belong to somebody else (the view).
    partners: stand-ins for other fields, without which a value cannot be judged for itself.
    """
    given: dict[str, str] = {}
    problems: list[str] = []
    for name, text in query.items():
        if name in ignore:
            continue
        if name not in model.model_fields:
            problems.append(stranger(name, model.model_fields))
            continue
        try:
            model.model_validate({name: text, **(partners(name, text) if partners else {})})
            given[name] = text
        except ValidationError as error:
            problems.append(unusable(name, text, faults(error, model)[0].what))
    while True:  # each is allowed, but maybe not all together
        try:
            return model.model_validate(given), frozenset(given), problems
        except ValidationError as error:
            fault = faults(error, model)[0]
            name = _to_leave_out(model, given, fault.where)
            problems.append(unusable(name, given.pop(name), fault.what))


def _to_leave_out(model: type[BaseModel], given: dict[str, str], where: str) -> str:
    """The value without which the others are allowed; else the one that the fault names; else the last."""
    for name in reversed(given):
        try:
            model.model_validate({other: text for other, text in given.items() if other != name})
        except ValidationError:
            continue
        return name
    return where if where in given else list(given)[-1]


class FieldsLink(Link):
    """Of a job with such a specification."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model

    @property
    def names(self) -> Iterable[str]:
        return self.model.model_fields

    def partners(self, query: Texts, name: str) -> Mapping[str, Any]:  # noqa: ARG002
        """Stand-ins for other fields, without which this value of the link cannot be judged for itself."""
        return {}

    def read(self, query: Texts, ignore: Iterable[str] = (), base: Texts | None = None) -> tuple[Any, list[str]]:
        query = {**(base or {}), **query}
        spec, _, problems = read_fields(self.model, query, ignore, lambda name, _: self.partners(query, name))
        return spec, problems

    def texts(self, spec: BaseModel) -> dict[str, str]:
        found = ((name, field, getattr(spec, name)) for name, field in self.model.model_fields.items())
        return {
            name: write_value(value)
            for name, field, value in found
            if value is not None and (field.is_required() or value != field.get_default(call_default_factory=True))
        }

    def text(self, spec: BaseModel, name: str) -> str:
        return write_value(getattr(spec, name))

    def value(self, spec: BaseModel, name: str) -> Any:
        return spec.model_dump(mode="json").get(name)
