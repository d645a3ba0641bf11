"""What each task asks for, and the usual mistakes.

A learner's function is called, and what it returns is compared with what is right, so
any right way passes. Where it returns what a usual mistake would, a sentence says so.
"""

import math
import os
import tempfile
from copy import deepcopy
from pathlib import Path

import numpy as np


class Wrong(Exception):
    """One sentence about what is wrong."""


def show(value):
    """Returns a value in few characters, for a sentence."""
    if isinstance(value, (tuple, list)) and len(value) > 9:
        return f"{len(value)} values"
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(show, value))})"
    if isinstance(value, np.ndarray) and value.size > 16:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.ndarray):
        return " ".join(str(np.round(value, 4)).split()).replace("[ ", "[")
    value = value.item() if isinstance(value, np.generic) else value
    return f"{value:.4g}" if isinstance(value, float) else repr(value)


def same(have, want):
    """Returns whether two values are the same: numbers, arrays, tuples of them."""
    if isinstance(want, Exception) or isinstance(have, Exception):
        return type(have) is type(want) and str(have) == str(want)
    if isinstance(want, tuple):
        is_pair = isinstance(have, (tuple, list)) and len(have) == len(want)
        return is_pair and all(map(same, have, want))
    try:
        have, want = np.asarray(have, float), np.asarray(want, float)
    except (TypeError, ValueError):
        return False
    return have.shape == want.shape and np.allclose(have, want, 1e-4, 1e-6, True)


def difference(have, want):
    """Says how a value differs from the right one."""
    if have is None:
        return "returns nothing: it has to end with `return`"
    if isinstance(want, tuple):
        return f"returns {show(have)}, where {show(want)} is right"
    if isinstance(have, (int, np.integer)) and not np.shape(want):
        return f"returns {have}, where {show(want)} is right"
    given = have
    try:
        have = np.asarray(have, float)
    except (TypeError, ValueError):
        return f"returns {show(have)}, which is not an array of numbers"
    if have.shape != np.shape(want):
        right = np.shape(want) or "a single number"
        return f"returns the shape {have.shape}, where {right} is right"
    if have.size > 9:
        place = tuple(map(int, np.argwhere(~np.isclose(have, want, 1e-4, 1e-6))[0]))
        return f"has {show(have[place])} at {place}, where {show(want[place])} is right"
    return f"returns {show(given)}, where {show(want)} is right"


def outcome(function, arguments):
    """Returns what a function returns for a copy of arguments, or what it raises."""
    try:
        with np.errstate(all="ignore"):
            return function(*deepcopy(arguments))
    except Exception as error:
        return error


def compare(name, right, samples, mistakes):
    """Returns a check of a function by what it returns for some arguments.

    `mistakes` are sentences, each with a function that makes the mistake.
    """

    def check(mine):
        want = [outcome(right, sample) for sample in samples]
        have = [outcome(mine, sample) for sample in samples]
        if all(map(same, have, want)):
            given = deepcopy(samples[0])
            mine(*given)
            if not same(given, samples[0]):
                raise Wrong(f"{name} changes the array that it gets: make a new one.")
            return
        for sentence, wrong in mistakes:
            if all(map(same, have, [outcome(wrong, sample) for sample in samples])):
                end = "" if sentence.endswith("?") else "."
                raise Wrong(f"{name}: {sentence}{end}")
        for h, w, sample in zip(have, want, samples):
            if isinstance(h, Exception):
                mine(*deepcopy(sample))  # raises it again, where it is reported
            if not same(h, w):
                raise Wrong(f"{name}{show(sample)} {difference(h, w)}.")

    return check


RNG = np.random.default_rng(0)


# Page 1


def convolve(image, kernel, places=None):
    k = len(kernel)
    places = len(image) - k + 1 if places is None else places
    rows = [[image[r : r + k, c : c + k] for c in range(places)] for r in range(places)]
    return np.array([[np.sum(kernel * patch) for patch in row] for row in rows])


def only(place, image, kernel):
    """Returns a feature map that is filled in only at one place, or in one row."""
    feature_map = np.zeros_like(convolve(image, kernel), float)
    feature_map[place] = convolve(image, kernel)[place]
    return feature_map


def everywhere_the_first(image, kernel):
    return np.full_like(convolve(image, kernel), convolve(image, kernel)[0, 0])


def products(image, kernel):
    k, places = len(kernel), range(len(image) - len(kernel) + 1)
    patches = [[image[r : r + k, c : c + k] for c in places] for r in places]
    return np.array([[np.sum(kernel @ patch) for patch in row] for row in patches])


CONVOLVE = [
    (
        "@ is the product of matrices: * multiplies each weight by the pixel under it",
        lambda image, kernel: products(image, kernel),
    ),
    (
        "it leaves out the last place in each direction: n - k + 1, not n - k",
        lambda image, kernel: convolve(image, kernel, len(image) - len(kernel)),
    ),
    (
        "the kernel is turned round: multiply each weight by the pixel under it",
        lambda image, kernel: convolve(image, kernel[::-1, ::-1]),
    ),
    ("rows and columns are exchanged", lambda image, kernel: convolve(image, kernel).T),
    (
        "rows and columns of the kernel are exchanged",
        lambda image, kernel: convolve(image, kernel.T),
    ),
    (
        "it adds up the pixels, but does not multiply them by the kernel",
        lambda image, kernel: convolve(image, np.ones_like(kernel)),
    ),
    (
        "only the first number is filled in: is `return` inside the loops?",
        lambda image, kernel: only((0, 0), image, kernel),
    ),
    (
        "only the first row is filled in: is `return` inside a loop?",
        lambda image, kernel: only(0, image, kernel),
    ),
    (
        "the patch never moves: it has to begin at `row` and `column`",
        everywhere_the_first,
    ),
    (
        "every number is 0: is something written into `feature_map`?",
        lambda image, kernel: 0 * convolve(image, kernel),
    ),
    (
        "the sums are divided: a convolution adds up, it takes no mean",
        lambda image, kernel: convolve(image, kernel) / kernel.size,
    ),
]


