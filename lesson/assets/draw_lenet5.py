"""Draw LeNet-5 in the manner of the paper's Figure 2, from the model of step 3.

Saves `figures/lenet5.png` in the current folder, the picture that README and lesson
show.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from step1 import save_figure
from step3 import build_lenet5

import matplotlib.pyplot as plt
from keras import layers
from matplotlib.patches import Rectangle


def draw_stack(ax, x, size, maps, title):
    """Draws `maps` squares of `size` in a row; returns the corner of the front one."""
    step = 2 if size > 1 else 0.4
    for i in range(maps):
        corner = x + step * i, step * (maps / 2 - i) - size / 2
        ax.add_patch(Rectangle(corner, size, size, fc="white", ec="black"))
    ax.text(x, 34, title, va="center")
    return corner


def draw_view(ax, seen, size, unit):
    """Draws the square of `size` at `seen` that a unit of the next layer looks at."""
    (x, y), (unit_x, unit_y) = seen, unit
    ax.add_patch(Rectangle(seen, size, size, fill=False, color="tab:blue"))
    ax.plot([x + size, unit_x], [y, unit_y], color="tab:blue", linewidth=1)
    ax.plot([x + size, unit_x], [y + size, unit_y + 1], color="tab:blue", linewidth=1)


def plot_network(model):
    """Plots the maps of every layer as a stack of squares, to scale."""
    _, ax = plt.subplots(figsize=(13, 3.9))
    ax.set_aspect("equal")
    ax.axis("off")
    size = 32
    x, y = draw_stack(ax, 0, size, 1, "input\n1 map\n32x32")
    for layer in model.layers:
        if isinstance(layer, layers.Flatten):
            continue
        before_x, before_y, right = x, y, x + size
        if isinstance(layer, layers.Dense):
            size = 1
            title = f"{layer.name}\n{layer.units}\nunits"
            x, y = draw_stack(ax, right + 16, size, layer.units, title)
            ax.text(right, -32, "full\nconnection", va="center")
            continue
        _, size, _, maps = layer.output.shape
        title = f"{layer.name}\n{maps} maps\n{size}x{size}"
        x, y = draw_stack(ax, right + 16, size, maps, title)
        convolution = isinstance(layer, layers.Conv2D)
        kernel = (layer.kernel_size if convolution else layer.pool_size)[0]
        action = "convolution" if convolution else "subsampling"
        ax.text(right - 8, -32, f"{kernel}x{kernel}\n{action}", va="center")
        unit = size // 2
        shift = unit * layer.strides[0]
        seen = before_x + shift, before_y + shift
        draw_view(ax, seen, kernel, (x + unit, y + unit))


def main():
    plot_network(build_lenet5())
    save_figure("figures/lenet5.png")


if __name__ == "__main__":
    main()
