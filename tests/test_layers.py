"""The house keeps its order: imports point down only, and the web process stays free of tensorflow and keras."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = (
    {"part", "playback", "formulas", "source", "ports"},
    {"activations", "initializers", "regularizers", "sets", "losses", "optimizers", "layers"},
    {"spec", "events"},
    {
        "control",
        "statuses",
        "course",
        "data",
        "link",
        "models",
        "loops",
        "probes",
        "stopping",
        "diagnosis",
        "fit",
        "home",
        "analysis",
    },
    {"training", "neuron", "surfaces", "tensors", "approximation", "kernels", "backprop", "gan", "reinforcement"},
    {"depth"},
    {"jobs"},
    {"faults", "store", "engine", "figures", "experiments"},
    {"film"},
    {"export", "keras"},
    {"web"},
    {"bench"},
    {"cli", "commands", "ui", "pages", "app"},
)
"""Every part of the project, from the ground up. A part imports from its own floor or from below."""
FLOOR = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}
SOURCES = sorted([*(ROOT / "nnviz").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"])
SCRIPT = ROOT / "nnviz" / "ui" / "main.py"
HEAVY = ("tensorflow", "keras")
WITH_KERAS = ROOT / "nnviz" / "keras" / "dashboard.py"
"""A callback of Keras: for the programs that train with it, and imported by nothing else."""


def part_of(path: Path) -> str:
    """The part of the project that a file belongs to; the package's own `__init__.py` to none."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    inside = inside[1:] if inside[0] == "nnviz" else inside
    return inside[0]


def imports(path: Path, top: bool = False) -> Iterator[str]:
    """Full names of what a file imports, wherever in it; only what runs when it is imported, with `top`."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body if top else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import from the module that defines a thing, by its full name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts_below() -> dict[str, set[str]]:
    """Part → the other parts that it imports from."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        names = (f"{name}.".split(".") for name in imports(path))
        parts = {part for package, part, *_ in names if package == "nnviz"} & set(FLOOR)
        found.setdefault(part_of(path), set()).update(parts - {part_of(path)})
    return found


PARTS = parts_below()


def test_every_part_has_its_floor() -> None:
    assert set(PARTS) - {"__init__"} <= set(FLOOR)


@pytest.mark.parametrize("part", sorted(set(PARTS) - {"__init__"}))
def test_imports_point_down(part: str) -> None:
    upwards = {other for other in PARTS[part] if FLOOR[other] > FLOOR[part]}
    assert not upwards, f"{part} imports from above: {sorted(upwards)}"


def test_no_circles() -> None:
    """Neither between the parts nor between the modules, also where an import stands in a function."""
    TopologicalSorter(PARTS).prepare()  # raises CycleError, which names a circle
    modules = {name_of(path): path for path in SOURCES}
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        found = {full if full in modules else full.rpartition(".")[0] for full in imports(path)}
        graph[name] = (found & modules.keys()) - {name, "nnviz"}
    TopologicalSorter(graph).prepare()


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


ELSEWHERE = """
import importlib, os, signal, socket, sys
sys.path.insert(0, ".")
_, platform, *ours = sys.argv
for name in ours:  # and with them the libraries, which know where they are
    importlib.import_module(name)
for name in [name for name in sys.modules if name.split(".")[0] == "nnviz"]:
    del sys.modules[name]
for module, names in {
    os: ("fork", "sched_getaffinity", "pipe2", "sysconf", "getppid", "register_at_fork"),
    signal: ("SIGKILL", "SIGCHLD", "SIGSTOP", "set_wakeup_fd"),
    socket: ("AF_UNIX", "SOCK_SEQPACKET", "send_fds", "recv_fds"),
}.items():
    for name in names:
        module.__dict__.pop(name, None)
sys.platform = platform
for name in ours:
    importlib.import_module(name)
"""
"""A system without what only Linux has, as far as importing goes."""


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_everything_can_be_imported_elsewhere(platform: str) -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in SOURCES if "nnviz" in path.parts]
    names.remove("nnviz.keras.dashboard")
    chosen = [name.removesuffix(".__init__") for name in names if not name.startswith(("nnviz.ui", "pages"))]
    subprocess.run([sys.executable, "-c", ELSEWHERE, platform, *chosen], cwd=ROOT, check=True, timeout=200)


def test_the_ground_floor_and_the_figures_are_pure() -> None:
    """No files, no processes, no user interface: values in, values out. Only `figures.stored` reads runs."""
    impure = {"streamlit", "os", "pathlib", "io", "sqlite3", "subprocess", "socket", "threading", "time", *HEAVY}
    for path in SOURCES:
        if part_of(path) in {"part", "spec", "events", "link", "figures"} and path.parent.name != "stored":
            assert not {name.split(".")[0] for name in imports(path)} & impure, path
            if part_of(path) == "figures":
                below = {name.split(".")[1] for name in imports(path, top=True) if name.startswith("nnviz.")}
                assert below <= {"figures", "spec", "stopping"}, path


def test_only_pages_know_streamlit() -> None:
    """The commands that start the server may ask it where it listens."""
    for path in SOURCES:
        if part_of(path) not in {"ui", "pages", "app", "web", "cli"}:
            assert "streamlit" not in {name.split(".")[0] for name in imports(path)}, path


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_heavy_at_the_top_of_a_file(path: Path) -> None:
    if path == WITH_KERAS:
        return
    assert not {name.split(".")[0] for name in imports(path, top=True)} & set(HEAVY)


def test_the_web_process_and_the_command_line_never_import_tensorflow() -> None:
    """Every module at once, in a process of its own, but for main.py and the pages, which Streamlit runs as scripts."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in SOURCES
        if path not in {SCRIPT, WITH_KERAS} and part_of(path) != "pages"
    ]
    code = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
from nnviz import RunSpec, train
print(json.dumps([name for name in sys.modules if name.split(".")[0] in ("tensorflow", "keras")]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(names)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_a_command_starts_light() -> None:
    """`nnviz --help` and what it imports: nothing that takes longer than the whole of it may."""
    code = "import sys, nnviz.cli; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=200, check=True
    )
    slow = {"numpy", "scipy", "sklearn", "streamlit", "plotly", "sqlite3", "requests", "pooch", "uvicorn", "starlette"}
    assert not slow & set(done.stdout.split())


def test_session_state_has_one_file() -> None:
    named = [path for path in SOURCES if "session_state" in path.read_text("utf-8")]
    assert named == [ROOT / "nnviz" / "ui" / "session.py"]


def test_no_file_is_two_ideas() -> None:
    scripts = [*SOURCES, *(ROOT / "nnviz" / "web").rglob("*.js"), *(ROOT / "tests").rglob("*.py")]
    lengths = {str(path.relative_to(ROOT)): path.read_text("utf-8").count("\n") for path in scripts}
    assert not {name: lines for name, lines in lengths.items() if lines > 500}
