"""The NumPy program of the network from scratch: every step of the training in the open.

Its numbers are those of nnviz's own NumPy network, start weights and order of samples included. Held equal to
nnviz.activations and nnviz.losses by tests over all of their entries.
"""

from __future__ import annotations

from nnviz.export import start_code
from nnviz.export.data_code import add_data, add_targets, judged
from nnviz.export.format import CannotExport, Source
from nnviz.export.program import Program
from nnviz.export.result_code import add_boundary, add_curves, add_mistakes, add_result, decided
from nnviz.export.weights import npz
from nnviz.layers.base import Placed
from nnviz.layers.windows import margins
from nnviz.optimizers import SGD
from nnviz.spec import RunSpec

SIGMOID = "1 / (1 + np.exp(-z))"
ACTIVATION: dict[str, tuple[str, str]] = {
    "relu": ("np.maximum(z, 0)", "z > 0"),
    "tanh": ("np.tanh(z)", "1 - a**2"),
    "sigmoid": (SIGMOID, "a * (1 - a)"),
    "linear": ("z", "1"),
    "leaky_relu": ("np.where(z > 0, z, 0.2 * z)", "np.where(z > 0, 1, 0.2)"),
    "elu": ("np.where(z > 0, z, np.expm1(z))", "np.where(z > 0, 1, a + 1)"),
    "selu": (
        "1.0507010 * np.where(z > 0, z, 1.6732632 * np.expm1(z))", "np.where(z > 0, 1.0507010, a + 1.7580993)",
    ),
    "gelu": ("z * ndtr(z)", "ndtr(z) + z * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)"),
    "silu": ("z / (1 + np.exp(-z))", "a + (1 - a) / (1 + np.exp(-z))"),
    "softplus": ("np.logaddexp(0, z)", SIGMOID),
    "softsign": ("z / (1 + np.abs(z))", "1 / (1 + np.abs(z)) ** 2"),
    "hard_sigmoid": ("np.clip(z / 6 + 0.5, 0, 1)", "(np.abs(z) < 3) / 6"),
    "relu6": ("np.clip(z, 0, 6)", "(z > 0) & (z < 6)"),
    "mish": (
        "z * np.tanh(np.logaddexp(0, z))",
        "np.tanh(np.logaddexp(0, z)) + z * (1 - np.tanh(np.logaddexp(0, z)) ** 2) / (1 + np.exp(-z))",
    ),
    "softmax": ("np.exp(z - z.max(axis=1, keepdims=True))", ""),
}  # fmt: skip
"""Activation → a = f(z), and da/dz. Softmax has functions of its own below."""
LOSS: dict[str, tuple[str, str]] = {
    "half_squared_error": ("0.5 * ((o - t) ** 2).sum(axis=1)", "o - t"),
    "mean_squared_error": ("((o - t) ** 2).mean(axis=1)", "2 * (o - t) / t.shape[1]"),
    "binary_crossentropy": ("(np.logaddexp(0, z) - t * z).mean(axis=1)", ""),
    "categorical_crossentropy": ("np.logaddexp.reduce(z, axis=1) - (t * z).sum(axis=1)", ""),
}
"""Loss → of each sample; and its gradient by the outputs o, of those that the program does not take by the sums z."""
OF_OUTPUT = {"sigmoid": "o * (1 - o)", "tanh": "(1 - o**2)"}
"""Slopes of output activations, as factors."""
DENSE = '''
class Dense:
    """a = f(x·W + b)"""

    def __init__(self, inputs, units, f, slope):
        self.f, self.slope = f, slope
        self.weights = [kernel((inputs, units)), bias((units,))]

    def forward(self, x):
        W, b = self.weights
        self.x, self.z = x, x @ W + b
        self.a = self.f(self.z)
        return self.a

    def backward(self, da):
        """From ∂L/∂a the gradients of W and b; returns ∂L/∂x."""
        dz = da * self.slope(self.z, self.a)
        self.gradients = [self.x.T @ dz, dz.sum(axis=0)]
        return dz @ self.weights[0].T
'''
WINDOWS = '''
def windows(x, size, strides):
    """Every window of size × size, [n, rows, columns, channels, size, size]."""
    return sliding_window_view(x, (size, size), axis=(1, 2))[:, ::strides, ::strides]


def places(x, y, size, strides):
    """For each place (i, j) in a window: the pixels of x that lie there, one for each of the windows of y."""
    rows, columns = strides * y.shape[1], strides * y.shape[2]
    for i in range(size):
        for j in range(size):
            yield i, j, x[:, i : i + rows : strides, j : j + columns : strides][:, : y.shape[1], : y.shape[2]]
'''
CONV = '''
class Conv2D:
    """The same small kernels at every place of the picture, then f."""

    def __init__(self, channels, filters, size, strides, f, slope):
        self.size, self.strides, self.f, self.slope = size, strides, f, slope
        self.weights = [kernel((size, size, channels, filters)), bias((filters,))]

    def forward(self, x):
        W, b = self.weights
        self.x = x
        self.z = np.einsum("nrcaij,ijaf->nrcf", windows(x, self.size, self.strides), W, optimize=True) + b
        self.a = self.f(self.z)
        return self.a

    def backward(self, da):
        dz = da * self.slope(self.z, self.a)
        seen = windows(self.x, self.size, self.strides)
        dW = np.einsum("nrcaij,nrcf->ijaf", seen, dz, optimize=True)
        self.gradients = [dW, dz.sum(axis=(0, 1, 2))]
        dx = np.zeros_like(self.x)
        for i, j, under in places(dx, dz, self.size, self.strides):
            under += dz @ self.weights[0][i, j].T
        return dx
'''
MAX = '''
class MaxPooling2D:
    """The largest number of each window; the gradient goes to the first that is as large."""

    weights, gradients = [], []

    def __init__(self, size, strides):
        self.size, self.strides = size, strides

    def forward(self, x):
        self.x = x
        self.y = windows(x, self.size, self.strides).max(axis=(4, 5))
        return self.y

    def backward(self, dy):
        dx, free = np.zeros_like(self.x), np.ones(dy.shape, bool)
        pairs = zip(places(dx, dy, self.size, self.strides), places(self.x, dy, self.size, self.strides))
        for (_, _, under), (_, _, seen) in pairs:
            here = free & (seen == self.y)
            under += dy * here
            free &= ~here
        return dx
'''
AVERAGE = '''
class AveragePooling2D:
    """The mean of each window; a border of NaN does not count."""

    weights, gradients = [], []

    def __init__(self, size, strides):
        self.size, self.strides = size, strides

    def forward(self, x):
        self.x, seen = x, windows(x, self.size, self.strides)
        self.count = (~np.isnan(seen[:1])).sum(axis=(4, 5))
        return np.nansum(seen, axis=(4, 5)) / np.float32(self.count)

    def backward(self, dy):
        dx = np.zeros_like(self.x)
        for _, _, under in places(dx, dy, self.size, self.strides):
            under += dy / np.float32(self.count)
        return dx
'''
L2 = '''
class L2Pooling2D:
    """√Σa² of each window; where all are 0, so is the gradient."""

    weights, gradients = [], []

    def __init__(self, size, strides):
        self.size, self.strides = size, strides

    def forward(self, x):
        self.x = x
        self.y = np.sqrt((windows(x, self.size, self.strides) ** 2).sum(axis=(4, 5)))
        return self.y

    def backward(self, dy):
        dx = np.zeros_like(self.x)
        share = np.where(self.y > 0, dy / np.where(self.y > 0, self.y, 1), 0)
        for _, _, under in places(dx, dy, self.size, self.strides):
            under += share
        return self.x * dx
'''
FLATTEN = '''
class Flatten:
    """A picture becomes a list of numbers."""

    weights, gradients = [], []

    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy):
        return dy.reshape(self.shape)
'''
PAD = '''
class Pad:
    """A border around the picture, for windows at its edges."""

    weights, gradients = [], []

    def __init__(self, rows, columns, value):
        self.edges, self.value = ((0, 0), rows, columns, (0, 0)), value

    def forward(self, x):
        return np.pad(x, self.edges, constant_values=self.value)

    def backward(self, dy):
        (top, bottom), (left, right) = self.edges[1:3]
        return dy[:, top : dy.shape[1] - bottom, left : dy.shape[2] - right]
'''
CLASSES = {
    "dense": DENSE, "conv2d": CONV, "max_pooling2d": MAX, "average_pooling2d": AVERAGE, "l2_pooling2d": L2,
    "flatten": FLATTEN,
}  # fmt: skip


