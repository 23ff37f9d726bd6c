"""What the pages' scripts know of the spec is what Python says, as it is now."""

from __future__ import annotations

from nnviz.control import SPEEDS
from nnviz.jobs import JOBS
from nnviz.layers import LAYERS
from nnviz.layers.conv2d import Conv2D
from nnviz.statuses import ALIVE, BROKEN, ENDS, MARKS, STATUSES, TERMINAL
from nnviz.web.assets import SCHEMA, find, imports_of, script_url
from nnviz.web.schema_script import fields, schema_script
from tests.js.node import compute


def test_it_is_served_beside_the_scripts_and_named_by_the_page() -> None:
    kept, _ = find(script_url(SCHEMA)) or (None, "")
    assert kept is not None
    assert kept.body.decode() == schema_script()
    assert SCHEMA in imports_of(["kit/bar.js"])


def test_every_status_is_of_a_run_that_goes_on_or_has_ended_and_has_a_mark() -> None:
    assert {"idle"} | ALIVE | TERMINAL == set(STATUSES)
    assert not ALIVE & TERMINAL
    assert set(MARKS) == ALIVE | TERMINAL
    assert BROKEN | ENDS < TERMINAL


def test_limits_defaults_and_words_of_a_field() -> None:
    found = fields(Conv2D)
    assert found["kernel_size"] == {"default": 5, "least": 1, "most": 11}
    assert found["padding"] == {"default": "valid", "words": ["valid", "same"]}
    assert found["activation"]["null"]
    assert "kind" not in found


def test_a_browser_reads_what_python_wrote() -> None:
    body = """
      const { COLUMNS, LAYERS, SPEEDS } = await import("./nnviz/web/static/schema.js");
      return { COLUMNS, SPEEDS, kinds: Object.keys(LAYERS).filter((kind) => LAYERS[kind].own) };
    """
    found = compute(body, None)
    assert found["SPEEDS"] == SPEEDS
    assert found["COLUMNS"] == {name: list(job.columns) for name, job in JOBS.items()}
    assert found["kinds"] == list(LAYERS)
