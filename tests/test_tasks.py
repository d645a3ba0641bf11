"""The checks of what a learner writes: right ways, mistakes, and what else happens."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import checking
import pytest
import tasks
from pages import before, defined, fenced, parts, put, python, scripts
from person import ENVIRONMENT, ROOT, run_python
from PIL import Image

CHECK = ROOT / "lesson" / "check.py"
OURS = scripts()
TASK_OF = {f: name for name, t in checking.TASKS.items() for f in defined(t.answer)}


@pytest.fixture
def work(tmp_path, monkeypatch):
    """The learner's folder, with our answers in it; modules are imported from there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    for file, text in OURS.items():
        (tmp_path / file).write_text(text)
    stems = [Path(file).stem for file in OURS]
    kept = {stem: sys.modules.pop(stem) for stem in stems if stem in sys.modules}
    yield tmp_path
    for stem in stems:
        sys.modules.pop(stem, None)
    sys.modules.update(kept)


def answer_of(function):
    """Returns the source of our answer for a function."""
    answer = checking.TASKS[TASK_OF[function]].answer
    return ast.get_source_segment(answer, defined(answer)[function])


def write(function, body):
    """Writes a function into its file, with the arguments of our answer."""
    arguments = ast.unparse(defined(answer_of(function))[function].args)
    source = f"def {function}({arguments}):\n{indent(body.strip(), '    ')}\n"
    path = Path(checking.TASKS[TASK_OF[function]].file)
    path.write_text(put(source, path.read_text()))


def change(function, old, new):
    """Has something else in our answer for a function."""
    path = Path(checking.TASKS[TASK_OF[function]].file)
    assert old in answer_of(function)
    path.write_text(put(answer_of(function).replace(old, new), path.read_text()))


def said_of(name):
    return checking.sentence(checking.check_task, name)


# Right ways


@pytest.mark.parametrize("name", [n for n in checking.TASKS if n != "memory"])
def test_our_answer(name, work):
    assert said_of(name) == "Right."


@pytest.mark.slow
def test_our_answer_from_memory(work):
    keras_home = {"KERAS_HOME": str(work / ".keras")}  # as the lesson's set-up has it
    result = run_python("memory.py", cwd=work, **keras_home)
    assert result.returncode == 0, result.stderr
    assert said_of("memory") == "Right."


BY_LOOPS = """
k = len(kernel)
places = len(image) - k + 1
feature_map = np.zeros((places, places))
for row in range(places):
    for column in range(places):
        {}
return feature_map"""
BY_STEPS = """
for kernel, stride in {}:
    side = layer_size(side, kernel, stride)
return {}"""
STEPS = "(5, 1), (2, 2), (5, 1), (2, 2)"  # C1, S2, C3, S4
S4_TO_C5 = "dense_parameters(16 * side * side, 120)"
RIGHT = [
    (
        "convolve",
        """
windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
return np.einsum("rcij,ij->rc", windows, kernel)""",
    ),
    (
        "convolve",
        """
n, k = image.shape[0], kernel.shape[0]
return [
    [(image[i : i + k, j : j + k] * kernel).sum() for j in range(n - k + 1)]
    for i in range(n - k + 1)
]""",
    ),
    (
        "convolve",
        BY_LOOPS.format(
            """
        for i in range(k):
            for j in range(k):
                feature_map[row, column] += kernel[i, j] * image[row + i, column + j]"""
        ),
    ),
    (
        "convolve_channels",
        "return (sum(convolve(m, s) for m, s in zip(maps, squares)) + bias).clip(0)",
    ),
    (
        "convolve_channels",
        """
total = np.sum([convolve(maps[i], squares[i]) for i in range(len(maps))], axis=0)
total += bias
total[total < 0] = 0
return total""",
    ),
    (
        "pad",
        """
frame = (2, 2)
return np.pad(images, pad_width=((0, 0), frame, frame, (0, 0)), mode="constant")""",
    ),
    (
        "pad",
        """
framed = np.zeros((len(images), 32, 32, 1), images.dtype)
framed[:, 2:-2, 2:-2] = images
return framed""",
    ),
    ("normalize", "return np.float32(images) / 255"),
    ("normalize", "return (images / 255).astype(np.float32)"),
    ("normalize", 'return np.divide(images, 255, dtype="float32")'),
    ("prepare", "return pad(normalize(np.expand_dims(images, -1)))"),
    (
        "prepare",
        """
images = add_channel(images)
images = pad(images)
images = normalize(images)
return images""",
    ),
    ("layer_size", "return len(range(0, size + 2 * padding - kernel + 1, stride))"),
    (
        "layer_size",
        """
places, place = 0, -padding
while place + kernel <= size + padding:
    places, place = places + 1, place + stride
return places""",
    ),
    ("conv_parameters", "return kernel**2 * channels * maps + maps"),
    ("dense_parameters", "return sum(inputs + 1 for unit in range(units))"),
    (
        "softmax",
        """
powers = np.exp(sums - np.max(sums))
return powers / np.sum(powers)""",
    ),
    (
        "softmax",
        """
from math import exp
total = sum(exp(s) for s in sums)
return [exp(s) / total for s in sums]""",
    ),
    ("cross_entropy", "return np.log(1 / probabilities[label])"),
    ("cross_entropy", "import math\nreturn -math.log(probabilities[label])"),
    (
        "split",
        """
n = len(images) - count
return [[images[:n], labels[:n]], [images[n:], labels[n:]]]""",
    ),
    (
        "surest",
        """
found = []
for i in range(len(labels)):
    if np.argmax(probabilities[i]) != labels[i]:
        found.append((max(probabilities[i]), i))
found.sort(reverse=True)
return [i for _, i in found[:count]]""",
    ),
    (
        "surest",
        """
certainty = np.max(probabilities, 1)
order = np.argsort(certainty)[::-1]
return order[(probabilities.argmax(1) != labels)[order]][:count]""",
    ),
    (
        "shift",
        """
n, rows, columns, _ = images.shape
larger = np.pad(images, ((0, 0), (down, 0), (right, 0), (0, 0)))
return larger[:, :rows, :columns]""",
    ),
    (
        "shift",
        """
moved = np.zeros(images.shape)
for row in range(down, images.shape[1]):
    for column in range(right, images.shape[2]):
        moved[:, row, column] = images[:, row - down, column - right]
return moved""",
    ),
    (
        "build_lenet5",
        """
inputs = x = keras.Input((32, 32, 1))
x = layers.Conv2D(6, 5, activation=activation, name="C1")(x)
x = pooling(2, name="S2")(x)
x = layers.Conv2D(16, 5, activation=activation, name="C3")(x)
x = pooling(2, name="S4")(x)
x = layers.Conv2D(120, 5, activation=activation, name="C5")(x)
x = layers.Flatten(name="flatten")(x)
x = layers.Dense(84, activation, name="F6")(x)
return keras.Model(inputs, layers.Dense(10, "softmax", name="output")(x))""",
    ),
    (
        "build_lenet5",
        """
model = keras.models.Sequential()
model.add(layers.InputLayer(shape=(32, 32, 1)))
for i, maps in enumerate([6, 16]):
    model.add(layers.Conv2D(maps, (5, 5), activation=activation, name=f"C{2 * i + 1}"))
    model.add(pooling((2, 2), name=f"S{2 * i + 2}"))
model.add(layers.Conv2D(120, (5, 5), activation=activation, name="C5"))
model.add(layers.Flatten(name="flatten"))
model.add(layers.Dense(84, activation=activation, name="F6"))
model.add(layers.Dense(10, activation="softmax", name="output"))
return model""",
    ),
    (
        "trial",
        """
import keras
model.compile(
    optimizer=keras.optimizers.Adam(),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
record = model.fit(
    x=train_set[0],
    y=train_set[1],
    validation_data=validation_set,
    batch_size=64,
    epochs=epochs,
    verbose=2,
)
return record""",
    ),
    (
        "moving",
        """
model = keras.Sequential()
model.add(keras.Input((32, 32, 1)))
model.add(layers.RandomTranslation((-0.1, 0.1), 0.1, fill_mode="constant"))
for layer in network.layers:
    model.add(layer)
return model""",
    ),
    (
        "moving",
        """
inputs = keras.Input((32, 32, 1))
move = layers.RandomTranslation(0.1, 0.1, "constant")
return keras.Model(inputs, network(move(inputs)))""",
    ),
    (
        "build_dropout",
        """
model = keras.Sequential([keras.Input((32, 32, 1))])
for layer in build_lenet5("relu", layers.MaxPooling2D).layers:
    if layer.name in ("flatten", "output"):
        model.add(layers.Dropout(rate))
    model.add(layer)
return model""",
    ),
    (
        "build_dropout",
        """
inputs = x = keras.Input((32, 32, 1))
for layer in build_lenet5("relu", layers.MaxPooling2D).layers:
    if layer.name in ("F6", "output"):
        x = layers.Dropout(rate)(x)
    x = layer(x)
return keras.Model(inputs, x)""",
    ),
    (
        "build_blocks",
        """
model = keras.Sequential([keras.Input((64, 64, 3)), layers.Rescaling(1 / 255)])
for maps in 16, 32, 64, 128:
    model.add(layers.Conv2D(maps, 3, padding="same"))
    model.add(layers.ReLU())
    model.add(layers.MaxPooling2D(2))
model.add(layers.GlobalMaxPooling2D())
model.add(layers.Dense(64))
model.add(layers.Activation("relu"))
model.add(layers.Dense(classes))
model.add(layers.Softmax())
return model""",
    ),
    (
        "flat_parameters",
        """
side = ((side - 4) // 2 - 4) // 2
return 120 * side**2 * 16 + 120""",
    ),
    (
        "build_blocks",
        """
same = {"kernel_size": (3, 3), "padding": "same", "activation": "relu"}
return keras.Sequential(
    [
        keras.Input((64, 64, 3), name="picture"),
        layers.Rescaling(scale=0.003921569),
        layers.Conv2D(16, **same),
        layers.MaxPool2D(),
        layers.Conv2D(32, **same),
        layers.MaxPool2D(),
        layers.Conv2D(64, **same),
        layers.MaxPool2D(),
        layers.Conv2D(128, **same),
        layers.MaxPool2D(),
        layers.GlobalMaxPool2D(),
        layers.Dense(64, "relu"),
        layers.Dense(classes, "softmax", name="shape"),
    ]
)""",
    ),
    (
        "mirrored",
        """
inputs = keras.Input((SIDE, SIDE, 3))
return keras.Model(inputs, network(layers.RandomFlip()(inputs)))""",
    ),
    (
        "mirrored",
        """
model = keras.Sequential([keras.Input((64, 64, 3))])
model.add(layers.RandomFlip("vertical"))
model.add(layers.RandomFlip("horizontal"))
for layer in network.layers:
    model.add(layer)
return model""",
    ),
    (
        "read_picture",
        """
pictures = np.expand_dims(open_picture(path), 0)
return names[int(np.argmax(model(pictures, training=False)[0]))]""",
    ),
    (
        "from_digits",
        """
network.pop()
model = keras.Sequential([keras.Input((32, 32, 1)), network])
model.add(layers.Dense(classes, "softmax"))
return model""",
    ),
]


