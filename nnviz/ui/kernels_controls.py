"""The controls at the side of the kernels' room: the samples, the kernel, the grid of the search."""

from __future__ import annotations

import streamlit as st

from nnviz.kernels.spec import MOST_TEST, MOST_TRAIN, KernelSpec
from nnviz.sets import SETS, MeasuredSet, is_here
from nnviz.ui import controls, more, session, words
from nnviz.ui.room import RoomState

VALUES = {
    "C_values": {
        "0.5,5,50,500": "0.5, 5, 50, 500 (lecture)", "0.1,1,10,100": "0.1, 1, 10, 100",
        "0.01,0.1,1,10,100,1000": "0.01 to 1000, tenfold", "1": "1 alone",
    },
    "gamma_values": {
        "2,1,0.5,0.25": "2, 1, 0.5, 0.25 (lecture)", "5,1,0.2,0.05": "5, 1, 0.2, 0.05",
        "100,10,1,0.1,0.01,0.001": "100 to 0.001, tenfold", "0.5": "0.5 alone",
    },
}  # fmt: skip


def first_sight(here: RoomState) -> None:
    spec: KernelSpec = here.spec
    names = [name for name, one in SETS.items() if not one.is_image and 2 in one.classes and name != "table"]
    controls.choose("Data", "data", {name: _title(name) for name in names}, help=SETS[spec.data].about)
    controls.choose(
        "Kernel", "kernel", words.KERNELS,
        help="how alike two places are: an RBF is a bump around each sample, a linear one a slope",
    )  # fmt: skip


def more_settings(here: RoomState) -> None:
    spec: KernelSpec = here.spec
    if not controls.hidden("samples"):
        more.heading("Samples")
        made_up = not isinstance(SETS[spec.data], MeasuredSet)
        controls.whole("Training samples", "train", 20, MOST_TRAIN, step=100, help="up to 1,000 follow the sliders")
        controls.whole("Test samples", "test", 20, MOST_TEST, step=100, help="never learned from")
        controls.noise(spec.noise, help="how far samples stray")
        if made_up:
            controls.whole("Sample number", "sample", 0, 2**31 - 1, help="another number, another sample of the kind")
    if not controls.hidden("grid"):
        more.heading("Grid search")
        _values("Values of C", "C_values", spec.C_values)
        if spec.kernel != "linear":
            _values("Values of γ", "gamma_values", spec.gamma_values)
        controls.whole("Folds", "folds", 2, 10, help="each is held back once while the others are learned from")


def _title(name: str) -> str:
    return SETS[name].title + ("" if is_here(name) else " (fetch MNIST in Digits)")


def _values(label: str, name: str, values: tuple[float, ...]) -> None:
    """A list of numbers: one of those that are offered, or any that is typed with commas."""
    key, known = f"w_{name}", VALUES[name]
    shown = ",".join(f"{value:g}" for value in values)
    session.set_widget(key, shown)
    session.explain_control(key, "at most six numbers with commas between them; type any")

    def take() -> None:
        session.current().change({name: session.widget_value(key)})

    st.selectbox(
        label, list(dict.fromkeys([*known, shown])), format_func=lambda text: known.get(text, text),
        accept_new_options=True, **session.used(key, take),
    )  # fmt: skip
