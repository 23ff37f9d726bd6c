"""A whole cluster by one command, and what a person trains on it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.clusters import Program
from tests.engines import until
from tests.serving import PATIENCE, ROOT


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `nnviz cluster local 1`."""
    program = Program("local", "1", "--port", "0", "--home", str(tmp_path_factory.mktemp("nodes")))
    program.said("Train on it with --cluster")
    found = re.search(r"tcp://127\.0\.0\.1:\d+", "".join(program.lines))
    assert found is not None
    parts = psutil.Process(program.process.pid).children()
    yield found[0]
    assert program.stop() == 0
    assert len(parts) == 2
    until(lambda: not any(part.is_running() for part in parts))


def run(*words: str) -> list[dict[str, Any]]:
    """What a command prints, as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "nnviz.cli", *words, "--json"],
        capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_train_and_sweep_say_the_same_as_on_this_machine(local: str, tmp_path: Path) -> None:
    there = ["--cluster", local, "--home", str(tmp_path)]
    words = ["train", "--set", "training.epochs=3"]
    *rows, end = run(*words, *there)
    *alone, other = run(*words, "--home", str(tmp_path))
    assert rows == alone
    assert {**end, "run": "", "seconds": 0} == {**other, "run": "", "seconds": 0}
    *runs, all_ = run("sweep", "--over", "learning_rate=0.02,0.05", "--set", "training.epochs=2", *there)
    assert sorted(one["number"] for one in runs) == [0, 1]
    assert all_["runs"] == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cluster", "somewhere"], "allowed is tcp://HOST:PORT"),
        (["--cluster", "tls://127.0.0.1:1", "--tls-ca", "none.pem"], "TLS needs all three"),
    ],
)
def test_a_bad_address_is_refused_in_words(options: list[str], words: str, tmp_path: Path) -> None:
    for command in ("train", "serve"):
        done = subprocess.run(
            [sys.executable, "-m", "nnviz.cli", command, "--home", str(tmp_path), *options],
            capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_without_a_cluster_nothing_of_it_is_imported() -> None:
    code = """
import sys, nnviz.cli, nnviz.web.server, nnviz.engine.local, nnviz.web.engines, nnviz.commands.train
found = [name for name in sys.modules if name.split(".")[0] in ("distributed", "dask") or ".engine.cluster" in name]
assert not found, found
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
