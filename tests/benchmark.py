"""Measure what the README reports, and what the recipe of step 4 was chosen by.

    python tests/benchmark.py               the results, on the test images
    python tests/benchmark.py --held-out    the choice, without them
    python tests/benchmark.py --exercises   the exercises of the lesson's last page
    python tests/benchmark.py --handwriting digits on sheets and in strokes, beyond/
    python tests/benchmark.py --1998        the choice for beyond/lenet5_1998.py

The first runs step 4 with five seeds, then compares its time to 99 % with that of
Keras's own convolutional MNIST example. The second trains on the first 50,000 training
images with three seeds and takes the error on the last 10,000, for the recipe and with
one thing changed at a time. The tables, in Markdown, go to stdout, all else to stderr.
"""

import argparse
import contextlib
import functools
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "beyond")]

import lenet5_1998
import step4
from markdown_it import MarkdownIt
from step1 import load_mnist
from step2 import prepare
from step4 import NETWORKS

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from PIL import Image

HELD_OUT = 10000
CANDIDATES = {
    "recipe of step 4": {},
    "learning rate 0.05": {"step4.LEARNING_RATE": 0.05},
    "learning rate 0.15": {"step4.LEARNING_RATE": 0.15},
    "batch size 128, learning rate 0.2": {
        "step4.BATCH_SIZE": 128,
        "step4.LEARNING_RATE": 0.2,
    },
    "no label smoothing": {"step4.LABEL_SMOOTHING": 0.0},
    "weight decay 0.005 instead of label smoothing": {
        "step4.LABEL_SMOOTHING": 0.0,
        "keras.optimizers.SGD": functools.partial(
            keras.optimizers.SGD, weight_decay=0.005
        ),
    },
    "no warm-up": {"step4.WARMUP": 0.0},
    "AdamW, learning rate 0.007, weight decay 0.01": {
        "step4.LEARNING_RATE": 0.007,
        "keras.optimizers.SGD": lambda rate, **_: keras.optimizers.AdamW(
            rate, weight_decay=0.01
        ),
    },
    "pixels 0 to 1": {"step2.BACKGROUND": 0.0, "step2.INK": 1.0},
}
CANDIDATES_1998 = {
    "recipe of `lenet5_1998.py`": {},
    "learning rate 0.003": {"lenet5_1998.LEARNING_RATE": 0.003},
    "no weight decay": {"lenet5_1998.WEIGHT_DECAY": 0.0},
    "j = 0.1": {"lenet5_1998.J": 0.1},
    "shift by up to 2 pixels": {"lenet5_1998.SHIFT": 2.0},
    "shear by up to 0.15": {"lenet5_1998.SHEAR": 0.15},
}


def options(epochs, script=step4):
    """Returns the options of a script, with its recipe for that many passes."""
    return argparse.Namespace(
        epochs=epochs,
        batch_size=script.BATCH_SIZE,
        learning_rate=script.LEARNING_RATE,
    )


def sets(images, labels):
    """Returns images and labels as step 4's `train` takes them."""
    return tf.constant(prepare(images)), keras.utils.to_categorical(labels)


def spread(values):
    """Returns mean and standard deviation, or one value alone."""
    deviation = f" (sd {statistics.stdev(values):.2f})" if len(values) > 1 else ""
    return f"{statistics.mean(values):.2f} %{deviation}"


def results(output):
    """Returns step 4's table: name -> training error, test error (percent), seconds."""
    row = r"^([\w-]+) +[\d,]+ +([\d.]+) % +([\d.]+) % +[\d,]+  (\d+) s$"
    return {
        name: [float(number) for number in numbers]
        for name, *numbers in re.findall(row, output, re.M)
    }


def report_step4(seeds):
    """Prints the mean results of step 4, its time and its peak memory."""
    tables, seconds = [], []
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, ROOT / "step4.py", "--seed", str(seed)]
            start = time.perf_counter()
            step = subprocess.run(
                command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True
            )
            seconds.append(time.perf_counter() - start)
            print(step.stdout[-1000:], file=sys.stderr)
            tables.append(results(step.stdout))
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e9
    print(f"`python step4.py`: {statistics.median(seconds):.0f} s, {memory:.1f} GB\n")
    print("| network | training error | test error | time of the training |")
    print("| --- | --- | --- | --- |")
    for name in NETWORKS:
        training, test, times = zip(*(table[name] for table in tables))
        time_ = f"{statistics.median(times):.0f} s"
        print(f"| {name} | {spread(training)} | {spread(test)} | {time_} |", flush=True)


def keras_example():
    """Returns the network of Keras's example, compiled as Keras has it by default."""
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


def test_error(model, images, labels):
    """Returns the error in percent."""
    _, accuracy = model.evaluate(images, labels, batch_size=250, verbose=0)
    return round(100 - 100 * accuracy, 2)


