"""The LeNet-5 of 1998 itself: 60,000 parameters, and the paper's own loss.

    python beyond/lenet5_1998.py            trains it for 20 passes, as in the paper
    python beyond/lenet5_1998.py --distort  the same, with distorted digits
    python beyond/lenet5_1998.py --compare  both, and the usual simplifications; slow

Prints the parameters and connections of every layer, here and in the paper, and after
the training the test errors. Saves the network, and a picture of what its layer F6 has
learned; `--compare` only prints.
"""

import argparse
import math
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # where the steps are

from step1 import load_mnist, save_figure
from step2 import BACKGROUND
from step3 import PAPER, PAPER_TOTAL, build_lenet5  # it sets up Keras: first
from step4 import LABEL_SMOOTHING, PAPER_ERROR, as_set, schedule

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

# Which maps of S2 (rows) each map of C3 (columns) is connected to (paper, Table I).
TABLE_I = """
    X...XXX..XXXX.XX
    XX...XXX..XXXX.X
    XXX...XXX..X.XXX
    .XXX..XXXX..X.XX
    ..XXX..XXXX.XX.X
    ...XXX..XXXX.XXX
"""
# The codes: F6 has 84 units, so that its output can be a drawing of 7x12 pixels (paper,
# section II.B). The drawings are ours. Any two of them differ in at least 18 pixels.
DRAWINGS = """
    ..XXX.. ...X... .XXXXX. XXXXXXX .....XX XXXXXXX ...XXX. XXXXXXX ..XXX.. ..XXXX.
    .XXXXX. ..XX... XXXXXXX XXXXXXX ....XXX XXXXXXX ..XX... XXXXXXX .XX.XX. .XX..XX
    XX...XX .XXX... XX...XX ....XX. ...XXXX XX..... .XX.... .....XX .X...X. XX...XX
    XX...XX ...X... .....XX ...XX.. ..XX.XX XX..... XX..... ....XX. .X...X. XX...XX
    XX...XX ...X... .....XX ..XX... .XX..XX XX..... XX..... ....XX. .XX.XX. XX...XX
    XX...XX ...X... ....XX. ..XXXX. XX...XX XXXXXX. XXXXXX. ...XX.. ..XXX.. .XXXXXX
    XX...XX ...X... ...XX.. ....XXX XX...XX .XXXXXX XX...XX ...XX.. .XX.XX. ..XXXXX
    XX...XX ...X... ..XX... .....XX XXXXXXX .....XX XX...XX ..XX... XX...XX .....XX
    XX...XX ...X... .XX.... .....XX XXXXXXX .....XX XX...XX ..XX... XX...XX .....XX
    XX...XX ...X... XX..... .....XX .....XX .....XX XX...XX .XX.... XX...XX ....XX.
    .XXXXX. ...X... XXXXXXX XX..XXX .....XX XX..XXX .XX.XX. .XX.... .XX.XX. ...XX..
    ..XXX.. .XXXXX. XXXXXXX XXXXXX. .....XX .XXXXX. ..XXX.. XX..... ..XXX.. .XXX...
"""
CONNECTED = np.array([list(row) for row in TABLE_I.split()]) == "X"  # (6, 16)
INKED = np.array([list(row) for row in DRAWINGS.split()]) == "X"  # (120, 7)
INKED = INKED.reshape(12, 10, 7).swapaxes(0, 1)  # row, digit, column -> digit first
CODES = np.where(INKED, 1.0, -1.0).reshape(10, 84)

EPOCHS = 20  # as in the paper

# Chosen by the error on the last 10,000 training images, held out from the training.
BATCH_SIZE = 64
LEARNING_RATE = 0.005
WEIGHT_DECAY = 0.05  # times the learning rate: what a step takes off each parameter
J = 5.0  # the constant in the loss, whose value the paper does not give
SOFTMAX_FACTOR = 20  # softmax: 20 times the learning rate, a 20th of the weight decay

# Distortions, chosen in the same way: drawn uniformly from minus to plus these.
SHIFT = 0.5  # pixels, sideways and down
SCALE = 0.12  # exp(0.12) = 1.13 times larger or smaller
SQUEEZE = 0.12  # 1.13 times wider and flatter, or the reverse
SHEAR = 0.25  # pixels sideways for every pixel down

# Connections in the paper (section II.B): the inputs of all units, biases included.
PAPER_CONNECTIONS = {
    "C1": 122304,
    "S2": 5880,
    "C3": 151600,
    "S4": 2000,
    "C5": 48120,
    "F6": 10164,
    "output": 840,
}
PAPER_ERRORS = {  # in percent
    "paper, 20 passes": PAPER_ERROR,
    "paper, distorted digits": 0.82,  # 0.8 in section III.B, 82 digits in Figure 8
}

