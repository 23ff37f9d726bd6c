"""Messages between engine and child: whole however they are split, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.protocol import Decoder, Kind, ProtocolError, pack

messages = st.lists(st.tuples(st.sampled_from(Kind), st.binary(max_size=200)), max_size=10)


@given(messages, st.data())
def test_messages_survive_any_splitting(sent: list[tuple[Kind, bytes]], data: st.DataObject) -> None:
    stream = b"".join(pack(kind, payload) for kind, payload in sent)
    decoder, heard = Decoder(), []
    while stream:
        n = data.draw(st.integers(1, len(stream)))
        heard += decoder.feed(stream[:n])
        stream = stream[n:]
    assert heard == sent


@pytest.mark.parametrize("rubbish", [b"\xff\0\0\0\0", b"\x06\xff\xff\xff\xff", b"GET / HTTP/1.1"])
def test_what_is_no_message_is_refused(rubbish: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(Decoder().feed(rubbish))
