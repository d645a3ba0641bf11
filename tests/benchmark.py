"""Measure what the README reports, and what the recipe of step 4 was chosen by.

    python tests/benchmark.py --seeds 5              the report, on the test images
    python tests/benchmark.py --seeds 3 --held-out   the choice, without them

The report runs step 4, then trains its networks on all 60,000 training images
with every seed, then holds our time to 99 % against the recipe of Keras's own
convolutional MNIST example. The choice trains on the first 50,000 and takes the
error on the last 10,000, for the recipe and with one thing changed at a time.
Tables go to stdout, in Markdown, and what the training prints to stderr.
"""

import argparse
import contextlib
import itertools
import multiprocessing
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import step4
from step1 import load_mnist

import keras
import numpy as np
from keras import layers

RECIPE = "recipe of step 4"
CANDIDATES = {
    RECIPE: {},
    "learning rate 0.1": {"step4.LEARNING_RATE": 0.1},
    "learning rate 0.2": {"step4.LEARNING_RATE": 0.2},
    "batch size 64": {"step4.BATCH_SIZE": 64},
    "batch size 64, learning rate 0.1": {
        "step4.BATCH_SIZE": 64,
        "step4.LEARNING_RATE": 0.1,
    },
    "no weight decay": {"step4.WEIGHT_DECAY": 0.0},
    "weight decay 0.01": {"step4.WEIGHT_DECAY": 0.01},
    "no warm-up": {"step4.WARMUP": 0.0},
    "pixels 0 to 1": {"step2.BACKGROUND": 0.0, "step2.INK": 1.0},
}


def peak_memory(who=resource.RUSAGE_SELF):
    """Return the peak memory in GB (10^9 bytes)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(who).ru_maxrss * unit / 1e9


def in_new_process(function, *arguments):
    """Call a function in a process of its own, so that its peak memory is its own."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as pool:
        return pool.submit(function, *arguments).result()


def load_sets(held_out):
    """Return the digits to train on and to take the error on, as step 4 wants them."""
    (images, labels), test = load_mnist()
    train = images, labels
    if held_out:
        train, test = (images[:50000], labels[:50000]), (images[50000:], labels[50000:])
    return [(step4.prepare_tensor(images), labels) for images, labels in (train, test)]


def train(network, seed, sets, epochs):
    """Train a network of step 4 with its recipe; return its Record."""
    keras.utils.set_random_seed(seed)
    return step4.train(
        step4.NETWORKS[network](),
        *sets,
        epochs,
        step4.BATCH_SIZE,
        step4.LEARNING_RATE,
    )


def measure(network, seeds, held_out=False, candidate=RECIPE):
    """Return a table row: mean error and its deviation, seconds a pass, peak memory."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        for name, value in CANDIDATES[candidate].items():
            stack.enter_context(mock.patch(name, value))
        sets = load_sets(held_out)
        records = [train(network, seed, sets, step4.EPOCHS) for seed in range(seeds)]
    errors = [record.test_errors[-1] for record in records]
    seconds = [record.seconds / step4.EPOCHS for record in records]
    deviation = f"{statistics.stdev(errors):.2f}" if seeds > 1 else ""
    return (
        f"| {statistics.mean(errors):.2f} % | {deviation} "
        f"| {statistics.median(seconds):.1f} | {peak_memory():.2f} GB |"
    )


class UntilUnder1(step4.Record):
    """A Record that ends the training when the test error is under 1 %."""

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        self.model.stop_training = self.test_errors[-1] < 1


def keras_example():
    """Return the network of Keras's example, compiled as Keras has it by default."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train_keras_example(seed):
    """Train by the recipe of Keras's example until under 1 %; return the Record."""
    keras.utils.set_random_seed(seed)
    train_set, test_set = (
        (images[..., np.newaxis].astype(np.float32) / 255, labels)
        for images, labels in load_mnist()
    )
    record = UntilUnder1(train_set, test_set)
    keras_example().fit(
        *train_set, batch_size=128, epochs=50, verbose=2, callbacks=[record]
    )
    return record


def time_to_99(seeds):
    """Return table rows: the passes and seconds of training until under 1 %."""
    with contextlib.redirect_stdout(sys.stderr):
        sets = load_sets(held_out=False)
        for passes in itertools.count(1):
            ours = [train("lenet5-today", seed, sets, passes) for seed in range(seeds)]
            if all(record.test_errors[-1] < 1 for record in ours):
                break
        theirs = [train_keras_example(seed) for seed in range(seeds)]
    rows, medians = [], []
    for name, records in ("lenet5-today", ours), ("Keras's example", theirs):
        passes = [len(record.test_errors) for record in records]
        passes = " to ".join(str(n) for n in sorted({min(passes), max(passes)}))
        worst = max(record.test_errors[-1] for record in records)
        medians.append(statistics.median(record.seconds for record in records))
        rows.append(f"| {name} | {passes} | {medians[-1]:.1f} | {worst:.2f} % |")
    return [*rows, f"\nRatio: {medians[1] / medians[0]:.1f}"]


def report(seeds):
    """Print what the README reports."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = [sys.executable, ROOT / "step4.py"]
        subprocess.run(command, cwd=folder, stdout=sys.stderr, check=True)
        seconds = time.perf_counter() - start
    memory = peak_memory(resource.RUSAGE_CHILDREN)
    print(f"`python step4.py`: {seconds:.0f} s, peak memory {memory:.2f} GB\n")

    print("| network | passes | test error | std. dev. | s a pass | peak memory |")
    print("| --- | --- | --- | --- | --- | --- |")
    for network in step4.NETWORKS:
        row = in_new_process(measure, network, seeds)
        print(f"| {network} | {step4.EPOCHS} {row}", flush=True)

    print("\n| until under 1 % | passes | s of training | largest test error |")
    print("| --- | --- | --- | --- |")
    print("\n".join(in_new_process(time_to_99, seeds)))


def choose(seeds):
    """Print what the recipe was chosen by."""
    print("| network | recipe | passes | error | std. dev. | s a pass | peak memory |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for candidate in CANDIDATES:
        for network in "lenet5-1998", "lenet5-today":
            row = in_new_process(measure, network, seeds, True, candidate)
            print(f"| {network} | {candidate} | {step4.EPOCHS} {row}", flush=True)


def main():
    parser = argparse.ArgumentParser(description="Measure the networks of step 4.")
    parser.add_argument(
        "--seeds", type=step4.number(1, 100), default=5, help="how many"
    )
    parser.add_argument(
        "--held-out", action="store_true", help="the choice, without the test images"
    )
    options = parser.parse_args()
    (choose if options.held_out else report)(options.seeds)


if __name__ == "__main__":
    main()
