"""Measure what the recipe of step 4 was chosen by, without the test images.

    python results/recipe.py

Trains on the first 50,000 training images with three seeds, and takes the error on the
last 10,000: for the recipe, and with one number changed at a time. (What its parts are
worth is exercise 4 of the lesson.)
"""

from common import print_header, print_row, spread, train_changed

from step2 import normalize
from step4 import NETWORKS

import keras

SEEDS = range(3)
RATE, OPTIMIZER = "step4.LEARNING_RATE", "keras.optimizers.SGD"
ADAM = keras.optimizers.Adam
CANDIDATES = {
    "recipe of step 4": {},
    "4 passes": {"step4.EPOCHS": 4},
    "learning rate 0.1": {RATE: 0.1},
    "learning rate 0.3": {RATE: 0.3},
    "batch size 64, learning rate 0.1": {"step4.BATCH_SIZE": 64, RATE: 0.1},
    "Adam 0.004, betas 0.8 and 0.95": {
        RATE: 0.004,
        OPTIMIZER: lambda rate, momentum: ADAM(rate, 0.8, 0.95),
    },
    "the paper's pixels: -0.1 to 1.175": {
        "step2.normalize": lambda images: 1.275 * normalize(images) - 0.1
    },
}


def main():
    networks = "lenet5-tanh-avg", "lenet5-relu-max"
    print_header("recipe", *networks)
    for name, changes in CANDIDATES.items():
        errors = [train_changed(changes, NETWORKS[n], SEEDS) for n in networks]
        print_row(name, *map(spread, errors))


if __name__ == "__main__":
    main()
