"""A run that goes on from a picture of another one's film shares its past: curve, film, and the table's word of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nnviz.data import load
from nnviz.events import Frame, decode_frame, frame_header
from nnviz.models.metrics import evaluate
from nnviz.models.weights import flat_to_weights
from nnviz.spec import RunSpec
from nnviz.web.services import shares_past
from tests.serving import Browser, Server

SPEC: dict[str, Any] = {"data": {"name": "xor"}, "training": {"epochs": 30}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("home")) as running:
        yield running
    assert "Traceback" not in running.err, running.err


def changed(**training: Any) -> dict[str, Any]:
    return {**SPEC, "training": {**SPEC["training"], **training}}


def columns(browser: Browser, run: str) -> dict[str, list[Any]]:
    browser.say(do="past", run=run)
    found: dict[str, list[Any]] = browser.until("past", run=run)["columns"]
    return found


def networks(browser: Browser, run: str) -> list[Frame]:
    """The pictures of a run's network that have been read."""
    headers = [(frame_header(data), data) for data in browser.frames]
    return [decode_frame(data) for about, data in headers if (about["run"], about["view"]) == (run, "network")]


def test_of_the_run_before_a_page_gets_the_frames_that_it_draws(server: Server) -> None:
    with server.browser() as mine, server.browser() as other:
        run = mine.submit({"job": "perceptron", "epochs": 2}, speed={"steps": None, "fps": 12})
        mine.until("finished", run=run)
        other.say(do="past", run=run, views=["perceptron", "weights", "nothing"])
        assert other.until("past", run=run)["columns"]["epoch"][-1] == 2
        frame = other.read()
        assert isinstance(frame, bytes)
        about = frame_header(frame)
        assert (about["run"], about["view"], len(about["meta"]["errors"])) == (run, "perceptron", 2)


def test_a_fork_has_its_parents_past_and_a_future_of_its_own(server: Server) -> None:
    with server.browser() as mine:
        parent = mine.filmed(SPEC, 6, room="playground")
        mine.say(do="film")
        film = mine.until("film")["frames"]
        seq, step, _ = film[len(film) // 2]
        faster = changed(optimizer={"name": "sgd", "learning_rate": 0.3})
        child = mine.submit(faster, room="playground", **{"from": parent, "seq": seq})
        assert mine.until("finished", run=child)["epochs"] == 30
        before, after = columns(mine, parent), columns(mine, child)
        shared = sum(at <= step for at in before["step"])
        assert 1 < shared < len(before["step"])
        for name in ("step", "epoch", "loss", "learning_rate"):
            assert after[name][:shared] == before[name][:shared]
        assert set(after["learning_rate"][shared:]) == {0.3}
        assert after["loss"][-1] != before["loss"][-1]
        assert after["step"] == sorted(set(after["step"]))
        mine.say(do="film")
        assert [row[1] for row in mine.until("film", run=child)["frames"]][: len(film) // 2 + 1] == [
            row[1] for row in film[: len(film) // 2 + 1]
        ]
        mine.say(do="list_runs", n=1)
        row = mine.until("runs")["rows"][0]
        assert (row["run"], row["parent"], row["parent_step"]) == (child, parent, step)
        assert row["parent_title"] == "Exclusive or: 2-4-2-1, tanh, SGD 0.03"
        # Epochs of another length are no common axis: it begins anew, with the weights.
        other = mine.submit(changed(batch_size=30, epochs=1), **{"from": parent, "seq": seq})
        mine.until("finished", run=other)
        assert columns(mine, other)["step"][0] == 0
        mine.say(do="list_runs", n=2)
        assert mine.until("runs", n=2)["rows"][0]["parent"] == parent


def test_a_fork_with_a_weight_changed_by_hand_shows_it_before_it_trains(server: Server) -> None:
    with server.browser() as mine:
        parent = mine.filmed(SPEC, 4)
        mine.say(do="film")
        seq, step, _ = mine.until("film")["frames"][3]
        edit = {"do": "edit", "layer": 0, "what": "bias", "column": 0, "value": 0.75}
        child = mine.submit(SPEC, play=False, edits=[edit], **{"from": parent, "seq": seq})
        row = mine.until("metrics", run=child)
        assert row["step"] == step
        while not (shown := [one for one in networks(mine, child) if one.arrays["weights"][2 * 4] == 0.75]):
            mine.read()  # the picture of the parent's film may be the first
        network = shown[0]
        weights = network.arrays["weights"]
        assert network.step == step
        spec = RunSpec.model_validate(SPEC)
        data = load(spec.data)
        inputs, labels = data.inputs("train"), data.labels("train")
        loss, _ = evaluate(spec, flat_to_weights(spec, weights), inputs, labels, 0.0)
        assert row["loss"] == pytest.approx(loss, rel=1e-4)
        mine.say(do="stop")


@pytest.mark.parametrize(
    ("child", "shared"),
    [
        (changed(optimizer={"name": "adam"}), True),
        ({**SPEC, "model": {"activation": "relu"}, "seed": 3}, True),
        ({**SPEC, "model": {"layers": [{"units": 3}]}}, False),
        ({**SPEC, "data": {"name": "xor", "noise": 0.1}}, False),
        (changed(batch_size=1), False),
        (changed(loss="mean_squared_error"), False),
    ],
)
def test_what_shares_a_past(child: dict[str, Any], shared: bool) -> None:
    parent = RunSpec.model_validate(changed(loss="binary_crossentropy"))
    if child.get("training", {}).get("loss") is None:
        child = {**child, "training": {**child["training"], "loss": "binary_crossentropy"}}
    assert shares_past(parent, RunSpec.model_validate(child)) is shared
