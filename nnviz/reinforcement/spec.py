"""What defines a reinforcement learning: the job `reinforcement`."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from nnviz.part import Names
from nnviz.reinforcement.cartpole import STEPS, CartPole
from nnviz.reinforcement.environment import Environment
from nnviz.reinforcement.grid import GridWorld
from nnviz.reinforcement.layout import Layout, read_layout
from nnviz.reinforcement.worlds import WORLDS
from nnviz.spec.job import MB, JobSpec

ENVIRONMENTS = {"grid": "grid world", "cartpole": "cart-pole"}
AGENTS = {
    "q_learning": "Q-learning, table", "sarsa": "SARSA, table", "dqn": "DQN, network", "reinforce": "policy gradient",
}  # fmt: skip
"""Name → what it is called."""
TABLES = ("q_learning", "sarsa")
MEMORY = 10_000
"""Steps that a DQN remembers."""
DEFAULTS: dict[tuple[str, str], dict[str, Any]] = {
    ("grid", "q_learning"): {},
    ("grid", "sarsa"): {},
    ("grid", "dqn"): {"learning_rate": 0.003, "target_steps": 50},
    ("grid", "reinforce"): {"learning_rate": 0.02, "episodes": 400},
    ("cartpole", "q_learning"): {
        "learning_rate": 0.2, "discount": 0.99, "epsilon": 0.5, "epsilon_decay": 0.99, "episodes": 600,
    },
    ("cartpole", "sarsa"): {
        "learning_rate": 0.2, "discount": 0.99, "epsilon": 0.5, "epsilon_decay": 0.99, "episodes": 600,
    },
    ("cartpole", "dqn"): {
        "learning_rate": 0.002, "discount": 0.97, "epsilon": 1.0, "epsilon_decay": 0.97, "episodes": 200,
        "target_steps": 200, "hidden": 64, "batch_size": 64, "agents": 3,
    },
    ("cartpole", "reinforce"): {"learning_rate": 0.01, "discount": 0.99, "episodes": 400},
}  # fmt: skip
"""(environment, agent) → what a specification that says nothing of it has there, where that is not the field's own
default: other environments need other numbers."""


class ReinforcementSpec(JobSpec):
    """grid: the plan of the world, as `nnviz.reinforcement.layout` writes it; slip and the rewards are of the grid
    world alone. hidden, batch_size and target_steps are of a network alone. agents: so many learn side by side, each
    from random numbers of its own. limit: steps after which an episode is broken off.
    """

    job: Literal["reinforcement"] = "reinforcement"
    environment: Annotated[str, Names(ENVIRONMENTS)] = "grid"
    agent: Annotated[str, Names(AGENTS)] = "q_learning"
    grid: str = Field(WORLDS["maze"].grid, title="World", max_length=250)
    slip: float = Field(0.0, ge=0, le=0.9, description="probability that a move goes sideways")
    step_reward: float = Field(0.0, ge=-10, le=0)
    goal_reward: float = Field(1.0, ge=0, le=100)
    pit_reward: float = Field(-1.0, ge=-100, le=0)
    learning_rate: float = Field(0.2, ge=0.0001, le=1)
    discount: float = Field(0.95, ge=0, le=1, description="γ")
    epsilon: float = Field(0.1, ge=0, le=1, description="how often a move is made at random")
    epsilon_decay: float = Field(1.0, ge=0.8, le=1, description="ε is multiplied by it after each episode")
    episodes: int = Field(150, ge=1, le=5000)
    limit: int = Field(STEPS, ge=10, le=1000)
    agents: int = Field(5, ge=1, le=20)
    hidden: int = Field(32, ge=2, le=128, description="neurons of each of the two hidden layers")
    batch_size: int = Field(32, ge=1, le=256)
    target_steps: int = Field(100, ge=1, le=10_000, description="steps until the target network is copied")
    seed: int = Field(0, ge=0, le=2**31 - 1)

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        return {**defaults(given), **given} if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _check(self) -> Self:
        try:
            read_layout(self.grid)
        except ValueError as error:
            raise ValueError(f"grid: {error}") from None
        return self

    @property
    def layout(self) -> Layout:
        return read_layout(self.grid)

    @cached_property
    def world(self) -> GridWorld:
        return GridWorld(self.layout, self.slip, self.step_reward, self.goal_reward, self.pit_reward)

    @property
    def place(self) -> Environment:
        return self.world if self.environment == "grid" else CartPole()

    @property
    def tabular(self) -> bool:
        return self.agent in TABLES

    @property
    def subject(self) -> str:
        layout = self.layout
        return f"grid world {layout.rows} × {layout.columns}" if self.environment == "grid" else "cart-pole"

    @property
    def words(self) -> str:
        return f"{AGENTS[self.agent]}, {self.agents} agent{'s' * (self.agents != 1)}"

    @property
    def sizes(self) -> tuple[int, ...]:
        """Of a network's layers, the inputs first."""
        place = self.place
        return place.features, self.hidden, self.hidden, place.actions

    @property
    def parameters(self) -> int:
        """Of one agent."""
        place = self.place
        if self.tabular:
            return place.cells * place.actions
        weights = sum((a + 1) * b for a, b in pairwise(self.sizes))
        inputs, *_, last, _ = self.sizes
        value = (inputs + 1) * self.hidden + (self.hidden + 1) * last + last + 1
        return weights + value * (self.agent == "reinforce")

    @property
    def memory(self) -> int:
        remembered = MEMORY * 2 * 8 * (1 if self.environment == "grid" else 4)
        return 80 * MB + self.agents * (remembered + 8 * 6 * self.parameters)


def defaults(given: dict[str, Any]) -> dict[str, Any]:
    """What else a specification has that says this of environment and agent."""
    fields = ReinforcementSpec.model_fields
    chosen = tuple(given.get(name, fields[name].default) for name in ("environment", "agent"))
    return DEFAULTS.get(chosen, {}) if all(isinstance(one, str) for one in chosen) else {}
