"""Step 4: train, evaluate, compare.

Run, it trains the dense network and two LeNet-5s, one close to 1998 and one as
it would be built today, and prints how many of the 10,000 test digits each gets
wrong (about 190, 90 and 75), next to the 95 of the paper's own LeNet-5. Then it
saves the networks, and pictures of the errors, the mistakes, the confusions and
the feature maps.
"""

import argparse
import math
import time
from pathlib import Path

from step1 import load_mnist, run, save_figure  # before Keras, as in step 3
from step2 import prepare
from step3 import PAPER_TOTAL, build_dense, build_lenet5

import keras
import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

NETWORKS = {
    "dense": build_dense,
    "lenet5-1998": lambda: build_lenet5("tanh", "average"),
    "lenet5-today": lambda: build_lenet5("relu", "maximum"),
}
PAPER_ERROR = 0.95  # percent of the test digits, after 20 passes (section III.B)
MODELS = Path("models")

# Chosen with the last 10,000 training images held out, never on the test images.
EPOCHS = 5
BATCH_SIZE = 128
LEARNING_RATE = 0.15
WARMUP = 0.2  # of all training steps
WEIGHT_DECAY = 0.005


class Record(keras.callbacks.Callback):
    """After every pass, note the errors in percent on training and on test digits.

    The training error is that on as many training digits as there are test
    digits. `seconds` is the time of the passes alone, without these evaluations.
    """

    def __init__(self, train_set, test_set):
        super().__init__()
        self.train_set = [array[: len(test_set[1])] for array in train_set]
        self.test_set = test_set
        self.training_errors, self.test_errors = [], []
        self.seconds = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds += time.perf_counter() - self.start
        self.training_errors.append(self.error(*self.train_set))
        self.test_errors.append(self.error(*self.test_set))
        print(
            f"training error {self.training_errors[-1]:.2f} %, "
            f"test error {self.test_errors[-1]:.2f} %"
        )

    def error(self, images, labels):
        _, accuracy = self.model.evaluate(images, labels, batch_size=250, verbose=0)
        return round(100 * (1 - accuracy), 3)


def prepare_tensor(images):
    """`prepare`, as a tensor, which `fit` and `evaluate` take without a copy.

    Part by part: for a moment, TensorFlow holds twice what it converts.
    """
    parts = np.array_split(images, 60)
    return tf.concat([tf.identity(prepare(part)) for part in parts], axis=0)


def train(model, train_set, test_set, epochs, batch_size, learning_rate):
    """Train a network and return its `Record`.

    A set is `(images, labels)`: float32 `(n, 32, 32, 1)`, uint8 `(n,)`. The
    learning rate rises to `learning_rate` over the first steps, the warm-up, and
    falls to 0 along a cosine over the rest.
    """
    steps = epochs * math.ceil(len(train_set[0]) / batch_size)
    warmup = int(WARMUP * steps)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warmup, warmup_target=learning_rate, warmup_steps=warmup
    )
    model.compile(
        optimizer=keras.optimizers.SGD(
            schedule, momentum=0.9, nesterov=True, weight_decay=WEIGHT_DECAY
        ),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # on a CPU, compiling takes longer than it saves
        steps_per_execution=20,  # Python is asked once in 20 batches: faster
    )
    record = Record(train_set, test_set)
    model.fit(
        *train_set,
        batch_size=batch_size,
        epochs=epochs,
        callbacks=[keras.callbacks.ProgbarLogger(), record],  # bar first, then errors
    )
    return record


def compare(models, records, count):
    """Return a table of the networks, and the paper's, on `count` test digits."""
    rows = [
        (name, model.count_params(), record.test_errors[-1], f"{record.seconds:.1f} s")
        for (name, model), record in zip(models.items(), records.values())
    ]
    rows.append(("LeNet-5, paper", PAPER_TOTAL, PAPER_ERROR, "20 passes"))
    lines = ["network          parameters  test error  digits wrong  training time"]
    for name, parameters, error, training in rows:
        wrong = round(error * count / 100)
        lines.append(
            f"{name:<15}{parameters:>12,}{error:>10.2f} %{wrong:>14,}{training:>15}"
        )
    return "\n".join(lines)


def plot_errors(records):
    """Plot the errors of all networks against the passes (paper, Figure 5)."""
    figure = Figure(figsize=(9, 5.5), layout="constrained")
    axes = figure.subplots()
    for color, (name, record) in zip(["C0", "C1", "C2"], records.items()):
        passes = range(1, len(record.test_errors) + 1)
        label = f"{name}, training"
        axes.plot(passes, record.training_errors, "o--", color=color, label=label)
        axes.plot(passes, record.test_errors, "o-", color=color, label=f"{name}, test")
    axes.axhline(PAPER_ERROR, color="black", ls=":", label="LeNet-5 in the paper, test")
    axes.set_title("Error against the number of passes")
    axes.set_xlabel("passes over the training images")
    axes.set_ylabel("error in percent")
    axes.locator_params(axis="x", integer=True)
    axes.set_ylim(bottom=0)
    axes.legend()
    return figure


