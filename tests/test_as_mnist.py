"""The digit in a picture: how it is found, and prepared like those of MNIST."""

import numpy as np
import pytest
from PIL import Image
from scenes import sheet_of

from as_mnist import as_mnist
from find_digits import find_shapes
from step1 import load_mnist
from step2 import prepare
from strokes import STROKES, write


@pytest.fixture(scope="module")
def lenet5(trained):
    """LeNet-5, as it is in the page that is here."""
    import keras

    return keras.models.load_model(trained / "lenet5-relu-max.keras")


def sheet(grey):
    return np.full((300, 400), grey, np.uint8)


def centre_of_mass(image):
    rows, columns = np.indices(image.shape)
    return [(rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()]


# The image


@pytest.mark.parametrize("paper, ink", [(230, 40), (20, 250), (210, 150)])
@pytest.mark.parametrize("top, left", [(0, 0), (5, 380), (190, 3), (110, 200)])
def test_a_bar_is_laid_in_the_middle(paper, ink, top, left):
    photo = sheet(paper)
    photo[top : top + 100, left : left + 15] = ink
    image = as_mnist(photo)
    assert (image.shape, image.dtype) == ((28, 28), np.uint8)
    assert centre_of_mass(image) == pytest.approx([14, 14], abs=0.5)
    # 100 to 15 is 20 to 3
    assert (image.any(axis=1).sum(), image.any(axis=0).sum()) == (20, 3)
    assert image.max() == 255


def test_the_centre_of_mass_is_not_that_of_the_box():
    photo = sheet(255)
    photo[40:80, 40:140] = 0  # the head of a T
    photo[80:140, 80:100] = 0
    image = as_mnist(photo)
    assert centre_of_mass(image) == pytest.approx([14, 14], abs=0.5)
    rows = np.flatnonzero(image.any(axis=1))
    # 0.2 pixels for each: 20 rows, whose mass is (4000 * 20 + 1200 * 70) / 5200 = 31.5
    # from the top of 100, which is 6.3 of 20; and 14 + 0.5 - 6.3 = 8.2
    assert (rows[0], rows[-1]) == (8, 27)


@pytest.mark.parametrize("axis", [0, 1])
def test_light_that_falls_off_is_no_ink(axis):
    light = np.linspace(120, 240, 200).astype(np.uint8)
    photo = np.expand_dims(light, axis).repeat(200, axis)
    with pytest.raises(ValueError, match="all paper, all ink"):
        as_mnist(photo)
    photo[60:120, 90:100] //= 3
    image = as_mnist(photo)
    assert image.any(axis=1).sum() == 20 and image.any(axis=0).sum() in (3, 4)


def test_dark_on_light_is_as_light_on_dark():
    (images, _), _ = load_mnist()
    for image in images[:200]:
        assert np.array_equal(as_mnist(image), as_mnist(255 - image))


def size_of(shape):
    left, top, right, bottom = shape.box
    return right - left, bottom - top


@pytest.mark.parametrize(
    "around",
    [
        [(np.s_[200:206, 300:306], 60)],  # dirt
        [(np.s_[:, 340:], 40)],  # a strip of desk
        [(np.s_[:], 40), (np.s_[20:280, 30:370], 230)],  # a dark desk around a note
        [(np.s_[:, 50:53], 80)],  # a margin line
        [(np.s_[5::24], 170)],  # ruled paper
        [(np.s_[:, 200:], 130)],  # a sharp shadow
    ],
)
def test_what_is_not_the_digit_goes(around):
    photo = sheet(230)
    for place, grey in [*around, (np.s_[60:150, 130:145], 30)]:
        photo[place] = grey
    shapes, _ = find_shapes(photo)
    assert len(shapes) == 1 and size_of(shapes[0]) == pytest.approx((15, 90), abs=3)


def test_a_digit_at_the_frame_is_one_if_there_is_nothing_else():
    photo = sheet(230)
    photo[100:, 150:170] = 30
    (shape,), _ = find_shapes(photo)
    assert size_of(shape) == pytest.approx((20, 200), abs=3)


@pytest.mark.parametrize("grey", [240, 0])  # empty, black
def test_no_digit(grey):
    with pytest.raises(ValueError, match="^no digit found, "):
        as_mnist(sheet(grey))


# What is read


def errors(lenet5, images, labels):
    """Returns how many images LeNet-5 gets wrong."""
    probabilities = lenet5.predict(prepare(np.stack([*images])), verbose=0)
    return (probabilities.argmax(axis=1) != labels).sum()


def test_mnist_stays_nearly_as_it_is(lenet5):
    _, (images, labels) = load_mnist()
    images, labels = images[:1000], labels[:1000]
    again = map(as_mnist, images)
    assert errors(lenet5, again, labels) <= errors(lenet5, images, labels) + 4


def test_sheets(lenet5):
    _, (images, labels) = load_mnist()
    rng = np.random.default_rng(0)
    sheets = [sheet_of(image, rng) for image in images[:100]]
    assert errors(lenet5, map(as_mnist, sheets), labels[:100]) <= 6
    resized = [np.asarray(Image.fromarray(s).resize((28, 28))) for s in sheets]
    assert errors(lenet5, resized, labels[:100]) > 60


@pytest.mark.parametrize("corner", [(0, 0), (1, 1)])
@pytest.mark.parametrize("height, pen", [(100, 8), (100, 20), (240, 20)])
def test_all_ten_as_one_learns_them(height, pen, corner, lenet5):
    images = [
        as_mnist(write(ways[0], height, pen, corner)) for ways in STROKES.values()
    ]
    assert errors(lenet5, images, np.arange(10)) == 0
