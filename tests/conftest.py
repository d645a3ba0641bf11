"""What the tests share: the option --all, and networks that are trained once.

Without --all, the tests that are marked `slow` are skipped: the terminal and the
sandboxes, trainings with all images, browsers.
"""

import shutil
import sys
from pathlib import Path

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


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The folder `models`, of networks trained as in step 4, for two passes: to copy."""
    import step4
    from step1 import load_mnist

    import keras

    models = tmp_path_factory.mktemp("trained") / "models"
    models.mkdir()
    sets = [step4.as_set(*digits) for digits in load_mnist()]
    for name in "dense", "lenet5-relu-max":
        keras.utils.set_random_seed(0)
        model = step4.NETWORKS[name]()
        step4.train(model, *sets, epochs=2)
        model.save(models / f"{name}.keras")
    return models


@pytest.fixture(scope="session")
def page(trained, tmp_path_factory):
    """The page of these networks, `write-digits.html`, in a folder with them."""
    from person import run_python

    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(trained, folder / "models")
    script = ROOT / "beyond" / "write_digits.py"
    result = run_python(script, cwd=folder, BROWSER="true")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "Page saved: write-digits.html\n"
    return folder / "write-digits.html"


def open_chromium(*size, **kind):
    if not shutil.which("chromedriver"):
        pytest.skip("there is no Chromium with its driver here")
    from browser import open_browser

    return open_browser(*size, **kind)


@pytest.fixture(scope="session")
def desktop():
    with open_chromium(1280, 800) as chrome:
        yield chrome


@pytest.fixture(scope="session")
def phone():
    with open_chromium(390, 844, finger=True) as chrome:
        yield chrome


@pytest.fixture
def chrome(desktop, page):
    """The page, opened anew."""
    from browser import open_page

    open_page(desktop, page)
    return desktop
