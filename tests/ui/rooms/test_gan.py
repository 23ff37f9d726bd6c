"""The GAN room: its link holds everything, what is wrong is named, and every tab has what it shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nnviz.gan.losses import LOSSES
from nnviz.gan.spec import GanSpec
from nnviz.ui.room import RoomState
from nnviz.ui.rooms.gan import _PARTS, EXPERIMENTS, ROOM, GanView
from nnviz.ui.view import read_view, view_query
from tests.ui.conftest import link_of, open_room


def test_a_link_holds_everything() -> None:
    query = {"tab": "losses", "speed": "full", "s": "2.5"}
    view, problems = read_view(GanView, query, {}, ROOM.hide_names())
    assert problems == []
    assert view_query(GanView, view, {}) == query
    setting = {
        "data": "drawn", "points": "0,1,-2,0.5", "latent": "gaussian", "latent_size": "3", "generator": "8,8",
        "discriminator": "16", "activation": "tanh", "loss": "wasserstein", "optimizer": "rmsprop",
        "discriminator_steps": "5", "clip": "0.1", "steps": "100", "seed": "7",
    }  # fmt: skip
    spec, problems = ROOM.read(setting)
    assert problems == []
    assert ROOM.write(spec) == setting


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.title)
def test_every_experiment_is_a_setting(experiment: Any) -> None:
    names = GanView.names()
    spec, problems = ROOM.read({name: text for name, text in experiment.link.items() if name not in names})
    assert problems == []
    assert isinstance(spec, GanSpec)


def test_digits_bring_the_networks_that_suit_them_unless_others_were_chosen() -> None:
    here = RoomState(ROOM)
    here.change({"data": "digits"})
    assert (here.spec.latent_size, here.spec.generator, here.spec.steps) == (16, "128,128", 4000)
    assert here.notes == ["Networks, latent space and steps are now those that suit the data."]
    here.change({"data": "moons"})
    assert here.spec == GanSpec(data="moons")
    here.change({"generator": "8"})
    here.change({"data": "digits"})
    assert here.spec == GanSpec(data="digits", generator="8")


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("data", ["ring", "digits", "drawn"])
def test_every_tab_has_what_it_shows(loss: str, data: str) -> None:
    for part in _PARTS.values():
        json.dumps(part(GanView(s=1.5), GanSpec(loss=loss, data=data, latent_size=3)), allow_nan=False)


def test_the_slopes_are_those_of_the_formulas() -> None:
    rows = {row["name"]: row for row in _PARTS["losses"](GanView(s=-4), GanSpec())["rows"]}
    d = 1 / (1 + 2.718281828459045**4)
    slopes = {loss: rows[LOSSES[loss].title]["slope"] for loss in LOSSES}
    assert slopes == pytest.approx({"non_saturating": 1 - d, "minimax": d, "least_squares": 5, "wasserstein": 1})


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("tab", _PARTS)
def test_the_page_opens_at_each_tab(tab: str) -> None:
    page = open_room("gan", {"tab": tab, "generator": "1,2,3,4", "points": "1"})
    (told,) = (warning.value for warning in page.warning)
    assert "one to three whole numbers" in told
    assert "1 to 100 pairs" in told
    assert link_of(page) == ({} if tab == "game" else {"tab": tab})
