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
