"""A run as one HTML file for a lab book: what was asked, what came of it, figures, where it ran, how to do it again."""

from __future__ import annotations

import platform
from datetime import datetime
from importlib.metadata import version
from typing import Any

from nnviz.activations import ACTIVATIONS
from nnviz.export import page, setting
from nnviz.export.data_code import SPLITS
from nnviz.export.figure import draw
from nnviz.export.format import CannotExport, Files, Format, Source, is_recorded, needs
from nnviz.figures.stored.recorded import Recorded
from nnviz.initializers import BIASES, INITIALIZERS
from nnviz.losses import LOSSES
from nnviz.models.summary import summary
from nnviz.optimizers import DECAYS
from nnviz.reinforcement.spec import ReinforcementSpec
from nnviz.sets import SETS
from nnviz.spec import RunSpec
from nnviz.spec.job import JobSpec
from nnviz.spec.words import regularised

Shown = tuple[tuple[str, dict[str, Any], str], ...]
FIGURES: dict[str, Shown] = {
    "points": (
        ("curves", {}, "Loss"),
        ("curves", {"what": "accuracy"}, "Accuracy"),
        ("boundary", {}, "What the network says everywhere on the plane, and the training samples"),
    ),
    "images": (
        ("curves", {}, "Loss"),
        ("curves", {"what": "accuracy"}, "Accuracy; the band is where the true one lies in 95 of 100 cases"),
        ("confusion", {}, "Confusion matrix: a row for each true class, a column for each predicted one"),
        ("mistakes", {}, "The worst mistakes: those of which the model is surest"),
        ("filters", {}, "The first layer’s weights"),
    ),
    "svm": (
        ("scores", {}, "Accuracy"),
        ("confusion", {}, "Confusion matrix: a row for each true class, a column for each predicted one"),
        ("mistakes", {}, "The worst mistakes: those of which the model is surest"),
    ),
    "perceptron": (
        ("perceptron_plane", {}, "The flowers and the line"), ("perceptron_errors", {}, "Wrong flowers in each pass"),
    ),
    "descent": (
        ("descent_map", {}, "The surface from above, with the paths"),
        ("descent_heights", {}, "How far they have to go"),
    ),
    "grid": (
        ("episode_returns", {}, "What the agents earned in each episode"),
        ("grid_world", {}, "The first agent’s values and arrows, and the way that it would go"),
    ),
    "cartpole": (
        ("episode_returns", {}, "For how many steps the agents kept the pole upright in each episode"),
        ("cartpole_states", {}, "Which way the first agent pushes"),
    ),
    "gan": (
        ("gan_plane", {}, "Real and generated samples, over what the discriminator says"),
        ("gan_losses", {}, "Losses"), ("gan_scores", {}, "What the discriminator says of both"),
        ("gan_distance", {}, "How far the generated samples are from the real ones"),
    ),
}  # fmt: skip
"""What a run is of → (figure, choices, caption)."""
REASONS = {
    "epochs": "all epochs done", "target": "target loss reached", "early_stopping": "early stopping",
    "stopped": "stopped by hand",
}  # fmt: skip


def make(source: Source) -> Files:
    """Figures of which nothing is recorded are left out, and named."""
    spec, (_, run) = source.spec, source.recorded()
    title = f"{spec.words} on {_data(spec)}"
    figures, left_out = _figures(source)
    parts = [
        f"<h1>{page.text(title)}</h1>",
        f'<p class="big">{page.text(_outcome(source))}</p>',
        _section("Notes", f"<p>{page.text(run.notes)}</p>".replace("\n", "<br>") if run.notes else ""),
        _section("What was asked", page.table(asked(spec)) + _layers(spec)),
        _section("What came of it", page.table(_result(source)) + figures + left_out),
        _section("To repeat it", _again(spec)),
        _section("The setting, spec.json", f"<pre>{page.text(setting.text(spec))}</pre>"),
        _section("Where it ran", page.table(_environment(source))),
    ]
    return {f"{source.name}-report.html": page.page(title, "".join(parts))}


