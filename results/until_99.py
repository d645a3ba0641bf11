"""Compare the time to 99 % with that of Keras's own example, five seeds each.

    python results/until_99.py

Each training is a process of its own. Ours have the fewest passes that are enough for
every seed.
"""

import statistics
import time
from unittest.mock import patch

from common import ROOT, print_header, print_row, run_quietly

SEEDS = range(5)


def train_example(seed):
    """Trains Keras's convolutional MNIST example until its test error is under 1 %.

    Network and recipe are the example's, with Keras's and TensorFlow's defaults. Prints
    passes, seconds of the training, and the test error in percent.
    """
    import keras
    import numpy as np
    from keras import layers

    keras.utils.set_random_seed(seed)
    mnist = np.load(ROOT / "data" / "mnist.npz")
    train_images = mnist["x_train"][..., np.newaxis].astype("float32") / 255
    test_images = mnist["x_test"][..., np.newaxis].astype("float32") / 255
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in 32, 64:
        model.add(layers.Conv2D(filters, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    passes, seconds, error = 0, 0, 100
    while error >= 1:
        start = time.perf_counter()
        model.fit(train_images, mnist["y_train"], batch_size=128)
        seconds += time.perf_counter() - start
        passes += 1
        _, accuracy = model.evaluate(test_images, mnist["y_test"], verbose=0)
        error = round(100 - 100 * accuracy, 2)
    print(f"\nresult: {passes} {seconds} {error}")


def train_ours(seed, passes):
    """Trains `lenet5-relu-max` as step 4 does; prints the same as `train_example`.

    Batches and learning rate are half of step 4's: in few passes, more steps tell.
    """
    import step4
    from step1 import load_mnist

    import keras

    keras.utils.set_random_seed(seed)
    train_set, test_set = (step4.as_set(*digits) for digits in load_mnist())
    model = step4.NETWORKS["lenet5-relu-max"]()
    start = time.perf_counter()
    with patch.multiple(step4, BATCH_SIZE=64, LEARNING_RATE=0.1):
        step4.train(model, train_set, None, passes)  # evaluated once, at the end
    seconds = time.perf_counter() - start
    _, accuracy = model.evaluate(*test_set, batch_size=1000, verbose=0)
    print(f"\nresult: {passes} {seconds} {round(100 - 100 * accuracy, 2)}")


def run(function, *arguments):
    """Calls a function in a process of its own.

    Returns passes, seconds of the training, error, and seconds of the process.
    """
    code = f"import until_99; until_99.{function.__name__}{arguments}"
    start = time.perf_counter()
    output = run_quietly("-c", code, cwd=ROOT / "results")
    seconds = time.perf_counter() - start
    _, _, result = output.rpartition("result: ")
    return [*map(float, result.split()), seconds]


def run_ours():
    """Returns the trainings with the fewest passes that are enough for every seed."""
    passes, largest = 0, 100
    while largest >= 1:
        passes += 1
        results = [run(train_ours, seed, passes) for seed in SEEDS]
        largest = max(error for _, _, error, _ in results)
    return results


def main():
    trainings = {
        "Keras's example": [run(train_example, seed) for seed in SEEDS],
        "lenet5-relu-max": run_ours(),
    }
    columns = "passes", "training", "whole process", "largest test error"
    print_header("until under 1 %", *columns)
    medians = []
    for name, results in trainings.items():
        passes, seconds, errors, whole = zip(*results)
        medians.append([statistics.median(seconds), statistics.median(whole)])
        times = [f"{median:.1f} s" for median in medians[-1]]
        fewest_most = " to ".join(
            f"{n:.0f}" for n in sorted({min(passes), max(passes)})
        )
        print_row(name, fewest_most, *times, f"{max(errors):.2f} %")
    training, whole = (theirs / ours for theirs, ours in zip(*medians))
    print(f"\nRatio of the trainings {training:.1f}, of the processes {whole:.1f}")


if __name__ == "__main__":
    main()
