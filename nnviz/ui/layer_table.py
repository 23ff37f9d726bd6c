"""The table of a network's layers, as Keras's `summary()` prints it and with the work of each. Pure."""

from __future__ import annotations

from nnviz.spec import RunSpec


def layer_table(spec: RunSpec) -> str:
    """Markdown: layer, output shape, parameters, multiply-adds of one image; and the sums."""
    rows = [f"| input | {_shape(spec.input_shape)} | | |"]
    rows += [
        f"| {layer.name}{f' ({layer.activation})' if layer.activation else ''} | {_shape(layer.output_shape)} "
        f"| {_number(layer.parameters)} | {_number(layer.multiply_adds)} |"
        for layer in spec.plan
    ]
    head = "| layer | output | parameters | multiply-adds |\n|:--|:--|--:|--:|"
    total = f"| **all** | | **{spec.parameters:,}** | **{spec.multiply_adds:,}** |"
    return "\n".join([head, *rows, total])


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _number(n: int) -> str:
    return f"{n:,}" if n else ""
