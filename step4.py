"""Step 4: train, evaluate, compare.

Trains and saves the dense network and two LeNet-5s. Prints the error of each on the
test digits, next to that of the paper's own LeNet-5, and saves pictures.
"""

import argparse
import tempfile
import time
from pathlib import Path

from step1 import load_mnist, save_figure
from step2 import prepare
from step3 import PAPER_TOTAL, build_dense, build_lenet5, keras

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

NETWORKS = {
    "dense": build_dense,
    "lenet5-tanh-avg": build_lenet5,
    "lenet5-relu-max": lambda: build_lenet5("relu", keras.layers.MaxPooling2D),
}
PAPER_ERROR = 0.95  # percent of the test digits, after 20 passes (section III.B)

# Chosen by the error on the last 10,000 training images, held out from the training.
EPOCHS = 5
BATCH_SIZE = 64
LEARNING_RATE = 0.1
WARMUP = 0.2  # of all training steps
LABEL_SMOOTHING = 0.1


def schedule(peak, steps):
    """Returns a learning rate that rises from 0 to its peak, then falls to 0 again."""
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_target=peak,
        warmup_steps=WARMUP * steps,
        decay_steps=(1 - WARMUP) * steps,
    )


def as_set(images, labels):
    """Returns a set for `train`: float32 `(n, 32, 32, 1)` and one-hot `(n, 10)`."""
    return tf.constant(prepare(images)), keras.utils.to_categorical(labels)


def train(model, train_set, new_set, epochs, batch_size, learning_rate):
    """Trains a network; returns `History`, with `new_set` evaluated after each pass."""
    images, labels = train_set
    steps = epochs * len(images) / batch_size
    model.compile(
        optimizer=keras.optimizers.SGD(schedule(learning_rate, steps), momentum=0.9),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=LABEL_SMOOTHING),
        metrics=["accuracy"],
        jit_compile=False,  # to compile for the processor takes longer than it saves
        steps_per_execution=67,  # handed to TensorFlow at once
    )
    return model.fit(images, labels, batch_size, epochs, validation_data=new_set)


def compare(train_set, new_set, epochs, batch_size, learning_rate, seed):
    """Trains, saves, prints a table; returns `{name: [percent wrong, each pass]}`."""
    for folder in "figures", "models":
        Path(folder).mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=folder)  # fails now, and not after the training
    rows, errors = [], {}
    for name, build in NETWORKS.items():
        keras.utils.set_random_seed(seed)
        model = build()
        print(f"\nTraining {name}, {model.count_params():,} parameters")
        start = time.perf_counter()
        fit = train(model, train_set, new_set, epochs, batch_size, learning_rate)
        seconds = time.perf_counter() - start
        model.save(f"models/{name}.keras")
        _, accuracy = model.evaluate(*train_set, batch_size=1000, verbose=0)
        errors[name] = [100 - 100 * a for a in fit.history["val_accuracy"]]
        rows.append(
            f"{name:15}{model.count_params():12,}{100 - 100 * accuracy:14.2f} %"
            f"{errors[name][-1]:10.2f} %{seconds:6.0f} s"
        )
    print("\nnetwork          parameters  training error  new digits   time")
    print(*rows, sep="\n")
    return errors


def plot_mistakes(name, images, labels, predictions):
    """Plots the first 96 digits that a network gets wrong (paper, Figure 8)."""
    wrong = np.flatnonzero(predictions != labels)
    plt.figure(figsize=(10, 8))
    plt.suptitle(f"{name}: {len(wrong)} mistakes, true → predicted", y=0.94)
    for place, i in enumerate(wrong[:96], start=1):
        plt.subplot(8, 12, place)
        plt.imshow(images[i], cmap="gray_r")
        plt.title(f"{labels[i]} → {predictions[i]}", fontsize=9, pad=1)
        plt.axis("off")


