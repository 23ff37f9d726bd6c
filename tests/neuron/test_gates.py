"""Gates and what one neuron can compute: held against printed tables, counting theorems and the definitions."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.neuron.gates import GATES, truth_rows
from nnviz.neuron.outputs import net_input, output
from nnviz.neuron.separability import Contradiction, Separation, separability, separable_functions


@pytest.mark.parametrize("name", GATES)
def test_a_gates_neuron_computes_it_where_one_can(name: str) -> None:
    gate = GATES[name]
    rows = truth_rows(len(gate.inputs))
    fires = output(gate.step, net_input(rows, gate.weights, gate.bias)) == 1
    possible = isinstance(separability(gate.target), Separation)
    assert possible == (name not in {"xor", "parity"})
    assert ("".join("01"[int(f)] for f in fires) == gate.target) == possible


def test_the_lectures_neuron_by_hand() -> None:
    """E3: three inputs, weights 0.3, threshold 0.4; u for 0, 1, 2, 3 inputs is −0.4, −0.1, 0.2, 0.5."""
    gate = GATES["by_hand"]
    u = net_input(truth_rows(3), gate.weights, gate.bias)
    np.testing.assert_array_equal(u, [-0.4, -0.1, -0.1, 0.2, -0.1, 0.2, 0.2, 0.5])
    np.testing.assert_array_equal(output("step", u), [0, 0, 0, 1, 0, 1, 1, 1])
    np.testing.assert_array_equal(output("bipolar_step", u), [-1, -1, -1, 1, -1, 1, 1, 1])


def test_at_the_threshold_the_two_lectures_differ() -> None:
    """A4 fires where Σ > threshold, E3 where u ≥ 0; 0.1 + 0.2 − 0.3 is not quite 0 in binary."""
    u = net_input([1, 1], [0.1, 0.2], -0.3)
    assert u == 0
    assert (float(output("step_above", u)), float(output("step", u))) == (0, 1)


def test_as_many_functions_as_are_known_to_be_separable() -> None:
    """OEIS A000609: 14 of the 16 functions of two inputs, 104 of the 256 of three."""
    assert (separable_functions(2), separable_functions(3)) == (14, 104)


def test_every_answer_carries_its_proof() -> None:
    for bits, inputs in ((4, 2), (8, 3)):
        rows = np.array(truth_rows(inputs))
        for number in range(2**bits):
            target = format(number, f"0{bits}b")
            wanted = np.array([bit == "1" for bit in target])
            found = separability(target)
            if isinstance(found, Separation):
                u = rows @ np.array(found.weights) + found.bias
                np.testing.assert_array_equal(u > 0, wanted)
                assert np.abs(u).min() > 0.1
            else:
                shares = np.array(found.shares)
                assert shares.min() >= 0
                for group in (wanted, ~wanted):
                    assert shares[group].sum() == pytest.approx(1)
                    np.testing.assert_allclose(shares[group] @ rows[group], found.mean, atol=1e-8)


def test_xor_cannot_and_says_where_the_groups_meet() -> None:
    assert separability("0110") == Contradiction((0.5, 0.5, 0.5, 0.5), (0.5, 0.5))


@pytest.mark.parametrize("target", ["", "01", "012x", "0" * 16, "__import__"])
def test_what_is_no_truth_table_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="target: a truth table is 4 or 8 digits"):
        separability(target)
