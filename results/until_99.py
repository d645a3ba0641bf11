"""Compare the time to 99 % with that of Keras's own example, five seeds each.

    python results/until_99.py

Each training is a process of its own. Ours have the fewest passes that are enough for
every seed.
"""

import argparse
import re
import statistics
import time

from common import ROOT, print_header, print_row, run_quietly

SEEDS = range(5)


def train_ours(passes, seed):
    """Trains `lenet5-relu-max`; prints what `keras_example.py` prints."""
    from recipe import train
    from step4 import NETWORKS, as_set, load_mnist

    sets = [as_set(*digits) for digits in load_mnist()]
    start = time.perf_counter()
    error = train(NETWORKS["lenet5-relu-max"], seed, *sets, epochs=passes)
    seconds = time.perf_counter() - start
    print(f"\nresult: {passes} passes, {seconds:.1f} s, {error:.2f} %")


def run(script, *options):
    """Runs a training; returns passes, seconds, error, and seconds of the process."""
    start = time.perf_counter()
    output = run_quietly(ROOT / "results" / script, *options, cwd=ROOT)
    seconds = time.perf_counter() - start
    numbers = re.findall(r"[\d.]+", output[output.index("result: ") :])
    return [*map(float, numbers), seconds]


def run_ours():
    """Returns the trainings with the fewest passes that are enough for every seed."""
    passes, largest = 0, 100
    while largest >= 1:
        passes += 1
        options = "--passes", passes, "--seed"
        results = [run("until_99.py", *options, seed) for seed in SEEDS]
        largest = max(error for _, _, error, _ in results)
    return results


def main():
    parser = argparse.ArgumentParser(description="Compares the time to 99 %.")
    parser.add_argument("--passes", type=int, help="only one training, of so many")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.passes:
        train_ours(options.passes, options.seed)
        return

    trainings = {
        "Keras's example": [run("keras_example.py", seed) for seed in SEEDS],
        "lenet5-relu-max": run_ours(),
    }
    print_header(
        "until under 1 %", "passes", "training", "whole process", "largest test error"
    )
    medians = []
    for name, results in trainings.items():
        passes, seconds, errors, whole = zip(*results)
        medians.append((statistics.median(seconds), statistics.median(whole)))
        print_row(
            name,
            " to ".join(f"{n:.0f}" for n in sorted({min(passes), max(passes)})),
            f"{medians[-1][0]:.1f} s",
            f"{medians[-1][1]:.1f} s",
            f"{max(errors):.2f} %",
        )
    training, whole = (theirs / ours for theirs, ours in zip(*medians))
    print(f"\nRatio of the trainings {training:.1f}, of the processes {whole:.1f}")


if __name__ == "__main__":
    main()
