"""What the README promises: its commands run as they stand there, and its pictures and folders are there."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from nnviz.sets.mnist import find
from nnviz.spec import RunSpec

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
ELSEWHERE = {
    "nnviz serve": "web/test_server.py",
    "nnviz cluster": "engine/test_cluster.py",
    "nnviz bench train": "bench/test_train.py",
    "nnviz bench growth": "bench/test_train.py",
    "nnviz bench": "bench/test_bench.py",
    "nnviz data get fashion_mnist": "data/test_download.py",
}
"""Commands that do not end, take minutes or need a network → the tests that run them in small."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("nnviz ")]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with the files that the README's commands name."""
    (tmp_path / "spec.json").write_text(blocks("json")[0], "utf-8")
    rows = [f"{i % 5},{i % 7},{'in' if i % 5 > 2 else 'out'}" for i in range(35)]
    (tmp_path / "points.csv").write_text("\n".join(["x1,x2,label", *rows]), "utf-8")
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        for i in range(12):
            png = BytesIO()
            Image.new("L", (28, 28), 20 * i).save(png, "PNG")
            archive.writestr(f"{'dark' if i < 6 else 'light'}/{i}.png", png.getvalue())
    return tmp_path


def test_the_readme_has_commands_and_an_example() -> None:
    assert len(COMMANDS) >= 10
    (example,) = blocks("json")
    spec = RunSpec.model_validate(json.loads(example))
    assert spec.network.family == "scratch"
    assert {"Dense", "Conv2D"} <= {type(layer).__name__ for layer in spec.network.layers}


@pytest.mark.parametrize("line", [line for line in COMMANDS if not line.startswith(tuple(ELSEWHERE))])
@pytest.mark.usefixtures("home")
def test_the_readmes_commands_run(line: str, files: Path) -> None:
    if line == "nnviz data get mnist" and find() is None:
        pytest.skip("would fetch it")
    done = subprocess.run(
        [sys.executable, "-m", "nnviz.cli", *shlex.split(line)[1:]],
        cwd=files, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=200,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.usefixtures("home")
def test_the_readmes_own_model_trains(tmp_path: Path) -> None:
    program = next(block for block in blocks("python") if "nnviz.keras" in block)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("nnviz: no dashboard is running; the run is recorded in")


@pytest.mark.parametrize("file", ELSEWHERE.values())
def test_what_is_run_elsewhere_is_there(file: str) -> None:
    assert (ROOT / "tests" / file).is_file()


def test_pictures_and_parts_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) == 4
    sizes = []
    for picture in pictures:
        with Image.open(ROOT / picture) as opened:
            opened.verify()
            sizes.append(opened.size)
    assert sizes[:2] == [(1440, 900)] * 2  # pages; the others are plots
    table = [line.split("|")[1] for line in README.splitlines() if line.startswith("| `")]
    parts = [name for cell in table for name in re.findall(r"`([^`]+)`", cell)]
    assert len(parts) > 10
    assert [name for name in parts if not (ROOT / name).exists()] == []
