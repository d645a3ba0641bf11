"""What the experiments share: the steps on the path, trainings, cells of a table."""

import contextlib
import platform
import re
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ".", "beyond", "lesson", "tests/helpers"
sys.path[:0] = [str(ROOT / folder) for folder in FOLDERS]


def lay_scripts(folder, changes={}):
    """Writes what the lesson's pages make into a folder, but for the four steps.

    `changes` are other lines for some of theirs.
    """
    from pages import scripts

    for name, text in scripts().items():
        for here, there in changes.items():
            text = text.replace(f"\n{here}\n", f"\n{there}\n")
        if not name.startswith("step"):
            (Path(folder) / name).write_text(text, encoding="utf-8")


def load_held_out():
    """Returns the set of the first 50,000 training images, and of the last 10,000.

    The last ones are held out from the training, and recipes are chosen by them.
    """
    from step1 import load_mnist
    from step4 import as_set

    (images, labels), _ = load_mnist()
    first, last = slice(50000), slice(50000, None)
    return [as_set(images[part], labels[part]) for part in (first, last)]


def train(build, seed, train_set, evaluation_set):
    """Trains a network as step 4 does, and shows the progress on stderr.

    Returns the network, and its error on the evaluation set in percent.
    """
    import step4

    import keras

    keras.utils.set_random_seed(seed)
    model = build()
    with contextlib.redirect_stdout(sys.stderr):
        fit = step4.train(model, train_set, evaluation_set, step4.EPOCHS)
    return model, 100 - 100 * fit.history["val_accuracy"][-1]


@contextlib.contextmanager
def changed(changes):
    """Patches what `changes` names, each by its value."""
    with contextlib.ExitStack() as stack:
        for name, value in changes.items():
            stack.enter_context(patch(name, value))
        yield


def train_changed(changes, build, seeds, load=load_held_out):
    """Trains a network as step 4 does, but for `changes`: what is patched -> by what.

    Returns the errors in percent on the second of the sets that `load` returns.
    """
    with changed(changes):
        sets = load()
        return [train(build, seed, *sets)[1] for seed in seeds]


def spread(errors):
    """Returns a cell of a table: mean and standard deviation in percent."""
    return f"{statistics.mean(errors):.2f} % (sd {statistics.stdev(errors):.2f})"


def print_row(*cells):
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def print_header(*cells):
    """Prints the versions and the processor, and the first two rows of a table."""
    versions = [f"{name} {version(name)}" for name in ("TensorFlow", "Keras", "NumPy")]
    info = Path("/proc/cpuinfo")
    cpu = info.read_text("utf-8") if info.exists() else ""
    model = re.search("model name\t: (.*)", cpu)
    processor = model[1] if model else platform.processor()
    avx512 = "with AVX-512" if "avx512f" in cpu else "without AVX-512"
    python = f"Python {platform.python_version()}"
    print(", ".join([*versions, python, f"{processor} {avx512}"]), end="\n\n")
    print_row(*cells)
    print_row(*["---"] * len(cells))


def run_quietly(*command, cwd):
    """Runs Python, shows what it prints on stderr, and returns it."""
    command = [sys.executable, *map(str, command)]
    output = subprocess.check_output(command, cwd=cwd, text=True)
    print(output[-1000:], file=sys.stderr)
    return output
