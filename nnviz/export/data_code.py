"""The samples of a setting as code: the same ones in the same order, as public libraries have them or from a file that
is written beside the program.

Every section leaves `x` and `y` split into x_train, y_train, x_validation, … as far as there are such samples.
"""

from __future__ import annotations

import csv
import io
import math

import numpy as np

from nnviz.data.dataset import FEATURES, Dataset
from nnviz.export.format import Source
from nnviz.export.program import Program
from nnviz.sets import SETS, ImageSet
from nnviz.spec import DataSpec, RunSpec

POINTS, IMAGES = "points.csv", "images.npz"
INLINE_ROWS = 2000
"""A table up to so long travels within a notebook."""
ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
SPLITS = ("train", "validation", "test")


def add_data(program: Program, source: Source, keras: bool) -> None:
    """The section that loads and splits the samples. keras: the program may load data sets with it."""
    spec = source.training.data
    if spec.is_image:
        _add_images(program, source, keras)
    else:
        _add_points(program, source)


def parts(spec: DataSpec) -> list[str]:
    """The splits that have samples, in their order."""
    return [split for split in SPLITS if getattr(spec, split)]


def judged(spec: DataSpec) -> str:
    """The split that the result is of: the test set, where there is one."""
    return next(split for split in ("test", "validation", "train") if getattr(spec, split))


def add_targets(program: Program, spec: RunSpec, one_hot: str) -> None:
    """The section that leaves what the outputs are trained towards in t_train, …: float32 [n, outputs]. one_hot: code
    with a place for the class numbers and one for how many there are."""
    no, yes = spec.targets
    signed = spec.problem == "classification" and no < 0

    def towards(y: str) -> str:
        if spec.outputs > 1:
            whole = one_hot.format(y, spec.outputs)
            return f"2 * {whole} - 1" if signed else whole
        return f'({f"2 * {y} - 1" if signed else y}).reshape(-1, 1).astype("float32")'.replace(f"({y})", y)

    if spec.problem == "regression":
        words = "The values themselves."
    elif spec.outputs == 1:
        words = f"One output: {no:g} for class 0 and {yes:g} for class 1."
    else:
        words = f"An output for each class: {yes:g} for the sample's own, {no:g} for the others."
    code = "\n".join(f"t_{split} = {towards(f'y_{split}')}" for split in parts(spec.data))
    program.add("What it is trained towards", words, code)


# ---------------------------------------------------------------------- points


def _add_points(program: Program, source: Source) -> None:
    spec, data = source.training.data, source.data
    program.files[POINTS] = points_csv(data)
    features = ", ".join(FEATURES[name].js.replace("Math.", "np.") for name in spec.inputs)
    code = 'def inputs(x1, x2):\n    """What the network is fed of points in the plane."""\n'
    if (data.shift != 0).any() or (data.scale != 1).any():
        for i, name in enumerate(("x1", "x2")):
            code += f"    {name} = ({name} - {_number(data.shift[i])}) / {_number(data.scale[i])}"
            code += "  # centred, within ±5\n"
    code += f'    return np.stack([{features}], axis=1).astype("float32")\n\n\n'
    columns = "x1, x2, y" if spec.classes else "x1, x2, target"
    code += f'{columns} = np.loadtxt(@{POINTS}@, delimiter=",", skiprows=1, unpack=True)\nx = inputs(x1, x2)\n'
    if spec.classes:
        code += "y = y.astype(int)\n"
    elif data.target_range is not None:
        low, high = data.target_range
        code += f"\n# from −1 to 1\ny = 2 * (target - {low!r}) / {high - low!r} - 1\n"
    else:
        code += "y = target\n"
    words = f"{SETS[spec.name].title}: {_counts(spec)}, in this order."
    if spec.name == "table" and spec.classes:
        names = ", ".join(f"`{name.replace('`', ' ')}`" for name in data.class_names)
        words += f" Classes 0 to {spec.classes - 1} are {names}."
    program.add("The data", words, code + _split(spec), "import numpy as np")


