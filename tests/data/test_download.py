"""`nnviz data get`: whole and right, or one clear line and nothing on the disk."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from nnviz.data import DataError, DataMissing, download, load
from nnviz.data.download import fetch
from nnviz.sets import SETS, fashion_mnist
from nnviz.sets.base import Fetched, File
from nnviz.spec import DataSpec
from tests.test_cli import complaint, lines, nnviz, start

FILE = bytes(range(256)) * 4000
NO_ADDRESS = "http://127.0.0.1:9/mnist.npz"


def idx(values: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, values.ndim]) + b"".join(size.to_bytes(4, "big") for size in values.shape)
    return gzip.compress(head + values.astype(np.uint8).tobytes(), 1)


def fashion_files() -> dict[str, bytes]:
    """Four files of Fashion-MNIST's shapes: image i is all i mod 256, label i mod 10."""
    made = {}
    for split, count in (("train", 60_000), ("test", 10_000)):
        number = np.arange(count)
        images = np.broadcast_to((number % 256).astype(np.uint8)[:, None, None], (count, 28, 28))
        made[fashion_mnist.FILES[f"x_{split}"]] = idx(images)
        made[fashion_mnist.FILES[f"y_{split}"]] = idx(number % 10)
    return made


FASHION = fashion_files()


class Files(BaseHTTPRequestHandler):
    """The file at any path; Fashion-MNIST's below /fashion; /half and /slow break off and never end."""

    asked: list[str]
    stop: threading.Event

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/missing":
            self.send_error(404)
            return
        content = FASHION.get(self.path.removeprefix("/fashion/"), FILE)
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if self.path in {"/half", "/slow"} else content)
        if self.path == "/slow":
            self.wfile.flush()
            self.stop.wait(60)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Files.asked, Files.stop = [], threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        Files.stop.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files belong, and no other place to find them."""
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "data"


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made files' own checksums, in the place of the real ones'."""
    files = tuple(File(name, "md5:" + hashlib.md5(data).hexdigest(), len(data)) for name, data in FASHION.items())
    fetched = Fetched(files, fashion_mnist.find, fashion_mnist.folder)
    monkeypatch.setitem(SETS, "fashion_mnist", replace(SETS["fashion_mnist"], fetched=fetched))


def test_a_file_comes_whole(address: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.npz"
    checksum, seen = "sha256:" + hashlib.sha256(FILE).hexdigest(), []
    download.download(f"{address}/file", checksum, path, lambda *progress: seen.append(progress))
    assert path.read_bytes() == FILE
    assert seen[-1] == (len(FILE), len(FILE))
    assert seen == sorted(seen)
    path.write_bytes(b"damaged")
    download.download(f"{address}/file", checksum, path, lambda *_: None)
    assert path.read_bytes() == FILE
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/file", "what came is not the file that was expected (another checksum)"),
        ("/missing", "the server says 404 Not Found"),
        ("/half", "the connection broke off"),
    ],
)
def test_what_is_wrong_is_one_line_and_leaves_nothing(address: str, folder: Path, path: str, reason: str) -> None:
    done = nnviz("data", "get", "mnist", "--from", address + path)
    assert done.returncode == 1
    assert complaint(done).startswith(
        f"mnist could not be fetched: {reason}; or put the file at {folder / 'mnist.npz'}"
    )
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
@pytest.mark.usefixtures("folder")
def test_offline(name: str) -> None:
    done = nnviz("data", "get", name, "--from", NO_ADDRESS)
    assert done.returncode == 1
    words = complaint(done)
    assert words.startswith(f"{name} could not be fetched: no connection; is this machine online?")
    assert words.endswith("the data set digits works without a network")
    for_programs = nnviz("data", "get", name, "--json", "--from", NO_ADDRESS)
    assert (for_programs.returncode, for_programs.stderr) == (1, "")
    assert lines(for_programs.stdout) == [{"event": "failed", "message": words}]


def test_one_that_is_here_is_not_fetched(mnist: Path) -> None:
    done = nnviz("data", "get", "mnist", "--from", NO_ADDRESS)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"mnist is already here: {mnist}\n", "")
    done = nnviz("data", "get", "mnist", "--json")
    assert lines(done.stdout) == [{"event": "done", "path": str(mnist)}]


