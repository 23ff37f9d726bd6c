"""The callback: `model.fit(…, callbacks=[Dashboard()])` shows the training in the dashboard of this machine.

Three promises. The training is the same with and without it: nothing is drawn at random, no metric is touched. It takes
at most a twentieth of the training's time (`nnviz bench keras`). And whatever goes wrong here is said in a line and
left: nothing is raised into the user's training.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import math
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import keras

from nnviz.events import Diverged, Failed, Finished, Frame, Started, Status
from nnviz.home import default_home
from nnviz.keras.describe import attempt, described
from nnviz.keras.fit_call import FitCall
from nnviz.keras.looks import Looks
from nnviz.keras.recording import Recording
from nnviz.keras.rows import Rows, numbers, running_means

EVERY = 0.25
"""Seconds between two rows of numbers."""
ROW_SHARE = 0.005
"""Of the training's time, for them."""
UNWATCHED = 5.0
"""Seconds between two looks where nobody watches: the film has them."""
TURN = 0.03
"""Seconds between two turns: commands are heard, and what is due is looked at."""
LEFT = 0.5
"""Seconds between two questions whether `fit` is at work."""

F = TypeVar("F", bound=Callable[..., None])


def guarded(method: F) -> F:
    """What goes wrong within is said once, and ends the showing, never the training. Ctrl-C passes."""

    @functools.wraps(method)
    def within(self: Dashboard, *given: Any, **named: Any) -> None:
        try:
            method(self, *given, **named)
        except Exception as error:
            self._broken(error)

    return within  # type: ignore[return-value]


