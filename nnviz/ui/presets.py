"""The lectures' networks on handwriting as settings of the Digits room: the cases of the catalogue that have the words
of a preset. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnviz.experiments.catalogue import RECIPES
from nnviz.experiments.recipe import Case, Recipe
from nnviz.spec import RunSpec


@dataclass(frozen=True)
class Preset:
    """id: the lecture's row, with the case's name where it has several presets."""

    id: str
    recipe: Recipe
    case: Case

    @property
    def lecture(self) -> str:
        return self.recipe.lecture

    @property
    def title(self) -> str:
        return self.case.title

    @property
    def about(self) -> str:
        """What it shows, and what the lecture got."""
        words, figure = self.case.preset, self.case.figure
        return f"{words} The lecture: {figure}." if figure else words

    @property
    def searched(self) -> str:
        """All that a search looks at."""
        return " ".join((self.id, self.lecture, self.title, self.size, self.about)).casefold()

    @property
    def spec(self) -> RunSpec:
        assert isinstance(self.case.spec, RunSpec)
        return self.case.spec

    @property
    def size(self) -> str:
        """How many numbers it learns, in words."""
        return f"{self.spec.parameters:,} parameters" if self.spec.is_network else "a support vector machine"


def _of(recipe: Recipe) -> Iterator[Preset]:
    cases = [case for case in recipe.cases if case.preset]
    for case in cases:
        yield Preset(recipe.id if len(cases) == 1 else f"{recipe.id}-{case.name}", recipe, case)


PRESETS: tuple[Preset, ...] = tuple(preset for recipe in RECIPES.values() for preset in _of(recipe))
"""In the order of the lectures."""


def by_lecture(search: str = "") -> Iterator[tuple[str, list[Preset]]]:
    """The presets in groups, in the order of the lectures; of a search, those in which each of its words is: in title,
    lecture, size, words or id."""
    wanted = search.casefold().split()
    found = [preset for preset in PRESETS if all(word in preset.searched for word in wanted)]
    for lecture in dict.fromkeys(preset.lecture for preset in found):
        yield lecture, [preset for preset in found if preset.lecture == lecture]
