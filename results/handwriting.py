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
from PIL import Image
from step4 import keras
from strokes import written

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