@pytest.mark.parametrize("function, body", RIGHT)
def test_another_right_way(function, body, work):
    write(function, body)
    assert said_of(TASK_OF[function]) == "Right."


FILES = {
    "import numpy": """
import numpy


def convolve(image, kernel):
    '''Mine.'''
    k = kernel.shape[0]
    n = image.shape[0] - k + 1
    out = numpy.empty([n, n])
    for i, j in numpy.ndindex(n, n):
        out[i][j] = numpy.vdot(image[i : i + k, j : j + k], kernel)
    return out
""",
    "a lambda": """
import numpy as np

windows = np.lib.stride_tricks.sliding_window_view
convolve = lambda image, kernel: (windows(image, kernel.shape) * kernel).sum((2, 3))
""",
    "functions of one's own": """
def count(image, kernel):
    return range(len(image) - len(kernel) + 1)


def at(image, kernel, row, column):
    k = len(kernel)
    return (image[row:row+k, column:column+k] * kernel).sum()


def convolve(image, kernel):
    return [[at(image, kernel, r, c) for c in count(image, kernel)]
            for r in count(image, kernel)]


if __name__ == "__main__":
    exit("not when it is checked")
""",
}


@pytest.mark.parametrize("file", FILES)
def test_another_file(file, work):
    (work / "convolve.py").write_text(FILES[file])
    assert said_of("convolve") == "Right."


# Mistakes

