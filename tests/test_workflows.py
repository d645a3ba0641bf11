"""GitHub's own files: they are valid, and run what the documents tell people to run."""

import re
import shutil
import subprocess

import pytest
import yaml
from person import ROOT, run_python
from test_sandboxes import python_versions

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCHEMAS = {path: "github-workflows" for path in WORKFLOWS}
SCHEMAS[ROOT / ".github" / "dependabot.yml"] = "dependabot"
SCHEMAS[ROOT / "CITATION.cff"] = "citation-file-format"
JOBS = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text())[
    "jobs"
]


def commands(job):
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_it_is_valid(path):
    schema = f"vendor.{SCHEMAS[path]}"
    command = ["-m", "check_jsonschema", "--builtin-schema", schema, path]
    result = run_python(*command, cwd=ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.skipif(not shutil.which("actionlint"), reason="actionlint is not here")
def test_actionlint():
    result = subprocess.run(["actionlint", *WORKFLOWS], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_the_tests_are_run_as_the_readme_says():
    command = r"(?m)^.* && (pip .*) && (python -m pytest .*)$"
    found = re.search(command, (ROOT / "README.md").read_text("utf-8"))
    assert commands("tests") == [*found.groups()]


def test_everything_is_run_as_contributing_says():
    (command,) = commands("everything")
    assert f"`{command}`" in (ROOT / "CONTRIBUTING.md").read_text()


def test_with_the_oldest_and_the_newest_python():
    low, high = map(int, python_versions())
    pythons = JOBS["tests"]["strategy"]["matrix"]["python"]
    assert pythons == [f"3.{low}", f"3.{high - 1}"]
    for path in WORKFLOWS:
        others = re.findall(r"python(?:-version)?: ?\"?3\.(\d+)", path.read_text())
        assert others == [str(high - 1)], path.name


def test_the_authors_are_those_of_the_licence():
    (author,) = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["authors"]
    assert f"(c) 2026 {author['name']}\n" in (ROOT / "LICENSE").read_text()