def numpy_program(source: Source, program: Program, epochs: int) -> None:
    """Add the sections of the network in NumPy. Raises CannotExport."""
    spec = source.training
    add_data(program, source, keras=False)
    add_targets(program, spec, "np.float32(np.eye({1})[{0}])")
    start = source.start()
    program.add("The start", "The same numbers as in nnviz.", start_code.functions(spec, keras=False))
    program.add("Activations", "", _functions(spec))
    words = "Each computes its output, and on the way back the gradients of its weights."
    program.add("Layers", words, _classes(spec, program), "import numpy as np")
    code = "layers = [\n" + "".join(f"    {line},\n" for line in _layers(spec)) + "]"
    if start is not None:
        program.files["start.npz"] = npz(spec, start)
        code += (
            "\nwith np.load(@start.npz@) as files:  # the run began from these\n"
            "    start = iter(list(files.values()))\n"
            "for layer in layers:\n"
            "    layer.weights = [next(start) for _ in layer.weights]"
        )
    program.add("The network", "The last layer gives sums: what follows them belongs to the loss.", code)
    program.add("Its loss", "", _loss(spec))
    program.add("The training", "", _training(spec, epochs))
    split = judged(spec.data)
    if spec.problem == "classification":
        lines = f"outputs = output(forward(x_{split}))\npredicted = {decided(spec)}\n"
        add_result(program, spec, lines, f"evaluate(x_{split}, t_{split})")
    else:
        add_result(program, spec, "", f"evaluate(x_{split}, t_{split})")
    add_curves(program)
    if spec.data.is_image:
        add_mistakes(program, spec)
    else:
        add_boundary(program, source, "output(forward({}))")


