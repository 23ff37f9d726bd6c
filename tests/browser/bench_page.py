"""A bare page of a real server that shows one component of the digits room around one run: what the room itself adds is
tested with the room."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page

from tests.serving import PATIENCE, Server

PAGE = """
<style>
  body { --st-background-color: #fff; --st-secondary-background-color: #f1f3f5; --st-text-color: #1a1a1a;
         --st-primary-color: #0b7a75; --st-font: sans-serif; margin: 0; font: 13px/1.35 sans-serif; }
</style>
<button id="opener">opener</button><div id="root"></div>
"""
START = """
async ([query, split, run, spec, visitor, palette]) => {
  const load = (name) => import(`/nnviz-assets/js/${name}.js`);
  const { DigitData } = await load("kit/digit_data"), { readTheme } = await load("kit/theme");
  const data = new DigitData(query, split), theme = readTheme(document.body, palette), view = {};
  await data.info();
  const state = (window.state = { run, spec, step: 0, film: null, predictions: null });
  window.newest = async () => {
    state.predictions = await data.frame(`/nnviz/predictions?run=${state.run}`);
    state.step = state.predictions.step;
  };
  if (run) await newest();
  window.ctx = {
    data, run: () => state.run, spec: () => state.spec, step: () => state.step, filmStep: () => state.film,
    predictions: () => state.predictions, theme: () => theme, classNames: () => data.about.class_names.map(String),
    colors: theme.classes, open: (index, order) => { window.opened = [index, order]; }, visitor: () => visitor,
    say: () => {}, setView: (changes) => Object.assign(view, changes), view: () => view,
  };
}
"""

PUT = """
async ([file, name]) => {
  const module = await import(`/nnviz-assets/js/rooms/digits/${file}.js`);
  window.it = new module[name](document.querySelector("#root"), ctx);
}
"""


class Bench:
    """One component on a page of its own. `requests` has the paths and bodies of all questions to the server, `most`
    how many of them were ever under way at once."""

    def __init__(self, chromium: Browser, server: Server, width: int = 1280, height: int = 900) -> None:
        self.context = chromium.new_context(viewport={"width": width, "height": height}, has_touch=width < 500)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(1000 * PATIENCE)
        self.server, self.errors = server, list[str]()
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.most = self._flying = 0
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._asked)
        self.page.on("requestfinished", self._answered)
        self.page.on("requestfailed", self._answered)

    def start(
        self,
        query: str,
        run: str | None = None,
        spec: dict[str, Any] | None = None,
        visitor: str = "",
        palette: tuple[str, ...] = (),
        split: str = "test",
    ) -> None:
        self.page.goto(f"{self.server.url}/nnviz/about")
        self.page.set_content(PAGE)
        self.page.evaluate(START, [query, split, run, spec, visitor, list(palette)])

    def put(self, file: str, name: str) -> None:
        """The component as `window.it`."""
        self.page.evaluate(PUT, [file, name])

    def ask(self, code: str, argument: Any = None) -> Any:
        return self.page.evaluate(code, argument)

    def until(self, condition: str, argument: Any = None) -> None:
        self.page.wait_for_function(f"(x) => {{ return {condition}; }}", arg=argument)

    def _asked(self, request: Any) -> None:
        if request.method != "POST" and "/nnviz/history" not in request.url:
            return
        self.requests.append((request.url.split("/nnviz/")[1], request.post_data_json or {}))
        self._flying += 1
        self.most = max(self.most, self._flying)

    def _answered(self, request: Any) -> None:
        if request.method == "POST" or "/nnviz/history" in request.url:
            self._flying -= 1
