"""What is asked about a network and a picture, against a real store and real predictors: answers and refusals."""

from __future__ import annotations

import base64
import io
import json
import secrets
import socket
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from nnviz.analysis.look import patch_and_stride
from nnviz.analysis.rotation import affordable
from nnviz.data import load
from nnviz.events import Frame, encode_frame
from nnviz.models.predictor import NetworkPredictor
from nnviz.models.weights import initial_weights
from nnviz.spec import RunSpec
from tests.digit_room import CENTRED, CONV, DENSE, VISITOR, Room, weights_at, weights_frame


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with Room(tmp_path_factory.mktemp("home")) as made:
        yield made


# Looking


@pytest.mark.parametrize("spec", [DENSE, CONV, CENTRED], ids=["dense", "conv", "centred"])
def test_a_look_is_what_the_network_says(room: Room, spec: dict[str, Any]) -> None:
    run, parsed = room.run(spec, (0, 7))
    data = load(parsed.data)
    model, image = NetworkPredictor(parsed, weights_at(parsed, 7)), data.x[data.rows("test")][4:5]
    x = data.as_inputs(image)
    frame = room.look(run=run, digit=4, parts=["maps", "saliency", "occlusion", "nearest"])
    assert (frame.view, frame.step, frame.epoch) == ("look", 7, 0.7)
    assert frame.meta["label"] == int(data.labels("test")[4])
    probabilities = model.probabilities(x)[0]
    np.testing.assert_allclose(frame.arrays["probabilities"], probabilities, atol=1e-6)
    assert frame.meta["predicted"] == frame.meta["target"] == int(probabilities.argmax())
    np.testing.assert_allclose(frame.arrays["pixels"] / 255, image[0, ..., 0], atol=0.003)
    shown = [(placed, a[0]) for placed, a in model.activations(x) if placed.kind != "flatten"]
    assert [row["name"] for row in frame.meta["layers"]] == [placed.name for placed, _ in shown]
    for row, (_, a) in zip(frame.meta["layers"], shown, strict=True):
        u8 = frame.arrays[row["array"]].astype(np.float32)
        value = (u8 - 128) / 127 * row["peak"] if row["signed"] else u8 / 255 * row["peak"]
        maps = np.moveaxis(a, -1, 0) if a.ndim == 3 else a
        np.testing.assert_allclose(value, maps, atol=row["peak"] / 200 + 1e-7)
    saliency = model.saliency(x, np.array([frame.meta["target"]]))[0, ..., 0]
    np.testing.assert_allclose(frame.arrays["saliency"], saliency, atol=1e-6)
    assert frame.arrays["occlusion"].shape == (8, 8)
    assert frame.arrays["nearest_pixels"].shape == (8, 8, 8)


def test_occlusion_is_the_drop_when_a_grey_patch_lies_there(room: Room) -> None:
    run, parsed = room.run(CENTRED, (3,))
    data, model = load(parsed.data), NetworkPredictor(parsed, weights_at(parsed, 3))
    frame = room.look(run=run, digit=0, parts=["occlusion"], target=6)
    image = data.x[data.rows("test")][0].copy()
    before = model.probabilities(data.as_inputs(image[None]))[0, 6]
    assert frame.meta["patch"] == 2
    image[:2, :2] = 0.5  # the only patch over the corner
    after = model.probabilities(data.as_inputs(image[None]))[0, 6]
    assert frame.arrays["occlusion"][0, 0] == pytest.approx(before - after, abs=1e-6)


def test_the_nearest_are_the_nearest_and_a_training_digit_is_not_its_own_neighbour(room: Room) -> None:
    run, parsed = room.run(CENTRED)
    data = load(parsed.data.model_copy(update={"rotate": None}))
    train = data.x[data.rows("train")].reshape(data.n_train, -1)
    for split in ("test", "train"):
        frame = room.look(run=run, digit=11, split=split, parts=["nearest"])
        distances = np.linalg.norm(train - data.x[data.rows(split)][11].reshape(-1), axis=1)
        if split == "train":
            distances[11] = np.inf
        order = np.argsort(distances)[:8]
        np.testing.assert_allclose(frame.arrays["nearest_distance"], distances[order], rtol=1e-5)
        np.testing.assert_array_equal(frame.arrays["nearest_index"], order)
        np.testing.assert_array_equal(frame.arrays["nearest_label"], data.labels("train")[order])


