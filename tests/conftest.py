"""What the tests share: the option --all, few digits, a learner's machine.

Without --all, the pages that train do so with a thirtieth of the images, and the tests
that are marked `slow` are skipped: trainings with all images, the notebook, the browser.
"""

import json
import re
import shutil
import subprocess
import sys
from copy import copy
from pathlib import Path

import numpy as np
import pytest
from person import ENVIRONMENT, ROOT, run_python

FOLDERS = ".", "lesson", "lesson/make", "beyond", "results", "tests/helpers"
sys.path[:0] = [str(ROOT / folder) for folder in FOLDERS]

import killercoda_course as course
from pages import PAGES, SET_UP, sections
from step1 import DATA, load_mnist

COURSE = ROOT / "killercoda"
CHECKED = [page for page in PAGES if course.is_checked(page)]
# Without --all, these have few images, which is not enough for their checks.
TRAINING = ["README.md", "step4.md", "inside.md"]
FETCH = f"curl -f --create-dirs -o data/mnist.npz https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"


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
    """The folder `models`, of networks trained as in step 4, for one pass: to copy."""
    import step4

    models = tmp_path_factory.mktemp("trained") / "models"
    models.mkdir()
    sets = [step4.as_set(*digits) for digits in load_mnist()]
    for name in "dense", "lenet5-relu-max":
        step4.keras.utils.set_random_seed(0)
        model = step4.NETWORKS[name]()
        step4.train(model, *sets, 1)
        model.save(models / f"{name}.keras")
    return models


@pytest.fixture(scope="session")
def page(trained, tmp_path_factory):
    """The page of these networks, in a folder with them."""
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


def save_few_digits(path):
    """Saves the first thirtieth of MNIST's digits."""
    with np.load(DATA) as mnist:
        few = {name: array[: len(array) // 30] for name, array in mnist.items()}
    np.savez(path, **few)


def hold_out_few(code):
    """Returns code of the lesson for few digits: it holds out 300 of them."""
    return re.sub(r"\b(10000|6000)\b", "300", code)


def clean(output):
    """Returns what stands in the terminal at the end: no colours, bars as they are last."""
    lines = re.sub("\x1b\\[[0-9;]*m", "", output).splitlines()
    return "\n".join(re.split("[\b\r]", line)[-1] for line in lines)


def compare(shown, seen, few=False):
    """Asserts that an output was seen as the page shows it.

    Three dots stand for anything, white space for any white space, and a number behind
    a "~" for one that is not far away: half as much again, ten times for a time, a
    twentieth for an accuracy, 0.15 for a probability. A bar of "#" may have any length.
    With few images, any number will do.
    """
    words = shown.split()
    patterns, expected = [], []
    for before, word, after in zip(["", *words], words, [*words[1:], ""]):
        if few and re.fullmatch(r"[~(]?\d[\d.,/)]*", word):
            patterns.append(r"\S+")
        elif word.startswith("~"):
            rel, near = 10 if after == "s" else 0.5, number(word[1:])
            if before.endswith("accuracy:"):
                rel = 0.05
            small = 0.15 if near < 1 and after != "%" and rel == 0.5 else 0.02
            expected.append(pytest.approx(near, rel=rel, abs=small))
            patterns.append(r"([\d.,]+)(?: #+)?")
        elif set(word) == {"#"}:
            if not before.startswith("~"):
                patterns.append("#*")
        else:
            patterns.append(".*?" if word == "..." else re.escape(word))
    found = re.search(r"\s+".join(patterns), seen, re.S)
    assert found, f"{shown}\nis not in\n{seen}"
    for near, word in zip(expected, found.groups()):
        assert number(word) == near, shown


def number(word):
    return float(word.replace(",", ""))


def blocks(page):
    """Returns a page's blocks of commands, without those of one's own computer."""
    parts = sections(page, {}, {SET_UP: ""})
    return [token.content for token, _ in parts if token.info == "sh"]


TOOLS = {  # what the set-up fetches is not for a test
    "apt-get": "",
    "python3": "mkdir -p .venv/bin && touch .venv/bin/activate",
    "pip": "",
    "curl": 'mkdir -p data && cp "$DIGITS" data/mnist.npz',
}


class Sandbox:
    """A learner's machine, as the scenario of a page finds it, and its terminal."""

    def __init__(self, home, page, few=False):
        """Lays the assets; `few` has the lesson hold out 300 images."""
        self.page, self.few = page, few
        self.scenario = COURSE / course.name(page)
        self.move_to(home)
        for name, does in TOOLS.items():
            path = home / "tools" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"#!/bin/sh\necho {name} was here\n{does}\n")
            path.chmod(0o755)
        index = json.loads((self.scenario / "index.json").read_text())
        for asset in index["details"]["assets"]["host01"]:
            target = home / asset["target"].removeprefix("~/")
            target.mkdir(parents=True, exist_ok=True)
            for path in (self.scenario / "assets").glob(asset["file"]):
                shutil.copy(path, target)
                if few and path.suffix == ".md":
                    text = hold_out_few(path.read_text())
                    (target / path.name).write_text(text)

    def move_to(self, home):
        path = f"{home / 'tools'}:{Path(sys.executable).parent}:{ENVIRONMENT['PATH']}"
        self.environment = {**ENVIRONMENT, "HOME": str(home), "PATH": path}
        self.folder = home / "lesson"

    def copy(self, home):
        """Returns a copy of this machine."""
        shutil.copytree(self.folder.parent, home, dirs_exist_ok=True)
        other = copy(self)
        other.move_to(home)
        return other

    def bash(self, script, *arguments):
        """Types a script into a bash; returns its exit status and what it shows."""
        return subprocess.run(
            ["bash", *arguments],
            input=script,
            cwd=self.folder if self.folder.exists() else self.folder.parent,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def set_up(self, digits):
        """Opens the scenario: the set-up runs, and the terminal waits for its end."""
        self.environment["DIGITS"] = str(digits)
        return self.bash("", self.scenario / "setup.sh")

    def wait(self):
        """Returns what the terminal shows when the scenario opens."""
        return self.bash("", self.scenario / "wait.sh").stdout

    def follow(self):
        """Runs every block; returns `(output shown, output seen)` and stderr."""
        mark = "[the end of a block]"
        # as in a terminal, where "!" is special
        script = "set -o history -o histexpand\n"
        for commands in blocks(self.page):
            if self.few:
                commands = hold_out_few(commands)
            script += f"{commands}echo '{mark}'\n"
        result = self.bash(script)
        seen = iter(result.stdout.split(f"{mark}\n"))
        outputs, last = [], ""
        for token, _ in sections(self.page, {}, {SET_UP: ""}):
            if token.info == "sh":
                last = next(seen)
            elif token.info == "text":
                outputs.append((token.content, last))
        return outputs, result.stderr

    def check(self):
        """Presses Check: returns what it says, which is nothing if all is right."""
        result = self.bash("", self.scenario / "verify.sh")
        assert (result.returncode == 0) == (result.stdout == "")
        return result.stdout
