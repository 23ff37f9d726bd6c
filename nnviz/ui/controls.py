"""Widgets from spec fields: each shows what the room's spec says and changes it through `Room.change`.

A widget keeps no value of its own: before it is made, it is given the spec's (session.set_widget), so that a link, a
refused value and the Back button show at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec

import streamlit as st

from nnviz.ui import session

P = ParamSpec("P")
HIDDEN_WITH = {"regularization_rate": "regularizer", "regularizer_on": "regularizer"}
"""What makes no sense without another goes with it."""


def spec_value(name: str) -> Any:
    """The room's value of a setting, by its link name."""
    here = session.current()
    return here.room.value(here.spec, name)


def hidden(name: str) -> bool:
    """Whether this page's link takes a control away."""
    away = session.current().view.get("hide", ())
    return name in away or HIDDEN_WITH.get(name) in away


def _hideable(widget: Callable[P, None]) -> Callable[P, None]:
    """The widget of a setting (label, name, …), but where this page's link hides the setting."""

    @wraps(widget)
    def shown(*arguments: P.args, **options: P.kwargs) -> None:
        if not hidden(str(arguments[1])):
            widget(*arguments, **options)

    return shown


@_hideable
def choose(
    label: str, name: str, options: Sequence[str] | Mapping[Any, str], *, help: str = "", disabled: bool = False
) -> None:
    """One of several words, or of values with words for them."""
    words = options if isinstance(options, Mapping) else {}
    _select(label, name, spec_value(name), options, help, words, disabled=disabled)


@_hideable
def rate(label: str, name: str, options: Sequence[float], *, help: str = "") -> None:
    """A number from a list, or any other that the visitor types."""
    shown = f"{spec_value(name):g}"
    words = sorted({*(f"{v:g}" for v in options), shown}, key=float)
    _select(label, name, shown, words, help, accept_new_options=True)


@_hideable
def slide(
    label: str,
    name: str,
    value: int,
    low: int,
    high: int,
    step: int,
    changes: Callable[[int], Mapping[str, Any]],
    *,
    unit: str = "%d",
    help: str = "",
    disabled: bool = False,
) -> None:
    """A number on a line; `changes` turns what is shown into settings."""
    key = _give(name, min(high, max(low, value)), help)
    st.slider(label, low, high, step=step, format=unit, disabled=disabled, **session.used(key, _slid, key, changes))


def noise(value: float, *, help: str) -> None:
    """The data's noise in per cent: up to 50, or to what a link has brought."""
    shown = round(value * 100)
    slide("Noise", "noise", shown, 0, max(50, shown), 5, lambda v: {"noise": v / 100}, unit="%d %%", help=help)


@_hideable
def whole(label: str, name: str, low: int, high: int, *, help: str = "", step: int = 1) -> None:
    value = spec_value(name)
    key = _give(name, value, help)
    bounds = min(low, value), max(high, value)
    st.number_input(label, *bounds, step=step, **session.used(key, _changed, name, key))


@_hideable
def real(
    label: str, name: str, low: float, high: float, *, help: str = "", optional: bool = False, step: float | None = None
) -> None:
    """A number with decimals; an optional one may be empty (None)."""
    value: float | None = spec_value(name)
    here = low if value is None else value
    key = _give(name, value, help)
    first: Any = None if optional else "min"
    st.number_input(
        label,
        min(low, here),
        max(high, here),
        value=first,
        step=step,
        format="%g",
        placeholder="off" if optional else None,
        **session.used(key, _changed, name, key),
    )


@_hideable
def text(label: str, name: str, *, help: str = "") -> None:
    """Any words."""
    key = _give(name, spec_value(name), help)
    st.text_input(label, max_chars=400, **session.used(key, _changed, name, key))


@_hideable
def word_or_number(
    label: str, name: str, named: Mapping[str, str], options: Sequence[float], *, help: str = ""
) -> None:
    """One of a few words, a number from a list, or any other number."""
    value = spec_value(name)
    shown = value if isinstance(value, str) else f"{value:g}"
    numbers = sorted({*(f"{v:g}" for v in options), *([] if shown in named else [shown])}, key=float)
    _select(label, name, shown, [*named, *numbers], help, named, accept_new_options=True)


@_hideable
def count(label: str, name: str, named: Mapping[str, str], low: int, high: int, *, help: str = "") -> None:
    """How many of something: from a list, or any number that is typed. `named`: number as text → what is shown."""
    value = spec_value(name)
    shown = named.get(str(value), f"{value:,}")
    found = {shown: value, **{text: int(number) for number, text in named.items() if low <= int(number) <= high}}
    words = sorted(found, key=found.__getitem__)
    _select(label, name, shown, words, help, taken=lambda typed: _count(typed, found), accept_new_options=True)


@_hideable
def optional(label: str, name: str, options: Mapping[str, str], *, unit: str, help: str = "") -> None:
    """A number or none at all; the option "" is none. unit: how a number that is not among them is shown."""
    value = spec_value(name)
    shown = "" if value is None else f"{value:g}"
    words = dict(options) if shown in options else {**options, shown: unit.format(value)}
    _select(label, name, shown, words, help, words, taken=lambda chosen: chosen or None)


@_hideable
def switch(label: str, name: str, *, help: str = "") -> None:
    key = _give(name, bool(spec_value(name)), help)
    st.toggle(label, **session.used(key, _changed, name, key))


def _select(
    label: str,
    name: str,
    shown: Any,
    options: Iterable[Any],
    help: str,
    words: Mapping[Any, str] = MappingProxyType({}),
    taken: Callable[[Any], Any] = lambda value: value,
    **how: Any,
) -> None:
    """A list to choose from. words: what is shown for an option; taken: the setting's value for what is chosen."""
    key = _give(name, shown, help)
    st.selectbox(
        label, list(options), format_func=lambda o: words.get(o, o),
        **session.used(key, _changed, name, key, taken), **how,
    )  # fmt: skip


def upload(label: str, key: str, types: Sequence[str], megabytes: int, take: Callable[[bytes, str], list[str]]) -> None:
    """A file to bring. `take` adopts its content, by its name, and returns what is wrong with it."""
    for line in session.message(key):  # above the file: what stands below it may be below the screen
        st.error(line, icon=":material/error:")
    given = st.file_uploader(label, type=types, key=key, max_upload_size=megabytes)
    if given is not None and session.first_sight(key, given.file_id):
        session.set_message(key, take(given.getvalue(), given.name))
        st.rerun()
    if given is None and session.message(key):
        session.set_message(key, [])
        st.rerun()


def _give(name: str, value: Any, help: str) -> str:
    """Its key, with the value that it is to show. Streamlit's own help would be one more stop for the keyboard."""
    key = f"w_{name}"
    session.explain_control(key, help)
    session.set_widget(key, value)
    return key


def _changed(name: str, key: str, taken: Callable[[Any], Any] = lambda value: value) -> None:
    session.current().change({name: taken(session.widget_value(key))})


def _count(typed: str, found: Mapping[str, int]) -> int | str:
    """What was typed is taken with or without the commas of a thousand."""
    return found.get(typed, str(typed).replace(",", "").strip())


def _slid(key: str, changes: Callable[[int], Mapping[str, Any]]) -> None:
    session.current().change(changes(session.widget_value(key)))
