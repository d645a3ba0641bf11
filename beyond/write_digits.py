"""Make a page to write digits on, which shows everything that the networks compute.

    python beyond/write_digits.py

Takes the networks that step 4 has saved in `models/`, writes `write-digits.html`, with
their weights in it, and opens it in a browser. The page needs no server and no internet:
it can be sent to a phone. Its parts are in `html/`.
"""

import base64
import json
import re
import webbrowser
from pathlib import Path

from networks import load_networks
from step1 import load_mnist
from step2 import prepare

import numpy as np

PARTS = Path(__file__).with_name("html")
PAGE = Path("write-digits.html")
KNOWN = {"relu", "tanh", "softmax", "MaxPooling2D", "AveragePooling2D"}
WRONG = 100  # test digits that the network gets wrong: the first ones
RIGHT = 3  # of every class, that it gets right


def encode(array):
    """Returns the numbers of an array as text, in Base64."""
    return base64.b64encode(array.tobytes()).decode()


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
    layers = [describe_layer(layer) for layer in shown_layers(network)]
    return {"name": network.name, "layers": layers}


def choose_test_digits(network):
    """Returns what the page has to know of test digits, and of a network's mistakes."""
    _, (images, labels) = load_mnist()
    probabilities = network.predict(prepare(images), batch_size=1000, verbose=0)
    predictions = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predictions != labels)
    right = [
        np.flatnonzero((predictions == labels) & (labels == digit))[:RIGHT]
        for digit in range(10)
    ]
    return {
        "mistakes": len(wrong),
        "testDigits": [
            {
                "number": int(number),
                "label": int(labels[number]),
                "prediction": int(predictions[number]),
                "image": encode(images[number]),
            }
            for number in np.concatenate([*right, wrong[:WRONG]])
        ],
    }


def read_part(name):
    return (PARTS / name).read_text(encoding="utf-8")


def assemble(data):
    """Returns `index.html`, with a file, or the data, for every `{{ name }}` in it."""
    # Inside a script element, "<" could end it, and what comes behind would be markup.
    text = json.dumps(data).replace("<", "\\u003c")

    def insert(match):
        return text if match[1] == "data" else read_part(match[1])

    return re.sub(r"{{ (\S+) }}", insert, read_part("index.html"))


def write_page():
    """Writes the page; raises SystemExit if there are no networks that it can show."""
    lenet5, dense = load_networks()
    data = {"lenet5": describe(lenet5), "dense": describe(dense)}
    data |= choose_test_digits(lenet5)
    PAGE.write_text(assemble(data), encoding="utf-8")
    print(f"Page saved: {PAGE}")


def main():
    write_page()
    webbrowser.open(PAGE.resolve().as_uri())


if __name__ == "__main__":
    main()
