"""The contract that every registered data set keeps, and what is particular to each."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from nnviz.data import DataError, DataMissing, cached, load, save_images, save_table
from nnviz.data.cache import DataCache
from nnviz.data.dataset import Dataset
from nnviz.data.images import rows
from nnviz.sets import SETS, ImageSet, PlaneSet, digits, mnist
from nnviz.spec import DataSpec, InputName

TOYS = [name for name, one in SETS.items() if isinstance(one, PlaneSet)]
REGRESSIONS = {"plane", "multi_gauss"}
LABEL_MOVES = {"circle", "xor", "plane", "multi_gauss"}
"""Sets whose noise moves the place that decides the label, as TensorFlow Playground's do."""


@pytest.fixture(scope="session")
def mnist_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of MNIST's shapes: image i is all i mod 256, label i mod 10."""
    folder = tmp_path_factory.mktemp("mnist")
    arrays = {}
    for split, count in (("train", 60_000), ("test", 10_000)):
        number = np.arange(count)
        arrays[f"x_{split}"] = np.broadcast_to((number % 256).astype(np.uint8)[:, None, None], (count, 28, 28))
        arrays[f"y_{split}"] = (number % 10).astype(np.uint8)
    np.savez_compressed(folder / "mnist.npz", **arrays)
    (folder / "fashion_mnist.npz").write_bytes((folder / "mnist.npz").read_bytes())
    return folder


def own_images(home: Path) -> dict[str, Any]:
    """Fields of a spec for 120 kept images: image i is all i + 1, label i mod 3."""
    file, number = io.BytesIO(), np.arange(120)
    np.savez(file, x=np.broadcast_to((number + 1).astype(np.uint8)[:, None, None], (120, 28, 28)), y=number % 3)
    return save_images(home, file.getvalue()).data_fields()


def spec_of(name: str, home: Path) -> DataSpec:
    """A small spec of any registered set."""
    counts = {"train": 60, "validation": 30, "test": 10}
    if name == "images":
        return DataSpec.model_validate({**own_images(home), **counts, "noise": 0.1, "seed": 3})
    if name != "table":
        return DataSpec.model_validate({"name": name, **counts, "noise": 0.1, "seed": 3})
    rng = np.random.default_rng(0)
    lines = [f"{a},{b},{'yes' if a > b else 'no'}" for a, b in rng.uniform(100, 200, (120, 2))]
    info = save_table(home, "\n".join(lines).encode())
    return DataSpec.model_validate({**info.data_fields(), **counts, "noise": 0.1, "seed": 3})


@pytest.mark.parametrize("name", SETS)
def test_contract(name: str, tmp_path: Path, mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(mnist_folder))
    spec, entry = spec_of(name, tmp_path), SETS[name]
    data = load(spec, tmp_path)
    assert entry.title
    assert entry.about.endswith(".")
    assert spec.classes in entry.classes
    assert data.problem == ("regression" if spec.classes == 0 else "classification")
    assert entry.problem in {data.problem, "either"}
    assert (data.n_train, data.n_validation, data.n_test) == (60, 30, 10)
    assert len(data.x) == len(data.y) == 100
    assert data.x.dtype == np.float32
    assert np.isfinite(data.x).all()
    assert len(data.class_names) == spec.classes
    if spec.classes:
        assert data.y.dtype == np.int64
        assert data.y.min() >= 0
        assert data.y.max() < spec.classes
    else:
        assert data.y.dtype == np.float32
        assert np.abs(data.y).max() <= 1.5
    for split, count in (("train", 60), ("validation", 30), ("test", 10)):
        inputs, labels = data.inputs(split), data.labels(split)  # type: ignore[arg-type]
        shape = SETS[name].shape or (len(spec.inputs),)
        assert inputs.shape == (count, *shape)
        assert inputs.dtype == np.float32
        assert len(labels) == count
    for low, high in data.domain:
        assert low < high
    again = load(spec, tmp_path)
    assert np.array_equal(data.x, again.x)
    assert np.array_equal(data.y, again.y)
    if not data.is_image:
        other = load(spec.model_copy(update={"seed": 4}), tmp_path)
        assert not np.array_equal(data.x, other.x)


