"""Turn a photo, a scan or a drawing of a digit into an image like those of MNIST.

The images of MNIST were all made in the same way (LeCun et al., 1998, section III.A):
light on dark, scaled to fit a box of 20x20 pixels, the centre of mass in the middle of
28x28. A network that was trained on them has never seen anything else.
"""

import functools

import numpy as np
from find_digits import find_shapes, join_shapes

BOX = 20
SIZE = 28
MIDDLE = 14  # row and column of the centre of mass, measured on MNIST


def fit_box(digit):
    """Returns the digit, cut out, as an array: its long side 20 pixels, in full ink.

    A thin stroke gets faint when it is made smaller, and MNIST's strokes are not faint:
    the strongest fifth of the ink becomes 255.
    """
    digit = digit.crop(digit.getbbox())
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

    Takes all that is found for one digit. Raises ValueError if there is none.
    """
    shapes, _ = find_shapes(image)
    if not shapes:
        raise ValueError("no digit found, it is all paper, all ink, or too faint")
    return centre(fit_box(functools.reduce(join_shapes, shapes).ink))