# The layers that are taken from step 3, and whether the digits are distorted.
VARIANTS = {
    "LeNet-5 of 1998": ([], False),
    "with distorted digits": ([], True),
    "C3 sees all of S2": (["C3"], False),
    "plain average pooling": (["S2", "S4"], False),
    "softmax": (["output"], False),
    "all three": (["C3", "S2", "S4", "output"], False),
}

# Tells `load_model` what a name in a saved network stands for.
register = keras.saving.register_keras_serializable("lenet5_1998")


def uniform(fan_in):
    """Returns the paper's initializer, for `fan_in` inputs and a bias (Appendix A)."""
    return keras.initializers.RandomUniform(-2.4 / fan_in, 2.4 / fan_in)


@register
def squash(sums):
    """The squashing function, through (-1, -1), (0, 0), (1, 1) (section II.B)."""
    return 1.7159 * ops.tanh(2 / 3 * sums)


@register
class Subsampling(layers.Layer):
    """S2 and S4: `(n, h, w, maps)` -> `(n, h/2, w/2, maps)` (section II.B).

    Adds up 2x2 pixels, multiplies by a coefficient, adds a bias, and squashes. Each map
    has one coefficient and one bias, and both are trained.
    """

    def build(self, shape):
        self.coefficients = self.add_weight(shape[-1:], uniform(fan_in=4))
        self.biases = self.add_weight(shape[-1:], "zeros")

    def call(self, maps):
        sums = 4 * ops.average_pool(maps, pool_size=2)
        return squash(self.coefficients * sums + self.biases)


@register
class PartialConvolution(layers.Layer):
    """C3: `(n, 14, 14, 6)` -> `(n, 10, 10, 16)`, connected as in Table I.

    There is a 5x5 kernel for each of the 60 connections, and none for the other 36.
    """

    def build(self, shape):
        self.connections = np.argwhere(CONNECTED)  # (60, 2): a map of S2, one of C3
        maps = CONNECTED.sum(axis=0)  # of S2 for each map of C3: 3, 4 or 6
        fan_in = 25 * maps[self.connections[:, 1]].reshape(60, 1, 1)  # 75, 100 or 150
        self.kernels = self.add_weight((60, 5, 5), uniform(fan_in))
        self.biases = self.add_weight((16,), "zeros")

    def call(self, maps):
        # zeros where there is no kernel
        kernels = ops.scatter(self.connections, self.kernels, (6, 16, 5, 5))
        kernels = ops.transpose(kernels, (2, 3, 0, 1))  # as `conv` expects them
        sums = ops.conv(maps, kernels)
        return squash(sums + self.biases)


@register
class RadialBasis(layers.Layer):
    """The output: `(n, 84)` -> `(n, 10)`, from Euclidean radial basis functions.

    The paper's output is the squared distance of F6 to the code of each digit, and the
    smallest is the answer (section II.B). Here it has a minus in front, so that the
    largest is the answer, as Keras expects.
    """

    def build(self, shape):
        fixed = keras.initializers.Constant(CODES)
        self.codes = self.add_weight(CODES.shape, fixed, trainable=False)

    def call(self, f6):
        differences = f6[:, None] - self.codes  # (n, 1, 84) - (10, 84) -> (n, 10, 84)
        return -ops.sum(ops.square(differences), axis=-1)


@register
def loss(labels, outputs, j=J):
    """Returns the loss of every image: one-hot labels, outputs `(n, 10)` -> `(n,)`.

    It is y_D + log(exp(-j) + sum over i of exp(-y_i)) (section II.C, equation 9), where
    y_i is the squared distance of F6 to the code of digit i, D the right digit, and j a
    positive constant. The first term pulls F6 to the right code. The second pushes it
    away from all codes, the nearest most, but from the right one never as hard as the
    first term pulls. Codes that are much farther away than j are hardly pushed at all.
    """
    right = -ops.sum(labels * outputs, axis=-1)
    with_j = ops.pad(outputs, [(0, 0), (0, 1)], constant_values=-j)  # for exp(-j)
    return right + ops.logsumexp(with_j, axis=-1)


def build_lenet5_1998():
    """Returns the LeNet-5 of 1998: `(n, 32, 32, 1)` -> `(n, 10)` (section II.B)."""
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Conv2D(
                6, 5, activation=squash, kernel_initializer=uniform(25), name="C1"
            ),
            Subsampling(name="S2"),
            PartialConvolution(name="C3"),
            Subsampling(name="S4"),
            layers.Conv2D(
                120, 5, activation=squash, kernel_initializer=uniform(400), name="C5"
            ),
            layers.Flatten(name="flatten"),
            layers.Dense(
                84, activation=squash, kernel_initializer=uniform(120), name="F6"
            ),
            RadialBasis(name="output"),
        ],
        name="lenet5-1998",
    )


