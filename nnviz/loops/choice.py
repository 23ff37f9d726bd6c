"""Which loop trains a spec, and with how many threads."""

from __future__ import annotations

import os
import sys
from functools import partial

from nnviz.loops.cost import uses_xla
from nnviz.loops.loop import Loop, Samples
from nnviz.models.weights import Array
from nnviz.spec import RunSpec


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def useful_threads(spec: RunSpec, cores: int) -> int:
    """How many threads its training can use: steps that XLA compiles whole are too small to be shared; with one thread
    2-8-8-1 is a sixth faster, and the other cores are free."""
    return 1 if not spec.is_network or uses_xla(spec) else cores


def starts_in_tensorflow(spec: RunSpec) -> bool:
    """Whether not even the first step can be done without it."""
    return spec.is_network and spec.network.family != "scratch" and not uses_xla(spec)


def training_loop(spec: RunSpec, weights: list[Array], samples: Samples) -> Loop:
    """The quickest loop of the spec's family, from `weights`."""
    from nnviz.loops.compiled import CompiledLoop
    from nnviz.loops.handover import HandoverLoop
    from nnviz.loops.numpy_loop import ScratchLoop
    from nnviz.loops.xla_process import XLAProcess

    if spec.network.family == "scratch":
        return ScratchLoop(spec, weights, samples)
    if not uses_xla(spec):
        return CompiledLoop(spec, weights, samples)
    numpy = ScratchLoop(spec, weights, samples)
    if "tensorflow" not in sys.modules:
        return HandoverLoop(numpy, partial(XLAProcess, spec, weights, samples), beside=True)
    return HandoverLoop(numpy, partial(CompiledLoop, spec, weights, samples, xla=True))
