"""What the tests share: the option --all, and one walk through the lesson.

Without --all, the pages that train do so with every thirtieth image, and the tests that
are marked `slow` are skipped: trainings with all images, the notebook, the browser.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from person import ENVIRONMENT, ROOT

sys.path[:0] = [str(ROOT / folder) for folder in (".", "lesson", "beyond", "results")]

from render import PAGES, fences
from step1 import DATA, URL

SCENARIO = ROOT / "killercoda"
CHECKED = PAGES[1:-1]  # the pages with a check at their end
# Without --all, these have few images, which is not enough for their checks.
TRAINING = ["README.md", "step4.md", "inside.md", "finish.md"]
FETCH = f"curl -f --create-dirs -o data/mnist.npz {URL}"


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="also what takes minutes")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--all"):
        skip = pytest.mark.skip(reason="takes minutes: --all")
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(skip)


def save_few_digits(path):
    """Saves every thirtieth digit of MNIST."""
    with np.load(DATA) as mnist:
        np.savez(path, **{name: mnist[name][::30] for name in mnist})


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
        if few and re.fullmatch(r"~?\d[\d.,/]*", word):
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


class Home:
    """A home folder, and a terminal that opens in its folder `lesson`."""

    def __init__(self, home):
        self.folder = home / "lesson"
        # pip finds the packages of these tests, and has nothing to fetch
        packages = f"{ENVIRONMENT['PYTHONPATH']}:{sysconfig.get_path('purelib')}"
        path = f"{Path(sys.executable).parent}:{ENVIRONMENT['PATH']}"
        own = {"HOME": str(home), "PYTHONPATH": packages, "PATH": path}
        self.environment = {**ENVIRONMENT, **own, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def bash(self, script):
        """Types a script into a bash; returns its exit status and what it shows."""
        return subprocess.run(
            ["bash"],
            input=script,
            cwd=self.folder if self.folder.exists() else self.folder.parent,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def follow(self, page, data=DATA):
        """Runs every block of a page; returns `(output shown, output seen)` and stderr.

        `data` is the file of digits; if it is not MNIST's, the lesson holds out 300.
        """
        if (self.folder / "data").exists():
            shutil.copy(data, self.folder / "data" / "mnist.npz")
        mark = "[the end of a block]"
        # as in a terminal, where "!" is special
        script = "set -o history -o histexpand\n"
        if (self.folder / ".venv").exists():
            script += "source .venv/bin/activate\n"
        for fence in fences(page):
            if fence.info == "sh":
                address = FETCH.replace(URL, data.as_uri())
                commands = fence.content.replace(FETCH, address)
                if data != DATA:
                    commands = hold_out_few(commands)
                script += f"{commands}echo '{mark}'\n"
        result = self.bash(script)
        seen = iter(result.stdout.split(f"{mark}\n"))
        outputs, last = [], ""
        for fence in fences(page):
            if fence.info == "sh":
                last = next(seen)
            else:
                outputs.append((fence.content, last))
        return outputs, result.stderr

    def check(self, page):
        """Presses Check: returns whether the learner may go on."""
        script = SCENARIO / f"verify{PAGES.index(page)}.sh"
        return self.bash(f"bash '{script}'").returncode == 0


@pytest.fixture(scope="session")
def followed(request, tmp_path_factory):
    """The lesson, followed from the first page to the last.

    For each page: `outputs` and `stderr`, and its `checks`, before the page and after it;
    and the `folder` of it all.
    """
    home = Home(tmp_path_factory.mktemp("home"))
    result = SimpleNamespace(outputs={}, stderr={}, checks={}, folder=home.folder)
    result.few = not request.config.getoption("--all")
    few_digits = tmp_path_factory.mktemp("data") / "few.npz"
    save_few_digits(few_digits)
    for page in PAGES:
        if page == "finish.md":  # in the sandbox it is there
            (home.folder / "beyond").symlink_to(ROOT / "beyond")
        data = few_digits if result.few and page in TRAINING else DATA
        checked = page in CHECKED and data == DATA
        before = checked and home.check(page)
        result.outputs[page], result.stderr[page] = home.follow(page, data)
        if checked:
            result.checks[page] = before, home.check(page)
    return result


@pytest.fixture(scope="session")
def trained(followed):
    """The training of the lesson's step 4: the folder, and what it printed."""
    outputs = (seen for _, seen in followed.outputs["inside.md"])
    return followed.folder, next(seen for seen in outputs if "LeNet-5, paper" in seen)
