"""The digits room's pictures and labels, what runs have said, and training on from their weights; on a real store."""

from __future__ import annotations

import asyncio
import base64
import io
import secrets
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnviz.data import load
from nnviz.data.augment import rotated
from nnviz.events import decode_frame
from nnviz.models.weights import weights_to_flat
from nnviz.spec import DataSpec, RunSpec
from nnviz.web import services as holder
from nnviz.web.digits import title
from nnviz.web.messages import visitor_name
from tests.digit_room import CONV, DENSE, VISITOR, Room, predictions, weights_at


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with Room(tmp_path_factory.mktemp("home")) as made:
        yield made


# Pictures and labels


@pytest.mark.parametrize("split", ["train", "test"])
def test_sheets_hold_every_digit_and_info_its_label(room: Room, split: Any) -> None:
    data = load(RunSpec.model_validate(DENSE).data)
    answer = room.client.get(f"/nnviz/digits/info?data=digits&split={split}")
    info = answer.json()
    images, labels = data.x[data.rows(split), ..., 0], data.labels(split)
    assert (info["n"], info["height"], info["width"], info["classes"]) == (len(images), 8, 8, 10)
    np.testing.assert_array_equal(np.frombuffer(base64.b64decode(info["labels"]), np.uint8), labels)
    assert info["class_names"] == [str(k) for k in range(10)]
    for k in range(info["sheets"]):
        sheet = room.client.get(f"/nnviz/digits/sheet?data=digits&split={split}&sheet={k}")
        assert "immutable" in sheet.headers["cache-control"]
        pixels = np.asarray(Image.open(io.BytesIO(sheet.content)))
        for i in (0, 26, info["sheet"] - 1):
            if (index := k * info["sheet"] + i) < len(images):
                row, column = divmod(i, info["columns"])
                digit = pixels[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
                np.testing.assert_allclose(digit / 255, images[index], atol=0.003)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_training_images_come_with_the_copies_that_are_trained_on(room: Room, noise: float) -> None:
    query = f"data=digits&train=170&rotate=20&noise={noise}&sample=3"
    data, n = load(DataSpec(name="digits", train=170, rotate=20, noise=noise, seed=3)), 170
    for first in (0, 150):
        frame = decode_frame(room.client.get(f"/nnviz/digits/training?{query}&first={first}").content)
        pixels, degrees = frame.arrays["pixels"], frame.arrays["degrees"]
        count = min(50, n - first)
        assert pixels.shape == (count, 3, 8, 8)
        for part in range(3):
            rows = slice(first + part * n, first + part * n + count)
            np.testing.assert_allclose(pixels[:, part] / 255, data.x[rows, ..., 0], atol=0.003)
            np.testing.assert_array_equal(frame.arrays["labels"], data.y[rows])
        np.testing.assert_allclose(
            rotated(data.x[first : first + 1, ..., 0], degrees[0, 1])[0], data.x[first + n, ..., 0]
        )
        assert (degrees[:, 0] == 0).all()
        assert (degrees[:, 1] > 0).all()
        assert (degrees[:, 2] < 0).all()
        assert frame.meta == {"first": first, "page": 50, "total": n}
    plain = decode_frame(room.client.get("/nnviz/digits/training?data=digits&train=20").content)
    assert plain.arrays["pixels"].shape == (20, 1, 8, 8)


def test_the_key_tells_data_apart(room: Room) -> None:
    queries = ("data=digits", "data=digits&noise=0.1", "data=digits&noise=0.1&sample=1", "data=digits&split=train")
    assert len({room.client.get(f"/nnviz/digits/info?{query}").json()["key"] for query in queries}) == len(queries)


@pytest.mark.parametrize(
    ("path", "field", "status"),
    [
        ("info?data=circle", "data", 400),
        ("info?data=digits&split=all", "split", 400),
        ("info?data=digits&layers=3", "layers", 400),
        ("info?data=digits&train=many", "data", 400),
        ("info?data=digits&train=5000", "data", 400),
        ("info?data=images&images=" + "0" * 64 + "&classes=2", "data", 404),
        ("sheet?data=digits&sheet=1", "sheet", 404),
        ("sheet?data=digits&sheet=-1", "sheet", 400),
        ("sheet?data=digits", "sheet", 400),
        ("training?data=digits&first=-1", "first", 400),
        ("training?data=circle", "data", 400),
    ],
)
def test_what_is_no_data_is_refused_in_words(room: Room, path: str, field: str, status: int) -> None:
    answer = room.client.get(f"/nnviz/digits/{path}")
    assert answer.status_code == status
    assert answer.json()["field"] == field
    assert answer.json()["message"]


# What runs said


def test_the_history_of_a_digit(room: Room) -> None:
    run, parsed = room.run(DENSE, (), live=True)
    assert room.client.get(f"/nnviz/predictions?run={run}").status_code == 404
    room.store.add_frame(run, 1, predictions(0, [3, 4, 5], [0, 2, 9]))
    room.store.add_frame(run, 2, predictions(100, [1, 2, 3, 4]))
    room.hub.listen(run, predictions(250, [7, 8, 9]))
    label = int(load(parsed.data).labels("test")[2])
    assert room.client.get(f"/nnviz/history?run={run}&digit=2").json() == {
        "step": [0, 100, 250], "epoch": [0, 1, 2.5], "predicted": [4, 3, 9], "sure": [0.314, 0.235, 0.706],
        "true": [label] * 3, "sure_true": [0.2] * 3,
    }  # fmt: skip
    assert room.client.get(f"/nnviz/history?run={run}&digit=3").json()["step"] == [100]
    assert room.client.get(f"/nnviz/predictions?run={run}").content == predictions(250, [7, 8, 9])
    for query in ("run=nobody&digit=0", f"run={run}&digit=x", "digit=0", f"run={run}&digit=-1", "run=../x&digit=0"):
        assert room.client.get(f"/nnviz/history?{query}").status_code in {400, 404}


def test_a_visitors_runs_are_told_to_whoever_has_the_token(room: Room) -> None:
    run, _ = room.run(CONV)
    room.store.add_frame(run, 9, predictions(5, [1]))
    room.run({})  # no images
    assert room.store.flush()
    mine = room.post("/nnviz/runs", {"visitor": VISITOR}).json()
    assert mine[0]["run"] == run
    assert {k: mine[0][k] for k in ("data", "status", "accuracy")} == {
        "data": "digits", "status": "waiting", "accuracy": 0.5,
    }  # fmt: skip
    assert all(row["data"] == "digits" for row in mine)
    assert time.time() - mine[0]["created"] < 60
    assert room.post("/nnviz/runs", {"visitor": secrets.token_urlsafe(24)}).json() == []
    assert room.post("/nnviz/runs", {"visitor": visitor_name(VISITOR)}).json() == []  # the name alone opens nothing
    assert room.post("/nnviz/runs", {"visitor": "short"}).json()["field"] == "visitor"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (DENSE, "64-12-10"),
        (CONV, "3@3, max2, 5"),
        ({**DENSE, "model": {"family": "scratch", "layers": [{"units": 5}]}}, "64-5-10 (NumPy)"),
        ({"data": {"name": "digits"}, "model": {"family": "svm"}}, "SVM, rbf"),
    ],
)
def test_titles(spec: dict[str, Any], words: str) -> None:
    assert title(RunSpec.model_validate(spec)) == words


