"""Code that programs are made of: equal to what nnviz computes, for every entry of every registry; and always whole."""

from __future__ import annotations

import subprocess
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from nnviz.activations import ACTIVATIONS
from nnviz.data import DataError
from nnviz.export import CannotExport, Source
from nnviz.export.keras_code import model_code, optimizer_code
from nnviz.export.numpy_code import ACTIVATION, LOSS
from nnviz.export.script import SCRIPT, program_of
from nnviz.export.start_code import functions
from nnviz.initializers import BIASES, INITIALIZERS
from nnviz.losses import LOSSES
from nnviz.models.weights import initial_weights
from nnviz.optimizers import DECAYS, OPTIMIZERS
from nnviz.spec import RunSpec
from tests.strategies import specs

RNG = np.random.default_rng(0)
HOME = Path("/nowhere")


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_an_activation_and_its_slope(name: str) -> None:
    from scipy.special import ndtr

    z = RNG.normal(0, 2, 500)
    f, slope = ACTIVATION[name]
    a = eval(f, {"np": np, "ndtr": ndtr, "z": z})
    np.testing.assert_allclose(a, ACTIVATIONS[name].f(z), rtol=1e-6, atol=1e-7)
    known = {"np": np, "ndtr": ndtr, "z": z, "a": a}
    np.testing.assert_allclose(eval(slope, known) * np.ones_like(z), ACTIVATIONS[name].slope(z), rtol=1e-5, atol=1e-6)


CASES = [
    (name, function, classes)
    for name, loss in LOSSES.items() if loss.derived
    for classes in (2, 3) for function in loss.on.outputs
]  # fmt: skip


@pytest.mark.parametrize(("name", "function", "classes"), CASES)
def test_a_loss_and_its_gradient(name: str, function: str, classes: int) -> None:
    spec = RunSpec.model_validate({
        "data": {"name": "gauss", "classes": classes}, "training": {"loss": name},
        "model": {"family": "scratch", "output_activation": function},
    })  # fmt: skip
    (code,) = [s.code for s in program_of(Source(spec, HOME)).sections if s.title == "Its loss"]
    known: dict[str, Any] = {"np": np}
    exec(code, known)
    z = RNG.normal(size=(50, spec.outputs))
    t = np.where(RNG.random(z.shape) < 0.5, *spec.targets) if spec.outputs == 1 else np.eye(3)[:, : spec.outputs][
        RNG.integers(spec.outputs, size=50)]  # fmt: skip
    activation, loss = ACTIVATIONS[function], LOSSES[name]
    o = known["output"](z)
    np.testing.assert_allclose(o, activation.f(z), rtol=1e-9)
    np.testing.assert_allclose(known["loss"](t, o, z), loss.of(t, o, z), rtol=1e-9)
    expected = loss.back(t, o, z, lambda do: activation.back(z, o, do))
    np.testing.assert_allclose(known["loss_gradient"](t, o, z), expected, rtol=1e-9, atol=1e-12)
    assert set(LOSS) >= {name}


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize("kernel", INITIALIZERS)
def test_the_start_weights(kernel: str, bias: str) -> None:
    """Of convolutions, dense and recurrent layers: the same numbers as the run's."""
    layers = [{"kind": "conv2d", "filters": 3, "kernel_size": 2}, {"kind": "simple_rnn", "units": 5}, {"units": 4}]
    spec = RunSpec.model_validate({
        "data": {"name": "digits"}, "seed": 7, "training": {"loss": "categorical_crossentropy"},
        "model": {"layers": layers, "initializer": kernel, "bias_initializer": bias},
    })  # fmt: skip
    known: dict[str, Any] = {"np": np}
    exec(functions(spec, keras=False), known)
    makers = {"kernel": known["kernel"], "bias": known["bias"], "recurrent_kernel": known["orthogonal"]}
    drawn = [makers[n](s) for p in spec.plan for n, s in zip(p.layer.arrays, p.arrays, strict=True)]
    for ours, theirs in zip(initial_weights(spec), drawn, strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("optimizer", "decay"), [*zip(OPTIMIZERS, cycle(DECAYS), strict=False)])
def test_keras_knows_every_optimizer_and_schedule(optimizer: str, decay: str) -> None:
    """What is written is what Keras takes, with the setting's own numbers."""
    import keras

    kind = OPTIMIZERS[optimizer]
    own = {"clipnorm": 2.5, **({"momentum": 0.25} if "momentum" in kind.model_fields else {})}
    spec = RunSpec.model_validate({
        "training": {"optimizer": {"name": optimizer, "learning_rate": 0.5, **own},
                     "decay": {"name": decay, "rate": 0.25, "steps": 10}},
    })  # fmt: skip
    made = eval(optimizer_code(spec), {"keras": keras})
    config = made.get_config()
    assert config["clipnorm"] == 2.5
    assert config.get("momentum", 0.25) == 0.25
    rate = made._learning_rate
    at_30 = float(rate(30)) if decay != "none" else float(made.learning_rate)
    assert at_30 == pytest.approx(0.5 * float(DECAYS[decay].factor(3.0, 0.25, np)), rel=1e-5)


def test_a_layer_of_many_words_takes_its_start_weights_too() -> None:
    spec = RunSpec.model_validate({
        "model": {"layers": [{"units": 4}], "output_activation": "tanh",
                  "regularizer": {"name": "l1", "rate": 0.15165813632295624, "on": "output"}},
    })  # fmt: skip
    code = model_code(spec, start=True)
    assert ",\n    **weights,\n" in code.replace("        ", "    ")
    compile(code, "model.py", "exec")


@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])
@given(specs())
def test_any_program_is_whole(spec: RunSpec) -> None:
    """Every setting gives a program without an unknown name or an import too many, or says why not."""
    source = Source(spec, HOME)
    why = SCRIPT.refusal(source)
    if why is not None:
        with pytest.raises((CannotExport, DataError)):
            program_of(source)
        return
    try:
        program = program_of(source)
    except DataError:  # own data that are not here
        return
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,E7,E9,W", "-"],
        input=program.script(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, f"{checked.stdout}\n{program.script()}"
    assert max(map(len, program.script().splitlines())) <= 160
    if spec.is_network and spec.network.family == "network":
        compile(model_code(spec, start=True), "model.py", "exec")
