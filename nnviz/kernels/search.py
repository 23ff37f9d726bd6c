"""Grid search with cross-validation: scikit-learn's folds and scores, one fit after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.data import Dataset
from nnviz.events import Frame
from nnviz.kernels.fitted import Fitted, cells, decision, fit, part, right, score
from nnviz.kernels.spec import KernelSpec

STEPS = 2_000_000
"""Of the solver in one fit: with a large C and classes that overlap it would go on for hours."""
BYTES = 80_000
"""Of all the candidates' maps together."""
STRONGEST = 2.0
"""A decision beyond that is drawn as that."""


@dataclass
class Search:
    """Each candidate's fits, as far as they are done: first those of the folds, then each candidate on all training
    samples, which gives its region and its accuracies."""

    spec: KernelSpec
    data: Dataset
    scores: NDArray[np.float64] = field(init=False)
    seconds: NDArray[np.float64] = field(init=False)
    whole: list[dict[str, Any]] = field(default_factory=list)
    planes: list[NDArray[np.int8]] = field(default_factory=list)
    unsolved: int = 0

    def __post_init__(self) -> None:
        from sklearn.model_selection import StratifiedKFold

        self.x, self.y = part(self.data, "train")
        self.test = part(self.data, "test")
        self.candidates = self.spec.candidates
        self.parts = list(StratifiedKFold(self.spec.folds).split(self.x, self.y))
        self.scores = np.full((len(self.candidates), self.spec.folds), np.nan)
        self.seconds = np.full_like(self.scores, np.nan)
        side = int((BYTES / len(self.candidates)) ** 0.5)
        self.side = min(64, side)
        self.places = cells(self.data.domain, self.side)

    @property
    def n_folds(self) -> int:
        """Fits of the cross-validation."""
        return self.scores.size

    @property
    def total(self) -> int:
        """Fits of everything."""
        return self.n_folds + len(self.candidates)

    def advance(self, number: int) -> dict[str, float | None]:
        """Do the fit of this number, from 0; what a row of metrics says of it."""
        if number < self.n_folds:
            candidate, fold = divmod(number, self.spec.folds)
            learn, held = self.parts[fold]
            svm = self._fit(candidate, learn)
            found = float(right(svm, self.x[held], self.y[held]).mean())
            self.scores[candidate, fold], self.seconds[candidate, fold] = found, svm.seconds
            return {"candidate": candidate, "fold": fold, "score": found, "seconds": svm.seconds}
        candidate = number - self.n_folds
        svm = self._fit(candidate, slice(None))
        train, test = score(svm, self.x, self.y), score(svm, *self.test)
        self.whole.append({"train": train, "test": test, "support": len(svm.index), "seconds": svm.seconds})
        levels = np.clip(decision(svm, self.places) / STRONGEST, -1, 1) * 127
        self.planes.append(np.rint(np.nan_to_num(levels)).astype(np.int8).reshape(self.side, self.side))
        return {"candidate": candidate, "fold": None, "score": train["accuracy"], "seconds": svm.seconds}

    def _fit(self, candidate: int, rows: Any) -> Fitted:
        svm = fit(self.spec, self.spec.svm(*self.candidates[candidate]), self.x[rows], self.y[rows], STEPS)
        self.unsolved += svm.steps >= STEPS
        return svm

    def frame(self, step: int) -> Frame:
        """View "search". Arrays: scores, seconds float32 [candidates, folds], NaN of what is not done; planes int8
        [done, side, side], the decisions of the candidates on all training samples, 127 for 2 and more. Meta:
        candidates, `whole` (of each that is done: train, test, support, seconds), best, ties, fits, total, domain …"""
        arrays: dict[str, Any] = {
            "scores": self.scores.astype(np.float32), "seconds": self.seconds.astype(np.float32),
            "planes": np.array(self.planes, np.int8).reshape(len(self.planes), self.side, self.side),
        }  # fmt: skip
        meta = {
            "candidates": [list(pair) for pair in self.candidates], "folds": self.spec.folds, "whole": self.whole,
            "fits": min(step, self.n_folds), "n_fits": self.n_folds, "done": step, "total": self.total,
            "domain": [list(side) for side in self.data.domain], "axes": list(self.data.axes),
            "classes": list(self.data.class_names), "strongest": STRONGEST, "unsolved": self.unsolved,
            "n": len(self.x), **self.best(), "map": self.map(),
        }  # fmt: skip
        return Frame("search", step, 0.0, meta, arrays)

    def map(self) -> dict[str, Any]:
        """What the figure "search_map" binds: z [C][γ], mean scores of the folds that are done, in words too; numbers:
        the candidates of the cells."""
        Cs, gammas = (list(dict.fromkeys(values)) for values in zip(*self.candidates, strict=True))
        shape, best = (len(Cs), len(gammas)), self.best()
        texts, said = [], []
        for number, (C, gamma) in enumerate(self.candidates):
            scores = self.scores[number][~np.isnan(self.scores[number])]
            mark = "★ " if number == best["best"] else "= " if number in best["ties"] else ""
            texts.append(f"{mark}{scores.mean():.4f}" if len(scores) else "")
            lines = [f"<b>C = {C:g}, γ = {gamma:g}</b>"]
            lines += [f"fold {fold + 1}: {value:.4f}" for fold, value in enumerate(scores)]
            for split, what in (("train", "all training samples"), ("test", "test samples")):
                if number < len(self.whole):
                    whole = self.whole[number][split]
                    lines.append(f"{what}: {whole['accuracy']:.4f} ({whole['low']:.4f} to {whole['high']:.4f})")
            said.append("<br>".join(lines))
        done = ~np.isnan(self.scores)
        means = [float(row[some].mean()) if some.any() else None for row, some in zip(self.scores, done, strict=True)]

        def grid(values: list[Any]) -> list[list[Any]]:
            return [values[i * shape[1] : (i + 1) * shape[1]] for i in range(shape[0])]

        linear = self.spec.kernel == "linear"
        return {
            "z": grid(means), "text": grid(texts), "said": grid(said), "numbers": grid(list(range(len(texts)))),
            "x": ["–"] if linear else [f"{gamma:g}" for gamma in gammas], "y": [f"{C:g}" for C in Cs],
            "x_label": "no γ: linear" if linear else "γ", "y_label": "C", "title": "mean score of the folds",
            "format": ".4f", "reversed": False,
        }  # fmt: skip

    def best(self) -> dict[str, Any]:
        """best: the number of the candidate with the highest mean score, the first of several, as scikit-learn's
        GridSearchCV chooses; ties: those that have told as many of the held samples right, it among them. Folds
        differ by a sample in size, so that their means do. None and none before all folds are done."""
        if np.isnan(self.scores).any():
            return {"best": None, "ties": []}
        best = int(self.scores.mean(1).argmax())
        correct = np.rint(self.scores @ [len(held) for _, held in self.parts])
        return {"best": best, "ties": np.flatnonzero(correct == correct[best]).tolist()}

    def result(self) -> dict[str, Any]:
        """Plain values of the best candidate: C, gamma, mean, scores, train, test; nothing before it is known."""
        number = self.best()["best"]
        if number is None:
            return {}
        C, gamma = self.candidates[number]
        whole = self.whole[number] if number < len(self.whole) else {}
        return {
            "best": {"C": C, "gamma": gamma, "mean": float(self.scores[number].mean()),
                     "scores": self.scores[number].tolist(), **whole},
            "ties": self.best()["ties"], "fits": self.n_folds,
        }  # fmt: skip
