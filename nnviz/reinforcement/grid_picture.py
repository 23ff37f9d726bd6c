"""What a page draws of agents in a grid world: values, arrows, ways, and how far all that is from what is exact."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from nnviz.events import Frame
from nnviz.reinforcement.environment import Floats, Ints
from nnviz.reinforcement.layout import ARROWS, GOAL, PIT, WALL
from nnviz.reinforcement.learning import Course
from nnviz.reinforcement.planning import Optimum, solve, standing
from nnviz.reinforcement.spec import ReinforcementSpec
from nnviz.reinforcement.words import said, update_words

ALIKE = 1e-9
"""Numbers of actions that differ by less say nothing of which is best."""


def grid_frame(course: Course, step: int) -> Frame:
    """View "reinforcement". Rows and columns count from 1. Arrays, of the k cells in which an agent can stand: x, y
    [k], numbers float32 [agents, k, 5]: Q or π of up, right, down, left, and how often an action was made there. Of all
    cells: values, visits [agents, rows, columns], optimal [rows, columns], walls [rows, columns]: 1, else nan. places
    [agents, 2]: column and row where each is; path_x, path_y [agents, moves + 1]: the greedy way, nan behind its end.
    Meta: arrows [agents][k]: of the best action, empty where all are alike; what is said of each agent.
    """
    spec, layout = course.spec, course.spec.layout
    shape = (spec.agents, layout.rows, layout.columns)
    numbers, values = course.agents.everywhere(np.arange(course.place.cells))
    optimum, kinds = optimum_of(spec), np.array(list(layout.cells))
    inside = np.flatnonzero(standing(spec.world))
    drawn = np.stack([_with_ends(spec, kinds, one) for one in values])
    acting = numbers[:, inside]
    ways, _, earned = course.greedy(min(spec.limit, MOST_MOVES))
    ways = np.where(_ended_before(course, ways), np.nan, ways)
    paths = np.where(course.visits.sum(1)[:, None] > 0, ways, np.where(np.arange(ways.shape[1]) == 0, ways, np.nan))
    y, x = (one + 1 for one in np.divmod(np.arange(len(layout.cells)), layout.columns))
    arrays = {
        "numbers": np.concatenate([acting, course.visits[:, inside, None]], axis=-1),
        "x": x[inside], "y": y[inside],
        "values": drawn.reshape(shape), "visits": course.visits.reshape(shape),
        "walls": np.where(kinds == WALL, 1.0, np.nan).reshape(shape[1:]),
        "places": np.stack([x[course.state], y[course.state]], axis=1),
        "path_x": paths % layout.columns + 1, "path_y": paths // layout.columns + 1,
        "optimal": _with_ends(spec, kinds, np.where(optimum.known, optimum.values, np.nan)).reshape(shape[1:]),
    }  # fmt: skip
    known = optimum.values[optimum.known]
    arrows = np.where(np.ptp(acting, axis=-1) > ALIKE, np.array(list(ARROWS))[acting.argmax(-1)], "")
    meta = {
        **common(course), "rows": layout.rows, "columns": layout.columns,
        "peak": max(1e-6, float(np.abs(known).max(initial=0))),
        "across": [0.5, layout.columns + 0.5], "down": [layout.rows + 0.5, 0.5],
        "what": "π" if spec.agent == "reinforce" else "Q",
        "marks": [
            {"x": int(x[i]), "y": int(y[i]), "text": MARKS[kind]}
            for i, kind in enumerate(layout.cells) if kind in MARKS
        ],
        "arrows": arrows.tolist(), "best": optimum.earns,
        "told": [
            _told(course, optimum, agent, numbers[agent], values[agent], paths[agent], float(earned[agent]))
            for agent in range(spec.agents)
        ],
    }  # fmt: skip
    made = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
    return Frame("reinforcement", step, float(course.episodes.min()), meta, made)


MARKS = {"S": "S", "G": "★", "X": "✕"}
MOST_MOVES = 100
"""Of a way that is drawn."""


def common(course: Course) -> dict[str, Any]:
    """What a frame says of every environment."""
    spec = course.spec
    return {
        "environment": spec.environment, "agent": spec.agent, "agents": spec.agents, "episodes": spec.episodes,
        "episode": int(course.episodes.min()), "done": course.episodes.tolist(), "length": course.length.tolist(),
        "epsilon": course.agents.epsilon.tolist() if course.agents.explores else None,
        "rate": course.agents.rate, "visits": int(course.visits.sum()),
        "updates": [
            update_words(spec, course.agents.last(agent), course.agents.rate) for agent in range(spec.agents)
        ],
    }  # fmt: skip


@lru_cache(maxsize=32)
def optimum_of(spec: ReinforcementSpec) -> Optimum:
    return solve(spec.world, spec.discount)


def _with_ends(spec: ReinforcementSpec, kinds: Any, values: Floats) -> Floats:
    """A goal and a pit are drawn as what entering them earns."""
    values = np.where(kinds == GOAL, spec.goal_reward, np.where(kinds == PIT, spec.pit_reward, values))
    return np.where(kinds == WALL, np.nan, values)


def _ended_before(course: Course, ways: Ints) -> Any:
    """Where of each way [agents, moves + 1] its end lies behind it already."""
    over = course.spec.world.terminal[ways]
    return (over.cumsum(1) - over) > 0


def _told(
    course: Course, optimum: Optimum, agent: int, numbers: Floats, values: Floats, path: Floats, earned: float
) -> dict[str, Any]:
    """How far an agent is from the exact optimum where it has been, as numbers and as a sentence."""
    spec, start = course.spec, course.spec.layout.start
    seen = optimum.known & (course.visits[agent] > 0)
    way = path[~np.isnan(path)].astype(int)
    kind = spec.layout.cells[way[-1]]
    found: dict[str, Any] = {
        "seen": int(seen.sum()), "of": int(optimum.known.sum()), "moves": len(way) - 1, "earned": earned,
        "ends": {GOAL: "goal", PIT: "pit"}.get(kind, ""), "start": float(values[start]),
        "start_best": float(optimum.values[start]), "right": 0, "off": None, "most": None,
    }  # fmt: skip
    if found["seen"]:
        chosen = numbers.argmax(1)
        off = np.abs(values - optimum.values)[seen]
        right = optimum.best[np.arange(len(chosen)), chosen] & seen
        found |= {"right": int(right.sum()), "off": float(off.mean()), "most": float(off.max())}
    return {**found, "words": _sentence(spec, optimum, found)}


def _sentence(spec: ReinforcementSpec, optimum: Optimum, told: dict[str, Any]) -> str:
    distance = spec.layout.distance
    if distance is None:
        shut = "No way leads from the start to a goal: an episode ends in a pit or at its limit. Take a wall away."
        return shut if not told["seen"] else f"{shut} {told['seen']} cells seen."
    if not told["seen"]:
        return (
            f"Nothing is learned yet. The nearest goal is {distance} moves away; the exact values are known to value "
            f"iteration ({optimum.sweeps} sweeps), which is told all moves and rewards. The agent is told nothing."
        )
    value = {"reinforce": "v(s)", "sarsa": "max Q"}.get(spec.agent, "max Q")
    why = {"sarsa": " (SARSA’s are those of its own way, random moves included)",
           "reinforce": " (v is of its own policy)"}.get(spec.agent, "")  # fmt: skip
    way = {"goal": f"reaches the goal in {told['moves']} moves (nearest: {distance})",
           "pit": f"ends in a pit after {told['moves']} moves"}.get(told["ends"], "goes round in circles")  # fmt: skip
    return (
        f"{value} differs from the exact optimum (value iteration, {optimum.sweeps} sweeps) by {said(told['off'])} on "
        f"average and {said(told['most'])} at most in the {told['seen']} of {told['of']} cells it has seen{why}; the "
        f"arrow is optimal in {told['right']}. Its greedy way {way} and earns {said(told['earned'])}."
    )
