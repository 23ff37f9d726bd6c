"""How long libsvm will be at a fit, before it is begun and while it goes on."""

from __future__ import annotations

from nnviz.spec import SVMSpec


def fit_seconds(model: SVMSpec, images: int, pixels: int) -> float:
    """Roughly: on one core of 2024 an RBF fit of 10,000 MNIST images took 20 s, the other kernels a fifth of it, and
    the time grows with the square of the images."""
    return 2e-7 * images**2 * pixels / 784 * (1 if model.kernel == "rbf" else 0.2)


def in_words(seconds: float) -> str:
    if seconds < 2:
        return "a second or two"
    if seconds < 90:
        return f"some {seconds:.0f} seconds"
    return f"some {seconds / 60:.0f} minutes"


def so_far(seconds: float) -> str:
    """ "15 seconds", "3 minutes"."""
    return f"{seconds:.0f} seconds" if seconds < 90 else f"{seconds / 60:.0f} minutes"
