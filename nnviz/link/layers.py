"""Layers as a link writes them, with what follows each.

`8:relu:bn:d0.2,4` is 8 ReLU neurons with batch normalisation and 20 % dropout, then 4 of the model's own activation; a
leading `d0.2` is dropout on the inputs; `none` is no hidden layer. `16@5:relu:same:s2` is a convolution with 16 kernels
of 5×5, same padding and stride 2; `max2`, `avg2`, `l2p2` pool, `rnn64` and `lstm64` read rows, `flat` flattens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from nnviz.layers import LAYERS, Layer

DETAILS = ("activation", "padding", "strides")
"""Fields of a layer that stand behind its token where they are not the default: relu, same, s2."""


def write_layers(layers: list[dict[str, Any]]) -> str:
    """`[{"kind": "dense", "units": 8, …}, …]` → `8:relu:bn:d0.2,4`."""
    words: list[str] = []
    for layer in layers:
        kind = LAYERS[layer["kind"]]
        word = ":".join([kind.token.format(**layer), *_details(kind, layer)])
        if kind.follows and words:
            words[-1] += ":" + word
        else:
            words.append(word)
    return ",".join(words) or "none"


def read_layers(text: str) -> list[dict[str, Any]]:
    """The inverse of `write_layers`. Raises ValueError with the word that makes no sense."""
    layers: list[dict[str, Any]] = []
    if text.strip().lower() in {"", "none", "0"}:
        return layers
    for group in text.split(","):
        main: dict[str, Any] = {}
        for word in group.strip().split(":"):
            if (found := _layer(word)) is not None:
                layers.append(found)
                main = {} if LAYERS[found["kind"]].follows else found
            elif main and (detail := _detail(word, main["kind"])) is not None:
                main.update(detail)
            else:
                raise ValueError(
                    f"“{word[:20]}” is no layer; write for example 8:relu:d0.2,4 or 16@5:relu,max2,30 or none"
                )
    return layers


def _details(kind: type[Layer], layer: Mapping[str, Any]) -> Iterator[str]:
    """What follows the token of this layer."""
    for name in DETAILS:
        value = layer.get(name)
        if name in kind.model_fields and value not in {None, kind.model_fields[name].default}:
            yield f"s{value}" if name == "strides" else str(value)


def _layer(word: str) -> dict[str, Any] | None:
    """The layer that a word begins, or None where it begins none."""
    for name, kind in LAYERS.items():
        if (found := _pattern(kind).fullmatch(word)) is not None:
            numbers = found.groupdict().items()
            return {"kind": name, **{field: _NUMBERS[_type(kind, field)][1](text) for field, text in numbers}}
    return None


_NUMBERS: dict[Any, tuple[str, Callable[[str], int | float]]] = {
    int: ("[0-9]{1,7}", int), float: (r"[0-9]*\.?[0-9]+(?:e-?[0-9]+)?", float),
}  # fmt: skip
"""How a link writes a number of a layer, and what reads it."""


@cache
def _pattern(kind: type[Layer]) -> re.Pattern[str]:
    """What its token looks like with numbers in it."""
    parts = re.split(r"\{(\w+)\}", kind.token)
    for i, part in enumerate(parts):
        parts[i] = f"(?P<{part}>{_NUMBERS[_type(kind, part)][0]})" if i % 2 else re.escape(part)
    return re.compile("".join(parts))


def _type(kind: type[Layer], field: str) -> Any:
    return kind.model_fields[field].annotation


def _detail(word: str, kind: str) -> dict[str, Any] | None:
    """What a word adds to the layer that it stands behind."""
    fields = LAYERS[kind].model_fields
    if "padding" in fields and word in {"same", "valid"}:
        return {"padding": word}
    if "strides" in fields and re.fullmatch(r"s[0-9]{1,3}", word):
        return {"strides": int(word[1:])}
    if "activation" in fields and word[:1].isalpha() and word.replace("_", "").isalnum():
        return {"activation": word}
    return None