def points_csv(data: Dataset) -> bytes:
    """Rows train, validation, test: both coordinates in original units, and the class number or the target."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("x1", "x2", "class" if data.problem == "classification" else "target"))
    labels = data.y.tolist()
    if data.target_range is not None:
        low, high = data.target_range
        labels = [(value + 1) / 2 * (high - low) + low for value in labels]
    writer.writerows((*map(str, point), label) for point, label in zip(data.x, labels, strict=True))
    return out.getvalue().encode()


# ---------------------------------------------------------------------- images


def _add_images(program: Program, source: Source, keras: bool) -> None:
    spec = source.training.data
    one = SETS[spec.name]
    if isinstance(one, ImageSet) and not one.apart:
        code = _digits(spec, one, program)
    elif isinstance(one, ImageSet):
        code = _mnist(spec, one, program) if keras else _mnist_files(spec, one, program)
    else:
        code = _own(source, program)
    code += _augmented(spec, program)
    counts = (spec.training_samples, *(getattr(spec, split) for split in SPLITS[1:]))
    code += "x = x[..., np.newaxis]  # one channel\n" + _split(spec, counts)
    words = f"{one.title}: {_counts(spec)}, greys from 0 to 1."
    program.add("The data", words, code, "import numpy as np")


def _digits(spec: DataSpec, one: ImageSet, program: Program) -> str:
    program.imports.add("from sklearn.datasets import load_digits")
    code = 'x, y = load_digits(return_X_y=True)\nx = (x.reshape(-1, 8, 8) / 16).astype("float32")\n'
    start = one.size - spec.test
    if _is_drawn(spec):
        code += _drawn(spec, one) + f"rows = np.concatenate([train, validation, np.arange({start}, {one.size})])\n"
        code += "x, y = x[rows], y[rows]\n"
    elif spec.train + spec.validation < start:
        kept = f"np.r_[:{spec.train}, {start - spec.validation}:{one.size}]"
        code += f"rows = {kept}  # training images from the front, the others from the end\nx, y = x[rows], y[rows]\n"
    return code


def _mnist(spec: DataSpec, one: ImageSet, program: Program) -> str:
    program.imports.add("import keras")
    code = f"(x_train, y_train), (x_test, y_test) = keras.datasets.{spec.name}.load_data()\n"
    return code + _joined(spec, one)


def _mnist_files(spec: DataSpec, one: ImageSet, program: Program) -> str:
    """From the files where Keras keeps them, fetched where they are not there."""
    program.imports |= {"from pathlib import Path", "from urllib.request import urlretrieve"}
    assert one.fetched is not None
    names = [file.name for file in one.fetched.files]
    folder = "~/.keras/datasets" + ("" if len(names) == 1 else f"/{one.fetched.destination().name}")
    code = (
        f'FOLDER = Path("{folder}").expanduser()  # where Keras keeps it\n\n\ndef fetched(name):\n'
        f"    if not (FOLDER / name).exists():\n        FOLDER.mkdir(parents=True, exist_ok=True)\n"
        f'        urlretrieve("{ADDRESS}" + name, FOLDER / name)\n    return FOLDER / name\n\n\n'
    )
    if len(names) == 1:
        code += f'with np.load(fetched("{names[0]}")) as files:\n'
        for part in ("train", "test"):
            code += f'    x_{part}, y_{part} = files["x_{part}"], files["y_{part}"]\n'
        return code + _joined(spec, one)
    program.imports.add("import gzip")
    code += (
        "def unpacked(name, offset):\n    with gzip.open(fetched(name)) as file:\n"
        "        return np.frombuffer(file.read(), np.uint8, offset=offset)\n\n\n"
    )
    for variable, name in zip(("x_train", "y_train", "x_test", "y_test"), names, strict=True):
        shape = ".reshape(-1, 28, 28)" if variable.startswith("x") else ""
        code += f'{variable} = unpacked("{name}", offset={16 if shape else 8}){shape}\n'
    return code + _joined(spec, one)


def _joined(spec: DataSpec, one: ImageSet) -> str:
    """The images that the setting takes of a set whose test images are kept apart."""
    front, _, back = one.counts
    if _is_drawn(spec):
        test = f"_test[:{spec.test}]" * bool(spec.test)
        x, y = (", ".join(f"{v}_train[{rows}]" for rows in ("train", "validation")) for v in "xy")
        x, y = (f"{taken}, {v}{test}" if test else taken for v, taken in zip("xy", (x, y), strict=True))
        return _drawn(spec, one) + _stacked(x, y)
    taken = [f"train[:{spec.train}]" if spec.train < front else "train"]
    if spec.validation:
        taken.append(f"train[{front - spec.validation}:]")
    if spec.test:
        taken.append("test" if spec.test == back else f"test[:{spec.test}]")
    x, y = (", ".join(f"{name}_{part}" for part in taken) for name in ("x", "y"))
    return _stacked(x, y)


def _stacked(x: str, y: str) -> str:
    return f'x = np.concatenate([{x}]).astype("float32") / 255\ny = np.concatenate([{y}]).astype(int)\n'


def _is_drawn(spec: DataSpec) -> bool:
    """Whether the images are not simply the first and the last ones of a set."""
    return spec.every > 1 or spec.validation_seed is not None


def _drawn(spec: DataSpec, one: ImageSet) -> str:
    """Code that leaves the numbers of the images in `train` and `validation`, as nnviz.data.images.rows has them."""
    pool = one.trainable(spec.every, spec.test)
    code = f"\npool = np.arange(0, {pool.stop}, {spec.every})  # the images that may be trained on\n"
    if spec.validation_seed is None:
        return code + f"train, validation = pool[:{spec.train}], pool[{len(pool) - spec.validation}:]\n"
    both = spec.train + spec.validation
    code += f"order = np.random.RandomState({spec.validation_seed}).permutation({both})  # as train_test_split's\n"
    return code + f"train, validation = pool[order[{spec.validation}:]], pool[order[:{spec.validation}]]\n"


def _own(source: Source, program: Program) -> str:
    from nnviz.data import load

    spec = source.training.data
    plain = load(spec.model_copy(update={"noise": 0.0, "rotate": None, "center": False, "scale": True}), source.home)
    out = io.BytesIO()
    names = np.array(plain.class_names)
    np.savez_compressed(out, x=plain.values[..., 0], y=plain.y.astype(np.uint8), class_names=names)
    program.files[IMAGES] = out.getvalue()
    read = 'x, y = files["x"].astype("float32") / 255, files["y"].astype(int)'
    return f"with np.load(@{IMAGES}@) as files:\n    {read}\n"


def _augmented(spec: DataSpec, program: Program) -> str:
    """Grain, the mean, turned copies: what the setting asks for, in nnviz's order."""
    code, key = "", "np.random.Generator(np.random.Philox(key=[{}, {}]))"
    if spec.noise:
        code += (
            f"\n# grain\nrng = {key.format(spec.seed, 0)}\n"
            f"x = np.clip(x + np.float32({spec.noise!r}) * rng.standard_normal(x.shape, np.float32), 0, 1)\n"
        )
    if spec.center:
        last, words = spec.train, "of the training images"
        if spec.center_of != "train":
            last, words = last + spec.validation, "of the training and validation images"
        code += f'mean = x[:{last}].mean(axis=0, dtype=float).astype("float32")  # {words}\n'
    if spec.rotate:
        program.imports.add("from scipy.ndimage import rotate")
        code += (
            f"\n# each training image also turned by 5 to {int(spec.rotate)} degrees, and by as many the other way\n"
            f"rng = {key.format(spec.seed, 3)}\n"
            f"angles = rng.integers(5, {int(spec.rotate)}, ({spec.train}, 2), endpoint=True) * [1, -1]\n\n\n"
            "def turned(images, angles):\n"
            '    options = {"order": 1, "reshape": False, "mode": "grid-constant"}\n'
            "    return [rotate(image, angle, **options) for image, angle in zip(images, angles)]\n\n\n"
            f"x_train, y_train = x[:{spec.train}], y[:{spec.train}]\n"
            f"copies = [turned(x_train, angles[:, 0]), turned(x_train, angles[:, 1])]\n"
            f"x = np.concatenate([x_train, *copies, x[{spec.train}:]])\n"
            f"y = np.concatenate([y_train, y_train, y])\n"
        )
    if spec.center:
        code += "x -= mean\n"
    if not spec.scale:
        code += "x *= 255  # greys are fed as they are\n"
    return code


# ---------------------------------------------------------------------- both


def _split(spec: DataSpec, counts: tuple[int, ...] = ()) -> str:
    """`x_train, x_test = np.split(x, [250])`; without a second part nothing is split."""
    counts = counts or tuple(getattr(spec, split) for split in SPLITS)
    names = parts(spec)
    ends = np.cumsum([count for count in counts if count])[:-1].tolist()
    if not ends:
        return "x_train, y_train = x, y\n"
    return "\n" + "".join(f"{', '.join(f'{v}_{name}' for name in names)} = np.split({v}, {ends})\n" for v in "xy")


def _counts(spec: DataSpec) -> str:
    words = {"train": "for training", "validation": "for validation", "test": "for the test"}
    named = [f"{getattr(spec, split):,} {words[split]}" for split in parts(spec)]
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)


def _number(value: float) -> str:
    """float32 as short as it can be written."""
    return str(np.float32(value)) if math.isfinite(value) else "0.0"
