"""What a long run keeps."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnviz.store.thinning import LARGE_WEIGHTS, MAX_FRAME_BYTES, MAX_FRAMES, is_film, surplus_frames, surplus_metrics


def test_a_short_film_stays() -> None:
    assert surplus_frames([(i, "network", i, 1000) for i in range(MAX_FRAMES)]) == []


def test_a_film_is_thinned_evenly_over_log_steps() -> None:
    rows = [(i, "network", i * 10, 1000) for i in range(20_000)]
    gone = set(surplus_frames(rows))
    kept = [row for row in rows if row[0] not in gone]
    assert len(kept) == 150
    assert kept[0] == rows[0]
    assert kept[-1] == rows[-1]
    late = [math.log1p(row[2]) for row in kept if row[2] > 1000]
    gaps = np.diff(late)
    assert gaps.max() < 3 * gaps.min()
    assert [row[2] for row in kept[:5]] == [0, 10, 20, 30, 40]


def test_thinning_as_it_grows_ends_alike() -> None:
    rows: list[tuple[int, str, int, int]] = []
    for i in range(3000):
        rows.append((i, "network", i, 1000))
        gone = set(surplus_frames(rows))
        rows = [row for row in rows if row[0] not in gone]
    assert len(rows) <= MAX_FRAMES
    assert rows[0][2] == 0
    assert rows[-1][2] == 2999
    early = [row[2] for row in rows if row[2] <= 30]
    late = [row[2] for row in rows if row[2] >= 1500]
    assert len(early) > 12
    assert len(late) > 12


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 10**9), st.integers(1, 10**6)), max_size=400))
def test_first_and_newest_of_each_view_stay(drawn: list[tuple[str, int, int]]) -> None:
    rows = [(seq, *row) for seq, row in enumerate(drawn)]
    gone = set(surplus_frames(rows))
    kept = [row for row in rows if row[0] not in gone]
    for view in {row[1] for row in rows}:
        seqs = [row[0] for row in rows if row[1] == view]
        assert {seqs[0], seqs[-1]} <= {row[0] for row in kept}
    counts = Counter(row[1] for row in kept)
    assert max(counts.values(), default=0) <= MAX_FRAMES
    assert sum(row[3] for row in kept) <= MAX_FRAME_BYTES or max(counts.values()) <= 2
    assert len(set(gone)) == len(surplus_frames(rows))


def test_each_view_has_a_film_of_its_own() -> None:
    rows = [(i, "abc"[i % 3], i // 3, 1000) for i in range(3 * MAX_FRAMES)]
    assert surplus_frames(rows) == []
    more = [*rows, (len(rows), "a", MAX_FRAMES, 1000)]
    gone = set(surplus_frames(more))
    assert len(gone) == MAX_FRAMES + 1 - 150
    assert {row[1] for row in more if row[0] in gone} == {"a"}


def test_where_bytes_are_scarce_large_frames_make_way_for_small_ones() -> None:
    sizes = {"filters": 90_000, "predictions": 30_000, "statistics": 10_000}
    rows = [
        (3 * step + n, view, step * 100, size) for step in range(190) for n, (view, size) in enumerate(sizes.items())
    ]
    gone = set(surplus_frames(rows))
    kept = Counter(row[1] for row in rows if row[0] not in gone)
    assert sum(sizes[view] * count for view, count in kept.items()) <= MAX_FRAME_BYTES
    assert 30 < kept["filters"] < kept["predictions"] < kept["statistics"]


def test_of_large_weights_there_is_no_film() -> None:
    assert is_film("weights", LARGE_WEIGHTS)
    assert not is_film("weights", LARGE_WEIGHTS + 1)
    assert is_film("network", LARGE_WEIGHTS + 1)


def test_metrics_keep_the_ends_of_epochs() -> None:
    rows = [(i, i % 10 == 0) for i in range(1000)]
    gone = set(surplus_metrics(rows, keep=200))
    kept = [i for i in range(1000) if i not in gone]
    assert len(kept) == 200
    assert kept[:20] == list(range(20))
    assert kept[-1] == 999
    assert set(range(0, 1000, 10)) <= set(kept)


@given(st.integers(0, 400), st.integers(2, 100), st.integers(1, 7))
def test_metrics_are_as_few_as_wanted(count: int, keep: int, every: int) -> None:
    rows = [(3 * i, i % every == 0) for i in range(count)]
    gone = surplus_metrics(rows, keep)
    assert len(rows) - len(gone) <= keep
    assert not rows or rows[-1][0] not in gone
