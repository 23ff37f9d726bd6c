"""The binder: puts arrays of a frame into the marked places of a figure. The pages' is static/figures/bind.js.

A figure is Plotly's JSON. A part of it that is an object may be
  {"bind": "history.loss"}            the value of that name; dots go down into objects and lists; null if missing
  {"do": "smooth", "of": …, …}        what the operation of that name makes of its arguments (`operations`)
  {…, "if": node}                     left out of the list or object it stands in where the node says no
  {…, "with": node}                   with all members of that node's value besides its own
  {"each": node, "item": node}        in a list: the item once for each element; `item` and `index` are names in it
and the figure itself may have "let": {name: node, …}, values computed first, in order, and then known by their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnviz.figures.operations import OPERATIONS
from nnviz.figures.theme import Node

_LEFT_OUT = object()


def at(name: str) -> Node:
    """The place for the value of this name."""
    return {"bind": name}


def do(operation: str, **arguments: Any) -> Node:
    """The place for what an operation makes."""
    return {"do": operation, **arguments}


def each(of: Any, item: Node) -> Node:
    """The item for each element of a list."""
    return {"each": of, "item": item}


def bind(figure: Node, values: Mapping[str, Any]) -> dict[str, Any]:
    """{"data": […], "layout": {…}}, with `values` in the places of `figure`. Arrays are numpy's."""
    known = dict(values)
    for name, node in figure.get("let", {}).items():
        known[name] = _bind(node, known)
    return {part: _bind(figure[part], known) for part in ("data", "layout")}


def _bind(node: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [bound for part in node for bound in _elements(part, values) if bound is not _LEFT_OUT]
    if not isinstance(node, dict):
        return node
    if "if" in node and not _truth(_bind(node["if"], values)):
        return _LEFT_OUT
    if "bind" in node:
        return _find(node["bind"], values)
    made = {
        name: bound
        for name, part in node.items()
        if name not in ("if", "do", "with") and (bound := _bind(part, values)) is not _LEFT_OUT
    }
    if "do" in node:
        return OPERATIONS[node["do"]](**made)
    more = _bind(node["with"], values) if "with" in node else None
    return {**made, **more} if isinstance(more, dict) else made


def _elements(part: Any, values: Mapping[str, Any]) -> list[Any]:
    if not (isinstance(part, dict) and "each" in part):
        return [_bind(part, values)]
    found = _bind(part["each"], values)
    items = [] if found is None else found
    return [_bind(part["item"], {**values, "item": item, "index": i}) for i, item in enumerate(items)]


def _find(name: str, values: Any) -> Any:
    for step in name.split("."):
        if isinstance(values, Mapping):
            values = values.get(step)
        elif isinstance(values, list | tuple | np.ndarray) and step.isdecimal():
            values = values[int(step)] if int(step) < len(values) else None
        else:
            return None
    return values


def _truth(value: Any) -> bool:
    """As JavaScript has it, but that something empty is nothing."""
    return bool(len(value)) if isinstance(value, list | tuple | dict | np.ndarray) else bool(value)