# Page 2


def channels(maps, squares, bias, each=0, relu=True, first=None):
    sums = [convolve(*pair) + each for pair in list(zip(maps, squares))[:first]]
    total = sum(sums) + bias
    return np.maximum(total, 0) if relu else total


CHANNELS = [
    (
        "each map has a square of its own: every square goes over every map",
        lambda maps, squares, bias: np.maximum(
            sum(convolve(channel, square) for channel in maps for square in squares)
            + bias,
            0,
        ),
    ),
    ("the bias is forgotten", lambda maps, squares, bias: channels(maps, squares, 0)),
    (
        "the bias is added for every channel: a feature map has a single one",
        lambda maps, squares, bias: channels(maps, squares, 0, each=bias),
    ),
    (
        "bias and ReLU come once, after the sum of all channels",
        lambda maps, squares, bias: sum(
            np.maximum(convolve(*pair) + bias, 0) for pair in zip(maps, squares)
        ),
    ),
    (
        "ReLU is forgotten: what is below 0 becomes 0",
        lambda maps, squares, bias: channels(maps, squares, bias, relu=False),
    ),
    (
        "ReLU comes last, after the bias",
        lambda maps, squares, bias: channels(maps, squares, 0) + bias,
    ),
    (
        "ReLU comes once, after the sum of all channels",
        lambda maps, squares, bias: np.maximum(
            sum(np.maximum(convolve(*pair), 0) for pair in zip(maps, squares)) + bias, 0
        ),
    ),
    (
        "ReLU comes last, once, and not for every channel",
        lambda maps, squares, bias: (
            sum(np.maximum(convolve(*pair), 0) for pair in zip(maps, squares)) + bias
        ),
    ),
    (
        "only the first channel is used",
        lambda maps, squares, bias: channels(maps, squares, bias, first=1),
    ),
    (
        "the bias is taken away: add it (it may be negative)",
        lambda maps, squares, bias: channels(maps, squares, -bias),
    ),
]


def frame(images, rows=(2, 2), columns=(2, 2), value=0):
    widths = [(0, 0), rows, columns, (0, 0)]
    return np.pad(images, widths, constant_values=value)


PAD = [
    (
        "there are four axes, images, rows, columns, channels: each needs its pair",
        lambda images: np.pad(images, [(0, 0), (2, 2), (2, 2)]),
    ),
    (
        "there are four axes, images, rows, columns, channels: each needs its pair",
        lambda images: np.pad(images, [(2, 2), (2, 2), (0, 0)]),
    ),
    (
        "the frame is 4 pixels wide: it takes 2 on each side",
        lambda images: frame(images, (4, 4), (4, 4)),
    ),
    (
        "all 4 rows and columns are on one side: it takes 2 before, and 2 after",
        lambda images: frame(images, (0, 4), (0, 4)),
    ),
    (
        "all 4 rows and columns are on one side: it takes 2 before, and 2 after",
        lambda images: frame(images, (4, 0), (4, 0)),
    ),
    (
        "the number of images is padded, too: their axis gets (0, 0)",
        lambda images: np.pad(images, [(2, 2), (2, 2), (2, 2), (0, 0)]),
    ),
    (
        "all axes are padded, also the images' and the channels'",
        lambda images: np.pad(images, 2),
    ),
    (
        "the channels are padded, and the columns are not: the order of the axes is "
        "images, rows, columns, channels",
        lambda images: np.pad(images, [(0, 0), (2, 2), (0, 0), (2, 2)]),
    ),
    ("the frame is full ink: background is 0", lambda images: frame(images, value=255)),
]
NORMALIZE = [
    (
        "it divides by 256: full ink is 255, and should become 1",
        lambda images: images / 256,
    ),
    (
        "it rounds down to whole numbers: divide with / after astype",
        lambda images: images // 255,
    ),
    ("the pixels are not divided by 255", lambda images: images),
    ("ink and background are exchanged", lambda images: 1 - images / 255),
]
PREPARE = [
    (
        "pad gets images without the axis for channels: add_channel comes first, and "
        "what it returns is passed on",
        frame,
    ),
    ("the frame is forgotten", lambda images: images[..., np.newaxis] / 255),
    ("the pixels are not divided by 255", lambda images: frame(images[..., None])),
    ("the axis for the channels is forgotten", lambda images: images / 255),
]


def check_float32(name, values):
    dtype = np.asarray(values).dtype
    if dtype != np.float32:
        raise Wrong(
            f"{name}: the values are right, but they are {dtype}, which takes "
            f"{dtype.itemsize} bytes a pixel: `astype` has to make float32 of them, "
            "before they are divided."
        )


def check_prepare(pad, normalize, prepare):
    images = RNG.integers(0, 256, (3, 28, 28), np.uint8)
    images[0, :3, :3] = 255
    compare("pad", frame, [(images[..., np.newaxis],)], PAD)(pad)
    right = lambda images: images / 255
    compare("normalize", right, [(images,)], NORMALIZE)(normalize)
    check_float32("normalize", normalize(np.copy(images)))
    right = lambda images: frame(images[..., np.newaxis]) / 255
    compare("prepare", right, [(images,)], PREPARE)(prepare)
    check_float32("prepare", prepare(np.copy(images)))


# Page 3


def layer_size(size, kernel, stride=1, padding=0):
    return (size + 2 * padding - kernel) // stride + 1


