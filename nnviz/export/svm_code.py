"""The scikit-learn program of a kernel SVM."""

from __future__ import annotations

import json

from nnviz.export.data_code import add_data, judged
from nnviz.export.format import Source
from nnviz.export.program import Program, call
from nnviz.export.result_code import add_mistakes, add_result
from nnviz.spec import SVMSpec

OF_KERNEL = {"linear": (), "rbf": ("gamma",), "poly": ("gamma", "degree", "coef0"), "sigmoid": ("gamma", "coef0")}
"""What each kernel takes of the settings."""


def svm_program(source: Source, program: Program) -> None:
    """Add the sections of an SVM."""
    spec, split = source.training, judged(source.training.data)
    assert isinstance(spec.model, SVMSpec)
    add_data(program, source, keras=False)
    own = {name: json.dumps(getattr(spec.model, name)) for name in OF_KERNEL[spec.model.kernel]}
    fit = call("SVC", C=repr(spec.model.C), kernel=f'"{spec.model.kernel}"', **own, indent=8)
    code = f"model = {fit}\nmodel.fit(x_train.reshape(len(x_train), -1), y_train)\n"
    code += 'print(f"{model.n_support_.sum()} support vectors of {len(x_train)} images")'
    words = "Between every two classes one decision value; the class with the most votes wins."
    program.add("The support vector machine", words, code, "from sklearn.svm import SVC")
    add_result(program, spec, f"predicted = model.predict(x_{split}.reshape(len(x_{split}), -1))\n", "")
    add_mistakes(program, spec)
