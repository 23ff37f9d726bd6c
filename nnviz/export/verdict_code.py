"""What an exported training of a lecture's experiment ends with: its accuracy held against the lecture's figure."""

from __future__ import annotations

from nnviz.export.program import Program

VERDICT = """
lecture = {printed!r}
p = min(max(correct / n, 0.5 / n), 1 - 0.5 / n)
half = 1.96 * np.sqrt(p * (1 - p) / n)
verdict = "not reproduced" if correct / n + half < lecture else "reproduced"
verdict = "better" if correct / n - half > lecture else verdict
print(f"the lecture: {{lecture}}; ours ± {{half:.4f}}, of one seed: {{verdict}}")
"""
"""As the claim `Accuracy` has it: Wald's interval. `correct`, `n`: of the section before."""


def add_verdict(program: Program, printed: float) -> None:
    program.add(
        "The lecture's figure", "Reproduced where it lies within what chance makes of so many samples.",
        VERDICT.format(printed=printed), "import numpy as np",
    )  # fmt: skip