IN_PATCH = "patch = image[row : row + k, column : column + k]\n        "
MISTAKES = [  # function, sentence, what its author has written
    (
        "surest",
        "right answers are among them: those whose argmax(axis=1) is the label",
        """
wrong = np.flatnonzero(probabilities.argmax() != labels)
certainty = probabilities.max(axis=1)
return wrong[np.argsort(-certainty[wrong])][:count]""",
    ),
    (
        "surest",
        "the surest are ordered by their own answer, and not by the right one",
        """
wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
certainty = probabilities[np.arange(len(labels)), labels]
return wrong[np.argsort(-certainty[wrong])][:count]""",
    ),
    (
        "surest",
        "the order of all images does not fit the list of the wrong ones: order only "
        "their certainties, certainty[wrong]",
        """
wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
return wrong[np.argsort(-probabilities.max(axis=1))][:count]""",
    ),
    (
        "surest",
        "first take the wrong ones, and then the surest `count` of these",
        """
order = np.argsort(-probabilities.max(axis=1))[:count]
return order[probabilities.argmax(axis=1)[order] != labels[order]]""",
    ),
    (
        "shift",
        "the image as it was is still there: begin with zeros",
        """
shifted = images.copy()
rows, columns = images.shape[1:3]
shifted[:, down:, right:] = images[:, : rows - down, : columns - right]
return shifted""",
    ),
    (
        "convolve",
        "@ is the product of matrices: * multiplies each weight by the pixel under it",
        BY_LOOPS.format(IN_PATCH + "feature_map[row, column] = np.sum(kernel @ patch)"),
    ),
    (
        "convolve_channels",
        "each map has a square of its own: every square goes over every map",
        """
sums = bias
for channel in maps:
    for square in squares:
        sums = sums + convolve(channel, square)
return np.maximum(sums, 0)""",
    ),
    (
        "pad",
        "there are four axes, images, rows, columns, channels: each needs its pair",
        "return np.pad(images, [(0, 0), (2, 2), (2, 2)])",
    ),
    (
        "prepare",
        "pad gets images without the axis for channels: add_channel comes first, and "
        "what it returns is passed on",
        """
add_channel(images)
return normalize(pad(images))""",
    ),
    (
        "layer_size",
        "there is no half place: // divides and rounds down",
        "return round((size + 2 * padding - kernel) / stride + 1)",
    ),
    (
        "softmax",
        "first the powers, then the shares: it divides the sums before np.exp",
        "return np.exp(sums / np.sum(sums))",
    ),
    (
        "cross_entropy",
        "the minus belongs before the logarithm: there is none of a negative number",
        "return np.log(-probabilities[label])",
    ),
    (
        "cross_entropy",
        "the label is a place in the probabilities, and not a factor",
        "return -label * np.log(probabilities[label])",
    ),
    (
        "split",
        "the training set has the first `count`: it is all but the last `count`",
        "return (images[:count], labels[:count]), (images[count:], labels[count:])",
    ),
    (
        "split",
        "it holds back 10,000, whatever `count` is",
        """
train_set = images[:-10000], labels[:-10000]
return train_set, (images[-10000:], labels[-10000:])""",
    ),
    (
        "split",
        "it trains on the first 50,000, whatever `count` is",
        "return (images[:50000], labels[:50000]), (images[50000:], labels[50000:])",
    ),
    (
        "split",
        "an image is lost between the two: `-count` ends the one and begins the other",
        """
train_set = images[: -count - 1], labels[: -count - 1]
return train_set, (images[-count:], labels[-count:])""",
    ),
    (
        "convolve",
        "it leaves out the last place in each direction: n - k + 1, not n - k",
        BY_LOOPS.replace("- k + 1", "- k").format(
            IN_PATCH + "feature_map[row, column] = np.sum(kernel * patch)"
        ),
    ),
    (
        "convolve",
        "the kernel is turned round: multiply each weight by the pixel under it",
        BY_LOOPS.format(
            IN_PATCH + "feature_map[row, column] = np.sum(np.flip(kernel) * patch)"
        ),
    ),
    (
        "convolve",
        "rows and columns are exchanged",
        BY_LOOPS.format(IN_PATCH + "feature_map[column, row] = np.sum(kernel * patch)"),
    ),
    (
        "convolve",
        "rows and columns of the kernel are exchanged",
        BY_LOOPS.format(
            """
        for i in range(k):
            for j in range(k):
                feature_map[row, column] += kernel[j, i] * image[row + i, column + j]"""
        ),
    ),
    (
        "convolve",
        "it adds up the pixels, but does not multiply them by the kernel",
        BY_LOOPS.format(IN_PATCH + "feature_map[row, column] = np.sum(patch)"),
    ),
    (
        "convolve",
        "only the first number is filled in: is `return` inside the loops?",
        BY_LOOPS.format(
            IN_PATCH
            + "feature_map[row, column] = np.sum(kernel * patch)\n        "
            + "return feature_map"
        ),
    ),
    (
        "convolve",
        "only the first row is filled in: is `return` inside a loop?",
        BY_LOOPS.format(
            IN_PATCH
            + "feature_map[row, column] = np.sum(kernel * patch)\n    "
            + "return feature_map"
        ),
    ),
    (
        "convolve",
        "the patch never moves: it has to begin at `row` and `column`",
        BY_LOOPS.format("feature_map[row, column] = np.sum(kernel * image[:k, :k])"),
    ),
    (
        "convolve",
        "every number is 0: is something written into `feature_map`?",
        BY_LOOPS.format(IN_PATCH + "number = np.sum(kernel * patch)"),
    ),
    (
        "convolve",
        "the sums are divided: a convolution adds up, it takes no mean",
        BY_LOOPS.format(
            IN_PATCH + "feature_map[row, column] = np.mean(kernel * patch)"
        ),
    ),
    (
        "convolve_channels",
        "the bias is forgotten",
        """
sums = 0
for channel, square in zip(maps, squares):
    sums = sums + convolve(channel, square)
return np.maximum(sums, 0)""",
    ),
    (
        "convolve_channels",
        "the bias is added for every channel: a feature map has a single one",
        """
sums = 0
for channel, square in zip(maps, squares):
    sums = sums + convolve(channel, square) + bias
return np.maximum(sums, 0)""",
    ),
    (
        "convolve_channels",
        "ReLU comes last, once, and not for every channel",
        """
sums = bias
for channel, square in zip(maps, squares):
    sums = sums + np.maximum(convolve(channel, square), 0)
return sums""",
    ),
    (
        "convolve_channels",
        "bias and ReLU come once, after the sum of all channels",
        """
sums = 0
for channel, square in zip(maps, squares):
    sums = sums + np.maximum(convolve(channel, square) + bias, 0)
return sums""",
    ),
    (
        "convolve_channels",
        "ReLU is forgotten: what is below 0 becomes 0",
        "return sum(map(convolve, maps, squares)) + bias",
    ),
    (
        "convolve_channels",
        "ReLU comes last, after the bias",
        "return np.maximum(sum(map(convolve, maps, squares)), 0) + bias",
    ),
    (
        "convolve_channels",
        "ReLU comes once, after the sum of all channels",
        """
sums = bias
for channel, square in zip(maps, squares):
    sums = sums + np.maximum(convolve(channel, square), 0)
return np.maximum(sums, 0)""",
    ),
    (
        "convolve_channels",
        "only the first channel is used",
        """
sums = bias
for channel, square in zip(maps, squares):
    sums = sums + convolve(channel, square)
    return np.maximum(sums, 0)""",
    ),
    (
        "convolve_channels",
        "the bias is taken away: add it (it may be negative)",
        "return np.maximum(sum(map(convolve, maps, squares)) - bias, 0)",
    ),
    (
        "pad",
        "the frame is 4 pixels wide: it takes 2 on each side",
        "return np.pad(images, [(0, 0), (4, 4), (4, 4), (0, 0)])",
    ),
    (
        "pad",
        "all 4 rows and columns are on one side: it takes 2 before, and 2 after",
        "return np.pad(images, [(0, 0), (0, 4), (0, 4), (0, 0)])",
    ),
    (
        "pad",
        "all 4 rows and columns are on one side: it takes 2 before, and 2 after",
        "return np.pad(images, [(0, 0), (4, 0), (4, 0), (0, 0)])",
    ),
    (
        "pad",
        "the number of images is padded, too: their axis gets (0, 0)",
        "return np.pad(images, [(2, 2), (2, 2), (2, 2), (0, 0)])",
    ),
    (
        "pad",
        "all axes are padded, also the images' and the channels'",
        "return np.pad(images, 2)",
    ),
    (
        "pad",
        "the channels are padded, and the columns are not: the order of the axes is "
        "images, rows, columns, channels",
        "return np.pad(images, [(0, 0), (2, 2), (0, 0), (2, 2)])",
    ),
    (
        "pad",
        "the frame is full ink: background is 0",
        "return np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)], constant_values=255)",
    ),
    (
        "normalize",
        "it divides by 256: full ink is 255, and should become 1",
        'return images.astype("float32") / 256',
    ),
    (
        "normalize",
        "it rounds down to whole numbers: divide with / after astype",
        "return images // 255",
    ),
    (
        "normalize",
        "the pixels are not divided by 255",
        'return images.astype("float32")',
    ),
    (
        "normalize",
        "ink and background are exchanged",
        'return (255 - images).astype("float32") / 255',
    ),
    (
        "prepare",
        "the frame is forgotten",
        "return normalize(add_channel(images))",
    ),
    (
        "prepare",
        "the pixels are not divided by 255",
        "normalize(images)\nreturn pad(add_channel(images))",
    ),
    (
        "prepare",
        "the axis for the channels is forgotten",
        "return normalize(images)",
    ),
    (
        "layer_size",
        "one place too few: the first one counts, too, so + 1",
        "return (size + 2 * padding - kernel) // stride",
    ),
    (
        "layer_size",
        "padding is on both sides, so it counts twice",
        "return (size + padding - kernel) // stride + 1",
    ),
    (
        "layer_size",
        "the padding is forgotten",
        "return (size - kernel) // stride + 1",
    ),
    (
        "layer_size",
        "the stride is forgotten",
        "return size + 2 * padding - kernel + 1",
    ),
    (
        "layer_size",
        "there is no half place: // divides and rounds down",
        "return (size + 2 * padding - kernel) / stride + 1",
    ),
    (
        "layer_size",
        "the 1 is added before the division: the first place counts once",
        "return (size + 2 * padding - kernel + 1) // stride",
    ),
    (
        "conv_parameters",
        "the biases are forgotten: every map has one",
        "return kernel * kernel * channels * maps",
    ),
    (
        "conv_parameters",
        "there is a bias for every map, not a single one",
        "return kernel * kernel * channels * maps + 1",
    ),
    (
        "conv_parameters",
        "there is one bias for a map, not one for each of its channels",
        "return (kernel * kernel + 1) * channels * maps",
    ),
    (
        "conv_parameters",
        "the channels are forgotten: a kernel has a square of weights for each",
        "return (kernel**2 + 1) * maps",
    ),
    (
        "conv_parameters",
        "a kernel of size 5 has 5 x 5 weights",
        "return (kernel * channels + 1) * maps",
    ),
    (
        "conv_parameters",
        "it counts one kernel: there are as many as maps",
        "return kernel**2 * channels + 1",
    ),
    (
        "dense_parameters",
        "the biases are forgotten: every unit has one",
        "return inputs * units",
    ),
    (
        "dense_parameters",
        "there is a bias for every unit, not a single one",
        "return inputs * units + 1",
    ),
    (
        "dense_parameters",
        "inputs and units are exchanged: the units have the biases",
        "return inputs * units + inputs",
    ),
    (
        "softmax",
        "the powers are not divided by their sum: do they add up to 1?",
        "return np.exp(sums)",
    ),
    (
        "softmax",
        "it divides the sums themselves, without e to the power of them",
        "return sums / np.sum(sums)",
    ),
    (
        "softmax",
        "it divides by the largest: divide by the sum of all",
        "powers = np.exp(sums)\nreturn powers / powers.max()",
    ),
    (
        "softmax",
        "it divides by the sum of the sums: divide by the sum of the powers",
        "return np.exp(sums) / np.sum(sums)",
    ),
    (
        "softmax",
        "the sign is turned round: the largest sum has the smallest probability",
        "powers = np.exp(-sums)\nreturn powers / powers.sum()",
    ),
    (
        "softmax",
        "it gives the largest only: return all probabilities",
        "powers = np.exp(sums)\nreturn max(powers) / sum(powers)",
    ),
    (
        "cross_entropy",
        "the minus is missing: a loss is never below 0",
        "return np.log(probabilities[label])",
    ),
    (
        "cross_entropy",
        "that is the logarithm to base 10: np.log is the natural one",
        "return -np.log10(probabilities[label])",
    ),
    (
        "cross_entropy",
        "that is the logarithm to base 2: np.log is the natural one",
        "return -np.log2(probabilities[label])",
    ),
    (
        "cross_entropy",
        "it takes the largest probability: take that of the right digit",
        "return -np.log(np.max(probabilities))",
    ),
    (
        "cross_entropy",
        "that is the sum over all digits: only the right one counts",
        "return -sum(np.log(p) for p in probabilities)",
    ),
    (
        "cross_entropy",
        "it returns a number for every digit: only the right one counts",
        "return -np.log(probabilities)",
    ),
    ("cross_entropy", "the logarithm is missing", "return 1 - probabilities[label]"),
    ("cross_entropy", "the logarithm is missing", "return -probabilities[label]"),
    (
        "split",
        "the labels are missing: a set is a pair of images and labels",
        "return images[:-count], images[-count:]",
    ),
    (
        "split",
        "the two are exchanged: first what is left to train on, then the last ones",
        """
train_set = images[-count:], labels[-count:]
validation_set = images[:-count], labels[:-count]
return train_set, validation_set""",
    ),
    (
        "split",
        "it holds back the first images: take the last",
        """
train_set = images[count:], labels[count:]
validation_set = images[:count], labels[:count]
return train_set, validation_set""",
    ),
    (
        "split",
        "the images that are held back are still in the training set",
        "return (images, labels), (images[-count:], labels[-count:])",
    ),
    (
        "split",
        "the training set gets the first `count`: it is all but the last `count`",
        "return (images[:count], labels[:count]), (images[-count:], labels[-count:])",
    ),
    (
        "split",
        "images go with images, and labels with labels: a set is a pair of both",
        """
train_set = images[:-count], images[-count:]
validation_set = labels[:-count], labels[-count:]
return train_set, validation_set""",
    ),
    (
        "split",
        "it returns four arrays in a row: return two pairs",
        "return images[:-count], labels[:-count], images[-count:], labels[-count:]",
    ),
    (
        "split",
        "the labels are not those of the images",
        "return (images[:-count], labels[count:]), (images[-count:], labels[:count])",
    ),
    (
        "surest",
        "these are the least sure ones: the largest probability comes first",
        """
wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
return wrong[np.argsort(probabilities.max(axis=1)[wrong])][:count]""",
    ),
    (
        "surest",
        "these are places among the mistakes, not among all images",
        """
wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
return np.argsort(-probabilities.max(axis=1)[wrong])[:count]""",
    ),
    (
        "surest",
        "right answers are among them: those whose argmax(axis=1) is the label",
        "return np.argsort(-np.max(probabilities, axis=1))[:count]",
    ),
    (
        "surest",
        "they are not in order: the surest comes first",
        "return np.flatnonzero(probabilities.argmax(axis=1) != labels)[:count]",
    ),
    (
        "surest",
        "it returns all mistakes: return the first `count`",
        """
wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
return wrong[np.argsort(-probabilities[wrong].max(axis=1))]""",
    ),
    (
        "shift",
        "what leaves on one side comes in on the other: it has to be gone",
        "return np.roll(np.roll(images, right, axis=2), down, axis=1)",
    ),
    (
        "shift",
        "rows and columns are exchanged: `right` moves along axis 2",
        """
rows, columns = images.shape[1:3]
shifted = np.zeros_like(images)
shifted[:, right:, down:] = images[:, : rows - right, : columns - down]
return shifted""",
    ),
    (
        "shift",
        "it moves to the left and up",
        """
rows, columns = images.shape[1:3]
shifted = np.zeros_like(images)
shifted[:, : rows - down, : columns - right] = images[:, down:, right:]
return shifted""",
    ),
    (
        "shift",
        "the images are not moved",
        "shifted = np.zeros_like(images)\nshifted[:] = images\nreturn shifted",
    ),
    (
        "shift",
        "it moves to the right, but not down",
        """
shifted = np.zeros_like(images)
shifted[:, :, right:] = images[:, :, : images.shape[2] - right]
return shifted""",
    ),
    (
        "shift",
        "it moves down, but not to the right",
        """
shifted = np.zeros_like(images)
shifted[:, down:] = images[:, : images.shape[1] - down]
return shifted""",
    ),
    (
        "shift",
        "the images get larger: they keep their size",
        "return np.pad(images, [(0, 0), (down, 0), (right, 0), (0, 0)])",
    ),
    (
        "shift",
        "with a shift of 0, images[:, :-0] is empty: count from the front",
        """
shifted = np.zeros_like(images)
shifted[:, down:, right:] = images[:, :-down, :-right]
return shifted""",
    ),
    (
        "flat_parameters",
        "the 16 maps of S4 are forgotten",
        BY_STEPS.format(STEPS, "dense_parameters(side * side, 120)"),
    ),
    (
        "flat_parameters",
        "pooling is forgotten: S2 and S4 halve the size",
        BY_STEPS.format("(5, 1), (5, 1)", S4_TO_C5),
    ),
    (
        "flat_parameters",
        "S4 is forgotten: it halves the size of C3",
        BY_STEPS.format("(5, 1), (2, 2), (5, 1)", S4_TO_C5),
    ),
    (
        "flat_parameters",
        "the convolutions are forgotten: each takes 4 off the size",
        BY_STEPS.format("(2, 2), (2, 2)", S4_TO_C5),
    ),
    (
        "flat_parameters",
        "pooling takes steps of 2, so it halves the size",
        BY_STEPS.format("(5, 1), (2, 1), (5, 1), (2, 1)", S4_TO_C5),
    ),
    (
        "flat_parameters",
        "there are two pairs of convolution and pooling",
        BY_STEPS.format("(5, 1), (2, 2)", S4_TO_C5),
    ),
    (
        "flat_parameters",
        "the biases are forgotten",
        BY_STEPS.format(STEPS, "16 * side * side * 120"),
    ),
    (
        "flat_parameters",
        "a half that is left over is no pixel: // leaves it out",
        """
for kernel in 5, 5:
    side = layer_size(side, kernel) / 2
return dense_parameters(16 * side * side, 120)""",
    ),
    (
        "flat_parameters",
        "a map has side x side numbers",
        BY_STEPS.format(STEPS, "dense_parameters(16 * side, 120)"),
    ),
]