def _data(spec: JobSpec) -> str:
    return SETS[spec.data.name].title if isinstance(spec, RunSpec) else str(spec.subject)


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>{body}</section>" if body else ""


def _outcome(source: Source) -> str:
    _, run = source.recorded()
    when = datetime.fromtimestamp(run.created).astimezone().strftime("%Y-%m-%d %H:%M")
    return f"Run {run.id[:8]} of {when}: {_score('test', (run.result or {}).get('test')) or run.status}."


def _score(name: str, score: dict[str, Any] | None) -> str:
    if not score or score.get("loss") is None:
        return ""
    text = f"{name} loss {score['loss']:.4g}"
    if score.get("accuracy") is not None:
        text += f", accuracy {100 * score['accuracy']:.2f} %"
    if score.get("low") is not None:
        text += f" of {score['n']:,} (95 %: {100 * score['low']:.2f} to {100 * score['high']:.2f} %)"
    return text


def asked(spec: JobSpec) -> list[tuple[str, str]]:
    """The setting in words, row by row: (name, value)."""
    if not isinstance(spec, RunSpec):
        plain = spec.model_dump(mode="json", exclude={"job"}, exclude_none=True)
        return [(name.replace("_", " "), _shown(value)) for name, value in plain.items()]
    data, training = spec.data, spec.training
    counts = ", ".join(f"{getattr(data, s):,} {s}" for s in ("train", "validation", "test") if getattr(data, s))
    more = [f"noise {data.noise:g}"] * bool(data.noise) + [f"every {data.every}th image"] * (data.every > 1)
    more += ["inputs not scaled"] * (not data.scale)
    more += [f"validation images drawn with seed {data.validation_seed}"] * (data.validation_seed is not None)
    more += ["centred" + " by the mean with validation images" * (data.center_of != "train")] * data.center
    more += [f"copies turned by up to {data.rotate or 0:g}°"] * bool(data.rotate) + [f"seed {data.seed}"]
    if not data.is_image:
        more.insert(0, "inputs " + ", ".join(data.inputs))
    rows = [("Data", f"{SETS[data.name].title}: {counts}; {', '.join(more)}")]
    if not spec.is_network:
        fields = spec.model.model_dump(exclude={"family", "kernel"})
        return [*rows, ("Model", f"{spec.words}; {', '.join(f'{name} {value}' for name, value in fields.items())}")]
    network, optimizer = spec.network, training.optimizer
    own = optimizer.model_dump(exclude={"name"}, exclude_none=True)
    rules = []
    if training.early_stopping is not None:
        rules.append(f"or when {training.early_stopping.monitor} is no better for {training.early_stopping.patience}")
    if training.target_loss is not None:
        rules.append(f"or at a loss below {training.target_loss:g}")
    punished = network.regularizer.name != "none"
    rows += [
        ("Model", f"{spec.words}, {'NumPy' if network.family == 'scratch' else 'Keras layers'}, "
                  f"{spec.parameters:,} parameters"),
        ("Starting weights", f"{INITIALIZERS[network.initializer].label}; biases "
                             f"{BIASES[network.bias_initializer].label}; seed {spec.seed}"),
        ("Loss", LOSSES[training.loss].label + f" on {ACTIVATIONS[spec.output_activation].label} outputs"),
        ("Optimiser", f"{optimizer.label}: " + ", ".join(f"{k.replace('_', ' ')} {_plain(v)}" for k, v in own.items())),
        ("Batches", f"of {spec.batch_size:,}" + (", a new order in every epoch" if training.shuffle else "")),
        ("Epochs", " ".join([f"{training.epochs:,}", *rules])),
    ]  # fmt: skip
    if training.decay.name != "none":
        rows.append(("Rate over time", f"{DECAYS[training.decay.name].label}, {training.decay.rate:g} in "
                                       f"{training.decay.steps:,} steps"))  # fmt: skip
    if punished:
        name, where = network.regularizer.name.upper(), regularised(spec.plan)[network.regularizer.on].lower()
        rows.append(("Regularisation", f"{name}, rate {network.regularizer.rate:g}, {where}"))
    return rows


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name} {_shown(part)}" for name, part in value.items() if part is not None)
    return "; ".join(map(_shown, value)) if isinstance(value, list) else str(value)


