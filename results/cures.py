"""Measure what the cures of the lesson's page 7 are worth, with several seeds.

python results/cures.py
"""

import contextlib
import os
import statistics
import sys
import tempfile

from common import lay_scripts, load_held_out, print_header, print_row, spread

import step4

import keras
import numpy as np

PASSES = 1, 5, 20  # over all digits; 20 for LeNet-5 alone
SEEDS = range(2)
SEEDS_OF_FEW = range(3)  # of the trainings on few digits


def moved_errors(model, held):
    """Returns the errors in percent on held-out digits that were moved to the right."""
    from shift import shift

    images, one_hot = held
    labels = np.argmax(one_hot, axis=1)
    errors = []
    for pixels in 0, 2, 4:
        moved = shift(np.array(images), right=pixels, down=0)
        predictions = model.predict(moved, batch_size=1000, verbose=0).argmax(axis=1)
        errors.append(100 * np.mean(predictions != labels))
    return errors


def print_moved():
    """Prints what moved digits in the training are worth, for digits moved and not."""
    from moving import moving

    train_set, held = load_held_out()
    lenet5 = step4.NETWORKS["lenet5-relu-max"]
    networks = {
        "dense": step4.NETWORKS["dense"],
        "dense, cured": lambda: moving(step4.NETWORKS["dense"]()),
        "lenet5-relu-max": lenet5,
        "lenet5-relu-max, cured": lambda: moving(lenet5()),
    }
    print()
    print_row("network", "passes", "in the middle", "moved by 2", "by 4 pixels")
    print_row(*["---"] * 5)
    for passes in PASSES:
        for name, build in networks.items():
            if passes == 20 and "dense" in name:
                continue
            runs = []
            for seed in SEEDS:
                keras.utils.set_random_seed(seed)
                model = build()
                with contextlib.redirect_stdout(sys.stderr):
                    step4.train(model, train_set, held, passes)
                runs.append(moved_errors(model, held))
            means = [f"{statistics.mean(errors):.2f} %" for errors in zip(*runs)]
            print_row(name, passes, *means)


def print_by_heart():
    """Prints the errors of networks that were trained on few digits."""
    from curves import build_small, learn
    from dropout import build_dropout
    from moving import moving

    lenet5 = step4.NETWORKS["lenet5-relu-max"]
    networks = {
        "as it is": lenet5,
        "fewer weights": build_small,
        "moved": lambda: moving(lenet5()),
        "dropout": lambda: build_dropout(0.5),
        "dropout, moved": lambda: moving(build_dropout(0.5)),
    }
    columns = "validation error", "loss at its lowest", "in pass", "loss at the end"
    print_header("network", *columns)
    for name, build in networks.items():
        runs = []
        for seed in SEEDS_OF_FEW:
            keras.utils.set_random_seed(seed)
            with contextlib.redirect_stdout(sys.stderr):
                runs.append(learn(name, build()))
        errors = [100 - 100 * run["val_accuracy"][-1] for run in runs]
        losses = [run["val_loss"] for run in runs]
        best = statistics.mean(1 + int(np.argmin(loss)) for loss in losses)
        lowest = statistics.mean(map(min, losses))
        last = statistics.mean(loss[-1] for loss in losses)
        print_row(name, spread(errors), f"{lowest:.2f}", f"{best:.0f}", f"{last:.2f}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        lay_scripts(folder)
        sys.path.append(folder)
        os.chdir(folder)
        print_by_heart()
        print_moved()


if __name__ == "__main__":
    main()
