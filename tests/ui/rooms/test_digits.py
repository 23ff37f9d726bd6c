"""The Digits room as Streamlit runs it: link, controls and spec agree, and no choice ends in an error page."""

from __future__ import annotations

import io
import os
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from nnviz.layers import Conv2D, Dense
from nnviz.link import PATHS, to_query
from nnviz.sets import SETS
from nnviz.spec import RunSpec, SVMSpec
from nnviz.spec.words import FAMILIES
from nnviz.store.store import Store
from nnviz.ui import digits_controls
from nnviz.ui.adapt import adapt
from nnviz.ui.presets import PRESETS
from nnviz.ui.room import RoomState
from nnviz.ui.rooms import ROOMS
from nnviz.ui.rooms.digits import EXPERIMENTS
from nnviz.ui.session import key_of
from nnviz.ui.training_room import HIDEABLE, fetched
from nnviz.ui.view import TrainingView, read_view
from nnviz.web import services
from nnviz.web.fetching import Fetching
from tests.serving import PATIENCE
from tests.strategies import specs
from tests.ui.conftest import choose, link_of, open_room

ROOT = Path(__file__).resolve().parent.parent.parent.parent
KIND = ROOMS["digits"]


@pytest.fixture
def store(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """On a machine that has no MNIST unless the test asks for it."""
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "none"))
    return store


def visit(more: str = "on", **query: str) -> AppTest:
    """With all settings open, unless `more` says otherwise."""
    return open_room("digits", {**query, "more": more})


def room_of(page: AppTest) -> RoomState:
    return cast(RoomState, page.session_state[key_of("digits")])


def new_room(**query: str) -> RoomState:
    return RoomState(KIND, KIND.read(query)[0])


@pytest.mark.usefixtures("store")
def test_a_first_visit_is_a_network_that_learns_digits() -> None:
    page = visit()
    spec = room_of(page).spec
    assert spec.data.name == "digits"
    assert [layer.units for layer in spec.network.layers if isinstance(layer, Dense)] == [30]
    assert (spec.network.activation, spec.output_activation, spec.network.initializer) == (
        "relu",
        "softmax",
        "he_normal",
    )
    assert spec.training.loss == "categorical_crossentropy"
    assert link_of(page) == {}
    assert not page.warning
    assert len(page.get("bidi_component")) == 2


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("label", "value", "written"),
    [
        ("Learning rate", "0.3", {"learning_rate": "0.3"}),
        ("Activation", "tanh", {"activation": "tanh"}),
        ("Loss", "mean_squared_error", {"loss": "mean_squared_error"}),
        ("Optimiser", "adam", {"optimizer": "adam"}),
        ("Model", "scratch", {"family": "scratch"}),
        ("Model", "svm", {"family": "svm"}),
        ("Training images", "500", {"train": "500"}),
        ("Validation images", "500", {"train": "847", "validation": "500"}),
        ("Rotated copies", "25", {"rotate": "25.0"}),
    ],
)
def test_a_control_changes_the_spec_and_the_link(label: str, value: str, written: dict[str, str]) -> None:
    page = visit()
    choose(page, label, value)
    assert link_of(page) == written
    assert room_of(visit(**written)).spec == room_of(page).spec


@pytest.mark.parametrize(
    ("family", "name"), [("network", "sgd"), ("network", "adam"), ("network", "lion"), ("scratch", "sgd")]
)
def test_a_short_link_means_the_rooms_network(family: str, name: str) -> None:
    spec, problems = KIND.read({"family": family, "optimizer": name})
    assert problems == []
    assert spec.network.activation == "relu"
    assert spec.training.optimizer.learning_rate == KIND.rates[name]


@given(specs())
def test_any_setting_survives_the_way_through_the_rooms_link(spec: RunSpec) -> None:
    kind = next(room for room in ROOMS.values() if room.shows(spec))
    assert kind.read(kind.write(spec)) == (spec, [])


NAMES = st.sampled_from(["data", "layers", "optimizer", "loss", "family", "learning_rate", "C", "train"])
TEXTS = st.sampled_from(["digits", "mnist", "16@5,max2,30", "rnn32", "adam", "hinge", "svm", "scratch", "5", "x"])


