"""The depth room: gradients through layers (nnviz/web/static/rooms/depth), a tab for each idea.

The chain is asked of the server as its sliders move (nnviz/web/depth.py); a slow start is a run of the job
`slow_start`, deep networks are one of the job `depth`: each of both tabs has its own setting and keeps its own run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, Field

from nnviz.activations import ACTIVATIONS, HIDDEN
from nnviz.depth import chain, linear, slow, softmax, verdict
from nnviz.depth.chain import MOST, NEURONS, Chain, centred
from nnviz.depth.deep_spec import DeepNetwork, DeepSpec
from nnviz.depth.slow import SlowStartSpec, Start
from nnviz.experiments.catalogue import RECIPES
from nnviz.formulas import mathml
from nnviz.initializers import INITIALIZERS
from nnviz.link import FieldsLink, Texts
from nnviz.models.backward import descend
from nnviz.neuron.outputs import table
from nnviz.source import code_of
from nnviz.ui.live import live
from nnviz.ui.room import Experiment, Guide, Mark, Room, RoomState
from nnviz.ui.rooms import digits
from nnviz.ui.view import View


def _four(text: str) -> str:
    """`2,-1.5,0,1`. Raises ValueError for anything else than four numbers from −10 to 10."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != NEURONS or not all(-MOST <= value <= MOST for value in values):
        raise ValueError("write four numbers from −10 to 10 with commas between them")
    return text


def _logits(text: str) -> str:
    """Raises ValueError for anything else than two to six numbers from −10 to 10."""
    try:
        softmax.Logits(z=tuple(float(part) for part in text.split(",")))
    except ValueError:
        raise ValueError("write two to six numbers from −10 to 10 with commas between them") from None
    return text


Logits = Annotated[str, Field(max_length=200), AfterValidator(_logits)]
Four = Annotated[str, Field(max_length=120), AfterValidator(_four)]


class DepthView(View):
    """w, b: weights and biases of the chain from the first neuron to the last; None: the chain of the start. x, t: its
    input and target; function: its activation."""

    tab: Literal["chain", "slow", "deep", "softmax", "linear"] = "chain"
    w: Four | None = None
    b: Four | None = None
    x: float = Field(Chain().x, ge=-MOST, le=MOST)
    t: float = Field(Chain().t, ge=-MOST, le=MOST)
    function: Annotated[str, HIDDEN] = "sigmoid"
    what: Literal["gradient", "activation"] = Field("gradient", description="of a deep network: what is drawn")
    z: Logits = ",".join(f"{v:g}" for v in softmax.Logits().z)
    right: int = Field(softmax.Logits().target + 1, ge=1, le=softmax.CLASSES, description="the class that is right")
    stack: int = Field(linear.Stack().layers, ge=1, le=linear.MAX_LAYERS, description="linear layers")
    between: Annotated[str, HIDDEN] = Field("linear", description="what stands between them")
    draw: int = Field(0, ge=0, le=2**31 - 1, description="the seed of their weights")
    spread: int = Field(10, ge=1, le=100, description="how many times as wide x₂ is as x₁")


SPECS: dict[str, type[BaseModel]] = {"depth": DeepSpec, "slow_start": SlowStartSpec}
"""Job → its setting; the first is a bare link's."""
TABS = {"slow": "slow_start", "deep": "depth"}
"""Tab → the job that it shows."""


@dataclass(frozen=True, kw_only=True)
class DepthRoom(Room):
    """A room with the settings of two jobs, one at a time. In a link `job` says which, where the tab does not."""

    def shows(self, spec: object) -> bool:
        return isinstance(spec, tuple(SPECS.values()))

    def read(self, query: Texts, ignore: Iterable[str] = ()) -> tuple[Any, list[str]]:
        job = TABS.get(query.get("tab", "")) or query.get("job", "depth")
        rest = {name: text for name, text in query.items() if name != "job"}
        if job not in SPECS:
            return DeepSpec(), [f"The link's job={job[:30]}: allowed are {', '.join(SPECS)}."]
        return FieldsLink(SPECS[job]).read(rest, ignore)

    def write(self, spec: Any) -> dict[str, str]:
        texts = FieldsLink(type(spec)).write(spec, self.base)
        return {"job": spec.job, **texts} if spec.job != "depth" else texts

    def view(self, spec: Any) -> dict[str, Any]:
        """A slow start that was recorded opens in its tab."""
        return {"tab": "slow" if isinstance(spec, SlowStartSpec) else "chain"}


