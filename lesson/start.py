"""Make `work/`, the folder to follow the lesson in.

    python lesson/start.py               to begin with the first page
    python lesson/start.py --page step3  to begin with another one

Brings the digits, the programs of `beyond/`, `check.py`, what lies ready for the pages,
and what the pages before have made: their scripts and tasks, and for the last pages the
networks, whose training takes a minute. What you have written or changed stays as it is;
a task that you have not written gets our answer.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from pages import LAST_NETWORK, LESSON, NAMES, NEEDS_NETWORKS, PAGES, ROOT
from pages import before, defined, gaps, put, python, ready, scripts, tasks, training

WORK = ROOT / "work"


def bring_files(folder, name):
    """Lays into a folder what a page begins with, where it is not there yet."""
    folder = Path(folder)
    for source in [*ROOT.glob("data/*"), *ROOT.glob("beyond/**/*")]:
        path = source.relative_to(ROOT)
        passing = any(part.startswith((".", "__")) for part in path.parts)  # caches
        if source.is_file() and not passing and not (folder / path).exists():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / path)
    shutil.copy(LESSON / "check.py", folder)
    for script, text in (scripts(before(name)) | ready()).items():
        path = folder / script
        mine = path.read_text("utf-8", errors="replace") if path.exists() else ""
        if text.startswith(mine):  # what a page has begun, a later page goes on with
            path.write_text(text, encoding="utf-8", newline="\n")
    for task in tasks(before(name)).values():
        path = folder / task.file
        if is_unwritten(task, path.read_text("utf-8", errors="replace")):
            text = put(task.answer, path.read_text("utf-8"))
            path.write_text(text, encoding="utf-8", newline="\n")


def is_unwritten(task, text):
    """Returns whether one of a task's functions has a gap, or is not there at all."""
    try:
        mine = defined(text)
    except SyntaxError:
        return False
    names = defined(task.answer)
    return any(name not in mine or gaps(mine[name]) for name in names)


def train_networks(folder):
    """Trains the networks that the last pages look into, as the page before does."""
    command = [sys.executable, "-"]
    source = python(training()).encode()
    subprocess.run(command, input=source, cwd=folder, check=True)


def main():
    parser = argparse.ArgumentParser(description="Makes the folder for the lesson.")
    parser.add_argument("--page", choices=NAMES, default=NAMES[0], help="to begin with")
    name = parser.parse_args().page
    bring_files(WORK, name)
    if not (WORK / "data" / "mnist.npz").exists():
        sys.exit("The digits are missing: data/README.md says how to get them.")
    needs_networks = NEEDS_NETWORKS in [*before(name), name]
    if needs_networks and not (WORK / LAST_NETWORK).exists():
        train_networks(WORK)
    go_there = f"type `cd {shlex.quote(os.path.relpath(WORK))}`, and "
    go_there = "" if Path.cwd() == WORK else go_there
    print(f"Now {go_there}go on with lesson/{PAGES[name]}.")


if __name__ == "__main__":
    main()
