"""Load the networks that step 4 has saved in `models/`."""

import json
import sys
import zipfile
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


def find_reason(path, error):
    """Returns why a network could not be loaded, in a sentence."""
    if not Path(path).exists():
        return f"No trained network in {path}: run step 4 in this folder."
    try:
        with zipfile.ZipFile(path) as archive:
            version = json.loads(archive.read("metadata.json"))["keras_version"]
            is_whole = archive.testzip() is None
    except (zipfile.BadZipFile, KeyError, ValueError):
        is_whole = False
    if not is_whole:
        return f"{path} is damaged, or not a network: run step 4 in this folder again."
    if version != keras.__version__:
        return (
            f"{path} was saved by Keras {version}, and Keras {keras.__version__} cannot "
            "load it: run step 4 in this folder again."
        )
    return f"{path} cannot be loaded: {error}"


def load_network(path, build):
    """Returns the network in a file, with the layers of the one that `build` returns.

    Raises SystemExit if it is missing, cannot be loaded, or has other layers.
    """
    try:
        model = keras.models.load_model(path)
    except Exception as error:  # it depends on Keras's version which one
        raise SystemExit(find_reason(path, error))
    if layout(model) != layout(build()):
        raise SystemExit(f"The network in {path} does not have the layers of step 3.")
    return model


def load_lenet5():
    """Returns LeNet-5, with ReLU and maximum pooling."""
    return load_network("models/lenet5-relu-max.keras", build_lenet5)


def load_networks():
    """Returns LeNet-5 and the dense network."""
    return load_lenet5(), load_network("models/dense.keras", build_dense)
