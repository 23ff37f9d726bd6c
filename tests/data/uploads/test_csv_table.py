"""Own tables: what is read, what is refused and in which words, and what is kept on disk."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.data import DataError, DataMissing, TableError, load, parse_table, save_table, table_info
from nnviz.data.uploads import tables
from nnviz.spec import DataSpec

ROWS = [(i, 2 * i + 0.5, "red" if i % 2 else "blue") for i in range(12)]


def text(separator: str = ",", end: str = "\n", header: str = "") -> str:
    lines = [separator.join(map(str, row)) for row in ROWS]
    return end.join([header, *lines] if header else lines) + end


def faults(data: str | bytes) -> list[str]:
    with pytest.raises(TableError) as caught:
        parse_table(data.encode() if isinstance(data, str) else data)
    return caught.value.faults


@pytest.mark.parametrize(
    "data",
    [
        text(),
        text(";"),
        text("\t"),
        text(", "),
        text(end="\r\n"),
        "\ufeff" + text(header="x1,x2,label"),
        text(header="x1,x2,label") + "\n\n,,\n",
        text(";").replace(".", ","),
        text("\t").replace(".", ","),
        text().replace("red", '"red"'),
    ],
)
def test_spellings_of_the_same_table(data: str) -> None:
    table = parse_table(data.encode())
    assert table.x.tolist() == [[x1, x2] for x1, x2, _ in ROWS]
    assert table.class_names == ("blue", "red")
    assert table.y.tolist() == [i % 2 for i in range(12)]
    assert table.names == ("x1", "x2", "label")


def test_header_names_are_kept() -> None:
    assert parse_table(text(header="length,width,species").encode()).names == ("length", "width", "species")
    assert parse_table(text(";", header='"a;b";width;').encode()).names == ("a;b", "width", "label")


def test_numbers_as_classes_are_in_order_of_size() -> None:
    lines = [f"{i},{i},{label}" for i, label in enumerate(["10", "-1", "1.0", "1"] * 3)]
    table = parse_table("\n".join(lines).encode())
    assert table.class_names == ("-1", "1", "10")
    assert table.y.tolist()[:4] == [2, 0, 1, 1]


def test_many_numbers_are_a_regression(tmp_path: Path) -> None:
    lines = [f"{i},{-i},{100 + 10 * i}" for i in range(20)]
    info = save_table(tmp_path, "\n".join(lines).encode())
    assert (info.classes, info.class_names) == (0, ())
    data = load(DataSpec(**info.data_fields()), tmp_path)
    assert data.problem == "regression"
    assert data.y.dtype == np.float32
    assert (data.y.min(), data.y.max()) == (-1, 1)
    assert data.target_range == (100, 290)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("1,abc,red", 'line 7, column 2 (x2): "abc" is not a number'),
        ("abc,1,red", 'line 7, column 1 (x1): "abc" is not a number'),
        ("1,nan,red", 'line 7, column 2 (x2): "nan" is not a finite number'),
        ("-Inf,1,red", 'line 7, column 1 (x1): "-Inf" is not a finite number'),
        ("1e31,1,red", 'line 7, column 1 (x1): "1e31" is too large; allowed is up to 1e+30 in size'),
        ("1e999,1,red", 'line 7, column 1 (x1): "1e999" is too large; allowed is up to 1e+30 in size'),
        ("1_000,1,red", 'line 7, column 1 (x1): "1_000" is not a number'),
        ("0x10,1,red", 'line 7, column 1 (x1): "0x10" is not a number'),
        ("\u0661,1,red", 'line 7, column 1 (x1): "\u0661" is not a number'),
        (",1,red", "line 7, column 1 (x1): is empty"),
        ("1,2,", "line 7, column 3 (label): is empty"),
        ("1,2", "line 7: 2 columns where 3 are expected: x1, x2, label"),
        ("1,2,red,4", "line 7: 4 columns where 3 are expected: x1, x2, label"),
        ("1,2," + "r" * 41, "line 7, column 3 (label): a label has at most 40 printable characters"),
        ("1,2,re\x07d", "line 7, column 3 (label): a label has at most 40 printable characters"),
    ],
)
def test_a_fault_names_line_and_column(line: str, fault: str) -> None:
    lines = text().splitlines()
    lines[6] = line
    assert faults("\n".join(lines)) == [fault]


def test_lines_are_counted_as_an_editor_does() -> None:
    lines = text(header="x1,x2,label").splitlines()
    lines[3:3] = ["", ""]
    lines[9] = "1,?,red"
    assert faults("\n".join(lines)) == ['line 10, column 2 (x2): "?" is not a number']


def test_the_same_fault_in_each_line_is_told_once() -> None:
    found = faults("\n".join(["1,2,a"] + ["n/a,2,a"] * 149))
    assert found == ['line 2 and 148 others, column 1 (x1): "n/a" is not a number']
    found = faults("\n".join(["1,2,a"] + [f"x{i},,a" for i in range(2)] + ["1;2;3"] + ["1,2,a"] * 9))
    assert found == [
        'line 2 and 1 other, column 1 (x1): "x0" is not a number, and the like',
        "line 2 and 1 other, column 2 (x2): is empty",
        "line 4: 1 column where 3 are expected: x1, x2, label",
    ]


def test_five_faults_are_listed() -> None:
    found = faults("\n".join(["1,2,a"] + [",".join("a" * n) for n in (1, 2, 4, 5, 6, 7, 8)] + ["1,2,a"] * 9))
    assert len(found) == 6
    assert found[0] == "line 2: 1 column where 3 are expected: x1, x2, label"
    assert found[-1] == "and 2 more"


def test_a_slip_among_numbers_is_named() -> None:
    lines = [f"{i},{i},{i / 7}" for i in range(20)]
    lines[4] = "4,4,o.5"
    assert faults("\n".join(lines)) == ['line 5, column 3 (label): "o.5" is not a number']


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "0 rows of data; allowed are 10 to 10,000"),
        (text()[:20].encode(), "rows of data; allowed are 10 to 10,000"),
        (b"1,2,a\n" * 10_001, "10,001 rows"),
        (b"x" * 1_000_001, "1,000,001 bytes; allowed are 1,000,000"),
        (b"1,2,a\n1,\xff,a\n", "line 2: is not UTF-8 text"),
        (b"1,2,a\n1,\0,a\n", "line 2: holds a zero byte"),
        (b"1,2,a\n" * 12, "column 3 (label): 1 different labels"),
        ("\n".join(f"1,{i},name{i}" for i in range(12)).encode(), "column 3 (label): 12 different labels"),
        (b"1,2,a\n" + b'1,2,"a\n' * 12, "line 2: cannot be read as CSV"),
        (b"1,2,a\n" + b"y" * 200_000, "line 2: cannot be read as CSV"),
        ("\n".join(f"{1700000000 + i},{i},{i % 2}" for i in range(12)).encode(), "column 1 (x1): its values differ by"),
    ],
)
def test_what_is_no_table(data: bytes, words: str) -> None:
    assert words in faults(data)[0]


@given(st.binary(max_size=300) | st.text("0123456789.,;\t\n\r\"'ab-+einf \ufeff", max_size=300).map(str.encode))
def test_any_bytes_give_a_table_or_a_clear_error(data: bytes) -> None:
    try:
        table = parse_table(data)
    except TableError as error:
        table, found = None, error.faults
    if table is None:
        assert 1 <= len(found) <= 6
        return
    assert np.isfinite(table.x).all()
    assert len(table.x) == len(table.y) >= 10


def test_kept_and_loaded(tmp_path: Path) -> None:
    data = text(header="length,width,colour").encode()
    info = save_table(tmp_path, data)
    assert info.id == hashlib.sha256(data).hexdigest()
    assert (info.classes, info.rows, info.names) == (2, 12, ("length", "width", "colour"))
    assert table_info(tmp_path, info.id) == info
    assert [path.name for path in (tmp_path / "tables").iterdir()] == [f"{info.id}.csv"]
    loaded = load(DataSpec(**info.data_fields()), tmp_path)
    assert (loaded.n_train, loaded.n_validation, loaded.n_test) == (6, 6, 0)
    assert sorted(loaded.x[:, 0].tolist()) == list(range(12))
    assert loaded.class_names == ("blue", "red")
    assert loaded.axes == info.names
    network = loaded.features(loaded.x)
    assert np.allclose(np.abs(network).max(axis=0), 5, atol=1e-5)
    assert np.allclose(network.mean(axis=0), 0, atol=1e-5)
    assert loaded.domain == ((pytest.approx(-0.55), pytest.approx(11.55)), (pytest.approx(-0.6), pytest.approx(23.6)))
    other = load(DataSpec(**info.data_fields(), seed=1), tmp_path)
    assert not np.array_equal(loaded.x, other.x)


def test_a_column_of_one_value(tmp_path: Path) -> None:
    info = save_table(tmp_path, "\n".join(f"7,{i},{i % 2}" for i in range(12)).encode())
    loaded = load(DataSpec(**info.data_fields()), tmp_path)
    assert (loaded.features(loaded.x)[:, 0] == 0).all()
    assert loaded.domain[0] == (6, 8)


def test_noise_holds_the_sample(tmp_path: Path) -> None:
    info = save_table(tmp_path, text().encode())
    calm, some, much = (load(DataSpec(**info.data_fields(), noise=n), tmp_path) for n in (0, 0.2, 0.4))
    assert np.array_equal(calm.y, much.y)
    assert np.allclose(2 * (some.x - calm.x), much.x - calm.x, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"train": 12},
            "data.train: train 12 + validation 6 + test 0 = 18 rows, but there are 12; for example train 6",
        ),
        ({"classes": 3}, "data.classes: 3, but there are 2 classes"),
    ],
)
def test_a_spec_that_does_not_fit(change: dict[str, int], words: str, tmp_path: Path) -> None:
    info = save_table(tmp_path, text().encode())
    with pytest.raises(DataError) as caught:
        load(DataSpec(**{**info.data_fields(), **change}), tmp_path)
    assert words in str(caught.value)


def test_a_table_that_is_gone_or_changed(tmp_path: Path) -> None:
    info = save_table(tmp_path, text().encode())
    spec = DataSpec(**info.data_fields())
    (tmp_path / "tables" / f"{info.id}.csv").write_text(text().replace("11", "12"))
    with pytest.raises(DataMissing, match="changed since"):
        load(spec, tmp_path)
    (tmp_path / "tables" / f"{info.id}.csv").unlink()
    with pytest.raises(DataMissing, match="upload it again"):
        load(spec, tmp_path)
    with pytest.raises(DataError, match="none was given"):
        load(spec)


def test_a_bad_table_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(TableError):
        save_table(tmp_path, b"nothing")
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("a file in the way")
    with pytest.raises(DataError, match=r"cannot be kept at .*tables.*--home"):
        save_table(tmp_path, text().encode())


def test_the_least_recently_used_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_FILES", 3)
    ids = []
    for i in range(3):
        ids.append(save_table(tmp_path, text().replace("11", str(20 + i)).encode()).id)
        os.utime(tmp_path / "tables" / f"{ids[-1]}.csv", (1000 + i, 1000 + i))
    load(DataSpec(name="table", table=ids[0], train=6, validation=6, test=0), tmp_path)  # used: the second is oldest
    ids.append(save_table(tmp_path, text().replace("11", "30").encode()).id)
    assert {path.stem for path in (tmp_path / "tables").iterdir()} == {ids[0], ids[2], ids[3]}