@pytest.mark.parametrize("function, sentence, body", MISTAKES)
def test_mistake(function, sentence, body, work):
    write(function, body)
    assert said_of(TASK_OF[function]) == f"{function}: {sentence}" + "." * (
        sentence[-1] != "?"
    )


def test_every_mistake_is_made():
    listed = [
        entry[0]
        for entries in vars(tasks).values()
        if isinstance(entries, list) and callable(entries[0][-1])
        for entry in entries
    ]
    assert set(listed) == {sentence for _, sentence, _ in MISTAKES}


DEFAULT = 'build_lenet5("tanh", AveragePooling2D): '
OUTPUT = 'layers.Dense(10, activation="softmax", name="output"),'
S2 = 'pooling(pool_size=2, name="S2"),'
MOVES = 'layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),'
OTHER_LOSS = 'trial: the loss is not "sparse_categorical_crossentropy".'
SLIPS = [  # function, what it has in place of what, sentence
    (
        "normalize",
        '.astype("float32")',
        "",
        "normalize: the values are right, but they are float64, which takes 8 bytes a "
        "pixel: `astype` has to make float32 of them, before they are divided.",
    ),
    (
        "prepare",
        "normalize(pad(add_channel(images)))",
        "pad(add_channel(images)) / 255",
        "prepare: the values are right, but they are float64, which takes 8 bytes a "
        "pixel: `astype` has to make float32 of them, before they are divided.",
    ),
    (
        "build_lenet5",
        "return ",
        "model = ",
        "build_lenet5 returns no network: it has to end with `return`.",
    ),
    (
        "build_lenet5",
        "keras.Input((32, 32, 1)),",
        "",
        "build_lenet5: `keras.Input((32, 32, 1))` is missing at the beginning.",
    ),
    ("build_lenet5", OUTPUT, "", DEFAULT + "the network ends before output."),
    (
        "build_lenet5",
        OUTPUT,
        OUTPUT + "layers.Softmax(),",
        DEFAULT + "the network goes on after the output.",
    ),
    (
        "build_lenet5",
        S2,
        S2.replace("pooling", "layers.MaxPooling2D"),
        DEFAULT + "where S2 should be (AveragePooling2D), there is MaxPooling2D: use "
        "the class that `pooling` is.",
    ),
    (
        "build_lenet5",
        S2,
        "",
        DEFAULT + "where S2 should be (AveragePooling2D), there is Conv2D.",
    ),
    (
        "build_lenet5",
        'name="C3"',
        'name="C2"',
        DEFAULT + 'the layer C3 is called C2: name="C3".',
    ),
    (
        "build_lenet5",
        'name="C1"',
        'padding="same", name="C1"',
        DEFAULT + "C1 gives (32, 32, 6), where (28, 28, 6) is right: with "
        'padding="same", the maps do not shrink.',
    ),
    (
        "build_lenet5",
        "filters=16",
        "filters=12",
        DEFAULT + "C3 gives (10, 10, 12), where (10, 10, 16) is right.",
    ),
    (
        "build_lenet5",
        'name="F6"',
        'use_bias=False, name="F6"',
        DEFAULT + "F6 has 10,080 parameters, where 10,164 are right.",
    ),
    (
        "build_lenet5",
        "activation=activation",
        'activation="tanh"',
        'build_lenet5("relu", MaxPooling2D): C1 has the activation tanh, and not relu.',
    ),
    (
        "build_lenet5",
        'activation="tanh", pooling',
        'activation="relu", pooling',
        "build_lenet5(): C1 has the activation relu, and not tanh.",
    ),
    (
        "build_lenet5",
        'activation="softmax", ',
        "",
        DEFAULT + "output has the activation linear, and not softmax.",
    ),
    (
        "trial",
        "return model.fit(\n        images, labels, ",
        "return dict(",
        "trial: the network has not learned: is `fit` called?",
    ),
    (
        "trial",
        "return model.fit",
        "model.fit",
        "trial returns no history: return what `fit` returns.",
    ),
    (
        "trial",
        ', metrics=["accuracy"]',
        "",
        'trial: the accuracy is not measured: metrics=["accuracy"].',
    ),
    (
        "trial",
        "epochs=epochs",
        "epochs=1",
        "trial: asked for 3 passes, it makes 1.",
    ),
    (
        "trial",
        ", validation_data=validation_set",
        "",
        "trial: nothing is evaluated on the validation set.",
    ),
    (
        "trial",
        "=validation_set",
        "=train_set",
        "trial: `validation_data` is not the validation set that it gets.",
    ),
    (
        "trial",
        "batch_size=64",
        "batch_size=32",
        "trial: 200 images took 7 training steps a pass, so the batches are not of 64 "
        "images.",
    ),
    (
        "trial",
        '"adam"',
        '"sgd"',
        "trial: the optimizer is SGD, and not Adam.",
    ),
    ("trial", '"sparse_', '"', OTHER_LOSS),
    ("trial", '"sparse_categorical_crossentropy"', '"mse"', OTHER_LOSS),
    (
        "trial",
        '"sparse_categorical_crossentropy"',
        "lambda labels, probabilities: 1 - probabilities[:, 0]",
        OTHER_LOSS,
    ),
    (
        "moving",
        "return ",
        "model = ",
        "moving returns no network: it has to end with `return`.",
    ),
    (
        "moving",
        "network,\n",
        "layers.Flatten(),\n",
        "moving: the network that it gets is not in it.",
    ),
    (
        "moving",
        MOVES,
        MOVES + "layers.Rescaling(1 / 255),",
        "moving: images are changed outside of the training, too.",
    ),
    (
        "moving",
        MOVES,
        "",
        "moving: in the training, the images are not moved: is the layer in the new "
        "Sequential?",
    ),
    (
        "moving",
        ', fill_mode="constant"',
        "",
        'moving: what comes in at the edge is not background: fill_mode="constant" '
        "makes it 0.",
    ),
    ("moving", "(0.1, 0.1,", "(0, 0.1,", "moving: nothing moves up or down."),
    ("moving", "(0.1, 0.1,", "(0.1, 0,", "moving: nothing moves to the sides."),
    (
        "moving",
        "(0.1, 0.1,",
        "(0.25, 0.1,",
        "moving: images move by up to 8 pixels, where a tenth, 3.2, is right.",
    ),
    (
        "build_dropout",
        "return ",
        "model = ",
        "build_dropout returns no network: it has to end with `return`.",
    ),
    (
        "build_dropout",
        "layers.Dropout(rate),\n",
        "\n",
        "build_dropout: there is no Dropout layer in the network. (`layers` of a network is "
        "a copy: put them into a new Sequential.)",
    ),
    (
        "build_dropout",
        "layers.Dropout(rate),\n            output",
        "layers.Dropout(0.5),\n            output",
        "build_dropout(0.3): a Dropout layer has the rate 0.5.",
    ),
    (
        "build_dropout",
        '"relu"',
        '"tanh"',
        "build_dropout(0.3): C1 has the activation tanh, and not relu.",
    ),
    (
        "build_dropout",
        "f6,\n",
        "layers.Dense(80, activation='relu', name='F6'), layers.Dense(84, 'relu'),\n",
        "build_dropout(0.3): F6 gives (80,), where (84,) is right.",
    ),
    (
        "build_dropout",
        "layers.Dropout(rate),\n            output,",
        "output, layers.Dropout(rate)",
        "build_dropout: a Dropout layer stands behind the output.",
    ),
    (
        "build_dropout",
        "            *first,",
        "            layers.Dropout(rate), *first,",
        "build_dropout: Dropout belongs before F6, and before the output.",
    ),
    (
        "build_blocks",
        "return model",
        "return",
        "build_blocks returns no network: it has to end with `return`.",
    ),
    (
        "build_blocks",
        "keras.Input((SIDE, SIDE, 3)), ",
        "",
        "build_blocks: `keras.Input((64, 64, 3))` is missing at the beginning.",
    ),
    (
        "build_blocks",
        "(SIDE, SIDE, 3)",
        "(32, 32, 1)",
        "build_blocks takes images of (32, 32, 1), not of (64, 64, 3).",
    ),
    (
        "build_blocks",
        ", layers.Rescaling(1 / 255)",
        "",
        "build_blocks: `layers.Rescaling(1 / 255)` has to come first.",
    ),
    (
        "build_blocks",
        "Rescaling(1 / 255)",
        "Rescaling(255)",
        "build_blocks: Rescaling has to multiply by 1 / 255.",
    ),
    (
        "build_blocks",
        "maps, 3,",
        "maps, 5,",
        "build_blocks: a kernel is (5, 5), where (3, 3) is asked for.",
    ),
    (
        "build_blocks",
        ', padding="same"',
        "",
        "build_blocks(7): the convolution with 16 maps gives (62, 62, 16), where "
        '(64, 64, 16) is right: padding="same" keeps the size.',
    ),
    (
        "build_blocks",
        "16, 32, 64, 128",
        "16, 32, 64",
        "build_blocks(7): where the convolution with 128 maps should be (Conv2D), there "
        "is GlobalMaxPooling2D.",
    ),
    (
        "build_blocks",
        ', activation="relu"))\n        model',
        "))\n        model",
        "build_blocks(7): the convolution with 16 maps has the activation linear, and "
        "not relu.",
    ),
    (
        "build_blocks",
        "    model.add(layers.GlobalMaxPooling2D",
        "        model.add(layers.GlobalMaxPooling2D",
        "build_blocks: global pooling comes once, behind the last pooling.",
    ),
    (
        "build_blocks",
        "GlobalMaxPooling2D",
        "Flatten",
        "build_blocks(7): where the global pooling should be (GlobalMaxPooling2D), there "
        "is Flatten.",
    ),
    (
        "build_blocks",
        "Dense(classes",
        "Dense(10",
        "build_blocks(7): the output has 10 units, and not one for each of `classes`.",
    ),
    (
        "build_blocks",
        'model.add(layers.Dense(classes, activation="softmax"))',
        "pass",
        "build_blocks(7): the output has 64 units, and not one for each of `classes`.",
    ),
    (
        "build_normalized",
        "model.add(layers.BatchNormalization(momentum=0.9))",
        "pass",
        "build_normalized(7): where the normalization with 16 maps should be "
        "(BatchNormalization), there is Conv2D.",
    ),
    (
        "build_normalized",
        "(momentum=0.9)",
        "()",
        "build_normalized: a BatchNormalization has momentum=0.99, where 0.9 is asked "
        "for.",
    ),
    (
        "build_blocks",
        'layers.Dense(64, activation="relu")',
        "layers.Dense(64)",
        "build_blocks(7): the dense layer has the activation linear, and not relu.",
    ),
    (
        "mirrored",
        "RandomFlip()",
        "RandomFlip",
        "line 8 of mirrored.py: a layer has no brackets behind its name.",
    ),
    (
        "mirrored",
        "(SIDE, SIDE, 3)",
        "(SIDE, SIDE, 1)",
        "mirrored takes images of (64, 64, 1), not of (64, 64, 3).",
    ),
    (
        "mirrored",
        "return ",
        "model = ",
        "mirrored returns no network: it has to end with `return`.",
    ),
    (
        "mirrored",
        "(SIDE, SIDE, 3)",
        "(32, 32, 1)",
        "mirrored: pictures are (SIDE, SIDE, 3), and the network comes last.",
    ),
    (
        "mirrored",
        "layers.RandomFlip(), network",
        "network, layers.RandomFlip()",
        "mirrored: pictures are (SIDE, SIDE, 3), and the network comes last.",
    ),
    (
        "read_picture",
        "[np.newaxis]",
        "",
        "read_picture: `predict` wants an axis for the images first, (1, 64, 64, 3).",
    ),
    (
        "mirrored",
        ", network]",
        "]",
        "mirrored: the network that it gets is not in it.",
    ),
    (
        "mirrored",
        " layers.RandomFlip(),",
        "",
        "mirrored: in the training, the images are not mirrored.",
    ),
    (
        "mirrored",
        "RandomFlip()",
        'RandomFlip("horizontal")',
        "mirrored: no picture is turned upside down.",
    ),
    (
        "mirrored",
        "RandomFlip()",
        'RandomFlip("vertical")',
        "mirrored: no picture is turned left to right.",
    ),
    (
        "mirrored",
        "layers.RandomFlip()",
        "layers.Lambda(lambda x: x[:, ::-1])",
        "mirrored: images are changed outside of the training, too.",
    ),
    (
        "read_picture",
        "model.predict(open_picture(path)[np.newaxis], verbose=0)",
        "np.array(model(open_picture(path)[np.newaxis]))",
        "read_picture: calling this network counts as training, and changes it: use its "
        "`predict`.",
    ),
    (
        "from_digits",
        "[:-1]",
        "[1:-1]",
        "line 6 of trained.py: a layer was made for another size: make a new one each "
        "time, and leave none out.",
    ),
    (
        "from_digits",
        "*network",
        "network",
        "line 6 of trained.py: a list stands among the layers: a star unpacks it.",
    ),
    (
        "read_picture",
        "return names[",
        "names[",
        "read_picture returns nothing: it has to end with `return`.",
    ),
    (
        "read_picture",
        "names[probabilities.argmax()]",
        "probabilities.argmax()",
        "read_picture returns a number: `names` has its name.",
    ),
    (
        "read_picture",
        "names[probabilities.argmax()]",
        "names",
        "read_picture returns ('red', 'green', 'blue'), and not a name.",
    ),
    (
        "read_picture",
        "argmax",
        "argmin",
        "read_picture says red of a picture that is blue: the largest probability "
        "counts, and pixels go from 0 to 255.",
    ),
    (
        "read_picture",
        "open_picture(path)",
        "(open_picture(path) / 255)",
        "read_picture says red of a picture that is blue: the largest probability "
        "counts, and pixels go from 0 to 255.",
    ),
    (
        "from_digits",
        "network.layers[:-1]",
        "network.layers",
        "from_digits: the old output is still there: `network.layers[:-1]`.",
    ),
    (
        "from_digits",
        "network.layers[:-1]",
        "network.layers[:-2]",
        "from_digits: layers of the network are missing.",
    ),
    (
        "from_digits",
        "Dense(classes",
        "Dense(10",
        "from_digits(network, 7): the last layer has to be Dense, with 7 units.",
    ),
    (
        "from_digits",
        '"softmax"',
        '"relu"',
        "from_digits: the output's activation has to be softmax.",
    ),
    (
        "from_digits",
        "*network.layers[:-1]",
        "*keras.models.clone_model(network).layers[:-1]",
        "from_digits: C1 does not have the network's weights.",
    ),
]


