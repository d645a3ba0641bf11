"""Measure how few signs are enough: five digits in place of signs that one has invented.

    python results/signs.py

Trains as beyond/train_signs.py does, on 10 or 30 training images each of the digits 5 to
9. The network that it starts from has learned the digits 0 to 4, in two passes. Prints the
errors on all test digits from 5 to 9, for two choices of the images.
"""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from common import print_header, print_row

import train_signs  # of `beyond/`
import keras
import step4
from step1 import load_mnist
from step2 import prepare

SIGNS = range(5, 10)
SEEDS = range(2)


def save_network_of_others(images, labels):
    """Trains LeNet-5 on the digits that are no signs, saves it where step 4 does."""
    others = labels < SIGNS[0]
    one_hot = keras.utils.to_categorical(labels[others], 10)
    some = step4.tf.constant(prepare(images[others])), one_hot
    keras.utils.set_random_seed(0)
    lenet5 = train_signs.new_lenet5()
    with contextlib.redirect_stdout(sys.stderr):
        step4.train(lenet5, some, some, epochs=2)
    Path("models").mkdir()
    lenet5.save("models/lenet5-relu-max.keras")


def choose(labels, each, seed):
    """Returns the places of `each` images of every sign."""
    rng = np.random.default_rng(seed)
    places = [np.flatnonzero(labels == digit) for digit in SIGNS]
    return np.concatenate([rng.choice(some, each, replace=False) for some in places])


def main():
    (images, labels), (test_images, test_labels) = load_mnist()
    new = test_labels >= SIGNS[0]
    new_images, new_labels = prepare(test_images[new]), test_labels[new] - SIGNS[0]
    print_header("way", "10 each", "30 each")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        save_network_of_others(images, labels)
        for way, (build, copies) in train_signs.WAYS.items():
            cells = []
            for each in 10, 30:
                errors = []
                for seed in SEEDS:
                    places = choose(labels, each, seed)
                    some = prepare(images[places]), labels[places] - SIGNS[0]
                    keras.utils.set_random_seed(seed)
                    network = train_signs.learn(build(), copies, *some)
                    wrong = train_signs.count_wrong(network, new_images, new_labels)
                    errors.append(f"{100 * wrong / len(new_labels):.1f}")
                cells.append(f"{', '.join(errors)} %")
            print_row(way, *cells)


if __name__ == "__main__":
    main()
