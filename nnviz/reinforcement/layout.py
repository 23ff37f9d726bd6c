"""The plan of a grid world as a short text, as it stands in a link: rows from the top with `-` between them.

Each row is letters and numbers: `S` start, `G` goal, `X` pit, `W` wall, and a number for as many free cells, so that
`3G-1W1X-S3` has three rows of four.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import cached_property, lru_cache

FREE, WALL, PIT, START, GOAL = ".WXSG"
KINDS = {FREE: "free", WALL: "wall", PIT: "pit", START: "start", GOAL: "goal"}
MOST_ROWS, MOST_COLUMNS = 12, 16
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""Of each action in rows and columns: up, right, down, left. The neighbours of an action in this list are sideways."""
ARROWS = "↑→↓←"


@dataclass(frozen=True)
class Layout:
    """cells: a letter of KINDS for each, row by row from the top left. Cells are counted in this order from 0."""

    rows: int
    columns: int
    cells: str

    @property
    def start(self) -> int:
        return self.cells.index(START)

    def neighbour(self, cell: int, action: int) -> int:
        """Where a move leads: into a wall or out of the world it leads nowhere."""
        down, right = MOVES[action]
        row, column = cell // self.columns + down, cell % self.columns + right
        inside = 0 <= row < self.rows and 0 <= column < self.columns
        to = row * self.columns + column
        return to if inside and self.cells[to] != WALL else cell

    def ends(self, cell: int) -> bool:
        """Whether an episode is over there."""
        return self.cells[cell] in (GOAL, PIT)

    @cached_property
    def distance(self) -> int | None:
        """Moves from the start to the nearest goal; None where no way leads there."""
        known, waiting = {self.start: 0}, deque([self.start])
        while waiting:
            cell = waiting.popleft()
            if self.cells[cell] == GOAL:
                return known[cell]
            for action in range(4):
                to = self.neighbour(cell, action)
                if to not in known and self.cells[to] != PIT:
                    known[to] = known[cell] + 1
                    waiting.append(to)
        return None

    def painted(self, cells: list[int], kind: str) -> Layout:
        """With other cells of a kind. There is one start: where it is set, it is no more where it was, and of several
        cells the last one has it."""
        letters = list(self.cells)
        if kind == START:
            cells = cells[-1:]
            letters[self.start] = FREE
        for cell in cells:
            letters[cell] = kind
        return Layout(self.rows, self.columns, "".join(letters))

    def resized(self, rows: int, columns: int) -> Layout:
        """Cut off or continued with free cells, at the right and below."""
        lines = [self.cells[at : at + self.columns] for at in range(0, len(self.cells), self.columns)]
        kept = [line[:columns].ljust(columns, FREE) for line in lines[:rows]]
        return Layout(rows, columns, "".join(kept + [FREE * columns] * (rows - len(kept))))

    @property
    def text(self) -> str:
        """As in a link."""
        lines = (self.cells[at : at + self.columns] for at in range(0, len(self.cells), self.columns))
        return "-".join(re.sub(r"\.+", lambda free: str(len(free[0])), line) for line in lines)


@lru_cache(maxsize=64)
def read_layout(text: str) -> Layout:
    """The plan that a text describes. Raises ValueError with what is allowed."""
    lines = [_line(part) for part in text.split("-")]
    rows, columns = len(lines), len(lines[0])
    if len({len(line) for line in lines}) > 1:
        raise ValueError("all rows must be as long as the first")
    if not (2 <= rows <= MOST_ROWS and 2 <= columns <= MOST_COLUMNS):
        raise ValueError(f"2 to {MOST_ROWS} rows of 2 to {MOST_COLUMNS} cells (given: {rows} of {columns})")
    cells = "".join(lines)
    if cells.count(START) != 1:
        raise ValueError(f"a world has one start, S (given: {cells.count(START)})")
    if GOAL not in cells:
        raise ValueError("a world needs a goal, G")
    return Layout(rows, columns, cells)


def _line(part: str) -> str:
    if not re.fullmatch(r"(?:[1-9]\d?|[WXSG])+", part, re.ASCII):
        raise ValueError("rows of S, G, X, W and numbers of free cells, with - between them")
    return re.sub(r"\d+", lambda many: FREE * int(many[0]), part)
