"""Sandboxes that need no author's account: what Codespaces and Binder read."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig

import jsonschema
import pytest
from conftest import blocks
from pages import LESSON, SET_UP
from person import ENVIRONMENT, ROOT

CONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
# What the published schema (devcontainers/spec, schemas/devContainer.base.schema.json)
# says of the fields that we use; a field that is not here would be a new one, or wrong.
STRING = {"type": "string"}
STRINGS = {"type": "array", "items": STRING}
SCHEMA = {
    "name": STRING,
    "image": STRING,
    "hostRequirements": {
        "cpus": {"type": "integer", "minimum": 1},
        "memory": {"type": "string", "pattern": r"^\d+([tgmk]b)?$"},
    },
    "updateContentCommand": STRING,
    "customizations": {
        "codespaces": {"openFiles": STRINGS},
        "vscode": {"extensions": STRINGS, "settings": {"type": "object"}},
    },
}


def schema(fields):
    """Returns a JSON schema in which no other fields are allowed."""
    if isinstance(fields.get("type"), str) or "enum" in fields:
        return fields
    properties = {name: schema(field) for name, field in fields.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def test_fields_of_the_dev_container():
    jsonschema.validate(CONTAINER, schema(SCHEMA))
    with pytest.raises(jsonschema.ValidationError, match="openFile"):
        jsonschema.validate({**CONTAINER, "openFile": "README.md"}, schema(SCHEMA))


def test_the_dev_container_opens_the_lesson():
    for file in CONTAINER["customizations"]["codespaces"]["openFiles"]:
        assert (ROOT / file).exists()
    cwd = CONTAINER["customizations"]["vscode"]["settings"]["terminal.integrated.cwd"]
    assert cwd == "${workspaceFolder}/work"  # made by .binder/postBuild


def python_versions():
    """Returns the lowest Python that the project runs with, and the first it does not."""
    text = (ROOT / "pyproject.toml").read_text()
    return re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', text).groups()


def test_both_have_a_python_that_tensorflow_has():
    low, high = map(int, python_versions())
    runtime = (ROOT / ".binder" / "runtime.txt").read_text().strip()
    for python in runtime, CONTAINER["image"]:
        assert low <= int(re.search(r"python.3\.(\d+)$", python)[1]) < high


@pytest.mark.parametrize(
    "command",
    [
        CONTAINER["updateContentCommand"],
        "pip install -r .binder/requirements.txt && .binder/postBuild",
    ],
)
def test_the_commands_in_a_fresh_environment(command, tmp_path):
    """And a second time, as when the repository is updated; then the first page."""
    clone = tmp_path / "clone"
    for folder in ".binder", "data", "beyond":
        shutil.copytree(ROOT / folder, clone / folder)
    shutil.copy(ROOT / "requirements.txt", clone)
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    # pip finds the packages of these tests, and has nothing to fetch
    packages = f"{ENVIRONMENT['PYTHONPATH']}:{sysconfig.get_path('purelib')}"
    path = f"{venv / 'bin'}:{ENVIRONMENT['PATH']}"
    environment = {**ENVIRONMENT, "PYTHONPATH": packages, "PATH": path}
    append, look, *_ = blocks("step1.md")
    for commands in command, command, f"cd work\n{append}{look}":
        result = subprocess.run(
            ["bash", "-e"],
            input=commands,
            cwd=clone,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
    assert "[[  0   0" in result.stdout
    assert sorted(path.name for path in (clone / "work").glob("[!_]*")) == [
        "beyond",
        "data",
        "step1.py",
    ]


def test_the_first_page_says_where_to_go():
    set_up = (LESSON / "README.md").read_text().partition(f"## {SET_UP}")[2]
    assert "`cd work`" in set_up.partition("\n## ")[0]
