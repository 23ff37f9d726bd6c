"""What the browser computes for itself, under the pointer or while a hand edits, is what Python and Keras compute."""

from __future__ import annotations

from base64 import b64encode
from itertools import product
from typing import Any, get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import correlate2d
from scipy.stats import binomtest

from nnviz.activations import ACTIVATIONS, HIDDEN
from nnviz.data import load
from nnviz.events import DTYPES, Frame, encode_frame
from nnviz.layers import LAYERS
from nnviz.layers.plan import plan
from nnviz.link import from_query
from nnviz.models import forward, initial_weights
from nnviz.models.keras_network import build
from nnviz.probes import NetworkProbe, data_frame
from nnviz.sets import SETS, image_sets
from nnviz.spec import InputName, RunSpec
from tests.js.node import compute

RNG = np.random.default_rng(5)
STATIC = "./nnviz/web/static"
LOSSES = ["half_squared_error", "categorical_crossentropy", "binary_crossentropy", "hinge"]

# ---- the playground's forward pass -----------------------------------------------------------------------------------

FORWARD = f"""
const {{ features, forward, layersOf }} = await import("{STATIC}/kit/arithmetic.js");
return cases.map(({{ frame, weights, data, points }}) => {{
  const layers = layersOf({{ ...frame, arrays: {{ weights: {{ data: Float32Array.from(weights) }} }} }});
  return points.map((p) => forward(layers, features(frame.meta.inputs, data.meta, ...p)).map(({{ y }}) => y));
}});
"""


def stack() -> str:
    """Any list of layers that the playground's spec allows, as a link writes it."""
    words = []
    for _ in range(RNG.integers(0, 6)):
        match RNG.integers(0, 6):
            case 0:
                words.append(str(RNG.choice(["bn", "d0.2", "flat", "bn:bn", "d0.3:bn"])))
            case 1:
                words.append(f"{RNG.integers(1, 7)}:d0.2:bn")
            case 2:
                words.append(f"{RNG.integers(1, 7)}:{RNG.choice(list(HIDDEN))}:bn:bn")
            case _:
                words.append(f"{RNG.integers(1, 7)}:{RNG.choice(list(HIDDEN))}")
    return ",".join(words) or "none"


STACKS = ["bn,4,2", "8,flat,4", "d0.2,bn,4", "8:d0.2:bn", "bn:bn,flat", "bn,4:selu,2", "8:gelu:bn:d0.2,flat,4:mish"]
STACKS += [f"3:{activation},2:bn" for activation in HIDDEN]
STACKS += [stack() for _ in range(200)]


def random_spec(layers: str) -> RunSpec:
    data = str(RNG.choice(["circle", "spiral", "plane", "blobs"]))
    query = {
        "data": data,
        "layers": layers,
        "inputs": ",".join(RNG.permutation(get_args(InputName))[: RNG.integers(1, 8)]),
    }
    spec, problems = from_query(query if data == "plane" else {**query, "loss": str(RNG.choice(LOSSES))})
    assert not problems
    return spec


def scattered(spec: RunSpec) -> list[NDArray[np.float32]]:
    """Weights with nothing at its neutral value, moving means and variances included."""
    return [(w + RNG.uniform(0.1, 0.5, w.shape)).astype(np.float32) for w in initial_weights(spec)]


def test_the_network_says_in_the_browser_what_it_says_in_numpy_and_keras() -> None:
    """Over random stacks, every activation, all inputs, data, losses, weights and points."""
    specs = [random_spec(layers) for layers in STACKS]
    weights = [scattered(spec) for spec in specs]
    points = [RNG.uniform(-3, 3, (5, 2)).astype(np.float32) for _ in specs]
    cases = []
    for spec, values, at in zip(specs, weights, points, strict=True):
        data = load(spec.data)
        frame = NetworkProbe(spec, data).frame(values, 0, 0.0)
        cases.append(
            {"frame": {"meta": frame.meta}, "weights": frame.arrays["weights"].tolist(), "points": at.tolist(),
             "data": {"meta": data_frame(spec, data).meta}}
        )  # fmt: skip
    for i, found in enumerate(compute(FORWARD, cases)):
        x = load(specs[i].data).features(points[i])
        expected = forward(specs[i], weights[i], x)
        for layer, theirs in enumerate(expected):
            ours = np.array([point[layer] for point in found])
            np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-4, err_msg=STACKS[i])
        if i < 10:  # building takes Keras a second
            theirs = build(specs[i], weights[i])(x, training=False)
            np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-4, err_msg=STACKS[i])


