"""The playground under quick hands and bad connections: the film, the order of answers, what must not get lost."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import NewPage, Playground, newest_frame
from tests.engines import until
from tests.serving import Server

Visit = Callable[..., Playground]
MIDDLE = "f.value = Math.floor((f.max - 1) / 2); f.dispatchEvent(new Event('input'));"
"""To a picture of the film before its last one. How many there are, at least two, is the machine's affair."""


def test_the_film_goes_back_and_a_run_starts_from_there(visit: Visit) -> None:
    play = visit()
    play.train()
    play.until("Number(d.step) > 1500")
    play.press(" ")
    play.status("paused")
    end, shown = play.step, play.figure("heat")["data"][0]["z"]
    film = play.page.get_by_label("film: go back through the training")
    expect(film).to_be_visible()
    film.evaluate(f"(f) => {{ f.focus(); {MIDDLE} }}")
    play.until("Number(d.step) < x", end)
    back = play.step
    assert play.figure("heat")["data"][0]["z"] != shown
    expect(play.page.locator(".nnv-status")).to_contain_text("film: epoch")
    run = play.run
    play.page.get_by_role("button", name="Train from here").click()
    play.until("d.run && d.run !== x && d.status === 'running' && Number(d.step) > 20", run)
    assert 0 <= back < end


def test_quick_clicks_all_count(visit: Visit) -> None:
    play = visit()
    for gap in (0, 150, 20, 90, 40, 10):
        play.page.get_by_label("one neuron more in hidden layer 1").click()
        play.page.wait_for_timeout(gap)  # of any rhythm: before, within and after Streamlit's answers
    for _ in range(4):
        play.page.locator(".nnv-dice").click()
    expect(play.page).to_have_url(re.compile("seed=4"))
    expect(play.page).to_have_url(re.compile("layers=10%2C2"))
    play.until("JSON.parse(d.layers)[0].units === 10")
    expect(play.page.get_by_title("10 neurons")).to_be_visible()


def test_an_act_that_the_session_did_not_hear_of_is_told_again(server: Server, new_page: NewPage) -> None:
    page, lost = new_page(), list[bytes | str]()

    def between(client: WebSocketRoute) -> None:
        onward = client.connect_to_server()

        def passed(message: bytes | str) -> None:
            if isinstance(message, bytes) and b'"acts"' in message and not lost:
                lost.append(message)  # as when a newer request ends the one that it belongs to
            else:
                onward.send(message)

        client.on_message(passed)

    page.route_web_socket(re.compile("_stcore/stream"), between)
    play = Playground(page, server)
    play.open({})
    page.locator(".nnv-dice").click()
    expect(page).to_have_url(re.compile("seed=1"))
    assert lost


def test_what_is_told_again_before_the_answer_comes_undoes_nothing(server: Server, new_page: NewPage) -> None:
    """The page tells an act once more with the address that it had before: no way back to what that says."""
    page, late, held = new_page(), list[bool](), list[bytes | str]()

    def between(client: WebSocketRoute) -> None:
        onward = client.connect_to_server()

        def there(message: bytes | str) -> None:
            onward.send(message)
            if late and isinstance(message, bytes) and b'"again"' in message:
                late.clear()

        def back(message: bytes | str) -> None:
            if late:
                held.append(message)
                return
            while held:
                client.send(held.pop(0))
            client.send(message)

        client.on_message(there)
        onward.on_message(back)

    page.route_web_socket(re.compile("_stcore/stream"), between)
    play = Playground(page, server)
    play.open({})
    late.append(True)
    page.locator(".nnv-dice").click()
    expect(page).to_have_url(re.compile("seed=1"))
    assert not held
    page.locator(".nnv-dice").click()
    expect(page).to_have_url(re.compile("seed=2"))


def test_what_is_done_before_the_controls_have_the_answer_undoes_nothing(server: Server, new_page: NewPage) -> None:
    """The stage has the answer, and tells the next act, when the controls at the side still show what was before."""
    page, begun, held = new_page(), list[bool](), list[bytes | str]()

    def between(client: WebSocketRoute) -> None:
        onward, passed = client.connect_to_server(), list[bool]()

        def there(message: bytes | str) -> None:
            onward.send(message)
            if passed and isinstance(message, bytes) and b"layers" in message:
                begun.clear()

        def back(message: bytes | str) -> None:
            if begun and passed:
                held.append(message)
                return
            while held:
                client.send(held.pop(0))
            client.send(message)
            if begun and isinstance(message, bytes) and b'"usual_view"' in message:
                passed.append(True)

        client.on_message(there)
        onward.on_message(back)

    page.route_web_socket(re.compile("_stcore/stream"), between)
    play = Playground(page, server)
    play.open({})
    seed = page.get_by_label("Seed", exact=True)
    expect(seed).to_have_value("0")
    begun.append(True)
    before = play.figure("heat")["data"][0]["z"]
    page.locator(".nnv-dice").click()
    until(lambda: play.figure("heat")["data"][0]["z"] != before)
    expect(seed).to_have_value("0")
    page.get_by_label("one neuron more in hidden layer 1").click()
    expect(page).to_have_url(re.compile("layers=5"))
    expect(page).to_have_url(re.compile("seed=1"))
    expect(seed).to_have_value("1")


def test_train_reset_train_in_one_breath(visit: Visit) -> None:
    play = visit(epochs=100_000)
    play.page.evaluate(
        """() => { for (const key of [" ", "r", " ", "r", " "])
             document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true })); }"""
    )
    play.until("d.status === 'running' && Number(d.step) > 50")
    expect(play.page).to_have_url(re.compile(f"run={play.run}"))

    def newest() -> list[tuple[str, str]]:
        with closing(sqlite3.connect(play.server.home / "nnviz.db")) as store:
            return store.execute("select id, status from runs order by created desc limit 3").fetchall()

    run, ended = play.run, {"stopped", "cancelled"}
    # What nobody sees does not go on: that is recorded a moment later.
    until(lambda: (rows := newest())[0][0] == run and {status for _, status in rows[1:]} <= ended)


