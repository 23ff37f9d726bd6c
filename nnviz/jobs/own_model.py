"""The job `keras`: a model of the user's own, trained by their own program with `nnviz.keras.Dashboard`.

No engine does it: such a run comes to the server from that program (nnviz/web/script_runs.py), or is found in the home.
Its specification says what was trained; nothing can be trained with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from nnviz.jobs.job import Job
from nnviz.link import FieldsLink, Texts
from nnviz.part import Part
from nnviz.spec.job import JobSpec

if TYPE_CHECKING:
    from nnviz.control import Control
    from nnviz.events import Event, Frame

MOST_LAYERS = 200
"""Of a model; of more the first ones are told."""
Words = Annotated[str, Field(max_length=200)]
ELSEWHERE = "a model of your own is trained by its script, with nnviz.keras.Dashboard; nnviz has no data for it"
"""Why nothing else trains it."""


class OwnLayer(Part):
    """shape: of what it gives, in words (28 × 28 × 16); nothing where it is not known. parameters: all its numbers."""

    name: Words
    kind: Words
    shape: Words = ""
    parameters: int = Field(0, ge=0)


class OwnModelSpec(JobSpec):
    """What was trained, in words and numbers.

    name: the user's, of the run; model: the model's own; trainable: how many numbers it learns; inputs, outputs: the
    shape of each, in words; steps: of an epoch, None where nobody knows before it has ended.
    """

    job: Literal["keras"] = "keras"
    name: Words = ""
    model: Words = ""
    kind: Words = ""
    layers: tuple[OwnLayer, ...] = Field((), max_length=MOST_LAYERS)
    trainable: int = Field(0, ge=0)
    inputs: tuple[Words, ...] = Field((), max_length=50)
    outputs: tuple[Words, ...] = Field((), max_length=50)
    loss: Words = ""
    optimizer: Words = ""
    learning_rate: float | None = None
    epochs: int = Field(1, ge=0)
    steps: int | None = Field(None, ge=0)
    backend: Words = ""

    @property
    def words(self) -> str:
        """Its name, and how deep it is."""
        layers = f"{len(self.layers)} layer{'s' if len(self.layers) != 1 else ''}"
        return f"{self.name or self.model or self.kind or 'a model'}, {layers}"

    @property
    def parameters(self) -> int:
        return self.trainable


def run(_spec: OwnModelSpec, _control: Control | None = None, **_: Any) -> Iterator[Event | Frame]:
    """Fails, in words: its program has the data and the model."""
    from nnviz.events import Failed

    yield Failed(f"job: {ELSEWHERE}")


class OwnModelLink(FieldsLink):
    """A link names such a run, never its setting: nothing could be done with that."""

    def read(self, query: Texts, ignore: Iterable[str] = (), base: Texts | None = None) -> tuple[Any, list[str]]:
        del base
        names = {name for name in query if name not in set(ignore)}
        return OwnModelSpec(), [f"The link’s {name}= is not known here; allowed is run." for name in sorted(names)]

    def texts(self, spec: Any) -> dict[str, str]:
        del spec
        return {}


OWN_MODEL = Job(
    title="training of your own model", spec=OwnModelSpec, run=run, elsewhere=True,
    columns=(
        "epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds", "recent_loss",
        "recent_accuracy",
    ),
    words={
        "idle": "no run is shown", "running": "training",
        "interrupted": "ended without a word: its process was killed, or the machine went down",
    },
    own_link=OwnModelLink(OwnModelSpec),
)  # fmt: skip
