"""Weight decay is scikit-learn's ridge; every Boolean function has its network."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from nnviz.approximation.boolean import counted, network, rows
from nnviz.approximation.polynomial import error, fit, noisy_sine, powers


@pytest.mark.parametrize("degree", [1, 3, 5, 9])
@pytest.mark.parametrize("decay", [0.001, 0.1, 10.0])
def test_the_fit_is_ridge_regression(degree: int, decay: float) -> None:
    points = noisy_sine(9, 0.3, 4)
    ridge = Ridge(alpha=decay, solver="cholesky").fit(powers(points.x, degree)[:, 1:], points.y)
    np.testing.assert_allclose(fit(points, degree, decay), [ridge.intercept_, *ridge.coef_], atol=1e-7)


def test_without_decay_it_is_numpys_polynomial() -> None:
    points = noisy_sine(7, 0.3, 1)
    wanted = np.polynomial.Polynomial.fit(points.x, points.y, 5).convert().coef
    np.testing.assert_allclose(fit(points, 5, 0), wanted, atol=1e-8)
    assert error(points, fit(points, 6, 0)) < 1e-9  # seven samples, seven coefficients


def test_the_coefficients_shrink() -> None:
    points = noisy_sine(7, 0.3, 1)
    sizes = [np.abs(fit(points, 5, decay)[1:]).sum() for decay in (0, 0.01, 0.1, 1, 100)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.1


@pytest.mark.parametrize("inputs", [1, 2, 3])
def test_every_function_has_its_network(inputs: int) -> None:
    many, functions = counted(inputs)
    tables = ["".join(bits) for bits in product("01", repeat=many)]
    assert len(tables) == functions
    for target in tables:
        found = network(target)
        assert found.answers(rows(inputs)).tolist() == [int(bit) for bit in target]
        assert found.nodes <= many // 2 + 1


def test_of_four_inputs_some_of_all() -> None:
    assert counted(4) == (16, 65536)
    rng = np.random.default_rng(8)
    for target in ("".join(rng.choice(["0", "1"], 16)) for _ in range(300)):
        assert network(target).answers(rows(4)).tolist() == [int(bit) for bit in target]
