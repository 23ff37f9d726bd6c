"""`nnviz sweep` through the real door: stopped in its midst, gone on with, told as JSON and as a table."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import pytest

from nnviz.commands.common import open_store
from nnviz.commands.sweep import Work
from nnviz.experiments.settings import changed
from nnviz.experiments.sweep import SweepSpec
from nnviz.spec import RunSpec
from tests.engines import until
from tests.test_cli import nnviz, start

pytestmark = pytest.mark.usefixtures("home")
LINEAR = tuple(
    word
    for field in ("model.activation=relu", "model.output_activation=linear", "training.loss=mean_squared_error")
    for word in ("--set", field)
)
"""A network whose weights run away at a large rate."""
OVER = ("--over", "learning_rate=0.01,0.03,0.1,1000", "--over", "training.batch_size=5,50")


def test_a_sweep_that_was_cut_short_goes_on_and_does_nothing_twice() -> None:
    words = ("sweep", *OVER, "--set", "training.epochs=60", *LINEAR, "--json")
    with start(*words) as cut:
        assert cut.stdout is not None
        first = [json.loads(cut.stdout.readline()) for _ in range(2)]
        cut.send_signal(signal.SIGINT)
        rest, err = cut.communicate(timeout=60)
    first += map(json.loads, rest.splitlines())
    assert cut.returncode == 130, err
    assert "of 8 runs are done and kept" in err
    whole = nnviz(*words)
    assert whole.returncode == 0, whole.stderr
    *runs, last = map(json.loads, whole.stdout.splitlines())
    assert runs[: len(first)] == sorted(first, key=lambda run: run["number"])
    assert sorted(run["number"] for run in runs) == list(range(8))
    assert {run["settings"]["learning_rate"] for run in runs} == {0.01, 0.03, 0.1, 1000}
    assert {run["outcome"] for run in runs if run["settings"]["learning_rate"] == 1000} == {"diverged"}
    assert "stopped being finite" in next(run["message"] for run in runs if run["outcome"] == "diverged")
    best = next(run for run in runs if run["run"] == last["best"])
    assert best["validation"]["accuracy"] == max(run["validation"]["accuracy"] for run in runs if not run["message"])
    assert best["test"]["low"] < best["test"]["accuracy"] <= best["test"]["high"]
    table = nnviz(*words[:-1])
    assert "✗ diverged" in table.stdout
    assert table.stdout.count("converged") >= 6
    listed = json.loads(nnviz("runs", "--json").stdout.splitlines()[0])
    assert (listed["group"], listed["size"]) == (last["group"], 8)


def test_what_ends_while_all_are_being_stopped_is_told_too(home: Path) -> None:
    over = ("learning_rate=0.01,0.03", "training.batch_size=5,50")
    sweep = SweepSpec.model_validate({"base": changed(RunSpec(), {"training.epochs": 20}), "over": over})
    with open_store(home) as store:
        work, stop = Work(home, store, sweep, again=False, cluster=None), threading.Event()

        def finished() -> set[int]:
            store.flush()
            rows = map(store.get_run, work.runs)
            return {n for n, row in enumerate(rows) if row is not None and row.status == "finished"}

        told = work.run(stop)
        first = next(told)
        until(lambda: len(finished()) >= 2)  # another one ends, and nobody hears of it
        stop.set()
        assert {first, *told} == finished() == set(work.outcomes)


def test_a_search_on_the_command_line() -> None:
    done = nnviz(
        "sweep", "--over", "learning_rate=0.001..10:5:log", "--tpe", "7", "--set", "training.epochs=5", "--json"
    )
    assert done.returncode == 0, done.stderr
    *runs, last = map(json.loads, done.stdout.splitlines())
    assert len({run["settings"]["learning_rate"] for run in runs}) == last["runs"] == 7


def test_bad_sweeps_start_nothing() -> None:
    for words, said in (
        (
            ("--over", "seed=0..199:200", "--set", "training.epochs=100000", "--set", "training.batch_size=1"),
            "200 runs would take about",
        ),
        (("--over", "learning_rate=0,1"), "learning_rate=0: training.optimizer.learning_rate: allowed is"),
        ((), "--over: say what is varied"),
        (("--over", "seed=1,2", "--random", "3", "--tpe", "3"), "choose one"),
    ):
        done = nnviz("sweep", *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert "No runs" in nnviz("runs").stdout
