"""Draw what a unit of each layer of LeNet-5 sees, on a digit of the training images.

Saves `figures/fields.png` in the current folder, a picture of the lesson's page 3.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from step1 import load_mnist, save_figure
from step2 import prepare
from step3 import build_lenet5

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

# Row and column of a unit of each layer, each in the field of the one before it.
UNITS = {"C5": 0, "S4": 2, "C3": 5, "S2": 6, "C1": 13}
COLORS = ["black", "tab:blue", "tab:orange", "tab:green", "tab:red"]


def fields(model):
    """Returns for each layer how wide a unit's field is, and the distance of two."""
    width, distance, found = 1, 1, {}
    for name in reversed(UNITS):
        layer = model.get_layer(name)
        size = getattr(layer, "kernel_size", None) or layer.pool_size
        width += (size[0] - 1) * distance
        distance *= layer.strides[0]
        found[name] = width, distance
    return found


def main():
    (images, labels), _ = load_mnist()
    _, ax = plt.subplots(figsize=(5, 5))
    ax.imshow(prepare(images[2:3])[0], cmap="gray_r", alpha=0.5, extent=(0, 32, 32, 0))
    found = fields(build_lenet5())
    for color, (name, unit) in zip(COLORS, UNITS.items()):
        width, distance = found[name]
        start = unit * distance + 0.2
        frame = Rectangle([start, start], width - 0.4, width - 0.4, fill=False, lw=3)
        frame.set(edgecolor=color, label=f"{name} {width}x{width}")
        ax.add_patch(frame)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), title="a unit of ... sees")
    ax.axis("off")
    save_figure("figures/fields.png")


if __name__ == "__main__":
    main()
