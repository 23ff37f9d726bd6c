"""What the table of runs shows of a run and sorts by: one small row of `facts` beside the run's own.

The words come from its specification and are written once; the measures grow with its events. `Measured` follows a run
that is being recorded in memory, so that its row is written every few seconds and not with each event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnviz.optimizers import OPTIMIZERS
from nnviz.sets import SETS
from nnviz.spec import NetworkSpec, RunSpec
from nnviz.spec.job import JobSpec

ROLE_OF = {"train": "train", "validation": "val", "test": "test"}
"""A split's name in events and frames → in the columns."""
ROLES = tuple(ROLE_OF.values())
"""Samples of a training, the validation ones and those of the test: of each a column of the last accuracy, one of the
best (`_best`), and one of how many samples it was measured on (`_n`; none: it has no interval)."""
MEASURES = (
    "epochs", "steps", "seconds", "loss", "val_loss",
    *(f"{role}{suffix}" for role in ROLES for suffix in ("", "_best", "_n")),
)  # fmt: skip
WORDS = ("job", "data", "family", "auto", "words", "layers", "parameters")


def described(spec: JobSpec | None, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of WORDS: what a run is, in words for a list. `auto`: its title where nobody has given it a name.

    spec: None where this version cannot read `raw`, the specification as it was recorded.
    """
    job = str(raw.get("job", "train"))[:40]
    if spec is None:
        return {**dict.fromkeys(("data", "family", "words"), ""), "job": job, "auto": "a run of another version",
                "layers": None, "parameters": None}  # fmt: skip
    subject, words = spec.subject or "", spec.words or ""
    found: dict[str, Any] = {"job": job, "data": subject, "family": job, "words": words, "layers": None}
    found["parameters"] = spec.parameters or None
    if not isinstance(spec, RunSpec):
        return {**found, "auto": ": ".join(filter(None, (subject, words)))}
    network = isinstance(spec.model, NetworkSpec)
    if isinstance(spec.model, NetworkSpec):
        found["layers"] = len(spec.model.layers) + 1
        optimizer = spec.training.optimizer
        how = [spec.model.activation, f"{OPTIMIZERS[optimizer.name].label} {optimizer.learning_rate:g}"]
    else:
        how = [f"C {spec.model.C:g}"]
    title = ", ".join([f"{SETS[spec.data.name].title}: {words}", *how])
    return {**found, "family": spec.model.family, "auto": title, "parameters": spec.parameters if network else None}


class Measured:
    """How far a run has come and how good it is: the columns of MEASURES, None where not measured."""

    def __init__(self, spec: JobSpec | None) -> None:
        self.values: dict[str, float | None] = dict.fromkeys(MEASURES)
        self._counts: dict[str, int] = {}
        """Samples behind the accuracies that metrics events tell."""
        if isinstance(spec, RunSpec):
            data = spec.data
            self._counts = {"val": data.validation, **({} if data.is_image else {"train": data.training_samples})}

    def take(self, event: Mapping[str, Any]) -> None:
        """A metrics event, or the one that ended the run, as JSON."""
        if event.get("event") == "metrics":
            self._reach(event, epochs="epoch", steps="step", seconds="seconds", loss="loss", val_loss="val_loss")
            recent = event.get("recent_accuracy")
            self._score("train", event.get("accuracy") if recent is None else recent, self._counts.get("train"))
            self._score("val", event.get("val_accuracy"), self._counts.get("val"))
            return
        self._reach(event, epochs="epochs", steps="steps", seconds="seconds")
        for name, role in ROLE_OF.items():
            score = event.get(name)
            if isinstance(score, dict):
                self._score(role, score.get("accuracy"), score.get("n") or self._counts.get(role))

    def see(self, meta: Mapping[str, Any]) -> None:
        """The meta of a frame of predictions."""
        role = ROLE_OF.get(str(meta.get("split")))
        if role is not None:
            self._score(role, meta.get("accuracy"), meta.get("n"))

    def review(self, history: Mapping[str, list[Any]], meta: Mapping[str, Any] | None) -> None:
        """All metrics of a run, as columns, and the meta of its newest predictions: of a run recorded before."""
        columns = {name: history[name] for name in history if name != "seq"}
        for row in zip(*columns.values(), strict=True):
            self.take({"event": "metrics", **dict(zip(columns, row, strict=True))})
        if meta is None:
            return
        told = meta.get("history") or {}
        role = ROLE_OF.get(str(meta.get("split")))
        if role is not None:
            for accuracy, n in zip(told.get("accuracy") or (), told.get("n") or (), strict=False):
                self._score(role, accuracy, n)
        self.see(meta)

    def _reach(self, event: Mapping[str, Any], **names: str) -> None:
        for column, name in names.items():
            value = event.get(name)
            if isinstance(value, int | float):
                self.values[column] = value

    def _score(self, role: str, accuracy: Any, n: Any) -> None:
        if not isinstance(accuracy, int | float):
            return
        best = self.values[f"{role}_best"]
        self.values[role] = accuracy
        self.values[f"{role}_best"] = accuracy if best is None else max(best, accuracy)
        if isinstance(n, int) and n > 0:
            self.values[f"{role}_n"] = n
