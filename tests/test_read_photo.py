"""read_photo.py: what is read in them, what is doubted, what gets a sentence."""

import re
import shutil

import numpy as np
import pytest
from networks import load_networks
from person import ROOT, pictures, run_python
from PIL import Image
from photos import measure

from strokes import STROKES, WRITTEN_LETTERS, write

READ_PHOTO = ROOT / "beyond" / "read_photo.py"


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    """A folder with networks that were trained for two passes."""
    folder = tmp_path_factory.mktemp("photos")
    shutil.copytree(trained, folder / "models")
    return folder


def test_photos_are_read_and_what_is_no_digit_is_doubted(folder, monkeypatch):
    """Two of every kind, by networks of two passes; results/photos.py has many more."""
    monkeypatch.chdir(folder)
    counts = measure(load_networks(), each=2, unseen=False)
    digits, others = counts["all with a digit"], counts["all without a digit"]
    assert digits["number"] == 16 and others["number"] == 8
    assert digits["read"] >= 14 and digits["wrong"] <= 1
    assert others["wrong"] <= 2


@pytest.fixture(scope="module")
def result(folder):
    """What read_photo.py makes of files, some of which are no photos of a digit."""
    three, seven = (write(STROKES[d][0], 180, 20, (0, 1)) for d in (3, 7))
    hatching = np.full((300, 400), 255, np.uint8)
    hatching[::7], hatching[:, ::7] = 0, 0
    opacity, black = 255 - three, np.zeros((280, 280, 3), np.uint8)
    pictures = {
        "empty.png": np.full((300, 400), 240, np.uint8),
        "black.png": black,
        "hatched.png": hatching,
        "seven.jpg": np.dstack([seven] * 3),
        "scan.png": seven.astype(np.uint16) * 256,
        "clear.png": np.dstack([black, opacity]),
        "clear-white.png": np.dstack([black + 255, opacity]),
        "floats.tif": (three / 255).astype(np.float32),
        "many-pixels.jpg": np.asarray(Image.fromarray(three).resize((12000, 9000))),
        "row.png": np.hstack(
            [write(STROKES[d][0], 180, 20, (0, 1)) for d in (1, 7, 4)]
        ),
        "letter.png": write(WRITTEN_LETTERS["M"][0], 180, 14, (0, 1)),
        "anna/3.png": three,
        "ben/3.png": three,
    }
    for path in folder / "anna", folder / "ben":
        path.mkdir()
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(folder / name)
    exif = Image.Exif()
    exif[0x0112] = 6  # as a phone that was held upright: to be turned clockwise
    turned = Image.fromarray(seven).rotate(90, expand=True)
    turned.save(folder / "turned.jpg", exif=exif)
    Image.new("1", (15000, 13000)).save(folder / "too-many.png")
    (folder / "text.jpg").write_text("no picture")
    (folder / "cut.jpg").write_bytes((folder / "seven.jpg").read_bytes()[:1500])
    (folder / "phone.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0")
    files = sorted(path.name for path in folder.glob("*.*"))
    files += ["anna/3.png", "ben/3.png", "missing.png", "models"]
    return run_python(READ_PHOTO, *files, cwd=folder)


THREES = "anna/3 ben/3 clear clear-white floats many-pixels"
SEVENS = "scan seven turned"


def test_what_is_read(result, folder):
    _, *parts = re.split(r"(?m)^(\S+)\.\w+, as the networks get it:$", result.stdout)
    read = {}
    for name, text in zip(parts[::2], parts[1::2]):
        found = re.search(r"(?m)^LeNet-5 reads (\d) \((\d+)%\), runner-up \d", text)
        assert "dense network reads" in text and "@@@@" in text
        if name in ("hatched", "letter"):
            assert "\nNot certain: " in text
        else:
            assert "Not certain" not in text and int(found[2]) >= 60
            read[name] = found[1]
    threes, sevens = dict.fromkeys(THREES.split(), "3"), dict.fromkeys(
        SEVENS.split(), "7"
    )
    assert read == threes | sevens and len(parts) == 22
    names = "clear", "scan", "seven", "turned", "3", "3-2"
    assert {f"read-{name}.png" for name in names} <= set(pictures(folder))


def test_what_is_no_digit_gets_a_sentence(result):
    assert result.returncode == 1
    said = re.findall(r"(?m)^[a-z.-]+: .*", result.stderr)
    assert said == [
        "black.png: no digit found, it is all paper, all ink, or too faint",
        "cut.jpg: no picture that Pillow can read",
        "empty.png: no digit found, it is all paper, all ink, or too faint",
        "phone.jpg: HEIC, which Pillow cannot read: save it as JPEG or PNG",
        "row.png: 3 shapes: one digit in each photo, please",
        "text.jpg: no picture that Pillow can read",
        "too-many.png: more than 178,956,970 pixels: make it smaller",
        "missing.png: No such file or directory",
        "models: Is a directory",
    ]
    assert "Traceback" not in result.stderr and "Warning" not in result.stderr
