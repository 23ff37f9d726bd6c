"""The room "Your model" as a person has it: a script begins, its training appears, is paused, goes on, is stopped."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.serving import ROOT, Server

SCRIPT = """
import keras, numpy as np
from nnviz.keras import Dashboard

x = np.random.default_rng(0).normal(size=(320, 8, 8, 1)).astype("float32")
y = np.arange(320) % 4
model = keras.Sequential([
    keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.Flatten(),
    keras.layers.Dense(4, "softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
dashboard = Dashboard(name="seen by a browser", test_data=(x, y), class_names=["ant", "bee", "cow", "dog"])
model.fit(x, y, epochs=1_000_000, verbose=0, callbacks=[dashboard])
"""


def test_a_script_appears_with_its_panels_and_obeys_the_page(new_page: NewPage, server: Server) -> None:
    page = new_page()
    page.goto(f"{server.url}/model")
    root = page.locator(".nnm")
    expect(root).to_have_attribute("data-status", "idle")
    expect(page.get_by_role("button", name="Pause")).to_be_disabled()
    expect(page.locator(".nnm-code code")).to_contain_text(f"home='{server.home}'")
    env = {**os.environ, "NNVIZ_HOME": str(server.home), "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    script = subprocess.Popen([sys.executable, "-c", SCRIPT], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        expect(root).to_have_attribute("data-views", re.compile("filters mistakes .*predictions statistics"))
        expect(root).to_have_attribute("data-mine", "1")
        expect(page.get_by_role("heading", name="seen by a browser")).to_be_visible()
        expect(page).to_have_url(re.compile(r"/model\?run="))
        for name in ("Accuracy", "Loss", "Filters", "Confusion", "Mistakes", "Layer by layer", "Weights over time"):
            expect(page.get_by_role("region", name=name).locator(".main-svg").first).to_be_attached()
        expect(page.get_by_role("region", name="Decision boundary")).to_be_hidden()
        expect(page.get_by_role("region", name="Confusion")).to_contain_text("dog")
        page.get_by_role("button", name="Pause").click()
        expect(root).to_have_attribute("data-status", "paused")
        held = root.get_attribute("data-step")
        page.keyboard.press(" ")
        expect(root).to_have_attribute("data-status", "running")
        expect(root).not_to_have_attribute("data-step", held or "")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="Stop").click()
        expect(root).to_have_attribute("data-status", "stopped")
        expect(page.get_by_role("button", name="Stop")).to_be_disabled()
        _, err = script.communicate()
        assert script.returncode == 0, err
    finally:
        script.kill()
        script.communicate()
