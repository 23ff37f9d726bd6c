"""A cluster on this machine for the tests: a scheduler and nodes, each a program, started as a person would."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from nnviz.engine.cluster.cluster_engine import ClusterEngine
from tests.engines import Ear, until
from tests.serving import PATIENCE, ROOT, free_port


class Program:
    """`nnviz cluster …`, and the lines that it has said."""

    def __init__(self, *words: str, package: Path = ROOT) -> None:
        env = {**os.environ, "PYTHONPATH": str(package), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nnviz.cli", "cluster", *words],
            env=env, cwd=package, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.lines: list[str] = []
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, pipe: IO[str]) -> None:
        for line in pipe:
            self.lines.append(line)

    def said(self, words: str, times: int = 1) -> None:
        """Wait until it has said this, so often."""

        def true() -> bool:
            over = self.process.poll() is not None
            if over:
                self._reader.join(PATIENCE)
            said = sum(words in line for line in self.lines) >= times
            assert said or not over, self.lines
            return said

        until(true)

    def kill(self) -> None:
        """As by the system, without a word."""
        self.process.kill()
        self.stop()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join(PATIENCE)
            assert self.process.stdout is not None
            self.process.stdout.close()
        return self.process.returncode


class Cluster:
    """`with Cluster(folder) as cluster: cluster.node("a")`. `tls`: options for every program."""

    def __init__(self, folder: Path, *tls: str) -> None:
        self.folder, self.tls = folder, tls
        self._port = free_port()
        self.address = f"{'tls' if tls else 'tcp'}://127.0.0.1:{self._port}"
        self.scheduler = Program("scheduler", "--port", str(self._port), *tls)
        self.nodes: dict[str, Program] = {}

    def __enter__(self) -> Cluster:
        self.scheduler.said(self.address)
        return self

    def restart_scheduler(self) -> None:
        """Another one at the same address, when the first has ended."""
        self.scheduler = Program("scheduler", "--port", str(self._port), *self.tls)
        self.scheduler.said(self.address)

    def __exit__(self, *_: object) -> None:
        for program in [*self.nodes.values(), self.scheduler]:
            program.stop()

    def node(self, name: str, *more: str, package: Path = ROOT) -> Program:
        home = ["--home", str(self.folder), "--host", "127.0.0.1"]
        self.nodes[name] = Program("node", self.address, "--name", name, *home, *self.tls, *more, package=package)
        return self.nodes[name]


def wait_for_nodes(engine: ClusterEngine, *names: str) -> None:
    """Until runs start on each of them, which import TensorFlow side by side."""
    until(lambda: {*names} <= {node.name for node in engine.nodes if node.ready and node.connected}, 3 * PATIENCE)


def node_of(engine: ClusterEngine, run: str) -> str:
    until(lambda: (engine.status(run) or {}).get("node") is not None)
    return str((engine.status(run) or {})["node"])


def steps(ear: Ear, run: str) -> list[int]:
    return [event["step"] for event in ear.metrics(run)]


def assert_whole(ear: Ear, run: str) -> None:
    """No row came twice or out of order, nor did an event, and the film never goes back."""
    assert steps(ear, run) == sorted({*steps(ear, run)})
    numbers = [event["seq"] for event in ear.events(run)]
    assert numbers == list(range(1, len(numbers) + 1))
    frames = [frame.step for frame in ear.frames(run)]
    assert frames == sorted(frames)


def more(ear: Ear, run: str) -> None:
    """Wait for a row that is newer than all there are."""
    last = steps(ear, run)[-1] if steps(ear, run) else -1
    ear.wait(run, lambda m: isinstance(m, dict) and m["event"] == "metrics" and m["step"] > last)


def copy_package(folder: Path) -> Path:
    """This nnviz once more, without the scripts of the pages."""
    shutil.copytree(ROOT / "nnviz", folder / "nnviz", ignore=shutil.ignore_patterns("static", "vendor", "__pycache__"))
    return folder


class Cable:
    """Between a node and those who connect to it: `port` leads to `to`, until it is cut or pulled."""

    def __init__(self, to: int) -> None:
        self._to, self._whole, self._flows = to, True, threading.Event()
        self._flows.set()
        self._ends: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """All connections end, both sides are told so, and there are no new ones: as by a router that is restarted."""
        self._whole = False
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def pull(self) -> None:
        """Nothing gets through, and nobody is told; what is under way comes when it is mended."""
        self._flows.clear()

    def mend(self) -> None:
        self._whole = True
        self._flows.set()

    def close(self) -> None:
        self._flows.set()
        self.cut()
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                if not self._whole:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(2**16):
                self._flows.wait()
                target.sendall(data)
        self._flows.wait()
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
