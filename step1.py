"""Step 1: load MNIST and look at it.

Run, it prints the shapes of the four arrays, draws one training digit in
characters, and saves a picture with digits of every class.
"""

import os
import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

# TensorFlow reads this when a later step imports it: its log lines are not for
# learners, and what goes wrong comes as an exception anyway.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

DATA = Path(__file__).resolve().parent / "data" / "mnist.npz"
SHAPES = {
    "x_train": (60000, 28, 28),
    "y_train": (60000,),
    "x_test": (10000, 28, 28),
    "y_test": (10000,),
}
FIGURES = Path("figures")


def load_mnist():
    """Return `(train_images, train_labels), (test_images, test_labels)`.

    The images are uint8 `(n, 28, 28)`, 0 for the background and 255 for full
    ink; the labels are uint8 `(n,)`, 0 to 9. The training set has 60,000, the
    test set 10,000.

    Raises OSError if the file is damaged, or missing and not to be downloaded;
    the message says how to get it back.
    """
    restore = f"get it back with `git -C {DATA.parents[1]} checkout data/mnist.npz`"
    if not DATA.exists():
        try:
            import keras  # here, because it takes seconds and is seldom needed

            return keras.datasets.mnist.load_data()
        except Exception as error:
            raise OSError(
                f"{DATA} is missing and MNIST cannot be downloaded ({error}): "
                f"{restore}, or connect to the network and run this again."
            ) from error
    try:
        with np.load(DATA) as archive:
            arrays = {name: archive[name] for name in SHAPES}
        for name, shape in SHAPES.items():
            array = arrays[name]
            if array.shape != shape or array.dtype != np.uint8:
                raise ValueError(
                    f"{name} is {array.dtype} {array.shape}, not uint8 {shape}"
                )
    except Exception as error:  # a damaged archive fails in a dozen ways
        raise OSError(
            f"{DATA} cannot be used ({error}): "
            f"{restore}, or delete it and it is downloaded the next time."
        ) from error
    x_train, y_train, x_test, y_test = arrays.values()
    return (x_train, y_train), (x_test, y_test)


def draw_digit(image):
    """Return a uint8 `(28, 28)` image as 28 lines, two characters for a pixel."""
    characters = " .:-=+*#%@"  # from background to full ink
    levels = image.astype(int) * (len(characters) - 1) // 255
    lines = ("".join(2 * characters[level] for level in row) for row in levels)
    return "\n".join(line.rstrip() for line in lines)


def plot_classes(images, labels, columns=20):
    """Plot the first digits of every class, one row for each class."""
    rows = [np.hstack(images[labels == digit][:columns]) for digit in range(10)]
    figure = Figure(figsize=(10, 5.4), layout="constrained")
    axes = figure.subplots()
    axes.imshow(np.vstack(rows), cmap="gray_r")
    axes.set_title(f"The first {columns} training digits of every class")
    axes.set_ylabel("label")
    axes.set_yticks(np.arange(10) * 28 + 13.5, range(10))
    axes.set_xticks([])
    return figure


def save_figure(figure, name):
    """Save a figure as `figures/NAME.png` in the current folder, and say so."""
    FIGURES.mkdir(exist_ok=True)
    path = FIGURES / f"{name}.png"
    figure.savefig(path)
    print(f"Picture saved: {path}")


def run(main):
    """Run a step's `main`, and let it end in a sentence instead of a traceback."""
    try:
        main()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        if error.strerror is None:  # it is a sentence already
            sys.exit(str(error))
        sys.exit(
            f"{error.filename or 'A file'} cannot be written ({error.strerror}): "
            "make room there, or run this from a folder that you may write to."
        )


def main():
    (train_images, train_labels), (test_images, test_labels) = load_mnist()
    for array in train_images, train_labels, test_images, test_labels:
        print(array.shape)
    print(f"\nThe first training digit, with the label {train_labels[0]}:")
    print(draw_digit(train_images[0]))
    save_figure(plot_classes(train_images, train_labels), "step1-digits")


if __name__ == "__main__":
    run(main)
