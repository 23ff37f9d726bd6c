"""How `nnviz train` shows a run: one JSON object a line for programs, a progress bar and a table for people."""

from __future__ import annotations

import math
import sys
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from nnviz.commands.common import console, number, percent, print_json, say
from nnviz.events import Diverged, Done, Event, Failed, Finished, Metrics, Row
from nnviz.spec import RunSpec
from nnviz.spec.job import JobSpec

REASONS = {"epochs": "all epochs done", "target": "target loss reached", "early_stopping": "early stopping"}


class Show(Protocol):
    """What `train` tells of a run. Any of them may raise BrokenPipeError: nobody reads any more."""

    def event(self, event: Event) -> None:
        """An event that the run emits."""

    def warn(self, text: str) -> None:
        """Something that is wrong but does not end the run; from any thread."""

    def close(self) -> None:
        """Nothing follows on the screen but plain lines."""


class JsonLines:
    """The lines that others script against: metrics once an epoch, and last how it ended."""

    def __init__(self) -> None:
        self.run: str | None = None

    def event(self, event: Event) -> None:
        line = as_line(event, self.run)
        if line is not None:
            print_json(line)

    def warn(self, text: str) -> None:
        say(text)

    def close(self) -> None:
        pass


class Screen:
    """A bar on standard error while it trains, where that is a screen; the result on standard output."""

    def __init__(self, spec: JobSpec) -> None:
        self.run: str | None = None
        self._spec = spec
        self._progress = Progress(
            TextColumn("epoch {task.completed:,.0f}/{task.total:,.0f}"), BarColumn(),
            TextColumn("{task.description}"), TimeRemainingColumn(elapsed_when_finished=True),
            console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True,
        )  # fmt: skip
        self._task = self._progress.add_task(
            "starting", total=spec.training.epochs if isinstance(spec, RunSpec) else None
        )
        self._progress.start()

    def event(self, event: Event) -> None:
        if isinstance(event, Metrics) and event.epoch_end:
            losses = f"loss {number(event.loss)}"
            if event.val_loss is not None:
                losses += f" · validation {number(event.val_loss)}"
            self._progress.update(self._task, completed=event.epoch, description=losses)
        elif isinstance(event, Finished):
            self.close()
            console().print(summary(self._spec, event, self.run))
        elif isinstance(event, Done):
            self.close()
            console().print(_table([("run", self.run or "not recorded"), *_results(self._spec, event)]))

    def warn(self, text: str) -> None:
        say(text)  # the bar has taken standard error over: it makes room for the line

    def close(self) -> None:
        self._progress.stop()


def as_line(event: Event, run: str | None) -> dict[str, Any] | None:
    """The JSON object of an event, or None for one that the command line does not print."""
    plain = event.to_json()
    if isinstance(event, Metrics) and event.epoch_end:
        scores = ("loss", "accuracy", "val_loss", "val_accuracy")
        return {"event": "metrics", "epoch": round(event.epoch), "step": event.step, **{n: plain[n] for n in scores}}
    if isinstance(event, Finished):
        names = ("steps", "seconds", "parameters", "train", "test", "validation")
        return {"event": "finished", "run": run, "epochs": round(event.epochs), **{n: plain[n] for n in names}}
    if isinstance(event, Diverged):
        return {"event": "diverged", "run": run, **plain, "epoch": math.ceil(event.epoch)}
    if isinstance(event, Failed | Done):
        return {"event": event.name, "run": run, **plain}
    return plain if isinstance(event, Row) else None


def summary(spec: JobSpec, result: Finished, run: str | None) -> Table:
    """What a person wants to know of a finished run."""
    return _table(
        [
            ("run", run or "not recorded"),
            *_course(spec, result),
            ("train", _score(result.train)),
            *([("validation", _score(result.validation))] if result.validation else []),
            ("test", _score(result.test) if result.test else "no test samples"),
        ]
    )


def _table(rows: list[tuple[str, str]]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, words in rows:
        table.add_row(f"[bold]{name}[/]", words)
    return table


def _course(spec: JobSpec, result: Finished) -> list[tuple[str, str]]:
    """What was trained, on what, and how long."""
    if not isinstance(spec, RunSpec):
        return []
    data = ("data", f"{spec.data.name}, {spec.data.train:,} samples to train on")
    if not spec.is_network:
        return [data, ("model", spec.words), ("fit", f"{result.seconds:.1f} s")]
    return [
        data,
        ("network", f"{spec.words}, {result.parameters:,} parameters"),
        ("ended by", REASONS.get(result.reason, result.reason)),
        ("training", f"{result.epochs:,.0f} epochs, {result.steps:,} steps in {result.seconds:.1f} s"),
    ]


def _results(spec: JobSpec, end: Done) -> list[tuple[str, str]]:
    """How a job that is no training ended."""
    about = [(name, words) for name, words in (("on", spec.subject), (spec.job, spec.words)) if words]
    values = [(name, number(value) if isinstance(value, float) else str(value)) for name, value in end.result.items()]
    return [*about, ("ended by", f"{end.reason}, {end.steps:,} steps in {end.seconds:.1f} s"), *values]


def _score(score: dict[str, Any]) -> str:
    text = f"loss {number(score['loss'])}"
    if score["accuracy"] is not None:
        text += f", accuracy {percent(score['accuracy'])}"
    if score.get("low") is not None:
        text += f" of {score['n']:,} (95 %: {percent(score['low'])} to {percent(score['high'])})"
    return text
