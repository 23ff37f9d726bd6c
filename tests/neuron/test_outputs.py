"""Outputs, slopes and small changes: against finite differences and Taylor's remainder."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.neuron.outputs import SMOOTH, STEPS, change, net_input, nodes, output, slope, table

KINKS = np.array([0.0, -3.0, 3.0, 6.0])


@pytest.mark.parametrize("name", SMOOTH)
def test_a_slope_is_the_limit_of_differences(name: str) -> None:
    z = np.random.default_rng(3).uniform(-12, 12, 400)
    z = z[np.abs(z[:, None] - KINKS).min(axis=1) > 1e-3]
    h = 1e-5
    np.testing.assert_allclose(slope(name, z), (output(name, z + h) - output(name, z - h)) / (2 * h), atol=2e-6)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_has_no_slope_and_jumps_at_zero(name: str) -> None:
    z = np.linspace(-5, 5, 101)
    assert not slope(name, z).any()
    assert set(output(name, z)) == {-1.0 if name == "bipolar_step" else 0.0, 1.0}
    assert float(output(name, 1e-6) - output(name, -1e-6)) == (2.0 if name == "bipolar_step" else 1.0)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_error_of_the_prediction_falls_with_the_square_of_the_change(name: str) -> None:
    x, weights, bias = (1.0, 0.0, 1.0), (0.7, -1.1, 0.4), -0.35
    delta = np.array([0.2, 0.3, -0.1, 0.15])
    whole, half = (change(name, x, weights, bias, (delta * k).tolist()) for k in (1, 0.5))
    assert whole.predicted == pytest.approx(2 * half.predicted)
    assert whole.gradient[1] == 0  # its input is 0: the weight has no say
    assert whole.error == pytest.approx(whole.predicted - whole.true)
    if abs(whole.error) > 1e-4:
        assert abs(half.error) < 0.35 * abs(whole.error)
    else:
        assert abs(half.error) < 1e-4  # a straight piece: the prediction is exact


def test_a_perceptron_stays_or_jumps() -> None:
    stays = change("step_above", (1, 1), (2, 2), -3, (0.1, 0, 0))
    jumps = change("step_above", (1, 1), (2, 2), -3.9, (-0.1, 0, -0.1))
    assert (stays.predicted, stays.true) == (0, 0)
    assert (jumps.predicted, jumps.true, jumps.error) == (0, -1, 1)


def test_a_sigmoids_change_by_hand() -> None:
    """σ(0.5) = 0.62246, σ′ = 0.23500; Δw₁ = 0.1 moves it to σ(0.6) = 0.64566."""
    found = change("sigmoid", (1, 0), (2, 2), -1.5, (0.1, 0, 0))
    assert found.before == pytest.approx(0.62246, abs=1e-5)
    assert found.gradient == pytest.approx((0.23500, 0, 0.23500), abs=1e-5)
    assert (found.predicted, found.true) == (pytest.approx(0.0235, abs=1e-5), pytest.approx(0.02320, abs=1e-5))


def test_net_inputs_of_many_points() -> None:
    x = np.random.default_rng(1).normal(size=(4, 5, 3))
    np.testing.assert_allclose(net_input(x, [1, 2, 3], 4), x @ [1, 2, 3] + 4, atol=1e-9)


@pytest.mark.parametrize("name", SMOOTH)
def test_a_table_meets_the_function_at_its_nodes(name: str) -> None:
    found = table(name)
    z = nodes()
    assert {len(column) for column in found.values()} == {len(z)}
    assert set(KINKS) <= set(z)
    np.testing.assert_allclose(found["value"], output(name, z), atol=1e-8)
    inner = np.abs(z[:, None] - KINKS).min(axis=1) > 1e-3
    np.testing.assert_allclose(np.array(found["left"])[inner], slope(name, z)[inner], atol=1e-6)