def test_a_drawn_picture_has_no_label(room: Room) -> None:
    run, parsed = room.run(DENSE)
    data = load(parsed.data)
    image = data.x[data.rows("test")][9]
    drawn = base64.b64encode((image * 255).astype(np.uint8).tobytes()).decode()
    frame = room.look(run=run, pixels=drawn, parts=["nearest"])
    assert frame.meta["label"] is None
    np.testing.assert_allclose(
        frame.arrays["probabilities"], room.look(run=run, digit=9).arrays["probabilities"], atol=0.01
    )


def test_the_weights_of_a_step_are_those_kept_at_it_or_last_before(room: Room) -> None:
    run, _ = room.run(DENSE, (0, 10, 100))
    assert [room.look(run=run, digit=0, step=step).step for step in (0, 9, 10, 99, 100, 10**6)] == [
        0, 0, 10, 10, 100, 100,
    ]  # fmt: skip
    assert room.look(run=run, digit=0).step == 100


def test_of_a_large_network_there_is_only_the_newest_and_the_start(room: Room) -> None:
    run, parsed = room.run(DENSE, (500,))
    assert room.look(run=run, digit=0, step=20).step == 500
    start = room.look(run=run, digit=0, step=0)
    assert start.step == 0
    data = load(parsed.data)
    untrained = NetworkPredictor(parsed, initial_weights(parsed)).probabilities(data.inputs("test")[:1])[0]
    np.testing.assert_allclose(start.arrays["probabilities"], untrained, atol=1e-6)


def test_a_live_run_answers_with_its_newest_weights(room: Room) -> None:
    run, parsed = room.run(DENSE, (0,), live=True)
    assert room.look(run=run, digit=0).step == 0
    room.hub.listen(run, weights_frame(parsed, 40, run))
    assert room.look(run=run, digit=0).step == 40
    assert room.look(run=run, digit=0, step=39).step == 0


def test_a_run_that_waits_and_a_spec_show_the_untrained_network(room: Room) -> None:
    run, parsed = room.run(DENSE, ())
    waiting = room.look(run=run, digit=3, parts=["maps"])
    untrained = room.look(spec=DENSE, digit=3, parts=["maps"])
    assert waiting.step == untrained.step == 0
    for name, array in waiting.arrays.items():
        np.testing.assert_array_equal(array, untrained.arrays[name])
    other = room.look(spec={**DENSE, "seed": 1}, digit=3)
    assert not np.allclose(other.arrays["probabilities"], untrained.arrays["probabilities"])
    assert parsed.seed == 0


def test_looks_are_kept(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = room.run(DENSE)
    first = room.look(run=run, digit=5, parts=["maps", "saliency"])
    monkeypatch.setattr("nnviz.web.questions.look", None)  # nothing is computed any more
    again = room.look(run=run, digit=5, parts=["saliency", "maps"])
    np.testing.assert_array_equal(first.arrays["saliency"], again.arrays["saliency"])
    assert room.post("/nnviz/look", {"run": run, "digit": 6}).status_code == 500


GOOD = {"spec": DENSE, "digit": 0}
BAD: list[tuple[Any, str | None, str]] = [
    ([], None, "object"),
    ({}, "run", "one of the two"),
    ({"spec": DENSE}, "digit", "one of the two"),
    ({**GOOD, "run": "abc"}, "run", "one of the two"),
    ({"run": "../../etc/passwd", "digit": 0}, "run", "pattern"),
    ({"run": "nobody-knows-this", "digit": 0}, "run", "no such run"),
    ({**GOOD, "digit": 450}, "digit", "0 to 449"),
    ({**GOOD, "split": "validation"}, "digit", "has none"),
    ({**GOOD, "digit": -1}, "digit", "from 0 to"),
    ({**GOOD, "digit": True, "pixels": "AA=="}, "digit", "one of the two"),
    ({**GOOD, "target": 10}, "target", "0 to 9"),
    ({**GOOD, "parts": ["everything"]}, "parts.0", "maps"),
    ({**GOOD, "more": 1}, "more", "no such field"),
    ({"spec": DENSE, "pixels": "?"}, "pixels", "base64"),
    ({"spec": DENSE, "pixels": "AAAA"}, "pixels", "8 × 8 = 64 bytes (given: 3)"),
    ({"spec": {}, "digit": 0}, "spec", "no images"),
    ({"spec": {**DENSE, "model": {"family": "svm"}}, "digit": 0}, "spec.model.family", "fitted"),
    ({"spec": {**DENSE, "model": {"layers": [{"units": 0}]}}, "digit": 0}, "spec.model.layers.0.units", "from 1 to"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "field", "word"), BAD)
def test_bad_questions_are_explained(room: Room, body: Any, field: str | None, word: str) -> None:
    answer = room.post("/nnviz/look", body)
    assert answer.status_code in {400, 404}
    assert answer.json()["field"] == field
    assert word in answer.json()["message"]


def test_other_pages_and_endless_bodies_are_refused(room: Room) -> None:
    own = room.origin["Origin"]
    for origin in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": f"{own}0"}):
        assert room.client.post("/nnviz/look", json=GOOD, headers=origin).status_code == 403
        assert room.client.post("/nnviz/runs", json={"visitor": VISITOR}, headers=origin).status_code == 403
    assert room.client.get("/nnviz/look").status_code == 405
    large = b"x" * 70_000
    assert room.client.post("/nnviz/look", content=large, headers=room.origin).status_code == 413
    pieces = (large[:1000] for _ in range(100))  # no Content-Length
    assert room.client.post("/nnviz/look", content=pieces, headers=room.origin).status_code == 413
    assert room.client.post("/nnviz/look", content=b"{", headers=room.origin).json()["message"]
    assert room.client.post("/nnviz/look", content=b"[" * 50_000, headers=room.origin).status_code == 400
    for number in (b"NaN", b"Infinity", b"-Infinity", b"9" * 5000):  # Python reads some that JSON has not
        answer = room.client.post("/nnviz/look", content=b'{"digit": %b, "run": "x"}' % number, headers=room.origin)
        assert answer.status_code == 400
        assert answer.json()["message"]


ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
FIELDS = st.sampled_from(["run", "spec", "step", "split", "digit", "pixels", "parts", "target", "x"])


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(FIELDS, ANYTHING | st.lists(ANYTHING, max_size=3), max_size=5), st.booleans())
def test_whatever_is_asked_is_answered(room: Room, body: dict[str, Any], sensible: bool) -> None:
    answer = room.post("/nnviz/look", {**GOOD, **body} if sensible else body)
    assert answer.status_code in {200, 400, 404}, answer.text
    if answer.status_code != 200:
        assert answer.json()["message"]