class Dashboard(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Shows a training in nnviz, and records it in nnviz's home.

    Parameters
    ----------
    name: of the run, for lists; unless said, the model's.
    test_data: (x, y), samples that the training does not see: for confusion matrix, mistakes, gradients and, with two
        inputs, the boundary. Keras gives a callback no validation_data. Arrays, or lists or dictionaries of arrays as
        the model takes them; the first 2,000 of an order drawn once are used.
    every: seconds between two rows of numbers, at least.
    home: nnviz's folder; unless said, NNVIZ_HOME or the user's, as for `nnviz`.
    class_names: what the classes are called, in the order of the model's outputs.
    picture: (height, width), where rows of height · width inputs are pictures.

    It may be given to any number of trainings, one after the other: each is a run of its own.
    """

    def __init__(
        self,
        name: str = "",
        test_data: Any = None,
        every: float = EVERY,
        home: str | Path | None = None,
        class_names: Sequence[str] = (),
        picture: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        self.name, self.test_data, self.class_names, self.picture = str(name), test_data, class_names, picture
        self.every = max(0.05, float(every))
        self.home = default_home() if home is None else Path(home).expanduser()
        self._run: Recording | None = None
        self._fit: FitCall | None = None
        self._next = math.inf
        self._done = 0
        self._lock = threading.Lock()

    # ---- what Keras calls

    @guarded
    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        self._end(Failed("Another training has begun with the same callback before this one had ended."))
        self._said = set[str]()
        self._spec = spec = described(self.model, self.name, self.params or {})
        self._began = self._looked_for_fit = time.monotonic()
        self._paused_for = 0.0
        self._epoch, self._done, self._step = 0, 0, 0
        """Whole epochs that are done; steps of the epoch that goes on, and of those before it."""
        self._per_epoch = spec.steps
        self._rows = Rows(self.model)
        self._looks: Looks | None = None
        self._row_at, self._pictured = 0.0, -math.inf
        self._stopped = self._paused = False
        self._told = 0
        self._fit = FitCall()
        self._run = run = Recording(self.home, spec, self._watch_fit, self._say)
        shown = run.open()
        if shown:
            self._say(f"watch this training at {run.connection.url or 'the dashboard’s page “Your model”'}")
        elif run.recorded:
            self._say(f"no dashboard is running; the run is recorded in {self.home}: start `nnviz` to see it.")
        names = ("name", "kind", "shape", "parameters")
        layers = [{name: getattr(layer, name) for name in names} for layer in spec.layers]
        self._emit(Started(spec.parameters, layers, {"backend": spec.backend}))
        atexit.register(self._at_exit)
        self._next = 0.0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Nearly nothing, some thousand times a second; and of logs nothing, so that Keras need not wait for them."""
        self._done = batch
        if time.monotonic() >= self._next:
            self._turn()

    @guarded
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        if self._run is not None:
            self._epoch, self._done = epoch, 0
            self._rows.begin_epoch()

    @guarded
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self._run is None:
            return
        stopped = bool(self.model.stop_training)
        if self._spec.steps is None:  # the end is found by a batch that begins and is none
            steps = self._done + self._stopped
        else:
            steps = self._done + 1 if stopped else self._spec.steps
        self._per_epoch = self._per_epoch or steps
        self._step, self._done, self._epoch = self._step + steps, 0, epoch + 1
        found, now = numbers(logs or {}), time.monotonic()
        if stopped or epoch + 1 >= self._spec.epochs or now >= self._row_at or not math.isfinite(found.get("loss", 0)):
            self._row(found, now, steps, whole=True)
        self._rows.begin_epoch()

    @guarded
    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        if self._run is None:
            return
        looks = self._look_at()
        self._show(looks, rest=True)
        if self._rows.bad is not None:
            step, epoch = self._rows.bad
            words = f"The loss is no number since epoch {epoch:.1f}: the weights ran away. Try a smaller learning rate."
            self._end(Diverged(epoch, step, "loss", words))
            return
        early = self._epoch < self._spec.epochs
        self._finish("stopped" if self._stopped else "early_stopping" if early else "epochs", looks.result())

    # ---- between the steps

    @guarded
    def _turn(self) -> None:
        run = self._run
        if run is None:
            self._next = math.inf
            return
        self._obey(run)
        now = time.monotonic()
        if now >= self._row_at and self._done > 0:
            self._row(running_means(self.model), now, self._done)
        if self._step + self._done == 0 and not self._spec.trainable:
            pass  # its first batch builds it
        elif run.connection.viewers > 0:
            self._show(self._look_at())
        elif now - self._pictured >= UNWATCHED:
            self._pictured = now
            self._show(self._look_at(), every=True)
        self._next = time.monotonic() + TURN

    def _look_at(self) -> Looks:
        """A model that is built by its first batch has no weights before."""
        if self._looks is None:
            self._looks = Looks(self.model, self.test_data, self.class_names, self.picture)
        return self._looks

    def _show(self, looks: Looks, every: bool = False, rest: bool = False) -> None:
        """What is due of one view; `every`: of each view; `rest`: all, whether due or not, and of all samples."""
        run = self._run
        if run is None:
            return
        attempt(lambda: self.model.jax_state_sync(), None)  # JAX trains with copies of what the model holds
        step, epoch = self._step + self._done, self._at()
        for frame in looks.due(time.monotonic(), step, epoch, self._seconds(), every=every, rest=rest):
            run.frame(frame)
        if len(looks.left_out) != self._told:
            self._told = len(looks.left_out)
            run.frame(Frame("notes", step, epoch, {"left_out": [words[:400] for words in looks.left_out[:20]]}, {}))

    def _obey(self, run: Recording) -> None:
        """Commands of the page. Paused, the training waits here until it is to go on, or the dashboard has gone."""
        while True:
            while run.connection.commands:
                do = run.connection.commands.popleft().get("do")
                if do == "stop":
                    self._stopped = self.model.stop_training = True
                    self._set_paused(False)
                elif do in {"pause", "play"}:
                    self._set_paused(do == "pause")
            if not self._paused:
                return
            if not run.connection.connected:
                self._set_paused(False)
                self._say("the dashboard has gone while the training was paused; it goes on.")
                return
            run.connection.heard.clear()
            if not run.connection.commands and run.connection.connected:
                run.connection.heard.wait(0.2)  # in slices: Ctrl-C is heard between them

    def _set_paused(self, on: bool) -> None:
        if on == self._paused:
            return
        self._paused = on
        if on:
            self._paused_at = time.monotonic()
            if self._done > 0:
                self._row(running_means(self.model), self._paused_at, self._done)
            self._show(self._look_at(), rest=True)
        else:
            self._paused_for += time.monotonic() - self._paused_at
        self._emit(Status("paused" if on else "running"))

    def _row(self, found: dict[str, float], now: float, n: int, whole: bool = False) -> None:
        began, step = time.perf_counter(), self._step + self._done
        self._emit(self._rows.row(found, n=n, step=step, epoch=self._at(), seconds=self._seconds(), whole=whole))
        self._row_at = now + max(self.every, (time.perf_counter() - began) / ROW_SHARE)

    def _at(self) -> float:
        """Epochs that are done; within one of unknown length, whole ones."""
        return self._epoch + (min(1.0, self._done / self._per_epoch) if self._per_epoch else 0.0)

    def _seconds(self) -> float:
        """Of training, without pauses."""
        return (self._paused_at if self._paused else time.monotonic()) - self._began - self._paused_for

    # ---- how it ends

    def _emit(self, event: Any) -> None:
        if self._run is not None:
            self._run.event(event.to_json())

    def _finish(self, reason: str, test: dict[str, Any] | None) -> None:
        step, epoch = self._step + self._done, round(self._at(), 3)
        self._end(Finished(reason, epoch, step, self._seconds(), self._spec.parameters, self._rows.last, test))

    def _end(self, event: Any) -> None:
        """The run is over, with this event; a second end is none."""
        with self._lock:
            run, self._run = self._run, None
            self._fit, self._next = None, math.inf
        if run is not None:
            run.event(event.to_json())
            run.close()
            atexit.unregister(self._at_exit)

    def _watch_fit(self) -> None:
        """From the connection's thread: an exception has left `fit`, of which no callback hears."""
        now, fit = time.monotonic(), self._fit
        if fit is None or now - self._looked_for_fit < LEFT:
            return
        self._looked_for_fit = now
        if fit.has_ended():
            # Not in this thread: the end of the run waits for it.
            threading.Thread(target=self._left, name="nnviz-end").start()

    def _at_exit(self) -> None:
        """The script ends in the midst of a training."""
        self._left()

    def _left(self) -> None:
        fit = self._fit
        if fit is None:
            return
        error = fit.error()
        if error is None or isinstance(error, KeyboardInterrupt | SystemExit):  # the script has caught it, or Ctrl-C
            self._finish("stopped", None)
        else:
            line = (str(error).strip().splitlines() or ["no details given"])[0]
            self._end(Failed(f"fit ended with {type(error).__name__}: {line}"[:400]))

    def _broken(self, error: Exception) -> None:
        """Our fault: it is said, and the run is told as failed."""
        self._next = math.inf
        words = f"{type(error).__name__}: {error}"[:300]
        with contextlib.suppress(Exception):
            print(f"nnviz: this training is not shown any longer ({words}); it goes on.", flush=True)
        with contextlib.suppress(Exception):
            self._end(Failed(f"The dashboard’s callback failed: {words}"))

    def _say(self, text: str) -> None:
        """A line for the person at the script, once in a training; a notebook makes a link of an address."""
        if text not in self._said:
            self._said.add(text)
            with contextlib.suppress(OSError, ValueError):
                print(f"nnviz: {text}", flush=True)
