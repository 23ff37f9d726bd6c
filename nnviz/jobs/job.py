"""What a job is: a kind of work that the engine can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnviz.link import FieldsLink, Link
from nnviz.spec.job import JobSpec

if TYPE_CHECKING:
    from nnviz.events import Event, Frame


def one_thread(_spec: Any, _cores: int) -> int:
    return 1


@dataclass(frozen=True)
class Job:
    """One kind of work. What it imports beyond NumPy it imports inside its functions: the web process knows all jobs.

    title: for lists and messages, in lower case: "training".

    spec: the type of its specifications (`nnviz.spec.job.JobSpec`).

    run: `run(spec, control, home=…)`, a generator of the events and frames of one run (nnviz/events.py), the last event
    being terminal. `control` (nnviz/control.py) is asked for commands between pieces of work of some 50 ms at most, and
    whether frames are wanted; without one (None) the run goes as fast as it can and yields no frames. `home` is the
    folder of uploads and recorded runs. What the spec or the machine refuses is a `Failed`; a fault of the program is
    raised. `nnviz.jobs.steps.Stepwise` has the commands and the pace of a job that goes step by step.

    columns: names of the numbers in its metrics events, "step" among them.

    words: what a page calls the states of its runs where it is not as everywhere (nnviz/statuses.py).

    threads: `threads(spec, cores)`, how many threads a run can use.

    tensorflow: whether a run may need it.

    keeps: whether a run without a control gives the frames of what it came to (`run(…, keep=True)`).

    goes_on: whether a run can start from given weights (`run(…, start=bytes)`), go on after its end
    (`run(…, resume=bytes)`) and have another end than the spec's (`run(…, epochs=float)`).

    elsewhere: whether its runs are done by a program of the user's: the engine does none.

    own_link: how its specifications are written in the address of a page; absent, each field by its own name.
    """

    title: str
    spec: type[JobSpec]
    run: Callable[..., Iterator[Event | Frame]]
    columns: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    threads: Callable[[Any, int], int] = one_thread
    tensorflow: bool = False
    goes_on: bool = False
    keeps: bool = False
    elsewhere: bool = False
    own_link: Link | None = None

    @property
    def link(self) -> Link:
        return self.own_link or FieldsLink(self.spec)
