"""What the tests share: the steps' folder on the path, and one walk through the lesson."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from person import ENVIRONMENT, ROOT

sys.path.insert(0, str(ROOT))

LESSON = ROOT / "lesson"
DETAILS = json.loads((LESSON / "index.json").read_text())["details"]
STEPS = DETAILS["steps"]
PAGES = [page["text"] for page in (DETAILS["intro"], *STEPS, DETAILS["finish"])]
FENCE = re.compile(r"^```(sh|text)\n(.*?)^```(?:\{\{exec\}\})?$", re.M | re.S)


class Sandbox:
    """A home folder as the set-up leaves it."""

    def __init__(self, home):
        self.folder = home / "lesson"
        (self.folder / "data").mkdir(parents=True)
        shutil.copy(ROOT / "data" / "mnist.npz", self.folder / "data")
        (self.folder / ".venv" / "bin").mkdir(parents=True)
        (self.folder / ".venv" / "bin" / "activate").touch()
        path = f"{Path(sys.executable).parent}:{ENVIRONMENT['PATH']}"
        self.environment = {**ENVIRONMENT, "HOME": str(home), "PATH": path}

    def bash(self, script):
        """Types a script into a bash; returns its exit status and what it shows."""
        return subprocess.run(
            ["bash"],
            input=script,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=600,
        )

    def follow(self, page):
        """Runs every block of a page; returns `(output shown, output seen)` and stderr."""
        mark = "[the end of a block]"
        blocks = FENCE.findall((LESSON / page).read_text())
        # as in a terminal, where "!" is special
        script = "set -o history -o histexpand\n"
        script += "".join(f"{b}echo '{mark}'\n" for kind, b in blocks if kind == "sh")
        result = self.bash(script)
        seen = iter(result.stdout.split(f"{mark}\n"))
        outputs, last = [], ""
        for kind, block in blocks:
            if kind == "sh":
                last = next(seen)
            else:
                outputs.append((block, last))
        return outputs, result.stderr

    def check(self, script):
        """Presses Check: returns whether the learner may go on."""
        return self.bash(f"bash '{LESSON / script}'").returncode == 0


@pytest.fixture(scope="session")
def followed(tmp_path_factory):
    """The lesson, followed from the first page to the last.

    For each page: `outputs` and `stderr`; for each step: its `scripts` and `checks`,
    before the page and after it; `trained` is the folder as it was after step 4.
    """
    sandbox = Sandbox(tmp_path_factory.mktemp("home"))
    result = SimpleNamespace(outputs={}, stderr={}, scripts={}, checks={})
    verify = {step["text"]: step["verify"] for step in STEPS}
    for page in PAGES:
        before = page in verify and sandbox.check(verify[page])
        result.outputs[page], result.stderr[page] = sandbox.follow(page)
        if page in verify:
            result.checks[page] = before, sandbox.check(verify[page])
            script = page.replace(".md", ".py")
            result.scripts[page] = (sandbox.folder / script).read_bytes()
        if page == "step4.md":
            result.trained = tmp_path_factory.mktemp("trained") / "lesson"
            shutil.copytree(sandbox.folder, result.trained)
    return result


@pytest.fixture(scope="session")
def trained(followed):
    """The training of the lesson's step 4: the folder, and what it printed."""
    _, printed = followed.outputs["step4.md"][-1]
    return followed.trained, printed
