"""What the zygote and the processes of runs share: their imports, their end, the state of TensorFlow's runtime."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path


def preload() -> None:
    """Import what jobs need, and only import; and have pydantic build what it builds at a specification's first use,
    which would cost every child 2.5 ms."""
    import keras  # noqa: F401
    import sklearn.datasets
    import sklearn.svm  # noqa: F401
    import tensorflow  # noqa: F401

    import nnviz.loops.handover  # noqa: F401
    from nnviz.jobs import read_spec
    from nnviz.spec import RunSpec
    from nnviz.training import LIBRARIES, library_versions

    read_spec(RunSpec().model_dump(mode="json"))
    for family in LIBRARIES:
        library_versions(family)


def runtime_started() -> bool:
    """Whether TensorFlow's runtime is at work in this process. Raises AttributeError where it does not tell."""
    from tensorflow.python.eager import context

    current = context.context_safe()
    return current is not None and bool(current._initialized)


def set_up(n: int) -> None:
    """Before the runtime starts, which then makes its pools of this size; touches nothing else of it. Where it has
    started, with pools of this size, nothing changes.
    """
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(n)
    tf.config.threading.set_inter_op_parallelism_threads(n)


def die_with(parent: int) -> None:
    """Be killed when the process `parent` ends, however it ends; end now if it has. Does nothing but on Linux."""
    if sys.platform != "linux":
        return
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def behave() -> None:
    """The terminal's Ctrl-C is the server's to handle; when memory runs short, a run has to go before the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
