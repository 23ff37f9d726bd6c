"""What a child says of its own faults."""

from __future__ import annotations

import pytest

from nnviz.engine.child import in_words
from nnviz.jobs import SpecError, read_spec


def test_faults_are_told_in_words() -> None:
    class ResourceExhaustedError(Exception):
        """As TensorFlow calls it."""

    assert "not enough memory" in in_words(MemoryError())
    assert "not enough memory" in in_words(ResourceExhaustedError("OOM when allocating tensor\n\nstack…"))
    assert in_words(ModuleNotFoundError("No module named 'tensorflow'")).endswith("No module named 'tensorflow'")
    assert in_words(FileNotFoundError(2, "No such file or directory", "t.csv")) == "No such file or directory: t.csv"
    assert in_words(ZeroDivisionError("division by zero")) == "ZeroDivisionError: division by zero"
    assert len(in_words(RuntimeError("x" * 10_000))) <= 400
    with pytest.raises(SpecError) as caught:
        read_spec({"seed": -1})
    assert in_words(caught.value).startswith("seed: ")
