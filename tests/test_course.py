"""The Killercoda course: its files, its set-up, its checks."""

import json
import os
import re

import course
import pytest
from conftest import CHECKED, COURSE, Sandbox, blocks
from pages import BEYOND, LESSON, PAGES, SET_UP
from person import ROOT
from step1 import DATA

SCENARIOS = {page: COURSE / course.name(page) for page in PAGES}


def index(page):
    return json.loads((SCENARIOS[page] / "index.json").read_text())


# Its files


def test_structure():
    structure = json.loads((COURSE / "structure.json").read_text())
    assert [item["path"] for item in structure["items"]] == [
        path.name for path in SCENARIOS.values()
    ]
    folders = {path for path in COURSE.iterdir() if path.is_dir()}
    assert folders == set(SCENARIOS.values())


@pytest.mark.parametrize("page", PAGES)
def test_a_scenario_names_every_file(page):
    details = index(page)["details"]
    (step,) = details["steps"]
    named = {"assets", "index.json", *details["intro"].values()}
    named |= {*step.values(), *details["finish"].values()} - {step["title"]}
    assert named == {path.name for path in SCENARIOS[page].iterdir()}
    assert ("verify" in step) == (page in CHECKED)
    assert (LESSON / page).read_text().startswith(f"# {step['title']}\n")
    assert index(page)["backend"] == {"imageid": "ubuntu-4GB"}


@pytest.mark.parametrize("page", PAGES)
def test_a_scenario_fits_into_its_hour(page):
    minutes = index(page)["time"]
    assert f"{minutes}" in (LESSON / page).read_text()
    assert f"\n{minutes}.\n" in (SCENARIOS[page] / "intro.md").read_text()
    set_up = 10  # a few minutes, the page says, with the training
    assert int(minutes.removesuffix(" minutes")) + set_up <= 60


@pytest.mark.parametrize("page", PAGES)
def test_what_a_scenario_has_from_elsewhere(page):
    for path in SCENARIOS[page].rglob("*"):
        if path.is_symlink():
            assert path.resolve().is_relative_to(ROOT) and path.exists()
        else:
            assert path.is_dir() or path.suffix in (".md", ".json")


@pytest.mark.parametrize("page", PAGES)
def test_page(page):
    text = (SCENARIOS[page] / "page.md").read_text()
    assert text.startswith("<!-- Made by lesson/make/render.py from lesson/")
    assert re.findall(r"(?ms)^```sh\n(.*?)^```\{\{exec\}\}$", text) == blocks(page)
    marks = text.count("{{") - len(blocks(page))
    if page == "finish.md":
        assert "`python -m http.server`{{exec}}" in text
        assert "({{TRAFFIC_HOST1_8000}}/lenet5.html)" in text
        assert marks == 2
    else:
        assert "`bash ~/.lesson/verify.sh`{{exec}}" in text
        assert marks == 1
    assert "notebook" not in text.lower() and SET_UP not in text
    prose = re.sub(r"(?ms)^```.*?^```", "", text)
    for address in re.findall(r"\]\(([^)]*)\)", prose):
        if not address.startswith(("https://", "{{")):
            assert (SCENARIOS[page] / address).exists()


def test_the_course_takes_along_what_its_pages_run():
    run = set(re.findall(r"python beyond/(\w+\.py)", (LESSON / PAGES[-1]).read_text()))
    code = "".join((ROOT / "beyond" / name).read_text() for name in BEYOND)
    imported = set(re.findall(r"^from (\w+) import", code, re.M))
    beyond = {f"{name}.py" for name in imported} & set(os.listdir(ROOT / "beyond"))
    assert set(BEYOND) == run | beyond | {"page.html"}


# Its set-up


@pytest.mark.parametrize("tool", ["apt-get", "python3", "pip", "curl", "the training"])
def test_a_set_up_that_failed_is_never_ready(tool, tmp_path):
    sandbox = Sandbox(tmp_path, "inside.md", few=True)
    if tool == "the training":
        digits = tmp_path / "no digits"
        digits.write_text("damaged")
    else:
        digits = DATA
        (tmp_path / "tools" / tool).write_text("#!/bin/sh\necho no network\nexit 1\n")
    assert sandbox.set_up(digits).returncode != 0
    assert "Reload the page" in sandbox.wait() and "Ready." not in sandbox.wait()
    assert sandbox.check() == (
        'This machine is not set up yet: wait until the terminal says "Ready."\n'
    )
