"""read_photo.py: what is read in them, what is doubted, what gets a sentence."""

import re
import shutil

import numpy as np
import pytest
import read_photo
from person import ROOT, pictures, run_python
from PIL import Image
from scenes import load_digits, make_photos

from strokes import STROKES, WRITTEN_LETTERS, write

READ_PHOTO = ROOT / "beyond" / "read_photo.py"


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    """A folder with networks that were trained for one pass."""
    folder = tmp_path_factory.mktemp("photos")
    shutil.copytree(trained, folder / "models")
    return folder


@pytest.fixture(scope="module")
def networks(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return read_photo.load_readers()


def look(networks, sheet):
    """Returns what is read in a photo, and whether it is certain; None if refused."""
    try:
        digit = read_photo.find_one(sheet)
    except ValueError:
        return None, False
    _, probabilities = read_photo.read(networks, digit)
    doubt = read_photo.find_doubt(digit, probabilities, load_digits()[0])
    return probabilities[0].argmax(), not doubt


def test_photos_are_read_and_what_is_no_digit_is_doubted(networks):
    """Two of every kind, by networks of one pass; results/photos.py has many more."""
    made = make_photos(2, unseen=False)
    found = [(digit, *look(networks, sheet)) for _, digit, sheet in made]
    digits = [(digit, read, sure) for digit, read, sure in found if digit is not None]
    others = [sure for digit, _, sure in found if digit is None]
    assert len(digits) == 18 and len(others) == 8
    assert sum(digit == read for digit, read, _ in digits) >= 16
    assert sum(sure and digit != read for digit, read, sure in digits) <= 1
    assert sum(others) <= 2


@pytest.fixture(scope="module")
def photos(folder):
    """What read_photo.py makes of a folder of files, some of which are no digits."""
    Image.new("L", (400, 300), 240).save(folder / "empty.png")
    Image.new("L", (400, 300), 0).save(folder / "black.png")
    hatching = np.full((300, 400), 255, np.uint8)
    hatching[::7], hatching[:, ::7] = 0, 0
    Image.fromarray(hatching).save(folder / "hatched.png")
    (folder / "text.jpg").write_text("no picture")
    seven = Image.fromarray(write(STROKES[7][0], 180, 20, (0, 1))).convert("RGB")
    seven.save(folder / "seven.jpg")
    (folder / "cut.jpg").write_bytes((folder / "seven.jpg").read_bytes()[:1500])
    scan = write(STROKES[7][0], 180, 20, (1, 1)).astype(np.uint16) * 256
    Image.fromarray(scan).save(folder / "scan.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # as a phone that was held upright: to be turned clockwise
    seven.rotate(90, expand=True).save(folder / "turned.jpg", exif=exif)
    three = write(STROKES[3][0], 180, 20, (1, 0))
    for name, grey in {"clear": 0, "clear-white": 255}.items():
        clear = np.dstack([np.full((280, 280, 3), grey, np.uint8), 255 - three])
        Image.fromarray(clear).save(folder / f"{name}.png")
    Image.fromarray((three / 255).astype(np.float32)).save(folder / "floats.tif")
    Image.fromarray(three).resize((12000, 9000)).save(folder / "many-pixels.jpg")
    Image.new("1", (15000, 13000)).save(folder / "too-many.png")
    row = [write(STROKES[d][0], 180, 20, (0, 1)) for d in (1, 7, 4)]
    Image.fromarray(np.hstack(row)).save(folder / "row.png")
    letter = write(WRITTEN_LETTERS["M"][0], 180, 14, (0, 1))
    Image.fromarray(letter).save(folder / "letter.png")
    (folder / "phone.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0")
    files = sorted(path.name for path in folder.glob("*.*"))
    for path in "anna/3.png", "ben/3.png":
        (folder / path).parent.mkdir()
        Image.fromarray(three).save(folder / path)
        files.append(path)
    return run_python(READ_PHOTO, *files, "missing.png", "models", cwd=folder), folder


def test_photos_are_read(photos):
    result, folder = photos
    read = re.findall(
        r"(?m)^LeNet-5 reads (\d) \((\d+)%\), runner-up \d", result.stdout
    )
    # clear (twice), floats, hatched, letter, many-pixels, scan, seven, turned, and the
    # two of one name
    assert re.fullmatch("333..377733", "".join(digit for digit, _ in read))
    assert result.stdout.count("dense network reads") == 11
    doubts = re.findall(
        r"(?m)^(?:Not certain: .*|\w.*, as the networks get it:)$", result.stdout
    )
    for line, before in zip(doubts[1:], doubts):
        assert line.startswith("Not certain") == before.startswith(
            ("hatched.png", "letter.png")
        )
    del read[3:5]  # hatched, letter
    assert all(int(percent) >= 60 for _, percent in read)
    assert result.stdout.count("@" * 6) > 3
    mine = {f"read-{name}.png" for name in ("clear", "scan", "seven", "turned")}
    assert mine <= set(pictures(folder))


def test_what_is_no_digit_gets_a_sentence(photos):
    result, _ = photos
    assert result.returncode == 1
    said = [
        line for line in result.stderr.splitlines() if re.match(r"[a-z.-]+: ", line)
    ]
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


def test_two_photos_of_one_name_get_two_pictures(photos):
    result, folder = photos
    for path in "anna/3.png", "ben/3.png":
        assert f"\n{path}, as the networks get it:\n" in result.stdout
    assert {"read-3.png", "read-3-2.png"} <= set(pictures(folder))
