"""The pages as Streamlit runs them: controls, link and spec agree; what is refused says why and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, assume, given, settings
from streamlit.testing.v1 import AppTest

from nnviz.data import parse_table
from nnviz.link import from_query
from nnviz.losses import LOSSES
from nnviz.optimizers import OPTIMIZERS
from nnviz.sets import SETS
from nnviz.spec import RunSpec
from nnviz.store.store import Store
from nnviz.ui.room import RoomState
from nnviz.ui.rooms import ROOMS, playground
from nnviz.ui.rooms.playground import EXAMPLE, EXPERIMENTS
from nnviz.ui.session import key_of
from tests.strategies import specs
from tests.ui.conftest import choose, link_of, open_room

ROOM = key_of("playground")
PLAYGROUND = playground.ROOM
MOST_PARAMETERS = PLAYGROUND.most_parameters
ROOT = Path(__file__).resolve().parent.parent.parent.parent


def visit(more: str = "on", **query: str) -> AppTest:
    """With all settings open, unless `more` says otherwise."""
    return open_room("playground", {**query, "more": more})


def spec_of(page: AppTest) -> RunSpec:
    return cast(RunSpec, page.session_state[ROOM].spec)


@pytest.mark.usefixtures("store")
def test_a_first_visit_shows_the_defaults_and_a_bare_link() -> None:
    page = visit()
    assert spec_of(page) == RunSpec()
    assert link_of(page) == {}
    assert not page.warning
    assert len(page.get("bidi_component")) == 2  # the instrument, and what the controls do


def labels_of(page: AppTest) -> set[str]:
    kinds = ("selectbox", "slider", "number_input", "toggle", "multiselect")
    return {widget.label for kind in kinds for widget in page.get(kind)}


def turn_more(page: AppTest) -> str:
    """Click on “More settings”; what it says then."""
    page.button(key="w_more_settings").click().run()
    assert not page.exception
    return page.button(key="w_more_settings").label


@pytest.mark.usefixtures("store")
def test_at_first_sight_there_are_data_activation_and_rate_and_the_rest_is_one_click_away() -> None:
    page = visit(more="off")
    assert labels_of(page) == {"Data", "Activation", "Learning rate", "Hide", "Let others watch"}
    assert page.button(key="w_more_settings").label == "More settings"
    intro = page.markdown[0].value
    assert "**Train**" in intro
    assert intro.count(".") <= 3
    assert turn_more(page) == "More settings"
    rest = {
        "Noise",
        "Batch size",
        "Optimiser",
        "Loss",
        "Regularisation",
        "Starting weights",
        "Seed",
        "A number of epochs",
        "Momentum",
    }
    assert labels_of(page) >= rest | {"Output activation", "Target loss", "Early stopping", "Rate over time"}
    assert page.query_params["more"] in ("on", ["on"])
    assert "Noise" in labels_of(visit(more="on")), "a link and a reload remember it"
    turn_more(page)
    assert "more" not in page.query_params


@pytest.mark.usefixtures("store")
def test_what_a_link_has_set_out_of_sight_is_counted_and_named() -> None:
    page = visit(more="off", noise="0.2", optimizer="adam", data="spiral", activation="relu", learning_rate="0.1")
    assert page.button(key="w_more_settings").label == "More settings · 2 changed"
    about = page.session_state[ROOM].helps["w_more_settings"]["text"]
    assert about.endswith("Not as by default: noise, optimiser.")
    choose(page, "Data", "moons")
    assert page.button(key="w_more_settings").label == "More settings · 2 changed"
    assert "w_more_settings" not in {button.key for button in visit(more="off", hide="more_settings").button}


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("path", ["playground", "digits"])
def test_no_control_has_a_help_mark_of_its_own(path: str) -> None:
    """Streamlit's is one more stop of the Tab key for each of them; what they do is told by page.js."""
    page = AppTest.from_file(str(ROOT / "pages" / f"{path}.py"), default_timeout=60)
    page.query_params["more"] = "on"
    page.run()
    kinds = ("selectbox", "slider", "number_input", "toggle")
    assert not [widget.label for kind in kinds for widget in page.get(kind) if widget.proto.help]
    assert len(page.session_state[key_of(path)].helps) > 12


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("label", "value", "name", "written"),
    [
        ("Learning rate", "0.1", "learning_rate", "0.1"),
        ("Activation", "relu", "activation", "relu"),
        ("Loss", "binary_crossentropy", "loss", "binary_crossentropy"),
        ("Regularisation", "l2", "regularizer", "l2"),
        ("Data", "moons", "data", "moons"),
    ],
)
def test_a_control_changes_the_spec_and_the_link(label: str, value: str, name: str, written: str) -> None:
    page = visit()
    choose(page, label, value)
    assert link_of(page) == {name: written}
    assert spec_of(page) == PLAYGROUND.read({name: written})[0]
    assert spec_of(visit(**link_of(page))) == spec_of(page)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("label", "options", "read"),
    [
        ("Loss", LOSSES, lambda spec: spec.training.loss),
        ("Optimiser", OPTIMIZERS, lambda spec: spec.training.optimizer.name),
        (
            "Data",
            {name for name, one in SETS.items() if not one.is_image and name != "table"},
            lambda spec: spec.data.name,
        ),
    ],
)
def test_every_choice_of_a_control_is_taken(label: str, options: Iterable[str], read: Callable[[RunSpec], str]) -> None:
    page = visit()
    for option in options:
        choose(page, label, option)
        assert read(spec_of(page)) == option
        assert not page.warning


