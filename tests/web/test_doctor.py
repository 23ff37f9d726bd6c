"""What is wrong with a run is told to who watches it, and gone when it is not wrong any more."""

from __future__ import annotations

from typing import Any

from tests.serving import Server

STUCK: dict[str, Any] = {
    "model": {"activation": "relu"},
    "training": {"optimizer": {"learning_rate": 10.0}, "epochs": 100_000},
}


def test_what_is_wrong_is_told_once_and_told_to_who_comes_later(server: Server) -> None:
    with server.browser() as owner:
        run = owner.submit(STUCK, speed={"steps": 250, "fps": 20.0})
        found = owner.until("diagnosis", run=run)["diagnoses"]
        assert (found[0]["id"], found[0]["remedy"]) == ("guessing", {"learning_rate": 1.0})
        assert "1.000" in found[0]["words"]
        with server.browser() as late:
            late.say(do="watch", run=run)
            later = late.until("run")["diagnoses"]
        while later != found:  # it trains on, and another thing may be wrong by then
            found = owner.until("diagnosis", run=run)["diagnoses"]
        told = len([event for event in owner.events if event["event"] == "diagnosis"])
        assert told <= 3  # another thing wrong, not other numbers
        owner.say(do="stop")
        owner.until("finished")


def test_what_ran_away_comes_with_its_remedy(server: Server) -> None:
    wild = {
        "model": {"activation": "relu", "output_activation": "linear"},
        "training": {"loss": "mean_squared_error", "optimizer": {"learning_rate": 10.0}},
    }
    with server.browser() as owner:
        run = owner.submit(wild)
        message = owner.until("diverged", run=run)["message"]
        (told,) = [event for event in owner.events if event["event"] == "diagnosis"]
        assert told["diagnoses"][0]["id"] == "divergence"
        assert told["diagnoses"][0]["words"] in message


def test_a_run_that_ended_well_tells_how_it_fits(server: Server) -> None:
    with server.browser() as owner:
        run = owner.submit({"training": {"epochs": 150}})
        owner.until("finished", run=run)
        (found,) = owner.until("diagnosis", run=run)["diagnoses"]
        assert (found["id"], found["remedy"], found["label"]) == ("good_fit", {}, "")
