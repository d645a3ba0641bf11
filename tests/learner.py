"""A learner who follows the lesson: every block that is to be run, in one bash."""

import json
import re
import shutil
import subprocess
import sys
import threading

from person import ENVIRONMENT, ROOT

LESSON = ROOT / "lesson"
DETAILS = json.loads((LESSON / "index.json").read_text())["details"]
STEPS = DETAILS["steps"]
PAGES = [page["text"] for page in (DETAILS["intro"], *STEPS, DETAILS["finish"])]
FENCE = re.compile(r"^```(?:sh|text)\n(.*?)^```(\{\{exec\}\})?$", re.M | re.S)


def blocks_to_run(page):
    """Return the fenced blocks of a page that a click runs."""
    return [block for block, mark in FENCE.findall(page) if mark]


def outputs(page):
    """Return the fenced blocks of a page that show what the terminal shows."""
    return [block for block, mark in FENCE.findall(page) if not mark]


class Sandbox:
    """A home folder as the set-up leaves it, and one bash in it."""

    def __init__(self, home):
        self.home = home
        self.folder = home / "lesson"
        (self.folder / "data").mkdir(parents=True)
        shutil.copy(ROOT / "data" / "mnist.npz", self.folder / "data")
        bin = self.folder / ".venv" / "bin"
        bin.mkdir(parents=True)
        (bin / "activate").write_text("PATH=~/lesson/.venv/bin:$PATH\n")
        (bin / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (bin / "python").chmod(0o755)
        self.stderr = (home / "stderr").open("w+")
        self.bash = subprocess.Popen(
            ["bash"],
            cwd=self.folder,
            env={**ENVIRONMENT, "HOME": str(home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            text=True,
        )
        # as in the terminal that the blocks are typed into, where "!" is special
        self.run("set -o history -o histexpand")

    def run(self, block):
        """Type a block; return what the terminal shows until all of it has run."""
        end = "[the end of the block]\n"
        self.bash.stdin.write(f"{block}\necho '{end.strip()}'\n")
        self.bash.stdin.flush()
        patience = threading.Timer(300, self.bash.kill)  # a block that never ends
        patience.start()
        shown = ""
        while not shown.endswith(end):
            line = self.bash.stdout.readline()
            assert line, f"bash ended after: {shown}"
            shown += line
        patience.cancel()
        return shown.removesuffix(end)

    def follow(self, page):
        """Run every block of a page; return what the terminal shows."""
        return "".join(self.run(block) for block in blocks_to_run(page))

    def check(self, script):
        """Press Check: return whether the learner may go on."""
        result = subprocess.run(
            ["bash", LESSON / script],
            cwd=self.home,
            env={**ENVIRONMENT, "HOME": str(self.home)},
            capture_output=True,
        )
        return result.returncode == 0

    def copy_results(self, folder):
        """Copy the pictures and networks that there are into another folder."""
        for results in "figures", "models":
            if (self.folder / results).exists():
                shutil.copytree(self.folder / results, folder / results)

    def script(self, number):
        """Return what the learner's script of that step has grown to."""
        return (self.folder / f"step{number}.py").read_bytes()

    def close(self):
        """Leave, and return what went to stderr."""
        self.bash.communicate(timeout=10)
        self.stderr.seek(0)
        with self.stderr:
            return self.stderr.read()


def shows(terminal, output):
    """Tell whether the terminal shows an output block.

    In the block, a line `...` stands for any lines, and a number behind `~` for
    one that depends on the machine or the seed: it must be within a factor of 2,
    if it is not a time.
    """
    pattern, about = "", []
    for line in output.splitlines():
        if line == "...":
            pattern += r"(?:.*\n)*?"
            continue
        for part in re.split(r"(\s+|~[\d.,]+(?: s)?)", line):
            if part.startswith("~"):
                pattern += r"([\d.,]+)" + " s" * part.endswith(" s")
                about.append(part)
            else:
                pattern += r"\s+" if part.isspace() else re.escape(part)
        pattern += "\n"
    return any(
        all(
            number.endswith(" s") or 0.5 < value(shown) / value(number[1:]) < 2
            for number, shown in zip(about, found.groups())
        )
        for found in re.finditer(pattern, terminal)
    )


def value(number):
    return float(number.replace(",", ""))
