"""Measure what the recipe of step 4 was chosen by, without the test images.

    python results/recipe.py

Trains on the first 50,000 training images with three seeds, and takes the error on the
last 10,000: for the recipe, and with one thing changed at a time.
"""

import contextlib
import functools
import sys

from common import load_held_out, print_header, print_row, spread

from step4 import (
    BATCH_SIZE,
    EPOCHS,
    LABEL_SMOOTHING,
    LEARNING_RATE,
    NETWORKS,
    keras,
    schedule,
)

SEEDS = range(3)
SGD = functools.partial(keras.optimizers.SGD, momentum=0.9)
ADAM = functools.partial(keras.optimizers.Adam, beta_1=0.8, beta_2=0.95)
CANDIDATES = {
    "recipe of step 4": {},
    "4 passes": {"epochs": 4},
    "learning rate 0.05": {"learning_rate": 0.05},
    "learning rate 0.15": {"learning_rate": 0.15},
    "batch size 128, learning rate 0.2": {"batch_size": 128, "learning_rate": 0.2},
    "no label smoothing": {"smoothing": 0.0},
    "no warm-up": {"schedule": keras.optimizers.schedules.CosineDecay},
    "no cosine: the same rate in all steps": {"schedule": lambda peak, steps: peak},
    "no momentum": {"optimizer": keras.optimizers.SGD},
    "Nesterov's momentum": {"optimizer": functools.partial(SGD, nesterov=True)},
    "Adam 0.004, betas 0.8 and 0.95": {
        "optimizer": ADAM,
        "learning_rate": 0.004,
    },
    "pixels 0 to 1": {"pixels": lambda images: (images + 0.1) / 1.275},
}


def train(
    build,
    seed,
    train_set,
    test_set,
    epochs=EPOCHS,
    batch_size=BATCH_SIZE,
    learning_rate=LEARNING_RATE,
    smoothing=LABEL_SMOOTHING,
    schedule=schedule,
    optimizer=SGD,
    pixels=lambda images: images,
):
    """Trains a network as step 4 does, but for what is changed.

    Returns the error on the test set in percent.
    """
    (images, labels), (test_images, test_labels) = train_set, test_set
    steps = epochs * len(labels) / batch_size
    keras.utils.set_random_seed(seed)
    model = build()
    model.compile(
        optimizer=optimizer(schedule(learning_rate, steps)),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=smoothing),
        metrics=["accuracy"],
        jit_compile=False,
        steps_per_execution=67,
    )
    model.fit(pixels(images), labels, batch_size=batch_size, epochs=epochs)
    _, accuracy = model.evaluate(pixels(test_images), test_labels, 1000, verbose=0)
    return 100 - 100 * accuracy


def main():
    sets = load_held_out()
    networks = "lenet5-tanh-avg", "lenet5-relu-max"
    print_header("recipe", *networks)
    for name, changes in CANDIDATES.items():
        cells = []
        for network in networks:
            build = NETWORKS[network]
            with contextlib.redirect_stdout(sys.stderr):
                errors = [train(build, seed, *sets, **changes) for seed in SEEDS]
            cells.append(spread(errors))
        print_row(name, *cells)


if __name__ == "__main__":
    main()
