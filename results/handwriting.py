"""Measure how well digits are read that are not MNIST's: on sheets, and written.

    python results/handwriting.py

Trains the networks of step 4 with three seeds. Prints the errors on the test digits, on
sheets with test digits on them, and on digits that are drawn with strokes.
"""

from common import print_header, print_row, spread, train

import numpy as np
from as_mnist import as_mnist
from PIL import Image
from scenes import sheet_of
from step1 import load_mnist
from step4 import NETWORKS, as_set
from strokes import written

SEEDS = range(3)


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
    train_digits, test_digits = load_mnist()
    train_set = as_set(*train_digits)
    sets = {
        name: as_set(np.stack(list(images)), labels)
        for name, (images, labels) in digits_to_read(*test_digits).items()
    }
    networks = "lenet5-relu-max", "dense"
    errors = {name: [[] for _ in networks] for name in sets}
    for column, network in enumerate(networks):
        for seed in SEEDS:
            model, _ = train(NETWORKS[network], seed, train_set, sets["test digits"])
            for name, test_set in sets.items():
                _, accuracy = model.evaluate(*test_set, batch_size=1000, verbose=0)
                errors[name][column].append(100 - 100 * accuracy)
    print_header("digits", *networks)
    for name, columns in errors.items():
        print_row(name, *map(spread, columns))


if __name__ == "__main__":
    main()
