"""What nnviz.keras.Dashboard costs a script's `fit`: with it and without, in turn, before a server and a viewer."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from nnviz.bench.live import own_server, socket_to_hub

WORKS = ("2-8-8-1", "784-30-10", "conv 16")
"""Batches of 10, 10 and 64; all with test samples, the first with its boundary."""


def bench_own_model(
    works: Sequence[str] = WORKS, repeats: int = 5, seconds: float = 8.0, watched: bool = True
) -> dict[str, dict[str, float]]:
    """For each of WORKS, over `repeats` pairs of trainings of some `seconds`: ratio, the median of fit's time with the
    callback / without it, one behind the other; spread, half of the ratios' middle half; within, the median of the part
    of fit's time that is spent in the callback, which a noisy machine hides in the ratio; step, seconds of a step
    without it; frames, that a viewer got in a second (none where not `watched`).

    Raises RuntimeError where the server does not start or the script fails.
    """
    return {work: _measure(work, repeats, seconds, watched) for work in works}


def _measure(work: str, repeats: int, seconds: float, watched: bool) -> dict[str, float]:
    homes: list[Path] = []
    with own_server(homes.append) as port:
        command = [sys.executable, "-m", "nnviz.bench.own_model", str(homes[0]), work, str(repeats), str(seconds)]
        quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        script = subprocess.Popen(command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            frames = asyncio.run(_watch(port, script)) if watched else 0
            said, fault = script.communicate()
        finally:
            script.kill()
    if script.returncode:
        raise RuntimeError(f"the script of the benchmark failed: {fault.strip().splitlines()[-1:]}")
    pairs, step = json.loads(said.splitlines()[-1])
    ratios = sorted(with_it / without for without, with_it, _ in pairs)
    quarter = len(ratios) // 4
    shown = sum(with_it for _, with_it, _ in pairs)
    return {
        "ratio": median(ratios), "spread": (ratios[-1 - quarter] - ratios[quarter]) / 2,
        "within": median(within / with_it for _, with_it, within in pairs), "step": step, "frames": frames / shown,
    }  # fmt: skip


async def _watch(port: int, script: subprocess.Popen[str]) -> int:
    """Look at each run that begins until the script has ended: how many frames came."""
    frames = 0
    async with socket_to_hub(port) as viewer:
        for message in ({"do": "hello", "visitor": secrets.token_urlsafe(24)}, {"do": "watch_table", "on": True}):
            await viewer.send(json.dumps(message))
        while script.poll() is None:
            try:
                data = await asyncio.wait_for(viewer.recv(), 0.2)
            except TimeoutError:
                continue
            if isinstance(data, bytes):
                frames += 1
                await viewer.send(json.dumps({"do": "ack", "n": frames}))
                continue
            said = json.loads(data)
            if said["event"] == "runs_changed":
                for row in said["rows"]:
                    if row["status"] == "running":
                        await viewer.send(json.dumps({"do": "watch", "run": row["run"]}))
    return frames


# ---- the script


def _model(work: str) -> tuple[Any, Any, Any, int]:
    """(model, x, y, size of a batch)."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)
    dense, draw = keras.layers.Dense, np.random.default_rng(0)
    if work == "2-8-8-1":
        x = draw.normal(size=(2000, 2)).astype(np.float32)
        layers = [keras.Input((2,)), dense(8, "tanh"), dense(8, "tanh"), dense(1, "sigmoid")]
        model, y, loss = keras.Sequential(layers), (x.prod(1) > 0).astype(np.float32), "binary_crossentropy"
    else:
        x = draw.random((6000, 28, 28, 1)).astype(np.float32)
        first = [keras.layers.Conv2D(16, 3, activation="relu"), keras.layers.MaxPooling2D()] * (work == "conv 16")
        layers = [keras.Input((28, 28, 1)), *first, keras.layers.Flatten(), dense(30, "sigmoid"), dense(10, "softmax")]
        model, y, loss = keras.Sequential(layers), draw.integers(0, 10, 6000), "sparse_categorical_crossentropy"
    model.compile("sgd", loss, metrics=["accuracy"])
    return model, x, y, 64 if work == "conv 16" else 10


def _script(home: str, work: str, repeats: int, seconds: float) -> tuple[list[list[float]], float]:
    """Of each pair: seconds of `fit` without and with the callback, and those of them within it; seconds of a step
    without it."""
    from nnviz.keras import Dashboard

    model, x, y, batch = _model(work)
    spent = [0.0]

    class Timed(Dashboard):
        """Keras calls a hook before each batch, too: of that one what it does now and then, the turn."""

    for name in ("on_train_begin", "on_epoch_begin", "_turn", "on_epoch_end", "on_train_end"):
        setattr(Timed, name, _timed(getattr(Dashboard, name), spent))

    def fit(epochs: int, *callbacks: Any) -> float:
        began = time.perf_counter()
        model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0, callbacks=list(callbacks))
        return time.perf_counter() - began

    dashboard: Callable[[], Any] = lambda: Timed(home=home, test_data=(x[:2000], y[:2000]))  # noqa: E731
    fit(2, dashboard())  # what is loaded and traced once
    epochs = max(1, round(seconds / fit(1)))
    pairs = []
    for number in range(repeats):  # each is the first as often as the second: a machine gets slower, or quicker
        spent[0] = 0.0
        found = {kind: fit(epochs, *([dashboard()] * kind)) for kind in ((0, 1) if number % 2 else (1, 0))}
        pairs.append([found[0], found[1], spent[0]])
    steps = epochs * -(-len(x) // batch)
    return pairs, median(without for without, _, _ in pairs) / steps


def _timed(method: Callable[..., None], spent: list[float]) -> Callable[..., None]:
    """The same, its seconds added to spent[0]."""

    def within(*given: Any, **named: Any) -> None:
        began = time.perf_counter()
        method(*given, **named)
        spent[0] += time.perf_counter() - began

    return within


if __name__ == "__main__":
    _home, _work, _repeats, _seconds = sys.argv[1:]
    found = _script(_home, _work, int(_repeats), float(_seconds))
    print(json.dumps(found))
