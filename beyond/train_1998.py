"""Train the LeNet-5 of 1998, and compare it with its usual simplifications.

    python beyond/train_1998.py            trains it for 20 passes, as in the paper
    python beyond/train_1998.py --distort  the same, with distorted digits
    python beyond/train_1998.py --compare  both, and the usual simplifications; slow

Prints the parameters and connections of every layer, here and in the paper, and after
the training the test errors. Saves the network, and a picture of what its layer F6 has
learned; `--compare` only prints.
"""

import argparse
import math
import time
from pathlib import Path

from lenet5_1998 import CODES, Distortion, build_lenet5_1998, count_connections
from lenet5_1998 import count_parameters, loss, paper_pixels, simplify
from step1 import load_mnist, save_figure
from step3 import PAPER
from step4 import LABEL_SMOOTHING, PAPER_ERROR, as_set, schedule

import keras
import matplotlib.pyplot as plt
import numpy as np

EPOCHS = 20  # as in the paper

# Chosen by the error on the last 10,000 training images, held out from the training.
BATCH_SIZE = 64
LEARNING_RATE = 0.005
WEIGHT_DECAY = 0.05  # times the learning rate: what a step takes off each parameter
SOFTMAX_FACTOR = 20  # softmax: 20 times the learning rate, a 20th of the weight decay

# Connections in the paper (section II.B), layer by layer: the inputs of all units,
# biases included.
PAPER_CONNECTIONS = [122304, 5880, 151600, 2000, 48120, 10164, 840]
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


def train(model, train_set, test_set, epochs, objective=loss, factor=1):
    """Trains a network; returns Keras's `History`.

    A set is `(images, labels)`: float32 `(n, 32, 32, 1)`, with the paper's pixel values,
    and one-hot `(n, 10)`. `factor` multiplies the learning rate, and divides the weight
    decay. The paper took one image at a time, and gave each weight a learning rate of
    its own, from second derivatives (stochastic diagonal Levenberg-Marquardt, Appendix
    C). Keras has no such optimizer: ours is SGD with Nesterov momentum, with the
    schedule of step 4.
    """
    steps = epochs * math.ceil(len(train_set[1]) / BATCH_SIZE)
    model.compile(
        optimizer=keras.optimizers.SGD(
            schedule(LEARNING_RATE * factor, steps),
            momentum=0.9,
            nesterov=True,
            weight_decay=WEIGHT_DECAY / factor,
        ),
        loss=objective,
        metrics=["accuracy"],
        jit_compile=False,  # these two are for speed, as in step 4
        steps_per_execution=67,
    )
    return model.fit(*train_set, BATCH_SIZE, epochs, validation_data=test_set)


def run_variant(name, seeds, train_set, test_set, epochs=EPOCHS):
    """Trains a variant with each seed; returns the last network, and a table's row.

    The row is name, parameters, test errors in percent, seconds per pass. The sets are
    those of step 4, and so is the loss of a network with softmax.
    """
    sets = [(paper_pixels(images), labels) for images, labels in (train_set, test_set)]
    from_step3, distort = VARIANTS[name]
    recipe = loss, 1
    if "output" in from_step3:
        entropy = keras.losses.CategoricalCrossentropy(label_smoothing=LABEL_SMOOTHING)
        recipe = entropy, SOFTMAX_FACTOR
    errors, seconds = [], []
    for seed in seeds:
        print(f"\nTraining {name}, seed {seed}")
        keras.utils.set_random_seed(seed)
        model = network = simplify(from_step3)
        if distort:
            model = keras.Sequential([Distortion(), network])
        start = time.perf_counter()
        history = train(model, *sets, epochs, *recipe).history
        seconds.append((time.perf_counter() - start) / epochs)
        errors.append(100 - 100 * history["val_accuracy"][-1])
    return network, (name, count_parameters(network), errors, seconds)


def print_layers(model):
    """Prints the parameters and connections of every layer, here and in the paper."""
    print("layer    parameters   paper  connections    paper")
    rows = []
    for name, connections in zip(PAPER, PAPER_CONNECTIONS):
        layer = model.get_layer(name)
        parameters = count_parameters(layer), PAPER[name]
        rows.append([*parameters, count_connections(layer), connections])
    for name, row in zip([*PAPER, "all"], [*rows, np.sum(rows, axis=0)]):
        print("{:8}{:11,}{:8,}{:13,}{:9,}".format(name, *row))


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
        print(f"{name:24}{sum(PAPER.values()):10,}{error:10.2f} %{100 * error:19.0f}")


def main():
    formatter = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser(formatter_class=formatter, allow_abbrev=False)
    either = parser.add_mutually_exclusive_group().add_argument
    either("--distort", action="store_true", help="distort the training digits")
    compare = "all variants, 3 seeds from --seed on"
    either("--compare", action="store_true", help=compare)
    add = parser.add_argument
    add("--epochs", type=int, choices=range(1, 21), default=EPOCHS, help="passes")
    add("--seed", type=int, choices=range(10), default=0, help="of the random numbers")
    options = parser.parse_args()

    train_digits, (test_images, test_labels) = load_mnist()
    sets = as_set(*train_digits), as_set(test_images, test_labels)
    print_layers(build_lenet5_1998())

    if options.compare:
        seeds = range(options.seed, options.seed + 3)
        runs = [run_variant(name, seeds, *sets, options.epochs) for name in VARIANTS]
        print_results([row for _, row in runs])
        return

    for folder in "figures", "models":
        Path(folder).mkdir(exist_ok=True)
    variant = "with distorted digits" if options.distort else "LeNet-5 of 1998"
    network, row = run_variant(variant, [options.seed], *sets, options.epochs)
    print_results([row])
    name = "lenet5-1998-distorted" if options.distort else "lenet5-1998"
    # not the optimizer of the training, but enough to evaluate the loaded network
    network.compile("sgd", loss, metrics=["accuracy"])
    network.save(f"models/{name}.keras")
    print(f"\nNetwork saved: models/{name}.keras")
    prepared, _ = sets[1]
    plot_codes(network, paper_pixels(prepared), test_labels)
    save_figure(f"figures/{name}-codes.png")


if __name__ == "__main__":
    main()
