"""The runs' logs: short, not for ever, and not worth a run."""

from __future__ import annotations

import os
from pathlib import Path

from nnviz.engine.logs import KEEP_BYTES, KEEP_FILES, Logs


def test_logs_are_kept_short_and_not_for_ever(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    for i in range(KEEP_FILES + 20):
        (folder / f"old{i:03}.log").write_text("x")
        os.utime(folder / f"old{i:03}.log", (i, i))
    logs = Logs(tmp_path)
    assert sorted(path.name for path in folder.iterdir())[0] == "old020.log"
    logs.path("long").write_bytes(b"a" * 100_000 + b"the end")
    logs.trim("long")
    kept = logs.path("long").read_bytes()
    assert len(kept) == KEEP_BYTES
    assert kept.endswith(b"athe end")
    logs.end("long", keep=True)
    assert not (folder / "old020.log").exists()
    logs.path("well").write_text("only noise")
    logs.end("well", keep=False)
    assert not logs.path("well").exists()


def test_a_home_that_cannot_be_written_costs_only_the_logs(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    logs = Logs(tmp_path / "home")
    logs.trim("run")
    logs.end("run", keep=True)
