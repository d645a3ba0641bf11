"""Check what a page asks for: the scripts, the pictures, the networks.

    python ../killercoda/check.py step3

Runs in the learner's folder. Prints one sentence if something is missing or wrong, and
ends with 3.
"""

import ast
import os
import re
import sys
from itertools import zip_longest
from pathlib import Path

sys.path[:0] = [".", str(Path(__file__).parents[1] / "lesson")]

import numpy as np
from pages import NAMES, before, read, scripts
from PIL import Image

NAME = sys.argv[1]
HERE = scripts([NAME])  # what this page writes


def stop(sentence):
    print(sentence)
    sys.exit(3)


def label(statement):
    """Returns what to call a statement of a script."""
    match statement:
        case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            return f"`{name}`"
        case ast.Import() | ast.ImportFrom():
            return "an import"
        case ast.If():
            return "the call of `main`"
    return f"line {statement.lineno}"


def difference(name, asked, mine):
    """Returns how a script differs from the page's, or None if it does not."""
    if not mine.exists():
        return f"{name} is missing"
    try:
        have = ast.parse(mine.read_text(encoding="utf-8")).body
    except SyntaxError as error:
        return f"line {error.lineno} of {name} is not Python"
    for right, there in zip_longest(ast.parse(asked).body, have):
        if there is None:
            return f"{label(right)} is missing in {name}"
        if right is None:
            return f"{name} goes on after its end, with {label(there)}"
        if label(right) != label(there):
            return f"{name} has {label(there)} where {label(right)} belongs"
        if ast.dump(right) != ast.dump(there):
            return f"{label(right)} in {name} is not what the page has"


def check_script(name, asked):
    wrong = difference(name, asked, Path(name))
    if not wrong:
        return
    ways = []
    if Path(name).exists():
        ways.append(f"type rm {name}")
    if name in scripts(before(NAME)):
        ways.append(f"type python ../lesson/start.py --page {NAME}")
    if name in HERE:
        ways.append("run its blocks on this page again, in order")
    stop(f"{wrong}: {', and '.join(ways)}.")


def check_picture(path):
    try:
        darkest, lightest = Image.open(path).convert("L").getextrema()
    except FileNotFoundError:
        stop(f"The picture {path} is missing: run the block that saves it.")
    except OSError:
        stop(f"{path} is not a picture: run the block that saves it again.")
    if darkest == lightest:
        stop(f"The picture {path} is empty: run the block that saves it again.")


def check_network(path, images, labels, layers=None, at_least=0.9):
    """Checks a saved network: its layers, and the share of digits that it gets right."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    again = "run the block that trains it"
    if not Path(path).exists():
        stop(f"The network {path} is missing: {again}.")
    try:
        model = keras.models.load_model(path)
        right = model(images).numpy().argmax(axis=1) == labels
    except Exception:  # damaged, or another network
        stop(f"{path} is not a network for these images: {again} again.")
    if layers and describe(model) != layers:
        stop(f"{path} does not have the layers that it should have: {again} again.")
    if right.mean() < at_least:
        stop(f"{path} reads only {right.mean():.1%} of new digits: {again} again.")


def describe(model):
    """Returns name, kind, size and activation of a network's layers."""
    return [
        (
            layer.name,
            type(layer),
            layer.output.shape,
            getattr(layer, "activation", None),
        )
        for layer in model.layers
    ]


def check_first_network():
    mnist = np.load("data/mnist.npz")
    images = np.pad(mnist["x_train"][-10000:], [(0, 0), (2, 2), (2, 2)]) / 255
    check_network("first.keras", images[..., np.newaxis], mnist["y_train"][-10000:])


def check_networks(script):
    """Checks those that step 4 has trained, on images that they have not seen."""
    from step1 import load_mnist
    from step2 import prepare
    from step4 import NETWORKS

    (images, labels), test = load_mnist()
    images, labels = images[-10000:], labels[-10000:]
    at_least = 0.97
    if "def main" in script:  # the networks have seen these digits
        (images, labels), at_least = test, 0.98
    for name, build in NETWORKS.items():
        path = f"models/{name}.keras"
        check_network(path, prepare(images), labels, describe(build()), at_least)


def main():
    try:
        np.load("data/mnist.npz")
    except Exception:  # missing or damaged
        again = f"rm -f data/mnist.npz; python ../lesson/start.py --page {NAME}"
        stop(f"The digits are missing: type {again}")
    wanted = scripts([*before(NAME), NAME])
    for name in sorted(wanted, key=lambda name: name in HERE):
        check_script(name, wanted[name])
    if NAME == NAMES[0]:
        check_first_network()
    text = read(NAME)
    for pattern in r"Picture saved: (\S+\.png)", r'savefig\("(\S+\.png)"\)':
        for path in re.findall(pattern, text):
            check_picture(path)
    if "step4.py" in wanted:
        check_networks(wanted["step4.py"])


if __name__ == "__main__":
    main()