@pytest.mark.parametrize("name", TOYS)
def test_noise_moves_the_same_sample(name: str) -> None:
    """Places (or, where noise decides the label only, labels) at noise 0.2 lie halfway to those at 0.4."""
    calm, some, much = (load(DataSpec.model_validate({"name": name, "noise": noise})) for noise in (0, 0.2, 0.4))
    if name in LABEL_MOVES:
        assert np.array_equal(calm.x, some.x)
        assert np.array_equal(calm.x, much.x)
        assert not np.array_equal(calm.y, some.y)
        return
    assert np.array_equal(calm.y, much.y)
    assert not np.allclose(calm.x, some.x)
    if name == "gauss":
        centre = np.where(calm.y == 1, 2, -2)[:, None]
        assert np.allclose((calm.x - centre) / np.sqrt(0.5), (much.x - centre) / np.sqrt(3.3), atol=1e-5)
    else:
        assert np.allclose(2 * (some.x - calm.x), much.x - calm.x, atol=1e-5)


@pytest.mark.parametrize("name", sorted(set(TOYS) - REGRESSIONS))
@pytest.mark.parametrize("count", [7, 50])
def test_splits_are_balanced(name: str, count: int) -> None:
    data = load(DataSpec.model_validate({"name": name, "train": count, "validation": count, "test": count}))
    for split in ("train", "validation", "test"):
        per_class = np.bincount(data.labels(split), minlength=2)  # type: ignore[arg-type]
        assert np.ptp(per_class) <= 1


@pytest.mark.parametrize("name", TOYS)
def test_no_sample_is_in_two_splits(name: str) -> None:
    """A spiral at even steps would hold the same points twice if each split had its own."""
    data = load(DataSpec.model_validate({"name": name}))
    away_from_origin = data.x[np.abs(data.x).max(axis=1) > 0]
    assert len(np.unique(away_from_origin, axis=0)) == len(away_from_origin)


@pytest.mark.parametrize("name", ["spiral", "blobs", "gauss"])
@pytest.mark.parametrize("classes", range(2, 9))
def test_as_many_classes_as_wanted(name: str, classes: int) -> None:
    data = load(DataSpec.model_validate({"name": name, "classes": classes, "seed": 5}))
    assert set(data.y.tolist()) == set(range(classes))
    assert np.abs(data.x).max() < 8
    # A class is near its own: the nearest training sample tells the class of nearly every test sample.
    train, test = data.x[:250], data.x[500:]
    nearest = np.linalg.norm(test[:, None] - train[None], axis=2).argmin(axis=1)
    assert (data.y[:250][nearest] == data.y[500:]).mean() > 0.9


def test_circle_is_tensorflow_playgrounds() -> None:
    data = load(DataSpec(train=500, validation=500))
    r = np.hypot(*data.x.T)
    assert r[data.y == 1].max() < 2.5
    assert r[data.y == 0].min() > 3.5
    assert r.max() <= 5
    assert abs(r[data.y == 1].mean() - 1.25) < 0.06, "the radius, not the area, is uniform"


def test_xor_is_tensorflow_playgrounds() -> None:
    data = load(DataSpec(name="xor"))
    assert np.abs(data.x).min() >= 0.3
    assert np.abs(data.x).max() <= 5.3
    assert np.array_equal(data.y == 1, data.x[:, 0] * data.x[:, 1] > 0)
    quadrants = np.bincount((data.x[:, 0] > 0) + 2 * (data.x[:, 1] > 0))
    assert quadrants.min() > 140


def test_gauss_is_tensorflow_playgrounds() -> None:
    for noise, variance in ((0.0, 0.5), (0.5, 4.0)):
        data = load(DataSpec(name="gauss", noise=noise, train=5000, validation=0))
        for label, centre in ((1, 2), (0, -2)):
            mine = data.x[data.y == label]
            assert np.allclose(mine.mean(axis=0), centre, atol=0.15)
            assert np.allclose(mine.var(axis=0), variance, rtol=0.1)


