"""The engine, the command line and `train` compute the same numbers, wherever the libraries live; these say nothing."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnviz.commands.spec_file import read_spec
from nnviz.engine.local import LocalEngine
from nnviz.events import Finished
from nnviz.loops.cost import handover_step
from nnviz.training import train
from tests.engines import FOREVER, Ear
from tests.test_cli import command, lines

TENSORFLOW = [
    "data.name=digits", 'model.layers=[{"kind":"conv2d","filters":3,"kernel_size":3}]', "training.epochs=2",
]  # fmt: skip
XLA = ["data.name=digits", "training.batch_size=2", "training.epochs=120"]


@pytest.mark.parametrize("settings", [TENSORFLOW, XLA], ids=["TensorFlow", "XLA"])
def test_libraries_log_nothing_and_compute_what_they_do_in_this_process(settings: list[str]) -> None:
    """A command starts XLA in a process of its own; `train` does not, where TensorFlow is imported already."""
    import tensorflow  # noqa: F401

    spec = read_spec(None, settings)
    steps = spec.training.epochs * math.ceil(spec.data.training_samples / spec.batch_size)
    assert settings is TENSORFLOW or steps > handover_step(spec)
    started = command("train", "--json", *(word for setting in settings for word in ("--set", setting)))
    started["env"].pop("TF_CPP_MIN_LOG_LEVEL", None)
    with subprocess.Popen(**started, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        (result,) = (event for event in train(spec) if isinstance(event, Finished))
        out, err = process.communicate(timeout=100)
    assert (process.returncode, err) == (0, "")
    assert lines(out)[-1]["train"] == result.train
    assert lines(out)[-1]["test"] == result.test


ALONE = """
import json, sys
from pathlib import Path
import numpy as np
from nnviz import RunSpec, train
from nnviz.control import QueueControl
from nnviz.events import Finished, Frame
spec, home, file = RunSpec.model_validate_json(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
*said, result = train(spec, QueueControl(), home=home)
assert isinstance(result, Finished), result
frame = [item for item in said if isinstance(item, Frame) and item.view == "weights"][-1]
assert frame.step == result.steps
np.savez(file, **frame.arrays)
print(json.dumps({"steps": result.steps, "train": result.train, "test": result.test}))
"""


def test_the_engine_computes_the_same_bits_whoever_else_trains(tmp_path: Path) -> None:
    """Threads divide the sums of a convolution: as many beside another run as alone, and as many as `train` has."""
    layers = '[{"kind":"conv2d","filters":8,"kernel_size":3},{"kind":"batch_normalization"},{"units":20}]'
    spec = read_spec(None, ["data.name=digits", f"model.layers={layers}", "training.epochs=3"])
    # In a process of its own: TensorFlow's pools keep the size that the first training in a process gives them.
    file = tmp_path / "weights.npz"
    words = [sys.executable, "-c", ALONE, spec.model_dump_json(), str(tmp_path), str(file)]
    out = subprocess.run(words, check=True, capture_output=True, text=True, timeout=100).stdout
    result, alone = json.loads(out.splitlines()[-1]), np.load(file)
    ear = Ear()
    engine = LocalEngine(tmp_path, ear)
    try:
        other = engine.submit(FOREVER, visitor="a")
        ear.trained(other)
        run = engine.submit(spec, visitor="b")
        end = ear.end(run)
    finally:
        engine.close()
    weights = ear.frames(run, "weights")[-1]
    assert weights.step == result["steps"]
    np.testing.assert_array_equal(weights.arrays["weights"], alone["weights"])
    assert {name: end[name] for name in ("train", "test")} == {name: result[name] for name in ("train", "test")}
