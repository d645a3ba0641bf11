"""Measure how few signs are enough: five digits in place of signs that one has invented.

    python results/signs.py

Trains as beyond/train_signs.py does, on 10 or 30 training images each of the digits 5 to
9. The network that it starts from has learned the digits 0 to 4, in two passes. Prints the
errors on all test digits from 5 to 9, and how often the page would read them, or the
digits from 0 to 4, without a doubt, for two choices of the images.
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
from read_photo import LIKELY
from step1 import load_mnist
from step2 import prepare
from write_digits import blur, find_typical

SIGNS = range(5, 10)
SEEDS = range(2)
CERTAIN = (
    "signs: right, without a doubt",
    "signs: wrong, without a doubt",
    "other digits: without a doubt",
)


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


def likeness(images, answers, some, some_labels):
    """Returns how similar images are to the typical copies of what they are read as."""
    copies = train_signs.copy_often(some)
    labels = np.tile(some_labels, train_signs.COPIES)
    typical = [find_typical(blur(copies[labels == label])) for label in range(5)]
    return np.array([(typical[a] @ v).max() for a, v in zip(answers, blur(images))])


def count_certain(lenet5, dense, some, some_labels):
    """Returns what the page would read without a doubt, in percent of the test digits.

    That is signs right, signs wrong, and digits that are no signs.
    """
    _, (images, labels) = load_mnist()
    prepared = prepare(images)
    probabilities = lenet5.predict(prepared, verbose=0)
    answers = probabilities.argmax(axis=1)
    certain = (
        (probabilities.max(axis=1) > LIKELY)
        & (dense.predict(prepared, verbose=0).argmax(axis=1) == answers)
        & (likeness(images, answers, some, some_labels) > train_signs.SIMILAR)
    )
    is_sign, is_right = labels >= SIGNS[0], answers == labels - SIGNS[0]
    return [
        100 * certain[is_sign & is_right].sum() / is_sign.sum(),
        100 * certain[is_sign & ~is_right].sum() / is_sign.sum(),
        100 * certain[~is_sign].mean(),
    ]


def measure(each, seed):
    """Returns the error of every way in percent, and what the page would be certain of."""
    (images, labels), (test_images, test_labels) = load_mnist()
    new = test_labels >= SIGNS[0]
    new_images, new_labels = prepare(test_images[new]), test_labels[new] - SIGNS[0]
    places = choose(labels, each, seed)
    some = prepare(images[places]), labels[places] - SIGNS[0]
    networks, errors = {}, {}
    for way, (build, copies) in train_signs.WAYS.items():
        keras.utils.set_random_seed(seed)
        networks[way] = train_signs.learn(build(), copies, *some)
        wrong = train_signs.count_wrong(networks[way], new_images, new_labels)
        errors[way] = 100 * wrong / len(new_labels)
    *_, lenet5, dense = networks.values()
    certain = count_certain(lenet5, dense, *some)
    return errors | dict(zip(CERTAIN, certain))


def main():
    (images, labels), _ = load_mnist()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        save_network_of_others(images, labels)
        columns = [[measure(each, seed) for seed in SEEDS] for each in (10, 30)]
    print_header("error", "10 each", "30 each")
    for name in columns[0][0]:
        cells = [", ".join(f"{run[name]:.1f}" for run in runs) for runs in columns]
        print_row(name, *(f"{cell} %" for cell in cells))


if __name__ == "__main__":
    main()