def test_spiral_is_tensorflow_playgrounds() -> None:
    data = load(DataSpec(name="spiral"))
    seen, labels = data.x[:500].astype(float), data.y[:500]
    step = np.arange(250) / 250
    for label, start in ((1, 0.0), (0, np.pi)):
        angle = 1.75 * step * 2 * np.pi + start
        expected = (5 * step * np.array([np.sin(angle), np.cos(angle)])).T
        mine = seen[labels == label]
        mine = mine[np.hypot(*mine.T).argsort()]
        assert np.allclose(mine, expected, atol=1e-5)


def test_regressions_are_tensorflow_playgrounds() -> None:
    data = load(DataSpec.model_validate({"name": "plane"}))
    assert np.allclose(data.y, data.x.sum(axis=1) / 10, atol=1e-6)
    data = load(DataSpec.model_validate({"name": "multi_gauss", "train": 5000}))
    at_bump = np.hypot(data.x[:, 0] - 4, data.x[:, 1] - 2.5)
    assert np.allclose(data.y[at_bump < 1], 1 - at_bump[at_bump < 1] / 2, atol=1e-5)
    assert data.y[np.hypot(data.x[:, 0], data.x[:, 1] - 2.5) < 0.5].max() < -0.7
    assert (data.y[np.abs(data.x[:, 1]) < 0.4] == 0).all()


def test_features() -> None:
    data = load(DataSpec(inputs=get_args(InputName)))
    got = data.features(np.array([[2.0, -3.0]]))
    assert got.dtype == np.float32
    assert np.allclose(got, [[2, -3, 4, 9, -6, np.sin(2), np.sin(-3)]])


def test_empty_splits() -> None:
    data = load(DataSpec(name="spiral", train=1, validation=0, test=0))
    assert data.x.shape == (1, 2)
    assert data.inputs("test").shape == (0, 2)


def test_digits() -> None:
    data = load(DataSpec.model_validate({"name": "digits"}))
    assert data.x.shape == (1797, 8, 8, 1)
    assert data.x.min() == 0
    assert data.x.max() == 1
    part = load(DataSpec.model_validate({"name": "digits", "train": 100, "validation": 50, "test": 40}))
    assert np.array_equal(part.inputs("train"), data.x[:100])
    assert np.array_equal(part.inputs("test"), data.x[-40:])
    assert np.array_equal(part.inputs("validation"), data.x[-90:-40])
    noisy = load(DataSpec.model_validate({"name": "digits", "noise": 0.2}))
    assert noisy.x.min() == 0
    assert 0.05 < np.abs(noisy.x - data.x).mean() < 0.2


def test_mnist_rows(mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(mnist_folder))
    data = load(DataSpec.model_validate({"name": "mnist", "train": 300, "validation": 10, "test": 20}))
    assert data.x.shape == (330, 28, 28, 1)
    assert np.allclose(data.x[:300, 0, 0, 0], np.arange(300) % 256 / 255)
    assert np.allclose(data.x[300:310, 0, 0, 0], np.arange(59_990, 60_000) % 256 / 255)
    assert data.y[310:].tolist() == [i % 10 for i in range(20)]


@pytest.mark.parametrize(("name", "front"), [("mnist", 60_000), ("digits", 1797 - 100)])
def test_every_tenth_image_and_a_random_split_are_scikit_learns(
    name: str, front: int, mnist_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(mnist_folder))
    pool = np.arange(front)[::10]
    validation = len(pool) // 10
    chosen = {"name": name, "train": len(pool) - validation, "validation": validation, "test": 100, "every": 10}
    spec = DataSpec.model_validate({**chosen, "validation_seed": 4487})
    train, held = train_test_split(pool, test_size=validation, random_state=4487)
    one = SETS[name]
    assert isinstance(one, ImageSet)
    test = np.arange(100) + (60_000 if one.apart else front)
    np.testing.assert_array_equal(rows(spec, one), np.concatenate([train, held, test]))
    data = load(spec)
    np.testing.assert_array_equal(data.labels("validation"), one.read()[1][held])
    in_order = rows(spec.model_copy(update={"validation_seed": None}), one)
    np.testing.assert_array_equal(in_order[: len(pool)], pool)


