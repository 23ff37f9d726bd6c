"""Networks of equal size as a group of runs against a real server, and what the Approximation room asks of them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import numpy as np

from nnviz.approximation.equals import equals
from nnviz.approximation.learning import Approximation
from nnviz.approximation.spec import ApproximationSpec
from tests.serving import Server
from tests.web.test_sweeps import follow

EPOCHS = 40


def ask(server: Server, group: str) -> tuple[int, Any]:
    body = json.dumps({"group": group}).encode()
    request = urllib.request.Request(f"{server.url}/nnviz/equals", body, {"Origin": server.url})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def test_each_learns_as_if_alone_and_all_are_told_together(server: Server) -> None:
    spec = ApproximationSpec(epochs=EPOCHS)
    layers = [",".join(map(str, one)) for one in equals(12)]
    with server.browser() as browser:
        members = [{"layers": one, "against": ""} for one in layers]
        raw = spec.model_dump(mode="json")
        browser.say(do="submit_group", title="width against depth", spec=raw, members=members, room="approximation")
        group = browser.until("submitted_group")["group"]
        assert follow(browser) == ["finished"] * 3
        status, told = ask(server, group)
        browser.say(do="submit_group", spec={"job": "gan", "steps": 1}, members=[{}])
        other = browser.until("submitted_group")["group"]
        follow(browser)
    assert (status, told["over"]) == (200, True)
    assert [(one["layers"], one["parameters"]) for one in told["members"]] == [
        (layers[0], 37), (layers[1], 37), (layers[2], 39),
    ]  # fmt: skip
    best = min(told["members"], key=lambda one: one["losses"][1])
    assert told["words"].startswith(f"1-{best['layers'].replace(',', '-')}-1 is ahead at epoch {EPOCHS}")
    for one in told["members"]:
        alone = Approximation(spec.model_copy(update={"layers": one["layers"]}))
        for epoch in range(1, EPOCHS + 1):
            alone.epoch(epoch)
        np.testing.assert_allclose(one["losses"], alone.losses, rtol=1e-5)
        np.testing.assert_allclose(one["output"], alone.frame(EPOCHS).arrays["output"], atol=1e-5)
        assert (one["x"], len(one["y"])) == (list(range(1, EPOCHS + 1)), EPOCHS)
    assert ask(server, other)[0] == 400
    assert ask(server, "nothing")[0] == 404
