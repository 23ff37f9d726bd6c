"""What needs TensorFlow is written by a process of its own: `python -m nnviz.export.child DO FOLDER`.

The process that serves pages never imports it. What is asked lies in FOLDER, and what comes of it is put there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from nnviz.export.format import CannotExport, Files

SECONDS = 180
"""TensorFlow's import takes four to ten, saving less than one."""


def ask(do: str, files: Files) -> Files:
    """The files that the child makes of these. Raises CannotExport where it fails, with its last words."""
    with tempfile.TemporaryDirectory(prefix="nnviz-export-") as name:
        folder = Path(name)
        for path, data in files.items():
            (folder / path).write_bytes(data)
        command = [sys.executable, "-m", "nnviz.export.child", do, name]
        env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow"}
        try:
            done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise CannotExport(f"TensorFlow did not write it within {SECONDS} seconds; try again") from None
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no word"])[-1]
            raise CannotExport(f"TensorFlow could not write it: {last[:300]}")
        made = sorted((folder / "made").rglob("*"))
        return {path.relative_to(folder / "made").as_posix(): path.read_bytes() for path in made if path.is_file()}


def keras_file(folder: Path, made: Path) -> None:
    """model.py, our own code that leaves a network in `model`, and weights.npz, its arrays in order → model.keras."""
    import keras
    import numpy as np

    known: dict[str, object] = {"keras": keras, "np": np}
    exec((folder / "model.py").read_text("utf-8"), known)  # written by keras_code: nothing in it was typed by anybody
    model: keras.Model = known["model"]
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        model.set_weights(list(arrays.values()))
    model.save(made / "model.keras")


def tensorboard(folder: Path, made: Path) -> None:
    """scalars.json, {split: [[time, step, {tag: value}], …]} → an event file in a folder for each split."""
    import tensorflow as tf

    for split, rows in json.loads((folder / "scalars.json").read_text("utf-8")).items():
        (made / split).mkdir()
        events = [tf.compat.v1.Event(wall_time=rows[0][0], file_version="brain.Event:2")]
        for time, step, values in rows:
            pairs = [tf.compat.v1.Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
            events.append(tf.compat.v1.Event(wall_time=time, step=step, summary=tf.compat.v1.Summary(value=pairs)))
        path = made / split / f"events.out.tfevents.{int(rows[0][0])}.nnviz"
        with tf.io.TFRecordWriter(str(path)) as writer:
            for event in events:
                writer.write(event.SerializeToString())


DO: dict[str, Callable[[Path, Path], None]] = {"keras": keras_file, "tensorboard": tensorboard}

if __name__ == "__main__":
    place = Path(sys.argv[2])
    (place / "made").mkdir()
    DO[sys.argv[1]](place, place / "made")
