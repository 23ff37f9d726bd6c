"""A lecture's experiment to take home: a program for each of its trainings, which at its end holds its test accuracy
against the one that the lecture prints; of an experiment without a training the whole of it, with all its claims."""

from __future__ import annotations

from pathlib import Path

from nnviz.experiments.claims import Accuracy
from nnviz.experiments.recipe import Case, Recipe
from nnviz.export import carried_code, notebook
from nnviz.export.format import CannotExport, Files, Format, Source
from nnviz.spec import RunSpec


def sources(recipe: Recipe, home: Path) -> dict[str, Source]:
    """Case → its setting with the lecture's figure, of those trainings that have one; where none has, of all. Raises
    CannotExport for a recipe without a training."""
    printed = {case.name: _printed(recipe, case) for case in recipe.cases if isinstance(case.spec, RunSpec)}
    if not printed:
        raise CannotExport(f"nothing of {recipe.id} trains a model")
    chosen = [name for name, figure in printed.items() if figure is not None] or list(printed)
    return {
        name: Source(recipe.case(name).spec, home, title=f"{recipe.id}-{name}", printed=printed[name])
        for name in chosen
    }


def _printed(recipe: Recipe, case: Case) -> float | None:
    """The test accuracy that the lecture prints of a case."""
    names = {f"{case.name}:test.accuracy", *(["test.accuracy"] if len(recipe.cases) == 1 else [])}
    return next((one.lecture for one in recipe.claims if isinstance(one, Accuracy) and one.of in names), None)


def programs(recipe: Recipe, home: Path, kind: Format) -> Files:
    """The files of all its cases: of several, each in a folder of its own. Raises CannotExport, DataError."""
    if not any(isinstance(case.spec, RunSpec) for case in recipe.cases):
        return whole(recipe, kind)
    found = {}
    for name, source in sources(recipe, home).items():
        if (why := kind.refusal(source)) is not None:
            raise CannotExport(why)
        found[name] = kind.make(source)
    if len(found) == 1:
        return next(iter(found.values()))
    return {f"nnviz-{recipe.id}/{case}/{file}": data for case, files in found.items() for file, data in files.items()}


def whole(recipe: Recipe, kind: Format) -> Files:
    """The files of an experiment of which public libraries know nothing. Raises CannotExport for a recipe of nobody's
    catalogue."""
    try:
        program = carried_code.program_of(recipe)
    except LookupError as fault:
        raise CannotExport(str(fault)) from None
    name = f"nnviz-{recipe.id}"
    if kind is notebook.NOTEBOOK:
        return notebook.written(program, name)
    return {f"{name}.py": program.script().encode(), **program.files}