@pytest.mark.usefixtures("store")
def test_another_optimiser_brings_a_rate_that_learns_and_says_so() -> None:
    page = visit()
    choose(page, "Optimiser", "adam")
    assert spec_of(page).training.optimizer.learning_rate == 0.01
    assert "0.01" in page.toast[0].value


@pytest.mark.usefixtures("store")
def test_a_link_that_names_an_optimiser_means_what_the_menu_does() -> None:
    """A teacher writes `/?optimizer=adam`; nobody expects another rate than the one that the menu gives."""
    page = visit()
    choose(page, "Optimiser", "adam")
    assert link_of(page) == {"optimizer": "adam"}
    assert spec_of(visit(optimizer="adam")) == spec_of(page)
    assert spec_of(visit(optimizer="adam", learning_rate="0.001")).training.optimizer.learning_rate == 0.001


@pytest.mark.usefixtures("store")
def test_a_regression_set_takes_a_loss_that_fits() -> None:
    page = visit(loss="binary_crossentropy")
    choose(page, "Data", "plane")
    assert spec_of(page).training.loss == "half_squared_error"
    assert spec_of(page).data.classes == 0
    assert page.toast


@pytest.mark.parametrize("typed", ["abc", "-1", "0", "nan", "1e9", "", None])
def test_a_refused_value_says_why_and_changes_nothing(typed: str | None) -> None:
    """What a visitor types into a box that takes any number (the browser tests do it by hand)."""
    here = RoomState(PLAYGROUND, run="a-run")
    before = here.spec
    here.change({"learning_rate": typed})
    assert "training.optimizer.learning_rate" in here.problems[0]
    assert here.spec == before
    assert here.run == "a-run"


@pytest.mark.usefixtures("store")
def test_too_large_a_network_is_not_drawn() -> None:
    page = visit(layers="300,300")
    assert f"{MOST_PARAMETERS:,}" in page.warning[0].value
    assert spec_of(page) == RunSpec()


def test_a_runs_link_opens_its_setting_with_the_rates_it_has_now(store: Store) -> None:
    spec = from_query({"data": "gauss", "layers": "3"})[0]
    store.create_run("some-run", spec, "visitor")
    store.set_live("some-run", {"learning_rate": 0.3})
    store.flush()
    page = visit(run="some-run")
    assert spec_of(page).model == spec.model
    assert spec_of(page).training.optimizer.learning_rate == 0.3
    assert page.session_state[ROOM].run == "some-run"
    choose(page, "Data", "xor")
    assert page.session_state[ROOM].run is None
    assert "run" not in link_of(page)


@given(spec=specs())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@pytest.mark.usefixtures("store")
def test_every_valid_spec_can_be_shown(spec: RunSpec) -> None:
    assume(not spec.data.is_image and spec.data.name != "table" and spec.parameters <= MOST_PARAMETERS)
    page = visit(**PLAYGROUND.write(spec))
    assert not page.warning
    assert spec_of(page) == spec
    assert link_of(page) == PLAYGROUND.write(spec)


