"""What the tests share: the steps' folder on the path, and one walk through the lesson."""

import json
import shutil
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
        if self.folder.exists():
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
    """The lesson, followed from the first page to the last.

    For each page: `outputs` and `stderr`; for each step: its `scripts` and `checks`,
    before the page and after it; `trained` is the folder as it was after step 4.
    """
    home = Home(tmp_path_factory.mktemp("home"))
    result = SimpleNamespace(outputs={}, stderr={}, scripts={}, checks={})
    verify = {step["text"]: step["verify"] for step in STEPS}
    for page in PAGES:
        before = page in verify and home.check(verify[page])
        result.outputs[page], result.stderr[page] = home.follow(page)
        if page in verify:
            result.checks[page] = before, home.check(verify[page])
            script = page.replace(".md", ".py")
            result.scripts[page] = (home.folder / script).read_bytes()
        if page == "step4.md":
            result.trained = tmp_path_factory.mktemp("trained") / "lesson"
            shutil.copytree(home.folder, result.trained, symlinks=True)
    result.folder = home.folder
    return result


@pytest.fixture(scope="session")
def trained(followed):
    """The training of the lesson's step 4: the folder, and what it printed."""
    printed = [
        seen for _, seen in followed.outputs["step4.md"] if "LeNet-5, paper" in seen
    ]
    return followed.trained, printed[0]
