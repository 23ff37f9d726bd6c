"""The reinforcement room: agents learn from rewards, in a grid world that the visitor draws and with a pole on a cart.

What moves is a run of the job `reinforcement`; the brush is an act of the script (static/rooms/reinforcement).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, Field

from nnviz.formulas import mathml
from nnviz.link import Texts
from nnviz.link.values import write_value
from nnviz.reinforcement import cartpole
from nnviz.reinforcement.agents import epsilon_greedy
from nnviz.reinforcement.dqn import dqn_gradient
from nnviz.reinforcement.layout import KINDS, MOST_COLUMNS, MOST_ROWS
from nnviz.reinforcement.learning import Course
from nnviz.reinforcement.picture import picture
from nnviz.reinforcement.planning import bellman
from nnviz.reinforcement.policy import policy_gradient, returns_to_go
from nnviz.reinforcement.spec import AGENTS, DEFAULTS, ReinforcementSpec
from nnviz.reinforcement.tables import moved, q_target, sarsa_target
from nnviz.reinforcement.worlds import WORLDS
from nnviz.source import code_of
from nnviz.ui.live import live, packed
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.view import View

LIVE = ("learning_rate", "epsilon")
"""What may change while it trains."""
OF_A_WORLD = (
    "grid",
    "slip",
    "step_reward",
    "goal_reward",
    "pit_reward",
    "discount",
    "learning_rate",
    "episodes",
    "limit",
)
"""Fields that a world of WORLDS decides upon."""
FORMULAS = {
    "q_learning": r"Q(s, a) \leftarrow Q(s, a) + \alpha \left( r + \gamma \max_{a'} Q(s', a') - Q(s, a) \right)",
    "sarsa": r"Q(s, a) \leftarrow Q(s, a) + \alpha \left( r + \gamma \, Q(s', a') - Q(s, a) \right)",
    "dqn": r"w \leftarrow w - \alpha \nabla_w \, H \left( Q_w(s, a) - r - \gamma \max_{a'} Q_{w^-}(s', a') \right)",
    "reinforce": r"w \leftarrow w + \alpha \left( G_t - v(s_t) \right) \nabla_w \ln \pi_w(a_t \mid s_t), "
    r"\quad G_t = \sum_k \gamma^k r_{t+k}",
}
CODES = {
    "q_learning": (q_target, moved, epsilon_greedy),
    "sarsa": (sarsa_target, moved, epsilon_greedy),
    "dqn": (q_target, dqn_gradient, epsilon_greedy),
    "reinforce": (returns_to_go, policy_gradient),
}
ABOUT = {"grid": bellman, "cartpole": cartpole.moved}


class ReinforcementView(View):
    """show: what the map's shades mean; slice: the chart of the pole's states; watch: the agent that is looked at."""

    speed: Literal["step", "slow", "quick", "full"] = "quick"
    show: Literal["values", "optimal", "visits"] = "values"
    slice: Literal["policy", "value"] = "policy"
    watch: int = Field(1, ge=1, le=20)


@dataclass(frozen=True, kw_only=True)
class ReinforcementRoom(Room):
    """A room whose setting is a `ReinforcementSpec`."""

    job: str | None = "reinforcement"
    spec: type[BaseModel] | None = ReinforcementSpec
    view_type: type[View] = ReinforcementView

    def base(self, query: Texts) -> Texts:
        return {name: write_value(value) for name, value in good(query).items()}

    def change(self, here: RoomState, changes: Mapping[str, Any]) -> tuple[ReinforcementSpec, list[str]]:
        """Another environment or kind of agent needs other numbers."""
        plain = here.spec.model_dump(mode="json")
        then = {**plain, **changes}
        if changes.keys() & {"environment", "agent"}:
            names = {name for one in DEFAULTS.values() for name in one} - changes.keys()
            for name in names & {*good(plain), *good(then)}:
                plain.pop(name)
            plain = {**good(then), **plain}
        known = {name: value for name, value in changes.items() if name in ReinforcementSpec.model_fields}
        return ReinforcementSpec.model_validate({**plain, **known}), []

    def view(self, spec: ReinforcementSpec) -> dict[str, Any]:
        """A pole falls within a second: at first it takes thousands of steps until there is something to see."""
        return {"speed": "quick" if spec.environment == "grid" and spec.tabular else "full"}

    def same_run(self, one: ReinforcementSpec, other: ReinforcementSpec) -> bool:
        return one.model_copy(update={name: getattr(other, name) for name in LIVE}) == other

    def with_live(self, spec: ReinforcementSpec, live: Mapping[str, Any]) -> ReinforcementSpec:
        return spec.model_copy(update={name: live[name] for name in LIVE if name in live})


def good(given: Mapping[str, Any]) -> dict[str, Any]:
    """What goes with environment, agent and world, where a setting does not say otherwise."""
    fields = ReinforcementSpec.model_fields
    environment, agent, grid = (given.get(name, fields[name].default) for name in ("environment", "agent", "grid"))
    world = next((one.setting for one in WORLDS.values() if one.grid == grid and environment == "grid"), {})
    own = DEFAULTS.get((environment, agent), {})
    return {**world, **own} if isinstance(environment, str) else {}


def _paint(here: RoomState, act: Mapping[str, Any]) -> None:
    """Cells [[row, column], …], from 1, become of a kind."""
    cells, kind, layout = act.get("cells"), act.get("kind"), here.spec.layout
    if not isinstance(cells, list) or kind not in KINDS:
        return
    places = [
        (row - 1) * layout.columns + column - 1
        for row, column in (pair for pair in cells if isinstance(pair, list) and len(pair) == 2)
        if isinstance(row, int) and isinstance(column, int)
        and 1 <= row <= layout.rows and 1 <= column <= layout.columns
    ]  # fmt: skip
    if kind != "S" and layout.start in places:
        places.remove(layout.start)
        here.notes.append("The start stays: set it elsewhere to make its cell something else.")
    if places:
        here.change({"grid": layout.painted(places, str(kind)).text})


def _resize(here: RoomState, act: Mapping[str, Any]) -> None:
    rows, columns = act.get("rows"), act.get("columns")
    if isinstance(rows, int) and isinstance(columns, int) and 1 <= rows <= 99 and 1 <= columns <= 99:
        here.change({"grid": here.spec.layout.resized(rows, columns).text})


def _stage(here: RoomState) -> None:
    spec: ReinforcementSpec = here.spec
    given = {
        "steps_per_epoch": 1, "endless": False, "shows": spec.environment, "preview": _preview(spec),
        "worlds": {
            name: {"title": one.title, "grid": one.grid, "changes": _of_world(name)} for name, one in WORLDS.items()
        },
        "agents": AGENTS, "most": [MOST_ROWS, MOST_COLUMNS],
        "formula": mathml(FORMULAS[spec.agent]), "explains": f"{spec.environment} {spec.agent}",
        "codes": [code_of(part) for part in (*CODES[spec.agent], ABOUT[spec.environment])],
    }  # fmt: skip
    live(here, given)


@lru_cache(maxsize=32)
def _preview(spec: ReinforcementSpec) -> str:
    return packed(picture(Course(spec), 0))


def _of_world(name: str) -> dict[str, Any]:
    """All that changes with a world."""
    usual = {field: ReinforcementSpec.model_fields[field].default for field in OF_A_WORLD}
    return {**usual, **WORLDS[name].setting, "grid": WORLDS[name].grid}


def _world(name: str, **more: str) -> dict[str, str]:
    """A link to a world: its rewards come with it."""
    return {"grid": WORLDS[name].grid, **more}


EXPERIMENTS = (
    Experiment(
        "Start here: values flow back from the goal",
        "At first it stumbles about. Once it has found the goal, the cell before it is worth something, then the next.",
        {},
    ),
    Experiment(
        "No exploration: the first way is kept",
        "With ε = 0 all five agents keep a way of 9 or 11 moves; the shortest has 7. What is not tried is not known.",
        _world("open", epsilon="0.0"),
    ),
    Experiment(
        "Nothing but exploration",
        "With ε = 1 it never goes its own way, and yet all 47 arrows become right: Q-learning learns of the best way, "
        "whatever way it goes.",
        _world("open", epsilon="1.0", speed="full"),
    ),
    Experiment(
        "Along the cliff: Q-learning",
        "It finds the shortest way, at the edge, and falls now and then while it explores: look at the returns.",
        _world("cliff"),
    ),
    Experiment(
        "Along the cliff: SARSA",
        "It counts its own random moves in: its way keeps away from the edge, is longer, and earns more meanwhile.",
        _world("cliff", agent="sarsa"),
    ),
    Experiment(
        "Four rooms",
        "Twenty moves through narrow doors, and the only reward is at the end: the first episodes are long.",
        _world("rooms", show="visits"),
    ),
    Experiment(
        "Slippery ground",
        "Every fifth move goes sideways. Choose “exact values”: they are those that the book prints.",
        _world("small"),
    ),
    Experiment(
        "A frozen lake",
        "Two moves of three go astray. Without exploring (turn ε to 0) no agent ever comes home; with it, some do.",
        _world("lake", speed="full"),
    ),
    Experiment(
        "A pole, by policy gradient",
        "From seconds to the full ten: REINFORCE raises the probability of what went better than expected.",
        {"environment": "cartpole", "agent": "reinforce"},
    ),
    Experiment(
        "A pole, by DQN",
        "A network in place of the table. It learns, forgets and learns again: look how wide the band is.",
        {"environment": "cartpole", "agent": "dqn"},
    ),
    Experiment(
        "A pole, by table",
        "Four numbers cut into 432 cells: the map shows the steps. Some agents succeed, others never do.",
        {"environment": "cartpole"},
    ),
)
MARKS: tuple[Mark, ...] = (
    ("shade of a cell", "what the agent expects to earn from there: orange less than nothing, blue more"),
    ("arrow", "the best action so far; none where all are alike"),
    ("the line", "the way that it would go without exploring"),
    ("★ ✕ S", "a goal, a pit, the start; the dark cells are walls"),
    ("band of the returns", "from the least to the largest of all agents, which differ in their random numbers alone"),
)
KEYS: tuple[Mark, ...] = (
    ("space", "train, pause"),
    ("→", "one step of each agent"),
    ("R", "back to the start"),
    ("P", "let the agent play without exploring, pause"),
    ("arrows, W X G S F on the map", "move the frame; make the cell a wall, pit, goal, the start, free"),
)

ROOM = ReinforcementRoom(
    name="reinforcement",
    title="Reinforcement",
    section="Other networks",
    icon=":material/smart_toy:",
    intro="Nobody says what is right: an agent tries, and is told its **reward**. Press **Train** and see values flow "
    "back from the goal. Draw walls and pits, turn its curiosity ε while it learns, or let it balance a pole.",
    stage=_stage,
    script="rooms/reinforcement/reinforcement.js",
    preload=("kit/tabbed.js", "figures/chart.js"),
    styles=(
        "kit/code.css",
        "kit/film.css",
        "kit/tab_list.css",
        "kit/tabbed.css",
        "rooms/reinforcement/reinforcement.css",
    ),
    height=640,
    acts={"paint": _paint, "resize": _resize},
    guide=Guide(
        what="as values, arrows and rewards",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        lectures="B18",
        needs="how a network learns (Playground)",
        lead="Learning without a teacher: only rewards, and those come late.",
    ),
)