def _to_job(here: RoomState, act: Mapping[str, Any]) -> None:
    """To the tab of another job: its setting and run are as they were left, and this one's are kept."""
    job = act.get("job")
    if job not in SPECS or here.spec.job == job:
        return
    kept = here.network or {}
    here.network = {**kept, here.spec.job: (here.run, here.spec)}
    run, spec = kept.get(job) or (None, SPECS[str(job)]())
    here.show(None)
    here.take(spec)
    here.drop()
    here.run = run


def _stage(here: RoomState) -> None:
    function = here.view.get("function", "sigmoid")
    live(here, {
        "chain": {**_chain(), "product": _product(function), "table": table(function)},
        "slow": _slow(), "deep": {**_deep(), "links": _links(here.spec)}, "softmax": _softmax(), "linear": _linear(),
        "steps_per_epoch": 1, "endless": False,
    })  # fmt: skip


@cache
def _product(function: str) -> str:
    f = r"\sigma'" if function == "sigmoid" else "f'"
    layers = "".join(rf"{f}(z_{i})\,w_{i + 1}\," for i in range(1, NEURONS))
    return mathml(
        rf"\frac{{\partial L}}{{\partial b_1}} = {layers}{f}(z_4)\,\frac{{\partial L}}{{\partial a_4}}"
    )  # fmt: skip


@cache
def _chain() -> dict[str, Any]:
    first = Chain()
    return {
        "start": {"w": first.w, "b": first.b},
        "forward": mathml(r"z_l = w_l\,a_{l-1} + b_l,\quad a_l = f(z_l),\quad L = \tfrac{1}{2}(a_4 - t)^2"),
        "functions": [[name, ACTIVATIONS[name].label] for name in HIDDEN],
        "presets": [_preset(*one) for one in PRESETS],
        "code": [code_of(chain.forward), code_of(chain.bias_gradients)],
    }


def _chain_link(made: Chain) -> dict[str, str]:
    return {name: ",".join(f"{v:g}" for v in getattr(made, name)) for name in ("w", "b")}


def _preset(title: str, why: str, made: Chain) -> dict[str, Any]:
    view = {**_chain_link(made), "x": made.x, "t": made.t, "function": made.function}
    return {"title": title, "why": why, "view": view}


PRESETS = (
    ("No weight beyond ±1", "The lecture’s chain: ∂L/∂b₁ is below 0.0156 of ∂L/∂b₄", Chain()),
    ("At its best", "w = 1 and every z = 0, where σ′ is 1/4: exactly (1/4)³", centred(1.0)),
    ("Saturated", "Large biases: σ′ is next to 0 everywhere", Chain(w=(1, 1, 1, 1), b=(5, -6, 5, -5))),
    ("Exploding", "w = 10 and every z = 0: each layer makes it 10 · 1/4 = 2.5 times larger", centred(10.0)),
    ("ReLU", "A slope of 1 where it fires: nothing is lost but what the weights take",
     Chain(w=(0.9, 0.7, 1.0, 0.8), b=(0.5, 0.3, 0.2, 0.6), function="relu")),
)  # fmt: skip


@cache
def _slow() -> dict[str, Any]:
    found = table("sigmoid")
    inside = [i for i, z in enumerate(found["z"]) if abs(z) <= 10]
    return {
        "formulas": [
            mathml(r"y = \sigma(z_2),\quad z_2 = w_2\,\sigma(w_1 x + b_1) + b_2"),
            mathml(r"\text{MSE: } \frac{\partial L}{\partial z_2} = 2\,(y - t)\,\sigma'(z_2)"),
            mathml(r"\text{cross-entropy: } \frac{\partial L}{\partial z_2} = y - t"),
        ],
        "presets": [
            {"title": title, "why": why, "changes": {"networks": [s.model_dump() for s in starts]}}
            for title, why, starts in LECTURE
        ],
        "curve": {
            "z": [found["z"][i] for i in inside], "slope": [found["slope"][i] for i in inside], "title": "σ′(z₂)",
            "range": [-10, 10],
        },
        "code": [code_of(slow.forward), code_of(slow.gradient)],
    }  # fmt: skip


