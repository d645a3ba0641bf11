"""Turn a photo, a scan or a drawing of a digit into an image like those of MNIST.

The images of MNIST were all made in the same way (LeCun et al., 1998, section III.A):
light on dark, scaled to fit a box of 20x20 pixels, the centre of mass in the middle of
28x28. A network that was trained on them has never seen anything else.
"""

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps  # Pillow; Matplotlib needs it

BOX = 20
SIZE = 28
MIDDLE = 14  # row and column of the centre of mass, measured on MNIST
FAINT = 30  # of 255: a contrast that is smaller is noise, or the grain of the paper


def light_on_dark(picture):
    """Inverts a picture in which the ink is darker than the paper.

    Ink is thin, with paper all around, so ink differs most from a blurred copy. The
    cube lets the large differences decide, and keeps their sign.
    """
    blurred = picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 6))
    differences = np.subtract(picture, blurred, dtype=float)
    return ImageOps.invert(picture) if (differences**3).sum() < 0 else picture


def remove_paper(picture):
    """Subtracts the paper, so that it is 0 everywhere, however the light falls on it.

    In a small copy, the minimum around every pixel wipes out the ink, and the maximum
    of these minima brings lights and shadows back to where they were.
    """
    paper = picture.copy()
    paper.thumbnail((50, 50))
    paper = paper.filter(ImageFilter.MinFilter(11)).filter(ImageFilter.MaxFilter(11))
    return ImageChops.subtract(picture, paper.resize(picture.size))


def crop(ink):
    """Cuts the digit out, and sets what is faint beside it to 0.

    Raises ValueError if there is no ink, or ink all over.
    """
    contrast = np.max(ink.filter(ImageFilter.BoxBlur(1)))  # a single pixel is not ink
    if contrast < FAINT:
        raise ValueError("no digit found, it is all paper or all ink")
    ink = ink.point(lambda pixel: pixel if pixel > 0.4 * contrast else 0)
    digit = ink.crop(ink.getbbox())
    fills = np.divide(digit.size, ink.size).min() > 0.9  # nearly from edge to edge
    if fills and np.count_nonzero(ink) > 0.3 * np.prod(ink.size):
        raise ValueError("no digit found, there is ink all over")
    return digit


def fit_box(digit):
    """Returns the digit as an array, its long side 20 pixels, in full ink.

    A thin stroke gets faint when it is made smaller, and MNIST's strokes are not faint:
    the strongest fifth of the ink becomes 255.
    """
    scale = BOX / max(digit.size)
    width, height = (max(1, round(scale * side)) for side in digit.size)
    # one side after the other: which comes first depends on Pillow's version
    pixels = np.asarray(digit.resize((width, digit.height)).resize((width, height)))
    return np.clip(pixels * (255 / np.percentile(pixels[pixels > 0], 80)), 0, 255)


def centre(pixels):
    """`(h, w)` -> uint8 `(28, 28)`, with the centre of mass in the middle."""
    height, width = pixels.shape
    row = np.average(range(height), weights=pixels.sum(axis=1))
    column = np.average(range(width), weights=pixels.sum(axis=0))
    # as near as possible: all of the digit has to stay inside
    top = np.clip(round(MIDDLE - row), 0, SIZE - height)
    left = np.clip(round(MIDDLE - column), 0, SIZE - width)
    image = np.zeros((SIZE, SIZE), np.uint8)
    image[top : top + height, left : left + width] = pixels
    return image


def as_mnist(image):
    """Grey uint8 `(h, w)` -> uint8 `(28, 28)`, as MNIST was made (section III.A).

    Raises ValueError if there is no digit in it.
    """
    picture = Image.fromarray(image)
    picture.thumbnail((200, 200))  # smaller is faster, and has less noise
    return centre(fit_box(crop(remove_paper(light_on_dark(picture)))))
