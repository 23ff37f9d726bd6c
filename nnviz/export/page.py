"""HTML that works offline: Plotly's script is inside."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import nnviz

PLOTLY = Path(nnviz.__file__).parent / "vendor" / "plotly-cartesian.min.js"
STYLE = """
body{font:16px/1.55 system-ui,sans-serif;color:#1d2430;background:#fdfcf9;max-width:62rem;margin:2rem auto;
padding:0 1.2rem}h1{font-size:1.7rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2.2rem}
table{border-collapse:collapse}td,th{text-align:left;padding:.2rem 1.2rem .2rem 0;vertical-align:top}
th{font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
tr+tr{border-top:1px solid #1d243018}pre{background:#f4f3ef;padding:.8rem;overflow:auto;border-radius:6px}
figure{margin:1rem 0;max-width:100%;overflow-x:auto}figcaption{color:#1d2430b0}.big{font-size:1.15rem}
@media print{figure,table{break-inside:avoid}}
"""

DARK = "body{color:#e7e9ec;background:#12161d}figcaption{color:#e7e9ecb0}pre{background:#222730}"


def text(words: str) -> str:
    """As HTML."""
    return html.escape(words)


def page(title: str, body: str, dark: bool = False) -> bytes:
    """A whole page; `body` is HTML, with figures from `figure`."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{STYLE}{DARK * dark}</style><script>{_plotly()}</script></head>\n<body>{body}</body></html>\n"
    ).encode()


def figure(made: dict[str, Any], name: str, caption: str = "") -> str:
    """A Plotly figure, {"data": …, "layout": …} with NumPy arrays, as a part of a page. name: unlike all others."""
    from plotly.io.json import to_json_plotly

    plain = to_json_plotly({"data": made["data"], "layout": made["layout"]}).replace("</", "<\\/")
    config = f'{{"displaylogo":false,"toImageButtonOptions":{{"filename":"nnviz-{name}","format":"svg"}}}}'
    words = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return (
        f'<figure><div id="{name}" role="img" aria-label="{html.escape(caption or name)}"></div>{words}<script>'
        f'(f=>Plotly.newPlot("{name}",f.data,f.layout,{config}))({plain})</script></figure>'
    )


def table(rows: Sequence[tuple[str, ...]], head: tuple[str, ...] = (), numbers: tuple[int, ...] = ()) -> str:
    """rows of words; `numbers`: columns of numbers."""

    def cells(row: tuple[str, ...], tag: str) -> str:
        kinds = [' class="n"' if i in numbers else "" for i in range(len(row))]
        return "".join(f"<{tag}{kind}>{html.escape(text)}</{tag}>" for kind, text in zip(kinds, row, strict=True))

    top = f"<tr>{cells(head, 'th')}</tr>" if head else ""
    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return f"<table>{top}{body}</table>"


@cache
def _plotly() -> str:
    return PLOTLY.read_text("utf-8").replace("</script", "<\\/script")
