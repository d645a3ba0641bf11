"""Measure how well digits are read that are not MNIST's: on sheets, and written.

    python results/handwriting.py

Trains the networks of step 4 with three seeds. Prints the errors on the test digits, on
sheets with test digits on them, and on digits that are drawn with strokes.
"""

import contextlib
import sys

from common import print_header, print_row, spread

import step4

import numpy as np
from as_mnist import as_mnist
from PIL import Image, ImageDraw
from step4 import keras

SEEDS = range(3)
NETWORKS = "lenet5-relu-max", "dense"


def sheet_of(digit, rng):
    """Returns a sheet, uint8 `(300, 400)`, with a digit, `(28, 28)`, somewhere on it.

    The digit is enlarged 8 times, and dark on light; half of the light is gone on one
    side of the sheet, and there is noise on it.
    """
    ink = np.zeros((300, 400))
    top, left = rng.integers(300 - 224 + 1), rng.integers(400 - 224 + 1)
    large = Image.fromarray(digit).resize((224, 224), Image.Resampling.BICUBIC)
    ink[top : top + 224, left : left + 224] = np.asarray(large) / 255
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.indices(ink.shape)
    light = np.cos(angle) * x + np.sin(angle) * y
    light = 0.5 + 0.5 * (light - light.min()) / np.ptp(light)
    grey = (230 - 190 * ink) * light + rng.normal(0, 8, ink.shape)
    return np.clip(grey, 0, 255).astype(np.uint8)


def arc(x, y, rx, ry, start, end):
    """Returns points of an ellipse around x, y; 0 degrees is right, 90 is down."""
    angles = np.radians(np.linspace(start, end, 24))
    return [(x + rx * np.cos(a), y + ry * np.sin(a)) for a in angles]


# Digits as one learns to write them: ways of writing, each a list of strokes, each a
# list of points (x, y) from the top left corner (0, 0) to the bottom right one (1, 1).
STROKES = {
    0: [
        [arc(0.5, 0.5, 0.3, 0.5, -90, 270)],
        [arc(0.5, 0.5, 0.42, 0.5, -60, 300)],
        [arc(0.5, 0.5, 0.22, 0.5, -90, 270)],
    ],
    1: [
        [[(0.5, 0), (0.5, 1)]],
        [[(0.25, 0.3), (0.5, 0), (0.5, 1)]],
        [[(0.6, 0), (0.4, 1)]],
        [[(0.3, 0.25), (0.5, 0), (0.5, 1)], [(0.25, 1), (0.75, 1)]],
    ],
    2: [
        [arc(0.5, 0.28, 0.32, 0.28, -170, 40) + [(0.18, 1), (0.85, 1)]],
        [arc(0.5, 0.25, 0.3, 0.25, -180, 30) + [(0.15, 0.95), (0.5, 0.9), (0.85, 1)]],
    ],
    3: [
        [arc(0.45, 0.25, 0.32, 0.25, -160, 90) + arc(0.45, 0.74, 0.36, 0.26, -90, 150)],
        [[(0.2, 0), (0.8, 0), (0.45, 0.4)] + arc(0.45, 0.7, 0.35, 0.3, -90, 140)],
    ],
    4: [
        [[(0.55, 0), (0.1, 0.65), (0.9, 0.65)], [(0.65, 0.35), (0.65, 1)]],
        [[(0.2, 0), (0.2, 0.5), (0.8, 0.5)], [(0.75, 0), (0.75, 1)]],
        [[(0.9, 0.65), (0.1, 0.65), (0.6, 0), (0.6, 1)]],
    ],
    5: [
        [
            [(0.25, 0), (0.2, 0.45)] + arc(0.45, 0.68, 0.35, 0.3, -130, 140),
            [(0.25, 0), (0.8, 0)],
        ],
        [[(0.8, 0), (0.25, 0), (0.2, 0.45)] + arc(0.45, 0.68, 0.35, 0.32, -130, 140)],
    ],
    6: [
        [[(0.65, 0), (0.35, 0.3)] + arc(0.5, 0.7, 0.3, 0.3, 180, -180)],
        [arc(0.75, 0.6, 0.6, 0.6, -110, -180) + arc(0.45, 0.7, 0.3, 0.3, 180, -180)],
    ],
    7: [
        [[(0.15, 0), (0.85, 0), (0.4, 1)]],
        [[(0.15, 0), (0.85, 0), (0.4, 1)], [(0.3, 0.5), (0.75, 0.5)]],
        [[(0.15, 0.12), (0.15, 0), (0.85, 0), (0.35, 1)]],
    ],
    8: [
        [arc(0.5, 0.25, 0.25, 0.25, 90, -270) + arc(0.5, 0.75, 0.32, 0.25, -90, 270)],
        [
            arc(0.5, 0.23, 0.27, 0.23, -30, -270)
            + arc(0.5, 0.73, 0.3, 0.27, -90, 270)
            + [(0.7, 0.1)]
        ],
    ],
    9: [
        [arc(0.48, 0.3, 0.3, 0.3, 0, -360) + [(0.75, 1)]],
        [
            arc(0.48, 0.28, 0.28, 0.28, -20, -380)
            + [(0.77, 0.7)]
            + arc(0.5, 0.72, 0.27, 0.28, 0, 140)
        ],
    ],
}


