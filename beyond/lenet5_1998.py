"""The LeNet-5 of 1998 itself: 60,000 parameters, and the paper's own loss.

    python beyond/lenet5_1998.py            20 passes, in under four minutes
    python beyond/lenet5_1998.py --distort  the same, with distorted digits
    python beyond/lenet5_1998.py --compare  what the usual simplifications change; long

Prints the parameters and connections of every layer, here and in the paper, then the
error on the test digits. Saves the network, and a picture of what its layer F6 learns.
"""

import argparse
import math
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # where the steps are

from step1 import load_mnist, run, save_figure
from step2 import BACKGROUND, prepare
from step3 import PAPER, PAPER_TOTAL, build_lenet5, keras

import matplotlib.pyplot as plt
import numpy as np
import step4
import tensorflow as tf
from keras import layers, ops
from keras.utils import to_categorical

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
# section II.B). Any two of these drawings differ in at least 18 of them.
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
PIXELS = np.array([list(row) for row in DRAWINGS.split()]) == "X"  # (120, 7)
CODES = np.where(PIXELS, 1.0, -1.0).reshape(12, 10, 7).swapaxes(0, 1).reshape(10, 84)

EPOCHS = 20  # as in the paper

# Chosen by the error on the last 10,000 training images, held out from the training.
BATCH_SIZE = 64
LEARNING_RATE = 0.005
WEIGHT_DECAY = 0.05
J = 5.0  # the constant of the loss; the paper does not say which it took

# The largest distortions, of the same choice: to both sides, all equally likely.
SHIFT = 0.5  # pixels
SCALE = 0.12  # to exp(0.12) = 1.13 times the size
SQUEEZE = 0.12
SHEAR = 0.15

# Trained weights that connect units of the layers, in the paper (section II.B).
PAPER_CONNECTIONS = {
    "C1": 122304,
    "S2": 5880,
    "C3": 151600,
    "S4": 2000,
    "C5": 48120,
    "F6": 10164,
    "output": 840,
}
PAPER_RESULTS = {  # test error in percent, mistakes (section III.B, Figure 8)
    "paper": (step4.PAPER_ERROR, 95),
    "paper, distorted digits": (0.8, 82),
}

# By name: the layers that are taken from step 3, and whether digits are distorted.
VARIANTS = {
    "LeNet-5 of 1998": ([], False),
    "with distorted digits": ([], True),
    "C3 sees all of S2": (["C3"], False),
    "plain average pooling": (["S2", "S4"], False),
    "softmax": (["output"], False),
    "all three": (["C3", "S2", "S4", "output"], False),
}

register = keras.saving.register_keras_serializable("lenet5_1998")


def uniform(fan_in):
    """Returns the paper's initializer for units with `fan_in` inputs (section II.B)."""
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
        fan_in = 25 * CONNECTED.sum(axis=0)[self.connections[:, 1]]
        self.kernels = self.add_weight((60, 5, 5), uniform(fan_in[:, None, None]))
        self.biases = self.add_weight((16,), "zeros")

    def call(self, maps):
        kernel = ops.scatter(self.connections, self.kernels, (6, 16, 5, 5))
        sums = ops.conv(maps, ops.transpose(kernel, (2, 3, 0, 1)))
        return squash(sums + self.biases)


@register
class RadialBasis(layers.Layer):
    """The output: `(n, 84)` -> `(n, 10)`, from Euclidean radial basis functions.

    The paper's output is the squared distance of F6 to the code of each digit, and the
    nearest is the answer. This one has a minus in front: the largest is the answer, as
    Keras expects.
    """

    def build(self, shape):
        self.codes = self.add_weight(
            CODES.shape, lambda shape, dtype: ops.cast(CODES, dtype), trainable=False
        )

    def call(self, f6):
        return -ops.sum(ops.square(f6[:, None] - self.codes), axis=-1)


