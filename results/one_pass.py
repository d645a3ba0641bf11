"""Look for a training of a single pass that is enough for an error under 1 %.

    python results/one_pass.py

Trains LeNet-5 for one pass on the first 50,000 training images with five seeds, and
takes the error on the last 10,000; then the last candidate on all 60,000, and takes its
error on the test images.
"""

import contextlib
import functools
import sys

from common import load_held_out, print_header, print_row, spread

import recipe
from step3 import build_lenet5, layers
from step4 import as_set, load_mnist

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


def train(train_set, test_set, arguments):
    """Trains with every seed; returns the errors on the test set in percent."""
    sets = {"train_set": train_set, "test_set": test_set}
    with contextlib.redirect_stdout(sys.stderr):
        return [recipe.train(seed=seed, **sets, **arguments) for seed in SEEDS]


def main():
    sets = load_held_out()
    print_header("activation, pooling, optimizer, batch size if not 64", "error")
    for name, arguments in CANDIDATES.items():
        print_row(name, spread(train(*sets, arguments)))
    errors = train(*(as_set(*digits) for digits in load_mnist()), arguments)
    single = ", ".join(f"{error:.2f}" for error in errors)
    print(f"\nThe last one on the test images: {spread(errors)}; {single} %")


if __name__ == "__main__":
    main()
