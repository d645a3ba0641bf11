"""Look for a training of a single pass that is enough for an error under 1 %.

    python results/one_pass.py

Trains LeNet-5 for one pass on the first 50,000 training images with five seeds, and
takes the error on the last 10,000. `until_99.py` tests the last candidate.
"""

import contextlib
import functools
import sys

from common import load_held_out, print_header, print_row, spread

import recipe
from step3 import build_lenet5, layers

SEEDS = range(5)


def candidate(activation, pooling, **changes):
    """Returns the arguments of `train` for one pass: the network, and what is changed."""
    pool = {"average": layers.AveragePooling2D, "maximum": layers.MaxPooling2D}[pooling]
    build = functools.partial(build_lenet5, activation, pool)
    return {"build": build, "epochs": 1, **changes}


ADAM = {"optimizer": recipe.ADAM, "learning_rate": 0.007}
ADAM_32 = {**ADAM, "batch_size": 32}
CANDIDATES = {
    "ReLU, maximum, SGD": candidate("relu", "maximum"),
    "ReLU, maximum, Adam": candidate("relu", "maximum", **ADAM),
    "ReLU, average, Adam, 32": candidate("relu", "average", **ADAM_32),
    "tanh, average, Adam, 32": candidate("tanh", "average", **ADAM_32),
    "SiLU, average, Adam, 32": candidate("silu", "average", **ADAM_32),
    "GELU, maximum, SGD": candidate("gelu", "maximum"),
    "GELU, maximum, Adam": candidate("gelu", "maximum", **ADAM),
    "GELU, maximum, Adam, 32": candidate("gelu", "maximum", **ADAM_32),
    "GELU, average, Adam, 32": candidate("gelu", "average", **ADAM_32),
}


def main():
    train_set, held_out = load_held_out()
    print_header("activation, pooling, optimizer, batch size if not 64", "error")
    for name, arguments in CANDIDATES.items():
        with contextlib.redirect_stdout(sys.stderr):
            errors = [
                recipe.train(
                    seed=seed, train_set=train_set, test_set=held_out, **arguments
                )
                for seed in SEEDS
            ]
        print_row(name, spread(errors))


if __name__ == "__main__":
    main()
