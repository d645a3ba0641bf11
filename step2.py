"""Step 2: prepare the images for LeNet-5.

Prints shape, dtype and range of the training images after each of three stages,
and saves a picture that shows why they are padded to 32x32 and not stretched.
"""

import matplotlib.pyplot as plt
import numpy as np

from step1 import load_mnist, save_figure

# The paper's pixel values (section II.B), meant to bring the mean of the pixels to
# about 0 and their variance to about 1, with which a network learns faster.
BACKGROUND = -0.1
INK = 1.175


def add_channel(images):
    """`(n, 28, 28) -> (n, 28, 28, 1)`: a convolution expects an axis for channels.

    A colour image has three channels, red, green and blue; these have one, grey.
    """
    return images[..., np.newaxis]


def pad(images):
    """`(n, 28, 28, 1) -> (n, 32, 32, 1)`: a frame of background, 2 pixels wide.

    Ends of strokes and corners can then lie in the middle of what a unit of C3 sees,
    which is 14x14 pixels, wherever they are on the digit (paper, section II.B).
    """
    return np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)])  # before, after each axis


def normalize(images):
    """uint8, 0 to 255 -> float32, BACKGROUND to INK."""
    return BACKGROUND + (INK - BACKGROUND) * (images.astype("float32") / 255)


def prepare(images):
    """uint8 `(n, 28, 28)` -> float32 `(n, 32, 32, 1)`: all three stages."""
    return normalize(pad(add_channel(images)))


def describe(stage, images):
    """Prints shape, dtype and range of an array of images."""
    shape, dtype = str(images.shape), str(images.dtype)
    print(f"{stage:14}{shape:21}{dtype:10}{images.min():.4g} to {images.max():.4g}")


def main():
    (train_images, train_labels), (test_images, test_labels) = load_mnist()
    normalized = prepare(train_images)
    print("stage         shape                dtype     range")
    describe("as loaded", train_images)
    describe("add_channel", add_channel(train_images))
    describe("pad", pad(add_channel(train_images)))
    describe("normalize", normalized)
    print(f"mean {normalized.mean():.2f}, variance {normalized.var():.2f}")

    digit = train_images[0]
    repeat = np.arange(32) * 28 // 32  # 0 0 1 2 3 4 5 6 7 7 8 ...: some appear twice
    _, axes = plt.subplots(1, 3, figsize=(12, 4), sharex=True, sharey=True)
    axes[0].set_title("as loaded, 28x28")
    axes[0].imshow(digit, cmap="gray_r", vmin=-30)  # light grey background
    axes[1].set_title("stretched to 32x32: uneven strokes")
    axes[1].imshow(digit[repeat][:, repeat], cmap="gray_r", vmin=-30)
    axes[2].set_title("padded to 32x32: the same digit")
    axes[2].imshow(np.pad(digit, 2), cmap="gray_r", vmin=-30)
    save_figure("figures/step2-padding.png")


if __name__ == "__main__":
    main()
