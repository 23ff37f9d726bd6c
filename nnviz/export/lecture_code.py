"""A lecture's experiment to take home: one program that does the whole of it and judges all its claims, and beside it
each of its trainings, written with public libraries alone, which holds its test accuracy against the lecture's."""

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
    """The experiment; where it has trainings these, too, each in a folder of its own beside it. Of a recipe of nobody's
    catalogue the trainings alone. Raises CannotExport, DataError."""
    if not any(isinstance(case.spec, RunSpec) for case in recipe.cases):
        return whole(recipe, kind)
    found = whole(recipe, kind) if carried_code.is_declared(recipe) else {}
    for name, source in sources(recipe, home).items():
        if (why := kind.refusal(source)) is not None:
            raise CannotExport(why)
        found |= {f"{name}/{file}": data for file, data in kind.make(source).items()}
    return {f"nnviz-{recipe.id}/{name}": data for name, data in found.items()}


def whole(recipe: Recipe, kind: Format) -> Files:
    """The program of the whole experiment, and what it stands on. Raises CannotExport for a recipe of nobody's
    catalogue."""
    if not carried_code.is_declared(recipe):
        raise CannotExport(f"{recipe.id} is not in the catalogue")
    program, name = carried_code.program_of(recipe), f"nnviz-{recipe.id}"
    if kind is notebook.NOTEBOOK:
        return notebook.written(program, name)
    return {f"{name}.py": program.script().encode(), **program.files}
