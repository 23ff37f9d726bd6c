"""The setting as JSON: what `nnviz train`, a room's Share menu and a link read."""

from __future__ import annotations

import json

from nnviz.export.format import Files, Format, Source
from nnviz.spec.job import JobSpec


def text(spec: JobSpec) -> str:
    return json.dumps(spec.model_dump(mode="json"), indent=2)


def make(source: Source) -> Files:
    return {"spec.json": (text(source.spec) + "\n").encode()}


SETTING = Format(
    "Setting as JSON", "all of it: open it here again, or give it to nnviz train", "json", make, lambda _: None
)