@given(st.dictionaries(NAMES, TEXTS))
@settings(max_examples=60)
def test_no_link_is_a_fault_of_the_rooms_own_words(query: dict[str, str]) -> None:
    spec, problems = KIND.read(query)
    assert isinstance(spec, RunSpec)
    assert all(any(name in line for name in query) for line in problems)


# ---- what gives way ------------------------------------------------------------------------------------------------


def test_a_convolution_too_large_for_the_small_digits_is_padded_and_a_pooling_goes(store: Store) -> None:  # noqa: ARG001
    here = new_room(data="digits", layers="16@7,max2,30")
    here.change({"layers": [{"kind": "conv2d", "kernel_size": 7}, {"kind": "max_pooling2d"}, {"kind": "max_pooling2d"},
                            {"kind": "conv2d", "kernel_size": 3}, {"kind": "dense", "units": 20}]})  # fmt: skip
    assert here.problems == []
    kinds = [layer.kind for layer in here.spec.network.layers]
    assert kinds == ["conv2d", "max_pooling2d", "conv2d", "dense"]
    assert any("taken out" in note for note in here.notes)
    last = here.spec.network.layers[2]
    assert isinstance(last, Conv2D)
    assert last.padding == "same"
    assert any("pads its picture" in note for note in here.notes)


def test_a_recurrent_layer_behind_a_dense_one_is_taken_out(store: Store) -> None:  # noqa: ARG001
    here = new_room()
    here.change({"layers": [{"kind": "dense", "units": 5}, {"kind": "lstm"}]})
    assert [layer.kind for layer in here.spec.network.layers] == ["dense"]
    assert "reads rows" in here.notes[0]


def test_the_network_comes_back_from_an_svm(store: Store) -> None:  # noqa: ARG001
    here = new_room(layers="16@3,max2,50:d0.2", activation="tanh")
    here.change({"layers": here.spec.model_dump(mode="json")["model"]["layers"]})
    before = here.spec.model
    here.change({"family": "svm"})
    assert isinstance(here.spec.model, SVMSpec)
    here.change({"family": "network"})
    assert here.spec.model == before
    here.change({"family": "scratch"})
    assert here.problems == []
    assert [layer.kind for layer in here.spec.network.layers] == ["conv2d", "max_pooling2d", "dense"]
    assert "dropout" in " ".join(here.notes)


def test_an_svm_starts_with_as_many_images_as_it_can_fit_in_seconds() -> None:
    plain = RunSpec.model_validate({"data": {"name": "mnist"}}).model_dump(mode="json")
    notes = adapt(plain, {"family": "svm"}, KIND.rates, {})
    spec = RunSpec.model_validate(plain)
    assert spec.data.train == 10_000
    assert "square" in notes[0]
    assert isinstance(spec.model, SVMSpec)
    assert digits_controls.fit_time(spec, spec.model) == "some 20 seconds"


@given(
    st.sampled_from(["digits", "mnist", "fashion_mnist"]),
    st.dictionaries(st.sampled_from(["train", "validation", "test"]), st.integers(1, 1347), min_size=1, max_size=1),
)
def test_counts_make_room_for_the_one_that_was_chosen(name: str, change: dict[str, int]) -> None:
    plain = RunSpec.model_validate({"data": {"name": name}}).model_dump(mode="json")
    adapt(plain, change, KIND.rates, {})
    spec = RunSpec.model_validate(plain)
    assert all(getattr(spec.data, field) == value for field, value in change.items())


def test_early_stopping_watches_the_training_when_no_validation_is_left() -> None:
    data = {"name": "mnist", "train": 5_000, "validation": 500}
    stop = {"monitor": "val_accuracy"}
    plain = RunSpec.model_validate({"data": data, "training": {"early_stopping": stop}}).model_dump(mode="json")
    adapt(plain, {"validation": 0}, KIND.rates, {})
    assert plain["training"]["early_stopping"]["monitor"] == "accuracy"


@pytest.mark.parametrize(
    ("typed", "field"), [("abc", "data.train"), ("0", "data.train"), ("-5", "data.train"), ("", "data.train")]
)
def test_a_refused_count_names_its_field_and_changes_nothing(store: Store, typed: str, field: str) -> None:  # noqa: ARG001
    here = new_room()
    before = here.spec
    here.change({"train": typed})
    assert field in here.problems[0]
    assert here.spec == before


