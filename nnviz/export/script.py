"""The program that trains a setting without nnviz: as a script, and as a notebook's cells (nnviz.export.notebook)."""

from __future__ import annotations

import math

from nnviz.export import keras_code, numpy_code, start_code
from nnviz.export.format import Files, Format, Source, is_training, needs, with_own_data
from nnviz.export.keras_code import keras_program
from nnviz.export.numpy_code import numpy_program
from nnviz.export.program import Program
from nnviz.export.svm_code import svm_program
from nnviz.export.verdict_code import add_verdict
from nnviz.sets import SETS, ImageSet
from nnviz.stopping import accuracy_interval

NEEDS = {"numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "keras": "keras", "plotly": "plotly"}
"""What a program imports → the package that has it."""


def program_of(source: Source) -> Program:
    """The program of the setting, or of the run: as many epochs as that has trained. Raises CannotExport, DataError."""
    spec = source.training
    kind = {"network": "in Keras", "scratch": "in NumPy", "svm": "with scikit-learn"}[spec.model.family]
    program = Program(f"{spec.words} on {SETS[spec.data.name].title}, {kind}", _about(source))
    epochs = epochs_of(source)
    if spec.model.family == "svm":
        svm_program(source, program)
    elif spec.model.family == "scratch":
        numpy_program(source, program, epochs)
    else:
        keras_program(source, program, epochs)
    if source.printed is not None:
        add_verdict(program, source.printed)
    program.about[0] += f" It needs {_needs(program)}."
    return program


def epochs_of(source: Source) -> int:
    """Of a run that was stopped or went on after its end, those that it has trained; else the setting's."""
    spec, row = source.training, source.run
    result = row.result if row is not None and row.result else {}
    done: float | None = result.get("epochs")
    if done is None or result.get("reason") in {"target", "early_stopping"}:
        return spec.training.epochs
    return max(1, math.ceil(float(done)))


def _about(source: Source) -> list[str]:
    spec, row = source.training, source.run
    found = ["Written by nnviz for exactly this setting."]
    if row is None:
        return found
    result = row.result or {}
    test = result.get("test") or {}
    if test.get("accuracy") is not None:
        low, high = accuracy_interval(test["accuracy"] * test["n"], test["n"])
        found.append(
            f"In nnviz this run came to a test accuracy of {test['accuracy']:.4f} of {test['n']:,} samples "
            f"(95 %: {low:.4f} to {high:.4f})."
        )
    elif test.get("loss") is not None:
        found.append(f"In nnviz this run came to a test loss of {test['loss']:.5f} of {test['n']:,} samples.")
    if result.get("reason") == "stopped" and spec.is_network:
        found.append(f"It was stopped after {result['epochs']:.4g} epochs; this program trains whole ones.")
    names = {"learning_rate": "learning rate", "regularization_rate": "regularisation rate", "edits": "weights"}
    changed = [words for name, words in names.items() if name in row.live]
    if changed:
        found.append(f"While it trained, its {' and '.join(changed)} was changed by hand: this program does not.")
    return found


def _needs(program: Program) -> str:
    """What has to be installed, beside Python, for the script."""
    found = [package for name, package in NEEDS.items() if any(line.split()[1].split(".")[0] == name
             for line in program.imports)]  # fmt: skip
    found += ["tensorflow"] * ("keras" in found)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def make(source: Source) -> Files:
    program = program_of(source)
    return {f"{source.name}.py": program.script().encode(), **program.files}


def reads_files(source: Source) -> bool:
    """Whether something belongs beside the script: points, own images, start weights."""
    spec = source.training
    return not isinstance(SETS[spec.data.name], ImageSet) or has_start(source)


def has_start(source: Source) -> bool:
    """Whether the start weights travel as a file."""
    spec = source.training
    return spec.is_network and (source.start() is not None or not start_code.is_known(spec))


def writable(source: Source) -> object:
    """What of a program can be said without its data. Raises CannotExport."""
    spec = source.training
    if spec.model.family == "network":
        keras_code.check(spec)
    elif spec.model.family == "scratch":
        numpy_code.check(spec)
    return None


SCRIPT = Format(
    "Python script", "trains the same with Keras, NumPy or scikit-learn, without nnviz", "py", make,
    needs(is_training, writable, with_own_data), reads_files,
)  # fmt: skip
