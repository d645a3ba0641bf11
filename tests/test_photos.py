"""Own handwriting: how it is prepared, what is read, photos."""

import re
import shutil

import numpy as np
import pytest
from handwriting import STROKES, sheet_of, write
from person import ROOT, pictures, run_python
from PIL import Image

from networks import load_networks
from as_mnist import as_mnist, light_on_dark, remove_paper
from step1 import load_mnist
from step2 import prepare

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
        return load_networks()


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
    picture = Image.fromarray(sheet)
    assert np.max(remove_paper(picture)) < 15
    with pytest.raises(ValueError, match="all paper or all ink"):
        as_mnist(sheet)
    sheet = sheet.copy()
    sheet[60:120, 90:100] //= 3
    assert as_mnist(sheet)[4:24].all(axis=0).sum() in (3, 4)


def test_ink_is_light_on_dark():
    (images, _), _ = load_mnist()
    for image in images[:200]:
        assert light_on_dark(Image.fromarray(image)) == Image.fromarray(image)
        assert light_on_dark(Image.fromarray(255 - image)) == Image.fromarray(image)


def sheet(grey):
    return np.full((300, 400), grey, np.uint8)


def hatched(_):
    hatching = sheet(255)
    hatching[::7], hatching[:, ::7] = 0, 0
    return hatching


NO_DIGIT = {"empty": sheet(240), "black": sheet(0), "hatched": hatched(None)}


@pytest.mark.parametrize("name", NO_DIGIT)
def test_no_digit(name):
    with pytest.raises(ValueError, match="^no digit found, "):
        as_mnist(NO_DIGIT[name])


# What is read


def errors(network, images, labels):
    """Returns how many images the network gets wrong."""
    probabilities = network.predict(prepare(np.stack(images)), verbose=0)
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


# Photos


@pytest.fixture(scope="module")
def photos(folder):
    """What read_photo.py makes of a folder of files, some of which are no digits."""
    for name, image in NO_DIGIT.items():
        Image.fromarray(image).save(folder / f"{name}.png")
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
    clear = np.dstack([np.zeros((280, 280, 3), np.uint8), 255 - three])
    Image.fromarray(clear).save(folder / "clear.png")
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
    # clear, scan, seven, turned, and the two of one name
    assert "".join(digit for digit, _ in read) == "377733"
    assert all(int(percent) > 60 for _, percent in read)
    assert result.stdout.count("dense network reads") == 6
    assert result.stdout.count("@" * 6) > 3
    mine = {f"read-{name}.png" for name in ("clear", "scan", "seven", "turned")}
    assert mine <= set(pictures(folder))


def test_what_is_no_digit_gets_a_sentence(photos):
    result, _ = photos
    assert result.returncode == 1
    said = [line for line in result.stderr.splitlines() if re.match(r"[a-z.]+: ", line)]
    assert said == [
        "black.png: no digit found, it is all paper or all ink",
        "cut.jpg: no picture that Pillow can read",
        "empty.png: no digit found, it is all paper or all ink",
        "hatched.png: no digit found, there is ink all over",
        "phone.jpg: HEIC, which Pillow cannot read: save it as JPEG or PNG",
        "text.jpg: no picture that Pillow can read",
        "missing.png: No such file or directory",
        "models: Is a directory",
    ]
    assert "Traceback" not in result.stderr


def test_two_photos_of_one_name_get_two_pictures(photos):
    result, folder = photos
    for path in "anna/3.png", "ben/3.png":
        assert f"\n{path}, as the networks get it:\n" in result.stdout
    assert {"read-3.png", "read-3-2.png"} <= set(pictures(folder))