# Drawn digits


def canvas(paper: int = 255, ink: int = 0, size: int = 280, form: str = "PNG") -> str:
    pixels = np.full((size, size), paper, np.uint8)
    pixels[60:220, 40:64] = pixels[60:84, 40:100] = ink
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form)
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize(("name", "side"), [("mnist", 28), ("digits", 8), ("fashion_mnist", 28), ("images", 28)])
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_handwriting_is_made_like_the_data(room: Room, name: str, side: int, form: str) -> None:
    made = room.post("/nnviz/handwriting", {"image": canvas(form=form), "name": name}).json()
    assert (made["height"], made["width"]) == (side, side)
    pixels = np.frombuffer(base64.b64decode(made["pixels"]), np.uint8).reshape(side, side)
    assert pixels.max() > 200
    assert np.median(pixels) < 20  # light on dark
    for step in made["steps"]:
        assert step["title"]
        assert step["text"]
        assert Image.open(io.BytesIO(base64.b64decode(step["picture"]))).size[0] > 0
    url = "data:image/png;base64," + canvas(paper=0, ink=255)
    inverse = room.post("/nnviz/handwriting", {"image": url, "name": name}).json()
    if form == "PNG":
        assert inverse["pixels"] == made["pixels"]


def bytes_of(image: Image.Image, form: str) -> str:
    out = io.BytesIO()
    image.save(out, form)
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize(
    ("image", "word", "status"),
    [
        ("no base64!", "base64", 400),
        (base64.b64encode(b"\x80\x04\x95 a pickle").decode(), "no picture", 400),
        (bytes_of(Image.new("L", (9, 9)), "GIF"), "PNG and JPEG", 400),
        (bytes_of(Image.new("1", (2049, 20)), "PNG"), "2,048", 400),
        (bytes_of(Image.new("1", (60_000, 60_000)), "PNG"), "2,048", 400),
        (bytes_of(Image.new("L", (100, 100), 255), "PNG"), "empty", 400),
        (canvas()[:400], "damaged", 400),
        (base64.b64encode(bytes(2_000_001)).decode(), "2,000,000", 413),
        ("A" * 3_000_000, "bytes", 413),
    ],
    ids=["text", "pickle", "gif", "wide", "bomb", "empty", "cut", "large", "endless"],
)
def test_pictures_that_are_none_are_refused_in_words(room: Room, image: str, word: str, status: int) -> None:
    answer = room.post("/nnviz/handwriting", {"image": image, "name": "mnist"})
    assert answer.status_code == status, answer.text
    assert word in answer.json()["message"]


