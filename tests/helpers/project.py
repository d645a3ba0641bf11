"""A copy of the project as a learner has it, and their terminal."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from outputs import clean, hold_out_few, save_few_digits
from pages import SET_UP, ready, sections
from person import ENVIRONMENT, ROOT, run_python, windows_lacks

MARK = "[the end of a block]"
SIGNS = "beyond/train_signs.py"


def blocks(name):
    """Returns a page's blocks of commands, without those of one's own computer."""
    parts = sections(name, {}, {SET_UP: ""})
    return [token.content for token, _ in parts if token.info == "sh"]


def for_few(paths):
    """Changes pages and programs so that they need few digits, and few passes."""
    for path in paths:
        path.write_text(hold_out_few(path.read_text()))


def set_address(folder, name):
    """Gives a copy of the project an address on GitHub, `owner/repository`."""
    home = folder / "pyproject.toml"
    text = re.sub(r"github.com/[\w/-]+", f"github.com/{name}", home.read_text())
    home.write_text(text)


def bash(script, cwd, **environment):
    """Types a script into a bash; returns its exit status and what it shows."""
    windows_lacks("bash")
    path = f"{Path(sys.executable).parent}:{ENVIRONMENT['PATH']}"
    return subprocess.run(
        ["bash"],
        input=script,
        cwd=cwd,
        env={**ENVIRONMENT, "PATH": path, **environment},
        capture_output=True,
        text=True,
    )


class Project:
    """A copy of what a learner needs of the project; `few` has a thirtieth of the digits."""

    def __init__(self, folder, few=False):
        self.folder, self.work, self.few = folder, folder / "work", few
        for path in "lesson", "beyond", "killercoda":
            unwanted = shutil.ignore_patterns("__pycache__", "assets", "*.ipynb")
            shutil.copytree(ROOT / path, folder / path, ignore=unwanted)
        for path in "requirements.txt", *ROOT.glob("step?.py"):
            shutil.copy(ROOT / path, folder)
        shutil.copytree(ROOT / "data", folder / "data")
        if few:
            save_few_digits(folder / "data" / "mnist.npz")
            for_few([*folder.glob("lesson/*.md"), folder / SIGNS])

    def start(self, *options):
        """Runs `lesson/start.py` in the folder."""
        return run_python("lesson/start.py", *options, cwd=self.folder)

    def few_from_here(self):
        """Has the digits of `work` replaced by few, and what lies ready made for them."""
        self.few = True
        save_few_digits(self.work / "data" / "mnist.npz")
        made = [self.work / script for script in ready()]
        for_few([*self.folder.glob("lesson/*.md"), self.work / SIGNS, *made])

    def copy(self, folder):
        """Returns a copy of this project, with what was made in it."""
        shutil.copytree(self.folder, folder)
        other = Project.__new__(Project)
        other.folder, other.work, other.few = folder, folder / "work", self.few
        return other

    def bash(self, script, cwd=None, **environment):
        return bash(script, cwd or self.work, **environment)

    def follow(self, name):
        """Runs every block of a page; returns `(output shown, output seen)` and stderr."""
        # as in a terminal, where "!" is special
        script = 'set -o history -o histexpand\nexport KERAS_HOME="$PWD/.keras"\n'
        for commands in blocks(name):
            if self.few:
                commands = hold_out_few(commands)
            script += f"{commands}echo '{MARK}'\n"
        result = self.bash(script)
        seen = iter(result.stdout.split(f"{MARK}\n"))
        outputs, last = [], ""
        for token, _ in sections(name, {}, {SET_UP: ""}):
            if token.info == "sh":
                last = clean(next(seen))
            elif token.info == "text":
                outputs.append((token.content, last))
        return outputs, result.stderr

    def check(self, name):
        """Returns what check.py says of a page or a task, as it ends."""
        result = run_python("check.py", name, cwd=self.work)
        right = result.stdout == "Right.\n"
        assert result.returncode == (0 if right else 3), result.stderr
        return result.stdout
