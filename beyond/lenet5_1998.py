"""The LeNet-5 of 1998 itself: 60,000 parameters, and the paper's own loss.

`train_1998.py` trains and saves it. Whoever loads it has to import this file first, so
that Keras knows its layers.
"""

import math
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # where the steps are

from step3 import build_lenet5  # first: it sets up TensorFlow

import keras
import numpy as np
from keras import layers, ops

# The paper's pixel values (section II.B), meant to bring the mean of the pixels to
# about 0 and their variance to about 1, with which a network learns faster.
BACKGROUND = -0.1
INK = 1.175

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

# Chosen by the error on the last 10,000 training images, held out from the training.
J = 5.0  # the constant in the loss, whose value the paper does not give

# Distortions, chosen in the same way: drawn uniformly from minus to plus these.
SHIFT = 0.5  # pixels, sideways and down
SCALE = 0.12  # exp(0.12) = 1.13 times larger or smaller
SQUEEZE = 0.12  # 1.13 times wider and flatter, or the reverse
SHEAR = 0.25  # pixels sideways for every pixel down

# Tells `load_model` what a name in a saved network stands for.
register = keras.saving.register_keras_serializable("lenet5_1998")


def paper_pixels(images):
    """Returns images that `step2.prepare` has made, with the paper's pixel values."""
    return BACKGROUND + (INK - BACKGROUND) * images


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
def loss(labels, outputs):
    """Returns the loss of every image: one-hot labels, outputs `(n, 10)` -> `(n,)`.

    It is y_D + log(exp(-j) + sum over i of exp(-y_i)) (section II.C, equation 9), where
    y_i is the squared distance of F6 to the code of digit i, D the right digit, and j a
    positive constant. The first term pulls F6 to the right code. The second pushes it
    away from all codes, the nearest most, but from the right one never as hard as the
    first term pulls. Codes that are much farther away than j are hardly pushed at all.
    """
    right = -ops.sum(labels * outputs, axis=-1)
    with_j = ops.pad(outputs, [(0, 0), (0, 1)], constant_values=-J)  # for exp(-j)
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
            layers.Dense(84, squash, kernel_initializer=uniform(120), name="F6"),
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

    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator()

    def call(self, images, training=False):
        if not training:
            return images

        def draw(largest):
            shape = ops.shape(images)[:1]
            return keras.random.uniform(shape, -largest, largest, seed=self.seeds)

        scale, squeeze, shear = draw(SCALE), draw(SQUEEZE), draw(SHEAR)
        # pixel (x, y) is taken from (a * x + b * y + c, d * y + e)
        a, b, d = ops.exp(scale + squeeze), shear, ops.exp(scale - squeeze)
        middle = 15.5  # only the shift moves it
        c = middle - a * middle - b * middle + draw(SHIFT)
        e = middle - d * middle + draw(SHIFT)
        zero = ops.zeros_like(a)
        transform = ops.stack([a, b, c, zero, d, e, zero, zero], axis=1)
        return ops.image.affine_transform(images, transform, fill_value=BACKGROUND)
