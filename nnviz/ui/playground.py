"""The playground's panels: which controls stand where, and the words on them."""

from __future__ import annotations

import streamlit as st

from nnviz.data import DATASETS, DataError, save_table
from nnviz.spec import IMAGE_SHAPES
from nnviz.ui import controls, session
from nnviz.ui.datasets import dataset
from nnviz.ui.instrument import instrument
from nnviz.web.services import services

SETS = {name: d.title for name, d in DATASETS.items() if name not in IMAGE_SHAPES}
EXAMPLE = "x1,x2,label\n" + "".join(
    f"{x},{y},{'inside' if x * x + 2 * y * y < 20 else 'outside'}\n" for x in range(-6, 7) for y in range(-4, 5)
)


def data_controls(here: session.Room) -> None:
    spec, data = here.spec, here.spec.data
    controls.choose(
        "Data",
        "data",
        SETS if data.table else {n: t for n, t in SETS.items() if n != "table"},
        help=DATASETS[data.name].about,
    )
    if data.name in {"spiral", "gauss", "blobs"}:
        controls.slide("Classes", "classes", data.classes, 2, 8, 1, lambda v: {"classes": v})
    total = data.train + data.validation
    if data.name != "table":
        controls.slide(
            "Noise",
            "noise",
            round(data.noise * 100),
            0,
            max(50, round(data.noise * 100)),
            5,
            lambda v: {"noise": v / 100},
            unit="%d %%",
            help="How far samples stray. The sample itself stays the same.",
        )
    controls.slide(
        "Share for training",
        "share",
        round(100 * data.train / total),
        10,
        90,
        10,
        lambda v: _split(total, v / 100),
        unit="%d %%",
        help=f"{data.train} samples to learn from; the other {data.validation} only to validate.",
    )
    controls.slide(
        "Batch size",
        "batch_size",
        spec.batch_size,
        1,
        max(2, data.train),
        1,
        lambda v: {"batch_size": v},
        help="Samples for each step. 1 is stochastic gradient descent, all is batch gradient descent.",
    )
    if data.name != "table" and not controls.hidden("sample"):
        with st.popover("Sample", icon=":material/scatter_plot:", width="stretch", help="how many samples, and which"):
            key = "w_total"
            session.set_widget(key, total)
            share = data.train / total

            def resize() -> None:
                session.current().change(_split(int(session.widget_value(key)), share))

            st.number_input(
                "Samples",
                min(20, total),
                max(5000, total),
                step=50,
                key=key,
                on_change=resize,
                help="for training and validation together",
            )
            controls.whole(
                "Sample number", "sample", 0, 2**31 - 1, help="another number, another sample of the same kind"
            )

        def again() -> None:
            session.current().change({"sample": session.current().spec.data.seed + 1})

        st.button(
            "Regenerate",
            icon=":material/casino:",
            width="stretch",
            on_click=again,
            help="Another sample of the same kind",
        )
    if controls.hidden("own_data"):
        return
    with st.popover("Own data", icon=":material/upload_file:", width="stretch", help="a CSV file with x1, x2, label"):
        _own_data(data.name == "table")


def _split(total: int, share: float) -> dict[str, int]:
    """Samples to train on and to validate with; at least one to train on."""
    train = max(1, round(total * share))
    return {"train": train, "validation": total - train}


def _own_data(used: bool) -> None:
    st.markdown(
        "A CSV file of **x1, x2, label**: two numbers and a class (a word), or a third number to predict. "
        "10 to 10,000 rows, at most 1 MB."
    )
    st.download_button("An example", EXAMPLE, "example.csv", "text/csv", icon=":material/download:")
    key = "w_csv"
    for line in session.message(key):  # above the file: what stands below it may be below the screen
        st.error(line, icon=":material/error:")
    given = st.file_uploader("CSV file", type=["csv", "txt", "tsv"], key=key, max_upload_size=1)
    if given is not None and session.first_sight(key, given.file_id):
        session.set_message(key, _take_csv(given.getvalue()))
        st.rerun()
    if given is None and session.message(key):
        session.set_message(key, [])
        st.rerun()
    if used:
        st.caption("Your table is in use. It stays on this server under a name that only its content gives.")


def _take_csv(content: bytes) -> list[str]:
    """Adopt an uploaded table; return what is wrong with it."""
    try:
        fields = save_table(services().home, content).data_fields()
    except DataError as error:
        return str(error).splitlines()
    session.current().change({"data": fields.pop("name"), **fields})
    return []


def stage(here: session.Room) -> None:
    instrument(here, dataset(here.spec.data, services().home))