@pytest.mark.parametrize("function, old, new, sentence", SLIPS)
def test_slip(function, old, new, sentence, work):
    change(function, old, new)
    assert said_of(TASK_OF[function]) == sentence


# Whatever else happens


def skeleton(name):
    """Returns a task's file as the page has it before its check."""
    task = checking.TASKS[name]
    text = ""
    for _, block in fenced(task.page):
        if block == f"python check.py {name}\n":
            return text
        if block.startswith(f"cat >> {task.file} "):
            text += python(block)


@pytest.mark.parametrize("name", [n for n in checking.TASKS if n != "memory"])
def test_not_written_yet(name, work):
    task = checking.TASKS[name]
    (work / task.file).write_text(skeleton(name))
    function = tasks.CHECKS[name][0][0]
    said = f"{function} is not written yet: put your lines where ... is."
    assert said_of(name) == said
    checking.answer(name)
    assert not Path(task.file).with_suffix(".mine").exists()
    text = Path(task.file).read_text()
    assert all(answer_of(function) in text for function in tasks.CHECKS[name][0])


def test_half_written(work):
    change("convolve", "len(image) - k + 1", "...")
    assert said_of("convolve").startswith("convolve is not written yet")


SUM = IN_PATCH + "feature_map[row, column] = np.sum(kernel * patch)"
ANSWER = BY_LOOPS.format(SUM)
BODIES = [  # of convolve, and the end of what is said
    (
        ANSWER.replace("return feature_map", "print(feature_map)"),
        "convolve prints its result: it has to return it.",
    ),
    (
        ANSWER.replace("return feature_map", ""),
        ") returns nothing: it has to end with `return`.",
    ),
    (
        "return 'a feature map'",
        ") returns 'a feature map', which is not an array of numbers.",
    ),
    (
        "return [[1, 2], [3]]",
        ") returns ((1, 2), (3)), which is not an array of numbers.",
    ),
    ("return image", ") returns the shape (4, 4), where (2, 2) is right."),
    ("return 5", ") returns the shape (), where (2, 2) is right."),
    ("return kernel[k]", "line 5 of convolve.py: NameError: name 'k' is not defined."),
    ("raise ValueError", "line 5 of convolve.py: ValueError."),
    ("exit()", "convolve.py ends the program: leave out what does that."),
    (
        ANSWER.replace("return", "image += 1\nreturn"),
        "convolve changes the array that it gets: make a new one.",
    ),
    (BY_LOOPS.format(f"print(1000 * kernel)\n        {SUM}"), "Right."),
]


