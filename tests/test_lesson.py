"""The lesson: what a learner who follows it gets, and that all of it is there."""

import doctest
import os
import re
import shutil
import subprocess

import pytest
import step1
from conftest import FENCE, LESSON, PAGES, STEPS, Sandbox
from person import ENVIRONMENT, ROOT

PAGES_OF_STEPS = [step["text"] for step in STEPS]


@pytest.mark.parametrize("page", PAGES)
def test_output_shown_is_output_seen(page, followed):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    for shown, seen in followed.outputs[page]:
        # a number behind "~" depends on the machine
        pattern = f"...{re.sub(r'~[0-9.,]+', '...', shown).strip()}..."
        assert doctest.OutputChecker().check_output(pattern, seen, flags), shown


@pytest.mark.parametrize("page", PAGES)
def test_every_mark_stands_behind_a_block(page):
    text = (LESSON / page).read_text()
    kinds = [kind for kind, _ in FENCE.findall(text)]
    assert text.count("{{") == text.count("```{{exec}}") == kinds.count("sh")
    assert text.count("```") == 2 * len(kinds)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_failed(page, followed):
    for failure in "Traceback", "No such file", "event not found":
        assert failure not in followed.stderr[page]


@pytest.mark.parametrize("page", PAGES_OF_STEPS)
def test_the_script_that_grew_is_ours(page, followed):
    assert followed.scripts[page] == (ROOT / page.replace(".md", ".py")).read_bytes()


@pytest.mark.parametrize("page", PAGES_OF_STEPS)
def test_check_stops_before_the_page_and_lets_on_after_it(page, followed):
    assert followed.checks[page] == (False, True)


@pytest.mark.parametrize(
    "step, right, wrong",
    [
        (1, 'return (mnist["x_train"]', 'return (mnist["x_test"]'),
        (2, "BACKGROUND = -0.1", "BACKGROUND = 0"),
        (3, "filters=16,", "filters=15,"),
        (4, None, None),
    ],
)
def test_check_stops_a_wrong_solution(step, right, wrong, trained, tmp_path):
    sandbox = Sandbox(tmp_path)
    shutil.copytree(trained[0], sandbox.folder, dirs_exist_ok=True)
    if step == 4:  # a network that has learned nothing
        code = "import step3; step3.build_lenet5().save('models/lenet5-tanh-avg.keras')"
        sandbox.bash(f'python -c "{code}"')
    else:
        script = sandbox.folder / f"step{step}.py"
        assert right in script.read_text()
        script.write_text(script.read_text().replace(right, wrong))
    assert not sandbox.check(STEPS[step - 1]["verify"])


def test_every_file_is_named_and_there():
    index = (LESSON / "index.json").read_text()
    named = {"index.json", *re.findall(r'": "([\w-]+\.(?:md|sh))"', index)}
    named.add("assets/draw_lenet5.py")
    for page in [*(LESSON / page for page in PAGES), ROOT / "README.md"]:
        pictures = re.findall(r"\]\((?:\./|lesson/)(assets/.*?)\)", page.read_text())
        named.update(pictures)
    files = {str(p.relative_to(LESSON)) for p in LESSON.rglob("*.*") if p.is_file()}
    assert {name for name in files if not name.endswith(".pyc")} == named


def test_set_up_installs_the_requirements_and_fetches_the_digits():
    requirements = (ROOT / "requirements.txt").read_text().splitlines()
    set_up = (LESSON / "setup.sh").read_text()
    install = re.search(r"pip install (.*)", set_up)[1]
    assert install.replace("'", "").split(" ") == requirements
    fetch = f"curl --create-dirs -o data/mnist.npz {step1.URL}\n"
    assert fetch in set_up
    assert fetch in (ROOT / "data" / "README.md").read_text()


def run_script(name, home, **environment):
    return subprocess.run(
        ["bash", LESSON / name],
        env={**ENVIRONMENT, "HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("status", [0, 1])
def test_set_up_and_what_it_says(status, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    venv = "mkdir -p .venv/bin && touch .venv/bin/activate"
    for tool in (
        "apt-get",
        "python3",
        "pip",
        "curl",
    ):  # what they fetch is not for a test
        script = f"#!/bin/sh\necho {tool} was here\n{venv}\nexit {status}\n"
        (tools / tool).write_text(script)
        (tools / tool).chmod(0o755)
    result = run_script("setup.sh", tmp_path, PATH=f"{tools}:{os.environ['PATH']}")
    assert (result.returncode == 0) == (status == 0)
    shown = run_script("wait.sh", tmp_path).stdout
    if status == 0:
        assert shown.endswith("Ready.\n")
        log = (tmp_path / ".lesson-setup.log").read_text()
        assert re.findall("(.*) was here", log)[1:] == [
            "apt-get",
            "python3",
            "pip",
            "curl",
        ]
    else:
        assert "The set-up failed." in shown
        assert "apt-get was here" in shown