SIZE = [
    (
        "there is no half place: // divides and rounds down",
        lambda n, k, stride=1, padding=0: round((n + 2 * padding - k) / stride) + 1,
    ),
    (
        "there is no half place: // divides and rounds down",
        lambda n, k, stride=1, padding=0: round((n + 2 * padding - k) / stride + 1),
    ),
    (
        "one place too few: the first one counts, too, so + 1",
        lambda n, k, stride=1, padding=0: layer_size(n, k, stride, padding) - 1,
    ),
    (
        "padding is on both sides, so it counts twice",
        lambda n, k, stride=1, padding=0: (n + padding - k) // stride + 1,
    ),
    (
        "the padding is forgotten",
        lambda n, k, stride=1, padding=0: layer_size(n, k, stride),
    ),
    (
        "the stride is forgotten",
        lambda n, k, stride=1, padding=0: layer_size(n, k, 1, padding),
    ),
    (
        "there is no half place: // divides and rounds down",
        lambda n, k, stride=1, padding=0: (n + 2 * padding - k) / stride + 1,
    ),
    (
        "the 1 is added before the division: the first place counts once",
        lambda n, k, stride=1, padding=0: (n + 2 * padding - k + 1) // stride,
    ),
]


def parameters(kernel, channels, maps):
    return maps * (kernel * kernel * channels + 1)


PARAMETERS = [
    (
        "the biases are forgotten: every map has one",
        lambda kernel, channels, maps: maps * kernel * kernel * channels,
    ),
    (
        "there is a bias for every map, not a single one",
        lambda kernel, channels, maps: maps * kernel * kernel * channels + 1,
    ),
    (
        "there is one bias for a map, not one for each of its channels",
        lambda kernel, channels, maps: maps * channels * (kernel * kernel + 1),
    ),
    (
        "the channels are forgotten: a kernel has a square of weights for each",
        lambda kernel, channels, maps: maps * (kernel * kernel + 1),
    ),
    (
        "a kernel of size 5 has 5 x 5 weights",
        lambda kernel, channels, maps: maps * (kernel * channels + 1),
    ),
    (
        "it counts one kernel: there are as many as maps",
        lambda kernel, channels, maps: kernel * kernel * channels + 1,
    ),
]
UNITS = [
    (
        "the biases are forgotten: every unit has one",
        lambda inputs, units: inputs * units,
    ),
    (
        "there is a bias for every unit, not a single one",
        lambda inputs, units: inputs * units + 1,
    ),
    (
        "inputs and units are exchanged: the units have the biases",
        lambda inputs, units: inputs * (units + 1),
    ),
]


def check_sizes(conv_parameters, dense_parameters):
    samples = [(5, 1, 6), (5, 6, 16), (3, 2, 4)]
    compare("conv_parameters", parameters, samples, PARAMETERS)(conv_parameters)
    right = lambda inputs, units: units * (inputs + 1)
    samples = [(120, 84), (84, 10), (7, 3)]
    compare("dense_parameters", right, samples, UNITS)(dense_parameters)


LENET5 = [  # name, kind, shape without the number of images, parameters
    ("C1", "Conv2D", (28, 28, 6), 156),
    ("S2", "pooling", (14, 14, 6), 0),
    ("C3", "Conv2D", (10, 10, 16), 2416),
    ("S4", "pooling", (5, 5, 16), 0),
    ("C5", "Conv2D", (1, 1, 120), 48120),
    ("flatten", "Flatten", (120,), 0),
    ("F6", "Dense", (84,), 10164),
    ("output", "Dense", (10,), 850),
]


def activation_of(layer):
    of_its_own = {"ReLU": "relu", "Softmax": "softmax"}.get(type(layer).__name__)
    return of_its_own or getattr(getattr(layer, "activation", None), "__name__", None)


def check_is_network(name, model):
    if not hasattr(model, "layers"):
        raise Wrong(f"{name} returns no network: it has to end with `return`.")


def layers_of(name, model, shape=(32, 32, 1)):
    """Returns the layers of a network, which takes images of a shape.

    An activation that is a layer of its own is given to the layer before it.
    """
    from keras import activations

    check_is_network(name, model)
    if not model.built:
        raise Wrong(f"{name}: `keras.Input({shape})` is missing at the beginning.")
    if tuple(model.input_shape[1:]) != shape:
        raise Wrong(f"{name} takes images of {model.input_shape[1:]}, not of {shape}.")
    found = []
    for layer in model.layers:
        kind = type(layer).__name__
        if kind in ("ReLU", "Softmax", "Activation") and found:
            if activation_of(found[-1]) == "linear":
                found[-1].activation = activations.get(activation_of(layer))
                continue
        if kind != "InputLayer":
            found.append(layer)
    return found


def check_rows(call, layers, rows, named=False):
    """Checks the layers of a network, which a `call` has made.

    Each of the rows describes one: name, kind, shape, parameters, activation. If they
    are `named`, the layers have to be called so.
    """
    for layer, (name, kind, shape, count, activation) in zip(layers, rows):
        have = type(layer).__name__
        if have != kind:
            is_pooling = "Pooling" in have and name in ("S2", "S4")
            why = ": use the class that `pooling` is" if is_pooling else ""
            raise Wrong(
                f"{call}: where {name} should be ({kind}), there is {have}{why}."
            )
        if named and layer.name != name:
            raise Wrong(
                f'{call}: the layer {name} is called {layer.name}: name="{name}".'
            )
        if layer.output.shape[1:] != shape:
            is_same = getattr(layer, "padding", "valid") == "same"
            why = ': with padding="same", the maps do not shrink' if is_same else ""
            if kind == "Conv2D" and not is_same and shape[0] > layer.output.shape[1]:
                why = ': padding="same" keeps the size'
            raise Wrong(
                f"{call}: {name} gives {layer.output.shape[1:]}, where {shape} is "
                f"right{why}."
            )
        if layer.count_params() != count:
            raise Wrong(
                f"{call}: {name} has {layer.count_params():,} parameters, where "
                f"{count:,} are right."
            )
        have = activation_of(layer)
        if have not in (None, activation):
            raise Wrong(
                f"{call}: {name} has the activation {have}, and not {activation}."
            )
    if len(layers) < len(rows):
        raise Wrong(f"{call}: the network ends before {rows[len(layers)][0]}.")
    if len(layers) > len(rows):
        raise Wrong(f"{call}: the network goes on after the output.")


