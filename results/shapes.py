"""Measure the steps of the lesson's page 9, from LeNet-5 to a network for ten shapes.

python results/shapes.py
"""

import contextlib
import os
import statistics
import sys
import tempfile
import time

from common import lay_scripts, print_header, print_row, run_quietly, spread

import step4  # which sets TensorFlow up

import keras

SEEDS = range(2)
FEW = 2400, 1200  # pictures to train with; the best network alone


def networks():
    """Returns what is trained: name -> function of the number of classes, and options."""
    from blocks import build_blocks, build_normalized
    from learning import build_as_it_is
    from mirrored import mirrored

    return {
        "LeNet-5": (build_as_it_is, {}),
        "blocks": (build_blocks, {}),
        "blocks, copies": (lambda classes: mirrored(build_blocks(classes)), {}),
        "copies, normalized": (
            lambda classes: mirrored(build_normalized(classes)),
            {"rate": 0.003, "passes": 15},
        ),
    }


def measure(name, build, options, train_set, validation_set, classes):
    """Prints a row: the shares of pictures that a network gets right, and the time."""
    from learning import train_network

    runs, seconds = [], []
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        model = build(classes)
        start = time.perf_counter()
        with contextlib.redirect_stdout(sys.stderr):
            sets = train_set, validation_set
            runs.append(train_network(name, model, *sets, **options))
        seconds.append(time.perf_counter() - start)
    right = [
        [100 * run[kind][-1] for run in runs] for kind in ("accuracy", "val_accuracy")
    ]
    count, parameters = f"{len(train_set[0]):,}", f"{model.count_params():,}"
    took = f"{statistics.median(seconds):.0f} s"
    print_row(name, count, parameters, *map(spread, right), took)


def main():
    with tempfile.TemporaryDirectory() as folder:
        lay_scripts(folder)
        run_quietly("write_pictures.py", cwd=folder)
        sys.path.append(folder)
        os.chdir(folder)
        from folders import load_sets

        with contextlib.redirect_stdout(sys.stderr):
            train_set, validation_set, names = load_sets()
        columns = "pictures", "parameters", "right in training", "in validation", "time"
        print_header("network", *columns)
        for name, (build, options) in networks().items():
            measure(name, build, options, train_set, validation_set, len(names))
        for count in FEW:
            few = [part[:count] for part in train_set]
            measure(name, build, options, few, validation_set, len(names))


if __name__ == "__main__":
    main()
