"""Whether one of two classifiers is better than the other, or the difference may be chance. Pure."""

from __future__ import annotations


def mcnemar(b: int, c: int) -> float:
    """McNemar's exact test, two-sided (Q. McNemar, 1947). b, c: samples on which only the one, only the other is right.
    Were both equally good, each of them would be the one's or the other's like the throw of a coin: the chance of a
    split at least this uneven."""
    from scipy.stats import binomtest

    return 1.0 if b + c == 0 else float(binomtest(b, b + c).pvalue)


def verdict(b: int, c: int, one: str = "A", other: str = "B") -> str:
    """What the test says of two classifiers of these names, in a sentence."""
    if b + c == 0:
        return "Both make exactly the same mistakes."
    p = mcnemar(b, c)
    written = "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}" if p < 0.01 else f"p = {p:.2f}"
    split = f"{max(b, c)} to {min(b, c)}"
    if p < 0.05:
        tests = "10,000" if p < 0.0001 else f"{int(1 / p):,}"
        return (
            f"{one if b > c else other} is better, and hardly by chance: were both equally good, a split as uneven as "
            f"{split} would come up in fewer than 1 of {tests} tests ({written})."
        )
    return (
        f"The difference can well be chance: equally good networks split {b + c} samples at least as unevenly as "
        f"{split} in {100 * p:.0f} of 100 tests ({written})."
    )