def check_layers(call, layers, activation, pooling):
    """Checks that a network, which a `call` has made, has the layers of LeNet-5."""
    rows = []
    for name, kind, shape, count in LENET5:
        kind = pooling.__name__ if kind == "pooling" else kind
        is_output = name == "output"
        rows.append((name, kind, shape, count, "softmax" if is_output else activation))
    check_rows(call, layers, rows, named=True)


def check_lenet5(build_lenet5):
    from keras import layers

    for given in (
        ("tanh", layers.AveragePooling2D),
        ("relu", layers.MaxPooling2D),
        (),
    ):
        activation, pooling = given or ("tanh", layers.AveragePooling2D)
        shown = f'"{activation}", {pooling.__name__}' if given else ""
        mine = layers_of("build_lenet5", build_lenet5(*given))
        check_layers(f"build_lenet5({shown})", mine, activation, pooling)


# Page 4


def softmax(sums):
    return np.exp(sums) / np.exp(sums).sum()


SOFTMAX = [
    (
        "first the powers, then the shares: it divides the sums before np.exp",
        lambda sums: np.exp(sums / sums.sum()),
    ),
    ("the powers are not divided by their sum: do they add up to 1?", np.exp),
    (
        "it divides the sums themselves, without e to the power of them",
        lambda sums: sums / sums.sum(),
    ),
    (
        "it divides by the largest: divide by the sum of all",
        lambda sums: np.exp(sums) / np.exp(sums).max(),
    ),
    (
        "it divides by the sum of the sums: divide by the sum of the powers",
        lambda sums: np.exp(sums) / sums.sum(),
    ),
    (
        "the sign is turned round: the largest sum has the smallest probability",
        lambda sums: softmax(-sums),
    ),
    (
        "it gives the largest only: return all probabilities",
        lambda sums: softmax(sums).max(),
    ),
]


def cross_entropy(probabilities, label):
    return -math.log(probabilities[label])


CROSS_ENTROPY = [
    (
        "the minus belongs before the logarithm: there is none of a negative number",
        lambda probabilities, label: np.log(-probabilities[label]),
    ),
    (
        "the label is a place in the probabilities, and not a factor",
        lambda probabilities, label: -label * np.log(probabilities[label]),
    ),
    (
        "the minus is missing: a loss is never below 0",
        lambda probabilities, label: math.log(probabilities[label]),
    ),
    (
        "that is the logarithm to base 10: np.log is the natural one",
        lambda probabilities, label: -math.log10(probabilities[label]),
    ),
    (
        "that is the logarithm to base 2: np.log is the natural one",
        lambda probabilities, label: -math.log2(probabilities[label]),
    ),
    (
        "it takes the largest probability: take that of the right digit",
        lambda probabilities, label: -math.log(probabilities.max()),
    ),
    (
        "that is the sum over all digits: only the right one counts",
        lambda probabilities, label: -np.log(probabilities).sum(),
    ),
    (
        "it returns a number for every digit: only the right one counts",
        lambda probabilities, label: -np.log(probabilities),
    ),
    ("the logarithm is missing", lambda probabilities, label: 1 - probabilities[label]),
    ("the logarithm is missing", lambda probabilities, label: -probabilities[label]),
]
LOSSES = [(np.array([0.7, 0.2, 0.1]), 0), (np.array([0.1, 0.3, 0.6]), 1)]


def split(images, labels, count):
    return (images[:-count], labels[:-count]), (images[-count:], labels[-count:])


SPLIT = [
    (
        "the training set has the first `count`: it is all but the last `count`",
        lambda images, labels, count: (
            (images[:count], labels[:count]),
            (images[count:], labels[count:]),
        ),
    ),
    (
        "it holds back 10,000, whatever `count` is",
        lambda images, labels, count: split(images, labels, 10000),
    ),
    (
        "it trains on the first 50,000, whatever `count` is",
        lambda images, labels, count: (
            (images[:50000], labels[:50000]),
            (images[50000:], labels[50000:]),
        ),
    ),
    (
        "an image is lost between the two: `-count` ends the one and begins the other",
        lambda images, labels, count: (
            (images[: -count - 1], labels[: -count - 1]),
            (images[-count:], labels[-count:]),
        ),
    ),
    (
        "an image is lost between the two: `-count` ends the one and begins the other",
        lambda images, labels, count: (
            (images[:-count], labels[:-count]),
            (images[1 - count :], labels[1 - count :]),
        ),
    ),
    (
        "the labels are missing: a set is a pair of images and labels",
        lambda images, labels, count: (images[:-count], images[-count:]),
    ),
    (
        "the two are exchanged: first what is left to train on, then the last ones",
        lambda images, labels, count: split(images, labels, count)[::-1],
    ),
    (
        "it holds back the first images: take the last",
        lambda images, labels, count: (
            (images[count:], labels[count:]),
            (images[:count], labels[:count]),
        ),
    ),
    (
        "the images that are held back are still in the training set",
        lambda images, labels, count: (
            (images, labels),
            (images[-count:], labels[-count:]),
        ),
    ),
    (
        "the training set gets the first `count`: it is all but the last `count`",
        lambda images, labels, count: (
            (images[:count], labels[:count]),
            (images[-count:], labels[-count:]),
        ),
    ),
    (
        "images go with images, and labels with labels: a set is a pair of both",
        lambda images, labels, count: (
            (images[:-count], images[-count:]),
            (labels[:-count], labels[-count:]),
        ),
    ),
    (
        "it returns four arrays in a row: return two pairs",
        lambda images, labels, count: sum(split(images, labels, count), ()),
    ),
    (
        "the labels are not those of the images",
        lambda images, labels, count: (
            (images[:-count], labels[count:]),
            (images[-count:], labels[:count]),
        ),
    ),
]
SPLITS = [(np.arange(20.0).reshape(10, 2), np.arange(10), n) for n in (3, 4)]


