"""The pages as Streamlit runs them: controls, link and spec agree; what is refused says why and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, assume, given, settings
from streamlit.testing.v1 import AppTest

from nnviz.data import parse_table
from nnviz.link import from_query, to_query
from nnviz.spec import RunSpec
from nnviz.store import Store
from nnviz.ui import playground, words
from nnviz.ui.guide import EXPERIMENTS
from nnviz.ui.kinds import KINDS
from nnviz.ui.session import Room, key_of
from nnviz.ui.view import VIEW_NAMES
from nnviz.web import services
from tests.strategies import specs

ROOM = key_of("playground")
MOST_PARAMETERS = KINDS["playground"].most_parameters
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """What the pages read. They start nothing, so there is no engine and no hub."""
    store = Store(tmp_path)
    services.install(services.Services(tmp_path, store, cast(Any, None), cast(Any, None)))
    yield store
    services.install(None)
    store.close()


def visit(**query: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "pages" / "playground.py"), default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def spec_of(page: AppTest) -> RunSpec:
    return cast(RunSpec, page.session_state[ROOM].spec)


def link_of(page: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def choose(page: AppTest, label: str, value: str) -> None:
    next(box for box in page.selectbox if box.label == label).select(value).run()
    assert not page.exception


@pytest.mark.usefixtures("store")
def test_a_first_visit_shows_the_defaults_and_a_bare_link() -> None:
    page = visit()
    assert spec_of(page) == RunSpec()
    assert link_of(page) == {}
    assert not page.warning
    assert len(page.get("bidi_component")) == 1


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
    assert spec_of(page) == from_query({name: written})[0]
    assert spec_of(visit(**link_of(page))) == spec_of(page)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("label", "options", "read"),
    [
        ("Loss", words.LOSSES, lambda spec: spec.training.loss),
        ("Optimiser", words.OPTIMIZERS, lambda spec: spec.training.optimizer.name),
        ("Data", playground.SETS.keys() - {"table"}, lambda spec: spec.data.name),
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
def test_a_regression_set_takes_a_loss_that_fits() -> None:
    page = visit(loss="binary_crossentropy")
    choose(page, "Data", "plane")
    assert spec_of(page).training.loss == "half_squared_error"
    assert spec_of(page).data.classes == 0
    assert page.toast


@pytest.mark.parametrize("typed", ["abc", "-1", "0", "nan", "1e9", "", None])
def test_a_refused_value_says_why_and_changes_nothing(typed: str | None) -> None:
    """What a visitor types into a box that takes any number (the browser tests do it by hand)."""
    here = Room(run="a-run")
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
    page = visit(**to_query(spec))
    assert not page.warning
    assert spec_of(page) == spec
    assert link_of(page) == to_query(spec)


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
def test_the_example_of_an_own_table_is_a_good_one() -> None:
    assert parse_table(playground.EXAMPLE.encode()).classes == 2


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e[0])
def test_every_experiment_of_the_guide_is_a_valid_link(experiment: tuple[str, str, dict[str, str]]) -> None:
    spec, problems = from_query(experiment[2], ignore=VIEW_NAMES)
    assert problems == []
    assert spec.parameters <= MOST_PARAMETERS
