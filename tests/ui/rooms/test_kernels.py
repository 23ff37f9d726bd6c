"""The kernels' room: its link there and back, what follows from a change, and the links into other rooms."""

from __future__ import annotations

import pytest

from nnviz.kernels.spec import KernelSpec
from nnviz.models.kernels import Kernel
from nnviz.spec import SVMSpec
from nnviz.ui.room import RoomState
from nnviz.ui.rooms import ROOMS
from nnviz.ui.rooms.kernels import FORMULAS, PIXELS, ROOM, KernelsView, network_link
from nnviz.ui.view import read_view, view_query


def test_a_link_holds_everything() -> None:
    query = {
        "data": "spiral", "train": "400", "test": "100", "noise": "0.25", "sample": "7", "kernel": "poly", "C": "0.05",
        "gamma": "2.5", "degree": "4", "coef0": "-1.5", "C_values": "1.0,10.0", "gamma_values": "0.1,3.0",
        "folds": "5",
    }  # fmt: skip
    spec, problems = ROOM.read(query)
    assert problems == []
    assert (spec.kernel, spec.C_values, spec.folds) == ("poly", (1, 10), 5)
    assert ROOM.write(spec) == query
    assert ROOM.write(KernelSpec()) == {}
    view, problems = read_view(KernelsView, {"tab": "search", "at": "1.5,-2", "vector": "3"}, {}, ROOM.hide_names())
    assert problems == []
    assert view_query(KernelsView, view, {}) == {"tab": "search", "at": "1.5,-2", "vector": "3"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"data": "plane"}, "The link's data=plane"),
        ({"C": "0"}, "The link's C=0"),
        ({"kernel": "cosine"}, "The link's kernel=cosine: allowed are rbf, linear, poly, sigmoid"),
        ({"gamma_values": "1,1"}, "The link's gamma_values=1,1: each value at most once"),
        ({"train": "1000000"}, "The link's train=1000000"),
        ({"at": "1"}, "The link's at=1: write two numbers with a comma between them"),
    ],
)
def test_a_wild_link_is_named(query: dict[str, str], words: str) -> None:
    spec, problems = ROOM.read(query, ignore={"at"})
    problems += read_view(KernelsView, query, {}, ROOM.hide_names())[1]
    assert [problem.startswith(words) for problem in problems] == [True]
    assert spec == KernelSpec()


def test_other_data_bring_their_own_noise_and_keep_no_place() -> None:
    here = RoomState(ROOM)
    here.view.update(at="1,2", vector=3)
    spec, _ = ROOM.change(here, {"data": "zeros_ones"})
    assert (spec.noise, here.view["at"], here.view["vector"]) == (0.0, None, None)
    here.spec = spec
    assert ROOM.change(here, {"data": "moons"})[0].noise == KernelSpec().noise
    assert ROOM.change(here, {"C": 3})[0].noise == 0


def test_a_search_goes_on_whatever_svm_is_looked_at() -> None:
    spec = KernelSpec()
    assert ROOM.same_run(spec, KernelSpec(C=7, gamma=3))
    assert not ROOM.same_run(spec, KernelSpec(folds=5))
    assert not ROOM.same_run(spec, KernelSpec(kernel="poly"))
    assert not ROOM.same_run(KernelSpec(kernel="linear"), KernelSpec(kernel="linear", gamma=3))


def test_without_mnist_the_setting_stays(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    here = RoomState(ROOM)
    assert ROOM.admit(here, KernelSpec.model_validate({"data": "zeros_ones"})) is None
    assert "nnviz data get mnist" in here.problems[0]
    assert ROOM.admit(here, KernelSpec()) == KernelSpec()


@pytest.mark.parametrize("data", ["donuts", "zeros_ones"])
def test_a_network_on_the_same_samples(data: str) -> None:
    """A11: the Playground's setting has the very same samples."""
    spec = KernelSpec.model_validate({"data": data, "train": 300, "test": 80, "noise": 0.3, "sample": 4})
    network, problems = ROOMS["playground"].read(network_link(spec))
    assert problems == []
    assert network.data == spec.samples


def test_all_pixels_are_the_digits_rooms() -> None:
    """A3: 10,000 and 60,000 images, the linear kernel, and the library's own setting."""
    found = [ROOMS["digits"].read(link) for _, link in PIXELS]
    assert [problems for _, problems in found] == [[]] * len(PIXELS)
    specs = [spec for spec, _ in found]
    assert [spec.data.train for spec in specs] == [10_000, 60_000, 10_000, 10_000]
    assert specs[0].model == specs[1].model == SVMSpec(C=5, gamma=0.05)
    assert (specs[2].model.kernel, specs[3].model) == ("linear", SVMSpec())


def test_each_kernel_has_its_formula() -> None:
    names = Kernel.__dataclass_fields__["name"].type
    assert {"linear", "rbf", "poly", "sigmoid"} == FORMULAS.keys() - {"decision"}
    assert names == "KernelName"