def simplify(names):
    """Returns the network of 1998, but with the layers of these names from step 3.

    They start from Keras's own initial weights.
    """
    of_1998, of_today = build_lenet5_1998(), build_lenet5(squash)
    mixed = [
        (of_today if layer.name in names else of_1998).get_layer(layer.name)
        for layer in of_1998.layers
    ]
    return keras.Sequential([keras.Input((32, 32, 1)), *mixed], name=of_1998.name)


def count_parameters(layer):
    """Returns the number of trainable parameters, without those of the fixed codes."""
    return sum(math.prod(weight.shape) for weight in layer.trainable_weights)


def count_connections(layer):
    """Returns the number of connections: the inputs of all units, biases included."""
    *size, maps = layer.output.shape[1:]
    positions = math.prod(size)  # 1 for F6 and the output, which have no size
    if isinstance(layer, Subsampling):
        return positions * maps * (4 + 1)  # four pixels and a bias
    return positions * layer.count_params()  # each weight is used at every position


class Distortion(layers.Layer):
    """Shifts, scales, squeezes and shears images, in the training only (section III).

    float32 `(n, 32, 32, 1)` -> the same. The paper made 540,000 distorted images once;
    here each image is distorted anew in every pass, and none is kept. (Keras's own
    layers would interpolate an image three times, and shear it about its corner.)
    """

    def __init__(self, shift=SHIFT, shear=SHEAR):
        super().__init__()
        self.shift, self.shear = shift, shear
        self.seeds = keras.random.SeedGenerator()

    def call(self, images, training=False):
        if not training:
            return images

        def draw(largest):
            shape = ops.shape(images)[:1]
            return keras.random.uniform(shape, -largest, largest, seed=self.seeds)

        scale, squeeze, shear = draw(SCALE), draw(SQUEEZE), draw(self.shear)
        # pixel (x, y) is taken from (a * x + b * y + c, d * y + e)
        a, b, d = ops.exp(scale + squeeze), shear, ops.exp(scale - squeeze)
        middle = 15.5  # only the shift moves it
        c = middle - a * middle - b * middle + draw(self.shift)
        e = middle - d * middle + draw(self.shift)
        zero = ops.zeros_like(a)
        transform = ops.stack([a, b, c, zero, d, e, zero, zero], axis=1)
        return ops.image.affine_transform(images, transform, fill_value=BACKGROUND)


def train(
    model,
    train_set,
    test_set,
    epochs,
    batch_size,
    learning_rate,
    weight_decay=WEIGHT_DECAY,
    objective=loss,
):
    """Trains a network; returns Keras's `History`.

    A set is `(images, labels)`: float32 `(n, 32, 32, 1)`, one-hot `(n, 10)`. The paper
    took one image at a time, and gave each weight a learning rate of its own, from
    second derivatives (stochastic diagonal Levenberg-Marquardt, Appendix C). Keras has
    no such optimizer: ours is SGD with Nesterov momentum, with the schedule of step 4.
    """
    steps = epochs * math.ceil(len(train_set[1]) / batch_size)
    model.compile(
        optimizer=keras.optimizers.SGD(
            schedule(learning_rate, steps),
            momentum=0.9,
            nesterov=True,
            weight_decay=weight_decay,
        ),
        loss=objective,
        metrics=["accuracy"],
        jit_compile=False,  # these two are for speed, as in step 4
        steps_per_execution=67,
    )
    return model.fit(
        *train_set, batch_size=batch_size, epochs=epochs, validation_data=test_set
    )


def run_variant(
    name,
    seeds,
    train_set,
    test_set,
    epochs=EPOCHS,
    batch_size=BATCH_SIZE,
    learning_rate=LEARNING_RATE,
    weight_decay=WEIGHT_DECAY,
    j=J,
    shift=SHIFT,
    shear=SHEAR,
):
    """Trains a variant with each seed; returns the last network, and a table's row.

    The row is name, parameters, test errors in percent, seconds per pass. A network
    with softmax gets the loss of step 4.
    """
    from_step3, distort = VARIANTS[name]

    def objective(labels, outputs):
        return loss(labels, outputs, j)

    if "output" in from_step3:
        objective = keras.losses.CategoricalCrossentropy(
            label_smoothing=LABEL_SMOOTHING
        )
        learning_rate *= SOFTMAX_FACTOR
        weight_decay /= SOFTMAX_FACTOR
    recipe = epochs, batch_size, learning_rate, weight_decay, objective
    errors, seconds = [], []
    for seed in seeds:
        print(f"\nTraining {name}, seed {seed}")
        keras.utils.set_random_seed(seed)
        model = network = simplify(from_step3)
        if distort:
            model = keras.Sequential([Distortion(shift, shear), network])
        start = time.perf_counter()
        history = train(model, train_set, test_set, *recipe).history
        seconds.append((time.perf_counter() - start) / epochs)
        errors.append(100 - 100 * history["val_accuracy"][-1])
    return network, (name, count_parameters(network), errors, seconds)