@pytest.mark.parametrize("of", ["train", "train_validation"])
def test_the_mean_of_the_training_images_or_of_those_for_validation_too(of: str) -> None:
    whole = {"name": "digits", "train": 100, "validation": 50, "test": 20, "center": True, "center_of": of}
    data = load(DataSpec.model_validate(whole))
    assert data.mean is not None
    count = 150 if of == "train_validation" else 100
    np.testing.assert_allclose(data.mean, data.x[:count].mean(axis=0), atol=1e-6)


@pytest.mark.parametrize("center", [False, True])
def test_greys_as_they_are(center: bool) -> None:
    plain = {"name": "digits", "train": 100, "validation": 0, "test": 20, "center": center}
    scaled, raw = (load(DataSpec.model_validate({**plain, "scale": scale})) for scale in (True, False))
    assert raw.codes("train") is None
    np.testing.assert_allclose(raw.inputs("train"), 255 * scaled.inputs("train"), rtol=1e-6)
    assert raw.inputs("train").max() > 100


def test_columns_of_a_table_as_they_are(tmp_path: Path) -> None:
    rows = [f"{i % 7},{1000 + i % 5},{'ab'[i % 2]}" for i in range(60)]
    fields = save_table(tmp_path, "\n".join(["x1,x2,label", *rows]).encode()).data_fields()
    data = load(DataSpec.model_validate({**fields, "scale": False}), tmp_path)
    np.testing.assert_array_equal(data.inputs("train"), data.x[data.rows("train")])
    assert data.inputs("train").max() == 1004


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "moons", "scale": False}, "scale: moons is made between"),
        ({"name": "mnist", "train": 6_000, "validation": 1, "every": 10}, "every 10th of those for training is 6,000"),
        ({"name": "moons", "every": 2}, "every, validation_seed: only go with"),
        ({"name": "circle", "validation_seed": 1}, "every, validation_seed: only go with"),
    ],
)
def test_too_many_of_every_tenth_image(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        DataSpec.model_validate(fields)


def test_mnist_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    assert mnist.find() is None
    with pytest.raises(DataMissing, match=r"nothing/mnist\.npz.*nnviz data get mnist.*NNVIZ_DATA"):
        load(DataSpec.model_validate({"name": "mnist"}))


@pytest.mark.parametrize("content", [b"", b"no archive", "pickle", "shape"])
def test_mnist_that_is_something_else(content: bytes | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path))
    path = tmp_path / "mnist.npz"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "pickle":
        np.savez(path, **{name: np.array([{}]) for name in mnist.SHAPES})
    else:
        np.savez(path, **{name: np.zeros(3, np.uint8) for name in mnist.SHAPES})
    with pytest.raises(DataError, match=r"mnist\.npz"):
        load(DataSpec.model_validate({"name": "mnist"}))


