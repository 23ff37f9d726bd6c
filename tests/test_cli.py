"""`nnviz train` and its sisters through the real door: a process, its two streams, its exit code."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import typer
from hypothesis import example, given
from hypothesis import strategies as st

from nnviz.cli import cli
from nnviz.commands.spec_file import SpecError, read_spec
from nnviz.data import load
from nnviz.home import HomeLock
from nnviz.sets import SETS
from nnviz.spec import RunSpec
from nnviz.store.store import Store
from tests.strategies import JSON, specs

ROOT = Path(__file__).resolve().parent.parent
METRICS = ["event", "epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy"]
FINISHED = ["event", "run", "epochs", "steps", "seconds", "parameters", "train", "test", "validation"]
pytestmark = pytest.mark.usefixtures("home")
LONG = ("--json", "--set", "training.epochs=100000")


def command(*words: str) -> dict[str, Any]:
    """What subprocess needs to start `nnviz …` from somewhere that is not the checkout."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {
        "args": [sys.executable, "-m", "nnviz.cli", *words],
        "env": {**os.environ, "PYTHONPATH": path},
        "cwd": ROOT.parent,
        "text": True,
    }


def nnviz(*words: str, stdin: str = "", **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(**command(*words), input=stdin, capture_output=True, timeout=100, check=False, **more)


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(**command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def runs() -> list[dict[str, Any]]:
    done = nnviz("runs", "--json")
    assert done.returncode == 0, done.stderr
    return lines(done.stdout)


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error of a command that did nothing."""
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("nnviz: ")
    return line.removeprefix("nnviz: ")


# --- train ------------------------------------------------------------------------------------------------------------


def test_json_lines_beside_a_server_of_the_same_home(home: Path) -> None:
    with HomeLock(home):
        done = nnviz("train", "--json", "--set", "training.epochs=3", "--set", "model.layers.0.units=8")
    assert (done.returncode, done.stderr) == (0, "")
    *metrics, result = lines(done.stdout)
    assert [list(line) for line in metrics] == [METRICS] * 3
    assert [(line["epoch"], line["step"]) for line in metrics] == [(1, 25), (2, 50), (3, 75)]
    assert all(type(line["epoch"]) is int and 0 <= line["val_accuracy"] <= 1 for line in metrics)
    assert list(result) == FINISHED
    assert (result["event"], result["epochs"], result["steps"]) == ("finished", 3, 75)
    assert type(result["epochs"]) is int
    assert result["parameters"] == 2 * 8 + 8 + 8 * 2 + 2 + 2 + 1
    assert result["train"] == {"loss": metrics[-1]["loss"], "accuracy": metrics[-1]["accuracy"]}
    assert list(result["test"]) == ["loss", "accuracy", "n", "low", "high"]
    last = metrics[-1]["val_loss"], metrics[-1]["val_accuracy"], 250
    assert tuple(result["validation"][name] for name in ("loss", "accuracy", "n")) == last
    assert result["test"]["n"] == 250
    assert result["test"]["low"] <= result["test"]["accuracy"] <= result["test"]["high"]
    (run,) = runs()
    assert (run["run"], run["status"], run["epochs"]) == (result["run"], "finished", 3)
    assert (run["val_loss"], run["network"]) == (metrics[-1]["val_loss"], "2-8-2-1")
    assert run["best_val_loss"] == min(line["val_loss"] for line in metrics)


def test_two_at_once_from_a_file_and_from_a_pipe_draw_the_same_curve(tmp_path: Path) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text('\ufeff{"data": {"name": "plane"}, "training": {"epochs": 4}, "seed": 7}', "utf-8")
    with start("train", str(spec), "--json") as one:
        other = nnviz("train", "-", "--json", stdin=spec.read_text("utf-8-sig"))
        out, err = one.communicate(timeout=100)
    assert (one.returncode, err, other.returncode, other.stderr) == (0, "", 0, "")
    first, second = lines(out), lines(other.stdout)
    assert first[:-1] == second[:-1]
    assert first[0]["accuracy"] is None
    assert first[-1]["test"]["low"] is None
    assert {run["run"] for run in runs()} == {first[-1]["run"], second[-1]["run"]}
    assert {run["status"] for run in runs()} == {"finished"}


def test_words_for_people(home: Path) -> None:
    done = nnviz("--home", str(home / "other"), "train", "--set", "training.epochs=2", "--set", "data.name=digits")
    assert (done.returncode, done.stderr) == (0, "")
    assert "digits, 1,347 samples" in done.stdout
    assert "64-4-2-10, 300 parameters" in done.stdout
    assert "2 epochs, 270 steps" in done.stdout
    assert "of 450 (95 %: " in done.stdout
    assert "finished" in nnviz("runs", "--home", str(home / "other")).stdout
    assert "No runs" in nnviz("runs").stdout


@pytest.mark.usefixtures("mnist")
def test_the_lectures_network_on_mnist() -> None:
    spec = {
        "data": {"name": "mnist", "train": 6000},
        "model": {"layers": [{"units": 30, "activation": "sigmoid"}], "output_activation": "sigmoid"},
        "training": {"loss": "mean_squared_error", "optimizer": {"learning_rate": 0.5}, "epochs": 3},
    }
    done = nnviz("train", "-", "--json", stdin=json.dumps(spec))
    assert (done.returncode, done.stderr) == (0, "")
    result = lines(done.stdout)[-1]
    assert (result["parameters"], result["steps"], result["test"]["n"]) == (23_860, 1800, 10_000)
    assert result["test"]["accuracy"] > 0.5
    assert lines(done.stdout)[0]["val_loss"] is result["validation"] is None


def test_divergence_names_epoch_and_layer() -> None:
    sets = ("training.optimizer.learning_rate=1000", "model.activation=relu", "data.name=plane")
    done = nnviz("train", "--json", *(word for text in sets for word in ("--set", text)))
    assert done.returncode == 3
    event = lines(done.stdout)[-1]
    assert event["event"] == "diverged"
    assert event["epoch"] >= 1
    assert type(event["epoch"]) is int
    assert event["layer"] in event["message"]
    assert done.stderr == f"nnviz: {event['message']}\n"
    assert [(run["run"], run["status"]) for run in runs()] == [(event["run"], "diverged")]


def test_ctrl_c_between_two_epochs() -> None:
    with start("train", *LONG) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "metrics"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert all(line["event"] == "metrics" for line in lines(out))
    (run,) = runs()
    assert run["status"] == "cancelled"
    assert err == f"nnviz: cancelled; recorded as run {run['run']}\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at a process's libraries as Linux shows them")
def test_ctrl_c_while_tensorflow_is_imported() -> None:
    with start("train", *LONG) as process:
        maps = Path(f"/proc/{process.pid}/maps")
        while "tensorflow" not in maps.read_text():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert [run["status"] for run in runs()] == ["cancelled"]


def test_nobody_reads_any_more() -> None:
    with start("train", *LONG) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        process.wait(30)
    assert (process.returncode, err) == (141, "")
    assert [run["status"] for run in runs()] == ["cancelled"]


def test_a_home_that_cannot_be_written_costs_the_record_only(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = nnviz("train", "--json", "--set", "training.epochs=1", "--home", str(tmp_path / "file" / "home"))
    assert done.returncode == 0
    assert (lines(done.stdout)[-1]["event"], lines(done.stdout)[-1]["run"]) == ("finished", None)
    (warning,) = done.stderr.splitlines()
    assert warning.startswith(
        f"nnviz: warning: cannot write to nnviz's home {tmp_path / 'file' / 'home'} (Not a directory)"
    )
    assert warning.endswith("training goes on without a record")


def test_a_disk_that_fills_up_costs_the_record_only() -> None:
    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    done = nnviz("train", "--json", "--set", "training.epochs=400", preexec_fn=small_disk)
    assert done.returncode == 0
    assert len(lines(done.stdout)) == 401
    assert lines(done.stdout)[-1]["event"] == "finished"
    assert done.stderr
    assert all(line.startswith("nnviz: warning: ") for line in done.stderr.splitlines())
    assert [run["status"] for run in runs() if run["status"] not in {"interrupted", "finished"}] == []


def test_data_that_are_not_there_are_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    done = nnviz("train", "--set", "data.name=mnist")
    assert done.returncode == 1
    assert complaint(done).startswith(f"mnist: no file at {tmp_path}")
    (run,) = runs()
    assert run["status"] == "failed"
    shown = nnviz("runs", "show", run["run"], "--json")
    assert lines(shown.stdout)[0]["result"]["message"].startswith("mnist: no file")


# --- specs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "stdin", "message"),
    [
        (["--set", "training.epoch=5"], "", "training.epoch: no such field; there are loss, "),
        (["-"], '{"data": {"name": "cirle"}}', "data.name: allowed are circle, "),
        (["-"], '{"data": \n 3,}', "standard input: is not JSON: line 2, column 4: "),
        (["nowhere.json"], "", "nowhere.json: cannot be read (No such file or directory)"),
        ([os.curdir], "", ".: cannot be read (Is a directory)"),
        (["/dev/zero"], "", "/dev/zero: too large for a specification; allowed are 1,000,000 bytes"),
    ],
)
def test_a_bad_spec_starts_nothing(words: list[str], stdin: str, message: str, home: Path) -> None:
    done = nnviz("train", *words, stdin=stdin)
    assert done.returncode == 2
    assert complaint(done).startswith(message)
    assert not home.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("training.epochs", "--set training.epochs: write path=value, for example training.epochs=5"),
        ("=5", "--set =5: write path=value"),
        ("training..epochs=5", "--set training..epochs=5: write path=value"),
        ("trainig.epochs=5", "trainig: no such field; there are data, model, training, seed"),
        ("training.epochs.first=5", "training.epochs.first: no such field; training.epochs is a single value (given: "),
        ("training.optimizer.momentun=.5", "training.optimizer.momentun: no such field; there are learning_rate, "),
        ("model.layers.2.units=8", "model.layers.2: no such entry; allowed are 0 to 1"),
        ("model.layers.-1.units=8", "model.layers.-1: no such entry; allowed are 0 to 1"),
        ("model.layers.0.units=many", "model.layers.0.units: allowed is a whole number from 1 to 2,048"),
        ("training.epochs=NaN", "training.epochs: allowed is a whole number from 1 to 100,000 (given: 'nan')"),
        ("training=5", "training: should be an object with fields of its own (given: '5')"),
        ("seed=" + "9" * 5000, "seed: allowed is a whole number from 0 to 2,147,483,647"),
        ("data.name=", "data.name: allowed are circle, "),
        ("data.inputs=" + "[" * 5000, "data.inputs: should be a list (given: '[[["),
    ],
)  # fmt: skip
def test_a_bad_set_names_the_field(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_spec(None, [text])
    assert str(caught.value).startswith(message)


def test_sets_change_only_what_they_name(tmp_path: Path) -> None:
    """The defaults that hang on a choice follow it; the file's own words stay; the later word counts."""
    assert read_spec(None, ["data.name=mnist"]).data.train == 60_000
    assert read_spec(None, ["training.optimizer.name=adam"]).training.optimizer.learning_rate == 0.001
    assert read_spec(None, ["training.early_stopping.patience=3"]).training.early_stopping is not None
    assert read_spec(None, ["data.inputs.1=x1_x2"]).data.inputs == ("x1", "x1_x2")
    file = tmp_path / "spec.json"
    file.write_text('{"model": {"layers": [{"units": 3}, {"kind": "dropout"}]}, "training": {"early_stopping": null}}')
    spec = read_spec(str(file), ["model.layers.1.rate=0.5", "seed=3", "seed=4", "training.early_stopping.patience=9"])
    assert [layer.model_dump() for layer in spec.model.layers] == [
        {"kind": "dense", "units": 3, "activation": None},
        {"kind": "dropout", "rate": 0.5},
    ]
    assert spec.seed == 4
    assert RunSpec() == RunSpec.model_validate({})


@given(specs(), st.booleans())
def test_any_spec_can_be_set_field_by_field(spec: RunSpec, bare: bool) -> None:
    def leaves(value: Any, path: str) -> Iterator[str]:
        if isinstance(value, dict):
            for name, one in value.items():
                yield from leaves(one, f"{path}.{name}".removeprefix("."))
        else:
            yield f"{path}={value if bare and isinstance(value, str) else json.dumps(value)}"

    plain = spec.model_dump(mode="json")
    assert read_spec(None, list(leaves(plain, ""))) == spec


WORDS = st.sampled_from(
    ["data", "model", "layers", "0", "1", "units", "training", "optimizer", "name", "seed", "inputs"]
)
PATHS = st.lists(WORDS | st.text(max_size=4), max_size=4).map(".".join)


@given(
    st.lists(
        st.text(max_size=20) | st.builds("{}={}".format, PATHS, JSON.map(json.dumps) | st.text(max_size=8)), max_size=4
    )
)
@example(["model.layers.0=3", "model.layers.0.units=3"])
@example(["data.inputs=x1", "data.inputs.0=x2"])
def test_junk_sets_are_a_spec_or_an_error_in_words(sets: list[str]) -> None:
    try:
        spec = read_spec(None, sets)
    except SpecError as error:
        message = str(error)
    else:
        message = ": "
        assert isinstance(spec, RunSpec)
    assert ": " in message


# --- runs, data, bench ------------------------------------------------------------------------------------------------


def test_a_run_is_shown_trained_again_and_deleted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for seed in "56":  # runs that end at once: their data are missing
        assert nnviz("train", "--set", "data.name=mnist", "--set", f"seed={seed}").returncode == 1
    second, first = (run["run"] for run in runs())
    assert [run["run"] for run in lines(nnviz("runs", "--json", "--limit", "1").stdout)] == [second]
    shown = nnviz("runs", "show", first[:12], "--json")
    spec = lines(shown.stdout)[0]["spec"]
    assert RunSpec.model_validate(spec) == RunSpec.model_validate({"data": {"name": "mnist"}, "seed": 5})
    assert json.loads(nnviz("runs", "show", first).stdout)["run"] == first
    assert nnviz("runs", "delete", first).stdout == f"Deleted run {first}.\n"
    assert [run["run"] for run in runs()] == [second]
    for words in (["show", first], ["delete", "x"]):
        done = nnviz("runs", *words)
        assert done.returncode == 2
        assert complaint(done) == f"run {words[1]}: there is no such run"


def test_a_damaged_store_is_told_in_a_line(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.create_run("r", RunSpec())
    with contextlib.closing(sqlite3.connect(tmp_path / "nnviz.db")) as db:
        db.execute("DROP TABLE metrics")
    done = nnviz("runs", "--home", str(tmp_path))
    assert done.returncode == 4
    assert "cannot be read (no such table: metrics)" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_home_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = nnviz("runs", "--home", str(tmp_path / "file"))
    assert done.returncode == 4
    assert complaint(done).startswith(f"cannot write to nnviz's home {tmp_path / 'file'}")


def test_the_list_of_sets() -> None:
    done = nnviz("data", "--json")
    assert done.returncode == 0
    sets = lines(done.stdout)
    assert [one["name"] for one in sets] == list(SETS)
    assert all(list(one) == ["name", "title", "problem", "classes", "present", "about"] for one in sets)
    words = nnviz("data").stdout
    assert all(name in words for name in SETS)
    assert "nnviz data add FILE.csv" in words
    assert "nnviz data add FILE.zip" in words


def test_a_table_of_ones_own(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "flowers.csv"
    file.write_text("width,height,kind\n" + "\n".join(f"{i},{i * i},{'abc'[i % 3]}" for i in range(21)))
    done = nnviz("data", "add", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("21 rows, 3 classes: width, height, kind\n")
    words = shlex.split(done.stdout.splitlines()[-1])
    assert words[:2] == ["nnviz", "train"]
    assert set(words[2::2]) == {"--set"}
    assert load(read_spec(None, words[3::2]).data, home).class_names == ("a", "b", "c")
    assert lines(nnviz("data", "add", str(file), "--json").stdout)[0]["table"] in done.stdout
    assert {one["name"]: one["present"] for one in lines(nnviz("data", "--json").stdout)}["table"]


def test_a_bad_table_names_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("x1,x2,label\n1,2,a\n3,many,b\n" + "1,2,a\n3,4,b\n" * 5)
    done = nnviz("data", "add", str(file))
    assert done.returncode == 2
    assert complaint(done) == f'{file}: line 3, column 2 (x2): "many" is not a number'
    missing = nnviz("data", "add", str(tmp_path / "none.csv"))
    assert missing.returncode == 2
    assert complaint(missing) == f"{tmp_path / 'none.csv'}: cannot be read (No such file or directory)"


def test_images_of_ones_own(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "stripes.npz"
    number = np.arange(20)
    pixels = np.zeros((20, 14, 28), np.uint8)
    pixels[number % 2 == 0, 4:8] = 255
    pixels[number % 2 == 1, :, 10:14] = 255
    np.savez(file, x=pixels, y=np.array(["across", "down"])[number % 2])
    done = nnviz("data", "add", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    first, note, *_ = done.stdout.splitlines()
    assert first == "20 images, 2 classes: across (10), down (10)"
    assert note == "20 of 20 pictures were fitted into 28×28, keeping their aspect."
    words = shlex.split(done.stdout.splitlines()[-1])
    data = load(read_spec(None, words[3::2]).data, home)
    assert (data.class_names, data.n_train, data.n_test) == (("across", "down"), 16, 4)
    assert lines(nnviz("data", "add", str(file), "--json").stdout)[0]["images"] in done.stdout
    assert {one["name"]: one["present"] for one in lines(nnviz("data", "--json").stdout)}["images"]


def test_bad_images_are_told_in_a_line(home: Path, tmp_path: Path) -> None:
    pickle, archive = tmp_path / "pickle.npz", tmp_path / "holiday.zip"
    np.savez(pickle, x=np.array([{}]), y=np.array([1]))
    archive.write_bytes(b"no archive")
    for file, words in (
        (pickle, "x holds Python objects (a pickle), which are never opened; save plain numbers"),
        (archive, "is no ZIP file (File is not a zip file); expected is a ZIP of class folders, or an .npz"),
    ):
        done = nnviz("data", "add", str(file))
        assert done.returncode == 2
        assert complaint(done) == f"{file}: {words}"
    assert not list(home.rglob("*.npz"))


def test_bench_knows_its_ids() -> None:
    done = nnviz("bench", "--only", "nothing")
    assert done.returncode == 2
    benches = "engine, start, live, browser, frames, class, table, keras, cluster, train, growth"
    assert complaint(done) == f"--only nothing: allowed are {benches}"


# --- help -------------------------------------------------------------------------------------------------------------


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that lead to it."""
    command = command or typer.main.get_command(cli)
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


COMMANDS = dict(commands())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_every_option_says_what_it_is_for(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert command.help
    for option in command.params:
        assert getattr(option, "help", None), f"nnviz {' '.join(path)}: {option.name} has no help"


def test_the_commands_of_the_design_are_there() -> None:
    assert {("serve",), ("train",), ("runs",), ("data",), ("data", "get"), ("bench",)} <= set(COMMANDS)


def test_the_readmes_python_runs() -> None:
    code = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert code
    out = subprocess.run([sys.executable, "-c", code[0]], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "Finished(reason='epochs'" in out


def test_the_readmes_commands_exist() -> None:
    for line in (ROOT / "README.md").read_text("utf-8").splitlines():
        if not line.strip().startswith("nnviz "):
            continue
        words = shlex.split(line.strip(), comments=True)[1:]
        path: tuple[str, ...] = ()
        while words and (*path, words[0]) in COMMANDS:
            path = (*path, words.pop(0))
        known = {name for option in COMMANDS[path].params for name in (*option.opts, *option.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= known, line
        assert path or not words or words[0].startswith("-"), line


def test_no_process_is_left_behind() -> None:
    assert not [
        child for child in psutil.Process().children(recursive=True) if "nnviz.cli" in " ".join(child.cmdline())
    ]