# ---- data that are not here ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("store")
def test_without_mnist_the_room_goes_on_with_the_digits_and_offers_to_fetch_it() -> None:
    page = visit(data="mnist", layers="16@5,max2,30")
    here = room_of(page)
    assert here.spec.data.name == "digits"
    assert here.spec.network.layers[0].kind == "conv2d"
    assert here.wanted is not None
    assert here.wanted.data.name == "mnist"
    assert "is not here" in page.warning[0].value
    assert any(button.label.startswith("Fetch MNIST (11 MB)") for button in page.button)


@pytest.mark.usefixtures("store")
def test_a_preset_without_mnist_is_shown_on_the_digits() -> None:
    for preset in PRESETS:
        here = new_room()
        here.take(preset.spec)
        assert here.spec.data.name == "digits", preset.id
        assert here.wanted == preset.spec


FETCH = """
import json, pathlib, shutil, sys, time
said, source, target = sys.argv[1:4]
print(json.dumps({"bytes": 5_500_000, "total": 11_000_000}), flush=True)
while not (word := pathlib.Path(said)).exists():
    time.sleep(0.01)
if source:
    pathlib.Path(target).mkdir(exist_ok=True)
    shutil.copy(source, target)
print(json.dumps({"event": "done"} if source else {"event": "failed", "message": "no network here"}), flush=True)
"""
"""What stands for the download: it has half, and the rest when it is told to."""


@pytest.mark.parametrize("good", [True, False])
def test_a_fetch_shows_its_progress_and_its_end(store: Store, mnist: Path, tmp_path: Path, good: bool) -> None:
    said, target = tmp_path / "go", os.environ["NNVIZ_DATA"]
    command = [sys.executable, "-c", FETCH, str(said), str(mnist) if good else "", target]
    fetching = Fetching(command)
    services.install(services.Services(tmp_path, store, cast(Any, None), cast(Any, None), fetching=fetching))
    page = visit(data="mnist", train="500", test="100")
    next(b for b in page.button if b.label.startswith("Fetch")).click().run()
    wait_until(lambda: fetching.state().bytes > 0)
    page.run()
    assert "5.5 of 11 MB" in str(page.get("progress")[0].proto)
    said.touch()
    wait_until(lambda: fetching.state().status != "running")
    page.run()
    assert not page.exception
    assert room_of(page).spec.data.name == ("mnist" if good else "digits")
    assert link_of(page) == ({"data": "mnist", "train": "500", "test": "100"} if good else {})
    assert [e.value for e in page.error] == ([] if good else ["no network here"])


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_was_fetched_is_taken_up(store: Store, mnist: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    here = new_room()
    wanted = RunSpec.model_validate({"data": {"name": "mnist", "train": 500, "test": 100}})
    here.take(wanted)
    assert here.spec.data.name == "digits"
    monkeypatch.setenv("NNVIZ_DATA", str(mnist.parent))
    fetched(here)
    assert here.spec == wanted
    assert here.wanted is None


# ---- own images ----------------------------------------------------------------------------------------------------


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def arrays(**named: Any) -> bytes:
    out = io.BytesIO()
    np.savez(out, **named)
    return out.getvalue()


@pytest.fixture
def here(store: Store, monkeypatch: pytest.MonkeyPatch) -> RoomState:  # noqa: ARG001
    here = new_room(layers="50")
    monkeypatch.setattr("nnviz.ui.session.current", lambda: here)
    return here


def test_own_images_become_the_rooms_data(here: RoomState) -> None:
    x = np.random.default_rng(0).integers(0, 255, (40, 12, 9), dtype=np.uint8)
    assert digits_controls.take_images(arrays(x=x, y=np.arange(40) % 4), "mine.npz") == []
    assert here.problems == []
    assert (here.spec.data.name, here.spec.data.classes) == ("images", 4)
    assert here.spec.data.train + here.spec.data.test == 40
    here.change({"data": "digits"})
    assert (here.spec.data.name, here.spec.data.classes, here.spec.data.train) == ("digits", 10, 1347)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        archive(**{"notes.txt": b"hello"}),
        arrays(x=np.full((20, 8, 8), np.nan), y=np.arange(20) % 2),
        arrays(x=np.zeros((20, 8)), y=np.arange(20) % 2),
        arrays(x=np.zeros((20, 8, 8), np.uint8), y=np.array([object()] * 20, dtype=object)),
    ],
    ids=["empty", "junk", "no pictures", "NaN", "wrong shape", "pickle"],
)
def test_a_bad_upload_says_why_and_loses_nothing(here: RoomState, content: bytes) -> None:
    before = here.spec
    lines = digits_controls.take_images(content, "mine.zip")
    assert lines
    assert all("Traceback" not in line for line in lines)
    assert here.spec == before


