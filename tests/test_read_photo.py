"""read_photo.py: what is read in them, what is doubted, what gets a sentence."""

import errno
import os
import re
import shutil
import sys

import numpy as np
import pytest
from networks import load_networks
from person import ROOT, needs_full_disk, pictures, run_python
from PIL import Image, ImageDraw
from photos import measure
from read_photo import read_sheet
from step1 import load_mnist

from find_digits import find_shapes
from strokes import STROKES, WRITTEN_LETTERS, write

READ_PHOTO = ROOT / "beyond" / "read_photo.py"


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    """A folder with trained networks."""
    folder = tmp_path_factory.mktemp("photos")
    shutil.copytree(trained, folder / "models")
    return folder


QUICK = ["pencil", "squared paper", "a note on a desk", "a box around it", "underlined"]
QUICK += [
    "coloured ink and paper",
    "a 4, in two strokes",
    "a number",
    "a sign",
    "a blob",
]


def test_photos_are_read_and_what_is_no_digit_is_doubted(folder, monkeypatch):
    """Two of some kinds; results/photos.py has many more."""
    monkeypatch.chdir(folder)
    counts = measure(load_networks(), each=2, unseen=False, kinds=QUICK)
    digits, others = counts["all with digits"], counts["all without a digit"]
    assert digits["number"] == 16 and others["number"] == 4
    assert digits["read"] >= 14 and digits["wrong"] <= 1
    assert others["wrong"] <= 1


