"""Sandboxes that need no author's account: what Codespaces and Binder read."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig

import pytest
from pages import LESSON, SET_UP, ready
from person import ENVIRONMENT, ROOT
from project import Project, blocks

CONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
EDITORS = CONTAINER["customizations"]
POST_BUILD = (ROOT / ".binder" / "postBuild").read_text()


def test_fields_of_the_dev_container():
    """A name that the specification of dev containers does not have would do nothing."""
    assert set(CONTAINER) == {
        "name",
        "image",
        "hostRequirements",
        "updateContentCommand",
        "customizations",
    }
    assert CONTAINER["hostRequirements"] == {"cpus": 2, "memory": "4gb"}
    assert set(EDITORS) == {"codespaces", "vscode"}
    assert set(EDITORS["codespaces"]) == {"openFiles"}
    assert set(EDITORS["vscode"]) == {"extensions", "settings"}


def test_the_dev_container_opens_the_lesson():
    for file in EDITORS["codespaces"]["openFiles"]:
        assert (ROOT / file).exists()
    cwd = EDITORS["vscode"]["settings"]["terminal.integrated.cwd"]
    assert cwd == "${workspaceFolder}/work"  # made by start.py


def python_versions():
    """Returns the lowest Python that the project runs with, and the first it does not."""
    text = (ROOT / "pyproject.toml").read_text()
    return re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', text).groups()


def test_both_have_a_python_that_tensorflow_has():
    low, high = map(int, python_versions())
    runtime = (ROOT / ".binder" / "runtime.txt").read_text().strip()
    for python in runtime, CONTAINER["image"]:
        assert low <= int(re.search(r"python.3\.(\d+)$", python)[1]) < high


def test_what_a_shell_runs_has_no_carriage_returns_anywhere():
    """Not even where git gives texts those of Windows."""
    scripts = [".ci/run", ".binder/postBuild", "killercoda/setup.sh"]
    command = ["git", "check-attr", "eol", *scripts]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if shown.returncode:
        pytest.skip("this is no checkout of git")
    assert shown.stdout.count(": eol: lf\n") == len(scripts)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        CONTAINER["updateContentCommand"],
        f"pip install -r .binder/requirements.txt && {POST_BUILD.splitlines()[-1]}",
    ],
)
def test_the_commands_in_a_fresh_environment(command, tmp_path):
    """And a second time, as when the repository is updated; then the first page."""
    project = Project(tmp_path / "project", few=True)
    shutil.copytree(ROOT / ".binder", project.folder / ".binder")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    # pip finds the packages of these tests, and has nothing to fetch
    packages = f"{ENVIRONMENT['PYTHONPATH']}:{sysconfig.get_path('purelib')}"
    append, look, *_ = blocks("step1")
    for commands in command, command, f"cd work\n{append}{look}":
        path = f'export PATH="{venv}/bin:$PATH"\nset -e\n'
        result = project.bash(path + commands, project.folder, PYTHONPATH=packages)
        assert result.returncode == 0, result.stderr
    assert "[[  0   0" in result.stdout
    names = {path.name for path in project.work.glob("[!_]*")}
    assert names == {"beyond", "data", "step1.py", "check.py", *ready()}


def test_the_first_page_says_where_to_go():
    set_up = (LESSON / "README.md").read_text().partition(f"## {SET_UP}")[2]
    assert "`cd work`" in set_up.partition("\n## ")[0]
