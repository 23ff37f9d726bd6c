"""The README's table of the recipes, between its two marks: `python -m tests.experiments.readme_table` writes it from
the record."""

from __future__ import annotations

from pathlib import Path

from nnviz.experiments.catalogue import RECIPES
from nnviz.experiments.recorded import recorded, table

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- what came of the recipes -->", "<!-- end of the recipes -->"


def part(text: str) -> str:
    """What stands between the marks."""
    return text.split(BEGIN, 1)[1].split(END, 1)[0].strip("\n")


def made() -> str:
    return "\n".join(table(RECIPES, recorded()))


if __name__ == "__main__":
    before, rest = README.read_text("utf-8").split(BEGIN, 1)
    README.write_text(f"{before}{BEGIN}\n{made()}\n{END}{rest.split(END, 1)[1]}", "utf-8")
