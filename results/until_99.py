"""Compare the time to 99 % with that of Keras's own example, five seeds each.

    python results/until_99.py

Each training is a process of its own. Ours have the fewest passes that are enough for
every seed; `one_pass.py` says how the last network was chosen.
"""

import argparse
import re
import statistics
import time

from common import ROOT, print_header, print_row, run_quietly

SEEDS = range(5)
OURS = ["lenet5-relu-max", "with GELU, average pooling and Adam"]


def train_ours(name, passes, seed):
    """Trains a network of ours; prints what `keras_example.py` prints."""
    from one_pass import CANDIDATES
    from recipe import train
    from step4 import NETWORKS, as_set, load_mnist

    train_set, test_set = (as_set(*digits) for digits in load_mnist())
    arguments = {"build": NETWORKS["lenet5-relu-max"]}
    if name != "lenet5-relu-max":
        *_, arguments = CANDIDATES.values()
    arguments = {**arguments, "epochs": passes}
    start = time.perf_counter()
    error = train(seed=seed, train_set=train_set, test_set=test_set, **arguments)
    seconds = time.perf_counter() - start
    print(f"\nresult: {passes} passes, {seconds:.1f} s, {error:.2f} %")


def run(script, *options):
    """Runs a training; returns passes, seconds, error, and seconds of the process."""
    start = time.perf_counter()
    output = run_quietly(ROOT / "results" / script, *options, cwd=ROOT)
    seconds = time.perf_counter() - start
    numbers = re.findall(r"[\d.]+", output[output.index("result: ") :])
    return [*map(float, numbers), seconds]


def run_ours(name):
    """Returns the trainings with the fewest passes that are enough for every seed."""
    passes, largest = 0, 100
    while largest >= 1:
        passes += 1
        options = "--network", name, "--passes", passes, "--seed"
        results = [run("until_99.py", *options, seed) for seed in SEEDS]
        largest = max(error for _, _, error, _ in results)
    return results


def main():
    parser = argparse.ArgumentParser(description="Compares the time to 99 %.")
    parser.add_argument(
        "--network", choices=OURS, help="only one training, of this one"
    )
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.network:
        train_ours(options.network, options.passes, options.seed)
        return

    trainings = {"Keras's example": [run("keras_example.py", seed) for seed in SEEDS]}
    trainings |= {name: run_ours(name) for name in OURS}
    print_header(
        "until under 1 %", "passes", "training", "whole process", "largest test error"
    )
    for name, results in trainings.items():
        passes, seconds, errors, whole = zip(*results)
        print_row(
            name,
            " to ".join(f"{n:.0f}" for n in sorted({min(passes), max(passes)})),
            f"{statistics.median(seconds):.1f} s",
            f"{statistics.median(whole):.1f} s",
            f"{max(errors):.2f} %",
        )
    example, *ours = (
        statistics.median(whole for *_, whole in results)
        for results in trainings.values()
    )
    ratios = " and ".join(f"{example / seconds:.1f}" for seconds in ours)
    print(f"\nWhole processes: {ratios} times as fast.")


if __name__ == "__main__":
    main()
