"""What it costs to add a thing: one entry of a registry, made here, outside the package's own files."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from pydantic import Field, ValidationError

from nnviz.activations import ACTIVATIONS, HIDDEN, Activation
from nnviz.experiments.changes import change
from nnviz.layers import LAYERS, Layer
from nnviz.layers.base import Apply, Placed
from nnviz.link import from_query, to_query
from nnviz.loops.compiled import CompiledLoop
from nnviz.loops.loop import Samples
from nnviz.loops.numpy_loop import ScratchLoop
from nnviz.losses import LOSSES, VALUES, Loss
from nnviz.models import initial_weights, summary
from nnviz.optimizers import OPTIMIZERS, Optimizer
from nnviz.optimizers.base import At, Memory, Momentum, Tensor, Updated
from nnviz.spec import RunSpec, explain
from nnviz.ui import words
from nnviz.web.schema_script import exports

RNG = np.random.default_rng(3)


def _bent_in_keras() -> Any:
    import tensorflow as tf

    return lambda z: tf.sqrt(z * z + 1) - 1 + z


BENT = Activation(
    "Bent identity", "bent", "√(z² + 1) − 1 + z", "Math.sqrt(z * z + 1) - 1 + z",
    lambda z: np.sqrt(z * z + 1) - 1 + z, lambda z, _, da: da * (z / np.sqrt(z * z + 1) + 1), keras=_bent_in_keras,
)  # fmt: skip


class Signum(Optimizer):
    """w ← w − η·sign(v), v ← μ·v + (1 − μ)·g."""

    name: Literal["signum"] = "signum"
    momentum: Momentum = 0.9

    label: ClassVar = "Signum"
    rates: ClassVar = (0.003, 0.001)

    def memory(self) -> list[float | str]:
        return [0.0]

    def update(self, w: Tensor, g: Tensor, s: Memory, at: At) -> Updated:
        v = self.momentum * s[0] + (1 - self.momentum) * g
        return w - at.rate * at.xp.sign(v), [v]


def _cubed_in_keras() -> Any:
    import tensorflow as tf

    return lambda t, o: tf.reduce_mean(tf.abs(o - t) ** 3, axis=-1)


CUBED = Loss(
    "Mean cubed error", VALUES, lambda t, o, _: (np.abs(o - t) ** 3).mean(-1),
    lambda t, o, _, through: through(3 * (o - t) * np.abs(o - t) / t.shape[-1]), keras=_cubed_in_keras,
)  # fmt: skip


class Scale(Layer):
    """factor · γ · x, with one γ for each number."""

    kind: Literal["scale"] = "scale"
    factor: float = Field(1.5, gt=0, le=10)

    label: ClassVar = "Scale"
    about: ClassVar = "multiplies each number"
    name: ClassVar = "scale"
    token: ClassVar = "x{factor}"
    arrays: ClassVar = {"gamma": "size"}
    kept: ClassVar = 2.0

    def initial(self, arrays: Any, *_: Any) -> Any:
        return [np.ones(shape, np.float32) for shape in arrays]

    def apply(self, placed: Placed, training: bool) -> Apply:  # noqa: ARG002
        factor = np.float32(self.factor)
        return lambda x, g: (x * (factor * g), lambda dy: (dy * (factor * g), [(dy * x).sum(0) * factor]))

    def keras(self, *_: Any) -> Any:
        import keras

        factor = self.factor

        class KerasScale(keras.layers.Layer):  # type: ignore[misc]
            def build(self, shape: Any) -> None:
                self.gamma = self.add_weight(shape=shape[-1:], initializer="ones")

            def call(self, x: Any) -> Any:
                return x * (factor * self.gamma)

        return KerasScale()


ADDED: dict[str, tuple[dict[str, Any], str, Any, dict[str, Any]]] = {
    "activation": (ACTIVATIONS, "bent", BENT, {"model": {"activation": "bent"}}),
    "optimizer": (OPTIMIZERS, "signum", Signum, {"training": {"optimizer": {"name": "signum", "momentum": 0.5}}}),
    "loss": (LOSSES, "cubed", CUBED, {"training": {"loss": "cubed"}}),
    "layers": (LAYERS, "scale", Scale, {"model": {"layers": [{"units": 4}, {"kind": "scale", "factor": 2.5}]}}),
}
"""Link name → the registry, the name and the entry that is added, and a spec that uses it."""
WRITTEN = {"activation": "bent", "optimizer": "signum", "loss": "cubed", "layers": "4,x2.5"}


@pytest.fixture(params=ADDED)
def added(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    registry, name, entry, _ = ADDED[request.param]
    monkeypatch.setitem(registry, name, entry)
    return str(request.param)


@pytest.mark.parametrize("what", ADDED)
def test_before_it_is_added_nobody_knows_it(what: str) -> None:
    _, name, _, plain = ADDED[what]
    with pytest.raises(ValidationError) as fault:
        RunSpec.model_validate(plain)
    (line,) = explain(fault.value)
    assert "allowed are" in line
    assert f"(given: '{name}')" in line


def test_the_spec_and_the_link_know_it(added: str) -> None:
    spec = RunSpec.model_validate(ADDED[added][3])
    assert RunSpec.model_validate_json(spec.model_dump_json()) == spec
    query = to_query(spec)
    assert query[added] == WRITTEN[added]
    assert from_query(query) == (spec, [])
    with pytest.raises(ValidationError) as fault:
        RunSpec.model_validate(
            {
                "model": {"layers": [{"kind": "?"}], "activation": "?"},
                "training": {"loss": "?", "optimizer": {"name": "?"}},
            }
        )
    assert any(ADDED[added][1] in line for line in explain(fault.value))


def test_the_pages_and_their_scripts_know_it(added: str) -> None:
    registry, name, entry, plain = ADDED[added]
    assert words.labels(registry)[name] == entry.label
    found = change(RunSpec(), RunSpec.model_validate(plain))
    assert (WRITTEN["layers"] if added == "layers" else entry.label) in found
    made = {export: value for export, (_, value) in exports().items()}
    if added == "activation":
        assert made["ACTIVATIONS"][name]["f"] == f"(z) => {entry.js}"
        assert name in made["LAYERS"]["dense"]["fields"]["activation"]["words"]
        assert name in HIDDEN
    if added == "layers":
        assert made["LAYERS"][name]["fields"] == {"factor": {"default": 1.5, "most": 10}}
        assert [row["kind"] for row in summary(RunSpec.model_validate(plain))] == ["input", "dense", "scale", "dense"]
    if added == "optimizer":
        assert "momentum" in entry.settings()


def test_both_loops_train_with_it_alike(added: str) -> None:
    plain = ADDED[added][3]
    spec = RunSpec.model_validate({**plain, "data": {"name": "plane", "train": 40}})
    x = RNG.uniform(-1, 1, (40, 2)).astype(np.float32)
    y = x[:, :1] * 0.5 - x[:, 1:] * 0.3
    ours, theirs = (kind(spec, initial_weights(spec), Samples(x, y)) for kind in (ScratchLoop, CompiledLoop))
    before = float(((ours.predict(x)[0] - y) ** 2).mean())
    for loop in (ours, theirs):
        assert loop.run(12).bad is None
    for a, b in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    ours.run(400)
    assert float(((ours.predict(x)[0] - y) ** 2).mean()) < before