def test_every_activation() -> None:
    """Far from zero, too, where a formula can overflow."""
    z = [*np.linspace(-40, 40, 401), -700.0, 700.0]
    body = f"""
      const {{ ACTIVATIONS }} = await import("{STATIC}/schema.js");
      return cases.map(([name, zs]) => zs.map(ACTIVATIONS[name].f));
    """
    names = list(HIDDEN)
    for name, found in zip(names, compute(body, [[name, z] for name in names]), strict=True):
        expected = ACTIVATIONS[name].f(np.array(z))
        np.testing.assert_allclose(np.array(found, float), expected, rtol=1e-6, atol=1e-6, err_msg=name)


# ---- the plan of a network of images ---------------------------------------------------------------------------------

PLAN = f"""
const {{ plan, refusal }} = await import("{STATIC}/rooms/digits/chain_plan.js");
return cases.map((c) => ({{ ...plan(...c), why: refusal(...c) }}));
"""


def random_layer() -> dict[str, Any]:
    kind = str(RNG.choice(list(LAYERS)))
    layer: dict[str, Any] = {"kind": kind}
    properties = LAYERS[kind].model_json_schema()["properties"]
    for name, field in properties.items():
        options = list(field.get("anyOf", [field]))
        option = options[RNG.integers(len(options))]
        if option.get("type") == "null":
            layer[name] = None
        elif "enum" in option:
            layer[name] = str(RNG.choice(option["enum"]))
        elif option.get("type") == "integer":
            layer[name] = int(RNG.integers(option["minimum"], min(option["maximum"], 40) + 1))
    return layer


def planned(data: str, layers: list[dict[str, Any]]) -> tuple[RunSpec | None, Any]:
    """The layers as Python places them, or the number of the one that cannot stand where it does."""
    parts = tuple(LAYERS[layer["kind"]].model_validate(layer) for layer in layers)
    try:
        return plan(parts, SETS[data].shape or (), "relu", 10, "softmax")
    except ValueError as error:
        return int(str(error).split(".")[1].split(":")[0])


def test_the_plan_of_a_network_is_pythons() -> None:
    """Shapes, numbers of parameters, names, activations and what cannot stand where it does, over random layers."""
    cases, expected = [], []
    for _ in range(600):
        data = str(RNG.choice(image_sets()))
        layers = [random_layer() for _ in range(RNG.integers(0, 6))]
        spec = {"data": {"name": data, "classes": 10}, "model": {"family": "network", "activation": "relu"}}
        cases.append([spec, layers, [{"output_shape": [10], "activation": "softmax"}]])
        expected.append(planned(data, layers))
    faults = 0
    for case, found, theirs in zip(cases, compute(PLAN, cases), expected, strict=True):
        if isinstance(theirs, int):
            faults += 1
            assert found["fault"]["index"] == theirs, case
            assert found["why"]
            continue
        assert found["fault"] is None, case
        ours = [(r["kind"], r["name"], tuple(r["shape"]), r["parameters"], r["activation"]) for r in found["rows"]]
        assert ours == [(p.kind, p.name, p.output_shape, p.parameters, p.activation) for p in theirs], case
    assert 100 < faults < 500


# ---- the sliding kernel ----------------------------------------------------------------------------------------------

CONVOLVE = f"""
const {{ convolve, pool }} = await import("{STATIC}/rooms/convolution/math.js");
return cases.map(([picture, setting]) => {{
  const layer = convolve(picture, setting);
  return [layer, ...["max", "average", "l2"].map((kind) => pool(layer, kind, setting.size_of_pool))].map(
    ({{ height, width, a }}) => [height, width, a],
  );
}});
"""


