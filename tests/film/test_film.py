"""A film is drawn from what the store has: pictures, their order, their colours; and refused in words where there is
none. Opened with Pillow and ffmpeg, which have not written it in the same way."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from nnviz.cli import cli
from nnviz.data import cached
from nnviz.events import Frame, Metrics, decode_frame, encode_frame
from nnviz.export import FORMATS, CannotExport, Source
from nnviz.figures.theme import LIGHT
from nnviz.film.axes import ticks
from nnviz.film.head import told
from nnviz.film.points import PLANE, PointsScene
from nnviz.film.reel import MOST_PICTURES, Reel
from nnviz.film.render import TooLongError, render
from nnviz.film.sheet import GROUND, HEIGHT, WIDTH
from nnviz.models.weights import initial_weights
from nnviz.probes.filters import filters_frame
from nnviz.probes.network import NetworkProbe
from nnviz.spec import RunSpec
from nnviz.store.store import Store

POINTS: dict[str, Any] = {"data": {"name": "xor"}, "model": {"layers": [{"units": 4}]}}
CLASSES: dict[str, Any] = {"data": {"name": "blobs", "classes": 3}, "model": {"layers": [{"units": 4}]}}
IMAGES: dict[str, Any] = {"data": {"name": "digits"}, "model": {"layers": [{"units": 12}]}}
SVM: dict[str, Any] = {"data": {"name": "digits"}, "model": {"family": "svm"}}
EACH = 25


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def store(home: Path) -> Iterator[Store]:
    with Store(home) as store:
        yield store


def record(store: Store, home: Path, id: str, fields: dict[str, Any], pictures: int) -> RunSpec:
    """A run whose weights grow from picture to picture: each network says other things than the one before."""
    spec = RunSpec.model_validate(fields)
    store.create_run(id, spec, visitor="v")
    data, rng = cached(spec.data, home), np.random.default_rng(0)
    start = [] if not spec.is_network else initial_weights(spec)
    for n in range(pictures):
        step, epoch = EACH * n, float(n)
        weights = [w * (1 + n) + 0.3 * n * rng.standard_normal(w.shape).astype(np.float32) for w in start]
        frames = []
        if spec.data.is_image and spec.is_network:
            truth = np.asarray(data.labels("test"))
            right = rng.random(len(truth)) < n / pictures
            predicted = np.where(right, truth, (truth + 1) % 10).astype(np.uint8)
            accuracy = float(right.mean())
            meta = {"split": "test", "n": len(truth), "of": len(truth), "correct": int(right.sum()),
                    "accuracy": accuracy, "loss": 1 - accuracy, "low": 0.0, "high": 1.0}  # fmt: skip
            frames.append(Frame("predictions", step, epoch, meta, {"predicted": predicted}))
            if n % 2 == 0:
                frames.append(filters_frame(spec, weights, step, epoch))
        elif spec.is_network:
            frames.append(NetworkProbe(spec, data).frame(weights, step, epoch))
        for place, frame in enumerate(frames):
            store.add_frame(id, 2 * n + place + 1, encode_frame(frame, id))
        row = Metrics(
            epoch=epoch, step=step, loss=1 / (1 + n), val_loss=1.2 / (1 + n), accuracy=n / pictures,
            val_accuracy=0.9 * n / pictures, penalty=0.0, learning_rate=0.1, seconds=0.1 * n, epoch_end=True,
        )  # fmt: skip
        store.add_event(id, {**row.to_json(), "seq": n + 1})
    return spec


def pictures_of(
    data: bytes, kind: str, folder: Path, size: tuple[int, int] = (HEIGHT, WIDTH)
) -> list[NDArray[np.uint8]]:
    path = folder / f"film.{kind}"
    path.write_bytes(data)
    if kind == "gif":
        with Image.open(path) as image:
            found = []
            for place in range(image.n_frames):
                image.seek(place)
                found.append(np.asarray(image.convert("RGB")))
            return found
    command = [get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    decoded = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
    return list(np.frombuffer(decoded, np.uint8).reshape(-1, *size, 3))


@pytest.mark.parametrize("kind", ["gif", "mp4"])
@pytest.mark.parametrize(("name", "fields"), [("points", POINTS), ("images", IMAGES)])
def test_every_recorded_picture_is_in_the_film(
    store: Store, home: Path, tmp_path: Path, kind: str, name: str, fields: dict[str, Any]
) -> None:
    run, seen = f"{kind}-{name}", list[tuple[int, int]]()
    spec = record(store, home, run, fields, 5)
    film = render(store, run, spec, home, kind, width=640, report=lambda done, of: seen.append((done, of)))
    pictures = pictures_of(film, kind, tmp_path, (360, 640))
    assert seen == [(n, 5) for n in range(1, 6)]
    assert [picture.shape for picture in pictures] == [(360, 640, 3)] * 5
    for before, after in itertools.pairwise(pictures):
        assert np.abs(before.astype(int) - after).max() > 60
    ends = np.abs(pictures[0].astype(int) - pictures[-1])[:, :300].max(-1)
    assert (ends > 25).mean() > 0.05, "the boundary, or the matrix, is another at the end"


@pytest.mark.parametrize(("name", "fields"), [("two", POINTS), ("three", CLASSES)])
def test_the_map_has_the_colours_of_what_the_recorded_network_predicts(
    store: Store, home: Path, tmp_path: Path, name: str, fields: dict[str, Any]
) -> None:
    spec = record(store, home, name, fields, 4)
    scene, reel = PointsScene(Reel(store, name, spec, home), WIDTH), Reel(store, name, spec, home)
    drawn = [np.asarray(scene.draw(picture)) for n in range(len(reel)) if (picture := reel.picture(n)) is not None]
    saved = pictures_of(render(store, name, spec, home, "mp4"), "mp4", tmp_path)
    assert all(np.abs(a.astype(int) - b).mean() < 4 for a, b in zip(drawn, saved, strict=True))
    frames = [decode_frame(data) for data in store.film_frames(name, "network")]
    assert len(frames) == len(drawn)
    left, top, right, bottom = (round(v) for v in PLANE)
    for frame, picture in zip(frames[1:], drawn[1:], strict=True):
        outputs = frame.arrays["boundary"]
        n, checked = outputs.shape[-1], 0
        for row, column in itertools.product(range(4, n - 4, 3), repeat=2):
            near = outputs[:, row - 2 : row + 3, column - 2 : column + 3]
            middle = 0.5 if spec.output_activation == "sigmoid" else 0.0
            said = near.argmax(0) if len(outputs) > 1 else (near[0] > middle).astype(int)
            sure = np.sort(near, 0)[-1] - np.sort(near, 0)[-2] if len(outputs) > 1 else np.abs(near[0] - middle)
            x = left + (column + 0.5) / n * (right - left)
            y = bottom - (row + 0.5) / n * (bottom - top)
            region = picture[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].reshape(-1, 3).astype(float)
            shade = region.mean(0) - np.asarray(LIGHT.neutral)
            hues = [np.asarray(color) - LIGHT.neutral for color in LIGHT.classes[: max(2, len(outputs))]]
            match = [shade @ hue / np.linalg.norm(hue) for hue in hues]
            sample = region.std(0).max() > 4 or max(match) > 0.8 * min(np.linalg.norm(hue) for hue in hues)
            if said.min() != said.max() or sure.min() < 0.3 or sample:
                continue  # near the boundary, or a sample is drawn there
            assert int(np.argmax(match)) == said.flat[0], (frame.step, row, column)
            checked += 1
        assert checked > 20
    assert (drawn[0][:5] == np.asarray(GROUND)).all()


def test_the_words_of_a_picture_are_those_of_its_step(store: Store, home: Path) -> None:
    spec = record(store, home, "words", IMAGES, 4)
    reel = Reel(store, "words", spec, home)
    first, third = reel.picture(0), reel.picture(3)
    assert first is not None
    assert third is not None
    assert told(first).startswith(
        "epoch 0.00 · step 0 · training loss 1 · validation loss 1.2 · training accuracy 0.0 %"
    )
    accuracy = third.frames["predictions"].meta["accuracy"]
    assert told(third).startswith("epoch 3.00 · step 75 · training loss 0.25")
    assert told(third).endswith(f"test accuracy {100 * accuracy:.1f} %")
    assert third.frames["filters"].step == 50, "of a view that is recorded less often the newest that is not later"


def test_of_many_pictures_the_film_has_the_first_the_last_and_some_between(store: Store, home: Path) -> None:
    spec = RunSpec.model_validate(POINTS)
    store.create_run("many", spec, visitor="v")
    for n in range(1, 190):
        frame = Frame("network", n, n / 10, {}, {"boundary": np.zeros((1, 2, 2), np.float32)})
        store.add_frame("many", n, encode_frame(frame, "many"))
    reel = Reel(store, "many", spec, home)
    steps = [step for _, step, _ in reel.rows]
    assert (steps[0], steps[-1]) == (1, 189)
    assert len(steps) == len(set(steps)) <= MOST_PICTURES


def test_what_has_no_film_is_refused_in_words(store: Store, home: Path) -> None:
    record(store, home, "one", POINTS, 1)
    record(store, home, "svm", SVM, 0)
    for run, words in (("one", "a film needs 2 recorded pictures, and this run has 1"), ("svm", "an SVM is fitted")):
        row = store.get_run(run)
        assert row is not None
        assert row.spec is not None
        source = Source(row.spec, home, store, row)
        assert words in (FORMATS["gif"].refusal(source) or "")
        with pytest.raises(CannotExport, match=words):
            FORMATS["mp4"].make(source)
    bare = Source(RunSpec.model_validate(POINTS), home)
    assert "needs a run" in (FORMATS["gif"].refusal(bare) or "")


def test_size_speed_and_time_are_bounded(store: Store, home: Path) -> None:
    spec = record(store, home, "bounds", POINTS, 2)
    row = store.get_run("bounds")
    source = Source(spec, home, store, row)
    with pytest.raises(CannotExport, match="width: allowed are 480 to 960 pixels"):
        FORMATS["gif"].make(source, width=961)
    with pytest.raises(CannotExport, match=r"speed: allowed are 0.25, 0.5, 1, 2, 4 \(given: '3'\)"):
        FORMATS["gif"].make(source, speed="3")
    with pytest.raises(TooLongError, match="0 of 2 pictures were drawn in 0 seconds"):
        render(store, "bounds", spec, home, "gif", seconds=0)


def test_the_command_and_the_process_write_the_same_film(store: Store, home: Path, tmp_path: Path) -> None:
    record(store, home, "command", POINTS, 3)
    store.flush()
    path, other = tmp_path / "film.gif", tmp_path / "other.gif"
    words = ["export", "command", "--as", "gif", "--speed", "2", "-o", str(path), "--home", str(home)]
    ended = CliRunner().invoke(cli, words)
    assert (ended.exit_code, ended.stdout.split()) == (0, [str(path)])
    with Image.open(path) as image:
        assert (image.n_frames, image.size) == (3, (WIDTH, HEIGHT))
        assert image.info["duration"] == 60  # 16 pictures a second, in hundredths of a second
    command = [sys.executable, "-m", "nnviz.export.film_process", str(home), "command", "gif", "2", str(other)]
    read, write = os.pipe()  # kept open: it ends when its parent does
    done = subprocess.run(command, stdin=read, capture_output=True, text=True, check=True)
    os.close(read)
    os.close(write)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-2:] == [{"event": "drawn", "done": 3, "of": 3}, {"event": "done"}]
    assert other.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (-6, 6, [-5, 0, 5]), (0, 30, [0, 10, 20, 30]), (2, 2, [2])],
)
def test_ticks_are_round_numbers(low: float, high: float, wanted: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(wanted)
