"""A run of the script that a newer request ends, wherever that is, loses no setting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from streamlit import config
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.state import SafeSessionState
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy
from streamlit.testing.v1 import AppTest

from nnviz.ui import session
from nnviz.ui.rooms import ROOMS
from nnviz.ui.session import key_of
from nnviz.web.settings import use_site_config
from tests.ui.conftest import link_of

MAIN = str(Path(session.__file__).with_name("main.py"))
SETTING = {"noise": "0.2", "layers": "3"}


@contextmanager
def ended_at(nth: int) -> Iterator[list[str]]:
    """The next run of a script is ended where it writes one of our keys the n-th time, as by a request of the browser,
    which still has the address of the run's start. Gives the keys that were written."""
    written: list[str] = []
    write = SafeSessionState.__setitem__

    def ending(state: SafeSessionState, key: str, value: Any) -> None:
        if key.startswith("nnviz-"):
            written.append(key)
            if len(written) == nth:
                raise again()
        write(state, key, value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SafeSessionState, "__setitem__", ending)
        yield written


def noise_of(page: AppTest) -> float:
    noise: float = page.session_state[key_of("playground")].spec.data.noise
    return noise


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("nth", range(1, 6))
def test_a_link_is_adopted_and_a_room_found_as_it_was_left(nth: int) -> None:
    page = AppTest.from_file(MAIN, default_timeout=100)
    for name, value in SETTING.items():
        page.query_params[name] = value
    with ended_at(nth) as written:
        page.run()
    assert len(written) >= 5
    assert not page.exception
    assert noise_of(page) == 0.2
    assert link_of(page) == SETTING
    page.switch_page(str(ROOMS["digits"].page)).run()
    page.switch_page(str(ROOMS["playground"].page))
    page.query_params.clear()
    with ended_at(nth):
        page.run()
    assert noise_of(page) == 0.2
    assert link_of(page) == SETTING


def again() -> RerunException:
    """The end of a run of the script by a request of the browser, which still has the address of the run's start."""
    context = get_script_run_ctx()
    assert context is not None
    return RerunException(RerunData(context.query_string, page_script_hash=context.page_script_hash))


@pytest.mark.usefixtures("store")
def test_what_was_done_stays_where_the_run_that_writes_its_link_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    page = AppTest.from_file(MAIN, default_timeout=100).run()
    page.session_state[key_of("playground")].change({"noise": 0.2})
    write, ends = QueryParamsProxy.from_dict, [again]

    def ending(params: QueryParamsProxy, query: Any) -> None:
        if ends:
            raise ends.pop()()
        write(params, query)

    monkeypatch.setattr(QueryParamsProxy, "from_dict", ending)
    page.run()
    assert not ends
    assert noise_of(page) == 0.2
    assert link_of(page) == {"noise": "0.2"}


@pytest.mark.usefixtures("store")
def test_a_message_is_there_until_a_run_that_shows_it_comes_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    page = AppTest.from_file(MAIN, default_timeout=100).run()
    here = page.session_state[key_of("playground")]
    here.change({"noise": 7})
    here.notes.append("a note")
    write, ends = session.explain_control, [again]

    def ending(*what: Any, **how: Any) -> None:
        if ends:
            raise ends.pop()()
        write(*what, **how)

    monkeypatch.setattr(session, "explain_control", ending)
    page.run()
    assert not ends
    assert "noise" in page.warning[0].value
    assert [toast.value for toast in page.toast] == ["a note"]
    page.run()
    assert not page.warning
    assert not page.toast


def test_no_request_changes_a_session_beside_a_run_of_its_script() -> None:
    """Streamlit's own default ends a run and calls the next one's callbacks in another thread, before it has ended."""
    use_site_config()
    assert config.get_option("runner.fastReruns") is False
