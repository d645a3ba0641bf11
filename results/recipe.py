"""Measure what the recipe of step 4 was chosen by, without the test images.

    python results/recipe.py

Trains on the first 50,000 training images with three seeds, and takes the error on the
last 10,000: for the recipe, and with one number changed at a time. (What its parts are
worth is exercise 4 of the lesson.)
"""

from common import print_header, print_row, spread, train_changed

from step4 import NETWORKS

SEEDS = range(3)
CANDIDATES = {
    "recipe of step 4": {},
    "4 passes": {"step4.EPOCHS": 4},
    "learning rate 0.1": {"step4.LEARNING_RATE": 0.1},
    "learning rate 0.3": {"step4.LEARNING_RATE": 0.3},
}


def main():
    networks = "lenet5-tanh-avg", "lenet5-relu-max"
    print_header("recipe", *networks)
    for name, changes in CANDIDATES.items():
        errors = [train_changed(changes, NETWORKS[n], SEEDS) for n in networks]
        print_row(name, *map(spread, errors))


if __name__ == "__main__":
    main()
