"""Files that visitors upload: how much of them a page, and all of them, may keep in the server's memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from websockets.sync.client import connect

from nnviz.web import uploads
from nnviz.web.uploads import make_room
from tests.serving import PATIENCE, Server


def test_the_oldest_files_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_SESSION", 100)
    monkeypatch.setattr(uploads, "MAX_ALL", 250)
    files = MemoryUploadedFileManager("/upload")

    def put(session: str, id: str, bytes: int) -> None:
        make_room(files, session)
        files.add_file(session, UploadedFileRec(id, id, "", b"x" * bytes))

    for n in range(5):
        put("a", str(n), 60)
    assert list(files.file_storage["a"]) == ["3", "4"]  # with the one before it there were 120 when the last came
    for session in "bcd":
        put(session, "1", 100)
    assert "a" in files.file_storage
    assert not files.file_storage["a"]  # 320 were there when the last came, the oldest page's went
    put("e", "1", 0)
    assert [id for id, its in files.file_storage.items() if its] == ["c", "d", "e"]
    assert files.get_files("b", ["1"]) == []


def test_a_page_cannot_fill_the_memory(tmp_path: Path) -> None:
    """Twelve files of 40 MB by the real upload route, each as another file of the same page."""
    with Server(tmp_path) as server, httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        origin: Any = server.url
        with connect(f"ws://127.0.0.1:{server.port}/_stcore/stream", origin=origin,
                     subprotocols=["streamlit"]) as stream:  # type: ignore[list-item]  # fmt: skip
            ask = BackMsg()
            ask.rerun_script.query_string = ""
            stream.send(ask.SerializeToString())
            said = ForwardMsg()
            while not said.new_session.initialize.session_id:
                data = stream.recv(timeout=PATIENCE)
                assert isinstance(data, bytes)
                said.ParseFromString(data)
            session = said.new_session.initialize.session_id
            client.get("/_stcore/health")
            headers = {"Origin": server.url, "X-Xsrftoken": client.cookies.get("_streamlit_xsrf", "")}
            before = psutil.Process(server.process.pid).memory_info().rss
            for n in range(12):
                answer = client.put(f"/_stcore/upload_file/{session}/file-{n}", headers=headers,
                                    files={"file": (f"{n}.npz", bytes(40_000_000))})  # fmt: skip
                assert answer.status_code == 204, answer.text
            grown = psutil.Process(server.process.pid).memory_info().rss - before
    assert grown < 6 * 40_000_000  # two are kept, and what is being taken in is there twice for a while
