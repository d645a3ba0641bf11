"""Draw LeNet-5 in the manner of the paper's Figure 2, from the model of step 3.

Saves `figures/lenet5.png` in the current folder, a picture of the lesson's page 3. It is
in two rows, to be legible on a phone.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from step1 import save_figure
from step3 import build_lenet5

import matplotlib.pyplot as plt
from keras import layers
from matplotlib.patches import Rectangle

COLUMNS = 4
WIDTH, HEIGHT = 54, 68  # of a layer's place in the picture


def draw_maps(ax, left, top, maps, size):
    """Draws maps one behind the other; returns the corner of the front one."""
    step = min(2, 14 / maps)
    for i in range(maps):
        corner = left + step * i, top + step * i
        ax.add_patch(Rectangle(corner, size, size, fc="white", ec="black"))
    return corner


def main():
    _, ax = plt.subplots(figsize=(9.5, 6))
    ax.set(xlim=(-1, COLUMNS * WIDTH), ylim=(2 * HEIGHT, 0), aspect="equal")
    ax.axis("off")
    front = draw_maps(ax, 0, 16, maps=1, size=32)
    ax.text(0, 0, "input: 1 map\n32x32", fontsize=16, weight="bold", va="top")
    model = build_lenet5()
    drawn = [layer for layer in model.layers if not isinstance(layer, layers.Flatten)]
    for place, layer in enumerate(drawn):
        before = (place % COLUMNS) * WIDTH, (place // COLUMNS) * HEIGHT
        left, top = ((place + 1) % COLUMNS) * WIDTH, (place + 1) // COLUMNS * HEIGHT
        size = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
        if size:
            pooling = "pooling" if "S" in layer.name else "convolution"
            done = f"{size[0]}x{size[0]} {pooling} →"
            kernel = Rectangle(front, *size, fill=False, ec="tab:blue", lw=3, zorder=3)
            ax.add_patch(kernel)
        else:
            done = "full connection →"
        ax.text(
            before[0], before[1] + 58, done, fontsize=13, color="tab:blue", va="top"
        )
        units = layer.output.shape[-1]
        if layer.output.shape[1:-1] in [(1, 1), ()]:
            column = Rectangle((left, top + 16), 3, units / 3, fc="white", ec="black")
            ax.add_patch(column)
            title = f"{layer.name}:\n{units} units"
        else:
            width = layer.output.shape[1]
            front = draw_maps(ax, left, top + 16, units, width)
            title = f"{layer.name}: {units} maps\n{width}x{width}"
        ax.text(left, top, title, fontsize=16, weight="bold", va="top")
    save_figure("figures/lenet5.png")


if __name__ == "__main__":
    main()