def test_a_convolution_and_its_poolings_are_scipys_and_kerass() -> None:
    import keras

    cases, inputs = [], []
    for k, stride, padding in product((1, 3, 4, 5, 7), (1, 2, 3, 4), ("valid", "same")):
        x, w, size = RNG.random((9, 13)), RNG.normal(size=(k, k)), int(RNG.integers(2, 4))
        setting = {
            "size": k, "stride": stride, "padding": padding, "bias": 0.25, "activation": "relu",
            "weights": w.ravel().tolist(), "size_of_pool": size,
        }  # fmt: skip
        cases.append([{"height": 9, "width": 13, "x": x.ravel().tolist()}, setting])
        inputs.append((x, w, stride, padding, size))
    for (x, w, stride, padding, size), found in zip(inputs, compute(CONVOLVE, cases), strict=True):
        layer, *pooled = (np.reshape(values, (height, width)) for height, width, values in found)
        z = keras.ops.conv(x[None, :, :, None], w[:, :, None, None], strides=stride, padding=padding)
        a = np.maximum(np.asarray(z) + 0.25, 0)
        np.testing.assert_allclose(layer, a[0, :, :, 0], atol=1e-5)
        if padding == "valid":
            plain = correlate2d(x, w, "valid")[::stride, ::stride] + 0.25
            np.testing.assert_allclose(layer, np.maximum(plain, 0), atol=1e-12)
        if min(layer.shape) < size:
            continue
        l2 = np.sqrt(np.asarray(keras.ops.average_pool(a**2, size)) * size**2)
        for ours, theirs in zip(
            pooled, (keras.ops.max_pool(a, size), keras.ops.average_pool(a, size), l2), strict=True
        ):
            np.testing.assert_allclose(ours, np.asarray(theirs)[0, :, :, 0], atol=1e-5)


# ---- frames on their way ---------------------------------------------------------------------------------------------

DECODE = f"""
const {{ decodeFrame, fromBase64 }} = await import("{STATIC}/kit/wire.js");
return cases.map((text) => decodeFrame(fromBase64(text)));
"""


def test_a_frame_comes_out_as_it_went_in() -> None:
    """Of every type of number, of shapes with nothing in them, with letters beyond ASCII before them."""
    frames = []
    for dtype in sorted(DTYPES):
        shapes = [(), (0,), (3,), (5, 7), (2, 0, 4), (1, 2, 3)]
        arrays = {f"a{i}": RNG.uniform(0, 100, shape).astype(dtype) for i, shape in enumerate(shapes)}
        frames.append(Frame("predictions", 12, 0.5, {"names": ["σ", "日本"], "none": None}, arrays))
    sent = [b64encode(encode_frame(frame, "a-run")).decode() for frame in frames]
    for frame, found in zip(frames, compute(DECODE, sent), strict=True):
        assert (found["run"], found["view"], found["step"], found["epoch"]) == ("a-run", "predictions", 12, 0.5)
        assert found["meta"] == frame.meta
        for name, array in frame.arrays.items():
            assert found["arrays"][name]["shape"] == list(array.shape)
            np.testing.assert_array_equal(found["arrays"][name]["data"], array.ravel())


# ---- two networks on the same digits ---------------------------------------------------------------------------------

WILSON = f"""
const {{ wilson }} = await import("{STATIC}/kit/predictions.js");
return cases.map(([right, n]) => wilson(right / n, n));
"""


def test_the_interval_of_an_accuracy_is_scipys() -> None:
    pairs = [(0, 1), (1, 1), (0, 10_000), (10_000, 10_000), (4_321, 5_000), (1, 3)]
    for (right, n), found in zip(pairs, compute(WILSON, pairs), strict=True):
        assert found == pytest.approx(tuple(binomtest(right, n).proportion_ci(0.95, "wilson")), abs=1e-6)


# ---- mistakes and who makes them -------------------------------------------------------------------------------------

SIDES = f"""
const {{ sides }} = await import("{STATIC}/rooms/digits/sides.js");
const framed = ({{ index, predicted, meta }}) =>
  ({{ meta, arrays: {{ predicted: {{ data: predicted }}, ...(index ? {{ index: {{ data: index }} }} : {{}}) }} }});
return cases.map(({{ a, b, labels }}) => sides(framed(a), framed(b), labels));
"""