# ---- the page ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("store")
def test_a_presentation_folds_the_controls_away_and_gives_them_back() -> None:
    page = visit(present="1")
    assert link_of(page) == {"present": "1"}
    assert not page.selectbox
    next(b for b in page.button if b.label == "Settings").click().run()
    assert "Model" in {box.label for box in page.selectbox}
    next(b for b in page.button if b.label == "Leave the presentation").click().run()
    assert link_of(page) == {}
    assert "Model" in {box.label for box in page.selectbox}
    next(b for b in page.button if b.label == "Present").click().run()
    assert link_of(page) == {"present": "1"}


@pytest.mark.usefixtures("store")
def test_the_view_is_in_the_link_too() -> None:
    query = {"speed": "full", "tab": "mistakes", "digit": "0", "of": "5", "filter_scale": "filter"}
    page = visit(**query)
    assert link_of(page) == query
    assert room_of(page).view["digit"] == 0
    assert "tab=elsewhere" in visit(tab="elsewhere").warning[0].value


@pytest.mark.usefixtures("store")
def test_a_teachers_link_hides_controls() -> None:
    page = visit(hide="presets,family,rotate,counts")
    labels = {box.label for box in page.selectbox}
    assert not labels & {"Model", "Rotated copies", "Training images"}
    assert "Data" in labels


@pytest.mark.usefixtures("store")
def test_every_setting_that_can_be_hidden_is_hidden() -> None:
    names = [name for name in KIND.hideable if name in PATHS]
    assert {"batch_size", "center"} < set(names)
    query = {"data": "mnist", "rotate": "10", "regularizer": "l2", "noise": "0.1"}
    shown = {f"w_{name}" for name in names} & keys_of(visit(**query))
    assert {"w_batch_size", "w_center", "w_rotate", "w_noise", "w_regularization_rate"} <= shown
    assert not shown & keys_of(visit(**query, hide=",".join(names)))


def keys_of(page: AppTest) -> set[str]:
    widgets = (*page.selectbox, *page.number_input, *page.slider, *page.toggle)
    return {str(widget.key) for widget in widgets}


@pytest.mark.usefixtures("store")
def test_an_svm_has_its_own_controls() -> None:
    page = visit(family="svm", kernel="poly")
    labels = {box.label for box in page.selectbox} | {box.label for box in page.number_input}
    assert {"Kernel", "C", "γ", "Degree", "c"} <= labels
    assert "Optimiser" not in labels
    choose(page, "γ", "0.05")
    assert link_of(page) == {"family": "svm", "kernel": "poly", "gamma": "0.05"}
    choose(page, "Kernel", "linear")
    assert "γ" not in {box.label for box in page.selectbox}


def test_a_runs_link_opens_its_setting(store: Store) -> None:
    spec = KIND.read({"layers": "40", "train": "200"})[0]
    store.create_run("some-run", spec, "visitor")
    store.flush()
    page = visit(run="some-run")
    assert room_of(page).spec == spec
    assert room_of(page).run == "some-run"
    choose(page, "Activation", "tanh")
    assert room_of(page).run is None


@pytest.mark.usefixtures("store")
def test_data_of_the_other_room_are_said_to_be_there() -> None:
    page = visit(data="spiral")
    assert "Playground" in page.warning[0].value
    assert room_of(page).spec == KIND.default()


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e[0])
def test_every_experiment_of_the_guide_is_a_valid_link(experiment: tuple[str, str, dict[str, str]]) -> None:
    spec, problems = KIND.read(experiment[2], ignore=TrainingView.names())
    assert problems == []
    assert spec.data.is_image
    _, problems = read_view(TrainingView, experiment[2], {}, HIDEABLE)
    assert problems == []


def test_every_set_and_kind_has_its_words() -> None:
    assert set(FAMILIES) == {"network", "scratch", "svm"}
    assert all(SETS[name].title for name in digits_controls._sets("x"))
    assert to_query(KIND.default())["data"] == "digits"
