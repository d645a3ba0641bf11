"""What the tests share: the option --all, and trained networks.

Without --all, the tests that are marked `slow` are skipped: the terminal and the
sandboxes, trainings with all images, browsers.
"""

import base64
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ".", "lesson", "lesson/make", "beyond", "results", "tests/helpers"
sys.path[:0] = [str(ROOT / folder) for folder in FOLDERS]


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="also what takes minutes")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--all"):
        skip = pytest.mark.skip(reason="takes minutes: --all")
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(skip)


def numbers(text):
    return np.frombuffer(base64.b64decode(text), "float32")


def set_weights(layer, data):
    """Gives a layer the weights that a page to write on has of it."""
    kernels = np.array([[numbers(part) for part in unit] for unit in data["kernels"]])
    shape = layer.get_weights()[0].shape
    kernel = kernels.transpose(2, 1, 0).reshape(shape)
    layer.set_weights([kernel, numbers(data["biases"])])


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The folder `models`, with the networks of the page that is here: to copy."""
    import step4
    from assemble import data_of
    from write_digits import shown_layers

    import keras

    models = tmp_path_factory.mktemp("trained") / "models"
    models.mkdir()
    data = data_of((ROOT / "beyond" / "write-digits.html").read_text(encoding="utf-8"))
    for key, name in ("dense", "dense"), ("lenet5", "lenet5-relu-max"):
        model = step4.NETWORKS[name]()
        for layer, described in zip(shown_layers(model), data[key]["layers"]):
            if layer.weights:
                set_weights(layer, described)
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=data["smoothing"])
        model.compile("sgd", loss)
        model.save(models / f"{name}.keras")
    return models


@pytest.fixture(scope="session")
def page(trained, tmp_path_factory):
    """The page of these networks, `write-digits.html`, in a folder with them."""
    from person import run_python

    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(trained, folder / "models")
    script = ROOT / "beyond" / "write_digits.py"
    result = run_python(script, cwd=folder)
    assert result.returncode == 0, result.stderr
    return folder / "write-digits.html"


def needs(program):
    if not shutil.which(program):
        pytest.skip(f"there is no {program} here")


@pytest.fixture(scope="session")
def desktop():
    from browser import open_browser

    needs("chromedriver")
    with open_browser(1440, 900) as chrome:
        yield chrome


@pytest.fixture(scope="session")
def phone():
    from browser import open_browser

    needs("chromedriver")
    with open_browser(390, 844, finger=True) as chrome:
        yield chrome


@pytest.fixture
def chrome(desktop):
    """The page that is in the repository, opened anew."""
    from browser import READY, open_page

    open_page(desktop, READY)
    return desktop


@pytest.fixture(scope="session", params=["chromium", "firefox", "webkit"])
def browser(request):
    """Each of three browsers."""
    from browser import display, open_webkit

    if request.param == "chromium":
        driver = request.getfixturevalue("desktop")
        yield driver
    elif request.param == "firefox":
        needs("firefox-esr")
        from firefox import Firefox

        driver = Firefox(1440, 900)
        yield driver
        driver.quit()
    else:
        needs("WebKitWebDriver")
        needs("Xvfb")
        with display():
            driver = open_webkit()
            yield driver
            driver.quit()