@register
def loss(labels, outputs):
    """Returns the loss of every image: one-hot labels, outputs `(n, 10)` -> `(n,)`.

    It is y_D + log(exp(-j) + sum over i of exp(-y_i)) (section II.C, equation 9), where
    y_i is the squared distance of F6 to the code of digit i, D the right digit, and j a
    positive constant. The first term pulls F6 to the right code. The second pushes it
    away from the others, the nearest ones most, and j keeps it from pushing those that
    are far away already.
    """
    right = -ops.sum(labels * outputs, axis=-1)
    with_j = ops.pad(outputs, [(0, 0), (0, 1)], constant_values=-J)
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
    """Returns the network of 1998 with the layers of these names from step 3."""
    paper, today = build_lenet5_1998(), build_lenet5(squash)
    mixed = [
        (today if layer.name in names else paper).get_layer(layer.name)
        for layer in paper.layers
    ]
    return keras.Sequential([keras.Input((32, 32, 1)), *mixed])


def count_parameters(layer):
    """Returns the number of trained parameters."""
    return sum(math.prod(weight.shape) for weight in layer.trainable_weights)


def count_connections(layer):
    """Returns how often a weight, a bias or a code meets a unit, in all positions."""
    units = math.prod(layer.output.shape[1:])
    if isinstance(layer, Subsampling):
        return (4 + 1) * units  # four pixels and a bias
    return layer.count_params() * units // layer.output.shape[-1]


class Distortion(layers.Layer):
    """Shifts, scales, squeezes and shears images while training (section III.A).

    float32 `(n, 32, 32, 1)` -> the same, each image in another way in every pass.
    """

    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator()

    def call(self, images, training=False):
        if not training:
            return images

        def draw(largest):
            shape = ops.shape(images)[:1]
            return keras.random.uniform(shape, -largest, largest, seed=self.seeds)

        scale, squeeze = draw(SCALE), draw(SQUEEZE)
        a, b = ops.exp(scale + squeeze), draw(SHEAR)
        c, d = draw(SHEAR), ops.exp(scale - squeeze)
        # pixel (x, y) is taken from (ax + by + e, cx + dy + f)
        middle = 15.5  # is shifted by up to half a pixel
        e = middle - a * middle - b * middle + draw(SHIFT)
        f = middle - c * middle - d * middle + draw(SHIFT)
        zero = ops.zeros_like(a)
        transform = ops.stack([a, b, e, c, d, f, zero, zero], axis=1)
        return ops.image.affine_transform(images, transform, fill_value=BACKGROUND)


def train(model, train_set, test_set, options):
    """Trains with the paper's loss, else as step 4; returns Keras's `History`.

    A set is `(images, labels)`: float32 `(n, 32, 32, 1)`, one-hot `(n, 10)`. The paper
    took one image at a time, and gave each weight its own learning rate, from second
    derivatives, which Keras does not have. Momentum and the schedule do without.
    """
    steps = options.epochs * math.ceil(len(train_set[1]) / options.batch_size)
    warmup = int(step4.WARMUP * steps)
    learning_rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_target=options.learning_rate,
        warmup_steps=warmup,
        decay_steps=steps - warmup,
    )
    model.compile(
        optimizer=keras.optimizers.SGD(
            learning_rate, momentum=0.9, nesterov=True, weight_decay=WEIGHT_DECAY
        ),
        loss=loss,
        metrics=["accuracy"],
        jit_compile=False,
        steps_per_execution=67,
    )
    return model.fit(
        *train_set,
        batch_size=options.batch_size,
        epochs=options.epochs,
        validation_data=test_set,
    )


