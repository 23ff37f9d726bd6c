"""Hypothesis strategies: every spec that there is, as plain values and validated."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from nnviz.activations import HIDDEN, OUTPUT
from nnviz.initializers import BIASES, INITIALIZERS
from nnviz.layers import LAYERS, BatchNormalization, Dense, Dropout
from nnviz.losses import LOSSES
from nnviz.optimizers import OPTIMIZERS, Decay
from nnviz.part import names_of
from nnviz.sets import SETS, fixed
from nnviz.spec import EarlyStopping, InputName, Part, Regularizer, RunSpec, SVMSpec

Plain = dict[str, Any]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=12), children, max_size=3),
    max_leaves=8,
)
"""Any JSON, NaN and infinity included."""


def part(kind: type[Part], /, **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Plain]:
    """Plain values for a part of a spec, any field left out; what is not `known` follows from type and limits."""
    fields = {name: known.get(name, _field(info)) for name, info in kind.model_fields.items()}
    return st.fixed_dictionaries({}, optional=fields)


def _field(info: FieldInfo) -> st.SearchStrategy[Any]:
    limits = {name: getattr(m, name) for m in info.metadata for name in ("ge", "gt", "le", "lt") if hasattr(m, name)}
    if (names := names_of(info)) is not None:
        return st.sampled_from(list(names))
    kinds = get_args(info.annotation) or (info.annotation,)
    if all(isinstance(kind, str) for kind in kinds):
        return st.sampled_from(kinds)
    if bool in kinds:
        values: st.SearchStrategy[Any] = st.booleans()
    elif int in kinds:
        values = st.integers(limits.get("ge", 0), min(limits.get("le", 10**6), 10**6))
    else:
        low, high = limits.get("ge", limits.get("gt", 0.0)), limits.get("le", limits.get("lt", 10.0))
        values = st.floats(
            low, high, exclude_min="gt" in limits, exclude_max="lt" in limits, allow_nan=False, allow_infinity=False
        )
    return st.none() | values if type(None) in kinds else values


def _literal(kind: Any) -> st.SearchStrategy[str]:
    names = [name for one in get_args(kind) for name in (get_args(one) or (one,))]
    return st.sampled_from(names)


@st.composite
def data_specs(draw: st.DrawFn) -> Plain:
    """Plain values for a DataSpec that is valid."""
    name = draw(st.sampled_from(sorted(SETS)))
    counts = {
        n: draw(st.integers(int(n == "train"), 500)) for n in ("train", "validation", "test") if draw(st.booleans())
    }
    data: Plain = {"name": name, **counts, "seed": draw(st.integers(0, 2**31 - 1)), "noise": draw(st.floats(0, 1))}
    if fixed(name):
        counts.pop("test", None)
        data |= dict(zip(("train", "validation", "test"), (300, 0, 300), strict=True)) | counts
    if SETS[name].is_image:
        data |= {"center": draw(st.booleans()), "rotate": draw(st.none() | st.floats(5, 45))}
        data |= {"scale": draw(st.booleans()), "center_of": draw(st.sampled_from(["train", "train_validation"]))}
        if (one := fixed(name)) is not None:
            every = [1, 2, 50] if one.apart else [1]
            data |= {"every": draw(st.sampled_from(every)), "validation_seed": draw(st.none() | st.integers(0, 9))}
    else:
        data["inputs"] = draw(st.permutations(get_args(InputName)))[: draw(st.integers(1, 7))]
    if name == "table":
        data |= {
            "table": draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
            "classes": draw(st.sampled_from([0, 2, 3, 10])),
        }
    elif name == "images":
        data |= {
            "images": draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
            "classes": draw(st.integers(2, 10)),
        }
    elif len(SETS[name].classes) > 1:
        data["classes"] = draw(st.integers(2, 8))
    return data


def layers() -> st.SearchStrategy[list[Plain]]:
    return st.lists(
        part(Dense, units=st.integers(1, 64), activation=st.none() | st.sampled_from([*HIDDEN]))
        | part(Dropout).map(lambda layer: layer | {"kind": "dropout"})
        | st.just({"kind": BatchNormalization().kind}),
        max_size=8,
    )


def image_layers() -> st.SearchStrategy[list[Plain]]:
    """Layers of any kind, small; whether each can stand where it stands is for the spec to say."""
    small = {
        "units": st.integers(1, 16),
        "filters": st.integers(1, 8),
        "kernel_size": st.integers(1, 5),
        "pool_size": st.integers(1, 3),
        "strides": st.integers(1, 2),
        "activation": st.none() | st.sampled_from([*HIDDEN]),
    }

    def of(kind: str) -> st.SearchStrategy[Plain]:
        fields = {name: value for name, value in small.items() if name in LAYERS[kind].model_fields}
        if kind == "simple_rnn":
            fields["activation"] = st.sampled_from([*HIDDEN])
        return part(LAYERS[kind], kind=st.just(kind), **fields).map(lambda layer: layer | {"kind": kind})

    return st.lists(st.sampled_from(sorted(LAYERS)).flatmap(of), max_size=6)


def optimizers() -> st.SearchStrategy[Plain]:
    """Every optimiser with any of its own fields; at most one of the three limits."""
    clips = ("clipnorm", "clipvalue", "global_clipnorm")

    def of(name: str) -> st.SearchStrategy[Plain]:
        fields = part(OPTIMIZERS[name], name=st.just(name), **dict.fromkeys(clips, st.none()))
        clip = st.dictionaries(st.sampled_from(clips), st.floats(0.001, 10), max_size=1)
        return st.builds(lambda f, c: f | {"name": name} | c, fields, clip)

    return st.sampled_from(sorted(OPTIMIZERS)).flatmap(of)


def plain_specs() -> st.SearchStrategy[Plain]:
    """Specs as plain values. Each part is valid; whether they go together is for the spec to say."""
    model = {
        "layers": layers() | image_layers(),
        "family": st.sampled_from(["network", "network", "scratch"]),
        "activation": st.sampled_from([*HIDDEN]),
        "output_activation": st.sampled_from([*OUTPUT]),
        "outputs": st.sampled_from(["auto", "per_class"]),
        "initializer": st.sampled_from([*INITIALIZERS]),
        "bias_initializer": st.sampled_from([*BIASES]),
        "regularizer": part(Regularizer, on=st.sampled_from(["all", "output", 1])),
    }
    training = {
        "loss": st.sampled_from([*LOSSES]),
        "optimizer": optimizers(),
        "decay": part(Decay),
        "batch_size": st.integers(1, 60_000),
        "epochs": st.integers(1, 100_000),
        "shuffle": st.booleans(),
        "early_stopping": st.none() | part(EarlyStopping),
        "target_loss": st.none() | st.floats(1e-6, 10),
    }
    return st.fixed_dictionaries(
        {
            "data": data_specs(),
            "model": st.fixed_dictionaries({}, optional=model)
            | part(SVMSpec, gamma=st.sampled_from(["scale", "auto"]) | st.floats(0.001, 10)).map(
                lambda m: m | {"family": "svm"}
            ),
            "training": st.fixed_dictionaries({}, optional=training),
            "seed": st.integers(0, 2**31 - 1),
        }
    )


def specs() -> st.SearchStrategy[RunSpec]:
    """Every valid spec. What of `plain_specs` does not go together falls back to the default."""

    def build(plain: Plain) -> RunSpec | None:
        data = plain.get("data", {})
        if data.get("name") in {"plane", "multi_gauss"} or data.get("classes") == 0:
            plain.get("training", {}).pop("loss", None)
        for name in ("", "output_activation", "early_stopping", "loss", "family", "batch_size", "layers"):
            if name == "family" and plain["model"].get("family") == "svm":
                plain["model"] = {}
            plain.get("model", {}).pop(name, None)
            plain.get("training", {}).pop(name, None)
            try:
                return RunSpec.model_validate(plain)
            except ValidationError:
                continue
        return None

    return plain_specs().map(build).filter(lambda spec: spec is not None)  # type: ignore[arg-type,return-value]