def check_trial(trial):
    """Trains a small network on 200 images of noise, for three passes."""
    import keras

    images = RNG.random((200, 8, 8, 1), np.float32)
    labels = np.arange(200) % 10
    held = images[:50], np.full(50, 11)  # a digit that the network can never say
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(12, "softmax", kernel_initializer="zeros"),
        ]
    )
    model.supports_jit = False  # translating it takes longer than that saves
    before = model.get_weights()[0]
    right_loss = "sparse_categorical_crossentropy"
    other_loss = Wrong(f'trial: the loss is not "{right_loss}".')
    try:
        fit = trial(model, (images, labels), held, 3)
    except Exception:
        if not model.compiled:
            raise Wrong("trial: `compile` is missing: it comes before `fit`.")
        if right_loss in str(getattr(model, "loss", right_loss)):
            raise
        raise other_loss
    if np.array_equal(model.get_weights()[0], before):
        raise Wrong("trial: the network has not learned: is `fit` called?")
    if not hasattr(fit, "history"):
        raise Wrong("trial returns no history: return what `fit` returns.")
    if "accuracy" not in fit.history:
        raise Wrong('trial: the accuracy is not measured: metrics=["accuracy"].')
    if len(fit.epoch) != 3:
        raise Wrong(f"trial: asked for 3 passes, it makes {len(fit.epoch)}.")
    if "val_accuracy" not in fit.history:
        raise Wrong("trial: nothing is evaluated on the validation set.")
    if fit.history["val_accuracy"][-1] > 0:
        raise Wrong("trial: `validation_data` is not the validation set that it gets.")
    steps = int(model.optimizer.iterations) / 3
    if steps != math.ceil(200 / 64):
        raise Wrong(
            f"trial: 200 images took {steps:g} training steps a pass, so the batches "
            "are not of 64 images."
        )
    optimizer = type(model.optimizer).__name__
    if optimizer != "Adam":
        raise Wrong(f"trial: the optimizer is {optimizer}, and not Adam.")
    probabilities = np.array(model(held[0]))[:, 11]
    if not np.isclose(fit.history["val_loss"][-1], -np.log(probabilities).mean(), 0.05):
        raise other_loss


# Page 5


def wrong_ones(probabilities, labels):
    return np.flatnonzero(probabilities.argmax(axis=1) != labels)


def surest(probabilities, labels, count, order=-1, sure=None):
    sure = probabilities.max(axis=1) if sure is None else sure
    wrong = wrong_ones(probabilities, labels)
    return wrong[np.argsort(order * sure[wrong])][:count]


def surest_places(probabilities, labels, count):
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return np.argsort(-probabilities.max(axis=1)[wrong])[:count]


SUREST = [
    (
        "the surest are ordered by their own answer, and not by the right one",
        lambda probabilities, labels, count: surest(
            probabilities,
            labels,
            count,
            sure=probabilities[np.arange(len(labels)), labels],
        ),
    ),
    (
        "the order of all images does not fit the list of the wrong ones: order only "
        "their certainties, certainty[wrong]",
        lambda probabilities, labels, count: wrong_ones(probabilities, labels)[
            np.argsort(-probabilities.max(axis=1))
        ],
    ),
    (
        "first take the wrong ones, and then the surest `count` of these",
        lambda probabilities, labels, count: np.array(
            [
                i
                for i in np.argsort(-probabilities.max(axis=1))[:count]
                if i in wrong_ones(probabilities, labels)
            ]
        ),
    ),
    (
        "these are the least sure ones: the largest probability comes first",
        lambda probabilities, labels, count: surest(probabilities, labels, count, 1),
    ),
    ("these are places among the mistakes, not among all images", surest_places),
    (
        "right answers are among them: those whose argmax(axis=1) is the label",
        lambda probabilities, labels, count: np.argsort(-probabilities.max(axis=1))[
            :count
        ],
    ),
    (
        "they are not in order: the surest comes first",
        lambda probabilities, labels, count: np.flatnonzero(
            probabilities.argmax(axis=1) != labels
        )[:count],
    ),
    (
        "it returns all mistakes: return the first `count`",
        lambda probabilities, labels, count: surest(probabilities, labels, None),
    ),
]


def answers():
    """Returns probabilities and labels of 30 images, a third of them misread."""
    rng = np.random.default_rng(2)
    sums = 3 * rng.random((30, 10))
    probabilities = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    labels = probabilities.argmax(axis=1)
    labels[3::3] = (labels[3::3] + 1) % 10
    return probabilities, labels


# Page 7


def shift(images, right, down):
    height, width = images.shape[1:3]
    shifted = np.zeros_like(images)
    shifted[:, down:, right:] = images[:, : height - down, : width - right]
    return shifted


def empty_where_zero(images, right, down):
    shifted = np.zeros_like(images)
    shifted[:, down:, right:] = images[:, :-down, :-right]
    return shifted


SHIFT = [
    (
        "the image as it was is still there: begin with zeros",
        lambda images, right, down: np.where(
            shift(np.ones_like(images), right, down) > 0,
            shift(images, right, down),
            images,
        ),
    ),
    (
        "what leaves on one side comes in on the other: it has to be gone",
        lambda images, right, down: np.roll(images, (down, right), (1, 2)),
    ),
    (
        "rows and columns are exchanged: `right` moves along axis 2",
        lambda images, right, down: shift(images, down, right),
    ),
    (
        "it moves to the left and up",
        lambda images, right, down: shift(images[:, ::-1, ::-1], right, down)[
            :, ::-1, ::-1
        ],
    ),
    ("the images are not moved", lambda images, right, down: images),
    (
        "it moves to the right, but not down",
        lambda images, right, down: shift(images, right, 0),
    ),
    (
        "it moves down, but not to the right",
        lambda images, right, down: shift(images, 0, down),
    ),
    (
        "the images get larger: they keep their size",
        lambda images, right, down: np.pad(
            images, [(0, 0), (down, 0), (right, 0)] + [(0, 0)] * (images.ndim - 3)
        ),
    ),
    (
        "with a shift of 0, images[:, :-0] is empty: count from the front",
        empty_where_zero,
    ),
]
SHIFTS = [
    (RNG.random((2, 6, 7, 1)), right, down) for right, down in ((2, 1), (3, 0), (0, 0))
]