def train_to_99(seeds):
    """Returns the trainings until the error is under 1 %: ours, and Keras's example's.

    Each is a list of `(passes, seconds, test error in percent)`, one for a seed. Ours
    have the fewest passes that do for every seed; the seconds leave out the evaluations
    on the test images.
    """
    train_set, test_set = (sets(*digits) for digits in load_mnist())
    one_image = test_set[0][:1], test_set[1][:1]
    ours = [(0, 0, 1)]
    while max(error for _, _, error in ours) >= 1:
        passes, ours = ours[0][0] + 1, []
        for seed in range(seeds):
            keras.utils.set_random_seed(seed)
            model = NETWORKS["lenet5-relu-max"]()
            start = time.perf_counter()
            step4.train(model, train_set, one_image, options(passes))
            seconds = time.perf_counter() - start
            ours.append((passes, seconds, test_error(model, *test_set)))

    train_set, test_set = (
        (images[..., np.newaxis].astype(np.float32) / 255, labels)
        for images, labels in load_mnist()
    )
    theirs = []
    for seed in range(seeds):
        keras.utils.set_random_seed(seed)
        model = keras_example()
        passes, seconds, error = 0, 0, 1
        while error >= 1:
            start = time.perf_counter()
            model.fit(*train_set, batch_size=128)
            seconds += time.perf_counter() - start
            passes += 1
            error = test_error(model, *test_set)
        theirs.append((passes, seconds, error))
    return ours, theirs


def report_time_to_99(ours, theirs):
    """Prints the passes and the seconds that the trainings took."""
    print("\n| until under 1 % | passes | training time | largest test error |")
    print("| --- | --- | --- | --- |")
    medians = []
    for name, trainings in ("lenet5-relu-max", ours), ("Keras's example", theirs):
        passes, seconds, errors = zip(*trainings)
        medians.append(statistics.median(seconds))
        passes = " to ".join(map(str, sorted({min(passes), max(passes)})))
        print(f"| {name} | {passes} | {medians[-1]:.1f} s | {max(errors):.2f} % |")
    print(f"\nRatio: {medians[1] / medians[0]:.1f}")


@contextlib.contextmanager
def changed(changes):
    """Gives constants the values of a candidate, and at the end their old ones."""
    with contextlib.ExitStack() as stack:
        for target, value in changes.items():
            stack.enter_context(mock.patch(target, value))
        yield


def choose(seeds):
    """Prints what the recipe was chosen by."""
    (images, labels), _ = load_mnist()
    print("| recipe | lenet5-tanh-avg | lenet5-relu-max | lenet5-relu-max, 2 passes |")
    print("| --- | --- | --- | --- |")
    for name, changes in CANDIDATES.items():
        with changed(changes):
            train_set = sets(images[:-HELD_OUT], labels[:-HELD_OUT])
            held_out = sets(images[-HELD_OUT:], labels[-HELD_OUT:])
            row = []
            for network, epochs in [
                ("lenet5-tanh-avg", step4.EPOCHS),
                ("lenet5-relu-max", step4.EPOCHS),
                ("lenet5-relu-max", 2),
            ]:
                errors = []
                for seed in range(seeds):
                    keras.utils.set_random_seed(seed)
                    model = NETWORKS[network]()
                    with contextlib.redirect_stdout(sys.stderr):
                        step4.train(model, train_set, held_out, options(epochs))
                    errors.append(test_error(model, *held_out))
                row.append(spread(errors))
        print(f"| {name} | {' | '.join(row)} |", flush=True)


def choose_1998(seeds):
    """Prints what the recipe of `beyond/lenet5_1998.py` was chosen by."""
    (images, labels), _ = load_mnist()
    train_set = sets(images[:-HELD_OUT], labels[:-HELD_OUT])
    held_out = sets(images[-HELD_OUT:], labels[-HELD_OUT:])
    variants = "LeNet-5 of 1998", "with distorted digits", "softmax"
    print(f"| recipe | {' | '.join(variants)} |")
    print("| --- | --- | --- | --- |")
    for name, changes in CANDIDATES_1998.items():
        with changed(changes):
            recipe = options(lenet5_1998.EPOCHS, lenet5_1998)
            row = []
            for variant in variants:
                with contextlib.redirect_stdout(sys.stderr):
                    _, (*_, errors, _) = lenet5_1998.run_variant(
                        variant, range(seeds), train_set, held_out, recipe
                    )
                row.append(spread(errors))
        print(f"| {name} | {' | '.join(row)} |", flush=True)


