"""The playground through a visitor's hands: every promise of the room, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from nnviz.data import load
from nnviz.models import evaluate, forward, initial_weights
from nnviz.probes import NetworkProbe
from nnviz.spec import RunSpec
from tests.browser.conftest import Playground, is_stopped, newest_frame

Visit = Callable[..., Playground]


def test_the_untrained_network_is_there_before_any_run(visit: Visit) -> None:
    play = visit()
    spec = RunSpec()
    frame = NetworkProbe(spec, load(spec.data)).frame(initial_weights(spec), 0, 0.0)
    heat = play.figure("heat")["data"][0]
    np.testing.assert_allclose(np.array(heat["z"]), frame.arrays["boundary"][0], atol=1e-6)
    points = [t for t in play.figure("points")["data"] if t["type"] == "scatter"]
    assert sum(len(t["x"]) for t in points) == 250
    assert play.said("source") == "preview"
    data, weights = load(spec.data), initial_weights(spec)
    loss, accuracy = evaluate(spec, weights, data.inputs("train"), data.labels("train"), 0.0)
    expect(play.page.locator(".nnv-out-loss b")).to_have_text(f"{loss:.3f}")
    expect(play.page.locator(".nnv-out-accuracy b")).to_contain_text(f"{accuracy:.1%}".replace("%", " %"))


def test_train_pause_step_epoch_and_resume(visit: Visit) -> None:
    play = visit()
    play.train()
    play.until("d.status === 'running' && Number(d.step) > 100")
    play.press(" ")
    play.status("paused")
    frame = newest_frame(play)
    stopped = play.step
    assert frame.step == stopped
    drawn = np.array(play.figure("heat")["data"][0]["z"])
    np.testing.assert_array_equal(drawn.astype(np.float32), frame.arrays["boundary"][0])
    play.press("ArrowRight")
    play.until("Number(d.step) === x", stopped + 1)
    play.press("Shift+ArrowRight")
    # There may be frames on the way, also before the word that it runs.
    play.until("d.status === 'paused' && Number(d.step) > x && Number(d.step) % 25 === 0", stopped + 1)
    assert play.step <= stopped + 1 + 25
    curve = play.figure("curves")["data"][0]
    assert curve["name"] == "training"
    assert len(curve["x"]) > 3
    assert curve["y"][-1] < curve["y"][0]
    play.press(" ")
    play.until("d.status === 'running' && Number(d.step) > x", stopped + 50)


def test_zoom_and_legend_choices_survive_new_frames(visit: Visit) -> None:
    play = visit()
    play.train()
    play.until("Number(d.step) > 50")
    box = play.page.locator(".nnv-boundary").bounding_box()
    assert box
    play.page.mouse.move(box["x"] + 120, box["y"] + 100)
    play.page.mouse.down()
    play.page.mouse.move(box["x"] + 240, box["y"] + 220, steps=6)
    play.page.mouse.up()
    play.page.wait_for_function("() => document.querySelector('.nnv-points').layout.xaxis.range[0] > -5.5")
    zoomed = play.figure("points")
    play.page.evaluate("() => Plotly.restyle(document.querySelector('.nnv-curves'), {visible: 'legendonly'}, [1])")
    before = int(play.said("frame"))
    play.until("Number(d.frame) > x", before + 10)
    assert play.figure("points")["x"] == zoomed["x"]
    assert play.figure("points")["y"] == zoomed["y"]
    assert play.figure("heat")["x"] == pytest.approx(zoomed["x"])
    node = play.page.evaluate_handle("() => document.querySelector('.nnv-heat .main-svg')")
    play.until("Number(d.frame) > x", before + 20)
    assert node.evaluate("(n) => n.isConnected")


def test_a_reload_and_a_second_browser_see_the_run_go_on(visit: Visit) -> None:
    play = visit(epochs=100_000)
    play.train()
    play.until("Number(d.step) > 200")
    expect(play.page).to_have_url(re.compile("run="))
    run, seen = play.run, play.step
    play.page.reload()
    play.until("d.status === 'running' && d.source === 'live' && Number(d.step) > x", seen)
    assert play.run == run
    other = visit(run=run)
    other.until("d.status === 'running' && Number(d.step) > x", seen)
    expect(other.page.locator(".nnv-status")).to_contain_text("watching")
    expect(other.page.locator(".nnv-play")).to_be_disabled()
    # The curve is drawn less often than the network, and its history comes after the word that the run trains.
    other.page.wait_for_function("() => document.querySelector('.nnv-curves').data?.[0]?.x[0] === 0")
    play.press(" ")
    play.status("paused")
    other.status("paused")


def test_a_link_opens_its_setting_and_the_address_follows_the_controls(visit: Visit) -> None:
    play = visit(
        data="spiral", layers="8:relu:d0.2,8", optimizer="adam", learning_rate="0.01", seed="5", noise="0.1", log="on"
    )
    expect(play.page.get_by_role("combobox", name="Data")).to_have_value("Spiral")
    expect(play.page.get_by_role("combobox", name="Optimiser")).to_have_value("Adam")
    assert play.page.get_by_label("activation of hidden layer 1").input_value() == "relu"
    assert play.page.get_by_label("log").is_checked()
    play.page.get_by_label("one neuron more in hidden layer 2").click()
    expect(play.page).to_have_url(re.compile(r"layers=8%3Arelu%3Ad0.2%2C9"))
    play.until("JSON.parse(d.layers)[1].units === 9")
    play.page.get_by_label("add a hidden layer").click()
    play.until("JSON.parse(d.layers).length === 4")
    expect(play.page).to_have_url(re.compile(r"layers=8%3Arelu%3Ad0.2%2C9%2C"))  # the page shows it before the session
    play.page.go_back()
    play.until("JSON.parse(d.layers).length === 3 && JSON.parse(d.layers)[1].units === 9")
    copy = visit(**play.query)
    assert copy.said("layers") == play.said("layers")


@pytest.mark.parametrize(
    "query",
    [
        {"noise": "NaN"},
        {"layers": "9999999,x"},
        {"data": "<script>alert(1)</script>"},
        {"wild": "1"},
        {"learning_rate": "-1"},
        {"run": "no-such-run"},
        {"table": "0" * 64, "data": "table"},
        {"layers": "512,512"},
        {"speed": "warp"},
    ],
)
def test_a_wild_link_gives_a_message_and_the_default(visit: Visit, query: dict[str, str]) -> None:
    play = visit(**query)
    expect(play.page.get_by_test_id("stAlert").first).to_be_visible()
    assert play.page.get_by_test_id("stException").count() == 0
    assert play.figure("heat")["data"][0]["z"]


def test_a_bias_and_a_weight_are_edited_by_hand(visit: Visit) -> None:
    play = visit()
    p = play.place(0, 0)
    play.page.mouse.click(p["x"] - p["size"] / 2 - 4, p["y"] + p["size"] / 2)
    field = play.page.get_by_label("bias of hidden layer 1, neuron 1")
    field.fill("2.5")
    field.press("Enter")
    play.status("paused")
    play.until("d.source === 'live'")
    frame = newest_frame(play)
    assert frame.arrays["weights"][2 * 4] == 2.5
    np.testing.assert_allclose(np.array(play.figure("heat")["data"][0]["z"]), frame.arrays["boundary"][0], atol=1e-6)
    expect(play.page.locator(".nnv-out-accuracy b")).to_contain_text("%")
    shown = play.page.locator(".nnv-out-accuracy b").inner_text()
    a, b = play.place(-1, 0), play.place(0, 0)
    play.page.mouse.move(a["x"] + a["size"] / 2 + 12, a["y"] + (b["y"] - a["y"]) * 0.02)
    expect(play.page.locator(".nnv-card")).to_contain_text("Weight from x₁ to hidden layer 1")
    unit = int(re.search(r"neuron (\d)", play.card()).group(1))  # type: ignore[union-attr]
    play.page.mouse.click(a["x"] + a["size"] / 2 + 12, a["y"] + (b["y"] - a["y"]) * 0.02)
    drawn = int(play.said("frame"))
    play.page.get_by_label("weight to hidden layer 1").fill("-3")
    play.until("Number(d.frame) > x", drawn)
    expect(play.page.locator(".nnv-out-accuracy b")).not_to_have_text(shown)
    assert newest_frame(play).arrays["weights"][unit - 1] == -3


def test_pointing_at_a_neuron_shows_its_sum_with_real_numbers(visit: Visit) -> None:
    play = visit()
    spec = RunSpec()
    data, weights = load(spec.data), initial_weights(spec)
    p = play.place(1, 1)
    play.page.mouse.move(p["x"], p["y"])
    expect(play.page.locator(".nnv-maptitle")).to_have_text("Hidden layer 2, neuron 2")
    sample = data.inputs("train")[:1]
    hidden = forward(spec, weights, sample)
    z = float((hidden[0] @ weights[2] + weights[3])[0, 1])
    numbers = [float(n.replace("−", "-")) for n in re.findall(r"= (−?\d+\.\d+)(?:$| at)", play.card(), re.MULTILINE)]
    assert numbers[0] == pytest.approx(z, abs=6e-4)
    assert numbers[1] == pytest.approx(float(hidden[1][0, 1]), abs=6e-4)
    large = np.array(play.figure("heat")["data"][0]["z"])
    assert large.shape == (24, 24)


def test_rates_change_live_and_other_changes_start_anew(visit: Visit) -> None:
    play = visit(epochs=100_000, regularizer="l2", regularization_rate="0.001")
    play.train()
    play.until("Number(d.step) > 100")
    run = play.run
    rate = play.page.get_by_role("combobox", name="Learning rate")
    rate.fill("0.05")
    rate.press("Enter")
    expect(play.page).to_have_url(re.compile("learning_rate=0.05"))
    seen = play.step
    play.until("d.status === 'running' && Number(d.step) > x", seen + 100)
    assert play.run == run
    with play.server.browser() as viewer:
        viewer.say(do="watch", run=run)
        viewer.until("metrics", learning_rate=pytest.approx(0.05))  # the address may be there before the engine knows
    play.page.get_by_label("one neuron more in hidden layer 1").click()
    play.status("idle")
    play.until("d.source === 'preview' && JSON.parse(d.layers)[0].units === 5")
    is_stopped(play.server, run)


@pytest.mark.parametrize("typed", ["abc", "-3", "1e9"])
def test_a_rate_that_is_refused_says_why_and_the_run_goes_on(visit: Visit, typed: str) -> None:
    play = visit(epochs=100_000)
    play.train()
    play.until("Number(d.step) > 100")
    instrument = play.page.evaluate_handle("() => document.querySelector('.nnv')")
    rate = play.page.get_by_role("combobox", name="Learning rate")
    rate.fill(typed)
    rate.press("Enter")
    expect(play.page.get_by_test_id("stAlert")).to_contain_text("training.optimizer.learning_rate")
    expect(rate).to_have_value("0.03")
    seen = play.step
    play.until("d.status === 'running' && Number(d.step) > x", seen + 100)
    assert instrument.evaluate("(n) => n.isConnected"), "the message has made Streamlit build the instrument anew"


def test_reset_and_other_starting_weights(visit: Visit) -> None:
    play = visit()
    before = play.figure("heat")["data"][0]["z"]
    play.train()
    play.until("Number(d.step) > 100")
    play.press("r")
    play.status("idle")
    assert play.figure("heat")["data"][0]["z"] == before
    play.page.locator(".nnv-dice").click()
    expect(play.page).to_have_url(re.compile("seed=1"))
    play.page.wait_for_function("(b) => document.querySelector('.nnv-heat').data[0].z[0][0] !== b", arg=before[0][0])


def test_divergence_is_named_with_a_way_out(visit: Visit) -> None:
    play = visit(activation="relu", learning_rate="10", loss="mean_squared_error", output="linear")
    play.train()
    play.status("diverged")
    expect(play.page.locator(".nnv-note")).to_contain_text("learning rate")
    expect(play.page.locator(".nnv-note")).to_contain_text("layer")
    assert all(np.isfinite(row).all() for row in play.figure("heat")["data"][0]["z"])
    broken = play.run
    play.page.get_by_role("button", name="Start again with learning rate 1", exact=True).click()
    play.until("d.run && d.run !== x", broken)
    expect(play.page).to_have_url(re.compile("learning_rate=1"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"target_loss": "0.2"}, "target loss is reached"),
        ({"epochs": "5"}, "All 5 epochs are done"),
        ({"data": "gauss", "monitor": "val_loss", "patience": "3", "min_delta": "0.5"}, "Early stopping"),
    ],
)
def test_a_run_ends_where_it_was_told_to_and_can_go_on(visit: Visit, query: dict[str, str], words: str) -> None:
    play = visit(**query)
    play.train()
    play.status("finished")
    expect(play.page.locator(".nnv-note")).to_contain_text(words)
    run, last = play.run, newest_frame(play).step  # it may come after the word that the run is finished
    z = play.figure("heat")["data"][0]["z"]
    play.page.get_by_role("button", name="Step", exact=True).click()
    play.until("d.run === x.run && d.status === 'paused' && Number(d.step) === x.next", {"run": run, "next": last + 1})
    after = play.figure("heat")["data"][0]["z"]
    assert after != z
    assert np.abs(np.array(after) - np.array(z)).max() < 0.5, "it goes on from where it ended"


def test_a_dropped_socket_comes_back(visit: Visit) -> None:
    play = visit(epochs=100_000)
    play.train()
    play.until("Number(d.step) > 100")
    seen = play.step
    play.page.evaluate("() => window.sockets.at(-1).close()")
    play.until("window.sockets.length === 2 && Number(d.step) > x", seen + 200)
    xs = play.figure("curves")["data"][0]["x"]
    assert xs == sorted(xs)
    play.press(" ")
    play.status("paused")


GOOD = "a;b;kind\n" + "\n".join(
    f"{x},5;{y};{'in' if x * x + y * y < 9 else 'out'}" for x in range(-5, 6) for y in range(-5, 6)
)


def test_own_data_good_and_bad(visit: Visit, tmp_path: Path) -> None:
    play = visit()
    (tmp_path / "bad.csv").write_text("x1,x2,label\n1,2,a\n" + "1,abc,b\n" * 12)
    (tmp_path / "good.csv").write_text(GOOD)
    play.page.get_by_role("button", name="Own data").click()
    chooser = play.page.locator("input[type=file]").first
    chooser.set_input_files(tmp_path / "bad.csv")
    alert = play.page.get_by_test_id("stAlert").first
    expect(alert).to_contain_text("line 3")
    expect(alert).to_contain_text("column 2")
    expect(alert).to_contain_text("abc")
    assert "data" not in play.query
    chooser.set_input_files(tmp_path / "good.csv")
    expect(play.page).to_have_url(re.compile("data=table"))
    play.until("d.source === 'preview'")
    play.page.wait_for_function(
        "() => document.querySelector('.nnv-points').data.some((t) => t.name === 'in training')"
    )
    play.press("Escape")
    play.train()
    play.until("Number(d.step) > 100")
    assert play.page.get_by_test_id("stException").count() == 0


def test_classes_regression_and_validation_samples(visit: Visit) -> None:
    play = visit(
        data="spiral",
        classes="4",
        layers="16,16",
        optimizer="adam",
        learning_rate="0.01",
        loss="categorical_crossentropy",
        speed="20epochs",
    )
    play.train()
    play.until("Number(d.step) > 2000")
    play.press(" ")
    play.status("paused")
    frame = newest_frame(play)
    z = np.array(play.figure("heat")["data"][0]["z"])
    assert set(np.floor(z).astype(int).ravel()) == {0, 1, 2, 3}
    winner = frame.arrays["boundary"].argmax(0)
    agree = np.floor(z[1::2, 1::2]).astype(int) == winner
    assert agree.mean() > 0.97
    before = len(play.figure("points")["data"])
    play.page.get_by_label("validation samples").check()
    play.page.wait_for_function("(n) => document.querySelector('.nnv-points').data.length === n", arg=before + 4)
    flat = visit(data="multi_gauss")
    flat.train()
    flat.until("Number(d.step) > 50")
    expect(flat.page.locator(".nnv-out-accuracy b")).to_have_text("–")


def test_inputs_are_toggled_on_the_drawing(visit: Visit) -> None:
    play = visit()
    p = play.place(-1, 2)
    play.page.mouse.click(p["x"], p["y"])
    expect(play.page).to_have_url(re.compile("inputs=x1%2Cx2%2Cx1_squared"))
    play.until("JSON.parse(d.layers)[0].inputs === 3")


def test_phone_width(visit: Visit) -> None:
    play = visit(width=390, height=844)
    play.train()
    play.until("Number(d.step) > 50")
    assert play.page.evaluate("() => document.documentElement.scrollWidth") <= 392
    top = play.page.locator(".nnv-play").bounding_box()
    assert top
    assert top["y"] < 300


def test_the_whole_instrument_is_on_one_screen(visit: Visit) -> None:
    play = visit(layers="32,32,32,32,32,32,32,32", batch_size=250)
    for part in (
        ".nnv-play",
        ".nnv-canvas",
        ".nnv-card",
        ".nnv-boundary",
        ".nnv-curves",
        ".st-key-side",
    ):
        box = play.page.locator(part).bounding_box()
        assert box, part
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 900, part
        assert box["x"] + box["width"] <= 1440, part
    play.train()
    play.until("Number(d.step) > 2")