def around(name, wrap, shape):
    """Returns what a task's network does to images before the network that it gets.

    That one does nothing but flatten them.
    """
    import keras

    flat = keras.Sequential([keras.Input(shape), keras.layers.Flatten()])
    model = wrap(flat)
    mine = layers_of(name, model, shape)
    if flat not in mine and flat.layers[0] not in mine:
        raise Wrong(f"{name}: the network that it gets is not in it.")
    return lambda images, training=True: np.reshape(
        model(images, training=training), images.shape
    )


def dots(row, column, shape):
    """Returns 200 images with a dot each."""
    images = np.zeros((200, *shape), np.float32)
    images[:, row, column] = 1
    return images


def check_changed_in_training(name, change, images, why):
    """Checks that a network changes images in the training, and at no other time."""
    if not np.allclose(change(images, training=False), images):
        raise Wrong(f"{name}: images are changed outside of the training, too.")
    if np.allclose(change(images), images):
        raise Wrong(f"{name}: in the training, the images are not {why}")


def check_moving(moving):
    moved = around("moving", moving, (32, 32, 1))
    why = "moved: is the layer in the new Sequential?"
    check_changed_in_training("moving", moved, dots(16, 16, (32, 32, 1)), why)
    seen = moved(np.ones((200, 32, 32, 1), np.float32))
    if np.allclose(seen, 1):
        raise Wrong(
            'moving: what comes in at the edge is not background: fill_mode="constant" '
            "makes it 0."
        )
    rows, columns = (seen.max(axis=axis).sum(axis=(1, 2)) for axis in (2, 1))
    for left, direction in (rows, "up or down"), (columns, "to the sides"):
        if np.allclose(left, 32):
            raise Wrong(f"moving: nothing moves {direction}.")
    for left in rows, columns:
        if not 28 <= left.min() < 30:
            raise Wrong(
                f"moving: images move by up to {32 - left.min():.0f} pixels, where a "
                "tenth, 3.2, is right."
            )


def check_dropout(build_dropout):
    from keras import layers

    mine = layers_of("build_dropout", build_dropout(0.3))
    dropouts = [layer for layer in mine if isinstance(layer, layers.Dropout)]
    if not dropouts:
        raise Wrong(
            "build_dropout: there is no Dropout layer in the network. (`layers` of a "
            "network is a copy: put them into a new Sequential.)"
        )
    for layer in dropouts:
        if layer.rate != 0.3:
            raise Wrong(
                f"build_dropout(0.3): a Dropout layer has the rate {layer.rate}."
            )
    rest = [layer for layer in mine if layer not in dropouts]
    check_layers("build_dropout(0.3)", rest, "relu", layers.MaxPooling2D)
    if mine[-1] in dropouts:
        raise Wrong("build_dropout: a Dropout layer stands behind the output.")
    weighty = [layer for layer in mine if layer.name != "flatten"]
    behind = [after for layer, after in zip(weighty, weighty[1:]) if layer in dropouts]
    if [layer.name for layer in behind] != ["F6", "output"]:
        raise Wrong("build_dropout: Dropout belongs before F6, and before the output.")


# Page 9


def flat_parameters(side, maps=16, steps=((5, 1), (2, 2), (5, 1), (2, 2)), bias=1):
    for kernel, stride in steps:
        side = layer_size(side, kernel, stride)
    return (maps * side * side + bias) * 120


FLAT = [
    ("the 16 maps of S4 are forgotten", lambda side: flat_parameters(side, 1)),
    ("the biases are forgotten", lambda side: flat_parameters(side, bias=0)),
    (
        "pooling is forgotten: S2 and S4 halve the size",
        lambda side: flat_parameters(side, steps=((5, 1), (5, 1))),
    ),
    (
        "S4 is forgotten: it halves the size of C3",
        lambda side: flat_parameters(side, steps=((5, 1), (2, 2), (5, 1))),
    ),
    (
        "the convolutions are forgotten: each takes 4 off the size",
        lambda side: flat_parameters(side, steps=((2, 2), (2, 2))),
    ),
    (
        "pooling takes steps of 2, so it halves the size",
        lambda side: flat_parameters(side, steps=((5, 1), (2, 1), (5, 1), (2, 1))),
    ),
    (
        "there are two pairs of convolution and pooling",
        lambda side: flat_parameters(side, steps=((5, 1), (2, 2))),
    ),
    (
        "a half that is left over is no pixel: // leaves it out",
        lambda side: (16 * (((side - 4) / 2 - 4) / 2) ** 2 + 1) * 120,
    ),
    (
        "a map has side x side numbers",
        lambda side: (16 * layer_size(layer_size(side, 6, 2), 6, 2) + 1) * 120,
    ),
]
SHAPE = 64, 64, 3  # of a picture


def rows_of_blocks(classes, normalized):
    """Returns the layers of the network that a task of page 9 asks for."""
    rows, size, channels = [("the first layer", "Rescaling", SHAPE, 0, None)], 64, 3
    for maps in 16, 32, 64, 128:
        name = f"with {maps} maps"
        count = parameters(3, channels, maps)
        shape = (size, size, maps)
        rows.append((f"the convolution {name}", "Conv2D", shape, count, "relu"))
        size, channels = size // 2, maps
        shape = (size, size, maps)
        rows.append((f"the pooling {name}", "MaxPooling2D", shape, 0, None))
        if normalized:
            what = f"the normalization {name}"
            rows.append((what, "BatchNormalization", shape, 4 * maps, None))
    rows.append(("the global pooling", "GlobalMaxPooling2D", (maps,), 0, None))
    rows.append(("the dense layer", "Dense", (64,), (maps + 1) * 64, "relu"))
    count = 65 * classes
    return [*rows, ("the output", "Dense", (classes,), count, "softmax")]


