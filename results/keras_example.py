"""Train Keras's own convolutional MNIST example until its test error is under 1 %.

    python results/keras_example.py SEED

Its network and its recipe, with Keras's and TensorFlow's defaults, on our copy of MNIST.
Prints the passes, the seconds of the training and the test error in percent.
"""

import sys
import time

from common import ROOT

import keras
import numpy as np
from keras import layers


def main():
    keras.utils.set_random_seed(int(sys.argv[1]))
    mnist = np.load(ROOT / "data" / "mnist.npz")
    train_images = mnist["x_train"][..., np.newaxis].astype("float32") / 255
    test_images = mnist["x_test"][..., np.newaxis].astype("float32") / 255
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    passes, seconds, error = 0, 0, 100
    while error >= 1:
        start = time.perf_counter()
        model.fit(train_images, mnist["y_train"], batch_size=128)
        seconds += time.perf_counter() - start
        passes += 1
        _, accuracy = model.evaluate(test_images, mnist["y_test"], verbose=0)
        error = round(100 - 100 * accuracy, 2)
    print(f"\nresult: {passes} passes, {seconds:.1f} s, {error:.2f} %")


if __name__ == "__main__":
    main()