def run_variant(name, seeds, train_set, test_set, options):
    """Trains a variant with each seed; returns the last network, and a table's row.

    The row: name, parameters, test errors in percent, seconds that the passes took.
    """
    simpler, distort = VARIANTS[name]
    errors, seconds = [], []
    for seed in seeds:
        print(f"\nTraining {name}, seed {seed}")
        keras.utils.set_random_seed(seed)
        network = simplify(simpler)
        trained = keras.Sequential([Distortion(), network]) if distort else network
        start = time.perf_counter()
        if "output" in simpler:  # a softmax: loss and learning rate of step 4
            recipe = argparse.Namespace(**vars(options))
            recipe.learning_rate = step4.LEARNING_RATE
            history = step4.train(trained, train_set, test_set, recipe).history
        else:
            history = train(trained, train_set, test_set, options).history
        seconds.append((time.perf_counter() - start) / options.epochs)
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
    """Plots the ten codes, and under each the mean output of F6 for that digit."""
    until_f6 = keras.Sequential(model.layers[:-1])
    outputs = until_f6.predict(images, verbose=0)
    figure, axes = plt.subplots(2, 10, figsize=(10, 4))
    figure.suptitle("The codes, and the mean output of F6 for the test digits")
    for digit in range(10):
        mean = outputs[labels == digit].mean(axis=0)
        for ax, drawing in zip(axes[:, digit], [CODES[digit], mean]):
            ax.imshow(drawing.reshape(12, 7), cmap="gray_r", vmin=-1.2, vmax=1.2)
            ax.axis("off")


def parse_options():
    """Returns the options of the command line."""
    parser = argparse.ArgumentParser(
        description="Trains the LeNet-5 of 1998 on MNIST.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    either = parser.add_mutually_exclusive_group().add_argument
    either("--distort", action="store_true", help="distort the training digits")
    either("--compare", action="store_true", help="train every variant three times")
    add("--epochs", type=int, default=EPOCHS, help="passes over the training images")
    add("--batch-size", type=int, default=BATCH_SIZE, help="images in a training step")
    add("--learning-rate", type=float, default=LEARNING_RATE, help="the largest one")
    add("--seed", type=int, default=0, help="seed of the random numbers")
    options = parser.parse_args()
    if options.epochs < 1 or options.batch_size < 1 or not options.learning_rate > 0:
        parser.error("--epochs and --batch-size start at 1, --learning-rate above 0")
    if not 0 <= options.seed < 2**32:
        parser.error("--seed is a number from 0 to 4294967295")
    return options


def print_results(rows):
    """Prints test errors in percent, and the seconds of a pass, above the paper's."""
    print("\nnetwork                 parameters  test error          mistakes  a pass")
    for name, parameters, errors, seconds in rows:
        error = np.mean(errors)
        spread = f"(sd {np.std(errors, ddof=1):.2f})" if len(errors) > 1 else ""
        print(
            f"{name:24}{parameters:10,}{error:10.2f} % {spread:9}{100 * error:9.0f}"
            f"{np.median(seconds):6.1f} s"
        )
    for name, (error, mistakes) in PAPER_RESULTS.items():
        print(f"{name:24}{PAPER_TOTAL:10,}{error:10.2f} %{mistakes:19}")


def main():
    options = parse_options()
    for folder in "figures", "models":  # to fail now, and not after the training
        Path(folder).mkdir(exist_ok=True)
    (train_images, train_labels), (test_images, test_labels) = load_mnist()
    sets = [
        (tf.constant(prepare(train_images)), to_categorical(train_labels)),
        (tf.constant(prepare(test_images)), to_categorical(test_labels)),
    ]
    print_layers(build_lenet5_1998())
    if options.compare:
        rows = [run_variant(name, range(3), *sets, options)[1] for name in VARIANTS]
        print_results(rows)
        return

    name = "with distorted digits" if options.distort else "LeNet-5 of 1998"
    network, row = run_variant(name, [options.seed], *sets, options)
    print_results([row])
    network.save("models/lenet5-1998.keras")
    print("\nNetwork saved: models/lenet5-1998.keras")
    plot_codes(network, sets[1][0], test_labels)
    save_figure("figures/lenet5-1998-codes.png")


if __name__ == "__main__":
    run(main)