def _hidden(spec: RunSpec) -> list[str]:
    """The activations of the hidden layers, each once."""
    return list(dict.fromkeys(placed.activation for placed in spec.plan[:-1] if placed.activation is not None))


def _functions(spec: RunSpec) -> str:
    found = []
    for name in dict.fromkeys([*_hidden(spec), "linear"]):
        if name not in ACTIVATION:
            raise CannotExport(f"there is no NumPy code of the activation {name}")
        f, slope = ACTIVATION[name]
        found.append(f"def {name}(z):\n    return {f}\n\n\ndef {name}_slope(z, a):\n    return {slope}")
    return "\n\n\n".join(found)


def _classes(spec: RunSpec, program: Program) -> str:
    kinds = dict.fromkeys(placed.kind for placed in spec.plan)
    unknown = [kind for kind in kinds if kind not in CLASSES]
    if unknown:
        raise CannotExport(f"there is no NumPy code of the layer {unknown[0]}")
    found = [CLASSES[kind] for kind in kinds]
    if any("windows" in text for text in found):
        program.imports.add("from numpy.lib.stride_tricks import sliding_window_view")
        found.insert(0, WINDOWS)
    if any(line.startswith("Pad") for line in _layers(spec)):
        found.append(PAD)
    if "gelu" in _hidden(spec):
        program.imports.add("from scipy.special import ndtr")
    return "\n\n\n".join(text.strip() for text in found)


def _layers(spec: RunSpec) -> list[str]:
    """The lines that make the layers."""
    found: list[str] = []
    *_, last = spec.plan
    for placed in spec.plan:
        f = "linear" if placed is last else placed.activation
        if placed.kind == "dense":
            found.append(f"Dense({placed.inputs}, {placed.units}, {f}, {f}_slope)")
        elif placed.kind == "flatten":
            found.append("Flatten()")
        else:
            found += _window_layer(placed, f)
    return found


