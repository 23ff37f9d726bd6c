"""Who may use a home: one server, many writers, and what a killed one leaves behind."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nnviz.home import HomeError, HomeInUse, HomeLock, OwnerLock, default_home, open_home, owner_is_alive


@contextmanager
def process(code: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """A Python process that runs `code` with `home` and has printed its first line."""
    setup = f"import sys\nfrom pathlib import Path\nhome = Path({str(home)!r})\n"
    with subprocess.Popen(
        [sys.executable, "-c", setup + code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def test_where_home_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NNVIZ_HOME", str(tmp_path / "chosen"))
    assert default_home() == tmp_path / "chosen"
    monkeypatch.delenv("NNVIZ_HOME")
    assert default_home().name == "nnviz"


def test_a_home_is_made(tmp_path: Path) -> None:
    home = open_home(tmp_path / "a" / "b")
    assert list(home.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="other systems have other permissions")
def test_a_home_that_was_there_is_closed_to_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    open_home(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert not caplog.records
    everybody = tmp_path / "tmp"
    everybody.mkdir()
    everybody.chmod(0o1777)  # as /tmp is: not ours to close
    open_home(everybody)
    assert stat.S_IMODE(everybody.stat().st_mode) == 0o1777
    (record,) = caplog.records
    assert "other users of this machine can look into" in record.getMessage()


@pytest.mark.parametrize("inside", ["", "deeper"])
def test_a_file_in_the_way(tmp_path: Path, inside: str) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(HomeError, match=r"cannot write to nnviz's home .*home.*--home DIR or NNVIZ_HOME"):
        open_home(tmp_path / "home" / inside)


def test_one_server_for_a_home(tmp_path: Path) -> None:
    code = """
from nnviz.home import HomeLock
with HomeLock(home):
    print("locked", flush=True)
    sys.stdin.read()
"""
    with process(code, tmp_path) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "locked\n"
        with pytest.raises(HomeInUse) as caught, HomeLock(tmp_path):
            pass
        words = str(caught.value)
        assert f"process {first.pid}, since 20" in words
        assert str(tmp_path) in words
        assert "--home DIR and --port N" in words
        first.kill()
        first.wait()
        with HomeLock(tmp_path), pytest.raises(HomeInUse), HomeLock(tmp_path):
            pass
        with HomeLock(tmp_path):  # free again after an orderly end
            pass


def test_a_lock_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "server.lock").mkdir()
    with pytest.raises(HomeError, match="cannot lock"), HomeLock(tmp_path):
        pass


def test_owners(tmp_path: Path) -> None:
    mine = OwnerLock(tmp_path)
    assert owner_is_alive(tmp_path, mine.token)
    code = """
from nnviz.home import OwnerLock
lock = OwnerLock(home)
print(lock.token, flush=True)
sys.stdin.read()
"""
    with process(code, tmp_path) as other:
        assert other.stdout is not None
        token = other.stdout.readline().strip()
        assert owner_is_alive(tmp_path, token)
        other.kill()
        other.wait()
        assert not owner_is_alive(tmp_path, token)
    assert not owner_is_alive(tmp_path, "never")
    mine.release()
    assert not owner_is_alive(tmp_path, mine.token)
    assert list((tmp_path / "owners").iterdir()) == []