def check_blocks(name, build, normalized):
    try:
        mine = layers_of(name, build(7), SHAPE)
    except ValueError as error:
        if "ndim" not in str(error):
            raise
        raise Wrong(f"{name}: global pooling comes once, behind the last pooling.")
    if mine and type(mine[0]).__name__ != "Rescaling":
        raise Wrong(f"{name}: `layers.Rescaling(1 / 255)` has to come first.")
    if mine and not np.isclose(mine[0].scale, 1 / 255):
        raise Wrong(f"{name}: Rescaling has to multiply by 1 / 255.")
    for layer in mine:
        momentum = getattr(layer, "momentum", 0.9)
        if momentum != 0.9:
            raise Wrong(
                f"{name}: a BatchNormalization has momentum={momentum}, where 0.9 is "
                "asked for."
            )
        kernel = getattr(layer, "kernel_size", (3, 3))
        if kernel != (3, 3):
            raise Wrong(f"{name}: a kernel is {kernel}, where (3, 3) is asked for.")
    if type(mine[-1]).__name__ == "Dense" and mine[-1].units != 7:
        raise Wrong(
            f"{name}(7): the output has {mine[-1].units} units, and not one for each of "
            "`classes`."
        )
    check_rows(f"{name}(7)", mine, rows_of_blocks(7, normalized))


def check_mirrored(mirrored):
    """Has pictures with a dot in a corner mirrored."""
    corner = dots(0, 0, SHAPE)
    try:
        change = around("mirrored", mirrored, SHAPE)
        change(corner)
    except ValueError as error:
        if "Only instances" in str(error):
            raise
        raise Wrong(
            "mirrored: pictures are (SIDE, SIDE, 3), and the network comes last."
        )
    check_changed_in_training("mirrored", change, corner, "mirrored.")
    seen = change(corner)
    down, right = seen[:, -1].max(axis=(1, 2)), seen[:, :, -1].max(axis=(1, 2))
    for there, direction in (down, "upside down"), (right, "left to right"):
        if not there.any():
            raise Wrong(f"mirrored: no picture is turned {direction}.")


def check_read_picture(read_picture):
    """Has pictures of one colour read by a network that tells which it is.

    As those of page 9, it does something else in the training.
    """
    import keras
    from PIL import Image

    names = ["red", "green", "blue"]
    model = keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.RandomFlip(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    # red is likely in what is nearly black, as a picture is that was divided by 255
    biases = np.array([5, 0, 0], "float32")
    model.layers[-1].set_weights([np.eye(3, dtype="float32"), biases])
    before = model.get_weights()
    with tempfile.TemporaryDirectory() as folder:
        for name in names[::-1]:
            path = Path(folder) / f"{name}.png"
            Image.new("RGB", (90, 60), name).save(path)
            try:
                have = read_picture(model, path, names)
            except ValueError as error:
                if "incompatible" not in str(error):
                    raise
                raise Wrong(
                    "read_picture: `predict` wants an axis for the images first, "
                    "(1, 64, 64, 3)."
                )
            if not same(tuple(model.get_weights()), tuple(before)):
                raise Wrong(
                    "read_picture: calling this network counts as training, and changes "
                    "it: use its `predict`."
                )
            if have is None:
                raise Wrong(
                    "read_picture returns nothing: it has to end with `return`."
                )
            if isinstance(have, (int, np.integer)):
                raise Wrong("read_picture returns a number: `names` has its name.")
            if not isinstance(have, str):
                raise Wrong(f"read_picture returns {show(have)}, and not a name.")
            if have != name:
                raise Wrong(
                    f"read_picture says {have} of a picture that is {name}: the largest "
                    "probability counts, and pixels go from 0 to 255."
                )


def check_from_digits(from_digits):
    from keras import layers

    from step3 import build_lenet5

    network = build_lenet5("relu", layers.MaxPooling2D)
    kept = [layer.get_weights() for layer in network.layers[:-1]]
    mine = layers_of("from_digits", from_digits(network, 7))
    *first, output = flattened(mine)
    if type(output).__name__ != "Dense" or output.units != 7:
        raise Wrong(
            "from_digits(network, 7): the last layer has to be Dense, with 7 units."
        )
    if activation_of(output) != "softmax":
        raise Wrong("from_digits: the output's activation has to be softmax.")
    if len(first) > len(kept):
        raise Wrong(
            "from_digits: the old output is still there: `network.layers[:-1]`."
        )
    if len(first) < len(kept):
        raise Wrong("from_digits: layers of the network are missing.")
    for layer, weights in zip(first, kept):
        if not same(tuple(layer.get_weights()), tuple(weights)):
            raise Wrong(
                f"from_digits: {layer.name} does not have the network's weights."
            )


def flattened(layers):
    """Returns layers, with those of a network among them in its place."""
    found = []
    for layer in layers:
        found += flattened(layer.layers) if hasattr(layer, "layers") else [layer]
    return [layer for layer in found if type(layer).__name__ != "InputLayer"]


# Networks in files


def load_keras():
    """Imports Keras, which takes seconds, without what TensorFlow has to say."""
    stderr = os.dup(2)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 2)
    try:
        import keras
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
    return keras


def load_network(path):
    if not Path(path).exists():
        raise Wrong(f"{path} is missing: run the lines that train and save it.")
    keras = load_keras()
    try:
        return keras.models.load_model(path)
    except Exception:  # damaged, or something else
        raise Wrong(
            f"{path} is no network that Keras can read: train and save it again."
        )


