"""Widgets from spec fields: each shows what the room's spec says and changes it through `Room.change`.

A widget keeps no value of its own: before it is made, it is given the spec's (session.set_widget), so that a link, a
refused value and the Back button show at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from nnviz.link import PATHS
from nnviz.ui import session


def spec_value(name: str) -> Any:
    """The room's value of a setting, by its link name."""
    value: Any = session.current().spec.model_dump(mode="json")
    for part in PATHS[name]:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def hidden(name: str) -> bool:
    """Whether this page's link takes a control away."""
    return name in session.current().view.get("hide", ())


def choose(
    label: str,
    name: str,
    options: Sequence[str] | Mapping[str, str],
    *,
    help: str = "",
    disabled: bool = False,
) -> None:
    """One of several words."""
    if hidden(name):
        return
    key = _give(name, spec_value(name))
    words = options if isinstance(options, Mapping) else {}
    st.selectbox(
        label,
        list(options),
        key=key,
        format_func=lambda o: words.get(o, o),
        help=help or None,
        disabled=disabled,
        on_change=_changed,
        args=(name, key),
    )


def rate(
    label: str, name: str, options: Sequence[float], *, help: str = "", disabled: bool = False, disabled_why: str = ""
) -> None:
    """A number from a list, or any other that the visitor types."""
    if hidden(name):
        return
    value = spec_value(name)
    words = [f"{v:g}" for v in options]
    shown = f"{value:g}"
    if shown not in words:
        words = sorted([*words, shown], key=float)
    key = _give(name, shown)
    st.selectbox(
        label,
        words,
        key=key,
        accept_new_options=True,
        help=(disabled_why if disabled else help) or None,
        disabled=disabled,
        on_change=_changed,
        args=(name, key),
    )


def slide(
    label: str,
    key_name: str,
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
    if hidden(key_name):
        return
    key = _give(key_name, min(high, max(low, value)))
    st.slider(
        label,
        low,
        high,
        step=step,
        key=key,
        format=unit,
        help=help or None,
        disabled=disabled,
        on_change=_slid,
        args=(key, changes),
    )


def whole(label: str, name: str, low: int, high: int, *, help: str = "", step: int = 1) -> None:
    value = spec_value(name)
    key = _give(name, value)
    st.number_input(
        label,
        min(low, value),
        max(high, value),
        step=step,
        key=key,
        help=help or None,
        on_change=_changed,
        args=(name, key),
    )


def real(
    label: str, name: str, low: float, high: float, *, help: str = "", optional: bool = False, step: float | None = None
) -> None:
    """A number with decimals; an optional one may be empty (None)."""
    value: float | None = spec_value(name)
    here = low if value is None else value
    key = _give(name, value)
    first: Any = None if optional else "min"
    st.number_input(
        label,
        min(low, here),
        max(high, here),
        value=first,
        step=step,
        format="%g",
        key=key,
        help=help or None,
        placeholder="off" if optional else None,
        on_change=_changed,
        args=(name, key),
    )


def word_or_number(
    label: str, name: str, named: Mapping[str, str], options: Sequence[float], *, help: str = ""
) -> None:
    """One of a few words, a number from a list, or any other number."""
    value = spec_value(name)
    shown = value if isinstance(value, str) else f"{value:g}"
    numbers = sorted({*(f"{v:g}" for v in options), *([] if shown in named else [shown])}, key=float)
    key = _give(name, shown)
    st.selectbox(
        label,
        [*named, *numbers],
        key=key,
        format_func=lambda o: named.get(o, o),
        accept_new_options=True,
        help=help or None,
        on_change=_changed,
        args=(name, key),
    )


def count(label: str, name: str, named: Mapping[str, str], low: int, high: int, *, help: str = "") -> None:
    """How many of something: from a list, or any number that is typed. `named`: number as text → what is shown."""
    value = spec_value(name)
    shown = named.get(str(value), f"{value:,}")
    found = {shown: value, **{text: int(number) for number, text in named.items() if low <= int(number) <= high}}
    key = _give(name, shown)
    st.selectbox(
        label,
        sorted(found, key=found.__getitem__),
        key=key,
        accept_new_options=True,
        help=help or None,
        on_change=_counted,
        args=(name, key, found),
    )


def optional(label: str, name: str, options: Mapping[str, str], *, unit: str, help: str = "") -> None:
    """A number or none at all; the option "" is none. unit: how a number that is not among them is shown."""
    value = spec_value(name)
    shown = "" if value is None else f"{value:g}"
    words = dict(options) if shown in options else {**options, shown: unit.format(value)}
    key = _give(name, shown)
    st.selectbox(
        label,
        list(words),
        key=key,
        format_func=lambda o: words.get(o, o),
        help=help or None,
        on_change=_chosen,
        args=(name, key),
    )


def switch(label: str, name: str, *, help: str = "") -> None:
    key = _give(name, bool(spec_value(name)))
    st.toggle(label, key=key, help=help or None, on_change=_changed, args=(name, key))


def _give(name: str, value: Any) -> str:
    key = f"w_{name}"
    session.set_widget(key, value)
    return key


def _changed(name: str, key: str) -> None:
    session.current().change({name: session.widget_value(key)})


def _chosen(name: str, key: str) -> None:
    session.current().change({name: session.widget_value(key) or None})


def _counted(name: str, key: str, found: Mapping[str, int]) -> None:
    """What was typed is taken with or without the commas of a thousand."""
    said = session.widget_value(key)
    session.current().change({name: found.get(said, str(said).replace(",", "").strip())})


def _slid(key: str, changes: Callable[[int], Mapping[str, Any]]) -> None:
    session.current().change(changes(session.widget_value(key)))
