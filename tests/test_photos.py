"""Own handwriting: how it is prepared, what is read, what is doubted, photos."""

import re
import shutil

import numpy as np
import photos as made
import pytest
import read_photo
from handwriting import sheet_of
from person import ROOT, pictures, run_python
from PIL import Image

from as_mnist import as_mnist, count_shapes, find_digit
from step1 import load_mnist
from step2 import prepare
from strokes import STROKES, write

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


def centre_of_mass(image):
    rows, columns = np.indices(image.shape)
    return [(rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()]


# The image


@pytest.mark.parametrize("paper, ink", [(230, 40), (20, 250), (210, 150)])
@pytest.mark.parametrize("top, left", [(0, 0), (5, 380), (190, 3), (110, 200)])
def test_a_bar_is_laid_in_the_middle(paper, ink, top, left):
    sheet = np.full((300, 400), paper, np.uint8)
    sheet[top : top + 100, left : left + 15] = ink
    image = as_mnist(sheet)
    assert (image.shape, image.dtype) == ((28, 28), np.uint8)
    assert centre_of_mass(image) == pytest.approx([14, 14], abs=0.5)
    # 100 to 15 is 20 to 3
    assert (image.any(axis=1).sum(), image.any(axis=0).sum()) == (20, 3)
    assert image.max() == 255


def test_the_centre_of_mass_is_not_that_of_the_box():
    sheet = np.full((280, 280), 255, np.uint8)
    sheet[40:80, 40:140] = 0  # the head of a T
    sheet[80:140, 80:100] = 0
    image = as_mnist(sheet)
    assert centre_of_mass(image) == pytest.approx([14, 14], abs=0.5)
    rows = np.flatnonzero(image.any(axis=1))
    # 0.2 pixels for each: 20 rows, whose mass is (4000 * 20 + 1200 * 70) / 5200 = 31.5
    # from the top of 100, which is 6.3 of 20; and 14 + 0.5 - 6.3 = 8.2
    assert (rows[0], rows[-1]) == (8, 27)


@pytest.mark.parametrize("axis", [0, 1])
def test_light_that_falls_off_is_no_ink(axis):
    light = np.linspace(120, 240, 200).astype(np.uint8)
    sheet = np.tile(light, (200, 1)) if axis else np.tile(light, (200, 1)).T
    with pytest.raises(ValueError, match="all paper, all ink"):
        as_mnist(sheet)
    sheet = sheet.copy()
    sheet[60:120, 90:100] //= 3
    image = as_mnist(sheet)
    assert image.any(axis=1).sum() == 20 and image.any(axis=0).sum() in (3, 4)


def test_dark_on_light_is_as_light_on_dark():
    (images, _), _ = load_mnist()
    for image in images[:200]:
        assert np.array_equal(as_mnist(image), as_mnist(255 - image))


def size_of(ink):
    """Returns width and height of the smallest box with all ink in it."""
    left, top, right, bottom = ink.getbbox()
    return right - left, bottom - top


BAR = 60, 150, 130, 145  # first and last row, first and last column
AROUND = {
    "dirt": (np.s_[200:206, 300:306], 60),
    "a strip of desk": (np.s_[:, 340:], 40),
    "a dark desk around a note": (np.s_[:], 40),
    "a margin line": (np.s_[:, 50:53], 80),
    "ruled paper": (np.s_[5::24], 170),
    "a sharp shadow": (np.s_[:, 200:], 130),
}


@pytest.mark.parametrize("name", AROUND)
def test_what_is_not_the_digit_goes(name):
    top, bottom, left, right = BAR
    place, grey = AROUND[name]
    photo = sheet(230)
    photo[place] = grey
    if name == "a dark desk around a note":
        photo[20:280, 30:370] = 230
    photo[top:bottom, left:right] = 30
    ink = find_digit(photo)
    # half as large: 400x300 pixels become 200x150
    assert size_of(ink) == pytest.approx(
        ((right - left) / 2, (bottom - top) / 2), abs=1.5
    )
    assert count_shapes(ink) == 1


def test_a_digit_at_the_frame_is_one_if_there_is_nothing_else():
    photo = sheet(230)
    photo[100:, 150:170] = 30
    assert size_of(find_digit(photo)) == pytest.approx((10, 100), abs=1.5)


def sheet(grey):
    return np.full((300, 400), grey, np.uint8)


NO_DIGIT = {"empty": sheet(240), "black": sheet(0)}


@pytest.mark.parametrize("name", NO_DIGIT)
def test_no_digit(name):
    with pytest.raises(ValueError, match="^no digit found, "):
        as_mnist(NO_DIGIT[name])


# What is read


def errors(network, images, labels):
    """Returns how many images LeNet-5 gets wrong."""
    *_, probabilities = network.predict(prepare(np.stack(images)), verbose=0)
    return (probabilities.argmax(axis=1) != labels).sum()


def test_mnist_stays_nearly_as_it_is(networks):
    _, (images, labels) = load_mnist()
    images, labels = images[:1000], labels[:1000]
    again = [as_mnist(image) for image in images]
    assert errors(networks[0], again, labels) <= errors(networks[0], images, labels) + 4


def test_sheets(networks):
    _, (images, labels) = load_mnist()
    sheets = [
        sheet_of(image, np.random.default_rng(i))
        for i, image in enumerate(images[:100])
    ]
    assert errors(networks[0], [as_mnist(s) for s in sheets], labels[:100]) <= 6
    resized = [np.asarray(Image.fromarray(s).resize((28, 28))) for s in sheets]
    assert errors(networks[0], resized, labels[:100]) > 60


@pytest.mark.parametrize("corner", [(0, 0), (1, 1)])
@pytest.mark.parametrize("height, pen", [(100, 8), (100, 20), (240, 20)])
def test_all_ten_as_one_learns_them(height, pen, corner, networks):
    images = [
        as_mnist(write(ways[0], height, pen, corner)) for ways in STROKES.values()
    ]
    assert errors(networks[0], images, np.arange(10)) == 0


def look(networks, sheet):
    """Returns what is read in a photo, and whether it is certain; None if refused."""
    try:
        digit = read_photo.find_one(sheet)
    except ValueError:
        return None, False
    _, probabilities = read_photo.read(networks, digit)
    return probabilities[0].argmax(), not read_photo.find_doubt(
        digit, probabilities, made.load_digits()[0]
    )


def test_photos_are_read_and_what_is_no_digit_is_doubted(networks, monkeypatch):
    """Two of every kind, by networks of one pass; results/photos.py has many more."""
    monkeypatch.setattr(made, "EACH", 2)
    found = [
        (digit, *look(networks, sheet)) for _, digit, sheet in made.make_photos(False)
    ]
    digits = [(digit, read, sure) for digit, read, sure in found if digit is not None]
    others = [sure for digit, _, sure in found if digit is None]
    assert len(digits) == 28 and len(others) == 8
    assert sum(digit == read for digit, read, _ in digits) >= 24
    assert sum(sure and digit != read for digit, read, sure in digits) <= 1
    assert sum(others) <= 2


# Photos


@pytest.fixture(scope="module")
def photos(folder):
    """What read_photo.py makes of a folder of files, some of which are no digits."""
    for name, image in NO_DIGIT.items():
        Image.fromarray(image).save(folder / f"{name}.png")
    hatching = sheet(255)
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
    letter = write(made.WRITTEN_LETTERS["M"][0], 180, 14, (0, 1))
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
