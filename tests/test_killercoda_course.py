"""The Killercoda course: its files, and its set-up."""

import json
import re
import shutil

import pytest
from pages import NAMES, PAGES, SET_UP, before, fenced, minutes, parts, ready, scripts
from pages import tasks, title
from person import ROOT
from project import Project, blocks

COURSE = ROOT / "killercoda"
STEP = re.compile(r"(?ms)^```sh\n(.*?)^```(\{\{exec(?: interrupt)?\}\})$")


def index(name):
    return json.loads((COURSE / name / "index.json").read_text())


def steps(name):
    """Returns the texts of a scenario's steps, in their order."""
    listed = index(name)["details"]["steps"]
    return [(COURSE / name / step["text"]).read_text() for step in listed]


def marked(text):
    """Returns the blocks of commands of a step, `(commands, mark)`."""
    return STEP.findall(text)


# Its files


def test_structure():
    structure = json.loads((COURSE / "structure.json").read_text())
    assert [item["path"] for item in structure["items"]] == NAMES
    assert {path.name for path in COURSE.iterdir() if path.is_dir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_names_every_file(name):
    details = index(name)["details"]
    named = {"index.json", *details["intro"].values(), *details["finish"].values()}
    for step in details["steps"]:
        named |= {file for key, file in step.items() if key != "title"}
    files = {path.name for path in (COURSE / name).iterdir() if path.is_file()}
    assert named == files
    assert index(name)["title"] == title(name)
    assert index(name)["backend"] == {"imageid": "ubuntu-4GB"}


@pytest.mark.parametrize("name", NAMES)
def test_every_heading_is_in_one_step_which_is_named_after_it(name):
    headings = []
    for step, text in zip(index(name)["details"]["steps"], steps(name)):
        prose = re.sub(r"(?ms)^```.*?^```", "", text)
        there = re.findall("(?m)^## (.*)$", prose)
        assert step["title"] == " · ".join(there) != ""
        headings += there
    page = re.findall("(?m)^## (.*)$", (ROOT / "lesson" / PAGES[name]).read_text())
    assert headings == [heading for heading in page if heading != SET_UP]


@pytest.mark.parametrize("name", NAMES)
def test_steps_are_of_a_readable_length(name):
    for text in steps(name):
        prose = text.partition("<summary>When you are stuck")[0]
        assert 150 < len(prose.split()) < 1000


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_fits_into_its_hour(name):
    assert index(name)["time"] == f"{minutes(name)} minutes"
    intro = (COURSE / name / "intro.md").read_text()
    assert f"\n{minutes(name)} minutes.\n" in intro
    set_up = 10  # a few minutes, the page says, with the training
    assert minutes(name) + set_up <= 60


@pytest.mark.parametrize("name", NAMES)
def test_steps_have_the_page(name):
    texts = steps(name)
    start = f"<!-- Made by lesson/make/render.py from lesson/{PAGES[name]}"
    assert all(text.startswith(start) for text in texts)
    whole = "\n".join(texts)
    assert [commands for commands, _ in marked(whole)] == blocks(name)
    python = re.findall(r"(?ms)^```python\n(.*?)^```$", whole)
    assert python == [block for info, block in fenced(name) if "python" in info]
    assert "notebook" not in whole.lower()
    prose = re.sub(r"(?ms)^```.*?^```", "", whole)
    for address in re.findall(r"\]\(([^)]*)\)", prose):
        if not address.startswith(("https://", "{{TRAFFIC_HOST1_8000}}/write-")):
            assert (COURSE / name / address).exists()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_served_is_opened(name):
    for text in steps(name):
        served = re.findall(r"`python -m http\.server[^`]*`\{\{exec\}\}", text)
        opened = re.findall(r"\{\{TRAFFIC_HOST1_8000\}\}/write-\w+\.html\)", text)
        assert len(served) == len(opened)
        assert ".html` yourself" not in text and "open `write" not in text


def test_a_block_stops_a_server_and_what_is_not_kept():
    stop, wait = "{{exec interrupt}}", "{{exec}}"
    marks = {
        name: [mark for t in steps(name) for _, mark in marked(t)] for name in NAMES
    }
    assert marks["first"] == [stop, wait]  # the server; but not the training of a file
    assert marks["apart"] == [wait, stop, stop, stop]
    assert stop not in marks["step1"]
    commands, mark = marked(steps("step4")[-1])[2]
    assert "compare(" in commands and mark == stop


@pytest.mark.parametrize("name", NAMES)
def test_a_check_is_of_the_last_part_of_its_step(name):
    """All scripts, tasks and pictures are checked, and each Check can say why not."""
    seen, checked = 0, []
    page = parts(name)
    for i, (step, text) in enumerate(zip(index(name)["details"]["steps"], steps(name))):
        line = re.findall(r"`python check\.py (\w+ \d+)`\{\{exec", text)
        assert len(line) == ("verify" in step)
        if line:
            assert step["verify"] == f"verify{i + 1}.sh"
            script = (COURSE / name / step["verify"]).read_text()
            assert f"python check.py {line[0]}\n" in script and "PART" not in script
            number = int(line[0].removeprefix(f"{name} "))
            checked.append("\n".join(words for _, words in page[number - 1]))
            assert f"## {step['title'].split(' · ')[-1]}\n" in checked[-1] + "\n"
    for task in tasks([name]):
        assert any(f"\npython check.py {task}\n" in part for part in checked)
    whole = "\n".join(checked)
    for picture in re.findall(r"Picture saved: \S+", "\n".join(steps(name))):
        assert picture in whole
    for script in scripts([name]).keys() - ready([name]).keys():
        assert script in whole


def test_there_are_no_links():
    """A checkout on Windows would not have them."""
    assert not [path for path in COURSE.rglob("*") if path.is_symlink()]


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

    def type(self, commands):
        """Types commands where a learner does, when all is set up."""
        work = self.home / "lenet5" / "work"
        self.project.bash(commands, cwd=work, HOME=str(self.home))

    def log(self):
        return (self.home / ".lesson" / "log").read_text()


@pytest.mark.parametrize("name", [NAMES[0], "step3"])
def test_a_scenario_begins_with_what_the_pages_before_have_made(name, tmp_path):
    machine = Machine(tmp_path, name)
    verify = next(machine.scenario.glob("verify*.sh")).name
    said = machine.run(verify).stdout
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
    made = {path.name for path in work.glob("*.py")}
    assert made == {"check.py", *scripts(before(name)), *ready()}
    assert (work / "data" / "mnist.npz").exists()
    said = machine.run(verify)
    assert said.returncode == 3 and said.stdout.count("\n") == 1


def test_a_check_lets_on_who_has_done_its_step(tmp_path):
    machine = Machine(tmp_path, "step2")
    assert machine.run("setup.sh").returncode == 0, machine.log()
    for i, text in enumerate(steps("step2"), 1):
        stopped = machine.run(f"verify{i}.sh")
        assert stopped.returncode == 3 and stopped.stdout.count("\n") == 1
        machine.type("".join(commands for commands, _ in marked(text)))
        let_on = machine.run(f"verify{i}.sh")
        assert (let_on.returncode, let_on.stdout) == (0, "Right.\n")


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
    said = machine.run("verify1.sh")
    assert said.returncode == 1 and said.stdout == (
        "The set-up of this machine has failed: reload the page to begin it again.\n"
    )


def test_a_broken_machine(tmp_path):
    machine = Machine(tmp_path, "step1")
    assert machine.run("setup.sh").returncode == 0
    shutil.rmtree(machine.home / "lenet5" / "work")
    said = machine.run("verify1.sh")
    assert said.returncode not in (0, 3)
    assert said.stdout.startswith("Something is broken on this machine")