def follow_exercises(epochs, seed):
    """Returns the test errors in percent that the lesson's exercises print, by name."""
    page = MarkdownIt().parse((ROOT / "lesson" / "finish.md").read_text())
    blocks = [token.content for token in page if token.info == "sh"]
    commands = "".join(block for block in blocks if "exercise" in block)
    commands = commands.replace("\nEPOCHS = 1\n", f"\nEPOCHS = {epochs}\n")
    commands = commands.replace("\nSEED = 0\n", f"\nSEED = {seed}\n")
    with tempfile.TemporaryDirectory() as folder:
        for script in ROOT.glob("step?.py"):
            shutil.copy(script, folder)
        (Path(folder) / "data").symlink_to(ROOT / "data")
        shell = subprocess.run(
            ["bash"], input=commands, cwd=folder, stdout=subprocess.PIPE, text=True
        )
    print(shell.stdout, file=sys.stderr)
    lines = re.findall(r"^(.+?) +[\d,]+ parameters +([\d.]+) %$", shell.stdout, re.M)
    return {name: float(error) for name, error in lines}


def report_exercises(seeds):
    """Prints the mean test errors of the exercises."""
    short, long = (
        [follow_exercises(epochs, seed) for seed in range(seeds)]
        for epochs in (1, step4.EPOCHS)
    )
    print(f"| exercise | 1 pass | {step4.EPOCHS} passes |")
    print("| --- | --- | --- |")
    for name in short[0]:
        cells = (spread([run[name] for run in runs]) for runs in (short, long))
        print(f"| {name} | {' | '.join(cells)} |")


def report_handwriting(seeds):
    """Prints what the networks read of other digits than MNIST's, and how quickly."""
    import handwriting  # it needs Selenium and Chromium
    from as_mnist import as_mnist

    _, (images, labels) = load_mnist()
    sheets = [
        handwriting.sheet_of(image, np.random.default_rng(number))
        for number, image in enumerate(images[:1000])
    ]
    digits, fields = zip(*handwriting.written())
    rows = {
        "test digits": (images, labels),
        "test digits, through `as_mnist`": (map(as_mnist, images), labels),
        "1,000 sheets, through `as_mnist`": (map(as_mnist, sheets), labels[:1000]),
        "1,000 sheets, just resized": (map(resized, sheets), labels[:1000]),
        "1,000 sheets, inverted and resized": (
            (255 - resized(sheet) for sheet in sheets),
            labels[:1000],
        ),
        f"{len(fields):,} written, through `as_mnist`": (map(as_mnist, fields), digits),
    }
    rows = {name: (list(given), truth) for name, (given, truth) in rows.items()}
    errors = {name: ([], []) for name in rows}
    train_set, test_set = (sets(*digits) for digits in load_mnist())
    one_image = test_set[0][:1], test_set[1][:1]
    networks = "lenet5-relu-max", "dense"
    latencies = []
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "models").mkdir()
            for column, network in enumerate(networks):
                keras.utils.set_random_seed(seed)
                model = NETWORKS[network]()
                with contextlib.redirect_stdout(sys.stderr):
                    step4.train(model, train_set, one_image, options(step4.EPOCHS))
                for name, (given, truth) in rows.items():
                    error = test_error(model, *sets(np.stack(given), truth))
                    errors[name][column].append(error)
                model.save(f"{folder}/models/{network}.keras")
            page = handwriting.Page(folder)
            for ways in handwriting.STROKES.values():
                for points in ways[0]:
                    page.mouse(points)
                page.mouse(handwriting.CLEAR)
                page.wait_for("Write a digit")
            latencies += page.latencies()
            page.close()
    print("| error | lenet5-relu-max | dense |")
    print("| --- | --- | --- |")
    for name, columns in errors.items():
        print(f"| {name} | {' | '.join(map(spread, columns))} |")
    median, slow = np.quantile(latencies, [0.5, 0.95])
    print(
        f"\nFrom a movement of the mouse to the next picture, in Chromium: {median:.0f} ms",
        end="",
    )
    print(f" (median of {len(latencies)} movements; 95 % within {slow:.0f} ms).")


def resized(sheet):
    """Returns a sheet as most programs hand it on, uint8 `(28, 28)`."""
    return np.asarray(Image.fromarray(sheet).resize((28, 28)))


def main():
    parser = argparse.ArgumentParser(description="Measures the networks of step 4.")
    parser.add_argument(
        "--held-out", action="store_true", help="the choice, without the test images"
    )
    parser.add_argument(
        "--exercises", action="store_true", help="the exercises of the lesson"
    )
    parser.add_argument(
        "--handwriting", action="store_true", help="what is read of other digits"
    )
    parser.add_argument(
        "--1998", action="store_true", dest="of_1998", help="the choice for 1998's"
    )
    options = parser.parse_args()
    if options.of_1998:
        choose_1998(seeds=2)
    elif options.held_out:
        choose(seeds=3)
    elif options.exercises:
        report_exercises(seeds=3)
    elif options.handwriting:
        report_handwriting(seeds=3)
    else:
        report_step4(seeds=5)
        with contextlib.redirect_stdout(sys.stderr):
            ours, theirs = train_to_99(seeds=5)
        report_time_to_99(ours, theirs)


if __name__ == "__main__":
    main()
