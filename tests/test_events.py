"""Events as JSON, frames as bytes."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnviz import events
from nnviz.events import DTYPES, MAGIC, Event, Finished, Frame, Metrics, decode_frame, encode_frame, frame_header
from tests.strategies import JSON

ARRAYS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.sampled_from(sorted(DTYPES)).flatmap(
        lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    ),
    max_size=4,
)
META = st.dictionaries(st.text(max_size=8), JSON.filter(lambda value: value == value), max_size=3)
FRAMES = st.builds(
    Frame, view=st.text(max_size=8), step=st.integers(0, 2**40), epoch=st.floats(0, 1e6), meta=META, arrays=ARRAYS
)


def finite(value: Any) -> Any:
    """What JSON can carry of a value."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    return [finite(one) for one in value] if isinstance(value, list) else value


@given(FRAMES, st.text(max_size=22))
def test_a_frame_there_and_back(frame: Frame, run: str) -> None:
    data = encode_frame(frame, run)
    again = decode_frame(data)
    assert (again.view, again.step, again.epoch, again.meta) == (
        frame.view,
        frame.step,
        frame.epoch,
        finite(frame.meta),
    )
    assert list(again.arrays) == list(frame.arrays)
    for name, array in frame.arrays.items():
        assert again.arrays[name].dtype == array.dtype
        assert again.arrays[name].shape == array.shape
        assert again.arrays[name].tobytes() == array.tobytes()
        assert not again.arrays[name].flags.writeable
    assert frame_header(data)["run"] == run
    assert encode_frame(again, run) == data


@given(FRAMES)
def test_arrays_lie_where_a_browser_can_read_them(frame: Frame) -> None:
    data = encode_frame(frame, "r")
    assert data[:4] == MAGIC
    (length,) = struct.unpack_from("<I", data, 4)
    assert (8 + length) % 8 == len(data) % 8 == 0
    header = json.loads(data[8 : 8 + length])
    assert header["event"] == "frame"
    assert all(entry["offset"] % 8 == 0 for entry in header["arrays"])


@given(FRAMES, st.data())
def test_a_frame_cut_short_is_a_value_error(frame: Frame, data: st.DataObject) -> None:
    whole = encode_frame(frame, "r")
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        again = decode_frame(cut)
    except ValueError:
        return
    # Only the padding after the last array can go without harm.
    assert len(whole) - len(cut) < 8
    assert encode_frame(again, "r") == whole


@given(
    JSON | st.fixed_dictionaries(dict.fromkeys(("run", "view", "step", "epoch", "meta", "arrays"), JSON)),
    st.binary(),
)
def test_junk_is_a_value_error(header: Any, rest: bytes) -> None:
    text = json.dumps(header).encode()
    for data in (rest, MAGIC + rest, MAGIC + struct.pack("<I", len(text)) + text + rest):
        try:
            decode_frame(data)
        except ValueError:
            continue
        assert frame_header(data)["arrays"] in ([], {}, "")


@given(
    st.fixed_dictionaries(
        {
            "name": st.just("a"),
            "dtype": st.sampled_from([*sorted(DTYPES), "object", "O", "<U9", "float64", "complex64"]) | JSON,
            "shape": st.lists(st.integers(-3, 2**70) | JSON, max_size=3) | JSON,
            "offset": st.integers(-20, 2**70) | JSON,
        }
    )
)
def test_a_wild_list_of_arrays_is_a_value_error(entry: dict[str, Any]) -> None:
    header = {"run": "r", "view": "v", "step": 0, "epoch": 0, "meta": {}, "arrays": [entry]}
    text = json.dumps(header).encode()
    try:
        frame = decode_frame(MAGIC + struct.pack("<I", len(text)) + text + b"\0" * 64)
    except ValueError:
        return
    assert frame.arrays["a"].dtype.name in DTYPES
    assert frame.arrays["a"].nbytes <= 64


def test_deep_brackets_are_a_value_error() -> None:
    text = b"[" * 100_000
    with pytest.raises(ValueError, match="not a frame"):
        decode_frame(MAGIC + struct.pack("<I", len(text)) + text)


@pytest.mark.parametrize("dtype", ["float64", "int64", "bool", "complex64", "U3"])
def test_a_dtype_that_browsers_have_not_is_refused(dtype: str) -> None:
    frame = Frame("network", 0, 0.0, {}, {"maps": np.zeros(2, dtype)})
    with pytest.raises(ValueError, match=r"frame network: maps has dtype .*; allowed are"):
        encode_frame(frame, "r")


def test_any_memory_layout_is_written_in_order() -> None:
    array = np.arange(12, dtype="float32").reshape(3, 4)
    for same in (array.T.copy().T, np.asfortranarray(array), array.astype(">f4"), np.repeat(array, 2, axis=1)[:, ::2]):
        decoded = decode_frame(encode_frame(Frame("v", 0, 0.0, {}, {"a": same}), "r")).arrays["a"]
        np.testing.assert_array_equal(decoded, array)


@pytest.mark.parametrize(
    ("kind", "terminal"),
    [
        ("Started", False),
        ("Metrics", False),
        ("Status", False),
        ("Finished", True),
        ("Diverged", True),
        ("Failed", True),
    ],
)
def test_each_event_says_its_name(kind: str, terminal: bool) -> None:
    event: type[Event] = getattr(events, kind)
    assert event.name == kind.lower()
    assert event.terminal is terminal
    assert event.__doc__


@given(st.floats(), st.floats())
def test_json_has_no_nan(loss: float, accuracy: float) -> None:
    row = Metrics(1.0, 5, loss, accuracy, None, None, 0.0, 0.1, 2.0, True)
    plain = json.loads(json.dumps(row.to_json(), allow_nan=False))
    assert next(iter(plain)) == "event"
    assert plain["loss"] == finite(loss)
    assert plain["accuracy"] == finite(accuracy)


def test_numbers_of_numpy_become_plain_ones_at_every_depth() -> None:
    test = {"loss": np.float32(np.nan), "n": np.int64(3), "all": [np.float32(0.5), (np.inf,)]}
    event = Finished("epochs", 1.0, 5, 0.1, 3, train={}, test=test)
    assert event.to_json()["test"] == {"loss": None, "n": 3, "all": [0.5, [None]]}
    json.dumps(event.to_json(), allow_nan=False)


def test_arrays_of_stored_frames_have_the_names_of_today() -> None:
    data = encode_frame(Frame("statistics", 3, 0.5, {}, {"norm_w": np.ones((2, 4), np.float32)}), "r")
    (name,) = decode_frame(data).arrays
    assert name == "weight_rms"