def check_lenet5_file(path, at_least):
    """Checks a LeNet-5 that a learner has saved, on images that it has not seen.

    It may pad and scale the images itself.
    """
    model = load_network(path)
    count, shape = model.count_params(), tuple(model.input_shape[1:])
    kinds = [type(layer).__name__ for layer in model.layers]
    if count != 61706 or kinds.count("Conv2D") < 2:
        raise Wrong(
            f"{path} is not LeNet-5, which has 61,706 parameters: it has {count:,}, in "
            f"{', '.join(kinds)}."
        )
    with np.load("data/mnist.npz") as mnist:
        images, labels = mnist["x_train"][-10000:], mnist["y_train"][-10000:]
    images = images[..., np.newaxis].astype("float32")
    images = {(28, 28, 1): images, (32, 32, 1): frame(images)}.get(shape)
    if images is None:
        raise Wrong(f"{path} takes images of {shape}, and not of (32, 32, 1).")
    right = max(share_right(model, x, labels) for x in (images / 255, images))
    if right < 0.5:
        raise Wrong(f"{path} looks untrained: has it been saved after `fit`?")
    if right < at_least:
        raise Wrong(
            f"{path} reads {right:.1%} of the validation images, where {at_least:.0%} "
            "are asked for: train it for a pass more."
        )


def share_right(model, images, labels):
    return np.mean(model.predict(images, 1000, 0).argmax(axis=1) == labels)


def check_network(path, images, labels, built, at_least):
    """Checks a network of step 4: its layers, and how many digits it gets right."""
    model = load_network(path)
    if [*map(describe, model.layers)] != [*map(describe, built.layers)]:
        raise Wrong(f"{path} does not have the layers that it should: train it again.")
    right = share_right(model, images, labels)
    if right < at_least:
        raise Wrong(f"{path} reads only {right:.1%} of new digits: train it again.")


def describe(layer):
    return layer.name, type(layer), layer.output.shape, activation_of(layer)


# What the scripts have and no task asks for


def check_load_mnist(load_mnist):
    (images, labels), (test_images, test_labels) = load_mnist()
    shapes = [x.shape for x in (images, labels, test_images, test_labels)]
    n, test = len(images), len(test_images)
    if shapes != [(n, 28, 28), (n,), (test, 28, 28), (test,)] or n <= test:
        raise Wrong(
            "load_mnist: images and labels, to train and to test with, do not come in "
            f"the order of the page, but with the shapes {shapes}."
        )


def check_paper(paper):
    if sum(paper.values()) != 60000:
        raise Wrong(
            f"PAPER: its numbers add up to {sum(paper.values()):,}, and the paper's to "
            "60,000."
        )


def check_build_dense(build_dense):
    count = build_dense().count_params()
    if count != 203530:
        raise Wrong(f"build_dense has {count:,} parameters, where 203,530 are right.")


def check_schedule(schedule):
    rate = schedule(0.2, 100)
    rates = [float(rate(step)) for step in (0, 20, 60, 100)]
    if not np.allclose(rates, [0, 0.2, 0.1, 0], atol=1e-3):
        raise Wrong(f"schedule: its rates are {show(rates)}, which are not the page's.")


SCRIPTS = {
    "PAPER": check_paper,
    "load_mnist": check_load_mnist,
    "build_dense": check_build_dense,
    "schedule": check_schedule,
}
USE_KERAS = (
    "build_lenet5",
    "trial",
    "moving",
    "build_dropout",
    "build_blocks",
    "mirrored",
    "build_normalized",
    "read_picture",
    "from_digits",
)
CHECKS = {
    "convolve": (
        ["convolve"],
        compare(
            "convolve",
            convolve,
            [
                (RNG.integers(0, 9, (n, n)), RNG.integers(-2, 3, (k, k)))
                for n, k in ((4, 3), (7, 3), (9, 5))
            ],
            CONVOLVE,
        ),
    ),
    "convolve_channels": (
        ["convolve_channels"],
        compare(
            "convolve_channels",
            channels,
            [
                (RNG.integers(0, 4, (c, 6, 6)), RNG.integers(-2, 3, (c, 3, 3)), bias)
                for c, bias in ((1, -4), (2, 3), (3, -2))
            ],
            CHANNELS,
        ),
    ),
    "prepare": (["pad", "normalize", "prepare"], check_prepare),
    "layer_size": (
        ["layer_size"],
        compare(
            "layer_size",
            layer_size,
            [(32, 5), (28, 2, 2), (28, 3, 1, 1), (15, 3, 2, 1), (10, 3, 2), (8, 3, 2)],
            SIZE,
        ),
    ),
    "parameters": (["conv_parameters", "dense_parameters"], check_sizes),
    "build_lenet5": (["build_lenet5"], check_lenet5),
    "softmax": (
        ["softmax"],
        compare(
            "softmax",
            softmax,
            [(np.array([2.0, 1.0, 0.5]),), (RNG.normal(size=10),)],
            SOFTMAX,
        ),
    ),
    "cross_entropy": (
        ["cross_entropy"],
        compare("cross_entropy", cross_entropy, LOSSES, CROSS_ENTROPY),
    ),
    "split": (["split"], compare("split", split, SPLITS, SPLIT)),
    "trial": (["trial"], check_trial),
    "surest": (
        ["surest"],
        compare("surest", surest, [(*answers(), 3), (*answers(), 5)], SUREST),
    ),
    "shift": (["shift"], compare("shift", shift, SHIFTS, SHIFT)),
    "moving": (["moving"], check_moving),
    "build_dropout": (["build_dropout"], check_dropout),
    "flat_parameters": (
        ["flat_parameters"],
        compare("flat_parameters", flat_parameters, [(32,), (64,), (50,)], FLAT),
    ),
    "build_blocks": (
        ["build_blocks"],
        lambda build: check_blocks("build_blocks", build, False),
    ),
    "mirrored": (["mirrored"], check_mirrored),
    "build_normalized": (
        ["build_normalized"],
        lambda build: check_blocks("build_normalized", build, True),
    ),
    "read_picture": (["read_picture"], check_read_picture),
    "from_digits": (["from_digits"], check_from_digits),
    "memory": ([], lambda: check_lenet5_file("memory.keras", 0.97)),
}
