"""Page 9: what lies ready to read pictures, and to train on them."""

import sys

import numpy as np
import pytest
import shapes
from common import lay_scripts
from pages import ready
from PIL import Image


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """A folder with the scripts of the lesson, from which they are imported."""
    folder = tmp_path_factory.mktemp("lesson")
    lay_scripts(folder, {"EACH = 600  # pictures of each shape": "EACH = 12"})
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder
    for script in ready():
        sys.modules.pop(script.removesuffix(".py"), None)


@pytest.fixture
def load_sets(lesson, tmp_path, monkeypatch):
    """The function of page 9, for a folder `photos` where it runs."""
    import folders

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(folders, "FOLDER", "photos")
    return folders.load_sets


def save(path, size=(30, 20), colour=(250, 120, 10), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, **options)


def test_photos_of_all_kinds(load_sets, tmp_path, capsys):
    photos = tmp_path / "photos"
    for number in range(4):
        save(photos / "dog" / f"{number}.png")
    for ending in "jpg", "JPEG", "webp", "gif", "bmp":
        save(photos / "cat" / f"a.{ending}")
    Image.new("RGBA", (5, 5)).save(photos / "cat" / "transparent.png")
    Image.new("L", (200, 9)).save(photos / "cat" / "grey.png")
    save(photos / "__MACOSX" / "cat" / "a.jpg")
    (photos / "readme.txt").write_text("about")
    (photos / "nothing in it").mkdir()
    for name in "cat/._a.jpg", "cat/.DS_Store":
        (photos / name).write_bytes(b"something")
    (photos / "cat" / "empty.jpg").touch()
    (photos / "cat" / "phone.HEIC").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0")
    whole = (photos / "cat" / "a.jpg").read_bytes()
    (photos / "cat" / "torn.jpg").write_bytes(whole[: len(whole) // 2])

    (images, labels), (others, other_labels), names = load_sets()
    assert names == ["cat", "dog"]
    assert images.shape == (9, 64, 64, 3) and images.dtype == np.uint8
    assert len(others) == len(other_labels) == 2
    counts = np.bincount(np.concatenate([labels, other_labels]))
    assert counts.tolist() == [7, 4]
    cat = photos.relative_to(tmp_path) / "cat"
    assert capsys.readouterr().out.splitlines() == [
        f"{cat / 'empty.jpg'} is empty",
        f"{cat / 'phone.HEIC'} does not open (a HEIC? save it as JPEG)",
        f"{cat / 'torn.jpg'} does not open (a HEIC? save it as JPEG)",
        "11 pictures of 2 classes",
    ]


def test_a_picture_is_upright_and_padded(load_sets, tmp_path):
    from folders import open_picture

    save(tmp_path / "wide.png", size=(128, 32))
    picture = open_picture(tmp_path / "wide.png")
    assert (picture[24:40] == (250, 120, 10)).all()  # 64x16, and a frame around it
    assert not picture[:24].any() and not picture[40:].any()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    save(tmp_path / "turned.png", size=(128, 32), exif=exif)
    turned = open_picture(tmp_path / "turned.png")
    assert (turned == picture.swapaxes(0, 1)).all()


@pytest.mark.parametrize("count", [0, 4])
def test_too_few_pictures(count, load_sets, tmp_path):
    (tmp_path / "photos" / "cat").mkdir(parents=True)
    for number in range(count):
        save(tmp_path / "photos" / "cat" / f"{number}.png")
    with pytest.raises(
        SystemExit, match="photos: too few pictures in folders of their"
    ):
        load_sets()


def test_shapes_of_all_kinds(lesson, monkeypatch, capsys):
    monkeypatch.chdir(lesson)
    exec((lesson / "write_pictures.py").read_text("utf-8"), {})
    import folders

    (images, labels), (others, _), names = folders.load_sets()
    assert len(names) == 10 and len(images) == 96 and len(others) == 24
    assert set(labels) == set(range(10))
    assert len(np.unique(images, axis=0)) == 96
    said, counted = capsys.readouterr().out.splitlines()
    assert said == (
        "120 pictures saved in ten folders: pictures/arrow to pictures/triangle"
    )
    assert counted == "120 pictures of 10 classes"


def test_a_network_for_photos(lesson):
    """With weights of chance, since those of ImageNet are on the internet."""
    from my_photos import build_for_photos

    pictures = np.random.default_rng(0).integers(256, size=(8, 160, 160, 3))
    model = build_for_photos(3, weights=None)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    before = [weight.numpy() for weight in model.non_trainable_weights[:5]]
    model.fit(pictures, np.arange(8) % 3, verbose=0)
    kernel, bias = model.trainable_weights
    assert kernel.shape == (1280, 3) and np.abs(bias).min() > 0  # it has learned
    for weight, kept in zip(model.non_trainable_weights, before):
        assert (weight.numpy() == kept).all()
    probabilities = model.predict(pictures, verbose=0)
    assert np.allclose(probabilities.sum(axis=1), 1)


@pytest.mark.slow
def test_the_table(lesson, monkeypatch, capsys):
    random = np.random.default_rng(0)
    pictures = random.integers(256, size=(64, 64, 64, 3), dtype=np.uint8)
    labels = np.arange(64) % 10
    for name, (build, options) in shapes.networks().items():
        once = {**options, "passes": 1}
        train_set, others = (pictures, labels), (pictures[:20], labels[:20])
        shapes.measure(name, build, once, train_set, others, 10)
    rows = capsys.readouterr().out.splitlines()
    assert [row.split(" | ")[0] for row in rows] == [
        f"| {name}" for name in shapes.networks()
    ]
    for row in rows:
        assert row.count("%") == 2 and row.count("|") == 7
