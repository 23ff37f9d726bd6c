"""What pages run on in the tests of nnviz.ui: a store, and no engine, for they start nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from nnviz.store.store import Store
from nnviz.ui.rooms import ROOMS
from nnviz.web import services


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """What the pages read."""
    with Store(tmp_path) as store:
        services.install(services.Services(tmp_path, store, cast(Any, None), cast(Any, None)))
        yield store
        services.install(None)


def open_room(name: str, query: dict[str, str]) -> AppTest:
    """The page of a room as a new visitor's first run of the script leaves it."""
    page = AppTest.from_file(str(ROOMS[name].page), default_timeout=60)
    for parameter, value in query.items():
        page.query_params[parameter] = value
    page.run()
    assert not page.exception
    return page


def link_of(page: AppTest) -> dict[str, str]:
    """The setting in the page's link."""
    query = {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}
    return {name: value for name, value in query.items() if name != "more"}


def choose(page: AppTest, label: str, value: str) -> None:
    next(box for box in page.selectbox if box.label == label).select(value).run()
    assert not page.exception