def _window_layer(placed: Placed, f: str | None) -> list[str]:
    fields = placed.layer.model_dump()
    size = fields[placed.layer.window]
    strides = fields["strides"] or size
    _, *edges = zip(*(margins(side, size, strides, fields["padding"]) for side in placed.input_shape[:2]), strict=True)
    rows, columns = zip(*edges, strict=True)
    before = []
    if any((*rows, *columns)):
        value = {"max_pooling2d": "-np.inf", "average_pooling2d": "np.nan"}.get(placed.kind, "0")
        before = [f"Pad({rows}, {columns}, {value})"]
    if placed.kind == "conv2d":
        return [*before, f"Conv2D({placed.inputs}, {placed.units}, {size}, {strides}, {f}, {f}_slope)"]
    return [*before, f"{type(placed.layer).__name__}({size}, {strides})"]


def _loss(spec: RunSpec) -> str:
    name, function = spec.training.loss, spec.output_activation
    if name not in LOSS or function not in ACTIVATION:
        raise CannotExport(f"there is no NumPy code of the loss {name} behind {function}")
    text, slope = LOSS[name]
    if function == "softmax":
        output = "    e = np.exp(z - z.max(axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True)"
    else:
        output = f"    return {ACTIVATION[function][0]}"
    if name == "categorical_crossentropy":
        back = "    return o - t"
    elif name == "binary_crossentropy":
        chance = "o" if function == "sigmoid" else f"{SIGMOID}"
        back = f"    return ({chance} - t) / t.shape[1]"
    elif function == "softmax":
        back = f"    do = {slope}\n    return o * (do - (do * o).sum(axis=1, keepdims=True))"
    else:
        back = f"    return {slope}" if function == "linear" else f"    return ({slope}) * {OF_OUTPUT[function]}"
    return (
        f"def output(z):\n{output}\n\n\n"
        f'def loss(t, o, z):\n    """Of each sample, with targets t and outputs o."""\n    return {text}\n\n\n'
        f'def loss_gradient(t, o, z):\n    """∂loss/∂z"""\n{back}'
    )


# ---------------------------------------------------------------------- training


