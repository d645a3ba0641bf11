"""Step 3: build LeNet-5, and the dense network that it is compared with.

Run, it prints the summaries of both networks and a table that holds every
layer of LeNet-5 against the paper, and saves a drawing of the network in the
manner of the paper's Figure 2.
"""

from step1 import run, save_figure  # before Keras: it turns TensorFlow's log down

import keras
from keras import layers
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

ACTIVATIONS = ["tanh", "relu"]
POOLINGS = {"average": layers.AveragePooling2D, "maximum": layers.MaxPooling2D}

# Trainable parameters in the paper (section II.B), and why ours differ.
PAPER = {
    "C1": (156, ""),
    "S2": (12, "paper: a trained factor and bias a map"),
    "C3": (1516, "paper: three to six of the S2 maps each"),
    "S4": (32, "as S2"),
    "C5": (48120, ""),
    "F6": (10164, ""),
    "output": (0, "paper: distances to fixed codes"),
}
PAPER_TOTAL = sum(parameters for parameters, _ in PAPER.values())


def build_lenet5(activation="tanh", pooling="average"):
    """Return LeNet-5: float32 `(n, 32, 32, 1)` -> probabilities `(n, 10)`.

    The layers and their names are those of section II.B of the paper, the
    connections the simpler ones that are usual today: 61,706 parameters.

    Raises ValueError for an activation or a pooling that is not in ACTIVATIONS
    or POOLINGS.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation is one of {ACTIVATIONS}, not '{activation}'")
    if pooling not in POOLINGS:
        raise ValueError(f"pooling is one of {list(POOLINGS)}, not '{pooling}'")
    Pooling = POOLINGS[pooling]
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Conv2D(6, 5, activation=activation, name="C1"),
            Pooling(2, name="S2"),
            layers.Conv2D(16, 5, activation=activation, name="C3"),
            Pooling(2, name="S4"),
            layers.Conv2D(120, 5, activation=activation, name="C5"),
            layers.Flatten(name="flatten"),
            layers.Dense(84, activation=activation, name="F6"),
            layers.Dense(10, activation="softmax", name="output"),
        ],
        name="lenet5",
    )


def build_dense():
    """Return the earlier lesson's network: `(n, 32, 32, 1)` -> `(n, 10)`.

    It takes the 28x28 pixels of the digit, without the frame: 784-256-10,
    203,530 parameters.
    """
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Cropping2D(2, name="crop"),
            layers.Flatten(name="flatten"),
            layers.Dense(256, activation="relu", name="hidden"),
            layers.Dense(10, activation="softmax", name="output"),
        ],
        name="dense",
    )


def compare_with_paper(model):
    """Return a table of LeNet-5's layers, their parameters here and in the paper."""
    lines = [f"{'layer':<8}{'output shape':<15}{'here':>7}{'paper':>8}  difference"]
    for name, (paper, difference) in PAPER.items():
        layer = model.get_layer(name)
        shape = "x".join(str(size) for size in layer.output.shape[1:])
        lines.append(
            f"{name:<8}{shape:<15}{layer.count_params():>7,}{paper:>8,}  {difference}"
        )
    lines.append(f"{'all':<23}{model.count_params():>7,}{PAPER_TOTAL:>8,}")
    return "\n".join(line.rstrip() for line in lines)


def plot_network(model):
    """Plot the maps of every layer as a stack of squares, to scale (paper, Figure 2).

    The blue square on a front map is what one unit of the next layer sees of it.
    """
    figure = Figure(figsize=(13, 3.9), layout="constrained")
    axes = figure.subplots()
    axes.set_aspect("equal")
    axes.axis("off")

    def draw_stack(x, size, maps, title):
        step = 2 if size > 1 else 0.4
        for i in range(maps):
            corner = x + step * i, step * (maps / 2 - i) - size / 2
            axes.add_patch(Rectangle(corner, size, size, fc="white", ec="black"))
        axes.text(x, 34, title, va="center")
        return corner  # of the front map, bottom left

    (x, y), size = draw_stack(0, 32, 1, "input\n1 map\n32x32"), 32
    for layer in model.layers:
        if layer.name == "flatten":
            continue
        seen_x, seen_y, right = x, y, x + size
        *sizes, maps = layer.output.shape[1:]
        size = sizes[0] if sizes else 1
        what = f"{maps} maps\n{size}x{size}" if sizes else f"{maps}\nunits"
        x, y = draw_stack(right + 12, size, maps, f"{layer.name}\n{what}")
        if layer.name[0] not in "CS":
            axes.text(right, -32, "full\nconnection", va="center")
            continue
        convolution = layer.name[0] == "C"
        kernel = (layer.kernel_size if convolution else layer.pool_size)[0]
        action = "convolution" if convolution else "subsampling"
        axes.text(right - 8, -32, f"{kernel}x{kernel}\n{action}", va="center")
        unit = size // 2
        seen_x += unit * layer.strides[0]
        seen_y += unit * layer.strides[0]
        blue = {"color": "tab:blue", "lw": 1}
        axes.add_patch(Rectangle((seen_x, seen_y), kernel, kernel, fill=False, **blue))
        for edge in 0, 1:
            axes.plot(
                [seen_x + kernel, x + unit],
                [seen_y + edge * kernel, y + unit + edge],
                **blue,
            )
    return figure


def main():
    model = build_lenet5()
    model.summary(line_length=79)
    build_dense().summary(line_length=79)
    print("\nLeNet-5 against the paper, in trainable parameters:\n")
    print(compare_with_paper(model))
    save_figure(plot_network(model), "step3-lenet5")


if __name__ == "__main__":
    run(main)