def plot_mistakes(name, images, labels, predictions):
    """Plot every digit that the network of that name gets wrong (paper, Figure 8)."""
    wrong = np.flatnonzero(predictions != labels)
    columns = math.ceil(math.sqrt(1.7 * len(wrong)))
    rows = math.ceil(len(wrong) / columns)
    sheet = np.zeros((36 * rows, 28 * columns), np.uint8)
    figure = Figure(figsize=(12, 15.6 * rows / columns + 0.4), layout="constrained")
    axes = figure.subplots()
    for place, i in enumerate(wrong):
        y, x = 36 * (place // columns), 28 * (place % columns)
        sheet[y : y + 28, x : x + 28] = images[i]
        text = f"{labels[i]} → {predictions[i]}"
        axes.text(x + 14, y + 31, text, ha="center", va="center", size=130 / columns)
    axes.imshow(sheet, cmap="gray_r", interpolation="nearest")
    axes.axis("off")
    axes.set_title(f"{name}: the {len(wrong)} mistakes, true → predicted label")
    return figure


def plot_confusion(name, labels, predictions):
    """Plot how often that network takes each digit for each: the confusion matrix."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, predictions), 1)
    figure = Figure(figsize=(7, 7), layout="constrained")
    axes = figure.subplots()
    mistakes = counts * (1 - np.eye(10, dtype=int))  # the diagonal would outshine them
    axes.imshow(mistakes, cmap="Reds", alpha=0.7)
    for (label, prediction), count in np.ndenumerate(counts):
        axes.text(prediction, label, count or "", ha="center", va="center")
    axes.set_title(f"{name}: how often each digit is taken for each, mistakes red")
    axes.set_xlabel("predicted label")
    axes.set_ylabel("true label")
    axes.set_xticks(range(10))
    axes.set_yticks(range(10))
    return figure


def plot_feature_maps(name, model, image):
    """Plot a float32 `(32, 32, 1)` image on its way through that LeNet-5."""
    layers = ["C1", "S2", "C3", "S4"]
    outputs = [model.get_layer(layer).output for layer in layers]
    stages = [image[np.newaxis], *keras.Model(model.inputs, outputs)(image[np.newaxis])]
    figure = Figure(figsize=(12, 8.6), layout="constrained")
    figure.suptitle(f"{name}: one digit and its feature maps")
    rows = figure.subplots(5, height_ratios=[2, 2, 2, 0.8, 0.8])
    for axes, layer, maps in zip(rows, ["input", *layers], stages):
        maps = np.moveaxis(np.array(maps[0]), -1, 0)  # (h, w, maps) -> (maps, h, w)
        framed = [np.pad(m, 1, constant_values=np.nan) for m in maps]  # white
        axes.imshow(np.hstack(framed), cmap="viridis")
        size = "x".join(str(n) for n in maps.shape[1:])
        axes.set_ylabel(f"{layer}\n{len(maps)}@{size}")
        axes.set_xticks([])
        axes.set_yticks([])
    return figure


def save_network(model, name):
    """Save a network as `models/NAME.keras` in the current folder, and say so."""
    MODELS.mkdir(exist_ok=True)
    path = MODELS / f"{name}.keras"
    new = MODELS / "new.keras"  # a full disk leaves the network that was there whole
    model.save(new)
    new.replace(path)
    print(f"Network saved: {path}")


def number(low, high):
    """Return an argparse type: a number of the type of `low`, from `low` to `high`."""
    wanted = "a whole number" if isinstance(low, int) else "a number"

    def convert(text):
        try:
            value = type(low)(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(
                f"{text} is not {wanted} from {low} to {high}"
            )
        return value

    return convert


def parse_arguments():
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        description="Train LeNet-5 and a dense network on MNIST, and compare them.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )

    def add(option, type, default, help):
        parser.add_argument(option, type=type, default=default, help=help)

    add("--epochs", number(1, 1000), EPOCHS, "passes over the training images")
    add("--batch-size", number(1, 60000), BATCH_SIZE, "images in a training step")
    add("--learning-rate", number(1e-6, 10.0), LEARNING_RATE, "its peak")
    add("--seed", number(0, 2**32 - 1), 0, "of the first weights and the image order")
    return parser.parse_args()


def main():
    options = parse_arguments()
    (train_images, train_labels), (test_images, test_labels) = load_mnist()
    train_images = prepare_tensor(train_images)  # lets go of the uint8 images
    train_set = train_images, train_labels
    test_set = prepare_tensor(test_images), test_labels

    models, records = {}, {}
    for name, build in NETWORKS.items():
        keras.utils.set_random_seed(options.seed)
        models[name] = build()
        print(f"\nTraining {name}, {models[name].count_params():,} parameters")
        records[name] = train(
            models[name],
            train_set,
            test_set,
            options.epochs,
            options.batch_size,
            options.learning_rate,
        )
    print("\n" + compare(models, records, len(test_labels)) + "\n")

    for name, model in models.items():
        save_network(model, name)
    lenet5s = ["lenet5-1998", "lenet5-today"]
    name = min(lenet5s, key=lambda name: records[name].test_errors[-1])
    best = models[name]
    predictions = best.predict(test_set[0], batch_size=250, verbose=0).argmax(axis=1)
    save_figure(plot_errors(records), "step4-errors")
    save_figure(
        plot_mistakes(name, test_images, test_labels, predictions), "step4-mistakes"
    )
    save_figure(plot_confusion(name, test_labels, predictions), "step4-confusion")
    save_figure(plot_feature_maps(name, best, test_set[0][0]), "step4-feature-maps")


if __name__ == "__main__":
    run(main)
