"""The home directory: where it is, who serves it, and who is writing into it.

A lock that its process holds is free again the moment the process ends, however it ends: that is how a start knows what
the last one left behind. `server.lock` admits one server; every writer (the server, each `nnviz train`) holds a lock of
its own under `owners/`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import stat
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from platformdirs import user_data_path

log = logging.getLogger(__name__)


class HomeError(RuntimeError):
    """The home cannot be used; the message names it and says what to do."""


class HomeInUse(HomeError):  # noqa: N818  (what is wrong is that it is in use)
    """Another server has this home."""


def default_home() -> Path:
    """NNVIZ_HOME, else the user's data directory as this system has it."""
    chosen = os.environ.get("NNVIZ_HOME")
    return Path(chosen).expanduser() if chosen else user_home()


def user_home() -> Path:
    """The user's data directory as this system has it."""
    return user_data_path("nnviz", appauthor=False)


def open_home(home: Path) -> Path:
    """Create the directory where needed and make sure that it can be written. Raises HomeError."""
    probe = home / f".write-{secrets.token_hex(4)}"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _close_to_others(home)
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise HomeError(
            f"cannot write to nnviz's home {home} ({error.strerror or error}); "
            "choose another with --home DIR or NNVIZ_HOME"
        ) from error
    return home


def _close_to_others(home: Path) -> None:
    """Runs, notes and own pictures are nobody else's business, also in a directory that was there before.

    Directories that are more than nnviz's (the user's own, one for everybody as /tmp) stay as they are."""
    mode = home.stat().st_mode
    if os.name != "posix" or not mode & 0o077:
        return
    why = "it is meant for more than nnviz"
    if not mode & stat.S_ISVTX and home.resolve() not in {Path.home(), Path("/")}:
        try:
            home.chmod(0o700)
        except OSError as error:
            why = f"{error.strerror or error}"
        else:
            return
    log.warning("other users of this machine can look into nnviz's home %s, and it stays so: %s", home, why)


class HomeLock:
    """One server for a home. A context manager; raises HomeInUse where another server has it."""

    def __init__(self, home: Path) -> None:
        self._home = open_home(home)
        self._lock = FileLock(home / "server.lock", timeout=0, thread_local=False)

    def __enter__(self) -> Self:
        note = self._home / "server.json"
        try:
            self._lock.acquire()
        except Timeout:
            raise HomeInUse(
                f"nnviz's home {self._home} is in use by another server{_who(note)}; open that one in the browser, "
                "stop it, or start a second one with --home DIR and --port N of its own"
            ) from None
        except OSError as error:
            raise HomeError(f"cannot lock {self._home} ({error.strerror or error}); choose another --home") from error
        with contextlib.suppress(OSError):  # who serves is a courtesy, the lock is what counts
            note.write_text(json.dumps({"process": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M")}))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()


def _who(note: Path) -> str:
    try:
        known = json.loads(note.read_text())
        return f" (process {known['process']}, since {known['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


ADDRESS = "scripts.json"


@dataclass(frozen=True)
class Address:
    """Where a server of this home takes runs of scripts (nnviz.keras): a port of 127.0.0.1, what a script must say
    there (`secret`) and what it must hear (`answer`): the port may be another program's by now. Only who can read the
    user's files knows them."""

    port: int
    secret: str
    answer: str

    def write(self, home: Path) -> None:
        """Into a file that nobody else can read, whole or not at all. Raises OSError."""
        new = home / f"{ADDRESS}.{os.getpid()}"
        with contextlib.suppress(FileNotFoundError):
            new.unlink()
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(self), file)
        new.replace(home / ADDRESS)

    @classmethod
    def read(cls, home: Path) -> Address | None:
        """None where no server has left one, or another user could have."""
        try:
            path = home / ADDRESS
            if os.name == "posix" and path.stat().st_uid != os.getuid():
                return None
            known = json.loads(path.read_text())
            return cls(int(known["port"]), str(known["secret"]), str(known["answer"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @staticmethod
    def remove(home: Path) -> None:
        """The server ends."""
        with contextlib.suppress(OSError):
            (home / ADDRESS).unlink()


class OwnerLock:
    """Held while its process records runs: a run that has not ended and whose owner's lock is free was abandoned."""

    def __init__(self, home: Path) -> None:
        self.token = secrets.token_hex(8)
        self._path = _owner_path(home, self.token)
        self._lock = FileLock(self._path, timeout=0, thread_local=False)
        try:
            self._path.parent.mkdir(exist_ok=True)
            self._lock.acquire()
        except OSError as error:
            raise HomeError(f"cannot lock {self._path} ({error.strerror or error}); choose another --home") from error

    def release(self) -> None:
        self._lock.release()
        with contextlib.suppress(OSError):
            self._path.unlink()


def owner_is_alive(home: Path, token: str) -> bool:
    """Whether the process behind a token still runs. The lock file of one that does not is removed."""
    path = _owner_path(home, token)
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0, thread_local=False):
            pass
    except (Timeout, OSError):
        return True  # held, or not to be known
    with contextlib.suppress(OSError):  # tokens are never used twice, so nobody waits for this file
        path.unlink()
    return False


def _owner_path(home: Path, token: str) -> Path:
    return home / "owners" / f"{token}.lock"
