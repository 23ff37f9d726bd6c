"""What the page computes under the pointer is what Python computes: outputs, slopes, changes, dragged lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnviz.neuron.outputs import SMOOTH, STEPS, change, net_input, output, slope, table
from tests.js.node import compute

IMPORT = 'const a = await import("./nnviz/web/static/rooms/neuron/arithmetic.js");'
OUTPUT = "const of = (c) => c.table ? a.tableOutput(c.table) : a.stepOutput(c.name, c.low);"


def case(name: str, **more: Any) -> dict[str, Any]:
    given = {"low": STEPS[name][1]} if name in STEPS else {"table": table(name)}
    return {"name": name, **given, **more}


def test_outputs_and_slopes_of_every_function() -> None:
    z = np.concatenate([np.random.default_rng(5).uniform(-70, 70, 300), np.random.default_rng(6).normal(0, 3, 500)])
    z = np.concatenate([z, np.arange(-80, 81, dtype=float)]).round(6)
    names = [*SMOOTH, *STEPS]
    each = "cases.map((c) => { const o = of(c); return c.z.map((z) => [o.f(z), o.slope(z)]); })"
    body = f"{IMPORT} {OUTPUT} return {each}"
    for name, found in zip(names, compute(body, [case(name, z=z.tolist()) for name in names]), strict=True):
        f, derivative = np.array(found).T
        np.testing.assert_allclose(f, output(name, z), atol=2e-6, err_msg=name)
        np.testing.assert_allclose(derivative, slope(name, z), atol=1e-4, err_msg=name)


def test_changes_of_random_neurons() -> None:
    rng = np.random.default_rng(11)
    cases = []
    for name in (*SMOOTH, *STEPS):
        for n in (2, 3) * 4:
            x, w, b = rng.uniform(-0.5, 1.5, n), rng.uniform(-10, 10, n), rng.uniform(-10, 10)
            cases.append(
                case(name, x=x.round(2), w=w.round(2), b=round(b, 2), delta=rng.uniform(-1, 1, n + 1).round(2))
            )
    plain = [{k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in one.items()} for one in cases]
    body = f"{IMPORT} {OUTPUT} return cases.map((c) => a.change(of(c), c.x, {{ weights: c.w, bias: c.b }}, c.delta))"
    for one, found in zip(plain, compute(body, plain), strict=True):
        wanted = change(one["name"], one["x"], one["w"], one["b"], one["delta"])
        for part in ("before", "after", "predicted", "true", "error"):
            assert found[part] == pytest.approx(getattr(wanted, part), abs=2e-4), (one["name"], part)
        assert found["gradient"] == pytest.approx(wanted.gradient, abs=1e-4)


def test_a_dragged_line_follows_the_pointer_and_keeps_its_side() -> None:
    rng = np.random.default_rng(2)
    cases = []
    for n in (2, 3) * 40:
        cases.append({
            "w": rng.uniform(-5, 5, n).round(2).tolist(), "b": round(float(rng.uniform(-5, 5)), 2),
            "x": [0.5, 0.5, 1][:n], "p": rng.uniform(-0.5, 1.5, 2).tolist(), "pivot": rng.uniform(0, 1, 2).tolist(),
        })  # fmt: skip
    body = f"""{IMPORT} return cases.map((c) => {{
      const neuron = {{ weights: c.w, bias: c.b }}, shifted = a.moved(neuron, c.x, c.p);
      return [shifted, a.turned(neuron, c.x, c.pivot, c.p), a.lineEnds(a.slice(shifted, c.x))];
    }})"""
    for one, (shifted, turned, ends) in zip(cases, compute(body, cases), strict=True):
        rest = one["x"][2:]
        assert shifted["weights"] == one["w"]
        assert abs(net_input([*one["p"], *rest], shifted["weights"], shifted["bias"])) <= 0.0051
        for end in ends or ():
            assert abs(net_input([*end, *rest], shifted["weights"], shifted["bias"])) < 1e-6
        if np.hypot(*np.subtract(one["p"], one["pivot"])) < 0.1:
            continue
        size = np.hypot(*one["w"][:2])
        assert np.hypot(*turned["weights"][:2]) == pytest.approx(size, abs=0.02)
        assert np.dot(turned["weights"][:2], one["w"][:2]) >= -0.1
        for point in (one["p"], one["pivot"]):  # weights are rounded to cents: so many cents of z
            assert abs(net_input([*point, *rest], turned["weights"], turned["bias"])) < 0.04
