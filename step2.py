"""Step 2: make the images what LeNet-5 wants to see.

Run, it prints shape, dtype and range of the training images after each of
three stages, and saves a picture that shows why they are padded and not
stretched to 32x32.
"""

import numpy as np
from matplotlib.figure import Figure

from step1 import load_mnist, run, save_figure

# The paper's pixel values (section II.B): with them the mean of the pixels is
# about 0 and their variance about 1, and learning is faster. On 10,000 training
# images held out, LeNet-5 gets fewer digits wrong with them than with 0 to 1.
BACKGROUND = -0.1
INK = 1.175


def add_channel(images):
    """`(n, 28, 28) -> (n, 28, 28, 1)`: a convolution wants a channel axis.

    A colour image has three channels, red, green and blue; these have one, grey.
    """
    return images[..., np.newaxis]


def pad(images):
    """`(n, 28, 28, 1) -> (n, 32, 32, 1)`: a frame of background, 2 pixels wide.

    The strokes keep their width, and an end of a stroke near the edge of the
    digit can fall in the middle of a 5x5 kernel (paper, section II.B).
    """
    return np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)])


def normalize(images):
    """uint8 0 to 255 -> float32 BACKGROUND to INK, in the same shape."""
    pixels = images.astype(np.float32)
    pixels *= (INK - BACKGROUND) / 255  # in place: float32 remains float32,
    pixels += BACKGROUND  # and there is one copy of the images, not three
    return pixels


def prepare(images):
    """uint8 `(n, 28, 28)` -> float32 `(n, 32, 32, 1)`: all three stages.

    Raises ValueError for another shape or dtype.
    """
    if images.ndim != 3 or images.shape[1:] != (28, 28) or images.dtype != np.uint8:
        raise ValueError(
            "prepare wants uint8 images of shape (n, 28, 28), "
            f"and got {images.dtype} of shape {images.shape}"
        )
    return normalize(pad(add_channel(images)))


def stretch(image):
    """`(28, 28) -> (32, 32)` by bilinear interpolation, to compare padding with."""
    grid = np.linspace(0, 27, 32)
    for axis in 0, 1:
        image = np.apply_along_axis(
            lambda line: np.interp(grid, np.arange(28), line), axis, image
        )
    return image


def plot_sizes(image):
    """Plot a `(28, 28)` digit as loaded, stretched and padded, at one scale."""
    padded = pad(add_channel(image[np.newaxis]))[0, ..., 0]
    panels = {
        "as loaded, 28x28": image,
        "stretched to 32x32: wider and blurred": stretch(image),
        "padded to 32x32: the same digit": padded,
    }
    figure = Figure(figsize=(12, 4.7), layout="constrained")
    widths = [len(panel) for panel in panels.values()]
    axes = figure.subplots(1, 3, width_ratios=widths)
    for ax, (title, panel) in zip(axes, panels.items()):
        ax.pcolormesh(panel, cmap="gray_r", edgecolors="lightgray", linewidth=0.3)
        ax.set_title(title)
        ax.set_aspect("equal", anchor="S")
        ax.invert_yaxis()
        ax.set_xticks([0, len(panel)])
        ax.set_yticks([0, len(panel)])
    return figure


def main():
    (images, _), _ = load_mnist()

    def report(stage, array):
        values = f"{array.min():.4g} to {array.max():.4g}"
        print(f"{stage:<14}{str(array.shape):<21}{array.dtype.name:<10}{values}")

    print(f"{'stage':<14}{'shape':<21}{'dtype':<10}range")
    report("as loaded", images)
    report("add_channel", add_channel(images))
    report("pad", pad(add_channel(images)))
    report("normalize", prepare(images))
    save_figure(plot_sizes(images[0]), "step2-padding")


if __name__ == "__main__":
    run(main)