@pytest.mark.parametrize("body, said", BODIES)
def test_said(body, said, work, capfd):
    write("convolve", body)
    assert said_of("convolve").endswith(said)
    assert capfd.readouterr() == ("", "")


def test_a_wrong_number_in_a_list(work):
    write(
        "pad",
        "return np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)], 'edge').tolist()",
    )
    assert said_of("prepare").endswith("has 255 at (0, 0, 0, 0), where 0 is right.")


def test_a_loop_for_ever(work, monkeypatch):
    monkeypatch.setattr(checking, "SECONDS", 1)
    said = "convolve does not end: is there a loop for ever?"
    for body in "while True: print('again')", "while True: pass":
        write("convolve", body)
        assert said_of("convolve") == said


TEXTS = {  # of convolve.py
    "def convolve(image, kernel)\n    return 1\n": (
        "line 1 of convolve.py is not Python: expected ':'."
    ),
    "def convolve(image, kernel):\nreturn 1\n": (
        "line 2 of convolve.py is not Python: expected an indented block after function "
        "definition on line 1."
    ),
    "": "convolve.py has no `convolve` yet.",
    "def Convolve(image, kernel):\n    return 1\n": "convolve.py has no `convolve` yet.",
    "def convolve(image, kernel): return 1\n"
    * 2: ("convolve stands in convolve.py 2 times: keep one."),
    "def convolve(image, kernel): return 1\nquit()\n": (
        "convolve.py ends the program: leave out what does that."
    ),
    "def convolve(image, kernel): return 1\nconvolve(1)\n": (
        "line 2 of convolve.py: TypeError: convolve() missing 1 required positional "
        "argument: 'kernel'."
    ),
    "convolve = 1\n": "convolve: TypeError: 'int' object is not callable.",
    "import nunpy\n": (
        "line 1 of convolve.py: ModuleNotFoundError: No module named 'nunpy'."
    ),
}


