"""Make a page to write digits on, which shows everything that the networks compute.

    python beyond/write_digits.py

Takes the networks that step 4 has saved in `models/`, writes `write-digits.html`, with
their weights in it, and opens it in a browser, if there is one with a window. The page
needs no server and no internet: it can be sent to a phone. Its parts are in `html/`.
"""

import base64
import os
import sys
import webbrowser
from pathlib import Path

from assemble import assemble
from networks import load_networks
from step1 import load_mnist
from step2 import prepare

import numpy as np

PAGE = Path("write-digits.html")
KNOWN = {"relu", "tanh", "softmax", "MaxPooling2D", "AveragePooling2D"}
WRONG = 100  # examples that the network gets wrong: the first ones
RIGHT = 3  # of every class, that it gets right
HALF, BLUR = 14, 1.4  # pixels: images are compared in 14x14, blurred
TYPICAL = 100  # of every class: so many stand for all training images
SIMILAR = 0.935  # to a typical digit: what is less so, is not certain


def encode(array, dtype="float32"):
    """Returns the numbers of an array as text, in Base64."""
    return base64.b64encode(array.astype(dtype).tobytes()).decode()


def shown_layers(network):
    """Returns the layers that the page shows: those that compute something."""
    return [layer for layer in network.layers if layer.name not in ("crop", "flatten")]


def describe_layer(layer):
    """Returns what the page has to know of a layer.

    There is a kernel, float32, for each unit and each of its inputs. Those of a dense
    layer have 1x1 pixels, or 28x28 where it sees the image. Raises SystemExit if the
    page does not know the layer's activation or pooling.
    """
    does = layer.activation.__name__ if layer.weights else type(layer).__name__
    if does not in KNOWN:
        raise SystemExit(f"The page cannot show the layer {layer.name}, with {does}.")
    if not layer.weights:
        return {"name": layer.name, "pooling": does}
    kernel, biases = layer.get_weights()
    if kernel.ndim == 2:
        size = 28 if layer.name == "hidden" else 1
        kernel = kernel.reshape(size, size, -1, layer.units)
    return {
        "name": layer.name,
        "activation": does,
        "kernels": [list(map(encode, unit)) for unit in kernel.transpose(3, 2, 0, 1)],
        "biases": encode(biases),
    }


def describe(network):
    """Returns what the page has to know of a network."""
    return {"layers": [describe_layer(layer) for layer in shown_layers(network)]}


def blur(images):
    """uint8 `(n, 28, 28)` -> float32 `(n, 196)`: 14x14 blurred pixels, of length 1."""
    middles = 2 * np.arange(HALF) + 0.5
    away = middles[:, np.newaxis] - np.arange(2 * HALF)
    weights = np.exp(-(away**2) / (2 * BLUR**2)).astype("float32")
    blurred = (weights @ images @ weights.T).reshape(len(images), -1)
    return blurred / np.linalg.norm(blurred, axis=1, keepdims=True)


def find_typical(vectors, seed=0):
    """Returns vectors that stand for all of them, of length 1 as they are: k-means."""
    rng = np.random.default_rng(seed)
    count = min(TYPICAL, len(vectors))
    typical = vectors[rng.choice(len(vectors), count, replace=False)]
    for _ in range(10):
        nearest = (vectors @ typical.T).argmax(axis=1)
        for i in np.unique(nearest):
            typical[i] = vectors[nearest == i].mean(axis=0)
        typical /= np.linalg.norm(typical, axis=1, keepdims=True)
    return typical


def describe_typical(images, labels, similar):
    """Returns what the page compares with, to doubt: typical training images."""
    classes = range(labels.max() + 1)
    typical = [find_typical(blur(images[labels == label])) for label in classes]
    scaled = [255 * part / part.max(axis=1, keepdims=True) for part in typical]
    return {
        "size": HALF,
        "blur": BLUR,
        "similar": similar,
        "images": [encode(part.round(), "uint8") for part in scaled],
    }


def choose_examples(network, images, labels):
    """Returns examples for the page, and the number of the network's mistakes.

    `images`, uint8 `(n, 28, 28)`, were not used in the training.
    """
    probabilities = network.predict(prepare(images), batch_size=1000, verbose=0)
    predictions = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predictions != labels)
    right = [
        np.flatnonzero((predictions == labels) & (labels == label))[:RIGHT]
        for label in range(labels.max() + 1)
    ]
    return {
        "mistakes": len(wrong),
        "examples": [
            {
                "number": int(number),
                "label": int(labels[number]),
                "prediction": int(predictions[number]),
                "image": encode(images[number], "uint8"),
            }
            for number in np.concatenate([*right, wrong[:WRONG]])
        ],
    }


def replace_file(path, text):
    """Writes a file; if that fails, leaves what was there, and raises SystemExit."""
    new = path.with_suffix(".new")
    try:
        new.write_text(text, encoding="utf-8", newline="\n")
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise SystemExit(f"{path} could not be written: {error.strerror}")


def write_page(path, networks, thing, names, training_set, new_set, similar=SIMILAR):
    """Writes the page of two networks, LeNet-5 and the dense one, for 2 to 40 classes.

    It calls an image a `thing`, digit or sign, and the classes by their names. Sets are
    uint8 `(n, 28, 28)` images and labels `(n,)`. Raises SystemExit if the page cannot
    show such a network.
    """
    lenet5, dense = networks
    data = {
        "thing": thing,
        "names": names,
        "lenet5": describe(lenet5),
        "dense": describe(dense),
        "smoothing": getattr(lenet5.loss, "label_smoothing", 0),
        "typical": describe_typical(*training_set, similar),
        **choose_examples(lenet5, *new_set),
    }
    replace_file(path, assemble(data))


def write_digits_page(path=PAGE):
    """Writes the page of step 4's networks; raises SystemExit if it cannot show them."""
    write_page(path, load_networks(), "digit", list("0123456789"), *load_mnist())


def has_window():
    """Returns whether a browser would open in a window, on the screen that one sees."""
    if {"SSH_CONNECTION", "CODESPACES", "BINDER_SERVICE_HOST"} & os.environ.keys():
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    if not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        return False
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    in_terminal = webbrowser.GenericBrowser, webbrowser.Elinks
    return type(browser) not in in_terminal


def open_page(path):
    """Opens a page in a browser, or prints its address."""
    print(f"Page saved: {path}")
    address = path.resolve().as_uri()
    if has_window():
        webbrowser.open(address)
    else:
        print(f"Open it in a browser (elsewhere: download it first): {address}")


def main():
    write_digits_page()
    open_page(PAGE)


if __name__ == "__main__":
    main()
