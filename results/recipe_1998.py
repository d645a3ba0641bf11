"""Measure what the recipe of `beyond/train_1998.py` was chosen by.

    python results/recipe_1998.py

Trains on the first 50,000 training images with two seeds, and takes the error on the
last 10,000: for the recipe, and with one thing changed at a time.
"""

import contextlib
import sys

from common import changed, load_held_out, print_header, print_row, spread

from train_1998 import run_variant

SEEDS = range(2)
CANDIDATES = {  # what is patched -> by what
    "recipe of `train_1998.py`": {},
    "learning rate 0.003": {"train_1998.LEARNING_RATE": 0.003},
    "no weight decay": {"train_1998.WEIGHT_DECAY": 0.0},
    "j = 0.1": {"lenet5_1998.J": 0.1},
    "shift by up to 2 pixels": {"lenet5_1998.SHIFT": 2.0},
    "shear by up to 0.15": {"lenet5_1998.SHEAR": 0.15},
}


def main():
    sets = load_held_out()
    variants = "LeNet-5 of 1998", "with distorted digits", "softmax"
    print_header("recipe", *variants)
    for name, changes in CANDIDATES.items():
        cells = []
        for variant in variants:
            with changed(changes), contextlib.redirect_stdout(sys.stderr):
                _, (*_, errors, _) = run_variant(variant, SEEDS, *sets)
            cells.append(spread(errors))
        print_row(name, *cells)


if __name__ == "__main__":
    main()
