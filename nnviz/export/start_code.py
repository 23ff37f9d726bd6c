"""Start weights as NumPy code: the numbers that a run of nnviz starts from, drawn from the same seed in the same order.

Held equal to nnviz.initializers by a test over all of its entries.
"""

from __future__ import annotations

from nnviz.initializers import BIASES, INITIALIZERS, TRUNCATED_STD
from nnviz.layers.base import Placed
from nnviz.spec import RunSpec

KERNELS = {
    "uniform": "rng.uniform(-0.5, 0.5, shape)",
    "glorot_uniform": "rng.uniform(-1, 1, shape) * np.sqrt(6 / (inputs + units))",
    "glorot_normal": "truncated_normal(shape) * np.sqrt(2 / (inputs + units))",
    "he_uniform": "rng.uniform(-1, 1, shape) * np.sqrt(6 / inputs)",
    "he_normal": "truncated_normal(shape) * np.sqrt(2 / inputs)",
    "lecun_uniform": "rng.uniform(-1, 1, shape) * np.sqrt(3 / inputs)",
    "lecun_normal": "truncated_normal(shape) * np.sqrt(1 / inputs)",
    "random_normal": "rng.standard_normal(shape)",
    "small_normal": "0.1 * rng.standard_normal(shape)",
    "scaled_normal": "rng.standard_normal(shape) / np.sqrt(inputs)",
    "orthogonal": "orthogonal(shape)",
    "zeros": "np.zeros(shape)",
}
"""Initialiser → its numbers for a kernel of `shape`; `inputs` and `units` are the numbers that it leads from and to."""
OFFSETS = {"zeros": "np.zeros(shape)", "tenth": "np.full(shape, 0.1)", "random_normal": "rng.standard_normal(shape)"}
TRUNCATED = f'''
def truncated_normal(shape):
    """Of variance 1, without what lies beyond two standard deviations (as Keras draws it)."""
    values = rng.standard_normal(shape)
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.standard_normal(outside.sum())
    return values / {TRUNCATED_STD:.8f}
'''
ORTHOGONAL = '''
def orthogonal(shape, dtype=None):
    """Orthonormal rows or columns, whichever are fewer."""
    rows, columns = int(np.prod(shape[:-1])), shape[-1]
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diagonal(r))
    return (q if rows >= columns else q.T).reshape(shape)
'''


def is_known(spec: RunSpec) -> bool:
    """Whether the setting's start weights can be written as code."""
    return spec.network.initializer in KERNELS and spec.network.bias_initializer in OFFSETS


def functions(spec: RunSpec, keras: bool) -> str:
    """`rng`, `kernel(shape)` and `bias(shape)`, as Keras takes initialisers with `keras`; and `orthogonal(shape)` where
    a recurrent layer needs it."""
    network, with_kernels = spec.network, [placed for placed in spec.plan if placed.kernel]
    drawn, offset = KERNELS[network.initializer], OFFSETS[network.bias_initializer]
    recurrent = any("recurrent_kernel" in placed.layer.arrays for placed in with_kernels)
    more = ", dtype=None" if keras else ""
    parts = [f"rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([{spec.seed}, 1])))"]
    parts += [TRUNCATED] * ("truncated" in drawn) + [ORTHOGONAL] * (recurrent or "orthogonal" in drawn)
    parts.append(
        f'def kernel(shape{more}):\n    """{INITIALIZERS[network.initializer].label}."""\n'
        f"{_fans(drawn, with_kernels)}    return {_typed(drawn, keras)}"
    )
    if not keras or offset != "np.zeros(shape)":
        parts.append(
            f'def bias(shape{more}):\n    """{BIASES[network.bias_initializer].label}."""\n'
            f"    return {_typed(offset, keras)}"
        )
    return "\n\n\n".join(part.strip("\n") for part in parts)


def _fans(drawn: str, placed: list[Placed]) -> str:
    """The line that says what `inputs` and `units` are."""
    names = [name if name in drawn else "_" for name in ("inputs", "units")]
    if names == ["_", "_"]:
        return ""
    if all(len(one.arrays[0]) == 2 for one in placed):
        return f"    {', '.join(names)} = shape\n"
    lines = ["    field = int(np.prod(shape[:-2]))  # of a convolution, the places of its window\n"]
    lines += [f"    {name} = field * shape[{at}]\n" for name, at in (("inputs", -2), ("units", -1)) if name in drawn]
    return "".join(lines)


def _typed(expression: str, keras: bool) -> str:
    """Keras makes float32 of it by itself."""
    return expression if keras else f"np.float32({expression})"
