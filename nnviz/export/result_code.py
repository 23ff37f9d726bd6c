"""What every exported program ends with: the model's accuracy with its interval, and in a notebook its pictures."""

from __future__ import annotations

from nnviz.export.data_code import judged
from nnviz.export.format import Source
from nnviz.export.program import Program, Section
from nnviz.models.metrics import threshold
from nnviz.spec import RunSpec

INTERVAL = '''
def interval(correct, n, z=1.96):
    """Wilson's 95 % interval of an accuracy of `correct` out of `n`."""
    p = correct / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half
'''


def decided(spec: RunSpec) -> str:
    """The classes that `outputs` [n, outputs] stand for."""
    if spec.outputs > 1:
        return "outputs.argmax(axis=1)"
    return f"(outputs[:, 0] > {threshold(spec):g}).astype(int)"


def add_result(program: Program, spec: RunSpec, predicted: str, loss: str) -> None:
    """predicted: lines that leave the classes in `predicted` (of a regression nothing); loss: an expression."""
    split = judged(spec.data)
    kind = "test" if split == "test" else "validation" if split == "validation" else "training"
    code = predicted
    if spec.problem == "regression":
        code += f'print(f"{kind} loss {{{loss}:.5f}}, {{len(x_{split})}} samples")'
    else:
        if loss != "":
            code += f"mean_loss = {loss}\n"
        shown = "" if loss == "" else ", loss {mean_loss:.5f}"
        code += (
            f"correct, n = int((predicted == y_{split}).sum()), len(y_{split})\nlow, high = interval(correct, n)\n"
            f'print(f"{kind} accuracy {{correct / n:.5f}} of {{n}} (95 %: {{low:.4f}} to {{high:.4f}}){shown}")'
        )
        code = f"{INTERVAL.strip()}\n\n\n{code}"
    program.add("The result", "", code, "import numpy as np")


def add_curves(program: Program) -> None:
    """For a notebook: `history`, lists by their names as Keras has them."""
    code = (
        'figure = go.Figure([go.Scatter(y=values, name=name) for name, values in history.items() if "loss" in name])\n'
        'figure.update_layout(xaxis_title="epoch", yaxis_title="loss")\nfigure.show()'
    )
    program.pictures.append(Section("Its curves", "", code))
    program.picture_imports.add("import plotly.graph_objects as go")


def add_boundary(program: Program, source: Source, said: str) -> None:
    """For a notebook: what the network says everywhere on the plane. said: its outputs for the inputs in `{}`."""
    spec, domain = source.training, source.data.domain
    ends = [f"np.linspace({low:.6g}, {high:.6g}, 100)" for low, high in domain]
    shown = "outputs.argmax(axis=1)" if spec.outputs > 1 else "outputs[:, 0]"
    colors = ', marker_color=y_train, marker_colorscale="RdBu"' if spec.outputs == 1 else ", marker_color=y_train"
    code = (
        f"a, b = {ends[0]}, {ends[1]}\npoints = np.stack(np.meshgrid(a, b), axis=-1).reshape(-1, 2)\n"
        f"outputs = {said.format('inputs(points[:, 0], points[:, 1])')}\nplane = {shown}.reshape(100, 100)\n"
        "samples = dict(x=x1[: len(x_train)], y=x2[: len(x_train)], marker_line_width=1)\n"
        "figure = go.Figure([\n"
        '    go.Heatmap(x=a, y=b, z=plane, colorscale="RdBu"),\n'
        f'    go.Scatter(**samples, mode="markers"{colors}),\n])\n'
        'figure.update_layout(width=600, height=560, xaxis_title="x1", yaxis_title="x2")\nfigure.show()'
    )
    program.pictures.append(Section("What it says everywhere", "The training samples lie on it.", code))


def add_mistakes(program: Program, spec: RunSpec) -> None:
    """For a notebook: the first images that are taken for something else."""
    split = judged(spec.data)
    code = (
        f"wrong = np.flatnonzero(predicted != y_{split})[:12]\n"
        f'titles = [f"{{y_{split}[i]}}, taken for {{predicted[i]}}" for i in wrong]\n'
        "figure = make_subplots(2, 6, subplot_titles=titles)\n"
        "for place, i in enumerate(wrong):\n"
        f'    picture = go.Heatmap(z=x_{split}[i, ::-1, :, 0], colorscale="gray", showscale=False)\n'
        "    figure.add_trace(picture, place // 6 + 1, place % 6 + 1)\n"
        "figure.update_xaxes(visible=False).update_yaxes(visible=False)\nfigure.show()"
    )
    program.pictures.append(Section("What it gets wrong", "", code))
    program.picture_imports |= {"import plotly.graph_objects as go", "from plotly.subplots import make_subplots"}
