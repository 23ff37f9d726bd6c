r"""Activations and losses in LaTeX: in symbols, and with the numbers put in.

In a template `{z}`, `{a}`, `{o}`, `{t}` are put in; other braces are LaTeX's own. a = f(z), o an output, t its target.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ActivationWords:
    """f: f(z). slope: f′(z), of z and a."""

    f: str
    slope: str


@dataclass(frozen=True)
class LossWords:
    """The loss is `scale` times the sum over the outputs of `term`; `slope` is its derivative by one output, "n" being
    their number. only: the loss works on the sums z of outputs with this activation, and `slope` is by z."""

    scale: str
    term: str
    slope: str
    only: str | None = None


_ONE, _ZERO = r"\mathbf{1}\left[{z} > 0\right]", r"\mathbf{1}\left[{z} \le 0\right]"
_PHI = r"\Phi\left({z}\right)"
ACTIVATION_WORDS: dict[str, ActivationWords] = {
    "relu": ActivationWords(r"\max\left(0, {z}\right)", _ONE),
    "tanh": ActivationWords(r"\tanh\left({z}\right)", "1 - {{a}}^2"),
    "sigmoid": ActivationWords(r"\frac{1}{1 + e^{-{z}}}", r"{a} \left(1 - {a}\right)"),
    "linear": ActivationWords("{z}", "1"),
    "leaky_relu": ActivationWords(r"\max\left({z}, 0.2 \cdot {z}\right)", rf"{_ONE} + 0.2 \cdot {_ZERO}"),
    "elu": ActivationWords(
        r"\max\left(0, {z}\right) + \min\left(0, e^{{z}} - 1\right)", rf"{_ONE} + \left({{a}} + 1\right) {_ZERO}"
    ),
    "selu": ActivationWords(
        r"\lambda \left(\max\left(0, {z}\right) + \alpha \min\left(0, e^{{z}} - 1\right)\right)",
        rf"\lambda {_ONE} + \left({{a}} + \lambda \alpha\right) {_ZERO}",
    ),
    "gelu": ActivationWords(rf"{{z}} \cdot {_PHI}", rf"{_PHI} + {{z}} \cdot \varphi\left({{z}}\right)"),
    "silu": ActivationWords(
        r"{z} \cdot \sigma\left({z}\right)",
        r"\sigma\left({z}\right) + {a} \left(1 - \sigma\left({z}\right)\right)",
    ),
    "softplus": ActivationWords(r"\ln\left(1 + e^{{z}}\right)", r"\sigma\left({z}\right)"),
    "softsign": ActivationWords(
        r"\frac{{z}}{1 + \left|{z}\right|}", r"\frac{1}{{\left(1 + \left|{z}\right|\right)}^2}"
    ),
    "hard_sigmoid": ActivationWords(
        r"\min\left(1, \max\left(0, \frac{{z}}{6} + \frac{1}{2}\right)\right)",
        r"\frac{1}{6} \cdot \mathbf{1}\left[-3 < {z} < 3\right]",
    ),
    "relu6": ActivationWords(
        r"\min\left(6, \max\left(0, {z}\right)\right)", r"\mathbf{1}\left[0 < {z} < 6\right]"
    ),
    "mish": ActivationWords(
        r"{z} \cdot \tanh\left(\ln\left(1 + e^{{z}}\right)\right)",
        r"\tau + {z} \left(1 - \tau^2\right) \sigma\left({z}\right)",
    ),
    "softmax": ActivationWords(r"\frac{e^{{z}}}{\sum_k e^{z_k}}", ""),
}  # fmt: skip
NOTES = {
    "selu": "λ = 1.0507, α = 1.6733",
    "gelu": "Φ and φ: distribution and density of N(0, 1)",
    "silu": "σ(z) = 1 / (1 + e⁻ᶻ)",
    "softplus": "σ(z) = 1 / (1 + e⁻ᶻ)",
    "mish": "τ = tanh(ln(1 + eᶻ)), σ(z) = 1 / (1 + e⁻ᶻ)",
}
"""What a formula uses beside z and a."""

_N = r"\frac{1}{n}"
LOSS_WORDS: dict[str, LossWords] = {
    "half_squared_error": LossWords(r"\frac{1}{2}", r"{\left({o} - {t}\right)}^2", "{o} - {t}"),
    "mean_squared_error": LossWords(
        _N, r"{\left({o} - {t}\right)}^2", r"\frac{2}{n} \left({o} - {t}\right)"
    ),
    "mean_absolute_error": LossWords(
        _N, r"\left|{o} - {t}\right|", r"\frac{1}{n} \operatorname{sign}\left({o} - {t}\right)"
    ),
    "huber": LossWords(
        _N, r"h\left({o} - {t}\right)", r"\frac{1}{n} \min\left(1, \max\left(-1, {o} - {t}\right)\right)"
    ),
    "log_cosh": LossWords(
        _N, r"\ln \cosh\left({o} - {t}\right)", r"\frac{1}{n} \tanh\left({o} - {t}\right)"
    ),
    "binary_crossentropy": LossWords(
        r"-\frac{1}{n}", r"\left[{t} \ln\left({o}\right) + \left(1 - {t}\right) \ln\left(1 - {o}\right)\right]",
        r"\frac{1}{n} \left({o} - {t}\right)", only="sigmoid",
    ),
    "categorical_crossentropy": LossWords(
        "-", r"{t} \ln\left({o}\right)", r"{o} \sum_k t_k - {t}", only="softmax"
    ),
    "hinge": LossWords(
        _N, r"\max\left(0, 1 - {t} \cdot {o}\right)",
        r"-\frac{1}{n} {t} \cdot \mathbf{1}\left[{t} \cdot {o} < 1\right]",
    ),
    "squared_hinge": LossWords(
        _N, r"{\max\left(0, 1 - {t} \cdot {o}\right)}^2",
        r"-\frac{2}{n} {t} \cdot \max\left(0, 1 - {t} \cdot {o}\right)",
    ),
}  # fmt: skip
"""The losses that a small network may have here, in the order of the controls."""
NOTES |= {"huber": "h(e) = e²/2 up to |e| = 1, then |e| − 1/2"}


def words_of(activation: str) -> ActivationWords:
    """Its formulas; of one that was added without any, its name."""
    name = activation.replace("_", " ")
    bare = ActivationWords(rf"\text{{{name}}}\left({{z}}\right)", rf"\text{{{name}}}'\left({{z}}\right)")
    return ACTIVATION_WORDS.get(activation, bare)


def filled(template: str, **values: str) -> str:
    """The template with its places filled."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template
