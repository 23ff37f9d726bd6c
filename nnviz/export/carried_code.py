"""A whole experiment to take home: its declaration as a program, and what that stands on, the modules of this library,
in an archive beside it. Nothing has to be installed of nnviz: the archive's modules are a package of their own, named
PACKAGE."""

from __future__ import annotations

import ast
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from nnviz.experiments.recipe import Recipe
from nnviz.export.program import Program
from nnviz.spec import RunSpec

PACKAGE = "lecture"
ARCHIVE = "lecture-code.zip"
OURS = "nnviz"
IMPORT = re.compile(rf"^(\s*)(from|import) {OURS}\b", re.MULTILINE)
LAST = "experiments.alone"
PACKAGES = {"sklearn": "scikit-learn", "PIL": "pillow", "pydantic_core": "pydantic"}
"""What is imported → the package that has it, where the two have different names."""
DATE = (2000, 1, 1, 0, 0, 0)
"""Of every file in the archive: the same modules, the same archive."""
START = f"""

sys.path.insert(0, str(@{ARCHIVE}@))
"""
END = f"""
from {PACKAGE}.{LAST} import reproduce

reproduced = reproduce(RECIPE, quick="--quick" in sys.argv)
"""


def is_declared(recipe: Recipe) -> bool:
    """Whether it stands in the catalogue."""
    return _file(recipe).is_file()


def program_of(recipe: Recipe) -> Program:
    """The recipe's own file, and what does it."""
    about = [
        f"{recipe.question} The lecture: {recipe.figure}.", recipe.look,
        f"The experiment stands below as it is declared. What it stands on is in {ARCHIVE}: plain Python modules, to "
        f"be read there; they need {', '.join(needs())}. With --quick it takes less data.",
    ]  # fmt: skip
    if any(isinstance(case.spec, RunSpec) for case in recipe.cases):
        about.append("Its trainings lie in folders beside it, written with public libraries alone.")
    program = Program(f"{recipe.id}: {recipe.title}", about)
    program.add("Where its modules are", "", START, "import sys")
    program.add("The experiment", "As the catalogue of nnviz declares it.", declared(recipe))
    program.add("What comes of it", "Each claim beside the lecture's figure.", END)
    program.files[ARCHIVE] = archive()
    return program


def declared(recipe: Recipe) -> str:
    """The code of the recipe's file, without its docstring, its imports from PACKAGE."""
    text = _file(recipe).read_text("utf-8")
    first, *_ = ast.parse(text).body
    lines = text.splitlines()[first.end_lineno or 0 :]
    kept = [line for line in lines if not line.startswith("from __future__")]
    return renamed("\n".join(kept).strip("\n"))


def _file(recipe: Recipe) -> Path:
    return Path(__file__).parents[1] / "experiments" / "catalogue" / f"{recipe.id.lower()}.py"


def renamed(code: str) -> str:
    """Its imports of this library from PACKAGE."""
    return IMPORT.sub(rf"\1\2 {PACKAGE}", code)


@cache
def carried() -> list[Path]:
    """The modules that any recipe needs, in the order of their names."""
    return sorted(modules(f"{OURS}.{LAST}", f"{OURS}.experiments.catalogue"))


@cache
def needs() -> list[str]:
    """The packages that these need, beside Python."""
    roots = {name.split(".")[0] for path in carried() for name in imported(path)} - sys.stdlib_module_names - {OURS}
    return sorted({PACKAGES.get(root, root) for root in roots})


@cache
def archive() -> bytes:
    """The modules as a .zip that Python imports from."""
    made = io.BytesIO()
    root = Path(__file__).parents[1]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for path in carried():
            name = f"{PACKAGE}/{path.relative_to(root).as_posix()}"
            text = "" if path == root / "__init__.py" else renamed(path.read_text("utf-8"))
            into.writestr(zipfile.ZipInfo(name, DATE), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def modules(*names: str) -> set[Path]:
    """The files of these modules of ours and of all that they import, at whatever place."""
    root, todo, found = Path(__file__).parents[2], list(names), dict[str, Path]()
    while todo:
        name = todo.pop()
        path = root.joinpath(*name.split("."))
        file = next((one for one in (path / "__init__.py", path.with_suffix(".py")) if one.is_file()), None)
        if name in found or file is None:
            continue
        found[name] = file
        todo += [name.rpartition(".")[0], *imports(file)]
    return set(found.values())


def imports(file: Path) -> Iterator[str]:
    """The modules of ours among them."""
    return (name for name in imported(file) if name.split(".")[0] == OURS)


def imported(file: Path) -> Iterator[str]:
    """What a file names in its imports, at whatever place; of `from a import b` both a and a.b."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{name}" for name in names)]
        yield from names
