"""Look for a training of a single pass that is enough for an error under 1 %.

    python results/one_pass.py

Trains LeNet-5 for one pass on the first 50,000 training images with five seeds, and
takes the error on the last 10,000; then the last candidate on all 60,000, and takes its
error on the test images.
"""

import functools

from common import print_header, print_row, spread, train_changed

from step3 import build_lenet5, keras, layers
from step4 import as_set, load_mnist

SEEDS = range(5)
AVERAGE, MAXIMUM = layers.AveragePooling2D, layers.MaxPooling2D
ONE_PASS = {"step4.EPOCHS": 1}
ADAM = {
    **ONE_PASS,
    "step4.BATCH_SIZE": 64,
    "step4.LEARNING_RATE": 0.007,
    "keras.optimizers.SGD": lambda rate, momentum: keras.optimizers.Adam(
        rate, beta_1=0.8, beta_2=0.95
    ),
}
ADAM_32 = {**ADAM, "step4.BATCH_SIZE": 32}
CANDIDATES = {  # what is changed in step 4, activation, pooling
    "ReLU, maximum, as in step 4": (ONE_PASS, "relu", MAXIMUM),
    "ReLU, maximum, Adam, 64": (ADAM, "relu", MAXIMUM),
    "ReLU, average, Adam, 32": (ADAM_32, "relu", AVERAGE),
    "GELU, maximum, Adam, 64": (ADAM, "gelu", MAXIMUM),
    "GELU, maximum, Adam, 32": (ADAM_32, "gelu", MAXIMUM),
    "GELU, average, Adam, 32": (ADAM_32, "gelu", AVERAGE),
}


def load_all():
    """Returns the sets of all training and of all test images."""
    return [as_set(*digits) for digits in load_mnist()]


def main():
    print_header("activation, pooling, optimizer, batch size", "error")
    for name, (changes, *layout) in CANDIDATES.items():
        build = functools.partial(build_lenet5, *layout)
        print_row(name, spread(train_changed(changes, build, SEEDS)))
    errors = train_changed(changes, build, SEEDS, load_all)
    single = ", ".join(f"{error:.2f}" for error in errors)
    print(f"\nThe last one on the test images: {spread(errors)}; {single} %")


if __name__ == "__main__":
    main()
