"""Step 1: load MNIST, print its shapes and a digit, save a picture of 200 digits."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

DATA = Path(__file__).parent / "data" / "mnist.npz"  # data/README.md: where it is from


def load_mnist():
    """Returns `(train_images, train_labels), (test_images, test_labels)`, all uint8.

    Images are `(n, 28, 28)`, from 0, background, to 255, ink; labels `(n,)`, 0 to 9.
    """
    mnist = np.load(DATA)
    return (mnist["x_train"], mnist["y_train"]), (mnist["x_test"], mnist["y_test"])


def draw_digit(image):
    """Prints a uint8 image in characters, two for each pixel."""
    for row in image:
        print("".join(" .:-=+*#%@"[pixel // 26] * 2 for pixel in row))


def save_figure(path):
    """Saves what was plotted last, in a folder that is made if it is not there."""
    Path(path).parent.mkdir(exist_ok=True)
    plt.savefig(path, dpi=150, bbox_inches="tight")
    print(f"Picture saved: {path}")


def main():
    (train_images, train_labels), (test_images, test_labels) = load_mnist()
    print(train_images.shape)
    print(train_labels.shape)
    print(test_images.shape)
    print(test_labels.shape)
    draw_digit(train_images[0])
    rows = [np.hstack(train_images[train_labels == digit][:20]) for digit in range(10)]
    plt.imshow(np.vstack(rows), cmap="gray_r")
    plt.title("The first 20 training digits of every class")
    plt.xticks([])
    plt.yticks(range(14, 280, 28), range(10))
    save_figure("figures/step1-digits.png")


if __name__ == "__main__":
    main()