def _both(*weights: float) -> tuple[Start, ...]:
    names = dict(zip(("w1", "b1", "w2", "b2"), weights, strict=True))
    return Start(**names), Start(loss="binary_crossentropy", **names)


LECTURE = (
    ("2, 3, 4, 5: MSE against cross-entropy", "The same bad weights, two losses", _both(2, 3, 4, 5)),
    ("2, 3, 4, 5 against other values", "MSE alone: the start decides",
     (Start(), Start(w1=0.5, b1=0.2, w2=-0.3, b2=0.1))),
    ("2.1, 3.1, 4.1, 5.1: both", "The lecture’s second pair: a little worse, and ten epochs later",
     _both(2.1, 3.1, 4.1, 5.1)),
)  # fmt: skip


@cache
def _deep() -> dict[str, Any]:
    return {
        "formulas": [
            mathml(
                r"\frac{\partial L}{\partial W_1} \propto \prod_{l=2}^{L} W_l^{T}\,f'(z_{l-1}) \cdot "
                r"\frac{\partial L}{\partial z_L}"
            ),
            mathml(r"\text{Glorot: } \operatorname{Var} w = \frac{2}{n_{in} + n_{out}}"),
            mathml(r"\text{He: } \frac{2}{n_{in}}"),
            mathml(r"\text{LeCun: } \frac{1}{n_{in}}"),
        ],
        "activations": [[name, ACTIVATIONS[name].label] for name in HIDDEN],
        "initializers": [[name, initializer.label] for name, initializer in INITIALIZERS.items()],
        "presets": [
            {"title": title, "why": why, "changes": {"networks": [one.model_dump() for one in networks]}}
            for title, why, networks in LINEUPS
        ],
        "code": [code_of(verdict.state), code_of(descend), code_of(INITIALIZERS["he_normal"].draw)],
    }


@cache
def _softmax() -> dict[str, Any]:
    return {
        "formulas": [
            mathml(r"y_j = \frac{e^{z_j}}{\sum_k e^{z_k}}"),
            mathml(r"\frac{\partial y_j}{\partial z_i} = y_j\,(\delta_{ij} - y_i)"),
            mathml(r"L = -\sum_j t_j \ln y_j,\quad \frac{\partial L}{\partial z_i} = y_i - t_i"),
        ],
        "code": [code_of(softmax.jacobian), code_of(softmax.logit_gradient)],
    }


@cache
def _linear() -> dict[str, Any]:
    return {
        "formulas": [
            mathml(r"(x W_1 + b_1)\,W_2 + b_2 = x\,(W_1 W_2) + (b_1 W_2 + b_2)"),
            mathml(r"w \leftarrow w - \eta\,\frac{1}{n} X^{T}(X w - y),\quad \eta = \frac{1}{\lambda_{max}}"),
        ],
        "code": [code_of(linear.product), code_of(linear.descend)],
    }


def _links(spec: object) -> list[str]:
    """Each network in the Digits room, as a training of its own."""
    if not isinstance(spec, DeepSpec):
        return []
    return [f"digits?{urlencode(digits.ROOM.write(spec.training(network)))}" for network in spec.networks]


def _all(**kinds: Any) -> tuple[DeepNetwork, ...]:
    """A network for each value of the one list among the fields."""
    ((name, values),) = ((name, value) for name, value in kinds.items() if isinstance(value, list))
    return tuple(DeepNetwork(**{**kinds, name: value}) for value in values)


LINEUPS = (
    ("Depth", "One, four, ten and twenty sigmoid layers: how far does a gradient come?", _all(depth=[1, 4, 10, 20])),
    ("Activation", "Ten layers, Glorot: sigmoid loses the gradient, tanh and ReLU keep it",
     _all(activation=["sigmoid", "tanh", "relu", "selu"])),
    ("Initialiser", "Ten ReLU layers: from N(0, 1) it explodes, He suits it, from zeros nothing comes back",
     _all(activation="relu", initializer=["random_normal", "glorot_uniform", "he_normal", "zeros"])),
    ("Batch normalisation", "Ten sigmoid layers without and with it", _all(batch_normalization=[False, True])),
    ("Width", "Ten tanh layers from N(0, 1): a sum of n terms is √n wide, and wide layers saturate",
     _all(activation="tanh", initializer="random_normal", width=[3, 10, 30, 100])),
)  # fmt: skip

