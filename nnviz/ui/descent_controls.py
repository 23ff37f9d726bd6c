"""The descent room's controls: the surface, the start, who races, and how each of them goes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from nnviz.optimizers import DECAYS, OPTIMIZERS
from nnviz.surfaces import OWN, SURFACES
from nnviz.surfaces.lineups import LINEUPS, good_racer, good_rate
from nnviz.surfaces.racer import Racer
from nnviz.surfaces.spec import MAX_RACERS, MAX_STEPS, DescentSpec
from nnviz.ui import controls, more, session
from nnviz.ui.room import RoomState

TITLES = {name: surface.title for name, surface in SURFACES.items()} | {OWN: "Own formula …"}
CHOSEN = "chosen"
"""Racers that are none of LINEUPS."""


def first_sight(here: RoomState) -> None:
    spec: DescentSpec = here.spec
    if not controls.hidden("surface"):
        key = _given("surface", spec.surface, spec.place.words)
        st.selectbox("Surface", list(TITLES), format_func=TITLES.__getitem__, **session.used(key, _take, "surface"))
        if spec.surface == OWN:
            _formula(spec)
    if not controls.hidden("racers"):
        _lineups(spec)
    if not controls.hidden("start"):
        low_x, high_x, low_y, high_y = spec.place.domain
        for column, axis, value, low, high in zip(
            st.columns(2), "xy", spec.begin, (low_x, low_y), (high_x, high_y), strict=True
        ):
            key = _given(f"start_{axis}", float(value), "where all start; a click on the map does the same")
            with column:
                st.number_input(
                    f"Start {axis}", float(low), float(high), step=0.1, format="%g", **session.used(key, _start)
                )


def more_settings(here: RoomState) -> None:
    spec: DescentSpec = here.spec
    if not controls.hidden("racers"):
        more.heading("Racers")
        for i, racer in enumerate(spec.runners):
            with st.popover(f"{i + 1} · {racer.label}", width="stretch"):
                _racer(spec, i, racer)
        if len(spec.runners) < MAX_RACERS:
            st.button("Add a racer", icon=":material/add:", width="stretch", on_click=_add)
    more.heading("End of the race")
    key = _given("steps", spec.steps, "a racer that is still on its way then is stopped")
    st.number_input("Most steps", 1, MAX_STEPS, step=100, **session.used(key, _take, "steps"))
    key = _given("tolerance", spec.tolerance, "a racer is at rest when five steps in a row are shorter; 0: never")
    st.number_input("Tolerance", 0.0, 1.0, step=0.0001, format="%g", **session.used(key, _take, "tolerance"))
    if any(racer.batch_size for racer in spec.runners):
        key = _given("seed", spec.seed, "another number, another order of the samples in the mini-batches")
        st.number_input("Seed", 0, 2**31 - 1, **session.used(key, _take, "seed"))


def _given(name: str, value: Any, help: str = "") -> str:
    """The key of a control that shows this value."""
    key = f"w_descent_{name}"
    session.set_widget(key, value)
    session.explain_control(key, help)
    return key


def _take(name: str) -> None:
    session.current().change({name: session.widget_value(f"w_descent_{name}")})


def _start() -> None:
    session.current().change({"start": [session.visitors_value(f"w_descent_start_{axis}") for axis in "xy"]})


def _formula(spec: DescentSpec) -> None:
    words = "x, y, numbers, + − * / **, sin cos tan arctan tanh exp log sqrt abs, pi and e; at most 200 characters"
    key = _given("formula", spec.formula, words)
    st.text_input("Height f(x, y)", max_chars=200, **session.used(key, _take, "formula"))
    by_x, by_y = spec.place.derivatives
    st.caption(f"∂f/∂x = `{by_x[:120]}`  \n∂f/∂y = `{by_y[:120]}`")
    key = _given("half_width", spec.half_width, "the map shows x and y from minus this to this")
    st.number_input("Map from − to +", 0.1, 100.0, step=0.5, format="%g", **session.used(key, _take, "half_width"))


def _lineups(spec: DescentSpec) -> None:
    options = {name: lineup.title for name, lineup in LINEUPS.items() if lineup.fits(spec.place)}
    now = next((name for name in options if LINEUPS[name].racers(spec.place) == spec.runners), CHOSEN)
    if now == CHOSEN:
        options[CHOSEN] = "Your own"
    key = _given("lineup", now, "who races; each one’s rate and the rest are under “More settings”")

    def choose() -> None:
        if (name := session.widget_value(key)) in LINEUPS:
            racers = LINEUPS[name].racers(session.current().spec.place)
            session.current().change({"racers": None if name == "methods" else _plain(racers)})

    st.selectbox("Racers", list(options), format_func=options.__getitem__, **session.used(key, choose))


def _plain(racers: tuple[Racer, ...]) -> list[dict[str, Any]]:
    return [racer.model_dump(mode="json") for racer in racers]


def _racer(spec: DescentSpec, i: int, racer: Racer) -> None:
    """The settings of one racer."""

    def edit(part: str, field: str, key: str) -> None:
        """One field of it; a method that is chosen anew begins at its good rate."""
        value, racers = session.widget_value(key), _plain(spec.runners)
        if (part, field) == ("optimizer", "name"):
            racers[i] = good_racer(spec.place, value).model_dump(mode="json")
        elif part:
            racers[i][part][field] = value
        else:
            racers[i][field] = value
        session.current().change({"racers": racers})

    def control(part: str, field: str, value: Any, help: str = "") -> dict[str, Any]:
        key = _given(f"{i}_{part}_{field}", value, help)
        return session.used(key, edit, part, field, key)

    optimizer, names = racer.optimizer, {name: one.label for name, one in OPTIMIZERS.items()}
    st.selectbox(
        "Optimiser", list(names), format_func=names.__getitem__, **control("optimizer", "name", optimizer.name)
    )
    good = good_rate(spec.place, optimizer.name, getattr(optimizer, "momentum", 0))
    st.number_input(
        "Learning rate", 1e-9, 1000.0, step=float(f"{good / 2:.1g}"), format="%g",
        **control("optimizer", "learning_rate", optimizer.learning_rate, f"about {good:g} is good on this surface"),
    )  # fmt: skip
    for name, field in optimizer.settings().items():
        value = getattr(optimizer, name)
        if value is None:
            continue  # the limits of a gradient: in a link and in JSON only
        what = control("optimizer", name, value, field.description or "")
        if isinstance(value, bool):
            st.toggle(str(field.title), **what)
        else:
            most = 0.9999 if value < 1 and name not in {"weight_decay", "initial_accumulator_value"} else 100.0
            st.number_input(str(field.title), 0.0, most, step=0.05, format="%g", **what)
    st.selectbox(
        "Decay of the rate", list(DECAYS), format_func=lambda name: DECAYS[name].label,
        **control("decay", "name", racer.decay.name),
    )  # fmt: skip
    if racer.decay.name != "none":
        st.number_input("Decay rate", 0.0, 100.0, step=0.1, format="%g", **control("decay", "rate", racer.decay.rate))
        st.number_input("Decay steps", 1, 10_000_000, step=10, **control("decay", "steps", racer.decay.steps))
    if samples := spec.place.samples:
        sizes = {None: "all of them"} | {n: str(n) for n in range(1, len(samples.u) + 1)}
        st.selectbox(
            "Samples for each step", list(sizes), format_func=sizes.__getitem__,
            **control("", "batch_size", racer.batch_size),
        )  # fmt: skip
    if len(spec.runners) > 1:
        st.button("Remove", key=f"w_descent_{i}_remove", icon=":material/delete:", on_click=_remove, args=(i,))


def _add() -> None:
    """One more plain descent, at twice the good rate: what a rate does is the first thing to see."""
    spec: DescentSpec = session.current().spec
    session.current().change({"racers": _plain((*spec.runners, good_racer(spec.place, "sgd", times=2)))})


def _remove(i: int) -> None:
    spec: DescentSpec = session.current().spec
    session.current().change({"racers": _plain((*spec.runners[:i], *spec.runners[i + 1 :]))})
