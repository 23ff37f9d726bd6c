"""What the zygote tells of processes is put down to the runs that they do by then."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nnviz.engine import fork
from nnviz.engine.logs import Logs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no zygote")


@pytest.mark.parametrize("first", ["the end", "the other run"])
def test_a_process_that_ends_as_it_gets_another_run(
    first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A zygote that reads a data set meanwhile hears of both at once."""
    ends: list[socket.socket] = []

    def start(_module: str, end: socket.socket, _log: Path) -> Any:
        ends.append(end.dup())
        return subprocess.Popen([sys.executable, "-c", ""])

    monkeypatch.setattr(fork, "start_process", start)
    launcher = fork.ForkLauncher(Logs(tmp_path))
    (zygote,) = ends

    def tell(**message: Any) -> None:
        zygote.send(json.dumps(message).encode())
        launcher.read()

    tell(ready=1)
    tell(run="one", pid=7)
    if first == "the end":
        tell(pid=7, code=-9)
        launcher.hand_on("one", "two")
    else:
        launcher.hand_on("one", "two")
        tell(pid=7, code=-9)
    assert (launcher.pid("two"), launcher.exit_code("two"), launcher.exit_code("one")) == (7, -9, None)
    launcher.forget("two")
    tell(run="three", pid=7)  # the system gives numbers away again
    assert launcher.exit_code("three") is None
    zygote.close()
    launcher.close()