# Training on


def test_a_run_on_images_starts_from_weights_of_another(room: Room) -> None:
    run, parsed = room.run(DENSE, (0, 10, 30))
    room.store.add_frame(run, 90, predictions(20, [1]))
    room.store.add_frame(run, 91, predictions(30, [1]))
    assert room.store.flush()

    def start(**more: Any) -> Any:
        return asyncio.run(room.services.start_weights(parsed, run, more.get("seq"), more.get("edits", ())))

    for seq, step in ((None, 30), (90, 10), (91, 30), (1, 0)):
        assert start(seq=seq) == weights_to_flat(parsed, weights_at(parsed, step)).tobytes()
    with pytest.raises(holder.Refusal, match="not in the run's film"):
        start(seq=5555)
    other = RunSpec.model_validate(CONV)
    with pytest.raises(holder.Refusal, match="another shape"):
        asyncio.run(room.services.start_weights(other, run, None, ()))
    large, _ = room.run(DENSE, (500,))
    room.store.add_frame(large, 7, predictions(20, [1]))
    assert room.store.flush()
    with pytest.raises(holder.Refusal, match="only the newest weights"):
        asyncio.run(room.services.start_weights(parsed, large, 7, ()))
    svm = RunSpec.model_validate({"data": {"name": "digits"}, "model": {"family": "svm"}})
    with pytest.raises(holder.Refusal, match="fitted from nothing"):
        asyncio.run(room.services.start_weights(svm, run, None, ()))
