"""What the tests share: the steps' folder on the path, and one walk through the lesson."""

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest
from markdown_it import MarkdownIt
from person import ENVIRONMENT, ROOT

sys.path[:0] = [str(ROOT), str(ROOT / "lesson")]

from render import LESSON, PAGES
from step1 import DATA, URL

SCENARIO = ROOT / "killercoda"
STEPS = json.loads((SCENARIO / "index.json").read_text())["details"]["steps"]
FETCH = f"curl --create-dirs -o data/mnist.npz {URL}"
OFFLINE = FETCH.replace(URL, DATA.as_uri())
PAGES_OF_STEPS = [step["text"] for step in STEPS]


def fences(page):
    """Returns the fenced blocks of a page as a CommonMark parser reads it."""
    tokens = MarkdownIt().parse((LESSON / page).read_text())
    return [token for token in tokens if token.type == "fence"]


def clean(output):
    """Returns what stands in the terminal at the end: no colours, bars as they are last."""
    lines = re.sub("\x1b\\[[0-9;]*m", "", output).splitlines()
    return "\n".join(re.split("[\b\r]", line)[-1] for line in lines)


def compare(shown, seen):
    """Asserts that an output was seen as the page shows it.

    Three dots stand for anything, white space for any white space, and a number behind
    a "~" for one that is not far away: half as much again, ten times for a time, a
    twentieth for an accuracy. A bar of "#" may have any length.
    """
    words = shown.split()
    patterns, expected = [], []
    for before, word, after in zip(["", *words], words, [*words[1:], ""]):
        if word.startswith("~"):
            tolerance = 10 if after == "s" else 0.5
            if before.endswith("accuracy:"):
                tolerance = 0.05
            expected.append((number(word[1:]), tolerance))
            patterns.append(r"([\d.,]+)")
        else:
            patterns.append(".*?" if word == "..." else re.escape(word))
        if set(word) == {"#"}:
            patterns[-1] = "#*"
    found = re.search(r"\s+".join(patterns), seen, re.S)
    assert found, f"{shown}\nis not in\n{seen}"
    for (near, tolerance), word in zip(expected, found.groups()):
        assert number(word) == pytest.approx(near, rel=tolerance, abs=0.02), shown


def number(word):
    return float(word.replace(",", ""))


def check_errors(stderr):
    for failure in "Traceback", "UserWarning", "No such file", "not found":
        assert failure not in stderr


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
            timeout=600,
        )

    def follow(self, page):
        """Runs every block of a page; returns `(output shown, output seen)` and stderr."""
        mark = "[the end of a block]"
        # as in a terminal, where "!" is special
        script = "set -o history -o histexpand\n"
        if (self.folder / ".venv").exists():
            script += "source .venv/bin/activate\n"
        for fence in fences(page):
            if fence.info == "sh":
                commands = fence.content.replace(FETCH, OFFLINE)
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

    def check(self, script):
        """Presses Check: returns whether the learner may go on."""
        return self.bash(f"bash '{SCENARIO / script}'").returncode == 0


@pytest.fixture(scope="session")
def followed(tmp_path_factory):
    """The lesson, followed from the first page to step 4.

    For each page: `outputs` and `stderr`; for each step: its `scripts` and `checks`,
    before the page and after it; and the `folder` of it all.
    """
    home = Home(tmp_path_factory.mktemp("home"))
    result = SimpleNamespace(outputs={}, stderr={}, scripts={}, checks={})
    verify = {step["text"]: step["verify"] for step in STEPS}
    for page in PAGES[:-1]:
        before = page in verify and home.check(verify[page])
        result.outputs[page], result.stderr[page] = home.follow(page)
        if page in verify:
            result.checks[page] = before, home.check(verify[page])
            script = page.replace(".md", ".py")
            result.scripts[page] = (home.folder / script).read_bytes()
    result.folder = home.folder
    return result


@pytest.fixture(scope="session")
def trained(followed):
    """The training of the lesson's step 4: the folder, and what it printed."""
    outputs = (seen for _, seen in followed.outputs["step4.md"])
    return followed.folder, next(seen for seen in outputs if "LeNet-5, paper" in seen)
