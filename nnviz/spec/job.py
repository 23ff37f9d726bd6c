"""What every job's whole specification offers."""

from __future__ import annotations

from nnviz.part import Part

MB = 2**20


class JobSpec(Part):
    """All that defines one run of a job. Engine, store and live socket know no more of a run than what stands here.

    The spec type of a job names it, `job: Literal["descent"] = "descent"`, adds its fields, and replaces the
    properties whose defaults do not fit.
    """

    job: str

    @property
    def subject(self) -> str | None:
        """What the job is done on, in a word or two, for lists: a data set, a surface."""
        return None

    @property
    def words(self) -> str | None:
        """What is done there, in a few words, for lists: the network 784-30-10, the optimisers of a race."""
        return None

    @property
    def parameters(self) -> int:
        """Trainable numbers."""
        return 0

    @property
    def memory(self) -> int:
        """Bytes that the process of a run may come to have of its own, at most; for NumPy on small arrays."""
        return 64 * MB

    def too_large(self, most: int) -> tuple[str, str]:
        """The field at fault and what is allowed, where a run may have `most` bytes and this one needs more."""
        return "job", f"it may need {self.memory // MB} MB of memory; allowed are at most {most // MB} MB"

    @property
    def architecture(self) -> str:
        """Specs of one architecture share what a process has compiled: one may follow the other in it."""
        return self.job

    @property
    def reusable(self) -> bool:
        """Whether the process of a run may do another run afterwards."""
        return True
