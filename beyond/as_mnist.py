"""Turn a photo, a scan or a drawing of a digit into an image like those of MNIST.

The images of MNIST were all made in the same way (LeCun et al., 1998, section III.A):
light on dark, scaled to fit a box of 20x20 pixels, the centre of mass in the middle of
28x28. A network that was trained on them has never seen anything else.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter  # Pillow; Matplotlib needs it

BOX = 20
SIZE = 28
MIDDLE = 14  # row and column of the centre of mass, measured on MNIST
FAINT = 40  # of 255: a contrast that is smaller is noise, or the grain of the paper
DARKEST_PAPER = 96  # of 255: on darker paper, noise would look like ink
CELL = 3  # pixels: parts that are nearer to each other are one
SMALL = 0.15  # of the ink of the largest part: a part that has less is dirt
LONG = 9  # times as long as wide: from here on, it is surely a stroke


def spread(pixels, window, choose):
    """Returns the minimum or maximum of the square around every pixel."""
    for _ in range(2):  # along the columns, and then along the rows
        pixels = np.pad(pixels, [(window // 2, window // 2), (0, 0)], mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(pixels, window, axis=0)
        pixels = choose(windows, axis=2).T
    return pixels


def ink_on_paper(pixels):
    """Returns how much of the paper's light the ink takes away, 255 for all of it.

    The maximum around every pixel wipes out dark ink, and the minimum of these maxima
    brings the edges of shadows and sheets back to where they were. After that, the
    same the other way round: what is bright, but narrow, is no paper.
    """
    window = max(pixels.shape) // 6 + 11 | 1  # odd, and wider than a stroke
    paper = spread(spread(pixels, window, np.max), window, np.min)
    paper = spread(spread(paper, window, np.min), window, np.max)
    ink = paper - np.minimum(paper, pixels)
    return np.uint8(np.round(255.0 * ink / np.maximum(paper, DARKEST_PAPER)))


def contrast_of(ink):
    """Returns the maximum; a single pixel is not ink."""
    return int(np.max(Image.fromarray(ink).filter(ImageFilter.BoxBlur(1))))


def find_parts(ink):
    """Returns the number of the connected part that each pixel belongs to.

    0 is the paper. Looks at squares of `CELL` pixels, so a small gap does not matter.
    """
    height, width = ink.shape
    padded = np.pad(ink > 0, [(0, -height % CELL), (0, -width % CELL)])
    cells = padded.reshape(len(padded) // CELL, CELL, -1, CELL).any(axis=(1, 3))
    parts = Image.fromarray(-cells.astype(np.int32))  # -1: in no part yet
    number = 0
    while np.min(parts) < 0:
        row, column = np.argwhere(np.asarray(parts) < 0)[0]
        number += 1
        ImageDraw.floodfill(parts, (column, row), number)
    return np.kron(parts, np.ones((CELL, CELL), int))[:height, :width]


def isolate(ink):
    """Returns the strong ink, without dirt, and without what touches the frame.

    What touches the frame is a desk, a margin line, or the edge of a shadow. It stays
    if there is not much else.
    """
    contrast = contrast_of(ink)
    strong = np.where(ink > contrast / 2, ink, 0)
    parts = find_parts(strong)
    inked = np.where(strong > 0, parts, 0)
    frame = np.concatenate([inked[[0, -1]].ravel(), inked[:, [0, -1]].ravel()])
    at_frame = np.isin(parts, frame[frame > 0])
    inside = np.where(at_frame, 0, ink)
    if at_frame.any() and contrast_of(inside) > max(FAINT, contrast / 4):
        return isolate(inside)
    amounts = np.bincount(parts.ravel(), weights=strong.ravel())
    return np.where(amounts[parts] > SMALL * amounts.max(), strong, 0)


def like_strokes(ink):
    """Returns how much ink looks like strokes, which are strong, long, and thin."""
    width, left = 0, ink
    while left.any():
        left = spread(left, 3, np.min)
        width += 2
    length = np.count_nonzero(ink) / width
    return contrast_of(ink) * min(LONG, length / width)


def find_digit(image):
    """Returns the ink of the digit in an image, as a picture: light on dark.

    Tries dark ink and light ink. Raises ValueError if there is none.
    """
    picture = Image.fromarray(image)
    picture.thumbnail((200, 200))  # smaller is faster, and has less noise
    pixels = np.asarray(picture)
    inks = [ink_on_paper(pixels), ink_on_paper(255 - pixels)]
    found = [isolate(ink) for ink in inks if contrast_of(ink) > FAINT]
    if not found:
        raise ValueError("no digit found, it is all paper, all ink, or too faint")
    return Image.fromarray(max(found, key=like_strokes))


def count_shapes(digit):
    """Returns how many separate shapes there are in what `find_digit` has returned."""
    return find_parts(np.asarray(digit)).max()


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

    Raises ValueError if there is no digit in it.
    """
    return centre(fit_box(find_digit(image)))
