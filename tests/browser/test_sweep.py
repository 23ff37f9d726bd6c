"""The Sweep room in a browser: from a room's setting to many networks, and a click into one of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Page, expect

from nnviz.figures import FIGURES
from nnviz.figures.binding import bind
from nnviz.figures.theme import LIGHT
from nnviz.web.assets import PLOTLY
from tests.browser.conftest import Playground, choose

LONG = {"epochs": "90000", "layers": "64,64"}
"""Minutes of training at full speed: it does not end while a page is slow. A small network does, in six seconds."""


def drawn(page: Page) -> None:
    """Wait until all runs have ended and the figure shows them."""
    page.wait_for_function(
        """() => {
          const d = document.querySelector('.nnz')?.dataset;
          return d && d.done === d.size && d.busy === '' && d.drawn === '1';
        }"""
    )


def test_a_rooms_setting_is_swept_and_a_click_opens_the_run(visit: Callable[..., Playground]) -> None:
    play = visit(data="moons", noise="0.2", layers="6")
    page = play.page
    play.button("Sweep").click()
    room = page.locator(".nnz")
    expect(page.get_by_text("moons, 2-6-1")).to_be_visible()
    choose(page, "and also …", "Batch size")
    box = page.get_by_label("Values of batch size", exact=True)
    box.fill("5,50")
    box.press("Enter")
    expect(room.locator(".nnv-play")).to_have_text(re.compile("Run 10 networks"))
    expect(room.locator(".nnz-empty li")).to_have_count(10)
    room.locator(".nnv-play").click()
    drawn(page)
    expect(room.locator(".nnz-counts")).to_have_text(re.compile("best: learning rate .*, batch size .*test accuracy"))
    query = {k: v[0] for k, v in parse_qs(urlsplit(page.url).query).items()}
    assert (query["data"], query["layers"], query["over2"]) == ("moons", "6", "batch_size=5,50")
    figure = page.evaluate(
        """() => {
          const g = [...document.querySelectorAll('.nnz-plot')].find((plot) => !plot.hidden);
          const spots = g.data.at(-1);
          return { types: g.data.map((t) => t.type), texts: spots.text, numbers: spots.customdata };
        }"""
    )
    assert figure["types"].count("heatmap") == 1
    assert len(figure["texts"]) == 10
    assert "noise" in query

    # Another look at the same runs, without another run.
    room.get_by_label("how the runs are shown").select_option("map")
    expect(room).to_have_attribute("data-look", "map")
    page.wait_for_function("() => [...document.querySelectorAll('.nnz-plot')].some((p) => !p.hidden && p.data?.[0].z)")

    # A value that cannot be is refused in words, and nothing is lost.
    box.fill("5,0")
    box.press("Enter")
    expect(page.get_by_text(re.compile("batch_size=0: training.batch_size: allowed is a whole number"))).to_be_visible()

    # By keyboard: the best run, in its room, with its own setting.
    room.locator("summary").click()
    values = room.locator(".nnz-table tr[data-best] td").all_inner_texts()
    room.locator(".nnz-table tr[data-best] button").press("Enter")
    expect(page.locator(".nnv")).to_have_attribute("data-status", "finished")
    expect(page).to_have_url(re.compile("run="))
    opened = {k: v[0] for k, v in parse_qs(urlsplit(page.url).query).items()}
    assert urlsplit(page.url).path == "/"
    assert opened["layers"] == "6"
    assert float(opened.get("learning_rate", 0.03)) == float(values[1])
    page.go_back()
    drawn(page)
    assert urlsplit(page.url).path == "/sweep"


def test_seeds_have_a_median_a_spread_and_an_ensemble(visit: Callable[..., Playground]) -> None:
    play = visit()
    page = play.page
    page.goto(f"{play.server.url}/sweep?{urlencode({'over': 'seed=0..4:5', 'epochs': '30', 'noise': '0.5'})}")
    page.locator(".nnz .nnv-play").click()
    drawn(page)
    expect(page.locator(".nnz-pair")).to_have_text(re.compile(r"Ensemble of 5: .* of 250 test samples"))
    second = page.get_by_label("another run")
    second.select_option("3")
    expect(page.locator(".nnz-pair [role=status]")).to_have_text(re.compile("p [=<] 0|exactly the same mistakes"))
    names = page.evaluate(
        """() => [...document.querySelectorAll('.nnz-plot')].find((p) => !p.hidden).data
          .map((t) => t.name).filter(Boolean)"""
    )
    assert {"median", "quartiles", "extremes", "mean", "ensemble"} <= set(names)


def test_a_figure_draws_a_second_pair_of_axes_before_anything_stands_on_it(scripts: Page) -> None:
    nothing = {"x": [], "y": [], "numbers": [], "said": []}
    bands = {name: [0.5, 0.4] for name in ("low", "high", "first", "third", "median")}
    values = {"epochs": [0, 1], "bands": bands, "dots": nothing, "means": [], "ensemble": [], "curve": "loss"}
    values |= {"range": [0, 1], "revision": ""}
    figure = bind(FIGURES["sweep_seeds"](LIGHT), values)
    errors: list[str] = []
    scripts.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    scripts.add_script_tag(path=PLOTLY)
    scripts.evaluate(
        """async ({ data, layout }) => {
          const { somewhere } = await import("/figures/empty_axes.js"), box = document.createElement("div");
          document.body.append(box);
          await Plotly.react(box, data.map(somewhere), { ...layout, width: 800, height: 400 });
          box.remove();
        }""",
        {"data": figure["data"], "layout": figure["layout"]},
    )
    assert errors == []


PLACE = """(number) => {
  const g = [...document.querySelectorAll('.nnz-plot')].find((plot) => !plot.hidden);
  if (!g?._fullLayout?.xaxis || !g.data) return null;
  for (const trace of g.data) {
    if (!trace.customdata || trace.hoverinfo === 'skip') continue;
    const data = [...trace.customdata], row = data.findIndex((d) => [d].flat().includes(number));
    if (row < 0) continue;
    const { xaxis, yaxis } = g._fullLayout, box = g.getBoundingClientRect();
    const x = trace.x[Array.isArray(data[row]) ? data[row].indexOf(number) : row], y = trace.y[row];
    const place = (axis, value) => (axis.type === 'category'
      ? axis.l2p(axis._categories.indexOf(value)) : axis.d2p(value));
    return [box.left + xaxis._offset + place(xaxis, x), box.top + yaxis._offset + place(yaxis, y)];
  }
  return null;
}"""
"""Where on the screen the visible figure shows the run of this number."""


def test_a_click_opens_the_run_also_when_the_figure_is_drawn_anew_under_it(visit: Callable[..., Playground]) -> None:
    rates, batches = ("0.01", "0.1"), ("1", "2")
    play = visit()
    page = play.page
    over = {"over": f"learning_rate={','.join(rates)}", "over2": f"batch_size={','.join(batches)}"}
    page.goto(f"{play.server.url}/sweep?{urlencode({**over, **LONG})}")
    room = page.locator(".nnz")
    room.locator(".nnv-play").click()
    for number, look in ((0, "tiles"), (1, "map"), (0, "parallel")):
        room.get_by_label("how the runs are shown").select_option(look)
        expect(room).to_have_attribute("data-look", look)
        if look == "parallel":  # where a run has no line before it has ended
            room.get_by_role("button", name="Stop", exact=True).click()
            drawn(page)
        place = page.wait_for_function(PLACE, arg=number).json_value()
        page.mouse.move(*place)
        page.mouse.down()
        if look != "parallel":  # what the server says of the runs that train is drawn while the button is down
            for _ in range(2):
                page.wait_for_event("requestfinished", lambda request: request.url.endswith("/nnviz/sweep"))
        page.mouse.up()
        status = "stopped" if look == "parallel" else "running"
        expect(page.locator(".nnv:not(.nnz)")).to_have_attribute("data-status", status)
        expect(page).to_have_url(re.compile("run="))
        query = {k: v[0] for k, v in parse_qs(urlsplit(page.url).query).items()}
        assert urlsplit(page.url).path == "/"
        opened = (float(query.get("learning_rate", 0.03)), int(query.get("batch_size", 10)))
        assert opened == (float(rates[number // 2]), int(batches[number % 2]))
        page.go_back()


def test_stop_keeps_what_is_done(visit: Callable[..., Playground]) -> None:
    play = visit()
    page = play.page
    page.goto(f"{play.server.url}/sweep?{urlencode({'over': 'epochs=1,90000,91000,92000', 'layers': LONG['layers']})}")
    room = page.locator(".nnz")
    room.locator(".nnv-play").click()
    page.wait_for_function("() => Number(document.querySelector('.nnz')?.dataset.done) >= 1")
    halt = room.get_by_role("button", name="Stop", exact=True)
    halt.click()
    drawn(page)
    expect(room.locator(".nnz-counts")).to_contain_text("1 not converged")
    expect(room.locator(".nnz-counts")).to_contain_text("3 stopped early")
    expect(halt).to_be_disabled()
    expect(halt).to_have_attribute("title", re.compile("nothing is under way"))
    expect(page).to_have_url(re.compile("group="))
    page.reload()
    drawn(page)
    room.locator("summary").click()
    expect(room.locator(".nnz-table tbody tr")).to_have_count(4)
    expect(room.locator(".nnz-table tbody tr").filter(has_text="not converged")).to_contain_text("%")
