"""The Keras program of a network: its layers, its training, its result."""

from __future__ import annotations

import textwrap
from typing import Any

from nnviz.activations import ACTIVATIONS
from nnviz.export import start_code
from nnviz.export.data_code import add_data, add_targets, judged
from nnviz.export.format import CannotExport, Source
from nnviz.export.program import Program, call
from nnviz.export.result_code import add_boundary, add_curves, add_mistakes, add_result, decided
from nnviz.export.weights import npz
from nnviz.layers.base import Placed
from nnviz.layers.windows import margins
from nnviz.losses import LOSSES
from nnviz.models.metrics import threshold
from nnviz.models.weights import initial_weights
from nnviz.optimizers import SGD
from nnviz.regularizers import REGULARIZERS
from nnviz.spec import RunSpec

POSITIONAL = ("units", "filters", "kernel_size", "pool_size", "rate")
"""Fields of layers that stand without their names; all have the meaning that Keras's have."""
OURS = {
    "half_squared_error": '''
def half_squared_error(t, o):
    """Which Keras has not."""
    return 0.5 * keras.ops.sum((o - t) ** 2, axis=-1)
''',
}
"""Losses that Keras has not → their code."""
L2_POOLING = '''
def l2_pooling(shape, size, strides, padding):
    """√Σa² over each window, which Keras has not: a network of its own in the place of a layer."""
    a = keras.Input(shape)
    squares = keras.layers.ZeroPadding2D(padding)(keras.ops.square(a))
    total = size**2 * keras.layers.AveragePooling2D(size, strides)(squares)
    return keras.Model(a, keras.ops.sqrt(keras.ops.maximum(total, 1e-14)))
'''
TARGET_LOSS = '''
class Target(keras.callbacks.Callback):
    """Ends the training at a loss below {target}."""

    def on_epoch_end(self, epoch, logs):
        self.model.stop_training = logs["{monitor}"] < {target}
'''
ACCURACY = '''
def accuracy(t, o):
    """Of one output: both on the same side."""
    return keras.ops.mean(keras.ops.cast((o > {side:g}) == (t > {middle:g}), "float32"))
'''
SCHEDULES = {
    "exponential": ("ExponentialDecay", "{rate}, decay_steps={steps}, decay_rate={decay}"),
    "staircase": ("ExponentialDecay", "{rate}, decay_steps={steps}, decay_rate={decay}, staircase=True"),
    "inverse_time": ("InverseTimeDecay", "{rate}, decay_steps={steps}, decay_rate={decay}"),
    "cosine": ("CosineDecay", "{rate}, decay_steps={steps}, alpha={decay}"),
    "linear": ("PolynomialDecay", "{rate}, decay_steps={steps}, end_learning_rate={decay} * {rate}"),
}
"""Decays → Keras's schedule."""


def keras_program(source: Source, program: Program, epochs: int) -> None:
    """Add the sections of a network of Keras's layers. Raises CannotExport."""
    spec = source.training
    add_data(program, source, keras=True)
    add_targets(program, spec, "keras.utils.to_categorical({}, {})")
    start = source.start()
    seeded = start is None and start_code.is_known(spec)
    words = "Starts from the same numbers as in nnviz." if seeded else "The start weights are in `start.npz`."
    program.add("The network", words, model_code(spec, start=seeded), "import keras", "import numpy as np")
    if not seeded:
        program.files["start.npz"] = npz(spec, start or initial_weights(spec))
        program.add("Its start", "", "with np.load(@start.npz@) as start:\n    model.set_weights(list(start.values()))")
    program.add("The training", "", _training(spec, epochs), "import keras")
    _result(program, spec)
    add_curves(program)
    if spec.data.is_image:
        add_mistakes(program, spec)
    else:
        add_boundary(program, source, "model.predict({}, verbose=0)")


def model_code(spec: RunSpec, *, start: bool) -> str:
    """Code that leaves the network in `model`; `start`: with nnviz's start weights. Raises CannotExport."""
    regularizer = spec.network.regularizer
    penalty = None
    if regularizer.name != "none" and regularizer.rate:
        if REGULARIZERS[regularizer.name].keras is not None:
            raise CannotExport(f"Keras has no regulariser {regularizer.name}")
        penalty = f"keras.regularizers.{regularizer.name.upper()}({regularizer.rate!r})"
    first = {
        "kernel_initializer": "kernel" if start else None,
        "bias_initializer": ("bias" if "bias" in start_code.functions(spec, True) else '"zeros"') if start else None,
        "kernel_regularizer": penalty if spec.network.regularizer.on == "all" else None,
    }
    options = {name: text for name, text in first.items() if text is not None}
    parts = [start_code.functions(spec, keras=True)] if start else []
    if any(placed.kind == "l2_pooling2d" for placed in spec.plan):
        parts.append(L2_POOLING.strip())
    lines = [f"keras.Input({_shape(spec.input_shape)}),"]
    alone = None if spec.network.regularizer.on == "all" else penalty
    lines += [f"{_layer(placed, bool(options), start, spec, alone)}," for placed in spec.plan]
    common = f"weights = dict({', '.join(f'{name}={text}' for name, text in options.items())})\n" if options else ""
    parts.append(f"{common}model = keras.Sequential([\n{textwrap.indent(chr(10).join(lines), '    ')}\n])")
    return "\n\n\n".join(parts)