def _training(spec: RunSpec, epochs: int) -> str:
    training, validation = spec.training, bool(spec.data.validation)
    optimizer, regularizer = training.optimizer, spec.network.regularizer
    assert isinstance(optimizer, SGD)
    punished = regularizer.name != "none" and regularizer.rate > 0
    if punished and regularizer.name not in ("l1", "l2"):
        raise CannotExport(f"there is no NumPy code of the regulariser {regularizer.name}")
    size = "np.abs(layer.weights[0]).sum()" if regularizer.name == "l1" else "(layer.weights[0] ** 2).sum()"
    penalty = f" + {regularizer.rate!r} * sum({size} for layer in punished)" if punished else ""
    code = f"{_punished(spec)}\n\n\n" if punished else ""
    code += (
        "def forward(x):\n    for layer in layers:\n        x = layer.forward(x)\n    return x\n\n\n"
        'def evaluate(x, t):\n    """The mean loss."""\n    z = forward(x)\n'
        f"    return loss(t, output(z), z).mean(){penalty}\n\n\n"
    )
    if training.shuffle:
        code += (
            f"shuffle = np.random.Generator(np.random.Philox(np.random.SeedSequence([{spec.seed}, 2])))"
            "  # nnviz's order\n"
        )
    if optimizer.momentum:
        code += "velocities = [[np.zeros_like(w) for w in layer.weights] for layer in layers]\n"
    names = ["loss", *(["val_loss"] if validation else [])]
    code += "history = {" + ", ".join(f'"{name}": []' for name in names) + "}\n"
    code += _before(spec)
    code += f"for epoch in range({epochs}):\n"
    code += f"    order = {'shuffle.permutation(len(x_train))' if training.shuffle else 'np.arange(len(x_train))'}\n"
    code += f"    for first in range(0, len(order), {spec.batch_size}):\n"
    code += f"        rows = order[first : first + {spec.batch_size}]\n"
    code += "        batch, targets = x_train[rows], t_train[rows]\n        z = forward(batch)\n"
    code += "        back = loss_gradient(targets, output(z), z) / len(rows)\n"
    code += "        for layer in reversed(layers):\n            back = layer.backward(back)\n"
    rate = repr(optimizer.learning_rate)
    if training.decay.name != "none":
        code += f"        rate = {rate} * {_factor(spec)}\n        step += 1\n"
        rate = "rate"
    if punished:
        slope = "np.sign(layer.weights[0])" if regularizer.name == "l1" else "2 * layer.weights[0]"
        code += f"        for layer in punished:\n            layer.gradients[0] += {regularizer.rate!r} * {slope}\n"
    code += _update(optimizer, rate)
    code += '    history["loss"].append(evaluate(x_train, t_train))\n'
    if validation:
        code += '    history["val_loss"].append(evaluate(x_validation, t_validation))\n'
    every = max(1, epochs // 20)
    told = 'print(epoch + 1, *(f"{name} {values[-1]:.5f}" for name, values in history.items()))'
    code += f"    if (epoch + 1) % {every} == 0:\n        {told}\n" if every > 1 else f"    {told}\n"
    return code + _after(spec)


def _punished(spec: RunSpec) -> str:
    """Code that names the layers whose kernels are under the regulariser."""
    kernels = [placed for placed in spec.plan if placed.kernel]
    chosen = [i for i, placed in enumerate(kernels) if placed.punished]
    one = "" if len(chosen) == len(kernels) else f"[{chosen[0]} : {chosen[0] + 1}]"
    return f"punished = [layer for layer in layers if layer.weights]{one}  # those with a penalty on the kernel"


def _before(spec: RunSpec) -> str:
    lines = "step = 0\n" if spec.training.decay.name != "none" else ""
    return lines + ("best, waited = np.inf, 0\n" if spec.training.early_stopping is not None else "")


def _factor(spec: RunSpec) -> str:
    """What the learning rate is multiplied by at `step`."""
    decay = spec.training.decay
    t, rate = f"step / {decay.steps}", repr(decay.rate)
    known = {
        "exponential": f"{rate} ** ({t})", "staircase": f"{rate} ** (step // {decay.steps})",
        "inverse_time": f"1 / (1 + {rate} * {t})",
        "cosine": f"((1 - {rate}) * (1 + np.cos(np.pi * min({t}, 1))) / 2 + {rate})",
        "linear": f"(1 - (1 - {rate}) * min({t}, 1))",
    }  # fmt: skip
    if decay.name not in known:
        raise CannotExport(f"there is no NumPy code of the decay {decay.name}")
    return known[decay.name]


def _update(optimizer: SGD, rate: str) -> str:
    if not optimizer.momentum:
        return (
            "        for layer in layers:\n            for w, g in zip(layer.weights, layer.gradients):\n"
            f"                w -= {rate} * g\n"
        )
    code = (
        "        for layer, own in zip(layers, velocities):\n"
        "            for w, g, v in zip(layer.weights, layer.gradients, own):\n"
        f"                v *= {optimizer.momentum!r}\n                v -= {rate} * g\n"
    )
    if optimizer.nesterov:
        return code + f"                w += {optimizer.momentum!r} * v - {rate} * g\n"
    return code + "                w += v\n"


def _after(spec: RunSpec) -> str:
    """When it ends before its last epoch."""
    code, training = "", spec.training
    if training.target_loss is not None:
        name = "val_loss" if spec.data.validation else "loss"
        code += f'    if history["{name}"][-1] < {training.target_loss!r}:\n        break\n'
    rule = training.early_stopping
    if rule is not None:
        delta = f" - {rule.min_delta!r}" if rule.min_delta else ""
        if rule.monitor.endswith("accuracy"):
            split = "validation" if rule.monitor.startswith("val_") else "train"
            code += f"    outputs = output(forward(x_{split}))\n"
            code += f"    now = -({decided(spec)} == y_{split}).mean()  # less is better, as of a loss\n"
        else:
            code += f'    now = history["{rule.monitor}"][-1]\n'
        code += f"    waited += 1\n    if now < best{delta}:\n        best, waited = now, 0\n"
        code += f"    if waited >= {rule.patience}:\n        break\n"
    return code


def check(spec: RunSpec) -> None:
    """Raises CannotExport where there is no code of something that the setting names. Needs no data."""
    _functions(spec)
    _classes(spec, Program("", []))
    _loss(spec)
    _training(spec, 1)
