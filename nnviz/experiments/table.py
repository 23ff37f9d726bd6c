"""What came of recipes as a table: one row a claim. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nnviz.experiments.claims import Judged

TITLES = ("", "setting", "lecture", "ours", "interval or rule", "verdict", "seconds")
Row = tuple[str, str, str, str, str, str, str]


def figure(value: float | str | None) -> str:
    """A claim's number or words."""
    return "–" if value is None else value if isinstance(value, str) else f"{value:.5g}"


def between(one: Judged) -> str:
    """The interval that a figure is looked for in."""
    low, high = (None if bound is None else f"{bound:.4g}" for bound in (one.low, one.high))
    return f"{low} – {high}" if low and high else f"≥ {low}" if low else f"≤ {high}" if high else one.how


def rows(id: str, title: str, judged: Sequence[Judged], seconds: float) -> Iterator[Row]:
    """Of one recipe. Only its first row has id, title and seconds."""
    for i, one in enumerate(judged):
        what = f"{title}: {one.what}" if i == 0 else one.what
        yield (id if i == 0 else "", what, figure(one.lecture), figure(one.ours), between(one), one.verdict,
               f"{seconds:.1f}" if i == 0 else "")  # fmt: skip


def markdown(rows: Iterable[Row]) -> Iterator[str]:
    """The lines of the table as Markdown."""
    yield f"| {' | '.join(TITLES)} |"
    yield f"|{'---|' * len(TITLES)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '∣') for cell in row)} |"
