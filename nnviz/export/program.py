"""A program that trains one setting with public libraries alone: sections of code, written down as a script or as a
notebook."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

from nnviz.export.format import Files

BESIDE = re.compile(r"@([\w.-]+)@")
"""In code: where the name of a file stands that belongs beside the program."""
WIDTH = 100


@dataclass(frozen=True)
class Section:
    """title: a few words; text: a sentence or two for a notebook, in Markdown; code: whole lines of Python."""

    title: str
    text: str
    code: str


@dataclass
class Program:
    """about: what it trains and what came of it, in paragraphs. imports: whole lines. pictures: sections that only a
    notebook has, with imports of their own. files: what belongs beside it."""

    title: str
    about: list[str]
    imports: set[str] = field(default_factory=set)
    sections: list[Section] = field(default_factory=list)
    pictures: list[Section] = field(default_factory=list)
    picture_imports: set[str] = field(default_factory=set)
    files: Files = field(default_factory=dict)

    def add(self, title: str, text: str, code: str, *imports: str) -> None:
        self.sections.append(Section(title, text, code.strip("\n")))
        self.imports.update(imports)

    def script(self) -> str:
        """As one Python file."""
        paragraphs = [textwrap.fill(one, WIDTH) for one in [f"{self.title}.", *self.about, *beside(self.files)]]
        imports = set(self.imports)
        gaps = {True: "\n\n\n", False: "\n\n"}
        parts = [f"# --- {s.title}{gaps[s.code.startswith(('def ', 'class '))]}{s.code}" for s in self.sections]
        code = "\n\n\n".join(parts)
        if BESIDE.search(code):
            imports.add("from pathlib import Path")
            code = BESIDE.sub(r'Path(__file__).with_name("\1")', code)
        return '"""' + "\n\n".join(paragraphs) + f'\n"""\n\n{imported(imports)}\n\n{code}\n'

    def cells(self, files: Files) -> list[tuple[str, str]]:
        """As a notebook's cells: ("markdown" or "code", source). files: those that do not travel within it."""
        found = [
            ("markdown", "\n\n".join([f"# {self.title}", *self.about, *beside(files)])),
            ("code", imported(self.imports | self.picture_imports)),
        ]
        for s in [*self.sections, *self.pictures]:
            found += [("markdown", f"## {s.title}\n\n{s.text}".strip()), ("code", BESIDE.sub(r'"\1"', s.code))]
        return found


def beside(files: Files) -> list[str]:
    """The sentence about files that a program reads, where there are any."""
    return [f"It reads {' and '.join(files)}, to be put beside it."] if files else []


def imported(lines: set[str]) -> str:
    """Import lines as isort has them: the standard library, then the others; `import` before `from`."""
    standard = ("gzip", "math", "pathlib", "urllib", "os", "sys")
    groups: tuple[list[str], list[str]] = ([], [])
    for line in sorted(lines, key=lambda line: (line.startswith("from"), line)):
        groups[line.split()[1].split(".")[0] not in standard].append(line)
    return "\n\n".join("\n".join(group) for group in groups if group)


def call(name: str, *arguments: str, indent: int = 0, **keywords: str | None) -> str:
    """`name(arguments)` on one line where that fits, else an argument a line; keywords that are None are left out."""
    parts = [*arguments, *(f"{key}={value}" for key, value in keywords.items() if value is not None)]
    line = f"{name}({', '.join(parts)})"
    if len(line) + indent <= WIDTH and "\n" not in line:
        return line
    return f"{name}(\n" + textwrap.indent(",\n".join(parts) + ",", "    ") + "\n)"