EXPERIMENTS = (
    Experiment(
        "Start here: a product of factors",
        "∂L/∂b₁ has seven factors, and each σ′ is at most 1/4. Find weights with which the first neuron learns.",
        {},
    ),
    Experiment(
        "The best that a sigmoid can do",
        "w = 1 and z = 0 everywhere: exactly (1/4)³ = 0.0156 of the last gradient is left.",
        _chain_link(PRESETS[1][2]),
    ),
    Experiment(
        "Exploding",
        "With w = 10 each layer makes the gradient 2.5 times larger instead. It takes z = 0 for that: move a bias.",
        _chain_link(PRESETS[3][2]),
    ),
    Experiment(
        "A slow start",
        "From 2, 3, 4, 5 the squared error stays flat for 80 epochs, the cross-entropy falls at once. Watch σ′(z).",
        {"tab": "slow"},
    ),
    Experiment(
        "Other weights, no slow start",
        "The same loss from small weights: z is where σ is steep, and it learns from the first update on.",
        {"tab": "slow", "networks": ",".join(map(str, LECTURE[1][2]))},
    ),
    Experiment(
        "Twenty layers deep",
        "The gradient of layer 1 after 1, 4, 10 and 20 sigmoid layers: one of them learns.",
        RECIPES["B15"].place.link,
    ),
    Experiment(
        "Where weights should begin",
        "Ten ReLU layers from N(0, 1), Glorot, He and zeros: exploding, healthy, healthy, and nothing at all.",
        {"tab": "deep", "networks": ",".join(map(str, LINEUPS[2][2]))},
    ),
    Experiment(
        "A softmax that is sure and wrong",
        "y of the right class is next to 0, and so is its slope; ∂L/∂z = y − t is as large as it can be all the same.",
        {"tab": "softmax", "z": "6,-2,-3", "right": "2"},
    ),
    Experiment(
        "Six layers that are one",
        "Without an activation between them their product does the same. Choose Tanh: the line bends.",
        RECIPES["C7"].place.link,
    ),
    Experiment(
        "Saturated from the start",
        "Wide tanh layers from N(0, 1): look at the activations, they are all at the ends.",
        {"tab": "deep", "what": "activation", "networks": ",".join(map(str, LINEUPS[4][2]))},
    ),
)  # fmt: skip
MARKS: tuple[Mark, ...] = (
    ("coloured numbers of a product", "slopes f′(z); the others are weights, and last ∂L/∂a₄ = a₄ − t"),
    ("the short line above a bar", "the most that this gradient can be with these weights"),
    (
        "vanishing, exploding",
        "the first gradient is below 1/64 of the last one, or above 10 times; of a deep network also "
        "a gradient above 10 anywhere",
    ),
    ("the bar through a mark on σ′", "the z of most samples: mean ± one standard deviation"),
)
KEYS: tuple[Mark, ...] = (
    ("1 … 4", "light the gradient of a neuron of the chain"),
    ("1 … 6", "softmax: another class is right"),
    ("D", "other weights of the chain, and of the linear layers, from N(0, 1)"),
    ("space", "a slow start: play, pause; a deep network: train, pause"),
    ("← →, Home, End", "a slow start, a deep network: go through the epochs"),
    ("R", "back to the start"),
)

ROOM = DepthRoom(
    name="depth",
    title="Depth",
    section="Foundations",
    icon=":material/layers:",
    intro="A gradient comes back through every layer, and **each layer multiplies it**. Move the weights of a "
    "**chain of four neurons** and see what is left for the first one; then train **twenty layers** and see each.",
    stage=_stage,
    script="rooms/depth/depth.js",
    preload=("figures/chart.js",),
    styles=("kit/code.css", "kit/tab_list.css", "rooms/depth/depth.css"),
    height=640,
    job="depth",
    spec=DeepSpec,
    view_type=DepthView,
    acts={"job": _to_job},
    guide=Guide(
        what="on its way back through the layers",
        experiments=EXPERIMENTS,
        marks=MARKS,
        keys=KEYS,
        lectures="B2, B3, B13, B15, C7",
        needs="the chain rule (Backpropagation)",
        lead="What goes wrong on the way back through many layers, and what helps.",
    ),
)
