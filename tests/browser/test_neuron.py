"""The neuron room as a visitor has it: drag the line, change a table, let Rosenblatt's rule learn, share the link."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from nnviz.neuron.gates import GATES, truth_rows
from nnviz.neuron.outputs import net_input, output
from nnviz.neuron.pictures import course
from nnviz.neuron.spec import PerceptronSpec
from tests.browser.conftest import NewPage, next_frame
from tests.serving import PATIENCE, Server

Open = Callable[..., Page]


@pytest.fixture
def neuron(server: Server, new_page: NewPage) -> Open:
    """`neuron(gate="xor")` opens the room as a new visitor."""

    def open_page(url: str = "", **query: str) -> Page:
        page = new_page(1280)
        page.goto(url or f"{server.url}/neuron?{urlencode(query)}")
        tab = "learn" if "tab=learn" in page.url else "gate"
        page.locator(f".nnn-{tab} .main-svg").first.wait_for()
        return page

    return open_page


def said(page: Page, name: str, part: str = "gate") -> str:
    return page.locator(f".nnn-{part}").get_attribute(f"data-{name}") or ""


CENTRE = """() => {
  const el = document.querySelector('.nnn-half[data-kind=step] .nnn-plane'), box = el.getBoundingClientRect();
  const { xaxis, yaxis } = el._fullLayout, square = el.data.find((t) => t.marker?.symbol === 'square' && t.x.length);
  return [box.left + xaxis._offset + xaxis.d2p(square.x[0]), box.top + yaxis._offset + yaxis.d2p(square.y[0])];
}"""
END = CENTRE.replace("'square' &&", "'circle' && t.marker.size === 13 &&")


def test_the_line_is_dragged_and_the_truth_table_follows(neuron: Open) -> None:
    page = neuron()
    assert (said(page, "weights"), said(page, "fires")) == ("2,2,-3", "0001")
    centre = page.evaluate(CENTRE)
    page.mouse.move(*centre)
    page.mouse.down()
    page.mouse.move(centre[0] - 70, centre[1] + 70, steps=6)
    next_frame(page)
    during = [float(v) for v in said(page, "weights").split(",")]
    page.mouse.up()
    assert during[:2] == [2, 2]
    assert -2 < during[2] < 0  # lower and to the left: the bias is greater
    fires = output("step_above", net_input(truth_rows(2), during[:2], during[2]))
    expect(page.locator(".nnn-gate")).to_have_attribute("data-fires", "".join(str(int(f)) for f in fires))
    expect(page).to_have_url(re.compile("weights="))
    again = neuron(page.url)
    assert [float(v) for v in said(again, "weights").split(",")] == during


def test_the_line_is_turned_by_its_end_and_by_the_keyboard(neuron: Open) -> None:
    page = neuron()
    end, centre = page.evaluate(END), page.evaluate(CENTRE)
    page.mouse.move(*end)
    page.mouse.down()
    page.mouse.move(centre[0] + 90, centre[1] + 4, steps=6)
    page.mouse.up()
    next_frame(page)
    w1, w2, _ = (float(v) for v in said(page, "weights").split(","))
    assert np.hypot(w1, w2) == pytest.approx(np.hypot(2, 2), abs=0.02)
    assert abs(w1) < 0.5 < w2  # the line is nearly level now
    before = said(page, "weights")
    plane = page.locator(".nnn-half[data-kind=step] .nnn-plane")
    plane.focus()
    plane.press("ArrowUp")
    page.wait_for_function("(b) => document.querySelector('.nnn-gate').dataset.weights !== b", arg=before)
    assert said(page, "weights").split(",")[:2] == before.split(",")[:2]


def test_xor_cannot_and_the_page_says_why(neuron: Open) -> None:
    page = neuron()
    page.select_option("[data-name=gate]", "xor")
    expect(page.locator(".nnn-verdict")).to_contain_text("No line can part them: 0.5·(0, 1) + 0.5·(1, 0) must fire")
    expect(page.locator(".nnn-table tr[data-right='0']")).to_have_count(1)
    page.locator(".nnn-gate .nnn-table button").nth(3).click()  # 1, 1 is wanted, too: that is OR
    expect(page.locator(".nnn-verdict")).to_contain_text("All rows are right. One neuron can compute this table")


def test_the_lectures_neuron_by_hand_with_its_bipolar_step(neuron: Open) -> None:
    page = neuron(gate="by_hand", step="bipolar_step", threshold="on")
    rows = page.locator(".nnn-gate .nnn-table tbody tr").all_inner_texts()
    assert [row.split("\t")[4] for row in rows] == ["−0.40", "−0.10", "−0.10", "0.20", "−0.10", "0.20", "0.20", "0.50"]
    assert [row.split("\t")[5].split()[0] for row in rows] == ["−1", "−1", "−1", "1", "−1", "1", "1", "1"]


def test_a_small_change_is_predicted_for_the_one_and_a_jump_for_the_other(neuron: Open) -> None:
    page = neuron(weights="2,2,-3.9", change="-0.2,0,0", at="1,1")
    halves = {kind: page.locator(f".nnn-half[data-kind={kind}]") for kind in ("step", "smooth")}
    expect(halves["step"]).to_have_attribute("data-true", "-1")
    assert float(halves["step"].get_attribute("data-predicted") or "nan") == 0
    true, predicted = (float(halves["smooth"].get_attribute(f"data-{name}") or "nan") for name in ("true", "predicted"))
    sigmoid = 1 / (1 + np.exp(-np.array([0.1, -0.1])))
    assert true == pytest.approx(sigmoid[1] - sigmoid[0], abs=1e-5)
    assert predicted == pytest.approx(-0.2 * sigmoid[0] * (1 - sigmoid[0]), abs=1e-5)


def test_rosenblatts_rule_step_by_step_then_to_its_end_and_back(neuron: Open) -> None:
    page = neuron(tab="learn", speed="full")
    learn, wanted = page.locator(".nnn-learn"), list(course(PerceptronSpec()))
    page.locator(".nnn-step").click()
    expect(learn).to_have_attribute("data-updates", "1")
    shown = np.array([float(v) for v in said(page, "weights", "learn").split(",")])
    np.testing.assert_allclose(shown, np.ravel(wanted[1]["weights"]), atol=1e-9)
    expect(page.locator(".nnn-update")).to_contain_text("but d =")
    page.locator(".nnn-pass").click()
    expect(learn).to_have_attribute("data-kind", "pass")
    page.locator(".nnn-play").click()
    expect(page.locator(".nnn")).to_have_attribute("data-status", "finished")
    expect(learn).to_have_attribute("data-updates", "10")
    expect(page.locator(".nnn-outcome")).to_contain_text("scikit-learn")
    errors = page.evaluate("[...document.querySelector('.nnn-errors').data[0].y]")
    assert errors == [1, 3, 3, 2, 1, 0]
    expect(page.locator(".nnn .nnv-film")).to_be_visible()
    page.locator(".nnn .nnv-film input").evaluate("(e) => { e.value = 0; e.dispatchEvent(new Event('input')); }")
    expect(learn).to_have_attribute("data-kind", "start")
    expect(page).to_have_url(re.compile("run="))
    again = neuron(page.url)
    expect(again.locator(".nnn-learn")).to_have_attribute("data-updates", "10")
    expect(again.locator(".nnn-state")).to_contain_text("a pass without an error: done")


def test_a_setting_that_is_not_allowed_is_told_and_changes_nothing(neuron: Open) -> None:
    page = neuron(tab="learn")
    rate = page.locator("[data-name=learning_rate]")
    rate.fill("0")
    rate.press("Enter")
    expect(page.get_by_text(re.compile("learning_rate"))).to_be_visible()
    page.get_by_label("Weights at the start").select_option("zeros")
    expect(page).to_have_url(re.compile("initializer=zeros"))
    assert "learning_rate=0" not in page.url


def test_the_next_room_has_its_controls_at_the_side_again(neuron: Open) -> None:
    page = neuron()
    columns = "getComputedStyle(document.querySelector('.st-key-room')).gridTemplateColumns.split(' ').length"
    assert page.evaluate(columns) == 1
    page.get_by_role("link", name="Playground").first.click()
    page.locator(".nnv").wait_for()
    page.wait_for_function(f"{columns} === 2")


def test_every_gate_opens(neuron: Open) -> None:
    page = neuron()
    for name, gate in GATES.items():
        page.select_option("[data-name=gate]", name)
        expect(page.locator(".nnn-gate .nnn-table tbody tr")).to_have_count(2 ** len(gate.inputs))


def test_two_tabs_have_two_settings(neuron: Open, server: Server) -> None:
    """Of one visitor, in two rooms: what is done in the one leaves the other as it is, also after Back and a reload."""
    one = neuron(tab="learn", learning_rate="0.5")
    rate = one.locator("[data-name=learning_rate]")
    two = one.context.new_page()
    two.set_default_timeout(1000 * PATIENCE)
    two.goto(f"{server.url}/neuron?tab=learn&species=versicolor,virginica")
    other = two.locator("[data-name=learning_rate]")
    expect(other).to_have_value("0.1")
    other.fill("0.25")
    other.press("Enter")
    expect(two).to_have_url(re.compile("learning_rate=0.25"))
    expect(rate).to_have_value("0.5")
    two.go_back()
    expect(other).to_have_value("0.1")  # also where the keyboard still is
    # A page that draws so late that it never shows the setting which was typed: the setting comes and goes unseen.
    two.evaluate("""() => {
        Object.assign(window, { drawing: requestAnimationFrame, late: [] });
        window.requestAnimationFrame = (draw) => late.push(draw);
        window.answers = 0;  // the room writes this attribute with each answer that it receives, drawn or not
        const room = document.querySelector("[data-present]");
        new MutationObserver(() => ++window.answers).observe(room, { attributeFilter: ["data-present"] });
    }""")
    other.fill("0.3")
    other.press("Enter")
    expect(two).to_have_url(re.compile("learning_rate=0.3"))
    two.wait_for_function("() => answers > 0", polling=50)  # not in animation frames: there are none
    expect(two.locator("[data-test-script-state=notRunning]")).to_be_visible()
    two.evaluate("() => { window.answers = 0; }")
    two.go_back()
    two.wait_for_function("() => answers > 0", polling=50)
    expect(other).to_have_value("0.3")
    two.evaluate("""() => {
        window.requestAnimationFrame = drawing;
        for (const draw of late) draw(performance.now());
    }""")
    expect(other).to_have_value("0.1")
    two.goto(f"{server.url}/descent?surface=bowl")
    expect(two.locator(".nnv-maptitle")).to_contain_text("Bowl")
    one.locator(".nnn-pass").click()
    expect(one.locator(".nnn-learn")).to_have_attribute("data-kind", "pass")
    expect(one).to_have_url(re.compile("run="))  # from here on a reload finds the run
    one.reload()
    expect(one.locator(".nnn-learn")).to_have_attribute("data-kind", "pass")
    expect(rate).to_have_value("0.5")
    expect(two.locator(".nnv-maptitle")).to_contain_text("Bowl")
    two.close()


def test_in_a_presentation_settings_come_where_they_are_asked_for(neuron: Open) -> None:
    page = neuron(present="1")
    slider = page.get_by_label("bias b", exact=True)
    expect(slider).to_be_hidden()
    page.get_by_role("button", name="Settings", exact=True).click()
    expect(slider).to_be_visible()
    page.get_by_role("tab", name="Learning").click()
    expect(page.locator(".nnn-controls")).to_be_visible()
    page.get_by_role("button", name="Fold the settings away").click()
    expect(page.locator(".nnn-controls")).to_be_hidden()
