"""The Digits room's panels: which controls stand where, and the words on them."""

from __future__ import annotations

import math
from functools import partial

import streamlit as st

from nnviz.data import DataError, save_images
from nnviz.models.svm_time import fit_seconds, in_words
from nnviz.sets import SETS, fetchable, fixed, image_sets, is_here
from nnviz.spec import NetworkSpec, RunSpec, SVMSpec
from nnviz.spec.words import FAMILIES
from nnviz.ui import controls, more, session, training_controls, words
from nnviz.ui.layer_table import layer_table
from nnviz.ui.presets import by_lecture
from nnviz.ui.room import RoomState
from nnviz.ui.training_room import fetched
from nnviz.web.services import services

PENALTIES_C = (0.01, 0.1, 0.5, 1, 5, 10, 50, 500)
PRESETS_MENU = "w_presets"
TURNS = {"": "Off", **{f"{d}": f"±5…±{d}°" for d in (10, 15, 20, 25)}}


def first_sight(here: RoomState) -> None:
    """What a newcomer needs, but for the layers, which are set on the instrument; of an SVM, all of it."""
    if not controls.hidden("presets"):
        _presets()
    data_set(here)
    if not isinstance(here.spec.model, SVMSpec):
        training_controls.learning()
        return
    _family()
    if not controls.hidden("svm"):
        _svm_controls(here.spec, here.spec.model)


def data_set(here: RoomState) -> None:
    """Which images; and the way to those that are not here yet."""
    data = here.spec.data
    controls.choose("Data", "data", _sets(data.images), help=SETS[data.name].about)
    _fetch(here)


def more_settings(here: RoomState) -> None:
    data_settings(here)
    if here.spec.is_network:
        more.heading("Model")
        _family()
        training_controls.training(here)


def _family() -> None:
    controls.choose(
        "Model",
        "family",
        FAMILIES,
        help="A network in Keras's layers; the same in nothing but NumPy, as the lectures derive it; or a support "
        "vector machine, which compares each digit with thousands of training digits.",
    )


def _presets() -> None:
    menu = st.popover(
        "Presets",
        icon=":material/school:",
        key=PRESETS_MENU,
        on_change="rerun",
        help="The networks of the lectures, each with its setting",
    )
    if not menu.open:  # some thirty buttons: only for whoever looks
        return
    with menu:
        search = st.text_input(
            "Search", key="w_preset_search", placeholder="convolution, dropout, 784 …", type="search", live=True,
            label_visibility="collapsed",
        )  # fmt: skip
    groups = list(by_lecture(search or ""))
    with menu, st.container(height=480, border=False, key="presets"):
        if not groups:
            st.caption("No preset has these words.")
        for lecture, presets in groups:
            st.markdown(f"**{lecture}**")
            for preset in presets:
                st.button(
                    f"**{preset.title}** · {preset.size}",
                    key=f"w_preset_{preset.id}",
                    type="tertiary",
                    on_click=partial(_take_preset, preset.spec),
                )
                st.caption(preset.about)


def _take_preset(spec: RunSpec) -> None:
    session.current().take(spec)
    session.set_widget(PRESETS_MENU, False)  # it lies over what comes next: Train


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
    if model.kernel in {"poly", "sigmoid"}:
        controls.real("c", "coef0", -1000.0, 1000.0, step=0.5, help="coef0: the constant beside γ x·x′")
    st.caption(f"The fit takes {fit_time(spec, model)}; it cannot be paused.")


def fit_time(spec: RunSpec, model: SVMSpec) -> str:
    """How long scikit-learn needs, roughly."""
    return in_words(fit_seconds(model, spec.data.training_samples, math.prod(spec.input_shape)))


def summary(here: RoomState) -> None:
    """The table of the layers before anything is trained."""
    spec = here.spec
    if not isinstance(spec.model, NetworkSpec) or controls.hidden("summary"):
        return
    with st.popover(
        f"{spec.parameters:,} parameters", icon=":material/table_rows:", help="every layer with its shape and size"
    ):
        st.markdown(layer_table(spec))


