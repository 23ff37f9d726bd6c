"""The formula of each number of a trace: in symbols, and with the numbers that made it. As LaTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from nnviz.backprop.spec import BackpropSpec
from nnviz.backprop.trace import Operation, Trace
from nnviz.backprop.words import LOSS_WORDS, NOTES, filled, words_of
from nnviz.formulas import mathml
from nnviz.losses import LOSSES
from nnviz.optimizers import OPTIMIZERS

DIGITS = 4


@dataclass(frozen=True)
class Explained:
    """title: what it is, in words. symbol, rule, numbers: LaTeX: what it is called, how it is made, the same with
    numbers and the result; nothing of what is given. note: what the formula uses besides."""

    title: str
    symbol: str
    rule: str
    numbers: str
    note: str = ""

    @property
    def lines(self) -> list[str]:
        """The formula as one to show: symbol = rule, then = numbers."""
        return [f"{self.symbol} = {part}" if i == 0 else f"= {part}" for i, part in enumerate(self._parts)]

    @property
    def _parts(self) -> list[str]:
        return [part for part in (self.rule, self.numbers) if part]


def explained(found: Trace, number: str) -> Explained:
    """Raises KeyError of a number that the trace has not."""
    values = found.values
    value = values[number]
    made = next((one for one in found.operations if one.id == number), None)
    if made is None:
        return Explained(title_of(number, found.spec), symbol_of(number, found.spec), "", written(value))
    symbol = symbol_of(number, found.spec)
    rule, numbers, note = _rule(found.spec, made, values)
    numbers = written(value) if numbers in {_put(value), written(value)} else f"{_tidy(numbers)} = {written(value)}"
    return Explained(title_of(number, found.spec), symbol, rule if rule != symbol else "", numbers, note)


def shown(found: Trace, number: str) -> dict[str, Any]:
    """The same as JSON has it, with MathML; and the numbers that it was made of, and those that it flows into, each
    [id, MathML of its symbol, value]."""
    about, values = explained(found, number), found.values
    made = next((one for one in found.operations if one.id == number), None)

    def beside(ids: tuple[str, ...]) -> list[Any]:
        return [[one, mathml(symbol_of(one, found.spec), False), values[one]] for one in dict.fromkeys(ids)]

    return {
        "id": number,
        "title": about.title,
        "formula": [mathml(line) for line in about.lines],
        "note": about.note,
        "reads": beside(made.reads if made else ()),
        "flows": beside(found.flows_into(number)),
    }


def written(value: float) -> str:
    """With four decimals, fewer where they are zeros; powers of ten where that says more."""
    if value != 0 and not 1e-3 <= abs(value) < 1e5:
        mantissa, power = f"{value:.3e}".split("e")
        return rf"{mantissa} \cdot 10^{{{int(power)}}}"
    text = f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _put(value: float) -> str:
    """A number inside a formula: a negative one, or one with a power, stands in brackets."""
    text = written(value)
    return rf"\left({text}\right)" if text.startswith("-") or "cdot" in text else text


_TWICE = re.compile(r"\\left\(\\left\(([^()]*)\\right\)\\right\)")
_FIRST = re.compile(r"^\\left\((-[^()]*)\\right\)(?= (?:[-+]|\\cdot))")


def _tidy(text: str) -> str:
    """Without brackets around brackets, or around a negative number that stands first."""
    return _FIRST.sub(r"\1", _TWICE.sub(r"\\left(\1\\right)", text))


def parts_of(number: str) -> tuple[str, list[int]]:
    """`w2.1.3` → ("w", [2, 1, 3]); `t.1` → ("t", [1])."""
    kind = number.rstrip("0123456789.")
    return kind, [int(part) for part in number[len(kind) :].split(".") if part]


def symbol_of(number: str, spec: BackpropSpec) -> str:
    """LaTeX. The inputs are x, the outputs o; layers stand above in brackets."""
    kind, at = parts_of(number)
    if kind == "L":
        return "L"
    if kind == "t":
        return f"t_{at[0]}"
    layer, (j, *rest) = at[0], at[1:]
    last = layer == len(spec.layers) - 1
    output = f"x_{j}" if layer == 0 else f"o_{j}" if last else f"a^{{({layer})}}_{j}"
    weight = f"w^{{({layer})}}_{{{j}{rest[0]}}}" if rest else ""
    match kind:
        case "a":
            return output
        case "z" | "b":
            return f"{kind}^{{({layer})}}_{j}"
        case "w":
            return weight
        case "e":
            return rf"\frac{{\partial L}}{{\partial {output}}}"
        case "f":
            return rf"f'\left(z^{{({layer})}}_{j}\right)"
        case "d":
            return rf"\delta^{{({layer})}}_{j}"
        case "m":
            return rf"w^{{({layer + 1})}}_{{{rest[0]}{j}}} \cdot \delta^{{({layer + 1})}}_{rest[0]}"
        case "gw":
            return rf"\frac{{\partial L}}{{\partial {weight}}}"
        case "gb":
            return rf"\frac{{\partial L}}{{\partial b^{{({layer})}}_{j}}}"
        case "nw":
            return rf"{{{weight}}}_{{\text{{new}}}}"
        case _:
            return rf"{{b^{{({layer})}}_{j}}}_{{\text{{new}}}}"


def title_of(number: str, spec: BackpropSpec) -> str:
    """What a number is, in words."""
    kind, at = parts_of(number)
    if kind == "L":
        return f"The loss: {LOSSES[spec.loss].label.lower()}"
    if kind == "t":
        return f"Target {at[0]}"
    layer, (j, *rest) = at[0], at[1:]
    last = layer == len(spec.layers) - 1
    neuron = f"output neuron {j}" if last else f"neuron {j} of layer {layer}"
    source = f"input {rest[0]}" if rest and layer == 1 else f"neuron {rest[0]} of layer {layer - 1}" if rest else ""
    match kind:
        case "a":
            return f"Input {j}" if layer == 0 else f"What {neuron} says"
        case "z":
            return f"The sum of {neuron}"
        case "w":
            return f"The weight from {source} to {neuron}"
        case "b":
            return f"The bias of {neuron}"
        case "e":
            return f"How the loss changes with what {neuron} says"
        case "f":
            return f"The slope of the activation at {neuron}"
        case "d":
            return f"δ of {neuron}: how the loss changes with its sum"
        case "m":
            return f"What the link to neuron {rest[0]} of layer {layer + 1} brings back to {neuron}"
        case "gw":
            return f"The gradient of the weight from {source} to {neuron}"
        case "gb":
            return f"The gradient of the bias of {neuron}"
        case "nw":
            return f"The weight from {source} to {neuron}, after the update"
        case _:
            return f"The bias of {neuron}, after the update"


Rule = tuple[str, str, str]


def _rule(spec: BackpropSpec, made: Operation, values: dict[str, float]) -> Rule:
    """(in symbols, with numbers, note)"""
    kind, layer = parts_of(made.id)[0], made.layer
    name = spec.functions[layer - 1] if layer else ""

    def both(text: str) -> tuple[str, str]:
        """`⟦a1.2⟧` in a template: its symbol, and its number."""
        reads = re.findall(r"⟦(.*?)⟧", text)
        symbols, numbers = text, text
        for one in reads:
            symbols = symbols.replace(f"⟦{one}⟧", symbol_of(one, spec))
            numbers = numbers.replace(f"⟦{one}⟧", _put(values[one]))
        return symbols, numbers

    def of(*ids: str) -> list[str]:
        return [f"⟦{one}⟧" for one in ids]

    reads = of(*made.reads)
    match kind:
        case "z":
            weights = [rf"{w} \cdot {a}" for w, a in zip(reads[1::2], reads[2::2], strict=True)]
            return *both(" + ".join([reads[0], *weights])), ""
        case "a" if name == "softmax":
            terms = " + ".join(f"e^{{{z}}}" for z in reads)
            return *both(rf"\frac{{e^{{{reads[made.unit - 1]}}}}}{{{terms}}}"), ""
        case "a":
            return *both(filled(words_of(name).f, z=reads[0])), NOTES.get(name, "")
        case "L":
            return *_loss(spec, both, reads), NOTES.get(spec.loss, "")
        case "f":
            z, a = reads if reads else ("", "")
            return *both(filled(words_of(name).slope, z=z, a=a)), NOTES.get(name, "")
        case "e" if layer == len(spec.layers) - 1:
            return *_slope(spec, both, reads), NOTES.get(spec.loss, "")
        case "e":
            return *both(" + ".join(reads)), ""
        case "d" if f"f{layer}.{made.unit}" in made.reads:
            return *both(rf"{reads[0]} \cdot {reads[1]}"), ""
        case "d" if made.reads[0].startswith("e"):
            return *_softmax_delta(both, reads, made.unit), ""
        case "d":
            words = f"{LOSSES[spec.loss].label} behind a {name}: its slope cancels the activation's"
            return *_slope(spec, both, [reads[0], f"⟦t.{made.unit}⟧"]), words
        case "m" | "gw":
            return *both(rf"{reads[0]} \cdot {reads[1]}"), ""
        case "gb":
            return *both(reads[0]), ""
        case _:
            return _update_rule(spec, both, reads)


def _loss(spec: BackpropSpec, both: Any, reads: list[str]) -> tuple[str, str]:
    words, n = LOSS_WORDS[spec.loss], spec.layers[-1]
    terms = [filled(words.term, o=o, t=t) for o, t in zip(reads[:n], reads[n:], strict=True)]
    total = " + ".join(terms)
    if n > 1:
        total = rf"\left({total}\right)"
    symbols, numbers = both(rf"{words.scale} {total}")
    return symbols, _with_n(numbers, n)


def _slope(spec: BackpropSpec, both: Any, reads: list[str]) -> tuple[str, str]:
    """∂L/∂o, or δ where the loss works on z."""
    n = spec.layers[-1]
    symbols, numbers = both(filled(LOSS_WORDS[spec.loss].slope, o=reads[0], t=reads[1]))
    return symbols, _with_n(numbers, n).replace(r"\sum_k t_k", rf"\cdot {_put(float(spec.t.sum()))}")


def _with_n(text: str, n: int) -> str:
    return text.replace("{n}", f"{{{n}}}")


def _softmax_delta(both: Any, reads: list[str], unit: int) -> tuple[str, str]:
    n = len(reads) // 2
    inner = " + ".join(rf"{a} \cdot {e}" for e, a in zip(reads[:n], reads[n:], strict=True))
    symbols, numbers = both(rf"{reads[n + unit - 1]} \left({reads[unit - 1]} - \left({inner}\right)\right)")
    return symbols, numbers


def _update_rule(spec: BackpropSpec, both: Any, reads: list[str]) -> Rule:
    label = OPTIMIZERS[spec.optimizer].label
    if spec.optimizer == "sgd" and not spec.momentum:
        symbols, numbers = both(rf"{reads[0]} - \eta \cdot {reads[1]}")
        return symbols, numbers.replace(r"\eta", written(spec.learning_rate)), "η: the learning rate"
    text = rf"\operatorname{{{label}}}\left({reads[0]},\; {reads[1]}\right)"
    about = (OPTIMIZERS[spec.optimizer].__doc__ or "").split("\n\n")[0].strip()
    return *both(text), f"{label}: {about} It also uses what it remembers of the updates before."
