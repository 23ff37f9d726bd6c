"""`nnviz data get mnist`: whole and right, or one clear line and nothing on the disk."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nnviz.commands.data import download
from tests.test_cli import complaint, nnviz

FILE = bytes(range(256)) * 4000


class Files(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(FILE)))
        self.end_headers()
        self.wfile.write(FILE[: len(FILE) // 2] if self.path == "/half" else FILE)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the file belongs, and no other place to find it."""
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "data"


def test_a_file_comes_whole(address: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.npz"
    download(f"{address}/file", hashlib.sha256(FILE).hexdigest(), path)
    assert path.read_bytes() == FILE
    path.write_bytes(b"damaged")
    download(f"{address}/file", hashlib.sha256(FILE).hexdigest(), path)
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


@pytest.mark.usefixtures("folder")
def test_offline() -> None:
    done = nnviz("data", "get", "mnist", "--from", "http://127.0.0.1:9/mnist.npz")
    assert done.returncode == 1
    assert complaint(done).startswith("mnist could not be fetched: no connection; is this machine online?")


def test_one_that_is_here_is_not_fetched(mnist: Path) -> None:
    done = nnviz("data", "get", "mnist", "--from", "http://127.0.0.1:9/mnist.npz")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"mnist is already here: {mnist}\n", "")


def test_one_that_is_damaged_is_fetched_again(folder: Path) -> None:
    folder.mkdir()
    (folder / "mnist.npz").write_bytes(b"half of it")
    done = nnviz("data", "get", "mnist", "--from", "http://127.0.0.1:9/mnist.npz")
    assert done.returncode == 1
    assert (folder / "mnist.npz").read_bytes() == b"half of it"
