"""Step 3: build LeNet-5, and the dense network that it is compared with.

Prints the summaries of both, and a table of LeNet-5's layers with the number of
trainable parameters that each has here and in the paper (beyond/lenet5_1998.py).
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # fewer messages of TensorFlow's
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"  # fast convolutions, on every processor

import keras
from keras import layers

keras.config.set_image_data_format("channels_last")  # as in step 2


def build_lenet5(activation="tanh", pooling=layers.AveragePooling2D):
    """Returns LeNet-5: float32 `(n, 32, 32, 1)` -> probabilities `(n, 10)`.

    The layers have the paper's names and sizes (section II.B), and the simpler
    connections that are usual today: 61,706 parameters. `pooling` is a layer's class.
    """
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Conv2D(filters=6, kernel_size=5, activation=activation, name="C1"),
            pooling(pool_size=2, name="S2"),
            layers.Conv2D(filters=16, kernel_size=5, activation=activation, name="C3"),
            pooling(pool_size=2, name="S4"),
            layers.Conv2D(filters=120, kernel_size=5, activation=activation, name="C5"),
            layers.Flatten(name="flatten"),
            layers.Dense(84, activation=activation, name="F6"),
            layers.Dense(10, activation="softmax", name="output"),
        ],
        name="lenet5",
    )


def build_dense():
    """Returns the dense network 784-256-10: float32 `(n, 32, 32, 1)` -> `(n, 10)`.

    It crops the frame off again, and has 203,530 parameters.
    """
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Cropping2D(2, name="crop"),
            layers.Flatten(name="flatten"),
            layers.Dense(256, activation="relu", name="hidden"),
            layers.Dense(10, activation="softmax", name="output"),
        ],
        name="dense",
    )


PAPER = {  # trainable parameters (section II.B), and why ours differ
    "C1": (156, ""),
    "S2": (12, "paper: trained factor and bias per map"),
    "C3": (1516, "paper: each sees 3, 4 or 6 maps of S2"),
    "S4": (32, "paper: as in S2"),
    "C5": (48120, ""),
    "F6": (10164, ""),
    "output": (0, "paper: distances to fixed codes"),
}
PAPER_TOTAL = 60000


def main():
    model = build_lenet5()
    model.summary()
    build_dense().summary()
    print("\nlayer   output shape       here   paper  difference")
    for name, (paper, difference) in PAPER.items():
        layer = model.get_layer(name)
        shape = str(layer.output.shape[1:])  # without n
        counts = f"{layer.count_params():10,}{paper:8,}"
        print(f"{name:8}{shape:13}{counts}  {difference}")
    counts = f"{model.count_params():10,}{PAPER_TOTAL:8,}"
    print(f"{'all':21}{counts}  see beyond/lenet5_1998.py")


if __name__ == "__main__":
    main()
