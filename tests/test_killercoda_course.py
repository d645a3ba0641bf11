"""The Killercoda course: its files, and its set-up."""

import json
import re
import shutil

import killercoda_course
import pytest
from pages import LESSON, NAMES, PAGES, SET_UP, before, minutes, scripts, title
from person import ROOT
from project import Project, blocks

COURSE = ROOT / "killercoda"
LAST = killercoda_course.LAST


def index(name):
    return json.loads((COURSE / name / "index.json").read_text())


# Its files


def test_structure():
    structure = json.loads((COURSE / "structure.json").read_text())
    assert [item["path"] for item in structure["items"]] == NAMES
    assert {path.name for path in COURSE.iterdir() if path.is_dir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_names_every_file(name):
    details = index(name)["details"]
    (step,) = details["steps"]
    named = {"index.json", *details["intro"].values(), *details["finish"].values()}
    named |= set(step.values()) - {step["title"]}
    files = {path.name for path in (COURSE / name).iterdir() if path.is_file()}
    assert named == files
    assert ("verify" in step) == (name != LAST)
    assert step["title"] == title(name)
    assert index(name)["backend"] == {"imageid": "ubuntu-4GB"}


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_fits_into_its_hour(name):
    assert index(name)["time"] == f"{minutes(name)} minutes"
    intro = (COURSE / name / "intro.md").read_text()
    assert f"\n{minutes(name)} minutes.\n" in intro
    set_up = 10  # a few minutes, the page says, with the training
    assert minutes(name) + set_up <= 60


@pytest.mark.parametrize("name", NAMES)
def test_page(name):
    text = (COURSE / name / "page.md").read_text()
    assert text.startswith(
        f"<!-- Made by lesson/make/render.py from lesson/{PAGES[name]}"
    )
    assert re.findall(r"(?ms)^```sh\n(.*?)^```\{\{exec\}\}$", text) == blocks(name)
    marks = text.count("{{") - len(blocks(name))
    if name == LAST:
        assert "`python -m http.server`{{exec}}" in text
        assert "({{TRAFFIC_HOST1_8000}}/write-digits.html)" in text
        assert marks == 2
    else:
        assert "`bash ~/lenet5/killercoda/verify.sh`{{exec}}" in text
        assert marks == 1
    assert "notebook" not in text.lower() and SET_UP not in text
    prose = re.sub(r"(?ms)^```.*?^```", "", text)
    for address in re.findall(r"\]\(([^)]*)\)", prose):
        if not address.startswith(("https://", "{{")):
            assert (COURSE / name / address).exists()


def test_what_a_scenario_has_from_elsewhere():
    links = [path for path in COURSE.rglob("*") if path.is_symlink()]
    assert {path.resolve() for path in links} == {
        COURSE / "wait.sh",
        COURSE / "verify.sh",
    }
    assert len(links) == 2 * len(NAMES) - 1  # the exercises have no check


# Its set-up


TOOLS = {  # what the set-up fetches is not for a test
    "git": 'cp -r "$PROJECT" ~/lenet5',
    "apt-get": "",
    "python3": "mkdir -p .venv/bin && touch .venv/bin/activate",
    "pip": "",
}


class Machine:
    """A machine of the sandbox, and what runs on it; `fails` are tools that do."""

    def __init__(self, home, name, fails=()):
        self.scenario = COURSE / name
        self.project = Project(home / "origin", few=True)
        self.home = home / "home"
        (self.home / "tools").mkdir(parents=True)
        for tool, does in TOOLS.items():
            path = self.home / "tools" / tool
            does = "exit 1" if tool in fails else does
            path.write_text(f'#!/bin/bash\necho {tool} was here, "$@"\n{does}\n')
            path.chmod(0o755)
        patient = self.home / "tools" / "sleep"  # but not as patient as the set-up
        patient.write_text("#!/bin/bash\n/bin/sleep 0.2\n")
        patient.chmod(0o755)

    def run(self, script):
        path = f"{self.home / 'tools'}:$PATH"
        return self.project.bash(
            f'export PATH="{path}"\n' + (self.scenario / script).read_text(),
            cwd=self.home,
            HOME=str(self.home),
            PROJECT=str(self.project.folder),
        )

    def log(self):
        return (self.home / ".lesson" / "log").read_text()


@pytest.mark.parametrize("name", [NAMES[0], "step3"])
def test_a_scenario_begins_with_what_the_pages_before_have_made(name, tmp_path):
    machine = Machine(tmp_path, name)
    said = machine.run("verify.sh").stdout
    assert said == (
        'This machine is not set up yet: wait until the terminal says "Ready."\n'
    )
    assert machine.run("setup.sh").returncode == 0, machine.log()
    shown = machine.run("wait.sh").stdout
    assert shown.endswith("Ready.\n") and machine.log() in shown
    order = [line.split()[0] for line in shown.splitlines() if " was here" in line]
    assert order == ["git", "python3", "python3", "pip"]
    wanted = (ROOT / "requirements.txt").read_text()
    installed = (machine.home / ".lesson" / "requirements.txt").read_text()
    assert installed == wanted.replace("tensorflow", "tensorflow-cpu", 1)
    work = machine.home / "lenet5" / "work"
    made = {path.name: path.read_text() for path in work.glob("*.py")}
    assert made == scripts(before(name))
    assert (work / "data" / "mnist.npz").exists()
    said = machine.run("verify.sh")
    assert said.returncode == 3
    assert said.stdout.startswith(
        "The network first.keras is missing" if name == NAMES[0] else "step3.py is miss"
    )


def test_a_machine_that_cannot_make_environments_installs_what_it_takes(tmp_path):
    machine = Machine(tmp_path, "step1")
    python3 = machine.home / "tools" / "python3"
    python3.write_text('#!/bin/bash\n[ "$1" != -c ] || exit 1\n' + TOOLS["python3"])
    assert machine.run("setup.sh").returncode == 0, machine.log()
    assert "apt-get was here, update\n" in machine.log()
    assert re.search("apt-get was here, .* install -y python3-venv\n", machine.log())


@pytest.mark.parametrize("fails", ["git", "pip", "python3"])
def test_a_set_up_that_failed_is_never_ready(fails, tmp_path):
    machine = Machine(tmp_path, "step1", fails={fails, "apt-get"})
    assert machine.run("setup.sh").returncode != 0
    tried = "apt-get" if fails == "python3" else fails
    assert machine.log().count(f"{tried} was here") == 3
    assert machine.run("wait.sh").stdout.endswith("Reload the page to try again.\n")
    said = machine.run("verify.sh")
    assert said.returncode == 1 and said.stdout == (
        "The set-up of this machine has failed: reload the page to begin it again.\n"
    )


def test_a_broken_machine(tmp_path):
    machine = Machine(tmp_path, "step1")
    assert machine.run("setup.sh").returncode == 0
    shutil.rmtree(machine.home / "lenet5" / "work")
    said = machine.run("verify.sh")
    assert said.returncode not in (0, 3)
    assert said.stdout.startswith("Something is broken on this machine")
