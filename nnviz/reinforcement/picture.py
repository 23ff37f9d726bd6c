"""The frame of a learning, whatever its environment."""

from __future__ import annotations

from nnviz.events import Frame
from nnviz.reinforcement.cartpole_picture import cartpole_frame
from nnviz.reinforcement.grid_picture import grid_frame
from nnviz.reinforcement.learning import Course


def picture(course: Course, step: int) -> Frame:
    """View "reinforcement" after `step` steps of each agent."""
    return (grid_frame if course.spec.environment == "grid" else cartpole_frame)(course, step)
