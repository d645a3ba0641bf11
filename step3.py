"""Step 3: build LeNet-5, and the dense network that it is compared with.

Prints the summaries of both, and a table of LeNet-5's layers with the number of
trainable parameters that each has here and in the paper.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # fewer messages of TensorFlow's
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"  # faster convolutions

import keras
from keras import layers

keras.config.set_image_data_format("channels_last")  # as in step 2
keras.config.set_floatx("float32")

PAPER = {  # trainable parameters (section II.B)
    "C1": 156,
    "S2": 12,
    "C3": 1516,
    "S4": 32,
    "C5": 48120,
    "F6": 10164,
    "output": 0,
}


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


def main():
    lenet5 = build_lenet5()
    lenet5.summary()
    build_dense().summary()
    print("\nparameters      here   paper")
    for name, paper in PAPER.items():
        here = lenet5.get_layer(name).count_params()
        print(f"{name:10}{here:10,}{paper:8,}")
    print(f"{'all':10}{lenet5.count_params():10,}{sum(PAPER.values()):8,}")


if __name__ == "__main__":
    main()
