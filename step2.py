"""Step 2: prepare the images for LeNet-5.

Prints shape, dtype and range of the training images after each of three stages,
and saves a picture of one of them.
"""

import matplotlib.pyplot as plt
import numpy as np

from step1 import load_mnist, save_figure


def add_channel(images):
    """`(n, 28, 28) -> (n, 28, 28, 1)`: a convolution expects an axis for channels."""
    return images[..., np.newaxis]


def pad(images):
    """`(n, 28, 28, 1) -> (n, 32, 32, 1)`: a frame of background (paper, section II.B)."""
    return np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)])


def normalize(images):
    """uint8, 0 to 255 -> float32, from 0, background, to 1, ink."""
    return images.astype("float32") / 255


def prepare(images):
    """uint8 `(n, 28, 28)` -> float32 `(n, 32, 32, 1)`: all three stages."""
    return normalize(pad(add_channel(images)))


def describe(stage, images):
    """Prints shape, dtype and range of an array of images."""
    shape, dtype = str(images.shape), str(images.dtype)
    print(f"{stage:14}{shape:21}{dtype:10}{images.min():g} to {images.max():g}")


def main():
    (train_images, train_labels), (test_images, test_labels) = load_mnist()
    prepared = prepare(train_images)
    print("stage         shape                dtype     range")
    describe("as loaded", train_images)
    describe("add_channel", add_channel(train_images))
    describe("pad", pad(add_channel(train_images)))
    describe("normalize", prepared)
    plt.imshow(prepared[0], cmap="gray_r")
    plt.colorbar()
    save_figure("figures/step2-prepared.png")


if __name__ == "__main__":
    main()