def answers(labels: NDArray[np.int64]) -> dict[str, Any]:
    """A "predictions" frame of some model: of all digits, or of a sample of them, most of them right."""
    n = len(labels)
    sample = np.sort(RNG.permutation(n)[: RNG.integers(1, n + 1)]) if RNG.random() < 0.5 else None
    index = np.arange(n) if sample is None else sample
    predicted = np.where(RNG.random(len(index)) < 0.7, labels[index], RNG.integers(0, 10, len(index)))
    meta = {"split": "test", "of": n, "n": len(index), "correct": int((predicted == labels[index]).sum())}
    return {
        "index": None if sample is None else sample.tolist(), "at": index, "predicted": predicted.tolist(), "meta": meta
    }  # fmt: skip


def test_who_is_right_where_the_other_is_wrong() -> None:
    """Over random answers of two models, of all digits or of samples: the same four sets as by NumPy's set algebra."""
    cases = []
    for _ in range(60):
        labels = RNG.integers(0, 10, RNG.integers(1, 60))
        cases.append((labels, answers(labels), answers(labels)))
    said = [
        {"labels": labels.tolist(), **{k: {**f, "at": None} for k, f in (("a", a), ("b", b))}} for labels, a, b in cases
    ]
    for (labels, a, b), found in zip(cases, compute(SIDES, said), strict=True):
        common, of_a, of_b = np.intersect1d(a["at"], b["at"], return_indices=True)
        says_a, says_b, truth = np.array(a["predicted"])[of_a], np.array(b["predicted"])[of_b], labels[common]
        right_a, right_b = says_a == truth, says_b == truth
        masks = {"both": right_a & right_b, "onlyA": right_a & ~right_b, "onlyB": ~right_a & right_b}
        for name, mask in {**masks, "neither": ~right_a & ~right_b}.items():
            rows = np.stack([common, truth, says_a, says_b], 1)[mask].tolist()
            assert [[row[key] for key in ("index", "truth", "a", "b")] for row in found[name]] == rows


NEWCOMERS = f"""
const {{ Newcomers, judged }} = await import("{STATIC}/kit/predictions.js");
return cases.map(({{ labels, frames }}) => {{
  const newcomers = new Newcomers();
  return frames.map(({{ run, step, predicted, sure }}) => {{
    const arrays = {{ predicted: {{ data: predicted }}, sure: {{ data: sure }} }};
    return newcomers.take(judged({{ run, step, arrays }}, labels)).map(({{ index }}) => index);
  }});
}});
"""


def test_the_newest_mistakes_come_first() -> None:
    """By the frame in which each has gone wrong for good, then by how sure the model is, over random trainings that go
    on, go back to a step before and become another run."""
    cases, expected = [], []
    for _ in range(30):
        labels, frames, orders = RNG.integers(0, 4, 25), [], []
        since: dict[int, int] = {}
        run, step = "a", 0
        for number in range(12):
            match RNG.integers(0, 8):
                case 0:
                    run, step, since = run + "a", 0, {}
                case 1 if step > 5:
                    step, since = step - 5, {}
                case _:
                    step += 5
            predicted = np.where(RNG.random(25) < 0.6, labels, RNG.integers(0, 4, 25))
            sure = RNG.permutation(255)[:25]  # no two alike: the order is then certain
            wrong = np.flatnonzero(predicted != labels).tolist()
            since = {k: since.get(k, number) for k in wrong}
            frames.append({"run": run, "step": step, "predicted": predicted.tolist(), "sure": sure.tolist()})
            orders.append(sorted(wrong, key=lambda k, s=sure, at=since: (-at[k], -int(s[k]))))
        cases.append({"labels": labels.tolist(), "frames": frames})
        expected.append(orders)
    assert compute(NEWCOMERS, cases) == expected


# ---- frames ----------------------------------------------------------------------------------------------------------


def test_arrays_of_stored_frames_have_the_names_of_today() -> None:
    """In the browser as in Python."""
    data = encode_frame(Frame("statistics", 3, 0.5, {}, {"norm_w": np.ones((1, 2), np.float32)}), "r")
    body = f"""
      const {{ decodeFrame }} = await import("{STATIC}/kit/wire.js");
      return cases.map((bytes) => Object.keys(decodeFrame(Uint8Array.from(bytes).buffer).arrays));
    """
    assert compute(body, [list(data)]) == [["weight_rms"]]