@pytest.mark.usefixtures("store")
def test_the_view_is_in_the_link_too() -> None:
    page = visit(log="on", speed="full", smooth="0.9")
    assert page.session_state[ROOM].view["log"] is True
    assert page.session_state[ROOM].view["smooth"] == 0.9
    assert link_of(page) == {"log": "on", "speed": "full", "smooth": "0.9"}


@pytest.mark.usefixtures("store")
def test_a_teachers_link_hides_controls() -> None:
    page = visit(hide="learning_rate,noise,own_data", data="xor")
    assert "Learning rate" not in {box.label for box in page.selectbox}
    assert "Noise" not in {box.label for box in page.slider}
    assert "Data" in {box.label for box in page.selectbox}
    choose(page, "Activation", "relu")
    assert link_of(page) == {"data": "xor", "activation": "relu", "hide": "noise,own_data,learning_rate"}
    assert "cannot be hidden" in visit(hide="everything").warning[0].value


@pytest.mark.usefixtures("store")
def test_who_hides_regularisation_hides_its_rate() -> None:
    labels = {box.label for box in visit(regularizer="l2", hide="regularizer").selectbox}
    assert not labels & {"Regularisation", "Regularisation rate", "Regularised layers"}
    labels = {box.label for box in visit(regularizer="l2", hide="regularization_rate").selectbox}
    assert labels >= {"Regularisation", "Regularised layers"}


@pytest.mark.usefixtures("store")
def test_the_list_of_what_can_be_hidden_is_this_rooms() -> None:
    (offered,) = [box for box in visit().multiselect if box.label == "Hide"]
    assert {"Noise", "Inputs that can be added"} <= set(offered.options)
    assert not {"Rotated copies", "Presets", "Numbers of images"} & set(offered.options)
    assert "Inputs that can be added" not in ROOMS["digits"].hideable.values()


@pytest.mark.usefixtures("store")
def test_the_example_of_an_own_table_is_a_good_one() -> None:
    assert parse_table(EXAMPLE.encode()).classes == 2


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e[0])
def test_every_experiment_of_the_guide_is_a_valid_link(experiment: tuple[str, str, dict[str, str]]) -> None:
    spec, problems = PLAYGROUND.read(experiment[2], PLAYGROUND.view_type.names())
    assert problems == []
    assert spec.parameters <= MOST_PARAMETERS


def test_a_data_set_that_is_added_can_be_chosen(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setitem(SETS, "mine", replace(SETS["circle"], title="Mine", about="As the circle."))
    page = visit()
    choose(page, "Data", "mine")
    assert (spec_of(page).data.name, link_of(page)["data"]) == ("mine", "mine")


def test_a_run_opens_in_the_room_that_it_was_started_in(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rooms show the same data; a run of a time before rooms were kept opens in the first that can show it."""
    (tmp_path / "second.py").write_text('from nnviz.ui.page import show\n\nshow("second")\n')
    second = replace(PLAYGROUND, name="second", title="Second", file=tmp_path / "second.py")
    monkeypatch.setitem(ROOMS, "second", second)
    for run, room in (("of-second", "second"), ("of-none", None), ("of-gone", "demolished")):
        store.create_run(run, RunSpec(), "visitor", room=room)
    store.flush()
    for run, name in (("of-second", "second"), ("of-none", "playground"), ("of-gone", "playground")):
        page = AppTest.from_file(str(ROOT / "nnviz" / "ui" / "main.py"), default_timeout=60)
        page.query_params["run"] = run
        page.run()
        assert not page.exception
        assert not page.warning
        assert page.session_state[key_of(name)].run == run


@pytest.mark.usefixtures("store")
def test_an_added_set_of_many_classes_has_its_classes_on_a_slider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SETS, "arms", replace(SETS["spiral"], title="Arms", classes=(2, 3, 4)))
    [slider] = [one for one in visit(data="arms").slider if one.label == "Classes"]
    assert (slider.min, slider.max, slider.value) == (2, 4, 2)