def plot_confusion(name, labels, predictions):
    """Plots which digit a network predicts for which, and how often."""
    counts = tf.math.confusion_matrix(labels, predictions).numpy()
    _, ax = plt.subplots(figsize=(6, 6))
    ax.imshow(counts * (1 - np.eye(10)), cmap="Reds", alpha=0.7)  # mistakes only
    for (label, prediction), count in np.ndenumerate(counts):
        ax.text(prediction, label, count or "", ha="center", va="center")
    ax.set(title=f"{name}: mistakes in red", xlabel="predicted label")
    ax.set(ylabel="true label", xticks=range(10), yticks=range(10))


def plot_feature_maps(name, model, image):
    """Plots a float32 `(1, 32, 32, 1)` image, and the feature maps made from it."""
    layer_names = ["C1", "S2", "C3", "S4"]
    outputs = [model.get_layer(layer_name).output for layer_name in layer_names]
    feature_maps = keras.Model(model.inputs[0], outputs)
    stages = [image, *feature_maps(image)]
    _, axes = plt.subplots(5, figsize=(10, 7), height_ratios=[4, 4, 4, 2, 2])
    axes[0].set_title(f"{name}: a digit and its feature maps")
    for ax, layer_name, maps in zip(axes, ["input", *layer_names], stages):
        _, height, width, n = maps.shape
        framed = [np.pad(maps[0, ..., i], 1, constant_values=np.nan) for i in range(n)]
        ax.imshow(np.hstack(framed))
        ax.set(ylabel=f"{layer_name}\n{height}x{width}", xticks=[], yticks=[])


def parse_options():
    """Returns the options of the command line."""
    parser = argparse.ArgumentParser(
        formatter_class=argparse.ArgumentDefaultsHelpFormatter, allow_abbrev=False
    )
    add = parser.add_argument
    add("--epochs", type=int, default=EPOCHS, help="passes over the training images")
    add("--batch-size", type=int, default=BATCH_SIZE, help="images in a training step")
    add("--learning-rate", type=float, default=LEARNING_RATE, help="its peak")
    add("--seed", type=int, default=0, help="seed of the random numbers")
    options = parser.parse_args()
    if options.epochs < 1 or options.batch_size < 1 or options.seed < 0:
        parser.error("--epochs and --batch-size start at 1, --seed at 0")
    if not 0 < options.learning_rate < 1:
        parser.error("--learning-rate lies between 0 and 1")
    return options


def plot_errors(errors):
    """Plots errors in percent against the passes over the images (paper, Figure 5)."""
    passes = range(1, 1 + len(errors["dense"]))
    _, ax = plt.subplots()
    for name, marker in zip(errors, "os^"):
        ax.plot(passes, errors[name], marker=marker, label=name)
    ax.axhline(PAPER_ERROR, color="black", linestyle=":", label="LeNet-5 in the paper")
    ax.set(title="Error on new digits", xlabel="passes over the training images")
    ax.set(ylabel="error in percent", ylim=(0, None), xticks=passes)
    ax.legend()


def main():
    options = parse_options()
    train_digits, (images, labels) = load_mnist()
    test_set = as_set(images, labels)
    errors = compare(as_set(*train_digits), test_set, **vars(options))
    print(f"LeNet-5, paper{PAPER_TOTAL:13,}{PAPER_ERROR:26} %  20 passes\n")

    name = "lenet5-relu-max"
    model = keras.models.load_model(f"models/{name}.keras")
    predictions = model.predict(test_set[0], batch_size=1000, verbose=0).argmax(axis=1)
    plot_errors(errors)
    save_figure("figures/step4-errors.png")
    plot_mistakes(name, images, labels, predictions)
    save_figure("figures/step4-mistakes.png")
    plot_confusion(name, labels, predictions)
    save_figure("figures/step4-confusion.png")
    plot_feature_maps(name, model, test_set[0][:1])
    save_figure("figures/step4-feature-maps.png")


if __name__ == "__main__":
    main()
