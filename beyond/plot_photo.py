"""Plot what was found and read in a photo, every shape outlined."""

import io
from pathlib import Path

from step2 import prepare

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from PIL import Image

LAYERS = ["C1", "S2", "C3", "S4"]
READ, DOUBTED, LEFT_OUT = "tab:green", "tab:orange", "tab:purple"  # outlines


def as_text(line):
    """Returns a line's digits, with a space where there is a wide gap."""
    text = ""
    for last, reading in zip([None, *line], line):
        if last and reading.box[0] - last.box[2] > last.box[3] - last.box[1]:
            text += " "
        text += str(reading.answer)
    return text


def outline(ax, box, colour, text, width):
    left, top, right, bottom = box
    size = right - left, bottom - top
    frame = Rectangle((left, top), *size, fill=False, color=colour, lw=width)
    ax.add_patch(frame)
    ax.text(left, top, text, color=colour, va="bottom", clip_on=True)


def plot_sheet(ax, sheet, lines, left_out):
    """Plots a photo, with every shape outlined."""
    small = Image.fromarray(sheet)
    small.thumbnail((800, 800))  # faster
    height, width = sheet.shape
    ax.imshow(small, cmap="gray", vmin=0, vmax=255, extent=(0, width, height, 0))
    ax.set(xticks=[], yticks=[], anchor="NW")
    for shape in left_out:
        outline(ax, shape.box, LEFT_OUT, shape.reason, 0.8)
    for reading in sum(lines, []):
        colour = DOUBTED if reading.doubt else READ
        text = f"{reading.answer}?" if reading.doubt else f"{reading.answer}"
        outline(ax, reading.box, colour, text, 2)


def feature_maps(lenet5, digit):
    """Returns the maps of each layer side by side in one picture, with gaps, by name."""
    maps, pictures = prepare(digit[np.newaxis]), {}
    for layer in lenet5.layers:
        maps = layer(maps)
        if layer.name in LAYERS:
            framed = np.pad(maps[0], [(1, 1), (1, 1), (0, 0)], constant_values=np.nan)
            pictures[layer.name] = np.hstack(np.moveaxis(framed, 2, 0))
    return pictures


def plot_digit(axes, reading, lenet5):
    """Plots the digit as the networks get it, what they read, and feature maps."""
    pictures = {"digit": reading.digit, **feature_maps(lenet5, reading.digit)}
    for name, pixels in pictures.items():
        grey = {"cmap": "gray", "vmin": 0, "vmax": 255}
        style = {"cmap": "Blues"} if name in LAYERS else grey
        axes[name].imshow(pixels, **style)
        axes[name].set(xticks=[], yticks=[], anchor="NW", facecolor="lightgrey")
    for name in LAYERS:
        axes[name].set_ylabel(name, rotation=0, ha="right", va="center")
    axes["digit"].set_title("as the networks get it")
    ours, others = reading.probabilities
    first, second = ours.argmax(), others.argmax()
    title = f"LeNet-5 reads {first}, the dense network {second}"
    axes["sheet"].set_title(f"not certain: {title}" if reading.doubt else title)
    ax = axes["bars"]
    ax.bar(np.arange(10) - 0.2, ours, width=0.4, label="LeNet-5")
    ax.bar(np.arange(10) + 0.2, others, width=0.4, label="dense network")
    ax.set(xticks=range(10), ylim=(0, 1), yticks=[0, 0.5, 1], ylabel="probability")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)


def plot(sheet, lines, left_out, lenet5):
    """Plots a photo and what was found; of a single digit, what the networks do."""
    readings = sum(lines, [])
    plt.close()  # the last photo's
    if len(readings) == 1:
        rows = [["sheet", name, name] for name in LAYERS]
        _, axes = plt.subplot_mosaic(
            [["sheet", "digit", "bars"], *rows],
            figsize=(12, 5.7),
            width_ratios=[8, 3, 8],
            height_ratios=[60, 30, 16, 12, 7],  # all feature maps on the same scale
            layout="constrained",
        )
        plot_digit(axes, readings[0], lenet5)
        ax = axes["sheet"]
    else:
        height, width = sheet.shape
        size = 8, 8 * min(height / width, 1.5) + 1
        _, ax = plt.subplots(figsize=size, layout="constrained")
        ax.set_title("\n".join(map(as_text, lines)) or "no digit found")
    plot_sheet(ax, sheet, lines, left_out)


def save_picture(path):
    """Saves what was plotted last: all of it, or nothing.

    Raises ValueError if it cannot be written.
    """
    picture, part = io.BytesIO(), Path(f"{path}.part")
    plt.gcf().savefig(picture, dpi=100)
    try:
        if not part.parent.exists():
            part.parent.mkdir()
        part.write_bytes(picture.getvalue())
        part.replace(path)
    except OSError as error:
        if part.parent.is_dir():
            part.unlink(missing_ok=True)
        raise ValueError(f"{path} cannot be saved: {error.strerror}")
    print(f"Picture saved: {path}")