@pytest.mark.parametrize("text, said", TEXTS.items())
def test_said_of_a_file(text, said, work):
    (work / "convolve.py").write_text(text)
    assert said_of("convolve") == said


def test_what_it_needs_is_wrong(work):
    (work / "convolve.py").write_text("def convolve(image, kernel)\n")
    said = "line 1 of convolve.py is not Python: expected ':'."
    assert said_of("convolve_channels") == said
    (work / "convolve.py").unlink()
    said = "line 2 of channels.py: ModuleNotFoundError: No module named 'convolve'."
    assert said_of("convolve_channels") == said
    said = "convolve.py is missing: run its blocks on the page again, in order."
    assert said_of("convolve") == said


def test_networks_in_files(work):
    check = lambda: checking.sentence(tasks.check_lenet5_file, "memory.keras", 0.97)
    assert check() == ("memory.keras is missing: run the lines that train and save it.")
    (work / "memory.keras").write_text("a network")
    assert check() == (
        "memory.keras is no network that Keras can read: train and save it again."
    )
    from step3 import build_dense, build_lenet5

    build_dense().save("memory.keras")
    assert check() == (
        "memory.keras is not LeNet-5, which has 61,706 parameters: it has 203,530, in "
        "Cropping2D, Flatten, Dense, Dense."
    )
    build_lenet5().save("memory.keras")
    assert check() == "memory.keras looks untrained: has it been saved after `fit`?"


def test_in_a_notebook(work):
    import convolve

    said = lambda found: checking.sentence(checking.check_task, "convolve", found)
    assert said(vars(convolve)) == "Right."
    assert said({}) == "the cell has no `convolve` yet."
    (work / "unwritten.py").write_text(skeleton("convolve"))
    import unwritten

    assert said(vars(unwritten)).startswith("convolve is not written yet")
    del sys.modules["unwritten"]


# check.py


def check(*arguments, cwd):
    """Runs check.py as a learner does, for no more than a minute."""
    return subprocess.run(
        [sys.executable, CHECK, *arguments],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
    )


LOOP = "convolve.py does not end: is there a loop for ever?"