@pytest.mark.usefixtures("mnist")
def test_real_mnist() -> None:
    data = load(DataSpec.model_validate({"name": "mnist"}))
    assert data.labels("train")[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert data.labels("test")[:5].tolist() == [7, 2, 1, 0, 4]
    assert abs(float(data.inputs("train").mean()) - 0.1307) < 1e-4


# --- images: turned copies, the mean, the cache -----------------------------------------------------------------------


def test_turned_copies_stand_behind_the_training_images() -> None:
    plain = load(DataSpec.model_validate({"name": "digits", "train": 90, "validation": 20, "test": 30}))
    spec = DataSpec.model_validate({"name": "digits", "train": 90, "validation": 20, "test": 30, "rotate": 25})
    data = load(spec)
    assert (data.n_train, data.n_validation, data.n_test) == (270, 20, 30) == (spec.training_samples, 20, 30)
    assert np.array_equal(data.inputs("train")[:90], plain.inputs("train"))
    for split in ("validation", "test"):
        assert np.array_equal(data.inputs(split), plain.inputs(split))  # type: ignore[arg-type]
        assert np.array_equal(data.labels(split), plain.labels(split))  # type: ignore[arg-type]
    for copies in (data.inputs("train")[90:180], data.inputs("train")[180:]):
        assert not np.array_equal(copies, plain.inputs("train"))
    assert np.array_equal(data.labels("train"), np.tile(plain.labels("train"), 3))
    assert np.array_equal(load(spec).x, data.x)
    assert not np.array_equal(load(spec.model_copy(update={"seed": 1})).x, data.x)


@pytest.mark.parametrize("rotate", [None, 25])
def test_centring_takes_the_training_images_mean(rotate: float | None) -> None:
    fields = {"name": "digits", "train": 500, "validation": 100, "test": 300, "rotate": rotate}
    plain = load(DataSpec.model_validate(fields))
    data = load(DataSpec.model_validate({**fields, "center": True}))
    assert plain.mean is None
    assert data.mean is not None
    assert (data.mean.shape, data.mean.dtype) == ((8, 8, 1), np.float32)
    assert np.allclose(data.mean, plain.x[:500].mean(axis=0), atol=1e-6)
    assert np.array_equal(data.x, plain.x), "what is drawn stays as it is"
    assert np.allclose(data.inputs("test"), plain.inputs("test") - data.mean)
    assert np.abs(data.inputs("train")[:500].mean(axis=0)).max() < 1e-6
    assert data.inputs("train").dtype == np.float32


def test_images_from_elsewhere_become_inputs() -> None:
    data = load(DataSpec.model_validate({"name": "digits", "center": True}))
    pixels = np.full((2, 8, 8, 1), 51, np.uint8)
    assert data.mean is not None
    assert np.allclose(data.as_inputs(pixels), 0.2 - data.mean)
    assert np.allclose(data.as_inputs(np.full((2, 8, 8, 1), 0.2, np.float32)), 0.2 - data.mean)


def test_own_images_are_shuffled_by_the_seed(tmp_path: Path) -> None:
    fields = own_images(tmp_path)
    assert (fields["train"], fields["validation"], fields["test"]) == (96, 0, 24)

    def pictures(data: Dataset, split: Any) -> list[int]:
        return (data.inputs(split)[:, 0, 0, 0] * 255).round().astype(int).tolist()

    whole = load(DataSpec.model_validate(fields), tmp_path)
    seen = pictures(whole, "train") + pictures(whole, "test")
    assert sorted(seen) == list(range(1, 121)) != seen
    assert [(picture - 1) % 3 for picture in seen] == whole.y.tolist()
    part = load(DataSpec.model_validate({**fields, "train": 50, "validation": 10}), tmp_path)
    assert pictures(part, "train") == seen[:50]
    assert pictures(part, "validation") == seen[86:96]
    assert pictures(part, "test") == seen[96:], "another number of training images leaves the test as it is"
    other = load(DataSpec.model_validate({**fields, "seed": 1}), tmp_path)
    assert pictures(other, "train") != seen[:96]


def test_own_images_that_do_not_fit_the_spec(tmp_path: Path) -> None:
    fields = own_images(tmp_path)
    with pytest.raises(DataError, match=r"data\.train: train 200 \+ .* = 224 images, but there are 120; for example"):
        load(DataSpec.model_validate({**fields, "train": 200}), tmp_path)
    with pytest.raises(DataError, match=r"data\.classes: 4, but there are 3 classes"):
        load(DataSpec.model_validate({**fields, "classes": 4}), tmp_path)
    with pytest.raises(DataError, match="home"):
        load(DataSpec.model_validate(fields))
    with pytest.raises(DataMissing, match="upload them again"):
        load(DataSpec.model_validate({**fields, "images": "0" * 64}), tmp_path)


def test_the_cache_keeps_the_two_sets_used_last(tmp_path: Path) -> None:
    def spec(**fields: Any) -> DataSpec:
        return DataSpec.model_validate({"name": "digits", **fields})

    cache = DataCache(load)
    first = cache.get(spec(train=10))
    cache.get(spec(train=11))
    assert cache.get(spec(train=10)) is first
    cache.get(spec(train=12))
    assert cache.get(spec(train=10)).x is first.x
    assert cached(spec(train=10)).x is cached(spec(train=10), None).x
    # The same pictures, whatever is made of them for a network.
    assert cache.get(spec(train=10, rotate=25, seed=7)).x is first.x
    centred = cache.get(spec(train=10, center=True))
    assert centred.x is first.x
    assert cache.get(spec(train=10, center=True)) is centred
    assert np.array_equal(centred.mean, load(spec(train=10, center=True)).mean)  # type: ignore[arg-type]
    assert first.mean is None
    cache.get(spec(train=13))
    cache.get(spec(train=14))
    assert cache.get(spec(train=10)).x is not first.x
    with pytest.raises(DataMissing):
        cache.get(DataSpec.model_validate({"name": "images", "images": "0" * 64}), tmp_path)


def test_the_cache_loads_once_for_all_who_wait() -> None:
    cache, found = DataCache(load), []
    barrier = threading.Barrier(8)

    def look() -> None:
        barrier.wait(20)
        found.append(cache.get(DataSpec.model_validate({"name": "digits"})).x)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(x) for x in found}) == 1


