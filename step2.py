"""Step 2: prepare the images for LeNet-5.

Prints shape, dtype and range of the training images after each of three stages,
and saves a picture that shows why they are padded to 32x32 and not stretched.
"""

import matplotlib.pyplot as plt
import numpy as np

from step1 import load_mnist, run, save_figure

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

    Now a stroke that ends near the edge can fall in the middle of a 5x5 kernel
    (paper, section II.B).
    """
    return np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)])  # before, after each axis


def normalize(images):
    """uint8 0 to 255 -> float32 BACKGROUND to INK, looked up in a table of 256."""
    return np.linspace(BACKGROUND, INK, 256, dtype=np.float32)[images]


def prepare(images):
    """uint8 `(n, 28, 28)` -> float32 `(n, 32, 32, 1)`: all three stages."""
    return normalize(pad(add_channel(images)))


def main():
    (images, _), _ = load_mnist()
    stages = {
        "as loaded": images,
        "add_channel": add_channel(images),
        "pad": pad(add_channel(images)),
        "normalize": prepare(images),
    }
    print("stage         shape                dtype     range")
    for stage, array in stages.items():
        low, high = array.min(), array.max()
        print(f"{stage:14}{array.shape!s:21}{array.dtype!s:10}{low:.4g} to {high:.4g}")
    print(f"mean {array.mean():.2f}, variance {array.var():.2f}")  # the last stage
    repeat = np.arange(32) * 28 // 32  # 0 0 1 2 3 4 5 6 7 7 8 ...: some appear twice
    _, axes = plt.subplots(1, 3, figsize=(12, 4), sharex=True, sharey=True)
    axes[0].imshow(images[0], cmap="gray_r", vmin=-30)  # light grey background
    axes[0].set_title("as loaded, 28x28")
    axes[1].imshow(images[0][repeat][:, repeat], cmap="gray_r", vmin=-30)
    axes[1].set_title("stretched to 32x32: uneven strokes")
    axes[2].imshow(np.pad(images[0], 2), cmap="gray_r", vmin=-30)
    axes[2].set_title("padded to 32x32: the same digit")
    save_figure("figures/step2-padding.png")


if __name__ == "__main__":
    run(main)
