"""A digit drawn anywhere and of any size comes out as the digits that the networks learned from."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.data import DataError, load
from nnviz.data.handwriting import Step, normalise
from nnviz.data.pictures import resize
from nnviz.spec import DataSpec

RNG = np.random.default_rng(0)


def canvas(digit: np.ndarray, sharp: bool = False) -> np.ndarray:
    """A digit (float 0–1) of a random size at a random place of 280×280."""
    side = int(RNG.integers(60, 240))
    large = resize((digit * 255).round().astype(np.uint8), side, side)
    out = np.zeros((280, 280), np.uint8)
    top, left = RNG.integers(0, 281 - side, 2)
    out[top : top + side, left : left + side] = np.where(large > 127, 255, 0) if sharp else large
    return out


def nearest(train: np.ndarray, labels: np.ndarray, images: np.ndarray) -> np.ndarray:
    """The class of the nearest training image of each image."""
    a, b = train.reshape(len(train), -1), images.reshape(len(images), -1)
    return labels[((a * a).sum(axis=1) - 2 * b @ a.T).argmin(axis=1)]


def result(image: np.ndarray, shape: tuple[int, int] = (28, 28)) -> np.ndarray:
    return normalise(image, shape)[-1].picture


def titles(steps: list[Step]) -> list[str]:
    return [step.title for step in steps]


@pytest.mark.usefixtures("mnist")
def test_pasted_mnist_digits_come_back() -> None:
    data = load(DataSpec.model_validate({"name": "mnist", "train": 6000, "test": 400}))
    train, labels = data.inputs("train"), data.labels("train")
    test, truth = data.inputs("test")[..., 0], data.labels("test")
    canvases = [canvas(digit) for digit in test]
    back = np.stack([result(one) for one in canvases]) / np.float32(255)
    as_drawn = np.stack([resize(one, 28, 28) for one in canvases]) / np.float32(255)
    accuracy = {
        name: float((nearest(train, labels, images) == truth).mean())
        for name, images in (("test", test), ("back", back), ("as drawn", as_drawn))
    }
    assert accuracy["test"] > 0.9
    assert accuracy["back"] > accuracy["test"] - 0.03
    assert accuracy["as drawn"] < 0.4, "which is why digits are centred"
    assert np.corrcoef(back.ravel(), test.ravel())[0, 1] > 0.93


def test_pasted_small_digits_come_back() -> None:
    data = load(DataSpec.model_validate({"name": "digits"}))
    train, labels = data.inputs("train"), data.labels("train")
    test, truth = data.inputs("test")[..., 0], data.labels("test")
    canvases = [canvas(digit, sharp=True) for digit in test]
    back = np.stack([result(one, (8, 8)) for one in canvases]) / np.float32(255)
    as_drawn = np.stack([resize(one, 8, 8) for one in canvases]) / np.float32(255)
    assert (nearest(train, labels, back) == truth).mean() > 0.85
    assert (nearest(train, labels, as_drawn) == truth).mean() < 0.4
    counts = back * 16
    assert np.abs(counts - counts.round()).max() < 0.04, "0 to 16 points, as in the data set"


def stroke(value: int = 255, width: int = 20) -> np.ndarray:
    out = np.zeros((280, 280), np.uint8)
    out[40:200, 100 : 100 + width] = value
    return out


def test_every_step_is_shown() -> None:
    steps = normalise(stroke(), (28, 28))
    assert titles(steps) == ["As it came", "The digit's box", "20 × 20", "Centre of mass"]
    assert [step.picture.shape for step in steps] == [(280, 280), (160, 20), (20, 2), (28, 28)]
    assert all(step.picture.dtype == np.uint8 and step.text for step in steps)
    paper = normalise(255 - stroke(), (28, 28, 1))
    assert titles(paper)[1] == "Light on dark"
    assert np.array_equal(paper[-1].picture, steps[-1].picture)
    assert titles(normalise(stroke(), (8, 8, 1)))[-2:] == ["32 × 32", "Points in 4 × 4"]


def test_the_middle_of_the_ink_is_the_middle_of_the_field() -> None:
    """As in MNIST, where it is row and column 14 to half a pixel."""
    lopsided = stroke()
    lopsided[180:200, 100:200] = 255
    field = result(lopsided).astype(float)
    index = np.arange(28)
    assert abs(field.sum(axis=1) @ index / field.sum() - 14) <= 0.5
    assert abs(field.sum(axis=0) @ index / field.sum() - 14) <= 0.5


def test_the_same_wherever_and_however_strong() -> None:
    moved = np.roll(stroke(), (60, -90), (0, 1))
    for image in (moved, stroke(120), stroke() // 2 + 60, stroke()[30:210, 90:130]):
        assert np.array_equal(result(image), result(stroke()))


def test_thin_lines_and_dots_stay_strong() -> None:
    for image in (stroke(width=1), np.pad(np.full((1, 1), 255, np.uint8), 100)):
        assert result(image).max() == 255
        assert result(image, (8, 8)).max() > 0


def test_noise_and_shadow_are_no_ink() -> None:
    """A photograph: grey paper with a shadow to one side, and dark ink."""
    shade = np.linspace(170, 200, 280)[None] + RNG.normal(0, 3, (280, 280))
    photograph = np.where(stroke() > 0, 40, shade).round().astype(np.uint8)
    found = normalise(photograph, (28, 28))
    assert found[2].picture.shape == (160, 20)


@pytest.mark.parametrize("shape", [(28, 28), (8, 8)])
@pytest.mark.parametrize("value", [0, 255, 90])
def test_an_empty_drawing(value: int, shape: tuple[int, int]) -> None:
    noise = RNG.integers(0, 5, (280, 280))
    for image in (np.full((280, 280), value), (value + noise).clip(0, 255), np.full((1, 1), value)):
        with pytest.raises(DataError, match="drawing: it is empty; draw a digit first"):
            normalise(image.astype(np.uint8), shape)
