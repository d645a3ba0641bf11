"""Step 4: train the dense network and two LeNet-5s, and compare them with the paper.

Prints the error of each on the training and the test digits. Saves the networks, and
pictures of the errors, the mistakes, the confusion matrix and the feature maps.
"""

import argparse
from pathlib import Path

from step1 import load_mnist, save_figure
from step2 import prepare
from step3 import build_dense, build_lenet5  # before TensorFlow, which it sets up

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

NETWORKS = {
    "dense": build_dense,
    "lenet5-tanh-avg": lambda: build_lenet5("tanh", keras.layers.AveragePooling2D),
    "lenet5-relu-max": lambda: build_lenet5("relu", keras.layers.MaxPooling2D),
}
PAPER_ERROR = 0.95  # percent of the test digits, after 20 passes (section III.B)

# Chosen by the error on the last 10,000 training images, held out from the training.
EPOCHS = 5
BATCH_SIZE = 128
LEARNING_RATE = 0.2  # the largest one
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


def train(model, train_set, evaluation_set, epochs):
    """Trains a network; returns its `History`, with an evaluation after each pass."""
    images, labels = train_set
    steps = epochs * np.ceil(len(images) / BATCH_SIZE)
    model.compile(
        optimizer=keras.optimizers.SGD(schedule(LEARNING_RATE, steps), momentum=0.9),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=LABEL_SMOOTHING),
        metrics=["accuracy"],
        jit_compile=False,  # translating it takes longer than that saves
        steps_per_execution=67,  # in TensorFlow, before it returns to Python
    )
    return model.fit(images, labels, BATCH_SIZE, epochs, validation_data=evaluation_set)


def compare(train_set, evaluation_set, epochs, seed):
    """Trains and saves all networks; returns them, and their errors after each pass."""
    Path("models").mkdir(exist_ok=True)
    models, errors = {}, {}
    for name, build in NETWORKS.items():
        keras.utils.set_random_seed(seed)
        models[name] = build()
        print(f"\nTraining {name}, {models[name].count_params():,} parameters")
        history = train(models[name], train_set, evaluation_set, epochs).history
        errors[name] = [100 - 100 * accuracy for accuracy in history["val_accuracy"]]
        models[name].save(f"models/{name}.keras")
    print("\nerror in percent   training digits   new digits")
    for name, model in models.items():
        _, accuracy = model.evaluate(*train_set, batch_size=1000, verbose=0)
        print(f"{name:20}{100 - 100 * accuracy:14.2f}{errors[name][-1]:13.2f}")
    return models, errors


def plot_mistakes(name, images, labels, predictions):
    """Plots the first 96 digits that a network gets wrong (paper, Figure 8)."""
    wrong = np.flatnonzero(predictions != labels)
    plt.figure(figsize=(10, 8))
    plt.suptitle(f"{name}: {len(wrong)} mistakes, true → predicted", y=0.94)
    for place, i in enumerate(wrong[:96], start=1):
        plt.subplot(8, 12, place, xticks=[], yticks=[])
        plt.imshow(images[i], cmap="gray_r")
        plt.title(f"{labels[i]} → {predictions[i]}", fontsize=9, pad=1)


def plot_confusion(name, labels, predictions):
    """Plots which digit a network predicts for which, and how often."""
    counts = tf.math.confusion_matrix(labels, predictions).numpy()
    mistakes = counts * (1 - np.eye(len(counts)))
    _, ax = plt.subplots(figsize=(6, 6))
    ax.imshow(mistakes, cmap="Reds", alpha=0.5)
    for (label, prediction), count in np.ndenumerate(counts):
        ax.text(prediction, label, count or "", ha="center", va="center")
    ax.set(title=f"{name}: mistakes in red", xlabel="predicted label")
    classes = range(len(counts))
    ax.set(ylabel="true label", xticks=classes, yticks=classes)


def plot_feature_maps(name, model, image):
    """Plots a float32 `(1, 32, 32, 1)` image, and the feature maps made from it."""
    _, axes = plt.subplots(5, figsize=(10, 7), height_ratios=[4, 4, 4, 2, 2])
    axes[0].set(title=f"{name}: a digit and its feature maps", xticks=[], yticks=[])
    axes[0].imshow(image[0], cmap="gray_r")
    for ax, layer in zip(axes[1:], model.layers):
        image = layer(image)
        framed = np.pad(image[0], [(1, 1), (1, 1), (0, 0)], constant_values=np.nan)
        ax.imshow(np.hstack(np.moveaxis(framed, 2, 0)), cmap="Blues")
        ax.set_ylabel(f"{layer.name}\n{image.shape[1:3]}")
        ax.set(xticks=[], yticks=[], facecolor="lightgrey")


def plot_errors(errors):
    """Plots errors in percent against the passes over the images (paper, Figure 5)."""
    _, ax = plt.subplots()
    for corners, name in enumerate(errors, start=3):
        passes = range(1, len(errors[name]) + 1)
        ax.plot(passes, errors[name], marker=(corners, 0), label=name)
    ax.axhline(PAPER_ERROR, color="black", linestyle=":", label="LeNet-5 in the paper")
    ax.set(title="Error on new digits", xlabel="passes over the training images")
    ax.set(ylabel="error in percent", ylim=(0, None), xticks=passes)
    ax.legend()


def main():
    parser = argparse.ArgumentParser(description=f"default: {EPOCHS} epochs, seed 0")
    parser.add_argument("--epochs", type=int, choices=range(1, 21), default=EPOCHS)
    parser.add_argument("--seed", type=int, choices=range(10), default=0)
    options = parser.parse_args()

    train_digits, (images, labels) = load_mnist()
    train_set, test_set = as_set(*train_digits), as_set(images, labels)
    models, errors = compare(train_set, test_set, options.epochs, options.seed)
    print(f"LeNet-5 in the paper, 20 passes{PAPER_ERROR:16.2f}\n")
    plot_errors(errors)
    save_figure("figures/step4-errors.png")

    name = "lenet5-relu-max"
    model = models[name]
    predictions = model.predict(test_set[0], batch_size=1000, verbose=0).argmax(axis=1)
    plot_mistakes(name, images, labels, predictions)
    save_figure("figures/step4-mistakes.png")
    plot_confusion(name, labels, predictions)
    save_figure("figures/step4-confusion.png")
    plot_feature_maps(name, model, test_set[0][:1])
    save_figure("figures/step4-feature-maps.png")


if __name__ == "__main__":
    main()
