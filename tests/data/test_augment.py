"""Turned images: equal to SciPy's, bounded in time, the same for the same seed."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from nnviz.data import load
from nnviz.data.augment import LEAST, rotated, with_rotated
from nnviz.spec import DataSpec

RNG = np.random.default_rng(0)
NOISE = RNG.random((3, 28, 28), np.float32)


@given(st.floats(-180, 180), st.sampled_from([(28, 28), (8, 8), (9, 16)]))
def test_as_scipy_turns_them(degrees: float, shape: tuple[int, int]) -> None:
    images = np.random.default_rng(1).random((2, *shape)).astype(np.float32)
    expected = ndimage.rotate(images, degrees, axes=(1, 2), reshape=False, order=1, mode="grid-constant")
    assert np.allclose(rotated(images, degrees), expected, atol=2e-5)


@pytest.mark.parametrize("images", [NOISE, NOISE[..., None], (NOISE * 255).astype(np.uint8), NOISE[:0]])
def test_shapes_and_units_stay(images: np.ndarray) -> None:
    turned = rotated(images, 30)
    assert turned.dtype == np.float32
    assert turned.shape == images.shape
    assert np.array_equal(rotated(images, 0), images.astype(np.float32))


def test_counter_clockwise() -> None:
    image = np.zeros((1, 9, 9), np.float32)
    image[0, 4, 8] = 1  # at three o'clock
    assert rotated(image, 90)[0, 0, 4] == pytest.approx(1)  # at twelve


def test_each_image_is_turned_both_ways_by_whole_degrees() -> None:
    images, out = NOISE[np.zeros(200, int)], np.empty((600, 28, 28), np.float32)
    with_rotated(images, 12.5, 4, out)
    assert np.array_equal(out[:200], images)
    wanted = {angle: rotated(images[:1], angle)[0] for angle in (*range(-12, -4), *range(5, 13))}
    for part, sign in ((out[200:400], 1), (out[400:], -1)):
        found = [next(a for a, image in wanted.items() if np.array_equal(image, turned)) for turned in part]
        assert {sign * angle for angle in found} == set(range(LEAST, 13))


def test_the_angles_hang_on_the_seed_alone() -> None:
    few, many, other = (np.empty((count, 28, 28), np.float32) for count in (3, 9, 3))
    with_rotated(NOISE[:1], 25, 1, few)
    with_rotated(NOISE, 25, 1, many)
    with_rotated(NOISE[:1], 25, 2, other)
    assert np.array_equal(few, many[::3])
    assert not np.array_equal(few, other)


@pytest.mark.usefixtures("mnist")
def test_sixty_thousand_digits_become_three_times_as_many_in_seconds() -> None:
    """0.4 s on one core when this was written; 3 s leave room for a busy machine."""
    images = load(DataSpec.model_validate({"name": "mnist", "test": 0})).x[..., 0]
    out = np.zeros((180_000, 28, 28), np.float32)
    began = time.process_time()
    with_rotated(images, 25, 0, out)
    assert time.process_time() - began < 3
    assert np.allclose(out.mean(axis=(1, 2)).reshape(3, -1), images.mean(axis=(1, 2)), atol=0.03)