def _plain(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else f"{value:g}"


def _layers(spec: JobSpec) -> str:
    if not isinstance(spec, RunSpec) or not spec.is_network:
        return ""
    rows = [
        (one["name"], " × ".join(map(str, one["output_shape"])), ACTIVATIONS[one["activation"]].label
         if one["activation"] else "", f"{one['parameters']:,}")
        for one in summary(spec)
    ]  # fmt: skip
    return "<p></p>" + page.table(rows, ("layer", "output", "activation", "parameters"), (3,))


def _result(source: Source) -> list[tuple[str, str]]:
    _, run = source.recorded()
    result = run.result or {}
    rows = [("Status", run.status)]
    if result.get("reason"):
        rows.append(("Ended by", REASONS.get(result["reason"], result["reason"])))
    if result.get("message"):
        rows.append(("Message", str(result["message"])))
    if result.get("steps") is not None:
        epochs = f"{result['epochs']:,.4g} epochs, " if "epochs" in result else ""
        words = f"{epochs}{result['steps']:,} steps in {result['seconds']:.1f} s"
        rows.append(("Training", words))
    scores = [(name.capitalize(), _score(name, result.get(name))) for name in SPLITS]
    changed = [f"{name.replace('_', ' ')} {value}" for name, value in run.live.items() if name != "speed"]
    more = [("Changed by hand", ", ".join(changed)[:500])] if changed else []
    more += [(name, _shown(value)) for name, value in result.get("result", {}).items()]
    return [*rows, *((name, words) for name, words in scores if words), *more]


def _figures(source: Source) -> tuple[str, str]:
    """(the figures, what is said of those that could not be drawn)."""
    spec, (store, run) = source.spec, source.recorded()
    kind = spec.job
    if isinstance(spec, RunSpec):
        kind = ("images" if spec.data.is_image else "points") if spec.is_network else "svm"
    if isinstance(spec, ReinforcementSpec):
        kind = spec.environment
    recorded, found, missing = Recorded(store, run.id, source.home, None), [], []
    for number, (name, choices, caption) in enumerate(FIGURES.get(kind, ())):
        if choices.get("what") == "accuracy" and isinstance(spec, RunSpec) and spec.problem == "regression":
            continue
        try:
            found.append(page.figure(draw(recorded, name, **choices), f"{name}-{number}", caption))
        except CannotExport:
            missing.append(name.replace("_", " "))
    words = f"<p>Not recorded of this run: {', '.join(missing)}.</p>" if missing else ""
    return "".join(found), words


def _again(spec: JobSpec) -> str:
    program = "<p>As a program that needs no nnviz:</p><pre>nnviz export spec.json --as script</pre>"
    return (
        "<p>Save the setting below as spec.json; the same seed on the same machine gives the same curve:</p>"
        "<pre>nnviz train spec.json</pre>" + program * isinstance(spec, RunSpec)
    )


def _environment(source: Source) -> list[tuple[str, str]]:
    _, run = source.recorded()
    own = [(name, text) for name, text in run.versions.items()]
    here = [("nnviz", version("nnviz")), ("Python", platform.python_version())]
    return [
        *own,
        *here,
        ("system", f"{platform.system()} {platform.machine()}"),
        ("run", run.id),
        ("report written", _now()),
    ]


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


REPORT = Format(
    "Report", "one HTML file that works offline: setting, curves, matrix, worst mistakes, how to repeat it", "html",
    make, needs(is_recorded),
)  # fmt: skip