@pytest.mark.parametrize(
    "text, status, said",
    [
        (OURS["convolve.py"], 0, "Right."),
        ("while True: pass\n", 3, LOOP),
        ("def (\n", 3, "line 1 of convolve.py is not Python: invalid syntax."),
    ],
)
def test_check(text, status, said, work):
    (work / "convolve.py").write_text(text)
    result = check("convolve", cwd=work)
    assert (result.returncode, result.stdout, result.stderr) == (
        status,
        said + "\n",
        "",
    )


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["convolv"], "there is no convolv: do you mean convolve?"),
        (["step1", "--answer"], "--answer is for tasks, not for pages."),
        (["step1", "9"], f"step1 has {len(parts('step1'))} parts."),
    ],
)
def test_what_check_does_not_know(arguments, said, work, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["check.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        checking.main()
    assert ended.value.code == 2
    assert f"check.py: error: {said}" in capsys.readouterr().err


def test_the_line_is_of_the_file_with_the_slip(work):
    slip = OURS["convolve.py"].replace("len(kernel)", "len(kernal)")
    (work / "convolve.py").write_text(slip)
    number = slip[: slip.index("kernal")].count("\n") + 1
    said = check("convolve_channels", cwd=work).stdout
    assert said.startswith(f"line {number} of convolve.py: NameError: ")


def test_another_folder(work):
    shutil.copy(CHECK, work)
    (work / "figures").mkdir(exist_ok=True)
    for folder in ROOT, work / "figures":
        result = check("convolve", cwd=folder)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr == "This is not the folder work: cd there first.\n"


def test_how_far(work, monkeypatch, capsys):
    for file in OURS:
        if file not in ("convolve.py", "step1.py"):
            (work / file).unlink()
    monkeypatch.setattr(sys, "argv", ["check.py"])
    checking.main()
    first, second, third, *_, last = capsys.readouterr().out.splitlines()
    assert first.endswith(": not begun")
    picture = (
        "The picture figures/step1-digits.png is missing: run the block that saves it."
    )
    assert second == f"{checking.title('step1')}: {picture}"
    assert third == f"{checking.title('step2')}: not begun"
    assert last == f"Tasks: 1 of {len(checking.TASKS)} are right."


@pytest.mark.parametrize("name", ["convolve", "prepare", "parameters", "surest"])
def test_answer_for_a_file_with_a_slip_in_it(name, work, capsys):
    file = Path(checking.TASKS[name].file)
    slip = skeleton(name) + "\n1 +\n"
    file.write_text(slip)
    checking.answer(name)
    kept = file.with_suffix(".mine")
    assert capsys.readouterr().out == f"What you have written is kept in {kept}.\n"
    assert kept.read_text() == slip
    assert said_of(name) == "Right."


def test_answer_keeps_what_was_written(work, capsys):
    write("pad", "return images  # mine")
    write("prepare", "...")
    mine = (work / "step2.py").read_text()
    checking.answer("prepare")
    assert (work / "step2.mine").read_text() == mine
    assert (work / "step2.py").read_text() == OURS["step2.py"]
    capsys.readouterr()
    checking.answer("prepare")  # it is there already
    assert capsys.readouterr().out == ""


def test_answer_without_a_file(work, capsys):
    (work / "convolve.py").unlink()
    checking.answer("convolve")
    assert capsys.readouterr().out == ""
    assert (work / "convolve.py").read_text() == OURS["convolve.py"]


def test_answer_from_memory(work, capsys):
    ours = OURS["memory.py"]
    (work / "memory.py").write_text(skeleton("memory"))
    checking.answer("memory")
    assert capsys.readouterr().out == ""
    assert (work / "memory.py").read_text() == ours
    (work / "memory.py").write_text("import keras\n")
    checking.answer("memory")
    assert (work / "memory.mine").read_text() == "import keras\n"
    assert (work / "memory.py").read_text() == ours


# Pages


def script_said(file):
    return checking.sentence(checking.check_script, file, OURS[file])


CALL = '\n\nif __name__ == "__main__":\n    main()\n'


def test_what_a_script_lacks(work):
    ours = OURS["step1.py"]
    assert ours.endswith(CALL)
    without_main, _, _ = ours.partition("def main")
    no_call = "step1.py does not call `main` yet: its last two lines do."
    said = {
        ours: "Right.",
        ours + "\n\ndef count():\n    global seen\n    seen = 1\n": "Right.",
        ours.replace("    main()", "    # main()\n    pass"): no_call,
        ours.removesuffix(CALL): no_call,
        ours + CALL: "step1.py calls `main` 2 times: keep its last two lines once.",
        ours.replace("train_labels ==", "train7labels =="): (
            "line 40 of step1.py: there is no `train7labels`."
        ),
        without_main: "step1.py has no `main` yet: run the block that appends it.",
    }
    for text, sentence in said.items():
        (work / "step1.py").write_text(text)
        assert script_said("step1.py") == sentence


OTHER_WAYS = [
    ("step2.py", "images[..., np.newaxis]", "np.expand_dims(images, -1)"),
    ("step4.py", "EPOCHS = ", "EPOCHS = 2 or "),
    ("step1.py", "    main()\n", "    main()\n\n\ndef mine():\n    return 1\n"),
]


@pytest.mark.parametrize("file, old, new", OTHER_WAYS)
def test_a_script_may_be_written_differently(file, old, new, work):
    text = OURS[file]
    assert old in text
    (work / file).write_text(text.replace(old, new))
    assert script_said(file) == "Right."


OTHER_THINGS = [
    (
        "step1.py",
        '(mnist["x_train"], mnist["y_train"]), (mnist["x_test"], mnist["y_test"])',
        '(mnist["x_train"], mnist["x_test"]), (mnist["y_train"], mnist["y_test"])',
        "load_mnist: images and labels, to train and to test with, do not come in the "
        "order of the page, but with the shapes [(60000, 28, 28), (10000, 28, 28), "
        "(60000,), (10000,)].",
    ),
    (
        "step3.py",
        "layers.Dense(256",
        "layers.Dense(25",
        "build_dense has 19,885 parameters, where 203,530 are right.",
    ),
    (
        "step3.py",
        "1516",
        "1517",
        "PAPER: its numbers add up to 60,001, and the paper's to 60,000.",
    ),
    (
        "step4.py",
        "WARMUP * steps",
        "steps",
        "schedule: its rates are (0, 0.04, 0.12, 0.2), which are not the page's.",
    ),
]


@pytest.mark.parametrize("file, old, new, said", OTHER_THINGS)
def test_a_script_does_what_the_page_s_does(file, old, new, said, work):
    text = OURS[file]
    assert old in text
    (work / file).write_text(text.replace(old, new, 1))
    assert script_said(file) == said


@pytest.mark.parametrize("number", range(1, len(parts("step1")) + 1))
def test_parts_of_a_page(number, work):
    """Each needs only what is made up to its end."""
    for file in OURS:
        (work / file).unlink()
    for file, text in scripts([*before("step1"), "step1"], number).items():
        (work / file).write_text(text)
    (work / "figures").mkdir()
    Image.linear_gradient("L").save("figures/step1-digits.png")
    assert checking.sentence(checking.check_page, "step1", number) == "Right."


def test_pictures(work):
    check = lambda: checking.sentence(checking.check_picture, "it.png")
    again = "run the block that saves it"
    assert check() == f"The picture it.png is missing: {again}."
    (work / "it.png").write_text("a picture")
    assert check() == f"it.png is not a picture: {again} again."
    Image.new("L", (9, 9), 255).save("it.png")
    assert check() == f"The picture it.png is empty: {again} again."
    Image.linear_gradient("L").save("it.png")
    assert check() == "Right."
