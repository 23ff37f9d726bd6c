"""Take it home from a page: what there is before and after a run, and files that a browser opens without a network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from nnviz.spec import RunSpec
from tests.browser.conftest import Playground
from tests.serving import PATIENCE


def take_home(page: Page) -> None:
    page.get_by_role("button", name="Take it home").click()
    expect(page.get_by_role("dialog", name="Take it home")).to_be_visible()


def download(page: Page, name: str, folder: Path) -> Path:
    button = page.locator(f".st-key-w_take_{name} button").first
    expect(button).to_be_enabled(timeout=1000 * PATIENCE)
    with page.expect_download(timeout=1000 * PATIENCE) as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_keys_reach_the_dialog_after_its_button_is_disabled(visit: Callable[..., Playground]) -> None:
    """As Streamlit does while it makes the file: the browser then gives the keyboard's focus to nobody."""
    page = visit(data="moons").page
    take_home(page)
    button = page.locator(".st-key-w_take_json button")
    button.focus()
    button.evaluate("button => { button.disabled = true; }")
    page.wait_for_function("() => document.activeElement === document.body")
    page.keyboard.press("Tab")
    expect(page.get_by_role("dialog").locator(":focus")).to_have_count(1)
    button.evaluate("button => { button.disabled = false; button.focus(); button.disabled = true; }")
    page.wait_for_function("() => document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_what_can_be_taken_home(visit: Callable[..., Playground], chromium: Browser, tmp_path: Path) -> None:
    play = visit(data="moons", epochs="30")
    take_home(play.page)
    keras = play.page.locator(".st-key-take_keras")
    expect(keras).to_contain_text("Needs a run of this setting")
    expect(keras.get_by_role("button").first).to_be_disabled()
    spec = RunSpec.model_validate_json(download(play.page, "json", tmp_path).read_text())
    assert (spec.data.name, spec.training.epochs) == ("moons", 30)
    play.page.keyboard.press("Escape")
    expect(play.page.get_by_role("dialog")).to_be_hidden()
    play.train()
    play.status("finished")
    play.page.locator(".nnv-curves").hover()
    with play.page.expect_download() as saved:
        play.page.locator(".nnv-curves [data-title='Download plot as SVG']").click()
    assert saved.value.suggested_filename == "nnviz-curves.svg"
    take_home(play.page)
    run = play.run
    report = download(play.page, "report", tmp_path)
    notebook = json.loads(download(play.page, "notebook", tmp_path).read_text())
    assert any("keras.Sequential" in "".join(cell["source"]) for cell in notebook["cells"])
    model = download(play.page, "keras", tmp_path)
    assert model.name == f"nnviz-{run[:8]}-keras.keras"
    assert model.read_bytes()[:2] == b"PK"

    said: list[str] = []
    alone = chromium.new_context(offline=True)
    page = alone.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(page.get_by_text(re.compile("test loss .*accuracy .* of 250"))).to_have_count(2)
    assert said == []
    alone.close()


def test_reports_of_races_and_perceptrons_are_seen_whole_without_a_network(chromium: Browser, tmp_path: Path) -> None:
    alone = chromium.new_context(offline=True)
    for job, heading in (("descent", "The surface from above"), ("perceptron", "Wrong flowers in each pass")):
        spec, report = tmp_path / f"{job}.json", tmp_path / f"{job}.html"
        spec.write_text(json.dumps({"job": job}))
        trained = nnviz("train", str(spec), "--json", home=tmp_path)
        run = json.loads(trained.splitlines()[-1])["run"]
        nnviz("export", run, "--as", "report", "-o", str(report), home=tmp_path)
        page, said = alone.new_page(), list[str]()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.on("request", lambda request, said=said: request.url.startswith("http") and said.append(request.url))
        page.goto(report.as_uri())
        expect(page.get_by_text(heading)).to_be_visible()
        expect(page.locator(".js-plotly-plot")).to_have_count(2)
        for number in range(2):
            plot = page.locator(".js-plotly-plot").nth(number)
            expect(plot.locator(".main-svg").first).to_be_visible()
            # Each has drawn something, and stands within the page.
            expect(plot.locator(".trace, .hm, .contourlayer path").first).to_be_attached()
            box = plot.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= page.evaluate("() => document.documentElement.clientWidth")
        expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
        assert "Not recorded" not in page.locator("body").inner_text()
        assert said == []
    alone.close()


def nnviz(*words: str, home: Path) -> str:
    """What a command says, with runs in that home."""
    command = [sys.executable, "-m", "nnviz.cli", *words, "--home", str(home / "home")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
