"""The Digits room's panels: which controls stand where, and the words on them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from nnviz.data import DATASETS, DataError, save_images
from nnviz.spec import DEFAULT_COUNTS, IMAGE_SHAPES, NetworkSpec, RunSpec, SVMSpec
from nnviz.ui import controls, session, strip, words
from nnviz.ui.datasets import FETCHED, dataset, is_here
from nnviz.ui.digits_instrument import instrument
from nnviz.ui.layer_table import layer_table
from nnviz.ui.presets import by_lecture
from nnviz.web.fetching import fetching
from nnviz.web.services import services

PENALTIES_C = (0.01, 0.1, 0.5, 1, 5, 10, 50, 500)
TURNS = {"": "Off", **{f"{d}": f"±5…±{d}°" for d in (10, 15, 20, 25)}}


def model_controls(here: session.Room) -> None:
    """What learns, and how."""
    if not controls.hidden("presets"):
        _presets()
    controls.choose(
        "Model",
        "family",
        words.FAMILIES,
        help="A network in Keras's layers; the same in nothing but NumPy, as the lectures derive it; or a support "
        "vector machine, which compares each digit with thousands of training digits.",
    )
    if isinstance(here.spec.model, SVMSpec):
        if not controls.hidden("svm"):
            _svm_controls(here.spec, here.spec.model)
    else:
        strip.training_controls(here)


def _presets() -> None:
    menu = st.popover(
        "Presets",
        icon=":material/school:",
        key="w_presets",
        on_change="rerun",
        help="The networks of the lectures, each with its setting",
    )
    if not menu.open:  # some thirty buttons: only for whoever looks
        return
    with menu, st.container(height=520, border=False, key="presets"):
        for lecture, presets in by_lecture():
            st.markdown(f"**{lecture}**")
            for preset in presets:
                st.button(
                    f"{preset.title} · {preset.size}",
                    key=f"w_preset_{preset.id}",
                    type="tertiary",
                    on_click=partial(_take_preset, preset.spec),
                )
                st.caption(f"{preset.id}: {preset.about}")


def _take_preset(spec: RunSpec) -> None:
    here = session.current()
    here.touched = True
    here.take(spec)


def _svm_controls(spec: RunSpec, model: SVMSpec) -> None:
    controls.choose(
        "Kernel",
        "kernel",
        words.KERNELS,
        help="How alike two digits are: linear draws straight borders, a Gaussian (RBF) sees its neighbours, a "
        "polynomial combines pixels.",
    )
    controls.rate("C", "C", PENALTIES_C, help="What a digit on the wrong side costs. Large: every one right.")
    if model.kernel != "linear":
        controls.word_or_number(
            "γ",
            "gamma",
            {"scale": "scale: 1/(pixels · variance)", "auto": "auto: 1/pixels"},
            (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2),
            help="How near is near: large γ is a narrow Gaussian, small γ a wide one.",
        )
    if model.kernel == "poly":
        controls.whole("Degree", "degree", 1, 10)
        controls.real("c", "coef0", -1000.0, 1000.0, step=0.5, help="coef0: the constant in (γ x·x′ + c)ᵈ")
    st.caption(f"The fit takes {fit_time(spec, model)}; it cannot be paused.", width="content")


def fit_time(spec: RunSpec, model: SVMSpec) -> str:
    """How long scikit-learn needs, roughly: on one core of 2024 an RBF fit of 10,000 MNIST images took 20 s, the other
    kernels a fifth of it, and the time grows with the square of the images."""
    pixels = IMAGE_SHAPES[spec.data.name][0] * IMAGE_SHAPES[spec.data.name][1]
    seconds = 2e-7 * spec.data.training_samples**2 * pixels / 784 * (1 if model.kernel == "rbf" else 0.2)
    if seconds < 2:
        return "a second or two"
    if seconds < 90:
        return f"some {seconds:.0f} seconds"
    return f"some {seconds / 60:.0f} minutes"


def summary(here: session.Room) -> None:
    """The table of the layers before anything is trained."""
    spec = here.spec
    if not isinstance(spec.model, NetworkSpec) or controls.hidden("summary"):
        return
    with st.popover(
        f"{spec.parameters:,} parameters", icon=":material/table_rows:", help="every layer with its shape and size"
    ):
        st.markdown(layer_table(spec))


def data_controls(here: session.Room) -> None:
    data = here.spec.data
    controls.choose("Data", "data", _sets(data.images), help=DATASETS[data.name].about)
    _fetch(here)
    if not controls.hidden("counts"):
        _counts(here.spec)
    controls.whole("Batch size", "batch_size", 1, 60_000, help="images for each step: one update of the weights")
    controls.slide(
        "Noise",
        "noise",
        round(data.noise * 100),
        0,
        max(50, round(data.noise * 100)),
        5,
        lambda v: {"noise": v / 100},
        unit="%d %%",
        help="Grain on every image. The images themselves stay the same.",
    )
    if not controls.hidden("rotate"):
        controls.optional("Rotated copies", "rotate", TURNS, unit="±5…±{:g}°", help="each training image also turned")
    if not controls.hidden("center"):
        controls.switch("Centre", "center", help="take the training images' mean from every image")
    if not controls.hidden("sample") and (data.noise or data.rotate or data.name == "images"):
        controls.whole(
            "Sample number", "sample", 0, 2**31 - 1, help="another grain, other angles; of own images other test images"
        )
    if not controls.hidden("own_images"):
        with st.popover(
            "Own images", icon=":material/upload_file:", width="stretch", help="a ZIP of class folders, or an .npz"
        ):
            _own_images(data.name == "images")


def _sets(images: str | None) -> dict[str, str]:
    """What there is to learn, and what of it has to be fetched first."""
    names = [name for name in DATASETS if name in IMAGE_SHAPES and (name != "images" or images)]
    return {n: DATASETS[n].title + ("" if is_here(n) else f" (fetch {FETCHED[n][1]} MB)") for n in names}


def _fetch(here: session.Room) -> None:
    """The way to data that are not here yet; always one element, so that nothing below it moves."""
    with st.container(key="fetch"):
        name = here.wanted.data.name if here.wanted else ""
        if name in FETCHED:
            running = fetching().state().status == "running"
            st.fragment(_fetching, run_every=0.5 if running else None)(name, running)


def _fetching(name: str, ticking: bool) -> None:
    """Bar or button. ticking: whether this part of the page runs by itself, as it should while a fetch is under way."""
    state = fetching().state()
    mine = state.name == name
    if mine and state.status == "running":
        total = state.total or FETCHED[name][1] * 1_000_000
        st.progress(min(1.0, state.bytes / total), f"{state.bytes / 1e6:.1f} of {total / 1e6:.0f} MB")
    elif is_here(name):
        session.current().fetched()
        st.rerun()
    else:
        if mine and state.status == "failed":
            st.error(state.message, icon=":material/cloud_off:")
        st.button(
            f"Fetch {DATASETS[name].title.partition(',')[0]} ({FETCHED[name][1]} MB)",
            key="w_fetch",
            icon=":material/download:",
            width="stretch",
            on_click=_start,
            args=(name,),
        )
    if (state.status == "running") != ticking:
        st.rerun()


def _start(name: str) -> None:
    fetching().start(name)


def _counts(spec: RunSpec) -> None:
    """How many images to learn from, to validate with and to test on."""
    data = spec.data
    front, _, back = DEFAULT_COUNTS.get(data.name, (60_000, 0, 60_000))
    if data.name == "digits":
        front = back = sum(DEFAULT_COUNTS["digits"])
    sizes = [n for n in (100, 500, 1_000, 6_000, 10_000) if n < front]
    words_ = {f"{n}": f"{n:,}" for n in [*sizes, *([front] if data.name in DEFAULT_COUNTS else [])]}
    if data.name in {"mnist", "fashion_mnist"}:
        words_[f"{front}"] = f"all {front:,}"
    controls.count("Training images", "train", words_, 1, front, help="Any number: type it.")
    few = {f"{n}": f"{n:,}" if n else "none" for n in (0, 100, 500, 1_000, 6_000, 10_000) if n < front}
    controls.count(
        "Validation images",
        "validation",
        few,
        0,
        front,
        help="Kept apart from the training, to stop early and to choose settings with. Taken from the end of the "
        "training set.",
    )
    tests = {f"{n}": f"{n:,}" for n in (100, 450, 1_000, 10_000) if n <= back}
    controls.count("Test images", "test", tests, 0, back, help="Never seen while it learns: the mistakes are theirs.")


def _own_images(used: bool) -> None:
    st.markdown(
        "A **ZIP** with a folder for each class (2 to 10 folders of PNG, JPEG, BMP, GIF or WebP pictures), or an "
        "**.npz** with the arrays x [n, height, width] and y. At most 50 MB and 60,000 pictures. They become 28×28 "
        "greys, light on dark."
    )
    key = "w_images"
    for line in session.message(key):
        st.error(line, icon=":material/error:")
    given = st.file_uploader("Images (ZIP or .npz)", type=["zip", "npz"], key=key, max_upload_size=50)
    if given is not None and session.first_sight(key, given.file_id):
        session.set_message(key, take_images(given.getvalue(), given.name))
        st.rerun()
    if given is None and session.message(key):
        session.set_message(key, [])
        st.rerun()
    if used:
        st.caption("Your images are in use. They stay on this server under a name that only their content gives.")


def take_images(content: bytes, filename: str) -> list[str]:
    """Adopt uploaded images; return what is wrong with them. Where anything is, the room stays as it was."""
    here = session.current()
    try:
        info = save_images(services().home, content, filename)
    except DataError as error:
        return str(error).splitlines()
    fields = info.data_fields()
    here.change({"data": fields.pop("name"), **fields})
    here.notes += info.notes
    return []


def stage(here: session.Room) -> None:
    instrument(here, dataset(here.spec.data, services().home))
