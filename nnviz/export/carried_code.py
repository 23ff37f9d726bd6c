"""An experiment whose claims are about arithmetic that no public library has, to take home: its declaration as a
program, and what that stands on, the modules of this library, in an archive beside it. Nothing has to be installed of
nnviz: the archive's modules are a package of their own, named PACKAGE."""

from __future__ import annotations

import ast
import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from nnviz.experiments.recipe import Recipe
from nnviz.export.program import Program

PACKAGE = "lecture"
ARCHIVE = "lecture-code.zip"
OURS = "nnviz"
IMPORT = re.compile(rf"^(\s*)(from|import) {OURS}\b", re.MULTILINE)
LAST = "experiments.alone"
DATE = (2000, 1, 1, 0, 0, 0)
"""Of every file in the archive: the same modules, the same archive."""
START = f"""

sys.path.insert(0, str(@{ARCHIVE}@))
"""
END = f"""
from {PACKAGE}.{LAST} import reproduce

reproduced = reproduce(RECIPE, quick="--quick" in sys.argv)
"""


def program_of(recipe: Recipe) -> Program:
    """The recipe's own file, and what does it. Of a recipe that is not in the catalogue: raises LookupError."""
    about = [
        f"{recipe.question} The lecture: {recipe.figure}.", recipe.look,
        f"The experiment stands below as it is declared. What it stands on is in {ARCHIVE}: plain Python modules, to "
        "be read there. With --quick it takes less data.",
    ]  # fmt: skip
    program = Program(f"{recipe.id}: {recipe.title}", about)
    program.add("Where its modules are", "", START, "import sys")
    program.add("The experiment", "As the catalogue of nnviz declares it.", declared(recipe))
    program.add("What comes of it", "Each claim beside the lecture's figure.", END)
    program.files[ARCHIVE] = archive()
    return program


def declared(recipe: Recipe) -> str:
    """The code of the recipe's file, without its docstring, its imports from PACKAGE. Raises LookupError."""
    path = Path(__file__).parents[1] / "experiments" / "catalogue" / f"{recipe.id.lower()}.py"
    if not path.is_file():
        raise LookupError(f"{recipe.id} is not in the catalogue")
    text = path.read_text("utf-8")
    first, *_ = ast.parse(text).body
    lines = text.splitlines()[first.end_lineno or 0 :]
    kept = [line for line in lines if not line.startswith("from __future__")]
    return renamed("\n".join(kept).strip("\n"))


def renamed(code: str) -> str:
    """Its imports of this library from PACKAGE."""
    return IMPORT.sub(rf"\1\2 {PACKAGE}", code)


@cache
def archive() -> bytes:
    """The modules that any recipe needs, as a .zip that Python imports from."""
    made = io.BytesIO()
    root = Path(__file__).parents[1]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for path in sorted(modules(f"{OURS}.{LAST}", f"{OURS}.experiments.catalogue")):
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
    """The modules of ours that a file names in its imports; of `from a import b` both a and a.b."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{name}" for name in names)]
        yield from (name for name in names if name.split(".")[0] == OURS)
