"""Training beside the peers: every contender in a process of its own, in turn, so that the machine's moods hit all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from statistics import median, quantiles
from typing import IO, Any

from nnviz.bench.contenders import CONTENDERS, contenders_of
from nnviz.bench.works import WORKS, Work

FASTER_THAN_FIT = 20.0
"""Times that 784-30-10 is to be faster than Keras's fit."""
STREAMING = 0.95
"""Of the speed with nobody watching that one viewer has to leave."""
SECONDS = 1.0
"""A measurement takes about so long, in whole epochs where these are not much longer."""
LONGEST = 4.0
WARM_UP = 0.5
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "GRPC_VERBOSITY": "NONE", "JAX_PLATFORMS": "cpu"}


class Runner:
    """A contender's process. Raises RuntimeError with its own words where it cannot do the work."""

    def __init__(self, name: str, work: str) -> None:
        command = [sys.executable, "-m", "nnviz.bench.worker", name, work]
        # An engine's home, a compiler's cache; a run of its may write its last word while they go.
        self._files = tempfile.TemporaryDirectory(prefix="nnviz-bench-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **QUIET, "TMPDIR": self._files.name},
        )  # fmt: skip
        self.name, self.seconds = name, list[float]()  # of a step
        self.n = 1
        try:
            self.prepared = self._answer()["prepared"]
            self.first = self.steps(1)
            self._size(WORKS[work])
        except BaseException:
            self.close()
            raise

    def _size(self, work: Work) -> None:
        """Steps of a measurement: whole epochs, unless one of these takes too long; or all the networks."""
        if work.networks > 1:
            self.n = work.networks
            return
        n = 4
        while (took := self.steps(n)) < WARM_UP:
            n = min(max(n * 2, int(n * WARM_UP / max(took, 1e-6))), n * 8)
        step, epoch = took / n, work.steps_per_epoch
        if CONTENDERS[self.name].role == "evaluation":
            self.n = max(1, round(SECONDS / step))
        elif step * epoch <= LONGEST:
            self.n = epoch * max(1, round(SECONDS / (step * epoch)))
        else:
            self.n = max(1, round(SECONDS / step))
        if step * self.n < LONGEST:
            self.steps(self.n)  # whatever depends on the size, is compiled now

    def steps(self, n: int) -> float:
        """Seconds of n steps."""
        stdin: IO[str] = self._process.stdin  # type: ignore[assignment]
        try:
            print(n, file=stdin, flush=True)
        except BrokenPipeError as fault:
            raise RuntimeError(f"{self.name} ended") from fault
        seconds: float = self._answer()["seconds"]
        return seconds

    def measure(self) -> None:
        self.seconds.append(self.steps(self.n) / self.n)

    def _answer(self) -> dict[str, Any]:
        stdout: IO[str] = self._process.stdout  # type: ignore[assignment]
        line = stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": "ended without a word"}
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._files.cleanup()


def bench_train(
    works: Iterable[str] = tuple(WORKS),
    repeats: int = 7,
    only: Iterable[str] | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> list[dict[str, Any]]:
    """For each work: work, title, batch, steps_per_epoch, contenders, missing (name → why it is not among them), and
    what `judged` makes of them.

    A contender: name, title, role, step (median seconds of a step; of a network where there are many, of a whole
    evaluation), spread (half of the middle half), repeats, first (seconds of the first step, compiling included),
    prepared. `only` some contenders; `told` hears what goes on.
    """
    return [_measured(name, repeats, only, told) for name in works]


def _measured(name: str, repeats: int, only: Iterable[str] | None, told: Callable[[str], None]) -> dict[str, Any]:
    work, runners, missing = WORKS[name], list[Runner](), dict[str, str]()
    try:
        for contender in contenders_of(work):
            if only is not None and contender not in only:
                continue
            if not CONTENDERS[contender].available:
                missing[contender] = f"{CONTENDERS[contender].needs} is not installed"
                continue
            told(f"{work.title}: {CONTENDERS[contender].title}")
            try:
                runners.append(Runner(contender, name))
            except RuntimeError as fault:
                missing[contender] = str(fault)
        for turn in range(repeats):
            told(f"{work.title}: turn {turn + 1} of {repeats}")
            for runner in runners[turn % len(runners) :] + runners[: turn % len(runners)]:
                runner.measure()
    finally:
        for runner in runners:
            runner.close()
    rows = [_row(runner) for runner in runners]
    return {
        "work": name, "title": work.title, "batch": work.batch, "steps_per_epoch": work.steps_per_epoch,
        "contenders": rows, "missing": missing, **judged(work, {row["name"]: row for row in rows}),
    }  # fmt: skip


def _row(runner: Runner) -> dict[str, Any]:
    contender = CONTENDERS[runner.name]
    low, _, high = quantiles(runner.seconds, n=4) if len(runner.seconds) > 1 else [runner.seconds[0]] * 3
    return {
        "name": runner.name, "title": contender.title, "role": contender.role, "step": median(runner.seconds),
        "spread": (high - low) / 2, "repeats": len(runner.seconds), "first": runner.first, "prepared": runner.prepared,
    }  # fmt: skip


def judged(work: Work, rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """best_peer and floor (names of the fastest), and goals: each a dict of name, value, goal, met. Those whose
    contenders are missing are left out.

    faster_than_best_peer: its time / the loop's; faster_than_fit; times_floor: the loop's time / the floor's;
    streaming: the speed of a watched run / that of one that nobody watches.
    """
    step = {name: row["step"] for name, row in rows.items()}

    def fastest(role: str) -> str | None:
        return min((name for name, row in rows.items() if row["role"] == role), key=step.__getitem__, default=None)

    peer, floor = fastest("peer"), fastest("floor")
    goals = []
    own = "together" if work.networks > 1 else "loop"
    if own in step and peer is not None:
        goals.append(_goal("faster_than_best_peer", step[peer] / step[own], 1.0))
    if "loop" in step and "fit" in step:
        goals.append(
            _goal("faster_than_fit", step["fit"] / step["loop"], FASTER_THAN_FIT if work.against_fit else None)
        )
    if "loop" in step and floor is not None and work.limit is not None:
        value = step["loop"] / step[floor]
        goals.append({"name": "times_floor", "value": value, "goal": work.limit, "met": value <= work.limit})
    if "watched" in step and "alone" in step:
        goals.append(_goal("streaming", step["alone"] / step["watched"], STREAMING))
    return {"best_peer": peer, "floor": floor, "goals": goals}


def _goal(name: str, value: float, least: float | None) -> dict[str, Any]:
    return {"name": name, "value": value, "goal": least, "met": None if least is None else value >= least}
