"""The guide: every link leads into its room without a complaint, and the page shows all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from nnviz.ui.convolution_setting import read_setting
from nnviz.ui.guide import (
    CONVOLUTION_EXPERIMENTS,
    CONVOLUTION_KEYS,
    CONVOLUTION_MARKS,
    DIGIT_EXPERIMENTS,
    DIGIT_MARKS,
    EXPERIMENTS,
    KEYS,
    MARKS,
    Experiment,
)

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("experiment", CONVOLUTION_EXPERIMENTS, ids=lambda e: e[0])
def test_every_link_into_the_convolution_room_is_valid(experiment: Experiment) -> None:
    _, given, problems = read_setting(experiment[2])
    assert problems == []
    assert given == set(experiment[2])


def test_the_page_shows_every_experiment_and_every_mark() -> None:
    page = AppTest.from_file(str(ROOT / "nnviz" / "ui" / "main.py"), default_timeout=30)
    page.switch_page(str(ROOT / "pages" / "guide.py")).run()
    assert not page.exception
    assert [tab.label for tab in page.tabs] == ["Playground", "Digits", "Convolution"]
    captions = {caption.value for caption in page.caption}
    for experiments in (EXPERIMENTS, DIGIT_EXPERIMENTS, CONVOLUTION_EXPERIMENTS):
        assert {why for _, why, _ in experiments} <= captions
    text = "\n".join(markdown.value for markdown in page.markdown)
    for name, words in (*MARKS, *DIGIT_MARKS, *CONVOLUTION_MARKS):
        assert f"- **{name}**: {words}" in text
    for key, words in (*KEYS, *CONVOLUTION_KEYS):
        assert f"| {key} | {words} |" in text