def _layer(placed: Placed, options: bool, start: bool, spec: RunSpec, penalty: str | None) -> str:
    """`penalty`: of the one layer that is punished alone."""
    layer, name = placed.layer, type(placed.layer).__name__
    fields = layer.model_dump()
    if placed.kind == "rows":
        return f"keras.layers.Reshape({_shape(placed.output_shape)})"
    if placed.kind == "l2_pooling2d":
        size, strides = fields["pool_size"], fields["strides"] or fields["pool_size"]
        edges = tuple(margins(side, size, strides, fields["padding"])[1:] for side in placed.input_shape[:2])
        return f"l2_pooling({placed.input_shape}, {size}, {strides}, padding={edges})"
    if layer.__module__.split(".")[0] != "nnviz":
        raise CannotExport(f"Keras has no layer {placed.kind}")
    more: dict[str, Any] = {}
    if placed.activation not in (None, "linear") and placed.kind != "lstm":
        if ACTIVATIONS[str(placed.activation)].keras is not None:
            raise CannotExport(f"Keras has no activation {placed.activation}")
        more["activation"] = f'"{placed.activation}"'
    defaults = {key: info.default for key, info in type(layer).model_fields.items()}
    for key, value in fields.items():
        if key not in {"kind", "activation", *POSITIONAL} and value != defaults[key]:
            more[key] = f'"{value}"' if isinstance(value, str) else repr(value)
    if "recurrent_kernel" in layer.arrays:
        more |= {"return_sequences": "True" if placed.sequence else None}
        more |= {"recurrent_initializer": "orthogonal" if start else None}
    if placed.punished and penalty is not None:
        more["kernel_regularizer"] = penalty
    if placed.kind == "dropout":
        more["seed"] = str(spec.seed)
    given = [str(fields[key]) for key in POSITIONAL if key in fields]
    line = call(f"keras.layers.{name}", *given, **more)
    if not (placed.kernel and options):
        return line
    return line[:-1] + (
        "    **weights,\n)" if line.endswith("\n)") else ", **weights)"
    )  # an argument a line, or one line


def _shape(shape: tuple[int, ...]) -> str:
    return repr(tuple(shape))


# ---------------------------------------------------------------------- training


def _training(spec: RunSpec, epochs: int) -> str:
    training, validation = spec.training, bool(spec.data.validation)
    code, metrics = "", None
    if spec.problem == "classification":
        metrics = '["accuracy"]'
        if spec.outputs == 1 and spec.targets[0] < 0:
            code += ACCURACY.strip().format(side=threshold(spec), middle=sum(spec.targets) / 2) + "\n\n\n"
            metrics = "[accuracy]"
    if LOSSES[training.loss].keras is None:
        loss = f'"{training.loss}"'
    elif training.loss in OURS:
        code += OURS[training.loss].strip() + "\n\n\n"
        loss = training.loss
    else:
        raise CannotExport(f"Keras has no loss {training.loss}")
    callbacks = []
    if training.early_stopping is not None:
        rule = training.early_stopping
        delta = f", min_delta={rule.min_delta!r}" if rule.min_delta else ""
        callbacks.append(f'keras.callbacks.EarlyStopping("{rule.monitor}", patience={rule.patience}{delta})')
    if training.target_loss is not None:
        monitor = "val_loss" if validation else "loss"
        code += TARGET_LOSS.strip().format(monitor=monitor, target=training.target_loss) + "\n\n\n"
        callbacks.append("Target()")
    code += f"keras.utils.set_random_seed({spec.seed})\n"
    code += call("model.compile", optimizer=optimizer_code(spec), loss=loss, metrics=metrics) + "\n"
    fit = call(
        "model.fit", "x_train", "t_train",
        batch_size=str(spec.batch_size), epochs=str(epochs),
        validation_data="(x_validation, t_validation)" if validation else None,
        shuffle=None if training.shuffle else "False",
        callbacks=f"[{', '.join(callbacks)}]" if callbacks else None, verbose="2", indent=10,
    )  # fmt: skip
    return code + f"history = {fit}.history"


def optimizer_code(spec: RunSpec) -> str:
    """Keras's optimiser with the setting's numbers and schedule. Raises CannotExport."""
    optimizer, decay = spec.training.optimizer, spec.training.decay
    if not type(optimizer).__module__.startswith(f"{SGD.__module__.rpartition('.')[0]}."):
        raise CannotExport(f"Keras has no optimiser {optimizer.name}")
    rate = repr(optimizer.learning_rate)
    if decay.name != "none":
        if decay.name not in SCHEDULES:
            raise CannotExport(f"Keras has no schedule for the decay {decay.name}")
        schedule, arguments = SCHEDULES[decay.name]
        given = arguments.format(rate=rate, steps=decay.steps, decay=repr(decay.rate))
        rate = f"keras.optimizers.schedules.{schedule}({given})"
    defaults = {name: info.default for name, info in type(optimizer).model_fields.items()}
    more: dict[str, Any] = {
        name: repr(value)
        for name, value in optimizer.model_dump().items()
        if name not in {"name", "learning_rate"} and value != defaults[name]
    }
    return call(f"keras.optimizers.{type(optimizer).__name__}", rate, **more)


def _result(program: Program, spec: RunSpec) -> None:
    split = judged(spec.data)
    evaluated = f'model.evaluate(x_{split}, t_{split}, verbose=0, return_dict=True)["loss"]'
    predicted = f"outputs = model.predict(x_{split}, verbose=0)\npredicted = {decided(spec)}\n"
    add_result(program, spec, "" if spec.problem == "regression" else predicted, evaluated)


def check(spec: RunSpec) -> None:
    """Raises CannotExport where Keras has not all that the setting names. Needs no data."""
    model_code(spec, start=False)
    _training(spec, 1)