def test_one_that_is_damaged_is_fetched_again(folder: Path) -> None:
    folder.mkdir()
    (folder / "mnist.npz").write_bytes(b"half of it")
    done = nnviz("data", "get", "mnist", "--from", NO_ADDRESS)
    assert done.returncode == 1
    assert (folder / "mnist.npz").read_bytes() == b"half of it"


def test_progress_for_programs_and_a_fetch_that_is_ended(address: str, folder: Path) -> None:
    """As the web process has it: lines while it comes, and nothing left behind when it is told to stop."""
    with start("data", "get", "mnist", "--json", "--from", address + "/slow") as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert set(line) == {"bytes", "total"}
        assert 0 < line["bytes"] < line["total"]
        assert list(folder.iterdir()) != []
        process.terminate()
        assert process.wait(20) == 143
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("published")
def test_fashion_mnist_comes_in_four_files(address: str, folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = fetch("fashion_mnist", lambda *progress: seen.append(progress), address + "/fashion/")
    assert path == folder / "fashion-mnist" == fashion_mnist.find()
    assert {file.name: file.read_bytes() for file in path.iterdir()} == FASHION
    total = sum(map(len, FASHION.values()))
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)
    data = load(DataSpec.model_validate({"name": "fashion_mnist", "train": 300, "validation": 10, "test": 20}))
    assert np.allclose(data.x[:300, 0, 0, 0], np.arange(300) % 256 / 255)
    assert np.allclose(data.x[300:310, 0, 0, 0], np.arange(59_990, 60_000) % 256 / 255)
    assert data.y[310:].tolist() == [i % 10 for i in range(20)]
    assert data.class_names[9] == "Ankle boot"


@pytest.mark.usefixtures("published")
def test_only_what_is_missing_or_wrong_is_fetched(address: str, folder: Path) -> None:
    names = list(FASHION)
    (folder / "fashion-mnist").mkdir(parents=True)
    (folder / "fashion-mnist" / names[0]).write_bytes(FASHION[names[0]])
    (folder / "fashion-mnist" / names[1]).write_bytes(b"half of it")
    fetch("fashion_mnist", lambda *_: None, address + "/fashion")
    assert Files.asked == [f"/fashion/{name}" for name in names[1:]]


@pytest.mark.parametrize("fault", ["short", "long", "shape", "kind", "cut", "no gzip"])
def test_an_idx_file_that_is_something_else(fault: str, folder: Path) -> None:
    place = folder / "fashion-mnist"
    place.mkdir(parents=True)
    for name, data in FASHION.items():
        (place / name).write_bytes(data)
    labels = np.zeros(60_000, np.uint8)
    wrong = {
        "short": gzip.compress(gzip.decompress(idx(labels))[:-1]),
        "long": gzip.compress(gzip.decompress(idx(labels)) + b"\0"),
        "shape": idx(labels.reshape(300, 200)),
        "kind": gzip.compress(b"\0\0\x0d" + gzip.decompress(idx(labels))[3:]),
        "cut": idx(labels)[:-10],
        "no gzip": b"plain",
    }
    (place / fashion_mnist.FILES["y_train"]).write_bytes(wrong[fault])
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte\.gz .*nnviz data get fashion_mnist"):
        load(DataSpec.model_validate({"name": "fashion_mnist"}))


def test_fashion_mnist_that_is_not_there(folder: Path) -> None:
    folder.mkdir()
    with pytest.raises(DataMissing, match=r"fashion_mnist\.npz.*nnviz data get fashion_mnist.*digits works without"):
        load(DataSpec.model_validate({"name": "fashion_mnist"}))


def test_a_damaged_archive_in_front_is_named(folder: Path) -> None:
    folder.mkdir()
    (folder / "fashion_mnist.npz").write_bytes(b"half of it")
    done = nnviz("data", "get", "fashion_mnist", "--from", NO_ADDRESS)
    assert f"{folder / 'fashion_mnist.npz'} would be found first; move it away" in complaint(done)