def draw_stroke(draw, points, pen, ink):
    """Draws a stroke, `pen` pixels wide, with round ends and corners."""
    draw.line(points, fill=ink, width=pen, joint="curve")
    for x, y in points:
        draw.ellipse([x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2], fill=ink)


def write(strokes, height, pen, corner, slant=0):
    """Returns a field, uint8 `(280, 280)`, with a digit in one of its corners.

    `corner` is (0, 0), top left, to (1, 1); `height` and `pen` are in pixels.
    """
    field = Image.new("L", (280, 280), "white")
    draw = ImageDraw.Draw(field)
    left, top = (20 + c * (240 - height) for c in corner)
    for stroke in strokes:
        points = [
            (left + height * (0.8 * x + slant * (1 - y)), top + height * y)
            for x, y in stroke
        ]
        draw_stroke(draw, points, pen, 0)
    return np.asarray(field)


def written():
    """Returns `(digit, field)` for all: thin and thick, small and large, in corners."""
    return [
        (digit, write(strokes, height, pen, corner, slant))
        for digit, ways in STROKES.items()
        for strokes in ways
        for height in (40, 100, 180, 240)
        for pen in (4, 8, 14, 20, 28)
        if pen <= height / 5
        for corner in ((0, 0), (1, 0), (0, 1), (1, 1))
        for slant in (0, 0.15)
    ]


def resized(sheet):
    """Returns a sheet as most programs hand it on, uint8 `(28, 28)`."""
    return np.asarray(Image.fromarray(sheet).resize((28, 28)))


def digits_to_read(images, labels):
    """Returns what is to be read, by name: a list of digits, and their labels."""
    first = labels[:1000]
    sheets = [
        sheet_of(image, np.random.default_rng(number))
        for number, image in enumerate(images[:1000])
    ]
    inverted = [255 - resized(sheet) for sheet in sheets]
    digits, fields = zip(*written())
    return {
        "test digits": (images, labels),
        "test digits, through `as_mnist`": (map(as_mnist, images), labels),
        "1,000 sheets, through `as_mnist`": (map(as_mnist, sheets), first),
        "1,000 sheets, just resized": (map(resized, sheets), first),
        "1,000 sheets, inverted and resized": (inverted, first),
        f"{len(fields):,} written, through `as_mnist`": (map(as_mnist, fields), digits),
    }


def main():
    train_digits, test_digits = step4.load_mnist()
    train_set = step4.as_set(*train_digits)
    sets = {
        name: step4.as_set(np.stack(list(images)), labels)
        for name, (images, labels) in digits_to_read(*test_digits).items()
    }
    recipe = step4.EPOCHS, step4.BATCH_SIZE, step4.LEARNING_RATE
    errors = {name: {network: [] for network in NETWORKS} for name in sets}
    for network in NETWORKS:
        for seed in SEEDS:
            keras.utils.set_random_seed(seed)
            model = step4.NETWORKS[network]()
            with contextlib.redirect_stdout(sys.stderr):
                step4.train(model, train_set, sets["test digits"], *recipe)
            for name, test_set in sets.items():
                _, accuracy = model.evaluate(*test_set, batch_size=1000, verbose=0)
                errors[name][network].append(100 - 100 * accuracy)
    print_header("digits", *NETWORKS)
    for name, columns in errors.items():
        print_row(name, *map(spread, columns.values()))


if __name__ == "__main__":
    main()
