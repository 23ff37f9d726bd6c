"""What the page computes under the hand is what Python computes: parts of arrays, and a layer of two neurons."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.tensors.maps import BENDS, layer
from tests.js.node import compute

RNG = np.random.default_rng(17)


def test_a_part_of_an_array_is_numpys() -> None:
    cases: list[dict[str, Any]] = []
    wanted = []
    for _ in range(120):
        shape = tuple(RNG.integers(1, 5, RNG.integers(0, 6)).tolist())
        index = [None if RNG.random() < 0.5 else int(RNG.integers(size)) for size in shape]
        places = np.arange(np.prod(shape, dtype=int)).reshape(shape)
        cases.append({"values": places.ravel().tolist(), "shape": list(shape), "index": index})
        wanted.append(np.asarray(places[tuple(slice(None) if at is None else at for at in index)]))
    body = """
      const { slice, layout } = await import("./nnviz/web/static/rooms/tensors/slice.js");
      return cases.map((c) => { const s = slice(c.values, c.shape, c.index); return { ...s, ...layout(s.shape) }; });
    """
    for found, part in zip(compute(body, cases), wanted, strict=True):
        assert found["places"] == part.ravel().tolist()
        assert found["shape"] == list(part.shape)
        cells = [at for at in found["cells"] if at is not None]
        assert sorted(cells) == list(range(part.size))
        down, across = found["tiles"]
        width = across * (found["width"] + 1) - 1
        first = [at for at in found["cells"][:width] if at is not None]
        tile = part.reshape(down, across, found["height"], found["width"])
        assert [found["places"][at] for at in first] == tile[0, :, 0].ravel().tolist()


def test_a_layer_is_pythons() -> None:
    cases = [
        {"x": RNG.normal(size=20).tolist(), "w": RNG.normal(size=4).tolist(), "b": RNG.normal(size=2).tolist(), "f": f}
        for f in BENDS
    ]
    body = """
      const { affine, bent } = await import("./nnviz/web/static/rooms/tensors/layer.js");
      return cases.map(({ x, w, b, f }) => { const z = affine(x, w, b); return [z, bent(z, f)]; });
    """
    for case, found in zip(cases, compute(body, cases), strict=True):
        wanted = layer(np.reshape(case["x"], (-1, 2)), case["w"], case["b"], str(case["f"]))  # type: ignore[arg-type]
        np.testing.assert_allclose(np.array(found).reshape(2, -1, 2), wanted, atol=1e-5, err_msg=str(case["f"]))