def data_settings(here: RoomState) -> None:
    more.heading("Data")
    data = here.spec.data
    if not controls.hidden("counts"):
        _counts(here.spec)
    if fixed(data.name) and not controls.hidden("every"):
        controls.rate("Every n-th image", "every", (1, 2, 5, 10, 100), help="of those that may be trained on; 1: all")
    controls.noise(data.noise, help="Grain on every image. The images themselves stay the same.")
    if not controls.hidden("rotate"):
        controls.optional("Rotated copies", "rotate", TURNS, unit="±5…±{:g}°", help="each training image also turned")
    if not controls.hidden("scale"):
        controls.switch("Scaled inputs", "scale", help="greys from 0 to 1, which learns better than 0 to 255")
    if not controls.hidden("center"):
        controls.switch("Centre", "center", help="take the training images' mean from every image")
        if data.center and data.validation:
            of = {"train": "Training images", "train_validation": "Training and validation images"}
            controls.choose("Mean of", "center_of", of)
    if not controls.hidden("sample") and (data.noise or data.rotate or data.is_own):
        controls.whole(
            "Sample number", "sample", 0, 2**31 - 1, help="another grain, other angles; of own images other test images"
        )
    if not controls.hidden("own_images"):
        with st.popover(
            "Own images", icon=":material/upload_file:", width="stretch", help="a ZIP of class folders, or an .npz"
        ):
            _own_images(data.is_own)


def _sets(images: str | None) -> dict[str, str]:
    """What there is to learn, and what of it has to be fetched first."""
    names = [name for name in image_sets() if name != "images" or images]
    return {n: SETS[n].title + ("" if is_here(n) else f" (fetch {_megabytes(n)} MB)") for n in names}


def _megabytes(name: str) -> int:
    return fetchable()[name].megabytes


def _fetch(here: RoomState) -> None:
    """The way to data that are not here yet; always one element, so that nothing below it moves."""
    with st.container(key="fetch"):
        name = here.wanted.data.name if here.wanted else ""
        if name in fetchable():
            running = services().fetching.state().status == "running"
            st.fragment(_fetching, run_every=0.5 if running else None)(name, running)


def _fetching(name: str, ticking: bool) -> None:
    """Bar or button. ticking: whether this part of the page runs by itself, as it should while a fetch is under way."""
    state = services().fetching.state()
    mine = state.name == name
    if mine and state.status == "running":
        total = state.total or _megabytes(name) * 1_000_000
        st.progress(min(1.0, state.bytes / total), f"{state.bytes / 1e6:.1f} of {total / 1e6:.0f} MB")
    elif is_here(name):
        fetched(session.current())
        st.rerun()
    else:
        if mine and state.status == "failed":
            st.error(state.message, icon=":material/cloud_off:")
        st.button(
            f"Fetch {SETS[name].title.partition(',')[0]} ({_megabytes(name)} MB)",
            key="w_fetch",
            icon=":material/download:",
            width="stretch",
            on_click=_start,
            args=(name,),
        )
    if (state.status == "running") != ticking:
        st.rerun()


def _start(name: str) -> None:
    services().fetching.start(name)


def _counts(spec: RunSpec) -> None:
    """How many images to learn from, to validate with and to test on."""
    data = spec.data
    one = fixed(data.name)
    front, _, back = one.counts if one else (60_000, 0, 60_000)
    if one and not one.apart:
        front = back = one.size
    if one and data.every > 1:
        front = len(one.trainable(data.every, data.test))
    sizes = [n for n in (100, 500, 1_000, 6_000, 10_000) if n < front]
    words_ = {f"{n}": f"{n:,}" for n in [*sizes, *([front] if one else [])]}
    if one and one.apart:
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
        "training set, or drawn at random.",
    )
    if one and data.validation and not controls.hidden("validation_seed"):
        _validation_seed(data.validation_seed)
    tests = {f"{n}": f"{n:,}" for n in (100, 450, 1_000, 10_000) if n <= back}
    controls.count("Test images", "test", tests, 0, back, help="Never seen while it learns: the mistakes are theirs.")


def _validation_seed(seed: int | None) -> None:
    """Whether the validation images are drawn at random, and with which seed."""
    key = "w_random_validation"
    session.set_widget(key, seed is not None)

    def toggle() -> None:
        session.current().change({"validation_seed": 0 if session.widget_value(key) else None})

    session.explain_control(key, "as scikit-learn's train_test_split draws them; else they are the last ones")
    st.toggle("Random validation images", **session.used(key, toggle))
    if seed is not None:
        controls.whole("Seed of the split", "validation_seed", 0, 2**32 - 1, help="train_test_split's random_state")


def _own_images(used: bool) -> None:
    st.markdown(
        "A **ZIP** with a folder for each class (2 to 10 folders of PNG, JPEG, BMP, GIF or WebP pictures), or an "
        "**.npz** with the arrays x [n, height, width] and y. At most 50 MB and 60,000 pictures. They become 28×28 "
        "greys, light on dark."
    )
    controls.upload("Images (ZIP or .npz)", "w_images", ["zip", "npz"], 50, take_images)
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
