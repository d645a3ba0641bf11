"""Train LeNet-5 on signs of your own, in four ways, and make a page that reads them.

    python beyond/train_signs.py signs.json ...

Takes what was collected on the page to write on, and the network of the digits that
step 4 has saved in `models/`. Prints the error of each way on a fifth of the signs, which
is held back, and how far that can be trusted. Saves the network of the last way, and
`write-signs.html`.
"""

import argparse
from pathlib import Path

from networks import load_lenet5
from signs import load_signs
from step2 import prepare
from step3 import build_dense, build_lenet5
from write_digits import open_page, write_page

import keras
import numpy as np
from keras import layers

BATCH_SIZE = 16
EPOCHS, EPOCHS_WITH_COPIES = 40, 80
FEWEST = 5  # drawings of a sign: one to hold back, four to learn from
COPIES = 10  # of each sign: what the page compares with
SIMILAR = 0.88  # to a typical sign: what is less so, is not certain
PAGE = Path("write-signs.html")


def hold_back(labels, seed=0):
    """Returns whether each image is held back, `(n,)`: a fifth of every sign."""
    rng = np.random.default_rng(seed)
    held = np.zeros(len(labels), bool)
    for label in range(labels.max() + 1):
        places = rng.permutation(np.flatnonzero(labels == label))
        held[places[: len(places) // 5]] = True
    return held


def make_copies():
    """Returns layers that turn, shift and scale images, differently in every pass."""
    return keras.Sequential(
        [
            layers.RandomRotation(0.04, fill_mode="constant"),  # 0.04 of a full turn
            layers.RandomTranslation(0.08, 0.08, fill_mode="constant"),
            layers.RandomZoom(0.1, fill_mode="constant"),
        ],
        name="copies",
    )


def copy_often(images):
    """Returns `COPIES` of all prepared images, as uint8 `(n, 28, 28)`."""
    copies = make_copies()
    some = [copies(images, training=True) for _ in range(COPIES)]
    return np.uint8(255 * np.concatenate(some)[:, 2:-2, 2:-2, 0])


def with_new_output(network, count):
    """Returns a network with another last layer: a unit for each of `count` signs."""
    output = layers.Dense(count, activation="softmax", name="output")
    return keras.Sequential([keras.Input((32, 32, 1)), *network.layers[:-1], output])


def learn(network, copies, images, labels):
    """Returns a network that was trained on signs, prepared, with copies or without.

    Its layers are those of `network`, but for the last.
    """
    network = with_new_output(network, int(labels.max()) + 1)
    first = [make_copies()] if copies else []
    model = keras.Sequential([keras.Input((32, 32, 1)), *first, network])
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        jit_compile=False,  # translating it takes longer than that saves
    )
    epochs = EPOCHS_WITH_COPIES if copies else EPOCHS
    model.fit(images, labels, BATCH_SIZE, epochs, verbose=0)
    return network


def count_wrong(network, images, labels):
    """Returns how many prepared images a network gets wrong."""
    return int((np.argmax(network(images), axis=1) != labels).sum())


def interval(wrong, count):
    """Returns between which errors in percent the true one is, 19 times out of 20.

    It is Wilson's interval, for `wrong` of `count` images that were drawn at random.
    """
    z = 1.96
    middle = (wrong + z**2 / 2) / (count + z**2)
    half = z * np.sqrt(wrong * (1 - wrong / count) + z**2 / 4) / (count + z**2)
    return 100 * (middle - half), 100 * (middle + half)


def new_lenet5():
    return build_lenet5("relu", layers.MaxPooling2D)


WAYS = {  # the network to begin with, and whether it sees copies
    "from scratch": (new_lenet5, False),
    "from scratch, copies": (new_lenet5, True),
    "from the digits": (load_lenet5, False),
    "from the digits, copies": (load_lenet5, True),
    "dense network, copies": (build_dense, True),
}


def compare(images, labels, held):
    """Trains in all ways, prints their errors; returns the networks by their ways."""
    count, networks = held.sum(), {}
    print(f"{f'of {count} held back':25}wrong   error   19 times in 20, between")
    for way, (build, copies) in WAYS.items():
        keras.utils.set_random_seed(0)
        networks[way] = learn(build(), copies, images[~held], labels[~held])
        wrong = count_wrong(networks[way], images[held], labels[held])
        low, high = interval(wrong, count)
        error = 100 * wrong / count
        print(f"{way:25}{wrong:5}{error:6.1f} %   {low:.1f} and {high:.1f} %")
    return networks


def main():
    parser = argparse.ArgumentParser(description="Trains LeNet-5 on collected signs.")
    parser.add_argument("files", nargs="+", metavar="signs.json")
    images, labels, names = load_signs(parser.parse_args().files)
    for name, count in zip(names, np.bincount(labels)):
        if count < FEWEST:
            raise SystemExit(f"{name}: drawings needed: {FEWEST}, found: {count}")
    load_lenet5()  # if there is none, say so now
    held = hold_back(labels)
    prepared = prepare(images)
    networks = compare(prepared, labels, held)
    chosen = "from the digits, copies"
    networks[chosen].save("models/signs.keras")
    print(f"Network saved: models/signs.keras ({chosen})")
    write_page(
        PAGE,
        (networks[chosen], networks["dense network, copies"]),
        "sign",
        names,
        (copy_often(prepared[~held]), np.tile(labels[~held], COPIES)),
        (images[held], labels[held]),
        SIMILAR,
    )
    open_page(PAGE)


if __name__ == "__main__":
    main()