# Turned digits


def test_rotated_is_the_accuracy_on_turned_digits(room: Room) -> None:
    run, parsed = room.run(CENTRED, (2,))
    data, model = load(parsed.data), NetworkPredictor(parsed, weights_at(parsed, 2))
    straight = room.post("/nnviz/rotated", {"run": run, "angle": 0}).json()
    said = model.predicted(data.inputs("test"))
    assert straight["accuracy"] == pytest.approx((said == data.labels("test")).mean())
    assert (straight["n"], straight["of"], straight["split"], straight["step"]) == (450, 450, "test", 2)
    assert straight["low"] < straight["accuracy"] < straight["high"]
    assert straight["predicted"] == said[:20].tolist()
    assert straight["true"] == data.labels("test")[:20].tolist()
    turned = room.post("/nnviz/rotated", {"run": run, "angle": -90, "n": 100}).json()
    assert turned["n"] == 100
    strip = np.asarray(Image.open(io.BytesIO(base64.b64decode(turned["pictures"]))))
    assert strip.shape == (8, 20 * 8)
    np.testing.assert_allclose(strip[:, :8] / 255, np.rot90(data.x[data.rows("test")][0, ..., 0], -1), atol=0.003)
    for body in ({"run": run, "angle": 181}, {"run": run}, {"run": "nobody", "angle": 0}):
        assert room.post("/nnviz/rotated", body).status_code in {400, 404}


@pytest.mark.parametrize("side", [8, 28])
def test_dear_networks_are_looked_at_in_larger_strides(side: int) -> None:
    patch, fine = patch_and_stride(side, 25_000)
    assert fine == max(1, side // 14)
    strides = [patch_and_stride(side, work)[1] for work in (10**6, 10**7, 10**8, 2 * 10**8)]
    assert strides == sorted(strides)
    assert strides[-1] <= patch, "every pixel is still covered"
    for work, stride in zip((10**6, 10**7, 10**8, 2 * 10**8), strides, strict=True):
        assert ((side - patch) // stride + 1) ** 2 * work < 5e9


def test_no_question_of_turned_digits_takes_minutes(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert affordable(10_000, 23_860) == 10_000
    assert affordable(10_000, 23_860, 123) == 123
    for wanted in (None, 60_000):
        assert affordable(60_000, 200_000_000, wanted) * 200_000_000 <= 2e10
    monkeypatch.setattr("nnviz.analysis.rotation.MOST_WORK", 1e8)
    layers = [{"kind": "conv2d", "filters": 64, "kernel_size": 5, "padding": "same"}] * 2
    run, parsed = room.run({**DENSE, "model": {"layers": layers}})
    answer = room.post("/nnviz/rotated", {"run": run, "angle": 30, "n": 60_000}).json()
    assert answer["n"] == int(1e8 / parsed.multiply_adds) > 1
    monkeypatch.setattr("nnviz.analysis.look.OCCLUSION_WORK", 1e8)
    look = room.look(run=run, digit=0, parts=["occlusion"])
    assert look.meta["stride"] <= look.meta["patch"]
    assert look.arrays["occlusion"].shape == (8, 8)


def test_a_body_that_does_not_come_ends(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnviz.web.json_errors.BODY_SECONDS", 0.1)
    with socket.create_connection(("127.0.0.1", room.client.base_url.port or 0)) as wire:
        head = f"POST /nnviz/look HTTP/1.1\r\nHost: {room.client.base_url.netloc.decode()}\r\n"
        wire.sendall(f"{head}Origin: {room.origin['Origin']}\r\nContent-Length: 60000\r\n\r\n{{".encode())
        wire.settimeout(10)
        assert b" 408 " in wire.recv(100)


def test_answers_are_json_numbers(room: Room) -> None:
    """No NaN reaches a browser, also of a network whose weights are none any more."""
    parsed, run = RunSpec.model_validate(DENSE), secrets.token_urlsafe(16)
    room.store.create_run(run, parsed, "v")
    flat = np.full(parsed.parameters, np.nan, np.float32)
    room.store.add_frame(run, 1, encode_frame(Frame("weights", 1, 0.1, {}, {"weights": flat}), run))
    assert room.store.flush()
    frame = room.look(run=run, digit=0, parts=["maps", "saliency", "occlusion"])
    assert np.isfinite(frame.arrays["probabilities"]).all()
    json.dumps(frame.meta, allow_nan=False)
