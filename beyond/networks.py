"""Load the networks that step 4 has saved in `models/`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # where the steps are

from step3 import build_dense, build_lenet5

import keras


def layout(model):
    """Returns what has to be the same for two networks to be of one kind."""
    return [
        (layer.name, layer.output.shape, [weight.shape for weight in layer.weights])
        for layer in model.layers
    ]


def load_network(path, build):
    """Returns the network in a file, with the layers of the one that `build` returns.

    Raises SystemExit if it is missing, damaged, or has other layers.
    """
    try:
        model = keras.models.load_model(path)
    except Exception:  # missing or damaged
        raise SystemExit(f"No trained network in {path}: run step 4 in this folder.")
    if layout(model) != layout(build()):
        raise SystemExit(f"The network in {path} does not have the layers of step 3.")
    return model


def load_networks():
    """Returns LeNet-5, with ReLU and maximum pooling, and the dense network."""
    lenet5 = load_network("models/lenet5-relu-max.keras", build_lenet5)
    return lenet5, load_network("models/dense.keras", build_dense)