def test_a_connection_that_breaks_before_the_run_began(visit: Visit) -> None:
    play = visit()
    play.page.evaluate("() => { document.querySelector('.nnv-play').click(); window.sockets.at(-1).close(); }")
    expect(play.page.locator(".nnv-note")).to_contain_text("Press Train again")
    play.status("idle")
    play.train()
    play.until("d.status === 'running' && Number(d.step) > 20")


def test_the_address_and_the_run_on_the_screen_agree(visit: Visit) -> None:
    play = visit(epochs=100_000)
    bar = play.page.locator(".nnv-bar").bounding_box()
    play.train()
    play.until("Number(d.step) > 200")
    expect(play.page.locator(".nnv-film")).to_be_visible()
    assert play.page.locator(".nnv-bar").bounding_box() == bar, "the bar has grown and pushes the drawing down"
    run = play.run
    expect(play.page).to_have_url(re.compile(f"run={run}"))
    play.page.reload()
    play.until("d.source === 'live'")
    play.press("r")
    play.status("idle")
    expect(play.page).not_to_have_url(re.compile("run="))
    play.page.go_back()
    play.until("d.run === x && d.status === 'stopped' && d.source === 'live'", run)
    play.page.go_forward()
    play.until("d.run === '' && d.source === 'preview'")


def test_a_weight_edited_in_the_film_starts_from_there(visit: Visit) -> None:
    play = visit()
    play.train()
    play.until("Number(d.step) > 1000")
    play.press(" ")
    play.status("paused")
    end, film = play.step, play.page.get_by_label("film: go back through the training")
    expect(film).to_be_visible()
    film.evaluate(f"(f) => {{ {MIDDLE} }}")
    play.until("Number(d.step) < x", end)
    before, z = {"run": play.run, "step": play.step}, play.figure("heat")["data"][0]["z"]
    play.page.locator(".nnv-canvas").focus()
    play.press("Shift+ArrowDown")
    play.press("Enter")
    field = play.page.get_by_label("bias of hidden layer 1, neuron 1")
    field.fill("0.2")
    field.press("Enter")
    play.until("d.run && d.run !== x.run && d.status === 'paused' && d.source === 'live'", before)
    play.until("Number(d.step) === x.step", before)
    expect(play.page.locator(".nnv-canvas")).to_be_focused()
    until(lambda: newest_frame(play).arrays["weights"][2 * 4] == pytest.approx(0.2))  # the first frame is the parent's
    assert np.abs(np.array(play.figure("heat")["data"][0]["z"]) - np.array(z)).max() < 0.5


def test_inputs_by_the_keyboard(visit: Visit) -> None:
    play = visit()
    play.page.locator(".nnv-canvas").focus()
    for key in ("Shift+ArrowLeft", "Shift+ArrowDown", "Shift+ArrowDown", "Enter"):
        play.press(key)
    expect(play.page).to_have_url(re.compile("inputs=x1%2Cx2%2Cx1_squared"))


def test_a_table_keeps_its_names_and_units(visit: Visit, tmp_path: Path) -> None:
    play = visit()
    rows = [(1000 + 3 * i, 0.01 + 0.0001 * (i * 7 % 31), 100 + 20 * i) for i in range(40)]
    (tmp_path / "prices.csv").write_text("size,tilt,price\n" + "\n".join(f"{a},{b:.4f},{c}" for a, b, c in rows))
    play.page.get_by_role("button", name="Own data").click()
    play.page.locator("input[type=file]").first.set_input_files(tmp_path / "prices.csv")
    expect(play.page.locator(".nnv-legend")).to_contain_text("880.00")
    shown = play.page.evaluate(
        """() => {
          const g = document.querySelector('.nnv-points'), box = (s) => g.querySelector(s).getBoundingClientRect();
          return { titles: [g.layout.xaxis.title.text, g.layout.yaxis.title.text], hover: g.data[0].hovertemplate,
            gap: Math.min(...[...g.querySelectorAll('.ytick text')].map((t) => t.getBoundingClientRect().left))
              - box('.ytitle').right,
            buttons: [...g.querySelectorAll('.modebar-btn')].map((b) => b.dataset.title) };
        }"""
    )
    assert shown["titles"] == ["size", "tilt"]
    assert "%{y:.6f}" in shown["hover"]
    assert shown["gap"] >= -1, "the axis's title lies on its numbers"
    assert not [title for title in shown["buttons"] if "hare" in title], "a button sends the chart away"


def test_many_layers_on_a_phone_do_not_lie_on_each_other(visit: Visit) -> None:
    play = visit(width=390, height=844, layers="8,8,8,8,8,8")
    boxes = [head.bounding_box() for head in play.page.locator(".nnv-head").all()]
    assert len(boxes) == 6
    for left, right in pairwise(boxes):
        assert left
        assert right
        assert left["x"] + left["width"] <= right["x"] + 1
    assert play.page.evaluate("() => document.documentElement.scrollWidth") <= 392


def test_training_and_resetting_again_and_again_loses_no_message(visit: Visit) -> None:
    play = visit()
    for _ in range(8):
        play.train()
        play.until("d.status === 'running' && Number(d.step) > 60")
        play.press("r")
        play.status("idle")
    assert play.page.get_by_role("dialog").count() == 0
    play.page.locator(".nnv-dice").click()
    expect(play.page).to_have_url(re.compile("seed=1"))