def thin_line(size, pen):
    """Returns a white sheet, with a 3 in a thin line."""
    sheet = Image.new("L", (size, size * 3 // 4), "white")
    draw = ImageDraw.Draw(sheet)
    for stroke in STROKES[3][0]:
        points = [(size * (0.4 + x / 6), size * (0.2 + y / 6)) for x, y in stroke]
        draw.line(points, fill=60, width=pen)
    return np.asarray(sheet)


@pytest.fixture(scope="module")
def result(folder):
    """What read_photo.py makes of files, some of which are no photos of a digit."""
    digits = [write(ways[0], 180, 20, (0, 1)) for ways in STROKES.values()]
    three, seven = digits[3], digits[7]
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
        "row.png": np.hstack([digits[d] for d in (2, 0, 2, 6)]),
        "lines.png": np.vstack(
            [np.hstack([digits[d] for d in row]) for row in [(1, 7, 4), (5, 3, 8)]]
        ),
        "thin.png": thin_line(1152, 1),
        "thin-a4.jpg": thin_line(4000, 4),
        "fax.png": thin_line(1700, 12) > 128,
        "red.png": np.where(
            three[..., np.newaxis] < 128, np.uint8([255, 10, 10]), np.uint8([0, 150, 0])
        ),
        "letter.png": write(WRITTEN_LETTERS["R"][0], 180, 14, (0, 1)),
        "m.png": write(WRITTEN_LETTERS["M"][0], 180, 14, (0, 1)),
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
    empty = Image.new("L", (280, 280), "white")
    empty.save(
        folder / "pages.tif", save_all=True, append_images=[Image.fromarray(seven)]
    )
    (folder / "paper.pdf").write_bytes(b"%PDF-1.4")
    shutil.copy(folder / "seven.jpg", folder / ("l" * 247 + ".jpg"))
    shutil.copy(folder / "seven.jpg", folder / "5_\u270d\ufe0f.jpg")
    (folder / "phone.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0")
    files = sorted(path.name for path in folder.glob("*.*"))
    files += ["anna/3.png", "ben/3.png", "missing.png", "models"]
    return run_python(READ_PHOTO, *files, cwd=folder, PYTHONIOENCODING="ascii")


THREES = "anna/3 ben/3 clear clear-white fax floats many-pixels red thin thin-a4"
SEVENS = "5_\\u270d\\ufe0f pages scan seven turned"


def test_what_is_read(result, folder):
    _, *parts = re.split(r"(?m)^(\S+)\.\w+, as the networks get it:$", result.stdout)
    read = {}
    for name, text in zip(parts[::2], parts[1::2]):
        found = re.search(r"(?m)^LeNet-5 reads (\d) \((\d+)%\), runner-up \d", text)
        assert "dense network reads" in text and "@@@@" in text
        if name in ("letter", "m"):
            assert "\nNot certain: " in text
        else:
            # a line of one pixel is made thicker, but its corners stay
            assert "Not certain" not in text or name == "thin"
            assert int(found[2]) >= 60
            read[name] = found[1]
    threes = dict.fromkeys(THREES.split(), "3")
    sevens = dict.fromkeys([*SEVENS.split(), "l" * 247], "7")
    assert read == threes | sevens
    names = "clear", "scan", "seven", "turned", "3", "3-2", "l" * 100
    assert {f"read-{name}.png" for name in names} <= set(pictures(folder))


def form():
    """Returns a sheet, with a 3 in one of four boxes in a row, turned a little."""
    sheet = Image.new("L", (1000, 600), 230)
    draw = ImageDraw.Draw(sheet)
    for left in range(200, 800, 150):
        draw.rectangle([left, 200, left + 150, 400], outline=120, width=3)
    for stroke in STROKES[3][0]:
        points = [(380 + 90 * x, 230 + 140 * y) for x, y in stroke]
        draw.line(points, fill=20, width=8, joint="curve")
    return np.asarray(sheet.rotate(3, Image.Resampling.BICUBIC, fillcolor=230))


def sheet_on_a_desk():
    """Returns a sheet, with a 3, that lies askew on something darker."""
    sheet = Image.new("L", (900, 1200), 230)
    sheet.paste(Image.fromarray(write(STROKES[3][0], 100, 6, (0, 0))), (300, 400))
    mask = Image.new("L", sheet.size, 255).rotate(4, expand=True)
    desk = Image.new("L", (1100, 1400), 90)
    desk.paste(sheet.rotate(4, Image.Resampling.BICUBIC, expand=True), (60, 60), mask)
    return np.asarray(desk)


@pytest.mark.parametrize("sheet", [form(), sheet_on_a_desk()])
def test_only_the_digit_is_found(sheet):
    """No line of a box, and no edge of the sheet."""
    shapes, _ = find_shapes(sheet)
    assert len(shapes) == 1
    left, top, right, bottom = shapes[0].box
    assert 1.2 < (bottom - top) / (right - left) < 2.2


@pytest.mark.parametrize("digits", [(1, 1, 7, 4), (2, 1, 1, 1)])
def test_stems_are_no_ruled_lines(digits):
    """On a strip, they are as long as it is high."""
    strip = np.hstack([write(STROKES[d][0], 240, 12, (0, 0)) for d in digits])
    shapes, _ = find_shapes(strip)
    assert len(shapes) == 4
    assert all(bottom - top > 200 for _, top, _, bottom in (s.box for s in shapes))


def test_many_lines_are_no_number(folder, monkeypatch):
    monkeypatch.chdir(folder)
    bars = np.full((300, 500), 230, np.uint8)
    bars[100:160, 80:480:80] = bars[100:160, 81:480:80] = 30
    (line,), _ = read_sheet(bars, load_networks(), load_mnist()[0])
    assert {reading.doubt for reading in line} == {"so many 1s may be lines"}


def test_numbers_are_read_line_by_line(result):
    assert "\nrow.png: 2026\nPicture saved: figures/read-row.png\n" in result.stdout
    assert "\nlines.png:\n1 74\n538\nPicture saved: " in result.stdout


def test_what_is_no_digit_gets_a_sentence(result):
    no_file = errno.EACCES if sys.platform == "win32" else errno.EISDIR
    assert result.returncode == 1
    said = re.findall(r"(?m)^[a-z.-]+: .*", result.stderr)
    assert said == [
        "black.png: no digit found, it is all paper, all ink, or too faint",
        "cut.jpg: no picture that Pillow can read",
        "empty.png: no digit found, it is all paper, all ink, or too faint",
        "hatched.png: no digit found, it is all paper, all ink, or too faint",
        "paper.pdf: PDF, which Pillow cannot read: save it as JPEG or PNG",
        "phone.jpg: HEIC, which Pillow cannot read: save it as JPEG or PNG",
        "text.jpg: no picture that Pillow can read",
        "too-many.png: more than 178,956,970 pixels: make it smaller",
        "missing.png: No such file or directory",
        f"models: {os.strerror(no_file)}",
    ]
    assert "Traceback" not in result.stderr and "Warning" not in result.stderr


@needs_full_disk
def test_a_full_disk_gets_a_sentence_and_leaves_no_half_picture(folder, tmp_path):
    shutil.copytree(folder / "models", tmp_path / "models")
    three, seven = (write(STROKES[d][0], 180, 20, (0, 1)) for d in (3, 7))
    for name, pixels in {"three": three, "seven": seven}.items():
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "read-three.png.part").symlink_to("/dev/full")
    result = run_python(READ_PHOTO, "three.png", "seven.png", cwd=tmp_path)
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert (
        "three.png: figures/read-three.png cannot be saved: No space" in result.stderr
    )
    assert pictures(tmp_path) == ["read-seven.png"]