def print_layers(model):
    """Prints the parameters and connections of every layer, here and in the paper."""
    print("layer    parameters   paper  connections    paper")
    for name, (parameters, _) in PAPER.items():
        layer = model.get_layer(name)
        print(
            f"{name:8}{count_parameters(layer):11,}{parameters:8,}"
            f"{count_connections(layer):13,}{PAPER_CONNECTIONS[name]:9,}"
        )
    connections = sum(count_connections(model.get_layer(name)) for name in PAPER)
    print(
        f"all{count_parameters(model):16,}{PAPER_TOTAL:8,}"
        f"{connections:13,}{sum(PAPER_CONNECTIONS.values()):9,}"
    )


def plot_codes(model, images, labels):
    """Plots the codes, and under each the mean output of F6 for that digit."""
    up_to_f6 = keras.Sequential(model.layers[:-1])
    outputs = up_to_f6.predict(images, verbose=0)
    _, axes = plt.subplots(2, 10, figsize=(10, 3.6))
    axes[0, 0].set_ylabel("code")
    axes[1, 0].set_ylabel("mean of F6")
    for digit in range(10):
        mean = outputs[labels == digit].mean(axis=0)
        for ax, drawing in zip(axes[:, digit], [CODES[digit], mean]):
            ax.imshow(drawing.reshape(12, 7), cmap="gray_r", vmin=-1.2, vmax=1.2)
            ax.set(xticks=[], yticks=[])


def parse_options():
    """Returns the options of the command line."""
    parser = argparse.ArgumentParser(
        description="Trains the LeNet-5 of 1998 on MNIST.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        allow_abbrev=False,
    )
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--distort", action="store_true", help="distort the training digits"
    )
    group.add_argument(
        "--compare",
        action="store_true",
        help="all variants, three seeds from --seed on",
    )
    add = parser.add_argument
    add("--epochs", type=int, default=EPOCHS, help="passes over the training images")
    add("--batch-size", type=int, default=BATCH_SIZE, help="images in a training step")
    add("--learning-rate", type=float, default=LEARNING_RATE, help="the largest one")
    add("--seed", type=int, default=0, help="seed of the random numbers")
    options = parser.parse_args()
    if options.epochs < 1 or options.batch_size < 1 or options.seed < 0:
        parser.error("--epochs and --batch-size start at 1, --seed at 0")
    if not 0 < options.learning_rate < 1:
        parser.error("--learning-rate lies between 0 and 1")
    return options


def print_results(rows):
    """Prints a table, each row a mean over seeds, and the paper's results below it."""
    print("\nnetwork                 parameters  test error          mistakes  a pass")
    for name, parameters, errors, seconds in rows:
        error = np.mean(errors)
        spread = f"(sd {np.std(errors, ddof=1):.2f})" if len(errors) > 1 else ""
        print(
            f"{name:24}{parameters:10,}{error:10.2f} % {spread:9}{100 * error:9.0f}"
            f"{np.mean(seconds):6.1f} s"
        )
    for name, error in PAPER_ERRORS.items():
        print(f"{name:24}{PAPER_TOTAL:10,}{error:10.2f} %{100 * error:19.0f}")


def main():
    options = parse_options()
    (train_images, train_labels), (test_images, test_labels) = load_mnist()
    sets = as_set(train_images, train_labels), as_set(test_images, test_labels)
    recipe = options.epochs, options.batch_size, options.learning_rate
    print_layers(build_lenet5_1998())

    if options.compare:
        seeds = range(options.seed, options.seed + 3)
        rows = []
        for variant in VARIANTS:
            _, row = run_variant(variant, seeds, *sets, *recipe)
            rows.append(row)
        print_results(rows)
        return

    for folder in "figures", "models":
        Path(folder).mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=folder)  # fails now, and not after the training
    variant = "with distorted digits" if options.distort else "LeNet-5 of 1998"
    network, row = run_variant(variant, [options.seed], *sets, *recipe)
    print_results([row])
    name = "lenet5-1998-distorted" if options.distort else "lenet5-1998"
    # not the optimizer of the training, but enough to evaluate the loaded network
    network.compile("sgd", loss, metrics=["accuracy"])
    network.save(f"models/{name}.keras")
    print(f"\nNetwork saved: models/{name}.keras")
    test_images, _ = sets[1]
    plot_codes(network, test_images, test_labels)
    save_figure(f"figures/{name}-codes.png")


if __name__ == "__main__":
    main()
