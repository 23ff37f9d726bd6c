"""The presets are the catalogue's networks on handwriting: their sizes, and settings where the lecture says them."""

from __future__ import annotations

import pytest

from nnviz.events import Finished
from nnviz.spec import NetworkSpec, RunSpec
from nnviz.training import train
from nnviz.ui.layer_table import layer_table
from nnviz.ui.presets import PRESETS, Preset, by_lecture
from nnviz.ui.rooms import ROOMS

FOUND = {preset.id: preset for preset in PRESETS}
PARAMETERS = {
    "B1": 23_860, "B3": 23_860, "B4": 23_860, "B5": 23_860, "B6": 23_860, "B7": 23_860, "B8": 23_860, "A8": 23_860,
    "A10": 23_860, "E6": 23_860, "B13-sigmoid": 269_322, "B13-relu": 269_322, "B14": 669_706, "B16": 23_466,
    "B17-32": 46_922, "C1": 407_050, "D4-softmax": 7_850, "D4-50": 39_760, "D4-200": 159_010, "D4-1000": 795_010,
    "D4-500-500": 648_010,
}  # fmt: skip
"""As the lectures print them; where they print none, worked out by hand."""


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.id)
def test_every_preset_is_a_setting_of_the_digits_room(preset: Preset) -> None:
    spec = preset.spec
    assert spec.data.name == "mnist"
    kind = ROOMS["digits"]
    query = kind.write(spec)
    assert kind.read(query) == (spec, [])
    assert preset.case.preset.endswith((".", "…"))
    assert preset.size == (f"{spec.parameters:,} parameters" if spec.is_network else "a support vector machine")


@pytest.mark.parametrize(("name", "parameters"), PARAMETERS.items())
def test_the_lectures_count_the_same_parameters(name: str, parameters: int) -> None:
    assert FOUND[name].spec.parameters == parameters


def test_a_search_finds_titles_lectures_words_and_ids() -> None:
    def found(search: str) -> list[str]:
        return [preset.id for _, presets in by_lecture(search) for preset in presets]

    assert found("convolution 16") == ["B16"]
    assert found("lstm") == ["B18-lstm"]
    assert found("b17") == ["B17-32", "B17-dense", "B17-deep"]
    assert set(found("Kernel SVM")) == {"A3"}
    assert found("nothing like it") == []
    titles = [preset.title for preset in PRESETS]
    assert len(set(titles)) == len(titles)  # each says on its own what it is
    assert not any("…" in title or "same" in title for title in titles)


def test_no_preset_is_lost_between_the_groups() -> None:
    grouped = [preset for _, presets in by_lecture() for preset in presets]
    assert grouped == list(PRESETS)
    assert len(FOUND) == len(PRESETS)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.id)
def test_the_lectures_figure_is_in_the_words(preset: Preset) -> None:
    words, figure = preset.case.preset, preset.case.figure
    if figure:
        assert preset.about == f"{words} The lecture: {figure}."
        assert 0.85 < float(figure.removeprefix("test ").removeprefix("above ")[:6].rstrip(",")) < 1
    else:
        assert preset.about == words


@pytest.mark.usefixtures("mnist")
def test_early_stopping_ends_where_the_lecture_ends() -> None:
    """B7, two seconds long: test 0.9348 after 21 epochs. The lecture's number, too, is of 10,000 images: the intervals
    of both have to meet."""
    *_, last = train(FOUND["B7"].spec)
    assert isinstance(last, Finished)
    assert last.test is not None
    assert FOUND["B7"].case.figure == "test 0.9348, stopped at epoch 21"
    margin = 0.005
    assert last.test["low"] - margin < 0.9348 < last.test["high"] + margin
    assert 12 <= last.epochs <= 32


def layers_of(name: str) -> list[str]:
    return [layer.kind for layer in FOUND[name].spec.network.layers]


def test_the_largest_network_has_two_convolutions_and_two_dense_layers() -> None:
    assert layers_of("B17-deep") == ["conv2d", "max_pooling2d"] * 2 + ["dropout"] + ["dense", "dropout"] * 2
    assert {layer.kernel_size for layer in FOUND["B17-deep"].spec.network.layers if layer.kind == "conv2d"} == {5}


def test_what_the_lectures_say_of_the_training() -> None:
    stop = FOUND["B7"].spec
    assert (stop.data.train, stop.data.validation) == (10_000, 10_000)
    assert stop.training.early_stopping is not None
    assert (stop.training.early_stopping.monitor, stop.training.early_stopping.patience) == ("val_loss", 3)
    rotated = FOUND["B8"].spec
    assert (rotated.data.rotate, rotated.data.training_samples, rotated.training.epochs) == (25, 30_000, 100)
    scratch = FOUND["A8"].spec
    assert scratch.network.family == "scratch"
    assert (scratch.training.optimizer.learning_rate, scratch.training.batch_size) == (3.0, 10)
    assert FOUND["E6"].spec.training.batch_size == 1
    for preset in (p for p in PRESETS if p.id.startswith("D4")):
        assert preset.spec.data.center
        assert (preset.spec.data.every, preset.spec.data.validation_seed) == (10, 4487)
        assert preset.spec.training.batch_size == 50
    machine = FOUND["A3"].spec.model
    assert not isinstance(machine, NetworkSpec)
    assert (machine.C, machine.gamma, FOUND["A3"].spec.data.train) == (5, 0.05, 10_000)


def test_the_table_of_the_layers_adds_up() -> None:
    table = layer_table(FOUND["B16"].spec)
    assert "| convolution 1 (relu) | 24×24×16 | 416 | 230,400 |" in table
    assert "| flatten | 2304 | | |".replace("| |", "|  |") in table or "| flatten | 2304 |" in table
    assert "| output layer (softmax) | 10 | 23,050 | 23,040 |" in table
    assert "**23,466**" in table
    assert "**253,440**" in table


def test_the_rooms_own_network_is_none_of_the_playgrounds() -> None:
    assert ROOMS["digits"].write(ROOMS["digits"].default()) == {}
    assert ROOMS["playground"].default() == RunSpec()
