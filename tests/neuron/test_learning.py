"""What a spec of the perceptron means: the lecture's listing, to the last digit."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.model_selection import train_test_split

from nnviz.neuron.learning import flowers, learner, library, orders, summary, twin
from nnviz.neuron.rosenblatt import targets
from nnviz.neuron.spec import PerceptronSpec
from nnviz.sets.iris import iris
from nnviz.spec import explain


def test_a_split_is_scikit_learns() -> None:
    for seed, share in ((1, 0.2), (5, 0.25), (0, 0.333)):
        spec = PerceptronSpec(test=share, split_seed=seed)
        data, (x, y) = flowers(spec), iris(spec.species, spec.measures)
        a, b, c, d = train_test_split(x, y, test_size=share, random_state=seed)
        for ours, theirs in zip((*data.train, *data.test), (a, c, b, d), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_the_librarys_perceptron_as_the_lecture_lists_it() -> None:
    """E2: 80/20, seeds fixed, 0 misclassified; the listed code gives −1; −3.5, 7.9 today (η = 1)."""
    spec = PerceptronSpec(learning_rate=1, test=0.2, split_seed=1)
    found = library(spec, flowers(spec))
    assert (found["wrong"], found["test_wrong"], found["n"], found["test_n"]) == (0, 0, 80, 20)
    np.testing.assert_allclose(found["weights"], [[-3.5, 7.9]])
    np.testing.assert_allclose(found["thresholds"], [1.0])  # its intercept is −θ


@pytest.mark.parametrize("initializer", ["zeros", "tiny_normal"])
def test_the_twin_differs_by_scale_from_zeros_only(initializer: str) -> None:
    spec = PerceptronSpec(initializer=initializer, learning_rate=0.01)  # type: ignore[arg-type]
    data, neuron = flowers(spec), learner(spec)
    x, y = data.train
    list(neuron.fit(x, targets(y, 2), spec.epochs, orders(spec, len(x))))
    ours, other = summary(spec, neuron, data), twin(spec, data)
    assert other["learning_rate"] == 1
    same = np.allclose(100 * np.array(ours["weights"]), other["weights"], rtol=1e-9)
    assert same == (initializer == "zeros")
    assert ours["wrong"] == other["wrong"] == 0


def test_an_order_is_the_seeds() -> None:
    spec = PerceptronSpec(shuffle=True, epochs=3)
    first, again = (np.array(list(orders(spec, 100) or ())) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(np.sort(first, axis=1), [np.arange(100)] * 3)
    assert not np.array_equal(first[0], first[1])
    assert orders(PerceptronSpec(), 100) is None


@pytest.mark.parametrize(
    ("wild", "words"),
    [
        ({"species": ["setosa"]}, "species"),
        ({"species": ["setosa", "setosa"]}, "species: each at most once; allowed are setosa, versicolor, virginica"),
        ({"species": ["setosa", "rose"]}, "species"),
        ({"measures": ["sepal_length"]}, "measures"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": float("inf")}, "learning_rate"),
        ({"epochs": 51}, "epochs"),
        ({"test": 0.9}, "test"),
        ({"job": "train"}, "job"),
        ({"petals": 5}, "petals"),
    ],
)
def test_a_wild_spec_is_refused_by_name(wild: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PerceptronSpec.model_validate(wild)
    assert words in "; ".join(explain(caught.value))