def test_digits_are_scikit_learns_and_need_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its import brings SciPy and pandas: seconds for the first visitor of the digits room."""
    code = (
        "import sys; from nnviz.data import load; from nnviz.spec import DataSpec;"
        "load(DataSpec(name='digits', train=1000, validation=0, test=100));"
        "print([name for name in ('sklearn', 'scipy', 'pandas') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout == "[]\n"
    ours = load(DataSpec.model_validate({"name": "digits"}))
    monkeypatch.setattr(digits, "FILE", Path("moved.csv.gz"))  # as another release of scikit-learn may have it
    theirs = load(DataSpec.model_validate({"name": "digits"}))
    np.testing.assert_array_equal(ours.x, theirs.x)
    np.testing.assert_array_equal(ours.y, theirs.y)
    assert ours.y.dtype == theirs.y.dtype


@pytest.mark.usefixtures("mnist")
def test_a_kept_mnist_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a zygote keeps, its children have: the same images as from the file, and not a copy where all are taken."""
    monkeypatch.setattr(mnist, "_kept", {})
    some = DataSpec(name="mnist", train=100, validation=50, test=20)
    read = load(some)
    assert mnist.keep()
    assert not mnist.keep()
    monkeypatch.setattr(mnist, "read_archive", lambda *_: pytest.fail("read again"))
    kept = load(some)
    np.testing.assert_array_equal(kept.values, read.values)
    np.testing.assert_array_equal(kept.y, read.y)
    whole = load(DataSpec(name="mnist", train=55_000, validation=5000, test=10_000))
    ((pictures, _),) = mnist._kept.values()
    assert np.shares_memory(whole.values, pictures)
    np.testing.assert_array_equal(whole.values[:100], kept.values[:100])
    np.testing.assert_array_equal(whole.inputs("validation")[-50:], kept.inputs("validation"))
    np.testing.assert_array_equal(whole.inputs("test", slice(20)), kept.inputs("test"))


def test_a_file_that_is_not_mnist_is_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NNVIZ_DATA", str(tmp_path))
    (tmp_path / "mnist.npz").write_bytes(b"no archive")
    assert not mnist.keep()
    with monkeypatch.context() as once:
        once.setattr(mnist, "read_archive", lambda *_: pytest.fail("tried again"))
        assert not mnist.keep()
    (tmp_path / "mnist.npz").unlink()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert not mnist.keep()
