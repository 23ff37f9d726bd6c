"""The library's own source beside the numbers that it computes: read from it, never copied."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from typing import Any, TypedDict


class Code(TypedDict):
    """name: with its module; tokens: [kind, text] in order, the kinds being "comment", "keyword", "string", "number",
    "name" of what is defined, and "" (static/kit/code.js)."""

    name: str
    tokens: list[tuple[str, str]]


@cache
def code_of(thing: Callable[..., Any] | type) -> Code:
    """The source of a function or class of ours, without the indent of the class it stands in.

    Raises TypeError of what has no source, such as a function of C.
    """
    from pygments.lexers.python import PythonLexer  # 30 ms, in the rooms that show code

    text = textwrap.dedent(inspect.getsource(thing)).rstrip("\n")
    tokens: list[tuple[str, str]] = []
    for token, part in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text):
        kind = next((ours for theirs, ours in _KINDS if theirs in str(token)), "")
        if tokens and tokens[-1][0] == kind:
            tokens[-1] = kind, tokens[-1][1] + part
        else:
            tokens.append((kind, part))
    return {"name": f"{thing.__module__}.{thing.__qualname__}", "tokens": tokens}


_KINDS = (
    ("Comment", "comment"), ("String", "string"), ("Keyword", "keyword"), ("Operator.Word", "keyword"),
    ("Number", "number"), ("Name.Function", "name"), ("Name.Class", "name"), ("Name.Decorator", "name"),
)  # fmt: skip
"""Parts of Pygments's names of tokens, the first that fits."""
